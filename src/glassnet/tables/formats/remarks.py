"""What is said of a column of text: the errors of slips in it, and notices of what looks wrong."""

from collections import defaultdict
from collections.abc import Sequence

from glassnet.errors import GlassnetWarning, Message, OptionRef, TableError
from glassnet.tables.columns import is_name
from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.drafts import Draft
from glassnet.tables.formats.known import Format
from glassnet.tables.formats.numbers import NumberFormat, parse_number
from glassnet.tables.formats.reading import Reading, TextColumn

MOST = 0.75  # of the cells; where so many are numbers, those that are none are slips
SOME = 0.5  # of the cells; where so many are numbers, it is said that a column is left out
MANY_DIFFERENT = 10  # different cells; with fewer, numbers and a word are taken as categories
FEW_SLIPS = 3  # different cells; so few are slips where half the cells are numbers
FEW_LEVELS = 1000  # different texts that are searched for those that differ in case only


def is_slip(found: Draft, n_different: int) -> bool:
    """Whether the cells that no format reads are slips in a column of numbers, dates or times."""
    is_many = n_different > MANY_DIFFERENT or is_name(n_different, found.n_known)
    part = SOME if found.n_unread <= FEW_SLIPS else MOST
    return is_many and found.n_alike >= part * found.n_known


def slip(column: TextColumn, found: Draft, reading: Reading) -> TableError:
    """The error that names a cell which does not fit its column."""
    unread = found.unread
    assert unread is not None
    return TableError(
        f"'{unread.text}' {unread.problem}, "
        f"but {found.n_read} of {found.n_known} cells {unread.verb}",
        column=column.name,
        row=column.cells.first_row(column.cells.distinct.index(unread.text)),
        remedy=_remedies(column.name, unread.text, reading),
    )


def unlike_training(column: TextColumn, text: str, written: Format) -> TableError:
    """The error that names a cell of a new row which is not written as in training."""
    detail = f" ({written})"
    if isinstance(written, NumberFormat) and written == NumberFormat():
        detail = f" ('{written.decimal}' is the decimal mark)" if parse_number(text) else ""
    return TableError(
        f"'{text}' where the model was trained on {_plural(written)}{detail}",
        column=column.name,
        row=column.cells.first_row(column.cells.distinct.index(text)),
        remedy="write it alike, or empty it",
    )


def class_or_missing(column: TextColumn, text: str, count: int) -> TableError:
    """The error that asks whether a word in a target is a class."""
    cells = "1 cell" if count == 1 else f"{count} cells"
    return TableError(
        f"target '{column.name}': is '{text}', in {cells}, a class, or is the target missing?",
        column=column.name,
        remedy=[
            OptionRef("missing", [text]),
            " says that it is missing, ",
            OptionRef("missing", ""),
            " that it is a class",
        ],
    )


def category_or_missing(column: TextColumn, text: str, count: int) -> GlassnetWarning:
    """The notice that a word is taken as a category."""
    return GlassnetWarning(
        [
            f"column '{column.name}': '{text}', in {count} cells, is taken as a category; ",
            OptionRef("missing", [text]),
            " says that it is a missing cell",
        ],
        option="missing",
        column=column.name,
    )


def dropped_numbers(column: TextColumn, found: Draft, reading: Reading) -> list[GlassnetWarning]:
    """The notice that a column of text is left out, where much of it looks like numbers."""
    if found.is_code:
        reason = "its numbers have zeros in front, which makes them names"
    elif found.unread and found.n_alike >= SOME * found.n_known:
        what = _plural(found.formats[0])
        reason = (
            f"{found.n_alike} of {found.n_known} cells look like {what}, "
            f"but '{found.unread.text}' does not"
        )
    else:
        return []
    message: list[str | OptionRef] = [
        f"column '{column.name}' is taken as names and not used: {reason}"
    ]
    if "ignore" in reading.remedies:
        message += [
            "; ",
            OptionRef("categories", [column.name]),
            " uses it, ",
            OptionRef("ignore", [column.name]),
            " leaves it out without a word",
        ]
    return [GlassnetWarning(message, column=column.name)]


def alike_but_for_case(name: str, texts: Sequence[str], cells: TextCells) -> list[GlassnetWarning]:
    """The notice that letter case or spaces split one category."""
    alike: dict[str, list[str]] = defaultdict(list)
    for text in texts if len(texts) <= FEW_LEVELS else ():
        alike[" ".join(text.casefold().split())].append(text)
    groups = [group for group in alike.values() if len(group) > 1]
    if not groups:
        return []
    count = dict(zip(cells.distinct, cells.counts.tolist(), strict=True))
    written = " and ".join(f"'{text}' ({count[text]})" for text in groups[0])
    more = f", and {len(groups) - 1} more like them" if len(groups) > 1 else ""
    return [
        GlassnetWarning(
            f"column '{name}': {written} differ only in letter case or spaces and count as "
            f"different categories{more}",
            column=name,
            remedy="write them alike if they are the same",
        )
    ]


def _remedies(name: str, text: str, reading: Reading) -> Message:
    values = {"missing": [text], "categories": [name], "ignore": [name]}
    has_digits = any(letter.isdigit() for letter in text)
    allowed = [
        option
        for option in reading.remedies
        if (not has_digits if option == "missing" else name not in reading.targets)
    ]
    remedy: list[str | OptionRef] = ["mend or empty it"]
    for i, option in enumerate(allowed):
        last = " or " if i == len(allowed) - 1 else ", "
        remedy += [", or give " if i == 0 else last, OptionRef(option, values[option])]
    return remedy


def _plural(written: Format) -> str:
    if isinstance(written, DateFormat):
        return "dates"
    return "times" if isinstance(written, ClockFormat) else "numbers"
