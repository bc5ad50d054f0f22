"""The article's program on a table of the user's: its numbers, its run folder, what it refuses."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import run as command

import glassnet as gn
from glassnet import article
from glassnet.tables.columns import Column

TABLE = {
    "a": [0.2, 0.4, 0.6, 0.8, 0.1, 0.9],
    "b": [0.5, 0.1, 0.7, 0.3, 0.9, 0.2],
    "y": [0.1, 0.2, 0.8, 0.6, 0.4, 0.7],
}


def csv_of(table: dict[str, list[Any]], path: str) -> str:
    lines = [",".join(table), *(",".join(map(str, row)) for row in zip(*table.values()))]  # noqa: B905
    Path(path).write_text("\n".join(lines) + "\n")
    return path


def test_the_articles_table_gives_the_articles_numbers(article_oracle: dict[str, Any]) -> None:
    x1, x2, x3 = zip(*article.X, strict=True)
    model = gn.train_article({"x1": x1, "x2": x2, "x3": x3, "y": article.Y}, "y", seed=2)
    oracle = article_oracle["runs"]["2"]
    np.testing.assert_allclose(model.parameters.weights[0].ravel(), oracle["w1"], rtol=1e-11)


def test_the_program_is_the_articles_by_hand() -> None:
    """R's program in NumPy, with biases, another size, rate and start, on another table."""
    x = np.column_stack([TABLE["a"], TABLE["b"]])
    y = np.array(TABLE["y"])[:, None]
    network = gn.Network([2, 5, 1], "sigmoid", "sigmoid", "sum_of_squares")
    start = gn.initialize(network, "uniform", seed=2, rng="r")
    (w1, w2), (b1, b2) = start.weights, start.biases

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    for _ in range(300):
        hidden = sigmoid(x @ w1 + b1)
        output = sigmoid(hidden @ w2 + b2)
        delta2 = 2 * (output - y) * output * (1 - output)
        delta1 = delta2 @ w2.T * hidden * (1 - hidden)
        w1, b1 = w1 - 0.5 * x.T @ delta1, b1 - 0.5 * delta1.sum(axis=0)
        w2, b2 = w2 - 0.5 * hidden.T @ delta2, b2 - 0.5 * delta2.sum(axis=0)
    model = gn.train_article(
        TABLE, "y", hidden=5, learning_rate=0.5, bias=True, iterations=300, seed=2
    )
    np.testing.assert_allclose(model.parameters.weights[0], w1, rtol=1e-10)
    np.testing.assert_allclose(model.parameters.biases[1], b2, rtol=1e-10)
    after = sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2)
    np.testing.assert_allclose(model.predict(TABLE), after[:, 0], rtol=1e-10)


def test_its_run_is_an_ordinary_run(folder: Path) -> None:
    csv_of(TABLE, "t.csv")
    flags = ["--hidden", "5", "--learning-rate", "0.5", "--bias", "--iterations", "30"]
    ran = command("demo", "t.csv", "--target", "y", *flags, "--rng", "numpy", "--seed", "7")
    assert ran.code == 0, ran.err
    run = gn.open_run("runs/demo-t")
    trained = gn.train_article(
        "t.csv", "y", hidden=5, learning_rate=0.5, bias=True, iterations=30, seed=7, rng="numpy"
    )
    np.testing.assert_array_equal(run.model.predict("t.csv"), trained.predict("t.csv"))
    assert run.record.has_table_file
    assert run.rows["train"].tolist() == list(range(6))
    network = run.model.network
    start = gn.initialize(network, "uniform", seed=7, rng="numpy")
    np.testing.assert_array_equal(run.model_before(1).parameters.weights[0], start.weights[0])
    (path_end,) = [p for epoch, p in run.training_path(3) if epoch == 30]
    np.testing.assert_array_equal(path_end.biases[1], run.model.parameters.biases[1])
    fifth = run.model_before(6).predict("t.csv")
    short = gn.train_article(
        "t.csv", "y", hidden=5, learning_rate=0.5, bias=True, iterations=5, seed=7, rng="numpy"
    )
    np.testing.assert_allclose(fifth, short.predict("t.csv"), rtol=1e-12)
    for arguments in (
        ["explain", "runs/demo-t", "--iteration", "30", "--row", "2", "--backward"],
        ["predict", "runs/demo-t", "t.csv"],
        ["show", "runs/demo-t"],
        ["plot", "loss-surface", "runs/demo-t"],
        ["plot", "regression", "runs/demo-t"],
    ):
        again = command(*arguments)
        assert again.code == 0, again.err
    again = command("demo", "t.csv", "--target", "y", "--out", "runs/demo-t")
    assert (again.code, "already exists" in again.err) == (2, True)


def test_a_seed_of_r_may_be_below_0(folder: Path) -> None:
    csv_of(TABLE, "t.csv")
    assert command("demo", "t.csv", "--target", "y", "--iterations", "2", "--seed", "-3").code == 0
    assert gn.open_run("runs/demo-t").options.seed == -3


def test_predicted_before_and_after_the_last_update_stand_beside_each_other(folder: Path) -> None:
    csv_of(TABLE, "t.csv")
    ran = command("demo", "t.csv", "--target", "y", "--iterations", "3")
    assert "after the update" in ran.out
    found = json.loads(command("demo", "t.csv", "--target", "y", "--iterations", "3", "--json").out)
    for name in ("predicted", "predicted_after_update"):
        assert all(f"{number:.3f}" in ran.out for number in found[name])
    predicted = gn.load("runs/demo-t").predict("t.csv")
    np.testing.assert_allclose(found["predicted_after_update"], predicted, rtol=1e-12)
    assert "the digits shown are the same" in command("demo", "--out", "a").out


def test_text_and_classes_become_0_and_1(folder: Path) -> None:
    table = {"town": ["Ulm", "Bonn", "Köln"] * 4, "n": [0.1, 0.2, 0.3] * 4}
    two = gn.train_article({**table, "y": ["no", "yes", "no"] * 4}, "y", iterations=2000)
    assert two.encoding.features == ["town=Bonn", "town=Köln", "town=Ulm", "n"]
    assert two.predict({"town": ["Bonn", "Ulm"], "n": [0.2, 0.1]}).tolist() == ["yes", "no"]
    three = {**table, "y": ["r", "s", "t"] * 4}
    model = gn.train_article(three, "y", iterations=2000)
    assert model.predict(three).tolist() == three["y"]
    csv_of(three, "t.csv")
    ran = command("demo", "t.csv", "--target", "y", "--iterations", "5")
    assert "town becomes a column of 0 and 1 for each of Bonn, Köln, Ulm" in ran.out
    assert "y becomes an output for each of r, s, t" in ran.out
    several = gn.train_article({**TABLE, "z": TABLE["a"]}, ["y", "z"], iterations=5)
    assert several.predict(TABLE).shape == (6, 2)
    model.save("m.safetensors")
    np.testing.assert_array_equal(gn.load("m.safetensors").predict(three), model.predict(three))


def test_what_unscaled_numbers_do_is_told(folder: Path) -> None:
    large = {"weight": [2000.0, 3000.0, 4000.0], "a": [1.0, 2.0, 3.0], "y": [10.0, 20.0, 30.0]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gn.train_article(large, "y", iterations=50)
    said = " ".join(str(warning.message) for warning in caught)
    assert "of 12 hidden activations (3 rows x 4 nodes), 12 were saturated at the start" in said
    assert "weight goes up to 4,000" in said
    assert "3 of 3 targets of 'y' lie outside 0 to 1 (from 10 to 30)" in said
    assert "(y - 10) / 20" in said
    assert "all 3 rows get the same output" in said
    csv_of(large, "t.csv")
    ran = command("demo", "t.csv", "--target", "y", "--iterations", "50")
    assert ran.code == 0
    assert "12 were" in ran.out
    assert "--learning-rate" not in ran.out  # three rows are fewer than the article's
    csv_of({name: cells * 20 for name, cells in large.items()}, "many.csv")
    ran = command("demo", "many.csv", "--target", "y", "--iterations", "50")
    assert "each step adds up 60 rows, the article's 4" in " ".join(ran.out.split())
    assert "give --scale, then, if it still learns nothing, --learning-rate 0.07" in " ".join(
        ran.out.split()
    )
    assert "glassnet train" in ran.out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a": [0.1, None, 0.3, 0.4, 0.5, None]}, "column 'a', row 2: the cell is missing (and 1"),
        ({"y": [0.1, 0.2, None, 0.4, 0.5, 0.6]}, "column 'y', row 3: the cell is missing"),
        ({"a": ["2020-01-0" + str(i) for i in range(1, 7)]}, "column 'a' are dates"),
        ({"a": list("abcdef")}, "column 'a' are text, 6 different in 6 cells"),
        ({"y": ["k"] * 6}, "target 'y' has one class only"),
    ],
)
def test_what_it_cannot_take_is_named_with_the_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(gn.GlassnetError) as caught:
        gn.train_article({**TABLE, **change}, "y")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("rate", [0, -1, "1", None, float("nan"), True])
def test_a_wrong_learning_rate_is_refused(rate: Any) -> None:
    with pytest.raises(gn.GlassnetError, match="learning_rate must be a"):
        gn.train_article(TABLE, "y", learning_rate=rate)


def test_several_targets_of_two_kinds_are_refused() -> None:
    with pytest.raises(gn.GlassnetError, match="several targets must be all numbers, or all"):
        gn.train_article({**TABLE, "z": list("kkkmmm")}, ["y", "z"])


def test_a_large_table_is_printed_in_part(folder: Path) -> None:
    numbers = [i / 60 for i in range(60)]
    csv_of({f"c{i}": numbers for i in range(9)} | {"y": numbers}, "t.csv")
    ran = command("demo", "t.csv", "--target", "y", "--iterations", "5", "--hidden", "7")
    assert "(10 of 60 rows) (4 of 9 inputs)" in ran.out
    assert "(4 of 7 columns)" in ran.out
    assert len(ran.out.splitlines()) < 90


LARGE = {"weight": [2000.0, 3000.0, 4000.0] * 20, "a": [1.0, 2.0, 4.0] * 20}
LARGE["y"] = [10.0, 20.0, 30.0] * 20


def test_the_rate_advised_does_not_chase_the_rate_used(folder: Path) -> None:
    csv_of(LARGE, "t.csv")
    for rate in ("1", "0.5"):
        ran = command(
            "demo", "t.csv", "--target", "y", "--learning-rate", rate, "--out", f"r{rate}"
        )
        assert "--learning-rate 0.07" in " ".join(ran.out.split())
    ran = command("demo", "t.csv", "--target", "y", "--learning-rate", "0.07", "--out", "last")
    assert "them apart: give --scale." in " ".join(ran.out.split())


def test_scaled_columns_go_from_0_to_1(folder: Path) -> None:
    """As by hand: the same program on scaled columns, predictions turned back."""
    csv_of(LARGE, "t.csv")
    ran = command("demo", "t.csv", "--target", "y", "--scale", "--learning-rate", "0.07")
    assert ran.code == 0, ran.err
    assert "weight becomes (weight - 2000) / 2000, from 0 to 1" in ran.out
    assert "y becomes (y - 10) / 20, from 0 to 1" in ran.out
    assert "Note:" not in ran.out
    run = gn.open_run("runs/demo-t")
    assert run.record.command[-1] == "--scale"
    by_hand = {
        name: [(v - min(cells)) / (max(cells) - min(cells)) for v in cells]
        for name, cells in LARGE.items()
    }
    plain = gn.train_article(by_hand, "y", learning_rate=0.07)
    np.testing.assert_allclose(
        run.model.predict(LARGE), 10 + 20 * plain.predict(by_hand), rtol=1e-9
    )
    explained = gn.explain(run.model, LARGE, 1).text(width=200)
    assert "centred = 3000 - 2000 = 1000" in explained
    assert "weight = 1000 / 2000 = 0.5" in explained
    np.testing.assert_array_equal(
        run.model_before(1).parameters.weights[0],
        gn.initialize(run.model.network, "uniform", seed=1, rng="r").weights[0],
    )
    ran = command("demo", "--scale")
    assert (ran.code, "--scale is for a table of yours" in ran.err) == (2, True)


def test_a_constant_column_is_scaled_to_0() -> None:
    model = gn.train_article({**TABLE, "one": [7.0] * 6}, "y", scale=True, iterations=3)
    assert model.encoding.inputs[2].encode(_column(7.0)).tolist() == [[0.0]]


def _column(value: float) -> Column:
    return Column("one", "number", np.array([value]))


def test_a_wrong_scale_is_refused() -> None:
    with pytest.raises(gn.GlassnetError, match="scale must be True or False"):
        gn.train_article(TABLE, "y", scale="yes")  # pyright: ignore[reportArgumentType]


def test_what_a_demo_told_is_shown_again_and_missing_cells_are_said(folder: Path) -> None:
    csv_of(LARGE, "t.csv")
    command("demo", "t.csv", "--target", "y")
    shown = " ".join(command("show", "runs/demo-t").out.split())
    assert "What its training told" in shown
    assert "60 of 60 targets of 'y' lie outside 0 to 1" in shown
    Path("miss.csv").write_text("weight,a\n,1\n")
    ran = command("predict", "runs/demo-t", "miss.csv")
    assert ran.code == 0
    assert "'weight' is missing in 1 row; the network learnt no missing cells, and 0" in ran.err
    ran = command("predict", "runs/demo-t", "miss.csv", "--interval", "0.9")
    assert ran.code == 2
    assert "train it by `glassnet train`" in ran.err
