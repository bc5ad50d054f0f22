"""Each option is declared once: the command line, the estimators and the checks all follow it."""

import inspect
from dataclasses import MISSING, fields
from typing import Any

import click
import numpy as np
import pytest

from glassnet.cli.train import train_command as train
from glassnet.core.optimizers import OPTIMIZERS
from glassnet.errors import GlassnetError
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor
from glassnet.recipe.defaults import LEARNING_RATES, OUTPUT_AND_LOSS, bin_height, settle
from glassnet.recipe.options import (
    DECLARATIONS,
    SKLEARN_NAMES,
    Options,
    ResolvedOptions,
    options_from,
)
from glassnet.tables.targets import TASKS

DEFAULTS = {field.name: field.default for field in fields(Options)}
OF_CLASSES = {"class_weight", "threshold"}
NOT_OPTIONS = {"verbose", "n_jobs", *OF_CLASSES}  # parameters of all, or of some, estimators alone
NAMED = [name for name, declaration in DECLARATIONS.items() if declaration.names_in]


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_declaration_is_complete(name: str) -> None:
    declaration, default = DECLARATIONS[name], DEFAULTS[name]
    assert default is not MISSING
    assert declaration.help[0].isupper()
    assert declaration.help.endswith(".")
    assert (default is None) == bool(declaration.if_open)
    if default is not None:
        declaration.check(name, default)
    if declaration.names_in and default is not None:
        assert default in declaration.names


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_value_of_another_kind_is_refused_by_name(name: str) -> None:
    with pytest.raises(GlassnetError, match=name):
        Options(**{name: object()})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", DECLARATIONS)
def test_only_an_open_option_may_be_none(name: str) -> None:
    if DECLARATIONS[name].if_open:
        assert getattr(Options(**{name: None}), name) is None  # pyright: ignore[reportArgumentType]
        return
    with pytest.raises(GlassnetError, match=name):
        Options(**{name: None})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("estimator", [TableRegressor, TableClassifier])
def test_estimators_have_the_declared_names_and_defaults(estimator: type) -> None:
    parameters = dict(inspect.signature(estimator).parameters)
    assert set(parameters) - NOT_OPTIONS == set(SKLEARN_NAMES.values())
    for name, parameter in SKLEARN_NAMES.items():
        if name != "seed":  # scikit-learn's random_state is None: another training each time
            assert parameters[parameter].default == DEFAULTS[name], parameter


@pytest.mark.parametrize("name", [name for name in NAMED if SKLEARN_NAMES.get(name)])
def test_the_estimators_documentation_lists_every_name(name: str) -> None:
    documentation = inspect.getdoc(TableRegressor) or ""
    for known in set(DECLARATIONS[name].names):
        assert f'"{known}"' in documentation, known


def test_the_command_line_has_every_option_with_its_default() -> None:
    given = train.make_context("train", ["table.csv", "--target", "y"]).params
    assert Options(**{name: given[name] for name in DECLARATIONS}) == Options()


@pytest.mark.parametrize("name", NAMED)
def test_the_help_lists_every_name(name: str) -> None:
    context = click.Context(train, terminal_width=1000, max_content_width=1000)
    (line,) = [
        line
        for line in train.get_help(context).splitlines()
        if line.strip().startswith(f"--{name} ")
    ]
    assert f"One of {', '.join(DECLARATIONS[name].names)}." in line


def test_settled_options_have_the_same_names_and_repeat_the_training() -> None:
    assert [field.name for field in fields(ResolvedOptions)] == list(DECLARATIONS)
    settled = settle(Options(members=1), "binary", train_rows=400, validation_rows=100)
    assert settle(settled.as_options(), "binary", train_rows=400, validation_rows=100) == settled
    left_open = {name for name in DECLARATIONS if getattr(settled, name) is None}
    # which is then its value: no average, never, all classes alike, the likelier class, and text
    # as its cells say, from new weights
    open_ones = {"average", "patience", "class_weight", "threshold"}
    open_ones |= {"missing", "decimal", "date_order", "start", "memory"}
    assert left_open == open_ones
    assert (
        settle(Options(), "binary", train_rows=400, validation_rows=0).validation is None
    )  # by folds


def test_rows_that_validate_say_how_long_to_train() -> None:
    settled = settle(Options(), "binary", train_rows=640, validation_rows=0, by_folds=True)
    assert settled.batch_size == 16  # so 40 updates an epoch
    assert (settled.schedule, settled.epochs, settled.patience) == ("constant", 75, 8)
    assert settled.average == 3 / 75
    again = settle(settled.as_options(), "binary", train_rows=640, validation_rows=0, by_folds=True)
    assert again == settled
    assert settle(Options(), "binary", train_rows=640, validation_rows=9) == settled


def test_of_few_updates_in_an_epoch_many_epochs_may_pass() -> None:
    options = Options(batch_size=100)
    settled = settle(options, "binary", train_rows=400, validation_rows=100)  # 4 updates an epoch
    assert (settled.epochs, settled.patience) == (400, 75)
    assert settled.average == 18.75 / 400


@pytest.mark.parametrize(
    ("given", "epochs"),
    [
        ({"schedule": "cosine"}, 38),
        ({"epochs": 5}, 5),
        ({"average": 0.1}, 38),
        ({"patience": 3}, 38),
        ({"members": 1}, 100),
    ],
)
def test_what_is_asked_of_the_run_keeps_its_length_and_schedule(
    given: dict[str, Any], epochs: int
) -> None:
    settled = settle(Options(**given), "binary", train_rows=640, validation_rows=9)
    expected = (epochs, "cosine", given.get("average"), given.get("patience"))
    assert (settled.epochs, settled.schedule, settled.average, settled.patience) == expected


def test_without_rows_that_validate_the_rate_falls_to_zero() -> None:
    settled = settle(Options(), "binary", train_rows=160, validation_rows=0)
    assert (settled.epochs, settled.schedule) == (150, "cosine")
    assert settled.average is settled.patience is None


def test_every_optimizer_and_task_has_its_default() -> None:
    assert set(LEARNING_RATES) == set(OPTIMIZERS)
    assert set(OUTPUT_AND_LOSS) == set(TASKS)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"hidden": 8}, {"hidden": (8,)}),
        ({"hidden": [8, 4]}, {"hidden": (8, 4)}),
        ({"categories": "a"}, {"categories": ("a",)}),
        ({"ignore": None}, {"ignore": ()}),
        ({"seed": np.int64(3)}, {"seed": 3}),
        ({"hidden": (np.int32(5),)}, {"hidden": (5,)}),
    ],
)
def test_options_as_people_write_them(given: dict[str, Any], expected: dict[str, Any]) -> None:
    options = options_from(given)
    assert options == Options(**expected)
    for name in expected:
        assert type(getattr(options, name)) is type(expected[name])


def test_the_documentation_of_options_names_each() -> None:
    for name in DECLARATIONS:
        assert f"\n{name} : " in (Options.__doc__ or "")


@pytest.mark.parametrize(
    ("n_rows", "height"),
    [(50_000, 1), (900, 1), (714, 0.5), (567, 0.25), (450, 0.125), (225, 1 / 64), (2, 1 / 64)],
)
def test_the_bins_of_one_network_are_low_where_rows_are_few(n_rows: int, height: float) -> None:
    assert bin_height(1, n_rows) == height
    assert bin_height(4, n_rows) == 1
