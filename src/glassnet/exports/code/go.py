"""A model as a package of Go."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from glassnet.core.activations import Activation
from glassnet.errors import visible
from glassnet.exports.checks import CheckedRow
from glassnet.exports.code.cells import CELL_CONSTANTS, pattern_parts
from glassnet.exports.code.identifiers import camel_case, identifiers
from glassnet.exports.columns import Cell, UsedColumn, cell_kind, levels_of
from glassnet.exports.formulas import WRITTEN_BY_HAND, Formulas
from glassnet.exports.plan import ExportPlan, PlannedTarget
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items
from glassnet.notation.dialects import GO
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget

_RESERVED = """
    any bool break byte case chan comparable complex const continue default defer else error
    fallthrough false float for func go goto if import init int interface iota len map math nil
    package range return rune select string struct switch true type uint var
"""
GO_RESERVED = frozenset(_RESERVED.split())
"""What a package cannot be called, or should not."""


def go_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The package's one file; with the name "main" it is a program that checks itself."""
    [package] = identifiers([options.name], "model", GO_RESERVED)
    columns = _columns(plan)
    targets = _targets(plan)
    text = rendered(
        "go.jinja",
        literal=go_literal,
        comment=go_comment,
        plan=plan,
        package=package,
        formulas=_GoFormulas(plan, GO, go_literal, "Go"),
        numbers=_numbers,
        columns=columns,
        kinds={of.kind for of in columns},
        patterns=sorted({of.pattern for of in columns if of.kind == "date"}),
        targets=targets,
        pattern_parts=pattern_parts,
        **CELL_CONSTANTS,
        aligned=_aligned,
        row_fields=_row_fields,
        labels_in_set=_labels_in_set,
    )
    return {".go": text}


def go_literal(value: float | str | bool) -> str:
    r"""A value as Go writes it: numbers to the last digit, what is not printed as its bytes.

    >>> print(*[go_literal(value) for value in (0.1, float("-inf"), 'a"\ufeff', True, 2)])
    0.1 math.Inf(-1) "a\"\xef\xbb\xbf" true 2
    """
    if isinstance(value, str):
        return f'"{"".join(map(_character, value))}"'
    if isinstance(value, bool):
        return str(value).lower()
    if math.isnan(value):
        return "math.NaN()"
    if math.isinf(value):
        return f"math.Inf({1 if value > 0 else -1})"
    return repr(float(value)) if isinstance(value, float) else repr(value)


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))


def go_comment(text: str) -> str:
    """Text as it may stand in a comment, where Go refuses a byte order mark."""
    return "".join(
        one if one.isprintable() else f"\\u{ord(one):04x}" for one in visible(text)
    ).rstrip()


def go_cell(kind: str, cell: Cell) -> str:
    """A cell as the struct of a row takes it."""
    if kind == "number":
        return go_literal(math.nan if cell is None else float(cell))
    if cell is None:
        return "nil"
    return f"{'truth' if kind == 'boolean' else 'text'}({go_literal(cell)})"


def go_pattern(written: DateFormat) -> str:
    """What dates written so look like, as a regular expression of Go's."""
    return f"(?i)^(?:{written.regex.pattern})$".replace(r"\u2212", r"\x{2212}")


def _row_fields(columns: Sequence["_GoColumn"], check: CheckedRow) -> dict[str, str]:
    """The fields of a row, and their values."""
    return {of.field: go_cell(of.kind, check.row[of.column.name]) for of in columns}


def _aligned(fields: Mapping[str, str]) -> list[str]:
    """Fields with their values below each other, as gofmt has them."""
    width = max(map(len, fields)) + 2
    return [f"{name + ':':{width}}{value}," for name, value in fields.items()]


def _labels_in_set(planned: PlannedTarget, predicted: Mapping[str, Cell]) -> list[str]:
    assert isinstance(planned.target, ClassTarget)
    return list(compress(planned.target.label_texts, planned.in_set(predicted)))


class _GoFormulas(Formulas):
    """The formulas, whose functions are named as Go's are."""

    def function_of(self, activation: Activation) -> str:
        name = super().function_of(activation)
        if name in WRITTEN_BY_HAND:
            return name
        of = name if name.startswith("activation_") else f"{name}_activation"
        return of[0] + camel_case(of)[1:]


@dataclass(frozen=True)
class _GoColumn:
    """A column and its field in the struct of a row."""

    column: UsedColumn
    field: str

    @property
    def kind(self) -> str:
        return cell_kind(self.column)

    @property
    def pattern(self) -> str:
        """What its dates look like, as a regular expression of Go's."""
        assert isinstance(self.column, Number)
        return go_pattern(self.column.date_format)

    @property
    def levels(self) -> list[Any]:
        """The categories as cells are written."""
        assert isinstance(self.column, Binary | Categories)
        if self.kind == "boolean":
            return [level == "true" for level in self.column.levels]
        return levels_of(self.column)


def _columns(plan: ExportPlan) -> list[_GoColumn]:
    names = [column.name for column in plan.columns]
    fields = identifiers(names, "column", style=camel_case)
    return [_GoColumn(*of) for of in zip(plan.columns, fields, strict=True)]


@dataclass(frozen=True)
class _GoTarget:
    """A target, and what ends the names of its fields: "" of the only one."""

    planned: PlannedTarget
    number: int
    suffix: str

    @property
    def type(self) -> str:
        """That of its predictions."""
        target = self.planned.target
        label = target.labels[0] if isinstance(target, ClassTarget) else 0.5
        return {str: "string", bool: "bool", int: "int"}.get(type(label), "float64")


def _targets(plan: ExportPlan) -> list[_GoTarget]:
    names = [planned.target.name for planned in plan.targets]
    fields = identifiers(names, "target", style=camel_case)
    several = len(names) > 1
    return [
        _GoTarget(planned, number, field if several else "")
        for number, (planned, field) in enumerate(zip(plan.targets, fields, strict=True), 1)
    ]


def _numbers(values: Sequence[float] | np.ndarray, indent: int = 1) -> str:
    """Numbers with commas in between, on as many lines as they need."""
    return wrapped_items([repr(float(value)) for value in values], 4 * indent).replace("    ", "\t")
