"""A model as an ES module, with types for TypeScript beside it."""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.errors import CONTROLS, visible
from glassnet.exports.code.common import (
    CELL_BLANKS,
    CamelFormulas,
    cell_pattern,
    format_of,
    formats_of,
    needs_unit,
)
from glassnet.exports.plan import ExportPlan, UsedColumn, cell_kind
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items
from glassnet.notation.dialects import JAVASCRIPT, Symbol, write
from glassnet.tables.columns import LARGEST
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000, MONTHS, DateFormat
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.inputs import Binary, Categories


def javascript_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The module and its types."""
    formats = formats_of(plan.columns)
    dates = [one.pattern for one in formats if isinstance(one, DateFormat)]
    content = {
        "plan": plan,
        "kinds": {cell_kind(column) for column in plan.columns},
        "kind_of": cell_kind,
        "comment": _comment,
        "key": _key,
    }
    module = rendered(
        "javascript.mjs.jinja",
        javascript_literal,
        formulas=CamelFormulas(plan, JAVASCRIPT, javascript_literal, "JavaScript"),
        numbers=javascript_numbers,
        formats=formats,
        format_kinds={one.kind for one in formats},
        settings=_settings,
        any_unit=any(isinstance(one, NumberFormat) and one.unit for one in formats),
        any_name=any("mon" in one for one in dates),
        any_short_year=any("yyyy" not in one for one in dates),
        months=MONTHS,
        reading=lambda column: _reading(column, formats),
        levels=_levels,
        two_levels=_two_levels,
        blanks=CELL_BLANKS,
        marks=plan.missing_marks,
        last_year=LAST_YEAR_OF_2000,
        largest=LARGEST,
        **content,
    )
    return {
        ".mjs": module,
        ".d.mts": rendered("javascript.d.mts.jinja", javascript_literal, **content),
    }


def javascript_literal(value: Any) -> str:
    r"""A value as JavaScript writes it: numbers to the last digit, text with its controls escaped.

    >>> [javascript_literal(value) for value in (0.1, float("-inf"), "a\u202e'</b>", None)]
    ['0.1', '-Infinity', '"a\\u202e\'<\\/b>"', 'null']
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False).replace("</", r"<\/").replace("<!", r"<\u0021")
        return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(javascript_literal, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def javascript_numbers(values: Sequence[float] | np.ndarray, indent: int = 2) -> str:
    """Numbers with commas in between, on as many lines as they need."""
    return wrapped_items([javascript_literal(float(value)) for value in values], indent)


def _comment(text: str) -> str:
    """Text as it may stand in a comment, in a page's script as well."""
    return visible(text).replace("</", "< /").replace("<!", "< !")


def _key(name: str) -> str:
    """A name as a key of an object, which `__proto__` is in brackets only."""
    return f"[{javascript_literal(name)}]" if name == "__proto__" else javascript_literal(name)


def _settings(written: Format) -> str:
    """An object of what the reader of a column's cells needs to know."""
    settings = [f"pattern: {_pattern(written)}"]
    if isinstance(written, NumberFormat):
        settings += [f"decimal: {javascript_literal(written.decimal)}"]
        if written.unit:
            settings += [f"unit: {javascript_literal(written.unit)}"]
            settings += [f"needsUnit: {javascript_literal(needs_unit(written))}"]
    if isinstance(written, ClockFormat):
        settings += [f"halves: {javascript_literal(written.halves)}"]
    return "".join(f"\n  {setting}," for setting in settings)


def _pattern(written: Format) -> str:
    """The pattern of a whole cell as a literal."""
    pattern = cell_pattern(written).replace("/", r"\/")
    return f"/^(?:{pattern})$/{'i' if written.kind == 'date' else ''}"


def _reading(column: UsedColumn, formats: list[Format]) -> str:
    """The call that reads a cell of the column: of the row, by the column's name."""
    cell = f"row, {javascript_literal(column.name)}"
    written = format_of(column)
    if written is None:
        return f"{'truth' if cell_kind(column) == 'boolean' else 'text'}({cell})"
    reader = {"number": "number", "date": "day", "clock": "hours"}[written.kind]
    return f"{reader}({cell}, FORMAT_{formats.index(written) + 1})"


def _levels(column: Binary | Categories) -> list[Any]:
    """The categories as cells are read."""
    return list(map(float, column.levels)) if column.cells == "number" else list(column.levels)


def _two_levels(column: Binary) -> str:
    """The feature of two categories."""
    low, high = map(javascript_literal, _levels(column))
    return write(
        Binary.formula, JAVASCRIPT, {"x": Symbol("cell"), "p": Symbol(low), "q": Symbol(high)}
    )
