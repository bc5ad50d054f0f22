"""What a sum is made of, one addend after the other, in whatever way a number is written."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from glassnet.explanation.parts import Operand, Sum
from glassnet.explanation.rounding import ROUNDED, shown_equation, sign_of_sum
from glassnet.notation.numerals import needs_brackets

PRODUCT_FORMULA = "p * q"


class Addend(NamedTuple):
    """What is added, in writing: a number, or a product and what it makes ("" for a number).

    `says` is what it is in words, `symbols` are its factors, `sign` stands before what it makes,
    which is `value`: 0 where it is no number.
    """

    numbers: str
    makes: str
    says: str
    symbols: tuple[str, ...]
    sign: str = ""
    value: float = 0.0

    @property
    def equation(self) -> str:
        """The number, or the product with what it makes."""
        return f"{self.numbers} {self.sign} {self.makes}" if self.makes else self.numbers


class SumStyle(NamedTuple):
    """How a sum is written.

    `number` writes one with so many digits, of which there are `digits` where these do; `times`
    stands between factors, `rounded` before what a product makes as far as its digits tell.
    """

    number: Callable[[Operand, int], str]
    digits: int
    times: str
    rounded: str = ROUNDED
    brackets: tuple[str, str] = ("(", ")")

    def sign(self, sign: str) -> str:
        """The sign before a result."""
        return self.rounded if sign == ROUNDED else sign

    def beside(self, operand: Operand, digits: int) -> str:
        """A number beside an operator."""
        written = self.number(operand, digits)
        if not needs_brackets(operand.value):
            return written
        opening, closing = self.brackets
        return f"{opening}{written}{closing}"


def addends_of(total: Sum, style: SumStyle) -> Iterator[Addend]:
    """The added numbers, the products, and what the products that are not shown add up to."""
    for index, (says, operand) in enumerate(total.added):
        write = style.beside if index else style.number
        value = operand.value if isinstance(operand.value, float) else 0.0
        written = write(operand, style.digits)
        yield Addend(written, "", says, (operand.symbol,), value=value)
    for product in total.products:
        operands = {"p": product.left, "q": product.right}
        shown = shown_equation(PRODUCT_FORMULA, operands, product.value, style.digits)
        factors = [style.beside(factor, shown.digits) for factor in operands.values()]
        makes = style.number(Operand("", product.value), style.digits)
        symbols = (product.left.symbol, product.right.symbol)
        sign = style.sign(shown.sign)
        numbers = style.times.join(factors)
        yield Addend(numbers, makes, product.says, symbols, sign, product.value)
    if total.left_out:
        rest = Operand("", total.rest)
        written = style.beside(rest, style.digits)
        yield Addend(written, "", _left_out(total), (), value=total.rest)
    if total.zeros:
        yield Addend("0", "", total.zeros, ())


def _left_out(total: Sum) -> str:
    """The products that are not shown, in words."""
    if abs(total.rest) <= min(abs(product.value) for product in total.products):
        return f"{total.left_out} smaller products, not shown"
    return f"{total.left_out} products, each smaller than these, not shown"


def sign_of(total: Sum, style: SumStyle) -> str:
    """The sign before what all addends make."""
    addends = [operand.value for _, operand in total.added]
    addends += [product.value for product in total.products]
    addends += [total.rest] if total.left_out else []
    numbers = [addend for addend in addends if isinstance(addend, float)]
    return style.sign(sign_of_sum(numbers, total.value, style.digits))
