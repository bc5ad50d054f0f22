"""What a sum is made of, term by term, in whatever way a face writes a number."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from glassnet.explanation.parts import Operand, Sum
from glassnet.notation.numerals import needs_brackets


class Term(NamedTuple):
    """A term as a face writes it: a number, or a product and what it `makes` ("" for a number); in words, and by its symbols."""

    numbers: str
    makes: str
    says: str
    symbols: tuple[str, ...]


class Writing(NamedTuple):
    """How a face writes: a number, the sign between factors, and brackets around what needs them beside an operator."""

    number: Callable[[Operand], str]
    times: str
    brackets: tuple[str, str] = ("(", ")")

    def beside(self, operand: Operand) -> str:
        """A number beside an operator."""
        written = self.number(operand)
        return (
            f"{self.brackets[0]}{written}{self.brackets[1]}"
            if needs_brackets(operand.value)
            else written
        )


def terms_of(total: Sum, write: Writing) -> Iterator[Term]:
    """What was added, the products, and what the products that are not shown add up to."""
    for place, (says, operand) in enumerate(total.added):
        yield Term((write.beside if place else write.number)(operand), "", says, (operand.symbol,))
    for left, right, value, says in ((p.left, p.right, p.value, p.says) for p in total.products):
        numbers = write.times.join(map(write.beside, (left, right)))
        yield Term(numbers, write.number(Operand("", value)), says, (left.symbol, right.symbol))
    if total.left_out:
        says = f"{total.left_out} smaller products, not shown"
        yield Term(write.beside(Operand("", total.rest)), "", says, ())
