"""Which engines there are, and which one runs what. Only here are the engines' files imported.

A new engine is a file beside this one and a line in `ENGINES`; a place in `PREFERRED` where "auto"
may choose it.
"""

from functools import cache
from typing import NamedTuple
from warnings import warn

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.settings import check_name
from glassnet.training.engines import self_check
from glassnet.training.engines.base import Engine
from glassnet.training.engines.jax import JaxEngine
from glassnet.training.engines.native import NativeEngine
from glassnet.training.engines.numpy import NumpyEngine
from glassnet.training.optax import ONLY_JAX, Optax
from glassnet.training.problem import Problem

ENGINES: dict[str, Engine] = {
    engine.name: engine for engine in (NativeEngine(), NumpyEngine(), JaxEngine())
}

ENGINE_NAMES = ("auto", *ENGINES)
"""What may be asked for."""

PREFERRED = ("native", "numpy")
"""What "auto" tries, one after the other. The last can run everything."""


class Choice(NamedTuple):
    """The engine that was chosen; `note` says why it is not the preferred one, "" where it is."""

    engine: Engine
    note: str


def choose(
    name: str,
    network: Network,
    problem: Problem | None = None,
    parameters: Parameters | None = None,
) -> Choice:
    """Choose the engine of that name, or for "auto" the first preferred one that can.

    Parameters
    ----------
    name : str
        One of `ENGINE_NAMES`.
    network : Network
        What is to be run.
    problem : Problem or None
        A training of the network, where it is to be trained. It may take long, so where a faster
        engine is not installed, a warning says so.
    parameters : Parameters or None
        Those to predict with, where their dtype may be an unusual one.

    Raises GlassnetError on an unknown name, and where the engine asked for is not installed,
    cannot run this, or has failed its self-check.

    >>> choose("numpy", Network([3, 4, 1])).engine.name
    'numpy'
    """
    check_name("engine", name, ("auto", *ENGINES))
    if name != "jax" and problem is not None and isinstance(problem.options.optimizer, Optax):
        raise GlassnetError(ONLY_JAX)
    if name == "auto":
        return _first_preferred(network, problem, parameters)
    engine = ENGINES[name]
    why_not = engine.why_unavailable() or engine.why_refused(network, problem, parameters)
    why_not = why_not or fault_of(engine)
    if why_not:
        raise GlassnetError(
            f"engine '{name}' cannot run this: {why_not}. Use engine 'numpy', or 'auto'"
        )
    return Choice(engine, "")


def _first_preferred(
    network: Network, problem: Problem | None, parameters: Parameters | None
) -> Choice:
    note = ""
    for name in PREFERRED[:-1]:
        engine = ENGINES[name]
        missing = engine.why_unavailable()
        why_not = missing or engine.why_refused(network, problem, parameters)
        fault = "" if why_not else fault_of(engine)
        if not (why_not or fault):
            return Choice(engine, note)
        if fault:
            _warn_once(fault)
        if missing and problem is not None:
            text = f"running on NumPy, which is slower: {missing}"
            warn(text, GlassnetWarning, stacklevel=4)  # the caller of `train`
        note = note or why_not or fault
    return Choice(ENGINES[PREFERRED[-1]], note)


@cache
def fault_of(engine: Engine) -> str:
    """What the self-check finds wrong with an engine that is installed; "": nothing.

    It runs once in a process, and only on platforms that CI does not run the tests on.
    """
    if not engine.is_compiled or self_check.is_tested_here():
        return ""
    return self_check.find_fault(engine, ENGINES[PREFERRED[-1]])


@cache
def _warn_once(fault: str) -> None:
    text = f"running on NumPy, which is slower, from now on: {fault}"
    warn(text, GlassnetWarning, stacklevel=5)  # the caller of `train`, mostly


def threads_for_trainings(name: str, n_jobs: int | None) -> int:
    """How many trainings an engine can run at a time, each in a thread of Python.

    1 where the engine of that name is unknown or cannot be used: the training itself says so.
    """
    names = PREFERRED if name == "auto" else (name,)
    engines = [ENGINES[n] for n in names if n in ENGINES]
    usable = [engine for engine in engines if not (engine.why_unavailable() or fault_of(engine))]
    return usable[0].threads(n_jobs) if usable else 1
