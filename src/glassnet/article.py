"""The article in one place: its table, its network, its starting weights and its training.

`glassnet demo`, the tests and the documents start from here. Nothing is printed or written here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glassnet.core.network import Network, Parameters
    from glassnet.training.run import Run

X = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0))
Y = (0.0, 1.0, 1.0, 0.0)

NEW_ROWS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 1.0))
"""Rows that are not among the data: the third column is not always 1, or the first two are 0.5."""

INPUT_NAMES = ("x1", "x2", "x3")
TARGET_NAME = "y"
ITERATIONS = 1500
LEARNING_RATE = 1.0

PRINTED = (0.017, 0.975, 0.982, 0.024)
"""The predictions printed in the article, whose program set no seed."""


def article_network() -> "Network":
    """3-4-1, sigmoid everywhere, the plain sum of squared errors, no biases."""
    from glassnet.core.network import Network

    return Network(
        [3, 4, 1], activation="sigmoid", output="sigmoid", loss="sum_of_squares", bias=False
    )


def starting_weights(seed: int, rng: str) -> "Parameters":
    """The article's starting weights: uniform between 0 and 1.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.
    rng : str
        Whose random numbers: "r" (as R after ``set.seed``) or "numpy".
    """
    from glassnet.core.initializers import initialize

    return initialize(article_network(), "uniform", seed=seed, rng=rng)


def train_article(
    start: "Parameters", iterations: int, engine: str, path_points: int | None = None
) -> "Run":
    """The article's training: gradient descent with learning rate 1 on all four rows at once.

    Parameters
    ----------
    start : Parameters
        The starting weights.
    iterations : int
        How many times to feed forward, backpropagate and update.
    engine, path_points
        As in `glassnet.train`.
    """
    from glassnet.core.optimizers import GradientDescent
    from glassnet.training.run import train

    return train(
        article_network(),
        start,
        X,
        Y,
        optimizer=GradientDescent(LEARNING_RATE),
        epochs=iterations,
        engine=engine,
        path_points=path_points,
    )
