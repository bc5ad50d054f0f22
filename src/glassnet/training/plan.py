"""What a run is to do: how long, in which batches, at which learning rate, and when to stop early."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from math import isfinite
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.training.problem import Floats, Problem

WARM_UP = 0.1  # the share of the iterations in which the rate grows


def one_cycle(t: Floats) -> Floats:
    """From a 25th of the rate up to it within three tenths of the run, then down to nearly nothing, both along a cosine.

    Smith & Topin 2018, with the shape and figures that PyTorch's OneCycleLR made usual.
    """
    up, down = 0.5 * (1 - np.cos(np.pi * t / 0.3)), 0.5 * (1 + np.cos(np.pi * (t - 0.3) / 0.7))
    return np.where(t < 0.3, 0.04 + 0.96 * up, 4e-6 + (1 - 4e-6) * down)


def cosine(t: Floats) -> Floats:
    """From the rate to zero along a cosine. (Loshchilov & Hutter 2017, eq. (5), one period)"""
    return 0.5 * (1 + np.cos(np.pi * t))


def warm_up(t: Floats) -> Floats:
    """From nearly nothing up to the rate along a line, then constant. (Goyal et al. 2017, sec. 2.2)"""
    return np.minimum(1, (t + 1e-3) / WARM_UP)


def warm_up_cosine(t: Floats) -> Floats:
    """Warm-up, then a cosine to zero."""
    return np.where(t < WARM_UP, warm_up(t), cosine(np.maximum(0, t - WARM_UP) / (1 - WARM_UP)))


SCHEDULES: dict[str, Callable[[Floats], Floats | np.floating]] = {
    "constant": lambda t: np.float64(1),
    "step": lambda t: np.where(
        t < 0.5, 1, np.where(t < 0.75, 0.1, 0.01)
    ),  # He et al. 2016: a tenth, twice
    "cosine": cosine,
    "one_cycle": one_cycle,
    "warm_up": warm_up,
    "warm_up_cosine": warm_up_cosine,
    "four_cycles": lambda t: (
        0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t)))
    ),  # Holzmüller et al. 2024, "coslog4"
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

    def rates(
        self, learning_rate: float, batches: int, first: int = 0, epochs: int | None = None
    ) -> Floats:
        """The learning rate of every iteration of some epochs (None: all), from number `first`, from 0: epochs x batches."""
        factor = SCHEDULES[self.schedule] if isinstance(self.schedule, str) else self.schedule
        count = (self.epochs if epochs is None else epochs) * batches
        rates = np.empty(count)
        rates[:] = learning_rate * np.asarray(
            factor(np.arange(first * batches, first * batches + count) / (self.epochs * batches))
        )
        return rates.reshape(-1, batches)

    def rates_of(self, problem: Problem) -> Callable[[int, int], Floats]:
        """`rates` for a training: (first epoch, how many) -> epochs x batches."""
        return lambda first, epochs: self.rates(
            problem.optimizer.learning_rate, problem.batches, first, epochs
        )

    def orders(self, rows: int) -> Iterator[np.ndarray] | None:
        """The order of the rows in each epoch, for ever; None: always as they are."""
        if not self.shuffle or self.batch_size is None:
            return None
        random = np.random.default_rng(self.seed)
        return (random.permutation(rows) for _ in count())


def is_whole(value: Any, least: int) -> bool:
    """Whether a value is a whole number of `least` or more."""
    return (
        isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= least
    )
