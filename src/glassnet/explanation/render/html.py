"""An explanation for a browser: the answer, and sections that fold with every number.

What can be done with the numbers is in `explain.js`.
"""

from collections.abc import Iterator
from html import escape

from glassnet.explanation.addends import Addend, SumStyle, addends_of, sign_of
from glassnet.explanation.outline import Section, outline
from glassnet.explanation.parts import Computed, Explanation, Operand, Step, Sum
from glassnet.explanation.render.answer import begin_page, title_of
from glassnet.explanation.render.bars import bars
from glassnet.explanation.render.formulas import equation, with_numbers, with_symbols
from glassnet.explanation.render.text import addend_name
from glassnet.notation.dialects import TEXT
from glassnet.notation.numerals import MOST_DIGITS, check_digits, numeral
from glassnet.notation.write import Symbol
from glassnet.pages.page import asset, page, style_sheets

HINT = (
    "<p>Point at a number to see what it is made from. Click or tap it to keep that here, and go "
    "where it was made; Esc lets go, Back retraces.</p>"
    "<p>By keyboard: Tab to the numbers, arrows walk, Enter keeps one, Esc lets go.</p>"
)
"""What stands beside the numbers before one is pointed at."""
FOLDED = ("column", "member")
"""The kinds of sections that a reader opens when they are wanted."""


def to_page(explanation: Explanation, digits: int = 4) -> str:
    """A whole page without outside resources.

    Raises GlassnetError on less than 1 or more than 17 digits.
    """
    title = title_of(explanation)
    body = f"<main><h1>{escape(title)}</h1>{to_body(explanation, digits)}</main>"
    return page(title, body, asset("explain.css"), asset("explain.js"))


def to_fragment(explanation: Explanation, digits: int = 4) -> str:
    """The same to be put into a page of someone else's, a notebook say."""
    body = f"<p><b>{escape(title_of(explanation))}</b></p>{to_body(explanation, digits)}"
    style, script = style_sheets("explain.css"), asset("explain.js")
    return f'<style>{style}</style><div class="gn">{body}</div><script>{script}</script>'


def to_body(explanation: Explanation, digits: int = 4) -> str:
    """The explanation without its title, for a page that has the style and the script."""
    check_digits(digits)
    whole = outline(explanation)
    about = [explanation.title, explanation.model_note, *whole.notes]
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in about if note)
    inner = "".join(_section(section, digits) for section in whole.sections)
    return (
        f'<div class="gn-explain">{begin_page(explanation, digits)}{notes}'
        f'<div class="beside"><div>{inner}</div>'
        f'<aside class="sources" aria-label="A number and its sources">{HINT}</aside></div></div>'
    )


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
    style = SumStyle(lambda operand, n: _used(operand, total.id, n), digits, "·<wbr>")
    addends = list(addends_of(total, style))
    result = _result(total, digits)
    if len(addends) == 1:
        (only,) = addends
        numbers = f"{only.numbers} {only.sign} {result}" if only.makes else result
        yield _line(total.symbol, numbers, addend_name(only))
        return
    yield _cell("symbol", escape(total.symbol))
    sign = "="
    drawn = bars([addend.value for addend in addends])
    for addend, bar in zip(addends, drawn, strict=True):
        says = _cell("says", escape(addend_name(addend)))
        yield _cell("sign", sign) + _addend(addend) + bar + says
        sign = "+"
    result = _cell("sign", sign_of(total, style)) + _cell("makes", result)
    yield result + _cell("says", escape(total.says))


def _addend(addend: Addend) -> str:
    """A product and what it makes; a number that is added stands where products make theirs."""
    if not addend.makes:
        return _cell("makes", addend.numbers)
    return (
        _cell("product", addend.numbers)
        + _cell("equals", addend.sign)
        + _cell("makes", addend.makes)
    )


def _line(symbol: str, numbers: str, says: str) -> str:
    """A number on one line, which wraps where there is no room."""
    after = f'<span class="says">{escape(says)}</span>' if says else ""
    return _cell("symbol", escape(symbol)) + _cell("sign", "=") + _cell("formula", numbers + after)


def _cell(kind: str, inner: str) -> str:
    return f'<span class="{kind}">{inner}</span>' if inner else ""


def _result(number: Computed, digits: int, same: Operand | None = None) -> str:
    """A number where it is made.

    `same` is the number that it comes from unchanged, if it does.
    """
    source = ""
    if same is not None:
        source = f' data-of="{escape(same.source)}" data-in="{escape(number.id)}"'
    title = escape(f"{number.symbol} = {numeral(number.value, MOST_DIGITS)}")
    value = escape(numeral(number.value, digits))
    return (
        f'<span class="result" data-id="{escape(number.id)}"{source} title="{title}">{value}</span>'
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
