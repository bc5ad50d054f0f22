"""What a column becomes as input: its encoding, learnt once from training rows, then plain numbers and names.

Each encoding turns N cells into an N x (its features) matrix, names those features, says in words what it does, and can
be undone. Robust scaling and the smooth squeeze follow Holzmüller et al. 2024 (RealMLP), the pieces of a number Gorishniy et al.
2022 (piecewise linear encoding).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from glassnet.errors import TableError
from glassnet.tables.columns import LARGEST, Column, Kind, count_texts, is_number, texts

MAX_LEVELS = 50  # of one text column; the rarest beyond count as unknown
SQUEEZE = 3.0  # where an encoded number levels off
PIECES, ENOUGH_FOR_PIECES = (
    16,
    700,
)  # of a column of numbers, between its quantiles; with fewer rows they do harm

Features = np.ndarray  # N x width, float64


@dataclass(frozen=True)
class Number:
    """A column of numbers, or of dates as days since 1970-01-01: centred, scaled, squeezed; the median where missing.

    `edges` e cut its range into pieces, a feature each: -1 below e[i], +1 above e[i + 1], a line between. With them a
    network can bend its answer at each edge without having to learn where.
    """

    kind: ClassVar[str] = "number"
    name: str
    center: float
    scale: float
    squeeze: bool
    fill: float
    """Stands in for a missing cell."""
    indicator: bool
    """Whether a second feature tells that the cell is missing."""
    date: bool = False
    edges: tuple[float, ...] = ()
    formulas: ClassVar[dict[str, str]] = {
        "center": "x - m",
        "scale": "u / s",
        "smooth_clip": f"u / sqrt(1 + (u / {SQUEEZE:g})**2)",
        "bin": "max(-1, min(2 * (x - p) / (q - p) - 1, 1))",
        "missing": "1 if x == q else 0",
    }
    """Each step as a Python expression: x is the cell, m the center, s the scale, u what the step
    before gave, p and q the edges of a bin; for "missing" q is the missing cell."""

    @property
    def features(self) -> list[str]:
        """The names of its features."""
        pieces = [f"{self.name} {low:.6g} to {high:.6g}" for low, high in pairwise(self.edges)]
        return [self.name] + [f"{self.name} missing"] * self.indicator + pieces

    def encode(self, column: Column) -> Features:
        """N cells as an N x (1, and 1 for missing, and the pieces) matrix."""
        x = np.where(column.missing, self.fill, column.values)
        parts = [_scaled(x, self.center, self.scale, self.squeeze)] + [
            column.missing
        ] * self.indicator
        edges = np.array(self.edges)
        return np.column_stack([*parts, _pieces(x[:, None], edges[:-1], 2 / np.diff(edges))])

    def decode(self, features: Features) -> list[float | None]:
        """`encode` undone: the cells, None where they were missing and an indicator tells; far outliers only roughly."""
        u = features[:, 0]
        if self.squeeze:
            u = u / np.sqrt(np.maximum(1 - (u / SQUEEZE) ** 2, np.finfo(float).eps))
        missing = features[:, 1] > 0.5 if self.indicator else np.zeros(len(u), bool)
        return [
            None if gone else float(v)
            for v, gone in zip(u * self.scale + self.center, missing, strict=True)
        ]

    def __str__(self) -> str:
        what = "date in days since 1970-01-01" if self.date else "number"
        scaled = (
            "as it is"
            if (self.center, self.scale) == (0, 1)
            else f"(x - {self.center:.6g}) / {self.scale:.6g}"
        )
        steps = scaled + f", then u / sqrt(1 + (u/{SQUEEZE:g})^2)" * self.squeeze
        steps += f", and in {len(self.edges) - 1} pieces between quantiles" * bool(self.edges)
        return f"{what}: {steps}" + f"; missing: {self.fill:.6g} and an indicator" * self.indicator


_ONE, _SQUEEZE = (
    np.array([1.0]),
    np.array([SQUEEZE]),
)  # as arrays: for one row, half the time goes into turning numbers into them


def _scaled(x: np.ndarray, center: Any, scale: Any, squeeze: bool) -> np.ndarray:
    u = x - center
    u /= scale
    if squeeze:
        v = u / _SQUEEZE
        u /= np.hypot(_ONE, v, v)
    return u


def _pieces(x: np.ndarray, low: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """-1 up to `low`, from there a line of that slope up to +1."""
    t = x - low
    t *= slope
    t -= _ONE
    np.maximum(t, -_ONE, out=t)
    return np.minimum(t, _ONE, out=t)


class Numbers:
    """Several columns of numbers together, for arrays that hold nothing else."""

    def __init__(self, columns: Sequence[Number]) -> None:
        self.columns = columns
        self.center, self.scale = (
            np.array([getattr(c, name) for c in columns]) for name in ("center", "scale")
        )
        self.squeeze = any(c.squeeze for c in columns)
        self.alike = not any(c.indicator for c in columns) and all(
            c.squeeze == self.squeeze for c in columns
        )
        of = [i for i, c in enumerate(columns) for _ in c.edges[1:]]
        self.of = np.array(of, int)  # the column of each piece
        self.low = np.array([low for c in columns for low in c.edges[:-1]])
        self.derivative = np.array(
            [2 / (high - low) for c in columns for low, high in pairwise(c.edges)]
        )
        self.order = np.argsort(
            [*range(len(columns)), *of], kind="stable"
        )  # each column's pieces after it

    def encode(self, x: np.ndarray) -> Features | None:
        """An N x (columns) array as the columns' features; None where a cell is missing or too large, or an indicator wanted."""
        if (
            self.alike and np.vdot(x, x) <= LARGEST
        ):  # then no cell is beyond its root, and none is NaN
            u = _scaled(x, self.center, self.scale, self.squeeze)
            if not len(self.of):
                return u
            return np.concatenate([u, _pieces(x[:, self.of], self.low, self.derivative)], axis=1)[
                :, self.order
            ]
        return None


@dataclass(frozen=True)
class TwoValues:
    """A column of two categories: -1 and +1; 0 where missing or unknown."""

    kind: ClassVar[str] = "two_values"
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
        return [f"{self.name}={self.levels[1]}"] + [f"{self.name} missing"] * self.indicator

    def encode(self, column: Column) -> Features:
        """N cells as an N x 1 or N x 2 matrix."""
        low, high = (
            np.array([cell == level for cell in texts(column)], float) for level in self.levels
        )
        return (
            np.column_stack([high - low, 1 - high - low])
            if self.indicator
            else (high - low)[:, None]
        )

    def decode(self, features: Features) -> list[str | None]:
        """`encode` undone; None where missing or unknown."""
        return [None if u == 0 else self.levels[int(u > 0)] for u in features[:, 0]]

    def __str__(self) -> str:
        return (
            f"two values: {self.levels[0]} = -1, {self.levels[1]} = +1"
            + "; missing: 0 and an indicator" * self.indicator
        )


@dataclass(frozen=True)
class Categories:
    """A column of several categories: one feature each, 1 where the cell is that category; missing cells are a category too.

    A category not among them is treated as missing.
    """

    kind: ClassVar[str] = "categories"
    name: str
    levels: tuple[str, ...]
    indicator: bool
    cells: Kind = "text"
    """What the column held, as in TwoValues."""
    formula: ClassVar[str] = "1 if x == q else 0"
    """Of the cell x and the level q, for each level."""

    @property
    def features(self) -> list[str]:
        """The names of its features."""
        return [f"{self.name}={level}" for level in self.levels] + [
            f"{self.name} missing"
        ] * self.indicator

    def encode(self, column: Column) -> Features:
        """N cells as an N x (levels, and 1 for missing) matrix of 0 and 1."""
        place: dict[str | None, int] = {level: i for i, level in enumerate(self.levels)}
        index = np.array([place.get(cell, len(self.levels)) for cell in texts(column)], int)
        return np.eye(len(self.levels) + 1)[index][:, : len(self.levels) + self.indicator]

    def decode(self, features: Features) -> list[str | None]:
        """`encode` undone; None where missing or unknown."""
        known = features[:, : len(self.levels)]
        return [self.levels[int(row.argmax())] if row.any() else None for row in known]

    def __str__(self) -> str:
        shown = ", ".join(self.levels[:6]) + (
            f", ... ({len(self.levels)} in all)" if len(self.levels) > 6 else ""
        )
        return f"categories: {shown}" + "; missing or rare: a category of its own" * self.indicator


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


Input = Number | TwoValues | Categories | Unused
INPUTS: dict[str, type[Input]] = {row.kind: row for row in (Number, TwoValues, Categories, Unused)}
"""Every encoding by the name the model file uses."""


def learn_input(
    column: Column,
    category: bool = False,
    pieces_from: int = ENOUGH_FOR_PIECES,
    affine: bool = False,
) -> Input:
    """The encoding of a column, learnt from its training rows; `category` takes numbers as categories too.

    Numbers come in pieces from so many known cells on; where they are to be `affine` they are only centred and scaled.
    """
    if column.missing.all():
        return Unused(column.name, "every cell is missing")
    if column.kind in ("number", "date") and not category:
        return _learn_number(column, pieces_from, affine)
    return _learn_categories(column)


def _learn_number(column: Column, pieces_from: int, affine: bool) -> Input:
    """Median and interquartile range; where that is 0 half the full range; a constant column is not used.

    Pieces where there are rows enough, between those quantiles that differ; two values have but one, which adds nothing.
    """
    seen = column.values[~column.missing]
    low, q1, median, q3, high = (float(q) for q in np.quantile(seen, [0, 0.25, 0.5, 0.75, 1]))
    indicator = bool(column.missing.any()) and not affine
    middle, full = q3 - q1, high - low
    scale = middle if middle > 1e-9 * full else full / 2  # a middle of mere rounding is none
    if scale == 0 and not indicator:
        return Unused(column.name, f"constant ({median:.6g})")
    edges = _edges(seen) if len(seen) >= pieces_from and not affine else ()
    return Number(
        column.name,
        median,
        scale or 1.0,
        not affine,
        median,
        indicator,
        column.kind == "date",
        edges,
    )


def _edges(seen: np.ndarray) -> tuple[float, ...]:
    edges = np.unique(np.quantile(seen, np.linspace(0, 1, PIECES + 1), method="lower"))
    return tuple(edges.tolist()) if len(edges) > 2 else ()


def _learn_categories(column: Column) -> Input:
    """Two values: one feature. More: one each, of the most frequent; names that hardly repeat are not used."""
    counts = count_texts(column)
    indicator = bool(column.missing.any())
    if len(counts) == 1 and not indicator:
        return Unused(column.name, f"constant ({next(iter(counts))})")
    if len(counts) > 2 and len(counts) > 0.5 * counts.total():
        return Unused(
            column.name,
            f"{len(counts)} different texts in {counts.total()} cells: more a name than a category",
        )
    if len(counts) == 2:
        low, high = sorted(counts)
        return TwoValues(column.name, (low, high), indicator, column.kind)
    frequent = sorted(counts, key=lambda level: (-counts[level], level))[:MAX_LEVELS]
    levels = sorted(level for level in frequent if counts[level] > 1 or len(counts) <= 10)
    return Categories(
        column.name, tuple(levels), indicator or len(levels) < len(counts), column.kind
    )


def check_kind(encoding: Input, column: Column) -> None:
    """Raises TableError, naming the cell, when a column holds another kind of cells than the encoding learnt."""
    if isinstance(encoding, Unused) or column.missing.all():
        return
    learnt = (
        ("date" if encoding.date else "number") if isinstance(encoding, Number) else encoding.cells
    )
    if column.kind == learnt:
        return
    row = int(np.argmin(column.missing))
    if column.kind == "text" and learnt == "number":
        row = next(
            (i for i, cell in enumerate(column.values) if cell is not None and not is_number(cell)),
            row,
        )
    cell = (
        f"'{column.values[row]}'"
        if column.kind in ("text", "boolean")
        else f"the {column.kind} {column.values[row]:g}"
    )
    raise TableError(
        f"{cell} where the model was trained on {learnt}s",
        column=column.name,
        row=row + 1,
        remedy="convert the column",
    )
