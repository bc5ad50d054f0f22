"""The two files of a model for a database: the query, and one that checks it."""

from collections.abc import Sequence
from dataclasses import replace

from glassnet.errors import GlassnetError, visible
from glassnet.exports.columns import Cell
from glassnet.exports.plan import ExportPlan
from glassnet.exports.sql.cells import SqlCells
from glassnet.exports.sql.databases import DATABASES, Database, free_name, sql_name
from glassnet.exports.sql.inputs import add_inputs
from glassnet.exports.sql.networks import add_networks, add_outputs
from glassnet.exports.sql.predictions import add_predictions
from glassnet.exports.sql.steps import SqlChain
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items


def duckdb_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The query and its check for DuckDB."""
    return _files(plan, options, DATABASES["duckdb"])


def sqlite_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The query and its check for SQLite."""
    return _files(plan, options, DATABASES["sqlite"])


def postgresql_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The query and its check for PostgreSQL."""
    return _files(plan, options, DATABASES["postgresql"])


def _files(plan: ExportPlan, options: ExportOptions, database: Database) -> Files:
    return {
        ".sql": _query(plan, database, database.table(options.source)),
        ".check.sql": _check(plan, database),
    }


def _result_names(plan: ExportPlan, database: Database) -> list[str]:
    """What the predicted columns are called: with a _ at the end where there is such a column.

    Raises GlassnetError where the database has one name for two columns of the model.
    """
    taken: set[str] = set()
    for column in plan.columns:
        if database.folded(column.name) in taken:
            raise _same_name(database, column.name, "rename the column and train again")
        taken.add(database.folded(column.name))
    names = []
    for name in plan.predicted:
        free = name
        while database.folded(free) in taken:
            if database.folded(f"{free}_") == database.folded(free):
                raise _same_name(database, name, "give the classes or targets shorter names")
            free += "_"
        taken.add(database.folded(free))
        names.append(free)
    return names


def _same_name(database: Database, name: str, remedy: str) -> GlassnetError:
    message = f"{database.title} cannot tell '{visible(name)}' from another column of the result"
    return GlassnetError(message, remedy=remedy)


def _query(plan: ExportPlan, database: Database, table: Sequence[str]) -> str:
    """The rows of the table with what is predicted of them."""
    taken = database.folded(table[0]) if len(table) == 1 else ""
    source = ".".join(map(sql_name, table))
    row = _row_name(plan, database)
    chain = _chain(
        plan,
        database,
        source=f"{source} AS {row}",
        row=row if database.whole_row else f"{row}._rowid_",
        taken=taken,
    )
    expressions = add_predictions(chain)
    final = chain.last
    if not database.whole_row:
        final += f" CROSS JOIN {source} AS {row} ON {row}._rowid_ = {chain.last}.raw"
    names = _result_names(plan, database)
    shown = wrapped_items(map(visible, names), 0).split("\n")
    renamed = [
        f"{visible(name)} is what glassnet predict calls {visible(was)}: "
        "another column has that name."
        for name, was in zip(names, plan.predicted, strict=True)
        if name != was
    ]
    named = zip(expressions, map(sql_name, names), strict=True)
    return rendered(
        "sql.jinja",
        database.literal,
        plan=plan,
        chain=chain,
        source=source,
        shown=shown,
        renamed=renamed,
        marks=_marks(chain),
        raw=database.whole_row or f"{row}.*",
        predicted=[f"{expression} AS {name}" for expression, name in named],
        final=final,
    )


def _chain(plan: ExportPlan, database: Database, *, source: str, row: str, taken: str) -> SqlChain:
    """The queries up to the outputs."""
    marks = free_name("missing_marks", [taken])
    cells = SqlCells(database, _row_name(plan, database), marks)
    chain = SqlChain(plan, database, cells, source, row, taken)
    add_inputs(chain)
    add_networks(chain)
    add_outputs(chain)
    return chain


def _row_name(plan: ExportPlan, database: Database) -> str:
    """What a row is called: none of the columns is called so."""
    return free_name("raw_row", [database.folded(column.name) for column in plan.columns])


def _marks(chain: SqlChain) -> list[str]:
    """The texts that mean "missing" among numbers and dates, where these may be text."""
    if not any(map(chain.cells.reads_text, chain.plan.columns)):
        return []
    marks = ["", *chain.plan.all_missing_marks]
    return [f"({chain.database.literal(mark)})" for mark in marks]


def _check(plan: ExportPlan, database: Database) -> str:
    """Rows of the model's own, predicted by the same queries and compared."""
    names = [database.folded(column.name) for column in plan.columns]
    number = free_name("check_row", names)
    row = _row_name(plan, database)
    columns = tuple(
        # SQLite calls them otherwise in a query, and knows them in a table only
        replace(column, name=free_name(f"is_{column.name.lower()}", names))
        if column.name.lower() in ("true", "false")
        else column
        for column in plan.columns
    )
    renamed = replace(plan, columns=columns)
    chain = _chain(renamed, database, source=f"given AS {row}", row=f"{row}.{number}", taken="")
    expressions = add_predictions(chain)
    given = [
        [str(n), *(chain.cells.given(c, check.row[c.name]) for c in plan.columns)]
        for n, check in enumerate(plan.checks, 1)
    ]
    expected = [
        [str(n), *map(database.literal, check.predicted.values())]
        for n, check in enumerate(plan.checks, 1)
    ]
    kinds = zip(plan.predicted, plan.checks[0].predicted.values(), strict=True)
    differences = [
        _difference(database, f"found_{n}", f"expected_{n}", _is_number(plan, name, value))
        for n, (name, value) in enumerate(kinds, 1)
    ]
    return rendered(
        "sql_check.jinja",
        database.literal,
        plan=plan,
        chain=chain,
        marks=_marks(chain),
        names=[number, *(sql_name(column.name) for column in columns)],
        given=given,
        expected=expected,
        expressions=expressions,
        differences=differences,
        largest=chain.largest([f"difference_{n}" for n in range(1, len(differences) + 1)]),
    )


def _is_number(plan: ExportPlan, name: str, value: Cell) -> bool:
    """Whether a predicted column is compared as a number; classes are compared as they are."""
    classes = [target.names for target in plan.targets if not target.is_number]
    is_class = any(name in (names.prediction, names.set) for names in classes)
    return isinstance(value, float) and not is_class


def _difference(database: Database, found: str, expected: str, is_number: bool) -> str:
    """How far off a prediction is: relative to numbers above 1, and 1 where a class is another."""
    otherwise = "1"
    if is_number:
        size = f"{database.largest}(1, abs({expected}))"
        otherwise = f"coalesce(abs({found} - {expected}) / {size}, 1)"
    return f"CASE WHEN {found} = {expected} THEN 0 ELSE {otherwise} END"
