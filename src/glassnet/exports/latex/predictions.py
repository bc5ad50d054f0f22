"""The equations from the networks' votes to predictions, intervals and sets."""

from collections.abc import Iterator

from glassnet.exports.formulas import Formulas
from glassnet.exports.latex.text import (
    MOST_READABLE,
    escaped_for_latex,
    latex_comment,
    latex_display,
    latex_list,
    latex_numeral,
    span_of,
)
from glassnet.exports.plan import NumberInterval, PlannedTarget
from glassnet.tables.targets import ClassTarget, NumberTarget

MOST_ADDED = 3  # networks whose votes are added up one by one


def prediction_parts(formulas: Formulas) -> Iterator[str]:
    """The outputs, then a paragraph for each target."""
    yield from _outputs(formulas)
    for number, planned in enumerate(formulas.plan.targets, 1):
        target = planned.target
        yield rf"\paragraph{{{escaped_for_latex(target.name)}}}"
        if isinstance(target, NumberTarget):
            value = formulas.decoded(target, f"y_{{{planned.first + 1}}}")
            yield latex_display(rf"\text{{prediction}} &= {value}")
            if planned.interval is not None:
                yield from _interval(formulas, planned.interval, f"v_{{{number}}}")
        else:
            yield from _classes(formulas, planned, target)


def _outputs(formulas: Formulas) -> Iterator[str]:
    plan = formulas.plan
    depths = [len(layers) for layers in plan.networks]
    if len(depths) == 1:
        yield "The outputs $y$ are made of the last $z$:"
        total = f"z_{{1,{depths[0]}}}"
    elif len(depths) <= MOST_ADDED:
        yield "The last $z$ of the networks are their votes, which are added up:"
        total = " + ".join(f"z_{{{m},{depth}}}" for m, depth in enumerate(depths, 1))
    else:
        yield "The last $z$ of the networks are their votes, which are added up; $L_m$ is the "
        yield "number of layers of network $m$:"
        total = rf"\sum_{{m=1}}^{{{len(depths)}}} z_{{m,L_m}}"
    lines = [f"z &= {total}"]
    if plan.output.row_term:
        term = formulas.write(plan.output.row_term, z="z_{j}")
        lines.append(rf"s &= \sum_{{j=1}}^{{{plan.n_outputs}}} {term}")
    k = "1" if plan.n_outputs == 1 else "k"
    a = formulas.activated(plan.output, f"z_{{{k}}}", "s", by_hand=False)
    every = {1: "", 2: r" \qquad k = 1, 2"}.get(
        plan.n_outputs, rf" \qquad k = 1, \dots, {plan.n_outputs}"
    )
    lines.append(f"y_{{{k}}} &= {a}{every}")
    yield latex_display(*lines)


def _interval(formulas: Formulas, interval: NumberInterval, v: str) -> Iterator[str]:
    """The ends of a number's interval; v is what the weights of its scale are called."""
    scale = interval.scale
    exponent = formulas.write("p + c", p=rf"x \cdot {v}", c=scale.bias)
    size = formulas.interval_scale(exponent, scale.low, scale.high)
    low, high = (
        formulas.end(r"\text{prediction}", "s", bound, interval)
        for bound in (interval.low, interval.high)
    )
    yield "Its interval, from low to high:"
    yield latex_display(f"s &= {size}", rf"\text{{low}} &= {low}", rf"\text{{high}} &= {high}")
    yield latex_comment(v, scale.weights)
    if len(scale.weights) <= MOST_READABLE:
        yield f"The {len(scale.weights)} numbers of ${v}$: {latex_list(scale.weights)}."


def _classes(formulas: Formulas, planned: PlannedTarget, target: ClassTarget) -> Iterator[str]:
    n = len(target.labels)
    steps = ClassTarget.formulas
    if n == 2:
        y = f"y_{{{planned.first + 1}}}"
        lines = [
            f"p_{{1}} &= {formulas.write(steps['first of two'], a=y)}",
            f"p_{{2}} &= {formulas.write(steps['second of two'], a=y)}",
        ]
    else:
        p = formulas.write(steps["probability"], a="y_{k}", s=rf"\sum_{{j=1}}^{{{n}}} y_{{j}}")
        lines = [f"p_{{k}} &= {p}"]
    listed = "; ".join(
        f"$p_{{{k}}}$ of {escaped_for_latex(label)}"
        for k, label in enumerate(target.label_texts, 1)
    )
    yield f"The probabilities of the classes are {listed}."
    yield latex_display(*lines)
    if target.threshold is not None:
        yield (
            "The second class is predicted where "
            rf"$p_{{2}} \ge {latex_numeral(target.threshold)}$, else the first."
        )
    elif target.frequencies:
        weighed = formulas.over_frequency("p_{k}", "f_{k}")
        yield f"The class with the largest ${weighed}$ is predicted; the frequencies "
        yield f"{span_of('f', 1, n)} are {latex_list(target.frequencies)}."
    else:
        yield "The class with the largest probability is predicted."
    if planned.largest is not None:
        yield (
            "The set of a row holds each class with "
            rf"$1 - p_{{k}} \le {latex_numeral(planned.largest)}$, and the likeliest and the "
            "predicted one."
        )
