"""Two columns of a table as a plane to look over: which two, a grid over them, the rows on it.

The other columns are fixed, each at one cell. What is shown over the plane lives with each picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.importance.first_layer import MovedColumns
from glassnet.importance.ranking import ENOUGH_ROWS
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.plots.figures import in_picture, one_line
from glassnet.tables.columns import Column, Kind, Table, count_texts, number_text, texts
from glassnet.tables.inputs import Binary, Categories, Input, Number

COLUMN_MARGIN = 0.05  # fraction of a column's range, left free on either side
CONSTANT_MARGIN = 0.5  # of a column of one value, in its own unit
MOST_IN_NOTE = 3  # fixed columns that the note names
AXIS_LETTERS = 40  # letters of a column's name
TICK_LETTERS = 16  # letters of a category
MOST_LEVEL_TICKS = 6  # categories along x; the names of more stand slanted
SPREAD = 0.3  # how far rows of one category are spread to either side; categories are 1 apart


@dataclass(frozen=True)
class ColumnAxis:
    """One column along a side of the plane.

    Parameters
    ----------
    name : str
        The column's name.
    kind : str
        What its cells are: "number", "date" or "text".
    grid : ndarray
        The grid along it: numbers, days since 1970-01-01, or the numbers of `levels`, from 0.
    levels : tuple of str
        The categories of a column that has some.
    """

    name: str
    kind: Kind
    grid: np.ndarray
    levels: tuple[str, ...] = ()

    def cells_at(self, positions: np.ndarray) -> Column:
        """The cells at some positions of the grid, as the model's encoding takes them."""
        if not self.levels:
            return Column(self.name, self.kind, positions)
        cells = np.array(self.levels, object)[positions.astype(int)]
        return Column(self.name, self.kind, cells.astype(float) if self.kind == "number" else cells)

    def positions_of(self, column: Column) -> np.ndarray:
        """Where N cells stand; NaN where one is missing or an unknown category."""
        if not self.levels:
            return column.values
        number: dict[str | None, int] = {level: i for i, level in enumerate(self.levels)}
        return np.array([number.get(cell, np.nan) for cell in texts(column)], float)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first cell of the grid begins and the last one ends.

        The grid's values are the middles of its cells.
        """
        first, last = float(self.grid[0]), float(self.grid[-1])
        half = 0.5 if self.levels else (last - first) / (len(self.grid) - 1) / 2
        return first - half, last + half

    def label(self, axis: Any) -> None:
        """Set a matplotlib axis's name, limits and ticks: categories by name, days as dates."""
        axis.set_label_text(in_picture(self.name, AXIS_LETTERS))
        limits = self.ends if self.levels else self.grid[[0, -1]]
        axis.axes.set(**{f"{axis.axis_name}lim": limits})
        if self.levels:
            names = [in_picture(level, TICK_LETTERS) for level in self.levels]
            slanted = axis.axis_name == "x" and len(self.levels) > MOST_LEVEL_TICKS
            axis.set_ticks(self.grid, names, rotation=45 if slanted else 0)
        elif self.kind == "date":
            date_ticks(axis, fewest=2)


def date_ticks(axis: Any, fewest: int = 5) -> None:
    """Write the ticks of a matplotlib axis of days since 1970-01-01 as dates, at most five."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=fewest, maxticks=5)
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator))


@dataclass(frozen=True)
class Plane:
    """A grid over two columns of some rows.

    Parameters
    ----------
    rows : Rows
        N rows beside a model.
    x, y : ColumnAxis
        The two columns.
    fixed : Table
        One cell of every input column: its median, or its most frequent one.
    """

    rows: Rows
    x: ColumnAxis
    y: ColumnAxis
    fixed: Table

    @property
    def shape(self) -> tuple[int, int]:
        """The size of the grid, as of an image: along y, along x."""
        return len(self.y.grid), len(self.x.grid)

    @property
    def inputs(self) -> np.ndarray:
        """The network's inputs at the grid, row by row from the lowest y, grid points x D."""
        moved = self._cells
        repeated = self.fixed.take(np.zeros(len(moved[0].values), int))
        encoding = self.rows.model.encoding
        return encoding.encode_inputs(Table.of([*repeated.values(), *moved]))

    @property
    def outputs(self) -> np.ndarray:
        """The model's outputs at the grid, in the order of `inputs`, grid points x K."""
        moved = self._cells
        first = np.zeros(len(moved[0].values), int)
        return MovedColumns(self.rows.model, self.fixed).outputs(first, *moved)

    @property
    def _cells(self) -> tuple[Column, Column]:
        """The cells of the two columns at the grid."""
        x, y = np.meshgrid(self.x.grid, self.y.grid)
        return self.x.cells_at(x.ravel()), self.y.cells_at(y.ravel())

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the rows stand in the plane, N and N; rows of one category are spread a little."""
        random = np.random.default_rng(0)
        x, y = (self._positions(axis, random) for axis in (self.x, self.y))
        return x, y

    def _positions(self, axis: ColumnAxis, random: np.random.Generator) -> np.ndarray:
        positions = axis.positions_of(self.rows.columns[axis.name])
        if axis.levels:
            positions = positions + random.uniform(-SPREAD, SPREAD, len(self.rows))
        return positions

    @property
    def note(self) -> str:
        """Where the other columns are fixed, and how many rows cannot be shown; "" if neither."""
        return "; ".join(filter(None, [self.fixed_note, self.missing_note]))

    @property
    def missing_note(self) -> str:
        """How many rows cannot be shown; "" where all can."""
        absent = int(np.isnan(np.add(*self.points)).sum())
        return f"rows not shown, since a cell is missing: {absent}" if absent else ""

    @property
    def fixed_note(self) -> str:
        """Where the other columns are fixed; "" where there are none."""
        others = [
            f"{one_line(name, AXIS_LETTERS)} = {one_line(first_cell_text(column), AXIS_LETTERS)}"
            for name, column in self.fixed.items()
            if name not in (self.x.name, self.y.name)
        ]
        note = "held: " + ", ".join(others[:MOST_IN_NOTE]) if others else ""
        if len(others) > MOST_IN_NOTE:
            note += f" and {len(others) - MOST_IN_NOTE} more at the median or most frequent"
        return note

    def paint(
        self, ax: Any, values: np.ndarray, levels: Sequence[float] | None = None, **options: Any
    ) -> Any:
        """Draw values over the grid.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            Where to draw.
        values : ndarray
            Along y x along x; with a third dimension of 3 they are colours.
        levels : sequence of float, optional
            Where both columns are continuous, filled contours are drawn at these values.
        **options
            What matplotlib takes, such as `cmap`, `vmin` and `vmax`.

        Returns
        -------
        matplotlib artist
            What was drawn, for a colour bar.
        """
        if levels is not None and not (self.x.levels or self.y.levels):
            return ax.contourf(self.x.grid, self.y.grid, values, levels=levels, **options)
        extent = [*self.x.ends, *self.y.ends]
        smooth = not (self.x.levels or self.y.levels)
        interpolation = "bilinear" if smooth else "nearest"
        image = {"origin": "lower", "aspect": "auto", "interpolation": interpolation}
        return ax.imshow(values, extent=extent, **image, **options)

    def label(self, ax: Any) -> None:
        """Name both axes."""
        self.x.label(ax.xaxis)
        self.y.label(ax.yaxis)


def plane_of(rows: Rows, columns: Sequence[str] | None, resolution: int) -> Plane:
    """The plane over two columns of some rows.

    Parameters
    ----------
    rows : Rows
        N rows beside a model.
    columns : sequence of two str, optional
        Along x and y; by default those along which the outputs vary most (see `most_varied`).
    resolution : int
        The size of the grid along each column that is not of categories.

    Raises
    ------
    GlassnetError
        On no rows, on a model of one column, and unless the columns are two different ones that it
        uses.
    """
    check_enough(resolution, 2, "resolution")
    check_enough(len(rows), 1, "rows to look at")
    needed = rows.model.encoding.needed
    if len(needed) < 2:
        raise GlassnetError(
            f"a plane needs two columns, and the model uses one, '{needed[0]}': "
            "plot its predictions against it"
        )
    fixed = _fixed_cells(rows)
    names = most_varied(rows, fixed) if columns is None else checked_columns(rows.model, columns)
    encodings = {column.name: column for column in rows.model.encoding.inputs}
    x, y = (_column_axis(encodings[name], rows.columns[name], resolution) for name in names)
    return Plane(rows, x, y, fixed)


def checked_columns(model: Model, columns: Sequence[str]) -> tuple[str, str]:
    """Two names of columns.

    Raises GlassnetError, naming it, on one that is unknown, not used, or there twice.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    inputs = {column.name: column for column in model.encoding.inputs}
    for name in names:
        if name not in inputs:
            raise unknown_name("column", name, model.encoding.needed)
        if not inputs[name].features:
            raise GlassnetError(
                f"the model does not use column '{name}' ({inputs[name]}): "
                f"choose of {', '.join(model.encoding.needed)}"
            )
    if len(names) != 2:
        raise GlassnetError(f"columns must be two names, got {len(names)}: {', '.join(names)}")
    if names[0] == names[1]:
        raise GlassnetError(f"column '{names[0]}' is given twice: give two different ones")
    return names[0], names[1]


def most_varied(rows: Rows, fixed: Table) -> tuple[str, str]:
    """The two columns along which the outputs vary most, in the table's order.

    Each column in turn takes the cells it has in the rows (of many in `ENOUGH_ROWS` of them), while
    the others are fixed; the variances of the outputs are added.
    """
    looked_at = rows.evenly_spread(ENOUGH_ROWS)
    moved = MovedColumns(rows.model, fixed)
    first = np.zeros(len(looked_at), int)
    variance = {
        name: moved.outputs(first, column).var(axis=0).sum()
        for name, column in looked_at.columns.items()
    }
    chosen = sorted(variance, key=lambda name: -variance[name])[:2]
    x, y = (name for name in variance if name in chosen)
    return x, y


def _fixed_cells(rows: Rows) -> Table:
    """One cell of each column: the median of numbers and dates, else the most frequent one.

    It is missing where nothing is known.
    """
    encodings = {column.name: column for column in rows.model.encoding.inputs}
    return Table.of(
        _median(column) if isinstance(encodings[name], Number) else _most_frequent(column)
        for name, column in rows.columns.items()
    )


def _median(column: Column) -> Column:
    known = column.values[~column.missing]
    median = np.median(known) if len(known) else np.nan
    return Column(column.name, column.kind, np.array([median]))


def _most_frequent(column: Column) -> Column:
    """The first cell of the most frequent text; of several, of the first in the alphabet."""
    counts = count_texts(column)
    text = min(counts, key=lambda text: (-counts[text], text), default=None)
    return column.take(np.array([list(texts(column)).index(text)]))


def _column_axis(encoding: Input, column: Column, resolution: int) -> ColumnAxis:
    if isinstance(encoding, (Binary, Categories)):
        numbers = np.arange(len(encoding.levels), dtype=float)
        return ColumnAxis(column.name, column.kind, numbers, tuple(encoding.levels))
    known = column.values[~column.missing]
    if not len(known):
        raise GlassnetError(
            f"column '{column.name}' is missing in every row: "
            "give rows that have it, or choose another column"
        )
    low, high = known.min(), known.max()
    margin = COLUMN_MARGIN * (high - low) or CONSTANT_MARGIN
    grid = np.linspace(low - margin, high + margin, resolution)
    return ColumnAxis(column.name, column.kind, grid)


def first_cell_text(column: Column, digits: int = 4) -> str:
    """A column's first cell as it would stand in a table, a number in so many digits."""
    cell = column.values[0]
    if column.missing[0]:
        return "missing"
    if column.kind == "date":
        return str(_moment(float(cell)))
    return number_text(float(f"{cell:.{digits}g}")) if column.kind == "number" else str(cell)


def _moment(days: float) -> np.datetime64:
    """A day, or where it has a time of day a second, of so many days since 1970-01-01."""
    if days.is_integer():
        return np.datetime64(int(days), "D")
    return np.datetime64(round(days * 86400), "s")
