"""Every engine gives the same numbers, for every option of the tables; and the native engine
behaves in the process it runs in.
"""

import ctypes
import dataclasses
import itertools
import pickle
import threading
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from cases import (
    apart,
    as_float32,
    difference,
    own_difference,
    path,
    run_both,
    training,
    with_options,
)

import glassnet as gn
from conftest import PAIRS, in_ci
from glassnet.core.activations import ACTIVATIONS, OUTPUTS
from glassnet.core.losses import LOSSES, SETTINGS, find_loss
from glassnet.core.network import Parameters, leaves
from glassnet.core.optimizers import OPTIMIZERS, gradient_norm
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.training.endings import OF_AN_ENGINE
from glassnet.training.engines import installed
from glassnet.training.engines.native import NativeEngine, threads_worth
from glassnet.training.engines.registry import ENGINES, choose
from glassnet.training.problem import Problem, from_vector, to_vector

native = ENGINES["native"]
reference = ENGINES["numpy"]
assert isinstance(native, NativeEngine)
pytestmark = pytest.mark.skipif(
    bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable()
)
VARIANTS = native.variants
UNSTABLE = {
    "rprop": "it goes by the signs of slopes, and rounding decides those that are nearly nothing",
    "rmsprop": "it divides by the root of a mean of squares, which rounding fills where slopes are nearly nothing",  # noqa: E501
    "exponential": "as a hidden layer it is an exponential of an exponential",
}
"""Optimizers and hidden activations under which 100 iterations make rounding visible, and why."""


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every instruction set that this processor has, one after the other."""
    monkeypatch.setattr(native, "variant", request.param)
    return request.param


def test_the_tables_are_the_same() -> None:
    """A row that is in core but not in the native engine, or the other way round, is found here."""
    tables = {name: list(rows) for name, rows in NativeEngine().row_numbers.items()}
    assert list(OUTPUTS) == tables["activations"]
    assert list(LOSSES) == tables["losses"]
    assert list(OPTIMIZERS) == tables["optimizers"]
    assert {loss.reduction for loss in LOSSES.values()} == set(tables["reductions"])
    assert set(tables["endings"]) == set(OF_AN_ENGINE)
    assert set(SETTINGS) <= set(LOSSES)
    assert "baseline" in VARIANTS


def same_decisions(one: Any, other: Any) -> None:
    for a, b in [
        (one.ended, other.ended),
        (one.epoch, other.epoch),
        (one.best.epoch, other.best.epoch),
        (one.waited, other.waited),
    ]:
        assert a == b
    assert one.optimizer.t == other.optimizer.t


@pytest.mark.rotating
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_one_step_from_the_same_state_agrees(
    hidden: str, optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for (output, loss), kind in itertools.product(PAIRS, ("plain", "all")):
        problem, state = training(hidden, output, loss, optimizer, kind)
        rates, order = path(problem, 1)
        expected = reference.run(problem, state, order, rates)
        for name in VARIANTS:
            monkeypatch.setattr(native, "variant", name)
            found = native.run(problem, state, order, rates)
            same_decisions(expected[0], found[0])
            worst = apart(expected, found)
            where = max(worst, key=lambda name: worst[name])
            assert worst[where] < 1e-12, (
                f"{name}: {hidden}, {output}, {loss}, {kind}: {where} is {worst[where]:.1e} apart"
            )


@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_rows"])
def test_our_losses_with_another_reduction(reduction: Any, variant: str) -> None:
    for (output, loss), batch_size in itertools.product(PAIRS, (5, 13)):
        changed = dataclasses.replace(find_loss(loss), reduction=reduction)
        problem, state = training("tanh", output, changed, "adam", "all", batch_size=batch_size)
        assert native.why_refused(problem.network, problem) == ""
        assert max(apart(*run_both(problem, state, 2)).values()) < 1e-11, f"{output}, {loss}"


@pytest.mark.parametrize("engine", [reference, native], ids=["numpy", "native"])
@pytest.mark.parametrize("loss", ["sum_of_squares", "mean_squared_error"])
def test_what_is_measured_besides_the_loss(loss: str, engine: Any) -> None:
    """Where nothing moves, each epoch carries the whole penalty once, and the rest of its loss is
    that without a penalty.
    """
    problem, state = training(
        "tanh", "identity", loss, "gradient_descent", "all", rows=15, batch_size=5
    )
    still = with_options(problem, multipliers=(0.0,) * 6, dropout=(0.0, 0.0))
    rates, order = path(still, 2)
    _, measured = engine.run(still, state, order, rates)
    assert still.options.penalty
    whole = sum(float(still.options.penalty(w)[0]) for w in state.parameters.weights)
    np.testing.assert_allclose(measured.penalty, [whole, whole], rtol=1e-12)
    bare = engine.run(
        with_options(still, penalty=None, measure_gradient=False), state, order, rates
    )[1]
    np.testing.assert_allclose(measured.loss - measured.penalty, bare.loss, rtol=1e-12)
    assert (bare.penalty.tolist(), bare.gradient_norm.size) == ([0, 0], 0)

    norms = []
    for rows in order[0].reshape(3, 5):
        trace = gn.feedforward(
            still.network, state.parameters, still.data.x[rows], (), still.options.weight_masks
        )
        share = still.options.penalty.scaled(still.network.loss.penalty_scale(5, 15))
        w = still.data.sample_weight[rows]
        norms.append(
            gradient_norm(
                gn.backprop(still.network, state.parameters, trace, still.data.y[rows], w, share)[1]
            )
        )
    assert measured.gradient_norm[0] == pytest.approx(np.mean(norms), rel=1e-12)


@pytest.mark.parametrize("engine", [reference, native], ids=["numpy", "native"])
def test_a_clipped_step_has_the_length_that_is_allowed(engine: Any) -> None:
    problem, state = training(
        "tanh", "identity", "sum_of_squares", "gradient_descent", measure_gradient=True
    )
    rates, order = path(problem, 1)

    def step(clip: float | None) -> np.ndarray:
        after, measured = engine.run(with_options(problem, clip=clip), state, order, rates)
        assert measured.gradient_norm[0] == pytest.approx(norm)
        return to_vector(after.parameters) - to_vector(state.parameters)

    norm = float(engine.run(problem, state, order, rates)[1].gradient_norm[0])
    np.testing.assert_array_equal(step(None), step(2 * norm))
    np.testing.assert_allclose(step(0.1 * norm), 0.1 * step(None), rtol=1e-9, atol=1e-16)


def both_for_solvers(
    problem: Problem, state: Any, n_jobs: int | None = 1
) -> dict[str, tuple[Any, Any]]:
    """Gradient and Jacobian by the numpy engine and by the native one, each of the latter's the
    second that it made.
    """
    network, x, masks = problem.network, problem.data.x, problem.options.weight_masks
    scale = np.linspace(0.5, 2, len(x)) if masks else np.ones(len(x))
    theta = to_vector(state.parameters)
    theta = theta + 0.1 * (
        theta == 0
    )  # what a mask holds at nothing counts as 0, whatever theta says
    gradients = (
        reference.gradient(network, problem.data, problem.options.penalty, masks),
        native.gradient(network, problem.data, problem.options.penalty, masks, n_jobs),
    )
    jacobians = (
        reference.jacobian(network, x, scale, masks),
        native.jacobian(network, x, scale, masks, n_jobs),
    )
    for ours in (gradients[1], jacobians[1]):
        ours(2 * theta)
    return dict(
        zip(
            ("loss", "penalty", "gradient"),
            zip(*(each(theta) for each in gradients), strict=True),
            strict=True,
        )
    ) | dict(
        zip(
            ("outputs", "jacobian"),
            zip(*(each(theta) for each in jacobians), strict=True),
            strict=True,
        )
    )


def apart_for_solvers(problem: Problem, state: Any) -> float:
    return max(
        difference(*map(np.asarray, pair)) for pair in both_for_solvers(problem, state).values()
    )


@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_gradients_and_jacobians_for_solvers(hidden: str, variant: str) -> None:
    for (output, loss), kind in itertools.product(PAIRS, ("plain", "all")):
        worst = apart_for_solvers(*training(hidden, output, loss, "gradient_descent", kind))
        assert worst < 1e-12, f"{hidden}, {output}, {loss}, {kind}: {worst:.1e}"


@pytest.mark.parametrize("bias", [True, False])
def test_gradients_and_jacobians_of_every_size(variant: str, bias: bool) -> None:
    random = np.random.default_rng(2)
    for i, (hidden, rows) in enumerate(
        itertools.product([(), (1,), (4,), (9, 3), (2, 17, 5)], (1, 3, 7, 8, 9, 16, 33, 300))
    ):
        D, K = int(random.integers(1, 20)), int(random.integers(1, 8))
        case = training(
            "tanh",
            "sigmoid",
            "mean_squared_error",
            "adam",
            ("plain", "all")[i % 2],
            sizes=(D, *hidden, K),
            rows=rows,
            bias=bias,
        )
        worst = apart_for_solvers(*case)
        assert worst < 1e-11, f"{(D, *hidden, K)}, {rows} rows: {worst:.1e}"


def test_more_rows_than_a_group_and_several_threads_for_solvers(variant: str) -> None:
    for sizes, rows in [((3, 5, 2), 9000), ((30, 60, 2), 700)]:
        problem, state = training(
            "tanh", "identity", "half_mean_squared_error", "adam", "all", sizes=sizes, rows=rows
        )
        one, several = both_for_solvers(problem, state, 1), both_for_solvers(problem, state, 3)
        for name, (expected, found) in one.items():
            assert difference(np.asarray(expected), np.asarray(found)) < 1e-11, name
            np.testing.assert_array_equal(found, several[name][1], err_msg=name)


def test_functions_for_solvers_can_be_called_from_several_threads() -> None:
    problem, state = training(
        "tanh", "identity", "mean_squared_error", "adam", sizes=(3, 5, 2), rows=2000
    )
    thetas = [to_vector(state.parameters) * scale for scale in (0.5, 1, 2, 3)]
    evaluate = native.gradient(problem.network, problem.data, None)
    differentiate = native.jacobian(problem.network, problem.data.x, np.ones(2000))
    alone = [(evaluate(theta)[2], differentiate(theta)[1]) for theta in thetas]
    together: dict[int, list[Any]] = {i: [] for i in range(4)}
    threads = [
        threading.Thread(
            target=lambda i=i: together[i].extend(
                (evaluate(thetas[i])[2], differentiate(thetas[i])[1]) for _ in range(20)
            )
        )
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, results in together.items():
        assert len(results) == 20
        for result in results:
            for expected, found in zip(alone[i], result, strict=True):
                np.testing.assert_array_equal(expected, found)


def test_functions_for_solvers_of_ones_own_networks_and_float32() -> None:
    problem, state = training("tanh", "sigmoid", "mean_squared_error", "adam", "all")
    theta, scale = to_vector(state.parameters), np.linspace(1, 2, len(problem.data.x))
    np.testing.assert_array_equal(to_vector(from_vector(problem.network, theta)), theta)

    def all_of(problem: Problem, theta: np.ndarray) -> list[Any]:
        network, masks = problem.network, problem.options.weight_masks
        engine = choose("auto", network).engine
        gradient = engine.gradient(network, problem.data, problem.options.penalty, masks)
        jacobian = engine.jacobian(network, problem.data.x, scale, masks)
        return [*gradient(theta), *jacobian(theta)]

    expected = all_of(problem, theta)
    own = dataclasses.replace(
        problem.network.loss, value_and_derivative=lambda a, y: ((a - y) ** 2, 2 * (a - y))
    )
    on_numpy = dataclasses.replace(
        problem, network=gn.Network(problem.network.sizes, "tanh", "sigmoid", own)
    )
    for other, tolerance in [
        (on_numpy, 1e-12),
        (as_float32(problem), 1e-5),
        (as_float32(on_numpy), 1e-5),
    ]:
        for one, two in zip(expected, all_of(other, theta.astype(other.data.x.dtype)), strict=True):
            assert difference(np.asarray(one), np.asarray(two)) < tolerance
    with pytest.raises(ValueError, match="theta has 85 numbers of 64 bits, wanted 86"):
        native.gradient(problem.network, problem.data, None)(theta[:-1])


PAIRWISE = [
    (hidden, *pair, list(OPTIMIZERS)[(i + k) % len(OPTIMIZERS)])
    for (i, hidden), (k, pair) in itertools.product(enumerate(ACTIVATIONS), enumerate(PAIRS))
]
"""Every hidden activation with every output and loss, and every optimizer with every output and
loss; one step: all with all.
"""
assert len({(*pair, optimizer) for _, *pair, optimizer in PAIRWISE}) == len(PAIRS) * len(OPTIMIZERS)


@pytest.mark.rotating
@pytest.mark.parametrize("part", range(12))
def test_after_a_hundred_iterations(part: int) -> None:
    for i, (hidden, output, loss, optimizer) in enumerate(PAIRWISE):
        if i % 12 != part:
            continue
        kind = ("plain", "all")[i // 12 % 2]
        batches = {"batch_size": 5} if kind == "all" and optimizer != "rprop" else {}
        problem, state = training(hidden, output, loss, optimizer, kind, begun=False, **batches)
        epochs = -(-100 // problem.batches)
        expected, found = run_both(problem, state, epochs)
        unstable = optimizer in UNSTABLE or hidden in UNSTABLE
        name = f"{hidden}, {output}, {loss}, {optimizer}, {kind}"
        if unstable and len(expected[1].iteration_loss) != len(found[1].iteration_loss):
            assert "not_finite" in (expected[0].ended, found[0].ended), name
            continue
        worst = max(apart(expected, found).values())
        if worst > 1e-10:
            assert unstable, f"{name}: {worst:.1e} apart after a hundred iterations"
            own = own_difference(problem, state, epochs)
            assert worst <= 10 * own, (
                f"{name}: {worst:.1e} apart, but the numpy engine is {own:.1e} from itself"
            )


@pytest.mark.rotating
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_float32_is_as_near_to_float64_as_numpy_is(
    optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error against the float64 run, the largest over every output and loss: at most twice the
    numpy engine's.
    """
    for hidden in ACTIVATIONS:
        errors: dict[str, list[float]] = {name: [] for name in ("numpy", *VARIANTS)}
        for output, loss in PAIRS:
            problem, state = training(hidden, output, loss, optimizer)
            rates, order = path(problem, 3)
            exact, _ = reference.run(problem, state, order, rates)
            small = as_float32(problem), as_float32(state)
            assert leaves(small[1].parameters)[0].dtype == np.float32
            for name in errors:
                monkeypatch.setattr(native, "variant", name)
                found, measured = (reference if name == "numpy" else native).run(
                    *small, order, rates
                )
                assert {w.dtype for w in leaves(found.parameters)} == {np.dtype("float32")}
                assert measured.output.dtype == np.float32
                pairs = zip(leaves(exact.parameters), leaves(found.parameters), strict=True)
                errors[name].append(max(difference(a, b.astype(float)) for a, b in pairs))
        for name in VARIANTS:
            assert np.median(errors[name]) <= 2 * np.median(errors["numpy"]), f"{hidden}, {name}"
            if (
                not {optimizer, hidden} & UNSTABLE.keys()
            ):  # there, one sign or one power that turns decides the largest
                assert max(errors[name]) <= 2 * max(errors["numpy"]), f"{hidden}, {name}"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("bias", [True, False])
def test_every_size(variant: str, dtype: str, bias: bool) -> None:
    """Rows and nodes around the sizes of vectors, tiles and blocks; no hidden layer, and three."""
    random = np.random.default_rng(1)
    shapes = [(n,) for n in range(1, 15)] + [(9, 3, 17), (33, 2), (2, 40, 2), ()]
    for i, hidden in enumerate(shapes):
        for rows in (1, 2, 4, 5, 8, 9, 16, 17, 31, 33, 64, 70, 300):
            D, K = int(random.integers(1, 20)), int(random.integers(1, 12))
            problem, state = training(
                "tanh", "identity", "mean_squared_error", "adam", ("plain", "all")[(i + rows) % 2], sizes=(D, *hidden, K),  # noqa: E501
                rows=rows, bias=bias, dtype=dtype, batch_size=max(1, rows // int(random.integers(1, 4))),  # noqa: E501
            )  # fmt: skip
            expected, found = run_both(problem, state, 2)
            same_decisions(expected[0], found[0])
            worst = max(apart(expected, found).values())
            assert worst < (1e-11 if dtype == "float64" else 2e-3), (
                f"{(D, *hidden, K)}, {rows} rows: {worst:.1e}"
            )


def test_large_layers_and_many_rows(variant: str) -> None:
    """More rows than are worked on at a time, and layers wider than a part of the gradient."""
    for sizes, rows, dtype in [
        ((3, 5, 2), 9000, "float64"),
        ((130, 150, 90, 3), 400, "float32"),
        ((2, 1), 20000, "float32"),
    ]:
        problem, state = training(
            "tanh",
            "identity",
            "half_mean_squared_error",
            "adam",
            "all",
            sizes=sizes,
            rows=rows,
            dtype=dtype,
        )
        expected, found = run_both(problem, state, 2)
        worst = max(apart(expected, found).values())
        assert worst < (1e-11 if dtype == "float64" else 2e-3), f"{sizes}: {worst:.1e}"


def wide(n_jobs: int | None) -> gn.Run:
    network = gn.Network([30, 200, 100, 2], "relu")
    random = np.random.default_rng(0)
    x = random.normal(size=(700, 30))
    return gn.train(
        network, gn.initialize(network, seed=1, dtype="float32"), x, x[:, :2] ** 2, epochs=3, batch_size=300, dropout=0.1,  # noqa: E501
        penalty=gn.Penalty(0.01), validation=(x[:100], x[:100, :2]), engine="native", n_jobs=n_jobs,
    )  # fmt: skip


def identical(one: gn.Run, other: gn.Run) -> None:
    for a, b in zip(leaves(one.parameters), leaves(other.parameters), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.history.iteration_loss, other.history.iteration_loss)
    np.testing.assert_array_equal(one.history.validation_loss, other.history.validation_loss)
    np.testing.assert_array_equal(one.last_batch_output, other.last_batch_output)


@pytest.mark.parametrize("n_jobs", [2, 3, 8])
def test_the_number_of_threads_changes_nothing(variant: str, n_jobs: int) -> None:
    identical(wide(1), wide(n_jobs))


@pytest.mark.parametrize(
    ("sizes", "rows", "dtype", "threads"),
    [
        ([784, 256, 128, 10], 128, "float32", 2),
        ([20, 64, 64, 1], 10_000, "float32", 2),
        ([20, 64, 64, 1], 10_000, "float64", 2),
        ([20, 16, 1], 10_000, "float32", 1),
    ],
)
def test_threads_are_not_started_to_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], rows: int, dtype: str, threads: int
) -> None:
    """However many rows a batch has: a small part of them is worked on at a time."""
    started = []
    make = import_module("glassnet._native").TrainingProblem

    def noted(**of_problem: Any) -> Any:
        started.append(of_problem["threads"])
        return make(**of_problem)

    monkeypatch.setattr("glassnet._native.TrainingProblem", noted)
    network = gn.Network(sizes)
    x, y = np.zeros((rows, sizes[0])), np.zeros((rows, sizes[-1]))
    start = gn.initialize(network, dtype=dtype)
    gn.train(network, start, x, y, epochs=1, n_jobs=2, engine="native")
    assert started == [threads]


def test_threads_are_those_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads_worth(10**9, None) == 3
    assert threads_worth(10**9, 2) == 2
    assert threads_worth(10**3, 8) == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert threads_worth(10**9, None) >= 1
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")  # as OpenMP allows for nested regions
    assert threads_worth(10**9, None) == 4


def test_several_trainings_in_several_threads(variant: str) -> None:
    alone, together = wide(2), {}
    threads = [threading.Thread(target=lambda i=i: together.update({i: wide(2)})) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 4
    for run in together.values():
        identical(alone, run)


def test_the_gil_is_released() -> None:
    network = gn.Network([4, 32, 1])
    x = np.random.default_rng(0).normal(size=(500, 4))
    counted, stop = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not stop.is_set():
            counted += 1

    other = threading.Thread(target=count)
    other.start()
    before = counted
    gn.train(
        network,
        gn.initialize(network),
        x,
        x[:, :1],
        epochs=3000,
        engine="native",
        chunk_epochs=3000,
    )
    after = counted
    stop.set()
    other.join()
    assert after - before > 1000, "nothing else ran in Python while the engine trained"


def test_floating_point_modes_of_the_process_stay() -> None:
    """Denormals are not flushed and rounding is to nearest, before and after; NaN is not forgotten."""  # noqa: E501

    def modes() -> tuple[float, float, int]:
        smallest = np.float64(5e-324) * np.ones(9)
        libm = ctypes.CDLL("libm.so.6")
        return (smallest * 1.0)[8], float(np.float32(1e-45) + np.float32(0)), libm.fegetround()

    before = modes()
    assert before == (5e-324, float(np.float32(1e-45)), 0)
    wide(2)
    assert modes() == before


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_not_finite_is_always_noticed(variant: str, bad: float, dtype: str) -> None:
    """A weight that is not finite, in any place of any array, ends the run at once, as it does on
    numpy.
    """
    problem, state = training(
        "sigmoid", "sigmoid", "mean_squared_error", "adam", sizes=(3, 9, 5, 2), dtype=dtype
    )
    rates, order = path(problem, 4)
    for i, array in enumerate(leaves(state.parameters)):
        for at in (0, array.size // 2, array.size - 1):
            spoilt = [w.copy() for w in leaves(state.parameters)]
            spoilt[i].flat[at] = bad
            parameters = Parameters(tuple(spoilt[:3]), tuple(spoilt[3:]))
            after, measured = native.run(
                problem, state._replace(parameters=parameters), order, rates
            )
            assert after.ended == "not_finite", (i, at)
            assert len(measured.loss) == 1


def test_own_functions_run_on_numpy_and_the_run_says_so() -> None:
    own = gn.Activation("sine", np.sin, np.cos)
    network = gn.Network([2, 3, 1], own)
    x = np.eye(2)
    run = gn.train(network, gn.initialize(network), x, x[:, :1], epochs=2)
    assert run.engine == "numpy"
    assert run.engine_note == "the activation 'sine' is your own function"
    with pytest.raises(
        GlassnetError,
        match="engine 'native' cannot run this: the activation 'sine' is your own function",
    ):
        gn.train(network, gn.initialize(network), x, x[:, :1], epochs=2, engine="native")
    mine = gn.Network(
        [2, 3, 1], loss=gn.Loss("huber", lambda a, y: ((a - y) ** 2, 2 * (a - y)), "mean")
    )
    assert (
        gn.train(mine, gn.initialize(mine), x, x[:, :1], epochs=2).engine_note
        == "the loss 'huber' is your own function"
    )
    plain = gn.Network([2, 3, 1], loss="huber:0.3")
    assert gn.train(plain, gn.initialize(plain), x, x[:, :1], epochs=2).engine == "native"

    class Mine(gn.GradientDescent):
        pass

    assert (
        gn.train(plain, gn.initialize(plain), x, x[:, :1], epochs=2, optimizer=Mine()).engine_note
        == "the optimizer Mine is your own"
    )


def test_without_the_engine_a_warning_says_why_and_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installed, "left_out", lambda: "no C++ compiler was found")
    text = installed.why_missing(ModuleNotFoundError("No module named 'glassnet._native'"))
    assert "because it cannot be loaded (libstdc++.so.6: no such file)" in installed.why_missing(
        ImportError("libstdc++.so.6: no such file")
    )
    monkeypatch.setattr(native, "missing", text)
    network = gn.Network([2, 3, 1])
    with pytest.warns(
        GlassnetWarning, match="because no C.. compiler was found.*pip install --force-reinstall"
    ):
        run = gn.train(network, gn.initialize(network), np.eye(2), [0, 1], epochs=2)
    assert run.engine == "numpy"
    assert "pip install" in run.engine_note
    with pytest.raises(
        GlassnetError,
        match="engine 'native' cannot run this: glassnet is without its native engine, because no C",  # noqa: E501
    ):
        gn.train(network, gn.initialize(network), np.eye(2), [0, 1], epochs=2, engine="native")


def test_auto_is_native() -> None:
    problem, _ = training("tanh", "identity", "mean_squared_error", "adam")
    assert choose("auto", problem.network, problem) == (native, "")
    assert choose("numpy", problem.network, problem) == (reference, "")


def test_a_copied_network_is_still_ours() -> None:
    """Networks go through pickles to other processes; their functions are ours there too."""
    for output, loss in PAIRS:
        problem, _ = training("gelu", output, loss, "adam")
        copy = pickle.loads(pickle.dumps(problem))
        assert native.why_refused(copy.network, copy) == ""


def test_sample_weight_of_any_size_and_epsilons_too_small_for_the_dtype(variant: str) -> None:
    problem, state = training("tanh", "identity", "mean_squared_error", "adam")
    rates, order = path(problem, 2)
    for weight in (1e-310, 1e300):
        weighted = dataclasses.replace(
            problem, data=problem.data._replace(sample_weight=np.full(len(problem.data.x), weight))
        )
        assert (
            max(
                apart(
                    reference.run(weighted, state, order, rates),
                    native.run(weighted, state, order, rates),
                ).values()
            )
            < 1e-11
        )
    sharp = with_options(
        as_float32(problem), optimizer=gn.Adam(0.002, epsilon=1e-50), penalty=gn.Penalty(0.1)
    )
    small = as_float32(state)
    expected, found = (
        reference.run(sharp, small, order, rates),
        native.run(sharp, small, order, rates),
    )
    assert expected[0].ended == found[0].ended == ""
    assert max(apart(expected, found).values()) < 1e-4


def test_numpy_integers_and_huge_patience() -> None:
    network = gn.Network([2, 3, 1])
    options: dict[str, Any] = {"epochs": 2, "dropout": 0.5, "engine": "native"}
    plain = gn.train(network, gn.initialize(network), np.eye(2), [0, 1], seed=7, **options)
    identical(
        plain,
        gn.train(
            network,
            gn.initialize(network),
            np.eye(2),
            [0, 1],
            seed=np.int8(7),
            patience=2**80,
            **options,
        ),
    )
