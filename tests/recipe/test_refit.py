"""The last training of a run on a table, on all rows: what is kept, and what the scores are of."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_process import run as command

import glassnet as gn
from glassnet.recipe import refit as refit_module
from glassnet.recipe import run as run_module
from glassnet.recipe.options import DECLARATIONS, Options
from glassnet.recipe.parts import read_parts
from glassnet.recipe.refit import REFIT_ROWS, wants_refit
from glassnet.recipe.run import TableRun, refit, run_table, train_scored
from glassnet.tables.targets import ClassTarget
from glassnet.tables.write import write_columns

SENTENCE = "the same training on 80 % of the rows, before the last training on all rows"
RANDOM = np.random.default_rng(8)
N = 60
TABLE: dict[str, Any] = {"a": RANDOM.normal(size=N), "b": ["u", "v", "w"] * (N // 3)}
TABLE["y"] = TABLE["a"] * 2 + RANDOM.normal(size=N)
TABLE["kind"] = np.where(TABLE["y"] > 0, "high", "low")
QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 3, "engine": "numpy", "seed": 2}


def ran(target: str = "y", **options: Any) -> TableRun:
    other = "kind" if target == "y" else "y"
    return run_table(TABLE, target, Options(**{**QUICK, "ignore": (other,), **options}))


def scored_run() -> TableRun:
    options = Options(**QUICK, ignore=("kind",))
    return train_scored(read_parts(TABLE, "y", options), options)


def interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def parameters_of(model: gn.Model) -> list[np.ndarray]:
    joined = model.joined().parameters
    return [*joined.weights, *joined.biases]


def assert_same(one: gn.Model, other: gn.Model) -> None:
    for a, b in zip(parameters_of(one), parameters_of(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_model_kept_is_what_a_training_on_all_rows_gives() -> None:
    done = ran()
    found = {**done.options.as_options().__dict__, "holdout": 0.0, "refit": False}
    assert_same(done.model, run_table(TABLE, "y", Options(**found)).model)
    assert done.model.encoding != done.scored_model.encoding  # medians of other rows


def test_the_scores_are_of_the_model_that_never_saw_the_rows() -> None:
    done, kept = ran(), ran(refit=False)
    assert_same(done.scored_model, kept.model)
    assert done.model.scores == kept.model.scores
    assert done.predictions == kept.predictions
    held_out = done.rows["holdout"]
    targets = TABLE["y"][held_out]
    predicted = done.scored_model.predict(TABLE)[held_out]
    rmse = np.sqrt(np.mean((predicted - targets) ** 2))
    assert done.model.scores["y"]["rmse"] == pytest.approx(rmse)
    assert [b.scores for b in done.baselines] == [b.scores for b in kept.baselines]
    assert [*map(str, done.notices)] == [*map(str, kept.notices)]


def test_the_record_says_which_model_the_scores_are_of(tmp_path: Path) -> None:
    done, kept = ran(), ran(refit=False)
    assert done.model.record.scores_of == f"{SENTENCE}, which made this model"
    assert kept.model.record.scores_of == done.scored_model.record.scores_of == "this model"
    done.model.save(tmp_path / "m.safetensors")
    assert gn.load(tmp_path / "m.safetensors").record == done.model.record


@pytest.mark.parametrize("options", [{"holdout": 0.0}, {"holdout": 0.0, "refit": True}])
def test_without_held_out_rows_there_is_nothing_to_train_again(options: dict[str, Any]) -> None:
    done = ran(**options)
    assert not done.options.refit
    assert done.refit_ended is None
    assert done.scored_model is done.model
    said = (
        f"this model on the {len(TABLE['y'])} rows it was trained on; on new rows it will do worse"
    )
    assert done.model.record.scores_of == said


def test_rows_that_validate_go_on_validating() -> None:
    done = ran(members=1, validation=0.25)
    assert len(done.model.history["validation_loss"]) == 3
    validating = TABLE["a"].copy()
    validating[done.rows["validation"]] = 50.0
    again = run_table({**TABLE, "a": validating}, "y", done.options.as_options())
    assert again.model.encoding == done.model.encoding  # which learnt nothing of these rows


def test_large_tables_are_trained_once_unless_it_is_asked_for() -> None:
    assert wants_refit(Options(), REFIT_ROWS)
    assert not wants_refit(Options(), REFIT_ROWS + 1)
    assert wants_refit(Options(refit=True), REFIT_ROWS + 1)
    assert not wants_refit(Options(refit=False), 100)
    assert f"up to {REFIT_ROWS:,} rows" in DECLARATIONS["refit"].if_open


def test_a_threshold_is_found_again() -> None:
    done = ran("kind", threshold="balanced", epochs=20)
    kept, scored = (m.encoding.targets[0] for m in (done.model, done.scored_model))
    assert isinstance(kept, ClassTarget)
    assert isinstance(scored, ClassTarget)
    assert kept.threshold is not None
    assert kept.threshold != scored.threshold


def test_ctrl_c_in_the_last_training_keeps_the_scored_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored = scored_run()
    monkeypatch.setattr(refit_module, "fit_table", interrupted)
    done = refit(scored)
    assert done.model is done.scored_model is scored.model
    assert done.ended == "interrupted"
    assert "the scored model is kept" in done.diagnosis
    assert "the last training, on all rows, was stopped" in str(done.notices[-1])
    assert refit(done) is done


@pytest.mark.parametrize("where", ["refit", "split_columns", "learn_classes", "train_again"])
def test_ctrl_c_on_the_way_to_the_last_training_keeps_the_scored_model(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    scored = scored_run()
    monkeypatch.setattr(run_module, "train_scored", lambda *_: scored)
    monkeypatch.setattr(run_module, where, interrupted)
    done = ran()
    assert done.model is done.scored_model is scored.model
    assert (done.ended, done.refit_ended) == ("interrupted", "interrupted")
    assert "the last training, on all rows, was stopped" in str(done.notices[-1])


def test_ctrl_c_while_the_scores_are_taken_keeps_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = scored_run()
    take_score, came = run_module.score, []

    def first_interrupted(*given: Any) -> Any:
        if not came:
            came.append(True)
            raise KeyboardInterrupt
        return take_score(*given)

    monkeypatch.setattr(run_module, "score", first_interrupted)
    done = scored_run()
    assert (done.ended, done.refit_due) == ("interrupted", False)
    assert done.model.scores == scored.model.scores


def test_a_last_training_that_goes_astray_keeps_the_scored_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored = scored_run()
    monkeypatch.setattr(refit_module, "worst_ending", lambda _: "diverged")
    done = refit(scored)
    assert done.model is scored.model
    assert done.ended == ""
    assert "went astray" in str(done.notices[-1])


def test_an_interrupted_first_training_is_the_last() -> None:
    options = Options(**{**QUICK, "epochs": 10**9}, ignore=("kind",))

    def stop(epoch: int, *_: Any) -> None:
        if epoch:
            raise KeyboardInterrupt

    done = run_table(TABLE, "y", options, stop)
    assert (done.ended, done.refit_ended) == ("interrupted", None)


def test_a_run_folder_keeps_both_models(tmp_path: Path) -> None:
    run = gn.train_run(TABLE, "y", tmp_path / "run", **QUICK, ignore="kind")
    opened = gn.open_run(tmp_path / "run")
    assert opened.record.scores_of == run.model.record.scores_of != "this model"
    predicted = opened.scored_model.predict(TABLE)
    rows = np.array(opened.predictions["row"]) - 1
    np.testing.assert_array_equal(predicted[rows], opened.predictions["prediction"])
    assert not np.array_equal(opened.model.predict(TABLE), predicted)
    gn.train_run(TABLE, "y", tmp_path / "other", **QUICK, ignore="kind", holdout=0.3)
    other = (tmp_path / "other" / "scored.safetensors").read_bytes()
    (tmp_path / "run" / "scored.safetensors").write_bytes(other)
    with pytest.raises(gn.GlassnetError, match="scored.safetensors: is of another run"):
        _ = gn.open_run(tmp_path / "run").scored_model


def test_a_record_from_before_there_was_a_choice_kept_the_scored_model(tmp_path: Path) -> None:
    gn.train_run(TABLE, "y", tmp_path / "run", **QUICK, ignore="kind", refit=False)
    file = tmp_path / "run" / "run.json"
    content = json.loads(file.read_text())
    del content["options"]["refit"], content["scores_of"]
    file.write_text(json.dumps(content))
    run = gn.open_run(tmp_path / "run")
    assert run.options.refit is False
    assert run.record.scores_of == "this model"
    assert run.scored_model is run.model


@pytest.mark.parametrize("flag", ["--refit", "--no-refit"])
def test_the_command_line_says_which_model_the_scores_are_of(
    flag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_columns(tmp_path / "t.csv", TABLE)
    words = ["--target", "y", "--epochs", "3", "--hidden", "4", "--engine", "numpy", flag]
    done = command("train", "t.csv", *words, "--out", "run")
    assert done.code == 0, done.err
    is_refit = flag == "--refit"
    report = Path("run/report.html").read_text(encoding="utf-8")
    for text in (done.out, report, Path("run/run.json").read_text(), command("show", "run").out):
        assert (SENTENCE in text) is is_refit
    assert f" --holdout 0.2 {flag}" in report  # in the command that repeats the run
    assert Path("run/scored.safetensors").exists() is is_refit
    json_only = command("train", "t.csv", *words, "--json", "--no-report")
    assert json.loads(json_only.out)["scores"] == gn.open_run("run").record.scores


def test_pictures_of_held_out_rows_are_of_the_model_that_never_saw_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_columns(tmp_path / "t.csv", TABLE)
    run = gn.train_run("t.csv", "y", "run", **QUICK, ignore="kind")
    seen: list[gn.Model] = []
    draw = gn.RegressionDisplay.from_model.__func__

    def watched(cls: type, model: gn.Model, *given: Any, **options: Any) -> Any:
        seen.append(model)
        return draw(cls, model, *given, **options)

    monkeypatch.setattr(gn.RegressionDisplay, "from_model", classmethod(watched))
    assert command("plot", "regression", "run", "--out", "p.svg").code == 0
    assert_same(seen[0], run.scored_model)
