"""How the cells of a workbook look."""

from typing import Any

_DATE = "yyyy-mm-dd"
_TIME = "[<0]-0.0000;[h]:mm:ss"  # one before midnight is no time: its part of a day, with its sign
_DIGITS = "0.0000"
_TRUTH = '"TRUE";"TRUE";"FALSE"'  # else LibreOffice shows 1 and 0
_TEXT = {"num_format": "@"}  # what is typed stays as it is: 007 does not become 7
_TYPED = {"bg_color": "#FFF8D6", "border": 1, "border_color": "#D9C97A"}
_PREDICTED = {"bg_color": "#E4EFFA", "border": 1, "border_color": "#A9C3DE"}

STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "bold": {"bold": True},
    "title": {"bold": True, "font_size": 13},
    "about": {"bold": True, "text_wrap": True, "valign": "top"},
    "note": {"text_wrap": True, "valign": "top"},
    "group": {"bold": True, "font_color": "#555555"},
    "header": {"bold": True, "bottom": 1, "bg_color": "#EEEEEE"},
    "label": {"italic": True, "font_color": "#555555"},
    "constant": {"font_color": "#1F4E9C", "num_format": _DIGITS, "align": "right"},
    "weight": {"font_color": "#1F4E9C", "num_format": _DIGITS},
    "computed": {"num_format": _DIGITS},
    "whole": {"num_format": "0"},
    "difference": {"num_format": "0.0E+00"},
    "typed": _TYPED,
    "typed date": {**_TYPED, "num_format": _DATE},
    "typed time": {**_TYPED, "num_format": _TIME},
    "typed boolean": {**_TYPED, "num_format": _TRUTH},
    "typed text": {**_TYPED, **_TEXT},
    "text": _TEXT,
    "expected": {},
    "expected text": {},
    "expected boolean": {"num_format": _TRUTH},
    "expected date": {"num_format": _DATE},
    "expected time": {"num_format": _TIME},
    "predicted": _PREDICTED,
    "predicted number": {**_PREDICTED, "num_format": _DIGITS},
    "empty": {"font_color": "#B8B8B8"},
}
"""The formats of XlsxWriter, by what they are for; constants are blue."""
