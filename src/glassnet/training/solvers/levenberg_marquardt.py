"""Levenberg-Marquardt: a full-batch solver for losses that are sums of squares."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.training.engines.registry import choose
from glassnet.training.loop import Finished, Observer
from glassnet.training.problem import Problem, from_vector
from glassnet.training.schedules import Floats
from glassnet.training.solvers.reporting import FreeParameters, IterationReport

SQUARES = {"sum_of_squares": 1.0, "mean_squared_error": 1.0, "half_mean_squared_error": 0.5}
"""The losses that are sums of squares, and what each multiplies a square by."""
JACOBIAN_BYTES = 2**26  # of the rows of a Jacobian that are worked on at a time
MOST_PARAMETERS = 10_000  # the matrix of all pairs of them is then 0.75 GiB
FIRST_DAMPING = 1e-3  # over the largest curvature
SMALLEST_CURVATURE = 1e-12
SMALLEST_STEP = 1e-10  # over the norm of the parameters
SMALLEST_GAIN = 1e-10  # over the loss


class Curvature(NamedTuple):
    """The loss around a point, for P numbers that are free."""

    loss: float
    penalty: float
    hessian: Floats
    """J'J and the penalty's, P x P."""
    gradient: Floats
    """P."""


def levenberg_marquardt(
    problem: Problem,
    start: Parameters,
    observers: Sequence[Observer] = (),
    *,
    iterations: int,
    tolerance: float,
) -> Finished:
    """Levenberg-Marquardt on all rows.

    Each step h solves (J'J + mu I) h = -g, eq. (20), J the Jacobian of the residuals r and
    g = J'r. The damping mu goes by the gain ratio.

    Parameters
    ----------
    problem : Problem
        The network, its rows and the penalty.
    start : Parameters
        Where to begin, float64.
    observers : sequence of Observer
        They see each iteration and may end the run.
    iterations : int
        Accepted steps, at most.
    tolerance : float
        It has converged where no entry of the gradient is larger, and also where a step or what
        it gains is next to nothing.

    Returns
    -------
    Finished
        Its best parameters. ``ended`` is "converged", "" (its iterations were used up), what an
        observer said, or "interrupted".

    Raises
    ------
    GlassnetError
        On a loss that is not a sum of squares, on an L1 penalty, and where J'J would be too large.

    References
    ----------
    Nielsen 1999; Madsen, Nielsen & Tingleff 2004, algorithm 3.16.
    """
    _check_squares(problem)
    free = FreeParameters(problem, start)
    _check_size(free.start.size)
    report = IterationReport(problem, start, observers)
    try:
        with np.errstate(all="ignore"):
            ended = _descend(SumOfSquares(problem, free), report, iterations, tolerance)
    except KeyboardInterrupt:
        ended = "interrupted"
    return report.finished(ended)


def _descend(
    squares: "SumOfSquares", report: IterationReport, iterations: int, tolerance: float
) -> str:
    """Go down from the start; returns how it ended."""
    theta = squares.free.start
    here = squares.curvature(theta)
    report.start(squares.free.fill(theta), here.loss)
    largest = max(here.hessian.diagonal().max(), SMALLEST_CURVATURE)
    damping = Damping(FIRST_DAMPING * largest)
    while report.iterations < iterations:
        if np.abs(here.gradient).max() <= tolerance:
            return "converged"
        step = _step(here, damping.mu)
        if _is_next_to_nothing(step, theta):
            return "converged"
        gained = here.loss - squares.loss(theta + step)
        if not gained > 0:  # also where the step led out of the finite numbers
            damping.grow()
            if not np.isfinite(damping.mu):
                return "converged"
            continue
        predicted = 0.5 * step @ (damping.mu * step - here.gradient)
        damping.adapt(float(gained / predicted))
        settled = gained <= SMALLEST_GAIN * here.loss
        theta = theta + step
        here = squares.curvature(theta)
        whole = squares.free.fill(theta)
        if report.iteration(whole, here.loss, here.penalty, here.gradient):
            return report.ended
        if settled:
            return "converged"
    return ""


class Damping:
    """The damping mu, and nu, by which it grows after a step that gained nothing."""

    def __init__(self, mu: float) -> None:
        self.mu: float = mu
        self.nu: float = 2.0

    def grow(self) -> None:
        """A step gained nothing: the next is shorter, and more so each time."""
        self.mu *= self.nu
        self.nu *= 2

    def adapt(self, ratio: float) -> None:
        """A step gained `ratio` of what was predicted: less damping where that is about 1."""
        self.mu *= max(1 / 3, 1 - (2 * ratio - 1) ** 3)
        self.nu = 2.0


def _step(here: Curvature, mu: float) -> Floats:
    """The step, P; infinite where the equations cannot be solved."""
    from scipy.linalg import LinAlgError, solve

    try:
        damped = here.hessian + mu * np.eye(here.gradient.size)
        return solve(damped, -here.gradient, assume_a="pos")
    except (LinAlgError, ValueError):  # not positive in rounding, or not finite
        return np.full(here.gradient.size, np.inf)


def _is_next_to_nothing(step: Floats, theta: Floats) -> bool:
    scale = np.linalg.norm(theta) + SMALLEST_STEP
    return bool(np.linalg.norm(step) <= SMALLEST_STEP * scale)


class SumOfSquares:
    """The loss as half a sum of squared residuals, as a function of the free parameters.

    Parameters
    ----------
    problem : Problem
        Its loss is one of `SQUARES`, its penalty without L1.
    free : FreeParameters
        The numbers that are changed.
    """

    def __init__(self, problem: Problem, free: FreeParameters) -> None:
        network, options = problem.network, problem.options
        self.network = network
        self.free = free
        self.data = problem.data
        self.l2: Floats = _penalty_by_parameter(problem, free)  # P
        x, y, sample_weight = problem.data
        N, K = y.shape
        row_scale = np.broadcast_to(network.loss.row_scale(np, y, sample_weight), (N, 1))
        self.scale: Floats = np.sqrt(2 * SQUARES[network.loss.name] * row_scale)  # N x 1
        rows = max(1, JACOBIAN_BYTES // (8 * K * free.whole.size))
        self.blocks: list[slice] = [slice(first, first + rows) for first in range(0, N, rows)]
        self.engine = choose("auto", network).engine
        self.jacobians = [
            self.engine.jacobian(
                network, x[block], self.scale[block, 0], options.weight_masks, options.n_jobs
            )
            for block in self.blocks
        ]

    def loss(self, theta: Floats) -> float:
        """The loss with its penalty."""
        x, y, _ = self.data
        parameters = from_vector(self.network, self.free.fill(theta))
        predict = self.engine.predictor(self.network, parameters)
        residuals = self.scale * (predict(x[:]) - y)  # N x K
        return 0.5 * float(np.sum(residuals**2) + self.l2 @ theta**2)

    def curvature(self, theta: Floats) -> Curvature:
        """The loss, J'J and the gradient, J taken some rows at a time."""
        hessian = np.diag(self.l2)
        gradient = self.l2 * theta
        squares = 0.0
        for block, jacobian_at in zip(self.blocks, self.jacobians, strict=True):
            output, whole = jacobian_at(self.free.fill(theta))
            residuals = (self.scale[block] * (output - self.data.y[block])).ravel()
            jacobian = whole[:, self.free.chosen]
            hessian += jacobian.T @ jacobian
            gradient += jacobian.T @ residuals
            squares += float(residuals @ residuals)
        penalty = 0.5 * float(self.l2 @ theta**2)
        return Curvature(0.5 * squares + penalty, penalty, hessian, gradient)


def _penalty_by_parameter(problem: Problem, free: FreeParameters) -> Floats:
    """The L2 penalty of each free parameter, P: that of weights, and 0 for biases."""
    n_weights_only = sum(n * m for n, m in problem.network.shapes)
    is_weight = np.arange(free.whole.size) < n_weights_only
    l2 = problem.options.penalty.l2 if problem.options.penalty else 0.0
    return np.where(is_weight[free.chosen], l2, 0.0)


def _check_squares(problem: Problem) -> None:
    name = problem.network.loss.name
    if name not in SQUARES:
        raise GlassnetError(
            f"solver 'lm' needs a loss that is a sum of squares ({', '.join(SQUARES)}), "
            f"got '{name}': use 'lbfgs'"
        )
    if (problem.options.penalty or Penalty()).l1:
        raise GlassnetError(
            "solver 'lm' takes no L1 penalty, which is no sum of squares: use 'lbfgs', or l1=0"
        )


def _check_size(parameters: int) -> None:
    if parameters > MOST_PARAMETERS:
        size = parameters**2 * 8 / 2**30  # GiB
        raise GlassnetError(
            f"solver 'lm' works with a matrix of weights x weights: {parameters:,} of them make "
            f"{size:.1f} GiB, and {MOST_PARAMETERS:,} are the most: use 'lbfgs', or fewer nodes"
        )
