"""Lek profiles: the prediction as one column goes through its range, the others kept still.

No picture is drawn here: that is `plots/lek_profile.py`.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, unknown_name, visible
from glassnet.importance.first_layer import MovedColumns
from glassnet.importance.networks import find_outputs, networks_and_rows
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.tables.columns import Column, Table
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget, label_text

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_GROUPS = 8  # lines that an eye can follow in one picture


@dataclass(frozen=True, eq=False)
class ColumnProfile:
    """The predictions as one column goes through its range.

    Attributes
    ----------
    name : str
        The column.
    kind : str
        "number", "date" (days since 1970-01-01), or "text": then `x` holds levels, in no order.
    x : array of P cells
        The points that it goes through.
    values : array, networks x settings x P
        The predictions; a setting is where the other columns stand.
    """

    name: str
    kind: str
    x: np.ndarray
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean over the networks, settings x P."""
        return self.values.mean(axis=0)

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation over the networks, settings x P; 0 where there is only one."""
        if len(self.values) == 1:
            return np.zeros_like(self.mean)
        return self.values.std(axis=0, ddof=1)


@dataclass(frozen=True, eq=False)
class LekProfile:
    """A profile of one output for each column.

    Attributes
    ----------
    output : str
        The output.
    others : tuple of str
        Where the other columns stand, in words: one setting for each line of a picture.
    columns : tuple of ColumnProfile
        The profiles.

    Examples
    --------
    >>> import numpy as np
    >>> x, values = np.array([20.0, 60.0]), np.array([[[1.0, 3.0]]])
    >>> one = ColumnProfile("age", "number", x, values)
    >>> LekProfile("price", ("quantile 0.5",), (one,)).table()["mean"]
    [1.0, 3.0]
    """

    output: str
    others: tuple[str, ...]
    columns: tuple[ColumnProfile, ...]

    def __repr__(self) -> str:
        return visible(f"<glassnet LekProfile of {self.output} along {len(self.columns)} columns>")

    def table(self) -> dict[str, list[Any]]:
        """Plain columns, a row for each column, setting and point.

        They are `column`, `others` (the setting), `x`, `mean` and `spread`.
        """
        table: dict[str, list[Any]] = {
            name: [] for name in ("column", "others", "x", "mean", "spread")
        }
        for profile in self.columns:
            n_points = len(profile.x)
            for setting, others in enumerate(self.others):
                table["column"] += [profile.name] * n_points
                table["others"] += [others] * n_points
                table["x"] += profile.x.tolist()
                table["mean"] += profile.mean[setting].tolist()
                table["spread"] += profile.spread[setting].tolist()
        return table


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
    """Lek's profiles: each column goes through its range while all others stay at their quantiles.

    A column of categories goes through its levels; among the others it stays at its most frequent
    one. Predictions are those of `predict` and `predict_proba`.

    A profile tells the shape of a prediction: straight, bent, level, and whether it depends on the
    other columns (lines that are not parallel). It does not tell what happens elsewhere: all
    columns at their lowest quantile at once is seldom a row that exists, and effects that need
    particular mixtures stay unseen. Medians of a group's rows (`groups`) keep nearer to the rows.

    Parameters
    ----------
    models : Model, fitted estimator, or list of these
        As in `olden`.
    table : path, data frame, dict of columns, or array
        Rows, as in `Model.predict`; targets are needed only for `groups`.
    y : array, optional
        The targets, where they stand apart.
    columns : sequence of str, optional
        The columns to profile; by default all.
    quantiles : sequence of float
        Where the other columns stay, from 0 to 1; one line each.
    groups : str, optional
        In place of quantiles, a column (or target) of names: the others stay at the medians of
        each group's rows.
    output : str or int, optional
        Name, class or number from 0 of the output; by default the first.
    points : int
        How many points a column of numbers goes through.

    Returns
    -------
    LekProfile
        The profiles.

    Raises
    ------
    GlassnetError
        On unknown columns, groups or outputs, on quantiles outside 0 to 1, and where the table
        lacks a column.

    References
    ----------
    Lek et al. 1996, Ecological Modelling 90:39-52; Gevrey, Dimopoulos & Lek 2003, Ecological
    Modelling 160:249-264; groups: after Beck 2018, Journal of Statistical Software 85(11).

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> settings = {"activation": "identity", "solver": "lbfgs", "alpha": 0, "random_state": 0}
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), **settings).fit(X, [0, 3, 1, 4])
    >>> profile = lek_profile(fitted, X, columns=["x1"], quantiles=[0.5], points=3)
    >>> profile.columns[0].mean.round(2).tolist()
    [[0.5, 2.0, 3.5]]
    """
    if not len(quantiles) or not all(0 <= q <= 1 for q in quantiles):
        raise GlassnetError(f"quantiles are {list(quantiles)}: give one or more, from 0 to 1")
    pairs = networks_and_rows(models, table, y)
    networks = [model for model, _ in pairs]
    k = find_outputs(networks[0], output)[0]
    cells = Table.of(column for _, rows in pairs for column in rows.columns.values())
    levelled = _columns_with_levels(networks)
    if groups is None:
        settings = _at_quantiles(cells, levelled, quantiles)
        others = [f"quantile {q:g}" for q in quantiles]
    else:
        settings, others = _at_group_medians(cells, pairs[0][1], levelled, groups)
    moved = [MovedColumns(model, settings) for model in networks]
    profiles: list[ColumnProfile] = []
    for name in _profiled_columns(cells, columns):
        has_levels = name in levelled
        x = _levels(cells[name])[0] if has_levels else _range(cells[name], points)
        kind = "text" if has_levels else cells[name].kind
        column = Column(name, cells[name].kind, x)
        values = np.array(
            [_predict(*network, column, k) for network in zip(networks, moved, strict=True)]
        )
        profiles.append(ColumnProfile(name, kind, x, values))
    return LekProfile(networks[0].encoding.outputs[k], tuple(others), tuple(profiles))


def _columns_with_levels(networks: Sequence[Model]) -> set[str]:
    """The columns that are no numbers to a network."""
    inputs = [column for model in networks for column in model.encoding.inputs]
    return {column.name for column in inputs if not isinstance(column, Number)}


def _profiled_columns(cells: Table, asked: Sequence[str] | None) -> list[str]:
    """The columns to profile: those asked for, else all that have a known cell."""
    known = [name for name, column in cells.items() if not column.missing.all()]
    for name in asked or ():
        if name not in known:
            raise unknown_name("column", name, known)
    return known if asked is None else list(asked)


def _known_cells(column: Column) -> np.ndarray:
    return column.values[~column.missing]


def _range(column: Column, points: int) -> np.ndarray:
    known = _known_cells(column)
    return np.linspace(known.min(), known.max(), points)


def _levels(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The different known cells, sorted, and how often each is there."""
    return np.unique(_known_cells(column), return_counts=True)


def _at_quantiles(cells: Table, levelled: Container[str], quantiles: Sequence[float]) -> Table:
    """The settings of all columns, a row a quantile.

    A column with levels stands at its most frequent one, a column without a known cell is missing.
    """
    columns: list[Column] = []
    for name, column in cells.items():
        levels, counts = _levels(column)
        if not len(levels):
            values = column.values[[0] * len(quantiles)]
        elif name in levelled:
            values = levels[[int(counts.argmax())] * len(quantiles)]
        else:
            values = np.quantile(_known_cells(column), quantiles)
        columns.append(Column(name, column.kind, values))
    return Table.of(columns)


def _at_group_medians(
    cells: Table, rows: Rows, levelled: Container[str], name: str
) -> tuple[Table, list[str]]:
    """The settings of all columns, a row for each group of rows with one level of a column.

    Beside them the name of each group.
    """
    known = Table({**cells, **rows.targets})
    if name not in known:
        raise unknown_name("column to group by", name, known)
    levels = _levels(known[name])[0]
    if len(levels) > MOST_GROUPS:
        raise GlassnetError(
            f"column '{name}' has {len(levels)} different cells: group by one that has "
            f"{MOST_GROUPS} at the most"
        )
    parts: list[Table] = []
    for level in levels:
        group = np.flatnonzero(known[name].values == level)
        parts.append(_at_quantiles(cells.take(group), levelled, [0.5]))
    settings = Table.of(
        Column(
            column.name, column.kind, np.concatenate([part[column.name].values for part in parts])
        )
        for column in cells.values()
    )
    return settings, [f"{name}={label_text(level)}" for level in levels.tolist()]


def _predict(model: Model, moved: MovedColumns, column: Column, k: int) -> np.ndarray:
    """Output k as a column goes through its P cells from each setting, settings x P.

    A number in the target's own unit, or the probability of a class.
    """
    settings, points = len(moved.x), len(column.values)
    starts = np.repeat(np.arange(settings), points)
    cells = replace(column, values=np.tile(column.values, settings))
    outputs: list[np.ndarray] = []
    for target, part in model.encoding.by_target(moved.outputs(starts, cells)):
        if isinstance(target, NumberTarget):
            outputs.append(target.decode(part)[:, None])
        else:
            outputs.append(target.probabilities(part)[:, -target.width :])
    return np.concatenate(outputs, axis=1)[:, k].reshape(settings, points)
