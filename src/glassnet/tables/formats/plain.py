"""Columns of plain numbers, such as 12, -0.5 and 1e-3, read all at once.

Columns that are written in any other way take the longer way of `settle.py`.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.numbers import CODE

FEW = 1000  # cells that are looked at before all are

_OTHER_CHARACTER = re.compile(r"[^0-9+\-.eE\n]")
_CODE_LINE = re.compile(f"^{CODE.pattern}$", re.M)


def plain_numbers(texts: Sequence[str]) -> np.ndarray | None:
    """The numbers, one a text; None unless all are plain, and none is a code such as 01067."""
    joined = "\n".join(texts)
    if _OTHER_CHARACTER.search(joined) or _CODE_LINE.search(joined):
        return None
    try:
        return np.array([float(text) for text in texts])
    except ValueError:
        return None


def plain_text(cells: TextCells, rule: MissingRule) -> tuple[np.ndarray | None, set[str]]:
    """(N numbers, NaN where missing; the texts that mean missing); (None, none) as above."""
    marks = {text for text in cells.distinct if rule.among_numbers(text)}
    known = np.array([text not in marks for text in cells.distinct], bool)
    numbers = plain_numbers([text for text in cells.distinct if text not in marks])
    if numbers is None:
        return None, set()
    values = np.full(len(known), np.nan)
    values[known] = numbers
    return cells.numbers(values), marks


def plain_columns(
    frame: Any, names: Sequence[str], rule: MissingRule
) -> dict[str, tuple[np.ndarray, set[str]]]:
    """The columns of a Polars frame that are plain numbers, but for cells that say "missing".

    Parameters
    ----------
    frame : polars.DataFrame
    names : sequence of str
        Columns of strings.
    rule : MissingRule

    Returns
    -------
    dict
        Name -> (N numbers, NaN where missing; the texts that mean missing).
    """
    import polars

    if not names:
        return {}
    head = frame.select(names).head(FEW)
    found = head.select(polars.all().cast(polars.Float64, strict=False).is_not_null().any())
    likely = [name for name in names if found[name][0] or head[name].null_count()]
    return {
        name: (values, marks)
        for name, (values, marks) in numbers_of_texts(frame, likely, rule).items()
        if not (are_whole(values) and any_code(frame[name]))
    }


def numbers_of_texts(
    frame: Any, names: Sequence[str], rule: MissingRule
) -> dict[str, tuple[np.ndarray, set[str]]]:
    """The same of some rows, among whose whole numbers there may be codes such as 01067."""
    import polars

    texts = frame.select(names)
    known = texts
    if rule.given:  # which may be numbers, such as -999
        given = polars.all().str.strip_chars().is_in(list(rule.given))
        known = texts.select(polars.when(given).then(None).otherwise(polars.all()).name.keep())
    numbers = known.select(polars.all().cast(polars.Float64, strict=False))
    marks = {name: _marks(texts[name], numbers[name], rule) for name in texts.columns}
    plain = [name for name, texts_of in marks.items() if texts_of is not None]
    block = numbers.select(plain).to_numpy()  # N x plain columns
    return {
        name: (values, marks[name] or set()) for name, values in zip(plain, block.T, strict=True)
    }


def are_whole(values: np.ndarray) -> bool:
    """Whether all numbers are whole: only among those there may be codes."""
    known = values[np.isfinite(values)]
    return bool((known == np.floor(known)).all())


def any_code(texts: Any) -> bool:
    """Whether a Polars series of strings holds numbers with zeros in front, which are codes."""
    return bool(texts.filter(texts.str.starts_with("0")).str.contains(f"^{CODE.pattern}$").any())


def _marks(texts: Any, numbers: Any, rule: MissingRule) -> set[str] | None:
    """The texts that are no numbers but mean "missing"; None where some mean something else."""
    if rule.given is not None and numbers.is_nan().any():
        return None  # a cell is NaN, which may not be among those given
    if numbers.null_count() == texts.null_count():
        return set()
    others = texts.filter(numbers.is_null() & texts.is_not_null())
    for some in (others.head(FEW), others):
        found = {text.strip() for text in some.unique().to_list()} - {""}
        if not all(rule.among_numbers(text) for text in found):
            return None
    return found
