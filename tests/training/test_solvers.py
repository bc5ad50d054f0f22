"""The full-batch solvers against SciPy's own, driven by differences or JAX.

Also when they stop, and what they refuse.
"""

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import least_squares, minimize

import glassnet as gn
from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.errors import GlassnetError
from glassnet.training.checks import checked_problem, checked_start
from glassnet.training.loop import Chunk, Finished, Observer
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import Problem
from glassnet.training.solvers import levenberg_marquardt as lm_module
from glassnet.training.solvers.lbfgs import lbfgs
from glassnet.training.solvers.levenberg_marquardt import levenberg_marquardt

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-2, 2, size=(40, 2))
Y = np.stack([np.sin(X[:, 0]) + 0.1 * X[:, 1], X[:, 0] * X[:, 1]], axis=1) + 0.02 * RANDOM.normal(
    size=(40, 2)
)
W = RANDOM.integers(0, 3, size=40).astype(float)


def problem(
    sizes: Any = (2, 4, 2), loss: Any = "half_mean_squared_error", **options: Any
) -> tuple[Problem, Parameters]:
    network = gn.Network(
        sizes, options.pop("activation", "tanh"), options.pop("output", "identity"), loss
    )
    drawn = gn.initialize(network, seed=options.pop("seed", 1))
    start, masks = checked_start(network, drawn, options.pop("weight_masks", ()))
    sample_weight = options.pop("sample_weight", None)
    how = TrainingOptions(epochs=1, weight_masks=masks, **options)
    made = checked_problem(network, start, X, Y[:, : sizes[-1]], how, sample_weight)
    return made, start


def theta_of(parameters: Parameters) -> np.ndarray:
    return np.concatenate([w.ravel() for w in leaves(parameters)])


def loss_of(given: Problem, parameters: Parameters) -> float:
    x, y, w = given.data
    return float(
        gn.backprop(
            given.network,
            parameters,
            gn.feedforward(given.network, parameters, x),
            y,
            w,
            given.options.penalty,
        )[0]
    )


def parameters_of(theta: Any, like: Parameters) -> Parameters:
    ends = np.cumsum([w.size for w in leaves(like)]).tolist()
    parts = [theta[start:end] for start, end in itertools.pairwise([0, *ends])]
    return unflatten(
        [part.reshape(w.shape) for part, w in zip(parts, leaves(like), strict=True)], like
    )


class Watch(Observer):
    """Keeps every iteration, and ends the run where a function of it is true."""

    def __init__(self, ends: Any = lambda chunk: False) -> None:
        self.ends = ends
        self.seen: list[Chunk] = []

    def after_chunk(self, chunk: Chunk) -> str:
        self.seen.append(chunk)
        return "callback" if self.ends(chunk) else ""


def loss_after(chunk: Chunk) -> float:
    return float(chunk.measured.loss[0])


def solve(
    solver: str, given: Problem, start: Parameters, ends: Any = None, **options: Any
) -> Finished:
    watch = [Watch(ends)] if ends else []
    if solver == "lm":
        return levenberg_marquardt(
            given, start, watch, **{"iterations": 500, "tolerance": 1e-9, **options}
        )
    return lbfgs(
        given,
        start,
        watch,
        **{"iterations": 500, "evaluations": 5000, "tolerance": 1e-9, **options},
    )


PROBLEMS: dict[str, dict[str, Any]] = {
    "two outputs": {},
    "one output": {"sizes": (2, 5, 1)},
    "two hidden layers": {"sizes": (2, 4, 3, 1), "activation": ["tanh", "sigmoid"]},
    "no hidden layer": {"sizes": (2, 2), "activation": []},
    "weights of rows": {"sample_weight": W},
    "penalty": {"penalty": gn.Penalty(0.01)},
    "fewer rows than weights": {"sizes": (2, 10, 1), "penalty": gn.Penalty(0.05)},
    "sums": {"loss": "sum_of_squares"},
    "means": {"loss": "mean_squared_error", "sizes": (2, 4, 1)},
    "probabilities": {"output": "sigmoid", "sizes": (2, 4, 1)},
}


def residuals_of(given: Problem, like: Parameters) -> tuple[Any, Any]:
    """The residuals written out once more, and their Jacobian by JAX, for SciPy."""
    x, y, w = given.data
    count = np.ones(len(x)) if w is None else w
    factor = {"sum_of_squares": 2.0, "mean_squared_error": 2 / count.sum() / y.shape[1]}
    scale = np.sqrt(factor.get(given.network.loss.name, 1 / count.sum() / y.shape[1]) * count)[
        :, None
    ]
    l2 = given.options.penalty.l2 if given.options.penalty else 0.0

    def residuals(theta: jax.Array) -> jax.Array:
        parameters = parameters_of(theta, like)
        output = gn.feedforward(given.network, parameters, jnp.asarray(x)).output
        return jnp.concatenate(
            [(scale * (output - y)).ravel(), *(np.sqrt(l2) * v.ravel() for v in parameters.weights)]
        )

    return jax.jit(residuals), jax.jit(jax.jacfwd(residuals))


@pytest.mark.parametrize("name", PROBLEMS)
def test_levenberg_marquardt_ends_where_scipys_least_squares_does(name: str) -> None:
    """SciPy has the Jacobian from JAX.

    The best of six starts is as good, and from ours SciPy finds no way down.
    """
    made = [
        problem(**{"penalty": gn.Penalty(0.003), **PROBLEMS[name], "seed": seed})
        for seed in range(6)
    ]
    residuals, jacobian = residuals_of(*made[0])  # the seed is that of the start alone
    ours, theirs = [], []
    for given, start in made:
        assert 0.5 * np.sum(residuals(theta_of(start)) ** 2) == pytest.approx(loss_of(given, start))
        theirs.append(
            least_squares(residuals, theta_of(start), jacobian, method="trf", max_nfev=500).cost
        )
        found = solve("lm", given, start, tolerance=1e-7)
        assert found.ended == (
            "" if "fewer" in name else "converged"
        )  # nodes that share a task part slowly
        assert found.state.best.loss == pytest.approx(loss_of(given, found.parameters))
        again = least_squares(residuals, theta_of(found.parameters), jacobian)
        assert again.cost == pytest.approx(found.state.best.loss, rel=1e-3)
        ours.append(found.state.best.loss)
    assert min(ours) <= min(theirs) * 1.01


@pytest.mark.parametrize("name", PROBLEMS)
def test_lbfgs_is_scipys_with_our_gradient(name: str) -> None:
    given, start = problem(**PROBLEMS[name])
    theirs = minimize(
        lambda theta: loss_of(given, parameters_of(theta, start)),
        theta_of(start),
        method="L-BFGS-B",
        options={"maxiter": 8, "gtol": 1e-9, "maxfun": 10**6},
    )
    ours = solve("lbfgs", given, start, iterations=8)
    assert ours.state.best.loss == pytest.approx(theirs.fun, rel=1e-3)
    assert len(ours.chunks) == theirs.nit
    assert ours.ended == ("" if theirs.nit == 8 else "converged")


@pytest.mark.parametrize("solver", ["lm", "lbfgs"])
def test_every_iteration_is_seen_and_can_be_the_last(solver: str) -> None:
    given, start = problem(penalty=gn.Penalty(0.01))
    seen: list[Chunk] = []
    whole = solve(solver, given, start, lambda iteration: bool(seen.append(iteration)))
    assert len(whole.chunks) == len(seen)
    losses = [loss_after(iteration) for iteration in seen]
    assert losses == sorted(losses, reverse=True)
    for iteration in seen[:5]:
        x, y, _ = given.data
        parameters, measured = iteration.state.parameters, iteration.measured
        trace = gn.feedforward(given.network, parameters, x)
        loss, gradient = gn.backprop(
            given.network, parameters, trace, y, None, given.options.penalty
        )
        assert loss_after(iteration) == pytest.approx(float(loss))
        assert measured.penalty[0] == pytest.approx(
            sum(float(given.options.penalty(w)[0]) for w in parameters.weights)
        )
        assert measured.gradient_norm[0] == pytest.approx(
            np.sqrt(sum((g**2).sum() for g in leaves(gradient)))
        )
    stopped = solve(solver, given, start, lambda iteration: loss_after(iteration) <= losses[3])
    assert (stopped.ended, len(stopped.chunks)) == ("callback", 4)
    assert (
        solve(solver, given, start, iterations=4).state.best.loss
        == stopped.state.best.loss
        == losses[3]
    )
    assert np.abs(theta_of(stopped.parameters) - theta_of(seen[3].state.parameters)).max() == 0
    early = solve(solver, given, start, tolerance=0.01)
    assert early.ended == "converged"
    assert len(early.chunks) < len(whole.chunks)


@pytest.mark.parametrize("solver", ["lm", "lbfgs"])
def test_ctrl_c_keeps_the_best(solver: str) -> None:
    given, start = problem()
    count = itertools.count(1)

    def interrupt(_: Chunk) -> bool:
        if next(count) == 5:
            raise KeyboardInterrupt
        return False

    solved = solve(solver, given, start, interrupt)
    assert solved.ended == "interrupted"
    assert solved.state.best.loss == solve(solver, given, start, iterations=5).state.best.loss


@pytest.mark.parametrize("solver", ["lm", "lbfgs"])
def test_masked_weights_are_left_out(solver: str) -> None:
    masks = [np.array([[0.0, 1, 1, 0], [1, 1, 0, 0]]), np.ones((4, 2))]
    given, start = problem(weight_masks=masks)
    solved = solve(solver, given, start)
    assert (solved.parameters.weights[0][masks[0] == 0] == 0).all()
    assert solved.state.best.loss < 0.7 * loss_of(given, start)


def test_dead_nodes_and_outputs_without_effect_do_no_harm() -> None:
    """Weights without effect leave J'J singular; damping leaves them where they are."""
    network = gn.Network([2, 6, 2], "relu", "softmax", "half_mean_squared_error")
    start = gn.initialize(network, seed=1)
    start.biases[0][:3] = -100  # dead
    made = checked_problem(network, start, X, (np.sign(Y) + 1) / 2, TrainingOptions())
    solved = levenberg_marquardt(made, start, iterations=50, tolerance=1e-6)
    np.testing.assert_array_equal(solved.parameters.biases[0][:3], -100)
    assert solved.state.best.loss < loss_of(made, start)


def test_the_jacobian_is_taken_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    given, start = problem(sample_weight=W)
    whole = solve("lm", given, start, iterations=5)
    monkeypatch.setattr(lm_module, "JACOBIAN_BYTES", 8 * theta_of(start).size * 2 * 7)
    parts = solve("lm", given, start, iterations=5)
    np.testing.assert_allclose(theta_of(whole.parameters), theta_of(parts.parameters), rtol=1e-6)


def test_a_start_without_a_way_down_is_the_end() -> None:
    network = gn.Network([2, 1], activation=[])
    start = Parameters((np.zeros((2, 1)),), (np.zeros(1),))
    made = checked_problem(network, start, X, np.zeros(40), TrainingOptions())
    for solver in ("lm", "lbfgs"):
        solved = solve(solver, made, start)
        assert (solved.ended, len(solved.chunks), solved.state.best.loss) == ("converged", 0, 0.0)


def test_refused() -> None:
    with pytest.raises(
        GlassnetError, match="needs a loss that is a sum of squares .*got 'huber': use 'lbfgs'"
    ):
        solve("lm", *problem(loss="huber"))
    with pytest.raises(GlassnetError, match="takes no L1 penalty"):
        solve("lm", *problem(penalty=gn.Penalty(0, 0.1)))
    with pytest.raises(
        GlassnetError, match=r"20,\d\d\d of them make 3\.\d GiB, and 10,000 are the most"
    ):
        solve("lm", *problem(sizes=(2, 5001, 1, 2), activation="tanh"))
