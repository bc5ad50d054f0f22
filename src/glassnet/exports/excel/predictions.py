"""The sheet of a workbook from the networks' votes to predictions, intervals and sets."""

from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.exports.excel.classes import LIMIT, ClassColumns
from glassnet.exports.excel.grid import CellValue, Grid, GridColumn, column_letters
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import NumberInterval, PlannedTarget
from glassnet.notation.expression import evaluate
from glassnet.tables.targets import NumberTarget

ADDED = "added, or upper limit"
INTERVALS_SHEET = "Weights intervals"  # the sheet of the weights of intervals' scales


def outputs_grid(
    formulas: Formulas,
    inputs: Grid,
    x: np.ndarray,
    votes: Sequence[tuple[Sequence[GridColumn], np.ndarray]],
) -> tuple[Grid, dict[str, GridColumn]]:
    """The sheet, and which of its columns is which prediction, by the prediction's name.

    `votes` are the columns of each network's last z, and their values, N x K.
    """
    any_class = not all(planned.is_number for planned in formulas.plan.targets)
    of_classes = ("class", "class in a set") if any_class else ()
    grid = Grid(
        "Outputs",
        "The networks' votes are added up; of their sums the outputs are made, of these the "
        "predictions",
        ("target", *of_classes, LIMIT, ADDED),
    )
    total = np.sum([values for _, values in votes], axis=0)
    summed = [
        grid.add(
            f"z {k + 1}",
            "+".join(columns[k].cell(grid) for columns, _ in votes),
            total[:, k],
        )
        for k in range(total.shape[1])
    ]
    with np.errstate(all="ignore"):
        a = formulas.plan.output.value(total)
    outputs = _outputs(grid, formulas, summed, total, a)
    found: dict[str, GridColumn] = {}
    for number, planned in enumerate(formulas.plan.targets):
        part = slice(planned.first, planned.first + planned.target.width)
        if isinstance(planned.target, NumberTarget):
            row = number + 2
            found |= _number(grid, formulas, planned, outputs[planned.first], a, inputs, x, row)
        else:
            found |= ClassColumns(grid, formulas, planned).add(outputs[part], a[:, part])
    return grid, {name: found[name] for name in formulas.plan.predicted}


def _outputs(
    grid: Grid,
    formulas: Formulas,
    summed: Sequence[GridColumn],
    total: np.ndarray,
    a: np.ndarray,
) -> list[GridColumn]:
    """The outputs of their z; where they need the row's sum, from what is above its largest z."""
    output = formulas.plan.output
    shifted, s = list(summed), ""
    if output.row_term:
        largest = total.max(axis=1)
        most = grid.add("largest z", f"MAX({summed[0].to(summed[-1], grid)})", largest)
        below = total - largest[:, None]
        shifted = [
            grid.add(f"z {k} - largest", f"{z.cell(grid)}-{most.cell(grid)}", below[:, k - 1])
            for k, z in enumerate(summed, 1)
        ]
        with np.errstate(all="ignore"):
            terms = evaluate(output.row_term, z=below)
        made = [
            grid.add(f"term {k}", formulas.write(output.row_term, z=z.cell(grid)), terms[:, k - 1])
            for k, z in enumerate(shifted, 1)
        ]
        sums = grid.add("s", f"SUM({made[0].to(made[-1], grid)})", terms.sum(axis=1))
        s = sums.cell(grid)
    return [
        grid.add(f"output {k}", formulas.activated(output, z.cell(grid), s), a[:, k - 1])
        for k, z in enumerate(shifted, 1)
    ]


def _number(
    grid: Grid,
    formulas: Formulas,
    planned: PlannedTarget,
    output: GridColumn,
    a: np.ndarray,
    inputs: Grid,
    x: np.ndarray,
    row: int,
) -> dict[str, GridColumn]:
    """A predicted number and its interval; `row` is that of its weights on their sheet."""
    target = planned.target
    assert isinstance(target, NumberTarget)
    of = {"target": target.name}
    last, y = output, a[:, planned.first]
    if (target.center, target.scale) != (0, 1):
        y = y * target.scale + target.center
        names = {"s": grid.next_constant(LIMIT), "m": grid.next_constant(ADDED)}
        formula = formulas.write(NumberTarget.formulas["decode"], a=last.cell(grid), **names)
        constants = {**of, LIMIT: target.scale, ADDED: target.center}
        last = grid.add("scaled back", formula, y, constants)
    if target.low is not None and target.high is not None:
        y = np.minimum(np.maximum(y, target.low), target.high)
        names = {"p": grid.next_constant(LIMIT), "q": grid.next_constant(ADDED)}
        formula = formulas.write(NumberTarget.formulas["clip"], x=last.cell(grid), **names)
        constants = {**of, LIMIT: target.low, ADDED: target.high}
        last = grid.add("held to a range", formula, y, constants)
    found = {planned.names.prediction: last}
    if planned.interval is not None:
        span = inputs.columns[0].to(inputs.columns[-1], grid)
        size = _scale(grid, planned.interval, span, x, row, of)
        ends = {planned.names.low: planned.interval.low, planned.names.high: planned.interval.high}
        for name, bound in ends.items():
            formula = planned.interval.end_formula
            names = {"y": last.cell(grid), "s": size.cell(grid), "b": grid.next_constant(LIMIT)}
            end = y + planned.interval.scale.of(x) * bound
            values = np.maximum(end, 0) if planned.interval.not_negative else end
            constants = {**of, LIMIT: bound}
            found[name] = grid.add(name, formulas.write(formula, **names), values, constants)
    return found


def _scale(
    grid: Grid,
    interval: NumberInterval,
    span: str,
    x: np.ndarray,
    row: int,
    of: Mapping[str, CellValue],
) -> GridColumn:
    """The scale of a row's interval."""
    scale = interval.scale
    sheet = f"'{INTERVALS_SHEET}'!"
    last, bias = column_letters(len(scale.weights)), column_letters(1 + len(scale.weights))
    formula = f"SUMPRODUCT({span},{sheet}$B${row}:${last}${row})+{sheet}${bias}${row}"
    product = x @ scale.weights + scale.bias
    exponent = grid.add("log of scale", formula, product, of)
    low, high = grid.next_constant(LIMIT), grid.next_constant(ADDED)
    formula = f"EXP(MIN(MAX({exponent.cell(grid)},{low}),{high}))"
    constants = {**of, LIMIT: scale.low, ADDED: scale.high}
    return grid.add("scale of interval", formula, scale.of(x), constants)
