"""Training by folds: rows left out look on, and change no number."""

from typing import Any

import numpy as np
import pytest

from glassnet.recipe import fold_training
from glassnet.recipe.options import options_from
from glassnet.recipe.run import TableRun, run_table

N = 90
_random = np.random.default_rng(5)
_x = _random.normal(size=N)
TABLE = {"x": _x.tolist(), "y": (_x**2 + 0.2 * _random.normal(size=N)).tolist()}
QUICK: dict[str, Any] = {"members": 3, "hidden": (8,), "epochs": 15, "seed": 1, "holdout": 0.0}


def run_of(**options: Any) -> TableRun:
    return run_table(TABLE, "y", options_from({**QUICK, **options}))


@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_the_loss_of_rows_left_out_is_recorded_and_changes_nothing(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = run_of(engine=engine)
    monkeypatch.setattr(fold_training, "BROKEN", ("",))  # then each is trained without onlookers
    alone = run_of(engine=engine)
    assert watched.model.history["loss"] == alone.model.history["loss"]
    assert "left_out_loss" not in alone.model.history
    assert "validation_loss" not in watched.model.history
    predicted = watched.model.output(watched.columns)
    assert (predicted == alone.model.output(alone.columns)).all()
    assert watched.model.record == alone.model.record
    assert [run.best_epoch for run in watched.runs] == [15] * 3


def test_it_is_the_loss_of_each_networks_fold_after_the_last_epoch() -> None:
    run = run_of()
    left_out = run.model.history["left_out_loss"]
    assert len(left_out) == 15
    scale = run.model.encoding.targets[0].scale  # type: ignore[union-attr]
    folds = run.assessment.scores[0].of_folds
    squares = [(rmse / scale) ** 2 for rmse in folds]
    assert left_out[-1] == pytest.approx(np.mean(squares), rel=0.02)


def test_progress_is_told_of_no_validation() -> None:
    seen: list[float | None] = []
    run_table(TABLE, "y", options_from(QUICK), lambda *given: seen.append(given[3]))
    assert seen
    assert set(seen) == {None}


@pytest.mark.parametrize("options", [{"patience": 5}, {"average": 0.2}, {"members": 1}])
def test_no_rows_look_on_where_they_would_choose_or_there_are_none(options: dict[str, Any]) -> None:
    assert "left_out_loss" not in run_of(**options).model.history
