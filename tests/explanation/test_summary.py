"""What an explanation begins with: the sentence, the columns' contributions, what pulled it."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.explanation.parts import Explanation, Sum
from glassnet.explanation.render.summary_text import signed
from glassnet.explanation.summaries import TargetSummary
from glassnet.explanation.summarize import decimals_of, probability_text

DATA = Path(__file__).parents[2] / "examples" / "data"
CARS = DATA / "cars.csv"
QUICK: dict[str, Any] = {"hidden": (8,), "members": 2, "epochs": 20}


@pytest.fixture(scope="module")
def cars() -> gn.Model:
    return gn.train_table(CARS, "miles_per_gallon", **QUICK)


def summary_of(explanation: Explanation) -> TargetSummary:
    return explanation.rows[0].summary[0]


def test_the_error_is_the_difference_of_the_numbers_as_they_are_shown(cars: gn.Model) -> None:
    rows = range(0, 60, 3)
    predicted = cars.predict(CARS)
    explanation = gn.explain(cars, CARS, list(rows))
    for row, of_row in zip(rows, explanation.rows, strict=True):
        (summary,) = of_row.summary
        found = re.fullmatch(
            r"predicted miles_per_gallon ([\d.]+); actual ([\d.]+): "
            r"(?:([\d.]+) too (high|low)|the same)",
            summary.sentence,
        )
        assert found, summary.sentence
        assert float(found[1]) == pytest.approx(predicted[row], abs=0.06)
        error = float(found[1]) - float(found[2])
        assert abs(error) == pytest.approx(float(found[3] or 0), abs=1e-9)
        assert error == 0 or (error > 0) == (found[4] == "high")


def test_contributions_are_those_of_the_columns_and_add_up(cars: gn.Model) -> None:
    explanation = gn.explain(cars, CARS, 32)
    summary, found = summary_of(explanation), gn.contributions(cars, CARS).take([32])
    values = {one.column: one.value for one in summary.contributions}
    assert values == pytest.approx(dict(zip(found.columns, found.values[0], strict=True)), rel=1e-6)
    assert sum(values.values()) == pytest.approx(summary.value - summary.start, rel=1e-6)
    sizes = [abs(one.value) for one in summary.contributions]
    assert sizes == sorted(sizes, reverse=True)
    cells = {one.column: one.cell for one in summary.contributions}
    assert (cells["horsepower"], cells["model_year"]) == ("missing", "1971-01-01")
    assert "for the average row (of 398 trained on)" in summary.heading
    assert "integrated gradients" in summary.method


def test_a_number_that_is_off_was_pulled_there(cars: gn.Model) -> None:
    for row in range(0, 30, 4):
        summary = summary_of(gn.explain(cars, CARS, row))
        assert isinstance(summary.predicted, float)
        assert isinstance(summary.actual, float)
        sign = np.sign(summary.predicted - summary.actual)
        pulls = re.findall(r"(\w+) \(([+-][\d.]+)\)", summary.pulled)
        assert f"ulled it {'up' if sign > 0 else 'down'}" in summary.pulled
        values = {one.column: one.value for one in summary.contributions}
        for name, pull in pulls:
            assert float(pull) == pytest.approx(values[name], abs=0.5 * 10**-summary.decimals)
            assert np.sign(float(pull)) == sign
        there = [value for value in values.values() if value * sign > 0]
        assert bool(pulls) == summary.pulled.startswith("Pulled it ")
        if pulls:
            assert max(map(abs, there)) == abs(values[pulls[0][0]])


def test_a_wrong_class_was_pulled_towards_it_and_away_from_the_actual_one() -> None:
    table = DATA / "penguins.csv"
    model = gn.train_table(table, "species", ignore=["bill_length_mm", "island"], **QUICK)
    predicted = model.predict(table)
    actual = np.array([line.split(",")[0] for line in table.read_text().splitlines()[1:]])
    wrong = np.flatnonzero(predicted != actual)
    assert len(wrong)
    row = int(wrong[0])
    summary = summary_of(gn.explain(model, table, row))
    assert summary.right is False
    assert summary.sentence.endswith(": wrong")
    to_both = [
        gn.contributions(model, table, output=f"species={label}").take([row])
        for label in (predicted[row], actual[row])
    ]
    pulls = dict(zip(to_both[0].columns, to_both[0].values[0] - to_both[1].values[0], strict=True))
    assert {one.column: one.pull for one in summary.contributions} == pytest.approx(pulls, rel=1e-6)
    first = max(pulls, key=lambda name: pulls[name])
    start = f"Pulled towards {predicted[row]} and away from {actual[row]}: {first} (+"
    assert summary.pulled.startswith(start)
    right = int(np.flatnonzero(predicted == actual)[0])
    summary = summary_of(gn.explain(model, table, right))
    assert (summary.right, summary.pulled) == (True, "")
    assert re.fullmatch(
        r"species = \w+, probability (over )?0\.\d+( \(.*\))?; actual \w+: right", summary.sentence
    )


def test_of_two_classes_the_pull_is_the_contribution() -> None:
    table = {"x": np.tile([0.0, 1.0], 20), "z": np.linspace(0, 1, 40), "y": ["a", "b"] * 20}
    table["y"][1] = "a"
    model = gn.train_table(table, "y", hidden=3, members=1, epochs=60, holdout=0)
    summary = summary_of(gn.explain(model, table, 1))
    assert summary.sentence.endswith(": wrong")
    first = max(summary.contributions, key=lambda one: one.value)
    number = signed(100 * first.value, summary.decimals - 2)
    assert f"Pulled towards b and away from a: {first.column} ({number} points)" in summary.pulled


def test_contributions_to_a_probability_are_percentage_points() -> None:
    table = {"x": np.tile([0.0, 1.0], 20), "z": np.linspace(0, 1, 40), "y": ["a", "b"] * 20}
    model = gn.train_table(table, "y", hidden=3, members=1, epochs=60, holdout=0)
    explanation = gn.explain(model, table, 3, what_if={"x": 0.5})
    summary = summary_of(explanation)
    found = re.search(r"in percentage points: from ([\d.]+)%, .* to ([\d.]+)%$", summary.heading)
    assert found, summary.heading
    text, written = explanation.text(), explanation.markdown()
    points = re.findall(r"^    \w +\S+ +([+-][\d.]+)  ", text, re.MULTILINE)[:2]
    total = float(found[2]) - float(found[1])
    assert sum(map(float, points)) == pytest.approx(total, abs=2 * 10**-summary.shown_decimals)
    for shown in (text, written):
        assert all(point in shown for point in points)
        assert "to the probability of b in percentage points" in shown
        assert "they may pass 0 or 100%" in re.sub(r"\s+", " ", shown)


def test_a_prediction_held_to_its_range_says_so() -> None:
    x = np.linspace(-1, 1, 60)
    encoding = gn.train_table({"x": x, "y": 3 * x}, "y", epochs=1, hidden=2, members=1).encoding
    network = gn.Network([len(encoding.features), 1])
    steep = np.full((len(encoding.features), 1), 5.0)
    model = gn.Model.of_network(network, gn.Parameters((steep,), (np.zeros(1),)), encoding)
    summary = summary_of(gn.explain(model, {"x": x}, 59))
    assert "which is clipped to 3, the end of the range seen in training" in summary.heading
    assert summary.predicted == pytest.approx(3.0)
    assert summary.value > 3
    changed = gn.explain(model, {"x": x}, 59, what_if={"x": "+1"})
    what_if = changed.rows[0].what_if
    assert what_if
    assert what_if.summary[0].clipped.startswith("clipped to the range seen in training; ")
    before, after = summary.value, what_if.summary[0].value
    said = f"(before clipping {before:.2f} → {after:.2f})"
    assert said in what_if.sentences[0]
    assert f"({what_if.summary[0].clipped})" in changed.text(width=None)
    for shown in (changed.text(), changed.markdown(), changed.html()):
        assert "Contributions to y before clipping" in shown


def test_several_targets_have_a_summary_each() -> None:
    table = DATA / "penguins.csv"
    model = gn.train_table(table, ["bill_length_mm", "bill_depth_mm"], **QUICK)
    summaries = gn.explain(model, table, 0).rows[0].summary
    assert [summary.target for summary in summaries] == ["bill_length_mm", "bill_depth_mm"]
    for summary in summaries:
        total = sum(one.value for one in summary.contributions)
        assert total == pytest.approx(summary.value - summary.start, rel=1e-6)


def test_one_row_without_others_has_no_contributions_but_a_sentence() -> None:
    network = gn.Network([2, 2, 1])
    explanation = gn.explain((network, gn.initialize(network, seed=1)), [[1.0, 2.0]])
    summary = summary_of(explanation)
    assert summary.contributions == ()
    assert summary.sentence.startswith("predicted y ")
    assert "integrated" not in explanation.text()
    compared = gn.explain((network, gn.initialize(network, seed=1)), [[1.0, 2.0], [0.0, 1.0]])
    assert "the average row (of the 2 of this table)" in summary_of(compared).heading


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_every_format_begins_with_it(cars: gn.Model, form: str) -> None:
    explanation = gn.explain(cars, CARS, 32)
    summary = summary_of(explanation)
    if form == "json":
        row = json.loads(json.dumps(explanation.to_dict()))["rows"][0]
        assert row["summary"][0]["sentence"] == summary.sentence
        assert row["summary"][0]["contributions"][0]["column"] == summary.contributions[0].column
        return
    written = explanation.text() if form == "text" else explanation.markdown()
    assert written.removeprefix("# ").replace("\\", "").startswith(f"row 33: {summary.sentence}")
    for one in summary.contributions:
        number = re.escape(signed(one.value, summary.decimals))
        line = rf"{one.column}[ |]+{re.escape(one.cell)}[ |]+{number}"
        assert re.search(line, written.replace("\\", ""))


def test_bars_are_as_long_as_the_contributions(cars: gn.Model) -> None:
    explanation = gn.explain(cars, CARS, 0)
    lines = [line for line in explanation.text(width=80).splitlines() if "│" in line]
    summary = summary_of(explanation)
    assert len(lines) == len(summary.contributions)
    assert max(map(len, lines)) <= 80
    assert len({line.index("│") for line in lines}) == 1
    longest = max(line.count("█") for line in lines)
    for line, one in zip(lines, summary.contributions, strict=True):
        expected = abs(one.value) / abs(summary.contributions[0].value) * longest
        assert line.count("█") == pytest.approx(expected, abs=1)
        assert line.endswith("│") == (one.value < 0 or "█" not in line)


def test_many_columns_show_the_largest_and_add_up_the_rest() -> None:
    random = np.random.default_rng(0)
    table: dict[str, Any] = {f"x{i}": random.normal(size=80) for i in range(30)}
    table["y"] = sum(table.values())
    model = gn.train_table(table, "y", epochs=3, hidden=4, members=1)
    text = gn.explain(model, table, 0).text()
    assert re.search(r"18 more columns +[+-][\d.]+", text)


def test_a_large_model_is_short_unless_asked(cars: gn.Model) -> None:
    short = gn.explain(cars, CARS, 0)
    assert short.brief
    assert len(short.text().splitlines()) < 60
    assert "All of it: whole=True." in short.text()
    assert "Layer 1" not in short.text() + short.markdown()
    assert short.text(whole=True).count("Layer 1") == 2
    assert "Layer 1" in short.markdown(whole=True)
    assert short["m2.r1.z1.1"].value is not None
    assert "Layer 1" in gn.explain(cars, CARS, 0, nodes=[(0, 0)]).text()
    assert "Layer 1" in gn.explain(cars, CARS, 0, backward=True).text()
    network = gn.Network([3, 4, 1], bias=False)
    small = gn.explain((network, gn.initialize(network, seed=1)), np.eye(3))
    assert not small.brief
    assert "Layer 1" in small.text()
    assert "Layer 1" not in small.text(whole=False)


def test_probabilities_keep_apart_from_0_and_1() -> None:
    shown = [probability_text(p) for p in (0.5, 1.0, 0.0, 0.9999, 1e-5, 0.99999999)]
    assert shown[:3] == ["0.500", "over 0.999999", "under 0.000001"]
    assert shown[3:] == ["0.9999", "0.00001", "over 0.999999"]


def test_decimals_fit_the_largest_number() -> None:
    assert [decimals_of([x]) for x in (26.0, 0.98, 12345.0, 0.0, 2e-20)] == [1, 3, 0, 0, 9]


def test_products_with_a_zero_of_a_category_are_counted_and_targets_of_0() -> None:
    table = {"k": ["a", "b", "c", "d"] * 15, "x": np.arange(60.0), "y": ["p", "q", "r"] * 20}
    model = gn.train_table(table, "y", epochs=1, hidden=3, members=1)
    explanation = gn.explain(model, table, 0)
    z = explanation["r1.z1.1"]
    assert isinstance(z, Sum)
    text = explanation.text(whole=True)
    assert z.products[0].left.symbol == "k=a"
    assert "3 products with an input of 0, not shown" in text
    assert "2 terms with a target of 0, not shown" in text
    with pytest.raises(KeyError):
        explanation["r1.e2"]
    whole = gn.explain(model, table, 0, nodes="all")
    assert whole["r1.e2"].value == 0
    assert whole["r1.e"].value == explanation["r1.e"].value
    every = whole["r1.z1.1"]
    assert isinstance(every, Sum)
    assert len(every.products) == len(z.products) + 3
