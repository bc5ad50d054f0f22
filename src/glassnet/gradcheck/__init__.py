"""Is this gradient right, and if not, which of the usual mistakes is it?

`check.py` compares a gradient with finite differences, `custom.py` the functions that a user brings
with theirs, `pytree.py` walks nests of tuples and lists of arrays, and `mistakes/` names the usual
mistake that a wrong gradient shows. Builds on `core` alone; training, tables and models are not
known here.
"""
