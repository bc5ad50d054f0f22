"""How the cells of a text column are written, and the numbers, dates and times they stand for.

`settle.py` is the one door: it settles for each column of text whether it holds numbers
(`numbers.py`), dates (`dates.py`), times of day (`clocks.py`), true and false, or stays text, and
what in it means that nothing is known (`missing.py`). A column's distinct cells are found once
(`cells.py`); columns of plain numbers take a short way (`plain.py`). What was settled is a small
dataclass that a model keeps and reads new rows by (`known.py`). Files, data frames and what a
column means to a network are elsewhere.
"""
