"""Which mistake a wrong gradient of a known network shows.

Each is planted in our own way back (`table.Pass`), and what that gives is compared with the given
gradient.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.network import Network, Parameters, leaves
from glassnet.gradcheck.mistakes.matching import as_parameters, match
from glassnet.gradcheck.mistakes.numbers import (
    GradientArray,
    common_factor,
    describe_factor,
    from_numbers,
    same,
)
from glassnet.gradcheck.mistakes.table import MISTAKES, Mistake, Pass
from glassnet.gradcheck.mistakes.wording import Notation, wording

ROUNDING = 1e-11  # of a gradient by `Pass`, relative to its largest number
UPDATED = (
    "weights changed before the way back has used them (rate {rate:.6g}): "
    "find every delta first, then change the weights"
)


def from_network(
    network: Network, x: Array, y: Array, arrays: Sequence[GradientArray], loss: float, slack: float
) -> str:
    """The usual mistake that a wrong gradient of this network shows; "" where none fits all of it.

    Parameters
    ----------
    network, x, y : what the hand-written code is meant to compute: N x D rows, and N x K targets
        (or N where K = 1), or both turned over.
    arrays : the parameters and the given gradient in any order; their shapes say what they are,
        then their order.
    loss : the hand-written loss for these parameters.
    slack : how far the right numbers of the arrays may be off, as they are measured.

    Raises GlassnetError where the arrays are not the network's, or its loss of x and y is another.
    """
    with np.errstate(all="ignore"):  # a mistaken pass may overflow, or divide by a derivative of 0
        matching = match(network, x, y, arrays, loss, slack)
        if isinstance(matching, str):
            return matching
        p, right = matching.right, matching.right.gradient()
        known = [
            a._replace(right=r.reshape(a.given.shape))
            for a, r in zip(matching.arrays, leaves(right), strict=True)
        ]
        rounding = ROUNDING * max(float(np.max(np.abs(a.right))) for a in known)
        given = as_parameters(network, [a.given for a in matching.arrays])
        found = _planted(p, right, given, rounding, matching.notation)
        found = found or from_numbers(known, rounding, _sizes(p.y), matching.notation)
    return found + matching.remark if found else ""


def _sizes(y: Array) -> dict[str, int]:
    """What a factor may come from."""
    N, K = y.shape
    sizes = {"rows": N, "outputs": K}
    if min(N, K) > 1:
        sizes["rows times outputs"] = N * K
    return {name: n for name, n in sizes.items() if n > 1}


def _planted(
    p: Pass, right: Parameters, given: Parameters, slack: float, notation: Notation
) -> str:
    """Every mistake that gives the given gradient.

    Where none does alone, those that do with one factor for all arrays besides.
    """
    alone: list[str] = []
    scaled: list[str] = []
    r = common_factor(leaves(given), leaves(right), slack)
    if r not in (None, 1):  # 1 where a kink makes the difference beside it
        alone.append(f"the gradient {describe_factor(r, _sizes(p.y))}")
    for found, gradient in _candidates(p, right, given, slack, notation):
        finite = all(np.all(np.isfinite(a)) for a in leaves(gradient))
        r = common_factor(leaves(given), leaves(gradient), slack) if finite else None
        if r == 1:
            alone.append(found)
        elif r:
            scaled.append(f"{found}; besides, the gradient {describe_factor(r, _sizes(p.y))}")
    return ", or ".join(dict.fromkeys(alone or scaled))


def _candidates(
    p: Pass, right: Parameters, given: Parameters, slack: float, notation: Notation
) -> Iterator[tuple[str, Parameters]]:
    """Each mistake in words, with its gradient, where that is no multiple of the right one.

    At each layer, at all hidden layers together, and at all layers.
    """
    yield from _updated(p, right, given, slack)
    last = len(p.trace.z) - 1
    for mistake in MISTAKES:
        single: dict[int, Parameters] = {}
        for layer in range(last + 1):
            gradient = _mistaken(p, mistake, [layer])
            if not _is_multiple(gradient, right, slack):
                single[layer] = gradient
        for layer, gradient in single.items():
            yield wording(mistake, p.network, layer, notation), gradient
        hidden = tuple(layer for layer in single if layer < last)
        for layers in dict.fromkeys((hidden, tuple(single))):
            if len(layers) > 1:
                texts = [wording(mistake, p.network, layer, notation) for layer in layers]
                yield "; ".join(dict.fromkeys(texts)), _mistaken(p, mistake, layers)


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


def _is_multiple(some: Parameters, others: Parameters, slack: float) -> bool:
    return common_factor(leaves(some), leaves(others), slack) is not None


def _equal(some: Parameters, others: Parameters, slack: float) -> bool:
    return all(same(a, b, slack) for a, b in zip(leaves(some), leaves(others), strict=True))
