"""Which mistake a wrong gradient of a known network shows.

Each is planted in our own `backprop`, and what that gives is compared with the given gradient.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.core.arrays import Array, real_array
from glassnet.core.network import Network, Parameters, backprop, feedforward, leaves
from glassnet.errors import GlassnetError
from glassnet.gradcheck.mistakes.numbers import (
    NEAR,
    GradientArray,
    common_factor,
    describe_factor,
    from_numbers,
    same,
)
from glassnet.gradcheck.mistakes.table import MISTAKES, Mistake, Pass
from glassnet.gradcheck.mistakes.wording import wording

ROUNDING = 1e-11  # of a gradient by `backprop`, relative to its largest number
UPDATED = (
    "weights changed before the way back has used them (rate {rate:.6g}): "
    "find every delta first, then change the weights"
)


def from_network(
    network: Network, x: Array, y: Array, arrays: Sequence[GradientArray], loss: float
) -> str:
    """The usual mistake that a wrong gradient of this network shows; "" where none fits all of it.

    Parameters
    ----------
    network, x, y : what the hand-written code is meant to compute: N x D rows, and N x K targets
        (or N where K = 1).
    arrays : the parameters and the given gradient in any order; their shapes say what they are,
        then their order.
    loss : the hand-written loss for these parameters.

    Raises GlassnetError where the arrays are not the network's, or its loss of x and y is another.
    """
    matched = _match(network, arrays)
    parameters = _as_parameters(network, [a.parameter for a in matched])
    y = real_array(y, "y")
    y = y[:, None] if y.ndim == 1 else y  # N x K
    with np.errstate(all="ignore"):  # a mistaken pass may overflow, or divide by a derivative of 0
        trace = feedforward(network, parameters, x)
        network_loss, right = backprop(network, parameters, trace, y)
        _check_loss(network, trace.output, y, float(network_loss), loss)
        known = [
            a._replace(right=r.reshape(a.given.shape))
            for a, r in zip(matched, leaves(right), strict=True)
        ]
        slack = ROUNDING * max(float(np.max(np.abs(a.right))) for a in known)
        given = _as_parameters(network, [a.given for a in matched])
        found = _planted(Pass(network, parameters, trace, y), right, given, slack)
        return found or from_numbers(known, slack, _sizes(y))


def _check_loss(
    network: Network, output: Array, y: Array, network_loss: float, loss: float
) -> None:
    """Raises GlassnetError unless the hand-written loss is the network's."""
    if abs(network_loss - loss) <= NEAR * abs(loss):
        return
    raise GlassnetError(
        f"network {network} has the loss {network_loss:.6g} for this x and y, loss_function gives "
        f"{loss:.6g}{_broadcast_hint(network, output, y, loss)}: give the network, x and y of the "
        "same loss, and the arrays in its order, or leave them out where it has a penalty, dropout "
        "or row weights"
    )


def _broadcast_hint(network: Network, output: Array, y: Array, loss: float) -> str:
    """What to say where NumPy has compared each output, N x 1, with each target, N."""
    N = len(y)
    if N == 1 or y.shape[1] != 1 or network.loss.output is not None:
        return ""
    every_output, every_target = np.broadcast_to(output, (N, N)), np.broadcast_to(y.T, (N, N))
    values = network.loss.elementwise(every_output, every_target)[0]  # N x N
    total = float(values.sum()) if network.loss.reduction == "sum" else float(values.mean())
    if abs(total - loss) > NEAR * abs(loss):
        return ""
    return (
        f" (which compares each output with each target: y has the shape ({N},) there, "
        f"and should have ({N}, 1))"
    )


def _match(network: Network, arrays: Sequence[GradientArray]) -> list[GradientArray]:
    """The arrays in the order of the network's parameters."""
    wanted: list[tuple[int, ...]] = [*network.shapes]
    if network.bias:
        wanted += [(m,) for _, m in network.shapes]
    left, matched = list(arrays), list[GradientArray]()
    for shape in wanted:
        fitting = [i for i, a in enumerate(left) if a.parameter.shape in (shape, (1, *shape))]
        if fitting:
            matched.append(left.pop(fitting[0]))
    if left or len(matched) < len(wanted):
        shapes = [tuple(a.parameter.shape) for a in arrays]
        turned = sorted(shape[::-1] for shape in shapes) == sorted(wanted)
        hint = ": weights are inputs x outputs here, so give W.T" if turned else ""
        raise GlassnetError(
            f"parameters of shapes {shapes} do not fit the network {network}, "
            f"which needs {wanted}{hint}"
        )
    return matched


def _as_parameters(network: Network, arrays: Sequence[Array]) -> Parameters:
    L = len(network.shapes)
    return Parameters(tuple(arrays[:L]), tuple(b.reshape(-1) for b in arrays[L:]))


def _sizes(y: Array) -> dict[str, int]:
    """What a factor may come from."""
    N, K = y.shape
    sizes = {"rows": N, "outputs": K}
    if min(N, K) > 1:
        sizes["rows times outputs"] = N * K
    return {name: n for name, n in sizes.items() if n > 1}


def _planted(p: Pass, right: Parameters, given: Parameters, slack: float) -> str:
    """Every mistake that gives the given gradient.

    Where none does alone, those that do with one factor for all arrays besides.
    """
    alone: list[str] = []
    scaled: list[str] = []
    r = common_factor(leaves(given), leaves(right), slack)
    if r not in (None, 1):  # 1 where a kink makes the difference beside it
        alone.append(f"the gradient {describe_factor(r, _sizes(p.y))}")
    for found, gradient in _candidates(p, right, given, slack):
        finite = all(np.all(np.isfinite(a)) for a in leaves(gradient))
        r = common_factor(leaves(given), leaves(gradient), slack) if finite else None
        if r == 1:
            alone.append(found)
        elif r:
            scaled.append(f"{found}; besides, the gradient {describe_factor(r, _sizes(p.y))}")
    return ", or ".join(dict.fromkeys(alone or scaled))


def _candidates(
    p: Pass, right: Parameters, given: Parameters, slack: float
) -> Iterator[tuple[str, Parameters]]:
    """Each mistake in words, with its gradient, where that differs from the right one.

    At each layer, at all hidden layers together, and at all layers.
    """
    yield from _updated(p, right, given, slack)
    last = len(p.trace.z) - 1
    for mistake in MISTAKES:
        single: dict[int, Parameters] = {}
        for layer in range(last + 1):
            gradient = _mistaken(p, mistake, [layer])
            if not _equal(gradient, right, slack):
                single[layer] = gradient
        for layer, gradient in single.items():
            yield wording(mistake, p.network, layer), gradient
        hidden = tuple(layer for layer in single if layer < last)
        for layers in dict.fromkeys((hidden, tuple(single))):
            if len(layers) > 1:
                texts = [wording(mistake, p.network, layer) for layer in layers]
                yield "; ".join(texts), _mistaken(p, mistake, layers)


def _mistaken(p: Pass, mistake: Mistake, layers: Sequence[int]) -> Parameters:
    """The gradient with a mistake planted at some layers.

    Each of its arrays comes from a pass that has the mistake where it shows in that array.
    """
    weights: list[Array] = []
    biases: list[Array] = []
    for shown in range(len(p.trace.z)):
        wrong = p
        for layer in layers:
            if mistake.shows(layer, shown):
                wrong = mistake.change(wrong, layer)
        gradient = wrong.gradient()
        weights.append(gradient.weights[shown])
        biases += gradient.biases[shown : shown + 1]
    return Parameters(tuple(weights), tuple(biases))


def _updated(
    p: Pass, right: Parameters, given: Parameters, slack: float
) -> Iterator[tuple[str, Parameters]]:
    """The gradient where each layer's weights took their step before the way back used them.

    The last layer's gradient is right then, or a multiple of it. That of the layer before is a
    straight line in the learning rate, which so can be found.
    """
    last = len(right.weights) - 1
    r = common_factor(given.weights[last:], right.weights[last:], slack)
    if not r or not last or right.weights[last].shape[0] == 1:
        return  # with one hidden node any factor might be such a step
    per_rate = p.with_weights(last, right.weights[last]).gradient().weights[last - 1]
    gap = given.weights[last - 1] / r - right.weights[last - 1]
    is_a_multiple = common_factor([per_rate], [right.weights[last - 1]], slack) is not None
    if not np.any(per_rate) or is_a_multiple:
        return
    rate = float(np.sum(gap * per_rate) / np.sum(per_rate * per_rate))
    for layer in range(last, 0, -1):
        w = p.parameters.weights[layer]
        p = p.with_weights(layer, w + rate * p.gradient().weights[layer])
    gradient = p.gradient()
    if not _equal(gradient, right, slack):
        yield UPDATED.format(rate=abs(rate)), gradient


def _equal(some: Parameters, others: Parameters, slack: float) -> bool:
    return all(same(a, b, slack) for a, b in zip(leaves(some), leaves(others), strict=True))
