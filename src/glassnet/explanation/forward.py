"""The way forward: for every node shown, z as a sum of products, and the activation."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Trace
from glassnet.explanation.parts import Layer, Node, Operand, Product, Step, Sum
from glassnet.models.model import Model
from glassnet.notation.expression import substitute

MOST_PRODUCTS, MOST_OF_MEMBER = 12, 4
"""Products of a long sum that are shown, and of what one of several networks adds: the largest, unless the node was asked for."""
ALL = 2**63


class Shown(NamedTuple):
    """Which nodes of a layer are shown (from 0), which of them with every product, and how they were chosen."""

    nodes: Sequence[int]
    whole: bool
    chosen: str


def explain_layers(
    model: Model, trace: Trace, row: int, inputs: list[Operand], shown: Sequence[Shown], prefix: str
) -> tuple[Layer, ...]:
    """Every layer for one row; `row` is its place in the trace, `inputs` the operands of the first layer."""
    layers: list[Layer] = []
    network = model.network
    for layer, (size, activation) in enumerate(
        zip(network.sizes[1:], network.activations, strict=True)
    ):
        chosen = shown[layer]
        outputs = [number("a", prefix, layer, j, a) for j, a in enumerate(trace.a[layer][row])]
        nodes = tuple(
            _node(model, trace, row, layer, j, inputs, chosen.whole, prefix) for j in chosen.nodes
        )
        before = network.sizes[layer]
        says = f"{_count(before, 'node' if layer else 'input')} to {_count(size, 'node' if layer < len(shown) - 1 else 'output')}"
        layers.append(
            Layer(
                str(layer + 1),
                f"{says}, {activation.name}",
                nodes,
                size - len(nodes),
                chosen.chosen,
            )
        )
        inputs = outputs
    return tuple(layers)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" + "s" * (n > 1)


def number(letter: str, prefix: str, layer: int, node: int, value: float) -> Operand:
    """A node's z, a or delta (d) as it goes into other numbers."""
    name = f"{layer + 1}.{node + 1}"
    return Operand(
        f"{'δ' if letter == 'd' else letter}{name}", float(value), f"{prefix}{letter}{name}"
    )


def node_name(model: Model, layer: int, node: int) -> str:
    """What a node is called beside its number: an output by what it stands for, one of several networks by which of them."""
    if layer == len(model.network.shapes) - 1:
        return model.encoding.outputs[node]
    return f"network {member_of(model, layer, node) + 1}" if model.members > 1 else ""


def member_of(model: Model, layer: int, node: int) -> int:
    """Which of the joined networks a hidden node belongs to, from 0."""
    return node // (model.network.sizes[layer + 1] // model.members)


def feeding(model: Model, layer: int, node: int) -> np.ndarray:
    """The nodes before `layer` (from 0) that feed a node of it: all, or in joined networks those of its own network."""
    all_of_them = layer == 0 or layer == len(model.network.shapes) - 1
    return _its_own(
        model, model.network.sizes[layer], None if all_of_them else member_of(model, layer, node)
    )


def fed_by(model: Model, layer: int, node: int) -> np.ndarray:
    """The nodes after a hidden `layer` (from 0) that a node of it feeds: all, or in joined networks those of its own network."""
    all_of_them = layer + 1 == len(model.network.shapes) - 1
    return _its_own(
        model,
        model.network.sizes[layer + 2],
        None if all_of_them else member_of(model, layer, node),
    )


def _its_own(model: Model, size: int, member: int | None) -> np.ndarray:
    """Those of so many nodes that are a member's; all where it is None."""
    if member is None:
        return np.arange(size)
    each = size // model.members
    return member * each + np.arange(each)


def _node(
    model: Model,
    trace: Trace,
    row: int,
    layer: int,
    j: int,
    inputs: list[Operand],
    whole: bool,
    prefix: str,
) -> Node:
    name = f"{layer + 1}.{j + 1}"
    sources = feeding(model, layer, j)
    z_id, z = f"{prefix}z{name}", float(trace.z[layer][row, j])
    bias = [("bias", weight(model, layer, None, j))] if model.network.bias else []
    last = layer == len(model.network.shapes) - 1
    if last and layer and model.members > 1:
        each = len(sources) // model.members
        parts = tuple(
            _sum(
                model,
                layer,
                j,
                sources[m * each : (m + 1) * each],
                inputs,
                (f"{z_id}.n{m + 1}", f"z{name} of network {m + 1}"),
                [],
                ALL if whole else MOST_OF_MEMBER,
            )
            for m in range(model.members)
        )
        total = Sum(z_id, f"z{name}", z, (), (*bias, *(("", part.operand()) for part in parts)))
    else:
        parts, total = (
            (),
            _sum(
                model,
                layer,
                j,
                sources,
                inputs,
                (z_id, f"z{name}"),
                bias,
                ALL if whole else MOST_PRODUCTS,
                z,
            ),
        )
    return Node(
        name,
        node_name(model, layer, j),
        parts,
        total,
        _activation(model, trace, row, layer, j, total, prefix),
    )


def _sum(
    model: Model, layer: int, j: int, sources: np.ndarray, inputs: list[Operand], called: tuple[str, str],
    added: list[tuple[str, Operand]], most: int, value: float | None = None,
) -> Sum:  # fmt: skip
    """The products of some inputs with their weights into node j, and what is added; `called` is the sum's id and symbol."""
    products = [times(inputs[i], weight(model, layer, int(i), j)) for i in sources]
    kept, rest = largest(products, most)
    total = sum(p.value for p in products) if value is None else value
    return Sum(*called, total, kept, tuple(added), len(products) - len(kept), rest)


def weight(model: Model, layer: int, i: int | None, j: int) -> Operand:
    """The weight from node i into node j of a layer, or its bias where i is None."""
    if i is None:
        name = f"b{layer + 1}.{j + 1}"
        return Operand(name, float(model.parameters.biases[layer][j]), name)
    value = float(model.parameters.weights[layer][i, j])
    return Operand(f"w{layer + 1}[{i + 1}→{j + 1}]", value, f"w{layer + 1}.{i + 1}.{j + 1}")


def times(left: Operand, right: Operand, says: str = "") -> Product:
    """Two numbers multiplied."""
    assert isinstance(left.value, float)
    assert isinstance(right.value, float)
    return Product(left, right, left.value * right.value, says)


def largest(products: list[Product], most: int) -> tuple[tuple[Product, ...], float]:
    """All products, or of many more than `most` the largest, in their order; and what the others add up to."""
    if len(products) <= most + most // 2:
        return tuple(products), 0.0
    order = sorted(range(len(products)), key=lambda i: -abs(products[i].value))[:most]
    kept = tuple(products[i] for i in sorted(order))
    others = set(range(len(products))) - set(order)
    return kept, float(sum(products[i].value for i in others))


def _activation(
    model: Model, trace: Trace, row: int, layer: int, j: int, z: Sum, prefix: str
) -> Step:
    name, a = model.network.activations[layer].name, float(trace.a[layer][row, j])
    called = f"{prefix}a{layer + 1}.{j + 1}", f"a{layer + 1}.{j + 1}"
    activation = model.network.activations[layer]
    if activation.row_term:
        terms = {
            f"z{k + 1}": number("z", prefix, layer, k, v) for k, v in enumerate(trace.z[layer][row])
        }
        total = " + ".join(substitute(activation.row_term, {"z": name}) for name in terms)
        formula = substitute(activation.formula, {"z": f"z{j + 1}", "s": total})
        return Step(*called, a, formula, terms, name)
    formula = activation.formula
    return Step(*called, a, formula, {"z": z.operand()}, name)
