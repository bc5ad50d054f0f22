"""A few settings are tried on the folds, and the rows left out decide which are kept."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.models.model import load
from glassnet.recipe import search
from glassnet.recipe.fit import FitResult, fit_table
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.rows import TableRows
from glassnet.recipe.search import MOST_ROWS, WEAKER_DECAY
from glassnet.tables.frames import as_table
from glassnet.training.run import Run


def rows_of(x: np.ndarray, y: np.ndarray) -> TableRows:
    inputs = {f"x{number}": column for number, column in enumerate(x.T)}
    return TableRows(as_table(inputs), as_table({"y": y}))


def wave(periods: int, rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, (rows, 1))
    return x, np.sin(2 * np.pi * periods * x[:, 0]) + 0.05 * random.normal(size=rows)


def linear(rows: int, columns: int = 6) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    x = random.normal(size=(rows, columns))
    return x, x @ np.arange(1.0, columns + 1) + random.normal(size=rows)


def fitted(x: np.ndarray, y: np.ndarray, **options: Any) -> FitResult:
    return fit_table(rows_of(x, y), None, "regression", Options(**options))


@pytest.mark.parametrize("periods", [1, 2, 3])
@pytest.mark.parametrize("rows", [200, 350])
def test_waves_in_one_column_are_learnt_from_few_rows(periods: int, rows: int) -> None:
    """The case 40 of shared/cases."""
    model = gn.TableRegressor(random_state=0).fit(*wave(periods, rows))
    assert model.score(*wave(periods, 1000, seed=1)) > 0.97
    assert model.model_.record.options["bins"] == 16


def test_islands_in_two_columns_are_learnt_from_few_rows() -> None:
    random = np.random.default_rng(0)
    x = random.uniform(-3, 3, (1500, 2))
    island = np.where(np.sin(2 * x[:, 0]) * np.sin(2 * x[:, 1]) > 0, "land", "sea")
    model = gn.TableClassifier(random_state=0).fit(x[:500], island[:500])
    assert model.score(x[500:], island[500:]) > 0.93


def test_a_line_keeps_the_plain_settings() -> None:
    result = fitted(*linear(200))
    assert (result.options.bins, result.options.decay) == (0, 1.0)
    plain, *others = result.model.record.tried
    assert (plain.changed, plain.folds, plain.kept) == ({}, 4, True)
    changes = [{"bins": 16}, {"decay": 0.1}, {"decay": 3.0}]
    assert [one.changed for one in others] == changes
    assert not any(one.kept for one in others)
    assert all(one.better_by < 0 for one in others)


def certain(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two classes of which 20 columns tell a little: of few rows all can be learnt by heart."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 20))
    return x, np.where(x[:, 0] + 2 * random.normal(size=rows) > 0, "yes", "no")


def test_few_rows_that_tell_little_get_a_stronger_decay() -> None:
    model = gn.TableClassifier(random_state=0).fit(*certain(100)).model_
    assert model.record.options["decay"] in (3.0, 10.0)
    x, y = certain(2000, seed=1)
    of_truth = np.where(y == "yes", *model.predict_proba(x).T[::-1])
    assert -np.log(of_truth).mean() < np.log(2) + 0.02  # as two classes by chance


def test_a_setting_goes_on_in_a_direction_only_while_it_gets_better() -> None:
    x, y = certain(100)
    tried = fit_table(rows_of(x, y), None, "binary", Options(members=4)).model.record.tried
    decays = {one.changed["decay"]: one.kept for one in tried if "decay" in one.changed}
    assert decays[0.1] or 3.0 in decays
    assert (10.0 in decays) == decays.get(3.0, False)


def test_rows_that_validate_epochs_need_no_stronger_decay() -> None:
    changes = [one.changed for one in fitted(*linear(410), epochs=2).model.record.tried]
    assert changes == [{}, {"bins": 16}, {"decay": WEAKER_DECAY}]


def test_settings_are_compared_after_their_temperature() -> None:
    """Before it, the log loss of the plain ones is 1.8, far worse than by chance."""
    plain, *_ = gn.TableClassifier(random_state=0).fit(*certain(100)).model_.record.tried
    assert plain.loss < 1


def test_what_was_asked_for_is_not_tried_otherwise() -> None:
    x, y = wave(2, 120)
    for asked in ({"bins": 0}, {"decay": 0.5}, {"bins": 4, "decay": 0.0}, {"affine": True}):
        result = fitted(x, y, epochs=3, **asked)
        tried = {name for one in result.model.record.tried for name in one.changed}
        assert not tried & {*asked, *(["bins"] if "affine" in asked else [])}
        assert {name: getattr(result.options, name) for name in asked} == asked
    assert fitted(x, y, epochs=3, optimizer="adam", bins=0).model.record.tried[1:] == ()


def test_what_was_found_repeats_the_training_to_the_last_bit() -> None:
    x, y = wave(3, 200)
    found = fitted(x, y)
    again = fit_table(rows_of(x, y), None, "regression", found.options.as_options())
    assert [one.changed for one in again.model.record.tried] == [{}]
    assert again.options == found.options
    for ours, theirs in zip(found.model.members, again.model.members, strict=True):
        for one, other in zip(leaves(ours.parameters), leaves(theirs.parameters), strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_is_tried_where_no_row_is_left_out_or_rows_are_many() -> None:
    x, y = wave(2, 120)
    assert fitted(x, y, members=1, epochs=3).model.record.tried == ()
    assert fitted(x, y, validation=0.0, epochs=3).model.record.tried == ()
    x, y = wave(2, MOST_ROWS + 1)
    many = fit_table(
        rows_of(x, y), rows_of(*wave(2, 100)), "regression", Options(epochs=1, members=2)
    )
    assert many.model.record.tried == ()


def test_rows_given_for_validation_decide_too() -> None:
    x, y = wave(2, 300)
    result = fit_table(
        rows_of(x[:200], y[:200]), rows_of(x[200:], y[200:]), "regression", Options(members=2)
    )
    assert result.options.bins == 16
    assert result.model.record.tried[1].folds == 2


def test_the_model_file_keeps_what_was_tried(tmp_path: Path) -> None:
    model = fitted(*wave(2, 120)).model
    model.save(tmp_path / "model.safetensors")
    assert load(tmp_path / "model.safetensors").record.tried == model.record.tried


def test_a_clearly_worse_setting_ends_after_the_first_fold() -> None:
    x, y = linear(100)
    _, by_bins, *_ = fitted(x, y).model.record.tried
    assert by_bins.folds == 1
    assert by_bins.better_by < -by_bins.standard_error


@pytest.mark.parametrize("given", [False, True])
def test_the_first_member_is_compared_with_the_first_of_the_best(
    monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    monkeypatch.setattr(
        search, "alternatives", lambda _, plain, _rows: iter([("decay", [plain.decay])])
    )
    x, y = wave(1, 200)
    validation = rows_of(*wave(1, 50, seed=1)) if given else None
    result = fit_table(rows_of(x, y), validation, "regression", Options(epochs=5))
    _, same = result.model.record.tried
    assert (same.better_by, same.standard_error, same.folds, same.kept) == (0, 0, 1, False)


def test_members_that_rows_validate_end_where_these_learn_nothing_more() -> None:
    random = np.random.default_rng(0)
    x, noise = random.normal(size=(500, 3)), random.normal(size=500)
    by_noise = fitted(x, noise)
    x, y = wave(3, 500)
    by_wave = fitted(x, y)
    updates = []
    for result in (by_noise, by_wave):
        assert {run.ended for run in result.runs} == {"early"}
        updates.append(sum(len(run.history.iteration_loss) for run in result.runs))
    assert updates[0] < updates[1] / 1.5


@pytest.mark.parametrize("calls", [1, 2])
def test_ctrl_c_while_trying_keeps_the_best_so_far(
    monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    x, y = wave(2, 200)
    whole = FoldTraining.train
    done: list[ResolvedOptions] = []

    def interrupted(
        self: FoldTraining, options: ResolvedOptions, members: Sequence[int]
    ) -> list[Run]:
        done.append(options)
        if len(done) <= calls:
            return whole(self, options, members)
        if calls == 1:
            raise KeyboardInterrupt
        return [
            dataclasses.replace(run, ended="interrupted") for run in whole(self, options, members)
        ]

    monkeypatch.setattr(FoldTraining, "train", interrupted)
    result = fitted(x, y, epochs=20)
    assert result.options.bins == 0
    assert result.runs[0].ended == "interrupted"
    assert len(result.runs) == len(result.model.members) == 4
