"""An explanation as text, Markdown or HTML: here it is only written down.

`formulas.py` is what the three share; each of the others is one format.
"""
