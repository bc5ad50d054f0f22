"""A model as a script of R."""

import re
from functools import partial
from typing import Any

from glassnet.errors import GlassnetError, visible
from glassnet.exports.code.cells import CELL_CONSTANTS, CellReadings, pattern_parts
from glassnet.exports.code.literals import LiteralStyle, literal_of
from glassnet.exports.columns import columns_of_rows, levels_of
from glassnet.exports.formulas import Formulas
from glassnet.exports.plan import ExportPlan
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import LINE_WIDTH, rendered
from glassnet.notation.dialects import R_COLUMNS
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.dates import MICROSECONDS_A_DAY, DateFormat
from glassnet.tables.formats.numbers import NumberFormat

_READERS = {
    "number": "read_numbers",
    "clock": "read_hours",
    "date": "read_days",
    "boolean": "read_truths",
    "text": "read_texts",
}
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
NOT_IN_R = re.compile("[\0\ud800-\udfff]")  # characters that no text of R has


def r_files(plan: ExportPlan, _: ExportOptions) -> Files:
    """The script."""
    readings = CellReadings(plan)
    text = rendered(
        "r.jinja",
        literal=r_literal,
        comment=_comment,
        plan=plan,
        formulas=Formulas(plan, R_COLUMNS, r_literal, "R"),
        readings=readings,
        readers=_READERS,
        settings=partial(readings.settings, literal=r_literal, equals=" = "),
        pattern=lambda written: _pattern(_written(written)),
        clock=_pattern(CLOCK.pattern),
        levels=levels_of,
        **CELL_CONSTANTS,
        day=float(MICROSECONDS_A_DAY),
        columns_of_rows=columns_of_rows,
    )
    return {".R": text}


def r_literal(value: Any) -> str:
    r"""A value as R writes it: numbers to the last digit, text in ASCII alone.

    R reads a script in the encoding of the machine that it runs on; ASCII is the same in all.

    >>> print(*map(r_literal, ["it's \u00fc", 0.1, True, None, ["a", "b"]]))
    "it's \u00fc" 0.1 TRUE NA c("a", "b")
    """
    return literal_of(value, _STYLE)


def _text_literal(text: str) -> str:
    if NOT_IN_R.search(text):
        raise GlassnetError(
            f"R has no text with a character such as in {ascii(text)[:80]}",
            remedy="give it another name or category, or export to python",
        )
    return '"' + re.sub(r'[^ -~]|["\\]', lambda found: _escaped(found[0]), text) + '"'


_STYLE = LiteralStyle(_text_literal, "NA", "TRUE", "FALSE", "Inf", "NaN", listed="c({})")


def _comment(text: str) -> str:
    """Text as it may stand in a comment, in ASCII."""
    return visible(text).encode("ascii", "backslashreplace").decode()


def _escaped(letter: str) -> str:
    """A character within a text of R."""
    code = ord(letter)
    return _SHORT_ESCAPES.get(letter) or (f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}")


def _written(written: NumberFormat | DateFormat) -> str:
    """The pattern of numbers, or of dates, whose letters may be small or large."""
    ignore_case = "(?i)" if isinstance(written, DateFormat) else ""
    return ignore_case + written.regex.pattern


def _pattern(pattern: str) -> list[str]:
    """A regular expression as texts that are pasted together."""
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), pattern)
    return list(map(r_literal, pattern_parts(plain, LINE_WIDTH - 20)))
