"""Several networks as one: folds are equal parts, members are what they would be alone, the joined network gives their mean."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.initializers import initialize
from glassnet.core.network import Network, leaves
from glassnet.models.ensemble import (
    ended,
    folds,
    mean_history,
    run_members,
    seed_of,
    side_by_side,
    threads_for,
)
from glassnet.recipe import fit as table_fit
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun, run_table
from glassnet.training.engines.registry import ENGINES, choose
from glassnet.training.run import Run, train

RANDOM = np.random.default_rng(0)
N = 480
TABLE = {"a": RANDOM.normal(size=N), "b": np.arange(N) % 7 * 1.0, "c": ["u", "v", "w"] * (N // 3)}
TABLE["y"] = TABLE["a"] * TABLE["b"]
TABLE["t"] = np.where(TABLE["y"] > 0, "up", "down")
QUICK = {"hidden": (8, 6), "epochs": 3, "holdout": 0.0, "seed": 5}


def ran(target: str = "y", **options: object) -> TableRun:
    other = "t" if target == "y" else "y"
    return run_table(TABLE, target, Options(**{**QUICK, "ignore": (other,), **options}))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (3, 4, 2)])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("output", "loss"),
    [("identity", "mean_squared_error"), ("softmax", "categorical_cross_entropy")],
)
def test_side_by_side_is_the_mean_before_the_outputs_activation(
    hidden: tuple[int, ...], bias: bool, output: str, loss: str
) -> None:
    network = Network([3, *hidden, 2], "silu", output, loss, bias=bias)
    members = [initialize(network, "he", seed=seed) for seed in range(3)]
    x = np.random.default_rng(0).normal(size=(6, 3))
    joined, parameters = side_by_side(network, members)
    assert joined.sizes == (3, *(3 * nodes for nodes in hidden), 2)
    mean = np.mean([gn.feedforward(network, member, x).z[-1] for member in members], axis=0)
    np.testing.assert_allclose(
        choose("auto", joined).engine.predictor(joined, parameters)(x),
        network.output.value(mean),
        rtol=1e-12,
        atol=1e-14,
    )
    assert side_by_side(network, members[:1]) == (network, members[0])


def test_folds_are_equal_parts_of_each_class() -> None:
    classes = np.repeat([0, 1, 2, 3], [40, 8, 4, 3])
    fold = folds(55, 4, 0, classes)
    assert [np.bincount(fold[classes == c]).tolist() for c in range(3)] == [
        [10] * 4,
        [2] * 4,
        [1] * 4,
    ]
    assert fold[classes == 3].tolist() == [-1] * 3  # too few for each: they train all members
    assert np.bincount(folds(10, 4, 0)).tolist() == [3, 3, 2, 2]
    assert folds(10, 4, 0).tolist() != folds(10, 4, 1).tolist()


@pytest.mark.parametrize("target", ["y", "t"])
def test_a_tables_network_is_the_mean_of_its_members(target: str) -> None:
    done = ran(target)
    model = done.model
    assert (model.members, model.member.sizes, model.network.sizes) == (
        4,
        (5, 8, 6, 1),
        (5, 32, 24, 1),
    )
    x = model.encoding.encode_inputs(done.columns)
    doubles = [
        gn.Parameters(
            *(tuple(np.asarray(a, np.float64) for a in arrays) for arrays in run.parameters)
        )
        for run in done.runs
    ]
    mean = np.mean([gn.feedforward(model.member, member, x).z[-1] for member in doubles], axis=0)
    np.testing.assert_allclose(
        model.output_of(x), model.network.output.value(mean), rtol=1e-5, atol=1e-7
    )
    for name in ("loss", "validation_loss"):
        of_each = [run.history.table()[name] for run in done.runs]
        np.testing.assert_allclose(model.history[name], np.mean(of_each, axis=0))
    assert model.record["best_epochs"] == [
        1 + int(np.argmin(run.history.validation_loss)) for run in done.runs
    ]


def test_each_member_trains_on_all_parts_but_one_which_judges_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[np.ndarray, np.ndarray | None, int]] = []

    def spy(
        network: Network, start: gn.Parameters, x: np.ndarray, y: np.ndarray, **settings: object
    ) -> Run:
        validation, seed = settings["validation"], settings["seed"]
        assert isinstance(seed, int)
        seen.append((x, validation[0] if isinstance(validation, tuple) else None, seed))
        return train(network, start, x, y, **settings)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(table_fit, "train", spy)
    model = ran(engine="numpy").model
    every = model.encoding.encode_inputs(gn.tables.frames.as_table(TABLE))
    assert [len(x) for x, _, _ in seen] == [360] * 4
    for x, judged, _ in seen:
        assert judged is not None
        assert sorted(np.concatenate([x, judged]).tolist()) == sorted(every.tolist())
    assert sorted(
        np.concatenate([judged for _, judged, _ in seen if judged is not None]).tolist()
    ) == sorted(every.tolist())
    assert len({seed for _, _, seed in seen}) == 4
    assert seen[0][2] == 5 == seed_of(0, 5)
    few: list[tuple[dict[str, Any], int, int | None]] = [
        ({"validation": 0.25}, 360, 120), ({"validation": 0.0}, N, None), ({"members": 5}, 384, None), ({"members": 1}, N, None),
    ]  # fmt: skip
    for options, rows, judges in few:
        seen.clear()
        ran(**options, engine="numpy")
        assert {(len(x), None if judged is None else len(judged)) for x, judged, _ in seen} == {
            (rows, judges)
        }


def test_one_member_is_the_single_network() -> None:
    done = ran(members=1, validation=0.25)
    assert done.model.network.sizes == (5, 8, 6, 1)
    assert done.model.record["best_epochs"] == [done.runs[0].best_epoch]
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
            leaves(results[0].parameters), leaves(other.parameters), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.skipif(bool(ENGINES["native"].unavailable()), reason="needs the native engine")
def test_threads_are_shared_out() -> None:
    assert threads_for(4, 1, "auto") == (1, 1)
    assert threads_for(4, 9, "auto") == (4, 2)
    assert threads_for(4, 9, "numpy") == (1, 9)
    assert threads_for(1, 9, "auto") == (1, 9)
    assert threads_for(4, 0, "auto") == (1, 0)  # which train refuses


def short(epochs: int = 20, **settings: object) -> Run:
    network = Network([1, 2, 1], "tanh")
    x = np.linspace(-1, 1, 9)[:, None]
    return train(network, initialize(network), x, x, epochs=epochs, chunk_epochs=1, **settings)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("threads", [1, 2])
def test_members_tell_their_means_together(threads: int) -> None:
    told: list[tuple[int, int, float, float | None]] = []
    runs = run_members(
        lambda member, progress: short(4, progress=progress),
        2,
        lambda *now: told.append(now),
        threads,
    )
    assert len(runs) == 2
    assert [epoch for epoch, _, _, _ in told] == sorted(epoch for epoch, _, _, _ in told)
    assert told[-1][:2] == (4, 4)
    assert told[-1][2] == pytest.approx(runs[0].history.loss[-1])


def test_ctrl_c_keeps_the_members_that_had_begun() -> None:
    def fit(member: int, progress: gn.training.run.Progress | None) -> Run:
        def report(epoch: int, epochs: int, loss: float, judged: float | None) -> None:
            if member == 1 and epoch == 3:
                raise KeyboardInterrupt

        return short(progress=report)

    runs = run_members(fit, 4, None, 1)
    assert [len(run.history.loss) for run in runs] == [20, 3]
    assert ended(runs) == "interrupted"
    assert len(mean_history(runs)["epoch"]) == 20
    assert mean_history(runs)["loss"][-1] == runs[0].history.loss[-1]


def test_ctrl_c_reaches_members_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Barrier(3)

    def fit(member: int, progress: gn.training.run.Progress | None) -> Run:
        begun.wait(10)
        return short(10**9, progress=progress)

    def waiting(futures: object) -> None:
        begun.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr("glassnet.models.ensemble.wait", waiting)
    runs = run_members(fit, 4, None, 2)
    assert [run.ended for run in runs] == ["interrupted"] * 2


def test_a_saved_model_says_what_it_is_made_of(tmp_path: Path) -> None:
    model = ran().model
    model.save(tmp_path / "m.safetensors")
    again = gn.load(tmp_path / "m.safetensors")
    assert again.shape == model.shape
    assert again.shape.startswith("4 networks of 5-8-6-1 silu")
    np.testing.assert_array_equal(again.predict(TABLE), model.predict(TABLE))


def test_few_rows_train_too() -> None:
    table = {"a": [1.0, 2.0, 4.0, 3.0, 6.0], "y": [1.0, 3.0, 2.0, 5.0, 4.0]}
    for rows in (2, 3, 4, 5):
        model = gn.train_table(
            {name: cells[:rows] for name, cells in table.items()}, "y", holdout=0.0, epochs=2
        )
        assert np.isfinite(model.predict(table)).all()
