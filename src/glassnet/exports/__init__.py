"""A trained model as a file that runs elsewhere, and gives the same numbers.

`export.py` is the one door, `targets.py` the list of what a model can become. `plan.py` says what
every target needs of a model: columns, layers, votes, targets, and `checks.py` rows with what is
predicted of them, by which each file proves itself. A target is one module whose function makes of
a plan the content of one or more files; plain code is in `code/`. The mathematics is not written
here: formulas come from `core/` and `tables/`, written by the dialects of `notation/`. Nothing here
trains, and nothing reads tables.
"""
