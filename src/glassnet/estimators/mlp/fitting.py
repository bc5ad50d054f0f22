"""Fitting: one call of fit or partial_fit, from checked rows to where the fit then stands.

Which rows train and which validate, one run or several, each to its end. scikit-learn's checks and
attributes are in `base.py`, its policy along a run in `observers.py`.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.fit_problem import Labelled, by_epochs, problem_of
from glassnet.estimators.mlp.fit_state import FitState, epoch_table, joined, padded
from glassnet.estimators.mlp.observers import (
    LearningRate,
    PatienceLimit,
    PrintObserver,
    ScoreObserver,
)
from glassnet.estimators.mlp.random_draws import batch_orders, draw_parameters
from glassnet.estimators.mlp.scoring import ValidationScore
from glassnet.estimators.mlp.translate import given_start
from glassnet.training.endings import BROKEN
from glassnet.training.engines.registry import choose
from glassnet.training.loop import Finished, Observer, run_epochs
from glassnet.training.problem import Best, Problem, as_dtype, start_of
from glassnet.training.run import history_of
from glassnet.training.solvers.lbfgs import lbfgs
from glassnet.training.solvers.levenberg_marquardt import levenberg_marquardt

FEWEST_VALIDATION_ROWS = 2


class PlannedRun(NamedTuple):
    """A run that is to begin: from where, on what, and who looks on."""

    before: FitState
    problem: Problem
    start: Parameters
    observers: list[Observer]
    score: ScoreObserver | None
    """That of the observers which scores each epoch, where there are rows to score on."""
    rate: LearningRate | None
    """That which gives the learning rates, where the solver goes by epochs."""


class Fitting:
    """A call of fit or partial_fit.

    Parameters
    ----------
    estimator : BaseMLP
        Whose settings count; nothing is written to it.
    network : Network
        What is trained.
    rows : Labelled
        The rows that were given.
    validation : Labelled, optional
        The validation rows that were given.
    random : RandomState
        scikit-learn's stream; drawn from in its order: weights, split, batches.
    callbacks : Observer, optional
        What shows the epochs to callbacks.
    incremental : bool
        Whether this is partial_fit: one epoch, from where the last call stood.
    """

    def __init__(
        self,
        estimator: Any,
        network: Network,
        rows: Labelled,
        validation: Labelled | None,
        random: np.random.RandomState,
        callbacks: Observer | None = None,
        incremental: bool = False,
    ) -> None:
        self.estimator = estimator
        self.network = network
        self.rows: Labelled = rows
        self.train: Labelled = rows
        self.validation = validation
        self.random = random
        self.callbacks = callbacks
        self.incremental = incremental
        self.dtype: np.dtype[np.floating] = rows.data.x.dtype
        self.by_epochs: bool = by_epochs(estimator)

    def fit(self, before: FitState | None) -> list[FitState]:
        """Where each run ended: one that goes on from `before`, or one from each start."""
        first = before or FitState(self.start())
        self.split()
        runs = [self.run(first)]
        if before is not None or self.incremental:
            return runs
        for _ in range(self.estimator.n_restarts):
            if runs[-1].ended in ("interrupted", "callback"):
                break
            runs.append(self.run(FitState(self.start())))
        return runs

    def start(self) -> Parameters:
        """The starting weights: those that `init` gives, else drawn."""
        if self.estimator.init is not None:
            return given_start(self.estimator.init, self.network, self.dtype)
        return draw_parameters(self.network, self.random, self.dtype)

    def split(self) -> None:
        """Set rows aside for early stopping where the user gave none.

        With lbfgs there are none, as in scikit-learn.
        """
        estimator = self.estimator
        if not estimator.early_stopping or estimator.solver == "lbfgs":
            return
        if self.validation is not None:
            return
        rows = len(self.train.labels)
        one_label = is_classifier(estimator) and self.network.sizes[-1] == 1
        parts: Any = train_test_split(
            np.arange(rows),
            random_state=self.random,
            test_size=estimator.validation_fraction,
            stratify=self.train.data.y.astype(bool) if one_label else None,
        )
        train, aside = parts
        if len(aside) < FEWEST_VALIDATION_ROWS:
            raise GlassnetError(
                f"The validation set is too small: "
                f"validation_fraction={estimator.validation_fraction} of {rows} rows is "
                f"{len(aside)}",
                remedy="raise it, give more rows, or X_val and y_val",
            )
        self.train, self.validation = self.train.take(train), self.train.take(aside)

    def run(self, before: FitState) -> FitState:
        """Train from where a fit stands to the end of the run."""
        planned = self.plan(before)
        if planned.rate is not None:
            finished = self.run_epochs(planned, planned.rate)
        else:
            finished = self.solve(planned)
        return self.ended(planned, finished)

    def plan(self, before: FitState) -> "PlannedRun":
        """A run from where a fit stands, with all that looks on at it."""
        problem, start = problem_of(
            self.estimator,
            self.network,
            self.train,
            before.parameters,
            self.random,
            score_decides=self.score_decides(),
        )
        score = self.score_observer(before)
        observers: list[Observer] = []
        if score is not None:
            observers.append(score)
        if self.callbacks is not None:
            observers.append(self.callbacks)
        rate = self.learning_rate(problem, before, score) if self.by_epochs else None
        if rate is not None:
            observers.append(rate)
        if self.estimator.verbose:
            observers.append(PrintObserver(self.estimator, score, rate))
        return PlannedRun(before, problem, start, observers, score, rate)

    def ended(self, planned: "PlannedRun", finished: Finished) -> FitState:
        """Where the fit stands after a run that was planned."""
        before, problem, _, _, score, rate = planned
        state = self.state_after(before, problem, finished, score)
        if rate is not None:
            state = self._after_epochs(state, finished, rate.rate, problem)
        else:
            state = replace(state, last_loss=finished.state.best.loss)
        return self._after_scores(state, score)

    def learning_rate(
        self, problem: Problem, before: FitState, score: ScoreObserver | None
    ) -> LearningRate:
        """The learning rate of a run that goes on from `before`."""
        schedule_from = before.epochs if self.incremental else 0
        return LearningRate(
            self.estimator, problem, before, schedule_from=schedule_from, score=score
        )

    def run_epochs(self, planned: "PlannedRun", rate: LearningRate) -> Finished:
        """By a solver that goes by epochs."""
        before, problem, start, observers = planned[:4]
        if problem.options.patience is not None:
            observers = [*observers, PatienceLimit(problem.options.patience)]
        state = start_of(problem, start)
        state = state._replace(
            optimizer=before.optimizer or state.optimizer,
            best=Best(start, before.best_loss, 0),
            waited=before.waited,
        )
        return run_epochs(
            choose("auto", problem.network, problem).engine,
            problem,
            state,
            epochs=1 if self.incremental else self.estimator.max_iter,
            orders=self.orders(problem),
            learning_rates=rate,
            observers=observers,
            start_loss=before.start_loss,
        )

    def orders(self, problem: Problem) -> Iterator[np.ndarray] | None:
        """The order of the rows in each epoch; None: always as they are."""
        if not self.estimator.shuffle or self.estimator.solver == "rprop":
            return None
        return batch_orders(self.random, len(problem.data.x))

    def solve(self, planned: "PlannedRun") -> Finished:
        """By a solver that takes all rows at once."""
        estimator = self.estimator
        problem, start, observers = planned[1:4]
        if estimator.solver == "lm":
            return levenberg_marquardt(
                problem,
                start,
                observers,
                iterations=estimator.max_iter,
                tolerance=estimator.tol,
            )
        return lbfgs(
            problem,
            start,
            observers,
            iterations=estimator.max_iter,
            evaluations=estimator.max_fun,
            tolerance=estimator.tol,
        )

    def state_after(
        self,
        before: FitState,
        problem: Problem,
        finished: Finished,
        score: ScoreObserver | None,
    ) -> FitState:
        """Where the fit stands after a run."""
        history = history_of(finished, problem.batches)
        epochs = len(history.loss)
        table = epoch_table(history, before)
        if score is not None:
            table["validation_loss"] = padded(score.losses, epochs)
            table["validation_score"] = padded(score.scores, epochs)
        state = replace(
            before,
            parameters=as_dtype(finished.parameters, self.dtype),
            iterations=before.iterations + len(history.iteration_loss),
            epochs=before.epochs + epochs,
            earlier_epochs=before.epochs,
            waited=finished.state.waited,
            best_loss=min(before.best_loss, finished.state.best.loss),
            best_epoch=before.epochs + finished.best_epoch,
            history=joined(before.history, table),
            ended=finished.ended,
            message=finished.message,
        )
        if epochs:
            state = replace(state, last_loss=float(history.loss[-1]))
            if before.start_loss is None:
                state = replace(state, start_loss=float(history.iteration_loss[0]))
        return state

    def _after_epochs(
        self, state: FitState, finished: Finished, learning_rate: float, problem: Problem
    ) -> FitState:
        """What else changes where a solver goes by epochs."""
        epochs = state.epochs - state.earlier_epochs
        return replace(
            state,
            optimizer=None if finished.ended in BROKEN else finished.state.optimizer,
            learning_rate=learning_rate,
            rows_seen=state.rows_seen + epochs * len(problem.data.x),
        )

    def _after_scores(self, state: FitState, score: ScoreObserver | None) -> FitState:
        """What else changes where a score decides: the best epoch by it is kept."""
        if score is None or not score.decides:
            return state
        state = replace(
            state,
            waited=score.waited,
            best_score=score.best_score,
            best_scored=score.best_scored,
            scores=(*state.scores, *score.scores),
        )
        if score.best_scored is None:
            return state
        kept = as_dtype(score.best_scored, self.dtype)
        return replace(state, parameters=kept, best_epoch=score.best_epoch)

    def score_decides(self) -> bool:
        """Whether the score on validation rows says when to stop."""
        return self.estimator.early_stopping and self.validation is not None

    def score_observer(self, before: FitState) -> ScoreObserver | None:
        """What scores every epoch on the validation rows; None without such rows."""
        measure = self.validation_score()
        if measure is None:
            return None
        return ScoreObserver(
            measure,
            before,
            decides=self.score_decides(),
            patience=self.estimator.n_iter_no_change,
            tol=self.estimator.tol,
        )

    def validation_score(self) -> ValidationScore | None:
        """What gives the score of parameters on the validation rows; None without such rows."""
        if self.validation is None:
            return None
        data, labels = self.validation
        scoring = self.estimator.scoring
        classes = is_classifier(self.estimator)
        if scoring is None:
            return ValidationScore(self.network, data, "outputs", classes)
        if scoring == "loss":
            return ValidationScore(self.network, data, "loss", classes)
        scored = copy(self.estimator)
        vars(scored).pop("feature_names_in_", None)  # it is given arrays
        scorer: Any = check_scoring(scored, scoring)
        metadata = {} if data.sample_weight is None else {"sample_weight": data.sample_weight}

        def score(parameters: Parameters) -> float:
            scored.coefs_ = list(parameters.weights)
            scored.intercepts_ = list(parameters.biases)
            return float(scorer(scored, data.x, labels, **metadata))

        return ValidationScore(self.network, data, score, classes)
