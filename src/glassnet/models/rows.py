"""The rows of a table as a model sees them: inputs, outputs, and targets where they are known."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Trace
from glassnet.errors import GlassnetError, TableError, visible
from glassnet.models.blocks import with_missing_columns
from glassnet.models.model import Model
from glassnet.tables.arrays import array_of_rows, table_of_array
from glassnet.tables.columns import Column, Table, is_missing
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.targets import NumberTarget, label_text


@dataclass(frozen=True)
class Rows:
    """N rows of a table beside a model.

    Parameters
    ----------
    model : Model
        What looks at them.
    columns : Table
        The columns that it needs.
    targets : Table
        Those of its target columns that are known; there may be none, and cells may be missing.
    """

    model: Model
    columns: Table
    targets: Table

    def __repr__(self) -> str:
        known = ", ".join(self.targets) or "none"
        return visible(f"<Rows: {len(self):,} of {len(self.columns)} columns, targets: {known}>")

    def __len__(self) -> int:
        return self.columns.n_rows

    @cached_property
    def x(self) -> np.ndarray:
        """The networks' inputs, N x D."""
        return self.model.encoding.encode_inputs(self.columns)

    @cached_property
    def y(self) -> np.ndarray:
        """The networks' targets, N x K. Raises GlassnetError as `known_targets` does."""
        return self.model.encoding.encode_targets(self.known_targets())

    @cached_property
    def output(self) -> np.ndarray:
        """The model's outputs, N x K."""
        return self.model.output(self.columns)

    @cached_property
    def trace(self) -> Trace:
        """Every z and a of the rows in the model's only network; see `Model.trace`."""
        return self.model.trace(self.x)

    def known_targets(self) -> Table:
        """The target columns.

        Raises
        ------
        GlassnetError
            Naming the column, where the table lacks one or a cell of it is missing.
        """
        for target in self.model.encoding.targets:
            if target.name not in self.targets:
                raise TableError(
                    f"the table lacks the target column '{target.name}', which this needs",
                    column=target.name,
                )
            missing = self.targets[target.name].missing
            if missing.any():
                raise TableError(
                    "the target is missing, and this needs it",
                    column=target.name,
                    row=int(np.argmax(missing)) + 1,
                    remedy="leave the row out",
                )
        return self.targets

    def take(self, rows: Any) -> "Rows":
        """Only these rows, by number from 0."""
        return Rows(self.model, self.columns.take(rows), self.targets.take(rows))

    def evenly_spread(self, most: int) -> "Rows":
        """The rows, or of more than `most` so many that are evenly spread over them."""
        return self if len(self) <= most else self.take(self.evenly_spread_numbers(most))

    def evenly_spread_numbers(self, most: int) -> list[int]:
        """The numbers, from 0, of all rows, or of so many that are evenly spread over them."""
        step = max(1.0, len(self) / most)
        return [int(i * step) for i in range(min(most, len(self)))]

    def with_targets(self) -> "Rows":
        """Only those rows in which no target is missing; all where no target column is known."""
        missing = [column.missing for column in self.targets.values()]
        return self.take(np.flatnonzero(~np.any(missing, axis=0))) if missing else self


def rows_of(model: Model, table: Any, y: Any = None, missing_columns: bool | None = None) -> Rows:
    """The rows of a table as a model sees them.

    Parameters
    ----------
    model : Model
        What looks at them.
    table : path, data frame, dict of columns, array, or Rows
        N rows as `Model.predict` takes them; it may hold the targets too. Rows that were looked up
        before stay what they are.
    y : array-like, optional
        The targets, N, or N x targets, where they stand apart.
    missing_columns : bool, optional
        Whether input columns that are not there are taken as missing; None: they are not, and no
        option of the caller's would.

    Returns
    -------
    Rows
        All rows of the table.

    Raises
    ------
    GlassnetError
        Naming the column, where an input column is missing, and where a target is not of the kind
        that the model was trained on.
    """
    if isinstance(table, Rows):
        return table
    names = [target.name for target in model.encoding.targets]
    columns = _columns_of(model.encoding, table, names, missing_columns)
    if y is None:
        targets = columns.select(name for name in names if name in columns)
    else:
        targets = _targets_apart(names, y)
    if targets and targets.n_rows != columns.n_rows:
        raise GlassnetError(
            f"the table has {columns.n_rows} rows and y has {targets.n_rows}: "
            "give one target for each row"
        )
    _check_kinds(model.encoding, targets)
    return Rows(model, columns.select(model.encoding.needed), targets)


def _columns_of(
    encoding: TableEncoding, table: Any, targets: list[str], missing_columns: bool | None
) -> Table:
    """The columns that the model needs, and of its targets those that are there."""
    if type(table) in (list, tuple):  # a FileTable is a named tuple
        table = array_of_rows(table)
    if isinstance(table, np.ndarray):
        return _columns_of_array(encoding.needed, table)
    if isinstance(table, (str, Path)):
        table = read_table(table)
    columns = as_table(table, wanted={*encoding.needed, *targets}, reading=encoding.reading)
    return with_missing_columns(encoding, columns, missing_columns)


def _columns_of_array(needed: list[str], x: np.ndarray) -> Table:
    if x.ndim == 1 and len(needed) == 1:
        x = x[:, None]
    if x.ndim != 2 or x.shape[1] != len(needed):
        raise GlassnetError(
            f"an array of shape {x.shape}: give N x {len(needed)}, "
            f"one column each for {', '.join(needed)}"
        )
    return table_of_array(x, needed)


def _targets_apart(names: list[str], y: Any) -> Table:
    """Targets that stand apart, N or N x targets, as columns."""
    values = np.asarray(y)
    matrix = values[:, None] if values.ndim == 1 else values
    if matrix.ndim != 2 or matrix.shape[1] != len(names):
        raise GlassnetError(
            f"y has shape {values.shape}, but there are {len(names)} targets: {', '.join(names)}"
        )
    return Table.of(
        _target_column(name, cells) for name, cells in zip(names, matrix.T, strict=True)
    )


def _target_column(name: str, cells: np.ndarray) -> Column:
    if cells.dtype.kind in "fiu":
        return Column(name, "number", cells.astype(float))
    texts = np.empty(len(cells), object)
    for row, cell in enumerate(cells):
        if not is_missing(cell):
            texts[row] = label_text(cell.item() if isinstance(cell, np.generic) else cell)
    return Column(name, "text", texts)


def _check_kinds(encoding: TableEncoding, targets: Table) -> None:
    """Raises GlassnetError where a target that is to be a number is none."""
    for target in encoding.targets:
        if not isinstance(target, NumberTarget) or target.name not in targets:
            continue
        kind = targets[target.name].kind
        if kind != "number":
            raise TableError(
                f"target '{target.name}' is {kind}, but the model predicts numbers",
                column=target.name,
                remedy="convert it, or leave it out",
            )
