"""The sheet of a workbook that says whether it predicts what the model does."""

from collections.abc import Sequence

from glassnet.exports.checks import CheckedRow
from glassnet.exports.excel.grid import FIRST_ROW, CellValue, Grid, GridColumn

N_SAME = "check rows that stand on 'Predict' unchanged"
LARGEST_DIFFERENCE = "largest difference, relative to numbers above 1"
VERDICT = "predictions are those of the model"


def check_grid(
    checks: Sequence[CheckedRow], typed: Sequence[GridColumn], predicted: Sequence[GridColumn]
) -> Grid:
    """The check rows, what the model predicts of them, and how far the workbook is from that.

    A row of 'Predict' that was typed over is left out.
    """
    grid = Grid(
        "Check",
        "The check rows as they came, what the model predicts of them, and how far this workbook "
        "is from that",
        (N_SAME, LARGEST_DIFFERENCE, VERDICT),
    )
    n = len(checks)
    rows = [
        grid.add(one.name, "", one.values[:n], style=one.style.replace("typed", "expected"))
        for one in typed
    ]
    expected = [
        grid.add(f"{one.name}, by the model", "", [c.predicted[one.name] for c in checks])
        for one in predicted
    ]
    texts = f'{typed[0].to(typed[-1], grid)}&"",{rows[0].to(rows[-1], grid)}&""'
    same = grid.add(
        "row is unchanged",
        f"IF(SUMPRODUCT(--EXACT({texts}))={len(typed)},1,0)",
        [1.0] * n,
        style="whole",
    )
    for one, right in zip(predicted, expected, strict=True):
        found, value = one.cell(grid), right.cell(grid)
        formula = f'IF(EXACT({found}&"",{value}&""),0,1)'
        if isinstance(checks[0].predicted[one.name], float):
            formula = f"ABS({found}-{value})/MAX(1,ABS({value}))"
        formula = f"IF({same.cell(grid)}=1,{formula},0)"
        grid.add(f"{one.name}, difference", formula, [0.0] * n, style="difference")
    return grid


def check_results(grid: Grid, n_predicted: int) -> list[tuple[str, str, CellValue]]:
    """(label, formula, value) of what stands above the rows."""
    same, first, end = grid.columns[-1 - n_predicted], grid.columns[-n_predicted], grid.columns[-1]
    n = len(grid.columns[0].values)
    last = FIRST_ROW + n - 1
    n_same, largest = (f"$B${grid.row_of(label)}" for label in (N_SAME, LARGEST_DIFFERENCE))
    return [
        (
            N_SAME,
            f"SUM({same.letters}{FIRST_ROW}:{same.letters}{last})",
            float(last - FIRST_ROW + 1),
        ),
        (LARGEST_DIFFERENCE, f"MAX({first.letters}{FIRST_ROW}:{end.letters}{last})", 0.0),
        (
            VERDICT,
            f'IF({n_same}=0,"unknown: no check row is left",IF({largest}<1E-9,"yes","no"))',
            "yes",
        ),
    ]
