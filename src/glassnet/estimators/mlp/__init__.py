"""MLPClassifier and MLPRegressor: scikit-learn's own estimators, with the same names and numbers, and more of them."""
