"""The engine gives the same numbers on processors that are not this one: Arm's, under QEMU, and a
browser's.

Each runs the trainings of the tables' rows, and the same through all other calls of an engine.
"""

import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import pytest
from cases import apart, difference, native, path, reference, training
from message import Extension
from programs import Aarch64, WebAssembly

import glassnet as gn
from conftest import PAIRS, in_ci
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import leaves
from glassnet.core.optimizers import OPTIMIZERS
from glassnet.training.engines import native as native_engine
from glassnet.training.packed import PackedRows, Ramp
from glassnet.training.problem import to_vector
from glassnet.training.run import train

pytestmark = pytest.mark.skipif(
    bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable()
)
TOLERANCE = {"float64": 1e-11, "float32": 2e-3}
"""Of the numpy engine's largest number, after two epochs."""


def cases() -> Iterator[tuple[str, Any, Any]]:
    """Trainings with every output and loss, and in turn each hidden activation and optimizer."""
    random = np.random.default_rng(0)
    for i, (output, loss) in enumerate(PAIRS):
        hidden = list(ACTIVATIONS)[i % len(ACTIVATIONS)]
        optimizer = list(OPTIMIZERS)[i % len(OPTIMIZERS)]
        kind, dtype = random.choice(["plain", "all"]), random.choice(["float64", "float32"])
        batch_size = 13 if optimizer == "rprop" else int(random.choice([5, 13]))
        case = training(hidden, output, loss, optimizer, kind, dtype=dtype, batch_size=batch_size)
        yield f"{hidden}, {output}, {loss}, {optimizer}, {kind}, {dtype}, {batch_size}", *case


@contextmanager
def elsewhere(run: Callable[[bytes], bytes]) -> Iterator[None]:
    """The native engine runs in a program."""
    with mock.patch.object(native_engine, "_native", Extension(run)):
        yield


PLATFORMS = [
    pytest.param(one, marks=pytest.mark.xdist_group(one.__name__)) for one in (Aarch64, WebAssembly)
]
"""One process for each, so that each is built once."""


@pytest.fixture(scope="session", params=PLATFORMS)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    missing = request.param.why_not()
    if missing:
        assert not in_ci(), f"{missing}: in CI nothing may be skipped"
        pytest.skip(missing)
    made = request.param(tmp_path_factory.mktemp("program"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "variant", "baseline")


def assert_same(found: Sequence[np.ndarray], expected: Sequence[np.ndarray], name: str) -> None:
    """To the last bit where this processor's baseline is x86-64's, else to rounding."""
    for a, b in zip(found, expected, strict=True):
        if platform.machine() == "x86_64":
            np.testing.assert_array_equal(a, b, name)
        else:
            assert difference(a, b) < TOLERANCE[a.dtype.name], name


def test_trainings(program: Any) -> None:
    for name, problem, state in cases():
        rates, order = path(problem, 2)
        expected = reference.run(problem, state, order, rates)
        here = native.run(problem, state, order, rates)
        with elsewhere(program.run):
            found = native.run(problem, state, order, rates)
        assert found[0].ended == expected[0].ended == "", name
        worst = max(apart(expected, found).values())
        assert worst < TOLERANCE[found[1].output.dtype.name], f"{name}: {worst:.1e} apart"
        assert_same(arrays_of(*found), arrays_of(*here), name)


def arrays_of(state: Any, measured: Any) -> list[np.ndarray]:
    memory = [slot for slots in state.optimizer.memory for slot in slots]
    counts = (state.epoch, state.best.epoch, state.waited, state.optimizer.t, state.best.loss)
    arrays = [*leaves(state.parameters), *leaves(state.best.parameters), *memory, *measured]
    return [*arrays, np.array(counts, float)]


def problem_of(dtype: str = "float64") -> Any:
    return training("tanh", "softmax", "categorical_cross_entropy", "adam", "all", dtype=dtype)


def population(dtype: str, work: int) -> list[np.ndarray]:
    """Seven networks, from starts of their own, on rows of their own; in lanes, or one by one."""
    network = gn.Network([3, 5, 2], "silu")
    starts = [gn.initialize(network, seed=seed, dtype=dtype) for seed in range(7)]
    x = np.random.default_rng(0).normal(size=(40, 3))
    rows = [np.arange(seed, 26 + seed) for seed in range(7)]
    with mock.patch.object(native_engine, "LANES_WORK", work):
        found = gn.train_population(
            network, starts, x, np.sin(x[:, :2]), rows=rows, validation=(x[:9], x[:9, :2]),
            epochs=4, batch_size=8, dropout=0.2, seed=list(range(7)), engine="native",
        )  # fmt: skip
    assert found[0].engine == "native"
    measured = [(run.history.loss, run.history.validation_loss) for run in found]
    return [
        *(w for run in found for w in leaves(run.parameters)),
        *(np.asarray(values) for pair in measured for values in pair),
    ]


def packed() -> list[np.ndarray]:
    """A training on rows that stand in few numbers."""
    network = gn.Network([5, 4, 1])
    random = np.random.default_rng(0)
    x = np.hstack([random.normal(size=(30, 1)), np.eye(4)[random.integers(0, 4, 30)]])
    rows = PackedRows.empty(30, 5, [Ramp(1, 4, 0.0, 0.0)], np.float64)
    assert rows.fill(0, x)
    run = train(
        network, gn.initialize(network), rows, x[:, :1], epochs=3, engine="native", warn=False
    )
    return list(leaves(run.parameters))


def predictions(dtype: str) -> list[np.ndarray]:
    """Those of one network, and the sum of two."""
    problem, state = problem_of(dtype)
    x = np.asarray(problem.data.x)
    networks, parameters = [problem.network] * 2, [state.parameters] * 2
    return [
        native.predictor(problem.network, state.parameters)(x[:1]),
        native.sum_predictor(networks, parameters)(x),
    ]


def full_batch() -> list[np.ndarray]:
    """Loss, gradient and Jacobian of all rows."""
    problem, state = problem_of()
    theta, masks = to_vector(state.parameters), problem.options.weight_masks
    given = (problem.network, problem.data, problem.options.penalty, masks)
    loss, penalty, gradient = native.gradient(*given)(theta)
    weight = problem.data.sample_weight
    jacobian = native.jacobian(problem.network, problem.data.x, weight, masks)(theta)
    return [np.array([loss, penalty]), gradient, *jacobian]


IN_LANES, ALONE = 10**9, 0
CALLS: dict[str, Callable[[], list[np.ndarray]]] = {
    "population in lanes, float64": lambda: population("float64", IN_LANES),
    "population in lanes, float32": lambda: population("float32", IN_LANES),
    "population one by one": lambda: population("float32", ALONE),
    "packed rows": packed,
    "predictions, float64": lambda: predictions("float64"),
    "predictions, float32": lambda: predictions("float32"),
    "full batch": full_batch,
}


@pytest.mark.parametrize("name", CALLS)
def test_other_calls(program: Any, name: str) -> None:
    here = CALLS[name]()
    calls: list[bytes] = []
    with elsewhere(lambda call: (calls.append(call), program.run(call))[1]):
        found = CALLS[name]()
    assert calls
    assert_same(found, here, name)


@pytest.mark.parametrize("program", PLATFORMS[1:], indirect=True)
def test_node_gives_the_same_bytes(program: WebAssembly) -> None:
    calls: list[bytes] = []
    answers: list[bytes] = []

    def run(call: bytes) -> bytes:
        calls.append(call)
        answers.append(program.run(call))
        return answers[-1]

    with elsewhere(run):
        for _, problem, state in cases():
            rates, order = path(problem, 2)
            native.run(problem, state, order, rates)
        for call in CALLS.values():
            call()
    assert len(calls) > len(PAIRS) + len(CALLS)
    assert program.run_in_node(b"".join(calls)) == b"".join(answers)
