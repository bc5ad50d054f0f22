"""Intervals and sets from residuals that are given: by hand, in files, in columns, refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_models import INPUTS, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError, GlassnetWarning, OptionError
from glassnet.models.conformal import LocalScale, Residuals
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Number
from glassnet.tables.targets import ClassTarget, NumberTarget

UPWARDS = np.arange(1.0, 20.0)  # 19 residuals


def with_residuals(model: gn.Model, values: np.ndarray) -> gn.Model:
    """A model for numbers, the scale of whose residuals is exp(x w + 0.1)."""
    D = len(model.encoding.features)
    scale = LocalScale(np.linspace(-0.2, 0.3, D), 0.1, -1.0, 1.0)
    return replace(model, residuals=(Residuals(values, scale),) * len(model.encoding.targets))


@pytest.mark.parametrize(
    ("count", "coverage", "expected"),
    [
        (19, 0.9, (1, 19)),  # the ceil(0.95 * 20) = 19th from either side
        (19, 0.5, (5, 15)),  # the ceil(0.75 * 20) = 15th
        (18, 0.9, (-np.inf, np.inf)),  # ceil(0.95 * 19) = 19 of 18
        (9, 0.8, (1, 9)),
        (1, 0.9, (-np.inf, np.inf)),
    ],
)
def test_the_rank_on_either_side(count: int, coverage: float, expected: tuple) -> None:
    assert Residuals(UPWARDS[:count]).bounds(coverage) == expected


@pytest.mark.parametrize(
    ("count", "coverage", "expected"), [(9, 0.9, 9), (8, 0.9, np.inf), (19, 0.5, 10)]
)
def test_the_rank_of_a_set(count: int, coverage: float, expected: float) -> None:
    assert Residuals(UPWARDS[:count]).largest(coverage) == expected


def test_a_new_residual_lies_between_as_often_as_asked() -> None:
    """Of 39 and a new one of the same kind: between the 2nd and the 38th in 36 of 40 cases."""
    random = np.random.default_rng(5)
    drawn = random.exponential(size=(4000, 40))
    inside = 0
    for *known, new in drawn:
        low, high = Residuals(np.sort(known)).bounds(0.9)
        inside += low <= new <= high
    deviation = np.sqrt(4000 * 0.9 * 0.1)
    assert abs(inside - 4000 * 0.9) < 4 * deviation


def test_an_interval_by_hand() -> None:
    model = with_residuals(plain_model([2, 3, 1]), np.array([-2.0, -1.0, 3.0]))
    x = np.array([[1.0, 2.0], [40.0, -30.0]])
    scale = np.exp([-0.2 + 0.6 + 0.1, -1.0])  # the second row's -16.9 is held to -1
    low, high = model.predict_interval({"x1": x[:, 0], "x2": x[:, 1]}, 0.5).T
    prediction = model.predict({"x1": x[:, 0], "x2": x[:, 1]})
    np.testing.assert_allclose(low, prediction - 2 * scale)
    np.testing.assert_allclose(high, prediction + 3 * scale)


def test_intervals_are_not_held_to_the_range_of_the_predictions() -> None:
    """A true number beyond all that were trained on is as likely as its rank says."""
    model = small_model("price")
    target = NumberTarget("price", 80.0, 15.0, 79.0, 81.0)
    model = replace(model, encoding=replace(model.encoding, targets=(target,)))
    low, high = with_residuals(model, UPWARDS - 10).predict_interval(INPUTS).T
    assert (low < 79).all()
    assert (high > 81).all()


def test_intervals_of_counts_do_not_go_below_zero() -> None:
    model = with_residuals(plain_model([2, 3, 1], loss="poisson"), UPWARDS - 10)
    low, high = model.predict_interval(np.ones((3, 2))).T
    assert (low == 0).all()
    assert (high > model.predict(np.ones((3, 2)))).all()


def test_a_set_by_hand() -> None:
    """Classes of a probability of at least 1 - 0.6, and the likeliest."""
    model = replace(small_model("kind"), residuals=(Residuals(np.array([0.1, 0.2, 0.6])),))
    p = model.predict_proba(INPUTS)
    chosen = model.predict_set(INPUTS, 0.7)
    np.testing.assert_array_equal(chosen, (1 - p <= 0.6) | (p == p.max(axis=1, keepdims=True)))
    assert set(chosen.sum(axis=1)) >= {1, 2}
    texts = model.predict_columns(INPUTS, label_set=0.7)["set"]
    labels = np.array(["a", "b", "c"])
    assert texts == ["|".join(labels[row]) for row in chosen]


def test_the_class_that_a_threshold_predicts_is_in_the_set() -> None:
    model = replace(small_model("sold"), residuals=(Residuals(np.full(20, 0.1)),))
    rare = model.with_threshold(0.2)
    predicted = (rare.predict(INPUTS) == "yes").astype(int)
    chosen = rare.predict_set(INPUTS)
    assert chosen[np.arange(len(predicted)), predicted].all()
    p = model.predict_proba(INPUTS)[:, 1]
    np.testing.assert_array_equal(chosen.all(axis=1), (p >= 0.2) & (p <= 0.5))
    assert chosen.all(axis=1).any()


def test_several_targets_have_columns_of_their_own() -> None:
    model = with_residuals(plain_model([2, 3, 2]), UPWARDS - 10)
    rows = {"x1": [0.5, 1.0], "x2": [1.0, -1.0]}
    columns = model.predict_columns(rows, interval=0.9)
    assert list(columns) == [
        *("prediction_y1", "low_y1", "high_y1", "prediction_y2", "low_y2", "high_y2")
    ]
    ends = model.predict_interval(rows)
    assert ends.shape == (2, 2, 2)
    assert columns["high_y2"] == ends[:, 1, 1].tolist()
    assert columns["low_y1"] == ends[:, 0, 0].tolist()


def test_of_several_targets_each_has_its_set() -> None:
    plain = plain_model([2, 3, 2], loss="binary_cross_entropy")
    targets = ClassTarget("u", ("no", "yes")), ClassTarget("v", ("no", "yes"))
    encoding = TableEncoding("binary", plain.encoding.inputs, targets)
    residuals = Residuals(np.full(20, 0.45)), Residuals(np.full(20, 0.9))
    model = replace(plain, encoding=encoding, residuals=residuals)
    rows = {"x1": [0.5, 1.0, -3.0], "x2": [1.0, -1.0, 2.0]}
    chosen = model.predict_set(rows)
    assert chosen.shape == (3, 2, 2)
    second = np.stack([1 - model.predict_proba(rows), model.predict_proba(rows)], axis=2)
    np.testing.assert_array_equal(chosen[:, 0], second[:, 0] > 0.5)  # 0.55 or more, or the likelier
    np.testing.assert_array_equal(chosen[:, 1], second[:, 1] >= 0.1 - 1e-12)
    assert list(model.predict_columns(rows, label_set=0.9))[:2] == ["prediction_u", "set_u"]


@pytest.mark.parametrize("target", ["price", "kind"])
def test_a_file_keeps_them(target: str, folder: Path) -> None:
    model = small_model(target, members=2)
    if target == "price":
        model = with_residuals(model, UPWARDS - 10)
        model.save("m")
        again = gn.load("m")
        np.testing.assert_array_equal(
            again.predict_interval(INPUTS), model.predict_interval(INPUTS)
        )
    else:
        model = replace(model, residuals=(Residuals(np.linspace(0, 1, 19)),))
        model.save("m")
        again = gn.load("m")
        np.testing.assert_array_equal(again.predict_set(INPUTS), model.predict_set(INPUTS))


def test_equal_models_have_equal_intervals() -> None:
    model = with_residuals(small_model("price", members=3), UPWARDS - 10)
    expected = model.predict_interval(INPUTS)
    np.testing.assert_allclose(model.joined().predict_interval(INPUTS), expected, rtol=1e-12)
    assert not model.member(1).residuals
    assert not model.joined().with_parameters(model.joined().parameters).residuals


def test_folding_keeps_them() -> None:
    plain = plain_model([2, 3, 1])
    inputs = tuple(
        Number(name, center, scale, smooth_clip=False, fill=0.0, indicator=False)
        for name, center, scale in (("x1", 10.0, 4.0), ("x2", -3.0, 0.5))
    )
    encoding = replace(
        plain.encoding, inputs=inputs, targets=(NumberTarget("y", 50.0, 20.0, None, None),)
    )
    model = with_residuals(replace(plain, encoding=encoding), UPWARDS - 10)
    rows = {"x1": [9.0, 12.0, 30.0], "x2": [-3.0, -2.5, 0.0]}
    expected = model.predict_interval(rows)
    assert len(set((expected[:, 1] - expected[:, 0]).round(6))) == 3
    np.testing.assert_allclose(model.fold().predict_interval(rows), expected, rtol=1e-12)


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 1.5, "0.9", float("nan"), None])
def test_what_is_no_coverage(coverage: object) -> None:
    model = with_residuals(small_model("price"), UPWARDS)
    with pytest.raises(OptionError, match="coverage must be above 0 and below 1, got"):
        model.predict_interval(INPUTS, coverage)  # pyright: ignore[reportArgumentType]


def test_what_has_no_intervals_and_no_sets() -> None:
    numbers = with_residuals(small_model("price"), UPWARDS)
    classes = replace(small_model("kind"), residuals=(Residuals(np.linspace(0, 1, 19)),))
    with pytest.raises(GlassnetError, match="predicts classes, but intervals are of numbers"):
        classes.predict_interval(INPUTS)
    with pytest.raises(GlassnetError, match="predicts numbers, but sets are of classes"):
        numbers.predict_columns(INPUTS, label_set=0.9)
    for ask in (small_model("price").predict_interval, small_model("kind").predict_set):
        with pytest.raises(GlassnetError, match="knows no residuals .* several members, or valid"):
            ask(INPUTS)


def test_too_few_residuals_leave_nothing_out() -> None:
    numbers = with_residuals(small_model("price"), UPWARDS[:18])
    said = "target 'price': for a coverage of 0.9 residuals of 19 rows are needed, and 18 are known"
    with pytest.warns(GlassnetWarning, match=f"{said}: every interval is infinite"):
        ends = numbers.predict_interval(INPUTS)
    assert (ends == [-np.inf, np.inf]).all()
    classes = replace(small_model("kind"), residuals=(Residuals(np.full(8, 0.1)),))
    with pytest.warns(GlassnetWarning, match="of 9 rows .* 8 are known: every set holds every cl"):
        assert classes.predict_set(INPUTS).all()
