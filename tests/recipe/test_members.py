"""The members of an ensemble are what they would be alone, however they are run."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.initializers import initialize
from glassnet.core.network import Network, leaves
from glassnet.recipe import fold_training
from glassnet.recipe.members import mean_history, member_seed, worst_ending
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun, run_table
from glassnet.training.population import Population, train_population
from glassnet.training.run import Run, train

RANDOM = np.random.default_rng(0)
N = 480
TABLE = {"a": RANDOM.normal(size=N), "b": np.arange(N) % 7 * 1.0, "c": ["u", "v", "w"] * (N // 3)}
TABLE["y"] = TABLE["a"] * TABLE["b"]
TABLE["t"] = np.where(TABLE["y"] > 0, "up", "down")
QUICK = {"hidden": (8, 6), "epochs": 3, "holdout": 0.0, "seed": 5, "bins": 0, "decay": 1.0}


def ran(target: str = "y", **options: object) -> TableRun:
    other = "t" if target == "y" else "y"
    return run_table(TABLE, target, Options(**{**QUICK, "ignore": (other,), **options}))  # pyright: ignore[reportArgumentType]


def test_each_member_trains_on_all_folds_but_one_which_validates_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[np.ndarray, np.ndarray | None, int]] = []

    def spy(*given: Any, **settings: Any) -> Population:
        x, validation = given[2], settings.get("validation")
        for member, seed in enumerate(settings["seed"]):
            rows = settings["rows"][member]
            validated = None
            if validation is not None:
                numbers = settings.get("validation_rows")
                validated = validation[0] if numbers is None else validation[0][numbers[member]]
            seen.append((x if rows is None else x[rows], validated, seed))
        return train_population(*given, **settings)

    monkeypatch.setattr(fold_training, "train_population", spy)
    model = ran(engine="numpy").model
    every = model.encoding.encode_inputs(gn.tables.frames.as_table(TABLE)).astype("float32")
    assert [len(x) for x, _, _ in seen] == [360] * 4
    for x, validated, _ in seen:
        assert validated is not None
        assert sorted(np.concatenate([x, validated]).tolist()) == sorted(every.tolist())
    assert sorted(
        np.concatenate([validated for _, validated, _ in seen if validated is not None]).tolist()
    ) == sorted(every.tolist())
    assert len({seed for _, _, seed in seen}) == 4
    assert seen[0][2] == 5 == member_seed(0, 5)
    few: list[tuple[dict[str, Any], int, int | None]] = [
        ({"validation": 0.25}, 360, 120),
        ({"validation": 0.0}, N, None),
        ({"members": 5}, 384, 96),  # they look on, and choose nothing
        ({"members": 1}, N, None),
    ]
    for options, rows, validation in few:
        seen.clear()
        ran(**options, engine="numpy")
        assert {
            (len(x), None if validated is None else len(validated)) for x, validated, _ in seen
        } == {(rows, validation)}


def test_one_member_is_the_single_network() -> None:
    done = ran(members=1, validation=0.25)
    assert done.model.network.sizes == (5, 8, 6, 1)
    assert done.model.record.best_epochs == (done.runs[0].best_epoch,)
    first = ran(members=3, validation=0.25).runs[0]
    for ours, theirs in zip(leaves(done.model.parameters), leaves(first.parameters), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert done.model.history["loss"] == done.runs[0].history.table()["loss"]


def test_no_result_depends_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for allowed in ("1", "2", "9"):
        monkeypatch.setenv("OMP_NUM_THREADS", allowed)
        results.append(ran().model)
    for other in results[1:]:
        assert other.history == results[0].history
        for ours, theirs in zip(
            leaves(results[0].joined().parameters),
            leaves(other.joined().parameters),
            strict=True,
        ):
            np.testing.assert_array_equal(ours, theirs)


def short(epochs: int = 20, **settings: object) -> Run:
    network = Network([1, 2, 1], "tanh")
    x = np.linspace(-1, 1, 9)[:, None]
    return train(network, initialize(network), x, x, epochs=epochs, chunk_epochs=1, **settings)  # pyright: ignore[reportArgumentType]


def test_members_report_their_means() -> None:
    reported: list[tuple[int, int, float, float | None]] = []
    done = run_table(
        TABLE, "y", Options(**{**QUICK, "ignore": ("t",)}), lambda *now: reported.append(now)
    )
    epochs = [epoch for epoch, _, _, _ in reported]
    assert epochs == sorted(epochs)
    assert reported[-1][:2] == (3, 3)
    ends = [run.history.loss[-1] for run in done.runs]
    assert reported[-1][2] == pytest.approx(np.mean(ends))


def test_a_history_of_runs_of_different_lengths() -> None:
    runs = [short(20), replace(short(3), ended="interrupted")]
    assert worst_ending(runs) == "interrupted"
    assert len(mean_history(runs)["epoch"]) == 20
    ends = [run.history.loss[-1] for run in runs]  # of one that has ended its last counts on
    assert mean_history(runs)["loss"][-1] == pytest.approx(np.mean(ends))


def test_ctrl_c_keeps_what_every_member_has_learnt() -> None:
    def press(epoch: int, *_: Any) -> None:
        if epoch >= 2:
            raise KeyboardInterrupt

    options = Options(**{**QUICK, "ignore": ("t",), "epochs": 10**6, "members": 3})
    done = run_table(TABLE, "y", options, press)
    assert [run.ended for run in done.runs] == ["interrupted"] * 3
    assert len({len(run.history.loss) for run in done.runs}) == 1


def test_few_rows_train_too() -> None:
    table = {"a": [1.0, 2.0, 4.0, 3.0, 6.0], "y": [1.0, 3.0, 2.0, 5.0, 4.0]}
    for rows in (2, 3, 4, 5):
        model = gn.train_table(
            {name: cells[:rows] for name, cells in table.items()}, "y", holdout=0.0, epochs=2
        )
        assert np.isfinite(model.predict(table)).all()
