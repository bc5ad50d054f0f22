"""A model as a LaTeX document, to read: its equations, with their numbers where a page holds them.

`text.py` writes text, numbers and matrices, `document.py` the document.
"""
