"""A model as an ONNX graph, from raw columns to predictions.

`nodes.py` adds operators and writes formulas with them; `columns.py` makes the networks' inputs of
the columns, `layers.py` their outputs, `predictions.py` what is predicted. `graph.py` puts them
together to a file, `checking.py` runs it. The package `onnx` is needed by the last two alone.
`selfcheck.py` is written beside each file, to be run where that is used.
"""
