"""A step's formula in writing, whatever the format: with symbols, and with numbers."""

from collections.abc import Callable

from glassnet.explanation.parts import Operand, Step
from glassnet.explanation.rounding import EQUAL, shown_equation
from glassnet.notation.numerals import needs_brackets
from glassnet.notation.write import Dialect, Symbol, write


def with_symbols(
    step: Step, dialect: Dialect, symbol: Callable[[Operand], Symbol], digits: int
) -> str:
    """The formula with the symbols of its operands; "" where there is no formula."""
    return _written(step, dialect, symbol, digits)


def with_numbers(
    step: Step, dialect: Dialect, number: Callable[[Operand, int], str], digits: int
) -> tuple[str, str]:
    """The formula with the values of its operands, and the sign between it and its value.

    "" and "=" where there is no formula. `number` writes an operand with so many digits: more than
    `digits` where rounding would leave nothing of the value.
    """
    shown = shown_equation(step.formula, step.operands or {}, step.value, digits)

    def bracketed(operand: Operand) -> Symbol:
        return Symbol(number(operand, shown.digits), needs_brackets(operand.value))

    return _written(step, dialect, bracketed, shown.digits), shown.sign


def equation(symbols: str, numbers: tuple[str, str], value: str, symbol: str) -> str:
    """What stands behind "symbol = ": its formula in both forms, and the value."""
    written, sign = numbers
    parts = shown_parts([symbols, written], value, symbol)
    before = " = ".join(parts)
    last = sign if written in parts else EQUAL
    return f"{before} {last} " if parts else ""


def _written(
    step: Step, dialect: Dialect, operand: Callable[[Operand], Symbol], digits: int
) -> str:
    if not step.formula:
        return ""
    names = {name: operand(found) for name, found in (step.operands or {}).items()}
    return write(step.formula, dialect, names, digits)


def shown_parts(parts: list[str], *known: str) -> list[str]:
    """Those of a line's parts that say something: no empty one, none twice, none that is known."""
    return [part for part in dict.fromkeys(parts) if part and part not in known]
