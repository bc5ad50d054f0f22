"""Which kind of cells a column of text has, guessed from some and then drafted from all."""

from collections.abc import Callable, Sequence

import numpy as np

from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.clocks import CLOCK
from glassnet.tables.formats.drafts import Draft
from glassnet.tables.formats.missing import MissingRule
from glassnet.tables.formats.number_drafts import draft_numbers
from glassnet.tables.formats.numbers import INFINITE, parse_number
from glassnet.tables.formats.time_drafts import DATES, draft_clocks, draft_dates, some_of


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
    sample = some_of(texts)
    likely = {
        draft_clocks: lambda text: not text.isdigit() and CLOCK.fullmatch(text),
        draft_dates: lambda text: any(date.regex.fullmatch(text) for date in DATES),
        draft_numbers: lambda text: parse_number(text) or INFINITE.fullmatch(text),
    }
    for find, looks_so in likely.items():
        if sum(bool(looks_so(text)) for text in sample) >= len(sample) / 2:
            return find
    return None
