"""From a table to a good model without tuning: the options and their defaults, which rows do what, the training, the scores.

`options.py` declares the options, `fit.py` goes from rows to trained members, `run.py` from a table to a scored model.
Files and folders of a run are `runs`; scikit-learn's interface is `estimators`.
"""
