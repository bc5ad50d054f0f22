"""Whether the training went on long enough, from its losses by epoch: a conclusion and its reasons.

That next to nothing was learnt is said by `findings/learning.py`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.recipe.assessment.text import numbers_text, rounded_text
from glassnet.recipe.findings.learning import LONGER
from glassnet.recipe.scoring import main_score, score
from glassnet.training.endings import CUT_SHORT, ENDINGS

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

FEWEST_EPOCHS = 20  # of fewer, a fifth says nothing
FALLING = 0.02  # of the validation loss in the last fifth of the epochs: it still falls
FALLING_BY_ITSELF = 0.1  # of the loss of the rows trained on, which falls as long as one trains
HARDLY = 0.1  # of the loss in all the epochs: next to nothing was learnt
MUCH_EARLIER = 0.8  # of the epochs; where the best one was before, more are of no use
OVERFIT = 1.5  # times the score of the rows trained on: the network knows these by heart
TRAINED_ROWS = 2000  # rows trained on that are scored, at most


class Advice(NamedTuple):
    """Whether more epochs would help: sentences, the conclusion first; how many to try, or 0."""

    sentences: tuple[str, ...]
    epochs_to_try: int


def training_advice(run: "TableRun") -> Advice:
    """Whether more epochs would help, what the losses show, and how well its rows are known."""
    by_heart = tuple(_known_by_heart(run))
    conclusion, times = _conclusion(run, bool(by_heart))
    return Advice((conclusion, *by_heart), times * run.options.epochs)


def last_fall(losses: list[float]) -> float | None:
    """By what part a loss fell from the last fifth but one to the last; None where it is not known.

    >>> round(last_fall([1.0] * 60 + [0.5] * 20 + [0.4] * 20), 3)
    0.2
    """
    if len(losses) < FEWEST_EPOCHS:
        return None
    fifth = len(losses) // 5
    before, last = np.mean(losses[-2 * fifth : -fifth]), np.mean(losses[-fifth:])
    if not (np.isfinite(before) and np.isfinite(last) and before > 0):
        return None
    return float((before - last) / before)


def _losses(run: "TableRun") -> list[float]:
    """The losses that say whether more epochs help: of the validation where there is one."""
    history = run.scored_model.history
    return list(history.get("validation_loss", history["loss"]))


def _best_part(run: "TableRun") -> float:
    """How far into the training the kept epochs are, from 0 to 1; 1 where nothing chose them."""
    history = run.scored_model.history
    if "validation_loss" not in history:
        return 1.0
    return float(np.median(run.scored_model.record.best_epochs)) / len(history["epoch"])


def _whole_fall(run: "TableRun") -> float:
    """By what part the loss of the rows trained on fell in all."""
    first, *_, last = (*run.scored_model.history["loss"][:1], *run.scored_model.history["loss"])
    return (first - last) / first if first > 0 else 1.0


def _conclusion(run: "TableRun", by_heart: bool) -> tuple[str, int]:
    """Whether more epochs would help, and how many times as many to try; 0: none."""
    history = run.scored_model.history
    epochs = len(history["epoch"])
    if run.ended in CUT_SHORT:
        return f"No: the training {ENDINGS[run.ended]}.", 0
    validated, fall = "validation_loss" in history, last_fall(_losses(run))
    which = "validation loss" if validated else "loss of the rows trained on"
    in_last = f"in the last fifth of its {epochs} epochs"
    if validated and _best_part(run) < MUCH_EARLIER:
        kept = round(float(np.median(run.scored_model.record.best_epochs)))
        lowest = f"the {which} was lowest about epoch {kept} of {epochs}, which is kept"
        return f"Yes: {lowest}; more epochs would not help.", 0
    if _whole_fall(run) < HARDLY:
        percent = rounded_text(100 * max(_whole_fall(run), 0.0))
        found = f"in {epochs} epochs the loss of the rows trained on fell by {percent} % only"
        remedy = "many more may help, or a larger learning rate, or there is little to learn"
        return f"Perhaps not: {found}: {remedy}.", LONGER
    if by_heart and not validated:
        return "Yes: more epochs would only teach it more of its own rows by heart.", 0
    if fall is None:
        return f"Not known: {epochs} epochs are too few to see where the losses go.", 2
    percent = rounded_text(100 * abs(fall))
    if fall > (FALLING if validated else FALLING_BY_ITSELF):
        return f"Perhaps not: the {which} still fell by {percent} % {in_last}; more may help.", 2
    change = f"fell by {percent} % only" if fall > 0 else f"did not fall any more ({percent} % up)"
    return f"Yes: {in_last} the {which} {change}.", 0


def _known_by_heart(run: "TableRun") -> Iterator[str]:
    """Where the rows trained on are predicted much better than the held-out ones."""
    name = main_score(run.scored_model)
    if not name or run.scored_part != "holdout":
        return
    rows = run.rows["train"]
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), TRAINED_ROWS)).astype(int)]
    trained_on = run.columns.take(rows)
    encoding = run.scored_model.encoding
    trained = score(encoding, run.scored_model.output(trained_on), trained_on)
    for target, scores in run.model.scores.items():
        seen, unseen = trained[target][name], scores[name]
        if unseen > OVERFIT * seen:
            seen_text, unseen_text = numbers_text([seen, unseen])
            which = f"{target}: " if len(run.model.scores) > 1 else ""
            yield (
                f"{which}{name.replace('_', ' ')} {seen_text} on rows it was trained on, "
                f"{unseen_text} on others: more rows, or a larger decay, help more than epochs."
            )
