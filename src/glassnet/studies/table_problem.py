"""A table's problem, trained from many starts: every network as the only one of a `train_table`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import OptionError, OptionRef
from glassnet.models.decoding import comparable_numbers
from glassnet.models.model import Model
from glassnet.models.record import AverageRow, Record
from glassnet.recipe.class_weight import weigh_classes
from glassnet.recipe.defaults import settle
from glassnet.recipe.encode import encode_rows
from glassnet.recipe.fit import learn_encoding
from glassnet.recipe.fold_training import FoldTraining
from glassnet.recipe.folds import Split
from glassnet.recipe.members import member_seed
from glassnet.recipe.options import NOT_OF_A_STUDY, Options, ResolvedOptions
from glassnet.recipe.parts import TableParts, learn_classes, read_parts, validation_rows
from glassnet.recipe.rows import EncodedRows, rows_to_train_on
from glassnet.recipe.run import absolute_path
from glassnet.recipe.scoring import score
from glassnet.studies.problem import (
    ShownRows,
    StudyProblem,
    as_json,
    constant_loss,
)
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.training.engines.registry import choose
from glassnet.training.run import Progress, Run

MOST_SHOWN = 100  # rows whose predictions are kept, evenly chosen among those scored
ENOUGH_FOR_MEANS = 10_000  # rows: their mean is as good as that of a million


@dataclass(frozen=True, eq=False)
class TableProblem(StudyProblem):
    """A table's problem, all networks on the same rows.

    Parameters
    ----------
    folds : FoldTraining
        The rows, and how networks are trained on them.
    options : ResolvedOptions
        What all are trained by.
    holdout : Table
        The columns that scores are of.
    """

    folds: FoldTraining
    options: ResolvedOptions
    holdout: Table

    def seed(self, number: int) -> int:
        """That of the member of an ensemble; of network 0 the options'."""
        return member_seed(number, self.options.seed)

    def start(self, number: int) -> Parameters:
        """Where such a member starts."""
        return self.folds.start(self.options, number)

    def train(self, numbers: Sequence[int], progress: Progress | None) -> Sequence[Run]:
        """As members that do not know of each other."""
        return replace(self.folds, progress=progress).train(self.options, numbers)

    def scores(self, model: Model) -> dict[str, dict[str, float]]:
        """On the rows held out; {} where there are none."""
        if not self.holdout.n_rows:
            return {}
        return score(self.encoding, model.output(self.holdout), self.holdout)


def table_problem(
    table: Any, target: str | Sequence[str], networks: int, options: Options
) -> TableProblem:
    """A table's problem by the options of `train_table`, all networks on the same rows.

    Network 0 has the options' seed, the others those of the members of an ensemble, of which there
    are so many. Raises GlassnetError on anything that cannot be trained on.
    """
    _check_options(options)
    options = replace(options, members=1, draws=0, refit=False)
    parts = read_parts(table, target, options)
    classes = learn_classes(parts.every.targets, parts.task)
    train, validation = weigh_classes(
        parts.every.take(parts.rows["train"]),
        validation_rows(parts.every, parts.rows),
        options.class_weight,
        classes,
    )
    rows = rows_to_train_on(train)
    settled = settle(options, parts.task, rows.n_rows, len(parts.rows["validation"]))
    encoding = learn_encoding(rows, settled, classes)
    encoded = encode_rows(rows, encoding, settled.dtype)
    folds = FoldTraining([Split(np.arange(rows.n_rows), None)] * networks)
    folds.rows[settled.bins] = encoded
    if validation is not None:
        folds.validation[settled.bins] = encode_rows(validation, encoding, settled.dtype)
    network = folds.network(settled)
    settled = replace(settled, engine=choose(settled.engine, network).engine.name)
    return TableProblem(
        network=network,
        encoding=encoding,
        record=_record(settled, encoding, encoded),
        epochs=settled.epochs,
        batches=-(-rows.n_rows // settled.batch_size),
        shown=_shown_rows(parts, encoding),
        constant_loss=constant_loss(network, encoded.y, encoded.sample_weight),
        origin=_origin(table, encoding, settled, encoded),
        folds=folds,
        options=settled,
        holdout=parts.columns.take(parts.rows["holdout"]),
    )


def _check_options(options: Options) -> None:
    plain = Options()
    for name in NOT_OF_A_STUDY:
        if getattr(options, name) != getattr(plain, name):
            raise OptionError(
                [OptionRef(name), " is not for a study, which trains one network from each start"],
                option=name,
                value=getattr(options, name),
                remedy=["leave it out; ", OptionRef("hidden"), " says how large the networks are"],
            )


def _record(options: ResolvedOptions, encoding: TableEncoding, rows: EncodedRows) -> Record:
    means = np.asarray(rows.x[:ENOUGH_FOR_MEANS], np.float64).mean(axis=0)
    return Record(
        targets=tuple(target.name for target in encoding.targets),
        options=asdict(options),
        sample_weight=rows.sample_weight is not None,
        average_row=AverageRow(tuple(means.tolist()), len(rows.x)),
    )


def _shown_rows(parts: TableParts, encoding: TableEncoding) -> ShownRows:
    """Some of the rows that were held out; of those trained on where none were."""
    part = parts.rows["holdout"] if len(parts.rows["holdout"]) else parts.rows["train"]
    chosen = np.linspace(0, len(part) - 1, min(MOST_SHOWN, len(part))).astype(int)
    rows = np.sort(part)[np.unique(chosen)]
    columns = parts.columns.take(rows)
    actual = comparable_numbers(encoding, encoding.encode_targets(columns))
    return ShownRows(encoding.encode_inputs(columns), actual, parts.row_numbers[rows])


def _origin(
    table: Any, encoding: TableEncoding, options: ResolvedOptions, rows: EncodedRows
) -> dict[str, Any]:
    """What a table's problem is made of; the digest is of the rows trained on, as encoded."""
    origin = {
        "problem": "table",
        "table": absolute_path(table),
        "target": [target.name for target in encoding.targets],
        **asdict(options),
        "rows": rows.digest,
    }
    return as_json(origin)
