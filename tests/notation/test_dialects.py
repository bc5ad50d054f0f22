"""Formulas as text, LaTeX and NumPy: read back and worked out again, they make the same number."""

import numpy as np
import pytest
from reading import evaluate, plain_text, worked_out

from glassnet.core.activations import ACTIVATIONS
from glassnet.core.losses import LOSSES
from glassnet.core.penalties import Penalty
from glassnet.notation.dialects import LATEX, NUMPY, TEXT
from glassnet.notation.expression import names_in, substitute, without_factor
from glassnet.notation.write import Dialect, Symbol, write
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

WITH_BRACKETS = [
    "-(a - y) - -z",
    "a - (y - z)",
    "a / (y * z)",
    "(a / y) * z",
    "(a - y)**2 / -z",
    "-a**2",
    "(a**y)**2",
    "a**(y**2)",
]


def formulas() -> list[str]:
    """Every formula of the tables, and some that need brackets."""
    found = [*Number.formulas.values(), *NumberTarget.formulas.values()]
    for activation in ACTIVATIONS.values():
        found += [activation.formula, activation.derivative_formula]
    for loss in LOSSES.values():
        found += [loss.formula, loss.derivative_formula, loss.stable_formula, loss.row_term]
    found += [Penalty.formula, Penalty.derivative_formula, *WITH_BRACKETS]
    return [formula for formula in dict.fromkeys(found) if formula]


def in_numbers(formula: str, dialect: Dialect, names: dict[str, float]) -> str:
    """The formula with each number in full; below zero it asks for brackets."""
    symbols = {name: Symbol(repr(value), value < 0) for name, value in names.items()}
    return write(formula, dialect, symbols)


@pytest.mark.parametrize("formula", formulas())
def test_every_dialect_says_what_the_formula_says(formula: str) -> None:
    random = np.random.default_rng(1)
    for _ in range(5):
        letters = ("z", "a", "y", "h", "s", "l", "g", "x", "p", "q", "u", "m", "w", "l1", "l2")
        values = random.uniform(0.1, 0.9, len(letters)).tolist()
        names = dict(zip(letters, values, strict=True))
        for sign in (1, -1):
            names["z"] *= sign
            expected = pytest.approx(worked_out(formula, **names), rel=1e-12)
            assert evaluate(in_numbers(formula, TEXT, names)) == expected
            assert evaluate(plain_text(in_numbers(formula, LATEX, names))) == expected
            assert eval(in_numbers(formula, NUMPY, names), {"np": np}) == expected


@pytest.mark.parametrize(
    ("formula", "text", "latex", "numpy"),
    [
        ("max(z, 0)", "max(z, 0)", r"\max\left(z, 0\right)", "np.maximum(z, 0)"),
        (
            "1 if a > 0 else 0",
            "1 if a > 0, else 0",
            r"\begin{cases} 1 & \text{if } a > 0 \\ 0 & \text{else} \end{cases}",
            "(a > 0)",
        ),
        ("2 * abs(a)**0.5", "2·abs(a)^0.5", r"2 \cdot \left|a\right|^{0.5}", "2 * np.abs(a)**0.5"),
        ("z if z >= 1 else -1", "z if z ≥ 1, else -1", None, "np.where(z >= 1, z, -1)"),
        ("2 * (1 if a > z else z)", "2·(1 if a > z, else z)", None, "2 * np.where(a > z, 1, z)"),
        (
            "sigmoid(z)",
            "sigmoid(z)",
            r"\operatorname{sigmoid}\left(z\right)",
            "(1 / (1 + np.exp(-(z))))",
        ),
    ],
)
def test_how_each_dialect_reads(formula: str, text: str, latex: str | None, numpy: str) -> None:
    names = {"z": Symbol("z"), "a": Symbol("a")}
    assert write(formula, TEXT, names) == text
    assert latex is None or write(formula, LATEX, names) == latex
    assert write(formula, NUMPY, names) == numpy


def test_digits_are_those_of_the_formulas_own_numbers() -> None:
    assert write("0.123456 * z", TEXT, {"z": Symbol("9.87654")}, digits=2) == "0.12·9.87654"


def test_expressions_changed() -> None:
    assert substitute("a * (da - m)", {"m": "x + y"}) == "a * (da - (x + y))"
    assert without_factor("a * s - y * s", "s") == "a - y"
    assert without_factor("a + s", "s") == "a + s"
    assert names_in("") == set()


def test_what_no_formula_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="Lambda"):
        write("lambda: 1", TEXT, {})
