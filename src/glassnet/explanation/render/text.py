"""The face for a terminal: lines of plain text, each a few styled pieces."""

import re
from collections.abc import Iterator

from glassnet.explanation.outline import Section, outline
from glassnet.explanation.parts import Explanation, Number, Step, Sum
from glassnet.explanation.terms import Term, Writing, terms_of
from glassnet.notation.dialects import TEXT, Symbol, write
from glassnet.notation.numerals import check_digits, needs_brackets, numeral

Line = list[tuple[str, str]]
"""Pieces of a line, each with rich's style for it."""
HEAD, QUIET, RESULT, PLAIN = "bold", "dim", "cyan", ""
CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f]"
)  # in a cell or a name they would break lines, or do things to a terminal


def to_text(explanation: Explanation, digits: int = 4) -> str:
    """The whole explanation as plain text, with so many significant digits. Raises GlassnetError on less than 1 or more than 17.

    Names and cells stand in it as they are, so that one with " = " or several spaces in it can be told from what is around it only
    by someone who knows it: a program should read `Explanation.to_dict`.
    """
    return (
        "\n".join(
            "".join(text for text, _ in line).rstrip() for line in to_lines(explanation, digits)
        )
        + "\n"
    )


def to_lines(explanation: Explanation, digits: int = 4) -> Iterator[Line]:
    """The same as styled lines."""
    check_digits(digits)
    return (
        [(CONTROL.sub(" ", text), style) for text, style in line]
        for line in _section(outline(explanation), digits, 0)
    )


def _section(section: Section, digits: int, depth: int) -> Iterator[Line]:
    indent = "  " * max(0, depth - 1)
    if section.kind in ("row", "layer"):
        yield []
    yield [(indent + section.title, HEAD), (f"   {section.says}" * bool(section.says), QUIET)]
    for note in section.notes:
        yield [(indent + note, QUIET)]
    for number in section.numbers:
        yield from _number(number, digits, indent + "  ", section.symbols)
    for inner in section.sections:
        yield from _section(inner, digits, depth + 1)


def _number(number: Number, digits: int, indent: str, symbols: bool) -> Iterator[Line]:
    return (
        _sum(number, digits, indent)
        if isinstance(number, Sum)
        else iter([_step(number, digits, indent, symbols)])
    )


def _step(step: Step, digits: int, indent: str, symbols: bool) -> Line:
    """A symbol = its formula with symbols (where wanted) = formula with numbers = value, as far as these differ."""
    value = numeral(step.value, digits)
    parts = formulas(step, digits, symbols) if step.formula else []
    middle = "".join(f" = {part}" for part in parts if part not in (value, step.symbol))
    says = f"   {step.says}" if step.says else ""
    return [(f"{indent}{step.symbol}{middle} = ", PLAIN), (value, RESULT), (says, QUIET)]


def formulas(step: Step, digits: int, symbols: bool) -> list[str]:
    """A step's formula with symbols, where wanted, and with numbers, where that is another."""
    operands = (step.operands or {}).items()
    numbers = write(
        step.formula,
        TEXT,
        {name: Symbol(numeral(o.value, digits), needs_brackets(o.value)) for name, o in operands},
        digits,
    )
    if not symbols:
        return [numbers]
    return list(
        dict.fromkeys(
            [
                write(
                    step.formula,
                    TEXT,
                    {name: Symbol(o.symbol, " " in o.symbol) for name, o in operands},
                    digits,
                ),
                numbers,
            ]
        )
    )


def _sum(total: Sum, digits: int, indent: str) -> Iterator[Line]:
    """Each number added and each product on a line of its own, then what they make; one alone on one line."""
    terms = [*terms_of(total, Writing(lambda operand: numeral(operand.value, digits), "·"))]
    value, says = numeral(total.value, digits), f"   {total.says}" if total.says else ""
    if len(terms) == 1:
        ((numbers, makes, *_),) = terms
        made = f"{numbers} = " if makes else ""
        yield [
            (f"{indent}{total.symbol} = {made}", PLAIN),
            (value, RESULT),
            (f"   {term_name(terms[0])}", QUIET),
        ]
        return
    written = [f"{term.numbers} = {term.makes}" if term.makes else term.numbers for term in terms]
    before, width = " " * (len(indent) + len(total.symbol)), max(map(len, written))
    for i, (numbers, term) in enumerate(zip(written, terms, strict=True)):
        lead = f"{before} + " if i else f"{indent}{total.symbol} = "
        yield [(f"{lead}{numbers:<{width}}", PLAIN), (f"   {term_name(term)}", QUIET)]
    yield [(f"{before} = ", PLAIN), (value, RESULT), (says, QUIET)]


def term_name(term: Term) -> str:
    """What a term is: in words, and by its symbols."""
    symbol = "·".join(term.symbols)
    return ", ".join(part for part in dict.fromkeys((term.says, symbol)) if part)
