"""The face for a browser: one page, collapsible by layer; a number's sources light up when it is pointed at."""

from collections.abc import Iterator
from html import escape

from glassnet.see.explain.notation import in_text
from glassnet.see.explain.numerals import check_digits, in_brackets, numeral
from glassnet.see.explain.outline import Section, outline
from glassnet.see.explain.parts import Explanation, Number, Operand, Step, Sum
from glassnet.see.explain.text import term_name
from glassnet.see.page import STYLE as PAGE_STYLE
from glassnet.see.page import page

STYLE = """
.gn-explain details { border-left: 2px solid var(--line); margin: .3rem 0 .3rem .2rem; padding-left: .8rem; }
.gn-explain summary { font-weight: 600; padding: .1rem 0; } .gn-explain summary .quiet { font-weight: 400; }
.gn-explain .numbers { display: grid; grid-template-columns: max-content 1fr; gap: .12rem .5rem; overflow-x: auto; padding-bottom: .3rem;
  font: 13.5px/1.6 "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; }
.gn-explain .numbers > span { white-space: nowrap; } .gn-explain .symbol { text-align: right; }
.gn-explain .result { font-weight: 700; color: var(--accent); } .gn-explain .says { color: var(--quiet); font-family: system-ui, sans-serif; padding-left: 1rem; }
.gn-explain [data-of], .gn-explain [data-id] { border-radius: 3px; cursor: default; } .gn-explain .lit { background: var(--lit); }
.gn-explain .result:focus { outline: 2px solid var(--accent); }
@media (max-width: 40rem) { .gn-explain details { padding-left: .4rem; margin-left: 0; } .gn-explain .numbers { font-size: 12px; } }
"""
SCRIPT = """
document.querySelectorAll(".gn-explain").forEach(root => {
  const lit = [];
  const light = element => { element.classList.add("lit"); lit.push(element); };
  const every = (name, id) => root.querySelectorAll(`[${name}="${CSS.escape(id)}"]`);
  const clear = () => { while (lit.length) lit.pop().classList.remove("lit"); };
  const show = event => {
    clear();
    const at = event.target.closest("[data-of], [data-id]");
    if (!at) return;
    light(at);
    if (at.dataset.of) { every("data-id", at.dataset.of).forEach(light); every("data-of", at.dataset.of).forEach(light); return; }
    root.querySelectorAll(`[data-in="${CSS.escape(at.dataset.id)}"]`).forEach(used => {
      light(used); every("data-id", used.dataset.of).forEach(light);
    });
  };
  root.addEventListener("mouseover", show);
  root.addEventListener("focusin", show);
  root.addEventListener("mouseleave", clear);
});
"""


def to_page(explanation: Explanation, digits: int = 4) -> str:
    """A whole page without outside resources. Raises GlassnetError on less than 1 or more than 17 digits."""
    return page(f"Explanation: {explanation.title}", to_body(explanation, digits), STYLE, SCRIPT)


def to_fragment(explanation: Explanation, digits: int = 4) -> str:
    """The same to be put into a page of someone else's, a notebook say."""
    return f"<style>{PAGE_STYLE}{STYLE}</style>{to_body(explanation, digits, 'div', 'gn gn-explain')}<script>{SCRIPT}</script>"


def to_body(explanation: Explanation, digits: int = 4, tag: str = "main", classes: str = "gn-explain") -> str:
    """The explanation alone, for a page that has the style and the script."""
    check_digits(digits)
    whole = outline(explanation)
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in whole.notes)
    inner = "".join(_section(section, digits) for section in whole.sections)
    return f'<{tag} class="{classes}"><h1>{escape(whole.title)}</h1>{notes}{inner}</{tag}>'


def _section(section: Section, digits: int) -> str:
    says = f' <span class="quiet">{escape(section.says)}</span>' if section.says else ""
    notes = "".join(f'<p class="quiet">{escape(note)}</p>' for note in section.notes)
    lines = "".join(part for number in section.numbers for part in _number(number, digits, section.symbols))
    numbers = f'<div class="numbers">{lines}</div>' if lines else ""
    inner = "".join(_section(part, digits) for part in section.sections)
    opened = "" if section.kind == "column" else " open"
    return f'<details{opened} data-kind="{section.kind}"><summary>{escape(section.title)}{says}</summary>{notes}{numbers}{inner}</details>'


def _number(number: Number, digits: int, symbols: bool) -> Iterator[str]:
    return _sum(number, digits) if isinstance(number, Sum) else _step(number, digits, symbols)


def _step(step: Step, digits: int, symbols: bool) -> Iterator[str]:
    operands = (step.operands or {}).items()
    parts: list[str] = []
    if step.formula and symbols:
        parts.append(in_text(step.formula, {name: (escape(o.symbol), " " in o.symbol) for name, o in operands}))
    if step.formula:
        parts.append(in_text(step.formula, {name: (_used(o, step.id, digits), in_brackets(o.value)) for name, o in operands}))
    shown = [part for part in parts if part not in (numeral(step.value, digits), escape(step.symbol))]
    yield _line(step.symbol, " = ".join([*shown, _result(step, digits)]), step.says)


def _sum(total: Sum, digits: int) -> Iterator[str]:
    terms = [(_used(operand, total.id, digits), term_name(says, operand.symbol)) for says, operand in total.added]
    for product in total.products:
        factors = "·".join(
            f"({_used(o, total.id, digits)})" if in_brackets(o.value) else _used(o, total.id, digits)
            for o in (product.left, product.right)
        )
        words = term_name(product.says, f"{product.left.symbol}·{product.right.symbol}")
        terms.append((f"{factors} = {numeral(product.value, digits)}", words))
    if total.left_out:
        terms.append((numeral(total.rest, digits), f"{total.left_out} smaller products, not shown"))
    if len(terms) == 1:
        product, equals, _ = terms[0][0].partition(" = ")
        yield _line(total.symbol, f"{product} = {_result(total, digits)}" if equals else _result(total, digits), terms[0][1])
        return
    for i, (numbers, words) in enumerate(terms):
        yield _line("" if i else total.symbol, numbers, words, "+" if i else "=")
    yield _line("", _result(total, digits), total.says)


def _line(symbol: str, numbers: str, says: str, sign: str = "=") -> str:
    words = f'<span class="says">{escape(says)}</span>' if says else ""
    return f'<span class="symbol">{escape(symbol)} {sign}</span><span>{numbers}{words}</span>'


def _result(number: Number, digits: int) -> str:
    """A number where it is made; it can be reached by keyboard, which lights up its sources too."""
    value, title = numeral(number.value, digits), escape(f"{number.symbol} = {numeral(number.value, 17)}")
    return f'<span class="result" tabindex="0" data-id="{escape(number.id)}" title="{title}">{escape(value)}</span>'


def _used(operand: Operand, within: str, digits: int) -> str:
    """A number where it goes into another, whose id is `within`."""
    value, title = numeral(operand.value, digits), escape(f"{operand.symbol} = {numeral(operand.value, 17)}")
    return f'<span data-of="{escape(operand.source)}" data-in="{escape(within)}" title="{title}">{escape(value)}</span>'
