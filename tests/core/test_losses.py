"""The values of the losses: against scikit-learn's, reductions, settings."""

import numpy as np
import pytest
from sklearn import metrics

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import LOSSES, find_loss, huber, pinball
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


EXPECTED = {
    "sum_of_squares": (Y, np.sum(W[:, None] * (Y - Z) ** 2)),
    "mean_squared_error": (Y, metrics.mean_squared_error(Y, Z, sample_weight=W)),
    "half_mean_squared_error": (Y, metrics.mean_squared_error(Y, Z, sample_weight=W) / 2),
    "binary_cross_entropy": (
        BITS,
        sum(metrics.log_loss(BITS[:, k], 1 / (1 + np.exp(-Z[:, k])), sample_weight=W) for k in range(3)),
    ),
    "categorical_cross_entropy": (ONE_HOT, metrics.log_loss(ONE_HOT, softmax(Z), sample_weight=W)),
    "poisson": (
        COUNTS,
        np.mean([metrics.mean_poisson_deviance(COUNTS[:, k], np.exp(Z[:, k]), sample_weight=W) / 2 for k in range(3)]),
    ),
    "mean_absolute_error": (Y, metrics.mean_absolute_error(Y, Z, sample_weight=W)),
    "pinball": (Y, metrics.mean_pinball_loss(Y, Z, sample_weight=W, alpha=0.5)),
    "pinball:0.9": (Y, metrics.mean_pinball_loss(Y, Z, sample_weight=W, alpha=0.9)),
    "huber": (Y, np.average(np.where(np.abs(Y - Z) <= 1, (Y - Z) ** 2 / 2, np.abs(Y - Z) - 0.5), axis=0, weights=W).mean()),
    "huber:2": (Y, np.average(np.where(np.abs(Y - Z) <= 2, (Y - Z) ** 2 / 2, 2 * np.abs(Y - Z) - 2), axis=0, weights=W).mean()),
}


@pytest.mark.parametrize("loss", [*LOSSES, "pinball:0.9", "huber:2"])
def test_value_is_scikit_learns(loss: str) -> None:
    y, expected = EXPECTED[loss]
    assert value(loss, y) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_equal_weights_change_only_sums(loss: str) -> None:
    y = EXPECTED[loss][0]
    factor = 3 if LOSSES[loss].reduction == "sum" else 1
    assert value(loss, y, np.full(7, 3.0)) == pytest.approx(factor * value(loss, y, None), rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_without_weight_counts_nothing(loss: str) -> None:
    assert value(loss, EXPECTED[loss][0], np.zeros(7)) == 0


def test_penalty_share() -> None:
    assert LOSSES["sum_of_squares"].penalty_share(5, 20) == 0.25
    assert LOSSES["mean_squared_error"].penalty_share(5, 20) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hubr", "did you mean 'huber'"),
        ("huber:x", "must be a number, as in 'huber:0.5'"),
        ("huber:-1", "must be a number between 0 and inf"),
        ("pinball:1.5", "must be a number between 0 and 1"),
        ("poisson:2", "takes no setting"),
    ],
)
def test_wrong_names(name: str, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        find_loss(name)


def test_names_with_settings_say_them() -> None:
    assert [find_loss(n).name for n in ("huber", "huber:1", "huber:2.5", "pinball:0.9")] == [
        "huber",
        "huber",
        "huber:2.5",
        "pinball:0.9",
    ]
    assert find_loss(huber(0.1234567891).name).setting == 0.1234567891


@pytest.mark.parametrize("make", [lambda: huber(-1), lambda: huber(float("nan")), lambda: pinball(2)])
def test_settings_out_of_range(make) -> None:
    with pytest.raises(GlassnetError, match="must be a number between"):
        make()
