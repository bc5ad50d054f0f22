"""Errors carry what was found as fields, and each face names an option in its own words alone."""

import pickle
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import polars as pl
import pytest

import glassnet as gn
from glassnet.cli import COMMANDS, main
from glassnet.cli.wording import flags, in_flags
from glassnet.errors import (
    GlassnetError,
    GlassnetWarning,
    ModelFileError,
    OptionError,
    OptionRef,
    OutputError,
    TableError,
    check_enough,
    in_python,
    option_error,
    unknown_name,
)
from glassnet.estimators.wording import in_parameters
from glassnet.models.conversion import as_model
from glassnet.recipe.options import SKLEARN_NAMES
from glassnet.tables.read import read_table

ROWS = 40
NUMBERS = {"a": list(range(ROWS)), "b": [i % 3 for i in range(ROWS)]}
TABLE = {**NUMBERS, "y": [i % 7 + 0.5 for i in range(ROWS)]}
NEGATIVE = {**NUMBERS, "y": [-1.0 - i for i in range(ROWS)]}
ALMOST = {**TABLE, "a": [*map(str, range(ROWS - 1)), "many"]}
WORDS = {**TABLE, "y": ["red", "green", "blue", "red"] * 10}


class Call(NamedTuple):
    """One bad call through each face; None where a face cannot make it."""

    says: str
    python: dict[str, Any]
    flags: str | None = None
    parameters: dict[str, Any] | None = None
    table: dict[str, list] = TABLE


CALLS = [
    Call("must be 0 or more", {"l2": -1.0}, "--l2 -1", {"alpha": -1.0}),
    Call("must be 0 or more", {"l1": -1.0}, "--l1 -1", {"l1": -1.0}),
    Call("must be 0 or more", {"decay": -1.0}, "--decay -1", {"decay": -1.0}),
    Call("must be sizes of 1 or more", {"hidden": 0}, "--hidden 0", {"hidden_layer_sizes": 0}),
    Call("must be a whole number", {"epochs": 0}, "--epochs 0", {"max_iter": 0}),
    Call("must be a whole number", {"batch_size": 0}, "--batch-size 0", {"batch_size": 0}),
    Call("must be a whole number", {"patience": 0}, "--patience 0", {"n_iter_no_change": 0}),
    Call("must be a whole number", {"members": 0}, "--members 0", {"members": 0}),
    Call("must be a whole number", {"seed": -1}, "--seed -1", {"random_state": -1}),
    Call("must be from 0", {"dropout": 1.5}, "--dropout 1.5", {"dropout": 1.5}),
    Call("must be a fraction", {"holdout": 1.5}, "--holdout 1.5"),
    Call(
        "must be a fraction",
        {"validation": 1.5},
        "--validation 1.5",
        {"validation_fraction": 1.5},
    ),
    Call(
        "must be a positive number",
        {"learning_rate": -1.0},
        "--learning-rate -1",
        {"learning_rate_init": -1.0},
    ),
    Call("must be a number", {"l2": "much"}, None, {"alpha": "much"}),
    Call(
        "did you mean 'relu'", {"activation": "relo"}, "--activation relo", {"activation": "relo"}
    ),
    Call("did you mean 'huber'", {"loss": "hubr"}, "--loss hubr", {"loss": "hubr"}),
    Call("did you mean 'adam'", {"optimizer": "adm"}, "--optimizer adm", {"solver": "adm"}),
    Call(
        "did you mean 'cosine'",
        {"schedule": "cosin"},
        "--schedule cosin",
        {"learning_rate": "cosin"},
    ),
    Call("Known: float64, float32", {"dtype": "float16"}, "--dtype float16", {"dtype": "float16"}),
    Call("did you mean 'native'", {"engine": "nativ"}, "--engine nativ", {"engine": "nativ"}),
    Call("did you mean 'regression'", {"task": "regresion"}, "--task regresion"),
    Call(
        "but the task is regression",
        {"loss": "binary_cross_entropy"},
        "--loss binary_cross_entropy",
        {"loss": "binary_cross_entropy"},
    ),
    Call(
        "rows to train on",
        {"holdout": 0.9, "validation": 0.9},
        "--holdout 0.9 --validation 0.9",
    ),
    Call("rows to train on", {"validation": 0.98}, None, {"validation_fraction": 0.98}),
    Call("too few to hold some out", {}, "", table={n: cells[:5] for n, cells in TABLE.items()}),
    Call("needs two", {"task": "binary"}, "--task binary"),
    Call(
        "which regression cannot predict", {"task": "regression"}, "--task regression", table=WORDS
    ),
    Call("is not a number, but 39 of 40 cells are", {}, "", {}, table=ALMOST),
    Call(
        "which this loss cannot take",
        {"loss": "poisson"},
        "--loss poisson",
        {"loss": "poisson"},
        table=NEGATIVE,
    ),
    Call("names the target 'y'", {"categories": ["y"]}, "--category y"),
    Call("unknown column 'c'", {"categories": ["c"]}, "--category c", {"categories": ["c"]}),
    Call("3 activations for 2", {"activation": ["relu"] * 3}, "--activation relu,relu,relu"),
]

FLAGS = flags()
NOT_IN_SCIKIT_LEARN = {option for option in FLAGS if SKLEARN_NAMES.get(option, "") != option}
NOT_IN_PYTHON = set(SKLEARN_NAMES.values()) - set(SKLEARN_NAMES)
PROSE = {
    "hidden", "loss", "members", "name", "source", "target", "task", "to", "validation", "whole",
}  # fmt: skip
"""Options whose names are also plain words, which a message may use."""


def names_option(text: str, name: str) -> bool:
    """Whether a message names an option, and does not only use its name as a plain word."""
    after = r"(?= must\b|=)" if name in PROSE else r"\b"
    return re.search(rf"(?<![\w'-]){name}{after}", text) is not None


def ids(call: Call) -> str:
    return f"{call.python} {call.says}"


def error_of(call: Call) -> GlassnetError:
    with pytest.raises(GlassnetError, match=re.escape(call.says)) as raised:
        gn.train_table(call.table, "y", **{"epochs": 1, **call.python})
    return raised.value


@pytest.mark.parametrize("call", CALLS, ids=ids)
def test_python_names_options_as_they_are_called(call: Call) -> None:
    error = error_of(call)
    text = str(error)
    assert "--" not in text
    assert not [name for name in NOT_IN_PYTHON if names_option(text, name)]
    if isinstance(error, OptionError):
        assert str(error.option) in text


@pytest.mark.parametrize("call", [call for call in CALLS if call.flags is not None], ids=ids)
def test_the_command_line_names_flags(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    pl.DataFrame(call.table, strict=False).write_csv("table.csv")
    arguments = ["train", "table.csv", "--target", "y", *(call.flags or "").split()]
    monkeypatch.setattr(sys, "argv", ["glassnet", *arguments])
    with pytest.raises(SystemExit):
        main()
    text = capsys.readouterr().err
    assert call.says in text
    without_flags = re.sub(r"--[a-z0-9-]+", "", text)
    assert not [name for name in (*FLAGS, *NOT_IN_PYTHON) if names_option(without_flags, name)]
    assert "=" not in text
    error = error_of(call)
    if isinstance(error, OptionError):
        assert FLAGS[str(error.option)] in text


@pytest.mark.parametrize("call", [call for call in CALLS if call.parameters is not None], ids=ids)
def test_estimators_name_parameters(call: Call) -> None:
    x = pl.DataFrame({name: cells for name, cells in call.table.items() if name != "y"})
    estimator = gn.TableRegressor(**{"max_iter": 1, **(call.parameters or {})})
    with pytest.raises(GlassnetError, match=re.escape(call.says)) as raised:
        estimator.fit(x, np.array(call.table["y"]))
    error = raised.value
    text = str(error)
    assert "--" not in text
    named = [name for name in NOT_IN_SCIKIT_LEARN if names_option(text, name)]
    assert not set(named) - set(SKLEARN_NAMES.values())
    if isinstance(error, OptionError):
        assert SKLEARN_NAMES[str(error.option)] in text


def test_the_faces_tables_name_what_there_is() -> None:
    commands = [
        getattr(import_module(f"glassnet.cli.{name}"), f"{name}_command") for name in COMMANDS
    ]
    parameters = [parameter for command in commands for parameter in command.params]
    known = {flag for parameter in parameters for flag in parameter.opts}
    known |= {str(p.name).upper() for p in parameters if isinstance(p, click.Argument)}
    assert set(FLAGS.values()) <= known
    assert set(SKLEARN_NAMES.values()) <= set(gn.TableRegressor().get_params())


def test_an_option_in_each_faces_words() -> None:
    year = OptionRef("categories", ["model year"])
    assert in_python(year) == "categories=['model year']"
    assert in_flags(year) == "--category 'model year'"
    assert in_flags(OptionRef("affine", True)) == "--affine"
    assert in_flags(OptionRef("ignore", ["a", "b"])) == "--ignore a --ignore b"
    assert in_parameters(OptionRef("optimizer", "adam")) == "solver='adam'"
    assert in_parameters(OptionRef("dropout")) == "dropout"


def test_fields() -> None:
    error = GlassnetError("is 0", file="a.csv", column="b", row=3, remedy="mend it")
    assert str(error) == "a.csv: column 'b', row 3: is 0: mend it"
    again = pickle.loads(pickle.dumps(error))
    assert vars(again) == vars(error)
    assert str(again) == str(error)
    wrong = option_error("l2", "must be 0 or more", -1)
    assert (wrong.option, wrong.value) == ("l2", -1)
    assert str(GlassnetWarning("is odd", row=2)) == "row 2: is odd"
    named = unknown_name(OptionRef("loss"), "hubr", ["huber"])
    assert (named.option, named.value) == ("loss", "hubr")
    with pytest.raises(GlassnetError, match="rows: 2 or more are needed, there is 1"):
        check_enough(1, 2, "rows")


def test_what_a_caller_can_tell_apart(folder: Path) -> None:
    with pytest.raises(TableError) as table:
        read_table("none.csv")
    assert table.value.file == "none.csv"
    with pytest.raises(TableError) as cell:
        gn.train_table({"a": [1.0, 1e200], "y": [1, 2]}, "y")
    assert (cell.value.column, cell.value.row) == ("a", 2)
    Path("kept.txt").write_text("kept")
    with pytest.raises(ModelFileError) as model:
        gn.load("kept.txt")
    assert str(model.value.file) == "kept.txt"
    network = gn.Network([1, 1])
    with pytest.raises(OutputError, match="there is no folder none"):
        as_model((network, gn.initialize(network))).save("none/model.safetensors")
    assert issubclass(GlassnetError, ValueError)


def test_a_misspelt_name_among_thousands_names_the_nearest_few() -> None:
    names = [f"column_{i}" for i in range(5000)]
    said = str(unknown_name("target column", "column_123x", names))
    assert said == (
        "unknown target column 'column_123x': did you mean 'column_123', 'column_4123' or "
        "'column_3123'? (5,000 are known)"
    )
    far = str(unknown_name("target column", "price", names))
    assert far == (
        "unknown target column 'price': Known: column_0, column_1, column_2, ... (5,000 in all)"
    )


def test_what_is_meant_is_guessed_only_where_it_is_near() -> None:
    assert "did you mean 'Age'" in str(unknown_name("column", "age", ["Age", "Sex"]))
    assert "did you mean" not in str(unknown_name("column", "income", ["age", "town", "debts"]))
    assert "did you mean" not in str(unknown_name("column", "id", ["aged", "date", "idea pool"]))
