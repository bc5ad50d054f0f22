"""What the lab opens, as data for JSON: a table's typed columns, a model's file, or both.

A table is read as the library reads it everywhere (`tables/`). In the page it has numbers and texts
alone: a date is its number of days since 1970-01-01, a boolean "true" or "false". With a model come
the columns that it needs and its targets, as its encoding knows them. The same types in TypeScript
are in `lab/src/opened.ts`.
"""

from base64 import b64encode
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.errors import (
    GlassnetError,
    OptionRef,
    TableError,
    option_error,
    unknown_name,
    warn_of,
)
from glassnet.recipe.teachers.read import MODEL_SUFFIX
from glassnet.runs.record import STANDARD_INPUT
from glassnet.settings import items_of
from glassnet.tables.columns import Column, texts
from glassnet.tables.plain_cells import LARGEST_WHOLE

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows
    from glassnet.runs.open import RunFolder
    from glassnet.tables.encoding import TableEncoding
    from glassnet.tables.inputs import Input
    from glassnet.tables.targets import Target

MOST_LAB_ROWS = 2000
"""The most rows of a table that the lab takes: the first ones."""
FIRST = slice(MOST_LAB_ROWS)
WITHOUT_ROWS = "This model came without rows: change the cells of this one."


def opened_document(
    opened: Any = None, target: str | Sequence[str] | None = None, ignore: Collection[str] = ()
) -> dict[str, Any]:
    """What the lab's page opens.

    Parameters
    ----------
    opened : path, data frame, dict of columns, Model or fitted estimator, optional
        A path is that of a table, a run folder or a model file; None opens the page's own examples.
    target : str or sequence of str, optional
        Of a table: the columns to predict; None leaves the choice to the page.
    ignore : collection of str
        Of a table: columns that are not to be inputs.

    Returns
    -------
    dict
        "table", "targets", "ignored", "setup" and "model", those that there are.

    Raises
    ------
    GlassnetError
        On what cannot be opened, and on columns that are not there.
    """
    targets, ignored = _names("target", target), _names("ignore", ignore)
    if opened is None:
        _check_no_columns(targets, ignored, "a table of yours: give one")
        return {}
    if _is_table(opened):
        return _of_table(opened, targets, ignored)
    _check_no_columns(targets, ignored, "a table, and a model knows its columns: leave it out")
    path = getattr(opened, "path", opened)  # of a RunFolder
    if isinstance(path, (str, Path)):
        return _of_model_path(Path(path))
    if isinstance(opened, (list, np.ndarray)):
        raise TableError(
            "a table of the lab has names of columns",
            remedy="give a data frame, a dict of columns or a path, not an array",
        )
    from glassnet.models.conversion import as_model

    model = as_model(opened)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"model{MODEL_SUFFIX}"
        model.save(file)
        return _of_model(model, file.name, file.read_bytes())


def _names(option: str, given: Any) -> list[str]:
    """Names of columns. Raises OptionError, naming the option, on anything else."""
    names = [given] if isinstance(given, str) else items_of(() if given is None else given)
    if names is None or not all(isinstance(name, str) for name in names):
        raise option_error(option, "must be the name of a column, or several names", given)
    return list(names)


def _check_no_columns(targets: list[str], ignored: list[str], what_for: str) -> None:
    """Raises GlassnetError where columns are named and there is no table that could have them."""
    for name, columns in (("target", targets), ("ignore", ignored)):
        if columns:
            raise GlassnetError([OptionRef(name), f" is for {what_for}"])


def _is_table(opened: Any) -> bool:
    """Whether it is a table, or the path of one; what is neither is taken for a model."""
    if isinstance(opened, (str, Path)):
        path = Path(opened)
        is_model = path.is_dir() or path.suffix == MODEL_SUFFIX or _begins_as_model(path)
        return str(path) == STANDARD_INPUT or not is_model
    from glassnet.tables.frames import check_frame

    try:
        check_frame(opened)
    except TableError:
        return isinstance(opened, dict) or hasattr(opened, "columns")  # its error is said later
    return True


def _begins_as_model(path: Path) -> bool:
    """Whether a file of another suffix than a table's begins as safetensors do."""
    from glassnet.tables.read import suffix_of

    try:
        suffix_of(path)
    except TableError:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(9)[8:] == b"{"  # after the length of the header, 8 bytes
    return False


def _of_table(opened: Any, targets: list[str], ignored: list[str]) -> dict[str, Any]:
    from glassnet.recipe.options import Options
    from glassnet.recipe.parts import check_targets, names_of_targets
    from glassnet.tables.frames import as_table
    from glassnet.tables.read import read_table
    from glassnet.tables.row_numbers import without_row_numbers

    options = Options(ignore=tuple(ignored))
    if targets:
        names_of_targets(targets, options)
    is_path = isinstance(opened, (str, Path))
    table = as_table(read_table(opened) if is_path else opened, reading=options.reading(targets))
    if table.n_rows == 0:
        raise TableError("the table has no rows")
    check_targets(table, targets, ())
    for name in ignored:
        if name not in table:
            raise unknown_name("column", name, table)
    used = without_row_numbers(table, keep=targets)
    warn_of(used.notices)
    ignored += [name for name in table if name not in used and name not in ignored]
    columns = [_column(column, _has_numbers(column)) for column in table.take(FIRST).values()]
    name = _name_of_path(opened) if is_path else "table"
    document: dict[str, Any] = {"table": _table(name, columns, table.n_rows)}
    for key, names in (("targets", targets), ("ignored", ignored)):
        if names:
            document[key] = names
    return document


def _name_of_path(path: str | Path) -> str:
    return "standard input" if str(path) == STANDARD_INPUT else Path(path).name


def _table(name: str, columns: list[dict[str, Any]], rows: int, note: str = "") -> dict[str, Any]:
    """A table as the page has it; it says where there were more rows."""
    if rows > MOST_LAB_ROWS:
        note = f"The first {MOST_LAB_ROWS:,} of {rows:,} rows: the lab takes no more."
    found = {"name": name, "columns": columns, "rows": min(rows, MOST_LAB_ROWS)}
    return found | ({"note": note} if note else {})


def _has_numbers(column: Column) -> bool:
    """Whether a table's column is one of numbers in the page, where no model says it."""
    return column.kind in ("number", "date") and not column.category


def _column(column: Column, has_numbers: bool) -> dict[str, Any]:
    """A column as the page has it; None where a cell is missing, and 3 for 3.0."""
    if not has_numbers:
        return {"name": column.name, "kind": "text", "cells": texts(column).tolist()}
    values = column.values
    whole = (values == np.floor(values)) & (np.abs(values) < LARGEST_WHOLE)
    cells = zip(values.tolist(), whole, column.missing, strict=True)
    plain = [None if gone else int(cell) if is_whole else cell for cell, is_whole, gone in cells]
    return {"name": column.name, "kind": "number", "cells": plain}


def _of_model_path(path: Path) -> dict[str, Any]:
    """A model file, or the model of a run folder, with the rows of the run where it is of one."""
    from glassnet.models.model import MODEL_FILE, load
    from glassnet.runs.layout import RECORD
    from glassnet.runs.open import open_run

    model = load(path)
    file = path / MODEL_FILE if path.is_dir() else path
    folder = file.parent
    run = open_run(folder) if (folder / RECORD).exists() else None
    name = file.name if run is None else f"{folder.resolve().name}/{file.name}"
    return _of_model(model, name, file.read_bytes(), run)


def _of_model(
    model: "Model", name: str, content: bytes, run: "RunFolder | None" = None
) -> dict[str, Any]:
    rows, note = (None, WITHOUT_ROWS) if run is None else _rows_of_run(run, model)
    columns = _usual_row(model.encoding) if rows is None else _columns_of(rows)
    name_of_rows = "rows" if run is None or rows is None else _name_of_rows(run)
    count = 1 if rows is None else len(rows)
    document: dict[str, Any] = {
        "table": _table(name_of_rows, columns, count, note),
        "targets": [target.name for target in model.encoding.targets],
        "model": {"name": name, "base64": b64encode(content).decode()},
    }
    if run is not None and (setup := _setup_of_demo(run)):
        document["setup"] = setup
    return document


def _rows_of_run(run: "RunFolder", model: "Model") -> "tuple[Rows | None, str]":
    """The rows that the run was given; None, and a sentence that says why, where they are gone."""
    try:
        return run.source.rows(model), ""
    except GlassnetError as error:
        why = GlassnetError(error.message)  # without the path, which is nobody's who reads the page
        return None, f"The rows of this run are not here ({why}): change the cells of this one."


def _name_of_rows(run: "RunFolder") -> str:
    table = run.record.table
    return "the article's table" if table is None else Path(table).name


def _columns_of(rows: "Rows") -> list[dict[str, Any]]:
    """The columns that a model needs, and its targets."""
    known = {**rows.columns, **rows.targets}
    needed = _needed(rows.model.encoding)
    return [_column(known[one.name].take(FIRST), one.kind == "number") for one in needed]


def _usual_row(encoding: "TableEncoding") -> list[dict[str, Any]]:
    """The columns of one row of usual cells, to be changed."""
    return [
        {
            "name": one.name,
            "kind": "number" if one.kind == "number" else "text",
            "cells": [_usual_cell(one)],
        }
        for one in _needed(encoding)
    ]


def _needed(encoding: "TableEncoding") -> "list[Input | Target]":
    return [*(one for one in encoding.inputs if one.features), *encoding.targets]


def _usual_cell(one: "Input | Target") -> float | str | None:
    """The middle of a column of numbers, the first category or class of others."""
    from glassnet.tables.inputs import Binary, Categories, Number
    from glassnet.tables.targets import ClassTarget, NumberTarget

    match one:
        case Number() | NumberTarget():
            return one.center
        case Binary() | Categories():
            return one.levels[0] if one.levels else None
        case ClassTarget():
            return one.label_texts[0]
    return None


def _setup_of_demo(run: "RunFolder") -> dict[str, Any]:
    """How a run of `glassnet demo` was set up, which the page can train again; {} of others."""
    from glassnet.runs.sources import ArticleSource

    record = run.record
    if not isinstance(run.source, ArticleSource) or record.rng not in (None, "r"):
        return {}
    return {
        "optimizer": "gradient_descent",
        "rate": record.options.learning_rate,
        "start": "uniform",
        "seed": record.options.seed,
    }
