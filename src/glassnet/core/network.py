"""The network: its shape, its parameters, the way forward and the way back. How weights begin and change lives elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple

import numpy as np

from glassnet.core.activations import OUTPUTS, Activation, find_activation
from glassnet.core.arrays import Array, array_namespace
from glassnet.core.losses import Loss, find_loss
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError


class Parameters(NamedTuple):
    """Every weight and bias of a network as plain arrays; gradients have the same type.

    weights[l] is (nodes of layer l) x (nodes of layer l + 1); biases[l] has one entry a node of layer l + 1. A network
    without biases has ``biases == ()``.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...] = ()


class Trace(NamedTuple):
    """Everything one feedforward computed, layer by layer.

    inputs[l] (N x nodes of layer l) went into weights[l]: the rows themselves for l = 0, else the activations after dropout.
    z[l] and a[l] (N x nodes of layer l + 1) are the pre-activations and activations. `dropout` and `weight_masks` are
    the masks that were applied, () where there were none.
    """

    inputs: tuple[Array, ...]
    z: tuple[Array, ...]
    a: tuple[Array, ...]
    dropout: tuple[Array, ...] = ()
    weight_masks: tuple[Array, ...] = ()

    @property
    def output(self) -> Array:
        """The prediction, N x K."""
        return self.a[-1]


@dataclass(frozen=True, init=False)
class Network:
    """The shape of a dense feed-forward network; it holds no numbers that training changes.

    Parameters
    ----------
    sizes : nodes of every layer, input and output included: [3, 4, 1] is D = 3, H = 4, K = 1.
    activation : name or Activation of the hidden layers; a list gives each its own.
    output : name or Activation of the output layer; by default the one the loss belongs to, else "identity".
    loss : name or Loss, see `LOSSES`.
    bias : whether every layer adds a bias to each node.

    Raises GlassnetError on sizes below 1, unknown names, and a loss that needs another output activation.

    >>> network = Network([3, 4, 1], activation="sigmoid", output="sigmoid", loss="sum_of_squares", bias=False)
    >>> print(network, network.n_parameters)
    3-4-1 sigmoid, sigmoid, sum_of_squares, no biases 16
    """

    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    """One for each layer of weights; the last is the output's."""
    loss: Loss
    bias: bool

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Activation | Sequence[str | Activation] = "sigmoid",
        output: str | Activation | None = None,
        loss: str | Loss = "mean_squared_error",
        bias: bool = True,
    ) -> None:
        if (
            np.ndim(sizes) != 1
            or len(sizes) < 2
            or any(not isinstance(n, Integral) or n < 1 for n in sizes)
        ):
            raise GlassnetError(
                f"sizes must be at least two whole numbers of 1 or more (inputs, ..., outputs), got {sizes}"
            )
        hidden = (
            [activation] * (len(sizes) - 2)
            if isinstance(activation, (str, Activation))
            else list(activation)
        )
        if len(hidden) != len(sizes) - 2:
            raise GlassnetError(
                f"{len(hidden)} activations for {len(sizes) - 2} hidden layers: give one name, or one for each"
            )
        found = find_loss(loss)
        last = find_activation(output or found.output or "identity", OUTPUTS)
        if found.output not in (None, last.name):
            raise GlassnetError(
                f"loss '{found.name}' needs output='{found.output}', got output='{last.name}'"
            )
        if last.name == "softmax" and sizes[-1] < 2:
            raise GlassnetError(
                "softmax needs an output for each of two classes or more; for two, one output with 'sigmoid' will do"
            )
        object.__setattr__(self, "sizes", tuple(int(n) for n in sizes))
        object.__setattr__(self, "activations", (*(find_activation(a) for a in hidden), last))
        object.__setattr__(self, "loss", found)
        object.__setattr__(self, "bias", bool(bias))

    @property
    def output(self) -> Activation:
        """The activation of the output layer."""
        return self.activations[-1]

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The shape of every weight matrix."""
        return tuple(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def n_parameters(self) -> int:
        """How many numbers training changes: weights and biases."""
        return sum((n + self.bias) * m for n, m in self.shapes)

    def __str__(self) -> str:
        names = ", ".join([a.name for a in self.activations] + [self.loss.name])
        return f"{'-'.join(map(str, self.sizes))} {names}, {'biases' if self.bias else 'no biases'}"


def feedforward(
    network: Network,
    parameters: Parameters,
    x: Array,
    dropout: Sequence[Array] = (),
    weight_masks: Sequence[Array] = (),
) -> Trace:
    """Every z and a of the network for each row of x, eq. (1) and (2).

    Parameters
    ----------
    x : N x D, an array of the parameters' kind, or a list of rows.
    dropout : a mask for each hidden layer, N x H, multiplied into its activations (see `dropout.py`), or none.
    weight_masks : a matrix for each weight matrix, 0 where a weight is held at nothing, else 1, eq. (12.1), or none.

    Raises GlassnetError when x has not D columns, or the parameters not the network's shapes, or are whole numbers.
    """
    xp = array_namespace(*parameters.weights)
    check_shapes(network, parameters)
    if not all(xp.isdtype(w.dtype, "real floating") for w in leaves(parameters)):
        raise GlassnetError(
            "the parameters must be floating-point numbers, such as 1.0: whole numbers cannot learn"
        )
    a = _matrix(
        xp.asarray(x, dtype=parameters.weights[0].dtype), network.sizes[0], "x", "inputs"
    )  # N x D
    inputs: list[Array] = []
    zs: list[Array] = []
    activations: list[Array] = []
    weights = masked(parameters.weights, weight_masks)
    for layer, activation in enumerate(network.activations):
        if layer and dropout:
            a = a * dropout[layer - 1]
        inputs.append(a)
        z = a @ weights[layer]  # N x (nodes of the next layer)
        if network.bias:
            z = z + parameters.biases[layer][None, :]
        a = activation.value(z)
        zs.append(z)
        activations.append(a)
    return Trace(tuple(inputs), tuple(zs), tuple(activations), tuple(dropout), tuple(weight_masks))


def backprop(
    network: Network,
    parameters: Parameters,
    trace: Trace,
    y: Array,
    sample_weight: Array | None = None,
    penalty: Penalty | None = None,
) -> tuple[Array, Parameters]:
    """The loss of a feedforward and its gradient in every weight and bias, by the chain rule, eq. (5) to (11).

    Parameters
    ----------
    trace : what `feedforward` gave for these parameters.
    y : targets, N x K (or N where K = 1), an array of the parameters' kind or a list.
    sample_weight : N, how much each row counts; None: each once.
    penalty : added to the loss, over weights, not biases.

    Returns
    -------
    loss : a zero-dimensional array, penalty included.
    gradients : `Parameters` of the parameters' own shapes.

    Raises GlassnetError when y is not N x K, or sample_weight not N.
    """
    xp = array_namespace(trace.output)
    y = _matrix(
        xp.asarray(y, dtype=trace.output.dtype),
        network.sizes[-1],
        "y",
        "outputs",
        rows=trace.output.shape[0],
    )
    each = (
        None if sample_weight is None else xp.asarray(sample_weight, dtype=trace.output.dtype)
    )  # N
    if each is not None and each.shape != trace.output.shape[:1]:
        raise GlassnetError(
            f"sample_weight has shape {tuple(each.shape)}: give one weight for each of {trace.output.shape[0]} rows"
        )
    loss, delta = network.loss(network.output, trace.z[-1], trace.output, y, each)  # delta: N x K
    deltas = layer_deltas(network, parameters, trace, delta)
    d_weights = [
        a.T @ delta for a, delta in zip(trace.inputs, deltas, strict=True)
    ]  # z = a @ w + b: sums a * delta over the rows
    d_weights = masked(d_weights, trace.weight_masks)
    if penalty is not None:
        values, slopes = zip(
            *map(penalty, masked(parameters.weights, trace.weight_masks)), strict=True
        )
        loss, d_weights = (
            loss + sum(values),
            tuple(dw + slope for dw, slope in zip(d_weights, slopes, strict=True)),
        )
    return loss, Parameters(
        d_weights, tuple(xp.sum(delta, axis=0) for delta in deltas) if network.bias else ()
    )


def jacobian(network: Network, parameters: Parameters, trace: Trace) -> Parameters:
    """How each output of each row changes with each weight and bias, by the chain rule, eq. (7.1).

    `trace` is what `feedforward` gave for these parameters. The arrays are the parameters', each with N x K before its own shape.
    """
    xp = array_namespace(trace.output)
    masks = [mask[None, :, :] for mask in trace.weight_masks]
    columns: list[tuple[Array, ...]] = []
    for k in range(network.sizes[-1]):
        da = (
            xp.zeros_like(trace.output)
            + xp.astype(xp.arange(network.sizes[-1]) == k, trace.output.dtype)[None, :]
        )
        deltas = layer_deltas(
            network, parameters, trace, network.output.backward(trace.z[-1], trace.output, da)
        )
        products = [
            a[:, :, None] * delta[:, None, :] for a, delta in zip(trace.inputs, deltas, strict=True)
        ]
        columns.append((*masked(products, masks), *(deltas if network.bias else ())))
    return unflatten(
        [xp.stack(arrays, axis=1) for arrays in zip(*columns, strict=True)], parameters
    )


def layer_deltas(
    network: Network, parameters: Parameters, trace: Trace, delta: Array
) -> list[Array]:
    """Delta of every layer, N x its nodes, from that of the last, eq. (5) and (6)."""
    weights = masked(parameters.weights, trace.weight_masks)
    deltas = [delta]
    for layer in reversed(range(len(weights) - 1)):
        da = deltas[0] @ weights[layer + 1].T
        if trace.dropout:
            da = da * trace.dropout[layer]
        deltas.insert(0, network.activations[layer].backward(trace.z[layer], trace.a[layer], da))
    return deltas


def masked(weights: Sequence[Array], masks: Sequence[Array]) -> tuple[Array, ...]:
    """Each matrix of weights times its mask, where there are masks."""
    return (
        tuple(w * mask for w, mask in zip(weights, masks, strict=True)) if masks else tuple(weights)
    )


def check_shapes(network: Network, parameters: Parameters) -> None:
    """Raises GlassnetError, naming the array, unless the parameters have the network's shapes."""
    biases = tuple((m,) for _, m in network.shapes) if network.bias else ()
    for kind, arrays, shapes in [
        ("weights", parameters.weights, network.shapes),
        ("biases", parameters.biases, biases),
    ]:
        found = tuple(tuple(a.shape) for a in arrays)
        if found != shapes:
            raise GlassnetError(
                f"{kind} of shapes {list(found)} do not fit the network {network}, which needs {list(shapes)}"
            )


def leaves(parameters: Parameters) -> tuple[Array, ...]:
    """Every array: the weights, then the biases."""
    return (*parameters.weights, *parameters.biases)


def unflatten(arrays: Sequence[Array], like: Parameters) -> Parameters:
    """`leaves` undone: the arrays as Parameters with as many weights and biases as `like`."""
    L = len(like.weights)
    return Parameters(tuple(arrays[:L]), tuple(arrays[L:]))


def _matrix(values: Array, columns: int, name: str, nodes: str, rows: int | None = None) -> Array:
    """`values` as a matrix of the wanted size: one dimension becomes one column, anything else that does not fit is an error."""
    if values.ndim == 1 and columns == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] != columns or rows not in (None, values.shape[0]):
        raise GlassnetError(
            f"{name} has shape {tuple(values.shape)}, but the network has {columns} {nodes}: "
            f"give an array of shape ({'N' if rows is None else rows}, {columns})"
        )
    return values
