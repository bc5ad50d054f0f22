"""A model as a module of Python's standard library."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.errors import CONTROLS, visible
from glassnet.exports.code.common import MISSING_MARKS, cell_pattern, formats_of, needs_unit
from glassnet.exports.plan import ExportPlan, cell_kind
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import Formulas, rendered, wrapped_items
from glassnet.notation.dialects import PYTHON, Symbol, write
from glassnet.tables.columns import LARGEST
from glassnet.tables.formats.clocks import CLOCK, ClockFormat
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000, MONTHS, DateFormat
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.inputs import Binary, Categories


def python_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The module."""
    formats = formats_of(plan.columns)
    any_unit = any(isinstance(one, NumberFormat) and one.unit for one in formats)
    formulas = Formulas(plan, PYTHON, python_literal, "Python")
    text = rendered(
        "python.py.jinja",
        plan=plan,
        formulas=formulas,
        literal=python_literal,
        numbers=python_numbers,
        reading=lambda column: _reading(column, any_unit),
        levels=_levels,
        two_levels=_two_levels,
        any_unit=any_unit,
        marks=MISSING_MARKS,
        months=MONTHS,
        largest=LARGEST,
        kinds={cell_kind(column) for column in plan.columns},
        any_clock=any(_is_clock(column) for column in plan.columns),
        clock=CLOCK.pattern,
        last_year=LAST_YEAR_OF_2000,
        docstring=_docstring,
    )
    return {".py": text}


def python_literal(value: Any) -> str:
    r"""A value as Python writes it: numbers to the last digit, text with its controls escaped.

    >>> [python_literal(value) for value in (0.1, float("-inf"), "a\u202eb", None)]
    ['0.1', '-math.inf', "'a\\u202eb'", 'None']
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "math.nan" if math.isnan(value) else f"{'-' if value < 0 else ''}math.inf"
    if isinstance(value, str):
        return CONTROLS.sub(lambda found: ascii(found[0])[1:-1], repr(value))
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(python_literal, value))}]"
    return repr(value)


def _docstring(text: str) -> str:
    """Text as it may stand within three quotes."""
    return visible(text).replace("\\", "\\\\").replace('"', "'")


def python_numbers(values: Sequence[float] | np.ndarray, indent: int = 4) -> str:
    """Numbers with commas in between, on as many lines as they need."""
    return wrapped_items([repr(float(value)) for value in values], indent)


def _is_clock(column: Any) -> bool:
    """Whether a column's numbers are written as times of day."""
    return isinstance(getattr(column, "format", None), ClockFormat)


def _reading(column: Any, any_unit: bool) -> str:
    """The call that reads a cell of the column: of the row, by the column's name."""
    cell = f"row, {python_literal(column.name)}"
    kind = cell_kind(column)
    written = getattr(column, "format", None)
    if kind == "date":
        known = written if isinstance(written, DateFormat) else DateFormat("yyyy-mm-dd")
        return f"day({cell}, {python_literal(known.regex.pattern)})"
    if isinstance(written, ClockFormat):
        return f"hours({cell}, halves={written.halves})"
    if kind == "number":
        known = written if isinstance(written, NumberFormat) else NumberFormat()
        pattern = re.sub(r"\(\?<(?![=!])", "(?P<", cell_pattern(known))
        unit = f", {python_literal(known.unit)}, {needs_unit(known)}" if any_unit else ""
        return f"number({cell}, {python_literal(pattern)}, {python_literal(known.decimal)}{unit})"
    return f"truth({cell})" if kind == "boolean" else f"text({cell})"


def _levels(column: Binary | Categories) -> list[Any]:
    """The categories as cells are read."""
    return list(map(float, column.levels)) if column.cells == "number" else list(column.levels)


def _two_levels(column: Binary) -> str:
    """The feature of two categories."""
    low, high = map(python_literal, _levels(column))
    return write(Binary.formula, PYTHON, {"x": Symbol("cell"), "p": Symbol(low), "q": Symbol(high)})
