"""What an explanation is made of: plain data that knows nothing of how it is made or shown.

Names count from 1, as on paper: z1.2 is the second node of the first layer. Python's indices count
from 0.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

from glassnet.errors import visible
from glassnet.explanation.summaries import TargetSummary, WhatIf
from glassnet.notation.numerals import Value

LONGEST_TITLE = 120  # characters of it in a repr
JSON_VERSION = 2  # of the JSON, whose fields may only become more; 1 had no members


@dataclass(frozen=True)
class Operand:
    """A number that goes into another; `source` is the id of where it was made or given."""

    symbol: str
    value: Value
    source: str = ""


@dataclass(frozen=True)
class Step:
    """A number and the formula that made it.

    `formula` is a Python expression of the names in `operands`; "" where the number is given.
    """

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
    """A number and what was added up to it: `added` numbers as they are, and products.

    `left_out` further products are not shown one by one: `rest` is their sum. `zeros` says in words
    what is not shown because it is 0.
    """

    id: str
    symbol: str
    value: float
    products: tuple[Product, ...]
    added: tuple[tuple[str, Operand], ...] = ()
    """Each with what it is in words."""
    left_out: int = 0
    rest: float = 0.0
    says: str = ""
    zeros: str = ""

    def operand(self) -> Operand:
        """The number as it goes into others."""
        return Operand(self.symbol, self.value, self.id)


Computed = Step | Sum
"""A number that was made from others."""


@dataclass(frozen=True)
class ColumnSteps:
    """A column's way to the network's inputs; the last steps are the inputs it becomes.

    `cell` is as it would stand in the table.
    """

    name: str
    kind: str
    steps: tuple[Step, ...]
    cell: str


@dataclass(frozen=True)
class NodeForward:
    """A node on the way forward: `z` and `a` are its numbers."""

    name: str
    says: str
    z: Sum
    a: Step


@dataclass(frozen=True)
class LayerForward:
    """A layer on the way forward.

    `nodes` are those shown; `left_out` says how many are not, `chosen` how those shown were chosen.
    """

    name: str
    says: str
    nodes: tuple[NodeForward, ...]
    left_out: int
    chosen: str


@dataclass(frozen=True)
class RowForward:
    """One row on the way forward.

    Its cells' encoding, the layers, the predictions in the target's unit, and its loss; where
    several networks vote, how far their predictions agree. `summary` says first what came out and
    which columns made it so, one for each target; a member's rows have none. `what_if`: what other
    cells would change. `outside`: which numbers are outside those seen in training.
    """

    name: str
    columns: tuple[ColumnSteps, ...]
    layers: tuple[LayerForward, ...]
    predictions: tuple[Step, ...]
    loss: tuple[Computed, ...]
    agreement: tuple[Step, ...] = ()
    summary: tuple[TargetSummary, ...] = ()
    what_if: WhatIf | None = None
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeBackward:
    """A node on the way back, and the weights into it.

    `deltas` are the chain rule's factors and delta for each row; `left_out` weights are not shown.
    """

    name: str
    says: str
    deltas: tuple[tuple[Computed, ...], ...]
    gradients: tuple[Sum, ...]
    updates: tuple[Step, ...]
    left_out: int


@dataclass(frozen=True)
class LayerBackward:
    """A layer on the way back."""

    name: str
    says: str
    nodes: tuple[NodeBackward, ...]
    left_out: int


@dataclass(frozen=True)
class WeightUpdate:
    """A weight or bias before a step of gradient descent, its gradient, and what the step makes.

    `largest`: whether the step changes no other of the network more.
    """

    symbol: str
    before: float
    gradient: float
    after: float
    largest: bool


@dataclass(frozen=True)
class LayerUpdates:
    """What the step makes of all weights and biases of a layer."""

    name: str
    weights: tuple[WeightUpdate, ...]


@dataclass(frozen=True, eq=False)
class Explanation:
    """The complete arithmetic of some rows through a model, and of a step of training on them.

    `network` says what the network is; `notes` what a reader should know; `rows` the way forward;
    `loss` how the rows' losses became one; `backward` the layers from the last to the first, empty
    unless it was asked for. Where several networks vote, `members` explains each of them alone,
    and the layer of the rows is the vote. `model_note` says which of a run's models this is, where
    there are two. `brief`: whether text and Markdown show the arithmetic of the output alone,
    unless they are asked for the whole. `updates`, on the way back of a small network alone: what
    the step makes of every weight. `opening`: what is said before all else.
    """

    title: str
    network: dict[str, Any]
    notes: tuple[str, ...]
    rows: tuple[RowForward, ...]
    loss: tuple[Computed, ...]
    backward: tuple[LayerBackward, ...]
    members: tuple["Explanation", ...] = ()
    model_note: str = ""
    brief: bool = False
    updates: tuple[LayerUpdates, ...] = ()
    opening: tuple[str, ...] = ()

    def numbers(self) -> Iterator[Computed]:
        """Every number shown, in the order of its making."""
        yield from _numbers(self)

    def __getitem__(self, name: str) -> Computed:
        """The number of that id, such as "r1.z1.2", "r1.a1.2" or "gw2.1.1".

        A number of member 2 is "m2.r1.z1.2". Raises KeyError where it is not shown.
        """
        for number in self.numbers():
            if number.id == name:
                return number
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able data, every number in full precision."""
        return {"format": "glassnet-explanation", "version": JSON_VERSION, **_plain(self)}

    def text(self, digits: int = 4, width: int | None = 100, whole: bool | None = None) -> str:
        """For a terminal.

        Parameters
        ----------
        digits : int
            Significant digits.
        width : int, optional
            Where lines are broken; None: nowhere.
        whole : bool, optional
            Whether all arithmetic is shown, or that of the output alone. None: all of networks of
            up to 200 weights, and where the way back or nodes were asked for.

        Returns
        -------
        str
            Lines of text.
        """
        from glassnet.explanation.render.text import to_text

        return to_text(self, digits, width, whole)

    def markdown(self, digits: int = 4, whole: bool | None = None) -> str:
        """Markdown with LaTeX formulas; `digits` and `whole` as of `text`."""
        from glassnet.explanation.render.markdown import to_markdown

        return to_markdown(self, digits, whole)

    def html(self, digits: int = 4) -> str:
        """A whole page without outside resources."""
        from glassnet.explanation.render.html import to_page

        return to_page(self, digits)

    def __repr__(self) -> str:
        count = f"{len(self.rows)} rows" if len(self.rows) != 1 else "1 row"
        return visible(f"<glassnet Explanation of {count}: {self.title[:LONGEST_TITLE]}>")

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from glassnet.explanation.render.html import to_fragment

        return to_fragment(self, 4)


def _numbers(part: Any) -> Iterator[Computed]:
    if isinstance(part, (Step, Sum)):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _numbers(item)
    elif is_dataclass(part) and not isinstance(part, Operand):
        for field in fields(part):
            yield from _numbers(getattr(part, field.name))


def _plain(explanation: Explanation) -> dict[str, Any]:
    """The fields as dictionaries and lists; the predictions of a row are called answers there."""
    data = asdict(explanation)
    _rename_predictions(data)
    return data


def _rename_predictions(explanation: dict[str, Any]) -> None:
    for row in explanation["rows"]:
        row["answers"] = row.pop("predictions")
    for member in explanation["members"]:
        _rename_predictions(member)
