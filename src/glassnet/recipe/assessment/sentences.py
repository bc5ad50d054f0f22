"""How good a run is and how much of that is luck, in plain sentences for each target."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from glassnet.recipe.assessment.intervals import CONFIDENCE, ScoreDifference, ScoreInterval
from glassnet.recipe.assessment.text import numbers_text, percent_text, unit_text
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS
from glassnet.tables.targets import NumberTarget, Target

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

NO_HOLDOUT = (
    "Not known: no rows were held out, and how well a network knows the rows it was trained on "
    "says little of others."
)


def plain_score(target: Target) -> str:
    """The score of a target that everybody understands: how far off, or how often right."""
    return "mae" if isinstance(target, NumberTarget) else "accuracy"


def headlines(run: "TableRun") -> tuple[str, ...]:
    """How good the predictions of each target are, beside those of a constant."""
    return tuple(_headline(run, target) for target in run.model.encoding.targets)


def _headline(run: "TableRun", target: Target) -> str:
    N = len(run.rows[run.scored_part])
    name = plain_score(target)
    values = [run.model.scores[target.name][name]]
    values += [baseline.scores[target.name][name] for baseline in run.baselines[:1]]
    which = "it was trained on"
    if run.scored_part == "holdout":
        which = "it had not seen" if run.knows_unseen else "held out"
    rows = f"{_rows_text(N)} {which}"
    if isinstance(target, NumberTarget):
        found, *others = numbers_text(values)
        text = f"off by {found} {unit_text(target.name)} on average on {rows}"
    else:
        found, *others = [f"{round(value * N):,}" for value in values]
        text = f"right on {found} of {rows}"
    if others:
        text += f"; {_guess(run, target)}: {others[0]}"
    return f"{_prefix(run, target, text)}."


def _guess(run: "TableRun", target: Target) -> str:
    """What the constant says: "always guessing the mean"."""
    if isinstance(target, NumberTarget):
        return "always guessing the mean"
    return run.baselines[0].description[target.name].replace("always", "always guessing", 1)


def _prefix(run: "TableRun", target: Target, text: str) -> str:
    """A sentence, which names its target where there are several."""
    if len(run.model.encoding.targets) > 1:
        return f"{target.name}: {text}"
    return text[:1].upper() + text[1:]


def _rows_text(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def luck_sentences(
    run: "TableRun",
    scores: Sequence[ScoreInterval],
    differences: Sequence[ScoreDifference],
) -> tuple[str, ...]:
    """How far each plain score would move with other rows, another split, another start."""
    N = len(run.rows[run.scored_part])
    if run.scored_part != "holdout":
        return (NO_HOLDOUT,)
    if N < FEWEST_SCORED_ROWS:
        return (f"Hardly: {_rows_text(N)} are too few to tell, and what they score is luck.",)
    sentences: list[str] = []
    for target in run.model.encoding.targets:
        name = plain_score(target)
        found = next(one for one in scores if (one.target, one.name) == (target.name, name))
        of_target = [one for one in differences if (one.target, one.name) == (target.name, name)]
        sentences += [
            _prefix(run, target, sentence) for sentence in _of_target(run, target, found, of_target)
        ]
    return tuple(sentences)


def _of_target(
    run: "TableRun",
    target: Target,
    found: ScoreInterval,
    differences: Sequence[ScoreDifference],
) -> Iterator[str]:
    N = len(run.rows["holdout"])
    number = isinstance(target, NumberTarget)
    low, high = range_text(found.low, found.high, number)
    what = "it is off by" if number else "it is right on"
    unit = f" {unit_text(target.name)} on average" if number else ""
    yield (
        f"on all rows of this kind {what} {low} to {high}{unit}, as far as {_rows_text(N)} can "
        f"tell ({percent_text(CONFIDENCE)} interval)."
    )
    for difference in differences:
        if difference.than == "constant":
            yield f"{_guess(run, target)} {_compared(difference, None if number else N)}."
    if found.of_members:
        low, high = range_text(min(found.of_members), max(found.of_members), number)
        alone = f"{low} each" if low == high else f"{low} to {high}"
        yield f"each of its {len(run.scored_model.members)} networks alone: {alone}."
    if found.of_folds:
        low, high = range_text(min(found.of_folds), max(found.of_folds), number)
        yield (
            f"with another split: {low} to {high} on the {len(found.of_folds)} parts of the "
            "training rows that a network left out."
        )
    else:
        yield "what another split would give is not known: give another seed, and compare."


def range_text(low: float | None, high: float | None, number: bool) -> list[str]:
    """Two ends as text: of a number in its unit, of a fraction in percent."""
    return numbers_text([low, high]) if number else [percent_text(low), percent_text(high)]


def _compared(difference: ScoreDifference, of_rows: int | None) -> str:
    """How a simpler prediction compares: "would be off by 5.0 more (4.2 to 5.9): more than luck".

    Of classes by how many of so many rows: "would be right on 39 fewer of the 70 rows (31 to 47)".
    """
    found = gap(difference)
    worse = difference.better_by >= 0
    if of_rows is None:
        by, low, high = numbers_text(found)
        text = f"would be off by {by} {'more' if worse else 'less'} ({low} to {high})"
    else:
        by, low, high = (
            "unknown" if value is None else f"{round(value * of_rows):,}" for value in found
        )
        side = "fewer" if worse else "more"
        text = f"would be right on {by} {side} of the {of_rows:,} rows ({low} to {high})"
    return f"{text}: {luck_text(difference)}"


def gap(difference: ScoreDifference) -> tuple[float, float | None, float | None]:
    """By how much two scores differ, whichever is the better one, and the ends of the interval."""
    by, low, high = difference.better_by, difference.low, difference.high
    if low is None or high is None or by >= 0:
        return abs(by), low, high
    return -by, -high, -low


def luck_text(difference: ScoreDifference) -> str:
    """Whether a difference is beyond luck."""
    if difference.is_better or difference.is_worse:
        return "more than luck"
    return "that may be luck"


def compared_sentence(run: "TableRun", one: ScoreDifference, what: str) -> str:
    """How something else scores: "A linear model: rmse 3.4, beside 2.7 here; worse by ...".

    The score is one that is good where it is low, as all are that a loss makes good.
    """
    value = run.model.scores[one.target][one.name]
    their_text, our_text = numbers_text([value + one.better_by, value])
    name = one.name.replace("_", " ")
    start = f"{what[:1].upper()}{what[1:]}: {name} {their_text}, beside {our_text} here"
    if one.better_by == 0:
        return f"{start}."
    by, low, high = numbers_text(gap(one))
    side = "worse" if one.better_by > 0 else "better"
    return f"{start}; {side} by {by} ({low} to {high}), {luck_text(one)}."


def right_sentence(run: "TableRun", accuracy: ScoreDifference | None) -> str:
    """On how many rows something else is right, to follow; "" where no classes are predicted."""
    if accuracy is None:
        return ""
    N = len(run.rows["holdout"])
    ours = run.model.scores[accuracy.target]["accuracy"]
    theirs = ours - accuracy.better_by
    return f" Right on {round(theirs * N):,} of {N:,} rows, beside {round(ours * N):,} here."
