"""How a value is written with so many significant digits, the same in every dialect."""

from glassnet.errors import option_error

Value = float | str | None
"""A number, a cell's text, or None where a cell is missing."""

MOST_DIGITS = 17  # tell every float64 from every other
WHOLE_BELOW = 1e9  # whole numbers up to here are written with all their digits


def check_digits(digits: int) -> None:
    """Raises GlassnetError unless so many digits can be shown."""
    if not 1 <= digits <= MOST_DIGITS:
        raise option_error("digits", f"must be from 1 to {MOST_DIGITS}", digits)


def numeral(value: Value, digits: int) -> str:
    """A value to be read: a number with at most so many significant digits, text as it is.

    >>> numeral(0.123456, 3), numeral(1200.0, 3), numeral(None, 3)
    ('0.123', '1200', 'missing')
    """
    if value is None:
        return "missing"
    if isinstance(value, str):
        return value
    if abs(value) < WHOLE_BELOW and value == int(value):
        return str(int(value))
    return f"{value:.{digits}g}"


def needs_brackets(value: Value) -> bool:
    """Whether a value needs brackets beside an operator."""
    return isinstance(value, float) and value < 0
