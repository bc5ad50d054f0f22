"""What an explanation is made of: plain data that knows nothing of how it is shown, and the arithmetic of nothing.

Names count from 1, as on paper: z1.2 is the second node of the first layer; Python's own places count from 0.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from glassnet.notation.numerals import Value


@dataclass(frozen=True)
class Operand:
    """A number that goes into another: its symbol, its value, and the id of where it was made or given."""

    symbol: str
    value: Value
    source: str = ""


@dataclass(frozen=True)
class Step:
    """A number and the formula that made it. `formula` is a Python expression of the names in `operands`; "" where it is given."""

    id: str
    symbol: str
    value: Value
    formula: str = ""
    operands: dict[str, Operand] | None = None
    says: str = ""
    """What the step is, in words."""

    def operand(self) -> Operand:
        """The number as it goes into others."""
        return Operand(self.symbol, self.value, self.id)


@dataclass(frozen=True)
class Product:
    """Two numbers multiplied."""

    left: Operand
    right: Operand
    value: float
    says: str = ""


@dataclass(frozen=True)
class Sum:
    """A number and what was added up to it: `added` numbers as they are, and products; `left_out` products are in `rest` only."""

    id: str
    symbol: str
    value: float
    products: tuple[Product, ...]
    added: tuple[tuple[str, Operand], ...] = ()
    """Each with what it is in words."""
    left_out: int = 0
    rest: float = 0.0
    says: str = ""

    def operand(self) -> Operand:
        """The number as it goes into others."""
        return Operand(self.symbol, self.value, self.id)


Number = Step | Sum


@dataclass(frozen=True)
class Column:
    """A column's way to the network's inputs; the last steps are the inputs it becomes."""

    name: str
    kind: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Node:
    """A node on the way forward: `parts` are what each of several joined networks adds to z, `z` and `a` the node's own numbers."""

    name: str
    says: str
    parts: tuple[Sum, ...]
    z: Sum
    a: Step


@dataclass(frozen=True)
class Layer:
    """A layer on the way forward. `nodes` are those shown; `left_out` says how many are not, `chosen` how those were chosen."""

    name: str
    says: str
    nodes: tuple[Node, ...]
    left_out: int
    chosen: str


@dataclass(frozen=True)
class Row:
    """One row on the way forward: its cells' encoding, the layers, the answers in the target's own unit, its loss."""

    name: str
    columns: tuple[Column, ...]
    layers: tuple[Layer, ...]
    answers: tuple[Step, ...]
    loss: tuple[Number, ...]


@dataclass(frozen=True)
class NodeBack:
    """A node on the way back: `deltas` are the chain rule's factors and delta for each row; then come the weights into the node.

    `says` is what the node is called; `left_out` weights into it are not shown.
    """

    name: str
    says: str
    deltas: tuple[tuple[Number, ...], ...]
    gradients: tuple[Sum, ...]
    updates: tuple[Step, ...]
    left_out: int


@dataclass(frozen=True)
class LayerBack:
    """A layer on the way back."""

    name: str
    says: str
    nodes: tuple[NodeBack, ...]
    left_out: int


@dataclass(frozen=True, eq=False)
class Explanation:
    """The complete arithmetic of some rows through a network, and of one step of training on them where that was asked for.

    `network` says what the network is; `notes` what a reader should know of this explanation; `rows` the way forward; `loss` how
    the rows' losses became one; `backward` the layers from the last to the first, empty unless asked for.
    """

    title: str
    network: dict[str, Any]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    loss: tuple[Number, ...]
    backward: tuple[LayerBack, ...]

    def numbers(self) -> Iterator[Number]:
        """Every number shown, in the order of its making."""
        yield from _numbers(self)

    def __getitem__(self, name: str) -> Number:
        """The number of that id, such as "r1.z1.2", "r1.a1.2" or "g2.1.1". Raises KeyError where it is not shown."""
        for number in self.numbers():
            if number.id == name:
                return number
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data, every number in full precision."""
        return {"format": "glassnet-explanation", "version": 1, **asdict(self)}

    def text(self, digits: int = 4) -> str:
        """For a terminal, with so many significant digits."""
        from glassnet.explanation.render.text import to_text

        return to_text(self, digits)

    def markdown(self, digits: int = 4) -> str:
        """Markdown with LaTeX formulas."""
        from glassnet.explanation.render.markdown import to_markdown

        return to_markdown(self, digits)

    def html(self, digits: int = 4) -> str:
        """A whole page without outside resources."""
        from glassnet.explanation.render.html import to_page

        return to_page(self, digits)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from glassnet.explanation.render.html import to_fragment

        return to_fragment(self, 4)


def _numbers(part: Any) -> Iterator[Number]:
    if isinstance(part, (Step, Sum)):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _numbers(item)
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Operand):
        for field in fields(part):
            yield from _numbers(getattr(part, field.name))
