"""The sheet of a workbook from the networks' votes to predictions, intervals and sets."""

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.exports.excel.grid import CellValue, Grid, GridColumn, column_letters
from glassnet.exports.excel.steps import EMPTY
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import NumberInterval, PlannedTarget
from glassnet.models.decoding import set_texts
from glassnet.notation.expression import evaluate
from glassnet.tables.targets import ClassTarget, NumberTarget

LIMIT = "factor, divisor or lower limit"
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
            found |= _Classes(grid, formulas, planned).add(outputs[part], a[:, part])
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
            formula = "max(0, y + s * b)" if planned.interval.not_negative else "y + s * b"
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


class _Classes:
    """A predicted class, its set, and the classes' probabilities."""

    def __init__(self, grid: Grid, formulas: Formulas, planned: PlannedTarget) -> None:
        assert isinstance(planned.target, ClassTarget)
        self.grid = grid
        self.formulas = formulas
        self.planned = planned
        self.target = planned.target
        self.above = [
            {"target": self.target.name, "class": label, "class in a set": text}
            for label, text in zip(self.target.labels, self.target.label_texts, strict=True)
        ]

    def add(self, outputs: Sequence[GridColumn], a: np.ndarray) -> dict[str, GridColumn]:
        """The columns of the predictions, by name."""
        names, grid = self.planned.names, self.grid
        p = self.target.probabilities(a)
        probabilities = self._probabilities(outputs, a, p)
        chosen, index = self._chosen(probabilities, p)
        labels = probabilities[0].constants_to(probabilities[-1], "class")
        formula = f"INDEX({labels},{chosen.cell(grid)})"
        values = [self.target.labels[k] for k in index]
        found = {names.prediction: grid.add(names.prediction, formula, values)}
        if self.planned.largest is not None:
            found[names.set] = self._set(self.planned.largest, probabilities, p, chosen, index)
        return found | dict(zip(names.probabilities, probabilities, strict=True))

    def _probabilities(
        self, outputs: Sequence[GridColumn], a: np.ndarray, p: np.ndarray
    ) -> list[GridColumn]:
        cells = [output.cell(self.grid) for output in outputs]
        if len(self.above) == 2:
            steps = ("first of two", "second of two")
            made = [self.formulas.write(ClassTarget.formulas[step], a=cells[0]) for step in steps]
        elif self.formulas.plan.output.name == "softmax":
            made = cells  # their sum is 1
        else:
            summed = f"SUM({outputs[0].to(outputs[-1], self.grid)})"
            total = self.grid.add("sum of outputs", summed, a.sum(axis=1))
            s = f"IF({total.cell(self.grid)}=0,1,{total.cell(self.grid)})"
            step = ClassTarget.formulas["probability"]
            made = [self.formulas.write(step, a=cell, s=s) for cell in cells]
        names = self.planned.names.probabilities
        return [
            self.grid.add(name, formula, p[:, k], self.above[k])
            for k, (name, formula) in enumerate(zip(names, made, strict=True))
        ]

    def _chosen(
        self, probabilities: Sequence[GridColumn], p: np.ndarray
    ) -> tuple[GridColumn, np.ndarray]:
        """The number of the predicted class, from 1, and its index, from 0."""
        grid, target = self.grid, self.target
        index = target.predicted(p)
        name = "number of predicted class"
        constants: dict[str, CellValue] = {"target": target.name}
        if target.threshold is not None:
            limit = grid.next_constant(LIMIT)
            constants[LIMIT] = target.threshold
            formula = f"IF({probabilities[1].cell(grid)}>={limit},2,1)"
            return grid.add(name, formula, index + 1, constants), index
        compared = list(probabilities)
        if target.frequencies:
            compared = [
                grid.add(
                    f"{one.name} over frequency",
                    self.formulas.over_frequency(one.cell(grid), grid.next_constant(LIMIT)),
                    p[:, k] / target.frequencies[k],
                    {**self.above[k], LIMIT: target.frequencies[k]},
                )
                for k, one in enumerate(probabilities)
            ]
        return grid.add(name, _likeliest(compared, grid), index + 1, constants), index

    def _set(
        self,
        largest: float,
        probabilities: Sequence[GridColumn],
        p: np.ndarray,
        chosen: GridColumn,
        index: np.ndarray,
    ) -> GridColumn:
        """The set as text."""
        likeliest = chosen
        if self.target.threshold is not None or self.target.frequencies:
            formula = _likeliest(probabilities, self.grid)
            name = "number of likeliest class"
            likeliest = self.grid.add(name, formula, p.argmax(axis=1) + 1)
        inside = 1 - p <= largest
        rows = np.arange(len(p))
        inside[rows, index] = inside[rows, p.argmax(axis=1)] = True
        always = list(dict.fromkeys([chosen.cell(self.grid), likeliest.cell(self.grid)]))
        members = [
            self._member(k, largest, probability, always, inside[:, k])
            for k, probability in enumerate(probabilities)
        ]
        return self._joined(members, inside)

    def _member(
        self,
        k: int,
        largest: float,
        probability: GridColumn,
        always: Sequence[str],
        inside: np.ndarray,
    ) -> GridColumn:
        """1 where class k is in the set, else 0; `always` are the numbers of classes that are."""
        limit = self.grid.next_constant(LIMIT)
        tests = [f"1-{probability.cell(self.grid)}<={limit}", *(f"{one}={k + 1}" for one in always)]
        return self.grid.add(
            f"in the set: {self.target.label_texts[k]}",
            f"IF(OR({','.join(tests)}),1,0)",
            inside.astype(float),
            {**self.above[k], LIMIT: min(largest, sys.float_info.max)},
        )

    def _joined(self, members: Sequence[GridColumn], inside: np.ndarray) -> GridColumn:
        """The texts of the classes in the set, added one after the other with a | in between."""
        column, before = members[0], ""
        for k, member in enumerate(members):
            text = member.constant("class in a set")
            longer = f'{before}&IF({before}="","","|")&{text}' if before else text
            done = k == len(members) - 1
            column = self.grid.add(
                self.planned.names.set if done else f"set up to class {k + 1}",
                f"IF({member.cell(self.grid)}=1,{longer},{before or EMPTY})",
                set_texts(self.target, inside & (np.arange(len(members)) <= k)),
            )
            before = column.cell(self.grid)
        return column


def _likeliest(columns: Sequence[GridColumn], grid: Grid) -> str:
    """The formula of which of them is the largest, from 1."""
    span = columns[0].to(columns[-1], grid)
    return f"MATCH(MAX({span}),{span},0)"
