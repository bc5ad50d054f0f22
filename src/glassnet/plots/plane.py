"""Two columns of a table as a plane to look over: which two, a grid on it, the rows in it, and where the other columns are held.

What is shown over the plane lives with each picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.figures import in_picture, shortened
from glassnet.tables.columns import Column, Kind, Table, count_texts, number_text, texts
from glassnet.tables.inputs import Categories, Input, Number, TwoValues

MARGIN = 0.05  # of a column's range, left free on either side
NAMED = 3  # held columns that the note names
AXIS_NAME, TICK_NAME = 40, 16  # letters of a column's name and of a category's


@dataclass(frozen=True)
class ColumnAxis:
    """One column along a side of the plane.

    `places` are the grid's: numbers, days since 1970-01-01, or the places of `levels`, the categories, from 0.
    """

    name: str
    kind: Kind
    places: np.ndarray
    levels: tuple[str, ...] = ()

    def cells(self, places: np.ndarray) -> Column:
        """The cells that stand at such places, as the model's encoding takes them."""
        if not self.levels:
            return Column(self.name, self.kind, places)
        level = np.array(self.levels, object)[places.astype(int)]
        return Column(self.name, self.kind, level.astype(float) if self.kind == "number" else level)

    def places_of(self, column: Column) -> np.ndarray:
        """Where N cells stand, NaN where one is missing or a category that the model does not know."""
        if not self.levels:
            return column.values
        place: dict[str | None, int] = {level: i for i, level in enumerate(self.levels)}
        return np.array([place.get(cell, np.nan) for cell in texts(column)], float)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the grid's first cell begins and its last one ends; its places are their middles."""
        half = (
            0.5 if self.levels else (self.places[-1] - self.places[0]) / (len(self.places) - 1) / 2
        )
        return float(self.places[0] - half), float(self.places[-1] + half)

    def label(self, axis: Any) -> None:
        """Name a matplotlib axis, and set its limits and ticks: categories by name, days as dates."""
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        axis.set_label_text(in_picture(self.name, AXIS_NAME))
        axis.axes.set(
            **{f"{axis.axis_name}lim": self.ends if self.levels else self.places[[0, -1]]}
        )
        if self.levels:
            names = [in_picture(level, TICK_NAME) for level in self.levels]
            axis.set_ticks(
                self.places,
                names,
                rotation=45 if axis.axis_name == "x" and len(self.levels) > 6 else 0,
            )
        elif self.kind == "date":
            locator = AutoDateLocator(minticks=2, maxticks=5)
            axis.set_major_locator(locator)
            axis.set_major_formatter(ConciseDateFormatter(locator))


@dataclass(frozen=True)
class Plane:
    """A grid over two columns of some rows; `held` has one cell for every input column: the median, or the most frequent one."""

    rows: Rows
    x: ColumnAxis
    y: ColumnAxis
    held: Table

    @property
    def shape(self) -> tuple[int, int]:
        """The grid's size, as of an image: places along y, places along x."""
        return len(self.y.places), len(self.x.places)

    @property
    def inputs(self) -> np.ndarray:
        """The network's inputs at the grid, (places along y x places along x) x D, row by row from the lowest y."""
        x, y = np.meshgrid(self.x.places, self.y.places)
        return _encoded(
            self.rows.model, self.held, self.x.cells(x.ravel()), self.y.cells(y.ravel())
        )

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the rows stand in the plane, N and N; rows of one category are spread a little, so that they can be told apart."""
        random = np.random.default_rng(0)
        spread = [
            random.uniform(-0.3, 0.3, len(self.rows)) if axis.levels else 0.0
            for axis in (self.x, self.y)
        ]
        x, y = (axis.places_of(self.rows.columns[axis.name]) for axis in (self.x, self.y))
        return x + spread[0], y + spread[1]

    @property
    def note(self) -> str:
        """Where the other columns are held, and how many rows cannot be shown, in words; "" where there is neither."""
        others = [
            " = ".join(shortened(words, AXIS_NAME) for words in (name, _text(column)))
            for name, column in self.held.items()
            if name not in (self.x.name, self.y.name)
        ]
        more = (
            f" and {len(others) - NAMED} more at the median or most frequent"
            if len(others) > NAMED
            else ""
        )
        absent = int(np.isnan(np.add(*self.points)).sum())
        parts = ["held: " + ", ".join(others[:NAMED]) + more] if others else []
        return "; ".join(
            parts + [f"rows not shown, since a cell is missing: {absent}"] * (absent > 0)
        )

    def paint(
        self, ax: Any, values: np.ndarray, levels: Sequence[float] | None = None, **options: Any
    ) -> Any:
        """Draw values over the grid, as filled contours at `levels` where both columns are continuous; gives the artist."""
        if levels is not None and not (self.x.levels or self.y.levels):
            return ax.contourf(self.x.places, self.y.places, values, levels=levels, **options)
        ends = [end for axis in (self.x, self.y) for end in axis.ends]
        return ax.imshow(
            values, extent=ends, origin="lower", aspect="auto", interpolation="nearest", **options
        )

    def label(self, ax: Any) -> None:
        """Name both axes."""
        self.x.label(ax.xaxis)
        self.y.label(ax.yaxis)


def plane_of(rows: Rows, columns: Sequence[str] | None, resolution: int) -> Plane:
    """The plane over two columns, with so many grid places along each that is not of categories.

    `columns` None: those along which the outputs vary most (see `most_telling`). Raises GlassnetError on a model of one column, and
    unless they are two different ones that the model uses.
    """
    check_enough(resolution, 2, "resolution")
    check_enough(len(rows), 1, "rows to look at")
    needed = rows.model.encoding.needed
    if len(needed) < 2:
        raise GlassnetError(
            f"a plane needs two columns, and the model uses one, '{needed[0]}': plot its predictions against it"
        )
    held = _held(rows)
    names = most_telling(rows, held) if columns is None else checked_columns(rows.model, columns)
    by_name = {column.name: column for column in rows.model.encoding.inputs}
    x, y = (_axis(by_name[name], rows.columns[name], resolution) for name in names)
    return Plane(rows, x, y, held)


def checked_columns(model: Model, columns: Sequence[str]) -> tuple[str, str]:
    """Two names of columns. Raises GlassnetError, naming it, on one that is unknown, not used, or there twice."""
    names = [columns] if isinstance(columns, str) else list(columns)
    inputs = {column.name: column for column in model.encoding.inputs}
    for name in names:
        if name not in inputs:
            raise unknown_name("column", name, model.encoding.needed)
        if not inputs[name].features:
            raise GlassnetError(
                f"the model does not use column '{name}' ({inputs[name]}): choose of {', '.join(model.encoding.needed)}"
            )
    if len(names) != 2:
        raise GlassnetError(f"columns must be two names, got {len(names)}: {', '.join(names)}")
    if names[0] == names[1]:
        raise GlassnetError(f"column '{names[0]}' is given twice: give two different ones")
    return names[0], names[1]


def most_telling(rows: Rows, held: Table) -> tuple[str, str]:
    """The two columns along which the outputs vary most.

    Each column in turn takes all the cells it has in the rows, while the others are held; the variances of the outputs are added.
    """
    model = rows.model
    variance = {
        name: model.output_of(_encoded(model, held, column)).var(axis=0).sum()
        for name, column in rows.columns.items()
    }
    first, second = sorted(variance, key=lambda name: -variance[name])[:2]
    return first, second


def _encoded(model: Model, held: Table, *moved: Column) -> np.ndarray:
    """The network's inputs, N x D, where the moved columns have N cells each and the others their held one."""
    still = held.take(np.zeros(len(moved[0].values), int))
    return model.encoding.encode_inputs(Table.of([*still.values(), *moved]))


def _held(rows: Rows) -> Table:
    """One cell for each column: the median of numbers and dates, else the most frequent; missing where nothing is known."""
    encodings = {column.name: column for column in rows.model.encoding.inputs}
    held: list[Column] = []
    for name, column in rows.columns.items():
        if isinstance(encodings[name], Number):
            known = column.values[~column.missing]
            cell = np.array([np.median(known) if len(known) else np.nan])
        else:
            counts = count_texts(column)
            most = min(counts, key=lambda text: (-counts[text], text), default=None)
            cell = column.values[[next(i for i, text in enumerate(texts(column)) if text == most)]]
        held.append(Column(name, column.kind, cell))
    return Table.of(held)


def _axis(encoding: Input, column: Column, resolution: int) -> ColumnAxis:
    if isinstance(encoding, (TwoValues, Categories)):
        return ColumnAxis(
            column.name,
            column.kind,
            np.arange(len(encoding.levels), dtype=float),
            tuple(encoding.levels),
        )
    known = column.values[~column.missing]
    if not len(known):
        raise GlassnetError(
            f"column '{column.name}' is missing in every row: give rows that have it, or choose another column"
        )
    low, high = known.min(), known.max()
    margin = MARGIN * (high - low) or 0.5
    return ColumnAxis(
        column.name, column.kind, np.linspace(low - margin, high + margin, resolution)
    )


def _text(column: Column) -> str:
    if column.missing[0]:
        return "missing"
    if column.kind == "date":
        return str(np.datetime64("1970-01-01") + np.timedelta64(int(column.values[0]), "D"))
    return (
        number_text(float(f"{column.values[0]:.4g}"))
        if column.kind == "number"
        else str(column.values[0])
    )
