"""An interval for each score and for its difference to a simpler prediction's, from resampled rows.

They say how far a score would move with other held-out rows of the same kind. How far it would move
with another training is not in them; the members and folds beside them tell of that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.errors import option_error
from glassnet.models.model import Model
from glassnet.models.record import Score
from glassnet.models.rows import rows_of
from glassnet.recipe.assessment.resampling import resampled_scores, resamples
from glassnet.recipe.metrics import wilson_interval
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS, Scores, score
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding

CONFIDENCE = 0.95
MOST_RESAMPLED = 4000  # rows that are resampled; of more, so many that are evenly spread
MOST_DRAWN_NUMBERS = 2_000_000  # rows x resamples
RESAMPLES = (500, 2000)  # at least, for the ends of an interval; and at most
LOWER_IS_BETTER = ("rmse", "mae", "log_loss")
"""The scores that are good where they are small."""

Outputs = Mapping[str, np.ndarray]
"""By what predicts, its outputs for the same rows, N x K."""

IntervalEnds = tuple[float, float] | tuple[None, None]
UNKNOWN = (None, None)
"""The interval that is not known."""


@dataclass(frozen=True)
class ScoreInterval:
    """A score, and from where to where it may be trusted.

    Parameters
    ----------
    target, name : str
        Of which target, and which score.
    value : float
        The score itself, in the target's unit where it has one.
    low, high : float or None
        The ends of its interval; None where the rows are too few, or all alike, to tell.
    of_members : tuple of float
        The lowest and the highest that a single member scores on the same rows; () where there is
        one network.
    of_folds : tuple of float
        What members score on the rows that they left out of their training, one after another; ()
        where that is not known.
    """

    target: str
    name: str
    value: Score
    low: float | None
    high: float | None
    of_members: tuple[Score, ...] = ()
    of_folds: tuple[Score, ...] = ()


@dataclass(frozen=True)
class ScoreDifference:
    """By how much a model scores better than another prediction does on the same rows.

    Parameters
    ----------
    target, name : str
        Of which target, and which score.
    than : str
        What else: "constant", "linear" or "small network"; or "half as many epochs" or
        "twice as many epochs" of the same training.
    better_by : float
        The difference, above 0 where the model is better, whether that score is better low or high.
    low, high : float or None
        The ends of its interval, the same rows being drawn for both; None where it is not known.
    """

    target: str
    name: str
    than: str
    better_by: Score
    low: float | None
    high: float | None

    @property
    def is_better(self) -> bool:
        """Whether the model is better by more than luck."""
        return self.low is not None and self.low > 0

    @property
    def is_worse(self) -> bool:
        """Whether the other prediction is better by more than luck."""
        return self.high is not None and self.high < 0


def score_intervals(
    model: Model, table: Any, *, confidence: float = CONFIDENCE, seed: int = 0
) -> tuple[ScoreInterval, ...]:
    """The scores of a model on the rows of a table, each with a bootstrap interval.

    Parameters
    ----------
    model : Model
        What predicts.
    table : data frame, dict of columns, path, or Rows
        N rows with their targets, which the model was not trained on.
    confidence : float
        Above 0 and below 1: how often such intervals hold the score of all rows of the same kind.
    seed : int
        Of the resampling.

    Returns
    -------
    tuple of ScoreInterval
        One for each target and score. The interval is that of the percentiles of resampled rows
        (Efron 1979), of the accuracy Wilson's (1927); None for fewer than 10 rows.

    Raises
    ------
    GlassnetError
        Where a column or target is missing, or the confidence is out of range.

    Examples
    --------
    >>> from glassnet import train_table
    >>> table = {"x": list(range(60)), "y": [2 * x + x % 7 for x in range(60)]}
    >>> model = train_table(table, "y", hidden=8, epochs=200, members=1)
    >>> rmse, mae, r2 = score_intervals(model, table)
    >>> mae.low < mae.value < mae.high
    True
    """
    if not isinstance(confidence, (int, float)) or not 0 < confidence < 1:
        raise option_error("confidence", "must be above 0 and below 1", confidence)
    rows = rows_of(model, table)
    truth = rows.known_targets()
    values = score(model.encoding, rows.output, truth)
    ends = Resampling(model.encoding, truth, {"": rows.output}, seed).ends(confidence)
    return tuple(
        ScoreInterval(target, name, value, *ends[target, name, ""])
        for target, scores in values.items()
        for name, value in scores.items()
    )


class Resampling:
    """The scores of several predictions on the same resampled rows.

    Parameters
    ----------
    encoding : TableEncoding
        What the outputs mean.
    truth : Table
        The targets of N rows.
    outputs : dict
        By what predicts, its outputs; the first is what the others are compared with.
    seed : int
        Of the resampling.
    of_new_rows : bool
        Whether no prediction was learnt from these rows: else they say nothing of others, and no
        interval is known.
    """

    def __init__(
        self,
        encoding: TableEncoding,
        truth: Table,
        outputs: Outputs,
        seed: int = 0,
        *,
        of_new_rows: bool = True,
    ) -> None:
        self.encoding, self.truth, self.outputs = encoding, truth, outputs
        self.n_rows = truth.n_rows
        chosen = np.linspace(0, self.n_rows - 1, min(self.n_rows, MOST_RESAMPLED)).astype(int)
        # fewer rows scatter more: by the root of how many fewer they are
        self.shrink = float(np.sqrt(len(chosen) / self.n_rows)) if len(chosen) else 1.0
        self.count = int(np.clip(MOST_DRAWN_NUMBERS // max(1, len(chosen)), *RESAMPLES))
        self.resampled: dict[tuple[str, str, str], np.ndarray] = {}
        """By target, score and what predicts: the score of every resample."""
        if of_new_rows and self.n_rows >= FEWEST_SCORED_ROWS:
            self._draw(chosen, seed)

    def _draw(self, chosen: np.ndarray, seed: int) -> None:
        truth = self.truth.take(chosen)
        found: dict[tuple[str, str, str], list[np.ndarray]] = defaultdict(list)
        for drawn in resamples(len(chosen), self.count, seed):
            for name, output in self.outputs.items():
                for target, part in self.encoding.by_target(output[chosen]):
                    scores = resampled_scores(target, part, truth[target.name], drawn)
                    for score_name, values in scores.items():
                        found[target.name, score_name, name].append(values)
        self.resampled = {key: np.concatenate(values) for key, values in found.items()}

    def ends(self, confidence: float) -> "Ends":
        """The interval of each score: by target, score and what predicts, its two ends."""
        values = {name: score(self.encoding, out, self.truth) for name, out in self.outputs.items()}
        ends = Ends()
        for key, resampled in self.resampled.items():
            target, name, by = key
            value = values[by][target].get(name, np.nan)
            if name == "accuracy":
                ends[key] = wilson_interval(value, self.n_rows, confidence)
            else:
                ends[key] = self._interval(value, resampled, confidence)
        return ends

    def differences(self, confidence: float) -> tuple[ScoreDifference, ...]:
        """How much better the first prediction is than each of the others, by every score."""
        first, *others = self.outputs
        values = {name: score(self.encoding, out, self.truth) for name, out in self.outputs.items()}
        return tuple(
            self._difference(values, target, name, first, other, confidence)
            for target, scores in values[first].items()
            for other in others
            for name in scores
        )

    def _difference(
        self,
        values: Mapping[str, Scores],
        target: str,
        name: str,
        first: str,
        other: str,
        confidence: float,
    ) -> ScoreDifference:
        sign = -1.0 if name in LOWER_IS_BETTER else 1.0
        better_by = sign * (values[first][target][name] - values[other][target][name])
        low = high = None
        if self.resampled:
            ours, theirs = (self.resampled[target, name, by] for by in (first, other))
            low, high = self._interval(better_by, sign * (ours - theirs), confidence)
        return ScoreDifference(target, name, other, better_by, low, high)

    def _interval(self, value: float, resampled: np.ndarray, confidence: float) -> IntervalEnds:
        """The percentiles of the resampled values, around the value of all rows."""
        known = resampled[np.isfinite(resampled)]
        if not len(known) or np.ptp(known) == 0:
            return UNKNOWN
        ends = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
        if self.shrink == 1:
            return float(ends[0]), float(ends[1])
        low, high = value + (ends - known.mean()) * self.shrink
        return float(low), float(high)


class Ends(dict[tuple[str, str, str], IntervalEnds]):
    """By target, score and what predicts, the ends of an interval; None where it is not known."""

    def __missing__(self, key: tuple[str, str, str]) -> IntervalEnds:
        return UNKNOWN


def spread_of(scores: Sequence[Scores], target: str, name: str) -> tuple[float, ...]:
    """That score of each that has it."""
    return tuple(one[target][name] for one in scores if name in one[target])
