"""What the nodes of an exported network are called."""

from collections.abc import Sequence

from glassnet.exports.plan import ExportPlan, PlannedLayer


def node_names_of(plan: ExportPlan, layers: Sequence[PlannedLayer]) -> list[list[str]]:
    """The names of the inputs, of every hidden layer's nodes, a<layer>.<node>, and the outputs."""
    hidden = [
        [f"a{layer}.{node}" for node in range(1, len(biases) + 1)]
        for layer, (_, biases, _) in enumerate(layers[:-1], 1)
    ]
    return [plan.features, *hidden, plan.outputs]
