"""MLPClassifier and MLPRegressor: scikit-learn's two, with the same names and numbers, and more.

Follow a fit from `classifier.py` through `base.py` (checks, attributes) and `fitting.py` (one call)
to the loop in `training/loop.py`, which `observers.py` looks at with scikit-learn's eyes.
"""
