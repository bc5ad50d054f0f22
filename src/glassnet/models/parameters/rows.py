"""Weights and biases as rows of CSV: the columns, and how such a file becomes networks again."""

import csv
import io
import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.models.parameters.found import FoundNetwork
from glassnet.tables.write import FORMULA

COLUMNS = ("member", "layer", "from", "to", "from_name", "to_name", "activation", "value")
"""Member, layer and nodes are numbers from 1; a bias comes `from` 0."""
NEEDED = ("layer", "from", "to", "value")
BIAS = "bias"


class _Row(NamedTuple):
    number: int
    member: int
    layer: int
    source: int
    to: int
    source_name: str
    to_name: str
    activation: str
    value: float


def read_rows(text: str) -> list[FoundNetwork]:
    """The networks of a CSV that the export to `csv` wrote, or one with its columns.

    Raises GlassnetError, naming row and column, on what does not fit.
    """
    members: dict[int, list[_Row]] = {}
    for row in _rows(text):
        members.setdefault(row.member, []).append(row)
    if not members:
        raise GlassnetError("has no rows")
    networks = {member: _network(members[member], member) for member in sorted(members)}
    first = next(iter(networks.values()))
    for member, network in networks.items():
        if (network.inputs, network.outputs) != (first.inputs, first.outputs):
            raise GlassnetError(f"member {member} names other inputs or outputs than the first")
    return list(networks.values())


def _rows(text: str) -> list[_Row]:
    try:
        cells = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = cells.fieldnames or []
        for name in NEEDED:
            if name not in names:
                raise GlassnetError(
                    f"has no column '{name}'", remedy=f"it needs {', '.join(NEEDED)}"
                )
        return [_row(cell, number) for number, cell in enumerate(cells, 1)]
    except csv.Error as error:
        raise GlassnetError(f"is no CSV ({error})") from None


def _row(cells: Mapping[str, str | None], number: int) -> _Row:
    def whole(name: str, least: int) -> int:
        text = cells.get(name) or ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
            message = f"must be a whole number of {least} or more, got '{text[:40]}'"
            raise GlassnetError(message, column=name, row=number)
        return int(text)

    def name(column: str) -> str:
        text = cells.get(column) or ""
        return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

    try:
        value = float(cells.get("value") or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = f"must be a number, got '{(cells.get('value') or '')[:40]}'"
        raise GlassnetError(message, column="value", row=number)
    return _Row(
        number,
        whole("member", 1) if "member" in cells else 1,
        whole("layer", 1),
        whole("from", 0),
        whole("to", 1),
        name("from_name"),
        name("to_name"),
        name("activation"),
        value,
    )


def _network(rows: list[_Row], member: int) -> FoundNetwork:
    layers: dict[int, list[_Row]] = {}
    for row in rows:
        layers.setdefault(row.layer, []).append(row)
    if sorted(layers) != list(range(1, len(layers) + 1)):
        found = ", ".join(map(str, sorted(layers)))
        raise GlassnetError(f"member {member} has the layers {found}: give all from 1 on")
    arrays: dict[str, np.ndarray] = {}
    activations: list[str] = []
    for number in sorted(layers):
        found = layers[number]
        what = f"member {member}, layer {number}"
        arrays |= _arrays(found, number, what)
        names = {row.activation for row in found}
        if len(names) > 1:
            raise GlassnetError(f"{what} has several activations: {', '.join(sorted(names))}")
        activations += names - {""}
    known = len(activations) == len(layers)
    first, last = layers[1], layers[len(layers)]
    return FoundNetwork(
        arrays,
        activations=tuple(activations) if known else (),
        inputs=_names({row.source: row.source_name for row in first if row.source}),
        outputs=_names({row.to: row.to_name for row in last}),
    )


def _arrays(rows: list[_Row], layer: int, what: str) -> dict[str, np.ndarray]:
    """The weights and biases of a layer, whose rows must name each of them once."""
    cells: dict[tuple[int, int], float] = {}
    for row in rows:
        if (row.source, row.to) in cells:
            message = f"{what} has the weight from {row.source} to {row.to} twice"
            raise GlassnetError(message, row=row.number)
        cells[row.source, row.to] = row.value
    n, m = (max(numbers) for numbers in zip(*cells, strict=True))
    n_biases = sum(source == 0 for source, _ in cells)
    if n_biases not in (0, m) or len(cells) - n_biases != n * m or n == 0:
        raise GlassnetError(
            f"{what} goes from {n} to {m} nodes, but not each weight or bias has its row"
        )
    weights = np.empty((n, m))
    biases = np.empty(m)
    for (source, to), value in cells.items():
        if source:
            weights[source - 1, to - 1] = value
        else:
            biases[to - 1] = value
    found = {f"weights{layer}": weights}
    return {**found, f"biases{layer}": biases} if n_biases else found


def _names(by_number: dict[int, str]) -> tuple[str, ...]:
    """The names in their order; none where they are not all there, and different."""
    names = [by_number[number] for number in sorted(by_number)]
    return tuple(names) if all(names) and len(set(names)) == len(names) else ()
