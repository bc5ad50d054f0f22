"""`glassnet predict`: new rows through a trained model."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import STANDARD, document_stream, file_of, note
from glassnet.errors import GlassnetError, Notice, TableError

PredictedColumns = dict[str, list[Any]]
PredictTable = Callable[[str], PredictedColumns]
"""From the path of a table to the columns of the output."""

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
    help="CSV file to write; - is standard output, the default.",
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
    """Predict the rows of a table as CSV; columns are matched by name, categories never seen count
    as missing.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow,
    JSON lines or .xlsx, by suffix; - is CSV on standard input. The output has a line for each row,
    in the table's order; --keep puts an id beside it. The rows of several tables come one after
    the other, each with its file's name in a column `file`.
    """
    from glassnet.files import check_file, whole_file
    from glassnet.models.model import load
    from glassnet.tables.write import write_columns

    file = file_of(out)
    if file is not None:
        check_file(file, overwrite)
        _check_is_not_given(file, (str(model), *tables))
    if tables.count(STANDARD) > 1:
        raise GlassnetError("standard input is given twice: it can be read once")
    loaded = load(model)
    if threshold is not None:
        loaded = loaded.with_threshold(threshold)
    asked = {
        "keep": keep,
        "missing_columns": missing_columns,
        "interval": interval,
        "label_set": label_set,
    }
    columns = _predicted(tables, partial(loaded.predict_columns, **asked))
    if label_set is not None:
        _note_sets(columns, [target.name for target in loaded.encoding.targets], label_set)
    if file is None:
        write_columns(document_stream(), columns, escape_formulas)
        return
    with whole_file(file, overwrite=overwrite) as part:
        write_columns(part, columns, escape_formulas)
    note(f"{len(next(iter(columns.values()))):,} rows predicted to {file}")


def _note_sets(columns: PredictedColumns, targets: Sequence[str], coverage: float) -> None:
    """Say, for each target, how many rows have a set of one class, and of several."""
    from glassnet.tables.targets import label_text

    for target in targets:
        ending = f"_{target}" if len(targets) > 1 else ""
        predicted = map(label_text, columns[f"prediction{ending}"])
        pairs = list(zip(columns[f"set{ending}"], predicted, strict=True))
        one = sum(labels == likeliest for labels, likeliest in pairs)
        several = len(pairs) - one
        found = f"{one:,} of {len(pairs):,} rows have a set of one class"
        if several:
            found += f", {several:,} of several"
        else:
            found += f": one suffices for {coverage:g} here; a coverage nearer to 1 may take more"
        note(f"{target}: {found}")


def _check_is_not_given(file: Path, given: Sequence[str]) -> None:
    """Raises GlassnetError where the output would take the place of the model or a table."""
    for path in given:
        if file.exists() and Path(path).exists() and file.samefile(path):
            raise GlassnetError("is what is read here", file=file, remedy="give another --out")


def _predicted(tables: Sequence[str], predict: PredictTable) -> PredictedColumns:
    """The columns of the output: those of one table, or of several one below the other."""
    if len(tables) == 1:
        return _of_one(tables[0], predict)
    from glassnet.models.kept import beside

    together: PredictedColumns = {}
    for table in tables:
        columns = _of_one(table, predict)
        n_rows = len(next(iter(columns.values())))
        columns = beside({FILE_COLUMN: [table] * n_rows}, columns)
        if together and list(columns) != list(together):
            raise TableError(
                f"has other columns than {tables[0]}", file=table, remedy="name those to --keep"
            )
        for name, cells in columns.items():
            together.setdefault(name, []).extend(cells)
    return together


def _of_one(table: str, predict: PredictTable) -> PredictedColumns:
    """The columns of one table; errors and warnings name its file."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            columns = predict(table)
    except GlassnetError as error:
        raise _in_file(error, table) from None
    for warning in caught:
        found = warning.message
        warnings.warn(_in_file(found, table) if isinstance(found, Notice) else found, stacklevel=1)
    return columns


def _in_file(found: Any, table: str) -> Any:
    """An error or warning with the table's name."""
    if found.file is None:
        found.file = "standard input" if table == STANDARD else table
    return found
