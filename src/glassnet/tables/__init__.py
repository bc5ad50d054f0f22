"""Columns in, arrays out, and back. This room stands alone: it knows nothing of networks.

The way of the data: a file (`read.py`), a data frame (`frames.py`) or an array (`arrays.py`)
becomes a plain `Table` of columns (`columns.py`). What each column means as input (`inputs.py`) or
target (`targets.py`) is learnt from training rows and kept as plain numbers and names in one
`TableEncoding` (`encoding.py`), which turns any further table into arrays and outputs back into
predictions. `splitting.py` sets rows aside, `write.py` writes columns to a file.
"""
