"""A model as a workbook, whose formulas follow the arithmetic cell by cell.

`grid.py` is a sheet of columns with one formula each; `steps.py` has the sheets that lead from the
raw cells to the networks' votes, `predictions.py` and `classes.py` the sheet from these to what is
predicted. `workbook.py` puts them into a file, with notes and a check beside them; `sheets.py`
writes cells and grids, which look as `styles.py` says.
"""
