"""The report of a run: one page on its table, its training, its scores, and how to repeat it.

`build.py` puts the page together from `scores.py`, `columns.py`, `members.py`, `pictures.py`,
`distribution.py` (of the targets), `worst.py` (the rows it did worst on) and `repeat.py`; the page
itself is `report.html` among the assets of `pages/`, its sentences are `recipe/assessment/`'s.
"""
