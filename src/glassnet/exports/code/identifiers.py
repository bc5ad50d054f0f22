"""Names of columns and classes as identifiers of a language."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable

LONGEST_IDENTIFIER = 40  # characters of an identifier that is made of a name


def plain_identifier(name: str) -> str:
    """The letters and digits of a name, small and with underscores in between; "" where none are.

    >>> [plain_identifier(name) for name in ("Bill Length (mm)", "billLength", "2nd", "+")]
    ['bill_length_mm', 'bill_length', '2nd', '']
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    parted = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", letters)
    return re.sub("[^a-z0-9]+", "_", parted.lower()).strip("_")[:LONGEST_IDENTIFIER].strip("_")


def camel_case(identifier: str) -> str:
    """As languages write it that tell parts by capitals.

    >>> camel_case("bill_length_mm")
    'BillLengthMm'
    """
    return "".join(part[:1].upper() + part[1:] for part in identifier.split("_"))


def identifiers(
    names: Iterable[str],
    otherwise: str,
    reserved: Collection[str] = (),
    digit_first: bool = False,
    style: Callable[[str], str] = str,
) -> list[str]:
    """An identifier for each name, no two the same.

    Parameters
    ----------
    names : iterable of str
        What the identifiers are to recall.
    otherwise : str
        Stands before a name that starts with a digit, and for one without letters and digits.
    reserved : collection of str
        What no identifier may be.
    digit_first : bool
        Whether an identifier may start with a digit, as one does that gets a prefix.
    style : function
        Makes of small letters and underscores what the language writes.

    Examples
    --------
    >>> identifiers(["a b", "a-b", "int", "2", "+"], "column", reserved={"int"})
    ['a_b', 'a_b_2', 'int_2', 'column_2', 'column']
    """
    taken = set(reserved)
    found = []
    for name in names:
        base = plain_identifier(name) or otherwise
        if base[0].isdigit() and not digit_first:
            base = f"{otherwise}_{base}"
        identifier, number = style(base), 1
        while identifier in taken:
            number += 1
            identifier = f"{style(base)}_{number}"
        taken.add(identifier)
        found.append(identifier)
    return found
