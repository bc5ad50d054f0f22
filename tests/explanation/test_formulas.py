"""Every formula that can be shown, against `core`; and its notations, worked out again."""

from itertools import product

import numpy as np
import pytest
from reading import evaluate, plain_text, worked_out

import glassnet as gn
from conftest import SETTINGS_TRIED, targets
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.losses import LOSSES, find_loss
from glassnet.explanation.formulas import (
    ACTIVATION_FORMULAS,
    FOCAL_G,
    LOSS_FORMULAS,
    PIECE,
    SQUEEZED,
)
from glassnet.explanation.notation import in_latex, in_text

POINTS = (-30.0, -2.5, -1e-3, 0.3, 1.7, 20.0)


def test_every_activation_has_its_formula() -> None:
    assert list(ACTIVATION_FORMULAS) == list(ACTIVATIONS)
    for name, z in product(ACTIVATIONS, POINTS):
        row, at = ACTIVATIONS[name], np.array([[z]])
        a = row.value(at)
        assert worked_out(ACTIVATION_FORMULAS[name].value, z=z) == pytest.approx(
            float(a[0, 0]), rel=1e-10, abs=1e-12
        ), name
        slope = worked_out(ACTIVATION_FORMULAS[name].derivative, z=z, a=float(a[0, 0]))
        assert slope == pytest.approx(
            float(row.backward(at, a, np.ones_like(a))[0, 0]), rel=1e-9, abs=1e-12
        ), name


@pytest.mark.parametrize("loss", [*LOSSES, *SETTINGS_TRIED])
def test_every_loss_has_its_formulas(loss: str) -> None:
    found = find_loss(loss)
    formulas = LOSS_FORMULAS[loss.partition(":")[0]]
    random = np.random.default_rng(0)
    for z in random.normal(scale=2, size=(20, 3)):
        network = gn.Network([1, 3], output=found.output or "identity", loss=found)
        y = targets(network, random, 1)
        a = network.output.value(z[None, :])
        terms, slopes = found.each(a if found.output is None else z[None, :], y)
        h = found.setting or 0.0
        g = (
            [
                worked_out(FOCAL_G, a=float(p), y=float(t), h=h)
                for p, t in zip(a[0], y[0], strict=True)
            ]
            if "categorical_focal" in loss
            else [0.0] * 3
        )
        s = sum(g) if "focal" in loss else float(y.sum())
        log_sum = float(np.log(np.exp(z).sum()))
        for k in range(3):
            names = {
                "a": float(a[0, k]),
                "y": float(y[0, k]),
                "z": float(z[k]),
                "h": h,
                "s": s,
                "g": g[k],
                "l": log_sum,
            }
            assert worked_out(formulas.term, **names) == pytest.approx(
                float(terms[0, k]), rel=1e-9, abs=1e-12
            )
            assert worked_out(formulas.derivative, **names) == pytest.approx(
                float(slopes[0, k]), rel=1e-9, abs=1e-12
            )
            if formulas.saturated:
                assert worked_out(formulas.saturated, **names) == pytest.approx(
                    float(terms[0, k]), rel=1e-9, abs=1e-12
                )
    assert set(LOSS_FORMULAS) == set(LOSSES)


def formulas_shown() -> list[str]:
    parts = [
        part
        for row in (*ACTIVATION_FORMULAS.values(), *LOSS_FORMULAS.values())
        for part in row
        if part
    ]
    return [
        *parts,
        FOCAL_G,
        PIECE,
        SQUEEZED,
        "-(a - y) - -z",
        "a - (y - z)",
        "a / (y * z)",
        "(a / y) * z",
        "(a - y)**2 / -z",
        "-a**2",
        "(a**y)**2",
        "a**(y**2)",
    ]


@pytest.mark.parametrize("formula", formulas_shown())
def test_the_notation_says_what_the_formula_says(formula: str) -> None:
    random = np.random.default_rng(1)
    for _ in range(5):
        names = {
            name: float(value)
            for name, value in zip("zayhslgxpqu", random.uniform(0.1, 0.9, 11), strict=True)
        }
        for sign in (1, -1):
            names["z"] *= sign
            written = in_text(
                formula, {name: (repr(value), value < 0) for name, value in names.items()}
            )
            assert evaluate(written) == pytest.approx(worked_out(formula, **names), rel=1e-12), (
                written
            )
            latex = in_latex(
                formula, {name: (repr(value), value < 0) for name, value in names.items()}
            )
            assert evaluate(plain_text(latex)) == pytest.approx(
                worked_out(formula, **names), rel=1e-12
            ), latex
