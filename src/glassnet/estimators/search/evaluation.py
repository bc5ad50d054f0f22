"""Fitting every candidate on every fold, and scoring it on the rows left out.

Networks that can share a training do (`mlp/together.py`), the rest is fitted in threads.
"""

import time
from collections.abc import Hashable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import product
from traceback import format_exception
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.parallel import Parallel, delayed

from glassnet.estimators.mlp.together import Fit, can_train_together, fit_together
from glassnet.estimators.search.candidates import network_prefix
from glassnet.estimators.sklearn_private import (
    MultimetricScorer,
    check_method_params,
    rows_of_split,
    score_of,
)
from glassnet.workers.active import active_workers
from glassnet.workers.base import Workers
from glassnet.workers.cutting import Blocks, ItemRange

MOST_FITS = 1000  # fits, which hold their histories until they are scored


class Front(NamedTuple):
    """The steps of a pipeline before its network, fitted on the rows of a fold."""

    steps: list[tuple[str, Any]]
    X: Any
    """The fold's rows as the network takes them."""


class Planned(NamedTuple):
    """A candidate on a fold."""

    estimator: Any
    fold: int
    fit: Fit | None
    """What is fitted together with others; None: the estimator is fitted by itself."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All that the scores of candidates depend on but the candidates.

    Parameters
    ----------
    estimator : estimator
        Which takes the candidates' parameters.
    X, y : array_like or data frame
        All rows.
    folds : sequence of (array of int, array of int)
        The numbers of the rows to fit on and to score on.
    scorer : callable
        One of scikit-learn's, for one score or several.
    fit_params, score_params : dict
        What else fit and the scorer are given, for all rows.
    error_score : float or "raise"
        The score where a fit fails.
    return_train_score : bool
        Whether the rows fitted on are scored too.
    n_jobs : int, optional
        Threads to use at most; None: as many as this process is allowed.
    """

    estimator: Any
    X: Any
    y: Any
    folds: Sequence[tuple[Any, Any]]
    scorer: Any
    fit_params: dict[str, Any]
    score_params: dict[str, Any]
    error_score: Any
    return_train_score: bool
    n_jobs: int | None
    rows: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    """By fold, the rows to fit on: X and y, kept once for all candidates."""

    def outcomes(self, parameters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """What scikit-learn's searches keep of each fit: candidate by candidate, fold by fold.

        Under ``joblib.parallel_config`` they are fitted by the workers of its backend.
        """
        at_a_time = max(1, MOST_FITS // len(self.folds))
        workers = active_workers() if len(parameters) > 1 else None
        if workers is not None:
            return self._outcomes_on(workers, parameters, at_a_time)
        found: list[dict[str, Any]] = []
        for first in range(0, len(parameters), at_a_time):
            found += self._outcomes(parameters[first : first + at_a_time])
        return found

    def _outcomes_on(
        self, workers: Workers, parameters: Sequence[dict[str, Any]], at_a_time: int
    ) -> list[dict[str, Any]]:
        blocks = Blocks([ItemRange(range(len(parameters)), 1.0, at_a_time)], 1.0, workers.count)
        found: dict[int, list[dict[str, Any]]] = {}

        def message(block: range) -> list[dict[str, Any]]:
            return [parameters[number] for number in block]

        sent = replace(self, rows={})
        with closing(workers.run(Evaluation._outcomes, sent, message, blocks)) as results:
            for block, outcomes in results:
                found[block.start] = outcomes
        return [outcome for first in sorted(found) for outcome in found[first]]

    def _outcomes(self, parameters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        fronts: dict[Any, Front | Exception] = {}
        planned: list[Planned] = []
        faults: dict[int, Exception] = {}
        for of_candidate, fold in product(parameters, range(len(self.folds))):
            estimator = with_parameters(self.estimator, of_candidate)
            try:
                fit = self._shared_fit(estimator, of_candidate, fold, fronts)
            except Exception as fault:
                fit = None
                faults[len(planned)] = fault
            planned.append(Planned(estimator, fold, fit))
        seconds = np.zeros(len(planned))
        together = [number for number, one in enumerate(planned) if one.fit is not None]
        began = time.perf_counter()
        found = fit_together([one.fit for one in planned if one.fit is not None], self.n_jobs)
        seconds[together] = (time.perf_counter() - began) / max(1, len(together))
        faults |= {n: fault for n, fault in zip(together, found, strict=True) if fault}
        alone = [n for n, one in enumerate(planned) if one.fit is None and n not in faults]
        for n, (fault, its_seconds) in zip(alone, self._fit_alone(planned, alone), strict=True):
            seconds[n] = its_seconds
            if fault is not None:
                faults[n] = fault
        return [self._outcome(one, faults.get(n), seconds[n]) for n, one in enumerate(planned)]

    def _rows(self, fold: int) -> tuple[Any, Any]:
        if fold not in self.rows:
            self.rows[fold] = rows_of_split(self.estimator, self.X, self.y, self.folds[fold][0])
        return self.rows[fold]

    def _fit_params(self, fold: int) -> dict[str, Any]:
        return check_method_params(self.X, params=self.fit_params, indices=self.folds[fold][0])

    def _shared_fit(
        self,
        estimator: Any,
        parameters: dict[str, Any],
        fold: int,
        fronts: dict[Any, Front | Exception],
    ) -> Fit | None:
        """How the network of an estimator is fitted with others; None where it cannot be.

        The steps before it are fitted here, once for all candidates that agree in them.
        """
        given = self._fit_params(fold)
        prefix = network_prefix(estimator)
        network = estimator.steps[-1][1] if prefix else estimator
        weight = given.pop(f"{prefix}sample_weight", None)
        if given or not can_train_together(network):
            return None
        X, y = self._rows(fold)
        if estimator is network:
            return Fit(network, X, y, weight)
        if type(estimator) is not Pipeline or estimator.memory is not None:
            return None
        of_front = [(name, v) for name, v in parameters.items() if not name.startswith(prefix)]
        key = fold, tuple((name, _identity(value)) for name, value in of_front)
        if key not in fronts:
            fronts[key] = _front(estimator, X, y)
        front = fronts[key]
        if isinstance(front, Exception):
            raise front
        estimator.steps = [*front.steps, estimator.steps[-1]]
        return Fit(network, front.X, y, weight)

    def _fit_alone(
        self, planned: Sequence[Planned], numbers: Sequence[int]
    ) -> list[tuple[Exception | None, float]]:
        """For each of these its fault, if any, and its seconds."""

        def fit(one: Planned) -> tuple[Exception | None, float]:
            began = time.perf_counter()
            X, y = self._rows(one.fold)
            fault: Exception | None = None
            try:
                given = [X] if y is None else [X, y]
                one.estimator.fit(*given, **self._fit_params(one.fold))
            except Exception as raised:
                fault = raised
            return fault, time.perf_counter() - began

        n_jobs = joblib.cpu_count() if self.n_jobs is None else self.n_jobs
        parallel: Any = Parallel(n_jobs=n_jobs, prefer="threads")  # with scikit-learn's settings
        return list(parallel(delayed(fit)(planned[n]) for n in numbers))

    def _outcome(self, one: Planned, fault: Exception | None, seconds: float) -> dict[str, Any]:
        """What is kept of a fit that has ended."""
        train, test = self.folds[one.fold]
        outcome: dict[str, Any] = {
            "fit_error": None,
            "fit_time": seconds,
            "score_time": 0.0,
            "n_test_samples": len(test),
        }
        parts = {"test_scores": test}
        if self.return_train_score:
            parts["train_scores"] = train
        if fault is not None:
            if self.error_score == "raise":
                raise fault
            outcome["fit_error"] = "".join(format_exception(fault))
            return outcome | {name: self._failed() for name in parts}
        for name, rows in parts.items():
            began = time.perf_counter()
            X, y = rows_of_split(self.estimator, self.X, self.y, rows, train)
            given = check_method_params(self.X, params=self.score_params, indices=rows)
            outcome[name] = score_of(one.estimator, X, y, self.scorer, given, self.error_score)
            if name == "test_scores":
                outcome["score_time"] = time.perf_counter() - began
        return outcome

    def _failed(self) -> Any:
        """The score, or scores, of a fit that failed."""
        if isinstance(self.scorer, MultimetricScorer):
            return dict.fromkeys(self.scorer._scorers, self.error_score)
        return self.error_score


def with_parameters(estimator: Any, parameters: dict[str, Any]) -> Any:
    """A new estimator like one, with these parameters: estimators among them are new ones too."""
    new: Any = clone(estimator)
    return new.set_params(**{name: clone(v, safe=False) for name, v in parameters.items()})


def _identity(value: Any) -> Hashable:
    """A value that is a plain number or text, with its type; of any other, which object it is."""
    is_plain = isinstance(value, (bool, int, float, str))
    return (type(value), value) if is_plain else id(value)


def _front(pipeline: Pipeline, X: Any, y: Any) -> Front | Exception:
    """The steps before the last, fitted; or what went wrong."""
    front = pipeline[:-1]
    if not len(front):
        return Front([], X)
    try:
        transformed = front.fit_transform(X, y)
    except Exception as fault:
        return fault
    return Front(list(front.steps), transformed)
