"""What the sheet 'Read me' of a workbook says."""

from glassnet.exports.columns import cell_kind
from glassnet.exports.excel.grid import FIRST_ROW
from glassnet.exports.excel.predictions import INTERVALS_SHEET
from glassnet.exports.excel.steps import MARKS_SHEET, is_clock, weights_of
from glassnet.exports.plan import ExportPlan
from glassnet.exports.templates import rendered

PREPARED_ROWS = 20  # that are prepared


def workbook_notes(plan: ExportPlan) -> list[tuple[str, str]]:
    """(what it is about, the note), line by line; a line may be empty."""
    text = rendered(
        "excel_notes.jinja",
        repr,
        plan=plan,
        first=FIRST_ROW,
        last=FIRST_ROW + PREPARED_ROWS - 1,
        kinds={cell_kind(column) for column in plan.columns},
        any_clock=any(is_clock(column) for column in plan.columns),
        networks=_numbered("Network 1", len(plan.networks)),
        weights=_numbered(weights_of(1), len(plan.networks)),
        marks=MARKS_SHEET,
        intervals=INTERVALS_SHEET,
    )
    lines = (line.partition(": ") for line in text.splitlines())
    return [(about, note) for about, _, note in lines]


def _numbered(first: str, n: int) -> str:
    """The names of sheets, of which the first is given."""
    return f"'{first}'" if n == 1 else f"'{first}' to '{first[:-1]}{n}'"
