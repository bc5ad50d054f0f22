"""An explanation for a browser: one page whose sections fold.

A number's sources light up when it is pointed at.
"""

from collections.abc import Iterator
from html import escape

from glassnet.explanation.addends import SumStyle, addends_of, sign_of
from glassnet.explanation.outline import Section, outline
from glassnet.explanation.parts import Computed, Explanation, Operand, Step, Sum
from glassnet.explanation.render.formulas import equation, with_numbers, with_symbols
from glassnet.explanation.render.text import addend_name
from glassnet.notation.dialects import TEXT, Symbol
from glassnet.notation.numerals import MOST_DIGITS, check_digits, numeral
from glassnet.pages.page import asset, page, style_sheets

FOLDED = ("column", "member")
"""The kinds of sections that a reader opens when they are wanted."""


def to_page(explanation: Explanation, digits: int = 4) -> str:
    """A whole page without outside resources.

    Raises GlassnetError on less than 1 or more than 17 digits.
    """
    body = f"<main><h1>{escape(explanation.title)}</h1>{to_body(explanation, digits)}</main>"
    return page(
        f"Explanation: {explanation.title}", body, asset("explain.css"), asset("explain.js")
    )


def to_fragment(explanation: Explanation, digits: int = 4) -> str:
    """The same to be put into a page of someone else's, a notebook say."""
    body = f"<p><b>{escape(explanation.title)}</b></p>{to_body(explanation, digits)}"
    style, script = style_sheets("explain.css"), asset("explain.js")
    return f'<style>{style}</style><div class="gn">{body}</div><script>{script}</script>'


def to_body(explanation: Explanation, digits: int = 4) -> str:
    """The explanation without its title, for a page that has the style and the script."""
    check_digits(digits)
    whole = outline(explanation)
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in whole.notes)
    inner = "".join(_section(section, digits) for section in whole.sections)
    return f'<div class="gn-explain">{notes}{inner}</div>'


def _section(section: Section, digits: int) -> str:
    says = f' <span class="quiet">{escape(section.says)}</span>' if section.says else ""
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in section.notes)
    lines = "".join("".join(_number(number, digits, section.symbols)) for number in section.numbers)
    numbers = f'<div class="numbers">{lines}</div>' if lines else ""
    inner = "".join(_section(part, digits) for part in section.sections)
    opened = "" if section.kind in FOLDED else " open"
    summary = f"<summary>{escape(section.title)}{says}</summary>"
    return f'<details{opened} data-kind="{section.kind}">{summary}{notes}{numbers}{inner}</details>'


def _number(number: Computed, digits: int, symbols: bool) -> Iterator[str]:
    if isinstance(number, Sum):
        yield from _sum(number, digits)
    else:
        yield _step(number, digits, symbols)


def _step(step: Step, digits: int, symbols: bool) -> str:
    is_another_number = step.formula.isidentifier()
    formula = with_symbols(step, TEXT, _symbol, digits) if symbols else ""
    numbers = ("", "")
    if not is_another_number:
        numbers = with_numbers(step, TEXT, lambda o, n: _used(o, step.id, n), digits)
    same = (step.operands or {})[step.formula] if is_another_number else None
    result = _result(step, digits, same)
    value, symbol = numeral(step.value, digits), escape(step.symbol)
    return _line(step.symbol, equation(formula, numbers, value, symbol) + result, step.says)


def _symbol(operand: Operand) -> Symbol:
    return Symbol(escape(operand.symbol), brackets=" " in operand.symbol)


def _sum(total: Sum, digits: int) -> Iterator[str]:
    style = SumStyle(lambda operand, n: _used(operand, total.id, n), digits, "·")
    addends = list(addends_of(total, style))
    result = _result(total, digits)
    if len(addends) == 1:
        (only,) = addends
        numbers = f"{only.numbers} {only.sign} {result}" if only.makes else result
        yield _line(total.symbol, numbers, addend_name(only))
        return
    symbol, sign = total.symbol, "="
    for addend in addends:
        yield _line(symbol, addend.equation, addend_name(addend), sign)
        symbol, sign = "", "+"
    yield _line("", result, total.says, sign_of(total, style))


def _line(symbol: str, numbers: str, says: str, sign: str = "=") -> str:
    description = f'<span class="says">{escape(says)}</span>' if says else ""
    return f'<span class="symbol">{escape(symbol)} {sign}</span><span>{numbers}{description}</span>'


def _result(number: Computed, digits: int, same: Operand | None = None) -> str:
    """A number where it is made; it can be reached by keyboard.

    `same` is the number that it comes from unchanged, if it does.
    """
    source = ""
    if same is not None:
        source = f' data-of="{escape(same.source)}" data-in="{escape(number.id)}"'
    title = escape(f"{number.symbol} = {numeral(number.value, MOST_DIGITS)}")
    value = escape(numeral(number.value, digits))
    return (
        f'<span class="result" tabindex="0" data-id="{escape(number.id)}"{source} '
        f'title="{title}">{value}</span>'
    )


def _used(operand: Operand, within: str, digits: int) -> str:
    """A number where it goes into another, whose id is `within`.

    Plain where it has no symbol.
    """
    value = escape(numeral(operand.value, digits))
    if not operand.symbol:
        return value
    title = escape(f"{operand.symbol} = {numeral(operand.value, MOST_DIGITS)}")
    return (
        f'<span data-of="{escape(operand.source)}" data-in="{escape(within)}" '
        f'title="{title}">{value}</span>'
    )
