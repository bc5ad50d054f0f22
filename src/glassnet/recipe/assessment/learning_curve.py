"""Whether the training went on long enough, from its losses by epoch: a conclusion and its reasons.

That next to nothing was learnt is said by `findings/learning.py`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.recipe.assessment.epochs import (
    Advice,
    best_epoch,
    epochs_advice,
    epochs_tried,
    is_kept_early,
    why_untried,
)
from glassnet.recipe.assessment.intervals import ScoreDifference, ScoreInterval
from glassnet.recipe.assessment.sentences import plain_score
from glassnet.recipe.assessment.text import numbers_text, rounded_text
from glassnet.recipe.findings.learning import LONGER
from glassnet.recipe.scoring import main_score, score
from glassnet.tables.columns import Table
from glassnet.training.endings import CUT_SHORT, ENDINGS
from glassnet.training.schedules import SCHEDULES

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

FEWEST_EPOCHS = 20  # of fewer, a fifth says nothing
FALLING = 0.02  # of the validation loss in the last fifth of the epochs: it still falls
FALLING_BY_ITSELF = 0.1  # of the loss of the rows trained on, which falls as long as one trains
HARDLY = 0.1  # of the loss in all the epochs: next to nothing was learnt
OVERFIT = 1.5  # times the score of the rows trained on: the network knows these by heart
RATE_ENDED = 0.1  # of the learning rate; where less is left at the end, the loss is flat by itself
NEARLY_EXACT = 0.99  # an R2 of rows trained on; what is left of their loss is little
SAME_OUTPUT = 1e-9  # outputs that are as near as this are the same
TRAINED_ROWS = 2000  # rows trained on that are scored, at most


class SeenScore(NamedTuple):
    """A score on rows trained on beside that on rows that were not.

    Parameters
    ----------
    target, name : str
        Of which target, and which score.
    seen, unseen : float
        The score on rows trained on, and on the others.
    lowest : float or None
        What is the least that others score but for luck; None where that is not known, or the score
        is not what the training aims at.
    others : str
        Which rows the others are.
    """

    target: str
    name: str
    seen: float
    unseen: float
    lowest: float | None
    others: str

    @property
    def is_better_seen(self) -> bool:
        """Whether rows trained on are predicted better than others, by more than luck."""
        return self.lowest is not None and self.seen < self.lowest

    @property
    def is_by_heart(self) -> bool:
        """Whether they are predicted so much better that they must be known by heart."""
        return self.lowest is not None and self.unseen > OVERFIT * self.seen


def training_advice(
    run: "TableRun", scores: Sequence[ScoreInterval], differences: Sequence[ScoreDifference]
) -> Advice:
    """Whether more or fewer epochs would be better, why, and how well its rows are known.

    Parameters
    ----------
    run : TableRun
        The run.
    scores : sequence of ScoreInterval
        Its scores, with what they are but for luck.
    differences : sequence of ScoreDifference
        Among them those to half and twice as many epochs, where these were tried.
    """
    beside = tuple(_beside_trained_on(run, scores))
    several = len(run.model.scores) > 1
    scored = tuple(_beside_text(one, several) for one in beside)
    tried = epochs_advice(run, differences)
    if tried is not None:
        sentences, epochs = tried
        if not epochs and _hardly_learnt(run):
            sentences, epochs = (_much_longer(run), *sentences[1:]), LONGER * run.options.epochs
        return Advice((*sentences, *scored), epochs)
    conclusion, *reasons, times = _conclusion(run, beside)
    return Advice((conclusion, *scored, *reasons, *_untried(run)), times * run.options.epochs)


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


def _hardly_learnt(run: "TableRun") -> bool:
    """Whether the loss of the rows trained on fell by next to nothing."""
    return _whole_fall(run) < HARDLY


def _tells_nothing_apart(run: "TableRun") -> bool:
    """Whether all rows trained on get the same outputs."""
    outputs = run.scored_model.output(_some_trained_on(run))
    return bool(len(outputs) > 1 and (np.ptp(outputs, axis=0) < SAME_OUTPUT).all())


def _is_nearly_exact(run: "TableRun") -> bool:
    """Whether the rows trained on, where these are scored, are all but met: by R2 each target."""
    found = [scores.get("r2", 0.0) for scores in run.scored_model.scores.values()]
    return run.scored_part == "train" and all(value > NEARLY_EXACT for value in found)


def _much_longer(run: "TableRun") -> str:
    """The conclusion where that is so."""
    percent = rounded_text(100 * max(_whole_fall(run), 0.0))
    epochs = len(run.scored_model.history["epoch"])
    found = f"in {epochs} epochs the loss of the rows trained on fell by {percent} % only"
    remedy = "many more may help, or a larger learning rate, or there is little to learn"
    return f"Perhaps not: {found}: {remedy}."


def _untried(run: "TableRun") -> Iterator[str]:
    """That half and twice as many epochs were not tried, why, and what shows it."""
    if is_kept_early(run) or run.ended in CUT_SHORT:
        return
    if run.scored_part != "holdout":
        if "validation_loss" not in run.scored_model.history:
            yield "Whether it is too long cannot be seen: all its rows were trained on."
        return
    half, twice = epochs_tried(run).values()
    why = why_untried(run) or "one of them went astray"
    yield (
        f"Half and twice as many epochs were not tried, for {why}: train with {max(half, 1):,} and "
        f"with {twice:,} epochs to see."
    )


def _kept(run: "TableRun") -> str:
    """Which epoch of how many is kept, and of which training, where there were two."""
    epoch, epochs = round(best_epoch(run)), len(run.scored_model.history["epoch"])
    scored = " in the training that was scored" if run.model.record.refit else ""
    if len(run.scored_model.members) == 1:
        return (
            f"the epoch is kept where the validation loss was lowest, {epoch} of {epochs}{scored}"
        )
    return (
        "each network keeps the epoch where its validation loss was lowest, about "
        f"{epoch} of {epochs}{scored}"
    )


def _whole_fall(run: "TableRun") -> float:
    """By what part the loss of the rows trained on fell in all."""
    first, *_, last = (*run.scored_model.history["loss"][:1], *run.scored_model.history["loss"])
    return (first - last) / first if first > 0 else 1.0


def _conclusion(run: "TableRun", beside: Sequence[SeenScore]) -> tuple[*tuple[str, ...], int]:
    """Whether more epochs would help, why, and how many times as many to try; 0: none."""
    history = run.scored_model.history
    epochs = len(history["epoch"])
    if run.ended in CUT_SHORT:
        return f"No: the training {ENDINGS[run.ended]}.", 0
    if _tells_nothing_apart(run):
        return "No: all rows get the same prediction; more epochs alone will not change that.", 0
    validated, fall = "validation_loss" in history, last_fall(_losses(run))
    which = "validation loss" if validated else "loss of the rows trained on"
    in_last = f"in the last fifth of its {epochs} epochs"
    if is_kept_early(run):
        return f"Yes, and not too long: {_kept(run)}.", 0
    if _hardly_learnt(run):
        return _much_longer(run), LONGER
    if not validated and any(one.is_by_heart for one in beside):
        return "Most likely: more epochs would mostly teach it its own rows by heart.", 0
    if fall is None:
        return f"Not known: {epochs} epochs are too few to see where the losses go.", 2
    percent = rounded_text(100 * abs(fall))
    if fall > (FALLING if validated else FALLING_BY_ITSELF):
        falls = f"the {which} still fell by {percent} % {in_last}"
        if _is_nearly_exact(run):
            return f"Nearly: {falls}, but little is left of it; more may help a little.", 2
        return f"Perhaps not: {falls}; more may help.", 2
    change = f"fell by {percent} % only" if fall > 0 else f"did not fall any more ({percent} % up)"
    if not rate_ended(run):
        return f"Yes: {in_last} the {which} {change}.", 0
    reason = (
        f"{in_last[:1].upper()}{in_last[1:]} the {which} {change}; that shows nothing, for the "
        f"learning rate had come to its end (schedule {run.options.schedule})."
    )
    if any(one.is_better_seen for one in beside):
        found = "it predicts the rows it was trained on better than others, by more than luck"
        return f"Most likely: {found}; more epochs rarely help there.", reason, 0
    return "Not known: nothing here shows whether more epochs would help.", reason, 2


def rate_ended(run: "TableRun") -> bool:
    """Whether the schedule left next to nothing of the learning rate at the end."""
    factor = np.min(SCHEDULES[run.options.schedule](np.ones(1)))
    return bool(factor < RATE_ENDED)


def _some_trained_on(run: "TableRun") -> Table:
    """The rows trained on, of very many some that are evenly spread."""
    rows = run.rows["train"]
    return run.columns.take(
        rows[np.linspace(0, len(rows) - 1, min(len(rows), TRAINED_ROWS)).astype(int)]
    )


def _beside_trained_on(run: "TableRun", scores: Sequence[ScoreInterval]) -> Iterator[SeenScore]:
    """Each target's score on rows trained on, beside that on held-out ones, or on the folds.

    It is the score that the loss makes good; where there is none, one that everybody understands.
    """
    trained_on = _some_trained_on(run)
    encoding = run.scored_model.encoding
    trained = score(encoding, run.scored_model.output(trained_on), trained_on)
    aim = main_score(run.scored_model)
    for target in encoding.targets:
        name = aim or plain_score(target)
        found = {one.name: one for one in scores if one.target == target.name}.get(name)
        if found is None:
            continue
        unseen, lowest, others = found.value, found.low, "held-out rows"
        if run.scored_part != "holdout":
            if not found.of_folds:
                continue
            unseen, lowest = float(np.mean(found.of_folds)), min(found.of_folds)
            others = "the rows that each network left out"
        seen = trained[target.name][name]
        yield SeenScore(target.name, name, seen, unseen, lowest if aim else None, others)


def _beside_text(one: SeenScore, several: bool) -> str:
    """The two scores as a sentence, with what helps where the rows are known by heart."""
    seen, unseen = numbers_text([one.seen, one.unseen])
    which = f"{one.target}: " if several else ""
    helps = ": more rows, or a larger decay, help more than epochs" if one.is_by_heart else ""
    start = f"{which}on" if which else "On"
    name = one.name.replace("_", " ")
    return f"{start} rows it was trained on {name} {seen}, on {one.others} {unseen}{helps}."
