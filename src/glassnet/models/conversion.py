"""A fitted estimator, or a network with parameters, as a Model that predicts the same."""

from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.tables.targets import ClassTarget


def as_model(thing: Any) -> Model:
    """A trained thing as the Model that predicts what it predicts.

    Parameters
    ----------
    thing : Model, fitted estimator of glassnet, or pair (Network, Parameters)
        The columns of a pair (named x1, x2, ...), MLPClassifier and MLPRegressor are taken as they
        are, without an encoding.

    Returns
    -------
    Model
        `thing` itself where it is one.

    Raises
    ------
    GlassnetError
        On anything else, and on an estimator that is not fitted.
    """
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, tuple):
        return _of_pair(*thing)
    kind = type(thing).__name__
    if not hasattr(thing, "_network_inputs"):
        raise GlassnetError(f"give a glassnet Model or one of its fitted estimators, got {kind}")
    if hasattr(thing, "coefs_"):
        return _of_mlp(thing)
    if not hasattr(thing, "model_"):
        raise GlassnetError(f"this {kind} is not fitted yet: call fit first")
    return thing.model_


def _of_pair(network: Any, parameters: Any = None, *_: Any) -> Model:
    if not isinstance(network, Network) or not isinstance(parameters, Parameters):
        raise GlassnetError("a pair must be (Network, Parameters)")
    check_shapes(network, parameters)
    inputs = _numbered("x", network.sizes[0], first=1)
    targets = _numbered("y", network.sizes[-1], first=1) if network.sizes[-1] > 1 else ["y"]
    return Model.of_network(network, parameters, plain_encoding(inputs, targets))


def _of_mlp(mlp: Any) -> Model:
    network = mlp.network_
    record = Record(
        options={"learning_rate": mlp.learning_rate_init, "dropout": mlp.dropout},
        sample_weight=getattr(mlp, "class_weight", None) is not None,
        penalty_left_out=bool(mlp.alpha or mlp.l1),
    )
    return Model.of_network(
        network,
        Parameters(tuple(mlp.coefs_), tuple(mlp.intercepts_)),
        _encoding_of_mlp(mlp, network),
        history={name: np.asarray(values).tolist() for name, values in mlp.history_.items()},
        record=record,
    )


def _encoding_of_mlp(mlp: Any, network: Network) -> TableEncoding:
    """Inputs as they are; numbers or classes as targets."""
    inputs = getattr(mlp, "feature_names_in_", None)
    if inputs is None:
        inputs = _numbered("x", network.sizes[0])
    outputs = network.sizes[-1]
    targets = _numbered("y", outputs) if outputs > 1 else ["y"]
    encoding = plain_encoding([str(name) for name in inputs], targets)
    if not hasattr(mlp, "classes_"):
        return encoding
    if outputs > 1 and network.output.name != "softmax":  # several labels at once, each 0 or 1
        labels = tuple(ClassTarget(name, (0, 1)) for name in targets)
        return TableEncoding("binary", encoding.inputs, labels)
    classes = tuple(_plain_label(label) for label in mlp.classes_.tolist())
    task = "binary" if len(classes) == 2 else "multiclass"
    return TableEncoding(task, encoding.inputs, (ClassTarget("y", classes),))


def _numbered(letter: str, count: int, first: int = 0) -> list[str]:
    return [f"{letter}{first + i}" for i in range(count)]


def _plain_label(label: Any) -> Any:
    """A label that a model file can hold."""
    return label if isinstance(label, (str, bool, int, float)) else str(label)
