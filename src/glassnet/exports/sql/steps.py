"""Queries that read each other, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from glassnet.errors import GlassnetError, visible
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import ExportPlan
from glassnet.exports.sql.cells import SqlCells
from glassnet.exports.sql.databases import DATABASES, Database
from glassnet.exports.sql.sums import largest_of
from glassnet.exports.templates import wrapped_items


@dataclass(frozen=True)
class SqlColumn:
    """A column of a query: the sum of some terms."""

    name: str
    terms: Sequence[str]
    note: str = ""
    """What it is, where its name does not say so."""

    def text(self, comma: str) -> str:
        """The column on its lines."""
        end = f" AS {self.name}{comma}" + (f"  -- {visible(self.note)}" if self.note else "")
        return wrapped_items(self.terms, 4, " +") + end


@dataclass(frozen=True)
class SqlStep:
    """One query of those that read each other."""

    name: str
    comment: str
    source: str
    """What it reads."""
    carried: Sequence[str]
    """Columns that it hands on."""
    computed: Sequence[SqlColumn]

    @property
    def columns(self) -> str:
        """What stands between SELECT and FROM."""
        last = len(self.computed) - 1
        lines = [
            column.text("," if number < last else "") for number, column in enumerate(self.computed)
        ]
        if self.carried:
            lines.insert(0, wrapped_items(self.carried) + ",")
        return "\n".join(lines)


@dataclass
class SqlChain:
    """The queries of a model.

    Parameters
    ----------
    plan : ExportPlan
        The model.
    database : Database
        What they are written for.
    cells : SqlCells
        How cells are read.
    source : str
        The table and what its row is called, as they stand after FROM.
    row : str
        What stands for a row, carried along as the column `raw`.
    taken : str
        The name that no query may have: the table's, as the database compares names.
    """

    plan: ExportPlan
    database: Database
    cells: SqlCells
    source: str
    row: str
    taken: str
    steps: list[SqlStep] = field(default_factory=list)

    def __post_init__(self) -> None:
        literal = self.database.literal
        self.formulas: Formulas = Formulas(
            self.plan, self.database.dialect, literal, self.database.title
        )

    @property
    def last(self) -> str:
        """The query that comes last, so far."""
        return self.steps[-1].name

    def add(
        self, name: str, comment: str, carried: Sequence[str], computed: Sequence[SqlColumn]
    ) -> None:
        """One query more, which reads the one before. Raises GlassnetError where it is too wide."""
        _check_width(self.database, len(carried) + len(computed))
        source = self.last if self.steps else self.source
        name = f"{name}_" if name == self.taken else name
        self.steps.append(SqlStep(name, comment, source, carried, computed))

    def literal(self, value: float) -> str:
        """A number as a constant of 64 bits."""
        return self.database.literal(float(value))

    def largest(self, terms: Sequence[str]) -> str:
        """The largest of several."""
        return largest_of(terms, self.database.largest, self.database.most_arguments)


def _check_width(database: Database, columns: int) -> None:
    """Raises GlassnetError where a query has more columns than the database takes."""
    if database.most_columns is None or columns <= database.most_columns:
        return
    wider = [
        one
        for one in sorted(DATABASES.values(), key=lambda one: one.most_columns or float("inf"))
        if one.most_columns is None or one.most_columns >= columns
    ]
    raise GlassnetError(
        f"{database.title} takes {database.most_columns:,} columns in a query, and this model "
        f"needs {columns:,}: its inputs, a layer's nodes and the outputs",
        remedy=f"export it to {wider[0].name}",
    )
