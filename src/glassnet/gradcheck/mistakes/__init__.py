"""Which of the usual mistakes a wrong gradient shows: by its numbers alone, or with the network that it is meant for.

Whether a gradient is wrong at all is for `gradcheck.py` to say.
"""
