"""The order in which an explanation is read, the same in every format: sections within sections."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from glassnet.errors import OptionRef, Wording
from glassnet.explanation.encoding import AS_IT_IS, NUMBER
from glassnet.explanation.parts import (
    ColumnSteps,
    Computed,
    Explanation,
    LayerBackward,
    LayerForward,
    NodeBackward,
    NodeForward,
    RowForward,
)


class Section(NamedTuple):
    """A heading, what is said beside it and below it, its numbers, and the sections in it.

    `symbols`: whether formulas are shown with their symbols too, not with numbers only. `kind` is
    what it is about: "" (the whole), "member", "row", "column", "layer", "node" or "part".
    """

    title: str
    says: str = ""
    notes: Sequence[str] = ()
    numbers: Sequence[Computed] = ()
    sections: Sequence["Section"] = ()
    symbols: bool = True
    kind: str = "part"


def outline(explanation: Explanation) -> Section:
    """The whole explanation as one section."""
    return Section(
        explanation.title, notes=explanation.notes, sections=_parts(explanation), kind=""
    )


def output_only(explanation: Explanation) -> Explanation:
    """Only the arithmetic of the output: of several networks their vote, of one its last layer."""
    rows = tuple(replace(row, columns=(), layers=row.layers[-1:]) for row in explanation.rows)
    return replace(explanation, rows=rows, backward=(), members=())


def what_is_left_out(explanation: Explanation, wording: Wording) -> str:
    """What `output_only` leaves out, and how to have it, in a sentence."""
    count = len(explanation.members)
    what = f"every layer of the {count} members" if count else "the layers before the last"
    whole = wording(OptionRef("whole", True))
    return f"Not shown: how the cells become inputs, and {what}. All of it: {whole}."


def _parts(explanation: Explanation) -> list[Section]:
    """The rows, their loss, the way back, and the members each as a section."""
    names = [row.name for row in explanation.rows]
    sections = [_row(row) for row in explanation.rows]
    if explanation.loss:
        title = "The loss of these rows" if len(names) > 1 else "The loss"
        sections.append(Section(title, numbers=explanation.loss, kind="row"))
    sections += [_layer_back(layer, names) for layer in explanation.backward]
    for member in explanation.members:
        title, _, says = member.title.partition(": ")
        sections.append(Section(title, says, sections=_parts(member), kind="member"))
    return sections


def _row(row: RowForward) -> Section:
    sections = [_column(column) for column in row.columns]
    sections += [_layer(layer) for layer in row.layers]
    sections.append(Section("From output to prediction", numbers=row.predictions))
    if row.agreement:
        sections.append(Section("How far the members agree", numbers=row.agreement))
    if row.loss:
        sections.append(Section("The loss of this row", numbers=row.loss))
    return Section(row.name, sections=sections, kind="row")


def _column(column: ColumnSteps) -> Section:
    cell, first, *more = column.steps
    is_said_twice = (cell.says, first.says) == (NUMBER, AS_IT_IS)
    steps = [first, *more] if is_said_twice else column.steps
    return Section(
        f"Column {column.name}", column.cell, numbers=steps, symbols=False, kind="column"
    )


def _layer(layer: LayerForward) -> Section:
    title = "The vote" if layer.name == "vote" else f"Layer {layer.name}"
    notes = _left_out(len(layer.nodes), layer.left_out, layer.chosen)
    nodes = [_node(node) for node in layer.nodes]
    return Section(title, layer.says, notes, sections=nodes, kind="layer")


def _left_out(nodes: int, left_out: int, chosen: str = "") -> list[str]:
    """How many nodes are shown, and which, where that is not all of them."""
    if not left_out:
        return []
    how = f", {chosen}" if nodes and chosen else ""
    return [f"Shown are {nodes} of {nodes + left_out} nodes{how}."]


def _node(node: NodeForward) -> Section:
    return Section(f"Node {node.name}", node.says, numbers=[node.z, node.a], kind="node")


def _layer_back(layer: LayerBackward, rows: Sequence[str]) -> Section:
    return Section(
        f"Back through layer {layer.name}",
        layer.says,
        _left_out(len(layer.nodes), layer.left_out),
        sections=[_node_back(node, rows) for node in layer.nodes],
        kind="layer",
    )


def _node_back(node: NodeBackward, rows: Sequence[str]) -> Section:
    sections = [
        Section(f"Delta in {row}", numbers=numbers)
        for row, numbers in zip(rows, node.deltas, strict=True)
    ]
    notes: list[str] = []
    if node.left_out:
        more = "more weights into this node have smaller gradients, and are not shown."
        notes.append(f"{node.left_out} {more}")
    weights: list[Computed] = []
    for gradient, update in zip(node.gradients, node.updates, strict=True):
        weights += [gradient, update]
    sections.append(Section("Weights into it", notes=notes, numbers=weights, symbols=False))
    return Section(f"Node {node.name}", node.says, sections=sections, kind="node")
