"""Formulas in writing: a Python expression becomes plain text, LaTeX or NumPy code.

The formulas themselves stand beside their functions, in `core/` and `tables/`. `expression.py`
parses, evaluates and changes them, `dialects.py` writes them, `numerals.py` writes their numbers.
What an explanation says with them is not decided here.
"""
