"""train(): checks what it is given, picks the engine, and makes a `Run` of what the loop brings.

The loop itself is in `loop.py`; what can be asked of it is in `options.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import Optimizer, find_optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import visible, warn_of
from glassnet.notebook import html_of
from glassnet.settings import check_function, checked_whole
from glassnet.training.averaging import Average
from glassnet.training.checks import (
    checked_dropout,
    checked_multipliers,
    checked_penalty,
    checked_problem,
    checked_start,
)
from glassnet.training.endings import ENDINGS
from glassnet.training.engines.base import Engine
from glassnet.training.engines.registry import Choice, choose
from glassnet.training.findings import training_notices
from glassnet.training.history import History
from glassnet.training.loop import Chunk, Finished, Observer, run_epochs
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import (
    Floats,
    Problem,
    State,
    from_vector,
    start_of,
    to_vector,
)
from glassnet.training.schedules import Schedule
from glassnet.training.stacked import States, stacked_state

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint

Progress = Callable[[int, int, float, float | None], None]
"""Called with (epochs done, epochs planned, training loss, validation loss or None)."""


@dataclass(frozen=True, eq=False)
class Run:
    """A training that has ended.

    Parameters
    ----------
    network : Network
        What was trained.
    parameters : Parameters
        Those of the best epoch where there were validation rows (or the loss went astray), else
        those after the last update; or their moving average.
    history : History
        What was measured along the way.
    engine : str
        The engine that ran.
    ended : str
        Why it ended, a name of `ENDINGS`.
    best_epoch : int
        The epoch that left `parameters`.
    last_batch_output : array
        What the last iteration's feedforward predicted for its batch, before its update.
    state : State
        Where the training stands after its last epoch, the optimizer's state included.
    engine_note : str
        Why that engine is not the fastest; "" where it is, or was asked for.
    path : tuple of (int, Parameters)
        The parameters after some epochs, where they were asked for; epoch 0 is the start.
    message : str
        More on the end of the run; "" for nothing.
    """

    network: Network
    parameters: Parameters
    history: History
    engine: str
    ended: str
    best_epoch: int
    last_batch_output: Floats
    state: State
    engine_note: str = ""
    path: tuple[tuple[int, Parameters], ...] = ()
    message: str = ""

    def __repr__(self) -> str:
        loss = self.history.loss
        text = f"{len(loss):,} epochs by the {self.engine} engine"
        if len(loss):
            text += f", loss {loss[0]:.4g} first, {loss[-1]:.4g} last"
        if self.ended:
            text += f", {self.diagnosis}"
        return visible(f"<glassnet Run of {self.network}: {text}>")

    def _repr_html_(self) -> str:
        return html_of(self)

    @property
    def diagnosis(self) -> str:
        """Why the run ended, in plain words."""
        if not self.message:
            return ENDINGS[self.ended]
        return f"{ENDINGS[self.ended]} ({self.message})"


def train(
    network: Network,
    parameters: Parameters,
    x: Any,
    y: Any,
    *,
    optimizer: str | Optimizer = "adam",
    epochs: int = 100,
    batch_size: int | None = None,
    sample_weight: Any = None,
    validation: tuple[Any, ...] | None = None,
    penalty: Penalty | None = None,
    dropout: float | Sequence[float] = 0.0,
    weight_masks: Sequence[Any] = (),
    multipliers: Parameters | None = None,
    clip: float | None = None,
    shuffle: bool = True,
    shuffle_buffer: int | None = None,
    schedule: str | Schedule = "constant",
    average: float | None = None,
    patience: int | None = None,
    min_delta: float = 0.0,
    seed: int = 0,
    engine: str = "auto",
    progress: Progress | None = None,
    chunk_epochs: int | None = None,
    n_jobs: int | None = None,
    path_points: int | None = None,
    stop: Event | None = None,
    checkpoint: "str | Path | Checkpoint | None" = None,
    warn: bool = True,
) -> Run:
    """Train a network from given parameters on the rows of x and y.

    Parameters
    ----------
    network : Network
        The shape of what is trained.
    parameters : Parameters
        Where to start; their dtype (float64 or float32) is the training's.
    x : array_like
        N x D.
    y : array_like
        N x K, or N where K = 1; for categorical cross-entropy one column a class.
    optimizer : Optimizer or str
        An Optimizer, or the name of one with its defaults.
    epochs, batch_size, shuffle, shuffle_buffer, schedule, patience, min_delta, seed
        How long the run is, its batches and learning rates, and when it stops early; see
        `glassnet.training.options.TrainingOptions`.
    average : float, optional
        Keep the moving average of the parameters, which remembers this fraction of the epochs;
        with validation rows only where its loss on them is the lower one. None: no average.
    sample_weight : array_like, optional
        N, how much each row counts; a weight of 2 is the row given twice.
    validation : tuple, optional
        (x, y) or (x, y, sample_weight): rows whose loss is measured after each epoch; the
        parameters of the epoch where it was lowest are kept.
    penalty : Penalty, optional
        ``Penalty(l2=..., l1=...)``, added to the loss.
    dropout : float or sequence of float
        The fraction of hidden nodes left out of each update, for all hidden layers or for each.
    weight_masks : sequence of array_like
        A matrix for each weight matrix: 1 where a weight is trained, 0 where it stays 0.
    multipliers : Parameters, optional
        A number for each parameter array: its learning rate over the run's.
    clip : float, optional
        The largest norm a gradient may have; a longer one is scaled to it. None: any.
    engine : str
        "auto" (native where it can, else numpy), "numpy", "native" or "jax". All give the
        same numbers, to rounding.
    progress : callable, optional
        Called about four times a second with (epochs done, epochs planned, loss, validation loss
        or None).
    chunk_epochs : int, optional
        Epochs between such calls, where a fixed number is wanted. No result depends on it.
    n_jobs : int, optional
        Threads that wide layers may use; None: every core allowed, or OMP_NUM_THREADS. No result
        depends on it.
    path_points : int, optional
        Keep the parameters of so many evenly spaced epochs, the start and the last included, in
        `Run.path`; None: of none.
    stop : threading.Event, optional
        Setting it, from another thread, ends the run as Ctrl-C does.
    checkpoint : str or Path, optional
        A file that the run is kept in, every half minute, at its end, and where it is cut short.
        Where there is one of the same run already, the run goes on from there, to the last bit as
        if it had never been stopped: call `train` again as before.
    warn : bool
        Whether to warn (GlassnetWarning) of a run that went astray, and of inputs so large that no
        node of the first layer changes with them.

    Returns
    -------
    Run
        The trained parameters, and how the training went.

    Raises
    ------
    GlassnetError
        On shapes that do not fit, values that are not finite, and settings out of range; and where
        the checkpoint is of another run.

    Notes
    -----
    Ctrl-C ends the run in good order (``run.ended == "interrupted"``): what was learnt up to the
    last whole chunk (about a quarter of a second, or `chunk_epochs`) is kept.
    """
    if chunk_epochs is not None:
        chunk_epochs = checked_whole("chunk_epochs", chunk_epochs, 1)
    if progress is not None:
        check_function("progress", progress)
    start, masks = checked_start(network, parameters, weight_masks)
    options = TrainingOptions(
        optimizer=find_optimizer(optimizer),
        epochs=epochs,
        batch_size=batch_size,
        shuffle=shuffle,
        shuffle_buffer=shuffle_buffer,
        schedule=schedule,
        patience=patience,
        min_delta=min_delta,
        seed=seed,
        penalty=checked_penalty(penalty),
        dropout=checked_dropout(network, dropout),
        weight_masks=masks,
        multipliers=checked_multipliers(start, multipliers),
        clip=clip,
        n_jobs=n_jobs,
        stop=stop,
    )
    problem = checked_problem(network, start, x, y, options, sample_weight, validation)
    chosen, engine_note = choose(engine, network, problem)
    state = start_of(problem, start)
    onlookers = Onlookers.of(chosen, problem, state, average, path_points)
    observers = onlookers.observers
    keeper = None
    if checkpoint is not None:
        from glassnet.training.kept import keeper_of

        which, begin = np.zeros(1, np.int64), stacked_state(state)
        settings = (chosen.name, average, path_points)
        keeper = keeper_of(checkpoint, [problem], which, begin, [tuple(observers)], settings)
    finished = run_epochs(
        chosen,
        problem,
        state,
        epochs=options.epochs,
        orders=options.orders(problem.n_rows),
        learning_rates=lambda first, count: options.learning_rates(problem.batches, first, count),
        observers=observers,
        chunk_epochs=chunk_epochs,
        report=None if progress is None else _report_to(progress, options.epochs),
        keeper=keeper,
    )
    run = run_of(finished, problem, Choice(chosen, engine_note), onlookers)
    if warn:
        x = problem.data.x
        warn_of(training_notices(network, run.parameters, x, run.ended, run.message))
    return run


class Onlookers(NamedTuple):
    """What looks on at a run and has a part in its result: the path, and the moving average."""

    path: "PathObserver"
    average: Average | None

    @classmethod
    def of(
        cls,
        engine: Engine,
        problem: Problem,
        start: State,
        average: float | None,
        path_points: int | None,
    ) -> "Onlookers":
        """Those that were asked for."""
        path = PathObserver(problem.network, start, problem.options.epochs, path_points)
        return cls(path, None if average is None else Average(engine, problem, average))

    @property
    def observers(self) -> list[Observer]:
        """Those that want to see each chunk."""
        found: list[Observer] = [self.path] if self.path.epochs else []
        return found if self.average is None else [*found, self.average]


def onlookers_of(
    engine: Engine,
    problems: Sequence[Problem],
    which: np.ndarray,
    states: States,
    average: float | None,
    path_points: int | None,
) -> list[Onlookers]:
    """Those of each network of a population before its first epoch; [] where none was asked for."""
    if average is None and path_points is None:
        return []
    begin = states.take(np.arange(len(which)))  # which nothing changes later
    return [
        Onlookers.of(engine, problems[number].alone, begin.of(p), average, path_points)
        for p, number in enumerate(which.tolist())
    ]


def run_of(
    finished: Finished, problem: Problem, choice: Choice, onlookers: Onlookers | None = None
) -> Run:
    """What a run that has ended left; without onlookers where none looked on."""
    history = history_of(finished, problem.batches)
    average = None if onlookers is None else onlookers.average
    if average is not None:
        finished, history = average.kept(finished), average.lower_losses(history)
    return Run(
        network=problem.network,
        parameters=finished.parameters,
        history=history,
        engine=choice.engine.name,
        ended=finished.ended,
        best_epoch=finished.best_epoch,
        last_batch_output=_last_output(finished, problem.network),
        state=finished.state,
        engine_note=choice.note,
        path=() if onlookers is None else onlookers.path.points(finished.state),
        message=finished.message,
    )


def history_of(finished: Finished, batches: int) -> History:
    """What a finished run measured; `batches` is the number of iterations in an epoch."""
    measured = [chunk.measured for chunk in finished.chunks]
    rates = [chunk.learning_rates for chunk in finished.chunks]
    learning_rate = rates[0] if len(rates) == 1 else np.concatenate([np.empty(0), *rates])
    return History.of(measured, learning_rate, batches)


def _last_output(finished: Finished, network: Network) -> Floats:
    if not finished.chunks:
        return np.empty((0, network.sizes[-1]))
    return finished.chunks[-1].measured.output


def _report_to(progress: Progress, epochs: int) -> Callable[[Chunk], None]:
    """A function that calls `progress` with where a run of so many epochs is after a chunk."""

    def report(chunk: Chunk) -> None:
        measured = chunk.measured
        validation_loss = None
        if len(measured.validation_loss):
            validation_loss = float(measured.validation_loss[-1])
        progress(chunk.state.epoch, epochs, float(measured.loss[-1]), validation_loss)

    return report


class PathObserver(Observer):
    """Keeps the parameters after some epochs, evenly spaced from the start to the last.

    Parameters
    ----------
    network : Network
        What is trained.
    start : State
        Where the run begins.
    epochs : int
        How many are planned.
    points : int, optional
        How many to keep; None: none.
    """

    def __init__(self, network: Network, start: State, epochs: int, points: int | None) -> None:
        self.network = network
        self.states: list[State] = [start]
        self.epochs: list[int] = []
        if points is None:
            return
        points = checked_whole("path_points", points, 2)
        spaced = np.rint(np.linspace(0, epochs, min(points, epochs + 1))).astype(int)
        self.epochs = sorted(set(spaced.tolist()))

    def most_epochs(self, state: State) -> float:
        """As many as there are to the next epoch that is kept."""
        return next(epoch for epoch in self.epochs if epoch > state.epoch) - state.epoch

    def after_chunk(self, chunk: Chunk) -> str:
        if chunk.state.epoch in self.epochs:
            self.states.append(chunk.state)
        return ""

    def arrays(self) -> dict[str, np.ndarray]:
        """The parameters that were kept so far, but for the start."""
        later = self.states[1:]
        found: dict[str, np.ndarray] = {
            "epochs": np.array([state.epoch for state in later], np.int64),
            "astray": np.array([state.ended == "not_finite" for state in later], np.int64),
        }
        if later:
            found["parameters"] = np.stack([to_vector(state.parameters) for state in later])
        return found

    def restore(self, arrays: Mapping[str, np.ndarray], state: State) -> None:
        """Go on from what was kept."""
        for at, (epoch, astray) in enumerate(zip(arrays["epochs"], arrays["astray"], strict=True)):
            parameters = from_vector(self.network, arrays["parameters"][at])
            ended = "not_finite" if astray else ""
            self.states.append(state._replace(epoch=int(epoch), parameters=parameters, ended=ended))

    def points(self, last: State) -> tuple[tuple[int, Parameters], ...]:
        """(epoch, parameters) of those kept and of the last state, wherever the run ended.

        What a loss that is NaN or infinite left is not among them.
        """
        if not self.epochs:
            return ()
        states = self.states
        if last.epoch != states[-1].epoch:
            states = [*states, last]
        return tuple(
            (state.epoch, state.parameters) for state in states if state.ended != "not_finite"
        )
