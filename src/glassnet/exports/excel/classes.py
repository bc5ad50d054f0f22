"""The columns of a predicted class: probabilities, the class, and its set."""

import sys
from collections.abc import Sequence

import numpy as np

from glassnet.exports.excel.grid import CellValue, Grid, GridColumn
from glassnet.exports.excel.steps import EMPTY
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import PlannedTarget
from glassnet.models.conformal import class_set
from glassnet.models.decoding import set_texts
from glassnet.tables.targets import ClassTarget

LIMIT = "factor, divisor or lower limit"
"""What the row of constants is called on the sheet of the outputs."""


class ClassColumns:
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
            found[names.set] = self._set(self.planned.largest, probabilities, p, chosen)
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
    ) -> GridColumn:
        """The set as text."""
        likeliest = chosen
        if self.target.threshold is not None or self.target.frequencies:
            formula = _likeliest(probabilities, self.grid)
            name = "number of likeliest class"
            likeliest = self.grid.add(name, formula, p.argmax(axis=1) + 1)
        inside = class_set(self.target, p, largest)
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
