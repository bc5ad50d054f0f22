"""A table in a file predicted some rows at a time into another file, in little memory.

What is predicted is `predictor.py`'s, and what is read `tables/blocks.py`'s: all rows together
give what `Model.predict_columns` gives of the whole table.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glassnet.errors import GlassnetError, GlassnetWarning, TableError, in_python, warn_of
from glassnet.files import check_file, whole_file
from glassnet.models.blocks import filled_up
from glassnet.models.kept import Columns, beside, kept_columns
from glassnet.models.notices import SeenRows, notices_of_reach
from glassnet.models.predictor import TablePredictor
from glassnet.tables.blocks import TableBlocks, read_blocks
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.files import FileTable
from glassnet.tables.formats.reading import Learnt, Reading
from glassnet.tables.frames import as_table
from glassnet.tables.gathered import gather_table
from glassnet.tables.inputs import check_kind
from glassnet.tables.write import ColumnWriter
from glassnet.training.array_memory import arrays_within, can_be_limited

if TYPE_CHECKING:
    import polars

    from glassnet.models.model import Model

RowProgress = Callable[[int, int | None], None]
"""Called with how many rows are done, and of how many; None: nobody knows yet."""

PARQUET = ".parquet"
FOR_READING = "512MB"  # of memory, to find out how the text of a whole table is written


class PredictOptions(NamedTuple):
    """What is asked of each row, as in `Model.predict_columns`."""

    keep: str | Sequence[str] = ()
    missing_columns: bool = False
    interval: float | None = None
    label_set: float | None = None


class PredictedRows(NamedTuple):
    """Some rows of a table, and what a model predicts of them."""

    file: FileTable
    kept: Columns
    predicted: Columns

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return self.file.frame.height

    @property
    def columns(self) -> Columns:
        """Named columns as `Model.predict_columns` gives them."""
        return beside(self.kept, self.predicted)

    def beside(self, name: str, value: str) -> "PredictedRows":
        """The same rows with a column more before all others, of one text."""
        import polars

        cells = [value] * self.file.frame.height
        frame = self.file.frame.with_columns(polars.lit(value).alias(name))
        kept = beside({name: cells}, self.kept)
        return PredictedRows(self.file._replace(frame=frame), kept, self.predicted)

    @property
    def frame(self) -> "polars.DataFrame":
        """The same as a frame, in which what is kept has the type that it has in the table."""
        import polars

        columns = self.columns
        kept = [self.file.frame[name] for name in self.kept]
        return polars.DataFrame([*kept, *(polars.Series(n, columns[n]) for n in self.predicted)])


def predicted_rows(
    model: "Model",
    table: str | Path,
    asked: PredictOptions,
    progress: RowProgress | None = None,
) -> Iterator[PredictedRows]:
    """Predict the rows of a file some at a time, in order.

    At the end it warns as `Model.predict_columns` does, of all rows together. Raises GlassnetError
    as that does, rows named by their numbers in the whole table.
    """
    encoding = model.encoding
    predictor = TablePredictor(encoding, model.members, model.residuals)
    predictor.check_coverages(asked.interval, asked.label_set)
    blocks = read_blocks(table)
    reading = settled_reading(encoding, blocks)
    seen = SeenRows(encoding)
    beyond: list[np.ndarray] = []
    notices: Sequence[GlassnetWarning] = ()
    missing: Sequence[GlassnetWarning] = ()
    for file in blocks:
        with _rows_after(seen.n_rows):
            kept = kept_columns(file, asked.keep) if asked.keep else {}
            columns = as_table(file, wanted=encoding.needed, reading=reading)
            notices = notices or columns.notices
            whole, missing = filled_up(encoding, columns, asked.missing_columns)
            found = predictor.predict_rows(whole, beyond, asked.interval, asked.label_set)
        seen.add(columns)
        yield PredictedRows(file, kept, found)
        if progress is not None:
            progress(seen.n_rows, blocks.n_rows)
    warn_of([*notices, *seen.notices(), *missing])
    if beyond:
        warn_of(notices_of_reach(encoding, beyond, seen.n_rows))


def settled_reading(encoding: TableEncoding, blocks: TableBlocks) -> Reading:
    """How the text of a file is read: as in training, where the columns were text.

    Where they were numbers already, the whole file says how its are written. Raises TableError,
    naming the column and row, where a column is none of numbers.
    """
    reading = encoding.reading
    schema = next(iter(blocks)).frame.schema
    assert reading.learnt is not None
    learnt = dict(reading.learnt)
    is_open = {
        name: str(schema[name]) == "String"
        and learnt[name].kind in ("number", "date")
        and learnt[name].format is None
        for name in encoding.needed
        if name in schema
    }
    if not any(is_open.values()):
        return reading
    with arrays_within(FOR_READING) if can_be_limited() else nullcontext():
        table = gather_table(blocks, wanted=encoding.needed, reading=reading)
        for known in encoding.inputs:
            if not is_open.get(known.name):
                continue
            if known.name not in table:
                message = f"column '{known.name}' is text, and the model was trained on numbers"
                raise TableError(message, column=known.name, remedy="convert the column")
            column = table[known.name]
            check_kind(known, column)
            learnt[known.name] = Learnt(column.kind, column.format)
    return replace(reading, learnt=learnt)


@contextmanager
def _rows_after(first: int) -> Iterator[None]:
    """Errors within name rows by their numbers in the whole table, of which `first` came before."""
    try:
        yield
    except GlassnetError as error:
        if error.row is not None:
            error.row += first
            error.args = (error.worded(in_python),)
        raise


def write_rows(
    rows: Iterable[PredictedRows],
    out: str | Path,
    *,
    overwrite: bool = True,
    escape_formulas: bool = False,
) -> int:
    """Write predicted rows to a file, whole or not at all; gives how many there were.

    Parameters
    ----------
    rows : iterable of PredictedRows
    out : str or Path
        CSV; or Parquet, by its suffix.
    overwrite : bool
        Whether a file that is there already is replaced.
    escape_formulas : bool
        As in `write_columns`; Parquet is not for spreadsheets, and is written as it is.

    Raises
    ------
    GlassnetError
        As the rows do, and where the file cannot be written.
    """
    out = Path(out)
    check_file(out, overwrite)
    count = 0

    def counted() -> Iterator[PredictedRows]:
        nonlocal count
        for some in rows:
            count += some.n_rows
            yield some

    with whole_file(out, overwrite=overwrite) as part:
        if out.suffix.lower() == PARQUET:
            _write_parquet(counted(), part)
        else:
            with part.open("w", newline="", encoding="utf-8") as file:
                writer = ColumnWriter(file, escape_formulas)
                for some in counted():
                    writer.write(some.columns)
    return count


def _write_parquet(rows: Iterator[PredictedRows], part: Path) -> None:
    """Write rows as Polars takes them one block after another."""
    from polars.io.plugins import register_io_source

    first = next(rows).frame
    schema: Any = dict(first.schema)
    raised: list[BaseException] = []

    def frames(*_: Any) -> "Iterator[polars.DataFrame]":
        try:
            yield first
            for some in rows:
                yield some.frame.cast(schema)
        except BaseException as error:
            raised.append(error)
            raise

    try:
        register_io_source(frames, schema=schema).sink_parquet(part)
    except BaseException:
        if raised:  # in which words Polars passes it on is its own business
            raise raised[0] from None
        raise
