"""Every formula that the page shows, and the rules that it reads tables by, as the library has
them: built into the page as data.
"""

import re
from typing import Any

from glassnet.core.activations import OUTPUTS, Softmax
from glassnet.core.losses import LOSSES
from glassnet.errors import CONTROLS
from glassnet.models.record import Record
from glassnet.models.typed import data_of
from glassnet.recipe.defaults import ROBUST_LOSSES
from glassnet.runs.article_table import MOST_CATEGORIES
from glassnet.tables import row_numbers
from glassnet.tables.columns import LARGEST
from glassnet.tables.files.header import NUMERAL
from glassnet.tables.files.layout import BEFORE_HEADER, SEPARATORS
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.dates import LAST_YEAR_OF_2000, MONTHS, PATTERNS
from glassnet.tables.formats.missing import AMBIGUOUS_MARKS, PROGRAM_MARKS
from glassnet.tables.formats.numbers import CODE, INFINITE, PLAIN, SHAPES, WRITTEN
from glassnet.tables.formats.time_drafts import DATES
from glassnet.tables.inputs import MAX_LEVELS, SMOOTH_CLIP, Binary, Categories, Number
from glassnet.tables.targets import (
    MAX_FOUND_CLASSES,
    MIN_CLASS_ROWS,
    NEGLIGIBLE,
    NORMAL_QUARTILES,
    ClassTarget,
    NumberTarget,
)

UPDATES = {
    "gradient_descent": {"new": "w - r * g"},
    "adam": {
        "mean": "b * m + (1 - b) * g",
        "mean_square": "c * v + (1 - c) * g * g",
        "new": "w - r * (m / (1 - b**t)) / (sqrt(v / (1 - c**t)) + h)",
    },
}
"""What an update makes of a weight w and of what is remembered of it, eq. (13) and (17): r is the
learning rate, g the gradient, t the number of the update, b, c and h the optimizer's settings, m
and v the running means, in "new" after the update."""


def formulas() -> dict[str, Any]:
    """Name -> formula or formulas, as Python expressions of short names; ready for JSON."""
    return {
        "activations": {
            name: {
                "formula": activation.formula,
                "derivative_formula": activation.derivative_formula,
                "row_term": activation.row_term,
            }
            for name, activation in OUTPUTS.items()
        },
        "softmax_backward": Softmax.backward_formula,
        "losses": {
            name: {
                "reduction": loss.reduction,
                "output": loss.output,
                "of_probabilities": loss.targets == (0, 1),
                "setting": loss.setting,
                "setting_name": loss.setting_name,
                "formula": loss.formula,
                "derivative_formula": loss.derivative_formula,
                "stable_formula": loss.stable_formula,
                "row_term": loss.row_term,
            }
            for name, loss in LOSSES.items()
        },
        "inputs": {
            "number": Number.formulas,
            "binary": Binary.formula,
            "categories": Categories.formula,
            "smooth_clip": SMOOTH_CLIP,
        },
        "targets": {"number": NumberTarget.formulas, "class": ClassTarget.formulas},
        "updates": UPDATES,
        "rules": {"reading": _reading(), "learning": _learning(), "record": data_of(Record())},
    }


def _reading() -> dict[str, Any]:
    """How the text of a table is read; regular expressions as JavaScript writes them."""
    return {
        "controls": CONTROLS.pattern,
        "separators": SEPARATORS,
        "before_header": _in_javascript(BEFORE_HEADER),
        "numeral": NUMERAL.pattern,
        "plain": PLAIN.pattern,
        "infinite": INFINITE.pattern,
        "code": CODE.pattern,
        "forms": [
            {"decimal": decimal, "thousands": thousands, "pattern": shape.pattern}
            for (decimal, thousands), shape in SHAPES.items()
        ],
        "written": _in_javascript(WRITTEN),
        "clock": _in_javascript(CLOCK),
        "dates": [_in_javascript(date.regex) for date in DATES],
        "date_patterns": PATTERNS,
        "last_year_of_2000": LAST_YEAR_OF_2000,
        "months": MONTHS,
        "missing": sorted(PROGRAM_MARKS),
        "missing_among_numbers": sorted(AMBIGUOUS_MARKS),
    }


def _learning() -> dict[str, Any]:
    """What decides which encoding a column gets."""
    return {
        "largest": LARGEST,
        "most_categories": MOST_CATEGORIES,
        "max_levels": MAX_LEVELS,
        "max_found_classes": MAX_FOUND_CLASSES,
        "min_class_rows": MIN_CLASS_ROWS,
        "negligible": NEGLIGIBLE,
        "normal_quartiles": NORMAL_QUARTILES,
        "robust_losses": ROBUST_LOSSES,
        "nameless": row_numbers.NAMELESS,
        "row_numbers": row_numbers.ROW_NUMBERS,
        "from_r": row_numbers.FROM_R,
    }


def _in_javascript(regex: re.Pattern[str]) -> str:
    """The pattern as JavaScript writes named groups and the end of the text."""
    return regex.pattern.replace("(?P<", "(?<").replace(r"\Z", "$")
