"""Going on from a trained model: with other rows, for more epochs, or with another setting."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crashing import CrashError, crash_after
from in_process import refused, run

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.model import Model
from glassnet.recipe.assessment.sentences import headlines
from glassnet.recipe.options import options_from
from glassnet.recipe.run import run_table
from glassnet.training.engines.registry import ENGINES
from glassnet.training.problem import to_vector

pytestmark = pytest.mark.filterwarnings("ignore:unless all rows are new")
RANDOM = np.random.default_rng(4)


def table(rows: int, shift: float = 0.0) -> dict[str, list[Any]]:
    a, b = RANDOM.normal(size=rows), RANDOM.normal(size=rows)
    c = RANDOM.choice(["u", "v"], rows)
    y = a * b + (c == "u") + shift
    kind = np.where(y > 0.5, "high", "low")
    columns = {"a": a, "b": b, "c": c, "y": y, "kind": kind}
    return {name: column.tolist() for name, column in columns.items()}


OLD, NEW = table(160), table(120, shift=0.4)
PLAIN = {"ignore": "kind", "hidden": 8, "bins": 0}


def weights(model: Model) -> np.ndarray:
    return np.concatenate([to_vector(member.parameters) for member in model.members])


def saved(folder: Path, name: str = "m", **options: Any) -> str:
    path = folder / f"{name}.safetensors"
    gn.train_table(OLD, options.pop("target", "y"), **options).save(path)
    return str(path)


def test_more_epochs_are_more_epochs(tmp_path: Path) -> None:
    """Of an optimizer without memory, on the same rows, 30 and then 20 epochs are 50."""
    given = PLAIN | {
        "optimizer": "gradient_descent",
        "schedule": "constant",
        "batch_size": 500,
        "dropout": 0.0,
        "members": 1,
        "validation": 0.0,
        "refit": False,
        "dtype": "float64",
    }
    start = saved(tmp_path, epochs=30, **given)
    more = gn.train_table(OLD, "y", start=start, epochs=20, refit=False)
    whole = gn.train_table(OLD, "y", epochs=50, **given)
    np.testing.assert_allclose(weights(more), weights(whole), rtol=1e-9)
    assert more.scores["y"]["rmse"] == pytest.approx(whole.scores["y"]["rmse"], rel=1e-9)
    assert more.record.options["epochs"] == 20
    assert more.record.options["hidden"] == (8,)
    assert more.encoding == whole.encoding


def test_options_are_the_models_but_for_those_given(tmp_path: Path) -> None:
    before = {"l2": 0.003, "learning_rate": 0.002, "dropout": 0.05, "members": 3, "seed": 7}
    start = saved(tmp_path, epochs=8, **PLAIN, **before)
    on = gn.train_table(NEW, "y", start=start, learning_rate=0.0005)
    for name, value in (before | {"epochs": 8, "learning_rate": 0.0005}).items():
        assert on.record.options[name] == value
    assert on.record.options["start"] == start
    assert len(on.members) == 3
    assert on.encoding.inputs == gn.load(start).encoding.inputs  # not learnt from the new rows
    again = gn.train_table(NEW, "y", **on.record.options)
    np.testing.assert_array_equal(weights(again), weights(on))


def test_it_learns_what_the_new_rows_have(tmp_path: Path) -> None:
    start = saved(tmp_path, epochs=150, **PLAIN)
    old = gn.load(start)
    on = gn.train_table(NEW, "y", start=start, epochs=60)
    truth = np.array(NEW["y"])
    errors = [np.abs(model.predict(NEW) - truth).mean() for model in (old, on)]
    assert errors[1] < 0.7 * errors[0]


def test_a_run_goes_on_from_the_model_that_was_scored(folder: Path) -> None:
    """On the same table the rows held out stay unseen: the scored model is where it starts."""
    gn.train_run(OLD, "y", "r", epochs=20, **PLAIN)
    done = run_table(OLD, "y", options_from({"start": "r", "epochs": 5}))
    before = gn.open_run("r").model.scores
    assert done.baselines[2].scores["y"] == pytest.approx(before["y"])
    assert done.scored_model.record.holdout_digest == gn.load("r").record.holdout_digest
    assert done.before_refit is not None


@pytest.mark.parametrize(
    "options",
    [
        {"effort": "best", "draws": 3, "members": 2, "epochs": 10},
        {"members": 4, "epochs": 30, "hidden": (8, 4), "activation": ("relu", "tanh")},
        {"effort": "quick", "epochs": 20, "bins": 5},
        {"members": 2, "epochs": 10, "affine": True},
    ],
    ids=["drawn", "folds", "quick", "affine"],
)
def test_every_kind_of_model_goes_on(tmp_path: Path, options: dict[str, Any]) -> None:
    start = saved(tmp_path, ignore="kind", **options)
    before = gn.load(start)
    on = gn.train_table(NEW, "y", start=start, epochs=3)
    assert [one.network for one in on.members] == [one.network for one in before.members]
    assert [one.vote for one in on.members] == pytest.approx([one.vote for one in before.members])
    assert not np.array_equal(weights(on), weights(before))
    assert np.abs(weights(on) - weights(before)).max() < 0.5  # not far from where it was
    assert set(on.record.best_epochs) <= {1, 2, 3}


def test_classes(tmp_path: Path) -> None:
    start = saved(tmp_path, target="kind", ignore="y", epochs=40, threshold="balanced")
    on = gn.train_table(NEW, "kind", start=start, epochs=10)
    assert on.encoding.targets[0].label_texts == ["high", "low"]
    assert on.scores["kind"]["accuracy"] > 0.6
    only_high = {name: column[:20] for name, column in NEW.items()}
    only_high["kind"] = ["high", "low", "high", "high"] * 5
    assert gn.train_table(only_high, "kind", start=start, epochs=2, holdout=0)
    unknown = {name: list(column) for name, column in NEW.items()}
    unknown["kind"][5] = "middling"
    with pytest.raises(GlassnetError, match="class 'middling' is not among those trained on"):
        gn.train_table(unknown, "kind", start=start)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"hidden": 9}, r"hidden is \(8,\) in the model that it goes on from: leave it out"),
        ({"activation": "relu"}, "activation is 'silu' in the model"),
        ({"members": 7}, "members is 4 in the model"),
        ({"bins": 3}, "bins is 0 in the model"),
        ({"start": "none.safetensors"}, "start has no model: none.safetensors: no such model file"),
        ({"start": 3}, "start must be the path of a file or folder"),
    ],
)
def test_what_the_model_has_for_good(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    start = saved(tmp_path, epochs=2, **PLAIN)
    with pytest.raises(GlassnetError, match=says):
        gn.train_table(NEW, "y", **({"start": start} | options))


def test_models_that_cannot_be_gone_on_with(tmp_path: Path) -> None:
    start = saved(tmp_path, epochs=2, **PLAIN)
    with pytest.raises(GlassnetError, match="predicts y, and not kind"):
        gn.train_table(NEW, "kind", start=start)
    lacking = {name: column for name, column in NEW.items() if name != "b"}
    with pytest.raises(GlassnetError, match="'b'"):
        gn.train_table(lacking, "y", start=start)
    network = gn.Network([2, 3, 1])
    done = gn.train(network, gn.initialize(network), np.zeros((4, 2)), np.zeros(4), epochs=1)
    gn.Model.of_run(done, ["a", "b"], "y").save(tmp_path / "own.safetensors")
    with pytest.raises(GlassnetError, match="was not trained on a table"):
        gn.train_table(NEW, "y", start=str(tmp_path / "own.safetensors"))
    with pytest.raises(GlassnetError, match="start is not for a study"):
        gn.study(NEW, "y", start=start, networks=2)


def test_stopped_and_gone_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from glassnet.training import checkpoint as checkpoints

    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "PAUSE", 0)
    start = saved(tmp_path, epochs=4, **PLAIN)
    given = {"start": start, "epochs": 9}
    whole = gn.train_table(NEW, "y", **given)
    kept = tmp_path / "c"
    monkeypatch.setattr("glassnet.training.together.CHUNK_SECONDS", 0.0)  # an epoch at a time
    monkeypatch.setattr(ENGINES["native"], "first_chunk", 1)
    for chunks in (1, 4, 11):
        with pytest.raises(CrashError):
            gn.train_table(NEW, "y", checkpoint=kept, progress=crash_after(chunks), **given)
        resumed = gn.resume(kept, NEW)
        assert isinstance(resumed, Model)
        np.testing.assert_array_equal(weights(resumed), weights(whole))
        kept.unlink()


def test_the_command(folder: Path) -> None:
    import polars as pl

    for name, rows in (("old", OLD), ("new", NEW)):
        pl.DataFrame(rows).write_csv(f"{name}.csv")
    first = ["--ignore", "kind", "--epochs", "10", "--no-report", "--quiet"]
    assert run("train", "old.csv", "--target", "y", *first).code == 0
    ran = run("train", "new.csv", "--from", "runs/old", "--epochs", "5", "--no-report")
    assert ran.code == 0
    assert "unless all rows are new to runs/old" in ran.err
    assert "from the weights of runs/old" in ran.out
    assert "the model" in ran.out
    assert "before" in ran.out
    record = gn.open_run("runs/new").record
    assert record.options.start == "runs/old"
    assert list(record.targets) == ["y"]
    again = gn.train_table("new.csv", "y", start="runs/old", epochs=5)
    np.testing.assert_array_equal(weights(again), weights(gn.load("runs/new")))
    assert "--from has no model: runs/none: no such" in refused(
        "train", "new.csv", "--from", "runs/none"
    )
    said = refused("train", "new.csv", "--from", "runs/old", "--hidden", "3")
    assert "--hidden is" in said
    assert "without --from" in said


def test_rows_that_may_have_been_seen_are_not_called_unseen(folder: Path) -> None:
    gn.train_run(OLD, "y", "r", epochs=20, **PLAIN)
    unseen, maybe = {"start": "r"}, [{"start": "r", "seed": 3}, {"start": "r", "holdout": 0.3}]
    maybe.append({"start": saved(folder, epochs=20, **PLAIN)})  # of all rows, and nothing beside
    for options in (unseen, {"start": "r/model.safetensors"}):
        done = run_table(OLD, "y", options_from(options | {"epochs": 3}))
        assert done.knows_unseen
        assert "rows it had not seen" in headlines(done)[0]
    for options in maybe:
        done = run_table(OLD, "y", options_from(options | {"epochs": 3}))
        assert not done.knows_unseen
        assert "had not seen" not in headlines(done)[0]
        assert "some that are held out now may have been" in str(done.notices[0])
    with pytest.warns(gn.GlassnetWarning, match="unless all rows are new to r"):
        gn.train_table(NEW, "y", start="r", epochs=3)


def test_an_option_given_at_its_default_counts(folder: Path) -> None:
    start = saved(folder, epochs=2, holdout=0.4, **PLAIN, seed=7, l2=0.1)
    on = gn.train_table(NEW, "y", start=start, seed=0, l2=0.0, holdout=0.2)
    assert [on.record.options[name] for name in ("seed", "l2", "holdout")] == [0, 0.0, 0.2]
    import polars as pl

    pl.DataFrame(NEW).write_csv("new.csv")
    ran = run("train", "new.csv", "--from", start, "--seed", "0", "--no-report", "--out", "o")
    assert ran.code == 0
    found = gn.open_run("o").record.options
    assert (found.seed, found.l2, found.holdout) == (0, 0.1, 0.4)


def test_columns_that_it_never_knew(tmp_path: Path) -> None:
    start = Path(saved(tmp_path, epochs=2, **PLAIN))
    without = {name: column for name, column in NEW.items() if name != "kind"}
    beside = NEW | {"more": list(range(120))}
    found = [gn.train_table(rows, "y", start=start, epochs=3) for rows in (NEW, without, beside)]
    for one in found[1:]:
        np.testing.assert_array_equal(weights(one), weights(found[0]))


def test_drawn_settings_go_on_without_rows_left_out(tmp_path: Path) -> None:
    start = saved(tmp_path, ignore="kind", effort="best", draws=2, members=2, epochs=5)
    on = gn.train_table(NEW, "y", start=start, epochs=2, holdout=0, validation=0)
    assert len(on.members) == len(gn.load(start).members)


def test_a_model_from_before_an_option_was_there(tmp_path: Path) -> None:
    path = saved(tmp_path, epochs=2, **PLAIN)
    model = gn.load(path)
    fewer = {name: v for name, v in model.record.options.items() if name not in ("start", "memory")}
    replace(model, record=replace(model.record, options=fewer)).save(path)
    on = gn.train_table(NEW, "y", start=path, epochs=2)
    assert on.record.options["memory"] is None
