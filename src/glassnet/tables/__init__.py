"""Columns in, arrays out, and back. This room stands alone: it knows nothing of networks.

The way of the data: a file (`read.py`, `files/`) becomes a data frame; a data frame (`frames.py`,
column by column `series.py`) or an array (`arrays.py`) a plain `Table` of columns (`columns.py`).
How the cells of text are written is settled in `formats/`, times become numbers in `times.py`,
names text in `names.py`, and a column that only counts rows is found in `row_numbers.py`. What each
column means as input (`inputs.py`) or target (`targets.py`) is learnt from training rows and kept
as plain numbers and names in one `TableEncoding` (`encoding.py`), which turns any further table
into arrays and outputs back into predictions. `splitting.py` sets rows aside, `write.py` writes
columns to a file.
"""
