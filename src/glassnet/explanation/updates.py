"""What a step of gradient descent makes of every weight: a table for each layer, and the largest.

How each gradient came about is `backward.py`'s.
"""

from collections.abc import Iterator

import numpy as np

from glassnet.explanation.backward import WayBack
from glassnet.explanation.batch import as_number
from glassnet.explanation.parts import LayerUpdates, Operand, WeightUpdate
from glassnet.notation.numerals import MOST_DIGITS, numeral

NOTE_DIGITS = 4  # significant digits of a number in a sentence, more where a change is smaller


def layer_updates(way: WayBack) -> tuple[LayerUpdates, ...]:
    """A table for each layer from the first to the last, of all its weights and biases."""
    largest = _largest(way)
    return tuple(
        LayerUpdates(str(layer + 1), tuple(_of_layer(way, layer, largest)))
        for layer in range(way.batch.last + 1)
    )


def largest_update(way: WayBack) -> str:
    """The weight or bias that the step changes most, of all there are, in words."""
    one = _largest(way)
    digits = NOTE_DIGITS
    while digits < MOST_DIGITS and numeral(one.before, digits) == numeral(one.after, digits):
        digits += 1
    before, new = numeral(one.before, digits), numeral(one.after, digits)
    every = "weights and biases" if way.gradients.biases else "weights"
    return f"Of all {every} the step changes {one.symbol} most: from {before} to {new}."


def _largest(way: WayBack) -> WeightUpdate:
    """That of the largest gradient; of several the first, weights before biases."""
    found: list[WeightUpdate] = []
    for layer, gradient in enumerate(way.gradients.weights):
        source, node = _at_largest(gradient)
        found.append(_update(way, way.batch.weight(layer, source, node), gradient[source, node]))
    for layer, gradient in enumerate(way.gradients.biases):
        (node,) = _at_largest(gradient)
        found.append(_update(way, way.batch.bias(layer, node), gradient[node]))
    return max(found, key=lambda one: abs(one.gradient))


def _at_largest(gradient: np.ndarray) -> tuple[int, ...]:
    """The index of the largest number, whatever its sign."""
    return tuple(map(int, np.unravel_index(np.abs(gradient).argmax(), gradient.shape)))


def _of_layer(way: WayBack, layer: int, largest: WeightUpdate) -> Iterator[WeightUpdate]:
    """Node by node: the weights into it, and its bias."""
    gradients, batch = way.gradients, way.batch
    sources, nodes = gradients.weights[layer].shape
    for node in range(nodes):
        for source in range(sources):
            w = batch.weight(layer, source, node)
            yield _update(way, w, gradients.weights[layer][source, node], largest)
        if gradients.biases:
            b = batch.bias(layer, node)
            yield _update(way, b, gradients.biases[layer][node], largest)


def _update(
    way: WayBack, w: Operand, gradient: float, largest: WeightUpdate | None = None
) -> WeightUpdate:
    before, change = as_number(w), way.learning_rate * float(gradient)
    is_largest = largest is None or largest.symbol == w.symbol
    return WeightUpdate(w.symbol, before, float(gradient), before - change, is_largest)
