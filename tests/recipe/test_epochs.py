"""Half and twice as many epochs: what is said of made-up differences, and of real trainings."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import TrainingError
from glassnet.recipe.assessment import epochs as epochs_module
from glassnet.recipe.assessment import retraining
from glassnet.recipe.assessment.epochs import (
    HALF,
    TWICE,
    epochs_advice,
    outputs_by_epochs,
    why_untried,
)
from glassnet.recipe.assessment.intervals import ScoreDifference
from glassnet.recipe.options import options_from
from glassnet.recipe.run import TableRun, run_table

N = 120
_random = np.random.default_rng(3)
_x, _z = _random.normal(size=(2, N))
TABLE: dict[str, Any] = {
    "x": _x.tolist(),
    "z": _z.tolist(),
    "y": (3 * _x - 2 * _z + 0.3 * _random.normal(size=N)).tolist(),
    "class": [("no", "yes")[int(v > 0)] for v in _x * _z],
}
QUICK: dict[str, Any] = {"members": 2, "hidden": (16,), "seed": 0, "refit": False}


@cache
def run_of(target: str = "y", **options: Any) -> TableRun:
    columns = {name: TABLE[name] for name in ("x", "z", target)}
    return run_table(columns, target, options_from({**QUICK, "epochs": 40, **options}))


def said(half: tuple[float, ...], twice: tuple[float, ...]) -> tuple[str, int]:
    """The conclusion where rmse would be worse by such parts of it: (part, low, high)."""
    run = run_of()
    rmse = run.model.scores["y"]["rmse"]
    found = [
        ScoreDifference("y", "rmse", than, *(rmse * part for part in parts))
        for than, parts in ((HALF, half), (TWICE, twice))
    ]
    advice = epochs_advice(run, found)
    assert advice is not None
    assert len(advice.sentences) == 3
    return advice.sentences[0], advice.epochs_to_try


LUCK, WORSE, BETTER = (0.02, -0.1, 0.2), (0.2, 0.1, 0.3), (-0.2, -0.3, -0.1)


def test_each_conclusion_names_both_directions_or_the_better_one() -> None:
    neither = (
        "Yes, and not too long, as far as these rows can tell: neither half nor twice as many "
        "epochs score better by more "
    )
    assert said(WORSE, LUCK) == (f"{neither}than luck.", 0)
    assert said(WORSE, WORSE) == (f"{neither}than luck.", 0)
    assert said(WORSE, BETTER) == (
        "Not enough: twice as many epochs (80) score better by more than luck.",
        80,
    )
    assert said(BETTER, LUCK) == (
        "Too long: half as many epochs (20) score better by more than luck.",
        20,
    )
    both = said((-0.1, -0.2, -0.01), BETTER)  # the one that is better by more
    assert both[1] == 80
    assert said((-0.02, -0.03, -0.01), LUCK) == (
        (
            "Yes, and not too long: half as many epochs score 2 % better on these rows, which "
            "is little: other starting weights may turn it round."
        ),
        0,
    )
    assert epochs_advice(run_of(), ()) is None


def test_the_evidence_has_both_scores_and_the_interval() -> None:
    run = run_of()
    found = [one for one in run.assessment.differences if one.than == TWICE and one.name == "rmse"]
    advice = epochs_advice(run, [replace(found[0], better_by=0.25, low=-0.5, high=1.0)])
    assert advice is not None
    assert advice.sentences[1].startswith("Twice as many epochs (80): rmse ")
    assert advice.sentences[1].endswith(" here; worse by 0.25 (-0.50 to 1.0), that may be luck.")
    same = epochs_advice(run, [replace(found[0], better_by=0.0, low=None, high=None)])
    assert same is not None
    assert same.sentences[1].endswith(" here.")


def test_where_the_classes_are_as_often_right_the_probabilities_are_named() -> None:
    run = run_of("class")
    log_loss = run.model.scores["class"]["log_loss"]
    better = ScoreDifference("class", "log_loss", TWICE, *(log_loss * part for part in BETTER))
    right = ScoreDifference("class", "accuracy", TWICE, 0.0, None, None)
    advice = epochs_advice(run, [better, right])
    assert advice is not None
    assert advice.sentences[0] == (
        "Not enough for the probabilities: twice as many epochs (80) make them better by more than "
        "luck; the classes are right about as often."
    )
    assert " Right on " in advice.sentences[1]
    more_right = replace(right, better_by=-0.2, low=-0.3, high=-0.1)
    advice = epochs_advice(run, [better, more_right])
    assert advice is not None
    assert advice.sentences[0].startswith("Not enough: twice as many epochs")


def test_one_target_that_is_notably_worse_speaks_against_it() -> None:
    columns = {**{name: TABLE[name] for name in ("x", "z", "y")}, "other": TABLE["y"][::-1]}
    run = run_table(columns, ["y", "other"], options_from({**QUICK, "epochs": 20}))
    found = []
    for target, parts in (("y", BETTER), ("other", WORSE)):
        rmse = run.model.scores[target]["rmse"]
        values = (rmse * part for part in parts)
        found.append(ScoreDifference(target, "rmse", TWICE, *values))
    advice = epochs_advice(run, found)
    assert advice is not None
    assert advice.sentences[0].startswith("Yes, and not too long: twice as many epochs score")
    assert advice.sentences[1].startswith("Y: twice as many epochs (40): rmse ")
    assert epochs_advice(run, found[:1]) is not None


def test_a_training_that_is_far_too_short_is_found_out() -> None:
    found = run_of(epochs=4, learning_rate=0.01, validation=0.0).assessment
    assert found.trained_enough[0].startswith("Not enough: twice as many epochs (8) score better")
    assert found.epochs_to_try == 8
    assert {one.than for one in found.differences} >= {HALF, TWICE}
    assert not any("epochs" in text for text in found.simpler)


def test_it_is_the_same_training_but_for_its_epochs() -> None:
    run = run_of()
    scored = run.columns.take(run.rows["holdout"])
    again = retraining.retrained_outputs(run, epochs=40)
    assert again is not None
    assert (again == run.scored_model.output(scored)).all()
    twice = outputs_by_epochs(run)[TWICE]
    assert (twice == run_of(epochs=80).scored_model.output(scored)).all()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"holdout": 0.05}, "that takes 10 held-out rows or more"),
        ({"loss": "pinball"}, "the loss of the training aims at something else than the scores"),
        ({"epochs": 1}, "one epoch has no half"),
    ],
)
def test_where_it_is_not_tried_the_reason_and_the_epochs_are_said(
    options: dict[str, Any], why: str
) -> None:
    run = run_of(**options)
    assert why_untried(run) == why
    assert outputs_by_epochs(run) == {}
    half, twice = max(run.options.epochs // 2, 1), 2 * run.options.epochs
    assert run.assessment.trained_enough[-1] == (
        f"Half and twice as many epochs were not tried, for {why}: train with {half} and with "
        f"{twice} epochs to see."
    )


def test_it_is_not_tried_where_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of()
    assert why_untried(run) == ""
    monkeypatch.setattr(epochs_module, "MOST_PRODUCTS_AGAIN", 1e6)
    assert why_untried(run) == "that takes more than a second or two"


def test_one_that_goes_astray_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def astray(*_: Any) -> None:
        raise TrainingError("the loss became NaN")

    monkeypatch.setattr(retraining, "train_again", astray)
    run = replace(run_of())
    assert outputs_by_epochs(run) == {}
    assert "for one of them went astray: train with 20" in run.assessment.trained_enough[-1]


def test_ctrl_c_while_it_is_tried_keeps_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Any] = []

    def interrupted(*_: Any, **changed: Any) -> None:
        tried.append(changed)
        raise KeyboardInterrupt

    monkeypatch.setattr(epochs_module, "retrained_outputs", interrupted)
    columns = {name: TABLE[name] for name in ("x", "z", "y")}
    run = gn.train_run(columns, "y", tmp_path / "run", epochs=40, **QUICK)
    assert tried == [{"epochs": 20}]
    opened = gn.open_run(tmp_path / "run")
    assert opened.assessment is None
    expected = run_of().model.predict(columns)
    assert np.array_equal(opened.model.predict(columns), expected)
    assert np.array_equal(run.model.predict(columns), expected)
