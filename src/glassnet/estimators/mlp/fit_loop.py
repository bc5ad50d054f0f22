"""The course of a fit: how it goes from epoch to epoch, who looks on, when it ends, and what a later call can go on from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from glassnet.core.network import Parameters
from glassnet.core.optimizers import OptimizerState
from glassnet.estimators.mlp.scoring import Judge
from glassnet.training.engines.registry import choose
from glassnet.training.problem import Best, Floats, Problem, State
from glassnet.training.run import Chunk, chunks
from glassnet.training.solvers import Iteration, Solved

SMALLEST_RATE = 1e-6  # below it an adaptive rate is not made smaller


@dataclass
class Course:
    """Where a fit stands, and what it has measured; `partial_fit` and `warm_start` go on from here.

    `waited` counts epochs in a row that were not better than the best by `tol`; `best_score` and `best` (parameters and epoch) are
    of the validation rows where there are any; `rows` are those of the history; `ended` says why the last call came to its end (see
    `ENDINGS` in base.py), `message` what the solver said then; `began` is the number of epochs before that call.
    """

    parameters: Parameters
    rate: float = float("nan")
    optimizer: OptimizerState | None = None
    rows_seen: int = 0
    iterations: int = 0
    epochs: int = 0
    waited: int = 0
    best_loss: float = float("inf")
    best_score: float = float("-inf")
    best: tuple[Parameters, int] | None = None
    last_loss: float = float("nan")
    rows: list[dict[str, float]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    ended: str = ""
    message: str = ""
    began: int = 0

    def history(self) -> dict[str, np.ndarray]:
        """The rows as columns, NaN where a row has no such number."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        columns = {name: np.array([row.get(name, np.nan) for row in self.rows]) for name in names}
        return {
            name: column.astype(int) if name in ("epoch", "iteration") else column
            for name, column in columns.items()
        }

    def note(self, **measured: float) -> None:
        """Add a row to the history."""
        self.epochs += 1
        self.rows.append({"epoch": self.epochs, **measured})
        self.last_loss = measured["loss"]
        self.best_loss = min(self.best_loss, measured["loss"])


class Watch:
    """Looks at every epoch where somebody wants to: validation rows, early stopping, callbacks, verbose.

    Parameters
    ----------
    judge : gives the score of parameters on the validation rows; None where there are none.
    stops : whether the score decides when to stop and which epoch is kept; else it is only noted.
    begin, end : told when an epoch begins, and after it, with the parameters; `end` may ask to stop. None: nobody is.
    """

    def __init__(
        self, course: Course, judge: Judge | None, stops: bool, patience: float, tol: float, verbose: bool,
        begin: Callable[[], None] | None = None, end: Callable[[Parameters], bool] | None = None,
    ) -> None:  # fmt: skip
        self.course, self.judge, self.stops, self.patience, self.tol, self.verbose = (
            course,
            judge,
            stops,
            patience,
            tol,
            verbose,
        )
        self.begin, self.end = begin or (lambda: None), end
        self.every_epoch = judge is not None or end is not None

    def __call__(self, parameters: Parameters) -> bool:
        """After an epoch that the course has noted: whether the run is to end, and then `course.ended` says why."""
        course = self.course
        if self.judge is not None:
            loss, score = self.judge(parameters)
            course.rows[-1] |= {"validation_loss": loss, "validation_score": score}
            if self.stops:
                self._compare(parameters, score)
        if self.verbose:
            self.tell()
        if self.end is not None and self.end(parameters):
            course.ended = "callback"
        elif self.stops and course.waited > self.patience:
            course.ended = "early"
        return bool(course.ended)

    def _compare(self, parameters: Parameters, score: float) -> None:
        """scikit-learn's rule: an epoch that is not better by `tol` is waited; the best is the best by any difference."""
        course = self.course
        course.scores.append(score)
        course.waited = course.waited + 1 if score < course.best_score + self.tol else 0
        if score > course.best_score:
            course.best_score, course.best = score, (parameters, course.epochs)

    def tell(self, epochs: int = 1) -> None:
        """Print the last rows of the history."""
        for row in self.course.rows[-epochs:]:
            shown = [
                f"{name.replace('_', ' ')} {row[name]:.8f}"
                for name in ("loss", "validation_score")
                if name in row
            ]
            print(f"epoch {row['epoch']}: {', '.join(shown)}")


def run_epochs(
    course: Course,
    problem: Problem,
    watch: Watch,
    *,
    epochs: int,
    orders: Iterator[np.ndarray] | None,
    rates: Callable[[int, int], Floats],
    adaptive: bool,
    engine: str = "auto",
) -> None:
    """Train epoch by epoch from where the course stands, and leave there what came of it."""
    chosen = choose(engine, problem.network, problem).engine
    state = _state(course, problem)
    rows = problem.data.x.shape[0]
    chunk_epochs = 1 if watch.every_epoch else None
    patience = problem.patience
    up_to = None if patience is None else lambda state: patience - state.waited
    course.ended = ""
    try:
        while not course.ended:
            steps = chunks(chosen, problem, state, epochs, orders, rates, chunk_epochs, up_to)
            while not course.ended and not state.ended and state.epoch < epochs:
                watch.begin()
                chunk = next(steps)
                state = chunk.state
                _note(course, problem, chunk, rows)
                if watch.every_epoch:
                    watch(state.parameters)
                elif watch.verbose:
                    watch.tell(len(chunk.measured.loss))
            if not watch.stops:
                course.waited = state.waited
            course.ended = course.ended or state.ended or "max_iter"
            if course.ended == "early" and adaptive and course.rate > SMALLEST_RATE:
                course.rate /= 5
                course.waited, course.ended = 0, ""
                state = state._replace(waited=0, ended="")
    except KeyboardInterrupt:
        course.ended = "interrupted"
    if course.ended == "not_finite":
        course.parameters = state.best.parameters
        course.optimizer = None
    else:
        course.parameters, course.optimizer = state.parameters, state.optimizer


def _state(course: Course, problem: Problem) -> State:
    start = course.parameters
    return State(
        start, course.optimizer or problem.optimizer.init(start), 0, Best(start, course.best_loss, 0), course.waited, ""
    )  # fmt: skip


def _note(course: Course, problem: Problem, chunk: Chunk, rows: int) -> None:
    """Add the epochs of a chunk to the course."""
    measured, batches = chunk.measured, problem.batches
    for i in range(len(measured.loss)):
        done = min(batches, len(measured.iteration_loss) - i * batches)
        course.iterations += done
        course.rows_seen += rows
        course.rate = float(chunk.rates[i * batches + done - 1])
        course.note(
            iteration=course.iterations,
            loss=float(measured.loss[i]),
            penalty=float(measured.penalty[i]),
            learning_rate=course.rate,
            gradient_norm=float(measured.gradient_norm[i]),
        )


def run_solver(
    course: Course, watch: Watch, solve: Callable[[Parameters, Callable[[Iteration], bool]], Solved]
) -> str:
    """Let a full-batch solver run from where the course stands; gives what it said at its end."""
    course.ended = ""

    def iteration(reached: Iteration) -> bool:
        course.iterations += 1
        course.note(
            iteration=course.iterations, loss=reached.loss, penalty=reached.penalty, learning_rate=float("nan"),
            gradient_norm=reached.gradient_norm,
        )  # fmt: skip
        ends = watch(reached.parameters)
        if not ends:
            watch.begin()
        return ends

    watch.begin()
    solved = solve(course.parameters, iteration)
    course.parameters, course.last_loss = solved.last.parameters, solved.last.loss
    course.ended = course.ended or solved.ended
    return solved.message
