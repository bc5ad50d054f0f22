"""Which engine is chosen for what; and an engine is added by a line in the registry."""

import inspect
from typing import Any

import click
import numpy as np
import pytest
from cases import training

import glassnet as gn
from glassnet.cli.demo import demo_command as demo
from glassnet.core.network import Network
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.training.engines import registry
from glassnet.training.engines.base import Engine
from glassnet.training.engines.numpy import NumpyEngine
from glassnet.training.engines.registry import (
    ENGINE_NAMES,
    ENGINES,
    PREFERRED,
    choose,
)
from glassnet.training.problem import to_vector

SMALL = Network([2, 3, 1])


class FakeEngine(NumpyEngine):
    """An engine that may be missing, and may refuse every network."""

    name = "fake"

    def __init__(self, missing: str = "", refusal: str = "") -> None:
        self.missing = missing
        self.refusal = refusal
        self.runs = 0

    def why_unavailable(self) -> str:
        return self.missing

    def why_refused(self, *_: Any) -> str:
        return self.refusal

    def run(self, *given: Any) -> Any:
        self.runs += 1
        return super().run(*given)


def register(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine) -> None:
    """As a line in the registry would, and first among those that "auto" tries."""
    monkeypatch.setitem(ENGINES, "fake", engine)
    monkeypatch.setattr(registry, "PREFERRED", ("fake", "numpy"))


def trained(engine: str) -> gn.Run:
    return gn.train(SMALL, gn.initialize(SMALL), np.eye(2), [0, 1], epochs=2, engine=engine)


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_satisfies_the_protocol(name: str) -> None:
    engine = ENGINES[name]
    assert isinstance(engine, Engine)
    assert engine.name == name
    assert engine.first_chunk > 0
    for method in Engine.__abstractmethods__:
        wanted = inspect.signature(getattr(Engine, method))
        assert inspect.signature(getattr(type(engine), method)) == wanted, method
    if engine.why_unavailable():
        pytest.skip(engine.why_unavailable())
    assert engine.describe()
    problem, state = training("tanh", "identity", "mean_squared_error", "adam")
    network, data = problem.network, problem.data
    assert engine.why_refused(network, problem, state.parameters) == ""
    before = to_vector(state.parameters)
    after, measured = engine.run(problem, state, None, np.full((2, 1), 0.1))
    assert after.epoch == 2
    assert measured.loss.shape == (2,)
    np.testing.assert_array_equal(to_vector(state.parameters), before)
    output = engine.predictor(network, state.parameters)(data.x)
    assert output.shape == data.y.shape
    loss, penalty, gradient = engine.gradient(network, data, None)(before)
    assert (loss > 0, penalty, gradient.shape) == (True, 0, before.shape)
    outputs, jacobian = engine.jacobian(network, data.x, np.ones(len(data.x)))(before)
    np.testing.assert_allclose(outputs, output, rtol=1e-12)
    assert jacobian.shape == (output.size, before.size)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ENGINES)
def test_a_sum_of_networks_adds_them_one_after_another_bit_for_bit(name: str, dtype: str) -> None:
    engine = ENGINES[name]
    if engine.why_unavailable():
        pytest.skip(engine.why_unavailable())
    for outputs, rows in [(1, 1), (3, 1), (1, 7), (3, 2000)]:
        hidden = [(64, 64), (13,), (), (9, 4, 7)]
        networks = [Network([20, *sizes, outputs], "silu") for sizes in hidden]
        parameters = [
            gn.initialize(network, seed=seed, dtype=dtype) for seed, network in enumerate(networks)
        ]
        x = np.random.default_rng(rows).normal(size=(rows, 20)).astype(dtype)
        first, *others = map(engine.predictor, networks, parameters)
        expected = first(x)
        for other in others:
            expected = expected + other(x)
        total = engine.sum_predictor(networks, parameters)(x)
        assert total.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(total, expected)
        misfit = [*parameters[1:], parameters[0]]
        with pytest.raises(GlassnetError, match="do not fit the network"):
            engine.sum_predictor(networks, misfit)


def test_a_new_engine_is_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    monkeypatch.setitem(ENGINES, "fake", engine)
    assert choose("fake", SMALL) == (engine, "")
    run = trained("fake")
    assert (run.engine, run.engine_note, engine.runs > 0) == ("fake", "", True)
    assert trained("auto").engine != "fake"
    with pytest.raises(GlassnetError, match="unknown engine 'nativ': did you mean 'native'"):
        choose("nativ", SMALL)


def test_auto_takes_the_first_that_can(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    register(monkeypatch, engine)
    assert choose("auto", SMALL) == (engine, "")
    assert trained("auto").engine == "fake"
    register(monkeypatch, FakeEngine(refusal="it is tired"))
    assert choose("auto", SMALL) == (ENGINES["numpy"], "it is tired")
    run = trained("auto")
    assert (run.engine, run.engine_note) == ("numpy", "it is tired")


def test_what_cannot_run_is_refused_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in (FakeEngine(missing="it is on holiday"), FakeEngine(refusal="it is on holiday")):
        register(monkeypatch, engine)
        message = "engine 'fake' cannot run this: it is on holiday. Use engine 'numpy', or 'auto'"
        with pytest.raises(GlassnetError, match=message):
            choose("fake", SMALL)


def test_a_missing_engine_is_warned_of_once_and_only_for_a_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(monkeypatch, FakeEngine(missing="it is on holiday"))
    assert choose("auto", SMALL).engine is ENGINES["numpy"]  # where a warning is an error
    with pytest.warns(GlassnetWarning, match="running on NumPy, .*: it is on holiday") as warned:
        run = trained("auto")
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert run.engine_note == "it is on holiday"


def test_the_last_that_auto_tries_can_run_everything() -> None:
    last = ENGINES[PREFERRED[-1]]
    custom = gn.Activation("sine", np.sin, np.cos)
    assert last.why_unavailable() == last.why_refused(Network([2, 3, 1], custom)) == ""


def test_the_demo_names_every_engine() -> None:
    """Its help is written out, because the registry takes long to import."""
    *others, last = ENGINE_NAMES
    (option,) = (option for option in demo.params if option.name == "engine")
    assert isinstance(option, click.Option)
    assert option.help == f"{', '.join(others)} or {last}."
