"""Fitting many estimators at once: those whose networks have one shape train as one population.

Every estimator learns what its own `fit` would have taught it, but for the last digits. Which
estimators there are, and what they are fitted for, is the caller's.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from glassnet.estimators.mlp.base import BaseMLP
from glassnet.estimators.mlp.classifier import MLPClassifier
from glassnet.estimators.mlp.fit_problem import by_epochs
from glassnet.estimators.mlp.fit_state import FitState
from glassnet.estimators.mlp.fitting import Fitting, PlannedRun
from glassnet.estimators.mlp.regressor import MLPRegressor
from glassnet.training.engines.registry import choose
from glassnet.training.loop import Recorder
from glassnet.training.optax import Optax
from glassnet.training.problem import Problem
from glassnet.training.stacked import stacked, start_of_all
from glassnet.training.together import run_together


class Fit(NamedTuple):
    """An estimator that is not fitted yet, and what its `fit` is to be given."""

    estimator: BaseMLP
    X: Any
    y: Any
    sample_weight: Any = None


class Begun(NamedTuple):
    """A fit whose rows are checked and whose run is planned."""

    number: int
    fitting: Fitting
    planned: PlannedRun


def can_train_together(estimator: Any) -> bool:
    """Whether an estimator can be fitted together with others.

    Not by a solver that takes all rows at once, from several starts, with a learning rate that its
    own losses lower, nor where it prints or calls what looks on; nor one whose class has a `fit` of
    its own.
    """
    if getattr(type(estimator), "fit", None) not in (MLPClassifier.fit, MLPRegressor.fit):
        return False
    adapts = estimator.solver == "sgd" and estimator.learning_rate == "adaptive"
    watched = estimator.verbose or getattr(estimator, "_skl_callbacks", None)
    goes_on = estimator.warm_start and hasattr(estimator, "coefs_")
    return by_epochs(estimator) and not (
        estimator.n_restarts or adapts or watched or goes_on or isinstance(estimator.solver, Optax)
    )


def fit_together(fits: Sequence[Fit], n_jobs: int | None = None) -> list[Exception | None]:
    """Fit estimators that `can_train_together`.

    Parameters
    ----------
    fits : sequence of Fit
        The estimators, which are changed, and their rows. Arrays that are the same object are held
        once.
    n_jobs : int, optional
        Threads to use at most, whatever the estimators' own `n_jobs`; None: as many as this process
        is allowed.

    Returns
    -------
    list
        For each fit what its `fit` would have raised; None where it went well.

    Raises
    ------
    KeyboardInterrupt
        Where Ctrl-C came before all had ended.
    """
    faults: list[Exception | None] = [None] * len(fits)
    groups: dict[Hashable, list[Begun]] = {}
    for number, fit in enumerate(fits):
        try:
            fitting, _ = fit.estimator._begin(fit.X, fit.y, fit.sample_weight)
            start = FitState(fitting.start())
            fitting.split()
            planned = fitting.plan(start)
        except Exception as fault:
            faults[number] = fault
            continue
        groups.setdefault(_kind(planned), []).append(Begun(number, fitting, planned))
    for group in groups.values():
        for begun, state in zip(group, _train(group, n_jobs), strict=True):
            estimator = fits[begun.number].estimator
            try:
                ended = estimator._end(begun.fitting, [state])
                estimator._diagnose(ended, incremental=False)
            except Exception as fault:
                faults[begun.number] = fault
    return faults


def _kind(planned: PlannedRun) -> Hashable:
    """What runs that are trained in one go have in common."""
    problem = planned.problem
    return (
        problem.network,
        problem.data.x.dtype,
        type(problem.options.optimizer),
        problem.batch_size,
        problem.batches,
        problem.data.sample_weight is None,
        planned.score is None,  # else they stop after each epoch
    )


def _train(group: Sequence[Begun], n_jobs: int | None) -> list[FitState]:
    """Where each of these fits stands after its run."""
    problems = [_by_threads(begun.planned.problem, n_jobs) for begun in group]
    which = np.arange(len(group))
    finished = run_together(
        choose("auto", problems[0].network, problems[0]).engine,
        problems,
        which,
        start_of_all(problems, which, stacked([begun.planned.start for begun in group])),
        orders=[begun.fitting.orders(begun.planned.problem) for begun in group],
        learning_rates=[one.planned.rate for one in group if one.planned.rate is not None],
        recorders=[Recorder(begun.planned.observers) for begun in group],
    )
    if "interrupted" in finished.ended:
        raise KeyboardInterrupt
    return [begun.fitting.ended(begun.planned, finished.of(at)) for at, begun in enumerate(group)]


def _by_threads(problem: Problem, n_jobs: int | None) -> Problem:
    return replace(problem, options=replace(problem.options, n_jobs=n_jobs))
