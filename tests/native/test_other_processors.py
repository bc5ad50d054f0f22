"""The engine gives the same numbers on processors that are not this one: Arm's, a browser's, and
those with vectors of 64 bytes.

Each runs, as a program without Python, all that an engine is asked for. What each platform is, is
in `programs.py`.
"""

import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import pytest
from cases import difference, native, path, reference, training, with_options
from message import Extension
from programs import Aarch64, Avx512, WebAssembly

from conftest import PAIRS, in_ci
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import leaves, unflatten
from glassnet.core.optimizers import OPTIMIZERS
from glassnet.training.engines import native as native_engine
from glassnet.training.engines.base import Engine
from glassnet.training.packed import PackedRows, Ramp
from glassnet.training.problem import Problem, State, to_vector
from glassnet.training.stacked import stacked, start_of_all

pytestmark = pytest.mark.skipif(
    bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable()
)
Numbers = dict[str, list[np.ndarray]]
TOLERANCE = {"float64": 1e-11, "float32": 1e-4}
"""Of the numpy engine's largest number, after two epochs."""


def cases() -> Iterator[tuple[str, Problem, State]]:
    """Trainings with every output and loss, and in turn each hidden activation and optimizer."""
    random = np.random.default_rng(0)
    for i, (output, loss) in enumerate(PAIRS):
        hidden = list(ACTIVATIONS)[i % len(ACTIVATIONS)]
        optimizer = list(OPTIMIZERS)[i % len(OPTIMIZERS)]
        kind, dtype = random.choice(["plain", "all"]), random.choice(["float64", "float32"])
        batch_size = 13 if optimizer == "rprop" else int(random.choice([5, 13]))
        case = training(hidden, output, loss, optimizer, kind, dtype=dtype, batch_size=batch_size)
        yield f"{hidden}, {output}, {loss}, {optimizer}, {kind}, {dtype}, {batch_size}", *case


def arrays_of(state: Any, measured: Any) -> list[np.ndarray]:
    memory = [slot for slots in state.optimizer.memory for slot in slots]
    counts = (state.epoch, state.best.epoch, state.waited, state.optimizer.t, state.best.loss)
    arrays = [*leaves(state.parameters), *leaves(state.best.parameters), *memory, *measured]
    return [*arrays, np.array([*counts, state.ended == ""], float)]


def population(engine: Engine, problem: Problem, state: State, work: int) -> list[np.ndarray]:
    """Seven networks from starts of their own, on some of the rows; in lanes, or one by one."""
    random = np.random.default_rng(0)
    problems = [replace(problem, rows=np.arange(1, 10)), replace(problem, rows=np.arange(4, 13))]
    problems[1] = with_options(problems[1], seed=9, clip=0.5)
    which = np.arange(7) % 2
    starts = [[w * (1 + p / 10) for w in leaves(state.parameters)] for p in range(7)]
    parameters = stacked([unflatten(start, state.parameters) for start in starts])
    states = start_of_all(problems, which, parameters)
    orders = [np.stack([random.permutation(9) for _ in range(2)]) for _ in problems]
    pairs = zip(problems, (0.01, 0.02), strict=True)
    rates = [np.full((2, problem.batches), rate) for problem, rate in pairs]
    with mock.patch.object(native_engine, "LANES_WORK", work):
        after, measured = engine.run_population(problems, which, states, orders, rates)
    return [array for p in range(7) for array in arrays_of(after.of(p), measured.of(p))]


def packed(problem: Problem) -> Problem:
    """With rows that stand in few numbers."""
    random = np.random.default_rng(0)
    x = np.hstack([random.normal(size=(13, 1)), np.eye(3)[random.integers(0, 3, 13), :2]])
    rows = PackedRows.empty(13, 3, [Ramp(1, 2, 0.0, 0.0)], problem.data.y.dtype)
    assert rows.fill(0, x.astype(rows.dtype))
    return replace(problem, data=problem.data._replace(x=rows))


def full_batch(engine: Engine, problem: Problem, state: State) -> list[np.ndarray]:
    """Loss, gradient and Jacobian of all rows."""
    theta, masks = to_vector(state.parameters), problem.options.weight_masks
    data, penalty = problem.data, problem.options.penalty
    *values, gradient = engine.gradient(problem.network, data, penalty, masks)(theta)
    x, weight = np.asarray(data.x), data.sample_weight
    assert weight is not None
    return [np.array(values), gradient, *engine.jacobian(problem.network, x, weight, masks)(theta)]


def numbers_of(engine: Engine) -> Numbers:
    """Of all that an engine is asked for."""
    numbers = {}
    for name, problem, state in cases():
        rates, order = path(problem, 2)
        numbers[name] = arrays_of(*engine.run(problem, state, order, rates))
    options = ("silu", "softmax", "categorical_cross_entropy", "adam", "all")
    for dtype in TOLERANCE:
        problem, state = training(*options, dtype=dtype, batch_size=5, begun=False)
        network, parameters, x = problem.network, state.parameters, np.asarray(problem.data.x)
        for way, work in {"in lanes": 10**9, "one by one": 0}.items():
            numbers[f"population {way}, {dtype}"] = population(engine, problem, state, work)
        rates, order = path(problem, 2)
        numbers[f"packed, {dtype}"] = arrays_of(*engine.run(packed(problem), state, order, rates))
        numbers[f"prediction, {dtype}"] = [
            engine.predictor(network, parameters)(x[:1]),
            engine.sum_predictor([network] * 2, [parameters] * 2)(x),
        ]
        if dtype == "float64":
            numbers["full batch, float64"] = full_batch(engine, problem, state)
    return numbers


@cache
def expected(name: str) -> Numbers:
    """Those of an engine here."""
    with mock.patch.object(native, "variant", "baseline"):
        return numbers_of({"numpy": reference, "native": native}[name])


@contextmanager
def elsewhere(run: Callable[[bytes], bytes]) -> Iterator[None]:
    """What the native engine calls is run by a program."""
    with mock.patch.object(native_engine, "_native", Extension(run)):
        yield


class Found(NamedTuple):
    """What a program found."""

    program: Any
    calls: bytes
    results: bytes
    numbers: Numbers


def found_by(program: Any) -> Found:
    """All calls at once: first they are noted, then their results given."""
    calls: list[bytes] = []

    def note(call: bytes) -> bytes:
        calls.append(call)
        return call  # a result in which nothing is changed

    with elsewhere(note):
        numbers_of(native)
    results = program.run(b"".join(calls))
    ends = np.cumsum([len(call) for call in calls]).tolist()
    in_turn = (results[end - len(call) : end] for call, end in zip(calls, ends, strict=True))
    with elsewhere(lambda call: next(in_turn)):
        return Found(program, b"".join(calls), results, numbers_of(native))


PROGRAMS = {
    one.__name__: pytest.param(one, marks=pytest.mark.xdist_group(one.__name__))
    for one in (Aarch64, WebAssembly, Avx512)
}
"""One process for each, so that each is built once."""
EXACT = [PROGRAMS["Aarch64"], PROGRAMS["WebAssembly"]]


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    if request.param is Avx512 and "avx512" in native.variants:
        pytest.skip("this processor has it, and test_engines.py runs it")
    why_not = request.param.why_not()
    if why_not:
        assert not in_ci(), f"{why_not}: in CI nothing may be skipped"
        pytest.skip(why_not)
    return found_by(request.param(tmp_path_factory.mktemp("program")))


@pytest.mark.parametrize("found", PROGRAMS.values(), indirect=True)
def test_the_numbers_are_those_of_numpy(found: Found) -> None:
    for name, arrays in expected("numpy").items():
        tolerance = TOLERANCE["float32" if "float32" in name else "float64"]
        for a, b in zip(arrays, found.numbers[name], strict=True):
            assert difference(a, b) < tolerance, name


@pytest.mark.skipif(platform.machine() != "x86_64", reason="there is no baseline of x86-64 here")
@pytest.mark.parametrize("found", EXACT, indirect=True)
def test_the_numbers_are_those_of_the_baseline_to_the_last_bit(found: Found) -> None:
    for name, arrays in expected("native").items():
        for a, b in zip(arrays, found.numbers[name], strict=True):
            np.testing.assert_array_equal(a, b, name)


@pytest.mark.parametrize("found", [PROGRAMS["WebAssembly"]], indirect=True)
def test_node_gives_the_same_bytes(found: Found) -> None:
    assert found.program.run_in_node(found.calls) == found.results


@pytest.mark.parametrize("found", [PROGRAMS["WebAssembly"]], indirect=True)
def test_a_page_need_not_load_much(found: Found) -> None:
    assert found.program.gzipped() < 400_000
