"""Every formula of an activation, a loss and the penalty against the function it stands beside."""

import math
from itertools import product

import numpy as np
import pytest
from reading import worked_out

import glassnet as gn
from conftest import SETTINGS_TRIED, targets
from glassnet.core.activations import ACTIVATIONS, OUTPUTS, Activation, Softmax
from glassnet.core.losses import LOSSES, Loss, find_loss
from glassnet.core.penalties import Penalty

POINTS = (-30.0, -2.5, -1e-3, 0.3, 1.7, 20.0)


@pytest.mark.parametrize(("name", "z"), list(product(ACTIVATIONS, POINTS)))
def test_an_activations_formulas_are_its_functions(name: str, z: float) -> None:
    activation, at = ACTIVATIONS[name], np.array([[z]])
    a = activation.value(at)
    value = worked_out(activation.formula, z=z)
    assert value == pytest.approx(float(a[0, 0]), rel=1e-10, abs=1e-12)
    derivative = worked_out(activation.derivative_formula, z=z, a=float(a[0, 0]))
    expected = float(activation.backward(at, a, np.ones_like(a))[0, 0])
    assert derivative == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_softmax_and_its_way_back() -> None:
    softmax = OUTPUTS["softmax"]
    assert isinstance(softmax, Softmax)
    z, da = np.array([[0.3, -1.2, 2.0]]), np.array([[0.5, 1.0, -2.0]])
    a = softmax.value(z)
    dz = softmax.backward(z, a, da)
    s = sum(worked_out(softmax.row_term, z=float(value)) for value in z[0])
    m = float((a * da).sum())
    for k in range(3):
        assert worked_out(softmax.formula, z=z[0, k], s=s) == pytest.approx(a[0, k], rel=1e-12)
        back = worked_out(softmax.backward_formula, a=a[0, k], da=da[0, k], m=m)
        assert back == pytest.approx(dz[0, k], rel=1e-12)


@pytest.mark.parametrize("name", [*LOSSES, *SETTINGS_TRIED])
def test_a_losss_formulas_are_its_functions(name: str) -> None:
    loss = find_loss(name)
    assert (loss.setting is None) == (loss.setting_name == "")
    random = np.random.default_rng(0)
    for z in random.normal(scale=2, size=(20, 3)):
        network = gn.Network([1, 3], output=loss.output or "identity", loss=loss)
        y = targets(network, random, 1)
        a = network.output.value(z[None, :])
        values, derivatives = loss.elementwise(a if loss.output is None else z[None, :], y)
        operands = [
            {"a": float(a[0, k]), "y": float(y[0, k]), "z": float(z[k]), "h": loss.setting}
            for k in range(3)
        ]
        g = [worked_out(loss.row_term or "0", **names) for names in operands]
        of_the_row = {"s": sum(g), "l": math.log(np.exp(z).sum())}
        for k, names in enumerate(operands):
            names |= {"g": g[k], **of_the_row}
            value, derivative = float(values[0, k]), float(derivatives[0, k])
            close = {"rel": 1e-9, "abs": 1e-12}
            assert worked_out(loss.formula, **names) == pytest.approx(value, **close)
            found = worked_out(loss.derivative_formula, **names)
            assert found == pytest.approx(derivative, **close)
            if loss.stable_formula:
                assert worked_out(loss.stable_formula, **names) == pytest.approx(value, **close)


def test_the_penaltys_formulas_are_its_function() -> None:
    penalty = Penalty(l2=0.3, l1=0.2)
    for w in (-1.5, 0.0, 0.4):
        value, derivative = penalty(np.array([[w]]))
        names = {"w": w, **penalty._asdict()}
        assert worked_out(penalty.formula, **names) == pytest.approx(float(value), rel=1e-12)
        found = worked_out(penalty.derivative_formula, **names)
        assert found == pytest.approx(float(derivative[0, 0]), rel=1e-12)


def test_a_custom_function_has_no_formula() -> None:
    activation = Activation("sigmoid", value=np.sin, derivative=np.cos)
    loss = Loss("huber", value=lambda a, y: (a - y) ** 4, delta=lambda a, y: 4 * (a - y) ** 3)
    assert (activation.formula, activation.derivative_formula) == ("", "")
    assert (loss.formula, loss.derivative_formula, loss.row_term) == ("", "", "")
