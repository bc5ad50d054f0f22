"""Every equation that is shown: "=" stands where it holds at the digits shown, "≈" where not."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from reading import evaluate, from_title, half_unit

import glassnet as gn
from glassnet import article
from glassnet.explanation.parts import Explanation, Operand
from glassnet.explanation.rounding import shown_equation, sign_of_sum

DATA = Path(__file__).parents[2] / "examples" / "data"
SIGN = re.compile(r" ([=≈]) ")
FUNCTIONS = "exp|log|sqrt|tanh|abs|sign|max|min|sigmoid|softplus|if|else|is|missing"
NUMERIC = re.compile(rf"(?:[\d\s.()+\-·/^,≤≥<>]|(?<=\d)e[+-]?\d+|\b(?:{FUNCTIONS})\b)+")
"""An equation's side that holds numbers alone."""


class Equation(NamedTuple):
    made: float
    sign: str
    value: str
    line: str


def equations(text: str) -> Iterator[Equation]:
    """Every equation of numbers in the text, and every sum of what its lines add up."""
    arithmetic = from_title(text)
    addends: list[float] = []
    for line in arithmetic.splitlines()[1:]:
        shown = line.strip().split("   ")[0].strip()
        parts = SIGN.split(f" {shown}")
        goes_on = shown.startswith("+ ")
        if shown[:2] in ("= ", "≈ "):
            yield Equation(math.fsum(addends), shown[0], shown[2:], line)
            addends = []
            continue
        expression = parts[-3].strip().removeprefix("+ ") if len(parts) > 2 else ""
        if NUMERIC.fullmatch(expression) and re.search(r"\d", expression):
            yield Equation(float(evaluate(expression)), parts[-2], parts[-1], line)
        if not goes_on:
            addends = []
        last = parts[-1].strip().removeprefix("+ ").strip("()")
        if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", last):
            addends.append(float(last))


def explanations() -> Iterator[tuple[str, Explanation]]:
    network = article.article_network()
    start = gn.initialize(network, "uniform", seed=1, rng="r")
    rows = [list(row) for row in article.X]
    every: dict[str, Any] = {"backward": True, "nodes": "all"}
    yield "demo", gn.explain((network, start), rows, [1, 3], y=list(article.Y), **every)
    quick: dict[str, Any] = {"hidden": (4, 3), "members": 2, "epochs": 3}
    penguins = gn.train_table(DATA / "penguins.csv", "species", **quick)
    yield "penguins", gn.explain(penguins, DATA / "penguins.csv", [3, 8], **every)
    cars = gn.train_table(DATA / "cars.csv", "miles_per_gallon", **quick)
    yield "cars", gn.explain(cars, DATA / "cars.csv", [32], backward=True)
    sure = gn.Network([1, 1], loss="binary_cross_entropy")
    steep = gn.Parameters((np.array([[15.25]]),), (np.zeros(1),))
    yield "sure", gn.explain((sure, steep), [[1.0]], y=[1.0], backward=True)


@pytest.fixture(scope="module", params=list(range(4)))
def explained(request: pytest.FixtureRequest) -> Explanation:
    return list(explanations())[request.param][1]


@pytest.mark.parametrize("digits", [2, 4, 9])
def test_equal_stands_where_it_holds_and_only_there(explained: Explanation, digits: int) -> None:
    signs: set[str] = set()
    for made, sign, value, line in equations(explained.text(digits, width=None)):
        is_whole = re.fullmatch(r"-?\d+", value) and len(value.lstrip("-")) >= digits
        unit = 0.5 if is_whole else half_unit(value, digits)
        off = abs(made - float(value))
        nearly_half = abs(off - unit) <= 1e-9 * unit + 1e-13 * max(1, abs(made))
        assert nearly_half or (off <= unit) == (sign == "="), line
        signs.add(sign)
    assert "=" in signs


def test_more_digits_where_rounding_would_leave_nothing() -> None:
    sure = dict(explanations())["sure"]
    line = next(line for line in sure.text(3, width=None).splitlines() if "e1 = " in line)
    found = re.search(r"log\((0\.9999+\d*)\).* [=≈] (\S+)", line)
    assert found, line
    assert -math.log(float(found[1])) == pytest.approx(float(found[2]), rel=0.05)


@pytest.mark.parametrize(
    ("left", "right", "digits", "sign"),
    [(1.0, 1 / 3, 3, "="), (2 / 3, 2 / 3, 3, "≈"), (0.25, 1.149, 4, "="), (0.0, 1 / 3, 2, "=")],
)
def test_the_sign_of_a_product(left: float, right: float, digits: int, sign: str) -> None:
    operands = {"p": Operand("", left), "q": Operand("", right)}
    assert shown_equation("p * q", operands, left * right, digits) == (digits, sign)


def test_the_sign_of_a_sum() -> None:
    assert sign_of_sum([1 / 3, 1 / 3], 2 / 3, 3) == "≈"
    assert sign_of_sum([0.25, 0.5], 0.75, 3) == "="
