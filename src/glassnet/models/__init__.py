"""A trained model: an encoding of columns and the networks that vote, how it came about, its file.

`model.py` is the model itself and `ensemble.py` what its members make together; `record.py` says
how it came about. `predictor.py` asks it about a table: `blocks.py` brings that to the networks,
`decoding.py` turns outputs into predictions, `conformal.py` has intervals and sets, `kept.py`
columns that go along, `notices.py` what new rows show; `folding.py` puts the scales of columns into
weights. `content.py` is what is in a model file (`glassnet.sealed`):
`structure.py` says what it may hold, `typed.py` decodes it by types, `format_1.py` upgrades old
ones. `conversion.py` makes a model of other trained things, `rows.py` is a table as a model sees
it. Nothing is trained here.
"""
