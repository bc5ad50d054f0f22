"""A model as one SELECT of a database, and a second that checks it.

`databases.py` says how each database writes, `cells.py` how a cell is read, `sums.py` how long sums
are written, `steps.py` makes of a model one query after the other, and `files.py` the two files.
"""
