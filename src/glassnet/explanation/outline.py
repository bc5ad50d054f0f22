"""The order in which an explanation is told, the same in every face: sections in sections, each with its numbers."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from glassnet.explanation.encoding import AS_IT_IS, NUMBER, cell_text
from glassnet.explanation.parts import (
    Column,
    Explanation,
    Layer,
    LayerBack,
    Node,
    NodeBack,
    Number,
    Row,
)


class Section(NamedTuple):
    """A heading, what it says beside it and below it, its numbers, and the sections in it.

    `symbols`: whether formulas are told with their symbols too, not with numbers only. `kind` is what it is about: "" (the whole),
    "row", "column", "layer", "node" or "part".
    """

    title: str
    says: str = ""
    notes: Sequence[str] = ()
    numbers: Sequence[Number] = ()
    sections: Sequence["Section"] = ()
    symbols: bool = True
    kind: str = "part"


def outline(explanation: Explanation) -> Section:
    """The whole explanation as one section."""
    names = [row.name for row in explanation.rows]
    parts = [_row(row) for row in explanation.rows]
    if explanation.loss:
        parts.append(
            Section(
                "The loss of these rows" if len(names) > 1 else "The loss",
                numbers=explanation.loss,
                kind="row",
            )
        )
    parts += [_layer_back(layer, names) for layer in explanation.backward]
    return Section(explanation.title, notes=explanation.notes, sections=parts, kind="")


def _row(row: Row) -> Section:
    parts = [
        *map(_column, row.columns),
        *map(_layer, row.layers),
        Section("From output to answer", numbers=row.answers),
    ]
    if row.loss:
        parts.append(Section("The loss of this row", numbers=row.loss))
    return Section(row.name, sections=parts, kind="row")


def _column(column: Column) -> Section:
    cell, first, *more = column.steps
    told = (
        [first, *more] if (cell.says, first.says) == (NUMBER, AS_IT_IS) else column.steps
    )  # no number twice
    return Section(
        f"Column {column.name}", cell_text(cell.value), numbers=told, symbols=False, kind="column"
    )


def _layer(layer: Layer) -> Section:
    notes = _left_out(len(layer.nodes), layer.left_out, layer.chosen)
    return Section(
        f"Layer {layer.name}", layer.says, notes, sections=[*map(_node, layer.nodes)], kind="layer"
    )


def _left_out(nodes: int, left_out: int, chosen: str = "") -> list[str]:
    chosen = f", {chosen}" if nodes and chosen else ""
    return [f"Shown are {nodes} of {nodes + left_out} nodes{chosen}."] if left_out else []


def _node(node: Node) -> Section:
    return Section(
        f"Node {node.name}", node.says, numbers=[*node.parts, node.z, node.a], kind="node"
    )


def _layer_back(layer: LayerBack, rows: Sequence[str]) -> Section:
    nodes = [_node_back(node, rows) for node in layer.nodes]
    return Section(
        f"Back through layer {layer.name}",
        layer.says,
        _left_out(len(nodes), layer.left_out),
        sections=nodes,
        kind="layer",
    )


def _node_back(node: NodeBack, rows: Sequence[str]) -> Section:
    deltas = [
        Section(f"Delta in {row}", numbers=numbers)
        for row, numbers in zip(rows, node.deltas, strict=True)
    ]
    more = f"{node.left_out} more weights into this node have smaller gradients, and are not shown."
    weights = [*chain.from_iterable(zip(node.gradients, node.updates, strict=True))]
    into = Section(
        "Weights into it", notes=[more] if node.left_out else [], numbers=weights, symbols=False
    )
    return Section(f"Node {node.name}", node.says, sections=[*deltas, into], kind="node")
