"""A model as an ES module, with types for TypeScript beside it."""

import json
from functools import partial
from typing import Any

from glassnet.errors import CONTROLS, visible
from glassnet.exports.code.cells import (
    CELL_BLANKS,
    CELL_CONSTANTS,
    CELL_READERS,
    CellReadings,
    named_groups,
)
from glassnet.exports.code.literals import LiteralStyle, literal_of
from glassnet.exports.columns import cell_kind, levels_of
from glassnet.exports.formulas import CamelFormulas
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered
from glassnet.notation.dialects import JAVASCRIPT
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat


def javascript_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The module and its types."""
    readings = CellReadings(plan)
    module = rendered(
        "javascript.jinja",
        literal=javascript_literal,
        comment=_comment,
        plan=plan,
        key=_key,
        readings=readings,
        formulas=CamelFormulas(plan, JAVASCRIPT, javascript_literal, "JavaScript"),
        pattern=_pattern,
        clock=f"/^(?:{named_groups(CLOCK.pattern)})$/",
        readers=CELL_READERS,
        settings=partial(readings.settings, literal=javascript_literal),
        levels=levels_of,
        blanks=CELL_BLANKS,
        **CELL_CONSTANTS,
    )
    types = rendered(
        "javascript_types.jinja",
        literal=javascript_literal,
        comment=_comment,
        plan=plan,
        kinds={cell_kind(column) for column in plan.columns},
        kind_of=cell_kind,
    )
    return {".mjs": module, ".d.mts": types}


def javascript_literal(value: Any) -> str:
    r"""A value as JavaScript writes it: numbers to the last digit, text with its controls escaped.

    >>> [javascript_literal(value) for value in (0.1, float("-inf"), "a\u202e'</b>", None)]
    ['0.1', '-Infinity', '"a\\u202e\'<\\/b>"', 'null']
    """
    return literal_of(value, _STYLE)


def _text_literal(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False).replace("</", r"<\/").replace("<!", r"<\u0021")
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


_STYLE = LiteralStyle(_text_literal, "null", "true", "false", "Infinity", "NaN")


def _comment(text: str) -> str:
    """Text as it may stand in a comment, in a page's script as well."""
    return visible(text).replace("</", "< /").replace("<!", "< !")


def _key(name: str) -> str:
    """A name as a key of an object, which `__proto__` is in brackets only."""
    return f"[{javascript_literal(name)}]" if name == "__proto__" else javascript_literal(name)


def _pattern(written: NumberFormat | DateFormat) -> str:
    """The pattern of a whole cell as a literal."""
    pattern = named_groups(written.regex.pattern).replace("/", r"\/")
    return f"/^(?:{pattern})$/{'i' if isinstance(written, DateFormat) else ''}"
