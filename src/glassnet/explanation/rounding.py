"""Whether an equation holds with the digits that are shown, and how many its numbers need.

Numbers are shown with so many digits, and what they make is shown with so many too: that is not
always what the shown ones make. Where it is not, "≈" stands in place of "=", and where rounding
would leave nothing of the result (the logarithm of what is shown as 1), more digits are shown.
"""

import ast
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.explanation.parts import Operand
from glassnet.notation.expression import evaluate, parse
from glassnet.notation.numerals import MOST_DIGITS, Value, numeral

EQUAL = "="
ROUNDED = "≈"
FAR_OFF = 0.05  # of the result: numbers whose rounding moves it by more get more digits
NOISE = 1e-12  # of the numbers: a result so much smaller is itself rounding of the computer's
FLOAT64_ERROR = 2e-15  # of the numbers: what arithmetic in float64 may differ by


class Shown(NamedTuple):
    """With how many digits the numbers of an equation are shown, and the sign before its result."""

    digits: int
    sign: str


def shown_equation(
    formula: str, operands: Mapping[str, Operand], value: Value, digits: int
) -> Shown:
    """How "formula with numbers = value" is shown with so many digits of the value.

    >>> shown_equation("-log(a)", {"a": Operand("a1", 0.99999976)}, 2.4e-07, 4)
    Shown(digits=8, sign='=')
    >>> shown_equation("p * q", {"p": Operand("", 1.0), "q": Operand("", 1 / 3)}, 1 / 3, 3)
    Shown(digits=3, sign='=')
    """
    if not formula or not isinstance(value, float):
        return Shown(digits, EQUAL)
    numbers = [abs(o.value) for o in operands.values() if isinstance(o.value, float)]
    size = max(numbers, default=0.0)
    made = _made(formula, operands, digits)
    needed = digits
    if abs(value) > NOISE * size:  # below, `made` is NaN where rounding makes it 0 / 0
        while not abs(made - value) <= FAR_OFF * abs(value) and needed < MOST_DIGITS:
            needed += 1
            made = _made(formula, operands, needed)
    return Shown(needed, EQUAL if _holds(made, value, digits, size) else ROUNDED)


def sign_of_sum(addends: Sequence[float], value: float, digits: int) -> str:
    """The sign before a sum whose addends are shown with so many digits."""
    shown = [float(numeral(addend, digits)) for addend in addends]
    size = max(map(abs, addends), default=0.0)
    return EQUAL if _holds(math.fsum(shown), value, digits, size) else ROUNDED


def _made(formula: str, operands: Mapping[str, Operand], digits: int) -> float:
    """What the formula makes of its numbers as they are shown."""
    values = {name: _rounded(operand.value, digits) for name, operand in operands.items()}
    tree = _RoundNumbers(digits).visit(ast.parse(ast.unparse(parse(formula)), mode="eval"))
    with np.errstate(all="ignore"):
        try:
            return float(evaluate(ast.unparse(tree), **values))
        except ZeroDivisionError:
            return math.nan


def _rounded(value: Value, digits: int) -> Value:
    return float(numeral(value, digits)) if isinstance(value, float) else value


class _RoundNumbers(ast.NodeTransformer):
    """Puts a formula's numbers as they are shown in their place."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, (int, float)):
            return ast.Constant(float(numeral(float(node.value), self.digits)))
        return node


def _holds(made: float, value: float, digits: int, size: float) -> bool:
    """Whether a number is the value as it is shown, with so many digits."""
    text = numeral(value, digits)
    shown = float(text)
    if not math.isfinite(made) or not math.isfinite(shown):
        return made == shown
    is_whole = text.lstrip("-").isdigit() and len(text.lstrip("-")) >= digits
    unit = 1.0
    if not is_whole:
        unit = 10.0 ** (math.floor(math.log10(abs(shown))) - digits + 1) if shown else 0.0
    return abs(made - shown) <= 0.5 * unit * (1 + 1e-9) + FLOAT64_ERROR * size
