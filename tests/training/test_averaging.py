"""The moving average of the parameters: against the path of the run, taken by hand."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import Parameters, leaves
from glassnet.training.engines.registry import ENGINES

RANDOM = np.random.default_rng(8)
X, XV = RANDOM.normal(size=(40, 3)), RANDOM.normal(size=(20, 3))
Y, YV = np.sin(2 * X[:, :1]) + X[:, 1:2], np.sin(2 * XV[:, :1]) + XV[:, 1:2]
NETWORK = gn.Network([3, 8, 1], "tanh")
START = gn.initialize(NETWORK, seed=2)
AVAILABLE = [name for name, engine in ENGINES.items() if not engine.why_unavailable()]


def train(average: float | None, **options: Any) -> gn.Run:
    settings: dict[str, Any] = {"epochs": 12, "batch_size": 8, "optimizer": gn.Adam(0.03)}
    return gn.train(NETWORK, START, X, Y, average=average, **{**settings, **options})


def averages(run: gn.Run, step: int, fraction: float) -> dict[int, list[np.ndarray]]:
    """Epoch -> the average then: the last of these parameters count `fraction`, or as in a mean."""
    path = {epoch: leaves(parameters) for epoch, parameters in run.path}
    found: dict[int, list[np.ndarray]] = {}
    now: list[np.ndarray] = []
    for epoch in sorted(path):
        if epoch == 0 or (epoch % step and epoch != max(path)):
            continue
        k = max(fraction, 1 / (len(found) + 1))
        now = [(1 - k) * a + k * w for a, w in zip(now or path[epoch], path[epoch], strict=True)]
        found[epoch] = now
    return found


@pytest.mark.parametrize("engine", AVAILABLE)
@pytest.mark.parametrize(
    ("epochs", "average", "step", "fraction"),
    # It remembers 3 of 12 epochs; 15 of 61, to which every third is added, and the last.
    [(12, 0.25, 1, 1 / 3), (61, 15 / 61, 3, 1 / 5), (4, 0.1, 1, 1.0)],
)
def test_without_validation_the_average_is_kept(
    engine: str, epochs: int, average: float, step: int, fraction: float
) -> None:
    options: dict[str, Any] = {"engine": engine, "epochs": epochs}
    plain = train(None, path_points=epochs + 1, **options)
    run = train(average, **options)
    expected = averages(plain, step, fraction)[epochs]
    for ours, theirs in zip(leaves(run.parameters), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)
    np.testing.assert_array_equal(run.history.loss, plain.history.loss)
    assert run.best_epoch == epochs


@pytest.mark.parametrize("rate", [0.1, 0.001])
def test_with_validation_the_better_of_both_is_kept(rate: float) -> None:
    options: dict[str, Any] = {"validation": (XV, YV), "optimizer": gn.Adam(rate), "epochs": 20}
    plain = train(None, path_points=21, **options)
    run = train(0.1, **options)
    losses = plain.history.validation_loss.copy()
    kept = {epoch: leaves(parameters) for epoch, parameters in plain.path}
    for epoch, arrays in averages(plain, 1, 0.5).items():
        parameters = Parameters(tuple(arrays[:2]), tuple(arrays[2:]))
        loss = np.mean((gn.feedforward(NETWORK, parameters, XV).output - YV) ** 2)
        if loss < losses[epoch - 1]:
            losses[epoch - 1], kept[epoch] = loss, tuple(arrays)
    np.testing.assert_allclose(run.history.validation_loss, losses, rtol=1e-10)
    assert run.best_epoch == np.argmin(losses) + 1
    for ours, theirs in zip(leaves(run.parameters), kept[run.best_epoch], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)
    # At the high rate the average is better; at the low one it only lags behind.
    assert (losses.min() < plain.history.validation_loss.min()) == (rate == 0.1)


def test_no_chunk_changes_it() -> None:
    one, other = (train(0.5, epochs=30, chunk_epochs=chunk) for chunk in (None, 7))
    for a, b in zip(leaves(one.parameters), leaves(other.parameters), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_probability_is_validated_by_the_networks_loss() -> None:
    network = gn.Network([3, 8, 3], loss="categorical_cross_entropy")
    y, yv = (np.eye(3)[(x[:, 0] > 0) + (x[:, 1] > 0).astype(int)] for x in (X, XV))
    start = gn.initialize(network, seed=1)
    settings: dict[str, Any] = {
        "validation": (XV, yv, np.arange(20) % 3),
        "epochs": 5,
        "optimizer": gn.GradientDescent(1e-9),
    }
    plain = gn.train(network, start, X, y, **settings)
    run = gn.train(network, start, X, y, average=1.0, **settings)
    np.testing.assert_allclose(  # hardly a step: the average is the parameters
        run.history.validation_loss, plain.history.validation_loss, rtol=1e-7
    )


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
def test_a_run_that_goes_astray_keeps_what_it_would_without() -> None:
    options: dict[str, Any] = {"optimizer": gn.GradientDescent(1e6), "epochs": 40}
    plain, run = train(None, **options), train(0.1, **options)
    assert run.ended == plain.ended == "not_finite" or run.ended == "diverged"
    for a, b in zip(leaves(run.parameters), leaves(plain.parameters), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("average", [0, -0.1, float("nan"), "some", float("inf")])
def test_refused(average: Any) -> None:
    with pytest.raises(gn.GlassnetError, match="average must be a (positive )?number"):
        train(average)
