"""Which of a run's models a row is explained by, what is said of it, and the worst rows."""

from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.runs.explained_rows import model_for, worst_predicted

DATA = Path(__file__).parents[2] / "examples" / "data"


@pytest.fixture(scope="module", params=[True, False], ids=["refit", "scored only"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> gn.RunFolder:
    path = tmp_path_factory.mktemp("runs") / "cars"
    quick = {"epochs": 5, "hidden": 5, "members": 1, "refit": request.param}
    return gn.train_run(DATA / "cars.csv", "miles_per_gallon", path, **quick)


def test_the_model_that_had_not_seen_a_held_out_row(run: gn.RunFolder) -> None:
    holdout, trained = (int(run.rows[part][0]) + 1 for part in ("holdout", "train"))
    was_refit = run.model.record.refit
    found = model_for(run, [trained, holdout], None)
    assert found.model is (run.scored_model if was_refit else run.model)
    assert found.note.startswith(f"Row {holdout} was held out.")
    assert ("model='final'" in found.note) == was_refit
    assert model_for(run, [trained], None) == (run.model, "")


def test_the_one_that_is_asked_for(run: gn.RunFolder) -> None:
    holdout, trained = (int(run.rows[part][0]) + 1 for part in ("holdout", "train"))
    was_refit = run.model.record.refit
    final = model_for(run, [holdout], "final")
    assert final.model is run.model
    assert ("model='scored'" in final.note) == was_refit
    assert model_for(run, [trained], "scored").model is run.scored_model
    with pytest.raises(GlassnetError, match="unknown model 'last'"):
        model_for(run, [trained], "last")


def test_many_rows_are_counted(run: gn.RunFolder) -> None:
    numbers = [int(row) + 1 for row in run.rows["holdout"][:9]]
    note = model_for(run, numbers, None).note
    assert note.startswith(f"Rows {', '.join(map(str, numbers[:6]))} and 3 more were held out.")


def test_the_worst_are_those_of_the_largest_errors(run: gn.RunFolder) -> None:
    found = run.predictions
    errors = np.abs(np.array(found["actual"]) - np.array(found["prediction"]))
    order = np.argsort(-errors)[:5]
    assert worst_predicted(run, 5) == ([found["row"][i] for i in order], "")
    assert len(worst_predicted(run, 10_000).numbers) == len(errors)


@pytest.mark.parametrize("holdout", [0.2, 0.0])
def test_where_none_is_wrong_that_is_said(tmp_path: Path, holdout: float) -> None:
    table = tmp_path / "t.csv"
    cells = [(i % 10 - 4.5, "up" if i % 10 > 4 else "down") for i in range(100)]
    table.write_text("x,way\n" + "".join(f"{x},{way}\n" for x, way in cells))
    quick = {"epochs": 60, "hidden": 5, "members": 1, "holdout": holdout}
    found = worst_predicted(gn.train_run(table, "way", tmp_path / "run", **quick), 3)
    assert len(found.numbers) == 3
    which = "20 held-out rows" if holdout else "100 rows trained on"
    assert found.sentence.startswith(f"None of the {which} is wrong: these are the ones")
