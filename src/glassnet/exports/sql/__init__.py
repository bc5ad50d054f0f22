"""A model as one SELECT of a database, and a second that checks it.

`databases.py` says how each database writes. `steps.py` has the queries that read each other, of
which a model is made: `inputs.py` begins with the cells of a row (`cells.py`; as text `numbers.py`,
`dates.py` and `sqlite_dates.py`), `networks.py` and `predictions.py` follow, with long sums as
`sums.py` writes them. `files.py` makes the two files.
"""
