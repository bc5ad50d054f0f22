"""What a reader of an explanation should know beside its numbers, in sentences."""

from collections.abc import Iterator, Sequence

import numpy as np

from glassnet.models.model import Model

PLAIN = "gradient_descent"


def notes_of(
    model: Model, others: Sequence[int], known: bool, rate: float | None, penalty_left_out: bool
) -> Iterator[str]:
    """What a reader should know.

    Parameters
    ----------
    others : the numbers of the batch's rows that are not shown.
    known : whether the targets are.
    rate : the update's learning rate; None: there is no way back.
    penalty_left_out : whether the model was trained with a penalty that is not in this loss.
    """
    if model.members > 1:
        each = model.network.sizes[1] // model.members
        yield (
            f"{model.members} networks side by side: nodes 1 to {each} of a hidden layer are network 1's, and so on; no weights "
            "lead from one network to another, and the output takes the mean of what they say: "
            f"its weights hold the 1/{model.members}."
        )
    if model.record.get("folded"):
        yield "Centre and scale were folded into the first and the last weights; numbers stand in their own units."
    if any(np.atleast_1d(model.record.get("options", {}).get("dropout", 0.0))):
        yield "In training, dropout left out some hidden nodes of each update; a prediction, as here, uses all of them."
    if model.record.get("row_weights"):
        yield "In training some rows or classes counted more than others; here each row counts once."
    if model.record.get("penalty_left_out"):
        yield "The penalty of the estimator (alpha, l1), which depends on the rows it was fitted on, is left out here."
    if others:
        names = ", ".join(map(str, others))
        yield f"Of the batch's other rows ({names}), which went the same way, only what reaches the gradients is shown."
    if not known:
        yield "The table does not hold the targets of these rows, so there is no loss."
    if rate is not None:
        used = model.record.get("options", {}).get("optimizer", PLAIN)
        other = "" if used == PLAIN else f"; the training itself used {used}"
        yield f"The update is one step of gradient descent on these rows alone, with learning rate {rate:g}{other}."
        if penalty_left_out:
            yield "The penalty of the training (l2, l1), on the weights before networks were joined or folded, is left out here."
