"""The names of a file's columns: trimmed, no two alike, and none of a row of cells."""

import re
from collections.abc import Mapping, Sequence
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
    """The columns of a whole table under the names of the header, and what should be said of them.

    `frame` has as many columns as `header` has cells; see `find_names`. Raises TableError as
    `find_names` and `check_header` do.
    """
    columns = frame.get_columns()
    is_empty = [column.null_count() == len(column) for column in columns]
    names, notices = find_names(file, header, is_empty)
    frame = under_names(frame, names)
    check_header(file, frame)
    return frame, notices


def find_names(
    file: str, header: Sequence[str], is_empty: Sequence[bool]
) -> tuple[dict[str, int], tuple[GlassnetWarning, ...]]:
    """The name of each column with its number in the file, from 0, and what should be said.

    A column without a name is left out where every cell is empty, and else is called "column 3" by
    its number in the file.

    Parameters
    ----------
    file : str
        How messages call the file.
    header : sequence of str
        A cell for each column.
    is_empty : sequence of bool
        Whether no cell of the column is known; asked of those without a name alone.

    Raises
    ------
    TableError
        Where two columns have one name.
    """
    names: dict[str, int] = {}
    notices = []
    for number, cell in enumerate(header):
        given = cell.strip()
        if not given and is_empty[number]:
            continue
        name = given or f"column {number + 1}"
        if name in names:
            message = f"two columns are named '{name}'"
            raise TableError(message, file=file, column=name, remedy="rename one")
        if not given and number > 0:  # the first often numbers the rows, or names them
            message = f"has no name in the header, and is called '{name}'"
            notices.append(GlassnetWarning(message, file=file, column=name, remedy="name it"))
        names[name] = number
    return names, tuple(notices)


def under_names(frame: "polars.DataFrame", names: Mapping[str, int]) -> "polars.DataFrame":
    """Some columns of a frame, by number from 0, under these names."""
    columns = frame.get_columns()
    return frame.select(columns[number].alias(name) for name, number in names.items())


def check_header(file: str, frame: "polars.DataFrame") -> None:
    """Raises TableError where the header is a row like the others: cells in place of names.

    Whole numbers that rise are names all the same: 0, 1, 2, or 2019, 2020, 2024. The first rows of
    the table will do.
    """
    names = frame.columns
    numbers = [name for name in names if NUMERAL.fullmatch(name)]
    rise = len(numbers) > 1 and all(name.isdecimal() for name in numbers)
    rise = rise and all(int(low) < int(high) for low, high in pairwise(numbers))
    if not numbers or rise or not all(_is_like(name, frame[name]) for name in names):
        return
    shown = ", ".join(names[:4])
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
