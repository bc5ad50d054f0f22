"""An explanation for documents: Markdown with LaTeX formulas."""

import re
from collections.abc import Iterator

from glassnet.errors import Wording, in_python, visible
from glassnet.explanation.addends import Addend, SumStyle, addends_of, sign_of
from glassnet.explanation.outline import Section, outline, output_only, what_is_left_out
from glassnet.explanation.parts import Computed, Explanation, Operand, Step, Sum
from glassnet.explanation.render.formulas import equation, shown_parts, with_numbers, with_symbols
from glassnet.explanation.render.summary_markdown import markdown_text, summary_blocks
from glassnet.explanation.rounding import EQUAL, ROUNDED
from glassnet.notation.dialects import LATEX
from glassnet.notation.numerals import Value, check_digits, numeral
from glassnet.notation.write import Symbol

SIGNS = {EQUAL: "=", ROUNDED: r"\approx"}
MOST_HEADING = 3  # deeper sections are headed by bold text


def to_markdown(
    explanation: Explanation,
    digits: int = 4,
    whole: bool | None = None,
    wording: Wording = in_python,
) -> str:
    """The explanation as Markdown; see `Explanation.text`, and `to_lines` for `wording`.

    Raises GlassnetError on less than 1 or more than 17 digits.
    """
    check_digits(digits)
    is_short = explanation.brief if whole is None else not whole
    shown = output_only(explanation) if is_short else explanation
    blocks = [*summary_blocks(explanation, digits), *_section(outline(shown), digits, depth=1)]
    if is_short:
        blocks.append(markdown_text(what_is_left_out(explanation, wording)))
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, digits: int, depth: int) -> Iterator[str]:
    title = markdown_text(section.title)
    if section.says:
        title += f" ({markdown_text(section.says)})"
    yield f"{'#' * depth} {title}" if depth <= MOST_HEADING else f"**{title}**"
    yield from map(markdown_text, section.notes)
    if section.numbers:
        lines: list[str] = []
        for number in section.numbers:
            lines += _number(number, digits, section.symbols)
        yield "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"
    for inner in section.sections:
        yield from _section(inner, digits, depth + 1)


def _number(number: Computed, digits: int, symbols: bool) -> Iterator[str]:
    if isinstance(number, Sum):
        yield from _sum(number, digits)
    else:
        yield _step(number, digits, symbols)


def _step(step: Step, digits: int, symbols: bool) -> str:
    symbol, value = latex_symbol(step.symbol), latex_value(step.value, digits)
    text, sign = with_numbers(step, LATEX, lambda o, n: latex_value(o.value, n), digits)
    formula = with_symbols(step, LATEX, _symbol, digits) if symbols else ""
    before = equation(formula, (text, SIGNS[sign]), value, symbol)
    return f"{symbol} &= {before}{value}{_after(step.says)}"


def _symbol(operand: Operand) -> Symbol:
    return Symbol(latex_symbol(operand.symbol))


def _after(says: str) -> str:
    """Words behind a line."""
    return f" && {latex_text(says)}" if says else ""


def _sum(total: Sum, digits: int) -> Iterator[str]:
    style = SumStyle(
        lambda operand, n: latex_value(operand.value, n),
        digits,
        r" \cdot ",
        SIGNS[ROUNDED],
        (r"\left(", r"\right)"),
    )
    addends = list(addends_of(total, style))
    start = f"{latex_symbol(total.symbol)} &= "
    for addend in addends:
        yield f"{start}{addend.equation} && {_name(addend)}"
        start = r"&\quad + "
    if len(addends) > 1:
        yield f"&{sign_of(total, style)} {latex_value(total.value, digits)}{_after(total.says)}"


def _name(addend: Addend) -> str:
    """What an addend is: in words, and by its symbols."""
    symbols = r" \cdot ".join(map(latex_symbol, addend.symbols))
    says = f"{addend.says}, " if addend.says and symbols else addend.says
    return " ".join(shown_parts([latex_text(says), symbols]))


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
    derivative = re.fullmatch(r"d(e|E|a)/d(\S+)", symbol)
    if derivative:
        return rf"\frac{{\partial {derivative[1]}}}{{\partial {latex_symbol(derivative[2])}}}"
    for pattern, latex in SYMBOLS:
        if re.fullmatch(pattern, symbol):
            return re.sub(pattern, latex, symbol).replace("δ", r"\delta")
    return latex_text(symbol)


SPECIAL = {
    "\\": r"\backslash ",
    "^": r"\hat{\ }",
    "~": r"{\sim}",
    **{sign: f"\\{sign}" for sign in "_#$%&{}"},
    **{sign: rf"\text{{{sign}}}" for sign in "<]"},
}
"""What LaTeX reads as more than a letter, and what begins a tag or a link in Markdown, which
alone in its brackets it does not."""


def latex_text(text: str) -> str:
    """Words inside a formula.

    What LaTeX reads as more than a letter stands between them: MathJax does not know it in text.
    A reader of Markdown that knows no formulas finds no tag and no link in it.
    """
    parts = re.split(r"([\\^~_#$%&{}<\]])", visible(text))
    return "".join(SPECIAL.get(part, rf"\text{{{part}}}") for part in parts if part)
