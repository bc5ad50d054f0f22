"""What a run shows that its user should know, as warnings: each says what, where, and what to do.

A healthy table on which a network learnt well gives none. `notices.py` puts them together;
`learning.py`, `leaks.py`, `copies.py` and `classes.py` each find one kind. What is found while a
table is read is in `tables/`, what new rows show in `models/notices.py`; the page "What glassnet
tells you" of the documentation lists them all.
"""
