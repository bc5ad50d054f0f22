"""What a run is to do: how long, in which batches, at which learning rate, and when to stop early."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import isfinite
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.training.problem import Floats

SCHEDULES: dict[str, Callable[[Floats], Floats | np.floating]] = {
    "constant": lambda t: np.float64(1),
    "cosine": lambda t: 0.5 * (1 + np.cos(np.pi * t)),  # Loshchilov & Hutter 2017, eq. (5), one period
    "four_cycles": lambda t: 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t))),  # Holzmüller et al. 2024, "coslog4"
}
"""Name -> the factor on the learning rate at the shares t of all iterations done, 0 <= t < 1; one number: the same at each."""


@dataclass(frozen=True)
class Plan:
    """How a training goes through its rows.

    Parameters
    ----------
    epochs : times through all rows, at most.
    batch_size : rows of an update; None: all of them, in the order given. The last batch of an epoch may be smaller.
    shuffle : whether batches are drawn anew each epoch, without replacement, or taken in the order given.
    schedule : a name of `SCHEDULES`, or a function from the shares of iterations done (an array) to factors.
    patience : epochs in a row without a better loss (the validation's where there is one) before the run ends; None: never.
    min_delta : how much better a loss must be for `patience` to start anew; the best epoch is the best by any difference.
    seed : of the batch orders and dropout.

    Raises GlassnetError on sizes below 1 and unknown names.
    """

    epochs: int
    batch_size: int | None = None
    shuffle: bool = True
    schedule: str | Callable[[Floats], Floats | np.floating] = "constant"
    patience: int | None = None
    min_delta: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            value = getattr(self, name)
            if value is not None and not is_whole(value, 1):
                raise GlassnetError(f"{name} must be a whole number of 1 or more, got {value}")
        if not (self.min_delta >= 0 and isfinite(self.min_delta)):
            raise GlassnetError(f"min_delta must be 0 or more, got {self.min_delta}")
        if not is_whole(self.seed, 0):
            raise GlassnetError(f"seed must be 0 or more, got {self.seed}: give a whole number")
        if isinstance(self.schedule, str) and self.schedule not in SCHEDULES:
            raise unknown_name("schedule", self.schedule, SCHEDULES)

    def rates(self, learning_rate: float, batches: int) -> Floats:
        """The learning rate of every iteration: epochs x batches."""
        factor = SCHEDULES[self.schedule] if isinstance(self.schedule, str) else self.schedule
        total = self.epochs * batches
        factors = np.asarray(factor(np.arange(total) / total), np.float64)
        if np.ndim(factors) == 0:
            return np.full((self.epochs, batches), learning_rate * factors)
        return learning_rate * np.reshape(factors, (self.epochs, batches))

    def orders(self, rows: int) -> Iterator[np.ndarray] | None:
        """The order of the rows in each epoch, for ever; None: always as they are."""
        if not self.shuffle or self.batch_size is None:
            return None
        random = np.random.default_rng(self.seed)
        return (random.permutation(rows) for _ in count())


def is_whole(value: Any, least: int) -> bool:
    """Whether a value is a whole number of `least` or more."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= least
