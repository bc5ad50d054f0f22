"""The rows of a table as its user has them, for a teacher of another library to predict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError


@dataclass(frozen=True, eq=False)
class TeacherInputs:
    """Rows of a data frame or an array, with a name for each column.

    Parameters
    ----------
    rows : narwhals data frame, or array of N x columns
    names : list of str
        What the columns are called, as text, in their order.
    """

    rows: Any
    names: list[str]

    @classmethod
    def of(cls, rows: Any, names: Sequence[str] | None = None) -> "TeacherInputs":
        """The rows of a data frame or array; without `names`, those of the frame's columns.

        Raises GlassnetError on anything else, such as the path of a table.
        """
        import narwhals.stable.v2 as nw

        if isinstance(rows, np.ndarray):
            return cls(rows, [f"x{i}" for i in range(rows.shape[1])] if names is None else [*names])
        frame = nw.from_native(rows, eager_only=True, pass_through=True)
        if not isinstance(frame, nw.DataFrame):
            raise GlassnetError(
                "a teacher that is an estimator of another library needs the table as the data "
                "frame that it knows",
                option="teacher",
                remedy="read the table into a data frame first, or give the teacher's predictions",
            )
        return cls(frame, [str(name) for name in frame.columns] if names is None else [*names])

    def select(self, names: Sequence[str]) -> "TeacherInputs":
        """Only these columns, in that order. Raises GlassnetError on one that is not there."""
        lacking = [name for name in names if name not in self.names]
        if lacking:
            raise GlassnetError(
                f"the teacher was fitted on a column '{lacking[0]}' that the table lacks",
                option="teacher",
                column=lacking[0],
            )
        at = [self.names.index(name) for name in names]
        if isinstance(self.rows, np.ndarray):
            return replace(self, rows=self.rows[:, at], names=[*names])
        keys = self.rows.columns
        return replace(self, rows=self.rows.select([keys[i] for i in at]), names=[*names])

    def take(self, numbers: np.ndarray) -> Any:
        """The rows of these numbers, from 0, as the library has them."""
        if isinstance(self.rows, np.ndarray):
            return self.rows[numbers]
        return self.rows[numbers.tolist()].to_native()

    def mixed(self, base: np.ndarray, donor: Mapping[str, np.ndarray]) -> Any:
        """Rows like those of `base`, but the columns that `donor` names are of its rows."""
        if isinstance(self.rows, np.ndarray):
            rows = self.rows[base]
            for i, name in enumerate(self.names):
                rows[:, i] = self.rows[donor.get(name, base), i]
            return rows
        rows = self.rows[base.tolist()]
        columns = [
            self.rows[key][donor[name].tolist()].alias(key)
            for key, name in zip(self.rows.columns, self.names, strict=True)
            if name in donor
        ]
        return rows.with_columns(*columns).to_native()
