"""The comparison with other programs, side by side in one run: `python -m bench`.

`tables.py`, `curves.py` and `solvers.py`, modules to run, are about quality.
"""
