"""From a table to a good model without tuning: options, their defaults, the training, the scores.

`options.py` declares the options, `defaults.py` settles those left open; `rows.py` and `folds.py`
say which rows do what, `members.py` runs the members, `fit.py` goes from rows to a model and
`run.py` from a table to a scored one. Files and folders of a run are `runs`; scikit-learn's
interface is `estimators`.
"""
