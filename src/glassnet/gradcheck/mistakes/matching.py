"""Hand-written code matched with a network: which array is which, lying which way, and what the
loss is multiplied by.

Shapes say what the arrays may be; where they leave a choice, the loss decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.core.activations import softmax
from glassnet.core.arrays import Array, real_array
from glassnet.core.network import Network, Parameters, feedforward, leaves, loss_of
from glassnet.errors import GlassnetError
from glassnet.gradcheck.mistakes.numbers import (
    NEAR,
    GradientArray,
    common_factor,
    same,
    simple_factor,
)
from glassnet.gradcheck.mistakes.table import Pass
from glassnet.gradcheck.mistakes.wording import Notation

MEASURED = 1e-5  # of a gradient by differences, relative to its largest number


@dataclass(frozen=True)
class Matching:
    """The caller's code, as our own `Pass` and notation say it.

    Parameters
    ----------
    right : Pass
        What the code is meant to compute.
    arrays : list of GradientArray
        Those of the caller, in the network's order, lying as its own, and named W1, b1, ...
    notation : Notation
        The caller's.
    """

    right: Pass
    arrays: list[GradientArray]
    notation: Notation

    @property
    def remark(self) -> str:
        """What is to be said of the loss beside a mistake; "" where it is the network's."""
        scale = self.notation.loss_scale
        if scale == 1:
            return ""
        name = self.right.network.loss.name
        return f" (your loss is {scale:.6g} times the network's '{name}', as is taken into account)"


def match(
    network: Network, x: Array, y: Array, arrays: Sequence[GradientArray], loss: float, slack: float
) -> Matching | str:
    """The caller's code beside a network; or, in words, that its loss is at fault.

    Parameters as of `planted.from_network`. Raises GlassnetError where the arrays are not the
    network's, or its loss of x and y is another.
    """
    matchings = _matchings(network, x, y, arrays)
    losses = [_loss(matching.right) for matching in matchings]
    for matching, network_loss in zip(matchings, losses, strict=True):
        if _near(network_loss, loss):
            return matching
    for matching, network_loss in zip(matchings, losses, strict=True):
        if network_loss and loss and _derivatives_agree(matching, loss / network_loss, slack):
            return _scaled(matching, loss / network_loss)
    hints = [_loss_hint(matching.right, loss) for matching in matchings]
    hint = next(filter(None, hints), "")
    for matching in matchings:
        right = _right(matching)
        given = [a.given.reshape(w.shape) for a, w in zip(matching.arrays, right, strict=True)]
        if common_factor(given, right, 0.0) == 1:
            return (
                f"this is the gradient of {network} for this x and y, whose loss is "
                f"{losses[0]:.6g}; loss_function gives {loss:.6g}{hint}, so look for the mistake "
                "in the loss"
            )
    raise GlassnetError(
        f"network {network} has the loss {losses[0]:.6g} for this x and y, loss_function gives "
        f"{loss:.6g}{hint}, no constant times it: look for the mistake in loss_function, or give "
        "the network, x and y of the same loss, or leave them out where it has a penalty, dropout "
        "or row weights"
    )


def _matchings(
    network: Network, x: Array, y: Array, arrays: Sequence[GradientArray]
) -> list[Matching]:
    """Every matching that the shapes of the arrays, and those of x and y, allow."""
    matchings: list[Matching] = []
    refused: list[GlassnetError] = []
    for matched, columns in _matches(network, arrays):
        try:
            matchings.append(_matching(network, matched, columns, x, y))
        except GlassnetError as error:
            refused.append(error)
    if matchings:
        return matchings
    if refused:
        raise refused[0]
    shapes = [tuple(a.parameter.shape) for a in arrays]
    raise GlassnetError(
        f"parameters of shapes {shapes} do not fit the network {network}, which needs "
        f"{[shape for _, shape in _wanted(network)]}, or weights of outputs x inputs and biases "
        "that are columns"
    )


def _matches(
    network: Network, arrays: Sequence[GradientArray]
) -> Iterator[tuple[list[GradientArray], bool]]:
    """The arrays in the order of the network's parameters, lying as these do.

    And whether they lay the other way. They may come layer by layer, or all weights first, or in
    any other order where their shapes tell them apart.
    """
    wanted = _wanted(network)
    by_layer = sorted(wanted, key=lambda one: int(one[0][1:]))
    for columns in (False, True):
        for order in (wanted, by_layer):
            pairs = list(zip(arrays, order, strict=False))
            if len(arrays) == len(order) and all(_fits(*pair, columns) for pair in pairs):
                named = {name: _turned(a, name, columns) for a, (name, _) in pairs}
                yield [named[name] for name, _ in wanted], columns
        picked = _picked(wanted, arrays, columns)
        if picked is not None:
            yield picked, columns


def _wanted(network: Network) -> list[tuple[str, tuple[int, ...]]]:
    """Name and shape of each of the network's parameters, in order."""
    shapes = list(enumerate(network.shapes, 1))
    biases = [(f"b{layer}", (m,)) for layer, (_, m) in shapes] if network.bias else []
    return [*((f"W{layer}", shape) for layer, shape in shapes), *biases]


def _fits(a: GradientArray, wanted: tuple[str, tuple[int, ...]], columns: bool) -> bool:
    """Whether an array has the shape of a parameter, as rows or as columns."""
    _, shape = wanted
    if columns:
        return a.parameter.shape == (shape[::-1] if len(shape) == 2 else (*shape, 1))
    return a.parameter.shape == shape or (len(shape) == 1 and a.parameter.shape == (1, *shape))


def _picked(
    wanted: Sequence[tuple[str, tuple[int, ...]]], arrays: Sequence[GradientArray], columns: bool
) -> list[GradientArray] | None:
    """For each parameter the first array left that fits; None where they do not come out even."""
    left, picked = list(arrays), list[GradientArray]()
    for one in wanted:
        at = next((i for i, a in enumerate(left) if _fits(a, one, columns)), None)
        if at is None:
            return None
        picked.append(_turned(left.pop(at), one[0], columns))
    return None if left else picked


def _turned(a: GradientArray, name: str, columns: bool) -> GradientArray:
    """The array by another name, turned over where it lies as a column."""
    arrays = (np.asarray(part) for part in a[1:])
    return GradientArray(name, *(part.T if columns else part for part in arrays))


def as_parameters(network: Network, arrays: Sequence[Array]) -> Parameters:
    """Matched arrays as the network's own."""
    L = len(network.shapes)
    return Parameters(tuple(arrays[:L]), tuple(b.reshape(-1) for b in arrays[L:]))


def _matching(
    network: Network, matched: list[GradientArray], columns: bool, x: Array, y: Array
) -> Matching:
    parameters = as_parameters(network, [a.parameter for a in matched])
    x = _with_rows(real_array(x, "x"), network.sizes[0], columns)
    y = _with_rows(real_array(y, "y"), network.sizes[-1], columns)
    trace = feedforward(network, parameters, x)
    return Matching(Pass(network, parameters, trace, y), matched, Notation(columns))


def _with_rows(values: Array, width: int, columns: bool) -> Array:
    """A row for each row of the table, of one number where that is the width."""
    if values.ndim == 1 and width == 1:
        return values[:, None]
    turned = columns and values.ndim == 2 and values.shape[1] != width == values.shape[0]
    return values.T if turned else values


def _loss(p: Pass) -> float:
    return float(loss_of(p.network, p.trace, p.y))


def _near(found: float, loss: float) -> bool:
    return abs(found - loss) <= NEAR * abs(loss)


def _right(matching: Matching) -> tuple[Array, ...]:
    return leaves(matching.right.gradient())


def _derivatives_agree(matching: Matching, scale: float, slack: float) -> bool:
    """Whether the slopes that were measured are those of the network times `scale`, too."""
    wanted = [
        scale * w.reshape(a.right.shape)
        for a, w in zip(matching.arrays, _right(matching), strict=True)
    ]
    largest = max(float(np.max(np.abs(w))) for w in wanted)
    slack += MEASURED * largest
    return all(same(w, a.right, slack) for a, w in zip(matching.arrays, wanted, strict=True))


def _scaled(matching: Matching, scale: float) -> Matching:
    """The matching where the loss is so many times the network's."""
    scale = simple_factor(scale) or scale
    return Matching(
        matching.right._replace(scale=scale),
        matching.arrays,
        matching.notation._replace(loss_scale=scale),
    )


def _loss_hint(p: Pass, loss: float) -> str:
    """What to say of a loss that is no multiple of the network's, where its number tells."""
    return _broadcast_hint(p, loss) or _activated_twice_hint(p, loss) or _softmax_axis_hint(p, loss)


def _softmax_axis_hint(p: Pass, loss: float) -> str:
    """Where softmax makes each output add up to 1 over the rows, not each row over the outputs."""
    if p.network.loss.name != "categorical_cross_entropy" or len(p.y) == 1:
        return ""
    a = softmax(p.trace.z[-1].T).T
    if not _near(float(-np.sum(p.y * np.log(a))) / len(p.y), loss):
        return ""
    return " (that of softmax along the wrong axis: the outputs of a row should add up to 1)"


def _activated_twice_hint(p: Pass, loss: float) -> str:
    """Where the output went through its activation once more."""
    output = p.network.output
    if output.name == "identity":
        return ""
    if not _near(_loss(p.activated_twice()), loss):
        return ""
    return f" (that of {output.name} taken twice, of an output that has been through it)"


def _broadcast_hint(p: Pass, loss: float) -> str:
    """Where NumPy has compared each output, N x 1, with each target, N."""
    network, y, N = p.network, p.y, len(p.y)
    if N == 1 or y.shape[1] != 1 or network.loss.output is not None:
        return ""
    every_output = np.broadcast_to(p.trace.output, (N, N))
    every_target = np.broadcast_to(y.T, (N, N))
    values = network.loss.elementwise(every_output, every_target)[0]  # N x N
    total = float(values.sum()) if network.loss.reduction == "sum" else float(values.mean())
    if not _near(total, loss):
        return ""
    return (
        f" (which compares each output with each target: y has the shape ({N},) there, "
        f"and should have ({N}, 1))"
    )
