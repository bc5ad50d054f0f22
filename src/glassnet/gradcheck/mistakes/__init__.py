"""Which of the usual mistakes a wrong gradient shows.

By its numbers alone (`numbers.py`), or with the network that it is meant for (`planted.py`).
Whether a gradient is wrong at all is for `gradcheck/check.py` to say.
"""
