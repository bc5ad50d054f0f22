"""The checker itself: finds the worst entry, sees kinks, is not fooled."""

import numpy as np
import pytest

from glassnet import check_gradient
from glassnet.errors import GlassnetError


def test_names_the_worst_entry() -> None:
    parameters = (np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    gradient = (2 * parameters[0], 2 * parameters[1] + [[0, 0], [1e-3, 0]])
    check = check_gradient(lambda p: sum((a**2).sum() for a in p), gradient, parameters)
    assert not check
    assert check.worst == "[1][1, 0]"
    assert (check.given, check.entries) == (6.001, 6)
    assert check.measured == pytest.approx(6, abs=1e-8)
    assert "WRONG" in str(check)


def test_many_entries_are_sampled_but_directions_cover_all() -> None:
    w = np.linspace(1, 2, 5000)
    gradient = 2 * w
    gradient[4321] += 1
    assert check_gradient(lambda w: (w**2).sum(), 2 * w, w, entries=5)
    assert not check_gradient(lambda w: (w**2).sum(), gradient, w, entries=5)


@pytest.mark.parametrize("size", [1e-15, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_small_large_and_shifted_losses_and_weights(size: float, shift: float) -> None:
    w = np.array([1.0, -2.0, 3.0])
    assert check_gradient(lambda w: size * (w**2).sum() + shift, 2 * size * w, w)
    if size * 1e6 > shift:
        assert not check_gradient(lambda w: size * (w**2).sum() + shift, 3 * size * w, w)
    assert check_gradient(lambda w: (w**2).sum(), 2e6 * w, 1e6 * w)


def test_many_weights_in_one_direction() -> None:
    w = np.linspace(-1, 1, 100_000)
    assert check_gradient(lambda w: np.sin(w.sum()), np.full_like(w, np.cos(w.sum())), w, entries=20)


def test_says_where_the_loss_has_a_kink() -> None:
    check = check_gradient(lambda w: abs(w[0]).sum(), [np.array([1.0])], [np.array([0.0])])
    assert not check
    assert "kink" in str(check)


def test_nan_is_never_right() -> None:
    assert not check_gradient(lambda w: (w**2).sum(), np.array([np.nan, 4.0]), np.array([1.0, 2.0]))
    assert not check_gradient(lambda w: np.nan, np.array([2.0, 4.0]), np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("gradient", "parameters", "message"),
    [
        ([np.ones(2)], [np.ones(2), np.ones(3)], "has 1 arrays, the parameters have 2"),
        ([np.ones((2, 1))], [np.ones((1, 2))], r"gradient of \[0\] has shape \(2, 1\), the parameter \(1, 2\)"),
        (np.ones(2, np.float32), np.ones(2, np.float32), "needs float64"),
    ],
)
def test_refused(gradient, parameters, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        check_gradient(lambda p: 0.0, gradient, parameters)
