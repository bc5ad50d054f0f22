"""How a value is written with so many significant digits, the same in every face."""

from glassnet.errors import GlassnetError
from glassnet.explanation.parts import Value

MOST_DIGITS = 17  # tell every float64 from every other


def check_digits(digits: int) -> None:
    """Raises GlassnetError unless so many digits can be shown."""
    if not 1 <= digits <= MOST_DIGITS:
        raise GlassnetError(f"digits must be from 1 to {MOST_DIGITS}, got {digits}")


def numeral(value: Value, digits: int) -> str:
    """A value to be read: numbers with at most so many significant digits, but whole ones whole; text as it is."""
    if value is None:
        return "missing"
    if isinstance(value, str):
        return value
    if abs(value) < 1e9 and value == int(value):
        return str(int(value))
    return f"{value:.{digits}g}"


def in_brackets(value: Value) -> bool:
    """Whether a value needs brackets beside an operator."""
    return isinstance(value, float) and value < 0
