"""The engines: interchangeable ways to run the same training. Nothing outside this room knows which one runs.

An engine is a module with one function, ``run(problem, state, orders, rates) -> (state, measured)``: it trains for as many epochs
as `rates` has rows, from `state`, and decides at each epoch's end about the best epoch and early stopping. Called on
pieces of a training one after another it gives, bit for bit, what one call gives.
"""

from importlib import import_module
from types import ModuleType

from glassnet.errors import GlassnetError, unknown_name

ENGINES = ("auto", "numpy", "native", "xla")


def find_engine(name: str) -> tuple[str, ModuleType]:
    """The engine of that name, and its name: "auto" is native where that is built, else numpy. Raises GlassnetError."""
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    for candidate in ("native", "numpy") if name == "auto" else (name,):
        module = f"{__name__}.{candidate}"
        try:
            return candidate, import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:  # the engine is there, something that it needs is not
                raise
    raise GlassnetError(f"engine '{name}' is not part of this installation of glassnet: use engine 'numpy', or 'auto'")
