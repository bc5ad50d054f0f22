"""What one column of text could be, found from its cells alone.

A draft says which formats read the column; where there are several, `settle.py` chooses by what
the other columns of the table say.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.clocks import CLOCK, CLOCKS, ClockFormat
from glassnet.tables.formats.dates import PATTERNS, DateFormat
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.numbers import (
    CODE,
    INFINITE,
    NumberFormat,
    WrittenNumber,
    forms_of,
    is_currency,
    parse_number,
    shape,
)

FEW_CELLS = 60  # distinct cells by which the kind of a column is guessed before all are read
ORDINALS = {"st", "nd", "rd", "th"}
MAX_UNITS = 6  # different units that are still a slip and not codes such as 12A
SHORT_UNITS = set('kKmMgGlLhst%\u2030\u00b0"\u2032\u2033')  # of one character that may be units

DATES = tuple(DateFormat(pattern) for pattern in PATTERNS)
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True)
class Unread:
    """A cell that does not fit the rest of its column."""

    text: str
    problem: str
    """What it is not, or has not, as a message says it after the cell."""
    verb: str = "are"
    """What the others are, or have."""


@dataclass(frozen=True)
class Draft:
    """What a column of text could be.

    Parameters
    ----------
    formats : tuple of Format
        Those that read the most cells; none: the column is text. A decimal mark that no cell has
        is "".
    n_read : int
        How many cells they read.
    n_alike : int
        How many cells one or another format reads, and so look like those.
    n_known : int
        How many cells are not missing.
    unread : Unread, or None
        The first cell that they do not read.
    is_code : bool
        Whether it is text because of zeros in front.
    """

    formats: tuple[Format, ...] = ()
    n_read: int = 0
    n_alike: int = 0
    n_known: int = 0
    unread: Unread | None = None
    is_code: bool = False


def draft(cells: TextCells, rule: MissingRule) -> Draft:
    """What a column could be, by its cells that do not say "missing"."""
    known = [i for i, text in enumerate(cells.distinct) if not rule.among_numbers(text)]
    counts = cells.counts[known]
    texts = [cells.distinct[i] for i in known]
    find = _kind_of(texts)
    if find is None:
        return Draft(n_known=int(counts.sum()))
    return find(texts, counts)


def _kind_of(texts: Sequence[str]) -> Callable[[Sequence[str], np.ndarray], Draft] | None:
    """What finds the formats that most of some cells suggest; None where they suggest text."""
    sample = texts[:: max(1, len(texts) // FEW_CELLS)]
    likely = {
        _draft_clocks: lambda text: not text.isdigit() and CLOCK.fullmatch(text),
        _draft_dates: lambda text: any(date.regex.fullmatch(text) for date in DATES),
        _draft_numbers: lambda text: parse_number(text) or INFINITE.fullmatch(text),
    }
    for find, looks_so in likely.items():
        if sum(bool(looks_so(text)) for text in sample) >= len(sample) / 2:
            return find
    return None


def _draft_clocks(texts: Sequence[str], counts: np.ndarray) -> Draft:
    found = [(clock, ~np.isnan(clock.read(texts))) for clock in CLOCKS]
    return _best(found, texts, counts, "time")


def _draft_dates(texts: Sequence[str], counts: np.ndarray) -> Draft:
    sample = texts[:: max(1, len(texts) // FEW_CELLS)]
    likely = [date for date in DATES if any(date.regex.fullmatch(text) for text in sample)]
    found = [(date, ~np.isnan(date.read(texts))) for date in likely]
    return _best(found, texts, counts, "date")


def _best(
    found: Sequence[tuple[ClockFormat | DateFormat, np.ndarray]],
    texts: Sequence[str],
    counts: np.ndarray,
    what: str,
) -> Draft:
    """The formats that read the most cells; `found` is which distinct cells each reads."""
    n_read = max(int(counts[fits].sum()) for _, fits in found)
    best = [(written, fits) for written, fits in found if counts[fits].sum() == n_read]
    formats = tuple(written for written, _ in best) if n_read else ()
    _, fits = best[0]
    unread = None
    if not fits.all():
        text = texts[int(np.argmin(fits))]
        unread = Unread(text, f"is not a {what} {formats[0]}" if formats else "")
    alike = np.any([fits for _, fits in found], axis=0)
    return Draft(formats, n_read, int(counts[alike].sum()), int(counts.sum()), unread)


def _draft_numbers(texts: Sequence[str], counts: np.ndarray) -> Draft:
    n_known = int(counts.sum())
    parsed = [parse_number(text) for text in texts]
    if _are_codes(texts, parsed):
        return Draft(n_known=n_known, is_code=True)
    shapes = [shape(part.body) if part else "" for part in parsed]
    forms = {form: forms_of(form) for form in set(shapes) if form}
    cells_of_form: Counter[tuple[str, str]] = Counter()
    for name, count in zip(shapes, counts, strict=True):
        for form in forms.get(name, ()):
            cells_of_form[form] += int(count)
    if not cells_of_form:
        return Draft(n_known=n_known)
    most = max(cells_of_form.values())
    best = [form for form, count in cells_of_form.items() if count == most]
    infinite = np.array([bool(INFINITE.fullmatch(text)) for text in texts])
    alike = np.array([bool(forms.get(name)) for name in shapes]) | infinite
    fits = np.array([best[0] in forms.get(name, ()) for name in shapes]) | infinite
    unit = _unit(parsed, fits, counts)
    if unit is None:
        return Draft(n_known=n_known)
    used = {mark for name in forms for mark in name} - {"0", "9"}
    formats = [NumberFormat(decimal, mark, unit) for decimal, mark in best if mark in {"", *used}]
    right = np.array([part is None or formats[0].fits_unit(part) for part in parsed])
    unread = None
    if not (fits & right).all():
        i = int(np.argmin(fits & right))
        unread = _unread(texts[i], parsed[i], bool(fits[i]), formats[0])
    n_read, n_alike = int(counts[fits & right].sum()), int(counts[alike].sum())
    return Draft(tuple(_distinct(formats, used)), n_read, n_alike, n_known, unread)


def _distinct(formats: Iterable[NumberFormat], used: set[str]) -> list[NumberFormat]:
    """The formats that make different numbers of the cells; a decimal mark not used is ""."""
    found: dict[tuple[str, str], NumberFormat] = {}
    for written in formats:
        decimal = written.decimal if written.decimal in used else ""
        found[decimal, written.thousands] = replace(written, decimal=decimal)
    return list(found.values())


def _are_codes(texts: Sequence[str], parsed: Sequence[WrittenNumber | None]) -> bool:
    """Whether numbers with a zero in front are codes: those of digits alone are."""
    if not any(CODE.fullmatch(text) for text in texts):
        return False
    numbers = [text for text, part in zip(texts, parsed, strict=True) if part]
    return all(_DIGITS.fullmatch(text) for text in numbers)


def _unit(
    parsed: Sequence[WrittenNumber | None], fits: np.ndarray, counts: np.ndarray
) -> str | None:
    """The unit of most cells that have one; None where there are several that are no units."""
    cells_of_unit: Counter[str] = Counter()
    for part, fit, count in zip(parsed, fits, counts, strict=True):
        if part and part.unit and fit:
            cells_of_unit[part.unit] += int(count)
    if len(cells_of_unit) > 1 and not _are_units(cells_of_unit):
        return None
    return cells_of_unit.most_common(1)[0][0] if cells_of_unit else ""


def _are_units(names: Iterable[str]) -> bool:
    """Whether several texts after numbers are units, and not parts of codes such as 12A or 1st."""
    found = set(names)
    if len(found) > MAX_UNITS or found <= ORDINALS:
        return False
    return all(len(name) > 1 or name in SHORT_UNITS or is_currency(name) for name in found)


def _unread(text: str, part: WrittenNumber | None, fits: bool, written: NumberFormat) -> Unread:
    """A cell that a format does not read, and why."""
    if part is None or not (fits or written.decimal):
        return Unread(text, "is not a number")
    if not fits:
        return Unread(text, f"is not a number with '{written.decimal}' as decimal mark")
    if part.unit:
        return Unread(text, f"has another unit than '{written.unit}'", "have that one")
    return Unread(text, f"has not the unit '{written.unit}'", "have")
