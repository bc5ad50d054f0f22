"""The error and the warning that a user is meant to read, and the nearest right name for a wrong one. No other room's rules."""

from collections.abc import Iterable


class GlassnetError(ValueError):
    """Something given to glassnet cannot be used; the message names it, what was found, and the fix."""


class GlassnetWarning(UserWarning):
    """Something works, but not as well as it could; the message says why, and what would mend it."""


def unknown_name(what: str, name: object, known: Iterable[str]) -> GlassnetError:
    """The error for a name that is not in a table: names the nearest right one, and all of them.

    >>> print(unknown_name("activation", "sigmod", ["relu", "sigmoid"]))
    unknown activation 'sigmod': did you mean 'sigmoid'? Known: relu, sigmoid
    """
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(str(name).lower(), names, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return GlassnetError(f"unknown {what} {name!r}: {hint}Known: {', '.join(names)}")


def check_enough(found: int, needed: int, what: str) -> None:
    """Raises GlassnetError where there is less of something than is needed."""
    if found < needed:
        raise GlassnetError(
            f"{what}: {needed} or more are needed, there {'is' if found == 1 else 'are'} {found}"
        )
