"""What a column of text could be where its cells look like numbers: marks, and a unit."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from glassnet.tables.formats.drafts import Draft, Unread
from glassnet.tables.formats.numbers import (
    FORMS,
    NumberFormat,
    NumberGroup,
    WrittenNumber,
    forms_of,
    is_currency,
    number_groups,
    parse_number,
)
from glassnet.tables.formats.shapes import LONGEST

ORDINALS = {"st", "nd", "rd", "th"}
MAX_UNITS = 6  # different units that are still a slip and not codes such as 12A
LONGEST_UNIT = 8  # characters of a unit that not all cells have
SHORT_UNITS = set('kKmMgGlLhst%\u2030\u00b0"\u2032\u2033')  # of one character that may be units

_DIGITS = re.compile("[09]+")

Form = tuple[str, str]
"""A decimal mark and a mark between thousands."""


def draft_numbers(texts: Sequence[str], counts: np.ndarray) -> Draft:
    """Of distinct cells, and how often each stands there: numbers."""
    groups = number_groups(texts)
    cells = [int(counts[group.positions].sum()) for group in groups]
    n_known = int(counts.sum())
    if _are_codes(groups):
        return Draft(n_known=n_known, is_code=True)
    forms = [set(forms_of(group.written.body)) if group.written else set() for group in groups]
    best = _best_forms(forms, cells)
    if not best:
        return Draft(n_known=n_known)
    unit = _unit(groups, [best[0] in some for some in forms], cells)
    formats = _formats(best, unit or "", _marks(groups))
    first = replace(formats[0], decimal=best[0][0])
    n_read = n_alike = n_unread = 0
    at = len(texts)
    for group, some, count in zip(groups, forms, cells, strict=True):
        fits_unit = group.written is None or first.fits_unit(group.written)
        # where the unit is None, what stands beside the other numbers makes codes of them
        n_alike += count * (group.infinite or (bool(some) and (unit is not None or fits_unit)))
        if group.infinite or (group.written and first.fits(group.written)):
            n_read += count
        else:
            n_unread += len(group.positions)
            at = min(at, group.positions[0])
    at = min([at, *_too_long(texts)])
    if not n_read:
        return Draft(n_known=n_known)
    unread = _unread(texts[at], first) if at < len(texts) else None
    return Draft(formats, n_read, n_alike, n_known, unread, n_unread)


def _too_long(texts: Sequence[str]) -> list[int]:
    """The position of the first text that is too long to be looked at."""
    return [i for i, text in enumerate(texts) if len(text) > LONGEST][:1]


def _marks(groups: Iterable[NumberGroup]) -> set[str]:
    """The marks that stand between digits."""
    return {mark for group in groups if group.written for mark in group.written.body} - {"0", "9"}


def _best_forms(forms: Sequence[set[Form]], counts: Sequence[int]) -> list[Form]:
    """The forms that the most cells can have."""
    cells: Counter[Form] = Counter()
    for some, count in zip(forms, counts, strict=True):
        cells.update(dict.fromkeys(some, count))
    most = max(cells.values(), default=0)
    return [form for form in FORMS if cells[form] == most > 0]


def _formats(forms: Iterable[Form], unit: str, used: set[str]) -> tuple[NumberFormat, ...]:
    """The formats that make different numbers of the cells; a decimal mark not used is ""."""
    found: dict[Form, NumberFormat] = {}
    for decimal, thousands in forms:
        if thousands in {"", *used}:
            mark = decimal if decimal in used else ""
            found[mark, thousands] = NumberFormat(mark, thousands, unit)
    return tuple(found.values())


def _are_codes(groups: Sequence[NumberGroup]) -> bool:
    """Whether numbers with a zero in front are codes: those of digits alone are."""
    found = [(group.written, group.positions) for group in groups if group.written]
    digits_alone = all(_DIGITS.fullmatch(w.body) and not _is_dressed(w) for w, _ in found)
    return digits_alone and any(w.body[0] == "0" and len(w.body) > 1 for w, _ in found)


def _is_dressed(written: WrittenNumber) -> bool:
    """Whether a number of digits alone has a sign, an exponent or a unit."""
    return written.span[0] > 0 or written.negative or bool(written.unit) or any(written.exponent)


def _unit(groups: Sequence[NumberGroup], fits: Sequence[bool], cells: Sequence[int]) -> str | None:
    """The unit of most cells that have one; None where what stands there are no units."""
    cells_of_unit: Counter[str] = Counter()
    for group, fit, count in zip(groups, fits, cells, strict=True):
        if group.written and fit:
            cells_of_unit[group.written.unit] += count
    units = [unit for unit, _ in cells_of_unit.most_common() if unit]
    if len(cells_of_unit) > 1 and not _are_units(units):
        return None
    return units[0] if units else ""


def _are_units(names: Iterable[str]) -> bool:
    """Whether several texts after numbers are units, and not parts of codes such as 12A or 1st."""
    found = set(names)
    if len(found) > MAX_UNITS or found <= ORDINALS:
        return False
    return all(
        1 < len(name) <= LONGEST_UNIT or name in SHORT_UNITS or is_currency(name) for name in found
    )


def _unread(text: str, written: NumberFormat) -> Unread:
    """A cell that a format does not read, and why."""
    part = parse_number(text)
    if part is None or not forms_of(part.body):
        return Unread(text, "is not a number")
    if written.fits_unit(part):
        return Unread(text, f"is not a number with '{written.decimal}' as decimal mark")
    if part.unit and written.unit:
        return Unread(text, f"has another unit than '{written.unit}'", "have that one")
    if part.unit:
        return Unread(text, "is not a number")
    return Unread(text, f"has not the unit '{written.unit}'", "have")
