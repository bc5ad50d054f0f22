"""What a sum is made of, one addend after the other, in whatever way a number is written."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from glassnet.explanation.parts import Operand, Sum
from glassnet.notation.numerals import needs_brackets


class Addend(NamedTuple):
    """What is added, in writing: a number, or a product and what it makes ("" for a number).

    `says` is what it is in words, `symbols` are its factors.
    """

    numbers: str
    makes: str
    says: str
    symbols: tuple[str, ...]

    @property
    def equation(self) -> str:
        """The number, or the product with what it makes."""
        return f"{self.numbers} = {self.makes}" if self.makes else self.numbers


class SumStyle(NamedTuple):
    """How a sum is written: its numbers, the sign between factors, and brackets."""

    number: Callable[[Operand], str]
    times: str
    brackets: tuple[str, str] = ("(", ")")

    def beside(self, operand: Operand) -> str:
        """A number beside an operator."""
        written = self.number(operand)
        if not needs_brackets(operand.value):
            return written
        opening, closing = self.brackets
        return f"{opening}{written}{closing}"


def addends_of(total: Sum, style: SumStyle) -> Iterator[Addend]:
    """The added numbers, the products, and what the products that are not shown add up to."""
    for index, (says, operand) in enumerate(total.added):
        written = style.beside(operand) if index else style.number(operand)
        yield Addend(written, "", says, (operand.symbol,))
    for product in total.products:
        numbers = style.times.join([style.beside(product.left), style.beside(product.right)])
        makes = style.number(Operand("", product.value))
        symbols = (product.left.symbol, product.right.symbol)
        yield Addend(numbers, makes, product.says, symbols)
    if total.left_out:
        says = f"{total.left_out} smaller products, not shown"
        yield Addend(style.beside(Operand("", total.rest)), "", says, ())
