"""What a run says of itself and its table: each notice on a table that has it, and on ones that
must not trigger it.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetWarning
from glassnet.recipe.options import options_from
from glassnet.recipe.run import run_table

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK: dict[str, Any] = {"epochs": 1, "hidden": 3, "members": 1, "engine": "numpy"}
N = 300
Columns = dict[str, Any]


def notices(table: Columns, target: str | list[str] = "y", **options: Any) -> list[str]:
    """All that a run on the table says, before the last training."""
    given = options_from({"refit": False, **options})
    return [str(notice) for notice in run_table(table, target, given).notices]


def of_table(table: Columns, target: str | list[str] = "y", **options: Any) -> list[str]:
    """What a short run says of the table, not of how little it learnt."""
    found = notices(table, target, **{**QUICK, **options})
    return [text for text in found if "hardly learnt" not in text and "is predicted" not in text]


def drawn(n: int = N, seed: int = 0) -> Columns:
    """Three columns of noise."""
    random = np.random.default_rng(seed)
    table = {"a": random.normal(size=n), "b": random.normal(size=n).round(1)}
    return table | {"c": random.choice(["p", "q", "r"], n).tolist()}


# What must not say anything


@pytest.mark.parametrize(
    ("table", "target"),
    [
        ("penguins", "species"),
        ("penguins", "body_mass_g"),
        ("cars", "miles_per_gallon"),
        ("breast_cancer", "diagnosis"),
    ],
)
def test_of_a_healthy_table_nothing_is_said(table: str, target: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gn.train_table(DATA / f"{table}.csv", target)


def test_of_the_easiest_table_nothing_is_said() -> None:
    x = np.arange(200.0)
    assert notices({"x": x, "y": 2 * x + 1}) == []


# Leaks


def test_a_column_that_tells_the_number_is_named() -> None:
    table = drawn()
    y = np.exp(table["a"] + np.random.default_rng(1).normal(size=N))
    found = of_table({**table, "in dollars": 1.19 * y + 3, "y": y})
    wanted = (
        "column 'in dollars' alone tells the target 'y' nearly perfectly (it explains 100.0% of "
        "the variance): if it would not be known of new rows, leave it out: ignore=['in dollars']"
    )
    assert found == [wanted]


def test_a_column_that_tells_the_class_by_being_missing_is_named() -> None:
    left = np.random.default_rng(2).random(N) < 0.1
    day = np.where(left, np.arange(N) % 30, np.nan)
    (found,) = of_table({**drawn(), "last day": day, "y": np.where(left, "left", "stays").tolist()})
    assert "'last day' alone tells" in found


def test_a_code_that_tells_the_class_is_named() -> None:
    code = np.random.default_rng(3).integers(0, 25, N)
    texts = [f"s{number:02}" for number in code]
    late = np.isin(code, [3, 7, 11, 20])
    (found,) = of_table({**drawn(), "status": texts, "y": late.tolist()})
    assert "'status' alone tells" in found
    assert "ignore=['status']" in found


def test_several_leaks_are_one_notice() -> None:
    table = drawn()
    y = np.random.default_rng(4).normal(size=N)
    more = {f"copy {i}": i * y for i in range(1, 5)}
    noise = {f"noise {i}": np.random.default_rng(i).normal(size=N) for i in range(10, 15)}
    (found,) = of_table({**table, **more, **noise, "y": y})
    assert "'copy 1', 'copy 2', 'copy 3' and 1 more alone tell" in found


@pytest.mark.parametrize("n", [12, 40])
def test_few_rows_are_told_by_a_column_by_chance_and_nothing_is_said(n: int) -> None:
    random = np.random.default_rng(5)
    wide = {f"x{i}": random.normal(size=n) for i in range(400)}
    y = np.where(wide["x7"] > 0, "up", "down").tolist()
    assert of_table({**wide, "y": y}, holdout=0.0) == []


def test_a_rare_class_in_a_row_by_chance_is_no_leak() -> None:
    random = np.random.default_rng(6)
    wide = {f"x{i}": random.normal(size=N) for i in range(50)}
    rare = wide["x3"] > np.sort(wide["x3"])[-4]
    assert not any("alone" in text for text in of_table({**wide, "y": rare.tolist()}))


def test_a_good_column_with_noise_is_no_leak() -> None:
    table = drawn()
    y = table["a"] + 0.3 * np.random.default_rng(7).normal(size=N)
    assert of_table({**table, "y": y}) == []


def test_where_most_columns_tell_the_target_it_is_easy() -> None:
    place = np.random.default_rng(8).integers(0, 2, N)
    random = np.random.default_rng(9)
    table = {name: 10 * place + random.normal(size=N) for name in "abc"}
    assert of_table({**table, "d": random.normal(size=N), "y": (place == 1).tolist()}) == []


def test_the_order_of_the_rows_tells_nothing_of_equal_cells() -> None:
    y = ["no"] * 150 + ["yes"] * 150
    table = {**drawn(), "same": [1.0] * 299 + [2.0], "text": ["x", "y", "z"] * 100}
    assert of_table({**table, "y": y}) == []


# Copies


def with_rows(table: Columns, rows: np.ndarray) -> Columns:
    return {name: np.array(cells)[rows].tolist() for name, cells in table.items()}


def test_copies_are_counted_and_those_that_flatter_the_score() -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    rows = np.r_[np.arange(N), np.arange(60)]
    run = run_table(with_rows(table, rows), "y", options_from(QUICK))
    (found,) = (str(notice) for notice in run.notices if "copies" in str(notice))
    holdout = set(run.rows["holdout"].tolist())
    twin = {row: row + N for row in range(60)} | {row + N: row for row in range(60)}
    flattered = sum(row in twin and twin[row] not in holdout for row in holdout)
    assert found == (
        f"60 of 360 rows are copies of others, target included; {flattered} of the "
        f"{len(holdout)} held-out rows ({flattered / len(holdout):.1%}) are also trained on, "
        "which flatters the score: leave each in the table once"
    )


def test_a_table_pasted_twice_is_seen_and_missing_cells_are_equal() -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    table["a"] = np.where(np.arange(N) % 3, table["a"], np.nan)
    (found,) = of_table(with_rows(table, np.tile(np.arange(N), 2)), holdout=0.0)
    assert found.startswith("300 of 600 rows are copies of others, target included: ")


def test_a_copy_is_no_neighbour_that_tells_the_target() -> None:
    random = np.random.default_rng(1)
    table = {**drawn(), "d": random.normal(size=N), "e": list("xyz") * 100, "f": list("uv") * 150}
    table = with_rows({**table, "y": random.normal(size=N)}, np.tile(np.arange(N), 2))
    assert not any("alone" in text for text in of_table(table))


def test_rows_of_a_few_categories_are_equal_by_nature() -> None:
    random = np.random.default_rng(0)
    survivors = {
        name: random.choice(levels, 2000).tolist()
        for name, levels in {"class": list("123"), "sex": ["f", "m"], "age": ["a", "c"]}.items()
    }
    assert of_table({**survivors, "y": random.choice(["n", "y"], 2000).tolist()}) == []


def test_equal_whole_numbers_with_one_target_each_are_no_copies() -> None:
    x = np.random.default_rng(0).integers(0, 41, 200)
    assert of_table({"x": x, "x squared": x**2, "y": 2 * x + 1.5}) == []


def test_equal_inputs_with_other_targets_are_no_copies() -> None:
    table = with_rows(drawn(), np.tile(np.arange(N // 2), 2))
    assert of_table({**table, "y": np.random.default_rng(1).normal(size=N)}) == []


# Rare classes


def test_a_class_without_a_held_out_row_is_named() -> None:
    kinds = ["p", "q"] * 149 + ["z", "z"]
    wanted = (
        "target 'y': no held-out row has class 'z' (2): no score speaks of it: give more rows of "
        "it, or merge it with another class"
    )
    assert of_table({**drawn(), "y": kinds}) == [wanted]


def test_a_class_with_fewer_rows_than_folds_is_named() -> None:
    kinds = ["p", "q"] * 148 + ["z", "z", "z", "w"]
    (found,) = of_table({**drawn(), "y": kinds}, members=4, holdout=0.0)
    assert found.startswith("target 'y': fewer rows than the 4 folds have classes 'w' (1), 'z' (3)")
    assert of_table({**drawn(), "y": kinds}, members=4, holdout=0.0, validation=0.0) == []


# Missing cells without an indicator


def test_affine_names_the_columns_whose_missing_cells_it_fills() -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    table["a"] = np.where(np.arange(N) % 7, table["a"], np.nan)
    (found,) = of_table(table, affine=True)
    assert found.startswith("column 'a': missing cells count as the median, and no input tells")
    assert of_table(table) == []
    assert of_table({**table, "a": table["b"]}, affine=True) == []


# What was learnt


def test_a_wave_that_stays_flat_was_hardly_learnt() -> None:
    """The case 40 of shared/cases: R2 0.1 on the rows trained on, where a column tells 0.99."""
    random = np.random.default_rng(0)
    x = random.uniform(0, 1, 500)
    y = np.sin(6 * np.pi * x) + 0.05 * random.normal(size=500)
    assert notices({"x": x, "y": y}) == []
    (found,) = notices({"x": x, "y": y}, bins=0)
    assert found.startswith("target 'y' was hardly learnt: of the rows trained on, ")
    assert "where column 'x' alone explains 99." in found
    remedies = [part.split("=") for part in found.rpartition("with ")[2].split(" and ")]
    assert [name for name, _ in remedies] == ["epochs", "decay", "bins"]
    remedy: dict[str, Any] = {name: int(value) for name, value in remedies}
    assert notices({"x": x, "y": y}, **remedy) == []


def test_longer_is_than_the_epochs_that_were_gone_through() -> None:
    random = np.random.default_rng(1)
    x = random.uniform(0, 1, 550)
    table = {"x": x, "y": np.sin(8 * np.pi * x) + 0.05 * random.normal(size=550)}
    run = run_table(table, "y", options_from({"refit": False, "bins": 0, "decay": 1.0}))
    (found,) = map(str, run.notices)
    gone_through = len(run.model.history["epoch"])
    assert gone_through < run.model.record.options["epochs"]
    assert f"train longer, with epochs={10 * gone_through} and " in found


def test_too_few_epochs_are_told_by_the_linear_model() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(N, 8))
    table = {f"x{i}": x[:, i] for i in range(8)} | {"y": x.sum(axis=1) > 0}
    (found,) = notices(table, epochs=1)
    assert "was hardly learnt" in found
    assert "where a linear model explains" in found


def test_a_target_of_noise_is_predicted_no_better_than_by_a_constant() -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    run = run_table(table, "y", options_from({}))
    (found,) = map(str, run.notices)
    constant, _ = run.baselines
    ours, theirs = run.model.scores["y"]["rmse"], constant.scores["y"]["rmse"]
    assert ours > theirs
    assert found == (
        f"target 'y' is predicted no better than by a constant: rmse {ours:.4g} on the 60 held-out "
        f"rows, the constant's {theirs:.4g}: look for columns that tell more about it, or give "
        "more rows"
    )


def test_a_straight_line_with_noise_is_predicted_better_by_a_linear_model() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 20))
    table = {f"x{i}": x[:, i] for i in range(20)}
    table["y"] = x.sum(axis=1) + 2 * random.normal(size=200)
    (found,) = notices(table, dropout=0.0, decay=0.0, members=1, epochs=300)
    assert found.startswith("target 'y' is predicted better by a linear model: rmse ")


def test_a_rare_class_that_is_never_predicted_is_named() -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(1500, 3))
    rare = random.random(1500) < 1 / (1 + np.exp(3.6 - 1.2 * x[:, 0]))
    table = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": np.where(rare, "yes", "no")}
    options: dict[str, Any] = {"hidden": 4, "epochs": 30, "decay": 0, "seed": 1}
    (said,) = notices(table, **options)
    held_out = round(0.2 * 1500)
    assert f"none of the {held_out} held-out rows is predicted 'yes', which " in said
    assert "give threshold='balanced'" in said
    assert not notices(table, threshold="balanced", **options)
    common = {**table, "y": np.where(x[:, 0] > 0.3 * x[:, 1], "yes", "no")}
    assert not notices(common, **{**options, "epochs": 200})


def test_a_leak_of_a_rare_class_is_named_and_nothing_else() -> None:
    """Most rows have one and the same cell, among which a few of the class are left."""
    random = np.random.default_rng(0)
    n = 2400
    rare = random.random(n) < 0.03
    fee = np.where(rare & (random.random(n) < 0.95), random.uniform(20, 90, n).round(2), 0.0)
    table = {"fee": fee, **drawn(n), "y": np.where(rare, "yes", "no")}
    (said,) = notices(table, epochs=5, hidden=8)
    assert said.startswith("column 'fee' alone tells the target 'y' nearly perfectly")


def test_a_quantile_is_not_held_to_the_mean() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=N)
    table = {"x": x, "z": random.normal(size=N), "y": x + random.exponential(3, size=N)}
    assert notices(table, loss="pinball:0.95") == []


def test_a_run_that_went_astray_says_so() -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    found = notices(table, learning_rate=1e30, optimizer="gradient_descent", members=1)
    assert found[0].startswith(("the training diverged", "the training stopped: the loss became"))


# Where it is said


def test_a_notice_is_a_warning_at_the_users_line_and_stays_in_the_record(folder: Path) -> None:
    table = {**drawn(), "y": np.random.default_rng(1).normal(size=N)}
    table["copy"] = table["y"]
    with pytest.warns(GlassnetWarning, match="'copy' alone tells") as caught:
        run = gn.train_run(table, "y", "run", epochs=60)
    assert {Path(warning.filename).name for warning in caught} == {Path(__file__).name}
    assert list(run.record.notices) == [str(warning.message) for warning in caught]
    assert gn.open_run("run").record == run.record
    with pytest.warns(GlassnetWarning, match="'copy' alone tells"):
        gn.train_table(table, "y", epochs=60)
