"""Whatever a public function is given instead of what it wants: our error, naming the argument.

Every parameter of the functions below is given every value of `VALUES`. Those that its kind allows
work; every other one is a GlassnetError on one line. What a user's own function raises when it is
called is the user's.
"""

import datetime
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.recipe.options import DECLARATIONS

X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
Y = np.array([[1.0], [1.0], [0.0], [0.0]])
NETWORK = gn.Network([2, 3, 1])
START = gn.initialize(NETWORK, seed=1)
TRACE = gn.feedforward(NETWORK, START, X)
GRADIENT = gn.backprop(NETWORK, START, TRACE, Y)[1]
DATES = [datetime.date(2020, 1, day) for day in (1, 2, 3, 4)]


class Foreign:
    """An object of a library whose conversion fails in its own way."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("words of another library")


VALUES: dict[str, Any] = {
    "None": None,
    "text": "abc",
    "text of a number": "1",
    "no text": "",
    "bytes": b"ab",
    "True": True,
    "NumPy's True": np.bool_(True),
    "0": 0,
    "-1": -1,
    "1.5": 1.5,
    "a fraction": Fraction(1, 2),
    "a decimal": Decimal("0.5"),
    "a large number": 10**30,
    "a number beyond floats": 10**400,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus infinity": -float("inf"),
    "complex": 1 + 2j,
    "a date": datetime.datetime(2020, 1, 1),
    "NumPy's date": np.datetime64("2020-01-01", "ns"),
    "a duration": datetime.timedelta(1),
    "NumPy's duration": np.timedelta64(1, "D"),
    "a number without dimensions": np.array(0.5),
    "a masked number": np.ma.masked,
    "an empty list": [],
    "a list of text": ["a", "b"],
    "rows of several lengths": [[1, 2], [3]],
    "a dict": {"a": 1},
    "a set": {1, 2},
    "an array of three dimensions": np.zeros((2, 2, 2)),
    "an empty array": np.zeros(0),
    "an array of NaN": np.full((4, 2), np.nan),
    "an array of complex numbers": X * (1 + 1j),
    "rows of complex numbers": (X * (1 + 1j)).tolist(),
    "complex numbers as objects": (X * (1 + 1j)).astype(object),
    "an array of dates": np.array([DATES, DATES], "M8[D]").T,
    "dates as objects": np.array([DATES, DATES], object).T,
    "rows of NumPy's dates": [[np.datetime64(day)] * 2 for day in DATES],
    "an array of durations": np.ones((4, 2), "m8[D]"),
    "durations as objects": np.full((4, 2), np.timedelta64(1, "D"), object),
    "an array of text": X.astype(str),
    "text as objects": X.astype(str).astype(object),
    "None as objects": np.full((4, 2), None, object),
    "records": np.zeros(4, [("a", float), ("b", float)]),
    "a masked matrix": np.ma.array(X, mask=X == 0),
    "a masked column": np.ma.array(Y[:, 0], mask=Y[:, 0] == 0),
    "rows that are masked": list(np.ma.array(X, mask=X == 0)),
    "a sparse matrix": sparse.csr_matrix(X),
    "a frame with text": pd.DataFrame({"a": ["x"] * 4, "b": 1.0}),
    "a frame with dates": pd.DataFrame({"a": pd.to_datetime(DATES), "b": 1.0}),
    "a Polars frame with dates": pl.DataFrame({"a": DATES, "b": [1.0] * 4}),
    "a PyArrow table with dates": pa.table({"a": DATES, "b": [1.0] * 4}),
    "a series of dates": pd.Series(DATES),
    "a module": np,
    "a class": Foreign,
    "an object": Foreign(),
}
SMALL = {"0", "a fraction", "a number without dimensions"}
FINITE = {"1.5", "a fraction", "a large number", "a number without dimensions"}
HUGE = {"a large number", "a number beyond floats"}
TEXTS = {"text", "text of a number", "no text"}
FLAGS = {"True", "NumPy's True"}
CALLABLE = {"a class"}
CALLED = ("schedule", "progress")  # and what that raises is the user's own affair
FINE: dict[str, set[str]] = {
    "array": set(),
    "array or None": {"None"},
    "array, NaN too": {"an array of NaN", "None as objects"},
    "none else": set(),
    "or None": {"None"},
    "columns or None": {"None", "an empty list", "an empty array"},
    "masks": {"an empty list", "an empty array"},
    "number above 0": FINITE,
    "number above 0, or None": {*FINITE, "None"},
    "number of 0 or more": {*FINITE, "0"},
    "number from 0 to 1": SMALL,
    "number between 0 and 1": SMALL - {"0"},
    "whole, or None": {*HUGE, "None"},
    "whole, 0 too": {*HUGE, "0"},
    "whole": HUGE,
    "any whole": {*HUGE, "0"},
    "R's seed": {"0", "-1"},
    "count": set(),
    "count, 0 too": {"0"},
    "row, or None": {"0", "None"},
    "True or False": FLAGS,
    "text": TEXTS,
    "function": CALLABLE,
    "function or None": {*CALLABLE, "None"},
}
"""What a parameter may be -> the values that are fine there."""


class Function(NamedTuple):
    """A public function, arguments that are right, and what each parameter may be."""

    call: Callable[..., Any]
    right: dict[str, Any]
    kinds: dict[str, str]


TRAINING = {
    "network": "none else",
    "parameters": "none else",
    "x": "array",
    "y": "array",
    "optimizer": "none else",
    "epochs": "count",
    "batch_size": "whole, or None",
    "sample_weight": "array or None",
    "validation": "or None",
    "penalty": "or None",
    "dropout": "number from 0 to 1",
    "weight_masks": "masks",
    "multipliers": "or None",
    "clip": "number above 0, or None",
    "shuffle": "True or False",
    "schedule": "function",
    "patience": "whole, or None",
    "min_delta": "number of 0 or more",
    "seed": "whole, 0 too",
    "engine": "none else",
    "progress": "function or None",
    "chunk_epochs": "whole, or None",
    "n_jobs": "whole, or None",
    "path_points": "whole, or None",
}
DATA = {"network": NETWORK, "parameters": START, "x": X, "y": Y}


def optimizer_settings(optimizer: type[gn.Optimizer]) -> dict[str, str]:
    """The kind of each of its settings."""
    kinds = {
        "a positive number": "number above 0",
        "0 or more": "number of 0 or more",
        "from 0 to 1": "number from 0 to 1",
        "from 0 to below 1": "number from 0 to 1",
    }
    return {
        setting.name: kinds[setting.metadata["allowed"].description]
        for setting in fields(optimizer)
    }


FUNCTIONS: dict[str, Function] = {
    "train": Function(gn.train, {**DATA, "epochs": 1}, TRAINING),
    "train, numpy": Function(
        gn.train, {**DATA, "epochs": 1, "engine": "numpy", "dropout": 0.5}, TRAINING
    ),
    "train, native": Function(
        gn.train, {**DATA, "epochs": 1, "engine": "native", "dropout": 0.5, "clip": 1.0}, TRAINING
    ),
    "initialize": Function(
        gn.initialize,
        {"network": NETWORK},
        {
            "network": "none else",
            "method": "none else",
            "seed": "any whole",
            "rng": "none else",
            "dtype": "none else",
        },
    ),
    "initialize, R": Function(
        gn.initialize, {"network": NETWORK, "rng": "r"}, {"seed": "R's seed"}
    ),
    "train_article": Function(
        gn.train_article,
        {"table": {"a": [0.0, 1.0], "y": [0, 1]}, "target": "y", "iterations": 1},
        {
            "target": "none else",
            "hidden": "count",
            "bias": "True or False",
            "iterations": "count",
            "seed": "R's seed",
            "rng": "none else",
            "engine": "none else",
            "progress": "function or None",
        },
    ),
    "feedforward": Function(
        gn.feedforward,
        {"network": NETWORK, "parameters": START, "x": X},
        {
            "network": "none else",
            "parameters": "none else",
            "x": "array, NaN too",
            "dropout": "masks",
            "weight_masks": "masks",
        },
    ),
    "backprop": Function(
        gn.backprop,
        {"network": NETWORK, "parameters": START, "trace": TRACE, "y": Y},
        {
            "network": "none else",
            "parameters": "none else",
            "trace": "none else",
            "y": "array",
            "sample_weight": "array or None",
            "penalty": "or None",
        },
    ),
    "check_gradient": Function(
        gn.check_gradient,
        {
            "loss_function": lambda p: gn.backprop(NETWORK, p, gn.feedforward(NETWORK, p, X), Y)[0],
            "gradient": gn.Parameters(tuple(-dw for dw in GRADIENT.weights), GRADIENT.biases),
            "parameters": START,
            "network": NETWORK,
            "x": X,
            "y": Y,
        },
        {
            "gradient": "none else",
            "parameters": "none else",
            "tolerance": "number of 0 or more",
            "entries": "whole",
            "directions": "count, 0 too",
            "seed": "whole, 0 too",
            "network": "or None",
            "x": "array",
            "y": "array",
        },
    ),
    "Network": Function(
        gn.Network,
        {"sizes": [2, 3, 1]},
        {
            "sizes": "none else",
            "activation": "none else",
            "output": "or None",
            "loss": "none else",
            "bias": "True or False",
        },
    ),
    "Penalty": Function(gn.Penalty, {}, {"l1": "number of 0 or more", "l2": "number of 0 or more"}),
    "Optax": Function(
        gn.Optax,
        {"transformation": SimpleNamespace(init=len, update=len)},
        {"transformation": "none else", "learning_rate": "number above 0"},
    ),
    "Activation": Function(
        gn.Activation,
        {"value": np.sin, "derivative": np.cos},
        {
            "name": "text",
            "value": "function",
            "derivative": "function",
            "derivative_of": "none else",
            "formula": "text",
            "derivative_formula": "text",
            "row_term": "text",
        },
    ),
    "Loss": Function(
        gn.Loss,
        {"value": lambda a, y: (a - y) ** 2, "delta": lambda a, y: 2 * (a - y)},
        {
            "name": "text",
            "value": "function",
            "delta": "function",
            "reduction": "none else",
            "output": "or None",
        },
    ),
    "huber": Function(gn.huber, {}, {"threshold": "number above 0"}),
    "pinball": Function(gn.pinball, {}, {"quantile": "number between 0 and 1"}),
    "binary_focal": Function(gn.binary_focal, {}, {"gamma": "number above 0"}),
    "categorical_focal": Function(gn.categorical_focal, {}, {"gamma": "number above 0"}),
    "ice": Function(
        gn.ice,
        {"model": (NETWORK, START), "table": X, "column": "x1", "points": 3},
        {
            "column": "none else",
            "output": "or None",
            "points": "count",
            "rows": "whole",
        },
    ),
    "hidden_nodes": Function(
        gn.hidden_nodes,
        {"models": (NETWORK, START), "table": X},
        {"output": "or None"},
    ),
    "NetworkDisplay": Function(
        gn.NetworkDisplay.from_model,
        {"model": (NETWORK, START), "table": X, "row": 1, "y": Y},
        {
            "row": "row, or None",
            "backward": "True or False",
            "most": "whole",
        },
    ),
    "ContributionsDisplay": Function(
        gn.ContributionsDisplay.from_model,
        {"model": (NETWORK, START), "table": X, "row": 1},
        {"row": "count, 0 too", "output": "or None", "most": "whole"},
    ),
    "Lab": Function(
        gn.Lab,
        {"opened": {"a": [0.0, 1.0], "y": [0, 1]}, "target": "y"},
        {"target": "columns or None"},
    ),
    "FilmDisplay": Function(
        gn.FilmDisplay.from_model,
        {"model": (NETWORK, START), "table": X, "y": Y, "resolution": 3},
        {"frames": "whole"},
    ),
    **{
        name: Function(optimizer, {}, optimizer_settings(optimizer))
        for name, optimizer in gn.OPTIMIZERS.items()
    },
}
PARAMETERS = [(name, kind) for name, function in FUNCTIONS.items() for kind in function.kinds]


def message_of(call: Callable[[], Any]) -> str:
    """The message of the GlassnetError that a call raises; "" where it works."""
    try:
        call()
    except GlassnetError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_every_parameter_given_anything(name: str, parameter: str) -> None:
    function = FUNCTIONS[name]
    fine = FINE[function.kinds[parameter]]
    for value, wrong in VALUES.items():
        if value in CALLABLE and parameter in CALLED:
            continue
        arguments = {**function.right, parameter: wrong}
        message = message_of(partial(function.call, **arguments))
        assert (message == "") == (value in fine), f"{value}: {message or 'no error'}"
        assert "\n" not in message
        assert len(message) < 400, value
        assert message == "" or parameter.rstrip("s") in message, f"{value}: {message}"


OPTIONS: dict[str, set[str]] = {
    "task": {"None"},
    "loss": {"None"},
    "class_weight": {"None"},
    "missing": {*TEXTS, "None", "an empty list", "a list of text", "an empty array"},
    "decimal": {"None"},
    "start": {"None"},
    "date_order": {"None"},
    "memory": {"None", "a large number", "a number beyond floats"},
    "threshold": {"None"},
    "effort": set(),
    "draws": {"0", "None"},
    "hidden": {"None"},
    "members": {"None"},
    "learning_rate": {*FINITE, "None"},
    "schedule": {"None"},
    "batch_size": {*HUGE, "None"},
    "epochs": {"None"},
    "patience": {*HUGE, "None"},
    "l1": {*FINITE, "0"},
    "l2": {*FINITE, "0"},
    "decay": {*FINITE, "0", "None"},
    "dropout": {*SMALL, "None"},
    "average": {*FINITE, "None"},
    "teacher_weight": SMALL - {"0"},
    "bins": {"0", "None"},
    "refit": {*FLAGS, "None"},
    "seed": {*HUGE, "0"},
    "validation": {*SMALL, "None"},
    "holdout": SMALL,
    "affine": FLAGS,
    "categories": {"None", "an empty list", "an empty array"},
    "ignore": {"None", "an empty list", "an empty array"},
}
"""Option of `train_table` -> the values that are fine; for those not named here, none."""


@pytest.mark.filterwarnings("ignore:the training (stopped|diverged)")  # a rate of 1e300
@pytest.mark.parametrize("option", [*DECLARATIONS, "target", "progress"])
def test_every_option_of_a_table_given_anything(option: str) -> None:
    table = {"a": list(range(40)), "t": [7 * i % 9 for i in range(40)]}
    fine = OPTIONS.get(option, {"None"} if option == "progress" else set())
    for value, wrong in VALUES.items():
        if value in CALLABLE and option in CALLED:
            continue
        arguments = {"target": "t", "epochs": 1, "members": 1, option: wrong}
        message = message_of(partial(gn.train_table, table, **arguments))
        assert (message == "") == (value in fine), f"{value}: {message or 'no error'}"
        assert "\n" not in message
        assert len(message) < 400, value
        assert message == "" or option in message or "column" in message, f"{value}: {message}"
