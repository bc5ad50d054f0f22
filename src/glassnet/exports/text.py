"""Names and categories as files can hold them."""


def as_unicode(text: str) -> str:
    """The text with half surrogate pairs, which have no UTF-8, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()
