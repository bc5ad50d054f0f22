"""What a run is to do: how long, in which batches, at which learning rate, and when to stop early."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, isfinite, log2, pi

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.training.problem import Floats

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda t: 1.0,
    "cosine": lambda t: 0.5 * (1 + cos(pi * t)),  # Loshchilov & Hutter 2017, eq. (5), one period
    "four_cycles": lambda t: 0.5 * (1 - cos(2 * pi * log2(1 + 15 * t))),  # Holzmüller et al. 2024, "coslog4"
}
"""Name -> the factor on the learning rate at a share t of all iterations, 0 <= t < 1."""


@dataclass(frozen=True)
class Plan:
    """How a training goes through its rows.

    Parameters
    ----------
    epochs : times through all rows, at most.
    batch_size : rows of an update; None: all of them, in the order given. Batches are drawn without replacement, in a new order
        each epoch; the last may be smaller.
    schedule : a name of `SCHEDULES`, or a function from the share of iterations done to a factor.
    patience : epochs without a better loss (the validation's where there is one) before the run ends; None: never.
    min_delta : how much better counts as better.
    seed : of the batch orders and dropout.

    Raises GlassnetError on sizes below 1 and unknown names.
    """

    epochs: int
    batch_size: int | None = None
    schedule: str | Callable[[float], float] = "constant"
    patience: int | None = None
    min_delta: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or int(value) != value or value < 1):
                raise GlassnetError(f"{name} must be a whole number of 1 or more, got {value}")
        if not (self.min_delta >= 0 and isfinite(self.min_delta)):
            raise GlassnetError(f"min_delta must be 0 or more, got {self.min_delta}")
        if self.seed < 0:
            raise GlassnetError(f"seed must be 0 or more, got {self.seed}")
        if isinstance(self.schedule, str) and self.schedule not in SCHEDULES:
            raise unknown_name("schedule", self.schedule, SCHEDULES)

    def rates(self, learning_rate: float, batches: int) -> Floats:
        """The learning rate of every iteration: epochs x batches."""
        factor = SCHEDULES[self.schedule] if isinstance(self.schedule, str) else self.schedule
        total = self.epochs * batches
        return learning_rate * np.array([factor(i / total) for i in range(total)]).reshape(self.epochs, batches)

    def orders(self, rows: int) -> Iterator[np.ndarray | None]:
        """The order of the rows in each epoch, for ever; None where one batch holds them all, as they are."""
        random = np.random.default_rng(self.seed)
        while True:
            yield None if self.batch_size is None else random.permutation(rows)
