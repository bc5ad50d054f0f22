"""From the inputs of the networks to their outputs."""

from collections.abc import Sequence

import numpy as np

from glassnet.exports.plan import PlannedLayer, PlannedTarget
from glassnet.exports.sql.steps import SqlChain, SqlColumn
from glassnet.exports.sql.sums import grouped
from glassnet.exports.templates import wrapped_items


def add_networks(chain: SqlChain) -> None:
    """The queries from the inputs x to the sums o of all networks."""
    plan = chain.plan
    count = len(plan.networks)
    inputs = [f"x{n}" for n in range(1, plan.n_inputs + 1)]
    if chain.database.product:
        columns = [SqlColumn(x, [x]) for x in inputs]
        inputs = _add_nodes(chain, "listed_inputs", "The inputs as a list.", columns, "x", ["raw"])
    outputs = [f"o{n}" for n in range(1, plan.n_outputs + 1)]
    has_intervals = any(planned.interval for planned in plan.targets)
    for number, layers in enumerate(plan.networks, 1):
        before = [] if number == 1 else outputs
        needs_inputs = number < count or has_intervals
        kept = ["raw", *before, *(inputs if needs_inputs else [])]
        a = inputs
        for depth, layer in enumerate(layers[:-1], 1):
            a = _add_layer(chain, f"network_{number}_layer_{depth}", layer, a, kept)
        kept = ["raw", *(inputs if needs_inputs else [])]
        sums = _sums(chain, layers[-1], a)
        if before:
            sums = [[o, *terms] for o, terms in zip(outputs, sums, strict=True)]
        totals = [SqlColumn(o, terms) for o, terms in zip(outputs, sums, strict=True)]
        votes = " and those before it" if before else ""
        chain.add(f"network_{number}", f"The outputs of network {number}{votes}.", kept, totals)


def _add_layer(
    chain: SqlChain, name: str, layer: PlannedLayer, a: Sequence[str], kept: Sequence[str]
) -> list[str]:
    """Two queries, the sums z of a hidden layer's nodes and a of them; gives the names of a."""
    sums = _sums(chain, layer, a)
    z = [f"z{node}" for node in range(1, len(sums) + 1)]
    columns = [SqlColumn(node, terms) for node, terms in zip(z, sums, strict=True)]
    chain.add(f"{name}_z", "The sums of a hidden layer.", kept, columns)
    activation = layer.activation
    assert activation is not None
    columns = [
        SqlColumn(f"a{node}", [chain.formulas.activated(activation, of)])
        for node, of in enumerate(z, 1)
    ]
    return _add_nodes(chain, name, f"The layer: {activation.name} of its sums.", columns, "a", kept)


def _add_nodes(
    chain: SqlChain,
    name: str,
    comment: str,
    columns: Sequence[SqlColumn],
    listed: str,
    kept: Sequence[str],
) -> list[str]:
    """A query with a column for each node, or one list of them; gives their names."""
    if chain.database.product:
        items = wrapped_items([term for column in columns for term in column.terms], 6)
        columns = [SqlColumn(listed, [f"[\n{items}\n    ]"])]
    chain.add(name, comment, kept, columns)
    return [column.name for column in columns]


def _sums(chain: SqlChain, layer: PlannedLayer, a: Sequence[str]) -> list[list[str]]:
    """The terms of each node's sum."""
    nodes = zip(layer.weights.T, layer.biases, strict=True)
    return [_sum(chain, float(bias), a, weights) for weights, bias in nodes]


def _sum(chain: SqlChain, bias: float, a: Sequence[str], weights: np.ndarray) -> list[str]:
    """The terms of a node's sum: of the columns a, or of the list that they are in."""
    if chain.database.product:
        numbers = wrapped_items(map(chain.literal, weights), 6)
        return [chain.literal(bias), chain.database.product.format(a[0], numbers)]
    terms = [f"{x} * {chain.literal(w)}" for x, w in zip(a, weights, strict=True)]
    return grouped([chain.literal(bias), *terms])


def add_outputs(chain: SqlChain) -> None:
    """The queries from the sums o to the outputs y, and how wide intervals are."""
    output = chain.plan.output
    sums = [f"o{n}" for n in range(1, chain.plan.n_outputs + 1)]
    spreads = [
        SqlColumn(f"spread{n}", [_spread(chain, planned)], "how far off predictions are likely")
        for n, planned in enumerate(chain.plan.targets, 1)
        if planned.interval
    ]
    if output.row_term:
        largest = SqlColumn("largest", [chain.largest(sums)])
        chain.add("largest_sums", "The largest sum of a row.", ["raw", *sums], [largest])
        shifted = [SqlColumn(o, [f"{o} - largest"]) for o in sums]
        chain.add("shifted", "Sums that are 0 or less.", ["raw"], shifted)
        terms = [chain.formulas.write(output.row_term, z=o) for o in sums]
        chain.add(
            "row_sums", "What they add up to.", ["raw", *sums], [SqlColumn("s", grouped(terms))]
        )
    made = [
        SqlColumn(f"y{n}", [chain.formulas.activated(output, o, "s")])
        for n, o in enumerate(sums, 1)
    ]
    chain.add("outputs", f"The outputs: {output.name} of the sums.", ["raw"], [*made, *spreads])


def _spread(chain: SqlChain, planned: PlannedTarget) -> str:
    """The scale of a row's interval."""
    assert planned.interval is not None
    scale = planned.interval.scale
    inputs = [f"x{n}" for n in range(1, len(scale.weights) + 1)]
    inputs = ["x"] if chain.database.product else inputs
    exponent = " + ".join(_sum(chain, scale.bias, inputs, scale.weights))
    return chain.formulas.interval_scale(exponent, float(scale.low), float(scale.high))
