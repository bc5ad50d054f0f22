"""What a run is to do: `TrainingOptions`, all that is known of it but the network and the rows.

`train` and the estimators fill it from their own parameters; engines and the loop read it from
the problem. Checks that need the network or the rows are in `checks.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from threading import Event
from typing import Any

import numpy as np

from glassnet.core.arrays import real_array
from glassnet.core.optimizers import Adam, Optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, shown
from glassnet.settings import (
    NOT_NEGATIVE,
    POSITIVE,
    check_name,
    checked_flag,
    checked_number,
    checked_whole,
)
from glassnet.training.schedules import SCHEDULES, Floats, Schedule

MOST_EPOCHS = 2**31 - 1  # more than any run ends
GROUPS_OF_BUFFER = 16  # groups of neighbouring rows that are shuffled together


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How a network is trained.

    Parameters
    ----------
    optimizer : Optimizer
        With its learning rate, which the schedule multiplies.
    epochs : int
        Times through all rows, at most.
    batch_size : int, optional
        Rows of an update; None: all of them, in the order given. The last batch of an epoch may
        be smaller.
    shuffle : bool
        Whether batches are drawn anew each epoch, without replacement, or taken in the order
        given.
    shuffle_buffer : int, optional
        Rows among which the next one is drawn, where rows lie in a file that is best read from
        front to back; see `draw_order`. None: all of them.
    schedule : str or callable
        A name of `SCHEDULES`, or a function from the fractions of iterations done (an array) to
        factors on the learning rate.
    patience : int, optional
        Epochs in a row without a better loss (the validation's where there is one) before the
        run ends; None: never.
    min_delta : float
        How much lower a loss must be for `patience` to start anew; the best epoch is the best by
        any difference.
    seed : int
        Of the batch orders and dropout.
    penalty : Penalty, optional
        Added to the loss.
    dropout : tuple of float
        The fraction of nodes left out of each update, for each hidden layer; (): none.
    weight_masks : tuple of array
        For each matrix of weights 1 where a weight is trained and 0 where it stays 0; (): all
        are trained.
    multipliers : tuple of float
        For each parameter array (weights, then biases) its learning rate over the run's; (): 1.
    clip : float, optional
        The largest norm of a gradient, to which longer ones are scaled before the optimizer sees
        them; None: any.
    n_jobs : int, optional
        Threads to use at most; None: as many as this process is allowed. No result depends on it.
    stop : Event, optional
        Set, from another thread, it ends the run as Ctrl-C would.
    measure_gradient : bool
        Whether `Measured.gradient_norm` is wanted, which costs a little.

    Raises
    ------
    GlassnetError
        On numbers out of range and unknown names.
    """

    optimizer: Optimizer = field(default_factory=Adam)
    epochs: int = 100
    batch_size: int | None = None
    shuffle: bool = True
    shuffle_buffer: int | None = None
    schedule: str | Schedule = "constant"
    patience: int | None = None
    min_delta: float = 0.0
    seed: int = 0
    penalty: Penalty | None = None
    dropout: tuple[float, ...] = ()
    weight_masks: tuple[Floats, ...] = ()
    multipliers: tuple[float, ...] = ()
    clip: float | None = None
    n_jobs: int | None = None
    stop: Event | None = None
    measure_gradient: bool = False

    def __post_init__(self) -> None:
        self._set("epochs", checked_whole("epochs", self.epochs, 1, MOST_EPOCHS))
        self._set("seed", checked_whole("seed", self.seed, 0))
        self._set("shuffle", checked_flag("shuffle", self.shuffle))
        self._set("min_delta", checked_number("min_delta", self.min_delta, NOT_NEGATIVE))
        for name in ("batch_size", "shuffle_buffer", "patience", "n_jobs"):
            value = getattr(self, name)
            if value is not None:
                self._set(name, checked_whole(name, value, 1))
        if self.clip is not None:
            self._set("clip", checked_number("clip", self.clip, POSITIVE))
        if not callable(self.schedule):
            check_name("schedule", self.schedule, SCHEDULES)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def stopped(self) -> bool:
        """Whether `stop` is set."""
        return self.stop is not None and self.stop.is_set()

    def learning_rates(self, batches: int, first: int = 0, epochs: int | None = None) -> Floats:
        """The learning rate of every iteration of some epochs.

        Parameters
        ----------
        batches : int
            Iterations in an epoch.
        first : int
            The number of the first epoch, from 0.
        epochs : int, optional
            How many; None: all of the run.

        Returns
        -------
        array
            epochs x batches.
        """
        factor = SCHEDULES[self.schedule] if isinstance(self.schedule, str) else self.schedule
        count = (self.epochs if epochs is None else epochs) * batches
        done = np.arange(first * batches, first * batches + count) / (self.epochs * batches)
        factors = factor(done)
        if callable(self.schedule):
            factors = _checked_factors(factors, count)
        rates = np.empty(count)
        rates[:] = self.optimizer.learning_rate * factors
        return rates.reshape(-1, batches)

    def orders(self, rows: int) -> Iterator[np.ndarray] | None:
        """The order of the rows in each epoch, for ever; None: always as they are."""
        if not self.shuffle or self.batch_size is None:
            return None
        random = np.random.default_rng(self.seed)
        return (draw_order(random, n, self.shuffle_buffer) for n in repeat(rows))


def draw_order(random: "np.random.Generator", rows: int, buffer: int | None = None) -> np.ndarray:
    """An order of N rows for an epoch: any is as likely as any other where the buffer holds all.

    Of more rows, groups of neighbours are taken in random order, as many as fill the buffer, and
    the rows of these are shuffled: so only they are read at a time, each group from front to back.

    Parameters
    ----------
    random : Generator
    rows : int
        N.
    buffer : int, optional
        How many rows are shuffled together; None: all.

    Returns
    -------
    array of int
        0 to N - 1.
    """
    if buffer is None or rows <= buffer:
        return random.permutation(rows)
    size = max(1, buffer // GROUPS_OF_BUFFER)
    starts = random.permutation(-(-rows // size)) * size
    order = np.empty(rows, np.int64)
    done = 0
    for first in range(0, len(starts), GROUPS_OF_BUFFER):
        groups = [
            np.arange(start, min(start + size, rows))
            for start in starts[first : first + GROUPS_OF_BUFFER].tolist()
        ]
        together = random.permutation(np.concatenate(groups))
        order[done : done + len(together)] = together
        done += len(together)
    return order


def next_orders(orders: Iterator[np.ndarray], epochs: int) -> np.ndarray:
    """The orders of the next epochs, epochs x N."""
    if epochs == 1:  # which is not copied
        return next(orders)[None]
    return np.stack(list(islice(orders, epochs)))


def _checked_factors(factors: Any, count: int) -> Floats:
    """What a custom schedule gave. Raises GlassnetError unless it is one number, or one for each.

    They may be negative or 0, but not NaN or infinite.
    """
    array = real_array(factors, "the schedule's factors")
    if array.shape not in ((), (1,), (count,)) or not np.isfinite(array).all():
        raise GlassnetError(
            f"the schedule must give a finite factor for each of {count} iterations, "
            f"or one for all, got {shown(factors)}"
        )
    return array
