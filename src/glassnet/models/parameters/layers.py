"""Arrays by their keys become layers in their order, weights as inputs x outputs.

Where matrices are outputs x inputs, as PyTorch has them, they are turned. Which they are is found
from how their shapes follow each other; where both ways are possible, from the keys; where these
say nothing either, it has to be said.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.arrays import real_array
from glassnet.errors import GlassnetError, OptionError, OptionRef
from glassnet.models.parameters.found import FoundNetwork, unusable

KEY = re.compile(
    r"(?P<prefix>.*?)[./_:]?(?P<kind>weights?|kernel|coefs|biases|bias|intercepts|[Wwb])"
    r"_?(?P<number>\d*)(?::0)?",
    re.DOTALL,
)
OF_BIASES = ("bias", "biases", "intercepts", "b")
TURNED = {
    "weight": True,
    "weights": False,
    "kernel": False,
    "coefs": False,
    "W": False,
    "w": False,
}
"""What a matrix is called -> whether it usually is outputs x inputs: PyTorch's "weight" is."""
TURN_ALIKE = [
    "make all matrices inputs x outputs, or all outputs x inputs with ",
    OptionRef("transposed", True),
]
MOST_TRIED = 6  # layers whose order is found by their shapes


class KeyedArray(NamedTuple):
    """An array and the key by which messages name it."""

    key: str
    array: np.ndarray


class KeyedLayer(NamedTuple):
    """The arrays of a layer, as they were found."""

    name: str
    weights: KeyedArray
    biases: KeyedArray | None


class PlainLayer(NamedTuple):
    """A layer's weights, inputs x outputs, and its biases, where it has them."""

    weights: np.ndarray
    biases: np.ndarray | None


class Known(NamedTuple):
    """What is known beside the arrays.

    `transposed`: whether matrices are outputs x inputs; `layers`: the names of the layers in their
    order; `n_inputs`, `n_outputs`: of the network. None: not known.
    """

    transposed: bool | None = None
    layers: Sequence[str] | None = None
    n_inputs: int | None = None
    n_outputs: int | None = None


def layers_of(network: FoundNetwork, known: Known) -> list[PlainLayer]:
    """The layers in their order.

    Raises GlassnetError, naming the key, on arrays that are no layers, or that could be those
    of several networks.
    """
    arrays = {key: _array(key, array) for key, array in network.arrays.items()}
    if not arrays:
        raise GlassnetError("holds no arrays")
    if all(re.fullmatch(r"(?:arr_)?\d+", key) for key in arrays):
        found = _numbered(arrays)
        ordered = True
    else:
        found = _named(arrays)
        ordered = network.ordered
    found = _in_order(found, ordered, known)
    turned = _is_turned(found, known)
    return [
        PlainLayer(
            np.ascontiguousarray(layer.weights.array.T if turned else layer.weights.array),
            None if layer.biases is None else layer.biases.array,
        )
        for layer in found
    ]


def _array(key: str, values: Any) -> np.ndarray:
    """Finite numbers as float32 where they are of no more digits, else as float64."""
    if hasattr(values, "detach"):  # a tensor of PyTorch, which may still be trained
        values = values.detach().cpu()
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
    dtype = getattr(values, "dtype", None)
    short = str(dtype) in ("float16", "float32", "torch.float16", "torch.float32")
    try:
        array = real_array(values, "array", np.float32 if short else np.float64)
    except GlassnetError as error:
        raise unusable(key, str(error).removeprefix("array ")) from None
    if not array.size:
        raise unusable(key, "is empty")
    if not np.isfinite(array).all():
        raise unusable(key, "holds numbers that are NaN or infinite")
    return array


def _numbered(arrays: Mapping[str, np.ndarray]) -> list[KeyedLayer]:
    """Layers of arrays without names, as Keras's get_weights lists them: each matrix begins one."""
    layers: list[KeyedLayer] = []
    for key, array in arrays.items():
        if array.ndim == 2:
            layers.append(KeyedLayer(key, KeyedArray(key, array), None))
        elif array.ndim == 1 and layers and layers[-1].biases is None:
            layers[-1] = layers[-1]._replace(biases=KeyedArray(key, array))
        else:
            raise _no_layer(key, array)
    return layers


def _named(arrays: Mapping[str, np.ndarray]) -> list[KeyedLayer]:
    """Layers of arrays by their names, in the order in which these stand."""
    weights: dict[str, KeyedArray] = {}
    biases: dict[str, KeyedArray] = {}
    for key, array in arrays.items():
        match = KEY.fullmatch(key)
        if match is None:
            raise _no_layer(key, array)
        is_bias = match["kind"] in OF_BIASES
        if is_bias and array.ndim == 2 and 1 in array.shape:
            array = array.ravel()
        if array.ndim != (1 if is_bias else 2):
            raise _no_layer(key, array)
        layer = match["prefix"] + match["number"]
        kept = biases if is_bias else weights
        if layer in kept:
            raise unusable(key, f"and '{kept[layer].key}' are of the same layer")
        kept[layer] = KeyedArray(key, array)
    for layer, array in biases.items():
        if layer not in weights:
            raise unusable(array.key, "has no weights beside it")
    return [KeyedLayer(layer, array, biases.get(layer)) for layer, array in weights.items()]


def _no_layer(key: str, array: np.ndarray) -> GlassnetError:
    shape = " x ".join(map(str, array.shape)) or "one number"
    return unusable(
        key,
        f"({shape}) is neither weights nor biases of a dense layer",
        "only dense layers one after the other can be read: fold all else into them first",
    )


def _in_order(layers: list[KeyedLayer], ordered: bool, known: Known) -> list[KeyedLayer]:
    """The layers from the first to the last."""
    by_name = {layer.name: layer for layer in layers}
    if known.layers is not None:
        if sorted(known.layers) != sorted(by_name):
            raise OptionError(
                [OptionRef("layers"), f" must name {', '.join(map(repr, by_name))}, each once"],
                option="layers",
                value=known.layers,
            )
        return [by_name[name] for name in known.layers]
    if len({re.sub(r"\d+", "#", name) for name in by_name}) == 1:  # they differ in numbers alone
        return sorted(layers, key=lambda layer: [int(n) for n in re.findall(r"\d+", layer.name)])
    if ordered or len(layers) == 1:
        return layers
    ways: list[tuple[KeyedLayer, ...]] = []
    if len(layers) <= MOST_TRIED:
        ways = [way for way in permutations(layers) if _ways(way, known)]
    if len(ways) != 1:
        names = list(by_name)
        raise OptionError(
            "nothing says in which order its layers are",
            option="layers",
            remedy=["give their names from the first to the last: ", OptionRef("layers", names)],
        )
    return list(ways[0])


def _ways(layers: Sequence[KeyedLayer], known: Known) -> list[bool]:
    """Which of True, outputs x inputs, and False, inputs x outputs, the layers could be."""
    possible = (False, True) if known.transposed is None else (known.transposed,)
    return [turned for turned in possible if not _misfit(layers, turned, known)]


def _sizes(layer: KeyedLayer, turned: bool) -> tuple[int, int]:
    n, m = layer.weights.array.shape
    return (m, n) if turned else (n, m)


def _misfit(layers: Sequence[KeyedLayer], turned: bool, known: Known) -> str:
    """What does not fit in layers that are taken so; "" where all does."""
    return _misfit_of_shapes(layers, turned) or _misfit_of_names(layers, turned, known)


def _misfit_of_shapes(layers: Sequence[KeyedLayer], turned: bool) -> str:
    """Which weights and biases do not go together."""
    sizes = [_sizes(layer, turned) for layer in layers]
    for layer, (_, m) in zip(layers, sizes, strict=True):
        if layer.biases is not None and len(layer.biases.array) != m:
            return (
                f"'{layer.weights.key}' leads to {m} nodes, and '{layer.biases.key}' has "
                f"{len(layer.biases.array)} numbers"
            )
    for (before, after), ((_, m), (n, _)) in zip(pairwise(layers), pairwise(sizes), strict=True):
        if m != n:
            return (
                f"'{before.weights.key}' leads to {m} nodes, and '{after.weights.key}' comes from "
                f"{n}"
            )
    return ""


def _misfit_of_names(layers: Sequence[KeyedLayer], turned: bool, known: Known) -> str:
    """Whether there are other inputs or outputs than were named."""
    n_inputs, _ = _sizes(layers[0], turned)
    _, n_outputs = _sizes(layers[-1], turned)
    if known.n_inputs not in (None, n_inputs):
        return f"there are {n_inputs} inputs, and {known.n_inputs} names of inputs"
    if known.n_outputs not in (None, n_outputs):
        return f"there are {n_outputs} outputs, and targets or labels for {known.n_outputs}"
    return ""


def _is_turned(layers: Sequence[KeyedLayer], known: Known) -> bool:
    """Whether matrices are outputs x inputs. Raises GlassnetError where nothing fits or says so."""
    usual = {_usual(layer.weights.key) for layer in layers}
    by_keys = usual.pop() if len(usual) == 1 else None
    ways = _ways(layers, known)
    if not ways:
        taken = known.transposed if known.transposed is not None else bool(by_keys)
        how = "outputs x inputs" if taken else "inputs x outputs"
        misfit = _misfit_of_shapes(layers, taken)
        if misfit:
            raise GlassnetError(
                f"the shapes do not fit each other: as {how}, {misfit}", remedy=TURN_ALIKE
            )
        raise GlassnetError(f"as {how}, {_misfit_of_names(layers, taken, known)}")
    if len(ways) == 1 or all(layer.weights.array.shape == (1, 1) for layer in layers):
        return ways[0]
    if by_keys is None:
        first = layers[0].weights
        shape = " x ".join(map(str, first.array.shape))
        raise OptionError(
            f"'{first.key}' ({shape}) may be inputs x outputs or outputs x inputs, and neither "
            "shapes nor keys say which",
            option="transposed",
            remedy=[
                "give ",
                OptionRef("transposed", False),
                ", or ",
                OptionRef("transposed", True),
                " for outputs x inputs, as PyTorch has them",
            ],
        )
    return by_keys


def _usual(key: str) -> bool | None:
    """Whether matrices with such a key are outputs x inputs; None where it says nothing."""
    match = KEY.fullmatch(key)
    return TURNED.get(match["kind"]) if match else None
