"""Dates in every way that they are written, and texts that nearly are dates."""

import numpy as np

from glassnet.tables.formats.dates import PATTERNS, DateFormat


def drawn_dates(seed: int = 0, of_a_pattern: int = 60) -> list[tuple[str, str]]:
    """Patterns and texts, of which at least a third is such a date, and a third is none."""
    random = np.random.default_rng(seed)
    cases = [(pattern, _date(random, pattern)) for pattern in PATTERNS for _ in range(of_a_pattern)]
    read = np.isfinite([DateFormat(pattern).read([text])[0] for pattern, text in cases])
    assert 1 / 3 < read.mean() < 2 / 3
    return cases


def _date(random: np.random.Generator, pattern: str) -> str:
    """A date, often with a time and a zone, sometimes with a character that is another."""

    def one_of(*texts: str) -> str:
        return texts[random.integers(len(texts))]

    days = float(random.integers(-700_000, 2_900_000) if "yyyy" in pattern else 12_345)
    text = one_of("", "", "Mon, ", "thursday ", "SUN. ") + DateFormat(pattern).write(days)
    if random.random() < 0.6:
        hour, minute, second = random.integers(0, [25, 61, 61])
        text += one_of(" ", "T", ", ", "t") + f"{hour:02}:{minute:02}"
        text += one_of("", f":{second:02}", f":{second:02}.5", f":{second:02},1234567")
        text += one_of("", "", "", " am", "PM", " p.m.")
        text += one_of("", "", "Z", " UTC", "+02", "-0330", " +14:00", "\u221201:00", " gmt")
    if random.random() < 0.4:
        at = random.integers(len(text) + 1)
        inside = one_of("", "0", "9", " ", ".", "-", ":", "a", "  ", "/")
        text = text[:at] + inside + text[at + random.integers(2) :]
    return text.strip() or "x"
