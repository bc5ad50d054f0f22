"""An explanation for a terminal: lines of plain text, each a few styled pieces.

What it begins with is `summary_text.py`'s, how long lines go on `wrapping.py`'s.
"""

from collections.abc import Iterator

from glassnet.errors import Wording, in_python, visible
from glassnet.explanation.addends import Addend, SumStyle, addends_of, sign_of
from glassnet.explanation.outline import Section, outline, output_only, what_is_left_out
from glassnet.explanation.parts import Computed, Explanation, Operand, Step, Sum
from glassnet.explanation.render.formulas import equation, shown_parts, with_numbers, with_symbols
from glassnet.explanation.render.summary_text import PLAIN_WIDTH, summary_lines
from glassnet.explanation.render.wrapping import (
    HEAD,
    QUIET,
    RESULT,
    UNSTYLED,
    StyledLine,
    wrapped_line,
)
from glassnet.notation.dialects import TEXT
from glassnet.notation.numerals import check_digits, numeral
from glassnet.notation.write import Symbol


def to_text(
    explanation: Explanation,
    digits: int = 4,
    width: int | None = PLAIN_WIDTH,
    whole: bool | None = None,
    wording: Wording = in_python,
) -> str:
    """The explanation as plain text, with so many significant digits; see `Explanation.text`.

    Names and cells stand in it as they are, but for control characters, so that one that holds
    " = " or several spaces cannot always be told from what is around it: a program should read
    `Explanation.to_dict`. Raises GlassnetError on less than 1 or more than 17 digits.
    """
    lines = to_lines(explanation, digits, width, whole, wording)
    texts = ["".join(text for text, _ in line).rstrip() for line in lines]
    return "\n".join(texts) + "\n"


def to_lines(
    explanation: Explanation,
    digits: int = 4,
    width: int | None = PLAIN_WIDTH,
    whole: bool | None = None,
    wording: Wording = in_python,
) -> Iterator[StyledLine]:
    """The same as styled lines; `wording` writes the option that shows the whole."""
    check_digits(digits)
    for line in _unwrapped(explanation, digits, width, whole, wording):
        yield from wrapped_line([(visible(text), style) for text, style in line], width)


def _unwrapped(
    explanation: Explanation, digits: int, width: int | None, whole: bool | None, wording: Wording
) -> Iterator[StyledLine]:
    yield from summary_lines(explanation, digits, width)
    is_short = explanation.brief if whole is None else not whole
    shown = output_only(explanation) if is_short else explanation
    yield from _section(outline(shown), digits, depth=0)
    if is_short:
        yield []
        yield [(what_is_left_out(explanation, wording), QUIET)]


def _section(section: Section, digits: int, depth: int) -> Iterator[StyledLine]:
    indent = "  " * max(0, depth - 1)
    if section.kind in ("member", "row", "layer"):
        yield []
    yield [(indent + section.title, HEAD), (_after(section.says), QUIET)]
    for note in section.notes:
        yield [(indent + note, QUIET)]
    for number in section.numbers:
        yield from _number(number, digits, indent + "  ", section.symbols)
    for inner in section.sections:
        yield from _section(inner, digits, depth + 1)


def _after(says: str) -> str:
    """Words behind a line."""
    return f"   {says}" if says else ""


def _number(number: Computed, digits: int, indent: str, symbols: bool) -> Iterator[StyledLine]:
    if isinstance(number, Sum):
        yield from _sum(number, digits, indent)
    else:
        yield _step(number, digits, indent, symbols)


def _step(step: Step, digits: int, indent: str, symbols: bool) -> StyledLine:
    """A symbol = its formula with symbols = with numbers = value, as far as these differ."""
    value = numeral(step.value, digits)
    numbers = with_numbers(step, TEXT, lambda o, n: numeral(o.value, n), digits)
    formula = with_symbols(step, TEXT, text_symbol, digits) if symbols else ""
    start = f"{indent}{step.symbol} = {equation(formula, numbers, value, step.symbol)}"
    return [(start, UNSTYLED), (value, RESULT), (_after(step.says), QUIET)]


def text_symbol(operand: Operand) -> Symbol:
    """An operand's symbol; one of several words needs brackets."""
    return Symbol(operand.symbol, brackets=" " in operand.symbol)


def _sum(total: Sum, digits: int, indent: str) -> Iterator[StyledLine]:
    """Each addend on a line of its own, then what they make; a single one on one line."""
    style = SumStyle(lambda operand, n: numeral(operand.value, n), digits, "·")
    addends = list(addends_of(total, style))
    value = numeral(total.value, digits)
    if len(addends) == 1:
        (only,) = addends
        made = f"{only.numbers} {only.sign} " if only.makes else ""
        start = f"{indent}{total.symbol} = {made}"
        yield [(start, UNSTYLED), (value, RESULT), (_after(addend_name(only)), QUIET)]
        return
    before = " " * (len(indent) + len(total.symbol))
    width = max(len(addend.equation) for addend in addends)
    start = f"{indent}{total.symbol} = "
    for addend in addends:
        line = f"{start}{addend.equation:<{width}}"
        yield [(line, UNSTYLED), (_after(addend_name(addend)), QUIET)]
        start = f"{before} + "
    sign = sign_of(total, style)
    yield [(f"{before} {sign} ", UNSTYLED), (value, RESULT), (_after(total.says), QUIET)]


def addend_name(addend: Addend) -> str:
    """What an addend is: in words, and by its symbols."""
    return ", ".join(shown_parts([addend.says, "·".join(addend.symbols)]))
