"""A run, a pair, or a fitted estimator or pipeline as a Model that predicts the same.

What scikit-learn's own classes become is `sklearn_conversion.py`, the steps of its pipelines
`sklearn_steps.py`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import GlassnetError, option_error
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.settings import check_all_text, items_of
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.tables.targets import ClassTarget
from glassnet.training.run import Run


def as_model(thing: Any) -> Model:
    """A trained thing as the Model that predicts what it predicts.

    Parameters
    ----------
    thing : Model, fitted estimator or pipeline, Run, or pair (Network, Parameters)
        An estimator of glassnet, or scikit-learn's MLPClassifier or MLPRegressor; also the last
        step of a `Pipeline` whose other steps centre and scale columns, fill missing numbers in,
        turn categories into 0 and 1 or are a TableEncoder, apart or in a `ColumnTransformer`;
        inside a `TransformedTargetRegressor` that centres and scales; and the best one of a search.
        The columns of a run and a pair are named x1, x2, ... and taken as they are.

    Returns
    -------
    Model
        `thing` itself where it is one.

    Raises
    ------
    GlassnetError
        On anything else, on what is not fitted, and on a step of a pipeline that mixes columns,
        naming it and what to do.
    """
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, (Run, tuple)):
        return model_of_run(thing)
    if hasattr(thing, "_network_inputs"):
        if not hasattr(thing, "model_"):
            raise GlassnetError(f"this {type(thing).__name__} is not fitted yet: call fit first")
        return thing.model_
    if type(thing).__module__.startswith("sklearn."):
        from glassnet.models.sklearn_conversion import model_of_sklearn

        return model_of_sklearn(thing)
    raise GlassnetError(
        f"give a glassnet Model or one of its fitted estimators, got {type(thing).__name__}"
    )


def model_of_run(
    run: Any,
    inputs: Sequence[str] | None = None,
    targets: str | Sequence[str] | None = None,
    labels: Sequence[Any] = (),
) -> Model:
    """`Model.of_run`."""
    if isinstance(run, tuple):
        return _of_pair(run, inputs, targets, labels)
    if not isinstance(run, Run):
        raise option_error("run", "must be what train gave, or (Network, Parameters)", run)
    _check_finite(run.parameters)
    best = run.best_epoch - 1
    loss = run.history.loss
    record = Record(
        options={"learning_rate": float(run.history.learning_rate.max(initial=0)) or None},
        engine=run.engine,
        best_epochs=(run.best_epoch,),
        best_losses=(float(loss[best]),) if 0 <= best < len(loss) else (),
    )
    return Model.of_network(
        run.network,
        run.parameters,
        _encoding(run.network, inputs, targets, labels),
        history=run.history.table(),
        record=record,
    )


def _of_pair(
    pair: tuple[Any, ...],
    inputs: Sequence[str] | None,
    targets: str | Sequence[str] | None,
    labels: Sequence[Any],
) -> Model:
    network, parameters = pair if len(pair) == 2 else (None, None)
    if not isinstance(network, Network):
        raise GlassnetError("a pair must be (Network, Parameters)")
    if not isinstance(parameters, Parameters):
        raise GlassnetError(
            f"a pair must be (Network, Parameters), got {type(parameters).__name__} in its second "
            "place: give Parameters((W1, W2), (b1, b2)), each W inputs x outputs, each b as long "
            "as its layer; Parameters((W1, W2)) where there are no biases"
        )
    try:
        check_shapes(network, parameters)
    except GlassnetError:
        _check_not_turned(network, parameters)
        raise
    _check_finite(parameters)
    return Model.of_network(network, parameters, _encoding(network, inputs, targets, labels))


def _check_not_turned(network: Network, parameters: Parameters) -> None:
    """Raises GlassnetError on weights of outputs x inputs, and biases that are columns."""
    found = [
        [getattr(array, "shape", None) for array in items_of(arrays) or ()] for arrays in parameters
    ]
    turned = [shape[::-1] for shape in network.shapes]
    columns = [[(n, 1) for n, _ in turned], [(1, n) for n, _ in turned]]
    of_weights = found[0] == turned != list(network.shapes)
    of_biases = network.bias and found[1] in columns
    if not of_weights and not of_biases:
        return
    given = f"weights of shapes {found[0]}" if of_weights else f"biases of shapes {found[1]}"
    remedy = "b.ravel()" if not of_weights else "W.T and b.ravel()" if network.bias else "W.T"
    raise GlassnetError(
        f"{given} look transposed for the network {network}, which has inputs x outputs and flat "
        f"biases: give {remedy} of each"
    )


def _check_finite(parameters: Parameters) -> None:
    """Raises GlassnetError, naming the array, where a weight is NaN or infinite."""
    for letter, arrays in zip("Wb", parameters, strict=True):
        for layer, array in enumerate(arrays, 1):
            bad = int((~np.isfinite(array)).sum())
            if bad:
                numbers = "number that is" if bad == 1 else "numbers that are"
                raise GlassnetError(
                    f"{letter}{layer} holds {bad:,} {numbers} NaN or infinite, and "
                    "nothing can be predicted with them: did the training diverge? Train with a "
                    "smaller learning rate, or scale the columns"
                )


def _encoding(
    network: Network,
    inputs: Sequence[str] | None,
    targets: str | Sequence[str] | None,
    labels: Sequence[Any],
) -> TableEncoding:
    """Columns as they are, by their names."""
    width, outputs = network.sizes[0], network.sizes[-1]
    names = numbered("x", width, first=1) if inputs is None else _names("inputs", inputs)
    _check_count("inputs", names, width)
    classes = tuple(plain_label(label) for label in items_of(labels) or ())
    if targets is None:
        several = outputs > 1 and not classes
        ends = numbered("y", outputs, first=1) if several else ["y"]
    else:
        ends = _names("targets", targets)
    if not classes:
        _check_count("targets", ends, outputs)
        return plain_encoding(names, ends)
    _check_count("targets", ends, 1)
    _check_count("labels", classes, 2 if outputs == 1 else outputs)
    if len(classes) == 2 and outputs == 2:
        raise GlassnetError(
            "two labels are for one output, the probability of the second, and the network has two",
            option="labels",
            remedy="train one with a single sigmoid output and targets of 0 and 1, or leave out "
            "the labels: then the outputs are two numbers",
        )
    plain = plain_encoding(names, [])
    task = "binary" if len(classes) == 2 else "multiclass"
    return TableEncoding(task, plain.inputs, (ClassTarget(ends[0], classes),))


def _names(option: str, given: str | Sequence[str]) -> list[str]:
    names = [given] if isinstance(given, str) else [*(items_of(given) or ())]
    for name in names:
        check_all_text(**{option: name})
    if len(set(names)) < len(names):
        raise option_error(option, "must be different names", given)
    return names


def _check_count(option: str, given: Sequence[Any], count: int) -> None:
    if len(given) != count:
        raise option_error(option, f"must be {count}, as the network's shape says", list(given))


def numbered(letter: str, count: int, first: int = 0) -> list[str]:
    """Names for columns that have none: x0, x1, ..."""
    return [f"{letter}{first + i}" for i in range(count)]


def plain_label(label: Any) -> Any:
    """A label that a model file can hold."""
    label = label.item() if isinstance(label, np.generic) else label
    return label if isinstance(label, (str, bool, int, float)) else str(label)
