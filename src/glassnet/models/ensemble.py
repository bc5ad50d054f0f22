"""Several networks of one shape as one: on which rows each is trained and judged, how they run, and how they are joined."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event, Lock

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.training.engines.registry import threads_for_trainings
from glassnet.training.plan import is_whole
from glassnet.training.run import ENDINGS, Progress, Run

Fit = Callable[[int, Progress | None], Run]
"""Trains the member of that number."""


def folds(n: int, count: int, seed: int, classes: np.ndarray | None = None) -> np.ndarray:
    """The fold of each of n rows, 0 to count - 1: drawn at random, in equal parts, of each class (N numbers) too.

    Rows of a class that has not one for each fold are in none, -1.
    """
    order = np.random.default_rng([seed, n, count]).permutation(n)
    fold = np.empty(n, int)
    if classes is None:
        fold[order] = np.arange(n) % count
        return fold
    order = order[np.argsort(classes[order], kind="stable")]
    fold[order] = np.arange(n) % count
    return np.where(np.bincount(classes)[classes] < count, -1, fold)


def seed_of(member: int, seed: int) -> int:
    """The seed of a member: the first has the run's own."""
    return int(np.random.SeedSequence([seed, member]).generate_state(1)[0]) if member else seed


def threads_for(count: int, n_jobs: int | None, engine: str) -> tuple[int, int | None]:
    """(members that train at a time, threads of each), as `n_jobs` allows.

    One at a time where the engine does not release Python's lock.
    """
    if count == 1 or not (n_jobs is None or is_whole(n_jobs, 1)):
        return 1, n_jobs
    allowed = threads_for_trainings(engine, n_jobs)
    if allowed == 1:
        return 1, n_jobs
    at_once = min(count, allowed)
    return at_once, allowed // at_once


def run_members(fit: Fit, count: int, progress: Progress | None, threads: int) -> list[Run]:
    """Train every member, so many at a time; how many changes no result. Ctrl-C ends them all in good order.

    What was not begun by then is left out, so there may be fewer runs than members. Several report their means.
    """
    if count == 1:
        return [fit(0, progress)]
    report = _Together(count, progress)
    runs: list[Run] = []
    if threads == 1:
        for member in range(count):
            runs.append(fit(member, report.of(member)))
            if runs[-1].ended == "interrupted":
                break
    else:
        with ThreadPoolExecutor(threads) as pool:
            futures = [pool.submit(fit, member, report.of(member)) for member in range(count)]
            try:
                wait(futures)
            except KeyboardInterrupt:
                report.stop.set()
                pool.shutdown(cancel_futures=True)
            runs = [future.result() for future in futures if not future.cancelled()]
    return [run for run in runs if len(run.history.loss)] or runs[:1]


class _Together:
    """Several runs reported as one: the mean of the epochs done, and of the last losses; `stop` ends them all."""

    def __init__(self, count: int, progress: Progress | None) -> None:
        self.count, self.progress = count, progress
        self.stop, self.lock = Event(), Lock()
        self.last: dict[int, tuple[int, float, float | None]] = {}

    def of(self, member: int) -> Progress:
        """What that member tells how far it is."""

        def report(epoch: int, epochs: int, loss: float, judged: float | None) -> None:
            if self.stop.is_set():
                raise KeyboardInterrupt
            if self.progress is None:
                return
            with self.lock:
                self.last[member] = epoch, loss, judged
                done, losses, judgements = zip(*self.last.values(), strict=True)
                known = [value for value in judgements if value is not None]
                mean = float(np.mean(known)) if known else None
                self.progress(sum(done) // self.count, epochs, float(np.mean(losses)), mean)

        return report


def mean_history(runs: Sequence[Run]) -> dict[str, list[float]]:
    """One table of several runs, an epoch a row: the mean losses of those that came so far; the rest as in the longest run."""
    tables = sorted((run.history.table() for run in runs), key=lambda table: -len(table["epoch"]))
    longest = dict(tables[0])
    for name in ("loss", "validation_loss"):
        if name in longest:
            columns = [table[name] for table in tables]
            longest[name] = [
                float(np.mean([c[row] for c in columns if row < len(c)]))
                for row in range(len(columns[0]))
            ]
    return longest


def ended(runs: Sequence[Run]) -> str:
    """How several runs ended, a name of `ENDINGS`: the worst there was."""
    return max((run.ended for run in runs), key=list(ENDINGS).index)


def side_by_side(network: Network, members: Sequence[Parameters]) -> tuple[Network, Parameters]:
    """One network that gives what the members give on average, before the output's activation; of one member, that itself.

    Their hidden nodes stand side by side, without weights from one member to another: layer l is (members x its nodes) wide.
    """
    k, last = len(members), len(network.sizes) - 2
    if k == 1:
        return network, members[0]
    sizes = [network.sizes[0], *(k * nodes for nodes in network.sizes[1:-1]), network.sizes[-1]]
    weights = [_diagonal([member.weights[layer] for member in members]) for layer in range(1, last)]
    first = np.concatenate([member.weights[0] for member in members], axis=1)  # D x (k H)
    out = np.concatenate([member.weights[last] for member in members]) / k  # (k H) x K
    biases = (
        [np.concatenate([member.biases[layer] for member in members]) for layer in range(last)]
        if network.bias
        else []
    )
    mean = [np.mean([member.biases[last] for member in members], axis=0)] if network.bias else []
    joined = Network(sizes, network.activations[:-1], network.output, network.loss, network.bias)
    return joined, Parameters((first, *weights, out), (*biases, *mean))


def _diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Matrices of one shape, h x w, along the diagonal of one of zeros, (k h) x (k w)."""
    k, (h, w) = len(blocks), blocks[0].shape
    whole = np.zeros((k, h, k, w), blocks[0].dtype)
    for i, block in enumerate(blocks):
        whole[i, :, i] = block
    return whole.reshape(k * h, k * w)
