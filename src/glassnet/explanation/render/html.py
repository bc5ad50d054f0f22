"""The face for a browser: one page, collapsible by layer; a number's sources light up when it is pointed at."""

from collections.abc import Iterator
from html import escape

from glassnet.explanation.outline import Section, outline
from glassnet.explanation.parts import Explanation, Number, Operand, Step, Sum
from glassnet.explanation.render.text import term_name
from glassnet.explanation.terms import Writing, terms_of
from glassnet.notation.dialects import TEXT, Symbol, write
from glassnet.notation.numerals import check_digits, needs_brackets, numeral
from glassnet.pages.page import asset, page


def to_page(explanation: Explanation, digits: int = 4) -> str:
    """A whole page without outside resources. Raises GlassnetError on less than 1 or more than 17 digits."""
    body = f"<main><h1>{escape(explanation.title)}</h1>{to_body(explanation, digits)}</main>"
    return page(
        f"Explanation: {explanation.title}", body, asset("explain.css"), asset("explain.js")
    )


def to_fragment(explanation: Explanation, digits: int = 4) -> str:
    """The same to be put into a page of someone else's, a notebook say."""
    body = f"<p><b>{escape(explanation.title)}</b></p>{to_body(explanation, digits)}"
    style, script = asset("page.css") + asset("explain.css"), asset("explain.js")
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
    lines = "".join(
        part for number in section.numbers for part in _number(number, digits, section.symbols)
    )
    numbers = f'<div class="numbers">{lines}</div>' if lines else ""
    inner = "".join(_section(part, digits) for part in section.sections)
    opened = "" if section.kind == "column" else " open"
    summary = f"<summary>{escape(section.title)}{says}</summary>"
    return f'<details{opened} data-kind="{section.kind}">{summary}{notes}{numbers}{inner}</details>'


def _number(number: Number, digits: int, symbols: bool) -> Iterator[str]:
    return _sum(number, digits) if isinstance(number, Sum) else _step(number, digits, symbols)


def _step(step: Step, digits: int, symbols: bool) -> Iterator[str]:
    operands = (step.operands or {}).items()
    parts: list[str] = []
    if step.formula and symbols:
        parts.append(
            write(
                step.formula,
                TEXT,
                {name: Symbol(escape(o.symbol), " " in o.symbol) for name, o in operands},
                digits,
            )
        )
    if step.formula and not step.formula.isidentifier():
        parts.append(
            write(
                step.formula,
                TEXT,
                {
                    name: Symbol(_used(o, step.id, digits), needs_brackets(o.value))
                    for name, o in operands
                },
                digits,
            )
        )
    shown = [
        part for part in parts if part not in (numeral(step.value, digits), escape(step.symbol))
    ]
    same = next(operand for _, operand in operands) if step.formula.isidentifier() else None
    yield _line(step.symbol, " = ".join([*shown, _result(step, digits, same)]), step.says)


def _sum(total: Sum, digits: int) -> Iterator[str]:
    terms = [*terms_of(total, Writing(lambda operand: _used(operand, total.id, digits), "·"))]
    if len(terms) == 1:
        (term,) = terms
        result = _result(total, digits)
        yield _line(
            total.symbol, f"{term.numbers} = {result}" if term.makes else result, term_name(term)
        )
        return
    for i, term in enumerate(terms):
        numbers = f"{term.numbers} = {term.makes}" if term.makes else term.numbers
        yield _line("" if i else total.symbol, numbers, term_name(term), "+" if i else "=")
    yield _line("", _result(total, digits), total.says)


def _line(symbol: str, numbers: str, says: str, sign: str = "=") -> str:
    words = f'<span class="says">{escape(says)}</span>' if says else ""
    return f'<span class="symbol">{escape(symbol)} {sign}</span><span>{numbers}{words}</span>'


def _result(number: Number, digits: int, same: Operand | None = None) -> str:
    """A number where it is made, from the `same` number where it is just that; it can be reached by keyboard."""
    source = f' data-of="{escape(same.source)}" data-in="{escape(number.id)}"' if same else ""
    value, title = (
        numeral(number.value, digits),
        escape(f"{number.symbol} = {numeral(number.value, 17)}"),
    )
    return f'<span class="result" tabindex="0" data-id="{escape(number.id)}"{source} title="{title}">{escape(value)}</span>'


def _used(operand: Operand, within: str, digits: int) -> str:
    """A number where it goes into another, whose id is `within`; plain where it has no name of its own."""
    if not operand.symbol:
        return escape(numeral(operand.value, digits))
    value, title = (
        numeral(operand.value, digits),
        escape(f"{operand.symbol} = {numeral(operand.value, 17)}"),
    )
    return f'<span data-of="{escape(operand.source)}" data-in="{escape(within)}" title="{title}">{escape(value)}</span>'
