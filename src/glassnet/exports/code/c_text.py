"""Numbers, texts, comments and reserved names as C has them."""

import math
import re

import numpy as np

from glassnet.errors import visible

_RESERVED = """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
    char32_t class co_await co_return co_yield compl complex concept const const_cast consteval
    constexpr constinit continue decltype default delete do double dynamic_cast else enum errno
    explicit export extern false far float for friend goto i386 if imaginary inline int interface
    linux long mutable namespace near new noexcept noreturn not not_eq nullptr operator or or_eq
    private protected public register reinterpret_cast requires restrict return short signed
    sizeof static static_assert static_cast stderr stdin stdout struct switch template this
    thread_local throw true try typedef typeid typename typeof union unix unsigned using virtual
    void volatile wchar_t while xor xor_eq
"""
C_RESERVED = frozenset(_RESERVED.split())
"""Keywords of C and C++, and macros in small letters that compilers define."""


def c_literal(value: float | str | None) -> str:
    r"""A value as C writes it: numbers to the last digit, text with all but ASCII in octal.

    >>> print(*[c_literal(value) for value in (0.1, float("-inf"), 'a"\u00fc', None)])
    0.1 -INFINITY "a\"\303\274" NULL
    """
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return f'"{"".join(map(_character, value.encode("utf-8", "surrogatepass")))}"'
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    return repr(float(value))


def c_float_literal(value: float | str | None) -> str:
    """As `c_literal`; numbers are the nearest of single precision.

    >>> c_float_literal(0.1), c_float_literal(1e-60)
    ('0.1f', '0.0f')
    """
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return c_literal(value)
    return f"{np.float32(value)!s}f"


def _character(byte: int) -> str:
    """A byte of a text. A question mark is escaped too: two would start a trigraph."""
    if byte in b'"\\?':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def c_comment(text: str) -> str:
    r"""Text as it may stand at the end of a line comment: a last backslash would go on to the next.

    >>> print(c_comment("a\nb ??/ \\"))
    a\nb ? ? / \.
    """
    text = re.sub(r"\?(?=\?)|(?<=\?)\?", "? ", visible(text)).rstrip()
    return text + "." if text.endswith("\\") else text
