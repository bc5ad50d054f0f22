"""A model as a module of Python's standard library."""

import math
import re
from typing import Any

from glassnet.errors import CONTROLS, visible
from glassnet.exports.code.cells import CELL_CONSTANTS, CELL_READERS, CellReadings, pattern_parts
from glassnet.exports.columns import UsedColumn, columns_of_rows, levels_of
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import LINE_WIDTH, rendered
from glassnet.notation.dialects import PYTHON
from glassnet.notation.write import Dialect
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.dates import MICROSECONDS_A_DAY


def python_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The module."""
    return {".py": python_module("python.jinja", plan, PYTHON)}


def python_module(template: str, plan: ExportPlan, dialect: Dialect) -> str:
    """A module of Python by its template, its formulas in a dialect of Python."""
    readings = CellReadings(plan)

    def reading(column: UsedColumn) -> str:
        """What follows the name and the cells in the call that reads them."""
        found = readings.of[column.name]
        units = f", units={python_literal(found.units)}" if found.units else ""
        halves = f", halves={found.halves}" if found.kind == "clock" else ""
        return f", {found.pattern}{units}" if found.pattern else halves

    return rendered(
        template,
        literal=python_literal,
        plan=plan,
        formulas=Formulas(plan, dialect, python_literal, "Python"),
        readings=readings,
        reading=reading,
        readers=CELL_READERS,
        pattern=lambda written: _pattern(written.regex.pattern),
        clock=_pattern(CLOCK.pattern),
        levels=levels_of,
        **CELL_CONSTANTS,
        day=MICROSECONDS_A_DAY,
        docstring=_docstring,
        columns_of_rows=columns_of_rows,
    )


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
    return float.__repr__(value) if isinstance(value, float) else repr(value)  # also NumPy's


def _pattern(pattern: str) -> list[str]:
    """A regular expression as raw strings that stand in a row."""
    escaped = re.sub('[^ -~]|"', lambda found: _regex_escape(ord(found[0])), pattern)
    return [f'r"{part}"' for part in pattern_parts(escaped, LINE_WIDTH - 10)]


def _regex_escape(code: int) -> str:
    """A character as a regular expression can write it."""
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _docstring(text: str) -> str:
    """Text as it may stand within three quotes."""
    return visible(text).replace("\\", "\\\\").replace('"', "'")
