"""Each format of an explanation read back by itself, as anyone could who has only the page.

Nothing here knows the code that wrote it. Text, Markdown and HTML become the same `Line`s; what
they print is worked out anew, and may differ from what they print beside it by what the shown
digits allow and no more.
"""

import math
import re
from html.parser import HTMLParser
from typing import Any, NamedTuple

import numpy as np

FUNCTIONS: dict[str, Any] = {
    "exp": lambda x: math.exp(min(x, 700.0)),
    "log": lambda x: math.log(x) if x > 0 else float("-inf"),
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "abs": abs,
    "sign": lambda x: float(np.sign(x)),
    "max": max,
    "min": min,
    "sigmoid": lambda x: 1 / (1 + math.exp(-max(x, -700.0))),
    "softplus": lambda x: math.log1p(math.exp(-abs(x))) + max(x, 0.0),
}
NUMBER = r"(?<![\w.\]^])(?<!\^\()\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.\[])"


PART = r"((?:(?!\\begin).)*?)"
CASES = (
    rf"\\begin\{{cases\}} {PART} & \\text\{{if \}} {PART} \\\\ "
    rf"{PART} & \\text\{{else\}} \\end\{{cases\}}"
)


TITLE = r"^(title$|(# )?(Iteration \d+ of )?(\d+ networks |\d+(-\d+)+ ))"
"""How the line begins that the arithmetic begins with."""


def from_title(text: str) -> str:
    """The text from its title on."""
    title = re.search(TITLE, text, re.M)
    assert title
    return text[title.start() :]


class Term(NamedTuple):
    """What is added in a sum.

    An expression (a product, or a number), the number it makes, and the words beside it.
    """

    expression: str
    value: str
    words: str


class Line(NamedTuple):
    """A number where it is made.

    The section's titles, its symbol, its expressions, its terms if it is a longer sum, its value.
    """

    section: tuple[str, ...]
    symbol: str
    expressions: tuple[str, ...]
    terms: tuple[Term, ...]
    value: str
    words: str

    @property
    def alias(self) -> str:
        """The other number's symbol, where this one is just that number."""
        (only,) = self.expressions if len(self.expressions) == 1 else ("",)
        return (
            only
            if re.fullmatch(r"[zaδy]\d+(\.\d+)?|actual .*|in its unit|d[eE]/d[az]\d+\.\d+", only)
            else ""
        )

    @property
    def member(self) -> str:
        """The title of the member's section that it is in; "" for what is not of one member."""
        return next((title for title in self.section if title.startswith("Member ")), "")

    @property
    def row(self) -> str:
        """The row it belongs to."""
        return next(
            (
                title.removeprefix("Delta in ")
                for title in self.section
                if re.search(r"row \d+$", title)
            ),
            "",
        )


def read_text(text: str) -> list[Line]:
    """Text: titles by their indentation; a number whose next lines begin with + or = is a sum.

    Where an equation is marked as rounded, ≈, it is read as any other. What comes before the title
    is left out: the summary of the rows.
    """
    text = text.replace(" ≈ ", " = ")
    text = from_title(text)
    lines: list[Line] = []
    path: list[tuple[int, str]] = []
    block: list[str] = []
    for raw in [*text.splitlines()[1:], ""]:
        stripped = raw.strip()
        if block and not stripped.startswith(("+ ", "= ")):
            lines.append(_line(tuple(title for _, title in path), block))
            block = []
        if block or re.search(r" = ", stripped.split("   ")[0]):
            block.append(stripped)
        elif stripped:
            depth = len(raw) - len(raw.lstrip(" "))
            path = [(d, title) for d, title in path if d < depth] + [
                (depth, stripped.split("   ")[0])
            ]
    return lines


def _line(section: tuple[str, ...], block: list[str]) -> Line:
    """A number from its lines: "symbol = parts   words", "+ parts   words", "= value   words"."""
    first, _, words = (part.strip() for part in block[0].partition("   "))
    symbol, *parts = first.removeprefix("→ ").split(" = ")
    if len(block) == 1:
        return Line(section, symbol, tuple(parts[:-1]), (), parts[-1], words)
    terms = [_term(" = ".join(parts), words)]
    for more in block[1:-1]:
        numbers, _, words = more[2:].partition("   ")
        terms.append(_term(numbers, words))
    value, _, words = block[-1][2:].partition("   ")
    return Line(section, symbol, (), tuple(terms), value.strip(), words.strip())


def _term(numbers: str, words: str) -> Term:
    expression, _, value = numbers.strip().partition(" = ")
    return Term(expression, value or expression.strip("()"), words.strip())


class _Page(HTMLParser):
    """An HTML explanation as the terminal's lines, and the links between its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = ["title"]
        self.depth, self.inside, self.last = 0, "", ""
        self.made: dict[str, str] = {}
        self.used: list[tuple[str, str, str]] = []
        self.stack: list[dict[str, str]] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.outside += [found[name] for name in ("src", "href") if name in found]
        if tag == "details":
            self.depth += 1
        elif tag == "summary":
            self.inside = "title"
            self.lines.append("  " * self.depth)
        elif tag == "span":
            self.stack.append(found)
            self._begin(found.get("class", ""))

    def _begin(self, kind: str) -> None:
        """A cell of the page's columns; a sign without a symbol before it begins a line."""
        if kind == "symbol" or (kind == "sign" and self.last != "symbol"):
            self.lines.append("  " * (self.depth + 1))
        elif kind == "says" or self.inside == "title":
            self.lines[-1] += "   "
        elif kind == "equals":
            self.lines[-1] += " "
        self.last = kind or self.last

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.depth -= 1
        elif tag == "summary":
            self.inside = ""
        elif tag == "span":
            closed = self.stack.pop()
            if closed.get("class", "") in ("symbol", "sign", "equals"):
                self.lines[-1] += " "

    def handle_data(self, data: str) -> None:
        if not self.stack and self.inside != "title":
            return
        if self.stack and "data-id" in self.stack[-1]:
            self.made[self.stack[-1]["data-id"]] = data
        if self.stack and "data-of" in self.stack[-1]:
            self.used.append((self.stack[-1]["data-of"], self.stack[-1]["data-in"], data))
        self.lines[-1] += data


def read_html(page: str) -> list[Line]:
    """HTML: every number that is used must be the one that was made where it says.

    Nothing may come from outside.
    """
    parser = _Page()
    parser.feed(page)
    assert not parser.outside
    assert "@import" not in page
    assert "url(" not in page
    assert parser.used
    for source, within, value in parser.used:
        assert within in parser.made
        if source in parser.made:
            assert is_same(value, parser.made[source]), (source, value)
        else:  # a weight, a constant, or a number of a node that is not shown
            assert not source or re.match(r"(m\d+\.)?((w|b)\d|r\d+\.|penalty)", source), source
    return read_text("\n".join(line.rstrip() for line in parser.lines))


def read_markdown(text: str) -> list[Line]:
    """The documents' face: LaTeX in aligned blocks, back to plain text."""
    lines = ["title"]
    depth = 0
    text = from_title(text)
    for line in text.splitlines()[1:]:
        heading = re.fullmatch(r"(#+) (.*)", line) or re.fullmatch(r"(\*\*)(.*)\*\*", line)
        if heading:
            depth = len(heading[1]) if heading[1][0] == "#" else 4
            title = re.sub(r"\\(.)", r"\1", heading[2])
            lines.append("  " * depth + re.sub(r" \((.*)\)$", r"   \1", title))
        elif "&" in line:
            numbers, _, words = line.removesuffix(r" \\").partition(" && ")
            plain = plain_text(
                numbers.replace(r"&\quad + ", "+ ")
                .replace("&=", "=")
                .replace("&\\approx", "=")
                .strip()
            )
            lines.append("  " * (depth + 1) + plain + ("   " + plain_text(words) if words else ""))
    return read_text("\n".join(lines))


def plain_text(latex: str) -> str:
    """LaTeX of ours as the plain text that says the same."""
    latex = latex.replace(r"\left|", r"\operatorname{abs}\left(").replace(r"\right|", r"\right)")
    latex = (
        latex.replace(r"\left", "")
        .replace(r"\right", "")
        .replace(r"\cdot", "·")
        .replace(r"\delta", "δ")
        .replace(r"\approx", "=")
    )
    latex = re.sub(r"\\([_%#&$])", r"\1", latex)
    while r"\begin{cases}" in latex:  # from the innermost on
        latex, found = re.subn(CASES, r"\1 if \2, else \3", latex)
        assert found, latex
    latex = re.sub(r"\\mathrm\{e\}\{([+-]\d+)\}", r"e\1", latex)
    latex = re.sub(r"w_\{(\d+)\[(\d+) \\to (\d+)\]\}", r"w\1[\2→\3]", latex)
    latex = re.sub(r"([zabδeygm])_\{([\d.]+)\}", r"\1\2", latex)
    latex = re.sub(r"\\frac\{\\partial (\w)\}\{\\partial ([^{}]+)\}", r"d\1/d\2", latex)
    latex = re.sub(r"(\S+)\^\{\\text\{new\}\}", r"new \1", latex)
    latex = re.sub(r"\\operatorname\{(\w+)\}", r"\1", latex).replace(r"\ln", "log")
    latex = re.sub(r"\\(tanh|max|min)", r"\1", latex)
    while True:
        plain = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1) / (\2))", latex)
        plain = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", plain)
        plain = re.sub(r"(?<![\w.])e\^\{([^{}]*)\}", r"exp(\1)", plain)
        plain = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", plain)
        plain = re.sub(r"\\text\{([^{}]*)\}", r"\1", plain)
        if plain == latex:
            return re.sub(
                r" *· *", "·", latex.replace(r"\le ", "≤ ").replace(r"\ge ", "≥ ")
            ).replace(",  ", ", ")
        latex = plain


def evaluate(expression: str) -> Any:
    """A formula as it is printed, worked out; cells and levels stand for themselves."""
    condition = re.fullmatch(r"(.+?) if (.+?), else (.+)", expression)
    if condition:
        yes, test, no = condition.groups()
        same = re.fullmatch(r"(.*) is (.*)", test)
        return evaluate(
            yes if (same[1].strip() == same[2].strip() if same else evaluate(test)) else no
        )
    python = expression.replace("·", "*").replace("^", "**")
    python = python.replace("≤", "<=").replace("≥", ">=")
    return eval(python, {"__builtins__": {}}, FUNCTIONS)


def worked_out(formula: str, **names: Any) -> Any:
    """A formula of the structure, a Python expression, with the values of its names."""
    return eval(formula, {"__builtins__": {}, **FUNCTIONS}, names)


def half_unit(number: str, digits: int) -> float:
    """How far a printed number may be from the real one: half a unit of its last digit."""
    value = abs(float(number))
    return (
        0.0
        if value == 0
        else 0.5 * 10.0 ** (math.floor(math.log10(value)) - digits + 1) * (1 + 1e-9) + 1e-15 * value
    )


def is_same(used: str, made: str) -> bool:
    """Whether a number is used as it was made, or with more digits where those are needed."""
    if used == made or not re.fullmatch(NUMBER, used.lstrip("-")):
        return used == made
    return len(used) > len(made) and abs(float(used) - float(made)) <= half_unit(made, 4)


def slack(expression: str, digits: int) -> float:
    """By how much a formula may differ because each of its numbers was rounded."""
    here, total = evaluate(expression), 0.0
    for match in re.finditer(NUMBER, expression):
        step = half_unit(match[0], digits)
        before, after = expression[: match.start()], expression[match.end() :]
        moved = [f"{before}({float(match[0]) + s * step!r}){after}" for s in (-1, 1)]
        total += max(abs(evaluate(m) - here) for m in moved)
    return total


def check_line(line: Line, digits: int) -> None:
    """A line's numbers make the number it shows, as far as its digits tell."""
    if line.terms:
        for term in line.terms:
            check_close(term.expression, term.value, digits)
        total = sum(float(term.value) for term in line.terms)
        allowed = sum(half_unit(term.value, digits) for term in line.terms) + half_unit(
            line.value, digits
        )
        assert abs(total - float(line.value)) <= allowed + 1e-14, line
    elif line.expressions and not line.alias:
        check_close(line.expressions[-1], line.value, digits)


def check_close(expression: str, value: str, digits: int) -> None:
    if expression == value:
        return
    found = evaluate(expression)
    assert (
        abs(found - float(value)) <= slack(expression, digits) + half_unit(value, digits) + 1e-14
    ), (expression, value, found)
