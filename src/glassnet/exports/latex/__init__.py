"""A model as a LaTeX document, to read: its equations, with their numbers where a page holds them.

`document.py` is the document, whose equations are those of `columns.py`, `networks.py` and
`predictions.py`; `text.py` writes text, numbers and matrices.
"""
