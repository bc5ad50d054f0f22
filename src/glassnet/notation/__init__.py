"""Formulas in writing: a Python expression becomes plain text, LaTeX, or code of a language.

The formulas themselves stand beside their functions, in `core/` and `tables/`. `expression.py`
parses, evaluates and changes them, `write.py` writes them in a dialect, `dialects.py` holds the
dialects, and `numerals.py` writes their numbers. What an explanation or an exported file says with
them is not decided here.
"""
