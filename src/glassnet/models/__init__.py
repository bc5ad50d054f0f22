"""A trained model: what predicts new rows, how it came about, and its file.

`model.py` is the model itself, `ensemble.py` what it means to be several networks, `folding.py` puts the scales of columns into
weights, `file.py` writes and reads model files, `rows.py` is a table as a model sees it. Nothing is trained here.
"""
