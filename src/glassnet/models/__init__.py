"""A trained model: an encoding of columns and the networks that vote, how it came about, its file.

`model.py` is the model itself and `ensemble.py` what its members make together; `record.py` says
how it came about. `blocks.py` brings a table to the networks, `decoding.py` turns outputs into
predictions, `folding.py` puts the scales of columns into weights. `content.py` and `file.py` are
the model file. `conversion.py` makes a model of other trained things, `rows.py` is a table as a
model sees it. Nothing is trained here.
"""
