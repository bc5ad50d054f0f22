"""What is looked at: any trained thing as a Model, and rows of a table as that model sees them. No picture is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, Trace, check_shapes
from glassnet.errors import GlassnetError, TableError
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.tables.arrays import table_of_array
from glassnet.tables.columns import Column, Table, is_missing
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.targets import ClassTarget, NumberTarget, label_text


def as_model(thing: Any) -> Model:
    """A Model, or a fitted estimator of ours, or a pair (Network, Parameters), as the Model that predicts what it predicts.

    The columns of a pair (x1, x2, ...), MLPClassifier and MLPRegressor are taken as they are. Raises GlassnetError on anything
    else, and on an estimator that is not fitted.
    """
    if isinstance(thing, Model):
        return thing
    if isinstance(thing, tuple):
        return _of_pair(*thing)
    if not hasattr(thing, "_network_inputs"):
        raise GlassnetError(
            f"give a glassnet Model or one of its fitted estimators, got {type(thing).__name__}"
        )
    if not hasattr(thing, "model_") and not hasattr(thing, "coefs_"):
        raise GlassnetError(f"this {type(thing).__name__} is not fitted yet: call fit first")
    return _of_mlp(thing) if hasattr(thing, "coefs_") else thing.model_


def _of_pair(network: Any, parameters: Any = None, *_: Any) -> Model:
    if not isinstance(network, Network) or not isinstance(parameters, Parameters):
        raise GlassnetError("a pair must be (Network, Parameters)")
    check_shapes(network, parameters)
    inputs, outputs = network.sizes[0], network.sizes[-1]
    targets = [f"y{i + 1}" for i in range(outputs)] if outputs > 1 else ["y"]
    encoding = plain_encoding([f"x{i + 1}" for i in range(inputs)], targets)
    return Model.of_network(network, parameters, encoding)


def _of_mlp(mlp: Any) -> Model:
    network, parameters = mlp.network_, Parameters(tuple(mlp.coefs_), tuple(mlp.intercepts_))
    names = [
        str(name)
        for name in getattr(mlp, "feature_names_in_", [f"x{i}" for i in range(network.sizes[0])])
    ]
    targets = [f"y{i}" for i in range(network.sizes[-1])] if network.sizes[-1] > 1 else ["y"]
    encoding = plain_encoding(names, targets)
    if hasattr(mlp, "classes_"):
        encoding = _with_classes(
            encoding, mlp.classes_.tolist(), network.output.name == "softmax", targets
        )
    history = {name: np.asarray(values).tolist() for name, values in mlp.history_.items()}
    record = Record(
        options={"learning_rate": mlp.learning_rate_init, "dropout": mlp.dropout},
        sample_weight=getattr(mlp, "class_weight", None) is not None,
        penalty_left_out=bool(mlp.alpha or mlp.l1),
    )
    return Model.of_network(network, parameters, encoding, history=history, record=record)


def _with_classes(
    encoding: TableEncoding, labels: list[Any], one_of: bool, targets: list[str]
) -> TableEncoding:
    several = not one_of and len(targets) > 1  # several labels at once, each there or not
    plain = tuple(
        label if isinstance(label, (str, bool, int, float)) else str(label) for label in labels
    )
    classes = (
        tuple(ClassTarget(name, (0, 1)) for name in targets)
        if several
        else (ClassTarget("y", plain),)
    )
    return TableEncoding(
        "binary" if several or len(labels) == 2 else "multiclass", encoding.inputs, classes
    )


@dataclass(frozen=True)
class Rows:
    """Some rows of a table beside a model: `columns` are its input columns, `answers` its target columns (none where not known)."""

    model: Model
    columns: Table
    answers: Table

    def __len__(self) -> int:
        return self.columns.n_rows

    @cached_property
    def x(self) -> np.ndarray:
        """The network's inputs, N x D."""
        return self.model.encoding.encode_inputs(self.columns)

    @cached_property
    def y(self) -> np.ndarray:
        """The network's targets, N x K. Raises GlassnetError where the table has none."""
        return self.model.encoding.encode_targets(self.known())

    @cached_property
    def output(self) -> np.ndarray:
        """The network's outputs, N x K."""
        return self.model.output_of(self.x)

    @cached_property
    def trace(self) -> Trace:
        """Every z and a of the rows in the model's only network; see `Model.trace`."""
        return self.model.trace(self.x)

    def known(self) -> Table:
        """The target columns. Raises GlassnetError, naming it, where the table lacks one or it has missing cells."""
        for target in self.model.encoding.targets:
            if target.name not in self.answers:
                raise TableError(
                    f"the table lacks the target column '{target.name}', which this needs",
                    column=target.name,
                )
            missing = self.answers[target.name].missing
            if missing.any():
                row = int(np.argmax(missing)) + 1
                raise TableError(
                    "the target is missing, and this needs it",
                    column=target.name,
                    row=row,
                    remedy="leave the row out",
                )
        return self.answers

    def take(self, rows: Any) -> "Rows":
        """Only these rows, by number from 0."""
        return Rows(self.model, self.columns.take(rows), self.answers.take(rows))

    def with_answers(self) -> "Rows":
        """Those rows whose targets are all known."""
        missing = [
            self.answers[t.name].missing
            for t in self.model.encoding.targets
            if t.name in self.answers
        ]
        return self.take(np.flatnonzero(~np.any(missing, axis=0))) if missing else self


def rows_of(model: Model, table: Any, y: Any = None) -> Rows:
    """Rows of a path, data frame, dict of columns or array, as a model sees them.

    Parameters
    ----------
    table : what `Model.predict` takes; an array has one column for each of `encoding.needed`, in that order. A frame may hold the
        targets too. Rows that were looked up before stay what they are.
    y : the targets, N, or N x targets, where they stand apart.

    Raises GlassnetError, naming the column, where an input column is missing, and where a target is not of the kind trained on.
    """
    if isinstance(table, Rows):
        return table
    encoding = model.encoding
    names = [target.name for target in encoding.targets]
    if isinstance(table, (list, tuple)):
        table = np.asarray(table, float)
    if isinstance(table, np.ndarray):
        needed = encoding.needed
        table = table[:, None] if table.ndim == 1 and len(needed) == 1 else table
        if table.ndim != 2 or table.shape[1] != len(needed):
            raise GlassnetError(
                f"an array of shape {table.shape}: give N x {len(needed)}, one column each for {', '.join(needed)}"
            )
        columns = table_of_array(table, needed)
    else:
        frame = (
            read_table(table, text=encoding.text_columns)
            if isinstance(table, (str, Path))
            else table
        )
        columns = as_table(frame, wanted={*encoding.needed, *names})
    for name in encoding.needed:
        if name not in columns:
            raise TableError(
                f"the table lacks the column '{name}', which the model needs", column=name
            )
    answers = (
        columns.select(name for name in names if name in columns)
        if y is None
        else _answers(names, y)
    )
    if answers and answers.n_rows != columns.n_rows:
        raise GlassnetError(
            f"the table has {columns.n_rows} rows and y has {answers.n_rows}: "
            "give one target for each row"
        )
    for target in encoding.targets:
        if (
            isinstance(target, NumberTarget)
            and target.name in answers
            and answers[target.name].kind != "number"
        ):
            kind = answers[target.name].kind
            raise TableError(
                f"target '{target.name}' is {kind}, but the model predicts numbers",
                column=target.name,
                remedy="convert it, or leave it out",
            )
    return Rows(model, columns.select(encoding.needed), answers)


def _answers(names: Sequence[str], y: Any) -> Table:
    """Targets that stand apart, N or N x targets, as columns."""
    values = np.asarray(y)
    parts = values[:, None] if values.ndim == 1 else values
    if parts.ndim != 2 or parts.shape[1] != len(names):
        raise GlassnetError(
            f"y has shape {values.shape}, but there are {len(names)} targets: {', '.join(names)}"
        )
    columns: list[Column] = []
    for name, part in zip(names, parts.T, strict=True):
        if part.dtype.kind in "fiu":
            columns.append(Column(name, "number", part.astype(float)))
        else:
            texts = np.array(
                [
                    None if is_missing(v) else label_text(v.item() if hasattr(v, "item") else v)
                    for v in part
                ],
                object,
            )
            columns.append(Column(name, "text", texts))
    return Table.of(columns)
