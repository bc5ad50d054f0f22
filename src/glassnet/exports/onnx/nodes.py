"""Operators of an ONNX graph, added one by one, and formulas written with them.

Every operator is one that onnxruntime has for double on a CPU: Erf, Softplus and Elu are not, and
so are written with others.
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.activations import OUTPUTS, Activation
from glassnet.errors import GlassnetError, visible
from glassnet.exports.formulas import activation_formula
from glassnet.exports.text import as_unicode
from glassnet.notation.expression import parse

GraphValue = str | np.ndarray
"""The name of a value that the graph computes, or a constant, known when it is written."""

ONNX_TYPES = {"float32": 1, "int64": 7, "object": 8, "bool": 9, "float64": 11}
"""How ONNX numbers the types of tensors (TensorProto.DataType); objects are strings."""

COLUMNS_AXIS = np.array([1])
"""Where sums are over the columns of each row."""

SOFTPLUS = "max(x, 0) + (e if u == 1 else log(u) * e / (u - 1))"
"""For e = exp(-|x|) and u = 1 + e: it never overflows. The right is log(1 + e) to the last digit,
as far below 1 as e may be (Goldberg 1991, theorem 4)."""

_BINARY = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.Pow: "Pow"}
_COMPARISONS = {
    ast.Gt: "Greater",
    ast.GtE: "GreaterOrEqual",
    ast.Lt: "Less",
    ast.LtE: "LessOrEqual",
    ast.Eq: "Equal",
}
_FUNCTIONS = {
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "tanh": "Tanh",
    "abs": "Abs",
    "sign": "Sign",
    "max": "Max",
    "min": "Min",
    "sigmoid": "Sigmoid",
}
_FOLDED = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Neg": np.negative,
    "Pow": np.power,
}
_NEUTRAL = {"Add": 0, "Sub": 0, "Mul": 1, "Div": 1}  # on the right, where nothing changes


class Node(NamedTuple):
    """One operator: what it reads and what it gives, by name."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


class GraphNodes:
    """The operators and constants of a graph.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        What is computed in.
    prefix : str
        What every name begins with.

    Attributes
    ----------
    nodes : list of Node
        In the order in which they run; the first output is a node's name as well.
    constants : dict
        The arrays by name: numbers in `dtype`, int64, booleans, or text as objects.
    """

    def __init__(self, dtype: str = "float64", prefix: str = "") -> None:
        self.dtype = dtype
        self.nodes: list[Node] = []
        self.constants: dict[str, np.ndarray] = {}
        self._prefix = prefix
        self._used: set[str] = set()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What is added within is named after that part of the model."""
        before = self._prefix
        self._prefix = before + as_unicode(visible(name)) + "/"
        try:
            yield
        finally:
            self._prefix = before

    def add(self, op: str, *inputs: GraphValue, **attributes: Any) -> str:
        """Add an operator. Returns the name of what it gives."""
        [output] = self.add_to([self._name(op)], op, *inputs, **attributes)
        return output

    def add_to(
        self, outputs: Sequence[str], op: str, *inputs: GraphValue, **attributes: Any
    ) -> Sequence[str]:
        """Add an operator that gives values of these names."""
        names = tuple(one if isinstance(one, str) else self.constant(one) for one in inputs)
        self.nodes.append(Node(op, names, tuple(outputs), attributes))
        return outputs

    def constant(self, values: Any, label: str = "") -> str:
        """Add an array, numbers in the graph's dtype. Returns its name; a number is added once."""
        array = np.asarray(values)
        if array.dtype.kind == "f":
            array = array.astype(self.dtype)
        if array.shape or label:
            name = self._name(label or "constant")
        else:
            name = f"{self._root}{array.item()!r}"
        self.constants[name] = array
        return name

    def numbered(self, count: int, label: str) -> list[str]:
        """New names for several values."""
        return [self._name(f"{label} {number}") for number in range(1, count + 1)]

    @property
    def _root(self) -> str:
        return self._prefix.partition("/")[0] + "/"

    def _name(self, label: str) -> str:
        name = self._prefix + label
        number = 1
        while name in self._used:
            number += 1
            name = f"{self._prefix}{label} {number}"
        self._used.add(name)
        return name

    def as_numbers(self, condition: GraphValue) -> str:
        """1 where a condition holds, else 0."""
        return self.add("Cast", condition, to=ONNX_TYPES[self.dtype])

    def columns(self, values: Sequence[str]) -> str:
        """Values side by side."""
        return values[0] if len(values) == 1 else self.add("Concat", *values, axis=1)

    def split(self, value: str, widths: Sequence[int], label: str) -> list[str]:
        """The columns of a value, so many for each name."""
        if len(widths) == 1:
            return [value]
        names = self.numbered(len(widths), label)
        self.add_to(names, "Split", value, self.constant(widths, "widths"), axis=1)
        return names

    def activated(self, activation: Activation, z: str) -> str:
        """The activation of z, N x nodes.

        Raises GlassnetError where the activation has no formula.
        """
        formula = activation_formula(activation, "ONNX")
        if activation == OUTPUTS["softmax"]:
            return self.add("Softmax", z, axis=1)
        if activation in (OUTPUTS["sigmoid"], OUTPUTS["softplus"]):
            formula = f"{activation.name}(z)"  # neither may overflow
        return self.write(formula, z=z)

    def write(self, formula: str, **values: GraphValue | float) -> str:
        """Add a formula, its names being values of the graph, numbers or arrays.

        What is made of constants alone is computed here, in double.
        """
        known = {
            name: np.asarray(value, float) if isinstance(value, (int, float)) else value
            for name, value in values.items()
        }
        try:
            tree = parse(formula)
        except SyntaxError:
            raise GlassnetError(f"'{formula}' is no formula that ONNX can express") from None
        found = self._part(tree, known)
        return found if isinstance(found, str) else self.constant(found)

    def _part(self, node: ast.expr, known: dict[str, GraphValue]) -> GraphValue:
        match node:
            case ast.Name(name) if name in known:
                return known[name]
            case ast.Constant(int() | float() as number):
                return np.asarray(float(number))
            case ast.BinOp(left, ast.Pow(), ast.Constant(2 | 3 as power)):
                base = self._part(left, known)
                square = self._arithmetic("Mul", base, base)
                return square if power == 2 else self._arithmetic("Mul", square, base)
            case ast.BinOp(left, op, right) if type(op) in _BINARY:
                operands = (self._part(left, known), self._part(right, known))
                return self._arithmetic(_BINARY[type(op)], *operands)
            case ast.UnaryOp(ast.USub(), operand):
                return self._arithmetic("Neg", self._part(operand, known))
            case ast.Compare(left, [op], [right]):
                operands = (self._part(left, known), self._part(right, known))
                return self.add(_COMPARISONS[type(op)], *operands)
            case ast.Call(ast.Name(name), arguments):
                return self._function(name, [self._part(one, known) for one in arguments])
            case ast.IfExp(test, yes, no):
                condition = self._part(test, known)
                either, other = self._part(yes, known), self._part(no, known)
                if _is_number(either, 1) and _is_number(other, 0):
                    return self.as_numbers(condition)
                return self.add("Where", condition, either, other)
        raise GlassnetError(f"'{ast.unparse(node)}' is no part of a formula that ONNX can express")

    def _arithmetic(self, op: str, *operands: GraphValue) -> GraphValue:
        constants = [one for one in operands if isinstance(one, np.ndarray)]
        if len(constants) == len(operands):
            return np.asarray(_FOLDED[op](*constants), float)
        first, last = operands[0], operands[-1]
        if op in _NEUTRAL and _is_number(last, _NEUTRAL[op]):
            return first
        if op == "Mul" and _is_number(first, 1):
            return last
        return self.add(op, *operands)

    def _function(self, name: str, arguments: list[GraphValue]) -> GraphValue:
        if name == "softplus":
            e = self.write("exp(-abs(x))", x=arguments[0])
            return self.write(SOFTPLUS, x=arguments[0], e=e, u=self.write("1 + e", e=e))
        above = [one for one in arguments if not _is_number(one, 0)]
        if name == "max" and len(above) == 1:
            return self.add("Relu", *above)
        if name not in _FUNCTIONS:
            raise GlassnetError(
                f"the function '{name}' of a formula is none that ONNX can express here",
                remedy=f"write it with {', '.join([*_FUNCTIONS, 'softplus'])}",
            )
        return self.add(_FUNCTIONS[name], *arguments)


def _is_number(value: GraphValue, number: float) -> bool:
    """Whether a value is that number, or an array of nothing else."""
    return isinstance(value, np.ndarray) and bool(np.all(value == number))
