"""Searches: many settings tried on the folds of a table, the best first.

What may vary is `space.py`; what every candidate is trained on, `problem.py`; who says what comes
next, `sources.py`, and the trying itself, `run.py`. `search.py` is the search with all that it
shows, `file.py` the file that each result is written to as it comes. Its picture is in `plots/`,
the folder in `runs/`, how folds are trained in `recipe/`.
"""
