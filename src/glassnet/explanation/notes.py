"""What a reader of an explanation should know beside its numbers, in sentences."""

from collections.abc import Iterator, Sequence

from glassnet.models.model import Model

PLAIN_OPTIMIZER = "gradient_descent"  # the optimizer whose step an explanation shows


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
    yield from _about_members(model, going_back=rate is not None)
    yield from _about_training(model)
    if others:
        names = ", ".join(map(str, others))
        yield (
            f"Of the batch's other rows ({names}), which went the same way, only what reaches the "
            "gradients is shown."
        )
    if not known:
        yield "The table does not hold the targets of these rows, so there is no loss."
    if rate is not None:
        yield _about_update(model, rate)
        if penalty_left_out:
            yield (
                "The penalty of the training (l2, l1), on the weights before networks were joined "
                "or folded, is left out here."
            )


def _about_members(model: Model, going_back: bool) -> Iterator[str]:
    """Of several networks: how they vote, or that they stand side by side in one."""
    count = len(model.members)
    if count > 1:
        alike = len({member.vote for member in model.members}) == 1
        mean = "mean" if alike else "mean, weighted by their votes,"
        yield (
            f"{count} networks vote: the output takes the {mean} of their last pre-activations. "
            "The vote comes first, then each member alone."
        )
        if going_back:
            yield "Each member was trained alone, so each goes back from its own loss."
    joined = model.record.joined_from
    if joined > 1:
        yield (
            f"{joined} networks stand side by side in this one: the hidden nodes of one come after "
            "those of another, weights of 0 lead between them, and the weights into the outputs "
            f"hold the votes, 1/{joined} where they count alike."
        )


def _about_training(model: Model) -> Iterator[str]:
    """What was otherwise when the model was trained."""
    record = model.record
    if record.folded:
        yield (
            "Centre and scale were folded into the first and the last weights; numbers stand in "
            "their own units."
        )
    if record.dropout:
        yield (
            "In training, dropout left out some hidden nodes of each update; a prediction, as "
            "here, uses all of them."
        )
    if record.sample_weight:
        yield (
            "In training some rows or classes counted more than others; here each row counts once."
        )
    if record.penalty_left_out:
        yield (
            "The penalty of the estimator (alpha, l1), which depends on the rows it was fitted on, "
            "is left out here."
        )


def _about_update(model: Model, rate: float) -> str:
    optimizer = model.record.optimizer or PLAIN_OPTIMIZER
    other = "" if optimizer == PLAIN_OPTIMIZER else f"; the training itself used {optimizer}"
    return (
        "The update is one step of gradient descent on these rows alone, with learning rate "
        f"{rate:g}{other}."
    )
