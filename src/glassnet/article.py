"""The article in one place: its table, its network, its starting weights and its program.

`glassnet demo`, the tests and the documents start from here. Nothing is printed or written here;
how a table of the user's becomes what the program takes is `runs/article_table.py`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glassnet.errors import option_error
from glassnet.settings import POSITIVE, checked_flag, checked_number, checked_whole, items_of

if TYPE_CHECKING:
    from glassnet.core.network import Network, Parameters
    from glassnet.training.run import Progress, Run

X = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0))
Y = (0.0, 1.0, 1.0, 0.0)

NEW_ROWS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 1.0))
"""Rows that are not among the data: the third column is not always 1, or the first two are 0.5."""

INPUT_NAMES = ("x1", "x2", "x3")
TARGET_NAME = "y"
HIDDEN = (4,)
ITERATIONS = 1500
LEARNING_RATE = 1.0

PRINTED = (0.017, 0.975, 0.982, 0.024)
"""The predictions printed in the article, whose program set no seed."""


@dataclass(frozen=True)
class Program:
    """The article's program: sigmoids, the sum of squares, gradient descent on all rows at once.

    Its weights begin uniform between 0 and 1, nothing is scaled. What can be chosen begins as in
    the article.

    Parameters
    ----------
    hidden : int or tuple of int
        Nodes of each hidden layer; kept as a tuple.
    learning_rate : float
        The factor of the gradient in each step.
    bias : bool
        Whether the nodes have biases, which begin at 0.
    iterations : int
        How many times to feed forward, backpropagate and update.
    seed : int
        Seed of the starting weights.
    rng : str
        Whose random numbers draw them: "r" (as R after ``set.seed``) or "numpy".

    Raises OptionError, naming it, on one out of range; seed and rng are checked by `start`.
    """

    hidden: Any = HIDDEN
    learning_rate: float = LEARNING_RATE
    bias: bool = False
    iterations: int = ITERATIONS
    seed: int = 1
    rng: str = "r"

    def __post_init__(self) -> None:
        from glassnet.core.network import MOST_NODES
        from glassnet.training.options import MOST_EPOCHS

        given = items_of(self.hidden)
        sizes = (self.hidden,) if given is None else given
        if not sizes:
            raise option_error("hidden", "must be sizes of 1 or more", self.hidden)
        checked = {
            "hidden": tuple(checked_whole("hidden", nodes, 1, MOST_NODES) for nodes in sizes),
            "learning_rate": checked_number("learning_rate", self.learning_rate, POSITIVE),
            "bias": checked_flag("bias", self.bias),
            "iterations": checked_whole("iterations", self.iterations, 1, MOST_EPOCHS),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def network(self, inputs: int = len(INPUT_NAMES), outputs: int = 1) -> "Network":
        """The network, by default of the article's table."""
        from glassnet.core.network import Network

        sizes = [inputs, *self.hidden, outputs]
        return Network(sizes, "sigmoid", "sigmoid", "sum_of_squares", bias=self.bias)

    def start(self, network: "Network") -> "Parameters":
        """The starting weights. Raises GlassnetError on an unusable seed, and an unknown `rng`."""
        from glassnet.core.initializers import initialize

        return initialize(network, "uniform", seed=self.seed, rng=self.rng)

    def run(
        self,
        network: "Network",
        x: Any = X,
        y: Any = Y,
        *,
        engine: str = "auto",
        path_points: int | None = None,
        progress: "Progress | None" = None,
    ) -> "Run":
        """The training of a network from the starting weights on all rows; see `glassnet.train`.

        Parameters
        ----------
        network : Network
            What `network` gave.
        x, y : array_like
            N x D and N x K, or N; by default the article's table.
        engine, path_points, progress
            As in `glassnet.train`.
        """
        from glassnet.core.optimizers import GradientDescent
        from glassnet.training.run import train

        return train(
            network,
            self.start(network),
            x,
            y,
            optimizer=GradientDescent(self.learning_rate),
            epochs=self.iterations,
            engine=engine,
            path_points=path_points,
            progress=progress,
            warn=False,
        )


def article_network() -> "Network":
    """3-4-1, sigmoid everywhere, the plain sum of squared errors, no biases."""
    return Program().network()
