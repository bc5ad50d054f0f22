"""The way back: for every node shown the chain rule's factors and delta of each row, for every weight its gradient and update."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters, Trace
from glassnet.core.penalties import Penalty
from glassnet.explanation.forward import (
    ALL,
    MOST_PRODUCTS,
    Shown,
    fed_by,
    feeding,
    largest,
    node_name,
    number,
    times,
    weight,
)
from glassnet.explanation.loss import is_saturated, loss_operands, takes_logarithm, used
from glassnet.explanation.parts import LayerBack, NodeBack, Number, Operand, Step, Sum
from glassnet.models.model import Model
from glassnet.notation.expression import evaluate, without_factor


class Batched(NamedTuple):
    """What the way back needs of a row: the prefix of its ids, and its inputs and targets as operands."""

    prefix: str
    inputs: list[Operand]
    targets: list[Operand]


class Backward(NamedTuple):
    """All that the way back is made from: a batch of rows that went forward, and what came back for them.

    `told` are the places of those `rows` whose deltas are shown; `share` is what each row's terms are
    multiplied by; `deltas` are N x the layer's nodes, `gradients` those of `core`.
    """

    model: Model
    trace: Trace
    rows: Sequence[Batched]
    told: Sequence[int]
    share: Operand | None
    deltas: Sequence[np.ndarray]
    gradients: Parameters
    penalty: Penalty
    learning_rate: float


def explain_back(way: Backward, shown: Sequence[Shown]) -> tuple[LayerBack, ...]:
    """The layers from the last to the first."""
    sizes = way.model.network.sizes
    layers: list[LayerBack] = []
    for layer in reversed(range(len(shown))):
        nodes = tuple(_node(way, layer, j, shown[layer].whole) for j in shown[layer].nodes)
        layers.append(
            LayerBack(
                str(layer + 1),
                way.model.network.activations[layer].name,
                nodes,
                sizes[layer + 1] - len(nodes),
            )
        )
    return tuple(layers)


def _node(way: Backward, layer: int, j: int, whole: bool) -> NodeBack:
    last = layer == len(way.deltas) - 1
    deltas = tuple(
        tuple(_output_delta(way, n, j) if last else _hidden_delta(way, layer, n, j, whole))
        for n in way.told
    )
    sources = feeding(way.model, layer, j)
    gradients = way.gradients.weights[layer][sources, j]
    kept = np.arange(len(sources))
    if not whole and len(sources) > MOST_PRODUCTS:
        kept = np.sort(np.argsort(-np.abs(gradients), kind="stable")[:MOST_PRODUCTS])
    into = [*([None] if way.model.network.bias else []), *map(int, sources[kept])]
    found = tuple(_gradient(way, layer, i, j) for i in into)
    updates = tuple(
        _update(way, weight(way.model, layer, i, j), gradient)
        for i, gradient in zip(into, found, strict=True)
    )
    return NodeBack(
        f"{layer + 1}.{j + 1}",
        node_name(way.model, layer, j),
        deltas,
        found,
        updates,
        len(sources) - len(kept),
    )


def _output_delta(way: Backward, n: int, k: int) -> Iterator[Number]:
    """The slope of the loss, of the output's activation, the row's share, and delta."""
    network, (prefix, _, targets) = way.model.network, way.rows[n]
    loss, L = network.loss, len(network.shapes)
    name = f"{L}.{k + 1}"
    operands = loss_operands(loss, way.trace, n, k, targets[k], prefix)
    a = way.trace.output[n]
    y = np.array([[t.value for t in targets]], float)
    slopes = loss.elementwise(
        way.trace.output[n : n + 1] if loss.output is None else way.trace.z[-1][n : n + 1], y
    )[1][0]
    chosen = loss.derivative_formula
    if is_saturated(loss, a) and (takes_logarithm(chosen) or takes_logarithm(loss.row_term)):
        chosen = ""
    elif loss.row_term:
        found = _row_sum(way, n, k, operands)
        if found["s"].value == 1:
            chosen = without_factor(chosen, "s")
        else:
            yield from found.values()
            operands |= {name: number.operand() for name, number in found.items()}
    symbol = f"de/dz{name}" if loss.output else f"de/da{name}"
    says = (
        f"slope of the loss and of the {loss.output} together"
        if loss.output
        else "slope of the loss"
    )
    slope = Step(
        f"{prefix}de{k + 1}", symbol, float(slopes[k]), chosen, used(chosen, operands), says
    )
    yield slope
    factors = [way.share] if way.share else []
    delta = float(way.deltas[-1][n, k])
    called = f"{prefix}d{name}", f"δ{name}", delta
    if loss.output:
        yield _product(called, [*factors, slope.operand()])
    elif network.output.name == "softmax":
        yield from _through_softmax(way, n, k, slopes, called)
    else:
        own = _slope(way, L - 1, n, k)
        yield own
        yield _product(called, [*factors, slope.operand(), own.operand()])


def _product(called: tuple[str, str, float], factors: list[Operand]) -> Step:
    names = "pqr"[: len(factors)]
    return Step(
        *called,
        " * ".join(names),
        dict(zip(names, factors, strict=True)),
        "delta: the chain rule's factors together",
    )


def _row_sum(way: Backward, n: int, k: int, operands: dict[str, Operand]) -> dict[str, Number]:
    """What the loss's derivative needs of the whole row, by its name in the formula.

    s is the sum of the loss's row term over the outputs; g the row term of output k, unless that is
    the target itself.
    """
    prefix, _, targets = way.rows[n]
    loss = way.model.network.loss
    y = np.array([target.value for target in targets], float)
    terms = evaluate(loss.row_term, a=way.trace.output[n], y=y, h=loss.setting or 0.0)  # K
    total = float(terms.sum())
    if loss.row_term == "y":
        added = tuple(("", target) for target in targets)
        return {"s": Sum(f"{prefix}ys{k + 1}", "sum of y", total, (), added)}
    g = Step(
        f"{prefix}g{k + 1}",
        f"g{k + 1}",
        float(terms[k]),
        loss.row_term,
        used(loss.row_term, operands),
        "slope in a, times a",
    )
    added = tuple(
        ("", Operand(f"g{i}", float(term), f"{prefix}g{i}")) for i, term in enumerate(terms, 1)
    )
    return {"g": g, "s": Sum(f"{prefix}gs{k + 1}", "sum of g", total, (), added)}


def _through_softmax(
    way: Backward, n: int, k: int, slopes: np.ndarray, called: tuple[str, str, float]
) -> Iterator[Number]:
    """Softmax's own way back, eq. (7): a (de/da - the sum of a de/da over the row)."""
    prefix, last = way.rows[n][0], len(way.deltas) - 1
    outputs = [number("a", prefix, last, i, a) for i, a in enumerate(way.trace.output[n])]
    errors = [
        Operand(f"de/da{last + 1}.{i + 1}", float(e), f"{prefix}de{i + 1}")
        for i, e in enumerate(slopes)
    ]
    products = tuple(map(times, outputs, errors))
    mean = Sum(
        f"{prefix}ms{k + 1}",
        f"m{last + 1}",
        sum(p.value for p in products),
        products,
        says="mean slope of the row",
    )
    yield mean
    operands = {"a": outputs[k], "e": errors[k], "m": mean.operand()} | (
        {"c": way.share} if way.share else {}
    )
    yield Step(
        *called, "c * a * (e - m)" if way.share else "a * (e - m)", operands, "delta, eq. (7)"
    )


def _slope(way: Backward, layer: int, n: int, j: int) -> Step:
    """The slope of a node's activation in z."""
    prefix, name = way.rows[n][0], f"{layer + 1}.{j + 1}"
    activation = way.model.network.activations[layer]
    z, a = way.trace.z[layer][n : n + 1], way.trace.a[layer][n : n + 1]
    value = float(activation.backward(z, a, np.ones_like(a))[0, j])
    formula = activation.derivative_formula
    operands = {
        letter: number(letter, prefix, layer, j, v[0, j]) for letter, v in (("z", z), ("a", a))
    }
    return Step(
        f"{prefix}s{name}",
        f"da/dz{name}",
        value,
        formula,
        used(formula, operands),
        f"slope of the {activation.name}",
    )


def _hidden_delta(way: Backward, layer: int, n: int, j: int, whole: bool) -> Iterator[Number]:
    """What comes back from the next layer, the slope, and delta."""
    prefix, name, after = way.rows[n][0], f"{layer + 1}.{j + 1}", layer + 1
    fed = fed_by(way.model, layer, j).tolist()
    products = [times(_delta(way, after, n, i), weight(way.model, after, j, i)) for i in fed]
    kept, rest = largest(products, ALL if whole else MOST_PRODUCTS)
    total = sum(p.value for p in products)
    back = Sum(
        f"{prefix}da{name}",
        f"dE/da{name}",
        total,
        kept,
        (),
        len(products) - len(kept),
        rest,
        "from the layer after it",
    )
    slope = _slope(way, layer, n, j)
    yield back
    yield slope
    yield _product(
        (f"{prefix}d{name}", f"δ{name}", float(way.deltas[layer][n, j])),
        [back.operand(), slope.operand()],
    )


def _delta(way: Backward, layer: int, n: int, j: int) -> Operand:
    return number("d", way.rows[n][0], layer, j, way.deltas[layer][n, j])


def _gradient(way: Backward, layer: int, i: int | None, j: int) -> Sum:
    """A weight's gradient: what went in times delta, added over the rows, and the penalty's slope; of a bias (i is None) delta."""
    w = weight(way.model, layer, i, j)
    called = f"g{w.source}", f"dE/d{w.symbol}"
    deltas = [(_row(way, n), _delta(way, layer, n, j)) for n in range(len(way.rows))]
    if i is None:
        return Sum(*called, float(way.gradients.biases[layer][j]), (), tuple(deltas))
    inputs = [
        inputs[i]
        if layer == 0
        else number("a", prefix, layer - 1, i, way.trace.inputs[layer][n, i])
        for n, (prefix, inputs, _) in enumerate(way.rows)
    ]
    products = [
        times(source, delta, says) for source, (says, delta) in zip(inputs, deltas, strict=True)
    ]
    if way.penalty.l2:
        products.append(times(Operand("l2", float(way.penalty.l2)), w, "penalty"))
    if way.penalty.l1:
        sign = Operand(f"sign({w.symbol})", _sign(w), w.source)
        products.append(times(Operand("l1", float(way.penalty.l1)), sign, "penalty"))
    return Sum(*called, float(way.gradients.weights[layer][i, j]), tuple(products))


def _sign(w: Operand) -> float:
    """The sign of a weight: -1, 0 or 1."""
    assert isinstance(w.value, float)
    return float(np.sign(w.value))


def _row(way: Backward, n: int) -> str:
    return way.rows[n][0].rstrip(".").replace("r", "row ") if len(way.rows) > 1 else ""


def _update(way: Backward, w: Operand, gradient: Sum) -> Step:
    """A weight after one step of gradient descent, eq. (13)."""
    assert isinstance(w.value, float)
    operands = {"w": w, "r": Operand("learning rate", way.learning_rate), "g": gradient.operand()}
    return Step(
        f"{w.source}.new",
        f"new {w.symbol}",
        w.value - way.learning_rate * gradient.value,
        "w - r * g",
        operands,
    )
