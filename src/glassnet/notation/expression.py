"""A formula as a Python expression: what it names, what it makes of numbers, and a simpler form."""

import ast
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import numpy as np

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "abs": np.abs,
    "sign": np.sign,
    "max": np.maximum,
    "min": np.minimum,
    "sigmoid": lambda x: np.exp(-np.logaddexp(0, -x)),
    "softplus": lambda x: np.logaddexp(0, x),
}
"""The functions that `evaluate` knows."""


@cache
def parse(formula: str) -> ast.expr:
    """The formula as a tree of Python's `ast`."""
    return ast.parse(formula, mode="eval").body


def names_in(formula: str) -> set[str]:
    """Every name of a formula, those of functions included; of an empty formula none.

    >>> sorted(names_in("a * exp(s)"))
    ['a', 'exp', 's']
    """
    if not formula:
        return set()
    return {node.id for node in ast.walk(parse(formula)) if isinstance(node, ast.Name)}


def foreign_part(formula: str, names: Collection[str]) -> str:
    """The part of a formula that no dialect writes; "" where there is none.

    >>> foreign_part("z**3 if z > 0 else max(z, -1)", ["z"]), foreign_part("2 * z^3", ["z"])
    ('', '2 * z ^ 3')
    """
    try:
        tree = parse(formula)
    except SyntaxError:
        return formula
    parts = (node for node in ast.walk(tree) if isinstance(node, ast.expr))
    return next((ast.unparse(node) for node in parts if not _is_written(node, names)), "")


def _is_written(node: ast.expr, names: Collection[str]) -> bool:
    match node:
        case ast.Name(name):
            return name in names or name in FUNCTIONS
        case ast.Constant(value):
            return type(value) in (int, float)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow()):
            return True
        case ast.UnaryOp(op=ast.USub()) | ast.IfExp():
            return True
        case ast.Compare(ops=[ast.Lt() | ast.Gt() | ast.GtE() | ast.LtE() | ast.Eq()]):
            return True
        case ast.Call(func=ast.Name(name), keywords=[]):
            return name in FUNCTIONS
    return False


def evaluate(formula: str, **values: Any) -> Any:
    """What a formula makes of numbers; one without conditions of arrays too.

    >>> float(evaluate("a * exp(s)", a=3.0, s=0.0))
    3.0
    """
    return eval(formula, {"__builtins__": {}}, {**FUNCTIONS, **values})


def substitute(formula: str, parts: dict[str, str]) -> str:
    """The formula with an expression in the place of each of some names.

    >>> substitute("exp(z) / s", {"z": "z1", "s": "exp(z1) + exp(z2)"})
    'exp(z1) / (exp(z1) + exp(z2))'
    """
    return ast.unparse(_Substitute(parts).visit(ast.parse(formula, mode="eval")))


class _Substitute(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, parts: dict[str, str]) -> None:
        self.parts = parts

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return parse(self.parts[node.id]) if node.id in self.parts else node


def without_factor(formula: str, name: str) -> str:
    """The formula where a factor of that name is 1, and so need not be written.

    >>> without_factor("a * s - y", "s")
    'a - y'
    """
    tree = _WithoutFactor(name).visit(ast.parse(formula, mode="eval"))
    return ast.unparse(tree)


class _WithoutFactor(ast.NodeTransformer):
    """Puts `x` in the place of `x * name`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(other, ast.Mult(), ast.Name(self.name)):
                return other
        return node
