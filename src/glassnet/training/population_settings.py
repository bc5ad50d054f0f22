"""Whose setting is which: one value for all networks of a population, or a list of one for each."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import find_optimizer
from glassnet.errors import option_error
from glassnet.settings import check_type
from glassnet.training.optax import Optax


class PopulationSettings:
    """What each of P networks is trained by: values for all of them, or lists with one for each.

    Raises GlassnetError on a list of another length.
    """

    def __init__(self, P: int, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if isinstance(value, list) and len(value) != P:
                raise option_error(
                    name, f"must be one value, or a list of one for each of {P} networks", value
                )
        self.P = P
        self.shared: dict[str, Any] = {}
        self.varying: dict[str, list[Any]] = {}
        for name, value in values.items():
            (self.varying if isinstance(value, list) else self.shared)[name] = value

    def of(self, p: int) -> dict[str, Any]:
        """All settings of network p."""
        return self.shared | {name: values[p] for name, values in self.varying.items()}

    def key(self, p: int) -> tuple[Any, ...]:
        """What tells the settings of network p from those of others."""
        return tuple(_identity(values[p]) for values in self.varying.values())

    def groups(self, starts: Sequence[Parameters]) -> list[list[int]]:
        """The networks that can be trained in one go: of one shape, dtype and optimizer."""
        found: dict[Any, list[int]] = {}
        seen: dict[Any, list[int]] = {}  # by identity, which is quick; `found` joins equal ones
        settings = zip(self._of_all("networks"), self._of_all("optimizer"), strict=False)
        for p, (start, (network, optimizer)) in enumerate(zip(starts, settings, strict=False)):
            check_type(f"starts[{p}]", start, Parameters, "Parameters(weights, biases)")
            dtype = np.asarray(start.weights[0]).dtype if start.weights else None
            objects = id(network), id(optimizer), dtype
            if objects not in seen:
                check_type(f"networks[{p}]", network, Network, "a Network")
                its_optimizer = find_optimizer(optimizer)
                kind = its_optimizer if isinstance(its_optimizer, Optax) else type(its_optimizer)
                seen[objects] = found.setdefault((network, dtype, kind), [])
            seen[objects].append(p)
        return list(found.values())

    def _of_all(self, name: str) -> Iterable[Any]:
        """A setting, for one network after another."""
        return self.varying[name] if name in self.varying else repeat(self.shared[name])


def _identity(value: Any) -> Any:
    """The value where it is compared by what it holds, else which object it is."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value
