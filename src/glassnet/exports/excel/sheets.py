"""What a sheet of a workbook is made of, written by XlsxWriter: cells, and whole grids."""

from typing import Any

from glassnet.errors import visible
from glassnet.exports.excel.grid import (
    FIRST_ROW,
    HEADER,
    CellValue,
    Grid,
    GridColumn,
    calculated_value,
    excel_text,
)
from glassnet.exports.excel.styles import STYLES

WIDEST_COLUMN = 32  # characters of a column


def column_width(n_characters: int) -> int:
    """How wide a column is whose longest text has so many characters."""
    return min(max(10, n_characters + 2), WIDEST_COLUMN)


class SheetWriter:
    """Writes the sheets of a workbook of XlsxWriter.

    Attributes
    ----------
    formats : dict
        XlsxWriter's format for each key of `STYLES`.
    """

    def __init__(self, book: Any) -> None:
        self.formats: dict[str, Any] = {
            name: book.add_format(style) for name, style in STYLES.items()
        }
        self._book = book

    def sheet(self, name: str) -> Any:
        """A new sheet, which is printed as wide as a page."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(
        self, sheet: Any, row: int, column: int, value: CellValue, style: str = "plain"
    ) -> None:
        """A cell that holds what it says: rows from 1, columns from 0."""
        form = self.formats[style]
        if value is None:
            sheet.write_blank(row - 1, column, None, form)
        elif isinstance(value, bool):
            sheet.write_boolean(row - 1, column, value, form)
        elif isinstance(value, str):
            self._put_text(sheet, row - 1, column, excel_text(value), form)
        else:
            sheet.write_number(row - 1, column, value, form)

    def _put_text(self, sheet: Any, row: int, column: int, text: str, form: Any) -> None:
        """Text as it is, also where XlsxWriter would take it for its own markup of a string."""
        if text.startswith("<r>") and text.endswith("</r>"):
            sheet.write_rich_string(row, column, "<", "r", text[2:], form)
        else:
            sheet.write_string(row, column, text, form)

    def write_grid(self, sheet: Any, grid: Grid) -> None:
        """A sheet of columns, with their constants and headers."""
        self.put(sheet, 1, 0, grid.title, "title")
        for label in grid.labels:
            self.put(sheet, grid.row_of(label), 0, label, "label")
        n_rows = max(len(column.values) for column in grid.columns)
        if grid.first:
            self.put(sheet, HEADER, 0, "row", "header")
            for row in range(FIRST_ROW, FIRST_ROW + n_rows):
                self.put(sheet, row, 0, float(row - HEADER), "label")
            sheet.set_column(0, 0, max(8, *(len(label) for label in grid.labels)) + 1)
        for column in grid.columns:
            self._write_column(sheet, grid, column)
        sheet.freeze_panes(HEADER, grid.first)

    def _write_column(self, sheet: Any, grid: Grid, column: GridColumn) -> None:
        at = column.number
        name = visible(column.name)
        self.put(sheet, HEADER, at, name, "header")
        for label, constant in column.constants.items():
            self.put(sheet, grid.row_of(label), at, constant, "constant")
        for row, value in enumerate(column.values, FIRST_ROW):
            if not column.formula:
                self.put(sheet, row, at, value, column.style)
                continue
            formula = "=" + column.formula.replace("{row}", str(row))
            form = self.formats[column.style]
            sheet.write_formula(row - 1, at, formula, form, calculated_value(value))
        texts = [name, *(value for value in column.values if isinstance(value, str))]
        below = self.formats["text"] if column.style == "typed text" else None
        sheet.set_column(at, at, column_width(max(map(len, texts))), below)
