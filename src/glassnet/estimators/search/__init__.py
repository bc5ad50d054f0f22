"""PopulationSearchCV: settings tried on folds, and the networks of all trained as populations."""
