"""The names of a file's columns: trimmed, no two alike, and none of a row of cells."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from glassnet.errors import GlassnetWarning, TableError

if TYPE_CHECKING:
    import polars

NUMERAL = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(?:[eE][-+]?\d+)?")
FIRST_ROWS = 1000  # in which a header that is a row of cells shows itself
BLANKS = " \t"


def with_names(
    file: str, frame: "polars.DataFrame", header: Sequence[str]
) -> tuple["polars.DataFrame", tuple[GlassnetWarning, ...]]:
    """The columns under the names of the header, and what should be said of them.

    A column without a name is left out where every cell is empty, and else is called "column 3" by
    its number in the file.

    Parameters
    ----------
    file : str
        How messages call the file.
    frame : polars.DataFrame
        Its columns, in order.
    header : sequence of str
        As many cells as the frame has columns.

    Raises
    ------
    TableError
        Where two columns have one name, or the header is a row of cells.
    """
    columns: dict[str, polars.Series] = {}
    notices = []
    for number, (cell, column) in enumerate(zip(header, frame.get_columns(), strict=True), 1):
        given = cell.strip()
        if not given and column.null_count() == len(column):
            continue
        name = given or f"column {number}"
        if name in columns:
            message = f"two columns are named '{name}'"
            raise TableError(message, file=file, column=name, remedy="rename one")
        if not given and number > 1:  # the first often numbers the rows, or names them
            message = f"has no name in the header, and is called '{name}'"
            notices.append(GlassnetWarning(message, file=file, column=name, remedy="name it"))
        columns[name] = column.alias(name)
    _check_header(file, columns)
    return frame.select(columns.values()), tuple(notices)


def _check_header(file: str, columns: "dict[str, polars.Series]") -> None:
    """Raises TableError where the header is a row like the others: cells in place of names.

    Whole numbers that rise are names all the same: 0, 1, 2, or 2019, 2020, 2024.
    """
    numbers = [name for name in columns if NUMERAL.fullmatch(name)]
    rise = len(numbers) > 1 and all(name.isdecimal() for name in numbers)
    rise = rise and all(int(low) < int(high) for low, high in pairwise(numbers))
    if not numbers or rise or not all(_is_like(name, cells) for name, cells in columns.items()):
        return
    shown = ", ".join(list(columns)[:4])
    raise TableError(
        f"the first line holds cells, not the names of columns ({shown})",
        file=file,
        remedy="write a line of names above it",
    )


def _is_like(name: str, column: "polars.Series") -> bool:
    """Whether the name could be one more cell of its column."""
    import polars

    cells = column.head(FIRST_ROWS).drop_nulls()
    if NUMERAL.fullmatch(name):
        if cells.dtype != polars.String:
            return cells.dtype.is_numeric()
        return all(NUMERAL.fullmatch(cell.strip()) for cell in cells)
    return name in cells.to_list()
