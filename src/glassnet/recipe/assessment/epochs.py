"""Whether half or twice as many epochs score better: the scored training again, with each.

What the losses by epoch say where neither is tried is `learning_curve.py`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.recipe.assessment.intervals import Outputs, ScoreDifference
from glassnet.recipe.assessment.retraining import retrained_outputs
from glassnet.recipe.assessment.sentences import compared_sentence, right_sentence
from glassnet.recipe.assessment.text import percent_text
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS, main_score
from glassnet.training.endings import CUT_SHORT

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

HALF, TWICE = "half as many epochs", "twice as many epochs"
TIMES_AS_MANY = {HALF: 0.5, TWICE: 2.0}
NOTABLE = 0.05  # of the score; another start or split of the rows moves it by as much
MOST_PRODUCTS_AGAIN = 3e10  # of numbers, in both trainings: a second or two
MUCH_EARLIER = 0.8  # of the epochs; where the best one was before, more are of no use


class Advice(NamedTuple):
    """Whether more epochs would help: sentences, the conclusion first; how many to try, or 0."""

    sentences: tuple[str, ...]
    epochs_to_try: int


def epochs_tried(run: "TableRun") -> dict[str, int]:
    """How many epochs half and twice as many are."""
    return {name: int(times * run.options.epochs) for name, times in TIMES_AS_MANY.items()}


def outputs_by_epochs(run: "TableRun") -> Outputs:
    """The outputs for the scored rows after half and after twice as many epochs.

    Nothing where the validation found the epoch to keep, where there is a reason not to try, or
    where either went astray. Raises KeyboardInterrupt where it comes while they train.
    """
    if is_kept_early(run) or why_untried(run):
        return {}
    outputs: dict[str, np.ndarray] = {}
    for name, epochs in epochs_tried(run).items():
        output = retrained_outputs(run, epochs=epochs)
        if output is None:
            return {}
        outputs[name] = output
    return outputs


def is_kept_early(run: "TableRun") -> bool:
    """Whether validation chose epochs long before the last: then more are of no use."""
    history = run.scored_model.history
    return "validation_loss" in history and best_epoch(run) < MUCH_EARLIER * len(history["epoch"])


def best_epoch(run: "TableRun") -> float:
    """The epoch that was kept, of several members the median."""
    return float(np.median(run.scored_model.record.best_epochs))


def why_untried(run: "TableRun") -> str:
    """Why half and twice as many epochs are not tried; "" where nothing speaks against it."""
    model = run.scored_model
    if run.ended in CUT_SHORT:
        return "the training was cut short"
    if len(run.rows["holdout"]) < FEWEST_SCORED_ROWS:
        return f"that takes {FEWEST_SCORED_ROWS} held-out rows or more"
    if not main_score(model):
        return "the loss of the training aims at something else than the scores"
    if run.teacher:
        return "the training had a teacher"
    if model.record.mixture:
        return "its members have numbers of epochs of their own"
    parameters = model.members[0].network.n_parameters
    row_steps = len(run.rows["train"]) * sum(epochs_tried(run).values()) * run.options.members
    if 3 * parameters * row_steps > MOST_PRODUCTS_AGAIN:
        return "that takes more than a second or two"
    return "" if run.options.epochs > 1 else "one epoch has no half"


def epochs_advice(run: "TableRun", differences: Sequence[ScoreDifference]) -> Advice | None:
    """What trying half and twice as many epochs says; None where they were not tried.

    Parameters
    ----------
    run : TableRun
        The run.
    differences : sequence of ScoreDifference
        Of all scores; the one that the loss makes good decides.
    """
    found = [one for one in differences if one.than in TIMES_AS_MANY]
    if not found:
        return None
    evidence = tuple(_evidence(run, found))
    name = main_score(run.scored_model)
    better = {one.than: one.better_by for one in found if one.name == name and one.is_worse}
    notable = [than for than in better if _is_notable(run, found, than)]
    if not notable:
        return Advice((_neither(better, run, found), *evidence), 0)
    than = min(notable, key=better.__getitem__)
    epochs = epochs_tried(run)[than]
    start = "Not enough" if than == TWICE else "Too long"
    accuracy = [one for one in found if (one.than, one.name) == (than, "accuracy")]
    if accuracy and not any(one.is_worse for one in accuracy):
        conclusion = (
            f"{start} for the probabilities: {than} ({epochs:,}) make them better by more than "
            "luck; the classes are right about as often."
        )
    else:
        conclusion = f"{start}: {than} ({epochs:,}) score better by more than luck."
    return Advice((conclusion, *evidence), epochs)


def _is_notable(run: "TableRun", differences: Sequence[ScoreDifference], than: str) -> bool:
    """Whether so many epochs are notably better for a target, and for none notably worse."""
    name = main_score(run.scored_model)
    found = [one for one in differences if (one.than, one.name) == (than, name)]
    parts = [_part(run, one) for one in found]
    better = any(one.is_worse and part < -NOTABLE for one, part in zip(found, parts, strict=True))
    worse = any(one.is_better and part > NOTABLE for one, part in zip(found, parts, strict=True))
    return better and not worse


def _part(run: "TableRun", one: ScoreDifference) -> float:
    """A difference as a part of the model's own score."""
    value = abs(run.model.scores[one.target][one.name])
    return one.better_by / value if value else 0.0


def _neither(
    better: dict[str, float], run: "TableRun", differences: Sequence[ScoreDifference]
) -> str:
    """The conclusion where no other number of epochs is much better."""
    start = "Yes, and not too long"
    if not better:
        return (
            f"{start}, as far as these rows can tell: neither half nor twice as many epochs score "
            "better by more than luck."
        )
    than = min(better, key=better.__getitem__)
    name = main_score(run.scored_model)
    parts = [-_part(run, one) for one in differences if (one.than, one.name) == (than, name)]
    return (
        f"{start}: {than} score {percent_text(max(parts))} better on these rows, which is little: "
        "other starting weights may turn it round."
    )


def _evidence(run: "TableRun", differences: Sequence[ScoreDifference]) -> Iterator[str]:
    """How each other number of epochs scores, for each target."""
    name = main_score(run.scored_model)
    several = len(run.model.scores) > 1
    right = {(d.than, d.target): d for d in differences if d.name == "accuracy"}
    for one in differences:
        if one.name == name:
            what = f"{one.than} ({epochs_tried(run)[one.than]:,})"
            text = compared_sentence(run, one, f"{one.target}: {what}" if several else what)
            yield text + right_sentence(run, right.get((one.than, one.target)))
