"""From the cells of a row to the inputs of the networks."""

from collections.abc import Iterator
from itertools import pairwise

from glassnet.exports.columns import UsedColumn, levels_of
from glassnet.exports.sql.dates import DateColumn, add_dates
from glassnet.exports.sql.sqlite_dates import add_sqlite_dates
from glassnet.exports.sql.steps import SqlChain, SqlColumn
from glassnet.tables.inputs import Binary, Categories, Number


def add_inputs(chain: SqlChain) -> None:
    """The queries up to the inputs x1, x2, ...: the cells c, and u, numbers scaled."""
    columns = [_InputColumn(chain, n, column) for n, column in enumerate(chain.plan.columns, 1)]
    cells = [cell for column in columns for cell in column.read]
    chain.add("cells", "What is read of a row.", [], [SqlColumn("raw", [chain.row]), *cells])
    dates = [one.date for one in columns if one.date is not None]
    if dates:
        add = add_dates if chain.database.match else add_sqlite_dates
        add(chain, dates, ["raw", *(one.c for one in columns if one.date is None)])
    scaled = [SqlColumn(one.u, [one.scaled]) for one in columns if one.is_clipped]
    if scaled:
        kept = [one.c for one in columns if one.keeps_cell]
        chain.add("scaled", "Numbers centred and scaled.", ["raw", *kept], scaled)
    features = [feature for column in columns for feature in column.features()]
    named = zip(features, chain.plan.features, strict=True)
    inputs = [SqlColumn(f"x{n}", [feature], name) for n, (feature, name) in enumerate(named, 1)]
    chain.add("inputs", "The inputs of the networks.", ["raw"], inputs)


class _InputColumn:
    """A column with its number, from 1: its cell is c1, scaled u1, the text of a date text1."""

    def __init__(self, chain: SqlChain, number: int, column: UsedColumn) -> None:
        self.chain = chain
        self.column = column
        self.c = f"c{number}"
        self.u = f"u{number}"
        self.date: DateColumn | None = None
        if isinstance(column, Number) and column.date:
            self.date = DateColumn(number, column)

    @property
    def read(self) -> list[SqlColumn]:
        """The cell as it is read; of a date its text, and the days where it is no text."""
        cells = self.chain.cells
        if self.date is None:
            return [SqlColumn(self.c, [cells.cell(self.column)])]
        text = SqlColumn(self.date.named("text"), [cells.date_text(self.column)])
        if not self.chain.database.is_date:
            return [text]
        return [SqlColumn(self.c, [cells.cell(self.column)]), text]

    @property
    def is_clipped(self) -> bool:
        """Whether it is scaled first, as the smooth clip needs it twice."""
        return isinstance(self.column, Number) and self.column.smooth_clip

    @property
    def keeps_cell(self) -> bool:
        """Whether the cell is needed once it is scaled."""
        column = self.column
        if isinstance(column, Number) and column.smooth_clip:
            return column.indicator or bool(column.bin_edges)
        return True

    @property
    def scaled(self) -> str:
        """The number centred and scaled."""
        assert isinstance(self.column, Number)
        return self.chain.formulas.scaled(self.column, self.filled)

    @property
    def filled(self) -> str:
        """The number, and what stands in where it is missing."""
        assert isinstance(self.column, Number)
        return f"coalesce({self.c}, {self.chain.literal(self.column.fill)})"

    def features(self) -> Iterator[str]:
        """Its features."""
        column = self.column
        if isinstance(column, Number):
            yield self.chain.formulas.smooth_clip(self.u) if column.smooth_clip else self.scaled
            if column.indicator:
                yield self._one(f"{self.c} IS NULL")
            for low, high in pairwise(column.bin_edges):
                yield self.chain.formulas.bin(self.filled, low, high, column.bin_height)
            return
        levels = list(map(self.chain.database.literal, levels_of(column)))
        formulas, feature = self.chain.formulas, self.chain.database.feature
        if isinstance(column, Binary):
            yield feature.format(formulas.two_levels(self.c, *levels))
        else:
            for level in levels:
                yield feature.format(formulas.write(Categories.formula, x=self.c, q=level))
        if column.indicator:
            yield self._one(f"{self.c} IS NULL OR {self.c} NOT IN ({', '.join(levels)})")

    def _one(self, test: str) -> str:
        """1 where a test is true, else 0."""
        database = self.chain.database
        yes, no = self.chain.literal(1), self.chain.literal(0)
        condition = database.dialect.condition.format(test=test, yes=yes, no=no)
        return database.feature.format(condition)
