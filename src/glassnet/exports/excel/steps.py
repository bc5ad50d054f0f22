"""The sheets of a workbook from raw cells to the votes of networks: formulas and their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from glassnet.exports.columns import Cell, UsedColumn, levels_of, table_column
from glassnet.exports.excel.grid import CellValue, Grid, GridColumn, column_letters
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import PlannedLayer
from glassnet.notation.dialects import EXCEL, EXCEL_TEXT
from glassnet.notation.expression import substitute
from glassnet.notation.write import Symbol, write
from glassnet.tables.columns import Column
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.inputs import Binary, Categories, Number

DAYS_TO_1970 = 25_569  # from the day that Excel counts from
MARKS_SHEET = "Missing"  # the sheet of texts that mean "missing"
EMPTY = '""'


@dataclass(frozen=True)
class RawColumn:
    """A column of a table as the model gets it, as a workbook shows it, and as it is looked at."""

    column: UsedColumn
    cells: Column
    shown: Sequence[CellValue]
    style: str


def raw_column(column: UsedColumn, given: Sequence[Cell]) -> RawColumn:
    """The cells of a column, as a program gives them, in a workbook: dates and times as its own."""
    cells = table_column(column, given)
    if cells.kind == "date":
        return RawColumn(column, cells, (cells.values + DAYS_TO_1970).tolist(), "typed date")
    if is_clock(column):
        return RawColumn(column, cells, (cells.values / 24).tolist(), "typed time")
    if cells.kind == "number":
        return RawColumn(column, cells, cells.values.tolist(), "typed")
    return RawColumn(column, cells, given, f"typed {cells.kind}")


def is_clock(column: UsedColumn) -> bool:
    """Whether the column's numbers are times of day."""
    return isinstance(getattr(column, "format", None), ClockFormat)


@dataclass(frozen=True)
class CellColumns:
    """What is made of a raw column: as read, and of a number what stands in and the scaled one."""

    read: GridColumn
    known: GridColumn | None = None
    scaled: GridColumn | None = None


def cells_grid(
    formulas: Formulas, raw: Sequence[RawColumn], predict: Sequence[GridColumn], marks: int
) -> tuple[Grid, list[CellColumns]]:
    """How each cell is read; `marks` is how many texts the sheet of missing ones lists."""
    grid = Grid(
        "Cells",
        "How each raw cell is read; of a number: what stands in where it is missing, then centred "
        "and scaled",
        ("stands in for missing", "m", "s"),
    )
    found = []
    for one, typed in zip(raw, predict, strict=True):
        column = one.column
        read = grid.add(
            f"{column.name}: as read", _reading(one, typed.cell(grid), marks), _read(one)
        )
        if not isinstance(column, Number):
            found.append(CellColumns(read))
            continue
        fill = {"stands in for missing": column.fill}
        x = np.where(one.cells.missing, column.fill, one.cells.values)
        formula = f"IF({read.cell(grid)}={EMPTY},{grid.next_constant('stands in for missing')},"
        known = grid.add(f"{column.name}: x", f"{formula}{read.cell(grid)})", x, fill)
        scaled = known
        if (column.center, column.scale) != (0, 1):
            formula = substitute(Number.formulas["scale"], {"u": Number.formulas["center"]})
            names = {"m": grid.next_constant("m"), "s": grid.next_constant("s")}
            scaled = grid.add(
                f"{column.name}: u",
                formulas.write(formula, x=known.cell(grid), **names),
                (x - column.center) / column.scale,
                {"m": column.center, "s": column.scale},
            )
        found.append(CellColumns(read, known, scaled))
    return grid, found


def _reading(raw: RawColumn, cell: str, marks: int) -> str:
    """The formula that reads a raw cell: "" where it is missing, #N/A where it is no number."""
    column = raw.column
    if isinstance(column, Number) or column.cells == "number":
        value = {"typed date": f"{cell}-{DAYS_TO_1970}", "typed time": f"{cell}*24"}
        listed = f"{MARKS_SHEET}!$A$2:$A${1 + marks}"
        return (
            f"IF(ISNUMBER({cell}),{value.get(raw.style, cell)},IF(TRIM({cell})={EMPTY},{EMPTY},"
            f"IF(SUMPRODUCT(--EXACT(LOWER(TRIM({cell})),{listed}))>0,{EMPTY},NA())))"
        )
    if column.cells == "boolean":  # LibreOffice may take the truth values of a file for 1 and 0
        truth = f'IF({cell},"true","false")'
        return f"IF(ISTEXT({cell}),LOWER(TRIM({cell})),IF(ISBLANK({cell}),{EMPTY},{truth}))"
    if all(level == _trimmed(level) for level in column.levels):
        return f"TRIM({cell}&{EMPTY})"
    return f"{cell}&{EMPTY}"


def _trimmed(text: str) -> str:
    """What TRIM makes of it."""
    return " ".join(part for part in text.split(" ") if part)


def _read(raw: RawColumn) -> list[CellValue]:
    missing = raw.cells.missing.tolist()
    values = raw.cells.values.tolist()
    return ["" if gone else value for gone, value in zip(missing, values, strict=True)]


def inputs_grid(
    formulas: Formulas, raw: Sequence[RawColumn], cells: Sequence[CellColumns]
) -> tuple[Grid, np.ndarray]:
    """The networks' inputs, and their values, N x D."""
    grid = Grid(
        "Inputs",
        "The inputs of the networks, one column an input",
        ("of the column", "category, or bin from p", "second category, or bin to q", "bin height"),
    )
    with np.errstate(all="ignore"):
        x = np.concatenate([one.column.encode(one.cells) for one in raw], axis=1)
    for one, known in zip(raw, cells, strict=True):
        values = x[:, len(grid.columns) :].T
        if isinstance(one.column, Number):
            _add_number(grid, formulas, one.column, known, values)
        else:
            _add_levels(grid, one.column, known, values)
    return grid, x


def _add_number(
    grid: Grid, formulas: Formulas, column: Number, cells: CellColumns, values: np.ndarray
) -> None:
    assert cells.known is not None
    assert cells.scaled is not None
    u = cells.scaled.cell(grid)
    formula = formulas.smooth_clip(u) if column.smooth_clip else u
    names = iter(column.features)
    rows = iter(values)
    of = {"of the column": column.name}
    grid.add(next(names), formula, next(rows), of)
    if column.indicator:
        formula = formulas.write(Number.formulas["missing"], x=cells.read.cell(grid), q=EMPTY)
        grid.add(next(names), formula, next(rows), of)
    _, low, high, height = grid.labels
    for p, q in pairwise(column.bin_edges):
        edges = (grid.next_constant(low), grid.next_constant(high))
        constants = {**of, low: p, high: q}
        h: str | float = 1
        if column.bin_height != 1:
            h, constants[height] = grid.next_constant(height), column.bin_height
        formula = formulas.bin(cells.known.cell(grid), *edges, h)
        grid.add(next(names), formula, next(rows), constants)


def _add_levels(
    grid: Grid, column: Binary | Categories, cells: CellColumns, values: np.ndarray
) -> None:
    dialect = EXCEL if column.cells == "number" else EXCEL_TEXT
    x = cells.read.cell(grid)
    _, first, second, _ = grid.labels
    names = iter(column.features)
    rows = iter(values)
    of = {"of the column": column.name}
    levels = levels_of(column)

    def add(constants: Mapping[str, CellValue], **labels: str) -> GridColumn:
        above = {name: Symbol(grid.next_constant(label)) for name, label in labels.items()}
        formula = write(column.formula, dialect, {"x": Symbol(x), **above})
        return grid.add(next(names), formula, next(rows), {**of, **constants})

    if isinstance(column, Binary):
        added = [add({first: levels[0], second: levels[1]}, p=first, q=second)]
    else:
        added = [add({first: level}, q=first) for level in levels]
    if column.indicator:
        # unknown where it is none of the categories
        cell = added[0].cell(grid)
        known = f"{cell}<>0" if len(added) == 1 else f"SUM({added[0].to(added[-1], grid)})>0"
        grid.add(next(names), f"IF({known},0,1)", next(rows), of)


def weights_of(number: int) -> str:
    """The sheet of a network's weights."""
    return f"Weights {number}"


def weight_rows(layers: Sequence[PlannedLayer]) -> list[int]:
    """The row of each layer's title on its sheet; a row of headers follows, then a row a node."""
    rows = [3]
    for layer in layers[:-1]:
        rows.append(rows[-1] + layer.weights.shape[1] + 3)
    return rows


def network_grid(
    formulas: Formulas, number: int, inputs: Grid, x: np.ndarray
) -> tuple[Grid, list[GridColumn], np.ndarray]:
    """A network's sheet, its votes, and what they are."""
    grid = Grid(
        f"Network {number}",
        f"Network {number}: z of a node is the sum of the inputs times its weights "
        f"(sheet '{weights_of(number)}') and its bias; a is the activation of z",
        ("layer", "activation"),
    )
    layers = formulas.plan.networks[number - 1]
    first, last, a = inputs.columns[0], inputs.columns[-1], x
    votes: list[GridColumn] = []
    for index, (layer, row) in enumerate(zip(layers, weight_rows(layers), strict=True), 1):
        above = {"layer": f"layer {index}" if layer.activation else "votes"}
        span = first.to(last, grid)
        with np.errstate(all="ignore"):
            z = a @ layer.weights + layer.biases
            a = z if layer.activation is None else layer.activation.value(z)
        bias = column_letters(1 + len(layer.weights))
        sheet = f"'{weights_of(number)}'!"
        votes = []
        for node in range(z.shape[1]):
            at = row + 2 + node
            weights = f"{sheet}$B${at}:${column_letters(len(layer.weights))}${at}"
            formula = f"SUMPRODUCT({span},{weights})+{sheet}${bias}${at}"
            votes.append(grid.add(f"z {index}.{node + 1}", formula, z[:, node], above))
        if layer.activation is not None:
            above = {**above, "activation": layer.activation.name}
            made = [
                grid.add(
                    f"a {index}.{node + 1}",
                    formulas.activated(layer.activation, one.cell(grid)),
                    a[:, node],
                    above,
                )
                for node, one in enumerate(votes)
            ]
            first, last = made[0], made[-1]
    return grid, votes, a
