"""Names in a message: the first few, and how many more there are."""

from collections.abc import Sequence

NAMED_COLUMNS = 3  # names in a message; of more the rest is counted


def columns_text(names: Sequence[str]) -> str:
    """Columns by name, the first few."""
    texts = [f"'{name}'" for name in names]
    return f"{'column' if len(names) == 1 else 'columns'} {first_few(texts)}"


def first_few(texts: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(texts) - NAMED_COLUMNS
    if more <= 0:
        return ", ".join(texts)
    return f"{', '.join(texts[:NAMED_COLUMNS])} and {more} more"
