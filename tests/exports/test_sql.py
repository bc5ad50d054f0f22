"""The exported queries: run by each database itself, beside the model."""

# Fixtures are imported, and parameters of the same name stand for them.
# ruff: noqa: F401, F811

from collections.abc import Callable

import numpy as np
import pytest
from exported import MAKERS, TriedModel, TriedRows, largest_difference, tried_model, tried_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from sql_databases import (
    Run,
    check,
    check_in_duckdb,
    check_in_sqlite,
    database,
    run,
    server,
    typed,
)

import glassnet as gn
from glassnet.core.activations import ACTIVATIONS, OUTPUTS


def with_each_row_twice(rows: TriedRows) -> TriedRows:
    """Duplicates stay, in whatever order."""
    return TriedRows(
        [row for row in rows.rows for _ in range(2)],
        {
            name: [cell for cell in cells for _ in range(2)]
            for name, cells in rows.predicted.items()
        },
    )


@pytest.mark.parametrize("name", MAKERS)
def test_the_query_predicts_what_the_model_does(name: str, database: str, run: Run) -> None:
    tried = tried_model(name)
    rows = with_each_row_twice(tried_rows(tried, n=30))
    table = 's."My ""rows"""'
    query = str(gn.export(tried.model, database, source=table, **tried.options).content)
    found = typed(run(tried, rows, query, table), rows, tried)
    assert largest_difference(found, rows.predicted) < 1e-12


@pytest.mark.parametrize("name", MAKERS)
def test_the_check_needs_no_table(
    name: str,
    database: str,
    check: Callable[[str], tuple[int, float]],
) -> None:
    tried = tried_model(name)
    files = gn.export(tried.model, database, **tried.options).files
    number, difference = check(str(files[".check.sql"]))
    assert number == len(tried.plan.checks)
    assert difference < 1e-12


def test_a_table_with_the_name_of_a_query_is_read(database: str, run: Run) -> None:
    tried = tried_model("two targets")
    rows = tried_rows(tried, n=4)
    for name in ("cells", "Inputs" if database != "postgresql" else "inputs"):
        query = str(gn.export(tried.model, database, source=name, interval=0.8).content)
        found = typed(run(tried, rows, query, name), rows, tried)
        assert largest_difference(found, rows.predicted) < 1e-12


@pytest.mark.parametrize("source", ["", ".rows", "a.b.c.d", 'a"b', "a..b", '"a', '""'])
def test_what_is_no_name_of_a_table_is_refused(source: str, database: str) -> None:
    with pytest.raises(gn.GlassnetError, match="source must be a table's name"):
        gn.export(tried_model("article").model, database, source=source)


def test_a_prediction_that_is_called_like_a_column_gets_a_longer_name(
    database: str,
    run: Run,
) -> None:
    table = {"prediction": [0.0, 1.0, 2.0], "prediction_": [2.0, 1.0, 5.0], "y": [0.1, 0.5, 0.9]}
    model = gn.train_article(table, "y", iterations=2)
    query = str(gn.export(model, database).content)
    assert "-- prediction__ is what glassnet predict calls prediction: another column" in query
    rows = [{"prediction": table["prediction"][n], "prediction_": n / 2} for n in range(3)]
    predicted = model.predict_columns({name: [row[name] for row in rows] for name in rows[0]})
    tried = TriedRows(rows, {"prediction__": predicted["prediction"]})
    found = typed(run(TriedModel(model), tried, query, "rows"), tried, TriedModel(model))
    assert largest_difference(found, tried.predicted) < 1e-12


@pytest.mark.filterwarnings("ignore:column 'class'. 'Yes' .* differ only in letter case")
def test_predictions_that_a_database_takes_for_one_get_two_names(database: str, run: Run) -> None:
    x = np.random.default_rng(1).normal(size=60)
    table = {"x": x, "class": np.where(x > 0, "Yes", "yes").tolist()}
    model = gn.train_table(table, "class", epochs=2, hidden=3, members=1)
    names, _ = run(
        TriedModel(model),
        TriedRows([{"x": 1.0}], {}),
        str(gn.export(model, database).content),
        "rows",
    )
    second = "probability_yes" if database == "postgresql" else "probability_yes_"
    assert names[2:] == ["prediction", "probability_Yes", second]


def test_columns_that_a_database_takes_for_one_are_refused(database: str) -> None:
    long = "a" * 70
    names = [f"{long}1", f"{long}2"] if database == "postgresql" else ["Size", "size"]
    network = gn.Network([2, 2])
    parameters = gn.initialize(network)
    with pytest.raises(gn.GlassnetError, match="cannot tell '[as].*' from another column of"):
        gn.export(gn.Model.of_run((network, parameters), names), database)
    if database == "postgresql":
        model = gn.Model.of_run((network, parameters), targets=names)
        with pytest.raises(gn.GlassnetError, match="another column of .*: give the classes or tar"):
            gn.export(model, database)


def test_a_model_that_is_too_wide_names_what_takes_it() -> None:
    def wide(nodes: int) -> gn.Model:
        network = gn.Network([2, nodes, 1], ["tanh"])
        return gn.Model.of_run((network, gn.initialize(network, seed=1)))

    with pytest.raises(gn.GlassnetError, match="PostgreSQL takes 1,664 columns.*1,701.*to sqlite"):
        gn.export(wide(1700), "postgresql")
    with pytest.raises(gn.GlassnetError, match="SQLite takes 2,000 columns.*2,101.*to duckdb"):
        gn.export(wide(2100), "sqlite")


def test_long_sums_stay_within_the_depth_of_expressions(
    database: str,
    check: Callable[[str], tuple[int, float]],
) -> None:
    network = gn.Network([2, 1500, 1], ["tanh"])
    model = gn.Model.of_run((network, gn.initialize(network, seed=1)))
    _, difference = check(str(gn.export(model, database).files[".check.sql"]))
    assert difference < 1e-12


def test_a_check_finds_a_weight_that_is_not_the_models(
    database: str,
    check: Callable[[str], tuple[int, float]],
) -> None:
    tried = tried_model("linear")
    text = str(gn.export(tried.model, database).files[".check.sql"])
    assert text.count("-2.0") >= 1
    _, difference = check(text.replace("-2.0", "-2.1", 1))
    assert difference > 1e-3


def test_columns_called_true_and_false_are_checked(
    database: str,
    check: Callable[[str], tuple[int, float]],
) -> None:
    network = gn.Network([3, 1])
    model = gn.Model.of_run((network, gn.initialize(network)), ["false", "TRUE", "is_true"])
    _, difference = check(str(gn.export(model, database).files[".check.sql"]))
    assert difference < 1e-12


@settings(max_examples=10, deadline=None)
@given(
    inputs=st.integers(1, 5),
    hidden=st.lists(st.tuples(st.integers(1, 6), st.sampled_from(sorted(ACTIVATIONS))), max_size=3),
    outputs=st.integers(1, 4),
    output=st.sampled_from(sorted(OUTPUTS)),
    names=st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
        min_size=9,
        max_size=9,
        unique_by=lambda name: name.strip().casefold(),
    ),
    seed=st.integers(0, 1000),
)
def test_networks_of_any_shape_and_name(
    inputs: int,
    hidden: list[tuple[int, str]],
    outputs: int,
    output: str,
    names: list[str],
    seed: int,
) -> None:
    if output == "softmax" and outputs == 1:
        outputs = 2
    network = gn.Network(
        [inputs, *(nodes for nodes, _ in hidden), outputs], [name for _, name in hidden], output
    )
    parameters = gn.initialize(network, seed=seed)
    model = gn.Model.of_run((network, parameters), names[:inputs], names[inputs : inputs + outputs])
    for target, run_check in (("duckdb", check_in_duckdb), ("sqlite", check_in_sqlite)):
        number, difference = run_check(str(gn.export(model, target).files[".check.sql"]))
        assert number
        assert difference < 1e-12
