"""scikit-learn's policy for a fit, as observers of the training loop (`training/loop.py`).

Early stopping by a score, the adaptive learning rate, callbacks, and what `verbose` prints. How a
network is scored is in `scoring.py`.
"""

from typing import Any

import numpy as np

from glassnet.estimators.mlp.fit_state import FitState
from glassnet.estimators.mlp.scoring import ValidationScore
from glassnet.training.loop import Chunk, Observer
from glassnet.training.problem import Floats, Problem, State

SMALLEST_RATE = 1e-6  # below it an adaptive rate is not made smaller
ADAPTIVE_DIVISOR = 5  # of the adaptive rate, when patience runs out


class ScoreObserver(Observer):
    """Scores every epoch on the validation rows; with early stopping the score decides.

    Parameters
    ----------
    measure : ValidationScore
        Gives the loss and the score of parameters.
    before : FitState
        Where the fit stood: scores of earlier calls count.
    decides : bool
        Whether the score says when to stop and which epoch is kept; else it is only noted.
    patience : float
        For more than so many epochs in a row without a better score the run goes on.
    tol : float
        By how much a score must be higher to be better.
    """

    def __init__(
        self,
        measure: ValidationScore,
        before: FitState,
        *,
        decides: bool,
        patience: float,
        tol: float,
    ) -> None:
        self.measure = measure
        self.decides = decides
        self.patience = patience
        self.tol = tol
        self.earlier_epochs: int = before.epochs
        self.waited: int = before.waited
        self.best_score: float = before.best_score
        self.best_scored = before.best_scored
        self.best_epoch: int = before.best_epoch
        self.losses: list[float] = []
        self.scores: list[float] = []

    def most_epochs(self, state: State) -> float:
        return 1

    def after_chunk(self, chunk: Chunk) -> str:
        parameters = chunk.state.parameters
        loss, score = self.measure(parameters)
        self.losses.append(loss)
        self.scores.append(score)
        if not self.decides:
            return ""
        self.waited = self.waited + 1 if score < self.best_score + self.tol else 0
        if score > self.best_score:
            self.best_score = score
            self.best_scored = parameters
            self.best_epoch = self.earlier_epochs + chunk.state.epoch
        return "early" if self.waited > self.patience else ""


class CallbackObserver(Observer):
    """Shows every epoch to scikit-learn's callbacks, which may end the run.

    Parameters
    ----------
    estimator : estimator
        Whose fit was called, and who knows the callbacks.
    fitted : estimator
        The copy of it that is fitted meanwhile.
    context : sklearn.callback.CallbackContext
        That of the whole fit.
    given : dict
        X, y and metadata as they were given to fit.
    """

    def __init__(self, estimator: Any, fitted: Any, context: Any, given: dict[str, Any]) -> None:
        self.estimator = estimator
        self.fitted = fitted
        self.context = context
        self.given = given
        self.epoch: Any = None  # the context of the present one

    def most_epochs(self, state: State) -> float:
        return 1

    def before_chunk(self) -> None:
        context = self.context.subcontext(task_name="epoch")
        self.epoch = context.call_on_fit_task_begin(estimator=self.estimator, **self.given)

    def after_chunk(self, chunk: Chunk) -> str:
        weights, biases = chunk.state.parameters
        now = {"coefs_": list(weights), "intercepts_": list(biases)}
        attributes = vars(self.fitted) | now
        stop = self.epoch.call_on_fit_task_end(
            estimator=self.estimator,
            **self.given,
            reconstruction_attributes=lambda: attributes,
        )
        return "callback" if stop else ""


class LearningRate(Observer):
    """The learning rate of each iteration by scikit-learn's rules, or by a schedule.

    Parameters
    ----------
    estimator : BaseMLP
        Whose settings count.
    problem : Problem
        Its options hold the schedule over all `max_iter` epochs.
    before : FitState
        Where the fit stood.
    schedule_from : int
        The epoch of the schedule at which this call begins.
    score : ScoreObserver, optional
        Its patience begins anew when an adaptive rate is lowered.
    """

    def __init__(
        self,
        estimator: Any,
        problem: Problem,
        before: FitState,
        *,
        schedule_from: int,
        score: ScoreObserver | None,
    ) -> None:
        self.problem = problem
        self.kind: Any = estimator.learning_rate
        self.is_sgd: bool = estimator.solver == "sgd"
        self.power_t: float = estimator.power_t
        self.start: float = problem.options.optimizer.learning_rate
        self.schedule_from = schedule_from
        self.rows_seen: int = before.rows_seen
        self.is_new: bool = before.optimizer is None
        self.rate: float = self.start if self.is_new else before.learning_rate
        self.score = score
        self.is_adaptive: bool = self.is_sgd and self.kind == "adaptive"
        self.was_lowered: bool = False

    def __call__(self, first: int, epochs: int) -> Floats:
        """The rate of each iteration of some epochs, epochs x batches."""
        if self.kind == "invscaling" and self.is_sgd:
            return self._inverse(first, epochs)
        if self.kind in ("constant", "invscaling", "adaptive"):
            return np.full((epochs, self.problem.batches), self.rate)
        return self._scheduled(first, epochs)

    def _inverse(self, first: int, epochs: int) -> Floats:
        rows = len(self.problem.data.x)
        seen = self.rows_seen + rows * np.arange(first, first + epochs)
        rates = self.start / (seen + 1.0) ** self.power_t
        if self.is_new and first == 0:
            rates[0] = self.start
        return np.repeat(rates[:, None], self.problem.batches, axis=1)

    def _scheduled(self, first: int, epochs: int) -> Floats:
        """partial_fit may be called more often than the schedule is long: its last rate stays."""
        options = self.problem.options
        first = min(self.schedule_from + first, options.epochs - epochs)
        return options.learning_rates(self.problem.batches, first, epochs)

    def after_chunk(self, chunk: Chunk) -> str:
        self.rate = float(chunk.learning_rates[-1])
        return ""

    def goes_on(self, ended: str) -> bool:
        """An adaptive rate is lowered when patience runs out, and the run goes on."""
        self.was_lowered = ended == "early" and self.is_adaptive and self.rate > SMALLEST_RATE
        if not self.was_lowered:
            return False
        self.rate /= ADAPTIVE_DIVISOR
        if self.score is not None:
            self.score.waited = 0
        return True


class PatienceLimit(Observer):
    """Keeps chunks within what patience leaves.

    No order of the rows is then drawn from the user's random stream that is not used, and the
    stream stands after a fit where scikit-learn leaves it.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience

    def most_epochs(self, state: State) -> float:
        return self.patience - state.waited


class PrintObserver(Observer):
    """Prints what `verbose` asks for, in scikit-learn's form: each iteration, and why it ended.

    Parameters
    ----------
    estimator : BaseMLP
        Whose settings count.
    score : ScoreObserver, optional
        It must come before this observer.
    rate : LearningRate, optional
        That of a solver that goes by epochs; it must come before this observer.
    """

    def __init__(
        self, estimator: Any, score: ScoreObserver | None, rate: LearningRate | None
    ) -> None:
        self.iteration = 0
        self.tol: float = estimator.tol
        self.patience: float = estimator.n_iter_no_change
        self.score = score
        self.rate = rate

    def after_chunk(self, chunk: Chunk) -> str:
        for loss in chunk.measured.loss:
            self.iteration += 1
            print(f"Iteration {self.iteration}, loss = {loss:.8f}")
            if self.score is not None:
                print(f"Validation score: {self.score.scores[-1]:f}")
        return ""

    def goes_on(self, ended: str) -> bool:
        if ended == "early":
            by_score = self.score is not None and self.score.decides
            measure = "Validation score" if by_score else "Training loss"
            print(
                f"{measure} did not improve more than tol={self.tol:f} "
                f"for {self.patience} consecutive epochs. {self._consequence()}"
            )
        return False

    def _consequence(self) -> str:
        if self.rate is None or not self.rate.is_adaptive:
            return "Stopping."
        if self.rate.was_lowered:
            return f"Setting learning rate to {self.rate.rate:f}"
        return "Learning rate too small. Stopping."
