"""The values of the losses: against scikit-learn's, reductions, settings."""

import dataclasses
import pickle

import numpy as np
import pytest
from sklearn import metrics

from conftest import Engine
from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import (
    LOSSES,
    Loss,
    binary_focal,
    categorical_focal,
    find_loss,
    huber,
    is_builtin,
    pinball,
)
from glassnet.errors import GlassnetError

random = np.random.default_rng(0)
Z = random.normal(size=(7, 3))
W = random.uniform(0.5, 2, size=7)
Y = random.normal(size=(7, 3))
ONE_HOT = np.eye(3)[random.integers(0, 3, size=7)]
BITS = random.integers(0, 2, size=(7, 3)).astype(float)
COUNTS = random.integers(0, 6, size=(7, 3)).astype(float)


def value(loss: str, y: np.ndarray, weights: np.ndarray | None = W) -> float:
    row = find_loss(loss)
    output = OUTPUTS[row.output or "identity"]
    return float(row(output, Z, output.value(Z), y, weights)[0])


def softmax(z: np.ndarray) -> np.ndarray:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def focal(p: np.ndarray, y: np.ndarray, gamma: float) -> np.ndarray:
    """Lin et al. 2017, eq. (4)."""
    return -y * (1 - p) ** gamma * np.log(p)


P = 1 / (1 + np.exp(-Z))
EXPECTED = {
    "sum_of_squares": (Y, np.sum(W[:, None] * (Y - Z) ** 2)),
    "mean_squared_error": (Y, metrics.mean_squared_error(Y, Z, sample_weight=W)),
    "half_mean_squared_error": (Y, metrics.mean_squared_error(Y, Z, sample_weight=W) / 2),
    "binary_cross_entropy": (
        BITS,
        sum(
            metrics.log_loss(BITS[:, k], 1 / (1 + np.exp(-Z[:, k])), sample_weight=W)
            for k in range(3)
        ),
    ),
    "categorical_cross_entropy": (ONE_HOT, metrics.log_loss(ONE_HOT, softmax(Z), sample_weight=W)),
    "poisson": (
        COUNTS,
        np.mean(
            [
                metrics.mean_poisson_deviance(COUNTS[:, k], np.exp(Z[:, k]), sample_weight=W) / 2
                for k in range(3)
            ]
        ),
    ),
    "mean_absolute_error": (Y, metrics.mean_absolute_error(Y, Z, sample_weight=W)),
    "pinball": (Y, metrics.mean_pinball_loss(Y, Z, sample_weight=W, alpha=0.5)),
    "pinball:0.9": (Y, metrics.mean_pinball_loss(Y, Z, sample_weight=W, alpha=0.9)),
    "huber": (
        Y,
        np.average(
            np.where(np.abs(Y - Z) <= 1, (Y - Z) ** 2 / 2, np.abs(Y - Z) - 0.5), axis=0, weights=W
        ).mean(),
    ),
    "huber:2": (
        Y,
        np.average(
            np.where(np.abs(Y - Z) <= 2, (Y - Z) ** 2 / 2, 2 * np.abs(Y - Z) - 2), axis=0, weights=W
        ).mean(),
    ),
    "binary_focal": (
        BITS,
        np.average((focal(P, BITS, 2) + focal(1 - P, 1 - BITS, 2)).sum(axis=1), weights=W),
    ),
    "binary_focal:3": (
        BITS,
        np.average((focal(P, BITS, 3) + focal(1 - P, 1 - BITS, 3)).sum(axis=1), weights=W),
    ),
    "categorical_focal": (
        ONE_HOT,
        np.average(focal(softmax(Z), ONE_HOT, 2).sum(axis=1), weights=W),
    ),
    "categorical_focal:0.5": (
        ONE_HOT,
        np.average(focal(softmax(Z), ONE_HOT, 0.5).sum(axis=1), weights=W),
    ),
}


@pytest.mark.parametrize("loss", EXPECTED)
def test_value_is_scikit_learns_or_the_published(loss: str) -> None:
    y, expected = EXPECTED[loss]
    assert value(loss, y) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_equal_weights_change_only_sums(loss: str) -> None:
    y = EXPECTED[loss][0]
    factor = 3 if LOSSES[loss].reduction == "sum" else 1
    assert value(loss, y, np.full(7, 3.0)) == pytest.approx(
        factor * value(loss, y, None), rel=1e-12
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_without_weight_counts_nothing(loss: str) -> None:
    assert value(loss, EXPECTED[loss][0], np.zeros(7)) == 0


def test_focal_losses_worked_by_hand(engine: Engine) -> None:
    # Odds of 3 to 1, so p = 3/4 and q = 1/4; gamma = 2; l = log(4/3) is -log p.
    #   target 1: q^2 l = l/16                      slope -q^2 (q + 2 p l) = -1/64 - 3/32 l
    #   target 0: p^2 log 4 = 9/16 log 4            slope  p^2 (p + 2 q log 4) = 27/64 + 9/32 log 4
    # The softmax of (log 3, 0) has the same p and q; one class gets the slope of the sigmoid, the
    # other its opposite.
    third, quarter = np.log(3), np.log(4)
    right, wrong = np.log(4 / 3) / 16, 9 / 16 * quarter
    slopes = [-1 / 64 - 3 / 32 * np.log(4 / 3), 27 / 64 + 9 / 32 * quarter]
    z, y = engine.asarray(np.array([[third], [third]])), engine.asarray(np.array([[1.0], [0.0]]))
    for found, expected in zip(
        engine.call(binary_focal().elementwise, z, y), ([right, wrong], slopes), strict=True
    ):
        np.testing.assert_allclose(np.asarray(found)[:, 0], expected, rtol=1e-14)
    z, y = engine.asarray(np.array([[third, 0.0]] * 2)), engine.asarray(np.eye(2))
    value, slope = map(np.asarray, engine.call(categorical_focal().elementwise, z, y))
    np.testing.assert_allclose(value, [[right, 0], [0, wrong]], rtol=1e-14)
    np.testing.assert_allclose(slope[:, 0], slopes, rtol=1e-14)
    np.testing.assert_allclose(slope[:, 1], [-slope for slope in slopes], rtol=1e-14)


@pytest.mark.parametrize(
    ("focal", "plain"),
    [(binary_focal, "binary_cross_entropy"), (categorical_focal, "categorical_cross_entropy")],
)
def test_without_focus_it_is_the_cross_entropy(focal, plain: str) -> None:
    y = np.random.default_rng(1).dirichlet(np.ones(3), size=7)  # soft targets
    for ours, theirs in zip(
        focal(1e-12).elementwise(Z, y), find_loss(plain).elementwise(Z, y), strict=True
    ):
        np.testing.assert_allclose(ours.sum(axis=1), theirs.sum(axis=1), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("gamma", [0.5, 1, 2])
@pytest.mark.parametrize("z", [-800.0, 800.0])
def test_focal_losses_are_stable_far_out(engine: Engine, z: float, gamma: float) -> None:
    """Where p reaches 0 and 1, also with powers below 1: a wrong row costs what cross-entropy makes
    of it, a right one nothing.
    """
    zs, y = engine.arrays((np.array([[z, -z, -z]]), np.array([[0.0, 1.0, 1.0]])))
    for made, size in ((binary_focal(gamma), 800.0), (categorical_focal(gamma), 1600.0)):
        value, slope = map(np.asarray, engine.call(made.elementwise, zs, y))
        wrong = z > 0
        if made.output == "sigmoid":
            np.testing.assert_allclose(value, [[size] * 3] if wrong else [[0.0] * 3], atol=1e-12)
            np.testing.assert_allclose(
                slope, [[1.0, -1.0, -1.0]] if wrong else [[0.0] * 3], atol=1e-12
            )
        elif wrong:
            np.testing.assert_allclose(value, [[0.0, size, size]], atol=1e-12)
            np.testing.assert_allclose(slope, [[2.0, -1.0, -1.0]], atol=1e-12)
        assert np.isfinite(value).all()
        assert np.isfinite(slope).all()


def test_focus_keeps_its_digits_where_p_is_nearly_1() -> None:
    """The power of 1 - p = e^-30, which 1 - (1 - e^-30) has only three digits of."""
    value, slope = categorical_focal(0.5).elementwise(
        np.array([[30.0, 0.0]]), np.array([[1.0, 0.0]])
    )
    q = np.exp(-30.0) / (1 + np.exp(-30.0))
    assert value[0, 0] == pytest.approx(-np.sqrt(q) * np.log1p(-q), rel=1e-14)
    assert slope[0, 0] == pytest.approx(-np.sqrt(q) * (q - 0.5 * (1 - q) * np.log1p(-q)), rel=1e-12)


def fourth(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (a - y) ** 4


def fourth_delta(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 4 * (a - y) ** 3


def test_an_own_loss_from_two_functions() -> None:
    own = Loss(value=fourth, delta=fourth_delta)
    assert (own.name, own.reduction) == ("fourth", "mean")
    assert Loss(value=lambda a, y: a, delta=fourth_delta).name == "custom"
    assert own == Loss(value=fourth, delta=fourth_delta) == pickle.loads(pickle.dumps(own))
    assert own != Loss(value=fourth, delta=fourth)
    for found, expected in zip(
        own.elementwise(Z, Y), (fourth(Z, Y), fourth_delta(Z, Y)), strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    summed = dataclasses.replace(own, reduction="sum")
    assert (summed.name, summed.reduction, summed.value_and_derivative) == (
        "fourth",
        "sum",
        own.value_and_derivative,
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"value": fourth},
        {"delta": fourth},
        {"value_and_derivative": fourth, "value": fourth, "delta": fourth},
        {"value_and_derivative": fourth, "delta": fourth},
    ],
)
def test_a_loss_is_one_function_or_two(given: dict) -> None:
    with pytest.raises(GlassnetError, match=r"write Loss\(value=f, delta=g\)"):
        Loss(**given)


def test_which_losses_are_ours() -> None:
    assert all(
        is_builtin(loss)
        for loss in (*LOSSES.values(), find_loss("huber:3"), pickle.loads(pickle.dumps(huber(3))))
    )
    assert all(is_builtin(dataclasses.replace(loss, reduction="sum")) for loss in LOSSES.values())
    assert not is_builtin(dataclasses.replace(huber(3), name="huber"))
    assert not is_builtin(dataclasses.replace(huber(3), value_and_derivative=fourth))
    assert not is_builtin(Loss(value=fourth, delta=fourth_delta, name="poisson"))
    assert not is_builtin(Loss(value=fourth, delta=fourth_delta))


def test_penalty_share() -> None:
    assert LOSSES["sum_of_squares"].penalty_scale(5, 20) == 0.25
    assert LOSSES["mean_squared_error"].penalty_scale(5, 20) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hubr", "did you mean 'huber'"),
        ("huber:x", "must be a number, as in 'huber:0.5'"),
        ("huber:-1", "must be a number between 0 and inf"),
        ("pinball:1.5", "must be a number between 0 and 1"),
        ("binary_focal:0", "must be a number between 0 and inf"),
        ("poisson:2", "takes no setting"),
    ],
)
def test_wrong_names(name: str, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        find_loss(name)


def test_names_with_settings_say_them() -> None:
    names = (
        "huber",
        "huber:1",
        "huber:2.5",
        "pinball:0.9",
        "binary_focal:2",
        "categorical_focal:0.5",
    )
    known = ("huber", "huber", "huber:2.5", "pinball:0.9", "binary_focal", "categorical_focal:0.5")
    assert tuple(find_loss(name).name for name in names) == known
    assert find_loss(huber(0.1234567891).name).setting == 0.1234567891


def test_unknown_reduction() -> None:
    with pytest.raises(GlassnetError, match="unknown reduction 'means': did you mean 'mean'"):
        Loss(value=fourth, delta=fourth_delta, reduction="means")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "make",
    [
        lambda: huber(-1),
        lambda: huber(float("nan")),
        lambda: pinball(2),
        lambda: binary_focal(0),
        lambda: categorical_focal(-1),
    ],
)
def test_settings_out_of_range(make) -> None:
    with pytest.raises(GlassnetError, match="must be a number between"):
        make()
