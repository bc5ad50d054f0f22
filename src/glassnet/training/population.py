"""train_population(): many networks on one table, each as `train` would train it alone.

The loop is in `together.py`; what engines exchange with it, in `stacked.py`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple, overload
from warnings import warn as give_warning

import numpy as np

from glassnet.core.network import Network, Parameters, leaves
from glassnet.core.optimizers import Optimizer, find_optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, GlassnetWarning, option_error
from glassnet.settings import check_function, checked_whole
from glassnet.training.blocks import Prepared, is_worth_sending, run_in_blocks
from glassnet.training.checks import (
    FLOATS,
    all_finite,
    checked_dropout,
    checked_multipliers,
    checked_penalty,
    checked_problem,
    checked_start,
)
from glassnet.training.endings import BROKEN
from glassnet.training.engines.registry import Choice, choose
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.loop import Recorder
from glassnet.training.options import TrainingOptions
from glassnet.training.population_settings import PopulationSettings
from glassnet.training.problem import Data, Floats, Problem
from glassnet.training.run import Onlookers, Progress, Run, onlookers_of, run_of
from glassnet.training.schedules import Schedule
from glassnet.training.stacked import Measurements, at_network, stacked, start_of_all
from glassnet.training.together import FinishedTogether, run_together
from glassnet.workers.active import active_workers

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint
    from glassnet.workers.base import Workers


class Group(NamedTuple):
    """Networks of one shape, trained in one go."""

    networks: np.ndarray
    """Their numbers in the population."""
    finished: FinishedTogether
    choice: Choice
    onlookers: Sequence[Onlookers]
    """One for each; (): nobody looked on."""


class Population(Sequence[Run]):
    """Trainings that have ended, one for each network: ``population[p]`` is the `Run` of network p.

    A run is made when it is asked for, so that thousands take little memory and time.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups: tuple[Group, ...] = tuple(groups)
        self.at: dict[int, tuple[Group, int]] = {
            p: (group, at) for group in groups for at, p in enumerate(group.networks.tolist())
        }

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        """The run of one network, or of several."""
        if isinstance(index, slice):
            return [self[p] for p in range(*index.indices(len(self)))]
        p = range(len(self))[index]
        group, at = self.at[p]
        problem = group.finished.problems[int(group.finished.which[at])]
        onlookers = group.onlookers[at] if group.onlookers else None
        return run_of(group.finished.of(at), problem, group.choice, onlookers)

    def __iter__(self) -> Iterator[Run]:
        return (self[p] for p in range(len(self)))

    def __repr__(self) -> str:
        last = self.last_losses
        text = f"{len(self):,} networks"
        if np.isfinite(last).any():
            text += f", last losses {np.nanmin(last):.4g} to {np.nanmax(last):.4g}"
        return f"<glassnet Population of {text}>"

    @property
    def last_losses(self) -> Floats:
        """The training loss of each network's last epoch, P; NaN where it had none."""
        losses = np.full(len(self), np.nan)
        for group in self.groups:
            for chunk in group.finished.chunks:
                last = np.maximum(chunk.measured.epochs - 1, 0)
                found = np.take_along_axis(chunk.measured.loss, last[:, None], axis=1)[:, 0]
                losses[group.networks[chunk.networks]] = found
        return losses

    @property
    def best_losses(self) -> Floats:
        """The lowest loss that each network had, P: on its validation rows where it has some."""
        losses = np.full(len(self), np.nan)
        for group in self.groups:
            losses[group.networks] = group.finished.states.best_loss
        return losses


def train_population(
    networks: Network | Sequence[Network],
    starts: Sequence[Parameters],
    x: Any,
    y: Any,
    *,
    rows: Any = None,
    validation_rows: Any = None,
    optimizer: str | Optimizer | list[Any] = "adam",
    epochs: int | list[int] = 100,
    batch_size: int | list[Any] | None = None,
    sample_weight: Any = None,
    validation: tuple[Any, ...] | None = None,
    penalty: Penalty | list[Any] | None = None,
    dropout: float | tuple[float, ...] | list[Any] = 0.0,
    weight_masks: Sequence[Any] = (),
    multipliers: Parameters | list[Any] | None = None,
    clip: float | list[Any] | None = None,
    shuffle: bool | list[bool] = True,
    shuffle_buffer: int | list[Any] | None = None,
    schedule: str | Schedule | list[Any] = "constant",
    average: float | None = None,
    patience: int | list[Any] | None = None,
    min_delta: float | list[float] = 0.0,
    seed: int | list[int] = 0,
    engine: str = "auto",
    progress: Progress | None = None,
    chunk_epochs: int | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
    stop: Event | None = None,
    checkpoint: "str | Path | Checkpoint | None" = None,
    warn: bool = True,
) -> Population:
    """Train many networks on the rows of one table, each as `train` would train it alone.

    Small networks are trained several at a time, larger ones beside each other on the cores; the
    table is kept once. A setting is one value for all networks, or a list with one for each.

    Parameters
    ----------
    networks : Network or sequence of Network
        One for all, or one for each; those of one shape are trained together.
    starts : sequence of Parameters
        Where each network starts: P of them.
    x, y : array_like
        N x D and N x K (or N): all rows that any network is given.
    rows : list of array of int, optional
        For each network the numbers of the rows that it is trained on, from 0, in that order; a
        number may come more than once. None, for one of them or instead of the list: all rows.
    validation_rows : list of array of int, optional
        For each network the numbers of the rows that validate it: of `validation` where that is
        given, else of x and y.
    optimizer, epochs, batch_size, penalty, dropout, multipliers, clip, shuffle, shuffle_buffer, \
schedule, patience, min_delta, seed
        As in `train`, or a list with one for each network. Dropout of several layers is a tuple.
    sample_weight : array_like or list of array_like, optional
        N, how much each row counts; or such an array for each network.
    validation, average, engine, chunk_epochs, n_jobs, path_points, stop, checkpoint
        As in `train`, for all networks.
    weight_masks : sequence of array_like, or list of those
        As in `train`; for each network where the first one is itself a list or tuple.
    progress : callable, optional
        As in `train`, with the means over the networks that are still trained.
    warn : bool
        Whether to warn (GlassnetWarning) of runs that went astray.

    Returns
    -------
    Population
        Its entry p is the `Run` of network p.

    Raises
    ------
    GlassnetError
        On what `train` refuses, with the number of the network; and on lists of another length.

    Notes
    -----
    Ctrl-C ends all runs in good order, as it ends one.

    Examples
    --------
    >>> import numpy as np
    >>> import glassnet as gn
    >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> network = gn.Network([2, 4, 1], activation="tanh")
    >>> starts = [gn.initialize(network, seed=seed) for seed in range(100)]
    >>> population = gn.train_population(network, starts, x, y, epochs=300, seed=list(range(100)))
    >>> len(population), len(population[7].history.loss)
    (100, 300)
    """
    starts = list(starts)
    if not starts:
        raise GlassnetError("a population needs one network or more: give starts", option="starts")
    if chunk_epochs is not None:
        chunk_epochs = checked_whole("chunk_epochs", chunk_epochs, 1)
    if progress is not None:
        check_function("progress", progress)
    kept = None
    if checkpoint is not None:
        from glassnet.training.checkpoint import Checkpoint

        kept = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    shared = SharedOptions(engine, average, path_points, progress, chunk_epochs, n_jobs, stop, kept)
    masks_vary = isinstance(weight_masks, list) and all(
        isinstance(masks, (list, tuple)) for masks in weight_masks
    )
    settings = PopulationSettings(
        len(starts),
        {
            "networks": networks if isinstance(networks, Network) else list(networks),
            "optimizer": optimizer,
            "epochs": epochs,
            "batch_size": batch_size,
            "sample_weight": sample_weight,
            "penalty": penalty,
            "dropout": dropout,
            "weight_masks": weight_masks if masks_vary else tuple(weight_masks),
            "multipliers": multipliers,
            "clip": clip,
            "shuffle": shuffle,
            "shuffle_buffer": shuffle_buffer,
            "schedule": schedule,
            "patience": patience,
            "min_delta": min_delta,
            "seed": seed,
            "rows": rows,
            "validation_rows": validation_rows,
        },
    )
    checked = CheckedData((x, y), validation)
    of_groups = settings.groups(starts)
    workers = active_workers()
    if workers is None:
        groups = []
        for of_group in of_groups:
            groups.append(_train(_prepared(of_group, starts, settings, checked, shared), shared))
            if "interrupted" in groups[-1].finished.ended:  # then the others do not begin
                stopped = Event()
                stopped.set()
                shared = shared._replace(stop=stopped)
    else:
        prepared = [_prepared(one, starts, settings, checked, shared) for one in of_groups]
        groups = _train_on(workers, prepared, shared)
    if kept is not None and kept is not checkpoint:
        with interrupts_wait():
            kept.finish()
    population = Population(groups)
    if warn:
        _warn_of_broken(population)
    return population


class SharedOptions(NamedTuple):
    """What is the same for all networks and no part of their problems."""

    engine: str
    average: float | None
    path_points: int | None
    progress: Progress | None
    chunk_epochs: int | None
    n_jobs: int | None
    stop: Event | None
    checkpoint: "Checkpoint | None"


def _prepared(
    networks: list[int],
    starts: Sequence[Parameters],
    settings: PopulationSettings,
    checked: "CheckedData",
    shared: SharedOptions,
) -> Prepared:
    """Networks of one shape, checked."""
    problems: list[Problem] = []
    numbers: dict[tuple[Any, ...], int] = {}
    which = np.empty(len(networks), np.int64)
    parameters, masks_of = _checked_starts(networks, starts, settings)
    for at, p in enumerate(networks):
        key = settings.key(p)
        if key not in numbers:
            numbers[key] = len(problems)
            with _naming(p):
                start = at_network(parameters, at)
                problems.append(_problem(settings.of(p), start, masks_of[at], checked, shared))
        which[at] = numbers[key]
    first = problems[0]
    choice = choose(shared.engine, first.network, first)
    states = start_of_all(problems, which, parameters)
    looked_on = (shared.average, shared.path_points)
    onlookers = onlookers_of(choice.engine, problems, which, states, *looked_on)
    keeper = None
    if shared.checkpoint is not None:
        from glassnet.training.kept import keeper_of

        looking_on = [one.observers for one in onlookers]
        common = (choice.engine.name, *looked_on)
        keeper = keeper_of(shared.checkpoint, problems, which, states, looking_on, common)
    return Prepared(np.array(networks), problems, which, states, choice, onlookers, keeper)


def _train(prepared: Prepared, shared: SharedOptions) -> Group:
    """Train networks of one shape here."""
    networks, problems, which, states, choice, onlookers, keeper = prepared
    finished = run_together(
        choice.engine,
        problems,
        which,
        states,
        recorders=[Recorder(one.observers) for one in onlookers],
        report=None if shared.progress is None else _report_to(shared.progress, problems),
        chunk_epochs=shared.chunk_epochs,
        keeper=keeper,
    )
    return Group(networks, finished, choice, onlookers)


def _train_on(
    workers: "Workers", prepared: Sequence[Prepared], shared: SharedOptions
) -> list[Group]:
    """Train networks of all shapes on workers where that is worth it, else here."""
    is_under_way = any(one.is_under_way for one in prepared)
    if is_under_way or not is_worth_sending(prepared):
        return [_train(one, shared) for one in prepared]
    every = [problem for one in prepared for problem in one.problems]
    parts = run_in_blocks(
        workers,
        prepared,
        shared.average,
        shared.path_points,
        None if shared.progress is None else _report_to(shared.progress, every),
    )
    return [
        Group(
            one.networks[at],
            finished,
            one.choice,
            [one.onlookers[p] for p in at] if one.onlookers else [],
        )
        for one, of_one in zip(prepared, parts, strict=True)
        for at, finished in of_one
    ]


def _checked_starts(
    networks: list[int], starts: Sequence[Parameters], settings: PopulationSettings
) -> tuple[Parameters, list[tuple[Floats, ...]]]:
    """The starts of networks of one shape, stacked, and the weight masks of each.

    Thousands of good ones are checked together; where something is wrong, or a mask is given, each
    is checked by itself.
    """
    network = settings.of(networks[0])["networks"]
    chosen = [starts[p] for p in networks]
    if "weight_masks" not in settings.varying and not settings.shared["weight_masks"]:
        try:
            together = stacked(chosen)
        except ValueError:  # of different shapes
            pass
        else:
            shapes = [*network.shapes, *((m,) for _, m in network.shapes if network.bias)]
            arrays = leaves(together)
            dtypes = {array.dtype for array in arrays}
            of_one_dtype = len(dtypes) == 1 and dtypes <= FLOATS
            fits = [array.shape[1:] for array in arrays] == shapes
            if fits and of_one_dtype and all(map(all_finite, arrays)):
                return together, [()] * len(networks)
    checked = []
    for p in networks:
        with _naming(p):
            checked.append(checked_start(network, starts[p], settings.of(p)["weight_masks"]))
    return stacked([start for start, _ in checked]), [masks for _, masks in checked]


@contextmanager
def _naming(p: int) -> Iterator[None]:
    """Errors within say that they are of network p."""
    try:
        yield
    except GlassnetError as error:
        raise GlassnetError(f"network {p}: {error}") from error


class CheckedData:
    """The rows that all networks share, checked once for each dtype and loss, and kept once."""

    def __init__(self, data: tuple[Any, Any], validation: tuple[Any, ...] | None) -> None:
        self.data = data
        self.validation = validation
        self.problems: dict[Any, Problem] = {}
        self.of_dtype: dict[Any, tuple[Any, Any, tuple[Any, ...] | None]] = {}

    def problem(
        self, network: Network, start: Parameters, sample_weight: Any, options: TrainingOptions
    ) -> Problem:
        """The training of a network on all rows."""
        dtype = start.weights[0].dtype
        key = (network, dtype, id(sample_weight))
        if key not in self.problems:
            x, y, validation = self.of_dtype.get(dtype, (*self.data, self.validation))
            found = checked_problem(network, start, x, y, options, sample_weight, validation)
            self.of_dtype[dtype] = (found.data.x, found.data.y, found.validation)
            self.problems[key] = found
        return replace(self.problems[key], options=options)


def _problem(
    settings: dict[str, Any],
    start: Parameters,
    masks: tuple[Floats, ...],
    checked: CheckedData,
    shared: SharedOptions,
) -> Problem:
    network = settings["networks"]
    options = TrainingOptions(
        optimizer=find_optimizer(settings["optimizer"]),
        epochs=settings["epochs"],
        batch_size=settings["batch_size"],
        shuffle=settings["shuffle"],
        shuffle_buffer=settings["shuffle_buffer"],
        schedule=settings["schedule"],
        patience=settings["patience"],
        min_delta=settings["min_delta"],
        seed=settings["seed"],
        penalty=checked_penalty(settings["penalty"]),
        dropout=checked_dropout(network, settings["dropout"]),
        weight_masks=masks,
        multipliers=checked_multipliers(start, settings["multipliers"]),
        clip=settings["clip"],
        n_jobs=shared.n_jobs,
        stop=shared.stop,
    )
    problem = checked.problem(network, start, settings["sample_weight"], options)
    rows = _row_numbers("rows", settings["rows"], problem.data)
    if settings["validation_rows"] is None:
        return replace(problem, rows=rows)
    validation = problem.validation or problem.data
    numbers = _row_numbers("validation_rows", settings["validation_rows"], validation)
    return replace(problem, rows=rows, validation=validation, validation_rows=numbers)


def _row_numbers(name: str, given: Any, data: Data) -> np.ndarray | None:
    """Row numbers as they were given, checked."""
    if given is None:
        return None
    numbers = np.asarray(given)
    N = len(data.x)
    is_whole = numbers.ndim == 1 and len(numbers) > 0 and np.issubdtype(numbers.dtype, np.integer)
    if not is_whole or numbers.min() < 0 or numbers.max() >= N:
        raise option_error(name, f"must be row numbers from 0 to {N - 1}, one or more", given)
    return np.ascontiguousarray(numbers, np.int64)


def _report_to(progress: Progress, problems: Sequence[Problem]) -> Any:
    """A function that calls `progress` with the means over the networks of a chunk."""
    epochs = max(problem.options.epochs for problem in problems)

    def report(done: int, measured: Measurements) -> None:
        runs = [measured.of(p) for p in range(len(measured.epochs))]
        loss = float(np.mean([run.loss[-1] for run in runs]))
        validation_loss = None
        if len(runs[0].validation_loss):
            validation_loss = float(np.mean([run.validation_loss[-1] for run in runs]))
        progress(done, epochs, loss, validation_loss)

    return report


def _warn_of_broken(population: Population) -> None:
    ended = [str(end) for group in population.groups for end in group.finished.ended]
    broken = sum(end in BROKEN for end in ended)
    if broken:
        text = (
            f"of {len(population):,} networks the loss of {broken:,} became NaN or infinite; their "
            "best weights before that are kept, and population[p].ended says which they are"
        )
        give_warning(text, GlassnetWarning, stacklevel=3)
