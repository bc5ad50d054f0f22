"""The assessment of a run: its sentences for runs of known kinds, and what they stand on."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import run as command

import glassnet as gn
from glassnet.article import Program
from glassnet.recipe.assessment.assess import Assessment
from glassnet.recipe.assessment.epochs import Advice
from glassnet.recipe.assessment.folds import fold_scores
from glassnet.recipe.assessment.intervals import ScoreDifference, ScoreInterval
from glassnet.recipe.assessment.learning_curve import last_fall, training_advice
from glassnet.recipe.assessment.sentences import _compared
from glassnet.recipe.assessment.simpler import _conclusion, simpler_sentences
from glassnet.recipe.assessment.small_network import IdleNodes, _idle, small_outputs
from glassnet.recipe.assessment.text import numbers_text, percent_text, range_cell
from glassnet.recipe.options import options_from
from glassnet.recipe.run import TableRun, run_table
from glassnet.recipe.scoring import score
from glassnet.runs.article import run_on_article
from glassnet.runs.record import RunRecord, record_of_table

N = 400
_random = np.random.default_rng(1)
_x, _z = _random.normal(size=(2, N))
TABLE: dict[str, Any] = {
    "x": _x.tolist(),
    "z": _z.tolist(),
    "line": (3 * _x - 2 * _z + 0.5 * _random.normal(size=N)).tolist(),
    "wave_height": (np.sin(3 * _x) + 0.1 * _random.normal(size=N)).tolist(),
    "noise": _random.normal(size=N).tolist(),
    "class": [("no", "yes")[int(v > 0)] for v in _x * _z],
}
QUICK: dict[str, Any] = {"members": 3, "hidden": (32,), "epochs": 60, "seed": 0}


@cache
def run_of(target: str, **options: Any) -> TableRun:
    columns = {name: TABLE[name] for name in ("x", "z", target)}
    return run_table(columns, target, options_from({**QUICK, **options}))


def test_the_headline_is_in_the_targets_name_beside_the_constant() -> None:
    done = run_of("wave_height")
    mae, constant = (s["wave_height"]["mae"] for s in (done.model.scores, done.baselines[0].scores))
    wanted = f"Off by {mae:.2g} wave height on average on 80 rows it had not seen; always guessing"
    assert done.assessment.headline == (f"{wanted} the mean: {constant:.2g}.",)
    done = run_of("class")
    right = round(done.model.scores["class"]["accuracy"] * 80)
    (text,) = done.assessment.headline
    assert text.startswith(f"Right on {right} of 80 rows it had not seen; always guessing ")
    assert run_of("line", holdout=0.0).assessment.headline[0].startswith("Off by ")
    assert "400 rows it was trained on" in run_of("line", holdout=0.0).assessment.headline[0]


def test_what_is_linear_needs_no_network_and_what_is_not_does() -> None:
    assert run_of("line").assessment.simpler[0].startswith(("Yes: a linear", "Perhaps: a linear"))
    wave = run_of("wave_height", epochs=200).assessment.simpler
    assert "linear model: rmse" in wave[2]
    assert "worse by" in wave[2]
    assert wave[2].endswith("more than luck.")
    assert not wave[0].startswith("Yes: a linear")
    noise = run_of("noise").assessment.simpler[0]
    assert noise.startswith(("Yes: always guessing", "Perhaps: always guessing"))
    weighed = run_of("class", class_weight="balanced").assessment.simpler[0]
    assert weighed.startswith("Not told: the loss of the training aims at something else")


def difference(than: str, better_by: float, low: float, high: float) -> ScoreDifference:
    return ScoreDifference("y", "rmse", than, better_by, low, high)


def test_the_conclusion_names_all_that_may_be_as_good_the_nearest_first() -> None:
    constant = difference("constant", 5.0, 4.0, 6.0)
    linear = difference("linear", 0.5, -0.1, 1.1)
    small = difference("small network", 0.1, -0.2, 0.4)
    both = _conclusion([constant, linear, small], 2.5, {})
    assert both.startswith("Perhaps: a network of 8 nodes, the nearest, may be as good, and so may")
    assert "a linear model" in both
    assert "always guessing" not in both
    one = _conclusion([constant, difference("linear", 0.5, 0.1, 0.9), small], 2.5, {})
    assert one.startswith("Perhaps: a network of 8 nodes may be as good, for these rows cannot")
    assert "linear" not in one
    as_good = _conclusion([constant, linear, difference("small network", 0.01, -0.1, 0.1)], 2.5, {})
    assert as_good == "Yes: a network of 8 nodes is as good: use it."


def test_luck_is_told_by_the_interval_of_the_difference() -> None:
    for target in ("line", "noise"):
        found = run_of(target).assessment
        beside = next(d for d in found.differences if (d.than, d.name) == ("constant", "mae"))
        (sentence,) = [text for text in found.how_sure if text.startswith("Always guessing")]
        assert sentence.endswith("more than luck." if beside.is_better else "that may be luck.")
    assert run_of("line").assessment.differences[1].is_better
    found = run_of("class", epochs=200).assessment
    beside = next(d for d in found.differences if (d.than, d.name) == ("constant", "accuracy"))
    ends = [80 * (value or 0.0) for value in (beside.better_by, beside.low, beside.high)]
    by, low, high = map(round, ends)
    (sentence,) = [text for text in found.how_sure if text.startswith("Always guessing")]
    assert f"would be right on {by} fewer of the 80 rows ({low} to {high}): " in sentence


def test_what_is_better_by_luck_is_said_with_its_side() -> None:
    worse = ScoreDifference("y", "accuracy", "constant", -0.1, -0.2, 0.05)
    assert _compared(worse, 70) == (
        "would be right on 7 more of the 70 rows (-4 to 14): that may be luck"
    )
    worse = ScoreDifference("y", "mae", "constant", -0.5, -0.9, -0.1)
    assert _compared(worse, None) == "would be off by 0.50 less (0.10 to 0.90): more than luck"


def test_without_rows_to_tell_it_says_so() -> None:
    none = run_of("line", holdout=0.0).assessment
    assert none.how_sure[0].startswith("Not known: no rows were held out")
    assert none.resamples == 0
    assert all(one.low is None for one in none.scores)
    few = run_of("line", holdout=0.02).assessment
    assert few.how_sure == ("Hardly: 8 rows are too few to tell, and what they score is luck.",)
    assert few.simpler[0].startswith("Not known")


def test_members_and_folds_are_scored_apart() -> None:
    done = run_of("wave_height")
    rows = done.columns.take(done.rows["holdout"])
    model = done.scored_model
    of_members = [
        score(model.encoding, model.member(i).output(rows), rows)["wave_height"]["mae"]
        for i in range(3)
    ]
    found = next(one for one in done.assessment.scores if one.name == "mae")
    assert found.of_members == pytest.approx((min(of_members), max(of_members)))
    assert len(found.of_folds) == 3
    # the loss that validated a member is that of the rows of its fold: half the squared error
    scale = model.encoding.targets[0].scale  # type: ignore[union-attr]
    folds = [one["wave_height"]["rmse"] for one in fold_scores(done)]
    for rmse, validated in zip(folds, model.record.best_validation_losses, strict=True):
        assert (rmse / scale) ** 2 == pytest.approx(validated, rel=0.02)  # predictions are clipped
    assert fold_scores(run_of("line", members=1)) == ()
    sentence = run_of("line", members=1).assessment.how_sure[-1]
    assert sentence.startswith("What another split would give is not known")


def test_a_small_network_is_trained_where_that_is_quick_and_it_is_smaller() -> None:
    done = run_of("wave_height")
    first, second = small_outputs(done), small_outputs(done)
    assert first is not None
    assert second is not None
    assert (first == second).all()
    assert first.shape == (80, 1)
    assert small_outputs(run_of("wave_height", hidden=(8,))) is None
    stopped = replace(done, refit_ended="interrupted")
    assert small_outputs(stopped) is None


def test_copies_are_counted_once() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 100))
    columns = [a, b, 2 * a - 1, -b, np.ones(100), a + b]
    assert _idle(np.column_stack(columns)) == IdleNodes(constant=1, copies=2, total=6)
    assert _idle(np.ones((5, 2))) == IdleNodes(constant=2, copies=0, total=2)


def test_nodes_that_do_nothing_are_told_from_copies() -> None:
    done = run_of("line")

    def said(*counts: int) -> str:
        return simpler_sentences(done, done.assessment.differences, IdleNodes(*counts))[-1]

    assert said(0, 224, 512) == (
        "Of its 512 hidden nodes none does nothing (the same in every row trained on); 224 do what "
        "another of their layer does (correlation above 0.99)."
    )
    assert "hidden nodes 2 do nothing" in said(2, 0, 64)
    assert "; none does what another of their layer does" in said(2, 0, 64)
    assert "hidden nodes 1 does nothing" in said(1, 1, 64)
    assert "; 1 does what another of its layer does" in said(1, 1, 64)


def test_the_losses_say_whether_to_go_on() -> None:
    never = run_of("wave_height", epochs=25, learning_rate=3e-4, validation=0.0)
    assert "epochs the loss of the rows trained on fell by" in never.assessment.trained_enough[0]
    assert never.assessment.epochs_to_try == 250
    assert str(never.assessment).endswith("To see: the same training with epochs=250.")
    falling = {"epoch": list(range(1, 101)), "loss": np.linspace(1, 0.3, 100).tolist()}
    short = changed(never, falling, best=100)
    assert advice(short).sentences[0].startswith("Perhaps not: the loss of the rows trained on")
    assert advice(short).epochs_to_try == 50
    history = {
        "epoch": list(range(1, 101)),
        "loss": [2.0] + [1.0] * 99,
        "validation_loss": [1.0] * 100,
    }
    settled = changed(short, history, best=100)
    assert advice(settled).sentences[0].startswith("Not known")
    constant = replace(settled, options=replace(settled.options, schedule="constant"))
    assert advice(constant).sentences[0].startswith("Yes: in the last fifth of its 100 epochs the")
    assert advice(constant).epochs_to_try == 0
    early = changed(short, history, best=40)
    assert advice(early).sentences[0] == (
        "Yes, and not too long: each network keeps the epoch where its validation loss was lowest, "
        "about 40 of 100 in the training that was scored."
    )
    assert last_fall([1.0] * 5) is None
    few = changed(short, {"epoch": [1, 2], "loss": [1.0, 0.5]}, best=2)
    assert advice(few).sentences[0] == (
        "Not known: 2 epochs are too few to see where the losses go."
    )


def test_a_loss_that_is_flat_since_the_learning_rate_ended_shows_nothing() -> None:
    flat = {"epoch": list(range(1, 101)), "loss": [2.0] + [1.0] * 99}
    done = changed(run_of("wave_height", epochs=25, learning_rate=3e-4, validation=0.0), flat, 100)
    value = done.model.scores["wave_height"]["rmse"]
    same = ScoreInterval("wave_height", "rmse", value, 0.5 * value, 1.5 * value)
    conclusion, beside, reason, _ = advice(done, same).sentences
    assert conclusion.startswith("Not known")
    assert beside.startswith("On rows it was trained on rmse ")
    assert ", on held-out rows " in beside
    assert reason.endswith(
        "that shows nothing, for the learning rate had come to its end (schedule cosine)."
    )
    assert advice(done, same).epochs_to_try == 50
    better_seen = replace(same, value=1.2 * value, low=1.1 * value, high=1.3 * value)
    conclusion, _, reason, _ = advice(done, better_seen).sentences
    assert conclusion.startswith("Most likely: it predicts the rows it was trained on better than")
    assert "that shows nothing" in reason
    assert advice(done, better_seen).epochs_to_try == 0


def test_without_held_out_rows_the_folds_stand_beside_the_rows_trained_on() -> None:
    said = run_of("line", holdout=0.0).assessment.trained_enough
    assert any(", on the rows that each network left out " in text for text in said)
    said = run_of("line", holdout=0.0, members=1).assessment.trained_enough
    assert not any("rows it was trained on" in text for text in said)


def test_the_demo_says_what_its_four_rows_tell() -> None:
    done = run_on_article(Program(iterations=1500)).done
    said = done.assessment
    enough, too_long = said.trained_enough
    assert enough == (
        "Nearly: the loss of the rows trained on still fell by 31 % in the last fifth of its 1500 "
        "epochs, but little is left of it; more may help a little."
    )
    assert too_long == "Whether it is too long cannot be seen: all its rows were trained on."
    assert said.epochs_to_try == 3000
    assert said.how_sure[0].startswith("Not known: no rows were held out")
    stuck = run_on_article(Program(learning_rate=1e4, iterations=40)).done.assessment
    assert stuck.trained_enough[0] == (
        "No: all rows get the same prediction; more epochs alone will not change that."
    )


def advice(done: TableRun, *scores: ScoreInterval) -> Advice:
    return training_advice(done, scores, ())  # as where no other epochs are tried


def changed(done: TableRun, history: dict[str, Any], best: int) -> TableRun:
    """The run with other losses and another kept epoch."""
    model = done.scored_model
    record = replace(model.record, best_epochs=(best,) * 3)
    return replace(done, before_refit=replace(model, history=history, record=record))


def test_what_is_known_by_heart_is_said() -> None:
    done = run_of("noise", epochs=300, decay=0.0, validation=0.0, bins=16)
    assert "On rows it was trained on rmse" in done.assessment.trained_enough[-1]
    assert done.assessment.trained_enough[-1].endswith("help more than epochs.")
    assert done.assessment.trained_enough[0] == (
        "Too long: half as many epochs (150) score better by more than luck."
    )
    assert done.assessment.epochs_to_try == 150
    untried = advice(done, *done.assessment.scores)
    assert untried.sentences[0].startswith("Most likely: more epochs would mostly")
    assert untried.epochs_to_try == 0


def test_numbers_have_as_many_digits_as_tell_them_apart() -> None:
    assert numbers_text([0.00012, 0.5]) == ["0.00012", "0.50"]
    assert numbers_text([1234.5, 1234.6]) == ["1,234", "1,235"]
    assert numbers_text([None, 2.0]) == ["unknown", "2.0"]
    assert percent_text(1) == "100 %"
    assert percent_text(0.98765) == "98.8 %"
    assert range_cell(0.000473, 0.0249) == "0.0005 to 0.0249"
    assert range_cell(None, None) == "-"


def test_the_record_keeps_it_and_what_it_is_read_back_from_is_the_same() -> None:
    done = run_of("wave_height")
    record = record_of_table(done, None)
    again = RunRecord.from_dict(json.loads(json.dumps(record.to_dict())))
    assert isinstance(again.assessment, Assessment)
    assert again.assessment == done.assessment
    table = done.assessment.table()
    assert list(table)[:5] == ["target", "name", "value", "low", "high"]
    assert table["name"] == ["rmse", "mae", "r2"]
    assert record_of_table(done, None, assessed=False).assessment is None


def test_train_and_show_print_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = [f"{x},{y}" for x, y in zip(TABLE["x"], TABLE["wave_height"], strict=True)]
    (folder / "t.csv").write_text("x,wave_height\n" + "\n".join(lines) + "\n")
    flags = ["--members", "2", "--hidden", "32", "--epochs", "30", "--no-report", "--out", "r"]
    trained = command("train", "t.csv", "--target", "wave_height", *flags).out
    shown = command("show", "r").out
    assessment = gn.open_run("r").assessment
    assert assessment is not None
    for out in (trained, shown):
        plain = " ".join(out.split())
        assert "95% interval" in plain
        for sentence in (*assessment.headline, *sum(assessment.sections().values(), ())):
            assert sentence in plain
        for question in (
            "How sure?",
            "Would something simpler do?",
            "Trained enough, or too long?",
        ):
            assert f"\n{question}\n" in out
        if assessment.epochs_to_try:
            assert f"To see: the same command with --epochs {assessment.epochs_to_try}" in plain
        said = re.split("\nHow sure|\n(?:Held-out|Last epoch)", out)[1]
        assert max(map(len, said.split("\n"))) <= 80
    assert "How sure?" not in command("show", "r/model.safetensors").out
