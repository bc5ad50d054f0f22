"""The way back: for every node shown the chain rule's factors and delta, row by row.

And for every weight into it the gradient, and what one step of gradient descent makes of it. A
table of all weights is `updates.py`'s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.core.activations import Softmax
from glassnet.core.network import Parameters
from glassnet.core.penalties import Penalty
from glassnet.explanation.batch import (
    MOST_PRODUCTS,
    Batch,
    as_number,
    largest_indices,
    largest_products,
    node_number,
    product_of,
)
from glassnet.explanation.loss import OutputOperands, named_in
from glassnet.explanation.parts import (
    Computed,
    LayerBackward,
    NodeBackward,
    Operand,
    Product,
    Step,
    Sum,
)
from glassnet.notation.expression import evaluate, names_in, substitute, without_factor


@dataclass(frozen=True)
class WayBack:
    """All that the way back is made from: a batch that went forward, and what came back for it.

    Parameters
    ----------
    batch : the rows that went forward.
    outputs : for each row what its loss is made from.
    shown_rows : the indices of the rows whose deltas are shown.
    scale : what each row's loss is multiplied by; None: it is only added.
    deltas : of each layer, N x its nodes.
    gradients : those of `core`.
    penalty, learning_rate : of the step of gradient descent.
    """

    batch: Batch
    outputs: Sequence[OutputOperands]
    shown_rows: Sequence[int]
    scale: Operand | None
    deltas: Sequence[np.ndarray]
    gradients: Parameters
    penalty: Penalty
    learning_rate: float

    def delta(self, row: int, layer: int, node: int) -> Operand:
        """A node's delta in a row."""
        name = node_number(layer, node)
        value = float(self.deltas[layer][row, node])
        return Operand(f"δ{name}", value, f"{self.batch.row_id(row)}d{name}")

    def row_name(self, row: int) -> str:
        """What a row is called beside its part of a sum; "" where it is alone."""
        several = len(self.batch.numbers) > 1
        return f"row {self.batch.numbers[row]}" if several else ""


def explain_backward(way: WayBack) -> tuple[LayerBackward, ...]:
    """The layers from the last to the first."""
    return tuple(_layer(way, layer) for layer in reversed(range(way.batch.last + 1)))


def _layer(way: WayBack, layer: int) -> LayerBackward:
    network, shown = way.batch.network, way.batch.shown[layer]
    return LayerBackward(
        name=str(layer + 1),
        says=network.activations[layer].name,
        nodes=tuple(_node(way, layer, node) for node in shown.nodes),
        left_out=network.sizes[layer + 1] - len(shown.nodes),
    )


def _node(way: WayBack, layer: int, node: int) -> NodeBackward:
    batch = way.batch
    explain_delta = _output_delta if layer == batch.last else _hidden_delta
    sources = _shown_sources(way, layer, node)
    weights = [batch.weight(layer, source, node) for source in sources]
    gradients = [_weight_gradient(way, layer, source, node) for source in sources]
    if batch.network.bias:
        weights.insert(0, batch.bias(layer, node))
        gradients.insert(0, _bias_gradient(way, layer, node))
    return NodeBackward(
        name=node_number(layer, node),
        says=batch.node_says(layer, node),
        deltas=tuple(tuple(explain_delta(way, layer, row, node)) for row in way.shown_rows),
        gradients=tuple(gradients),
        updates=tuple(_update(way, *pair) for pair in zip(weights, gradients, strict=True)),
        left_out=batch.network.sizes[layer] - len(sources),
    )


def _shown_sources(way: WayBack, layer: int, node: int) -> list[int]:
    """The sources of the weights that are shown: all, or those of the largest gradients.

    Weights from the zeros of a category, whose gradients are 0, are not.
    """
    gradients = way.gradients.weights[layer][:, node]
    every = range(len(gradients))
    if way.batch.shown[layer].whole:
        return list(every)
    zeros = [i for i in way.batch.indicators if layer == 0 and gradients[i] == 0]
    others = [i for i in every if len(zeros) < 2 or i not in zeros]
    if len(others) <= MOST_PRODUCTS:
        return others
    return [others[i] for i in largest_indices(gradients[others], MOST_PRODUCTS)]


def _output_delta(way: WayBack, layer: int, row: int, k: int) -> Iterator[Computed]:
    """The derivative of the loss, that of the output's activation, the row's scale, and delta."""
    network = way.batch.network
    *row_sums, derivative = _loss_derivative(way, row, k)
    yield from row_sums
    yield derivative
    factors = [way.scale] if way.scale else []
    if network.loss.output:
        yield _delta_step(way, layer, row, k, [*factors, derivative.operand()])
    elif isinstance(network.output, Softmax):
        yield from _through_softmax(way, row, k)
    else:
        of_activation = _activation_derivative(way, layer, row, k)
        yield of_activation
        factors += [derivative.operand(), of_activation.operand()]
        yield _delta_step(way, layer, row, k, factors)


def _delta_step(way: WayBack, layer: int, row: int, node: int, factors: Sequence[Operand]) -> Step:
    operands = dict(zip("pqr", factors, strict=False))
    delta = way.delta(row, layer, node)
    says = "delta: the chain rule's factors together"
    return Step(delta.source, delta.symbol, delta.value, " * ".join(operands), operands, says)


def _loss_derivative(way: WayBack, row: int, k: int) -> Iterator[Computed]:
    """What the derivative needs of the whole row, where it does, and the derivative."""
    loss, outputs = way.batch.network.loss, way.outputs[row]
    formula, operands = loss.derivative_formula, outputs.of(k, loss)
    takes_logarithm = "log" in names_in(formula) | names_in(loss.row_term)
    if takes_logarithm and outputs.are_saturated(loss):
        formula = ""
    elif loss.row_term:
        of_the_row = _row_sum(way, row, k)
        if of_the_row["s"].value == 1:
            formula = without_factor(formula, "s")
        else:
            yield from of_the_row.values()
            operands |= {name: number.operand() for name, number in of_the_row.items()}
    _, derivatives = outputs.value_and_derivative(loss)
    of = _derivative_operand(way, row, k, float(derivatives[k]))
    says = "slope of the loss"
    if loss.output:
        says = f"slope of the loss and of the {loss.output} together"
    yield Step(of.source, of.symbol, of.value, formula, named_in(formula, operands), says)


def _derivative_operand(way: WayBack, row: int, k: int, value: float) -> Operand:
    """The derivative of the loss of output k: in z where the loss belongs to one activation."""
    letter = "z" if way.batch.network.loss.output else "a"
    symbol = f"de/d{letter}{node_number(way.batch.last, k)}"
    return Operand(symbol, value, f"{way.batch.row_id(row)}de{k + 1}")


def _row_sum(way: WayBack, row: int, k: int) -> dict[str, Computed]:
    """What the loss's derivative needs of the whole row, by its name in the formula.

    s is the sum of the loss's row term over the outputs; g the row term of output k, unless that is
    the target itself.
    """
    loss, outputs, row_id = way.batch.network.loss, way.outputs[row], way.batch.row_id(row)
    a = np.array([as_number(operand) for operand in outputs.a])
    y = np.array([as_number(operand) for operand in outputs.y])
    terms = evaluate(loss.row_term, a=a, y=y, h=loss.setting)  # K
    total = float(terms.sum())
    if loss.row_term == "y":
        added = tuple(("", target) for target in outputs.y)
        return {"s": Sum(f"{row_id}ys{k + 1}", "sum of y", total, (), added)}
    operands = named_in(loss.row_term, outputs.of(k, loss))
    says = "slope in a, times a"
    g = Step(f"{row_id}g{k + 1}", f"g{k + 1}", float(terms[k]), loss.row_term, operands, says)
    added = tuple(
        ("", Operand(f"g{i}", float(term), f"{row_id}g{i}")) for i, term in enumerate(terms, 1)
    )
    return {"g": g, "s": Sum(f"{row_id}gs{k + 1}", "sum of g", total, (), added)}


def _through_softmax(way: WayBack, row: int, k: int) -> Iterator[Computed]:
    """Softmax's own way back, eq. (7): a (de/da - the sum of a de/da over the row)."""
    loss, outputs, layer = way.batch.network.loss, way.outputs[row], way.batch.last
    _, derivatives = outputs.value_and_derivative(loss)
    da = [_derivative_operand(way, row, i, float(value)) for i, value in enumerate(derivatives)]
    products = tuple(map(product_of, outputs.a, da))
    mean = Sum(
        f"{way.batch.row_id(row)}ms{k + 1}",
        f"m{layer + 1}",
        sum(product.value for product in products),
        products,
        says="mean slope of the row",
    )
    yield mean
    operands = {"a": outputs.a[k], "e": da[k], "m": mean.operand()}
    formula = substitute(Softmax.backward_formula, {"da": "e"})
    if way.scale:
        operands["c"] = way.scale
        formula = f"c * {formula}"
    delta = way.delta(row, layer, k)
    yield Step(delta.source, delta.symbol, delta.value, formula, operands, "delta, eq. (7)")


def _activation_derivative(way: WayBack, layer: int, row: int, node: int) -> Step:
    """The derivative of a node's activation in its z."""
    batch, name = way.batch, node_number(layer, node)
    activation = batch.network.activations[layer]
    z, a = batch.trace.z[layer][row : row + 1], batch.trace.a[layer][row : row + 1]  # 1 x H
    derivative = activation.backward(z, a, np.ones_like(a))
    operands = {"z": batch.z(row, layer, node), "a": batch.a(row, layer, node)}
    return Step(
        f"{batch.row_id(row)}s{name}",
        f"da/dz{name}",
        float(derivative[0, node]),
        activation.derivative_formula,
        named_in(activation.derivative_formula, operands),
        f"slope of the {activation.name}",
    )


def _hidden_delta(way: WayBack, layer: int, row: int, node: int) -> Iterator[Computed]:
    """What comes back from the next layer, the activation's derivative, and delta."""
    batch, name, after = way.batch, node_number(layer, node), layer + 1
    products = [
        product_of(way.delta(row, after, target), batch.weight(after, node, target))
        for target in range(batch.network.sizes[after + 1])
    ]
    kept, rest = largest_products(products, batch.shown[layer].whole)
    back = Sum(
        f"{batch.row_id(row)}da{name}",
        f"dE/da{name}",
        sum(product.value for product in products),
        kept,
        left_out=len(products) - len(kept),
        rest=rest,
        says="from the layer after it",
    )
    derivative = _activation_derivative(way, layer, row, node)
    yield back
    yield derivative
    yield _delta_step(way, layer, row, node, [back.operand(), derivative.operand()])


def _weight_gradient(way: WayBack, layer: int, source: int, node: int) -> Sum:
    """A weight's gradient: what went in times delta, added over the rows, and the penalty's."""
    batch, w = way.batch, way.batch.weight(layer, source, node)
    products = [
        product_of(batch.a(row, layer - 1, source), way.delta(row, layer, node), way.row_name(row))
        for row in range(len(batch.numbers))
    ]
    products += _penalty_products(way.penalty, w)
    value = float(way.gradients.weights[layer][source, node])
    return Sum(_gradient_id(way, w), f"dE/d{w.symbol}", value, tuple(products))


def _penalty_products(penalty: Penalty, w: Operand) -> Iterator[Product]:
    """What the penalty adds to a weight's gradient."""
    if penalty.l2:
        yield product_of(Operand("l2", float(penalty.l2)), w, "penalty")
    if penalty.l1:
        sign = Operand(f"sign({w.symbol})", float(np.sign(as_number(w))), w.source)
        yield product_of(Operand("l1", float(penalty.l1)), sign, "penalty")


def _bias_gradient(way: WayBack, layer: int, node: int) -> Sum:
    """A bias's gradient: delta, added over the rows."""
    b = way.batch.bias(layer, node)
    added = tuple(
        (way.row_name(row), way.delta(row, layer, node)) for row in range(len(way.batch.numbers))
    )
    value = float(way.gradients.biases[layer][node])
    return Sum(_gradient_id(way, b), f"dE/d{b.symbol}", value, (), added)


def _gradient_id(way: WayBack, w: Operand) -> str:
    """The id of a weight's gradient: gw1.2.3, or m2.gw1.2.3 of a member."""
    prefix = way.batch.prefix
    return f"{prefix}g{w.source.removeprefix(prefix)}"


def _update(way: WayBack, w: Operand, gradient: Sum) -> Step:
    """A weight after one step of gradient descent, eq. (13)."""
    operands = {
        "w": w,
        "r": Operand("learning rate", way.learning_rate),
        "g": gradient.operand(),
    }
    value = as_number(w) - way.learning_rate * gradient.value
    return Step(f"{w.source}.new", f"new {w.symbol}", value, "w - r * g", operands)
