"""The loss: each output's term in a row, and how the rows' losses become one number."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.core.losses import Loss, is_builtin
from glassnet.core.network import Trace
from glassnet.core.penalties import Penalty
from glassnet.explanation.formulas import LOSS_FORMULAS, LossFormula
from glassnet.explanation.forward import number, times
from glassnet.explanation.parts import Number, Operand, Row, Step, Sum
from glassnet.models.model import Model

CLEAR = 1e-12  # how near to 0 or 1 a probability may be and its logarithm still be taken
SETTINGS = {
    "huber": "threshold",
    "pinball": "quantile",
    "binary_focal": "gamma",
    "categorical_focal": "gamma",
}
"""What the setting of a loss is called."""


def explain_loss(
    model: Model, trace: Trace, y: np.ndarray, row: int, targets: list[Operand], prefix: str
) -> Iterator[Number]:
    """Each output's term of the loss in one row, and their sum. y is N x K."""
    network = model.network
    loss, z, a = network.loss, trace.z[-1], trace.output
    values = loss.each(a if loss.output is None else z, y)[0][row]  # K
    terms: list[Step] = []
    for k, value in enumerate(values):
        operands = loss_operands(loss, trace, row, k, targets[k], prefix)
        formula = formulas_of(loss)
        chosen = "" if formula is None else formula.term
        if saturated(loss, a[row]):
            chosen = "" if formula is None else formula.saturated
            top = float(z[row].max())
            operands |= {
                "l": Operand(
                    "log of the sum of exponentials",
                    top + float(np.log(np.exp(z[row] - top).sum())),
                )
            }
        terms.append(
            Step(
                f"{prefix}e{k + 1}",
                f"e{k + 1}",
                float(value),
                chosen,
                used(chosen, operands),
                loss.name,
            )
        )
    yield from terms
    if len(terms) > 1:
        says = "all outputs of the row"
        yield Sum(
            f"{prefix}e",
            "e",
            float(values.sum()),
            (),
            tuple(("", t.operand()) for t in terms),
            says=says,
        )


def loss_operands(
    loss: Loss, trace: Trace, row: int, k: int, y: Operand, prefix: str
) -> dict[str, Operand]:
    """All that a term of the loss and its slope may need."""
    last = len(trace.z) - 1
    a, z = (
        number("a", prefix, last, k, trace.output[row, k]),
        number("z", prefix, last, k, trace.z[-1][row, k]),
    )
    found = {"a": a, "z": z, "y": y}
    return (
        found
        if loss.setting is None
        else found
        | {"h": Operand(SETTINGS.get(loss.name.partition(":")[0], "setting"), loss.setting)}
    )


def formulas_of(loss: Loss) -> LossFormula | None:
    """The formulas of a loss of ours; None for an own one, whatever its name."""
    if not is_builtin(loss):
        return None
    return LOSS_FORMULAS.get(loss.name.partition(":")[0])


def saturated(loss: Loss, a: np.ndarray) -> bool:
    """Whether a probability of the row is so near to 0 or 1 that its logarithm would be lost. a is K."""
    return loss.output in ("sigmoid", "softmax") and bool((np.minimum(a, 1 - a) < CLEAR).any())


def used(formula: str, operands: dict[str, Operand]) -> dict[str, Operand]:
    """Those operands that a formula names."""
    names = {node.id for node in ast.walk(ast.parse(formula or "0")) if isinstance(node, ast.Name)}
    return {name: operand for name, operand in operands.items() if name in names}


def explain_share(model: Model, rows: int) -> Step | None:
    """What each row's loss is multiplied by; None where losses are only added."""
    outputs, reduction = model.network.sizes[-1], model.network.loss.reduction
    if reduction == "sum" or (rows == 1 and (reduction == "mean_rows" or outputs == 1)):
        return None
    operands = {"n": Operand("rows", float(rows))} | (
        {"k": Operand("outputs", float(outputs))} if reduction == "mean" else {}
    )
    says = "what a mean multiplies by"
    if reduction == "mean":
        return Step("c", "c", 1.0 / (rows * outputs), "1 / (n * k)", operands, says)
    return Step("c", "c", 1.0 / rows, "1 / n", operands, says)


def explain_total(
    model: Model, rows: Sequence[Row], share: Step | None, penalty: Penalty
) -> list[Number]:
    """How the rows' losses became one number, E."""
    losses = [row.loss[-1] for row in rows]
    steps: list[Number] = [share] if share else []
    added: list[tuple[str, Operand]] = (
        [] if share else [(row.name, e.operand()) for row, e in zip(rows, losses, strict=True)]
    )
    products = (
        tuple(
            times(share.operand(), e.operand(), row.name)
            for row, e in zip(rows, losses, strict=True)
        )
        if share
        else ()
    )
    total = sum(p.value for p in products) + sum(float(o.value or 0) for _, o in added)
    if any(penalty):
        value = float(sum(penalty(w)[0] for w in model.parameters.weights))
        says = f"{penalty.l2:g}/2 times the sum of all squared weights, {penalty.l1:g} times that of their sizes"
        steps.append(Step("penalty", "penalty", value, says=says))
        added.append(("penalty", steps[-1].operand()))
        total += value
    return [
        *steps,
        Sum("E", "E", total, products, tuple(added), says=f"the loss, {model.network.loss.name}"),
    ]
