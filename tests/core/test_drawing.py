"""What is drawn at random: starting weights from NumPy's stream and R's, and dropout's masks."""

from typing import Any

import numpy as np
import pytest

from conftest import Engine
from glassnet.core.arrays import array_namespace
from glassnet.core.dropout import dropout_masks, threefry2x32
from glassnet.core.initializers import INITIALIZERS, initialize, uniform_stream
from glassnet.core.network import Network
from glassnet.errors import GlassnetError


def test_r_fills_the_first_matrix_row_by_row() -> None:
    network = Network([3, 4, 1], bias=False)
    start = initialize(network, "uniform", seed=1, rng="r")
    assert start.weights[0][0, 0] == 0.2655086631421
    assert start.weights[0][0].tolist() == uniform_stream(1, "r")(4).tolist()
    assert (
        np.concatenate([w.ravel() for w in start.weights]).tolist()
        == uniform_stream(1, "r")(16).tolist()
    )


def test_r_stream_beyond_one_block_and_for_negative_seeds() -> None:
    # R 4.2.2: set.seed(-7); x <- runif(1000); sprintf("%.17g", x[c(1, 1000)])
    x = uniform_stream(-7, "r")(1000)
    assert x[[0, 999]].tolist() == R_MINUS_7
    stream = uniform_stream(-7, "r")
    assert np.concatenate([stream(1), stream(700), stream(299)]).tolist() == x.tolist()


R_MINUS_7 = [0.32649485557340086, 0.78889958187937737]


@pytest.mark.parametrize("method", INITIALIZERS)
def test_intervals(method: str) -> None:
    network = Network([300, 200, 100])
    start = initialize(network, method, seed=3)
    expected = {
        "uniform": (0.5, 1 / 12),
        "glorot": (0, 2 / 500),
        "he": (0, 2 / 300),
        "lecun": (0, 1 / 300),
    }[method]
    w = start.weights[0]
    assert w.mean() == pytest.approx(expected[0], abs=4 * np.sqrt(expected[1] / w.size))
    assert w.var() == pytest.approx(expected[1], rel=0.02)
    assert not start.biases[0].any()
    again = initialize(network, method, seed=3, dtype="float32")
    assert again.weights[0].dtype == np.float32
    np.testing.assert_array_equal(again.weights[0], w.astype(np.float32))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dtype": "int32"}, "unknown dtype 'int32'"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"method": "xavier"}, "unknown method 'xavier'"),
        ({"rng": "R4"}, "unknown rng 'R4': did you mean 'r'"),
        ({"seed": -1}, "seed must be 0 or more"),
        ({"seed": 2**31, "rng": "r"}, "must fit R's integers"),
    ],
)
def test_refused(arguments: dict, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        initialize(Network([2, 1]), **arguments)


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [  # the known answers that Salmon et al. publish with Threefry-2x32, 20 rounds
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_known_answers(engine: Engine, key: tuple, counter: tuple, words: tuple) -> None:
    counters = [engine.asarray(np.array([c], np.uint32)) for c in counter]
    found = engine.call(lambda a, b: threefry2x32(array_namespace(a), key, a, b), *counters)
    assert [int(np.asarray(w)[0]) for w in found] == list(words)


def test_dropout_keeps_its_share_and_its_place(engine: Engine) -> None:
    xp = array_namespace(engine.asarray(np.zeros(1)))

    def masks_at(iteration: Any) -> Any:
        return dropout_masks(
            xp,
            (0.25, 0.0, 0.9),
            (3, 50, 4, 60, 2),
            400,
            key=(7, iteration),
            dtype=xp.float64,
        )

    masks = engine.call(masks_at, engine.asarray(np.array(12)))
    for mask, same in zip(
        masks, masks_at(12), strict=True
    ):  # a traced iteration draws what a plain one does
        np.testing.assert_array_equal(np.asarray(mask), np.asarray(same))
    first, second, third = map(np.asarray, masks)
    assert set(np.unique(first)) == {0.0, 1 / 0.75}
    assert (first > 0).mean() == pytest.approx(0.75, abs=0.01)
    assert (second == 1).all()
    assert (third > 0).mean() == pytest.approx(0.1, abs=0.01)
    fewer = np.asarray(
        dropout_masks(xp, (0.25, 0.0, 0.9), (3, 50, 4, 60, 2), 10, (7, 12), xp.float64)[0]
    )
    np.testing.assert_array_equal(fewer, first[:10])
    other = np.asarray(
        dropout_masks(xp, (0.25, 0.0, 0.9), (3, 50, 4, 60, 2), 400, (7, 13), xp.float64)[0]
    )
    assert 0.3 < (other == first).mean() < 0.75
    elsewhere = np.asarray(
        dropout_masks(xp, (0.25, 0.0, 0.9), (3, 50, 4, 60, 2), 400, (8, 12), xp.float64)[0]
    )
    assert 0.3 < (elsewhere == first).mean() < 0.75
    assert dropout_masks(xp, (0.0,), (3, 5, 2), 4, (0, 0), xp.float64) == ()
