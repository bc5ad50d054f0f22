"""How a program reads a table: the expression of each input and each target, of a row's cells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from glassnet.errors import GlassnetError, OptionRef, visible
from glassnet.exports.formulas import scaling_formula
from glassnet.exports.training.plan import TrainingPlan
from glassnet.notation.write import Dialect, Symbol, write
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget


@dataclass(frozen=True)
class CellLanguage:
    """How a language reads cells: templates with the column's `name`, `cell` and `level` in them.

    Parameters
    ----------
    dialect : Dialect
        How formulas are written.
    literal : function
        Writes a text or a number.
    number, text, truth : str
        A column's cell as a number, as text, and as "true" or "false".
    equal : str
        1 where a cell is a level, else 0.
    """

    dialect: Dialect
    literal: Callable[[Any], str]
    number: str
    text: str
    truth: str
    equal: str

    def of_kind(self, kind: str, name: str) -> str:
        """The cell of a column, read as its kind says."""
        template = {"number": self.number, "boolean": self.truth}.get(kind, self.text)
        return template.format(name=self.literal(name))

    def scaled(self, name: str, center: float, scale: float) -> str:
        """A number, centred and scaled where it has to be."""
        numbers = {"m": center, "s": scale}
        symbols = {
            key: Symbol(self.literal(float(number)), brackets=number < 0)
            for key, number in numbers.items()
        }
        cell = Symbol(self.of_kind("number", name))
        return write(scaling_formula(center, scale), self.dialect, {"x": cell, **symbols})

    def levels(self, name: str, kind: str, levels: Sequence[str]) -> list[str]:
        """1 or 0 for each level."""
        cell = self.of_kind(kind, name)
        found = [float(level) if kind == "number" else level for level in levels]
        return [self.equal.format(cell=cell, level=self.literal(level)) for level in found]


def input_cells(plan: TrainingPlan, language: CellLanguage) -> list[str]:
    """The expression of each input of the network."""
    found: list[str] = []
    for column in plan.encoding.inputs:
        _check_plain(column)
        if isinstance(column, Number):
            found.append(language.scaled(column.name, column.center, column.scale))
        elif isinstance(column, (Binary, Categories)):
            found += language.levels(column.name, column.cells, column.levels)
    return found


def target_cells(plan: TrainingPlan, language: CellLanguage) -> list[str]:
    """The expression of what each output should be."""
    found: list[str] = []
    for target in plan.encoding.targets:
        _check_plain(target)
        if isinstance(target, NumberTarget):
            found.append(language.scaled(target.name, target.center, target.scale))
            continue
        found += language.levels(target.name, _kind_of_labels(target), _output_labels(target))
    return found


def _kind_of_labels(target: ClassTarget) -> str:
    if isinstance(target.labels[0], bool):
        return "boolean"
    return "text" if isinstance(target.labels[0], str) else "number"


def _output_labels(target: ClassTarget) -> list[str]:
    labels = target.label_texts
    return labels[1:] if len(labels) == 2 else labels


def _check_plain(column: Any) -> None:
    """Raises GlassnetError where the cells are numbers that are written in a way of their own."""
    written = getattr(column, "format", None)
    if written not in (None, NumberFormat()):
        raise GlassnetError(
            f"the cells of column '{visible(column.name)}' are {written}, which the program does "
            "not read from a file",
            remedy=[
                "leave ",
                OptionRef("source"),
                " out and export the run's folder, whose rows are written out",
            ],
        )
