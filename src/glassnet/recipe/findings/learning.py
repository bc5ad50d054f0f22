"""Whether the network learnt: of its own rows, and beside what a simple prediction gives.

The simple predictions are `recipe/baselines.py` and `single_columns.py`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.models.model import Model
from glassnet.recipe.baselines import Baseline
from glassnet.recipe.defaults import DECAYING_OPTIMIZERS, PLAIN_BINS, is_robust
from glassnet.recipe.findings.single_columns import SingleColumn
from glassnet.recipe.metrics import regression_scores
from glassnet.recipe.options import ResolvedOptions
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS, main_score
from glassnet.tables.columns import Column, Table
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

LEARNT_ROWS = 2000  # rows trained on that are scored, at most
LEARNT_NUMBERS = 2_000_000  # of them, rows x features: of many features fewer rows,
FEWEST_LEARNT_ROWS = 200  # but not fewer than this
NOTHING_LEARNT = 0.02  # of the target's variance explained on these: next to nothing
MUCH_BETTER = 0.1  # of the variance more than the network: what a simple method must explain
LONGER = 10  # times the epochs, where a run learnt little

CLEARLY = 0.01  # of the loss; a difference that is smaller is none
NEARLY_PERFECT = 0.01  # of the constant's loss; a network that makes less need not be beaten
FEWEST_MISSED = 5  # rows of the rarer class; of fewer, none may be predicted by luck
FEWEST_NODES = 8  # of a layer; a smaller network is there to be looked at, not to win
TELLING_AREA = 0.6  # under the ROC curve, from which on the order of the rows tells something


def hardly_learnt(
    model: Model,
    target: Target,
    train: Table,
    singles: Sequence[SingleColumn],
    by_linear: float | None,
    options: ResolvedOptions,
) -> Iterator[GlassnetWarning]:
    """Where it explains next to nothing of its own rows, or much less than a simple method.

    `by_linear` is what a linear model explains of the scored rows, where that is known.
    """
    if train.n_rows < FEWEST_SCORED_ROWS or is_robust(model.loss):
        return
    most = max(FEWEST_LEARNT_ROWS, min(LEARNT_ROWS, LEARNT_NUMBERS // len(model.encoding.features)))
    rows = np.linspace(0, train.n_rows - 1, min(most, train.n_rows)).astype(int)
    train = train.take(rows)
    output = model.output_of(model.encoding.encode_inputs(train))
    part = dict(zip(model.encoding.targets, model.encoding.by_target(output), strict=True))
    explained = explained_variance(target, part[target][1], train[target.name])
    compared = ""
    much = explained + MUCH_BETTER + 1 / np.sqrt(len(rows))  # of few rows all this is rough
    if singles and singles[0].explained > much:
        compared = f"column '{singles[0].column}' alone explains {singles[0].explained:.1%}"
    elif by_linear is not None and by_linear > much:
        compared = f"a linear model explains {by_linear:.1%}"
    if not compared and explained > NOTHING_LEARNT:
        return
    remedy = _train_longer(options, len(model.history["epoch"]))
    if not compared:
        remedy = ["if its columns can tell it, ", *remedy]
    found = f"of the rows trained on, {max(explained, 0.0):.1%} of the variance is explained"
    beside = f", where {compared}" if compared else ""
    yield GlassnetWarning(
        f"target '{target.name}' was hardly learnt: {found}{beside}", remedy=remedy
    )


def _train_longer(options: ResolvedOptions, epochs: int) -> list[str | OptionRef]:
    """What makes a network learn more of its rows than in so many epochs."""
    remedy: list[str | OptionRef] = [
        "train longer, with ",
        OptionRef("epochs", LONGER * epochs),
    ]
    if options.optimizer in DECAYING_OPTIMIZERS and options.decay:
        remedy += [" and ", OptionRef("decay", 0)]
    else:
        remedy += [" and another ", OptionRef("learning_rate")]
    if not options.bins and not options.affine:
        remedy += [" and ", OptionRef("bins", PLAIN_BINS)]
    return remedy


def explained_variance(target: Target, output: np.ndarray, column: Column) -> float:
    """How much of a target's variance outputs explain.

    Of a number R2. Of a class how far its mean probability is higher in its own rows than in the
    others (Tjur 2009), the mean over the classes by their variances: class weights do not matter.
    """
    if isinstance(target, NumberTarget):
        return regression_scores(column.values, target.decode(output)).get("r2", 0.0)
    classes = target.index(column)
    probabilities = target.probabilities(output)
    frequency = np.bincount(classes, minlength=len(target.labels)) / len(classes)
    there = np.flatnonzero((frequency > 0) & (frequency < 1))
    differences = [
        probabilities[classes == k, k].mean() - probabilities[classes != k, k].mean() for k in there
    ]
    variances = frequency[there] * (1 - frequency[there])
    return float(np.average(differences, weights=variances)) if len(there) else 0.0


def beaten(
    run: "TableRun",
    target: Target,
    column: Column,
    output: np.ndarray,
    simple: tuple[np.ndarray, np.ndarray],
) -> Iterator[GlassnetWarning]:
    """Where the constant is as good by the main score, or the linear model clearly better.

    Clearly is by more than the standard error of the mean difference of their rows' losses, and by
    more than 1 %.
    """
    score = main_score(run.model)
    if not score or len(output) < FEWEST_SCORED_ROWS:
        return
    losses = _row_losses(score, target, output, column)
    of_constant, of_linear = (_row_losses(score, target, part, column) for part in simple)
    if losses.mean() <= NEARLY_PERFECT * of_constant.mean():
        return
    constant, linear = losses - of_constant, losses - of_linear
    clearly = max(linear.std() / np.sqrt(len(linear)), CLEARLY * losses.mean())
    if constant.mean() >= 0:
        yield _no_better_than_constant(run, target.name, score)
    elif linear.mean() > clearly and min(run.options.hidden) >= FEWEST_NODES:
        yield GlassnetWarning(
            f"target '{target.name}' is predicted better by a linear model: "
            f"{_compared(run, target.name, score, run.baselines[1])}",
            remedy=["use that, or give more rows or a larger ", OptionRef("decay")],
        )


def never_predicted(
    run: "TableRun", target: Target, column: Column, output: np.ndarray
) -> Iterator[GlassnetWarning]:
    """Where no row is predicted to be of the rarer of two classes, though their order tells."""
    if not isinstance(target, ClassTarget) or len(target.labels) != 2:
        return
    classes = target.index(column)
    count = np.bincount(classes, minlength=2)
    rarer = int(count.argmin())
    predicted = target.predicted(target.probabilities(output))
    if count[rarer] < FEWEST_MISSED or (predicted == rarer).any():
        return
    if run.model.scores[target.name].get("auc", 0.0) < TELLING_AREA:
        return
    name = target.label_texts[rarer]
    rows = "held-out rows" if run.scored_part == "holdout" else "rows trained on"
    yield GlassnetWarning(
        f"target '{target.name}': none of the {len(classes):,} {rows} is predicted '{name}', "
        f"which {count[rarer]} are",
        option="threshold",
        remedy=["to find some of them, give ", OptionRef("threshold", "balanced")],
    )


def _no_better_than_constant(run: "TableRun", target: str, score: str) -> GlassnetWarning:
    found = _compared(run, target, score, run.baselines[0])
    remedy = "look for columns that tell more about it, or give more rows"
    area = run.model.scores[target].get("auc", 0.0)
    if area >= TELLING_AREA:
        remedy = f"its probabilities are too sure, but their order tells (auc {area:.3g}): {remedy}"
    return GlassnetWarning(
        f"target '{target}' is predicted no better than by a constant: {found}", remedy=remedy
    )


def _compared(run: "TableRun", target: str, score: str, baseline: Baseline) -> str:
    """The score beside a baseline's."""
    rows = "held-out rows" if run.scored_part == "holdout" else "rows trained on"
    counted = f"on the {len(run.rows[run.scored_part]):,} {rows}"
    here, there = (scores[target][score] for scores in (run.model.scores, baseline.scores))
    other = "linear model" if baseline.name == "linear" else baseline.name
    return f"{score.replace('_', ' ')} {here:.4g} {counted}, the {other}'s {there:.4g}"


def _row_losses(score: str, target: Target, output: np.ndarray, column: Column) -> np.ndarray:
    """Of each row what the score is made of, N."""
    if isinstance(target, NumberTarget):
        error = np.abs(target.decode(output) - column.values)
        return error**2 if score == "rmse" else error
    of_truth = target.probabilities(output)[np.arange(len(output)), target.index(column)]
    return -np.log(np.clip(of_truth, np.finfo(float).eps, 1))
