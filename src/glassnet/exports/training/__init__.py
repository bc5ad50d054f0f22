"""A training as a program that a reader sees through: data, start, feedforward, backprop, update.

`plan.py` says what was trained and how, of a run of the article's program; `cells.py` how a
program reads a table, `formulas.py` how it computes. `program.py` puts these into a template, for
`python.py` and `r.py`. The trained network without its training is `exports/code/`'s.
"""
