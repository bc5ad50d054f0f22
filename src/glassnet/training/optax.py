"""Optax's transformations as optimizers, which only the engine "jax" can run.

Nothing of JAX or optax is imported before one is made into a state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.core.optimizers import Optimizer, OptimizerState
from glassnet.errors import option_error

ONLY_JAX = "an optax transformation runs on the engine 'jax' only: give engine='jax'"


class OptaxArray(NamedTuple):
    """One array of what a transformation remembers."""

    array: Array


@dataclass(frozen=True, init=False)
class Optax(Optimizer):
    """Any gradient transformation of optax, for ``engine="jax"``.

    Parameters
    ----------
    transformation : optax.GradientTransformation
        Such as ``optax.adam(1e-3)``, or a chain of several.
    learning_rate : float
        What its updates are multiplied by, times the schedule; 1 leaves the transformation's own.

    Raises
    ------
    GlassnetError
        On what is no transformation.
    """

    learning_rate: float = 1.0
    transformation: Any = field(default=None, repr=False)  # functions, of which the text is long

    def __init__(self, transformation: Any, learning_rate: float = 1.0) -> None:
        if not (hasattr(transformation, "init") and hasattr(transformation, "update")):
            wanted = "must be a gradient transformation of optax, such as optax.adam(1e-3)"
            if find_spec("optax") is None:
                wanted += " (optax is not installed: run pip install 'glassnet[jax]')"
            raise option_error("transformation", wanted, transformation)
        rate = Optimizer(learning_rate).learning_rate  # checked there
        object.__setattr__(self, "learning_rate", rate)
        object.__setattr__(self, "transformation", transformation)

    def init(self, parameters: Parameters) -> OptimizerState:
        """The state before the first update."""
        import jax

        with in_64_bits():
            arrays = jax.tree.leaves(self.transformation.init(parameters))
            return OptimizerState(0, tuple(OptaxArray(np.array(array)) for array in arrays))

    def update(
        self,
        gradients: Parameters,
        state: OptimizerState,
        parameters: Parameters,
        rates: Sequence[Array],
    ) -> tuple[Parameters, OptimizerState]:
        """The parameters and state after one update."""
        import jax

        structure = jax.tree.structure(jax.eval_shape(self.transformation.init, parameters))
        before = jax.tree.unflatten(structure, [memory.array for memory in state.memory])
        updates, after = self.transformation.update(gradients, before, parameters)
        arrays = zip(leaves(parameters), leaves(updates), rates, strict=True)
        stepped = unflatten([w + rate * update for w, update, rate in arrays], parameters)
        memory = tuple(map(OptaxArray, jax.tree.leaves(after)))
        return stepped, OptimizerState(state.t + 1, memory)


def in_64_bits() -> Any:
    """A block of this thread in which JAX has float64; the user's configuration stays."""
    import jax

    home = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
    return home.enable_x64(True)
