"""A trained model as a file that runs elsewhere, and gives the same numbers.

`export.py` is the one door, `targets.py` the list of what a model can become. `plan.py` says what
every target needs of a model: layers, votes, targets, the columns that it reads (`columns.py`), and
rows with what is predicted of them, by which each file proves itself (`checks.py`). A target is one
module whose function makes of a plan the content of one or more files; plain code is in `code/`.
The mathematics is not written here: `formulas.py` takes it from `core/` and `tables/` and writes it
in the dialects of `notation/`; `templates.py` puts it into the files of `templates/`; `text.py`
keeps names writable. Nothing here trains, and nothing reads tables.
"""
