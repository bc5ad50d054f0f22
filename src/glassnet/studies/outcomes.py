"""What is kept of every network of a study: arrays whose first axis is the network."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters
from glassnet.models.decoding import comparable_numbers
from glassnet.models.model import Model
from glassnet.studies.hidden import outputs_and_traits
from glassnet.studies.problem import StudyProblem
from glassnet.training.endings import ENDINGS
from glassnet.training.problem import Floats, to_vector
from glassnet.training.run import Run

STUDY_CURVE_POINTS = 100  # epochs whose loss is kept, at most
LATE = 0.9  # of its epochs: how much the loss still falls after them is kept
LOSS_LEVELS = tuple(digit * 10.0**power for power in range(2, -8, -1) for digit in (5, 2, 1))
"""Losses, falling: the first epoch at which a network reached each of them is kept."""


class Outcomes(NamedTuple):
    """What became of P networks."""

    seed: np.ndarray
    """P: what each was started by."""
    losses: Floats
    """P x E: the training loss at the study's epochs; NaN after a network's end."""
    loss: Floats
    """P: the training loss of the epoch that was kept, without penalty."""
    validation_loss: Floats
    """P, of the same epoch; NaN where no rows validate."""
    still_falling: Floats
    """P: by which fraction the loss fell in the last tenth of the epochs; below 0 where it rose."""
    reached: np.ndarray
    """P x levels: the first epoch whose loss was no larger than each of `LOSS_LEVELS`; 0: none."""
    epochs: np.ndarray
    """P: how many it was trained."""
    best_epoch: np.ndarray
    """P: the epoch whose parameters were kept."""
    ended: np.ndarray
    """P: how it ended, by its place in `ENDINGS`."""
    parameters: Floats
    """P x n_parameters: all that were kept, as `to_vector` has them."""
    predictions: Floats
    """P x n x C: of the study's shown rows."""
    scores: Floats
    """P x scores: on rows held out."""
    traits_at_start: Floats
    """P x traits: `hidden.TRAITS` before the training."""
    traits: Floats
    """P x traits, after it."""

    @classmethod
    def joined(cls, blocks: Sequence["Outcomes"]) -> "Outcomes":
        """Those of several blocks of networks."""
        return cls(*map(np.concatenate, zip(*blocks, strict=True)))


def curve_epochs(epochs: int) -> np.ndarray:
    """The epochs whose losses are kept: the first, the last, others closer where more happens."""
    spaced = np.rint(np.geomspace(1, epochs, min(STUDY_CURVE_POINTS, epochs))).astype(int)
    return np.unique([1, *spaced, epochs])


def outcomes_of(problem: StudyProblem, numbers: Sequence[int], runs: Sequence[Run]) -> Outcomes:
    """What is kept of the networks of these numbers."""
    at = curve_epochs(problem.epochs) - 1
    losses = np.full((len(runs), len(at)), np.nan)
    reached = np.zeros((len(runs), len(LOSS_LEVELS)), np.int64)
    ones: dict[str, list[float]] = {name: [] for name in ("loss", "validation_loss", "falling")}
    for p, run in enumerate(runs):
        history = run.history
        loss = history.loss - history.penalty
        inside = at < len(loss)
        losses[p, inside] = loss[at[inside]]
        reached[p] = first_epochs(loss)
        kept = max(run.best_epoch - 1, 0)
        ones["loss"].append(loss[kept])
        validation = history.validation_loss
        ones["validation_loss"].append(validation[kept] if len(validation) else np.nan)
        late, last = loss[int(LATE * (len(loss) - 1))], loss[-1]
        is_number = np.isfinite(late) and np.isfinite(last) and late > 0
        ones["falling"].append((late - last) / late if is_number else np.nan)
    kept_numbers = np.stack([to_vector(run.parameters) for run in runs])
    starts = np.stack([to_vector(problem.start(number)) for number in numbers])
    x = problem.shown.x
    outputs, traits = outputs_and_traits(problem.network, kept_numbers, x)
    _, traits_at_start = outputs_and_traits(problem.network, starts, x)
    P, n, K = outputs.shape
    shown = comparable_numbers(problem.encoding, outputs.reshape(P * n, K))
    return Outcomes(
        seed=np.array([problem.seed(number) for number in numbers], np.int64),
        losses=losses,
        loss=np.array(ones["loss"]),
        validation_loss=np.array(ones["validation_loss"]),
        still_falling=np.array(ones["falling"]),
        reached=reached,
        epochs=np.array([len(run.history.loss) for run in runs], np.int64),
        best_epoch=np.array([run.best_epoch for run in runs], np.int64),
        ended=np.array([_endings().index(run.ended) for run in runs], np.int64),
        parameters=kept_numbers,
        predictions=shown.reshape(P, n, -1),
        scores=np.array([_scores(problem, run.parameters) for run in runs]),
        traits_at_start=traits_at_start,
        traits=traits,
    )


def first_epochs(loss: Floats) -> np.ndarray:
    """For each of `LOSS_LEVELS` the first epoch, from 1, with no larger loss; 0: there is none."""
    lowest = -np.minimum.accumulate(np.where(np.isnan(loss), np.inf, loss))  # never falls
    first = np.searchsorted(lowest, -np.array(LOSS_LEVELS)) + 1
    return np.where(first > len(loss), 0, first)


def score_names(problem: StudyProblem) -> list[str]:
    """What the columns of `Outcomes.scores` are: the score, of several targets with their name."""
    model = problem.model(problem.start(0))
    several = len(model.encoding.targets) > 1
    return [
        f"{name} of {target}" if several else name
        for target, scores in problem.scores(model).items()
        for name in scores
    ]


def _scores(problem: StudyProblem, parameters: Parameters) -> list[float]:
    model: Model = problem.model(parameters)
    return [value for scores in problem.scores(model).values() for value in scores.values()]


@cache
def _endings() -> tuple[str, ...]:
    return tuple(ENDINGS)
