"""A model as C99: a header with a struct of a row and of what is predicted, and the code."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from glassnet.core.activations import Activation
from glassnet.exports.checks import CheckedRow
from glassnet.exports.code.c_limits import check_c_texts, check_single_precision
from glassnet.exports.code.c_text import C_RESERVED, c_comment, c_float_literal, c_literal
from glassnet.exports.code.cells import CELL_CONSTANTS, CellReadings
from glassnet.exports.code.identifiers import identifiers
from glassnet.exports.columns import Cell, UsedColumn, cell_kind, levels_of
from glassnet.exports.formulas import WRITTEN_BY_HAND, Formulas
from glassnet.exports.plan import ExportPlan, PlannedTarget
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered
from glassnet.notation.dialects import C_FLOAT, C
from glassnet.tables.inputs import Binary, Categories
from glassnet.tables.targets import ClassTarget

BOUNDS = {"float64": 1e-9, "float32": 1e-4}
"""Of the self-test: the largest difference relative to a target's scale."""


def c_files(plan: ExportPlan, options: ExportOptions) -> Files:
    """The code and the header."""
    [name] = identifiers([options.name], "model", C_RESERVED)
    check_c_texts(plan)
    single = options.dtype == "float32"
    if single:
        check_single_precision(plan)
    literal = c_float_literal if single else c_literal
    columns = _columns(plan)
    targets = _targets(plan, name)
    content = {
        "plan": plan,
        "name": name,
        "file": c_stem(options),
        "type": "float" if single else "double",
        "f": "f" if single else "",
        "bound": BOUNDS[options.dtype],
        "formulas": _CFormulas(plan, C_FLOAT if single else C, literal, "C"),
        "columns": columns,
        "kinds": {of.kind for of in columns},
        "readings": CellReadings(plan),
        "targets": targets,
        "uses_largest": any(_uses_largest(of.planned) for of in targets),
        "check": partial(_check, literal),
        "memory": _memory(plan, 4 if single else 8),
        **CELL_CONSTANTS,
    }
    return {
        ".c": rendered("c.jinja", literal=literal, comment=c_comment, **content),
        ".h": rendered("c_header.jinja", literal=literal, comment=c_comment, **content),
    }


def c_stem(options: ExportOptions) -> str:
    """What the two files are called, without their endings: the code includes the header."""
    if re.fullmatch(r"[\w.+ -]+", options.name):
        return options.name
    [name] = identifiers([options.name], "model", C_RESERVED)
    return name


class _CFormulas(Formulas):
    """The formulas, whose functions do not have the names of those of <math.h>."""

    def function_of(self, activation: Activation) -> str:
        name = super().function_of(activation)
        is_free = name in WRITTEN_BY_HAND or name.startswith("activation_")
        return name if is_free else f"{name}_activation"


@dataclass(frozen=True)
class _CColumn:
    """A column, its field in the struct of a row, and the first of its inputs."""

    column: UsedColumn
    field: str
    first: int

    @property
    def kind(self) -> str:
        return cell_kind(self.column)

    @property
    def missing(self) -> str:
        """What stands for a missing cell."""
        return {"number": "NAN", "boolean": "-1"}.get(self.kind, "NULL")

    @property
    def levels(self) -> list[Any]:
        """The categories as cells are written."""
        assert isinstance(self.column, Binary | Categories)
        if self.kind == "boolean":
            return [int(level == "true") for level in self.column.levels]
        return levels_of(self.column)


def _columns(plan: ExportPlan) -> list[_CColumn]:
    fields = identifiers([column.name for column in plan.columns], "column", C_RESERVED)
    firsts = np.cumsum([0, *(len(column.features) for column in plan.columns)]).tolist()
    return [_CColumn(*of) for of in zip(plan.columns, fields, firsts[:-1], strict=True)]


@dataclass(frozen=True)
class _CTarget:
    """A target, and what it is called in the code."""

    planned: PlannedTarget
    number: int
    suffix: str
    """Of its fields in the struct of what is predicted: "" of the only target."""
    prefix: str
    """Of its type and its table of labels."""
    classes: tuple[str, ...]
    """The constants of its enumeration."""


def _uses_largest(planned: PlannedTarget) -> bool:
    """Whether the largest of several numbers is asked for."""
    target = planned.target
    is_class = isinstance(target, ClassTarget)
    return is_class and (target.threshold is None or planned.largest is not None)


def _targets(plan: ExportPlan, name: str) -> list[_CTarget]:
    names = identifiers([planned.target.name for planned in plan.targets], "target")
    several = len(names) > 1
    taken = {f"{name}_h", f"{name}_check"}
    found = []
    for number, (planned, of) in enumerate(zip(plan.targets, names, strict=True), 1):
        target = planned.target
        labels = target.label_texts if isinstance(target, ClassTarget) else []
        of_labels = identifiers(labels, "class", digit_first=True)
        classes = []
        for label in of_labels:
            constant = f"{name}_{of}_{label}"
            while constant in taken:
                constant += "_"
            taken.add(constant)
            classes.append(constant.upper())
        suffix = f"_{of}" if several else ""
        found.append(_CTarget(planned, number, suffix, f"{name}_{of}", tuple(classes)))
    return found


@dataclass(frozen=True)
class _Memory:
    """What the code needs, in bytes and numbers."""

    weights: int
    stack: int
    widest: int
    """Nodes of the widest hidden layer."""
    alternating: bool
    """Whether a network has several hidden layers, which need room for two."""


def _memory(plan: ExportPlan, bytes_a_number: int) -> _Memory:
    hidden = [[len(layer.biases) for layer in layers[:-1]] for layers in plan.networks]
    widest = max((max(nodes, default=0) for nodes in hidden), default=0)
    alternating = any(len(nodes) > 1 for nodes in hidden)
    weighed = max(
        (len(of.target.frequencies) for of in plan.targets if isinstance(of.target, ClassTarget)),
        default=0,
    )
    work = plan.n_inputs + plan.n_outputs + max(widest * (1 + alternating), weighed)
    return _Memory(plan.n_parameters * bytes_a_number, work * bytes_a_number, widest, alternating)


def _check(
    literal: Callable[[Any], str],
    check: CheckedRow,
    columns: list[_CColumn],
    targets: list[_CTarget],
) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of a row, and of what is predicted of it."""
    row = {of.field: _cell(literal, of, check.row[of.column.name]) for of in columns}
    predicted: dict[str, str] = {}
    for of in targets:
        predicted |= _expected(literal, of, check.predicted)
    return row, predicted


def _cell(literal: Callable[[Any], str], of: _CColumn, cell: Cell) -> str:
    if cell is None:
        return of.missing
    return str(int(cell)) if isinstance(cell, bool) else literal(cell)


def _expected(
    literal: Callable[[Any], str], of: _CTarget, predicted: dict[str, Cell]
) -> dict[str, str]:
    planned, names = of.planned, of.planned.names
    target = planned.target
    prediction = predicted[names.prediction]
    if not isinstance(target, ClassTarget):
        found = {"prediction": literal(prediction)}
        if planned.interval:
            found |= {"low": literal(predicted[names.low]), "high": literal(predicted[names.high])}
        return {field + of.suffix: text for field, text in found.items()}
    found = {"prediction": of.classes[target.labels.index(prediction)]}
    if planned.largest is not None:
        inside = planned.in_set(predicted)
        found["set"] = f"{{{', '.join(str(int(one)) for one in inside)}}}"
    p = [literal(predicted[name]) for name in names.probabilities]
    found["probability"] = f"{{{', '.join(p)}}}"
    return {field + of.suffix: text for field, text in found.items()}
