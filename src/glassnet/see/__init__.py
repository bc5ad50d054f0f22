"""Pictures of networks and runs. Builds on model and core; trains nothing."""
