"""Lek profiles: what the network answers as one column goes through its range, the others held. No picture is drawn here."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.importance.networks import find_outputs, networks_and_rows
from glassnet.models.model import Model
from glassnet.tables.columns import Column, Table
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget, label_text

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_GROUPS = 8  # lines that can be told apart


@dataclass(frozen=True, eq=False)
class ColumnProfile:
    """The answers as one column goes through its range: `values` is networks x held x points, `x` the P points."""

    name: str
    kind: str
    """"number", "date" (days since 1970-01-01), or "text": then x are levels, in no order."""
    x: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean over the networks, held x points."""
        return self.values.mean(axis=0)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over the networks, held x points; 0 where there is but one."""
        return self.values.std(axis=0, ddof=1) if len(self.values) > 1 else np.zeros_like(self.mean)


@dataclass(frozen=True, eq=False)
class LekProfile:
    """A profile of one output for each column; `held` says where the other columns stood, one name for each line.

    >>> import numpy as np
    >>> one = ColumnProfile("age", "number", np.array([20.0, 60.0]), np.array([[[1.0, 3.0]]]))
    >>> LekProfile("price", ("quantile 0.5",), (one,)).table()["mean"]
    [1.0, 3.0]
    """

    output: str
    held: tuple[str, ...]
    columns: tuple[ColumnProfile, ...]

    def table(self) -> dict[str, list]:
        """Plain columns, a row for each column, place of the others and point: column, held, x, mean, spread."""
        rows = [
            (
                profile.name,
                held,
                x.item() if isinstance(x, np.generic) else x,
                float(profile.mean[h, p]),
                float(profile.spread[h, p]),
            )
            for profile in self.columns
            for h, held in enumerate(self.held)
            for p, x in enumerate(profile.x)
        ]
        return dict(
            zip(
                ("column", "held", "x", "mean", "spread"),
                map(list, zip(*rows, strict=True)),
                strict=True,
            )
        )


def lek_profile(
    models: Any,
    table: Any,
    y: Any = None,
    *,
    columns: Sequence[str] | None = None,
    quantiles: Sequence[float] = QUANTILES,
    groups: str | None = None,
    output: str | int | None = None,
    points: int = 50,
) -> LekProfile:
    """Lek's profiles: each column goes through its range in the rows while all others are held at their quantiles.

    A column of categories goes through its levels; where it is held it is at its most frequent one. Answers are as `predict` and
    `predict_proba` give them.

    It tells the shape of an answer: straight, bent, level, and whether it depends on the others (lines that are not parallel).
    It does not tell what happens at other places: all columns at their lowest quantile at once is seldom a row that exists, and
    effects that depend on particular mixtures stay unseen. Holding the others at a group's own median (`groups`) keeps nearer
    to the rows.

    Parameters
    ----------
    models : as in `olden`.
    table : rows, as in `Model.predict`; targets are needed only for `groups`.
    y : the targets, where they stand apart.
    columns : which to profile; None: all.
    quantiles : where the others are held, 0 to 1, a line each.
    groups : in place of quantiles, a column (or target) of names: the others are held at the medians of each group's rows.
    output : name, class or place from 0; None: the first.
    points : how many along a column of numbers.

    Raises GlassnetError on unknown columns, groups or outputs, on quantiles outside 0 to 1, and where the table lacks a column.
    Source: Lek et al. 1996, Ecological Modelling 90:39-52; Gevrey, Dimopoulos & Lek 2003, Ecological Modelling 160:249-264;
    groups: after Beck 2018, Journal of Statistical Software 85(11).

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> line = MLPRegressor(hidden_layer_sizes=(3,), activation="identity", solver="lbfgs", alpha=0, random_state=0)
    >>> fitted = line.fit(X, [0, 3, 1, 4])
    >>> lek_profile(fitted, X, columns=["x1"], quantiles=[0.5], points=3).columns[0].mean.round(2).tolist()
    [[0.5, 2.0, 3.5]]
    """
    if not len(quantiles) or not all(0 <= q <= 1 for q in quantiles):
        raise GlassnetError(f"quantiles are {list(quantiles)}: give one or more, from 0 to 1")
    pairs = networks_and_rows(models, table, y)
    model = pairs[0][0]
    k = find_outputs(model, output)[0]
    cells = Table.of(column for _, rows in pairs for column in rows.columns.values())
    levelled = {
        c.name for model, _ in pairs for c in model.encoding.inputs if not isinstance(c, Number)
    }
    if groups is None:
        held, titles = _held(cells, levelled, quantiles), [f"quantile {q:g}" for q in quantiles]
    else:
        held, titles = _groups(cells, Table({**cells, **pairs[0][1].answers}), levelled, groups)
    profiles: list[ColumnProfile] = []
    for name in _chosen(cells, columns):
        x = _levels(cells[name])[0] if name in levelled else _range(cells[name], points)
        values = np.array(
            [
                _answers(model, _grid(held, name, x), k).reshape(len(titles), len(x))
                for model, _ in pairs
            ]
        )
        profiles.append(
            ColumnProfile(name, "text" if name in levelled else cells[name].kind, x, values)
        )
    return LekProfile(model.encoding.outputs[k], tuple(titles), tuple(profiles))


def _chosen(cells: Table, asked: Sequence[str] | None) -> list[str]:
    """The columns to profile: those asked for, else all that have a known cell."""
    known = [name for name, column in cells.items() if not column.missing.all()]
    for name in asked or ():
        if name not in known:
            raise unknown_name("column", name, known)
    return known if asked is None else list(asked)


def _known(column: Column) -> np.ndarray:
    return column.values[~column.missing]


def _range(column: Column, points: int) -> np.ndarray:
    known = _known(column)
    return np.linspace(known.min(), known.max(), points)


def _levels(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The different known cells, sorted, and how often each is there."""
    return np.unique(_known(column), return_counts=True)


def _held(cells: Table, levelled: Container[str], quantiles: Sequence[float]) -> Table:
    """Where the columns are held, a row for each quantile: at it, at their most frequent level, or missing if no cell is known."""
    found: list[Column] = []
    for name, column in cells.items():
        levels, counts = _levels(column)
        if not len(levels):
            values = column.values[[0] * len(quantiles)]
        elif name in levelled:
            values = levels[[int(counts.argmax())] * len(quantiles)]
        else:
            values = np.quantile(_known(column), quantiles)
        found.append(Column(name, column.kind, values))
    return Table.of(found)


def _groups(
    cells: Table, known: Table, levelled: Container[str], name: str
) -> tuple[Table, list[str]]:
    """The same with a row for each group of rows: those that have one level of a column."""
    if name not in known:
        raise unknown_name("column to group by", name, known)
    levels = _levels(known[name])[0]
    if len(levels) > MOST_GROUPS:
        raise GlassnetError(
            f"column '{name}' has {len(levels)} different cells: group by one that has {MOST_GROUPS} at the most"
        )
    members = [np.flatnonzero(known[name].values == level) for level in levels]
    parts = [_held(cells.take(rows), levelled, [0.5]) for rows in members]
    held = Table.of(
        Column(c, column.kind, np.concatenate([part[c].values for part in parts]))
        for c, column in cells.items()
    )
    return held, [
        f"{name}={label_text(level.item() if isinstance(level, np.generic) else level)}"
        for level in levels
    ]


def _grid(held: Table, name: str, x: np.ndarray) -> Table:
    """A row for each place of the others and point of the column: all points of the first place, then of the next."""
    others = held.take(np.repeat(np.arange(held.n_rows), len(x)))
    profiled = Column(name, held[name].kind, np.tile(x, held.n_rows))
    return Table({**others, name: profiled})


def _answers(model: Model, columns: Table, k: int) -> np.ndarray:
    """Output k as the model's answer, N: a number in the target's unit, or the probability of a class."""
    parts = model.encoding.by_target(model.output_of(model.encoding.encode_inputs(columns)))
    answers = [
        target.decode(part)[:, None]
        if isinstance(target, NumberTarget)
        else target.probabilities(part)[:, -target.width :]
        for target, part in parts
    ]
    return np.concatenate(answers, axis=1)[:, k]
