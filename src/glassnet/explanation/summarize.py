"""From a row to what is said of it first: the prediction, and what each column contributed.

The data is `summaries.py`'s; the contributions themselves are `importance/contributions.py`'s.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.explanation.encoding import cell_as_text, written_cell
from glassnet.explanation.predictions import how_it_is_chosen
from glassnet.explanation.summaries import ColumnContribution, TargetSummary
from glassnet.importance.contributions import Contributions, contributions_of
from glassnet.models.rows import Rows
from glassnet.notation.numerals import Value
from glassnet.tables.columns import number_text
from glassnet.tables.inputs import Unused
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

SIGNIFICANT = 3  # digits of the largest number that is shown
MOST_DECIMALS = 9
MOST_PROBABILITY_DECIMALS = 6  # what is nearer to 0 or 1 is only said to be
NEARLY = 0.95  # of the last decimal: so much is shown as it
MOST_PULLING = 3  # columns that pulled a prediction
MOST_OF_PULL = 0.8  # of all that pulled it: no more columns are named once they make so much

METHOD = (
    "Method: integrated gradients, along the straight line from the average row's inputs to this "
    "row's. The bars tell how this model came from the one prediction to the other, not what "
    "causes what; what another cell would change, a what-if says; columns that tell the same have "
    "one contribution between them, divided as the model happens to use them."
)
"""How contributions are worked out and what they do not tell; Sundararajan, Taly & Yan 2017."""
POINTS_METHOD = (
    " A probability moves by percentage points. Added one after the other they may pass 0 or 100% "
    "on the way, where several columns tell the same."
)
"""What a reader of contributions to a probability must know besides."""


class _Found(NamedTuple):
    """What was predicted of a target, and what its contributions are to."""

    sentence: str
    predicted: Value
    actual: Value
    right: bool | None
    output: str
    name: str
    """The output's name in `importance`."""
    actual_name: str = ""
    """That of the actual class, where another one was predicted."""


def summarize(rows: Rows, row: int, others: Rows) -> tuple[TargetSummary, ...]:
    """What is said of one row, from 0: a summary for each target.

    `others` : the rows whose average is compared with where the model does not know that of its
    training.
    """
    one = rows.take([row])
    found: list[TargetSummary] = []
    for target, output in one.model.encoding.by_target(one.output):
        if isinstance(target, NumberTarget):
            found.append(_summary(_number(target, output, one), target, one, others))
        else:
            found.append(_summary(_class(target, output, one), target, one, others))
    return tuple(found)


def _summary(found: _Found, target: Target, row: Rows, others: Rows) -> TargetSummary:
    to_predicted = row_contributions(row, found.name, others)
    to_actual = row_contributions(row, found.actual_name, others) if found.actual_name else None
    columns = _columns(row, to_predicted, to_actual)
    value = start = float(found.predicted) if isinstance(found.predicted, float) else 0.0
    decimals, heading, pulled, method, clipped = 0, "", "", "", ""
    if to_predicted is not None:
        value, start = float(to_predicted.predictions[0]), float(to_predicted.starts[0])
        decimals = decimals_of([c.value for c in columns])
        clipped = _clipped(found, value, decimals)
        heading = _heading(found, to_predicted, decimals, clipped)
        pulled = _pulled(found, target, columns, decimals)
        method = METHOD + (POINTS_METHOD if isinstance(target, ClassTarget) else "")
    return TargetSummary(
        target=target.name,
        sentence=found.sentence,
        predicted=found.predicted,
        actual=found.actual,
        right=found.right,
        output=found.output,
        value=value,
        start=start,
        contributions=columns,
        decimals=decimals,
        heading=heading,
        pulled=pulled,
        method=method,
        clipped=clipped,
    )


def row_contributions(row: Rows, output: str, others: Rows) -> Contributions | None:
    """The contributions to an output of one row; None where there is no average row."""
    try:
        return contributions_of(row, output, others)
    except GlassnetError:
        return None  # a single row, and a model that knows of no others


def _columns(
    row: Rows, to_predicted: Contributions | None, to_actual: Contributions | None
) -> tuple[ColumnContribution, ...]:
    """The columns' contributions, the largest first."""
    if to_predicted is None:
        return ()
    values = to_predicted.values[0]
    pulls = None if to_actual is None else values - to_actual.values[0]
    used = {
        column.name: column
        for column in row.model.encoding.inputs
        if not isinstance(column, Unused)
    }
    found = [
        ColumnContribution(
            name,
            written_cell(used[name], row.columns[name], 0),
            float(values[i]),
            None if pulls is None else float(pulls[i]),
        )
        for i, name in enumerate(to_predicted.columns)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.value)))


def _number(target: NumberTarget, output: np.ndarray, row: Rows) -> _Found:
    predicted = float(target.decode(output)[0])
    column = row.targets.get(target.name)
    if column is None or column.missing[0]:
        decimals = decimals_of([predicted])
        sentence = f"predicted {target.name} {predicted:.{decimals}f}"
        return _Found(sentence, predicted, None, None, target.name, target.name)
    actual = float(column.values[0])
    sentence = f"predicted {target.name} {_and_actual(predicted, actual)}"
    return _Found(sentence, predicted, actual, None, target.name, target.name)


def _and_actual(predicted: float, actual: float) -> str:
    """Both numbers and by how much one is off, which is their difference as they are shown."""
    decimals = min(decimals_of([predicted]), decimals_of([predicted, actual]) + 1)
    most = max(decimals, decimals_of([predicted - actual]))
    while decimals < most and round(predicted, decimals) == round(actual, decimals):
        decimals += 1
    error = round(predicted, decimals) - round(actual, decimals)
    numbers = f"{predicted:.{decimals}f}; actual {actual:.{decimals}f}"
    if error == 0:
        return f"{numbers}: the same"
    return f"{numbers}: {abs(error):.{decimals}f} too {'high' if error > 0 else 'low'}"


def decimals_of(numbers: Sequence[float]) -> int:
    """How many decimals show the largest of some numbers with its first few digits."""
    largest = max(map(abs, numbers), default=0.0)
    if largest == 0 or not math.isfinite(largest):
        return 0
    return min(max(0, SIGNIFICANT - 1 - math.floor(math.log10(largest))), MOST_DECIMALS)


def _class(target: ClassTarget, output: np.ndarray, row: Rows) -> _Found:
    labels, probabilities = target.label_texts, target.probabilities(output)[0]
    chosen = int(target.predicted(probabilities[None])[0])
    label, probability = labels[chosen], probability_text(float(probabilities[chosen]))
    sentence = f"{target.name} = {label}, probability {probability}"
    if target.threshold is not None or target.frequencies:
        sentence += f" ({how_it_is_chosen(target)})"
    name, output_text = f"{target.name}={label}", f"probability of {label}"
    column = row.targets.get(target.name)
    if column is None or column.missing[0]:
        return _Found(sentence, label, None, None, output_text, name)
    actual = cell_as_text(column, 0)
    if actual == label:
        return _Found(f"{sentence}; actual {actual}: right", label, actual, True, output_text, name)
    if actual not in labels:
        sentence += f"; actual {actual}, a class that it was not trained on: wrong"
        return _Found(sentence, label, actual, False, output_text, name)
    of_actual = probability_text(float(probabilities[labels.index(actual)]))
    sentence += f"; actual {actual}, probability {of_actual}: wrong"
    of_other = f"{target.name}={actual}"
    return _Found(sentence, label, actual, False, output_text, name, of_other)


def probability_text(probability: float) -> str:
    """A probability with three decimals, or as many more as tell it from 0 and 1.

    >>> [probability_text(p) for p in (0.98, 0.99996, 0.00021, 1 - 1e-9)]
    ['0.980', '0.99996', '0.0002', 'over 0.999999']
    """
    nearest = min(probability, 1 - probability)
    for decimals in range(3, MOST_PROBABILITY_DECIMALS + 1):
        if nearest > NEARLY * 10.0**-decimals:
            return f"{probability:.{decimals}f}"
    if probability > 0.5:
        return f"over {1 - 10.0**-MOST_PROBABILITY_DECIMALS:.{MOST_PROBABILITY_DECIMALS}f}"
    return f"under {10.0**-MOST_PROBABILITY_DECIMALS:.{MOST_PROBABILITY_DECIMALS}f}"


def _heading(found: _Found, to: Contributions, decimals: int, clipped: str) -> str:
    value, start = float(to.predictions[0]), float(to.starts[0])
    if isinstance(found.predicted, float):
        unit, shown = "", [f"{number:.{decimals}f}" for number in (start, value)]
    else:
        unit = ", in percentage points"
        shown = [f"{number:.{max(0, decimals - 2)}%}" for number in (start, value)]
    heading = (
        f"What each column contributed to {_the(found)}{unit}: from {shown[0]}, for {to.against}, "
        f"to {shown[1]}"
    )
    if clipped:
        heading += f", which is clipped to {number_text(float(found.predicted or 0))}, "
        heading += "the end of the range seen in training"
    return heading


def _clipped(found: _Found, value: float, decimals: int) -> str:
    """That a predicted number is clipped, and what it was; "" where it is not."""
    if not isinstance(found.predicted, float):
        return ""
    if math.isclose(value, found.predicted, rel_tol=1e-6, abs_tol=0.5 * 10.0**-MOST_DECIMALS):
        return ""
    return f"clipped to the range seen in training; {value:.{decimals}f} before clipping"


def _the(found: _Found) -> str:
    return (
        found.output
        if found.right is None and found.output == found.name
        else f"the {found.output}"
    )


def _pulled(
    found: _Found, target: Target, columns: Sequence[ColumnContribution], decimals: int
) -> str:
    """Which columns pulled a prediction that is off or wrong.

    Of two classes what one gains the other loses, and the contributions say it all.
    """
    if found.actual_name:
        of_two = isinstance(target, ClassTarget) and len(target.labels) == 2
        pulls = {c.column: c.value if of_two else c.pull or 0.0 for c in columns}
        there = f"Pulled towards {found.predicted} and away from {found.actual}"
        none = f"No column pulled it away from {found.actual}: the average row lies there too."
        return _pulled_by(there, pulls, max(0, decimals - 2), none, 100, " points")
    if not isinstance(found.predicted, float) or not isinstance(found.actual, float):
        return ""
    error = found.predicted - found.actual
    if found.sentence.endswith("the same"):
        return ""
    way = "up" if error > 0 else "down"
    pulls = {c.column: c.value * math.copysign(1, error) for c in columns}
    other = "down" if error > 0 else "up"
    none = f"No column pulled it {way}; they did not pull it {other} far enough."
    return _pulled_by(f"Pulled it {way}", pulls, decimals, none, math.copysign(1, error))


def _pulled_by(
    there: str,
    pulls: dict[str, float],
    decimals: int,
    none: str,
    factor: float,
    unit: str = "",
) -> str:
    """The columns that pulled most, each with how much, which is shown times `factor`."""
    largest = sorted(pulls, key=lambda name: -pulls[name])
    total = sum(pull for pull in pulls.values() if pull > 0)
    named: list[str] = []
    so_far = 0.0
    for name in largest[:MOST_PULLING]:
        if abs(factor) * pulls[name] < 0.5 * 10.0**-decimals or so_far > MOST_OF_PULL * total:
            break
        so_far += pulls[name]
        named.append(f"{name} ({factor * pulls[name]:+.{decimals}f}{unit})")
    return f"{there}: {', '.join(named)}." if named else none
