"""TableClassifier and TableRegressor: the recipe for tables behind scikit-learn's interface."""
