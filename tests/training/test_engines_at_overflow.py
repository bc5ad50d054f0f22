"""Where numbers overflow, every engine goes on, or ends, as `core` does."""

import numpy as np
import pytest

import glassnet as gn
from conftest import in_ci
from glassnet.training.engines.native import NativeEngine
from glassnet.training.engines.registry import ENGINES

native = ENGINES["native"]
assert isinstance(native, NativeEngine)
pytestmark = pytest.mark.skipif(
    bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable()
)


@pytest.fixture(params=native.variants)
def variant(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(native, "variant", request.param)
    return request.param


@pytest.mark.parametrize("rows", [1, 3, 9])
def test_rows_that_fill_a_vector_never_decide(variant: str, rows: int) -> None:
    """They repeat the first row with the weight 0: their dropout masks must be its masks too.

    With masks of their own they overflow where no row does, and 0 times infinity is NaN.
    """
    network = gn.Network([40, 31, 1, 9], ["leaky_relu", "exponential"], loss="pinball:0.9")
    finite = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        x, y = random.normal(size=(rows, 40)) * 3e6, random.normal(size=(rows, 9))
        start = gn.initialize(network, seed=seed)
        losses = [
            gn.train(
                network, start, x, y, epochs=1, dropout=0.5, seed=0, engine=engine, warn=False
            ).history.loss[0]
            for engine in ("numpy", "native")
        ]
        assert np.isfinite(losses[0]) == np.isfinite(losses[1]), seed
        finite += bool(np.isfinite(losses[0]))
    assert finite >= 1


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_a_norm_that_float32_cannot_hold_clips_nothing(engine: str) -> None:
    network = gn.Network([2, 3, 1], "tanh")
    random = np.random.default_rng(0)
    x, y = random.normal(size=(8, 2)), random.normal(size=8)
    start = gn.initialize(network, dtype="float32")
    clipped = gn.train(network, start, x, y, epochs=3, clip=1e39, engine=engine)
    free = gn.train(network, start, x, y, epochs=3, engine=engine)
    np.testing.assert_array_equal(clipped.history.loss, free.history.loss)


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("penalty", [gn.Penalty(0.0, 1e-6), gn.Penalty(0.0, 0.0)])
def test_a_penalty_of_nothing_is_nothing_where_squares_overflow(
    engine: str, penalty: gn.Penalty
) -> None:
    network = gn.Network([2, 1], loss="sum_of_squares")
    parameters = gn.Parameters(
        (np.full((2, 1), 3e19, np.float32),), (np.zeros(1, np.float32),)
    )  # 3e19 squared is beyond float32
    run = gn.train(
        network,
        parameters,
        np.full((8, 2), 1e-20),
        np.zeros(8),
        epochs=1,
        penalty=penalty,
        engine=engine,
    )
    expected = 8 * 0.6**2 + penalty.l1 * 6e19
    np.testing.assert_allclose(run.history.loss, [expected], rtol=1e-6)
