"""What a column becomes as input: its encoding, learnt once from training rows.

Each encoding is plain numbers and names. It turns N cells into an N x (its features) matrix, names
those features, says in words what it does, and can be undone. Robust scaling and the smooth clip
follow Holzmüller et al. 2024 (RealMLP), the bins of a number Gorishniy et al. 2022 (piecewise
linear encoding). Targets are in `targets.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.columns import (
    LARGEST,
    Column,
    Kind,
    count_texts,
    is_name,
    is_number,
    level_numbers,
    number_text,
)
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.known import Format

MAX_LEVELS = 254  # levels of one text column; the rarest beyond count as unknown
SMOOTH_CLIP = 3.0  # where an encoded number levels off, in scaled units
BINS = 16  # of a column of numbers, between its quantiles
MIN_CELLS_FOR_BINS = 700  # known cells, from which on bins are the plain choice
FEWEST_CELLS_OF_A_BIN = 3  # known cells

Features = np.ndarray  # N x width, float64


@dataclass(frozen=True)
class Number:
    """A column of numbers, or of dates as days since 1970-01-01.

    Cells are centred, scaled and smoothly clipped; the median stands in where one is missing.
    `bin_edges` e cut its range into bins, a feature each: -h below e[i], +h above e[i + 1], a line
    between, h being `bin_height`. With them a network can bend its prediction at each edge without
    learning where; the lower they are, the more it takes to bend it.
    """

    kind: ClassVar[str] = "number"
    name: str
    center: float
    scale: float
    smooth_clip: bool
    fill: float
    """Stands in for a missing cell."""
    indicator: bool
    """Whether a second feature tells that the cell is missing."""
    date: bool = False
    bin_edges: tuple[float, ...] = ()
    format: Format | None = None
    """How its cells were written, where they were text; new rows are read by it."""
    bin_height: float = 1.0
    fill_learnt: bool = True
    """Whether `fill` was learnt from cells; else 0 stands in, of which a network knows nothing."""
    formulas: ClassVar[dict[str, str]] = {
        "center": "x - m",
        "scale": "u / s",
        "smooth_clip": f"u / sqrt(1 + (u / {SMOOTH_CLIP:g})**2)",
        "bin": "max(-1, min(2 * (x - p) / (q - p) - 1, 1))",
        "low_bin": "h * max(-1, min(2 * (x - p) / (q - p) - 1, 1))",
        "missing": "1 if x == q else 0",
    }
    """Each step as a Python expression: x is the cell, m the center, s the scale, u what the step
    before gave, p and q the edges of a bin and h its height where that is not 1; for "missing" q is
    the missing cell."""

    @property
    def features(self) -> list[str]:
        """The names of its features."""
        names = [self.name]
        if self.indicator:
            names.append(f"{self.name} missing")
        names += [self.bin_name(low, high) for low, high in pairwise(self.bin_edges)]
        return names

    def bin_name(self, low: float, high: float) -> str:
        """The name of the feature of a bin, or of several that follow each other."""
        if self.date:
            return f"{self.name} {self.written(low)} to {self.written(high)}"
        return f"{self.name} {low:.6g} to {high:.6g}"

    def written(self, value: float) -> str:
        """A number as it would stand in the table: a day as the date that it is."""
        if not self.date:
            return number_text(value)
        return self.date_format.write(value)

    @property
    def date_format(self) -> DateFormat:
        """How its dates are written in text: 2024-12-31 where no text was seen."""
        return self.format if isinstance(self.format, DateFormat) else DateFormat("yyyy-mm-dd")

    def encode(self, column: Column) -> Features:
        """N cells as an N x (1, and 1 for missing, and the bins) matrix."""
        x = np.where(column.missing, self.fill, column.values)
        parts = [_scaled(x, self.center, self.scale, self.smooth_clip)]
        if self.indicator:
            parts.append(column.missing)
        edges = np.array(self.bin_edges)
        bins = _binned(x[:, None], edges[:-1], 2 / np.diff(edges))
        parts.append(bins if self.bin_height == 1 else bins * self.bin_height)
        return np.column_stack(parts)

    def decode(self, features: Features) -> list[float | None]:
        """`encode` undone; far outliers come back only roughly.

        None where a cell was missing and an indicator tells.
        """
        u = features[:, 0]
        if self.smooth_clip:
            u = u / np.sqrt(np.maximum(1 - (u / SMOOTH_CLIP) ** 2, np.finfo(float).eps))
        x = u * self.scale + self.center
        missing = features[:, 1] > 0.5 if self.indicator else np.zeros(len(u), bool)
        return [None if gone else float(v) for v, gone in zip(x, missing, strict=True)]

    def __str__(self) -> str:
        text = f"{_written(self.format, self.date)}: "
        if (self.center, self.scale) == (0, 1):
            text += "as it is"
        else:
            text += f"(x - {self.center:.6g}) / {self.scale:.6g}"
        if self.smooth_clip:
            text += f", then u / sqrt(1 + (u/{SMOOTH_CLIP:g})^2)"
        if self.bin_edges:
            text += f", and in {len(self.bin_edges) - 1} bins between quantiles"
            text += "" if self.bin_height == 1 else f", {self.bin_height:.4g} high"
        if self.indicator:
            text += f"; missing: {self.fill:.6g} and an indicator"
        return text


def _written(written: Format | None, is_date: bool) -> str:
    """What a column of numbers holds, and how it was written where that is not the plain way."""
    if not is_date:
        return "number" if written is None else str(written)
    pattern = "" if written is None else f" {written}"
    return f"date{pattern} in days since 1970-01-01"


# As arrays: for one row, half the time goes into turning numbers into them.
_ONE = np.array([1.0])
_SMOOTH_CLIP = np.array([SMOOTH_CLIP])


def _scaled(x: np.ndarray, center: Any, scale: Any, smooth_clip: bool) -> np.ndarray:
    """Centred, scaled and, if wanted, smoothly clipped: of the shape of x."""
    u = x - center
    u /= scale
    if smooth_clip:
        v = u / _SMOOTH_CLIP
        u /= np.hypot(_ONE, v, v)
    return u


def _binned(x: np.ndarray, low: np.ndarray, steepness: np.ndarray) -> np.ndarray:
    """-1 up to `low`, from there a line of that steepness up to +1."""
    t = x - low
    t *= steepness
    t -= _ONE
    np.maximum(t, -_ONE, out=t)
    return np.minimum(t, _ONE, out=t)


class Numbers:
    """Several columns of numbers together, for arrays that hold nothing else."""

    def __init__(self, columns: Sequence[Number]) -> None:
        self.columns = columns
        self.center: np.ndarray = np.array([column.center for column in columns])
        self.scale: np.ndarray = np.array([column.scale for column in columns])
        self.fill_learnt: bool = all(column.fill_learnt for column in columns)
        self.smooth_clip: bool = any(column.smooth_clip for column in columns)
        self.encode_alike: bool = all(
            column.smooth_clip == self.smooth_clip and not column.indicator for column in columns
        )
        bins = [
            (position, low, high, column.bin_height)
            for position, column in enumerate(columns)
            for low, high in pairwise(column.bin_edges)
        ]
        positions = [position for position, *_ in bins]
        self.bin_column: np.ndarray = np.array(positions, int)  # the column of each bin
        self.bin_low: np.ndarray = np.array([low for _, low, _, _ in bins])
        self.bin_steepness: np.ndarray = np.array([2 / (high - low) for _, low, high, _ in bins])
        heights = [height for *_, height in bins]
        self.bin_height: np.ndarray | None = None if set(heights) <= {1} else np.array(heights)
        # each column's bins stand after it
        self.order: np.ndarray = np.argsort([*range(len(columns)), *positions], kind="stable")

    def encode(self, x: np.ndarray) -> Features | None:
        """An N x (columns) array as the columns' features.

        None where a cell is missing or too large, or a column needs an indicator.
        """
        if not self.encode_alike:
            return None
        if not np.vdot(x, x) <= LARGEST:  # else no cell is beyond its root, and none is NaN
            return None
        u = _scaled(x, self.center, self.scale, self.smooth_clip)
        if not len(self.bin_column):
            return u
        bins = _binned(x[:, self.bin_column], self.bin_low, self.bin_steepness)
        if self.bin_height is not None:
            bins *= self.bin_height
        return np.concatenate([u, bins], axis=1)[:, self.order]


@dataclass(frozen=True)
class Binary:
    """A column of two categories: -1 and +1; 0 where missing or unknown."""

    kind: ClassVar[str] = "binary"
    name: str
    levels: tuple[str, str]
    indicator: bool
    cells: Kind = "text"
    """What the column held: text, booleans, or numbers that were to be taken as categories."""
    formula: ClassVar[str] = "-1 if x == p else 1 if x == q else 0"
    """Of the cell x; p and q are the two levels."""

    @property
    def features(self) -> list[str]:
        """The names of its features."""
        names = [f"{self.name}={self.levels[1]}"]
        if self.indicator:
            names.append(f"{self.name} missing")
        return names

    def encode(self, column: Column) -> Features:
        """N cells as an N x 1 or N x 2 matrix."""
        number = level_numbers(column, self.levels)
        feature = np.array([-1.0, 1.0, 0.0])[number]
        if self.indicator:
            return np.column_stack([feature, number == 2])
        return feature[:, None]

    def decode(self, features: Features) -> list[str | None]:
        """`encode` undone; None where missing or unknown."""
        return [None if u == 0 else self.levels[int(u > 0)] for u in features[:, 0]]

    def __str__(self) -> str:
        text = f"two values: {self.levels[0]} = -1, {self.levels[1]} = +1"
        if self.indicator:
            text += "; missing: 0 and an indicator"
        return text


@dataclass(frozen=True)
class Categories:
    """A column of several categories: one feature for each, 1 where the cell is that category.

    Missing cells are a category too, and a category not among the levels is treated as missing.
    """

    kind: ClassVar[str] = "categories"
    name: str
    levels: tuple[str, ...]
    indicator: bool
    cells: Kind = "text"
    """What the column held, as in Binary."""
    formula: ClassVar[str] = "1 if x == q else 0"
    """Of the cell x and the level q, for each level."""

    @property
    def features(self) -> list[str]:
        """The names of its features."""
        names = [f"{self.name}={level}" for level in self.levels]
        if self.indicator:
            names.append(f"{self.name} missing")
        return names

    def encode(self, column: Column) -> Features:
        """N cells as an N x (levels, and 1 for missing) matrix of 0 and 1."""
        count = len(self.levels)
        width = count + 1 if self.indicator else count
        return np.eye(count + 1)[level_numbers(column, self.levels)][:, :width]

    def decode(self, features: Features) -> list[str | None]:
        """`encode` undone; None where missing or unknown."""
        known = features[:, : len(self.levels)]
        return [self.levels[int(row.argmax())] if row.any() else None for row in known]

    def __str__(self) -> str:
        text = "categories: " + ", ".join(self.levels[:6])
        if len(self.levels) > 6:
            text += f", ... ({len(self.levels)} in all)"
        if self.indicator:
            text += "; missing or rare: a category of its own"
        return text


@dataclass(frozen=True)
class Unused:
    """A column that is not an input, and why."""

    kind: ClassVar[str] = "unused"
    name: str
    reason: str
    features: ClassVar[list[str]] = []

    def encode(self, column: Column) -> Features:
        """An N x 0 matrix."""
        return np.empty((len(column.values), 0))

    def decode(self, features: Features) -> list[None]:
        """Nothing is known of an unused column."""
        return [None] * len(features)

    def __str__(self) -> str:
        return f"not used: {self.reason}"


Input = Number | Binary | Categories | Unused


def learn_input(
    column: Column,
    category: bool = False,
    bins: int | None = None,
    affine: bool = False,
    bin_height: float = 1.0,
) -> Input:
    """The encoding of a column, learnt from its training rows.

    Parameters
    ----------
    column : Column
        The training rows of one column.
    category : bool
        Whether numbers are taken as categories too; those that a data frame declares to be
        categories always are.
    bins : int or None
        Into how many bins numbers are cut, at most; 0: none. None: as many as `BINS` where there
        are `MIN_CELLS_FOR_BINS` known cells or more, else none.
    affine : bool
        Whether numbers are only centred and scaled.
    bin_height : float
        See `Number`.

    Returns
    -------
    Number, Binary, Categories or Unused
    """
    if column.missing.all():
        return Unused(column.name, "every cell is missing")
    if column.kind in ("number", "date") and not (category or column.category):
        return _learn_number(column, bins, affine, bin_height)
    return _learn_categories(column)


def _learn_number(column: Column, bins: int | None, affine: bool, bin_height: float) -> Input:
    """Center at the median, scale by the interquartile range; a constant column is not used.

    Where the interquartile range is 0 (or mere rounding) the scale is half the full range.
    """
    known = column.values[~column.missing]
    low, q1, median, q3, high = (float(q) for q in np.quantile(known, [0, 0.25, 0.5, 0.75, 1]))
    indicator = bool(column.missing.any()) and not affine
    interquartile = q3 - q1
    full_range = high - low
    scale = interquartile if interquartile > 1e-9 * full_range else full_range / 2
    if scale == 0 and not indicator:
        return Unused(column.name, f"constant ({median:.6g})")
    if bins is None:
        bins = BINS if len(known) >= MIN_CELLS_FOR_BINS else 0
    edges = () if affine else _bin_edges(known, bins)
    return Number(
        column.name,
        center=median,
        scale=scale or 1.0,
        smooth_clip=not affine,
        fill=median,
        indicator=indicator,
        date=column.kind == "date",
        bin_edges=edges,
        bin_height=bin_height if edges else 1.0,
        format=column.format,
    )


def _bin_edges(known: np.ndarray, bins: int) -> tuple[float, ...]:
    """The quantiles that differ; none where there are two, whose one bin would add nothing."""
    bins = min(bins, len(known) // FEWEST_CELLS_OF_A_BIN)
    if bins < 2:
        return ()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1), method="lower"))
    return tuple(edges.tolist()) if len(edges) > 2 else ()


def _learn_categories(column: Column) -> Input:
    """Two values become one feature, more become one each, of the most frequent.

    Names, which hardly repeat, are not used.
    """
    counts = count_texts(column)
    indicator = bool(column.missing.any())
    if len(counts) == 1 and not indicator:
        return Unused(column.name, f"constant ({next(iter(counts))})")
    if is_name(len(counts), counts.total()):
        return Unused(
            column.name,
            f"{len(counts)} different texts in {counts.total()} cells: more a name than a category",
        )
    if len(counts) == 2:
        low, high = sorted(counts)
        return Binary(column.name, (low, high), indicator, column.kind)
    frequent = sorted(counts, key=lambda level: (-counts[level], level))[:MAX_LEVELS]
    levels = sorted(level for level in frequent if counts[level] > 1 or len(counts) <= 10)
    return Categories(
        column.name, tuple(levels), indicator or len(levels) < len(counts), column.kind
    )


def check_kind(encoding: Input, column: Column) -> None:
    """Raises TableError, naming the cell, on cells of another kind than the encoding learnt."""
    if isinstance(encoding, Unused) or column.missing.all():
        return
    learnt = _learnt_kind(encoding)
    if column.kind == learnt:
        return
    row = _first_unlike(column, learnt)
    if column.kind in ("text", "boolean"):
        cell = f"'{column.values[row]}'"
    else:
        cell = f"the {column.kind} {column.values[row]:g}"
    raise TableError(
        f"{cell} where the model was trained on {learnt}s",
        column=column.name,
        row=row + 1,
        remedy="convert the column",
    )


def _learnt_kind(encoding: Number | Binary | Categories) -> Kind:
    if isinstance(encoding, Number):
        return "date" if encoding.date else "number"
    return encoding.cells


def _first_unlike(column: Column, learnt: Kind) -> int:
    """The first row, from 0, that is not of the kind learnt; of text for numbers, no number."""
    if column.kind == "text" and learnt == "number":
        for row, cell in enumerate(column.values):
            if cell is not None and not is_number(cell):
                return row
    return int(np.argmin(column.missing))
