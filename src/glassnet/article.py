"""The article's table and network, in one place: what `glassnet demo`, the tests and the documents all start from."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glassnet.core.network import Network

X = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0))
Y = (0.0, 1.0, 1.0, 0.0)
NEW_ROWS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 1.0))
"""Rows that are not among the data; for them the third column is no longer always 1, or the first two lie between."""

INPUT_NAMES = ("x1", "x2", "x3")
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
