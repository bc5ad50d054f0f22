"""The network: its shape, its parameters, the way forward and the way back.

How weights begin is `initializers.py`'s, how they change `optimizers.py`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from glassnet.core.activations import OUTPUTS, Activation, find_activation
from glassnet.core.arrays import Array, array_namespace, as_array_like
from glassnet.core.losses import Loss, find_loss
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, option_error, shown
from glassnet.settings import check_type, checked_flag, is_whole, items_of

LONGEST_REPR = 300  # characters of numbers that a notebook or a prompt shows by themselves
MOST_NODES = 2**31 - 1  # of a layer; more than any memory holds


class Parameters(NamedTuple):
    """Every weight and bias of a network as plain arrays; gradients have the same type.

    weights[l] is (nodes of layer l) x (nodes of layer l + 1); biases[l] has one entry a node of
    layer l + 1. A network without biases has ``biases == ()``.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...] = ()

    def __repr__(self) -> str:
        """The numbers; of many the shapes."""
        numbers = f"Parameters(weights={self.weights!r}, biases={self.biases!r})"
        if len(numbers) <= LONGEST_REPR:
            return numbers
        shapes = ", ".join(" x ".join(map(str, w.shape)) for w in self.weights)
        biases = "biases" if self.biases else "no biases"
        return f"<glassnet Parameters: weights {shapes}, {biases}, {self.weights[0].dtype}>"


class Trace(NamedTuple):
    """Everything one feedforward computed, layer by layer.

    inputs[l] (N x nodes of layer l) went into weights[l]: the rows themselves for l = 0, else the
    activations after dropout. z[l] and a[l] (N x nodes of layer l + 1) are the pre-activations and
    activations. `dropout` and `weight_masks` are the masks that were applied, () where none were.
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

    def __repr__(self) -> str:
        nodes = "-".join(str(a.shape[1]) for a in (self.inputs[0], *self.a))
        return f"<glassnet Trace of {len(self.inputs[0]):,} rows through {nodes} nodes: .z, .a>"


@dataclass(frozen=True, init=False)
class Network:
    """The shape of a dense feed-forward network; it holds no numbers that training changes.

    Parameters
    ----------
    sizes : sequence of int
        Nodes of every layer, input and output included: [3, 4, 1] is D = 3, H = 4, K = 1.
    activation : str, Activation, or a sequence of these
        Activation of the hidden layers; a sequence gives each its own.
    output : str, Activation or None
        Activation of the output layer; None: the one that the loss belongs to, else "identity".
    loss : str or Loss
        A name of `LOSSES`, or a Loss.
    bias : bool
        Whether every layer adds a bias to each node.

    Raises
    ------
    GlassnetError
        On sizes below 1, unknown names, and a loss that needs another output activation.

    Examples
    --------
    >>> network = Network([3, 4, 1], "sigmoid", output="sigmoid", loss="sum_of_squares", bias=False)
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
        whole = _checked_sizes(sizes)
        found = find_loss(loss)
        last = _output_activation(output, found, whole[-1])
        hidden = _hidden_activations(activation, len(whole) - 2)
        object.__setattr__(self, "sizes", whole)
        object.__setattr__(self, "activations", (*hidden, last))
        object.__setattr__(self, "loss", found)
        object.__setattr__(self, "bias", checked_flag("bias", bias))

    @property
    def output(self) -> Activation:
        """The activation of the output layer."""
        return self.activations[-1]

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The shape of every weight matrix."""
        return tuple(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @cached_property
    def n_parameters(self) -> int:
        """How many numbers training changes: weights and biases."""
        return sum((n + self.bias) * m for n, m in self.shapes)

    def __repr__(self) -> str:
        return f"<glassnet Network {self}>"

    def __str__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        activations = ", ".join(activation.name for activation in self.activations)
        biases = "biases" if self.bias else "no biases"
        return f"{sizes} {activations}, {self.loss.name}, {biases}"


def _checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    given = items_of(sizes) or ()
    if len(given) < 2 or not all(is_whole(n, 1) and n <= MOST_NODES for n in given):
        raise GlassnetError(
            "sizes must be at least two whole numbers of 1 or more (inputs, ..., outputs), "
            f"got {shown(sizes)}"
        )
    return tuple(int(n) for n in given)


def _hidden_activations(
    activation: str | Activation | Sequence[str | Activation], layers: int
) -> list[Activation]:
    """One activation for each hidden layer."""
    if isinstance(activation, (str, Activation)):
        return [find_activation(activation)] * layers
    given = items_of(activation)
    if given is None:
        raise option_error("activation", "must be a name, or one for each layer", activation)
    if len(given) != layers:
        raise GlassnetError(
            f"{len(given)} activations for {layers} hidden layers: give one name, or one for each"
        )
    return [find_activation(one) for one in given]


def _output_activation(output: str | Activation | None, loss: Loss, K: int) -> Activation:
    """The output's activation, checked against the loss and the number of outputs K."""
    fitting = loss.output or "identity"
    last = find_activation(fitting if output is None else output, OUTPUTS, "output")
    if loss.output not in (None, last.name):
        raise GlassnetError(
            f"loss '{loss.name}' needs output='{loss.output}', got output='{last.name}'"
        )
    if last.name == "softmax" and K < 2:
        raise GlassnetError(
            "softmax needs an output for each of two classes or more; "
            "for two, one output with 'sigmoid' will do"
        )
    return last


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
    network : Network
    parameters : Parameters
        Floating-point arrays of the network's shapes.
    x : array or list of rows
        N x D, an array of the parameters' kind, or a list of rows.
    dropout : sequence of arrays
        A mask for each hidden layer, N x H, multiplied into its activations (see `dropout.py`);
        or none.
    weight_masks : sequence of arrays
        A matrix for each weight matrix: 1 where a weight counts, 0 where it does not, eq. (12.1);
        or none.

    Returns
    -------
    Trace

    Raises
    ------
    GlassnetError
        When x has not D columns, or the parameters not the network's shapes, or are whole numbers.
    """
    check_shapes(network, parameters)
    xp = array_namespace(*parameters.weights)
    if not all(xp.isdtype(w.dtype, "real floating") for w in leaves(parameters)):
        raise GlassnetError(
            "the parameters must be floating-point numbers, such as 1.0: whole numbers cannot learn"
        )
    x = as_array_like(x, parameters.weights[0], "x")
    a = _matrix(x, network.sizes[0], "x", "inputs")  # N x D
    hidden = tuple((a.shape[0], n) for n in network.sizes[1:-1])
    dropout = _checked_masks("dropout", dropout, hidden, a)
    weight_masks = _checked_masks("weight_masks", weight_masks, network.shapes, a)
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
    return Trace(tuple(inputs), tuple(zs), tuple(activations), dropout, weight_masks)


def _checked_masks(
    name: str, masks: Sequence[Array], shapes: tuple[tuple[int, int], ...], like: Array
) -> tuple[Array, ...]:
    """Masks as arrays like another one. Raises GlassnetError unless they have these shapes."""
    given = items_of(masks)
    if given is None:
        raise option_error(name, "must be a tuple of masks", masks)
    arrays = tuple(as_array_like(mask, like, name) for mask in given)
    found = tuple(tuple(array.shape) for array in arrays)
    if found not in ((), shapes):
        raise GlassnetError(f"{name} has masks of shapes {list(found)}: give {list(shapes)}")
    return arrays


def backprop(
    network: Network,
    parameters: Parameters,
    trace: Trace,
    y: Array,
    sample_weight: Array | None = None,
    penalty: Penalty | None = None,
) -> tuple[Array, Parameters]:
    """The loss of a feedforward and its gradient, by the chain rule, eq. (5) to (11).

    Parameters
    ----------
    network : Network
    parameters : Parameters
    trace : Trace
        What `feedforward` gave for these parameters.
    y : array or list
        Targets, N x K (or N where K = 1), an array of the parameters' kind or a list.
    sample_weight : array of N numbers, or None
        How much each row counts; None: each once.
    penalty : Penalty or None
        Added to the loss, over weights, not biases.

    Returns
    -------
    loss : a zero-dimensional array, penalty included.
    gradients : Parameters, of the parameters' own shapes.

    Raises
    ------
    GlassnetError
        When y is not N x K, or sample_weight not N.
    """
    check_shapes(network, parameters)
    check_type("trace", trace, Trace, "a Trace, as feedforward gives it")
    if penalty is not None:
        check_type("penalty", penalty, Penalty, "Penalty(l2=..., l1=...)")
    xp = array_namespace(trace.output)
    loss, delta = loss_and_delta(network, trace, y, sample_weight)  # delta: N x K
    deltas = layer_deltas(network, parameters, trace, delta)
    # z = a @ w + b, so dw sums a * delta over the rows, and db sums delta:
    d_weights = [a.T @ delta for a, delta in zip(trace.inputs, deltas, strict=True)]
    d_weights = masked(d_weights, trace.weight_masks)
    d_biases = tuple(xp.sum(delta, axis=0) for delta in deltas) if network.bias else ()
    if penalty is not None:
        weights = masked(parameters.weights, trace.weight_masks)
        values, d_penalty = zip(*map(penalty, weights), strict=True)
        loss = loss + sum(values)
        d_weights = tuple(dw + dp for dw, dp in zip(d_weights, d_penalty, strict=True))
    return loss, Parameters(d_weights, d_biases)


def loss_of(network: Network, trace: Trace, y: Array, sample_weight: Array | None = None) -> Array:
    """The loss of a feedforward without penalty, a zero-dimensional array; y as for `backprop`."""
    return loss_and_delta(network, trace, y, sample_weight)[0]


def loss_and_delta(
    network: Network, trace: Trace, y: Array, sample_weight: Array | None = None
) -> tuple[Array, Array]:
    """The loss and the delta of the last layer, N x K, eq. (8) to (10)."""
    output = trace.output
    N, K = output.shape
    y = _matrix(as_array_like(y, output, "y"), K, "y", "outputs", rows=N)
    w = None
    if sample_weight is not None:
        w = as_array_like(sample_weight, output, "sample_weight")  # N
    if w is not None and w.shape != (N,):
        raise GlassnetError(
            f"sample_weight has shape {tuple(w.shape)}: give one weight for each of {N} rows"
        )
    return network.loss(network.output, trace.z[-1], output, y, w)


def jacobian(network: Network, parameters: Parameters, trace: Trace) -> Parameters:
    """How each output of each row changes with each weight and bias, by the chain rule, eq. (7.1).

    `trace` is what `feedforward` gave for these parameters. The arrays are the parameters', each
    with N x K before its own shape.
    """
    xp = array_namespace(trace.output)
    K = network.sizes[-1]
    masks = [mask[None, :, :] for mask in trace.weight_masks]
    outputs: list[tuple[Array, ...]] = []
    for k in range(K):
        only_k = xp.astype(xp.arange(K) == k, trace.output.dtype)[None, :]  # 1 x K
        da = xp.zeros_like(trace.output) + only_k  # N x K
        delta = network.output.backward(trace.z[-1], trace.output, da)
        deltas = layer_deltas(network, parameters, trace, delta)
        d_weights = [
            a[:, :, None] * delta[:, None, :]  # N x n x m
            for a, delta in zip(trace.inputs, deltas, strict=True)
        ]
        d_biases = deltas if network.bias else []
        outputs.append((*masked(d_weights, masks), *d_biases))
    arrays = [xp.stack(of_outputs, axis=1) for of_outputs in zip(*outputs, strict=True)]
    return unflatten(arrays, parameters)


def layer_deltas(
    network: Network, parameters: Parameters, trace: Trace, delta: Array
) -> list[Array]:
    """The delta of every layer, N x its nodes, from that of the last, eq. (5) and (6)."""
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
    if not masks:
        return tuple(weights)
    return tuple(w * mask for w, mask in zip(weights, masks, strict=True))


def check_network(network: Network) -> None:
    """Raises GlassnetError on what is not a network."""
    check_type("network", network, Network, "a Network, such as Network([2, 3, 1])")


def check_shapes(network: Network, parameters: Parameters) -> None:
    """Raises GlassnetError, naming the array, unless the parameters have the network's shapes."""
    check_network(network)
    check_type("parameters", parameters, Parameters, "Parameters(weights, biases)")
    biases = tuple((m,) for _, m in network.shapes) if network.bias else ()
    for kind, arrays, shapes in [
        ("weights", parameters.weights, network.shapes),
        ("biases", parameters.biases, biases),
    ]:
        if items_of(arrays) is None or not all(hasattr(a, "shape") for a in arrays):
            raise option_error(kind, "must be a tuple of arrays", arrays)
        found = tuple(tuple(a.shape) for a in arrays)
        if found != shapes:
            raise GlassnetError(
                f"{kind} of shapes {list(found)} do not fit the network {network}, "
                f"which needs {list(shapes)}"
            )


def leaves(parameters: Parameters) -> tuple[Array, ...]:
    """Every array: the weights, then the biases."""
    return (*parameters.weights, *parameters.biases)


def unflatten(arrays: Sequence[Array], like: Parameters) -> Parameters:
    """`leaves` undone: the arrays as Parameters with as many weights and biases as `like`."""
    L = len(like.weights)
    return Parameters(tuple(arrays[:L]), tuple(arrays[L:]))


def _matrix(values: Array, columns: int, name: str, nodes: str, rows: int | None = None) -> Array:
    """`values` as a matrix with so many columns (and rows, where they are given).

    One dimension becomes one column. Raises GlassnetError on anything else that does not fit.
    """
    if values.ndim == 1 and columns == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] != columns or rows not in (None, values.shape[0]):
        raise GlassnetError(
            f"{name} has shape {tuple(values.shape)}, but the network has {columns} {nodes}: "
            f"give an array of shape ({'N' if rows is None else rows}, {columns})"
        )
    return values
