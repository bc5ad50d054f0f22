"""Excel workbooks, through fastexcel (the extra `excel`): the first sheet, its first row the names.

Cells have the types that the workbook gives them. Names are settled in `header.py`.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet.errors import GlassnetWarning, TableError

if TYPE_CHECKING:
    import polars

HEADER_ROWS = 100  # among which the header is


def read_excel(
    path: Path,
) -> "tuple[polars.DataFrame, list[str], tuple[GlassnetWarning, ...]]":
    """The cells of a workbook's first sheet, its header, and what should be said.

    Raises TableError where fastexcel is not installed, and on what is no workbook.
    """
    try:
        import fastexcel
    except ImportError:
        raise TableError(
            "is an Excel workbook, which glassnet reads through fastexcel",
            file=path,
            remedy="pip install 'glassnet[excel]', or save the sheet as CSV",
        ) from None
    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # it warns of each empty column
    try:
        workbook = fastexcel.read_excel(path)
        frame, header = _first_sheet(workbook)
    except fastexcel.FastExcelError:
        raise _no_workbook(path) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of Rust, and no Exception
            raise _no_workbook(path) from None
        raise
    return frame, header, _other_sheets(path, workbook.sheet_names)


def _first_sheet(workbook: Any) -> "tuple[polars.DataFrame, list[str]]":
    """The rows below the first that is not blank, and that one."""
    import polars

    first = workbook.load_sheet(
        0, header_row=None, skip_rows=0, n_rows=HEADER_ROWS, dtypes="string"
    )
    rows = first.to_polars().rows()
    header = next((row for row in range(len(rows)) if any(rows[row])), None)
    if header is None:
        return polars.DataFrame(), []
    names = [cell or "" for cell in rows[header]]
    if first.total_height <= header + 1:
        return polars.DataFrame(schema=names), names
    below = workbook.load_sheet(0, header_row=None, skip_rows=header + 1, schema_sample_rows=None)
    frame = below.to_polars()
    return frame.filter(~polars.all_horizontal(polars.all().is_null())), names


def _other_sheets(path: Path, names: list[str]) -> tuple[GlassnetWarning, ...]:
    if len(names) < 2:
        return ()
    others = ", ".join(f"'{name}'" for name in names[1:4]) + (", ..." if len(names) > 4 else "")
    return (
        GlassnetWarning(
            f"only the first sheet, '{names[0]}', is read, not {others}",
            file=path,
            remedy="put the sheet that you mean first, or save it as CSV",
        ),
    )


def _no_workbook(path: Path) -> TableError:
    return TableError("is damaged, or no Excel workbook", file=path)
