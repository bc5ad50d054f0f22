"""Models of every kind that an exported file has to express, and rows to try it with."""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import glassnet as gn
from glassnet.exports.checks import UNKNOWN_CATEGORY
from glassnet.exports.columns import Cell, UsedColumn, levels_of, table_column
from glassnet.exports.plan import ExportPlan, export_plan
from glassnet.tables.columns import Table
from glassnet.tables.inputs import Number

DATA = Path(__file__).parents[2] / "examples" / "data"
HOSTILE = "a\"b'c`d\\e\n; -- */ ${x} %s {{y}} =1+1 \u202e\u00fc\u4e2d"
"""A name that would end a text, a comment or a template in most languages."""


@dataclass(frozen=True, repr=False)
class TriedModel:
    """A model, and what is asked of it beside its predictions."""

    model: gn.Model
    interval: float | None = None
    label_set: float | None = None

    def __repr__(self) -> str:
        """What a failing example of hypothesis shows."""
        encoding = self.model.encoding
        networks = "; ".join(str(member.network) for member in self.model.members)
        return f"{encoding.inputs!r}\n{encoding.targets!r}\n{networks}\n{self.options}"

    @property
    def options(self) -> dict[str, float | None]:
        """What `gn.export` takes."""
        return {"interval": self.interval, "label_set": self.label_set}

    @property
    def plan(self) -> ExportPlan:
        """The arithmetic of the model."""
        return export_plan(self.model, self.interval, self.label_set)


@dataclass(frozen=True)
class TriedRows:
    """Rows as a program gets them, and what the model predicts of them.

    Dates are text as the model's column writes them, missing cells None.
    """

    rows: list[dict[str, Cell]]
    predicted: dict[str, list[Any]]


def _rows(seed: int, n: int) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random, random.normal(size=n), random.normal(size=n)


def _article() -> TriedModel:
    """The article's own network."""
    columns = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "x3": [1, 1, 1, 1], "y": [0, 1, 1, 0]}
    return TriedModel(gn.train_article(columns, "y"))


def _penguins() -> TriedModel:
    """Several classes, categories, missing cells, an ensemble."""
    model = gn.train_table(DATA / "penguins.csv", "species", epochs=8, members=3)
    return TriedModel(model, label_set=0.9)


def _cars() -> TriedModel:
    """A number with intervals, dates, an ensemble."""
    model = gn.train_table(DATA / "cars.csv", "miles_per_gallon", epochs=8, members=2)
    return TriedModel(model, interval=0.8)


def _cancer() -> TriedModel:
    """Two classes with a threshold."""
    model = gn.train_table(DATA / "breast_cancer.csv", "diagnosis", epochs=5, members=2, hidden=6)
    return TriedModel(model.with_threshold(0.3), label_set=0.95)


def _bins() -> TriedModel:
    """Bins, and predictions that are not held to a range."""
    random, x, z = _rows(1, 900)
    table = {"x": x.round(6), "z": z.round(6), "y": np.sin(3 * x) + 0.1 * random.normal(size=900)}
    return TriedModel(gn.train_table(table, "y", epochs=4, members=2, hidden=5), interval=0.5)


def _counts() -> TriedModel:
    """Numbers that are never negative: the output is an exponential."""
    random, x, _ = _rows(2, 200)
    table = {"x": x, "y": random.poisson(np.exp(0.5 * x)).astype(float)}
    model = gn.train_table(
        table, "y", task="regression", loss="poisson", epochs=10, hidden=4, members=2
    )
    return TriedModel(model, interval=0.9)


def _written() -> TriedModel:
    """Columns of text: decimal commas, units, dates, times of day, booleans, codes; odd names."""
    random, x, _ = _rows(3, 120)
    days = np.datetime64("2023-01-01") + random.integers(0, 500, 120)
    yes = random.random(120) > 0.5
    table = {
        HOSTILE: [f"{1234.5 + 100 * v:,.2f} EUR".translate(str.maketrans(",.", ".,")) for v in x],
        "sold on": [f"{str(d)[8:]}.{str(d)[5:7]}.{str(d)[:4]}" for d in days],
        "opens": [f"{h:02}:{m:02}" for h, m in random.integers(0, 24, (120, 2))],
        "is new": np.where(yes, "true", "false").tolist(),
        "select": random.choice([HOSTILE, "it's", 'a "b"', "\u00e9t\u00e9"], 120).tolist(),
        "code": random.choice(["007", "01067", "9"], 120).tolist(),
        "class": [f"{'no' if v + t < 0.4 else 'yes'}" for v, t in zip(x, yes, strict=True)],
    }
    return TriedModel(gn.train_table(table, "class", epochs=20, hidden=4, members=2))


def _number_categories() -> TriedModel:
    """Numbers taken as categories, whole classes, a class weighed by its frequency."""
    random, x, _ = _rows(4, 150)
    size = random.choice([1.0, 2.5, 4.0], 150)
    kind = random.choice([0, 1], 150)
    table = {"size": size, "kind": kind, "x": x, "grade": ((x > 0) + (size > 2)).astype(int)}
    model = gn.train_table(
        table,
        "grade",
        categories=["size", "kind"],
        class_weight="balanced",
        epochs=10,
        hidden=4,
        members=2,
    )
    return TriedModel(model)


def _two_targets() -> TriedModel:
    """Two numbers at once."""
    _, x, z = _rows(5, 100)
    table = {"x": x, "z": z, "sum": x + z, HOSTILE: x - 2 * z}
    return TriedModel(gn.train_table(table, ["sum", HOSTILE], epochs=10, hidden=4), interval=0.8)


def _two_classes_twice() -> TriedModel:
    """Two targets of two classes each, one of them true and false."""
    _, x, z = _rows(6, 120)
    table = {"x": x, "z": z, "high": x > 0, "low": np.where(z < 0, "low", "not low")}
    return TriedModel(gn.train_table(table, ["high", "low"], epochs=10, hidden=4))


def _of_activations(*names: str, output: str = "identity") -> TriedModel:
    """A network, its columns as they are, with a hidden layer of each activation."""
    network = gn.Network([3, *(4 for _ in names), 2], list(names), output)
    parameters = gn.initialize(network, seed=7)
    scaled = gn.Parameters(tuple(3 * w for w in parameters.weights), parameters.biases)
    return TriedModel(gn.Model.of_run((network, scaled)))


def _linear() -> TriedModel:
    """No hidden layer."""
    network = gn.Network([2, 1], output="sigmoid")
    parameters = gn.Parameters((np.array([[1.5], [-2.0]]),), (np.array([0.25]),))
    return TriedModel(gn.Model.of_run((network, parameters), targets="y", labels=[False, True]))


MAKERS: dict[str, Callable[[], TriedModel]] = {
    "article": _article,
    "penguins": _penguins,
    "cars": _cars,
    "cancer": _cancer,
    "bins": _bins,
    "counts": _counts,
    "written": _written,
    "number categories": _number_categories,
    "two targets": _two_targets,
    "two classes twice": _two_classes_twice,
    "linear": _linear,
    "tanh and relu": lambda: _of_activations("tanh", "relu", "leaky_relu"),
    "elu and selu": lambda: _of_activations("elu", "selu", output="softplus"),
    "gelu to mish": lambda: _of_activations("gelu", "silu", "mish", "softplus"),
    "sigmoid to tanh": lambda: _of_activations("sigmoid", "identity", output="tanh"),
}
"""Name -> what makes the model."""


@cache
def tried_model(name: str) -> TriedModel:
    """The model of that name, made once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        return MAKERS[name]()


def tried_rows(tried: TriedModel, n: int = 60, seed: int = 0) -> TriedRows:
    """Random rows, with cells that are missing, far out, or of no known category."""
    random = np.random.default_rng(seed)
    columns = tried.plan.columns
    cells = {column.name: _cells(column, random, n) for column in columns}
    table = Table.of(table_column(column, cells[column.name]) for column in columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        predicted = tried.model.predict_columns(
            table, interval=tried.interval, label_set=tried.label_set
        )
    written = [
        [
            column.written(cell)
            if isinstance(column, Number) and column.date and isinstance(cell, float)
            else cell
            for cell in cells[column.name]
        ]
        for column in columns
    ]
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*written, strict=True)]
    return TriedRows(rows, predicted)


def _cells(column: UsedColumn, random: np.random.Generator, n: int) -> list[Cell]:
    if isinstance(column, Number):
        numbers = column.center + column.scale * random.normal(scale=2, size=n)
        if column.date:
            numbers = np.round(numbers)
        choices: list[Cell] = numbers.tolist()
    elif column.cells == "text":
        choices = random.choice([*column.levels, UNKNOWN_CATEGORY], n).tolist()
    elif column.cells == "boolean":
        choices = [level == "true" for level in random.choice(column.levels, n)]
    else:
        choices = random.choice([*levels_of(column), 77.5], n).tolist()
    return [None if random.random() < 0.15 else cell for cell in choices]


def largest_difference(found: dict[str, Sequence[Any]], expected: dict[str, list[Any]]) -> float:
    """How far numbers are apart, relative to those above 1; classes and sets must be the same."""
    assert list(found) == list(expected)
    largest = 0.0
    for name, cells in expected.items():
        assert len(found[name]) == len(cells), name
        for row, (one, other) in enumerate(zip(found[name], cells, strict=True), 1):
            is_number = isinstance(other, float)
            if is_number and math.isfinite(other):
                largest = max(largest, abs(float(one) - other) / max(1.0, abs(other)))
            else:
                assert one == other, (name, row, one, other)
    return largest
