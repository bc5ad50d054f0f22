"""Packed rows: unfolded they are what was packed, and training on them is bitwise the same."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.training.packed import PackedRows, Ramp
from glassnet.training.run import Run, train

RAMPS = [Ramp(1, 4, 1.0, -1.0), Ramp(6, 3, 0.0, 0.0)]
N, D = 210, 10
NETWORK = gn.Network([D, 7, 2], "tanh", "softmax", "categorical_cross_entropy")


def rows(seed: int, n: int = N, dtype: str = "float32") -> np.ndarray:
    """N x D: plain inputs, four bins from 1 on, three categories of which there may be none."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, D)).astype(dtype)
    cell = random.uniform(-0.5, 4.5, n)
    x[:, 1:5] = np.clip(2 * (cell[:, None] - np.arange(4)) - 1, -1, 1)
    x[:, 6:9] = np.eye(4)[random.integers(0, 4, n)][:, :3]
    return x


def packed(x: np.ndarray) -> PackedRows:
    found = PackedRows.empty(len(x), D, RAMPS, x.dtype)
    for first in range(0, len(x), 64):
        assert found.fill(first, x[first : first + 64])
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_unfolded_they_are_what_was_packed(dtype: str) -> None:
    x = rows(0, dtype=dtype)
    small = packed(x)
    assert (small.shape, small.dtype, len(small)) == (x.shape, x.dtype, N)
    assert small.plain_at.tolist() == [0, 5, 9]
    assert small.plain.shape == (N, 3)
    assert small.index.shape == (N, 2)
    for chosen in (slice(None), slice(7, 90), [3, 3, 1], np.array([209, 0])):
        np.testing.assert_array_equal(small[chosen], x[chosen])
    np.testing.assert_array_equal(small[5], x[5])
    np.testing.assert_array_equal(np.asarray(small.take(np.array([9, 2]))), x[[9, 2]])
    np.testing.assert_array_equal(np.asarray(small, np.float64), x.astype(np.float64))


@pytest.mark.parametrize(("input_", "number"), [(3, 0.5), (7, 1.0)])
def test_what_is_no_ramp_is_not_packed(input_: int, number: float) -> None:
    x = rows(0)
    x[17, 1:5] = [1, 0.25, -1, -1]
    x[17, 6:9] = [1, 0, 0]
    assert PackedRows.empty(N, D, RAMPS, "float32").fill(0, x)
    x[17, input_] = number
    assert not PackedRows.empty(N, D, RAMPS, "float32").fill(0, x)


def trained(x: Any, validation: Any, dtype: str, **options: Any) -> Run:
    y = np.eye(2)[np.random.default_rng(1).integers(0, 2, len(x))]
    y_of_validation = np.eye(2)[np.arange(len(validation)) % 2]
    start = gn.initialize(NETWORK, seed=0, dtype=dtype)
    weight = np.linspace(0.5, 2, len(x))
    settings = {"epochs": 3, "sample_weight": weight, "validation": (validation, y_of_validation)}
    return train(NETWORK, start, x, y, **{**settings, **options, "warn": False})


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "options",
    [{"batch_size": 32}, {"batch_size": 1}, {}, {"shuffle": False, "batch_size": 50, "n_jobs": 2}],
)
def test_training_on_them_is_the_same_to_the_last_bit(
    engine: str, dtype: str, options: dict[str, Any]
) -> None:
    x, validation = rows(0, dtype=dtype), rows(2, 40, dtype)
    ours = trained(packed(x), packed(validation), dtype, engine=engine, **options)
    plain = trained(x, validation, dtype, engine=engine, **options)
    for a, b in zip(leaves(ours.parameters), leaves(plain.parameters), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(ours.history.loss, plain.history.loss)
    np.testing.assert_array_equal(ours.history.validation_loss, plain.history.validation_loss)


def test_faults_are_found_as_in_plain_rows() -> None:
    x = rows(0)
    x[8, 5] = np.nan
    with pytest.raises(GlassnetError, match="x holds nan in row 8, column 5"):
        trained(packed(x), rows(2, 40), "float32")
    few = PackedRows(4, [Ramp(0, 4, 1.0, -1.0)], *(np.zeros((N, k), "f4") for k in (0, 1, 1)))
    with pytest.raises(GlassnetError, match="but the network needs 10 columns"):
        trained(few, rows(2, 40), "float32")


def test_the_native_engine_checks_the_ramps() -> None:
    x = packed(rows(0))
    x.ramps = (Ramp(1, 4, 1.0, -1.0), Ramp(4, 3, 0.0, 0.0))
    with pytest.raises(ValueError, match="each input must be there once"):
        trained(x, rows(2, 40), "float32", engine="native")
    x.ramps = (Ramp(1, 4, 1.0, -1.0), Ramp(8, 3, 0.0, 0.0))
    with pytest.raises(ValueError, match="no such input"):
        trained(x, rows(2, 40), "float32", engine="native")
