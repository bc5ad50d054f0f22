"""What a run shows that its user should know, as warnings: each says what, where, and what to do.

A healthy table on which a network learnt well gives none. What is found while a table is read is
in `tables/`, what new rows show in `models/notices.py`; the page "What glassnet tells you" of the
documentation lists them all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from glassnet.core.metrics import regression_scores
from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.models.model import Model
from glassnet.recipe.baselines import Baseline
from glassnet.recipe.duplicates import are_copies, find_duplicates
from glassnet.recipe.options import ResolvedOptions
from glassnet.recipe.rows import TableRows
from glassnet.recipe.single_columns import SingleColumn, single_columns
from glassnet.tables.columns import Column, Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Number
from glassnet.tables.targets import ClassTarget, NumberTarget, Target
from glassnet.training.endings import BROKEN, ENDINGS

if TYPE_CHECKING:
    from glassnet.recipe.fit import FitResult
    from glassnet.recipe.run import TableRun

FEWEST_SCORED_ROWS = 10  # of fewer, scores are luck
LEARNT_ROWS = 2000  # rows trained on that are scored, at most
LEARNT_NUMBERS = 2_000_000  # of them, rows x features: of many features fewer rows,
FEWEST_LEARNT_ROWS = 200  # but not fewer than this
NOTHING_LEARNT = 0.02  # of the target's variance explained on these: next to nothing
MUCH_BETTER = 0.1  # of the variance more than the network: what a simple method must explain
LONGER = 10  # times the epochs, where a run learnt little
OF_THE_MEDIAN = ("mean_absolute_error", "pinball")
"""Losses whose predictions need not be near the mean: squared errors do not speak of them."""

CLEARLY = 0.01  # of the loss; a difference that is smaller is none
NEARLY_PERFECT = 0.01  # of the constant's loss; a network that makes less need not be beaten
FEWEST_NODES = 8  # of a layer; a smaller network is there to be looked at, not to win
TELLING_AREA = 0.6  # under the ROC curve, from which on the order of the rows tells something

FEWEST_LEAK_ROWS = 50  # of fewer, some column of many tells the target by chance
FEWEST_CLASS_ROWS = 10  # of the rarest class, likewise
TELLING = {NumberTarget: 0.98, ClassTarget: 0.95}
"""What a column alone must explain of a target to tell it nearly perfectly."""

FEWEST_COPIES = 3  # rows; fewer matter to nobody
FEWEST_COPIES_PART = 0.001  # of the rows, likewise
NAMED_COLUMNS = 3  # names in a message; of more the rest is counted

Singles = Mapping[str, Sequence[SingleColumn]]
"""By target, what each column alone tells of it, the best first."""


def notices_of_run(run: "TableRun", output: np.ndarray) -> tuple[GlassnetWarning, ...]:
    """What a run on a table shows; `output` is the model's for the scored rows, N x K."""
    encoding = run.model.encoding
    train = run.columns.take(run.rows["train"])
    scored = run.columns.take(run.rows[run.scored_part])
    singles = _singles(encoding, train)
    ended = list(_ended(run.ended))
    return (
        *run.columns.notices,
        *ended,
        *([] if ended else _learning(run, train, scored, output, singles)),
        *_leaks(encoding, train, singles, ignorable=True),
        *_copies(run),
        *_rare_classes(run),
        *_dropped_indicators(run, train),
    )


def notices_of_fit(fitted: "FitResult", train: TableRows) -> tuple[GlassnetWarning, ...]:
    """What fitting an estimator shows, which has no rows to score; copies may be its user's."""
    encoding = fitted.model.encoding
    table = Table({**train.inputs, **train.targets})
    singles = _singles(encoding, table)
    hardly = [
        notice
        for target in encoding.targets
        for notice in _hardly_learnt(
            fitted.model, target, table, singles[target.name], None, fitted.options
        )
    ]
    leaks = _leaks(encoding, table, singles, ignorable=False)
    return (*hardly, *leaks)


def _singles(encoding: TableEncoding, train: Table) -> Singles:
    if train.n_rows < FEWEST_SCORED_ROWS:
        return {target.name: () for target in encoding.targets}
    return {
        target.name: single_columns(encoding.inputs, train, target) for target in encoding.targets
    }


def _ended(ended: str) -> Iterator[GlassnetWarning]:
    if ended in BROKEN:
        yield GlassnetWarning(f"the training {ENDINGS[ended]}", option="learning_rate")


def _learning(
    run: "TableRun", train: Table, scored: Table, output: np.ndarray, singles: Singles
) -> Iterator[GlassnetWarning]:
    """Of each target the gravest that there is to say of what was learnt of it."""
    outputs = [run.model.encoding.by_target(b.output) for b in run.baselines]
    for number, (target, part) in enumerate(run.model.encoding.by_target(output)):
        constant, linear = (of_baseline[number][1] for of_baseline in outputs)
        explained = None
        if scored.n_rows >= FEWEST_SCORED_ROWS:
            explained = _explained(target, linear, scored[target.name])
        found = [
            *_hardly_learnt(run.model, target, train, singles[target.name], explained, run.options),
            *_beaten(run, target, scored[target.name], part, (constant, linear)),
        ]
        yield from found[:1]


def _hardly_learnt(
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
    if train.n_rows < FEWEST_SCORED_ROWS or model.loss.name.partition(":")[0] in OF_THE_MEDIAN:
        return
    most = max(FEWEST_LEARNT_ROWS, min(LEARNT_ROWS, LEARNT_NUMBERS // len(model.encoding.features)))
    rows = np.linspace(0, train.n_rows - 1, min(most, train.n_rows)).astype(int)
    train = train.take(rows)
    output = model.output_of(model.encoding.encode_inputs(train))
    part = dict(zip(model.encoding.targets, model.encoding.by_target(output), strict=True))
    explained = _explained(target, part[target][1], train[target.name])
    compared = ""
    much = explained + MUCH_BETTER + 1 / np.sqrt(len(rows))  # of few rows all this is rough
    if singles and singles[0].explained > much:
        compared = f"column '{singles[0].column}' alone explains {singles[0].explained:.1%}"
    elif by_linear is not None and by_linear > much:
        compared = f"a linear model explains {by_linear:.1%}"
    if not compared and explained > NOTHING_LEARNT:
        return
    remedy = _train_longer(options)
    if not compared:
        remedy = ["if its columns can tell it, ", *remedy]
    found = f"of the rows trained on, {max(explained, 0.0):.1%} of the variance is explained"
    beside = f", where {compared}" if compared else ""
    yield GlassnetWarning(
        f"target '{target.name}' was hardly learnt: {found}{beside}", remedy=remedy
    )


def _train_longer(options: ResolvedOptions) -> list[str | OptionRef]:
    """What makes a network learn more of its rows."""
    longer = ["train longer, with ", OptionRef("epochs", LONGER * options.epochs)]
    if options.optimizer == "adamw" and options.decay:
        return [*longer, " and ", OptionRef("decay", 0)]
    return [*longer, " or another ", OptionRef("learning_rate")]


def _explained(target: Target, output: np.ndarray, column: Column) -> float:
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


def _beaten(
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
    score = _main_score(run)
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


def _main_score(run: "TableRun") -> str:
    """The score that the loss makes good; "" where none of them is."""
    loss = run.model.loss.name.partition(":")[0]
    if loss == "pinball" or "focal" in loss or run.model.record.sample_weight:
        return ""
    if run.model.encoding.task != "regression":
        return "log_loss"
    return "mae" if loss in ("mean_absolute_error", "huber") else "rmse"


def _row_losses(score: str, target: Target, output: np.ndarray, column: Column) -> np.ndarray:
    """Of each row what the score is made of, N."""
    if isinstance(target, NumberTarget):
        error = np.abs(target.decode(output) - column.values)
        return error**2 if score == "rmse" else error
    of_truth = target.probabilities(output)[np.arange(len(output)), target.index(column)]
    return -np.log(np.clip(of_truth, np.finfo(float).eps, 1))


def _leaks(
    encoding: TableEncoding, train: Table, singles: Singles, ignorable: bool
) -> Iterator[GlassnetWarning]:
    """Columns each of which alone tells a target nearly perfectly.

    Not where it is the only input, or most columns do: then the target is easy.
    """
    for target in encoding.targets:
        found = singles[target.name]
        leaks = [single for single in found if single.explained >= TELLING[type(target)]]
        if not leaks or 2 * len(leaks) > len(found) or len(found) < 2:
            continue
        if not _enough_for_leaks(target, train[target.name]):
            continue
        names = [leak.column for leak in leaks]
        ignored = OptionRef("ignore", names) if ignorable else "drop it from X"
        explained = f"it explains {leaks[0].explained:.1%} of the variance"
        yield GlassnetWarning(
            f"{_columns(names)} alone {'tells' if len(names) == 1 else 'tell'} the target "
            f"'{target.name}' nearly perfectly ({explained})",
            column=names[0],
            remedy=["if it would not be known of new rows, leave it out: ", ignored],
        )


def _enough_for_leaks(target: Target, column: Column) -> bool:
    if len(column.values) < FEWEST_LEAK_ROWS:
        return False
    if isinstance(target, NumberTarget):
        return True
    return bool(np.bincount(target.index(column)).min() >= FEWEST_CLASS_ROWS)


def _copies(run: "TableRun") -> Iterator[GlassnetWarning]:
    """Rows that are equal, inputs and targets, and how many of them flatter the score."""
    encoding = run.model.encoding
    used = [column.name for column in encoding.inputs]
    table = run.columns.select([*used, *(target.name for target in encoding.targets)])
    found = find_duplicates(table)
    if found.count < max(FEWEST_COPIES, FEWEST_COPIES_PART * table.n_rows):
        return
    if not are_copies(found, table.select(used)):
        return
    message = f"{found.count:,} of {table.n_rows:,} rows are copies of others, target included"
    holdout = run.rows["holdout"]
    others = np.concatenate([run.rows["train"], run.rows["validation"]])
    straddling = found.straddling(others, holdout)
    if straddling:
        message += (
            f"; {straddling:,} of the {len(holdout):,} held-out rows "
            f"({straddling / len(holdout):.1%}) are also trained on, which flatters the score"
        )
    yield GlassnetWarning(message, remedy="leave each in the table once")


def _rare_classes(run: "TableRun") -> Iterator[GlassnetWarning]:
    """Classes that no held-out row has, or that have fewer rows than there are folds."""
    if run.columns.n_rows < FEWEST_SCORED_ROWS:
        return
    holdout = run.rows["holdout"]
    folds = run.options.members if run.options.validation is None else 1
    for target in run.model.encoding.targets:
        if not isinstance(target, ClassTarget):
            continue
        classes = target.index(run.columns[target.name])
        count = np.bincount(classes, minlength=len(target.labels))
        there = np.isin(np.arange(len(count)), classes[holdout])
        unscored = np.flatnonzero(~there) if len(holdout) else []
        few = np.flatnonzero(count < folds)
        if len(unscored):
            names = _counted(target, unscored, count)
            message = f"target '{target.name}': no held-out row has {names}: no score speaks of it"
        elif len(few):
            names = _counted(target, few, count)
            message = f"target '{target.name}': fewer rows than the {folds} folds have {names}"
        else:
            continue
        yield GlassnetWarning(
            message, remedy="give more rows of it, or merge it with another class"
        )


def _counted(target: ClassTarget, classes: Iterable[int], count: np.ndarray) -> str:
    """Classes with their numbers of rows."""
    texts = [f"'{target.label_texts[k]}' ({count[k]})" for k in classes]
    return f"{'class' if len(texts) == 1 else 'classes'} {_some(texts)}"


def _dropped_indicators(run: "TableRun", train: Table) -> Iterator[GlassnetWarning]:
    """Columns of numbers with missing cells that `affine` fills without an input that tells."""
    if not run.options.affine:
        return
    numbers = [column.name for column in run.model.encoding.inputs if isinstance(column, Number)]
    names = [name for name in numbers if train[name].missing.any()]
    if names:
        yield GlassnetWarning(
            f"{_columns(names)}: missing cells count as the median, and no input tells that they "
            "are missing",
            option="affine",
            remedy=["leave ", OptionRef("affine"), " out, and an input tells"],
        )


def _columns(names: Sequence[str]) -> str:
    """Columns by name, the first few."""
    texts = [f"'{name}'" for name in names]
    return f"{'column' if len(names) == 1 else 'columns'} {_some(texts)}"


def _some(texts: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(texts) - NAMED_COLUMNS
    if more <= 0:
        return ", ".join(texts)
    return f"{', '.join(texts[:NAMED_COLUMNS])} and {more} more"
