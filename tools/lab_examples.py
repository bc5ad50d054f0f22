"""The tables that the lab's page has with it, as data for its build; build_lab.py writes them."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from glassnet import article

DATA = Path(__file__).parents[1] / "examples" / "data"
SEED = 1
DIGIT_ROWS = 500


def examples() -> list[dict[str, Any]]:
    """Each a table by columns, and the setting it is opened with where that is not the usual."""
    return [
        _article(),
        _xor(),
        _moons(),
        _spiral(),
        _sine(),
        _penguins(),
        _cars(),
        _digits(),
        _formula(),
    ]


def _example(
    id_: str, title: str, columns: dict[str, list[Any]], targets: list[str], **setup: Any
) -> dict[str, Any]:
    return {"id": id_, "title": title, "columns": columns, "targets": targets, "setup": setup}


ARTICLE = {
    "rule": "as it is", "hidden": list(article.HIDDEN), "activation": "sigmoid",
    "loss": "sum_of_squares", "output": "sigmoid", "bias": False, "optimizer": "gradient_descent",
    "rate": article.LEARNING_RATE, "start": "uniform",
}  # fmt: skip
"""The article's program."""


def _article() -> dict[str, Any]:
    columns = dict(zip(article.INPUT_NAMES, map(list, zip(*article.X, strict=True)), strict=True))
    columns[article.TARGET_NAME] = list(article.Y)
    return _example("article", "the article's table", columns, [article.TARGET_NAME], **ARTICLE)


def _xor() -> dict[str, Any]:
    columns = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 0]}
    setup = ARTICLE | {"hidden": [2], "bias": True, "start": "glorot", "seed": 2}
    return _example("xor", "XOR", columns, ["y"], **setup)


CLASSES = {
    "rule": "as it is", "activation": "tanh", "loss": "binary_cross_entropy", "output": "sigmoid",
    "bias": True, "optimizer": "adam", "rate": 0.03, "start": "glorot",
}  # fmt: skip


def _points(points: np.ndarray, second: np.ndarray) -> dict[str, list[Any]]:
    """Points in a plane and which of two classes they are."""
    labels = np.where(second, "red", "blue").tolist()
    rounded = np.round(points, 3)
    return {"x1": rounded[:, 0].tolist(), "x2": rounded[:, 1].tolist(), "colour": labels}


def _moons() -> dict[str, Any]:
    random = np.random.default_rng(SEED)
    t = random.uniform(0, np.pi, 200)
    lower = np.arange(200) % 2 == 1
    x = np.where(lower, 1 - np.cos(t), np.cos(t))
    y = np.where(lower, 0.5 - np.sin(t), np.sin(t))
    points = np.column_stack([x, y]) + random.normal(0, 0.1, (200, 2))
    return _example("moons", "two moons", _points(points, lower), ["colour"], hidden=[4], **CLASSES)


def _spiral() -> dict[str, Any]:
    random = np.random.default_rng(SEED)
    arm = np.arange(200) % 2
    radius = np.linspace(0.05, 1, 200)
    angle = 1.75 * radius * 2 * np.pi + arm * np.pi
    points = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    points += random.normal(0, 0.01, points.shape)
    columns = _points(5 * points, arm == 1)
    return _example("spiral", "spiral", columns, ["colour"], hidden=[8, 8], **CLASSES)


def _sine() -> dict[str, Any]:
    random = np.random.default_rng(SEED)
    x = np.round(np.linspace(-3, 3, 60), 3)
    y = np.round(np.sin(2 * x) + random.normal(0, 0.1, 60), 3)
    setup = CLASSES | {"loss": "mean_squared_error", "output": "identity"}
    columns = {"x": x.tolist(), "y": y.tolist()}
    return _example("sine", "a sine", columns, ["y"], hidden=[8], **setup)


def _csv(name: str) -> dict[str, list[Any]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [_cell(row[column]) for row in rows] for column in rows[0]}


def _cell(text: str) -> float | str | None:
    if text in ("", "NA"):
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _penguins() -> dict[str, Any]:
    columns = _csv("penguins.csv")
    del columns["year"]
    setup = CLASSES | {"rule": "centred", "loss": "categorical_cross_entropy", "output": "softmax"}
    return _example("penguins", "penguins", columns, ["species"], hidden=[4], **setup)


def _cars() -> dict[str, Any]:
    columns = _csv("cars.csv")
    del columns["name"], columns["model_year"]
    setup = CLASSES | {"rule": "centred", "loss": "mean_squared_error", "output": "identity"}
    return _example("cars", "cars", columns, ["miles_per_gallon"], hidden=[4], **setup)


def _digits() -> dict[str, Any]:
    from sklearn.datasets import load_digits

    data = load_digits()
    columns: dict[str, list[Any]] = {
        f"p{i // 8 + 1}{i % 8 + 1}": data.data[:DIGIT_ROWS, i].astype(int).tolist()
        for i in range(64)
    }
    columns["digit"] = [str(digit) for digit in data.target[:DIGIT_ROWS]]
    setup = CLASSES | {"rule": "0 to 1", "loss": "categorical_cross_entropy", "output": "softmax"}
    setup |= {"hidden": [8], "picture": 8}
    return _example("digits", "digits of 8 x 8", columns, ["digit"], **setup)


def _formula() -> dict[str, Any]:
    """Points in a plane; the page computes their classes by the formula that is typed in."""
    points = np.random.default_rng(SEED).uniform(-3, 3, (200, 2))
    columns = _points(points, points[:, 1] > 0)
    del columns["colour"]
    return _example(
        "formula",
        "y > f(x)",
        columns,
        ["colour"],
        hidden=[4],
        formula="x2 > sin(2 * x1)",
        **CLASSES,
    )
