"""The comparison with other programs, side by side in one run: `python -m bench`.

(`tables.py`, a script, is about quality.)
"""
