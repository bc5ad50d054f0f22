"""The weights and biases of a model as numbers to be looked at: as rows, and as matrices of R.

They are those of the networks alone, whose inputs are the features that the model makes of its
columns. `models/parameters/` reads both again.
"""
