"""A formula, written once as a Python expression, in the notation of a face: plain text or LaTeX, with symbols or numbers in it."""

import ast
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from glassnet.explanation.numerals import MOST_DIGITS, numeral

Names = Mapping[str, tuple[str, bool]]
"""What stands for each name of a formula, and whether that needs brackets beside an operator, as a negative number does."""

_RANK = {
    ast.IfExp: 0,
    ast.Compare: 1,
    ast.Add: 2,
    ast.Sub: 2,
    ast.Mult: 3,
    ast.Div: 3,
    ast.USub: 3,
    ast.Pow: 5,
}
_ATOM = 6
_COMPARE = {
    ast.Gt: (">", ">"),
    ast.GtE: ("≥", r"\ge"),
    ast.LtE: ("≤", r"\le"),
    ast.Eq: ("is", r"\text{ is }"),
}
_NAMED = {"log": r"\ln", "tanh": r"\tanh", "max": r"\max", "min": r"\min"}


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


class _Shown(NamedTuple):
    """What stands for the names of a formula, and the significant digits of its own numbers."""

    names: Names
    digits: int


def in_text(formula: str, names: Names, digits: int = MOST_DIGITS) -> str:
    """The formula in plain text, which a calculator takes but for its signs; its own numbers with so many significant digits.

    >>> in_text("u / sqrt(1 + (u / 3)**2)", {"u": ("-0.5", True)})
    '(-0.5) / sqrt(1 + ((-0.5) / 3)^2)'
    """
    return _text(_parsed(formula), _Shown(names, digits))[0]


def in_latex(formula: str, names: Names, digits: int = MOST_DIGITS) -> str:
    r"""The formula in LaTeX.

    >>> print(in_latex("1 / (1 + exp(-z))", {"z": ("z_{1}", False)}))
    \frac{1}{1 + e^{-z_{1}}}
    """
    return _latex(_parsed(formula), _Shown(names, digits))[0]


def _text(node: ast.expr, shown: _Shown) -> tuple[str, int]:
    """The text of a part of a formula, and how tightly it holds together."""
    match node:
        case ast.IfExp(test, body, orelse):
            return (
                f"{_text(body, shown)[0]} if {_text(test, shown)[0]}, else {_text(orelse, shown)[0]}",
                0,
            )
        case ast.Call(ast.Name(name), args):
            return f"{name}({', '.join(_text(arg, shown)[0] for arg in args)})", _ATOM
        case ast.BinOp(left, op, right):
            sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: "·", ast.Div: " / ", ast.Pow: "^"}[
                type(op)
            ]
            return (
                f"{_held(_text, left, shown, op, False)}{sign}{_held(_text, right, shown, op, True)}",
                _RANK[type(op)],
            )
        case ast.UnaryOp(op, operand):
            return "-" + _held(_text, operand, shown, op, True), _RANK[type(op)]
    return _leaf(node, shown, _text, 0)


def _latex(node: ast.expr, shown: _Shown) -> tuple[str, int]:
    """The same in LaTeX."""
    match node:
        case ast.IfExp(test, body, orelse):
            cases = rf"{_latex(body, shown)[0]} & \text{{if }} {_latex(test, shown)[0]} \\ {_latex(orelse, shown)[0]} & \text{{else}}"
            return rf"\begin{{cases}} {cases} \end{{cases}}", _ATOM
        case ast.Call(ast.Name("exp"), [arg]):
            return f"e^{{{_latex(arg, shown)[0]}}}", 4
        case ast.Call(ast.Name("sqrt"), [arg]):
            return rf"\sqrt{{{_latex(arg, shown)[0]}}}", _ATOM
        case ast.Call(ast.Name("abs"), [arg]):
            return rf"\left|{_latex(arg, shown)[0]}\right|", _ATOM
        case ast.Call(ast.Name(name), args):
            command = _NAMED.get(name, rf"\operatorname{{{name}}}")
            return (
                rf"{command}\left({', '.join(_latex(arg, shown)[0] for arg in args)}\right)",
                _ATOM,
            )
        case ast.BinOp(left, ast.Div(), right):
            return rf"\frac{{{_latex(left, shown)[0]}}}{{{_latex(right, shown)[0]}}}", 4
        case ast.BinOp(left, ast.Pow() as op, right):
            return f"{_held(_latex, left, shown, op, False)}^{{{_latex(right, shown)[0]}}}", 5
        case ast.BinOp(left, op, right):
            sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: r" \cdot "}[type(op)]
            return (
                f"{_held(_latex, left, shown, op, False)}{sign}{_held(_latex, right, shown, op, True)}",
                _RANK[type(op)],
            )
        case ast.UnaryOp(op, operand):
            return "-" + _held(_latex, operand, shown, op, True), _RANK[type(op)]
    return _leaf(node, shown, _latex, 1)


Notation = Callable[[ast.expr, _Shown], tuple[str, int]]


def _leaf(node: ast.expr, shown: _Shown, write: Notation, language: int) -> tuple[str, int]:
    match node:
        case ast.Name(name):
            written, brackets = shown.names[name]
            return written, 1 if brackets else _ATOM
        case ast.Constant(int() | float() as value):
            return numeral(float(value), shown.digits), _ATOM
        case ast.Compare(left, [op], [right]):
            return (
                f"{write(left, shown)[0]} {_COMPARE[type(op)][language]} {write(right, shown)[0]}",
                1,
            )
    raise ValueError(ast.dump(node))


def _held(write: Notation, node: ast.expr, shown: _Shown, op: ast.AST, right: bool) -> str:
    """A part beside an operator, in brackets where it would fall apart without."""
    written, rank = write(node, shown)
    outer = _RANK[type(op)]
    loose = rank < outer or (
        right and rank == outer and isinstance(op, (ast.Sub, ast.Div, ast.USub))
    )
    loose = loose or (isinstance(op, ast.Pow) and rank == outer)
    left, close = (r"\left(", r"\right)") if write is _latex else ("(", ")")
    return f"{left}{written}{close}" if loose else written
