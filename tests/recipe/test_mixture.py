"""Settings that are drawn, trained on the folds, and mixed as the rows left out are predicted."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.losses import LOSSES
from glassnet.core.network import Network, leaves
from glassnet.errors import GlassnetError
from glassnet.models.model import Model, load
from glassnet.recipe import mixture
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.mixture import votes_of
from glassnet.recipe.options import ResolvedOptions, options_from
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.run import run_table
from glassnet.training.run import Run

QUICK: dict[str, Any] = {"effort": "best", "draws": 4, "members": 3, "epochs": 4}


def table(rows: int = 160) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    a, b = random.uniform(-2, 2, (2, rows))
    kind = random.choice(["x", "y", "z"], rows)
    return {"a": a, "b": b, "kind": kind, "y": np.sin(2 * a) + b + (kind == "y")}


@pytest.fixture(scope="module")
def model() -> Model:
    return gn.train_table(table(500), "y", **{**QUICK, "draws": 6}, seed=1)


def regression() -> Network:
    return Network([1, 1], (), "identity", LOSSES["mean_squared_error"])


def part(z: np.ndarray, y: np.ndarray) -> OutOfFold:
    return OutOfFold(z[:, None], y[:, None], None, np.arange(len(y)))


def test_of_many_rows_those_vote_that_are_best_together() -> None:
    random = np.random.default_rng(0)
    y, error = random.normal(size=(2, 20_000))
    trials = [part(y + error, y), part(y - error, y), part(y + 0.8 * random.normal(size=20_000), y)]
    votes = votes_of(trials, regression())
    assert votes.sum() == pytest.approx(1)
    assert votes[2] < 0.1  # it is the best alone, but the errors of the others cancel
    assert votes[0] == pytest.approx(votes[1], abs=0.1)


def test_of_few_rows_the_first_has_most_votes() -> None:
    random = np.random.default_rng(0)
    y, error = random.normal(size=(2, 20))
    votes = votes_of([part(y + error, y), part(y + 0.5 * error, y)], regression())
    assert votes[0] > 0.95
    y, error = random.normal(size=(2, 20_000))
    votes = votes_of([part(y + error, y), part(y + 0.5 * error, y)], regression())
    assert votes[1] > 0.95


def test_a_trial_that_went_astray_has_no_vote() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=500)
    trials = [part(y + 1, y), part(np.full(500, np.nan), y), part(y - 1, y)]
    votes = votes_of(trials, regression())
    assert votes[1] == 0
    assert 0 < votes[2] < votes[0]
    np.testing.assert_array_equal(votes_of(trials[:2], regression()), [1, 0])


def test_rows_of_weight_0_choose_nothing() -> None:
    random = np.random.default_rng(0)
    y, error = random.normal(size=(2, 20_000))
    weight = np.zeros(len(y))
    weight[:2] = 1.0
    trials = [part(y + error, y), part(y, y)]
    weighted = [dataclasses.replace(trial, sample_weight=weight) for trial in trials]
    np.testing.assert_array_equal(votes_of(weighted, regression()), [1, 0])  # two rows say little


def test_many_equal_votes_are_not_all_too_small() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=50_000)
    errors = np.linalg.qr(random.normal(size=(50_000, 120)))[0].T * 100
    votes = votes_of([part(y + error, y) for error in errors], regression())
    assert votes.sum() == pytest.approx(1)


def test_the_model_is_the_weighted_mean_of_members_of_several_settings(model: Model) -> None:
    settings = model.record.mixture
    assert len(settings) > 1
    assert sum(one.members for one in settings) == len(model.members)
    assert sum(one.vote for one in settings) == pytest.approx(1)
    z = sum(
        member.vote * model.member(number).output(table())
        for number, member in enumerate(model.members)
    )
    np.testing.assert_allclose(model.output(table()), z, rtol=1e-9)
    assert len({member.network.sizes for member in model.members}) > 1


def test_a_member_knows_its_own_settings(model: Model) -> None:
    numbers = np.cumsum([0, *(one.members for one in model.record.mixture)])
    for one, first in zip(model.record.mixture, numbers, strict=False):
        member = model.member(int(first))
        for name, value in one.changed.items():
            assert member.record.options[name] == value
        hidden = one.changed.get("hidden", (64, 64))
        assert tuple(member.network.sizes[1:-1]) == hidden
        assert member.record.mixture == ()


def test_members_without_bins_do_not_look_at_them(model: Model) -> None:
    features = np.array(model.encoding.features)
    without = [
        member
        for number, member in enumerate(model.members)
        if model.member(number).record.options["bins"] == 0
    ]
    assert 0 < len(without) < len(model.members)
    used = [np.any(member.parameters.weights[0], axis=1) for member in without]
    assert {tuple(features[rows]) for rows in used} == {("a", "b", *features[-3:])}


def test_the_record_repeats_the_run() -> None:
    asked = {**QUICK, "holdout": 0.2}
    first = run_table(table(), "y", options_from(asked))
    options = json.loads(json.dumps(dataclasses.asdict(first.options)))
    again = run_table(table(), "y", options_from(options))
    assert again.model.record == first.model.record
    for ours, theirs in zip(first.model.members, again.model.members, strict=True):
        for one, other in zip(leaves(ours.parameters), leaves(theirs.parameters), strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_last_training_is_of_the_settings_that_vote(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    whole = FoldTraining.train

    def counted(self: FoldTraining, options: ResolvedOptions, members: Sequence[int]) -> list[Run]:
        rows.append(len(self.rows[options.bins].x))
        return whole(self, options, members)

    monkeypatch.setattr(FoldTraining, "train", counted)
    done = run_table(table(), "y", options_from(QUICK))
    assert rows.count(160) == len(done.model.record.mixture)
    assert rows.count(128) >= 1 + 4
    assert done.scored_model.record.mixture == done.model.record.mixture
    assert len(done.model.record.tried) >= 1 + 4


def test_seconds_end_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr(mixture, "monotonic", lambda: next(clock))
    monkeypatch.setattr("glassnet.recipe.fit.monotonic", lambda: 0)
    asked = {**QUICK, "draws": None, "hidden": 4, "epochs": 3, "refit": False}
    done = run_table(table(), "y", options_from({**asked, "effort": 12.0}))
    assert 1 <= done.options.draws <= 6
    assert done.options.effort == "best"
    short = run_table(table(), "y", options_from({**asked, "effort": 0.001}))
    assert short.options.draws <= 1


def test_ctrl_c_while_drawing_keeps_what_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    whole = FoldTraining.train

    def interrupted(
        self: FoldTraining, options: ResolvedOptions, members: Sequence[int]
    ) -> list[Run]:
        nonlocal calls
        calls += len(members) > 2
        if calls == 4:
            raise KeyboardInterrupt
        return whole(self, options, members)

    monkeypatch.setattr(FoldTraining, "train", interrupted)
    asked = {**QUICK, "bins": 3, "decay": 0.3}
    done = run_table(table(), "y", options_from(asked))
    assert done.ended == "interrupted"
    assert done.options.draws == 2
    assert np.isfinite(done.model.predict(table())).all()


@pytest.mark.parametrize("calls", [1, 2])
def test_ctrl_c_before_the_drawing_draws_nothing(
    monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """In the plain training, which leaves two members, and while bins are tried."""
    done: list[ResolvedOptions] = []
    whole = FoldTraining.train

    def interrupted(
        self: FoldTraining, options: ResolvedOptions, members: Sequence[int]
    ) -> list[Run]:
        done.append(options)
        runs = whole(self, options, members)
        if len(done) < calls:
            return runs
        return [dataclasses.replace(run, ended="interrupted") for run in runs[:2]]

    monkeypatch.setattr(FoldTraining, "train", interrupted)
    run = run_table(table(), "y", options_from(QUICK))
    assert len(done) == calls
    assert run.ended == "interrupted"
    assert (run.options.draws, run.model.record.mixture) == (0, ())


def test_where_there_is_no_time_to_draw_what_was_chosen_stays() -> None:
    random = np.random.default_rng(0)
    x = random.uniform(0, 1, 300)
    wave = {"x": x, "y": np.sin(4 * np.pi * x)}
    done = run_table(wave, "y", options_from({"effort": 1e-6, "members": 4}))
    assert (done.options.bins, done.options.draws) == (16, 0)
    assert done.scored_model.record.options["bins"] == 16


def test_seconds_hold_where_draws_are_asked_for_too() -> None:
    done = run_table(table(), "y", options_from({**QUICK, "effort": 1e-6, "draws": 3}))
    assert done.options.draws == 0


@pytest.mark.parametrize("effort", ["quick", "best"])
def test_activations_of_one_each_layer(effort: str) -> None:
    asked = {"effort": effort, "epochs": 2, "activation": ("relu", "tanh")}
    fitted = gn.train_table(table(), "y", **asked, **({"draws": 4} if effort == "best" else {}))
    assert {len(member.network.sizes) for member in fitted.members} == {4}


@pytest.mark.filterwarnings("ignore::glassnet.errors.GlassnetWarning")
def test_a_path_is_of_one_network(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame(table()).to_csv(tmp_path / "t.csv", index=False)
    run = gn.train_run(tmp_path / "t.csv", "y", tmp_path / "run", **QUICK)
    with pytest.raises(GlassnetError, match="several settings"):
        run.training_path(5)


def test_the_model_file_keeps_it(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert again.record == model.record
    np.testing.assert_array_equal(again.predict(table()), model.predict(table()))


def test_a_table_without_numbers_has_no_bins_to_draw() -> None:
    random = np.random.default_rng(0)
    texts = {name: random.choice(["x", "y", "z"], 90) for name in ("a", "b")}
    model = gn.train_table({**texts, "c": texts["a"]}, "c", **{**QUICK, "draws": 9, "hidden": 4})
    assert model.record.options["draws"] == 9
    assert not any("bins" in one.changed for one in model.record.tried)


def test_without_rows_left_out_nothing_can_choose() -> None:
    teacher = gn.train_table(table(), "y", effort="quick", refit=False)
    for given in ({}, {"teacher": teacher}):
        with pytest.raises(GlassnetError, match="give members of 2 or more"):
            gn.train_table(table(), "y", **{**QUICK, "validation": 0.0}, **given)


@pytest.mark.parametrize("rows", [160, 900])
def test_quick_is_one_network_and_none_is_tried(rows: int) -> None:
    quick = gn.train_table(table(rows), "y", effort="quick", holdout=0)
    assert len(quick.members) == 1
    assert len(quick.record.tried) <= 1
    updates = len(quick.history["epoch"]) * (quick.history["iteration"][0])
    assert 800 <= updates < 900
    assert quick.network.sizes[1:-1] == (64,)
    assert len(gn.train_table(table(), "y", effort="quick", members=2, epochs=2).members) == 2


def test_estimators_take_an_effort() -> None:
    frame = table()
    y = frame.pop("y")
    import pandas as pd

    estimator = gn.TableRegressor(effort="best", draws=3, members=2, max_iter=6, random_state=0)
    fitted = estimator.fit(pd.DataFrame(frame), y).model_
    assert fitted.record.options["draws"] == 3
    assert len(fitted.members) == 2 * len(fitted.record.mixture)
