"""Which texts mean that nothing is known.

Some are only ever written by programs and mean it anywhere. Others are names and classes too: they
mean it among numbers and dates, or where the user says so.
"""

from collections.abc import Collection

PROGRAM_MARKS = frozenset(
    {
        "#n/a", "#na", "#n/a n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!",
        "\\n", "nan", "-nan", "nat", "null", "(null)", "[null]", "<null>", "<na>",
        "0000-00-00", "0000-00-00 00:00:00", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan",
        "na_character_", "na_integer_", "na_real_",
    }
)  # fmt: skip
"""What R, Excel, databases and Python write, in small letters."""

AMBIGUOUS_MARKS = frozenset(
    {
        "na", "n/a", "n.a.", "n. a.", "none", "nil", "missing", "unknown", "not available",
        "k.a.", "k. a.", "?", "-", "--", "---", "\u2013", "\u2014", ".", "..", "...", ":", "*", "#",
    }
)  # fmt: skip
"""What people write, in small letters; in a column of text it may be a category."""


class MissingRule:
    """Which texts mean that a cell is missing.

    Parameters
    ----------
    given : collection of str, or None
        Those that do in a column of text, exactly; None: those that only programs write. Among
        numbers the usual ones always do, for there they can mean nothing else.
    """

    def __init__(self, given: Collection[str] | None = None) -> None:
        self.given = None if given is None else frozenset(given)

    def among_numbers(self, text: str) -> bool:
        """Whether the text means it in a column of numbers, dates or times."""
        lower = text.casefold()
        usual = lower in PROGRAM_MARKS or lower in AMBIGUOUS_MARKS
        return usual or (self.given is not None and text in self.given)

    def among_texts(self, text: str) -> bool:
        """Whether the text means it in any column."""
        if self.given is not None:
            return text in self.given
        return text.casefold() in PROGRAM_MARKS

    def is_ambiguous(self, text: str) -> bool:
        """Whether the text may mean it, or be a category, in a column of text."""
        return self.given is None and text.casefold() in AMBIGUOUS_MARKS
