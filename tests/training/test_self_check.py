"""On platforms that CI does not have an engine is compared with `core` before its first use: one
that differs is found, said to, and not used.
"""

import platform
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from conftest import in_ci
from glassnet.core.network import Network, leaves, unflatten
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.training.engines import registry, self_check
from glassnet.training.engines.numpy import NumpyEngine
from glassnet.training.engines.registry import ENGINES, choose, fault_of, threads_for_trainings

NETWORK = Network([2, 3, 1])
ORACLE = ENGINES["numpy"]
native = ENGINES["native"]


class PlantedFault(NumpyEngine):
    """An engine that is right but for one thing."""

    name = "planted"
    is_compiled = True

    def __init__(self, fault: str = "", off: float = 1e-3) -> None:
        self.fault = fault
        self.off = off

    def threads(self, n_jobs: int | None) -> int:
        return 7

    def spoilt(self, what: str, array: Any) -> Any:
        return array * (1 + self.off) if what == self.fault else array

    def run(self, *given: Any) -> Any:
        if self.fault == "crash":
            raise ValueError("an instruction is missing")
        state, measured = super().run(*given)
        *most, last = leaves(state.parameters)
        last = self.spoilt("trained parameters", last)
        measured = measured._replace(loss=self.spoilt("losses", measured.loss))
        best = state.best.parameters
        best = unflatten([self.spoilt("best parameters", w) for w in leaves(best)], best)
        parameters = unflatten([*most, last], state.parameters)
        best = state.best._replace(parameters=best)
        return state._replace(parameters=parameters, best=best), measured

    def run_population(self, *given: Any) -> Any:
        states, measured = super().run_population(*given)
        for array in leaves(states.parameters):
            array[-1] = self.spoilt("parameters of a population", array[-1])
        return states, measured

    def predictor(self, *given: Any) -> Any:
        predict = super().predictor(*given)
        return lambda x: self.spoilt("predictions", predict(x))

    def gradient(self, *given: Any, **more: Any) -> Any:
        gradient_at = super().gradient(*given, **more)

        def spoilt_at(theta: Any) -> Any:
            loss, penalty, gradient = gradient_at(theta)
            return loss, penalty, self.spoilt("gradients", gradient)

        return spoilt_at

    def jacobian(self, *given: Any, **more: Any) -> Any:
        jacobian_at = super().jacobian(*given, **more)

        def spoilt_at(theta: Any) -> Any:
            outputs, jacobian = jacobian_at(theta)
            return outputs, self.spoilt("Jacobians", jacobian)

        return spoilt_at


@pytest.fixture(autouse=True)
def _a_platform_that_ci_does_not_have(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(platform, "system", lambda: "Plan9")
    monkeypatch.setattr(platform, "machine", lambda: "m68k")
    caches = (registry.fault_of, registry._warn_once)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def register(monkeypatch: pytest.MonkeyPatch, engine: PlantedFault) -> PlantedFault:
    """As a line in the registry would, and first among those that "auto" tries."""
    monkeypatch.setitem(ENGINES, "planted", engine)
    monkeypatch.setattr(registry, "PREFERRED", ("planted", "numpy"))
    return engine


def trained(engine: str) -> gn.Run:
    return gn.train(NETWORK, gn.initialize(NETWORK), np.eye(2), [0, 1], epochs=2, engine=engine)


@pytest.mark.parametrize(
    "what",
    [
        "losses",
        "trained parameters",
        "best parameters",
        "parameters of a population",
        "predictions",
        "gradients",
        "Jacobians",
    ],
)
@pytest.mark.parametrize("off", [1e-3, float("nan"), float("inf")])
def test_every_planted_fault_is_found(what: str, off: float) -> None:
    found = self_check.find_fault(PlantedFault(what, off), ORACLE)
    assert f" {what} (5-19-7-3 " in found
    assert "Plan9 m68k, NumPy" in found
    assert found.endswith("Please report this where you got glassnet")
    assert "\n" not in found


def test_a_fault_in_one_dtype_is_found() -> None:
    class OnlyFloat32(PlantedFault):
        def spoilt(self, what: str, array: Any) -> Any:
            return super().spoilt(what, array) if array.dtype == np.float32 else array

    found = self_check.find_fault(OnlyFloat32("predictions"), ORACLE)
    assert "RMSprop, float32) are off by 0.1 %" in found


def test_an_engine_that_stops_with_an_error_has_failed() -> None:
    found = self_check.find_fault(PlantedFault("crash"), ORACLE)
    assert "it stopped with 'ValueError: an instruction is missing'" in found


def test_rounding_is_no_fault() -> None:
    assert self_check.find_fault(PlantedFault("trained parameters", 1e-14), ORACLE) == ""


@pytest.mark.skipif(bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable())
@pytest.mark.parametrize("variant", native.variants)
def test_the_native_engine_passes(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "variant", variant)
    assert fault_of(native) == ""
    assert choose("native", NETWORK) == choose("auto", NETWORK) == (native, "")


def test_what_failed_is_warned_of_once_and_numpy_runs_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = register(monkeypatch, PlantedFault("losses"))
    with pytest.warns(GlassnetWarning, match="running on NumPy, .* from now on: .* losses ") as w:
        run = trained("auto")
    assert len(w) == 1
    assert w[0].filename == __file__
    assert (run.engine, run.engine_note) == ("numpy", fault_of(engine))
    again = trained("auto")  # where a warning is an error
    assert (again.engine, again.engine_note) == ("numpy", fault_of(engine))
    assert threads_for_trainings("auto", 5) == threads_for_trainings("planted", 5) == 1


def test_what_failed_is_refused_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = register(monkeypatch, PlantedFault("losses"))
    with pytest.raises(GlassnetError) as error:
        trained("planted")
    assert str(error.value) == (
        f"engine 'planted' cannot run this: {fault_of(engine)}. Use engine 'numpy', or 'auto'"
    )


def test_what_passed_is_used_and_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    def find_fault(engine: Any, oracle: Any) -> str:
        checked.append((engine, oracle))
        return ""

    monkeypatch.setattr(self_check, "find_fault", find_fault)
    engine = register(monkeypatch, PlantedFault())
    assert [trained("auto").engine, trained("planted").engine] == ["planted", "planted"]
    assert threads_for_trainings("auto", 5) == 7
    assert checked == [(engine, ORACLE)]


def test_where_ci_runs_nothing_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert fault_of(PlantedFault("losses")) == ""


def test_the_command_line_says_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, as a user has it."""
    code = """if True:
        import platform
        import numpy as np
        from glassnet.training.engines import native
        from glassnet.cli import main
        platform.machine = lambda: "m68k"
        right = native.NativeEngine.run
        def wrong(*given):
            state, measured = right(*given)
            return state, measured._replace(loss=measured.loss * 1.01)
        native.NativeEngine.run = wrong
        main()
    """
    if native.why_unavailable():
        pytest.skip(native.why_unavailable())
    command = [sys.executable, "-c", code, "--verbose", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "native engine: the native engine failed its self-check on this platform" in done.stdout
    assert "Linux m68k" in done.stdout
    assert (
        "losses (5-19-7-3 sigmoid, tanh, softmax, categorical_cross_entropy, biases, Adam, "
        in done.stdout
    )
