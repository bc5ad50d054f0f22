"""scikit-learn's fitted networks as Models, alone, in a pipeline, a search or behind a scaler of y.

Our own MLPClassifier and MLPRegressor, which have the same attributes, go the same way. The steps
of a pipeline are `sklearn_steps.py`.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.core.losses import find_loss
from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.models.conversion import as_model, numbered, plain_label
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.models.sklearn_names import OUTPUT_NAMES, our_activation, our_loss
from glassnet.models.sklearn_steps import StepInputs, inputs_after, scaled_target, unknown_step
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.tables.inputs import Input
from glassnet.tables.targets import ClassTarget


def model_of_sklearn(thing: Any) -> Model:
    """A fitted network of scikit-learn, or what holds one, as a model.

    Raises GlassnetError, naming it, on another estimator, on one that is not fitted, and on a step
    of a pipeline that a model has no encoding for.
    """
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import Pipeline

    if isinstance(thing, Pipeline):
        return _of_pipeline(thing)
    if isinstance(thing, TransformedTargetRegressor) and hasattr(thing, "regressor_"):
        model = as_model(thing.regressor_)
        targets = tuple(
            scaled_target(thing.transformer_, target, number)
            for number, target in enumerate(model.encoding.targets)
        )
        return replace(model, encoding=replace(model.encoding, targets=targets))
    best = getattr(thing, "best_estimator_", None)
    if best is not None:
        return as_model(best)
    if isinstance(thing, (MLPClassifier, MLPRegressor)):
        check_fitted(thing)
        return model_of_mlp(thing, _sklearn_network(thing))
    raise GlassnetError(
        f"{type(thing).__name__} of scikit-learn is no network that was fitted",
        remedy="give a fitted MLPClassifier or MLPRegressor, or a pipeline that ends with one",
    )


def check_fitted(mlp: Any) -> None:
    """Raises GlassnetError unless it has weights."""
    if not hasattr(mlp, "coefs_"):
        raise GlassnetError(f"this {type(mlp).__name__} is not fitted yet: call fit first")


def model_of_mlp(mlp: Any, network: Network, steps: StepInputs | None = None) -> Model:
    """A fitted MLPClassifier or MLPRegressor, scikit-learn's or ours, with weights as they are now.

    `steps` is what comes before it in a pipeline; None: its columns are taken as they are.
    Features that do not reach the network get weights of 0.
    """
    record = Record(
        options={
            "learning_rate": mlp.learning_rate_init,
            "dropout": getattr(mlp, "dropout", 0.0),
        },
        sample_weight=getattr(mlp, "class_weight", None) is not None,
        penalty_left_out=bool(mlp.alpha or getattr(mlp, "l1", 0.0)),
    )
    first, *others = mlp.coefs_
    if steps is None:
        names = getattr(mlp, "feature_names_in_", None)
        if names is None:
            names = numbered("x", network.sizes[0])
        inputs = plain_encoding([str(name) for name in names], []).inputs
    else:
        inputs = steps.inputs
        wide = np.zeros((len(steps.reach), first.shape[1]), first.dtype)
        wide[steps.reach] = first
        first, network = wide, _of_width(network, len(wide))
    return Model.of_network(
        network,
        Parameters((first, *others), tuple(mlp.intercepts_)),
        _encoding(mlp, network, inputs),
        history=_history(mlp),
        record=record,
    )


def _of_width(network: Network, width: int) -> Network:
    """The same shape with another number of inputs."""
    sizes = [width, *network.sizes[1:]]
    hidden = network.activations[:-1]
    return Network(sizes, hidden, network.output, network.loss, network.bias)


def _sklearn_network(mlp: Any) -> Network:
    """The shape of scikit-learn's own network."""
    ours = {theirs: name for name, theirs in OUTPUT_NAMES.items()}
    output = ours.get(mlp.out_activation_, mlp.out_activation_)
    sizes = [mlp.coefs_[0].shape[0], *(len(bias) for bias in mlp.intercepts_)]
    of_classes = output if hasattr(mlp, "classes_") else None
    loss = find_loss(our_loss(mlp.loss, of_classes))
    return Network(sizes, our_activation(mlp.activation), output, loss)


def _history(mlp: Any) -> dict[str, list[float]]:
    """The losses of an epoch each, with those measured beside them where they are known."""
    if hasattr(mlp, "history_"):
        return {name: np.asarray(values).tolist() for name, values in mlp.history_.items()}
    losses = [float(loss) for loss in getattr(mlp, "loss_curve_", ())]
    return {"epoch": list(range(1, len(losses) + 1)), "loss": losses} if losses else {}


def _encoding(mlp: Any, network: Network, inputs: tuple[Input, ...]) -> TableEncoding:
    """Numbers or classes as targets."""
    outputs = network.sizes[-1]
    targets = numbered("y", outputs) if outputs > 1 else ["y"]
    if not hasattr(mlp, "classes_"):
        return replace(plain_encoding([], targets), inputs=inputs)
    if outputs > 1 and network.output.name != "softmax":  # several labels at once, each 0 or 1
        labels = tuple(ClassTarget(name, (0, 1)) for name in targets)
        return TableEncoding("binary", inputs, labels)
    classes = tuple(plain_label(label) for label in mlp.classes_.tolist())
    task = "binary" if len(classes) == 2 else "multiclass"
    return TableEncoding(task, inputs, (ClassTarget("y", classes),))


def _of_pipeline(pipeline: Any) -> Model:
    """The network at the end, with what the steps before it do as the encoding of the columns."""
    steps = [(name, step) for name, step in pipeline.steps if step not in (None, "passthrough")]
    name, last = steps[-1]
    if len(steps) == 1:
        return as_model(last)
    if not hasattr(last, "coefs_"):
        if hasattr(last, "fit") and not hasattr(last, "hidden_layer_sizes"):
            raise unknown_step(name, last, "is no network with its columns as they are")
        check_fitted(last)
        raise unknown_step(name, last, "encodes its columns by itself")
    network = getattr(last, "network_", None) or _sklearn_network(last)
    return model_of_mlp(last, network, inputs_after(steps[:-1], network.sizes[0]))
