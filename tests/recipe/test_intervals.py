"""Intervals of scores: every resample against its rows written out, ends against scipy's."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.recipe.assessment import intervals as module
from glassnet.recipe.assessment.intervals import (
    Resampling,
    score_intervals,
)
from glassnet.recipe.assessment.resampling import resampled_scores, resamples
from glassnet.recipe.metrics import class_scores, regression_scores, wilson_interval
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.targets import learn_target

N = 40
_random = np.random.default_rng(3)
_y = _random.normal(size=N)
TABLE = as_table(
    {
        "number": (3 * _y + 7).tolist(),
        "two": ["yes" if v > 0.3 else "no" for v in _y],
        "three": [("p", "q", "r")[i] for i in np.digitize(_y, [-0.4, 0.9])],
    }
)
TASKS: dict[str, Any] = {"number": "regression", "two": "binary", "three": "multiclass"}


def encoding_of(name: str) -> TableEncoding:
    return TableEncoding(TASKS[name], (), (learn_target(TABLE[name], TASKS[name]),))


def outputs_of(name: str, seed: int = 5) -> np.ndarray:
    """Outputs that are near the truth, with some ties."""
    random = np.random.default_rng(seed)
    encoding = encoding_of(name)
    y = encoding.encode_targets(TABLE.select([name]))
    if name == "number":
        return y + 0.4 * random.normal(size=y.shape)
    noisy = np.round(np.exp(y + random.normal(size=y.shape)), 1)
    return noisy / (1 + noisy) if name == "two" else noisy / noisy.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", TASKS)
def test_a_resample_scores_what_its_rows_do_when_they_are_written_out(name: str) -> None:
    (target,) = encoding_of(name).targets
    output = outputs_of(name)
    drawn = np.concatenate(list(resamples(N, 60)))
    assert drawn.shape == (60, N)
    assert (drawn.sum(axis=1) == N).all()
    found = resampled_scores(target, output, TABLE[name], drawn)
    for row, times in enumerate(drawn):
        rows = np.repeat(np.arange(N), times.astype(int))
        if name == "number":
            wanted = regression_scores(TABLE[name].values[rows], target.decode(output[rows]))
        else:
            probabilities = target.probabilities(output[rows])
            wanted = class_scores(target.index(TABLE[name])[rows], probabilities)
        assert {key: found[key][row] for key in wanted} == pytest.approx(wanted, rel=1e-9)


def test_a_class_that_was_not_drawn_has_no_area_and_is_left_out_of_the_mean() -> None:
    (target,) = encoding_of("two").targets
    only_no = np.array(TABLE["two"].values == "no", float)[None]
    found = resampled_scores(target, outputs_of("two"), TABLE["two"], only_no * 2)
    assert np.isnan(found["auc"][0])
    assert found["balanced_accuracy"][0] == pytest.approx(
        np.mean(target.decode(outputs_of("two"))[only_no[0] > 0] == "no")
    )


def test_blocks_of_resamples_are_the_same_seed_after_seed(monkeypatch: Any) -> None:
    once = np.concatenate(list(resamples(N, 50, seed=1)))
    assert (np.concatenate(list(resamples(N, 50, seed=1))) == once).all()
    assert (np.concatenate(list(resamples(N, 50, seed=2))) != once).any()
    monkeypatch.setattr("glassnet.recipe.assessment.resampling.DRAWN_AT_A_TIME", 7 * N)
    blocks = list(resamples(N, 50, seed=1))
    assert [len(block) for block in blocks] == [7] * 7 + [1]
    assert (np.concatenate(blocks) == once).all()


def test_the_ends_are_near_those_of_scipys_bootstrap() -> None:
    encoding, output = encoding_of("number"), outputs_of("number")
    y, predicted = TABLE["number"].values, encoding.targets[0].decode(output)
    ends = Resampling(encoding, TABLE.select(["number"]), {"m": output}).ends(0.95)
    theirs = stats.bootstrap(
        (np.abs(y - predicted),), np.mean, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    width = theirs.high - theirs.low
    low, high = ends["number", "mae", "m"]
    assert low == pytest.approx(theirs.low, abs=0.05 * width)
    assert high == pytest.approx(theirs.high, abs=0.05 * width)
    wide = Resampling(encoding, TABLE.select(["number"]), {"m": output}).ends(0.99)
    assert wide["number", "mae", "m"][0] < low < high < wide["number", "mae", "m"][1]


@pytest.mark.parametrize(("right", "rows"), [(70, 70), (69, 70), (3, 12), (0, 20)])
def test_an_accuracy_has_wilsons_interval(right: int, rows: int) -> None:
    theirs = stats.binomtest(right, rows).proportion_ci(0.95, method="wilson")
    ours = wilson_interval(right / rows, rows, 0.95)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize("name", TASKS)
def test_differences_are_of_the_same_rows_and_above_0_where_the_first_is_better(name: str) -> None:
    encoding, good = encoding_of(name), outputs_of(name)
    poor = np.full_like(good, good.mean())
    truth = TABLE.select([name])
    found = Resampling(encoding, truth, {"m": good, "constant": poor}).differences(0.95)
    back = Resampling(encoding, truth, {"constant": poor, "m": good}).differences(0.95)
    for one, other in zip(found, back, strict=True):
        assert one.name == other.name
        assert one.better_by == pytest.approx(-other.better_by)
        assert one.better_by > 0
        assert one.low < one.better_by < one.high
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    # paired: two predictions that err alike differ by little, however much each may move
    shifted = Resampling(encoding, truth, {"m": good, "alike": good * 0.999}).differences(0.95)
    ends = Resampling(encoding, truth, {"m": good}).ends(0.95)
    key = shifted[0].target, "mae" if name == "number" else "log_loss"
    paired = next(one for one in shifted if (one.target, one.name) == key)
    low, high = ends[(*key, "m")]
    assert paired.high - paired.low < 0.05 * (high - low)


def test_equal_predictions_and_few_rows_have_no_interval() -> None:
    encoding, output = encoding_of("two"), outputs_of("two")
    same = Resampling(encoding, TABLE.select(["two"]), {"m": output, "n": output}).differences(0.95)
    assert all((one.better_by, one.low, one.high) == (0, None, None) for one in same)
    nine = TABLE.select(["two"]).take(np.arange(9))
    few = Resampling(encoding, nine, {"m": output[:9]})
    assert few.resampled == {}
    assert few.ends(0.95)["two", "log_loss", "m"] == (None, None)


def test_of_many_rows_some_are_drawn_and_the_interval_is_that_of_all(monkeypatch: Any) -> None:
    many = np.tile(np.arange(N), 100)
    truth, output = TABLE.select(["number"]).take(many), outputs_of("number")[many]
    encoding = encoding_of("number")
    whole = Resampling(encoding, truth, {"m": output}).ends(0.95)["number", "mae", "m"]
    monkeypatch.setattr(module, "MOST_RESAMPLED", 1000)
    part = Resampling(encoding, truth, {"m": output})
    assert part.shrink == 0.5
    found = part.ends(0.95)["number", "mae", "m"]
    assert np.diff(found)[0] == pytest.approx(np.diff(whole)[0], rel=0.15)
    mean = np.abs(truth["number"].values - encoding.targets[0].decode(output)).mean()
    assert np.mean(found) == pytest.approx(mean, rel=0.02)


def test_intervals_hold_the_score_of_all_rows_about_as_often_as_they_say() -> None:
    encoding = encoding_of("number")
    random = np.random.default_rng(8)
    inside = 0
    for seed in range(200):
        y = random.normal(size=60)
        table = as_table({"number": y.tolist()})
        output = ((y + random.normal(size=60)) - encoding.targets[0].center)[:, None]
        output /= encoding.targets[0].scale
        free = TableEncoding("regression", (), (unclipped(encoding),))
        low, high = Resampling(free, table, {"m": output}, seed).ends(0.9)["number", "mae", "m"]
        inside += low <= math.sqrt(2 / math.pi) <= high
    assert 0.82 <= inside / 200 <= 0.95  # percentile intervals of 60 rows are a little short


def unclipped(encoding: TableEncoding) -> Any:
    return replace(encoding.targets[0], low=None, high=None)


def test_score_intervals_of_a_model_on_any_table() -> None:
    table = {"x": list(range(60)), "y": [2.0 * x + x % 7 for x in range(60)]}
    model = gn.train_table(table, "y", hidden=8, epochs=30, members=1, refit=False)
    found = gn.score_intervals(model, table)
    assert [(one.target, one.name) for one in found] == [("y", n) for n in ("rmse", "mae", "r2")]
    wanted = regression_scores(np.array(table["y"]), model.predict(table))
    for one in found:
        assert one.value == pytest.approx(wanted[one.name])
        assert one.low < one.value < one.high
    assert found == gn.score_intervals(model, table)
    for confidence in (0, 1, "0.9", math.nan):
        with pytest.raises(GlassnetError, match="confidence must be above 0 and below 1"):
            score_intervals(model, table, confidence=confidence)
    with pytest.raises(GlassnetError, match="lacks the target column 'y'"):
        score_intervals(model, {"x": [1.0, 2.0]})
