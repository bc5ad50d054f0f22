"""Weights and biases in R's text: assigned, as by matrix(c(...), 3, 4) or dput, or printed.

Only numbers that are written out are read; nothing is run.
"""

from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.models.parameters.found import FoundNetwork, unusable
from glassnet.models.parameters.r_assigned import PARAMETER, WRITE_OUT, assigned_in
from glassnet.models.parameters.r_calls import RArguments
from glassnet.models.parameters.r_printed import check_all_read, printed_in


def read_r_text(text: str) -> list[FoundNetwork]:
    """The networks in a text of R: weights1, biases1, weights2 ..., or a list `networks` of such.

    Raises GlassnetError, naming the matrix, where there are none or one is not written out.
    """
    found: dict[str, Any] = {}
    for name, value in [*assigned_in(text), *printed_in(text)]:
        if name in found:
            raise unusable(name, "stands there twice", "leave one of them")
        found[name] = value
    check_all_read(text, found)
    beside = {name: _texts(found.pop(name, None), name) for name in ("inputs", "outputs")}
    networks = found.pop("networks", None)
    if networks is None:
        return [_network(found, beside)]
    items = networks.plain if isinstance(networks, RArguments) else [networks]
    if not items or not all(isinstance(item, RArguments) for item in items):
        raise unusable("networks", "must be a list of lists of weights1, weights2, ...")
    return [_network(dict(item.named), beside) for item in items]


def _network(found: dict[str, Any], beside: dict[str, Any]) -> FoundNetwork:
    activations = _texts(found.pop("activations", None), "activations")
    arrays = {
        name: _array(value, name) for name, value in found.items() if PARAMETER.fullmatch(name)
    }
    layers = sorted(int(name[len("weights") :]) for name in arrays if name.startswith("weights"))
    if not layers:
        message = "has no weights1, weights2, ... that are assigned or printed"
        raise GlassnetError(message, remedy=WRITE_OUT)
    for number, layer in enumerate(layers, 1):
        if layer != number:
            raise GlassnetError(f"has weights{layer}, but no weights{number}", remedy=WRITE_OUT)
    return FoundNetwork(arrays, activations=activations, **beside)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    items = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise unusable(name, 'must be texts, as in c("a", "b")')
    return tuple(items)


def _array(value: Any, name: str) -> np.ndarray:
    array = np.asarray(value) if not isinstance(value, RArguments) else np.empty(0, object)
    if array.dtype.kind not in "fi":
        raise unusable(name, "must be numbers, as in matrix(c(1, 2), 2, 1)")
    if name.startswith("weights") and array.ndim < 2:
        return array.reshape(-1, 1)  # R multiplies by a vector as by a column
    return np.atleast_1d(array)
