"""What a column of text could be where its cells look like dates or times of day."""

from collections.abc import Sequence

import numpy as np

from glassnet.tables.formats.clocks import CLOCKS, ClockFormat
from glassnet.tables.formats.dates import PATTERNS, DateFormat
from glassnet.tables.formats.drafts import Draft, Unread

FEW_CELLS = 60  # distinct cells by which a column is guessed at before all are read

DATES = tuple(DateFormat(pattern) for pattern in PATTERNS)


def some_of(texts: Sequence[str]) -> Sequence[str]:
    """A few texts from all over a column."""
    return texts[:: max(1, len(texts) // FEW_CELLS)]


def draft_clocks(texts: Sequence[str], counts: np.ndarray) -> Draft:
    """Of distinct cells, and how often each stands there: times of day."""
    found = [(clock, ~np.isnan(clock.read(texts))) for clock in CLOCKS]
    return _best(found, texts, counts, "time")


def draft_dates(texts: Sequence[str], counts: np.ndarray) -> Draft:
    """The same for dates: by the patterns that some of them have."""
    sample = some_of(texts)
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
        written = f" {formats[0]}" if formats and what == "date" else ""
        unread = Unread(text, f"is not a {what}{written}")
    alike = np.any([fits for _, fits in found], axis=0)
    n_alike, n_known = int(counts[alike].sum()), int(counts.sum())
    return Draft(formats, n_read, n_alike, n_known, unread, int((~fits).sum()))
