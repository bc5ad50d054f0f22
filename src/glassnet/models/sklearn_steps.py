"""What the steps of a scikit-learn pipeline do to each column, as the column's encoding.

A step that centres, scales, fills in, selects, or turns categories into 0 and 1 does so column by
column, and becomes a part of the encoding, so that cells stay in their own units; glassnet's own
TableEncoder is one. A step that mixes columns has no encoding here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.models.conversion import numbered
from glassnet.tables.columns import Kind, is_missing, number_text
from glassnet.tables.inputs import Categories, Input, Number
from glassnet.tables.targets import NumberTarget, Target

INSTEAD = "give its parts: explain(pipeline[-1], pipeline[:-1].transform(X)), and others likewise"


@dataclass(frozen=True)
class StepColumn:
    """A column on its way through the steps.

    Parameters
    ----------
    name : str
        Its name in the table.
    center, scale : float
        What was done to its numbers so far: (x - center) / scale.
    fill : float, optional
        What stands in for a missing cell, in the column's unit; None: nothing does.
    encoded : Number, Binary, Categories or Unused, optional
        What it became, where it is no number any more that could be scaled.
    dropped : int, optional
        The category, from 0, whose 0 and 1 does not come out of the steps.
    """

    name: str
    center: float = 0.0
    scale: float = 1.0
    fill: float | None = None
    encoded: Input | None = None
    dropped: int | None = None

    def scaled(self, center: float, scale: float) -> "StepColumn":
        """With one step more of that kind."""
        moved = self.center + self.scale * center
        return replace(self, center=float(moved), scale=float(self.scale * scale))

    def filled(self, value: float) -> "StepColumn":
        """With what stands in for a missing cell, as the steps so far have made of it."""
        if self.fill is not None:
            return self
        return replace(self, fill=float(self.center + self.scale * value))

    @property
    def encoding(self) -> Input:
        """The column's encoding."""
        return self.encoded or Number(
            self.name,
            self.center,
            self.scale,
            smooth_clip=False,
            fill=self.fill or 0.0,
            indicator=False,
            fill_learnt=self.fill is not None,
        )


StepColumns = list[StepColumn]


class StepInputs(NamedTuple):
    """The encoding of each column, and which of their features, D booleans, reach the network."""

    inputs: tuple[Input, ...]
    reach: np.ndarray


def inputs_after(steps: Sequence[tuple[str, Any]], width: int) -> StepInputs:
    """What comes out of the steps before the network.

    Parameters
    ----------
    steps : sequence of (str, fitted transformer)
        The steps, in their order.
    width : int
        How many inputs the network has.

    Raises
    ------
    GlassnetError
        Naming the step that cannot be shown column by column.
    """
    first = steps[0][1]
    count = getattr(first, "n_features_in_", width)
    names = getattr(first, "feature_names_in_", numbered("x", count))
    columns = [StepColumn(str(name)) for name in names]
    for name, step in steps:
        columns = _after(name, step, columns)
    inputs = tuple(column.encoding for column in columns)
    if len({column.name for column in inputs}) < len(inputs):
        raise GlassnetError("the pipeline uses a column twice, for which there is no encoding")
    reach = [
        position != column.dropped
        for column, encoding in zip(columns, inputs, strict=True)
        for position in range(len(encoding.features))
    ]
    if sum(reach) != width:
        raise GlassnetError("the pipeline's columns are not as many as the network's inputs")
    return StepInputs(inputs, np.array(reach))


def scaled_target(transformer: Any, target: Target, number: int) -> Target:
    """A numeric target in the unit that it had before a scaler of y.

    Raises GlassnetError on another transformer.
    """
    if not isinstance(target, NumberTarget):
        raise GlassnetError("a TransformedTargetRegressor's target must be a number")
    columns = [StepColumn(f"y{i}") for i in range(number + 1)]
    every = getattr(transformer, "n_features_in_", number + 1)
    columns += [StepColumn(f"y{i}") for i in range(number + 1, every)]
    column = _after("transformer", transformer, columns)[number]
    return replace(target, center=column.center, scale=column.scale)


def unknown_step(name: str, step: Any, why: str) -> GlassnetError:
    """The error for a step that cannot be shown column by column."""
    return GlassnetError(f"step '{name}' ({type(step).__name__}) {why}", remedy=INSTEAD)


def _after(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """The columns after a step. Raises GlassnetError, naming it, on one that mixes them."""
    if step in (None, "passthrough"):
        return columns
    kind = type(step).__name__
    if kind not in STEPS or type(step).__module__.partition(".")[0] not in ("sklearn", "glassnet"):
        raise unknown_step(name, step, "mixes or bends columns, so there is no encoding for it")
    if kind not in ("ColumnTransformer", "Pipeline", "FunctionTransformer"):
        for column in columns:
            if column.encoded is not None:
                raise unknown_step(name, step, f"comes after '{column.name}' was encoded")
    return STEPS[kind](name, step, columns)


def _standard(_: str, step: Any, columns: StepColumns) -> StepColumns:
    """(x - mean) / standard deviation, each of which may be left out."""
    means = step.mean_ if step.with_mean else np.zeros(len(columns))
    scales = step.scale_ if step.with_std else np.ones(len(columns))
    return [column.scaled(*one) for column, *one in zip(columns, means, scales, strict=True)]


def _robust(_: str, step: Any, columns: StepColumns) -> StepColumns:
    """(x - median) / range between quantiles, each of which may be left out."""
    centers = np.zeros(len(columns)) if step.center_ is None else step.center_
    scales = np.ones(len(columns)) if step.scale_ is None else step.scale_
    return [column.scaled(*one) for column, *one in zip(columns, centers, scales, strict=True)]


def _max_abs(_: str, step: Any, columns: StepColumns) -> StepColumns:
    """x / the largest absolute number."""
    return [column.scaled(0.0, scale) for column, scale in zip(columns, step.scale_, strict=True)]


def _min_max(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """x * scale_ + min_; it may clip, which is no centring and scaling."""
    if step.clip:
        raise unknown_step(name, step, "clips, and there is no encoding for that")
    return [
        column.scaled(-low / factor, 1 / factor)
        for column, low, factor in zip(columns, step.min_, step.scale_, strict=True)
    ]


def _imputer(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """A number in the place of missing ones."""
    try:
        values = np.asarray(step.statistics_, float)
    except ValueError:
        values = np.empty(0)
    if step.add_indicator or len(values) != len(columns):
        raise unknown_step(name, step, "fills in text or adds indicators, with no encoding here")
    if np.isnan(values).any():
        raise unknown_step(name, step, "leaves out columns that were missing in every row")
    return [column.filled(v) for column, v in zip(columns, values, strict=True)]


def _one_hot(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """A column of 0 and 1 for each category; a dropped one's does not reach the network.

    Missing cells may be a category, the last, where no cell may be unknown.
    """
    if getattr(step, "_infrequent_enabled", False):
        raise unknown_step(name, step, "puts rare categories together")
    dropped = step.drop_idx_ if step.drop_idx_ is not None else [None] * len(columns)
    after: StepColumns = []
    for column, levels, left_out in zip(columns, step.categories_, dropped, strict=True):
        _check_as_it_is(name, step, column)
        known = [level for level in levels.tolist() if not is_missing(level)]
        missing = len(levels) - len(known)
        if not known or missing > 1 or (missing and step.handle_unknown != "error"):
            raise unknown_step(
                name, step, "takes missing and unknown cells for two different things"
            )
        categories = Categories(
            column.name, tuple(map(_level, known)), indicator=bool(missing), cells=_kind(known[0])
        )
        after.append(replace(column, encoded=categories, dropped=left_out))
    return after


def _check_as_it_is(name: str, step: Any, column: StepColumn) -> None:
    if column.scaled(0, 1) != StepColumn(column.name):
        raise unknown_step(name, step, f"comes after '{column.name}' was scaled or filled in")


def _table_encoder(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """glassnet's own encoding of each column."""
    if step.missing is not None:
        raise unknown_step(name, step, "has texts of its own for missing cells")
    for column in columns:
        _check_as_it_is(name, step, column)
    return [
        replace(column, encoded=replace(encoded, name=column.name))
        for column, encoded in zip(columns, step.encoding_, strict=True)
    ]


def _level(level: Any) -> str:
    if isinstance(level, bool):
        return str(level).lower()
    return number_text(level) if isinstance(level, (int, float)) else str(level)


def _kind(level: Any) -> Kind:
    if isinstance(level, bool):
        return "boolean"
    return "number" if isinstance(level, (int, float)) else "text"


def _function(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """Nothing, where no function was given."""
    if step.func is not None:
        raise unknown_step(name, step, "calls a function of yours")
    return columns


def _pipeline(name: str, step: Any, columns: StepColumns) -> StepColumns:
    for inner, one in step.steps:
        columns = _after(f"{name}__{inner}", one, columns)
    return columns


def _column_transformer(name: str, step: Any, columns: StepColumns) -> StepColumns:
    """Each transformer on its columns, side by side."""
    after: StepColumns = []
    for inner, one, wanted in step.transformers_:
        if isinstance(one, str) and one == "drop":
            continue
        chosen = [columns[i] for i in _positions(wanted, [column.name for column in columns])]
        if chosen:
            after += _after(f"{name}__{inner}", one, chosen)
    return after


def _positions(wanted: Any, names: list[str]) -> list[int]:
    """Which columns a transformer takes: by name, number, slice or mask."""
    if isinstance(wanted, (str, int)):
        wanted = [wanted]
    if not isinstance(wanted, slice) and all(isinstance(one, str) for one in wanted):
        return [names.index(one) for one in wanted]
    every = np.arange(len(names))
    return every[wanted if isinstance(wanted, slice) else np.asarray(wanted)].tolist()


STEPS: dict[str, Callable[[str, Any, StepColumns], StepColumns]] = {
    "StandardScaler": _standard,
    "RobustScaler": _robust,
    "MaxAbsScaler": _max_abs,
    "MinMaxScaler": _min_max,
    "SimpleImputer": _imputer,
    "OneHotEncoder": _one_hot,
    "FunctionTransformer": _function,
    "Pipeline": _pipeline,
    "ColumnTransformer": _column_transformer,
    "TableEncoder": _table_encoder,
}
"""By the name of scikit-learn's class, or glassnet's, what it does to the columns."""
