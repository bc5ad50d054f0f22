"""Every formula of an encoding step against what the encoding makes of a cell."""

import numpy as np
import pytest
from reading import worked_out

from glassnet.tables.columns import Column
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget

CELLS = (-40.0, -1.0, 0.25, 2.0, 3.5, 60.0)
CLOSE = {"rel": 1e-12, "abs": 1e-14}


@pytest.mark.parametrize("x", CELLS)
@pytest.mark.parametrize(("formula", "height"), [("bin", 1.0), ("low_bin", 0.125)])
def test_a_numbers_steps(x: float, formula: str, height: float) -> None:
    edges = (-2.0, 0.5, 3.0)
    number = Number(
        "x",
        1.5,
        2.5,
        smooth_clip=True,
        fill=1.5,
        indicator=True,
        bin_edges=edges,
        bin_height=height,
    )
    u, missing, *bins = number.encode(Column("x", "number", np.array([x])))[0]
    formulas = number.formulas
    centered = worked_out(formulas["center"], x=x, m=1.5)
    scaled = worked_out(formulas["scale"], u=centered, s=2.5)
    assert worked_out(formulas["smooth_clip"], u=scaled) == pytest.approx(u, **CLOSE)
    assert worked_out(formulas["missing"], x=x, q=None) == missing == 0
    for low, high, found in zip(edges[:-1], edges[1:], bins, strict=True):
        step = worked_out(formulas[formula], x=x, p=low, q=high, h=height)
        assert step == pytest.approx(found, **CLOSE)


def test_a_missing_number() -> None:
    number = Number("x", 0.0, 1.0, smooth_clip=False, fill=0.0, indicator=True)
    missing = number.encode(Column("x", "number", np.array([np.nan])))[0, 1]
    assert worked_out(number.formulas["missing"], x=None, q=None) == missing == 1


@pytest.mark.parametrize("x", ["a", "b", "c", None])
def test_categories(x: str | None) -> None:
    column = Column("x", "text", np.array([x], object))
    two = Binary("x", ("a", "b"), indicator=False)
    assert worked_out(two.formula, x=x, p="a", q="b") == two.encode(column)[0, 0]
    several = Categories("x", ("a", "b", "d"), indicator=False)
    encoded = several.encode(column)[0]
    for level, found in zip(several.levels, encoded, strict=True):
        assert worked_out(several.formula, x=x, q=level) == found


@pytest.mark.parametrize("y", CELLS)
def test_a_number_as_target(y: float) -> None:
    target = NumberTarget("y", center=1.5, scale=2.5, low=-3.0, high=9.0)
    column = Column("y", "number", np.array([y]))
    output = target.encode(column)
    constants = {"m": 1.5, "s": 2.5}
    assert worked_out(target.formulas["encode"], x=y, **constants) == pytest.approx(
        float(output[0, 0]), **CLOSE
    )
    back = worked_out(target.formulas["decode"], a=float(output[0, 0]), **constants)
    clipped = worked_out(target.formulas["clip"], x=back, p=-3.0, q=9.0)
    assert clipped == pytest.approx(float(target.decode(output)[0]), **CLOSE)


def test_classes_as_target() -> None:
    target = ClassTarget("y", ("a", "b", "c"))
    encoded = target.encode(Column("y", "text", np.array(["b"], object)))[0]
    for label, found in zip(target.labels, encoded, strict=True):
        assert worked_out(target.formulas["encode"], x="b", q=label) == found
    output = np.array([[0.2, 0.3, 0.1]])
    for a, found in zip(output[0], target.probabilities(output)[0], strict=True):
        assert worked_out(target.formulas["probability"], a=a, s=0.6) == pytest.approx(found)
    first, second = ClassTarget("y", ("a", "b")).probabilities(np.array([[0.3]]))[0]
    assert worked_out(target.formulas["first of two"], a=0.3) == first
    assert worked_out(target.formulas["second of two"], a=0.3) == second
    balanced = ClassTarget("y", ("a", "b", "c"), frequencies=(0.5, 0.4, 0.1))
    p = target.probabilities(output)
    over = [
        worked_out(target.formulas["over frequency"], p=one, f=frequency)
        for one, frequency in zip(p[0], balanced.frequencies, strict=True)
    ]
    assert balanced.decode(output) == balanced.labels[int(np.argmax(over))] == "c"
    assert target.decode(output) == "b"
