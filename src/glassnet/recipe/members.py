"""The runs of an ensemble's members: their seeds and threads, one after another or side by side.

What a member trains on is `folds.py`; what is made of the trained members is `models/ensemble.py`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event, Lock

import numpy as np

from glassnet.settings import is_whole
from glassnet.training.endings import ENDINGS
from glassnet.training.engines.registry import threads_for_trainings
from glassnet.training.run import Progress, Run

TrainMember = Callable[[int, Progress | None, Event | None], Run]
"""Trains the member of that number, from 0, until the event ends it as Ctrl-C would."""

LOOK_SECONDS = 0.1
"""How long the main thread may wait, which handles Ctrl-C only when it wakes.

(Python's own handler of the signal wakes it; that of Polars, which replaces it, does not.)
"""


def member_seed(member: int, seed: int) -> int:
    """The seed of a member; the first has the run's, so that it is what it would be alone."""
    if member == 0:
        return seed
    return int(np.random.SeedSequence([seed, member]).generate_state(1)[0])


def threads_for(members: int, n_jobs: int | None, engine: str) -> tuple[int, int | None]:
    """(members that train at a time, threads of each), as `n_jobs` allows.

    One at a time on an engine that does not release Python's lock: threads would gain nothing, and
    keep Ctrl-C waiting. An `n_jobs` that is no count of threads is passed on as it is: `train`
    refuses it.
    """
    valid = n_jobs is None or is_whole(n_jobs, 1)
    if members == 1 or not valid:
        return 1, n_jobs
    allowed = threads_for_trainings(engine, n_jobs)
    if allowed == 1:
        return 1, n_jobs
    at_once = min(members, allowed)
    return at_once, allowed // at_once


def run_members(
    train_member: TrainMember, members: int, progress: Progress | None, at_once: int
) -> list[Run]:
    """Train every member, `at_once` at a time, which changes no result.

    Ctrl-C ends all of them in good order. What had not begun by then is left out, so there may be
    fewer runs than members, but never none. `progress` is called with the mean of several members.
    """
    if members == 1:
        return [train_member(0, progress, None)]
    together = MeanProgress(members, progress)
    if at_once == 1:
        runs = _run_in_turn(train_member, members, together)
    else:
        runs = _run_in_threads(train_member, members, together, at_once)
    return [run for run in runs if len(run.history.loss)] or runs[:1]


def _run_in_turn(train_member: TrainMember, members: int, together: "MeanProgress") -> list[Run]:
    runs: list[Run] = []
    for member in range(members):
        runs.append(train_member(member, together.of(member), None))
        if runs[-1].ended == "interrupted":
            break
    return runs


def _run_in_threads(
    train_member: TrainMember, members: int, together: "MeanProgress", at_once: int
) -> list[Run]:
    stop = Event()
    futures: list[Future[Run]] = []
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for member in range(members):
                futures.append(pool.submit(train_member, member, together.of(member), stop))
            _wait_for(futures)
        except KeyboardInterrupt:
            if not futures:
                raise
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
        _wait_for([future for future in futures if not future.cancelled()])
        return [future.result() for future in futures if not future.cancelled()]


def _wait_for(futures: Sequence["Future[Run]"]) -> None:
    """Until all are done or one has failed; Ctrl-C ends the waiting."""
    waiting, failed = True, False
    while waiting and not failed:
        done, waiting = wait(futures, LOOK_SECONDS, FIRST_EXCEPTION)
        failed = any(future.exception() for future in done)


class MeanProgress:
    """Several runs reported as one: the means of the epochs done and of the last losses."""

    def __init__(self, members: int, progress: Progress | None) -> None:
        self.members = members
        self.progress = progress
        self.lock: Lock = Lock()
        self.latest: dict[int, tuple[int, float, float | None]] = {}
        """Of each member that has reported: epochs done, loss, validation loss."""

    def of(self, member: int) -> Progress:
        """The progress function to give to the run of that member."""

        def report(epoch: int, epochs: int, loss: float, validation_loss: float | None) -> None:
            if self.progress is None:
                return
            with self.lock:
                self.latest[member] = epoch, loss, validation_loss
                self._report(epochs)

        return report

    def _report(self, epochs: int) -> None:
        assert self.progress is not None
        done, losses, validation_losses = zip(*self.latest.values(), strict=True)
        known = [loss for loss in validation_losses if loss is not None]
        mean_validation_loss = float(np.mean(known)) if known else None
        self.progress(
            sum(done) // self.members, epochs, float(np.mean(losses)), mean_validation_loss
        )


def mean_history(runs: Sequence[Run]) -> dict[str, list[float]]:
    """One table of several runs, an epoch a row.

    A loss is the mean over the runs, of one that has ended its last; the rest is as in the longest
    run.
    """
    tables = sorted((run.history.table() for run in runs), key=lambda table: -len(table["epoch"]))
    history = dict(tables[0])
    for name in ("loss", "validation_loss", "left_out_loss"):
        if name in history:
            history[name] = _mean_by_epoch([table[name] for table in tables if name in table])
    return history


def _mean_by_epoch(columns: Sequence[list[float]]) -> list[float]:
    """The mean of each row over the columns, of which the first is the longest."""
    return [
        float(np.mean([column[min(row, len(column) - 1)] for column in columns]))
        for row in range(len(columns[0]))
    ]


def worst_ending(runs: Sequence[Run]) -> str:
    """The worst of how several runs ended, a name of `ENDINGS`, which goes from good to bad."""
    order = list(ENDINGS)
    return max((run.ended for run in runs), key=order.index)
