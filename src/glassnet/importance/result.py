"""The result of a measure: a value for each output, network and column; mean, spread, tables. No measuring is here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Optional

import numpy as np

from glassnet.importance.networks import union


@dataclass(frozen=True, eq=False)
class Importance:
    """How much each column matters, for each output, measured on several networks.

    `values` is outputs x networks x columns. Where one network was shuffled several times, its shuffles stand for networks
    (`each` says which). `signed`: whether a value below 0 means that the output falls as the column rises. `features`: the same by
    network input, where the columns' features were measured too.

    >>> import numpy as np
    >>> values = np.array([[[1.0, -4.0], [2.0, -2.0]]])  # 1 output, 2 networks, 2 columns
    >>> found = Importance("Olden", "sum of weight products", ("age", "size"), ("price",), values, signed=True)
    >>> found.mean.tolist(), found.table()["column"]
    ([[1.5, -3.0]], ['size', 'age'])
    """

    method: str
    measures: str
    """What a value is, in words."""
    names: tuple[str, ...]
    outputs: tuple[str, ...]
    values: np.ndarray
    signed: bool = False
    each: str = "network"
    features: Optional["Importance"] = None

    @property
    def mean(self) -> np.ndarray:
        """The mean over the networks, outputs x columns."""
        return self.values.mean(axis=1)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over the networks, outputs x columns; NaN where there is but one."""
        n = self.values.shape[1]
        return self.values.std(axis=1, ddof=1) if n > 1 else np.full_like(self.mean, np.nan)

    @property
    def order(self) -> np.ndarray:
        """The places of the columns, the largest mean (of either sign, of any output) first."""
        return np.argsort(-np.abs(self.mean).max(axis=0), kind="stable")

    @property
    def of_how_many(self) -> str:
        """How many networks, or shuffles of one, the values come from, in words."""
        n = self.values.shape[1]
        if self.each == "shuffle":
            return f"{n} shuffles of one network" if n > 1 else "one shuffle of one network"
        return f"{n} networks" if n > 1 else "one network"

    @property
    def title(self) -> str:
        """The method, and of what, where that is one thing."""
        return f"{self.method}: {self.outputs[0]}" if len(self.outputs) == 1 else self.method

    def table(self) -> dict[str, list]:
        """Plain columns, a row for each column of the table, sorted by size: mean, and spread where there are several networks.

        Several outputs have each their own, such as `mean species=Adelie`.
        """
        columns: dict[str, list] = {"column": [self.names[i] for i in self.order]}
        for k, output in enumerate(self.outputs):
            ending = f" {output}" if len(self.outputs) > 1 else ""
            columns[f"mean{ending}"] = self.mean[k, self.order].tolist()
            if self.values.shape[1] > 1:
                columns[f"spread{ending}"] = self.spread[k, self.order].tolist()
        return columns

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in rows
        ]
        return "\n".join([f"{self.title}; {self.measures} ({self.of_how_many})", *lines])

    def _repr_html_(self) -> str:
        head, *rows = [[escape(cell) for cell in row] for row in self._rows()]
        cells = "".join(
            f"<tr><th>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>"
            for row in rows
        )
        caption = escape(f"{self.title}; {self.measures} ({self.of_how_many})")
        return f"<table><caption>{caption}</caption><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{cells}</table>"

    def _rows(self) -> list[list[str]]:
        """The table as text, its head first."""
        table = self.table()
        texts = [
            [cell if isinstance(cell, str) else f"{cell:.4g}" for cell in column]
            for column in table.values()
        ]
        return [list(table), *map(list, zip(*texts, strict=True))]


def gathered(
    method: str,
    measures: str,
    outputs: Sequence[str],
    networks: Sequence[Mapping[str, np.ndarray]],
    **rest: Any,
) -> Importance:
    """What was measured on each network, by name a value for each output, as one Importance; 0 where a network does not use a name.

    `rest` is what else an Importance holds.
    """
    names = tuple(union(networks))
    nothing = np.zeros(len(outputs))
    values = np.array(
        [[network.get(name, nothing) for name in names] for network in networks]
    )  # networks x names x outputs
    return Importance(method, measures, names, tuple(outputs), values.transpose(2, 0, 1), **rest)
