"""Temperatures: the best one is found, goes into the weights, and leaves what is predicted."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from in_process import run
from scipy.optimize import minimize_scalar

import glassnet as gn
from glassnet.core.losses import LOSSES
from glassnet.models.ensemble import Member
from glassnet.recipe.calibrate import HIGHEST, PENALTY, calibrate, temperature
from glassnet.recipe.out_of_fold import OutOfFold

QUICK: dict[str, Any] = {"hidden": 16, "seed": 1, "holdout": 0}
TWO, MORE = LOSSES["binary_cross_entropy"], LOSSES["categorical_cross_entropy"]


def noisy(n_rows: int = 380, classes: int = 2) -> pd.DataFrame:
    """Classes that can be told in part; networks trained long on them are too certain.

    The folds are too small to choose an epoch.
    """
    random = np.random.default_rng(0)
    x = random.normal(size=(n_rows, 6))
    label = np.digitize(x[:, 0] + random.normal(size=n_rows), np.linspace(-0.7, 0.7, classes - 1))
    return pd.DataFrame(x, columns=list("abcdef")).assign(y=[f"k{k}" for k in label])


def too_certain(**options: Any) -> gn.Model:
    return gn.train_table(noisy(), "y", epochs=150, decay=0.0, **QUICK | options)


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("certainty", [0.3, 2.0, 6.0])
def test_no_other_temperature_has_a_smaller_loss(width: int, certainty: float) -> None:
    random = np.random.default_rng(4)
    logits = random.normal(size=(400, width))
    loss = TWO if width == 1 else MORE
    if width == 1:
        y = (random.random((400, 1)) < 1 / (1 + np.exp(-logits))).astype(float)
    else:
        y = np.eye(3)[np.argmax(logits + random.gumbel(size=(400, 3)), axis=1)]
    z, weight = certainty * logits, random.integers(1, 4, 400).astype(float)

    def penalised(log_t: float) -> float:
        value, _ = loss.value_and_derivative(z / np.exp(log_t), y)
        unit = weight * weight.sum() / (weight**2).sum()
        return float((unit[:, None] * value).sum() + PENALTY * log_t**2)

    best = minimize_scalar(penalised, bounds=(0, np.log(HIGHEST)), method="bounded")
    found = temperature(z, y, weight, loss)
    assert 1 <= found <= HIGHEST
    assert penalised(np.log(found)) <= penalised(best.x) + 1e-6
    assert (found == 1) == (certainty < 1)


def test_it_goes_into_the_members_and_leaves_what_is_predicted() -> None:
    frame = noisy()
    model = too_certain()
    (t,) = model.record.temperatures
    assert t > 1.1
    x = model.encoding.encode_array(frame.drop(columns="y").to_numpy())
    members = []
    for member in model.members:
        weights, biases = member.parameters
        parameters = gn.Parameters((*weights[:-1], weights[-1] * t), (*biases[:-1], biases[-1] * t))
        members.append(Member(member.network, parameters))
    before = gn.Model(model.encoding, tuple(members))
    z = before.pre_activations_of(x)
    np.testing.assert_allclose(model.pre_activations_of(x), z / t, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(model.predict(frame), before.predict(frame))


def test_probabilities_of_new_rows_are_better_for_it() -> None:
    """On rows like those trained on, by a model that is far too certain."""
    every = noisy(3380)
    frame, new = every[:380], every[380:]
    model = gn.train_table(frame, "y", epochs=150, decay=0.0, **QUICK)
    (t,) = model.record.temperatures
    p = model.predict_proba(new)[:, 1]
    before = 1 / (1 + ((1 - p) / p) ** t)
    second = (new["y"] == "k1").to_numpy()

    def log_loss(p: np.ndarray) -> float:
        return float(-np.log(np.where(second, p, 1 - p)).mean())

    assert log_loss(p) < log_loss(before) - 0.005


def test_each_of_several_targets_has_its_own() -> None:
    frame = noisy().assign(z=lambda f: np.where(f["b"] > 0, "u", "v"))
    model = gn.train_table(frame, ["y", "z"], epochs=100, decay=0.0, **QUICK)
    hard, easy = model.record.temperatures
    assert hard > easy >= 1


def test_of_the_rows_of_a_validation_all_is_taken() -> None:
    """By hand: three quarters of its logarithm where one member of several predicts a row."""
    model = too_certain(members=2)
    x = model.encoding.encode_array(noisy().drop(columns="y").to_numpy())
    random = np.random.default_rng(0)
    y = (random.random((380, 1)) < 0.5).astype(float)
    left_out = OutOfFold(10 * model.pre_activations_of(x), y, None, np.arange(380))
    whole, _ = calibrate(model, left_out, by_all_members=True)
    part, after = calibrate(model, left_out, by_all_members=False)
    t = temperature(left_out.z, y, np.ones(380), TWO)
    assert whole.record.temperatures == (t,)
    assert part.record.temperatures == (pytest.approx(t**0.75),)
    assert after is not None
    np.testing.assert_allclose(after.z, left_out.z / t**0.75)


@pytest.mark.parametrize(
    "options", [{"loss": "binary_focal"}, {"members": 1, "validation": 0}], ids=str
)
def test_what_stays_as_it_was_trained(options: dict[str, Any]) -> None:
    assert too_certain(**options).record.temperatures == ()


def test_a_file_keeps_it_and_show_says_it(folder: Path) -> None:
    model = too_certain()
    model.save("m")
    assert gn.load("m").record.temperatures == model.record.temperatures
    t = model.record.temperatures[0]
    assert f"Temperature, which the last weights are divided by: {t:.3g}" in run("show", "m").out
    text = gn.explain(model, noisy(), 3).text()  # every number of it is worked out from the weights
    assert f"{model.predict_proba(noisy())[3, 1]:.4g}"[:5] in text
