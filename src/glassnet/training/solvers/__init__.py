"""Full-batch solvers: they take all rows at once and have no epochs, batches or learning rate.

Each goes from iteration to iteration, shows every one to the observers of `loop.py`, and keeps the
best parameters it came to, however it ends. Weights that a mask holds at 0 are left out of the
numbers that it changes.
"""
