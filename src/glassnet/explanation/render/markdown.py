"""The face for documents: Markdown with LaTeX formulas."""

import re
from collections.abc import Iterator

from glassnet.explanation.outline import Section, outline
from glassnet.explanation.parts import Explanation, Number, Step, Sum, Value
from glassnet.explanation.render.text import CONTROL
from glassnet.explanation.terms import Term, Writing, terms_of
from glassnet.notation.dialects import LATEX, Symbol, write
from glassnet.notation.numerals import check_digits, needs_brackets, numeral


def to_markdown(explanation: Explanation, digits: int = 4) -> str:
    """The whole explanation as Markdown. Raises GlassnetError on less than 1 or more than 17 digits."""
    check_digits(digits)
    return "\n\n".join(_section(outline(explanation), digits, 1)) + "\n"


def _section(section: Section, digits: int, depth: int) -> Iterator[str]:
    says = f" ({_words(section.says)})" if section.says else ""
    title = _words(section.title) + says
    yield f"{'#' * depth} {title}" if depth < 4 else f"**{title}**"
    yield from map(_words, section.notes)
    if section.numbers:
        lines = [
            line for number in section.numbers for line in _lines(number, digits, section.symbols)
        ]
        yield "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"
    for inner in section.sections:
        yield from _section(inner, digits, depth + 1)


def _lines(number: Number, digits: int, symbols: bool) -> Iterator[str]:
    return (
        _sum(number, digits) if isinstance(number, Sum) else iter([_step(number, digits, symbols)])
    )


def _step(step: Step, digits: int, symbols: bool) -> str:
    value = latex_value(step.value, digits)
    parts: list[str] = []
    operands = (step.operands or {}).items()
    if step.formula and symbols:
        parts.append(
            write(
                step.formula,
                LATEX,
                {name: Symbol(latex_symbol(o.symbol)) for name, o in operands},
                digits,
            )
        )
    if step.formula:
        parts.append(
            write(
                step.formula,
                LATEX,
                {
                    name: Symbol(latex_value(o.value, digits), needs_brackets(o.value))
                    for name, o in operands
                },
                digits,
            )
        )
    shown = [
        part for part in dict.fromkeys(parts) if part not in (value, latex_symbol(step.symbol))
    ]
    says = f" && {latex_text(step.says)}" if step.says else ""
    return f"{latex_symbol(step.symbol)} &= {' = '.join([*shown, value])}{says}"


def _sum(total: Sum, digits: int) -> Iterator[str]:
    write = Writing(
        lambda operand: latex_value(operand.value, digits), r" \cdot ", (r"\left(", r"\right)")
    )
    for i, term in enumerate(terms := [*terms_of(total, write)]):
        numbers = f"{term.numbers} = {term.makes}" if term.makes else term.numbers
        yield (
            r"&\quad + " if i else f"{latex_symbol(total.symbol)} &= "
        ) + f"{numbers} && {_name(term)}"
    if len(terms) > 1:
        yield f"&= {latex_value(total.value, digits)}" + (
            f" && {latex_text(total.says)}" if total.says else ""
        )


def _name(term: Term) -> str:
    """What a term is: in words, and by its symbols."""
    symbols = r" \cdot ".join(map(latex_symbol, term.symbols))
    says = latex_text(f"{term.says}, " if term.says and symbols else term.says)
    return " ".join(part for part in (says, symbols) if part)


def latex_value(value: Value, digits: int) -> str:
    """A number in LaTeX; text as text."""
    written = numeral(value, digits)
    if not isinstance(value, float):
        return latex_text(written)
    return re.sub(r"e([+-]\d+)$", r"\\mathrm{e}{\1}", written)


SYMBOLS = [
    (r"(z|a|b|δ|e|y|g|m)(\d+(?:\.\d+)?)", r"\1_{\2}"),
    (r"w(\d+)\[(\d+)→(\d+)\]", r"w_{\1[\2 \\to \3]}"),
    (r"(E|c|l1|l2)", r"\1"),
]
"""How symbols are written in LaTeX, besides those made of others; what is none of them is text."""


def latex_symbol(symbol: str) -> str:
    """A symbol in LaTeX: z_{1.2}, a fraction of partial derivatives, or a name as text."""
    if symbol.startswith("new "):
        return rf"{latex_symbol(symbol[4:])}^{{\text{{new}}}}"
    slope = re.fullmatch(r"d(e|E|a)(?:/)d(\S+)", symbol)
    if slope:
        return rf"\frac{{\partial {slope[1]}}}{{\partial {latex_symbol(slope[2])}}}"
    for pattern, latex in SYMBOLS:
        if re.fullmatch(pattern, symbol):
            return re.sub(pattern, latex, symbol).replace("δ", r"\delta")
    return latex_text(symbol)


SPECIAL = {"\\": r"\backslash ", "^": r"\hat{\ }", "~": r"{\sim}"} | {
    sign: f"\\{sign}" for sign in "_#$%&{}"
}


def latex_text(text: str) -> str:
    """Words inside a formula. What LaTeX reads as more than a letter stands between them: MathJax does not know it within text."""
    parts = re.split(r"([\\^~_#$%&{}])", CONTROL.sub(" ", text))
    return "".join(SPECIAL.get(part, rf"\text{{{part}}}") for part in parts if part)


def _words(text: str) -> str:
    """Words outside formulas."""
    return re.sub(r"([\\`*_\[\]<>|$#&~])", r"\\\1", CONTROL.sub(" ", text))
