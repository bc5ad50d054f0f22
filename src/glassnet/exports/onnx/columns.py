"""From raw columns to the inputs of the networks, within the graph.

Numbers, dates and booleans come as numbers, NaN where a cell is missing: a date as the days since
1970-01-01, true as 1. Text comes as strings; every text that is no known category is like a missing
cell, "" as well.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from glassnet.errors import GlassnetError, visible
from glassnet.exports.columns import UsedColumn, levels_of
from glassnet.exports.formulas import BOUNDED
from glassnet.exports.onnx.nodes import COLUMNS_AXIS, GraphNodes
from glassnet.exports.plan import ExportPlan
from glassnet.tables.inputs import Binary, Categories, Number


def is_text(column: UsedColumn) -> bool:
    """Whether the graph takes the column's cells as strings."""
    return not isinstance(column, Number) and column.cells == "text"


class _Block(NamedTuple):
    """Features side by side, and which of the networks' inputs they are, from 0."""

    value: str
    inputs: list[int]


class _NumberColumn(NamedTuple):
    """A column of numbers, its value in the graph, and the first of its features."""

    column: Number
    cells: str
    first: int


def add_columns(nodes: GraphNodes, plan: ExportPlan, names: Sequence[str]) -> str:
    """The networks' inputs, N x D, of columns that come as values of these names, N x 1.

    All columns of numbers are encoded at once.
    """
    numbers: list[_NumberColumn] = []
    blocks: list[_Block] = []
    first = 0
    for column, cells in zip(plan.columns, names, strict=True):
        if isinstance(column, Number):
            numbers.append(_NumberColumn(column, cells, first))
        else:
            with nodes.part(f"column {column.name}"):
                inputs = list(range(first, first + len(column.features)))
                blocks.append(_Block(nodes.columns(_of_levels(nodes, column, cells)), inputs))
        first += len(column.features)
    for smooth_clip in (True, False):
        alike = [one for one in numbers if one.column.smooth_clip == smooth_clip]
        if alike:
            with nodes.part("numbers" if smooth_clip else "numbers not clipped"):
                blocks += _of_numbers(nodes, alike, smooth_clip)
    with nodes.part("inputs"):
        x = nodes.columns([block.value for block in blocks])
        order = np.argsort([number for block in blocks for number in block.inputs])
        if np.array_equal(order, np.arange(first)):
            return x
        return nodes.add("Gather", x, nodes.constant(order, "order"), axis=1)


def _of_numbers(
    nodes: GraphNodes, columns: list[_NumberColumn], smooth_clip: bool
) -> Iterator[_Block]:
    """The scaled numbers, then the indicators of missing cells, then the bins."""

    def of_all(field: str) -> str:
        numbers = [[float(getattr(one.column, field)) for one in columns]]
        return nodes.constant(np.array(numbers), field)

    x = nodes.columns([one.cells for one in columns])
    formulas = Number.formulas
    missing = nodes.add("IsNaN", x)
    x = nodes.add("Where", missing, of_all("fill"), x)
    u = x
    if any(one.column.center for one in columns):
        u = nodes.write(formulas["center"], x=u, m=of_all("center"))
    if any(one.column.scale != 1 for one in columns):
        u = nodes.write(formulas["scale"], u=u, s=of_all("scale"))
    if smooth_clip:
        u = nodes.write(BOUNDED, u=u)
        u = nodes.write(formulas["smooth_clip"], u=u)
    yield _Block(u, [one.first for one in columns])
    marked = [index for index, one in enumerate(columns) if one.column.indicator]
    if marked:
        inputs = [columns[index].first + 1 for index in marked]
        yield _Block(nodes.as_numbers(_taken(nodes, missing, marked, len(columns))), inputs)
    bins = [
        (index, low, high, one.column.bin_height, number)
        for index, one in enumerate(columns)
        for number, low, high in _bins(one)
    ]
    if bins:
        source, low, high, height, inputs = map(list, zip(*bins, strict=True))
        known = _taken(nodes, x, source, len(columns))
        low, high, height = (np.array([numbers]) for numbers in (low, high, height))
        with nodes.part("bins"):
            value = nodes.write(formulas["low_bin"], x=known, p=low, q=high, h=height)
        yield _Block(value, inputs)


def _bins(numbers: _NumberColumn) -> Iterator[tuple[int, float, float]]:
    """Of each bin which of the networks' inputs it is, and its edges."""
    before = 2 if numbers.column.indicator else 1
    for number, (low, high) in enumerate(pairwise(numbers.column.bin_edges)):
        yield numbers.first + before + number, low, high


def _taken(nodes: GraphNodes, value: str, columns: list[int], width: int) -> str:
    """Columns of a value that has `width` of them."""
    if columns == list(range(width)):
        return value
    return nodes.add("Gather", value, nodes.constant(columns, "columns"), axis=1)


def _of_levels(nodes: GraphNodes, column: Binary | Categories, cells: str) -> list[str]:
    levels = _levels(nodes, column)
    if isinstance(column, Binary):
        return _of_two(nodes, column, levels, cells)
    return _of_categories(nodes, column, levels, cells)


def _of_two(nodes: GraphNodes, column: Binary, levels: np.ndarray, x: str) -> list[str]:
    low, high = (np.array(level, levels.dtype) for level in levels.tolist())
    feature = nodes.write(Binary.formula, x=x, p=low, q=high)
    if not column.indicator:
        return [feature]
    return [feature, nodes.write("1 - abs(u)", u=feature)]


def _of_categories(nodes: GraphNodes, column: Categories, levels: np.ndarray, x: str) -> list[str]:
    known = nodes.write(Categories.formula, x=x, q=nodes.constant(levels[None], "levels"))
    if not column.indicator:
        return [known]
    count = nodes.add("ReduceSum", known, COLUMNS_AXIS, keepdims=1)
    return [known, nodes.write("1 - n", n=count)]


def _levels(nodes: GraphNodes, column: Binary | Categories) -> np.ndarray:
    """The categories as the graph gets them.

    Raises GlassnetError on text that is not Unicode, and on numbers that are one in float32.
    """
    if column.cells == "text":
        for level in column.levels:
            check_unicode(level, f"a category of the column '{visible(column.name)}'")
        return np.array(column.levels, object)
    if column.cells == "boolean":
        return np.array([float(level == "true") for level in column.levels])
    levels = np.array(levels_of(column))
    if len(set(levels.astype(nodes.dtype).tolist())) < len(levels):
        raise GlassnetError(
            f"categories of the column '{visible(column.name)}' are the same number in float32",
            remedy="leave the dtype out",
        )
    return levels


def check_unicode(text: str, what: str) -> None:
    """Raises GlassnetError on half a surrogate pair, which has no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise GlassnetError(f"{what} is no Unicode, which ONNX needs: {text!a}") from None
