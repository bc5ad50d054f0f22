"""A model as a workbook, whose formulas follow the arithmetic cell by cell.

`grid.py` is a sheet of columns with one formula each, `steps.py` the sheets that lead from the raw
cells to the predictions, `workbook.py` puts them into a file, with notes and a check beside them.
"""
