"""`glassnet predict`: new rows through a trained model."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import eq
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import STANDARD, document_stream, file_of, note
from glassnet.errors import GlassnetError, Notice, TableError

if TYPE_CHECKING:
    from glassnet.models.file_prediction import PredictedRows

PredictTable = Callable[[str], "Iterator[PredictedRows]"]
"""From the path of a table to its rows and what is predicted of them, some at a time."""

MOST_KEPT = 2**24  # characters of the output that stay in memory, where it is not a file
FILE_COLUMN = "file"
"""Which table a row is from, where there are several."""


@click.command(
    "predict",
    cls=DocumentedCommand,
    examples=[
        "glassnet predict runs/flats new.csv --keep id --interval 0.9 --out predicted.csv",
        "glassnet predict runs/loans may.csv june.csv --keep all --missing-columns > both.csv",
    ],
    page="docs/predicting.md",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...", type=click.Path())
@click.option(
    "--keep",
    multiple=True,
    metavar="NAMES",
    help="Columns to carry into the output as they are written, as in id,name; or all; repeat for "
    "more.",
)
@click.option(
    "--missing-columns",
    is_flag=True,
    help="Take a column that the model needs and the table lacks as missing in every row.",
)
@click.option(
    "--threshold",
    type=float,
    help="Of two classes: the probability of the second from which on it is predicted.",
    show_default="the model's own, else the likelier class",
)
@click.option(
    "--interval",
    type=float,
    metavar="COVERAGE",
    help="Of numbers: add the ends of intervals, low and high, that hold this fraction of the true "
    "numbers, as in 0.9.",
)
@click.option(
    "--set",
    "label_set",
    type=float,
    metavar="COVERAGE",
    help="Of classes: add a column set, labels with | in between, that holds this fraction of the "
    "true classes, as in 0.9.",
)
@click.option(
    "--escape-formulas",
    is_flag=True,
    help="Write a ' before text that a spreadsheet would take for a formula (=, +, -, @).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, CSV or (.parquet) Parquet; - is CSV on standard output, the default.",
)
@overwrite_option
def predict_command(
    model: Path,
    tables: tuple[str, ...],
    keep: tuple[str, ...],
    missing_columns: bool,
    threshold: float | None,
    interval: float | None,
    label_set: float | None,
    escape_formulas: bool,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Predict the rows of a table; columns are matched by name, categories never seen count as
    missing.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow,
    JSON lines or .xlsx, by suffix; - is CSV on standard input. The output has a line for each row,
    in the table's order; --keep puts an id beside it. The rows of several tables come one after
    the other, each with its file's name in a column `file`. Rows are read and written some at a
    time, so that a table may be larger than memory.
    """
    from glassnet.cli.console import rows_bar
    from glassnet.files import check_file
    from glassnet.models.file_prediction import PredictOptions, predicted_rows, write_rows
    from glassnet.models.model import load

    file = file_of(out)
    if file is not None:
        check_file(file, overwrite)
        _check_is_not_given(file, (str(model), *tables))
    if tables.count(STANDARD) > 1:
        raise GlassnetError("standard input is given twice: it can be read once")
    loaded = load(model)
    if threshold is not None:
        loaded = loaded.with_threshold(threshold)
    asked = PredictOptions(keep, missing_columns, interval, label_set)
    sets = None
    if label_set is not None:
        sets = SetCounts([target.name for target in loaded.encoding.targets], label_set)
    count = 0
    with rows_bar("predicting", quiet=file is None) as progress:
        predict = partial(predicted_rows, loaded, asked=asked, progress=progress)
        rows = _rows_of(tables, predict)
        if sets is not None:
            rows = sets.counting(rows)
        if file is None:
            _write_to_standard_output(rows, escape_formulas)
        else:
            count = write_rows(rows, file, overwrite=overwrite, escape_formulas=escape_formulas)
    if sets is not None:
        sets.note()
    if file is not None:
        note(f"{count:,} rows predicted to {file}")


def _write_to_standard_output(rows: "Iterable[PredictedRows]", escape_formulas: bool) -> None:
    """Print rows as CSV once all are there: of an error nothing is left in a pipe."""
    from glassnet.tables.write import ColumnWriter

    with SpooledTemporaryFile(MOST_KEPT, "w+", encoding="utf-8", newline="") as file:
        writer = ColumnWriter(file, escape_formulas)
        for some in rows:
            writer.write(some.columns)
        file.seek(0)
        stream = document_stream()
        for line in file:  # of a long text Python would lose what a full disk does not take
            stream.write(line)


class SetCounts:
    """Of each target how many rows have a set of one class, and of several."""

    def __init__(self, targets: Sequence[str], coverage: float) -> None:
        self.endings = {target: f"_{target}" if len(targets) > 1 else "" for target in targets}
        self.coverage = coverage
        self.n_rows: int = 0
        self.of_one: dict[str, int] = dict.fromkeys(targets, 0)

    def counting(self, rows: "Iterable[PredictedRows]") -> "Iterator[PredictedRows]":
        """The rows, counted as they go by."""
        from glassnet.tables.targets import label_text

        for some in rows:
            self.n_rows += some.n_rows
            for target, ending in self.endings.items():
                likeliest = map(label_text, some.predicted[f"prediction{ending}"])
                self.of_one[target] += sum(map(eq, some.predicted[f"set{ending}"], likeliest))
            yield some

    def note(self) -> None:
        """Say it."""
        for target, one in self.of_one.items():
            several = self.n_rows - one
            found = f"{one:,} of {self.n_rows:,} rows have a set of one class"
            if several:
                found += f", {several:,} of several"
            else:
                found += f": one suffices for {self.coverage:g} here; "
                found += "a coverage nearer to 1 may take more"
            note(f"{target}: {found}")


def _check_is_not_given(file: Path, given: Sequence[str]) -> None:
    """Raises GlassnetError where the output would take the place of the model or a table."""
    for path in given:
        if file.exists() and Path(path).exists() and file.samefile(path):
            raise GlassnetError("is what is read here", file=file, remedy="give another --out")


def _rows_of(tables: Sequence[str], predict: PredictTable) -> "Iterator[PredictedRows]":
    """The rows of one table, or of several one below the other."""
    if len(tables) == 1:
        yield from _of_one(tables[0], predict)
        return
    names: list[str] = []
    for table in tables:
        for some in _of_one(table, predict):
            named = some.beside(FILE_COLUMN, table)
            if names and list(named.columns) != names:
                raise TableError(
                    f"has other columns than {tables[0]}", file=table, remedy="name those to --keep"
                )
            names = list(named.columns)
            yield named


def _of_one(table: str, predict: PredictTable) -> "Iterator[PredictedRows]":
    """The rows of one table; errors and warnings name its file."""
    rows = predict(table)
    while True:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                some = next(rows, None)
        except GlassnetError as error:
            raise _in_file(error, table) from None
        for warning in caught:
            found = warning.message
            found = _in_file(found, table) if isinstance(found, Notice) else found
            warnings.warn(found, stacklevel=1)
        if some is None:
            return
        yield some


def _in_file(found: Any, table: str) -> Any:
    """An error or warning with the table's name."""
    if found.file is None:
        found.file = "standard input" if table == STANDARD else table
    return found
