"""Rows of a run that are to be explained: by which of its models, and which are predicted worst.

Where a run was trained once more on all rows after the scores it has two models, and only the one
that the scores are of can say why a row that was held out is predicted as it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.errors import OptionRef, Wording, in_python, unknown_name
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.runs import layout
from glassnet.runs.open import RunFolder
from glassnet.tables.targets import NumberTarget

SCORED = "scored"
FINAL = "final"
MOST_NAMED_ROWS = 6  # rows that a sentence names


class ExplainedBy(NamedTuple):
    """A model of a run, and which it is in a sentence."""

    model: Model
    note: str


def model_for(
    run: RunFolder, numbers: Sequence[int], which: str | None, wording: Wording = in_python
) -> ExplainedBy:
    """The model of a run that some of its rows are explained by.

    Parameters
    ----------
    run : RunFolder
        The run.
    numbers : sequence of int
        The rows, from 1.
    which : {"scored", "final"}, optional
        None: the scored one where one of the rows was held out, else the final one.
    wording : function
        How the option that chooses is written.

    Raises
    ------
    GlassnetError
        Where there is no model of that name.
    """
    if which not in (None, SCORED, FINAL):
        raise unknown_name(OptionRef("model"), which, (SCORED, FINAL))
    holdout = sorted(set(numbers) & {int(row) + 1 for row in run.rows.get("holdout", ())})
    if not run.model.record.refit:
        return ExplainedBy(run.model, _left_aside(holdout) if holdout else "")
    if which == SCORED or (which is None and holdout):
        return ExplainedBy(run.scored_model, _of_scored(holdout, wording))
    asked = which == FINAL or bool(holdout)
    return ExplainedBy(run.model, _of_final(holdout, wording) if asked else "")


def _of_scored(holdout: Sequence[int], wording: Wording) -> str:
    final = wording(OptionRef("model", FINAL))
    which = f"This is the model that the scores are of ({layout.SCORED_MODEL})"
    if holdout:
        which = f"{_left_aside(holdout)} {which}, which had not seen {_them(holdout)}"
    return f"{which}; the final model was trained on all rows: {final}."


def _of_final(holdout: Sequence[int], wording: Wording) -> str:
    which = f"This is the final model ({layout.MODEL}), trained on all rows."
    if not holdout:
        return which
    scored = wording(OptionRef("model", SCORED))
    return (
        f"{which} {_left_aside(holdout)} The one that the scores are of had not seen "
        f"{_them(holdout)}: {scored}."
    )


def _left_aside(numbers: Sequence[int]) -> str:
    return f"{_rows_text(numbers)} held out."


def _them(numbers: Sequence[int]) -> str:
    return "them" if len(numbers) > 1 else "it"


def _rows_text(numbers: Sequence[int]) -> str:
    """As "Row 3 was", "Rows 3 and 5 were"."""
    names = list(map(str, numbers[:MOST_NAMED_ROWS]))
    if len(numbers) > MOST_NAMED_ROWS:
        names.append(f"{len(numbers) - MOST_NAMED_ROWS} more")
    if len(names) == 1:
        return f"Row {names[0]} was"
    return f"Rows {', '.join(names[:-1])} and {names[-1]} were"


class WorstPredicted(NamedTuple):
    """Rows that are predicted worst, and a sentence where not all of them are wrong."""

    numbers: list[int]
    """From 1, the worst first."""
    sentence: str


def worst_predicted(run: RunFolder, count: int) -> WorstPredicted:
    """The scored rows that are predicted worst.

    Of classes the wrong ones come first, and of these the ones that give the actual class least.
    """
    rows = run.scored_rows()
    order = np.argsort(-_badness(rows), kind="stable")[:count]
    numbers = [run.predictions["row"][index] for index in order]
    which = "held-out rows" if run.record.scored_on == "holdout" else "rows trained on"
    return WorstPredicted(numbers, _how_many_wrong(rows, which, len(numbers)))


def _how_many_wrong(rows: Rows, which: str, shown: int) -> str:
    """That none of the rows is wrong, or fewer than are shown; "" of numbers."""
    wrong = np.zeros(len(rows), bool)
    for target, output in rows.model.encoding.by_target(rows.output):
        if isinstance(target, NumberTarget):
            return ""
        predicted = target.predicted(target.probabilities(output))
        wrong |= predicted != target.index(rows.targets[target.name])
    count = int(wrong.sum())
    if count >= shown:
        return ""
    if not count:
        return (
            f"None of the {len(rows):,} {which} is wrong: these are the ones it is least sure of."
        )
    are = "is" if count == 1 else "are"
    return (
        f"Only {count:,} of the {len(rows):,} {which} {are} wrong: the others shown are right, and "
        "the ones it is least sure of."
    )


def _badness(rows: Rows) -> np.ndarray:
    """How bad each prediction is, N, over all targets."""
    bad = np.zeros(len(rows))
    for target, output in rows.model.encoding.by_target(rows.output):
        column = rows.targets[target.name]
        if isinstance(target, NumberTarget):
            bad += np.abs(target.decode(output) - column.values) / target.scale
        else:
            probabilities, actual = target.probabilities(output), target.index(column)
            bad += target.predicted(probabilities) != actual
            bad += 1 - probabilities[np.arange(len(rows)), actual]
    return bad
