"""From a table to a good model without tuning: options, their defaults, the training, the scores.

`options.py` declares the options, `defaults.py` settles those left open; `rows.py` and `folds.py`
say which rows do what, `class_weight.py` how much each counts. `encode.py` makes arrays of them,
`members.py` runs the members, `threshold.py` finds from which probability on a class is predicted.
`fit.py` goes from rows to a model and `run.py` from a table, which `parts.py` reads, to a scored
one: `scoring.py` scores it, `baselines.py` gives what it is compared with, and `findings/` says
what its user should know. `origin.py` says whether what is kept in a file is of the same call.
Files and folders of a run are `runs`; scikit-learn's interface is `estimators`.
"""
