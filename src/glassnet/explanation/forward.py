"""The way forward: for every node shown, z as a sum of products, and the activation."""

from collections.abc import Sequence

from glassnet.core.activations import Activation
from glassnet.explanation.batch import Batch, largest_products, node_number, product_of
from glassnet.explanation.parts import LayerForward, NodeForward, Operand, Step, Sum
from glassnet.notation.expression import substitute


def explain_layers(batch: Batch, row: int) -> tuple[LayerForward, ...]:
    """Every layer for one row of a batch."""
    return tuple(_layer(batch, row, layer) for layer in range(batch.last + 1))


def _layer(batch: Batch, row: int, layer: int) -> LayerForward:
    shown, sizes = batch.shown[layer], batch.network.sizes
    before = _count(sizes[layer], "node" if layer else "input")
    after = _count(sizes[layer + 1], "output" if layer == batch.last else "node")
    activation = batch.network.activations[layer].name
    return LayerForward(
        name=str(layer + 1),
        says=f"{before} to {after}, {activation}",
        nodes=tuple(_node(batch, row, layer, node) for node in shown.nodes),
        left_out=sizes[layer + 1] - len(shown.nodes),
        chosen=shown.chosen,
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}s" if n > 1 else f"{n} {what}"


def _node(batch: Batch, row: int, layer: int, node: int) -> NodeForward:
    every_z = [batch.z(row, layer, j) for j in range(batch.network.sizes[layer + 1])]
    activation = batch.network.activations[layer]
    return NodeForward(
        name=node_number(layer, node),
        says=batch.node_says(layer, node),
        z=_pre_activation(batch, row, layer, node),
        a=explain_activation(activation, every_z, node, batch.a(row, layer, node)),
    )


def _pre_activation(batch: Batch, row: int, layer: int, node: int) -> Sum:
    """The products of what comes in with the weights into the node, and its bias."""
    zeros = _zeros(batch, row, layer)
    products = [
        product_of(batch.a(row, layer - 1, source), batch.weight(layer, source, node))
        for source in range(batch.network.sizes[layer])
        if source not in zeros
    ]
    kept, rest = largest_products(products, batch.shown[layer].whole)
    added: tuple[tuple[str, Operand], ...] = ()
    if batch.network.bias:
        added = (("bias", batch.bias(layer, node)),)
    z = batch.z(row, layer, node)
    value = float(batch.trace.z[layer][row, node])
    left_out = len(products) - len(kept)
    says = f"{len(zeros)} products with an input of 0, not shown" if zeros else ""
    return Sum(z.source, z.symbol, value, kept, added, left_out, rest, zeros=says)


def _zeros(batch: Batch, row: int, layer: int) -> list[int]:
    """The inputs of 0 whose products are not shown: those of other categories than the cell's."""
    if layer or batch.shown[layer].whole:
        return []
    zeros = [source for source in batch.indicators if batch.a(row, -1, source).value == 0]
    return zeros if len(zeros) > 1 else []


def explain_activation(
    activation: Activation, every_z: Sequence[Operand], node: int, a: Operand
) -> Step:
    """The activation `a` of a node from its z, or from all z of the layer where it needs them."""
    formula, operands = activation.formula, {"z": every_z[node]}
    if activation.row_term:
        operands = {f"z{k}": z for k, z in enumerate(every_z, 1)}
        total = " + ".join(substitute(activation.row_term, {"z": name}) for name in operands)
        formula = substitute(activation.formula, {"z": f"z{node + 1}", "s": total})
    return Step(a.source, a.symbol, a.value, formula, operands, activation.name)
