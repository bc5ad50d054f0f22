"""The engines: interchangeable ways to run the same training. Nothing outside knows which one runs.

`base` says what an engine is, `registry` which ones there are and how one is chosen. Each engine
is one object in a file of its own, which only the registry imports. What a training is, and where
it stands, lives in `training.problem`.
"""
