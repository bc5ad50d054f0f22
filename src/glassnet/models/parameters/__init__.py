"""Weights and biases that were trained or written elsewhere become a model.

`read.py` is the one door; `files.py` reads files, `rows.py` our CSV, `r_text.py` what R writes:
assigned (`r_assigned.py`, with the calls of `r_calls.py`) or printed (`r_printed.py`). `layers.py`
makes layers of arrays that have names. Nothing is unpickled, and nothing is run.
"""
