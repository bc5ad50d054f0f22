"""The result of a measure: a value for each output, network and column; mean, spread, tables.

Nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Optional

import numpy as np

from glassnet.errors import visible


@dataclass(frozen=True, eq=False)
class Importance:
    """How much each column matters, for each output, measured on several networks.

    Attributes
    ----------
    method : str
        The measure.
    measures : str
        What a value is, in words.
    names : tuple of str
        The columns.
    outputs : tuple of str
        The outputs.
    values : array, outputs x networks x columns
        The values.
    signed : bool
        Whether a value below 0 means that the output falls as the column rises.
    over : str
        What the second axis of `values` goes over: "network", or "shuffle" where a single network
        was measured once for each shuffle.
    n_rows : int
        How many rows it was measured on; 0 for a measure of the weights alone.
    features : Importance or None
        The same by network input, where the columns' features were measured too.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[[1.0, -4.0], [2.0, -2.0]]])  # 1 output, 2 networks, 2 columns
    >>> names, measures = ("age", "size"), "sum of weight products"
    >>> found = Importance("Olden", measures, names, ("price",), values, signed=True)
    >>> found.mean.tolist(), found.table()["column"]
    ([[1.5, -3.0]], ['size', 'age'])
    """

    method: str
    measures: str
    names: tuple[str, ...]
    outputs: tuple[str, ...]
    values: np.ndarray
    signed: bool = False
    over: str = "network"
    n_rows: int = 0
    features: Optional["Importance"] = None

    def __repr__(self) -> str:
        counts = f"{len(self.names)} columns for {len(self.outputs)} outputs"
        return visible(f"<glassnet Importance ({self.method}) of {counts}>")

    @property
    def mean(self) -> np.ndarray:
        """The mean over the networks, outputs x columns."""
        return self.values.mean(axis=1)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over the networks, outputs x columns; NaN where there is one."""
        if self.values.shape[1] == 1:
            return np.full_like(self.mean, np.nan)
        return self.values.std(axis=1, ddof=1)

    @property
    def order(self) -> np.ndarray:
        """The numbers of the columns, the largest mean (of either sign, of any output) first."""
        return np.argsort(-np.abs(self.mean).max(axis=0), kind="stable")

    @property
    def of_how_many(self) -> str:
        """How many networks, or shuffles of one, the values come from, in words."""
        n = self.values.shape[1]
        if self.over == "shuffle":
            return f"{n} shuffles of one network" if n > 1 else "one shuffle of one network"
        return f"{n} networks" if n > 1 else "one network"

    @property
    def title(self) -> str:
        """The method, and its output where there is only one."""
        return f"{self.method}: {self.outputs[0]}" if len(self.outputs) == 1 else self.method

    def table(self) -> dict[str, list[Any]]:
        """Plain columns, a row for each column of the table, sorted by size.

        They are `column`, `mean`, and `spread` where there are several networks; where there are
        several outputs each has a mean and a spread, such as `mean species=Adelie`.
        """
        columns: dict[str, list[Any]] = {"column": [self.names[i] for i in self.order]}
        for k, output in enumerate(self.outputs):
            ending = f" {output}" if len(self.outputs) > 1 else ""
            columns[f"mean{ending}"] = self.mean[k, self.order].tolist()
            if self.values.shape[1] > 1:
                columns[f"spread{ending}"] = self.spread[k, self.order].tolist()
        return columns

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [self._caption]
        for name, *numbers in rows:
            aligned = [text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True)]
            lines.append("  ".join([name.ljust(widths[0]), *aligned]))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        header, *rows = [[escape(cell) for cell in row] for row in self._rows()]
        lines = [f"<table><caption>{escape(self._caption)}</caption>", _html_row(header, "th")]
        for name, *numbers in rows:
            lines.append(f"<tr><th>{name}</th>{_html_cells(numbers, 'td')}</tr>")
        return "".join([*lines, "</table>"])

    @property
    def _caption(self) -> str:
        return f"{self.title}; {self.measures} ({self.of_how_many})"

    def _rows(self) -> list[list[str]]:
        """The table as text, its header first."""
        table = self.table()
        names = table.pop("column")
        numbers = [[f"{value:.4g}" for value in column] for column in table.values()]
        rows = [list(row) for row in zip(names, *numbers, strict=True)]
        return [["column", *table], *rows]


def gather(
    method: str,
    measures: str,
    outputs: Sequence[str],
    networks: Sequence[Mapping[str, np.ndarray]],
    **others: Any,
) -> Importance:
    """The Importance of what was measured on each network.

    Parameters
    ----------
    method, measures, outputs
        As in `Importance`.
    networks : sequence of mappings of str to array
        For each network, by name, a value for each output; a name that a network lacks counts 0.
    **others
        What else an Importance holds.
    """
    names = tuple(dict.fromkeys(name for network in networks for name in network))
    zeros = np.zeros(len(outputs))
    values = np.array([[network.get(name, zeros) for name in names] for network in networks])
    by_output = values.transpose(2, 0, 1)  # from networks x names x outputs
    return Importance(method, measures, names, tuple(outputs), by_output, **others)


def _html_row(cells: Sequence[str], tag: str) -> str:
    return f"<tr>{_html_cells(cells, tag)}</tr>"


def _html_cells(cells: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{cell}</{tag}>" for cell in cells)
