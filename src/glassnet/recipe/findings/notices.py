"""All that a run shows, put together; when each is said is in the files beside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from glassnet.errors import GlassnetWarning, OptionRef
from glassnet.recipe.findings.classes import rare_classes
from glassnet.recipe.findings.copies import copied_rows
from glassnet.recipe.findings.leaks import Singles, leaks_of
from glassnet.recipe.findings.learning import (
    beaten,
    explained_variance,
    hardly_learnt,
    never_predicted,
)
from glassnet.recipe.findings.names import columns_text
from glassnet.recipe.findings.single_columns import single_columns
from glassnet.recipe.rows import TableRows
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS
from glassnet.recipe.teachers.holdout import teacher_that_knows
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Number
from glassnet.training.endings import BROKEN, ENDINGS

if TYPE_CHECKING:
    from glassnet.recipe.fit import FitResult
    from glassnet.recipe.run import TableRun


def notices_of_run(run: "TableRun", output: np.ndarray) -> tuple[GlassnetWarning, ...]:
    """What a run on a table shows; `output` is the model's for the scored rows, N x K."""
    encoding = run.model.encoding
    train = run.columns.take(run.rows["train"])
    scored = run.columns.take(run.rows[run.scored_part])
    singles = _singles(encoding, train)
    ended = list(_ended(run.ended))
    leaks = list(leaks_of(encoding, train, singles, ignorable=True))
    # where a column tells all, what was learnt of the others is beside the point
    learning = [] if ended or leaks else _learning(run, train, scored, output, singles)
    return (
        *run.columns.notices,
        *ended,
        *learning,
        *leaks,
        *copied_rows(run),
        *rare_classes(run),
        *teacher_that_knows(run.teacher, run.model.record.holdout_digest),
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
        for notice in hardly_learnt(
            fitted.model, target, table, singles[target.name], None, fitted.options
        )
    ]
    leaks = leaks_of(encoding, table, singles, ignorable=False)
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
    outputs = [run.model.encoding.by_target(b.output) for b in run.baselines[:2]]
    for number, (target, part) in enumerate(run.model.encoding.by_target(output)):
        constant, linear = (of_baseline[number][1] for of_baseline in outputs)
        explained = None
        if scored.n_rows >= FEWEST_SCORED_ROWS:
            explained = explained_variance(target, linear, scored[target.name])
        found = [
            *hardly_learnt(run.model, target, train, singles[target.name], explained, run.options),
            *beaten(run, target, scored[target.name], part, (constant, linear)),
            *never_predicted(run, target, scored[target.name], part),
        ]
        yield from found[:1]


def _dropped_indicators(run: "TableRun", train: Table) -> Iterator[GlassnetWarning]:
    """Columns of numbers with missing cells that `affine` fills and no input tells of."""
    if not run.options.affine:
        return
    numbers = [column.name for column in run.model.encoding.inputs if isinstance(column, Number)]
    names = [name for name in numbers if train[name].missing.any()]
    if names:
        yield GlassnetWarning(
            f"{columns_text(names)}: missing cells count as the median, and no input tells that "
            "they are missing",
            option="affine",
            remedy=["leave ", OptionRef("affine"), " out, and an input tells"],
        )
