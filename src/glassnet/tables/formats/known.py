"""What a model keeps of how a column was written, as plain data and back."""

from dataclasses import asdict
from typing import Any

from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat

Format = NumberFormat | DateFormat | ClockFormat
FORMATS: dict[str, type[Format]] = {
    row.kind: row for row in (NumberFormat, DateFormat, ClockFormat)
}
"""Every format by the name the model file uses."""


def format_to_dict(written: Format) -> dict[str, Any]:
    """Plain JSON-able data.

    >>> format_to_dict(NumberFormat(",", ".", "EUR"))
    {'kind': 'number', 'decimal': ',', 'thousands': '.', 'unit': 'EUR'}
    """
    return {"kind": written.kind, **asdict(written)}


def format_from_dict(data: dict[str, Any]) -> Format:
    """`format_to_dict` undone."""
    fields = dict(data)
    return FORMATS[fields.pop("kind")](**fields)
