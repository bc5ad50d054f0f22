"""Text, numbers and matrices in LaTeX, in ASCII alone, so that every TeX reads them alike."""

import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from glassnet.errors import visible
from glassnet.exports.templates import wrapped_items
from glassnet.notation.numerals import numeral

CONSTANT_DIGITS = 6  # significant ones, of what columns and targets are scaled by
WEIGHT_DIGITS = 4
MATRIX_WIDTH = 81  # characters of a row of a matrix that a page is wide enough for
MATRIX_ROWS = 40
MOST_READABLE = 1000  # weights and biases of a model whose matrices are printed
LONGEST_IN_CELL = 120  # characters of a text in a table
LONGEST_WORD = 12  # characters; behind each so many of a longer one a line may end

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\texttt{\char36}",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\texttt{\char34}",
    "'": r"\texttt{\char39}",
    "`": r"\texttt{\char96}",
    "[": "{[}",  # else, and a star, part of a line's end before it
    "*": "{*}",
    "-": "{-}",  # two would become a dash
    "\u00df": r"\ss{}",
    "\u00e6": r"\ae{}",
    "\u00c6": r"\AE{}",
    "\u0153": r"\oe{}",
    "\u0152": r"\OE{}",
    "\u00f8": r"\o{}",
    "\u00d8": r"\O{}",
    "\u0142": r"\l{}",
    "\u0141": r"\L{}",
    "\u0131": r"\i{}",
    "\u2212": "$-$",
    "\u2013": r"\textendash{}",
    "\u2014": r"\textemdash{}",
    "\u2026": r"\dots{}",
    "\u00b0": r"$^\circ$",
    "\u00b5": r"$\mu$",
    "\u00b2": "$^2$",
    "\u00b3": "$^3$",
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}


def escaped_for_latex(text: str, longest: int = sys.maxsize) -> str:
    r"""Text as LaTeX sets it; a character that its fonts lack by its number.

    Of more than `longest` characters the first are kept. Lines may end within a long word.

    >>> print(escaped_for_latex("50% of \u00e9t\u00e9 \u4e2d"))
    50\% of \'{e}t\'{e} \character{4E2D}
    >>> print(escaped_for_latex("the_age_of_a_car in years", longest=20))
    the\_age\_of\_a\allowbreak{}\_car in\dots{}
    """
    text = visible(text)
    if len(text) > longest:
        text = text[: longest - 1] + "\u2026"
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    parts = [word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)]
    return r"\allowbreak{}".join("".join(map(_character, part)) for part in parts)


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if " " <= character <= "~":
        return character
    letter, *accents = unicodedata.normalize("NFD", character)
    if len(accents) == 1 and accents[0] in _ACCENTS and letter.isascii() and letter.isalpha():
        return f"\\{_ACCENTS[accents[0]]}{{{letter}}}"
    return f"\\character{{{ord(character):04X}}}"


def latex_numeral(value: float, digits: int = CONSTANT_DIGITS) -> str:
    r"""A number in a formula, rounded.

    >>> print(latex_numeral(-1.23456789e-7))
    -1.23457 \cdot 10^{-7}
    """
    if not math.isfinite(value):
        return r"-\infty" if value < 0 else r"\infty"
    mantissa, _, exponent = numeral(float(value), digits).partition("e")
    return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def latex_weight(value: float) -> str:
    """A weight in a matrix, rounded."""
    return latex_numeral(value, WEIGHT_DIGITS)


def latex_list(values: Iterable[float]) -> str:
    """Numbers in a text, with commas in between, at which its lines can break."""
    return ", ".join(f"${latex_numeral(value)}$" for value in values)


def is_printed(matrix: np.ndarray) -> bool:
    """Whether a page is large enough for a matrix."""
    if len(matrix) > MATRIX_ROWS or matrix.shape[1] > MATRIX_WIDTH:
        return False
    columns = [[numeral(float(weight), WEIGHT_DIGITS) for weight in column] for column in matrix.T]
    gap = 2  # characters between two columns
    return sum(max(map(len, column)) + gap for column in columns) <= MATRIX_WIDTH


def latex_display(*lines: str) -> str:
    """Formulas, one a line, below each other."""
    return "\\begin{align*}\n" + " \\\\[3pt]\n".join(lines) + "\n\\end{align*}"


def latex_matrix(matrix: np.ndarray) -> str:
    """A matrix in a formula, a line a row."""
    rows = [" & ".join(map(latex_weight, row)) for row in matrix]
    return "\\begin{pmatrix}\n" + " \\\\\n".join(rows) + "\n\\end{pmatrix}"


def latex_comment(name: str, matrix: np.ndarray) -> str:
    """A matrix to the last digit, as lines that LaTeX does not read."""
    lines = [f"% {name} to the last digit:"]
    for row in np.atleast_2d(matrix):
        items = wrapped_items([repr(float(value)) for value in row], indent=0)
        lines += [f"%   {line}" for line in items.splitlines()]
    return "\n".join(lines)


def flat_cases(formula: str) -> str:
    r"""A formula whose cases within the last case are cases beside it.

    >>> print(flat_cases(r"\\ \begin{cases} 1 \end{cases} & \text{else} \end{cases}"))
    \\ 1 \end{cases}
    """
    end = r" \end{cases}"
    return formula.replace(r"\\ \begin{cases} ", r"\\ ").replace(
        rf"{end} & \text{{else}}{end}", end
    )


def span_of(symbol: str, first: int, count: int) -> str:
    """Symbols with their numbers, from the first: one, or the first to the last."""
    if count == 1:
        return f"${symbol}_{{{first}}}$"
    return f"${symbol}_{{{first}}}$ to ${symbol}_{{{first + count - 1}}}$"


def latex_table(header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[str]) -> str:
    """A table that may go on over pages; its cells are LaTeX."""
    columns = "".join(rf">{{\raggedright\arraybackslash}}p{{{width}}}" for width in widths)
    lines = [" & ".join(cells) + r" \\" for cells in [header, *rows]]
    lines.insert(1, r"\hline\endhead")
    return "\n".join([f"\\begin{{longtable}}{{{columns}}}", *lines, r"\end{longtable}"])
