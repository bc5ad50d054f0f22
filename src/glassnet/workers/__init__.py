"""Blocks of work on other processes and machines: joblib's backends, Dask and Ray among them.

What a block is, those who call know: here a function is called with what all blocks need, which is
placed once on every worker, and with a message of its own. No block's result depends on the worker.
"""
