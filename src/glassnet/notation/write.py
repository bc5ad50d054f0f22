"""Writes a formula in a dialect.

A dialect is data: a template for each operator, comparison and function. Formulas come in as Python
expressions, see `expression.py`.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from glassnet.notation.expression import parse
from glassnet.notation.numerals import MOST_DIGITS, numeral

# How tightly an operation holds its parts together.
CONDITION = 0
COMPARISON = 1
SUM = 2
PRODUCT = 3
FRACTION = 4  # one written with a bar, and a power of e
POWER = 5
ATOM = 6


RANKS: dict[type, int] = {
    ast.Add: SUM,
    ast.Sub: SUM,
    ast.Mult: PRODUCT,
    ast.Div: PRODUCT,
    ast.USub: PRODUCT,
    ast.Pow: POWER,
}
"""How tightly an operator must find its operands: by its rank in arithmetic, in every dialect."""


class Symbol(NamedTuple):
    """What is written for a name; `brackets`: whether it needs them beside an operator."""

    text: str
    brackets: bool = False


class Operator(NamedTuple):
    """An operator's template for its operands, and how tightly the result holds together.

    The call of a function holds together as tightly as a name. An operand that is `enclosed` by the
    template, as between the bars of |x|, needs no brackets.
    """

    template: str
    binding: int = ATOM
    enclosed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """How one language writes a formula.

    Parameters
    ----------
    operators : the operator for each class of `ast`.
    comparisons : the template of each comparison.
    condition : the template of "yes if test else no", with these three names.
    indicator : the template where yes is 1 and no is 0; "": there is no shorter way.
    condition_binding : how tightly a condition holds together.
    functions : what stands for a function of its arguments, if not `other_function`.
    other_function : the template of a function that is not in `functions`: its name, arguments.
    brackets : what opens and closes them.
    whole, fraction : the templates of the formula's own numbers, whole ones and others, where 1 / 2
        would be 0, or numbers need a letter for their size.
    """

    operators: Mapping[type, Operator]
    comparisons: Mapping[type, str]
    condition: str
    condition_binding: int = ATOM
    indicator: str = ""
    functions: Mapping[str, Operator] = field(default_factory=dict)
    other_function: str = "{name}({arguments})"
    brackets: tuple[str, str] = ("(", ")")
    whole: str = "{}"
    fraction: str = "{}"


def write(
    formula: str,
    dialect: Dialect,
    names: Mapping[str, Symbol],
    digits: int = MOST_DIGITS,
    beside: int = CONDITION,
) -> str:
    r"""The formula in a dialect.

    Parameters
    ----------
    names : what stands for each name of the formula.
    digits : significant digits of the formula's own numbers.
    beside : in brackets unless it holds together at least so tightly: PRODUCT for a factor.

    >>> from glassnet.notation.dialects import LATEX, NUMPY, TEXT
    >>> write("u / sqrt(1 + (u / 3)**2)", TEXT, {"u": Symbol("-0.5", brackets=True)})
    '(-0.5) / sqrt(1 + ((-0.5) / 3)^2)'
    >>> print(write("1 / (1 + exp(-z))", LATEX, {"z": Symbol("z_{1}")}))
    \frac{1}{1 + e^{-z_{1}}}
    >>> write("1 - a**2", NUMPY, {"a": Symbol("a1")}, beside=PRODUCT)
    '(1 - a1**2)'
    """
    return _Writer(dialect, names, digits).enclosed(parse(formula), beside)


class _Part(NamedTuple):
    """A part of a formula in writing, and how tightly it holds together."""

    text: str
    binding: int


class _Writer(NamedTuple):
    dialect: Dialect
    names: Mapping[str, Symbol]
    digits: int

    def enclosed(self, node: ast.expr, least: int) -> str:
        """A part, in brackets unless it holds together at least so tightly."""
        text, binding = self.part(node)
        opening, closing = self.dialect.brackets
        return text if binding >= least else f"{opening}{text}{closing}"

    def part(self, node: ast.expr) -> _Part:
        match node:
            case ast.Name(name):
                text, brackets = self.names[name]
                return _Part(text, COMPARISON if brackets else ATOM)
            case ast.Constant(int() | float() as value):
                text = numeral(float(value), self.digits)
                template = self.dialect.whole if text.isdigit() else self.dialect.fraction
                return _Part(template.format(text), ATOM)
            case ast.BinOp(left, op, right):
                return self.operation(op, [left, right])
            case ast.UnaryOp(op, operand):
                return self.operation(op, [operand])
            case ast.Compare(left, [op], [right]):
                template = self.dialect.comparisons[type(op)]
                return _Part(template.format(self.whole(left), self.whole(right)), COMPARISON)
            case ast.Call(ast.Name(name), arguments):
                return self.function(name, arguments)
            case ast.IfExp(test, yes, no):
                return self.condition(test, yes, no)
        raise ValueError(ast.dump(node))

    def whole(self, node: ast.expr) -> str:
        """A part where nothing beside it could tear it apart."""
        return self.part(node).text

    def operation(self, op: ast.operator | ast.unaryop, operands: list[ast.expr]) -> _Part:
        template, binding, enclosed = self.dialect.operators[type(op)]
        texts = [
            self.whole(operand)
            if index in enclosed
            else self.enclosed(operand, _least(op, index, len(operands)))
            for index, operand in enumerate(operands)
        ]
        return _Part(template.format(*texts), binding)

    def function(self, name: str, arguments: list[ast.expr]) -> _Part:
        texts = [self.whole(argument) for argument in arguments]
        known = self.dialect.functions.get(name)
        if known is not None:
            return _Part(known.template.format(*texts), known.binding)
        other = self.dialect.other_function
        return _Part(other.format(name=name, arguments=", ".join(texts)), ATOM)

    def condition(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> _Part:
        dialect = self.dialect
        if dialect.indicator and _is_number(yes, 1) and _is_number(no, 0):
            return _Part(dialect.indicator.format(test=self.whole(test)), ATOM)
        text = dialect.condition.format(
            yes=self.whole(yes), test=self.whole(test), no=self.whole(no)
        )
        return _Part(text, dialect.condition_binding)


def _least(op: ast.operator | ast.unaryop, index: int, count: int) -> int:
    """How tightly an operand must hold together to need no brackets.

    On the right of - and / one as tight as the operator needs them too, and on both sides of ^.
    """
    binding = RANKS[type(op)]
    on_the_right = index == count - 1
    falls_apart = isinstance(op, ast.Sub | ast.Div | ast.USub) and on_the_right
    return binding + 1 if falls_apart or isinstance(op, ast.Pow) else binding


def _is_number(node: ast.expr, number: int) -> bool:
    return isinstance(node, ast.Constant) and node.value == number
