"""The loss: each output's term in a row, and how the rows' losses become one number."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.losses import Loss
from glassnet.core.penalties import Penalty
from glassnet.explanation.batch import as_number, product_of
from glassnet.explanation.parts import Computed, Operand, Product, RowForward, Step, Sum
from glassnet.notation.dialects import TEXT
from glassnet.notation.expression import names_in
from glassnet.notation.write import Symbol, write

CLEAR_OF_0 = 1e-12  # a probability this near to 0 or 1 loses its logarithm's digits


class OutputOperands(NamedTuple):
    """What a row's loss is made from: of each output its a, z and target."""

    a: Sequence[Operand]
    z: Sequence[Operand]
    y: Sequence[Operand]

    def of(self, k: int, loss: Loss) -> dict[str, Operand]:
        """Everything that a formula of the loss may name, for output k; but for the row's sums."""
        operands = {"a": self.a[k], "z": self.z[k], "y": self.y[k]}
        if loss.setting is not None:
            operands["h"] = Operand(loss.setting_name or "setting", loss.setting)
        return operands

    def value_and_derivative(self, loss: Loss) -> tuple[np.ndarray, np.ndarray]:
        """The loss of each output and its derivative, K numbers each, as `core` has them."""
        prediction = self.a if loss.output is None else self.z
        value, derivative = loss.elementwise(_row_of(prediction), _row_of(self.y))
        return value[0], derivative[0]

    def are_saturated(self, loss: Loss) -> bool:
        """Whether a probability is so near to 0 or 1 that its logarithm would be lost."""
        a = _row_of(self.a)
        are_probabilities = loss.targets == (0, 1)
        return are_probabilities and bool((np.minimum(a, 1 - a) < CLEAR_OF_0).any())

    def log_of_sum(self) -> Operand:
        """The logarithm of the sum of all exp(z), which is called l in formulas."""
        z = _row_of(self.z)
        top = z.max()
        value = float(top) + float(np.log(np.exp(z - top).sum()))
        return Operand("log of the sum of exponentials", value)


def _row_of(operands: Sequence[Operand]) -> np.ndarray:
    """1 x K."""
    return np.array([[as_number(operand) for operand in operands]])


def explain_loss(
    loss: Loss, outputs: OutputOperands, row_id: str, whole: bool
) -> Iterator[Computed]:
    """Each output's term of the loss in one row, and their sum.

    Unless `whole`, terms that are 0 because their target is 0 are only counted.
    """
    values, _ = outputs.value_and_derivative(loss)
    formula = loss.stable_formula if outputs.are_saturated(loss) else loss.formula
    terms: list[Step] = []
    zeros = [] if whole else _zeros(outputs, values)
    for k, value in enumerate(values):
        if k in zeros:
            continue
        operands = outputs.of(k, loss) | {"l": outputs.log_of_sum()}
        terms.append(
            Step(
                f"{row_id}e{k + 1}",
                f"e{k + 1}",
                float(value),
                formula,
                named_in(formula, operands),
                loss.name,
            )
        )
    yield from terms
    if len(values) > 1:
        added = tuple(("", term.operand()) for term in terms)
        total = float(values.sum())
        what = "term" if len(zeros) == 1 else "terms"
        not_shown = f"{len(zeros)} {what} with a target of 0, not shown" if zeros else ""
        says = "all outputs of the row"
        yield Sum(f"{row_id}e", "e", total, (), added, says=says, zeros=not_shown)


def _zeros(outputs: OutputOperands, values: np.ndarray) -> list[int]:
    """The outputs whose term is 0 because their target is, where others are left to be shown."""
    zeros = [k for k, y in enumerate(outputs.y) if y.value == 0 == values[k]]
    return zeros if len(zeros) < len(values) else []


def named_in(formula: str, operands: dict[str, Operand]) -> dict[str, Operand]:
    """Those operands that a formula names."""
    names = names_in(formula)
    return {name: operand for name, operand in operands.items() if name in names}


def explain_scale(loss: Loss, n_rows: int, n_outputs: int, prefix: str) -> Step | None:
    """What each row's loss is multiplied by; None where losses are only added."""
    divisors: dict[str, Operand] = {}
    if loss.reduction != "sum":
        divisors["n"] = Operand("rows", float(n_rows))
    if loss.reduction == "mean":
        divisors["k"] = Operand("outputs", float(n_outputs))
    divisor = float(np.prod([as_number(operand) for operand in divisors.values()]))
    if divisor == 1:
        return None
    product = " * ".join(divisors)
    formula = f"1 / ({product})" if len(divisors) > 1 else f"1 / {product}"
    return Step(f"{prefix}c", "c", 1.0 / divisor, formula, divisors, "what a mean multiplies by")


def explain_total(
    rows: Sequence[RowForward],
    scale: Step | None,
    penalty: Step | None,
    loss: Loss,
    prefix: str,
) -> list[Computed]:
    """How the rows' losses became one number, E."""
    losses = [(row.name, row.loss[-1].operand()) for row in rows]
    products: tuple[Product, ...] = ()
    added: tuple[tuple[str, Operand], ...] = ()
    if scale is None:
        added = tuple(losses)
    else:
        products = tuple(product_of(scale.operand(), e, name) for name, e in losses)
    if penalty is not None:
        added = (*added, ("penalty", penalty.operand()))
    total = sum(product.value for product in products)
    total += sum(as_number(operand) for _, operand in added)
    says = f"the loss, {loss.name}"
    steps: list[Computed] = [step for step in (scale, penalty) if step is not None]
    return [*steps, Sum(f"{prefix}E", "E", total, products, added, says=says)]


def explain_penalty(penalty: Penalty, weights: Sequence[np.ndarray], prefix: str) -> Step | None:
    """What the penalty adds to the loss; None where there is none."""
    if not any(penalty):
        return None
    value = float(sum(penalty(w)[0] for w in weights))
    strengths = {name: Symbol(f"{strength:g}") for name, strength in penalty._asdict().items()}
    of_one_weight = write(penalty.formula, TEXT, {**strengths, "w": Symbol("w")})
    says = f"{of_one_weight}, added over all weights w"
    return Step(f"{prefix}penalty", "penalty", value, says=says)
