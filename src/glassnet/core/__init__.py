"""The mathematics: pure functions over arrays of the Python array-API standard.

Nothing here reads a file, draws a number that was not asked for, or imports JAX. Equation numbers
in the docstrings are those of `docs/derivation.md`. Sizes: N rows, D inputs, H hidden nodes, K
outputs, L layers of weights.
"""
