"""read_parameters(): weights and biases from elsewhere as a Model."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.activations import Activation
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, OptionError, OptionRef, in_python, option_error
from glassnet.models.conversion import model_of_run
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.parameters.files import read_file
from glassnet.models.parameters.found import FoundNetwork
from glassnet.models.parameters.layers import Known, PlainLayer, layers_of
from glassnet.models.parameters.r_text import read_r_text
from glassnet.settings import check_all_text, checked_flag, items_of

USUAL_LOSSES = {
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
    "exponential": "poisson",
}
"""Activation of the outputs -> the loss that belongs to it; of others the mean squared error."""


class _Asked(NamedTuple):
    """What was asked of the model, as `read_parameters` takes it."""

    activation: str | Activation | Sequence[str | Activation] | None
    output: str | Activation | None
    loss: str | Loss | None
    inputs: Sequence[str] | None
    targets: str | Sequence[str] | None
    labels: Sequence[Any]


def read_parameters(
    parameters: Any,
    *,
    activation: str | Activation | Sequence[str | Activation] | None = None,
    output: str | Activation | None = None,
    loss: str | Loss | None = None,
    inputs: Sequence[str] | None = None,
    targets: str | Sequence[str] | None = None,
    labels: Sequence[Any] = (),
    transposed: bool | None = None,
    layers: Sequence[str] | None = None,
) -> Model:
    """A network that was trained elsewhere, or written by hand, as a Model.

    It predicts, is explained, drawn and exported like one that was trained here. Its columns are
    the inputs of the network, as they are. Files of pickle, which can run code, are not opened.

    Parameters
    ----------
    parameters : path, str, mapping or sequence
        A file: .npz and .safetensors of PyTorch's state dict ("0.weight", "0.bias", ...) or of
        Keras's layers ("dense/kernel", or `get_weights()` in their order) or of scikit-learn
        ("coefs_0", "intercepts_0", ...), .R with weights1, biases1, weights2, ... assigned or
        printed, and what `glassnet.export` writes to "csv" and "r-parameters". Or R's text itself,
        of several lines. Or arrays: a mapping with such keys, {"weights": [W1, W2], "biases":
        [b1, b2]}, or a list [W1, b1, W2, b2].
    activation : str, Activation, or a sequence of these, optional
        Of the hidden layers, one or each. None: as the file says. "gelu" is the form with tanh,
        PyTorch's GELU(approximate="tanh"), and "leaky_relu" has the slope 0.01: give an Activation
        for PyTorch's and Keras's plain GELU, and for other slopes.
    output : str or Activation, optional
        The activation of the outputs. None: as the file says.
    loss : str or Loss, optional
        The loss of the training, by which steps are explained. None: the one that belongs to the
        output, else the mean squared error.
    inputs, targets, labels
        The names of inputs and targets, and the classes of the target, as in `Model.of_run`.
    transposed : bool, optional
        Whether matrices are outputs x inputs, as PyTorch has them. None: as their shapes say, or,
        where both ways are possible, their keys.
    layers : sequence of str, optional
        The names of the layers from the first to the last ("hidden", "out" of "hidden.weight",
        "out.weight"), where a file keeps no order and they have no numbers.

    Returns
    -------
    Model
        With the parameters as they are, float32 where all are. A layer without biases beside others
        that have them gets biases of 0. Softmax over two labels becomes the one sigmoid that equals
        it, in float64.

    Raises
    ------
    GlassnetError
        Naming file and key, on arrays that are no dense layers one after the other, on numbers that
        are not finite, and where an activation or what `transposed` says is not known.

    Examples
    --------
    >>> text = '''
    ... weights1 <- matrix(c(1, -1, 0.5, 2), nrow = 2, ncol = 2)
    ... weights2 <- matrix(c(3, -2), 2, 1)
    ... '''
    >>> model = read_parameters(text, activation="tanh", output="identity", inputs=["a", "b"])
    >>> model.predict({"a": [1.0], "b": [0.5]}).round(4)
    array([-0.4239])
    """
    class_labels = items_of(labels) or ()
    known = Known(
        None if transposed is None else checked_flag("transposed", transposed),
        _layer_names(layers),
        None if inputs is None else len(_listed("inputs", inputs)),
        _count_outputs(targets, class_labels),
    )
    asked = _Asked(activation, output, loss, inputs, targets, class_labels)
    is_file = isinstance(parameters, (str, Path)) and not _is_r_text(parameters)
    with _named_in_errors(parameters if is_file else None):
        networks = _found(parameters)
        models = [_model(found, layers_of(found, known), asked) for found in networks]
        if len(models) == 1:
            return models[0]
        members = [_with_votes(model, len(models)) for model in models]
        return Model(models[0].encoding, tuple(members))


@contextmanager
def _named_in_errors(file: str | Path | None) -> Iterator[None]:
    """The errors of what is read within name the file."""
    try:
        yield
    except GlassnetError as error:
        if file is not None and error.file is None:
            error.file = file
            error.args = (error.worded(in_python),)
        raise


def _is_r_text(parameters: Any) -> bool:
    return isinstance(parameters, str) and ("\n" in parameters or "<-" in parameters)


def _found(parameters: Any) -> list[FoundNetwork]:
    """The arrays of each network."""
    if _is_r_text(parameters):
        return read_r_text(parameters)
    if isinstance(parameters, (str, Path)):
        return read_file(Path(parameters))
    if isinstance(parameters, Mapping):
        if set(parameters) <= {"weights", "biases"} and items_of(parameters.get("weights")):
            arrays = {
                f"{name}{number}": array
                for name in parameters
                for number, array in enumerate(items_of(parameters[name]) or (), 1)
            }
            return [FoundNetwork(arrays)]
        check_all_text(**{"key": "", **{f"key {key!r}": key for key in parameters}})
        return [FoundNetwork(parameters)]
    given = items_of(parameters) if isinstance(parameters, (list, tuple)) else None
    if not given:
        raise option_error(
            "parameters", "must be a file, R's text, or arrays in a dict or list", parameters
        )
    return [FoundNetwork({str(number): array for number, array in enumerate(given)})]


def _layer_names(layers: Sequence[str] | None) -> list[str] | None:
    return None if layers is None else [str(name) for name in _listed("layers", layers)]


def _listed(option: str, given: Any) -> list[Any]:
    """One name or several. Raises OptionError, naming the option, on anything else."""
    names = [given] if isinstance(given, str) else items_of(given)
    if names is None:
        raise option_error(option, "must be names", given)
    return list(names)


def _count_outputs(targets: Any, labels: Sequence[Any]) -> int | None:
    """How many outputs there must be; None where two labels leave it open, or nothing says."""
    if labels:
        return len(labels) if len(labels) > 2 else None
    return None if targets is None else len(_listed("targets", targets))


def _model(found: FoundNetwork, layers: list[PlainLayer], asked: _Asked) -> Model:
    """The model of one network."""
    hidden, output = _activations(found, len(layers), asked)
    n_outputs = layers[-1].weights.shape[1]
    if _name(output) == "softmax" and len(asked.labels) == n_outputs == 2:
        layers, output = [*layers[:-1], _one_output(layers[-1])], "sigmoid"
    loss = USUAL_LOSSES.get(_name(output), "mean_squared_error")
    sizes = [len(layers[0].weights), *(layer.weights.shape[1] for layer in layers)]
    bias = any(layer.biases is not None for layer in layers)
    network = Network(sizes, hidden, output, loss if asked.loss is None else asked.loss, bias)
    inputs, targets = asked.inputs, asked.targets
    if inputs is None and len(found.inputs) == sizes[0]:
        inputs = found.inputs
    if targets is None and not asked.labels and len(found.outputs) == sizes[-1]:
        targets = found.outputs
    return model_of_run((network, _parameters(layers, bias)), inputs, targets, asked.labels)


def _activations(found: FoundNetwork, n_layers: int, asked: _Asked) -> tuple[Any, str | Activation]:
    """Of the hidden layers, as `Network` takes them, and of the outputs: as asked, or as found."""
    count = len(found.activations)
    if count not in (0, n_layers):
        raise GlassnetError(f"names {count} activations for {n_layers} layers")
    hidden = found.activations[:-1] if asked.activation is None else asked.activation
    output = asked.output
    if output is None and count:
        output = found.activations[-1]
    if n_layers == 1:
        hidden = ()
    elif asked.activation is None and not count:
        raise _not_known("activation", "its hidden layers")
    if output is None:
        raise _not_known("output", "its outputs")
    return hidden, output


def _name(activation: str | Activation) -> str:
    return activation if isinstance(activation, str) else activation.name


def _not_known(option: str, whose: str) -> OptionError:
    return OptionError(
        f"nothing says which function {whose} have",
        option=option,
        remedy=["give it, such as ", OptionRef(option, "sigmoid")],
    )


def _one_output(layer: PlainLayer) -> PlainLayer:
    """The sigmoid's layer that equals a softmax over two: of the second class, less the first's.

    In float64, as differences would be rounded in float32.
    """
    weights, biases = (None if a is None else a.astype(np.float64) for a in layer)
    assert weights is not None
    difference = None if biases is None else biases[1:] - biases[:1]
    return PlainLayer(weights[:, 1:] - weights[:, :1], difference)


def _parameters(layers: Sequence[PlainLayer], bias: bool) -> Parameters:
    arrays = [array for layer in layers for array in layer if array is not None]
    dtype = np.result_type(*arrays)
    weights = tuple(layer.weights.astype(dtype) for layer in layers)
    if not bias:
        return Parameters(weights)
    biases = tuple(
        np.zeros(weights.shape[1], dtype) if biases is None else biases.astype(dtype)
        for weights, biases in layers
    )
    return Parameters(weights, biases)


def _with_votes(model: Model, count: int) -> Member:
    """One of several networks whose last weights hold its vote: the mean of them is their sum."""
    weights, biases = model.parameters
    if biases:
        biases = (*biases[:-1], biases[-1] * count)
    return Member(model.network, Parameters((*weights[:-1], weights[-1] * count), biases))
