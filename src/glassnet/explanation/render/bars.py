"""Bars beside numbers in a page; `explain.css` draws them."""

import math
from collections.abc import Sequence


def bars(values: Sequence[float]) -> list[str]:
    """Bars to both sides of a middle, the longest of full length; none where there is no number."""
    longest = max(map(abs, values), default=0.0)
    return [_bar(value / longest) if math.isfinite(longest) and longest else "" for value in values]


def _bar(part: float) -> str:
    sign = " minus" if part < 0 else ""
    return f'<span class="bar{sign}" style="--part: {abs(part):.3f}"></span>'
