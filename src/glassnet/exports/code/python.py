"""A model as a module of Python's standard library."""

import re
from functools import partial
from textwrap import wrap
from typing import Any

from glassnet.errors import CONTROLS, visible
from glassnet.exports.code.cells import CELL_CONSTANTS, CELL_READERS, CellReadings, pattern_parts
from glassnet.exports.code.literals import LiteralStyle, literal_of
from glassnet.exports.columns import columns_of_rows, levels_of
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
    return rendered(
        template,
        literal=python_literal,
        plan=plan,
        formulas=Formulas(plan, dialect, python_literal, "Python"),
        readings=readings,
        settings=partial(readings.settings, literal=python_literal, equals="="),
        readers=CELL_READERS,
        pattern=lambda written: _pattern(written.regex.pattern),
        clock=_pattern(CLOCK.pattern),
        levels=levels_of,
        **CELL_CONSTANTS,
        day=MICROSECONDS_A_DAY,
        title="\n".join(wrap(f"{_docstring(plan.title)}.", LINE_WIDTH - len('"""'))),
        docstring=_docstring,
        columns_of_rows=columns_of_rows,
    )


def python_literal(value: Any) -> str:
    r"""A value as Python writes it: numbers to the last digit, text with its controls escaped.

    >>> [python_literal(value) for value in (0.1, float("-inf"), "a\u202eb", None)]
    ['0.1', '-math.inf', "'a\\u202eb'", 'None']
    """
    return literal_of(value, _STYLE)


def _text_literal(text: str) -> str:
    return CONTROLS.sub(lambda found: ascii(found[0])[1:-1], repr(text))


_STYLE = LiteralStyle(_text_literal, "None", "True", "False", "math.inf", "math.nan")


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
