"""Full-batch solvers: L-BFGS, which SciPy drives with our loss and gradient, and Levenberg-Marquardt.

Both go from iteration to iteration, tell each one to a watcher, and give the best parameters they came to, however they end.
Weights that a mask holds at nothing are left out of the numbers they change.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.training.engines.registry import choose
from glassnet.training.problem import Floats, Problem, from_vector, to_vector

SQUARES = {"sum_of_squares": 1.0, "mean_squared_error": 1.0, "half_mean_squared_error": 0.5}
"""The losses that are sums of squares, and what each multiplies a square by."""
JACOBIAN_BYTES = 2**26  # of the piece of a Jacobian that is worked on at a time
MOST_WEIGHTS = 10_000  # for Levenberg-Marquardt: its matrix is then 0.75 GiB
FIRST_DAMPING = 1e-3  # over the largest curvature
SMALLEST_STEP, SMALLEST_GAIN = 1e-10, 1e-10  # over the weights' norm, over the loss


class Iteration(NamedTuple):
    """What an iteration came to: the parameters, their loss, the penalty in it, and the norm of the gradient."""

    parameters: Parameters
    loss: float
    penalty: float
    gradient_norm: float


Watch = Callable[[Iteration], bool]
"""Told every iteration; True ends the run."""


class Solved(NamedTuple):
    """Where a solver ended.

    `ended` is "converged", "max_iter" (its iterations or evaluations were used up), "watch" (the watcher ended it), "interrupted"
    (Ctrl-C) or "failed" (`message` is what SciPy said).
    """

    last: Iteration
    iterations: int
    ended: str
    message: str


class _End(Exception):  # noqa: N818 (it is no error)
    """Raised out of SciPy's loop to end it."""


class _Course:
    """The iterations of a run so far, and the way between parameters and the numbers that the solver changes."""

    def __init__(self, problem: Problem, start: Parameters, watch: Watch) -> None:
        self.watch, self.network = watch, problem.network
        self.whole = to_vector(start).astype(np.float64)  # P
        masks = (
            (*problem.weight_masks, *(np.ones_like(b) for b in start.biases))
            if problem.weight_masks
            else ()
        )
        self.free = (
            np.flatnonzero(np.concatenate([m.ravel() for m in masks])) if masks else slice(None)
        )
        self.free_start = self.whole[self.free]
        self.iterations = -1  # the start is number 0
        self.best: Iteration | None = None

    def theta(self, free: Floats) -> Floats:
        """All P numbers, from those that the solver changes."""
        theta = self.whole.copy()
        theta[self.free] = free
        return theta

    def reached(self, theta: Floats, loss: float, penalty: float, gradient: Floats) -> bool:
        """Note an iteration, and tell the watcher but of the start; whether it ends the run."""
        self.iterations += 1
        iteration = Iteration(
            from_vector(self.network, theta), loss, penalty, float(np.linalg.norm(gradient))
        )
        if self.best is None or loss < self.best.loss:
            self.best = iteration
        return self.iterations > 0 and self.watch(iteration)

    def solved(self, ended: str, message: str = "") -> Solved:
        if self.best is None:
            raise KeyboardInterrupt  # it came before there was anything to keep
        return Solved(self.best, max(self.iterations, 0), ended, message)


def lbfgs(
    problem: Problem,
    start: Parameters,
    watch: Watch,
    *,
    iterations: int,
    evaluations: int,
    tolerance: float,
) -> Solved:
    """SciPy's L-BFGS-B on the whole batch. (Byrd, Lu, Nocedal & Zhu 1995)

    It ends when the largest entry of the gradient is `tolerance` or less, or the loss hardly falls, or after so many iterations or
    evaluations of the loss.
    """
    from scipy.optimize import minimize

    course = _Course(problem, start, watch)
    engine = choose("auto", problem.network).engine
    evaluate = engine.gradient(
        problem.network, problem.data, problem.penalty, problem.weight_masks, problem.n_jobs
    )
    seen: dict[str, tuple[Floats, float, float, Floats]] = {}

    def loss(free: Floats) -> tuple[float, Floats]:
        theta = course.theta(free)
        value, penalty, gradient = evaluate(theta)
        seen["last"] = (theta, value, penalty, gradient)
        if course.best is None:
            course.reached(theta, value, penalty, gradient)
        return value, gradient[course.free]

    def callback(intermediate_result: object) -> None:  # SciPy goes by the argument's name
        theta = course.theta(intermediate_result.x)  # pyright: ignore[reportAttributeAccessIssue]
        if not np.array_equal(seen["last"][0], theta):  # the line search went on and came back
            loss(theta[course.free])
        if course.reached(*seen["last"]):
            raise _End

    options = {"maxfun": evaluations, "maxiter": iterations, "gtol": tolerance}
    try:
        with np.errstate(all="ignore"):
            result = minimize(
                loss,
                course.free_start,
                jac=True,
                method="L-BFGS-B",
                callback=callback,
                options=options,
            )
    except _End:
        return course.solved("watch")
    except KeyboardInterrupt:
        return course.solved("interrupted")
    return course.solved(
        {0: "converged", 1: "max_iter"}.get(result.status, "failed"), str(result.message)
    )


def levenberg_marquardt(
    problem: Problem, start: Parameters, watch: Watch, *, iterations: int, tolerance: float
) -> Solved:
    """Levenberg-Marquardt on all rows: each step solves (J'J + mu I) h = -g, eq. (20), J the residuals' Jacobian and g = J'r.

    Damping by the gain ratio (Nielsen 1999; Madsen, Nielsen & Tingleff 2004, algorithm 3.16). It ends when the largest entry of
    the gradient is `tolerance` or less, when a step or what it gains is next to nothing, or after so many iterations (accepted
    steps). Raises GlassnetError on a loss that is not a sum of squares, on an L1 penalty, and where J'J would be too large.
    """
    from scipy.linalg import LinAlgError, solve

    _check_squares(problem)
    course = _Course(problem, start, watch)
    theta = course.free_start
    _check_size(theta.size)
    loss_at, curvature_at = _sums_of_squares(problem, course)
    try:
        with np.errstate(all="ignore"):
            loss, penalty, hessian, gradient = curvature_at(theta)
            course.reached(course.theta(theta), loss, penalty, gradient)
            mu, nu = FIRST_DAMPING * max(hessian.diagonal().max(), 1e-12), 2.0
            while course.iterations < iterations:
                if np.abs(gradient).max() <= tolerance:
                    return course.solved("converged")
                try:
                    step = solve(hessian + mu * np.eye(theta.size), -gradient, assume_a="pos")
                except (LinAlgError, ValueError):  # not positive in rounding, or not finite
                    step = np.full(theta.size, np.inf)
                if np.linalg.norm(step) <= SMALLEST_STEP * (np.linalg.norm(theta) + SMALLEST_STEP):
                    return course.solved("converged")
                gained = loss - loss_at(theta + step)
                if not gained > 0:  # also where the step led out of the finite numbers
                    mu, nu = mu * nu, 2 * nu
                    if not np.isfinite(mu):
                        return course.solved("converged")
                    continue
                ratio = gained / (0.5 * step @ (mu * step - gradient))
                mu, nu = mu * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2.0
                theta, settled = theta + step, gained <= SMALLEST_GAIN * loss
                loss, penalty, hessian, gradient = curvature_at(theta)
                if course.reached(course.theta(theta), loss, penalty, gradient):
                    return course.solved("watch")
                if settled:
                    return course.solved("converged")
    except KeyboardInterrupt:
        return course.solved("interrupted")
    return course.solved("max_iter")


def _sums_of_squares(
    problem: Problem, course: _Course
) -> tuple[Callable[[Floats], float], Callable[[Floats], tuple[float, float, Floats, Floats]]]:
    """Two functions of the free weights: the loss; and (loss, penalty in it, J'J, gradient), J taken some rows at a time."""
    network, (x, y, sample_weight) = problem.network, problem.data
    N, K = y.shape
    is_weight = np.arange(course.whole.size) < sum(
        n * m for n, m in network.shapes
    )  # P; biases are not penalised
    l2 = np.where(is_weight[course.free], problem.penalty.l2 if problem.penalty else 0.0, 0.0)
    share = np.broadcast_to(network.loss.row_scale(np, y, sample_weight), (N, 1))
    scale = np.sqrt(
        2 * SQUARES[network.loss.name] * share
    )  # N x 1: half the sum of squared residuals is the loss
    size = max(1, JACOBIAN_BYTES // (8 * K * course.whole.size))
    parts = [slice(i, i + size) for i in range(0, N, size)]
    engine = choose("auto", network).engine
    jacobians = [
        engine.jacobian(network, x[part], scale[part, 0], problem.weight_masks, problem.n_jobs)
        for part in parts
    ]

    def loss_at(theta: Floats) -> float:
        output = engine.predictor(network, from_vector(network, course.theta(theta)))(x)
        return 0.5 * float(np.sum((scale * (output - y)) ** 2) + l2 @ theta**2)

    def curvature_at(theta: Floats) -> tuple[float, float, Floats, Floats]:
        hessian, gradient, squares = np.diag(l2), l2 * theta, 0.0
        for part, jacobian_at in zip(parts, jacobians, strict=True):
            output, whole = jacobian_at(course.theta(theta))
            residuals, jacobian = (scale[part] * (output - y[part])).ravel(), whole[:, course.free]
            hessian += jacobian.T @ jacobian
            gradient += jacobian.T @ residuals
            squares += float(residuals @ residuals)
        penalty = 0.5 * float(l2 @ theta**2)
        return 0.5 * squares + penalty, penalty, hessian, gradient

    return loss_at, curvature_at


def _check_squares(problem: Problem) -> None:
    name = problem.network.loss.name
    if name not in SQUARES:
        raise GlassnetError(
            f"solver 'lm' needs a loss that is a sum of squares ({', '.join(SQUARES)}), got '{name}': use 'lbfgs'"
        )
    if (problem.penalty or Penalty()).l1:
        raise GlassnetError(
            "solver 'lm' takes no L1 penalty, which is no sum of squares: use 'lbfgs', or l1=0"
        )


def _check_size(weights: int) -> None:
    if weights > MOST_WEIGHTS:
        raise GlassnetError(
            f"solver 'lm' works with a matrix of weights x weights: {weights:,} of them make {weights**2 * 8 / 2**30:.1f} GiB, and "
            f"{MOST_WEIGHTS:,} are the most: use 'lbfgs', or fewer nodes"
        )
