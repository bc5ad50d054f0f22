"""The usual mistakes of a hand-written way back, one row each: what is put in whose place.

Planting them in our own way back lives in `planted.py`, how they read in `wording.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from glassnet.core.activations import (
    ACTIVATIONS,
    Activation,
    Softmax,
    not_given,
    sigmoid_derivative,
)
from glassnet.core.arrays import Array
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters, Trace, layer_deltas, loss_and_delta
from glassnet.notation.expression import evaluate


class Pass(NamedTuple):
    """All that a way back uses; a mistake is a Pass with one thing replaced.

    Layers count from 0. `scale` is what the loss is multiplied by, `rows` those that are added up,
    and `bias_sum` how a delta, N x H, becomes the gradient of H biases.
    """

    network: Network
    parameters: Parameters
    trace: Trace
    y: Array
    scale: float = 1.0
    rows: slice = slice(None)
    bias_sum: Callable[[Array], Array] = partial(np.sum, axis=0)

    def gradient(self) -> Parameters:
        """The gradient that this way back gives."""
        _, delta = loss_and_delta(self.network, self.trace, self.y)
        deltas = layer_deltas(self.network, self.parameters, self.trace, delta * self.scale)
        deltas = [delta[self.rows] for delta in deltas]
        inputs = [a[self.rows] for a in self.trace.inputs]
        weights = tuple(a.T @ delta for a, delta in zip(inputs, deltas, strict=True))
        biases = tuple(map(self.bias_sum, deltas)) if self.network.bias else ()
        return Parameters(weights, biases)

    def derivative_input(self, layer: int, activation: Activation) -> Array:
        """What an activation's derivative is a function of, in that layer: z or a, N x H."""
        values = self.trace.z if activation.derivative_of == "z" else self.trace.a
        return values[layer]

    def activated_twice(self) -> "Pass":
        """The pass whose output went through its activation once more."""
        z = self.trace.output
        a = self.network.output.value(z)
        trace = self.trace._replace(z=(*self.trace.z[:-1], z), a=(*self.trace.a[:-1], a))
        return self._replace(trace=trace)

    def with_weights(self, layer: int, w: Array) -> "Pass":
        """The pass that goes back through `w` in the place of weights[layer]."""
        weights = replaced(self.parameters.weights, layer, w)
        return self._replace(parameters=self.parameters._replace(weights=weights))

    def with_input(self, layer: int, a: Array) -> "Pass":
        """The pass that takes `a` for what went into weights[layer], where the shapes agree."""
        inputs = self.trace.inputs
        if a.shape != inputs[layer].shape:
            return self
        return self._replace(trace=self.trace._replace(inputs=replaced(inputs, layer, a)))


def replaced(items: tuple[Array, ...], index: int, item: Array) -> tuple[Array, ...]:
    """The items, with another one in one place."""
    return (*items[:index], item, *items[index + 1 :])


StepBack = Callable[[Activation, Pass, int, Array], Array]
"""(activation, pass, layer, da) -> dz."""
Change = Callable[[Pass, int], Pass]
"""(pass, layer) -> the mistaken pass, or the pass as it was where the mistake cannot be made."""


@dataclass(frozen=True)
class _MistakenActivation(Activation):
    """An activation whose step from da to dz is another."""

    step: Callable[[Array], Array] = not_given

    def backward(self, z: Array, a: Array, da: Array) -> Array:
        return self.step(da)


def _with_step(step: StepBack) -> Change:
    """The change that puts another step from da to dz into a layer."""

    def change(p: Pass, layer: int) -> Pass:
        is_last = layer == len(p.trace.z) - 1
        network = _with_loss_of_output(p) if is_last else p.network
        right = network.activations[layer]
        mistaken = _MistakenActivation(
            right.name,
            right.value,
            right.derivative,
            right.derivative_of,
            step=lambda da: step(right, p, layer, da),
        )
        *hidden, output = replaced(network.activations, layer, mistaken)
        return p._replace(
            network=Network(network.sizes, hidden, output, network.loss, network.bias)
        )

    return change


def _with_loss_of_output(p: Pass) -> Network:
    """The network with a loss of its output a, so that there is a step from a to z to be wrong.

    The network itself where its loss is one of a already, or its derivative in a is not known.
    """
    network = p.network
    if network.loss.output is None:
        return network
    if isinstance(network.output, Softmax):
        da = _derivative_before_softmax(p)
    else:
        dz = network.loss.elementwise(p.trace.z[-1], p.y)[1]
        da = dz / network.output.derivative(p.trace.output)
    if da is None:
        return network
    return _with_derivative(network, da)


def _with_derivative(network: Network, da: Array) -> Network:
    """The network with a loss of its output a whose derivative in a is `da`, N x K."""
    loss = Loss(
        "of the output",
        reduction=network.loss.reduction,
        value=lambda _, y: y,
        delta=lambda _, y: da,
    )
    return Network(network.sizes, network.activations[:-1], network.output, loss, network.bias)


def _derivative_before_softmax(p: Pass) -> Array | None:
    """The derivative in a of a loss that belongs to softmax, N x K; None where it has no formula.

    By eq. (7) its derivative in z is a da - a sum(a da): without the row's sum s it is a da.
    """
    loss, a = p.network.loss, p.trace.output
    if not loss.derivative_formula:
        return None
    values = {"a": a, "y": p.y, "h": loss.setting}
    g = evaluate(loss.row_term, **values) if loss.row_term else None
    return evaluate(loss.derivative_formula, **values, g=g, s=0.0) / a


def _elementwise_derivative(activation: Activation, values: Array) -> Array:
    """The derivative there; of softmax the a (1 - a) that is often put in its matrix's place."""
    if isinstance(activation, Softmax):
        return sigmoid_derivative(values)
    return activation.derivative(values)


def _right(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return f.backward(p.trace.z[layer], p.trace.a[layer], da)


def _without_derivative(_: Activation, __: Pass, ___: int, da: Array) -> Array:
    return da


def _elementwise(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return da * _elementwise_derivative(f, p.derivative_input(layer, f))


def _at_the_other(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    """The derivative taken at z in the place of a, or the other way round."""
    if isinstance(f, Softmax):
        return _right(f, p, layer, da)
    values = p.trace.a if f.derivative_of == "z" else p.trace.z
    return da * f.derivative(values[layer])


def _activated_again(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    if f.derivative_of == "z" or isinstance(f, Softmax):
        return _right(f, p, layer, da)
    return da * f.derivative(f.value(p.trace.a[layer]))


def _twice(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    return _elementwise(f, p, layer, _right(f, p, layer, da))


def _at_the_next_layer(f: Activation, p: Pass, layer: int, da: Array) -> Array:
    if layer + 1 == len(p.trace.z):
        return _right(f, p, layer, da)
    values = p.derivative_input(layer + 1, f)
    if values.shape[1] not in (1, da.shape[1]):  # NumPy spreads one column over all, silently
        return _right(f, p, layer, da)
    return da * _elementwise_derivative(f, values)


def _derivative_of(name: str) -> StepBack:
    """The step by the derivative of another activation in the place of a layer's."""
    other = ACTIVATIONS[name]

    def step(f: Activation, p: Pass, layer: int, da: Array) -> Array:
        if f.name == name or isinstance(f, Softmax):
            return _right(f, p, layer, da)
        derivative = other.derivative(p.derivative_input(layer, other))
        if np.all(derivative == 1):  # as without any
            return _right(f, p, layer, da)
        return da * derivative

    return step


def _activated_twice(p: Pass, layer: int) -> Pass:
    """The last delta taken at an output that went through the activation once more."""
    return p.activated_twice() if layer == len(p.trace.z) - 1 else p


def _last_row_only(p: Pass, _: int) -> Pass:
    return p._replace(rows=slice(-1, None))


def _first_row_only(p: Pass, _: int) -> Pass:
    return p._replace(rows=slice(0, 1))


def _bias_by_rows(p: Pass, layer: int) -> Pass:
    """The sum over the nodes, one a row, which passes where there are as many rows as nodes."""
    if len(p.y) != p.network.sizes[layer + 1]:
        return p
    return p._replace(bias_sum=partial(np.sum, axis=1))


def _bias_by_everything(p: Pass, _: int) -> Pass:
    return p._replace(bias_sum=_sum_of_everything)


def _sum_of_everything(delta: Array) -> Array:
    """One sum for all nodes, as NumPy spreads it over the biases."""
    return np.full(delta.shape[1], delta.sum())


def _not_transposed(p: Pass, layer: int) -> Pass:
    w = p.parameters.weights[layer]
    return p.with_weights(layer, w.T) if w.shape[0] == w.shape[1] else p


def _reshaped(p: Pass, layer: int) -> Pass:
    w = p.parameters.weights[layer]
    if w.shape[0] == w.shape[1]:
        return p
    return p.with_weights(layer, w.reshape(w.T.shape).T)


def _weights_before(p: Pass, layer: int) -> Pass:
    weights = p.parameters.weights
    if layer == 0 or weights[layer - 1].shape != weights[layer].shape:
        return p
    return p.with_weights(layer, weights[layer - 1])


def _not_activated(p: Pass, layer: int) -> Pass:
    return p.with_input(layer, p.trace.z[layer - 1]) if layer else p


def _inputs_of_the_network(p: Pass, layer: int) -> Pass:
    return p.with_input(layer, p.trace.inputs[0])


def _outputs_of_the_layer(p: Pass, layer: int) -> Pass:
    return p.with_input(layer, p.trace.a[layer])


def _everywhere(*_: int) -> bool:
    return True


def _there_only(layer: int, shown: int) -> bool:
    return layer == shown


def _in_its_gradient_only(layer: int, shown: int) -> bool:
    return 0 < layer == shown  # the first layer has no way back to be right on


def _before_it_only(layer: int, shown: int) -> bool:
    return shown < layer


@dataclass(frozen=True)
class Mistake:
    """One usual mistake.

    Parameters
    ----------
    text : what was done, and the fix; `wording.py` says what the names in braces stand for.
    change : what is put in the place of what.
    shows : (layer, shown) -> whether a mistake at `layer` is in the gradient of layer `shown`.
    """

    text: str
    change: Change
    shows: Callable[[int, int], bool] = _everywhere


MISTAKES = (
    Mistake(
        "missing activation slope in layer {l}: write {right}",
        _with_step(_without_derivative),
    ),
    Mistake(
        "missing activation slope in the gradient of W{l}, though not on the way back: "
        "{right} is for both",
        _with_step(_without_derivative),
        _in_its_gradient_only,
    ),
    Mistake(
        "missing activation slope on the way back from layer {l}: it starts from the whole {right}",
        _with_step(_without_derivative),
        _before_it_only,
    ),
    Mistake(
        "the slope of {f} in layer {l} is taken at {other} in place of {at}: write {right}",
        _with_step(_at_the_other),
    ),
    Mistake(
        "the slope of {f} in layer {l} activates a{l} again, as if it were z{l}: write {right}",
        _with_step(_activated_again),
    ),
    Mistake(
        "the slope in layer {l} is taken at the values of the next layer: write {right}",
        _with_step(_at_the_next_layer),
    ),
    Mistake(
        "the activation slope of layer {l} is multiplied in once too often{squares}: write {right}",
        _with_step(_twice),
    ),
    Mistake(
        "the slope of {f} in layer {l} is a (1 - a), but each output depends on every z: "
        "write {right}",
        _with_step(_elementwise),
    ),
    *(
        Mistake(
            f"the slope of {name} in layer {{l}}, whose activation is {{f}}: write {{right}}",
            _with_step(_derivative_of(name)),
        )
        for name in ("sigmoid", "tanh", "relu")
    ),
    Mistake(
        "{f} is taken twice in the delta of layer {l}: a{l} has been through it, so write {right}",
        _activated_twice,
    ),
    Mistake(
        "missing transpose on the way back from layer {l} to layer {k}: write {back}",
        _not_transposed,
    ),
    Mistake(
        "reshape in place of transpose on the way back from layer {l} to layer {k}: write {back}",
        _reshaped,
    ),
    Mistake(
        "W{k} in place of W{l} on the way back from layer {l} to layer {k}: write {back}",
        _weights_before,
    ),
    Mistake(
        "z{k} in place of a{k} in the gradient of W{l}: write {sum}",
        _not_activated,
    ),
    Mistake(
        "x in place of {below} in the gradient of W{l}: write {sum}",
        _inputs_of_the_network,
    ),
    Mistake(
        "a{l} in place of {below} in the gradient of W{l}: write {sum}",
        _outputs_of_the_layer,
    ),
    Mistake(
        "the gradient of b{l} is summed along the wrong axis, over nodes in place of rows: "
        "write {bias}",
        _bias_by_rows,
        _there_only,
    ),
    Mistake(
        "the gradient of b{l} is summed over every axis, nodes and rows: write {bias}",
        _bias_by_everything,
        _there_only,
    ),
    Mistake(
        "the gradient is that of the last row alone: add up all rows (is it overwritten in a "
        "loop over them?)",
        _last_row_only,
    ),
    Mistake(
        "the gradient is that of the first row alone: add up all rows (does a return stand inside "
        "the loop over them?)",
        _first_row_only,
    ),
)
"""Looked for at each layer, at all hidden layers at once, and at all layers."""
