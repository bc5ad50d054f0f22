"""Columns in, arrays out: reading files, encoding, scaling, splitting. Stands alone: knows nothing of networks.

The way of the data: a file (`read.py`) or a data frame becomes plain columns (`columns.py`); what each column means as
input (`inputs.py`) or target (`targets.py`) is learnt from training rows and kept as plain numbers and names in one
`TableEncoding` (`encoding.py`), which turns any further table into arrays and outputs back into answers.
"""
