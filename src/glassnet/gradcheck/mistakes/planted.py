"""Which mistake a wrong gradient of a known network shows: each is planted in our `backprop`, and compared with what was given."""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.network import Network, Parameters, backprop, feedforward, leaves
from glassnet.errors import GlassnetError
from glassnet.gradcheck.mistakes.numbers import (
    NEAR,
    Slopes,
    common_factor,
    factor_words,
    from_numbers,
    same,
)
from glassnet.gradcheck.mistakes.table import MISTAKES, Mistake, Pass
from glassnet.gradcheck.mistakes.words import words

UPDATED = "weights changed before the way back has used them (rate {rate:.6g}): find every delta first, then change the weights"


def from_network(
    network: Network, x: Array, y: Array, arrays: Sequence[Slopes], loss: float
) -> str:
    """The usual mistake that a wrong gradient of this network shows, in words; "" where none fits every number.

    Parameters
    ----------
    network, x, y : what the hand-written code is meant to compute: N x D rows, and N x K targets (or N where K = 1).
    arrays : the parameters and the given gradient in any order; their shapes say what they are, then their order.
    loss : the hand-written loss for these parameters.

    Raises GlassnetError where the arrays are not the network's, or its loss of x and y is another.
    """
    matched = _match(network, arrays)
    parameters = _as_parameters(network, [a.parameter for a in matched])
    with np.errstate(all="ignore"):  # a mistaken pass may overflow, or divide by a slope of 0
        trace = feedforward(network, parameters, x)
        y = np.asarray(y, np.float64)
        y = y[:, None] if y.ndim == 1 else y  # N x K
        ours, right = backprop(network, parameters, trace, y)
        if not abs(float(ours) - loss) <= NEAR * abs(loss):
            raise GlassnetError(
                f"network {network} has the loss {float(ours):.6g} for this x and y, loss_function gives {loss:.6g}"
                f"{_every_with_every(network, trace.output, y, loss)}: give the network, x and y of the same loss, and "
                "the arrays in its order, or leave them out where it has a penalty, dropout or row weights"
            )
        known = [
            a._replace(right=r.reshape(a.given.shape))
            for a, r in zip(matched, leaves(right), strict=True)
        ]
        slack = 1e-11 * max(float(np.max(np.abs(a.right))) for a in known)
        given = _as_parameters(network, [a.given for a in matched])
        return _planted(Pass(network, parameters, trace, y), right, given, slack) or from_numbers(
            known, slack, _sizes(y)
        )


def _every_with_every(network: Network, output: Array, y: Array, loss: float) -> str:
    """What to say where the loss is that of each output, N x 1, with each target, N: what NumPy makes of such shapes."""
    N = len(y)
    if N == 1 or y.shape[1] != 1 or network.loss.output is not None:
        return ""
    terms = network.loss.elementwise(np.broadcast_to(output, (N, N)), np.broadcast_to(y.T, (N, N)))[
        0
    ]
    total = float(terms.sum()) if network.loss.reduction == "sum" else float(terms.mean())
    if abs(total - loss) > NEAR * abs(loss):
        return ""
    return f" (which compares each output with each target: y has the shape ({N},) there, and should have ({N}, 1))"


def _match(network: Network, arrays: Sequence[Slopes]) -> list[Slopes]:
    """The arrays in the order of the network's parameters."""
    wanted: list[tuple[int, ...]] = [
        *network.shapes,
        *((m,) for _, m in network.shapes if network.bias),
    ]
    left, matched = list(arrays), list[Slopes]()
    for shape in wanted:
        fitting = [i for i, a in enumerate(left) if a.parameter.shape in (shape, (1, *shape))]
        matched += [left.pop(i) for i in fitting[:1]]
    if left or len(matched) < len(wanted):
        shapes = [tuple(a.parameter.shape) for a in arrays]
        turned = sorted(shape[::-1] for shape in shapes) == sorted(wanted)
        hint = ": weights are inputs x outputs here, so give W.T" if turned else ""
        raise GlassnetError(
            f"parameters of shapes {shapes} do not fit the network {network}, which needs {wanted}{hint}"
        )
    return matched


def _as_parameters(network: Network, arrays: Sequence[Array]) -> Parameters:
    L = len(network.shapes)
    return Parameters(tuple(arrays[:L]), tuple(b.reshape(-1) for b in arrays[L:]))


def _sizes(y: Array) -> dict[str, int]:
    """What a factor may come from."""
    N, K = y.shape
    return {
        name: n
        for name, n in {
            "rows": N,
            "outputs": K,
            "rows times outputs": N * K if min(N, K) > 1 else 1,
        }.items()
        if n > 1
    }


def _planted(p: Pass, right: Parameters, given: Parameters, slack: float) -> str:
    """Every mistake that gives the given gradient; where none does alone, those that do with a factor for all arrays besides."""
    alone: list[str] = []
    scaled: list[str] = []
    r = common_factor(leaves(given), leaves(right), slack)
    if r not in (None, 1):  # 1 where a kink makes the difference beside it
        alone.append(f"the gradient {factor_words(r, _sizes(p.y))}")
    for found, gradient in _candidates(p, right, given, slack):
        finite = all(np.all(np.isfinite(a)) for a in leaves(gradient))
        r = common_factor(leaves(given), leaves(gradient), slack) if finite else None
        if r == 1:
            alone.append(found)
        elif r:
            scaled.append(f"{found}; besides, the gradient {factor_words(r, _sizes(p.y))}")
    return ", or ".join(dict.fromkeys(alone or scaled))


def _candidates(
    p: Pass, right: Parameters, given: Parameters, slack: float
) -> Iterator[tuple[str, Parameters]]:
    """The gradient of each mistake at each layer, at all hidden ones and at all, where it makes a difference; with its words."""
    yield from _updated(p, right, given, slack)
    for mistake in MISTAKES:
        single = {layer: _mistaken(p, mistake, [layer]) for layer in range(len(p.trace.z))}
        single = {
            layer: gradient
            for layer, gradient in single.items()
            if not _equal(gradient, right, slack)
        }
        for layer, gradient in single.items():
            yield words(mistake, p.network, layer), gradient
        hidden = tuple(layer for layer in single if layer < len(p.trace.z) - 1)
        for layers in dict.fromkeys((hidden, tuple(single))):
            if len(layers) > 1:
                yield (
                    "; ".join(words(mistake, p.network, layer) for layer in layers),
                    _mistaken(p, mistake, layers),
                )


def _mistaken(p: Pass, mistake: Mistake, layers: Sequence[int]) -> Parameters:
    """The gradient with a mistake planted at some layers; each array from a pass that has it where it shows there."""
    weights: list[Array] = []
    biases: list[Array] = []
    for shown in range(len(p.trace.z)):
        wrong = p
        for layer in layers:
            wrong = mistake.change(wrong, layer) if mistake.shows(layer, shown) else wrong
        gradient = wrong.gradient()
        weights.append(gradient.weights[shown])
        biases += gradient.biases[shown : shown + 1]
    return Parameters(tuple(weights), tuple(biases))


def _updated(
    p: Pass, right: Parameters, given: Parameters, slack: float
) -> Iterator[tuple[str, Parameters]]:
    """The gradient where each layer's weights took their step before the way back went through them.

    The last layer's gradient is right then, or a multiple. That of the layer before is a straight line in the rate, which gives it.
    """
    last = len(right.weights) - 1
    r = common_factor(given.weights[last:], right.weights[last:], slack)
    if not r or not last or right.weights[last].shape[0] == 1:
        return  # with one hidden node any factor might be such a step
    tilt = p.with_way_back(last, right.weights[last]).gradient().weights[last - 1]
    gap = given.weights[last - 1] / r - right.weights[last - 1]
    if not np.any(tilt) or common_factor([tilt], [right.weights[last - 1]], slack) is not None:
        return
    rate = float(np.sum(gap * tilt) / np.sum(tilt * tilt))
    for layer in range(last, 0, -1):
        p = p.with_way_back(layer, p.parameters.weights[layer] + rate * p.gradient().weights[layer])
    gradient = p.gradient()
    if not _equal(gradient, right, slack):
        yield UPDATED.format(rate=abs(rate)), gradient


def _equal(some: Parameters, others: Parameters, slack: float) -> bool:
    return all(same(a, b, slack) for a, b in zip(leaves(some), leaves(others), strict=True))
