"""From an encoding's cells back to the table they came from: each column in its own kind of cells, the table in its own kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from glassnet.tables.columns import Kind
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Input, Number, Unused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cells:
    """What kind of table it was: its data frame's library (None: an array), and its columns' types by name."""

    backend: Any = None
    schema: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of_frame(cls, frame: Any) -> "Cells":
        """That of a pandas, Polars or PyArrow data frame."""
        table = nw.from_native(frame, eager_only=True)
        return cls(table.implementation, dict(table.schema))

    def table(self, encoding: TableEncoding, x: np.ndarray, names: list[str]) -> Any:
        """The table that `encoding` made x of, N x D; its columns are called `names` unless a data frame had names for them."""
        columns = encoding.decode_inputs(x)
        if self.backend is None:
            kinds: list[Kind] = [_kind(column) for column in encoding.inputs]
            plain = [
                _as(kind, None, columns[name]) for kind, name in zip(kinds, names, strict=True)
            ]
            numbers = all(
                kind == "number" or isinstance(c, Unused)
                for kind, c in zip(kinds, encoding.inputs, strict=True)
            )
            return np.array(plain, np.float64 if numbers else object).T.reshape(len(x), len(names))
        series = {}
        for column, (own_name, dtype) in zip(encoding.inputs, self.schema.items(), strict=True):
            cells = _as(_kind(column), dtype, columns[column.name])
            series[own_name] = self._series(str(own_name), cells, dtype)
        return nw.from_dict(series).to_native()

    def _series(self, name: str, cells: list[Any], dtype: Any) -> Any:
        """The cells as a column of the type it had, or where that cannot hold them as one that can."""
        no_missing = self.backend is nw.Implementation.PANDAS and (
            dtype.is_integer() or dtype == nw.Boolean
        )
        zoned = getattr(dtype, "time_zone", None) is not None
        if not zoned and not (no_missing and None in cells):
            try:
                return nw.Series.from_iterable(name, cells, dtype, backend=self.backend)
            except (TypeError, ValueError, nw.exceptions.NarwhalsError):
                pass
        series = nw.Series.from_iterable(name, cells, backend=self.backend)
        return series.cast(dtype) if zoned else series


def _kind(column: Input) -> Kind:
    """What the cells of a column were."""
    if isinstance(column, Unused):
        return "text"
    if isinstance(column, Number):
        return "date" if column.date else "number"
    return column.cells


def _as(kind: Kind, dtype: Any, cells: list[Any]) -> list[Any]:
    """Decoded cells as those of a column of a kind, and of a data frame's type where it has one; None stays None."""
    turn: Callable[[Any], Any] = {
        "number": (lambda cell: round(float(cell)))
        if dtype is not None and dtype.is_integer()
        else float,
        "date": lambda cell: _date(float(cell), dtype),
        "boolean": lambda cell: cell == "true",
        "text": str,
    }[kind]
    return [None if cell is None else turn(cell) for cell in cells]


def _date(days: float, dtype: Any) -> Any:
    """Days since 1970-01-01 as a date, or as a time to the millisecond: in UTC where the column had a zone."""
    if dtype == nw.Date:
        return (EPOCH + timedelta(days=round(days))).date()
    moment = EPOCH + timedelta(milliseconds=round(days * 86_400_000))
    return moment if getattr(dtype, "time_zone", None) else moment.replace(tzinfo=None)
