"""The usual mistakes of a hand-written way back, as a table: a row says what takes the place of the right thing, and where.

Planting them in our own `backprop` lives in `planted.py`, how they read in `words.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from glassnet.core.activations import Activation, Softmax, not_given, sigmoid_derivative
from glassnet.core.arrays import Array
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters, Trace, backprop


class Pass(NamedTuple):
    """All that a way back uses; a mistake is a Pass with one thing replaced. Layers count from 0."""

    network: Network
    parameters: Parameters
    trace: Trace
    y: Array

    def gradient(self) -> Parameters:
        return backprop(*self)[1]

    def slope_values(self, layer: int, f: Activation) -> Array:
        """What an activation's slope is written in, as of that layer: z or a, N x H."""
        return (self.trace.z if f.derivative_of == "z" else self.trace.a)[layer]

    def with_way_back(self, layer: int, w: Array) -> "Pass":
        """Goes back through `w` in place of weights[layer]; the way forward is done already."""
        return self._replace(
            parameters=self.parameters._replace(weights=put(self.parameters.weights, layer, w))
        )

    def with_input(self, layer: int, a: Array) -> "Pass":
        """Takes `a` for what went into weights[layer], where the shapes allow it."""
        inputs = self.trace.inputs
        return (
            self._replace(trace=self.trace._replace(inputs=put(inputs, layer, a)))
            if a.shape == inputs[layer].shape
            else self
        )


def put(items: tuple[Array, ...], index: int, item: Array) -> tuple[Array, ...]:
    return (*items[:index], item, *items[index + 1 :])


Step = Callable[[Activation, Pass, int, Array], Array]
"""(activation, pass, layer, da) -> dz."""
Change = Callable[[Pass, int], Pass]
"""(pass, layer) -> the mistaken pass, or the pass as it was where the mistake cannot be made."""


@dataclass(frozen=True)
class _Stepping(Activation):
    """An activation whose step from da to dz is another."""

    step: Callable[[Array], Array] = not_given

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        return self.step(da)


def _slope(step: Step) -> Change:
    def change(p: Pass, layer: int) -> Pass:
        n = p.network if layer < len(p.trace.z) - 1 else _with_loss_of_output(p)
        f = n.activations[layer]
        activations = put(
            n.activations,
            layer,
            _Stepping(
                f.name,
                f.value,
                f.derivative,
                f.derivative_of,
                step=lambda da: step(f, p, layer, da),
            ),
        )
        return p._replace(
            network=Network(n.sizes, activations[:-1], activations[-1], n.loss, n.bias)
        )

    return change


def _with_loss_of_output(p: Pass) -> Network:
    """The network with a loss of the output a, where it has one of z, so that there is a step from a to z to be mistaken in."""
    n, z, a = p.network, p.trace.z[-1], p.trace.output
    if n.loss.output is None or (
        isinstance(n.output, Softmax) and n.loss.name != "categorical_cross_entropy"
    ):
        return n
    da = (
        -p.y / a
        if isinstance(n.output, Softmax)
        else n.loss.elementwise(z, p.y)[1] / n.output.derivative(a)
    )
    loss = Loss(
        "of the output", reduction=n.loss.reduction, value=lambda _, y: y, delta=lambda _, y: da
    )
    return Network(n.sizes, n.activations[:-1], n.output, loss, n.bias)


def _slope_at(f: Activation, values: Array) -> Array:
    """The slope there; for softmax, whose slope is a matrix, the a (1 - a) that is often put in its place."""
    return sigmoid_derivative(values) if isinstance(f, Softmax) else f.derivative(values)


def _right(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return f.backward(p.trace.z[layer], p.trace.a[layer], da)


def _entry_by_entry(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return da * _slope_at(f, p.slope_values(layer, f))


def _swapped(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    values = (p.trace.a if f.derivative_of == "z" else p.trace.z)[layer]
    return _right(f, p, layer, da) if isinstance(f, Softmax) else da * f.derivative(values)


def _activated_again(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    again = f.derivative_of == "output" and not isinstance(f, Softmax)
    return da * f.derivative(f.value(p.trace.a[layer])) if again else _right(f, p, layer, da)


def _twice(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return _entry_by_entry(f, p, layer, _right(f, p, layer, da))


def _of_the_next_layer(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    values = p.slope_values(layer + 1, f) if layer + 1 < len(p.trace.z) else None
    if values is None or values.shape[1] not in (
        1,
        da.shape[1],
    ):  # NumPy spreads one column over all without a word
        return _right(f, p, layer, da)
    return da * _slope_at(f, values)


def _not_transposed(p: Pass, layer: int) -> Pass:
    w = p.parameters.weights[layer]
    return p.with_way_back(layer, w.T) if w.shape[0] == w.shape[1] else p


def _reshaped(p: Pass, layer: int) -> Pass:
    w = p.parameters.weights[layer]
    return p if w.shape[0] == w.shape[1] else p.with_way_back(layer, w.reshape(w.T.shape).T)


def _weights_before(p: Pass, layer: int) -> Pass:
    w = p.parameters.weights[layer - 1]
    return (
        p.with_way_back(layer, w) if layer and w.shape == p.parameters.weights[layer].shape else p
    )


def _not_activated(p: Pass, layer: int) -> Pass:
    return p.with_input(layer, p.trace.z[layer - 1]) if layer else p


@dataclass(frozen=True)
class Mistake:
    """One usual mistake.

    Parameters
    ----------
    words : what was done, and the fix; `words.py` says what the names in braces stand for.
    change : what is put in the place of what.
    shows : (layer, shown) -> whether a mistake at `layer` is in the gradient of layer `shown`.
    """

    words: str
    change: Change
    shows: Callable[[int, int], bool] = lambda layer, shown: True


_no_derivative = _slope(lambda f, p, layer, da: da)

MISTAKES = (
    Mistake("missing activation slope in layer {l}: write {right}", _no_derivative),
    Mistake(
        "missing activation slope in the gradient of W{l}, though not on the way back: {right} is for both",
        _no_derivative,
        lambda layer, shown: (
            0 < layer == shown
        ),  # the first layer has no way back for it to be right on
    ),
    Mistake(
        "missing activation slope on the way back from layer {l}: it starts from the whole {right}",
        _no_derivative,
        lambda layer, shown: shown < layer,
    ),
    Mistake(
        "the slope of {f} in layer {l} is taken at {other} in place of {at}: write {right}",
        _slope(_swapped),
    ),
    Mistake(
        "the slope of {f} in layer {l} activates a{l} again, as if it were z{l}: write {right}",
        _slope(_activated_again),
    ),
    Mistake(
        "the slope in layer {l} is taken at the values of the next layer: write {right}",
        _slope(_of_the_next_layer),
    ),
    Mistake(
        "the activation slope of layer {l} is multiplied in once too often: write {right}",
        _slope(_twice),
    ),
    Mistake(
        "the slope of {f} in layer {l} is a (1 - a), but each output depends on every z: write {right}",
        _slope(_entry_by_entry),
    ),
    Mistake(
        "missing transpose on the way back from layer {l} to layer {k}: write delta{l} @ W{l}.T",
        _not_transposed,
    ),
    Mistake(
        "reshape in place of transpose on the way back from layer {l} to layer {k}: write delta{l} @ W{l}.T",
        _reshaped,
    ),
    Mistake(
        "W{k} in place of W{l} on the way back from layer {l} to layer {k}: write delta{l} @ W{l}.T",
        _weights_before,
    ),
    Mistake(
        "z{k} in place of a{k} in the gradient of W{l}: write a{k}.T @ delta{l}", _not_activated
    ),
    Mistake(
        "x in place of {below} in the gradient of W{l}: write {below}.T @ delta{l}",
        lambda p, layer: p.with_input(layer, p.trace.inputs[0]),
    ),
    Mistake(
        "a{l} in place of {below} in the gradient of W{l}: write {below}.T @ delta{l}",
        lambda p, layer: p.with_input(layer, p.trace.a[layer]),
    ),
)
"""Looked for at each layer, at all hidden layers at once, and at all layers."""
