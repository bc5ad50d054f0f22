"""The loss: each output's term in a row, and how the rows' losses become one number."""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.core.losses import Loss
from glassnet.core.network import Trace
from glassnet.core.penalties import Penalty
from glassnet.explanation.forward import number, times
from glassnet.explanation.parts import Number, Operand, Row, Step, Sum
from glassnet.models.model import Model
from glassnet.notation.expression import names_in

CLEAR = 1e-12  # how near to 0 or 1 a probability may be and its logarithm still be taken


def explain_loss(
    model: Model, trace: Trace, y: np.ndarray, row: int, targets: list[Operand], prefix: str
) -> Iterator[Number]:
    """Each output's term of the loss in one row, and their sum. y is N x K."""
    network = model.network
    loss, z, a = network.loss, trace.z[-1], trace.output
    values = loss.elementwise(a if loss.output is None else z, y)[0][row]  # K
    terms: list[Step] = []
    for k, value in enumerate(values):
        operands = loss_operands(loss, trace, row, k, targets[k], prefix)
        chosen = loss.formula
        if is_saturated(loss, a[row]):
            chosen = loss.stable_formula
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
    if loss.setting is not None:
        found["h"] = Operand(loss.setting_name or "setting", loss.setting)
    return found


def is_saturated(loss: Loss, a: np.ndarray) -> bool:
    """Whether a probability of the row is so near to 0 or 1 that its logarithm would be lost.

    a is K.
    """
    are_probabilities = loss.targets == (0, 1)
    return are_probabilities and bool((np.minimum(a, 1 - a) < CLEAR).any())


def takes_logarithm(formula: str) -> bool:
    """Whether a formula takes one."""
    return "log" in names_in(formula)


def used(formula: str, operands: dict[str, Operand]) -> dict[str, Operand]:
    """Those operands that a formula names."""
    names = names_in(formula)
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
