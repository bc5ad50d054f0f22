"""L-BFGS, which SciPy drives with our loss and gradient."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.training.engines.registry import choose
from glassnet.training.loop import Finished, Observer
from glassnet.training.problem import Problem
from glassnet.training.schedules import Floats
from glassnet.training.solvers.reporting import FreeParameters, IterationReport

SCIPY_ENDINGS = {0: "converged", 1: ""}
"""SciPy's status -> our ending; 1 is that iterations or evaluations were used up."""


class _Evaluation(NamedTuple):
    theta: Floats  # P
    loss: float
    penalty: float
    gradient: Floats  # P


class _EndedByObserver(Exception):  # noqa: N818 (it is no error)
    """Raised out of SciPy's loop to end it."""


class _Objective:
    """The loss and gradient as SciPy calls them, and each of its iterations reported."""

    def __init__(self, problem: Problem, free: FreeParameters, report: IterationReport) -> None:
        options = problem.options
        self.free = free
        self.report = report
        engine = choose("auto", problem.network).engine
        self.evaluate = engine.gradient(
            problem.network, problem.data, options.penalty, options.weight_masks, options.n_jobs
        )
        self.last: _Evaluation | None = None

    def __call__(self, free: Floats) -> tuple[float, Floats]:
        theta = self.free.fill(free)
        self.last = _Evaluation(theta, *self.evaluate(theta))
        if self.report.best is None:
            self.report.start(theta, self.last.loss)
        return self.last.loss, self.last.gradient[self.free.chosen]

    def callback(self, intermediate_result: Any) -> None:  # SciPy goes by the argument's name
        """Report the iteration that SciPy has come to."""
        free = intermediate_result.x
        if self.last is None or not np.array_equal(self.last.theta, self.free.fill(free)):
            self(free)  # the line search went on and came back
        assert self.last is not None
        if self.report.iteration(*self.last):
            raise _EndedByObserver


def lbfgs(
    problem: Problem,
    start: Parameters,
    observers: Sequence[Observer] = (),
    *,
    iterations: int,
    evaluations: int,
    tolerance: float,
) -> Finished:
    """SciPy's L-BFGS-B on the whole batch.

    Parameters
    ----------
    problem : Problem
        The network, its rows and the penalty.
    start : Parameters
        Where to begin, float64.
    observers : sequence of Observer
        They see each iteration and may end the run.
    iterations : int
        At most.
    evaluations : int
        Of the loss, at most.
    tolerance : float
        It has converged where no entry of the gradient is larger, or the loss hardly falls.

    Returns
    -------
    Finished
        Its best parameters. ``ended`` is "converged", "" (iterations or evaluations were used
        up), what an observer said, "interrupted", or "failed" with SciPy's message.

    References
    ----------
    Byrd, Lu, Nocedal & Zhu 1995.
    """
    from scipy.optimize import minimize

    free = FreeParameters(problem, start)
    report = IterationReport(problem, start, observers)
    objective = _Objective(problem, free, report)
    try:
        with np.errstate(all="ignore"):
            result = minimize(
                objective,
                free.start,
                jac=True,
                method="L-BFGS-B",
                callback=objective.callback,
                options={"maxfun": evaluations, "maxiter": iterations, "gtol": tolerance},
            )
    except _EndedByObserver:
        return report.finished(report.ended)
    except KeyboardInterrupt:
        return report.finished("interrupted")
    return report.finished(SCIPY_ENDINGS.get(result.status, "failed"), str(result.message))
