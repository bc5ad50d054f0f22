"""The threshold of two classes: as given, or found on rows that the members did not train on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

import glassnet as gn
from glassnet.errors import OptionError
from glassnet.models.ensemble import ensemble_predictor
from glassnet.recipe.threshold import best_threshold, frequencies
from glassnet.runs.record import read_record
from glassnet.tables.targets import ClassTarget

QUICK = {"epochs": 8, "hidden": 6, "seed": 1}


def rare(n_rows: int = 600, seed: int = 3) -> dict[str, Any]:
    """A table of two classes, of which the second is rare and hard to tell."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n_rows, 2))
    chance = 1 / (1 + np.exp(4 - 1.5 * x[:, 0]))
    paid = np.where(random.random(n_rows) < chance, "yes", "no")
    return {"a": x[:, 0], "b": x[:, 1], "y": paid.tolist()}


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.integers(1, 3)), min_size=2, max_size=30)
)
def test_no_other_threshold_has_a_larger_balanced_accuracy(rows: list) -> None:
    second, p, weight = (np.array(column) for column in zip(*rows, strict=True))
    p = np.round(p, 2)
    found = best_threshold(second, p, weight.astype(float))
    assert 0 < found < 1
    if second.all() or not second.any() or len(set(p)) == 1:
        assert found == 0.5
        return

    def balanced(threshold: float) -> float:
        return balanced_accuracy_score(second, p >= threshold, sample_weight=weight)

    inner = (np.unique(p)[1:] + np.unique(p)[:-1]) / 2
    assert balanced(found) >= max(map(balanced, inner)) - 1e-12


def test_a_threshold_between_two_classes_by_hand() -> None:
    p = np.array([0.9, 0.1, 0.3, 0.5, 0.7])
    second = np.array([True, False, False, True, False])
    # cuts at .2 .4 .6 .8: recalls of no and yes (1/3, 1), (2/3, 1), (2/3, 1/2), (1, 1/2)
    assert best_threshold(second, p, np.ones(5)) == pytest.approx(0.4)
    weight = np.array([1, 1, 1, 1, 9.0])  # the last row counts most, and is of the first class
    assert best_threshold(second, p, weight) == pytest.approx(0.8)
    # of equally good ones the nearest to 0.5
    assert best_threshold(np.array([False, True, True]), np.array([0.1, 0.3, 0.3]), np.ones(3)) == (
        pytest.approx(0.2)
    )


def test_a_given_threshold_is_used_in_predictions_scores_and_the_file(folder: Path) -> None:
    table = rare()
    plain = gn.train_table(table, "y", members=1, **QUICK)
    model = gn.train_table(table, "y", members=1, threshold=0.05, **QUICK)
    probability = plain.predict_proba(table)[:, 1]
    np.testing.assert_array_equal(model.predict_proba(table)[:, 1], probability)
    expected = np.where(probability >= 0.05, "yes", "no").tolist()
    assert model.predict(table).tolist() == expected
    assert model.predict_columns(table)["prediction"] == expected
    assert expected != plain.predict(table).tolist()
    assert model.scores["y"]["balanced_accuracy"] > plain.scores["y"]["balanced_accuracy"]
    for name in ("log_loss", "auc"):
        assert model.scores["y"][name] == plain.scores["y"][name]
    model.save("m")
    again = gn.load("m")
    assert again.encoding.targets[0].threshold == 0.05  # pyright: ignore[reportAttributeAccessIssue]
    assert again.predict(table).tolist() == expected
    assert "yes from a probability of 0.05 on" in str(again.encoding.targets[0])
    assert model.predict(table).tolist() == again.with_threshold(0.05).predict(table).tolist()


def test_pictures_and_explanations_use_it(folder: Path) -> None:
    table = rare(200)
    model = gn.train_table(table, "y", members=1, threshold=0.03, **QUICK)
    shown = gn.ConfusionMatrixDisplay.from_model(model, table)
    predicted, actual = model.predict(table), np.array(table["y"])
    assert shown.confusion_matrix[0, 1] == np.sum((actual == "no") & (predicted == "yes")) > 10
    row = int(np.argmax((predicted == "yes") & (model.predict_proba(table)[:, 1] < 0.5)))
    text = gn.explain(model, table, row).text()
    assert "prediction of y = yes" in text
    assert "yes from a probability of 0.03 on" in text


def test_balanced_is_found_on_what_each_member_did_not_train_on() -> None:
    """The same threshold comes out when it is worked out from the members and their folds."""
    table = rare()
    done = gn.train_table(table, "y", members=3, holdout=0, threshold="balanced", **QUICK)
    from glassnet.recipe.folds import draw_folds

    truth = np.array(table["y"]) == "yes"
    fold = draw_folds(len(truth), 3, QUICK["seed"], truth.astype(int))
    x = done.encoding.encode_array(np.column_stack([table["a"], table["b"]]))
    p = np.zeros(len(truth))
    for number, member in enumerate(done.members):
        rows = fold == number
        p[rows] = ensemble_predictor([member])(np.ascontiguousarray(x[rows]))[:, 0]
    target = done.encoding.targets[0]
    assert isinstance(target, ClassTarget)
    assert target.threshold == pytest.approx(best_threshold(truth, p, np.ones(len(truth))), 1e-6)
    assert target.threshold < 0.3


def test_of_one_member_the_validation_rows_find_it() -> None:
    table = rare(800)
    model = gn.train_table(table, "y", members=1, threshold="balanced", **QUICK)
    assert model.encoding.targets[0].threshold < 0.3  # pyright: ignore[reportAttributeAccessIssue]


def test_rows_whose_equals_were_trained_on_find_no_threshold() -> None:
    """Every row stands there four times, so that some equal is in every other fold."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=50), random.random(50) < 0.5
    table = {"x": np.tile(x, 8), "y": np.tile(np.where(y, "a", "b"), 8)}
    with pytest.raises(OptionError, match="rows that were not trained on"):
        gn.train_table(table, "y", members=2, holdout=0, threshold="balanced", **QUICK)


@pytest.mark.parametrize(
    ("options", "target", "message"),
    [
        (
            {"threshold": "balanced", "members": 1},
            "two",
            "not trained on: there are none: give validation=0.2, or a number",
        ),
        ({"threshold": 0.2}, "number", "threshold is for two classes, but 'number' is a number"),
        ({"threshold": 0.2}, "three", "but 'three' is 3 classes: u, v, w"),
        ({"threshold": "balanced"}, "number", "is for two classes, but 'number' is a number"),
        ({"threshold": 1.0}, "two", "threshold must be balanced, or a probability above 0"),
        ({"threshold": "half"}, "two", "threshold must be balanced, or a probability above 0"),
        ({"threshold": True}, "two", "threshold must be balanced, or a probability above 0"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_thresholds_refused(options: dict[str, Any], target: str, message: str) -> None:
    table = {
        "x": list(range(60)),
        "number": [i % 13 + 0.5 for i in range(60)],
        "two": ["no", "yes"] * 30,
        "three": ["u", "v", "w"] * 20,
    }
    with pytest.raises(OptionError, match=message):
        gn.train_table(table, target, **QUICK, **options)


def rare_of_three(n_rows: int = 900) -> dict[str, Any]:
    """A table of three classes: one is frequent, one less so, one rare; all are hard to tell."""
    random = np.random.default_rng(5)
    label = random.choice(["all", "few", "some"], n_rows, p=[0.75, 0.05, 0.2])
    centre = np.select([label == "all", label == "few"], [0.0, 1.5], -1.5)
    return {"a": centre + random.normal(size=n_rows), "y": label.tolist()}


@pytest.fixture(scope="module")
def of_three() -> tuple[gn.Model, gn.Model]:
    """A model of three classes that predicts the likeliest, and one with a balanced threshold."""
    table = rare_of_three()
    plain, balanced = (
        gn.train_table(table, "y", members=2, threshold=threshold, **QUICK)
        for threshold in (None, "balanced")
    )
    return plain, balanced


def test_of_three_classes_the_frequencies_decide(
    of_three: tuple[gn.Model, gn.Model], folder: Path
) -> None:
    table, (plain, model) = rare_of_three(), of_three
    probability = plain.predict_proba(table)
    np.testing.assert_array_equal(model.predict_proba(table), probability)
    labels, count = np.unique(table["y"], return_counts=True)
    (target,) = model.encoding.targets
    assert isinstance(target, ClassTarget)
    np.testing.assert_allclose(target.frequencies, count / 900, rtol=1e-12)  # those of all rows
    expected = labels[(probability / (count / 900)).argmax(axis=1)].tolist()
    assert model.predict(table).tolist() == expected != plain.predict(table).tolist()
    assert model.predict_columns(table)["prediction"] == expected
    before, after = (m.scores["y"] for m in of_three)
    assert after["balanced_accuracy"] > before["balanced_accuracy"] + 0.1
    assert after["log_loss"] == before["log_loss"]
    model.save("m")
    again = gn.load("m")
    assert again.encoding == model.encoding
    assert again.predict(table).tolist() == expected
    assert "that of the largest probability over its frequency: all 0.7" in str(target)


def test_pictures_and_explanations_of_three_classes_use_them(
    of_three: tuple[gn.Model, gn.Model],
) -> None:
    table, (plain, model) = rare_of_three(), of_three
    predicted = model.predict(table)
    shown = gn.ConfusionMatrixDisplay.from_model(model, table)
    assert shown.confusion_matrix[:, 1].sum() == np.sum(predicted == "few") > 20
    row = int(np.argmax((predicted == "few") & (plain.predict(table) == "all")))
    explanation = gn.explain(model, table, row)
    text = explanation.text()
    assert "prediction of y = few" in text
    assert "the class of the largest probability over its frequency in the training" in text
    (target,) = model.encoding.targets
    assert isinstance(target, ClassTarget)
    over = model.predict_proba(table)[row] / target.frequencies
    shown_over = [explanation[f"r{row + 1}.t1.q{k}"].value for k in (1, 2, 3)]
    np.testing.assert_allclose(shown_over, over, rtol=1e-6)
    sets = model.predict_set(table)
    assert sets[np.arange(900), np.searchsorted(target.label_texts, predicted)].all()


def test_frequencies_follow_the_weights_and_are_never_zero() -> None:
    y = np.eye(4)[[0, 0, 1, 2]]
    assert frequencies(y, None) == (0.5, 0.25, 0.25, 0.25)
    assert frequencies(y, np.array([1.0, 1, 2, 4])) == (0.25, 0.25, 0.5, 0.25)


def test_balanced_weights_leave_nothing_for_the_frequencies() -> None:
    model = gn.train_table(
        rare_of_three(), "y", members=1, threshold="balanced", class_weight="balanced", **QUICK
    )
    (target,) = model.encoding.targets
    assert isinstance(target, ClassTarget)
    np.testing.assert_allclose(target.frequencies, 1 / 3, rtol=0.02)


def test_each_of_several_targets_has_its_own() -> None:
    table = rare() | {"z": (np.arange(600) % 2 == 0).tolist()}
    model = gn.train_table(table, ["y", "z"], members=2, threshold="balanced", **QUICK)
    first, second = model.encoding.two_class_targets
    assert first.threshold != second.threshold
    assert [t.threshold for t in model.with_threshold(0.4).encoding.two_class_targets] == [0.4] * 2


def test_a_run_keeps_and_repeats_it(folder: Path) -> None:
    (folder / "t.csv").write_text(
        "a,b,y\n" + "".join(f"{a},{b},{y}\n" for a, b, y in zip(*rare().values(), strict=True))
    )
    run = gn.train_run(
        "t.csv", "y", "r", threshold="balanced", class_weight={"yes": 3}, members=2, **QUICK
    )
    record = json.loads((folder / "r" / "run.json").read_text())
    assert record["options"]["threshold"] == "balanced"
    assert record["options"]["class_weight"] == {"yes": 3}
    assert read_record(folder / "r" / "run.json").options == run.record.options
    again = gn.train_table("t.csv", "y", **record["options"])
    assert again.encoding == run.model.encoding
    assert again.scores == run.model.scores
