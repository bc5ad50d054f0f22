"""From the networks' inputs to their outputs, within the graph."""

from collections.abc import Sequence

from glassnet.core.activations import OUTPUTS, Activation
from glassnet.exports.onnx.nodes import COLUMNS_AXIS, GraphNodes
from glassnet.exports.plan import ExportPlan, PlannedLayer


def add_layers(nodes: GraphNodes, plan: ExportPlan, x: str) -> str:
    """The outputs, N x K, of inputs that are N x D: of the sum of all networks' last z."""
    sums = []
    for number, layers in enumerate(plan.networks, 1):
        with nodes.part(f"network {number}"):
            sums.append(_last_z(nodes, layers, x))
    with nodes.part("outputs"):
        z = sums[0] if len(sums) == 1 else nodes.add("Sum", *sums)
        return _output(nodes, plan.output, z)


def _last_z(nodes: GraphNodes, layers: Sequence[PlannedLayer], a: str) -> str:
    z = ""
    for number, layer in enumerate(layers, 1):
        with nodes.part(f"layer {number}"):
            weights = nodes.constant(layer.weights, "weights")
            z = nodes.add("Gemm", a, weights, nodes.constant(layer.biases, "biases"))
            if layer.activation is not None:
                a = nodes.activated(layer.activation, z)
    return z


def _output(nodes: GraphNodes, activation: Activation, z: str) -> str:
    """An activation that needs the row's sum gets it of z less the row's largest, as in core."""
    if not activation.row_term or activation == OUTPUTS["softmax"]:
        a = nodes.activated(activation, z)
    else:
        z = nodes.add("Sub", z, nodes.add("ReduceMax", z, COLUMNS_AXIS, keepdims=1))
        terms = nodes.write(activation.row_term, z=z)
        a = nodes.write(
            activation.formula, z=z, s=nodes.add("ReduceSum", terms, COLUMNS_AXIS, keepdims=1)
        )
    return a
