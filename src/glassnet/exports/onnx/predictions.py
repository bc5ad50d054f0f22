"""From outputs to what is predicted, within the graph: every column N x 1."""

from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.errors import visible
from glassnet.exports.onnx.columns import check_unicode
from glassnet.exports.onnx.nodes import COLUMNS_AXIS, ONNX_TYPES, GraphNodes
from glassnet.exports.plan import ExportPlan, NumberInterval, PlannedTarget
from glassnet.models.conformal import LocalScale
from glassnet.tables.targets import ClassTarget, NumberTarget, as_labels

_Columns = dict[str, tuple[str, np.dtype]]
"""Prediction -> the value in the graph, N x 1, and its type."""


def add_results(
    nodes: GraphNodes, plan: ExportPlan, x: str, a: str, names: Mapping[str, str]
) -> dict[str, np.dtype]:
    """Add what is predicted of the outputs, N x K, and the networks' inputs, N x D.

    `names` has the name in the graph of each prediction. Returns the type of each.
    """
    with nodes.part("outputs"):
        parts = nodes.split(a, [one.target.width for one in plan.targets], "target")
    types: dict[str, np.dtype] = {}
    sums_to_1 = plan.output == OUTPUTS["softmax"]
    for planned, part in zip(plan.targets, parts, strict=True):
        target = planned.target
        with nodes.part(f"target {target.name}"):
            if isinstance(target, NumberTarget):
                found = _number(nodes, planned, target, x, part)
            elif sums_to_1 or target.width == 1:
                found = _classes(nodes, planned, target, part)
            else:
                found = _classes(nodes, planned, target, _normalized(nodes, part))
            for name, (value, dtype) in found.items():
                nodes.add_to([names[name]], "Identity", value)
                types[name] = dtype
    return types


def _number(
    nodes: GraphNodes, planned: PlannedTarget, target: NumberTarget, x: str, a: str
) -> _Columns:
    value = nodes.write(NumberTarget.formulas["decode"], a=a, s=target.scale, m=target.center)
    if target.low is not None and target.high is not None:
        clip = NumberTarget.formulas["clip"]
        value = nodes.write(clip, x=value, p=target.low, q=target.high)
    dtype = np.dtype(nodes.dtype)
    found: _Columns = {planned.names.prediction: (value, dtype)}
    if planned.interval is not None:
        spread = _spread(nodes, planned.interval, x)
        ends = {planned.names.low: planned.interval.low, planned.names.high: planned.interval.high}
        for name, bound in ends.items():
            end = nodes.write(planned.interval.end_formula, y=value, s=spread, b=bound)
            found[name] = end, dtype
    return found


def _spread(nodes: GraphNodes, interval: NumberInterval, x: str) -> str:
    """How large residuals are likely to be where a row lies."""
    scale = interval.scale
    weights = nodes.constant(scale.weights[:, None], "weights")
    exponent = nodes.add("Gemm", x, weights, nodes.constant([scale.bias], "bias"))
    return nodes.write(LocalScale.formula, e=exponent, p=scale.low, q=scale.high)


def _normalized(nodes: GraphNodes, a: str) -> str:
    """Outputs over their sum."""
    total = nodes.add("ReduceSum", a, COLUMNS_AXIS, keepdims=1)
    total = nodes.write("1 if s == 0 else s", s=total)
    return nodes.write(ClassTarget.formulas["probability"], a=a, s=total)


def _classes(nodes: GraphNodes, planned: PlannedTarget, target: ClassTarget, a: str) -> _Columns:
    """Of one output the probability of the second class, of several that of all."""
    for text in target.label_texts:
        check_unicode(text, f"a class of the target '{visible(target.name)}'")
    p: list[str] = [a]
    if len(target.labels) == 2:
        formulas = ClassTarget.formulas
        p = [nodes.write(formulas[one], a=a) for one in ("first of two", "second of two")]
    every = nodes.columns(p)
    likeliest = nodes.add("ArgMax", every, axis=1, keepdims=1)
    chosen = _chosen(nodes, target, every, p[-1]) or likeliest
    labels = nodes.constant(as_labels(target.labels), "classes")
    dtype = nodes.constants[labels].dtype
    found: _Columns = {}
    found[planned.names.prediction] = nodes.add("Gather", labels, chosen, axis=0), dtype
    if planned.largest is not None:
        inside = _inside(nodes, planned.largest, every, len(target.labels), [likeliest, chosen])
        found[planned.names.set] = _joined(nodes, target.label_texts, inside), np.dtype(object)
    if len(p) == 1:
        p = nodes.split(a, [1] * len(target.labels), "probability")
    for name, one in zip(planned.names.probabilities, p, strict=True):
        found[name] = one, np.dtype(nodes.dtype)
    return found


def _chosen(nodes: GraphNodes, target: ClassTarget, p: str, second: str) -> str:
    """The index of the predicted class, N x 1, where it need not be the likeliest."""
    if target.threshold is not None:
        above = nodes.write("p >= t", p=second, t=target.threshold)
        return nodes.add("Cast", above, to=ONNX_TYPES["int64"])
    if target.frequencies:
        formula = ClassTarget.formulas["over frequency"]
        frequencies = nodes.constant(np.array([target.frequencies]), "frequencies")
        over = nodes.write(formula, p=p, f=frequencies)
        return nodes.add("ArgMax", over, axis=1, keepdims=1)
    return ""


def _inside(nodes: GraphNodes, largest: float, p: str, count: int, always: Sequence[str]) -> str:
    """Which classes are in a row's set, N x classes: likely enough, or always in it."""
    inside = nodes.write("1 - p <= q", p=p, q=largest)
    for chosen in dict.fromkeys(always):
        inside = nodes.add("Or", inside, nodes.add("Equal", chosen, np.arange(count)[None]))
    return inside


def _joined(nodes: GraphNodes, labels: Sequence[str], inside: str) -> str:
    """The labels of the classes that are inside, with a | in between."""
    before = nodes.add("CumSum", nodes.as_numbers(inside), np.array(1, np.int64), exclusive=1)
    texts, with_bar = np.array([labels], object), np.array([["|" + one for one in labels]], object)
    text = nodes.add("Where", nodes.write("n > 0", n=before), with_bar, texts)
    text = nodes.add("Where", inside, text, np.array("", object))
    joined, *others = nodes.split(text, [1] * len(labels), "label")
    for other in others:
        joined = nodes.add("StringConcat", joined, other)
    return joined
