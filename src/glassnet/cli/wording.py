"""Options in the command line's words, for messages that name one: their flags."""

import shlex

from glassnet.errors import OptionRef

OTHER_FLAGS = {
    "bias": "--bias",
    "candidates": "--candidates",
    "checkpoint": "--checkpoint",
    "digits": "--digits",
    "dtype": "--dtype",
    "first": "--first",
    "folds": "--folds",
    "interval": "--interval",
    "iteration": "--iteration",
    "iterations": "--iterations",
    "keep": "--keep",
    "label_set": "--set",
    "missing_columns": "--missing-columns",
    "model": "--model",
    "name": "--name",
    "networks": "--networks",
    "overwrite": "--overwrite",
    "port": "--port",
    "rng": "--rng",
    "scale": "--scale",
    "source": "--source",
    "space": "--vary",
    "table": "TABLE",
    "target": "--target",
    "to": "--to",
    "what_if": "--what-if",
    "whole": "--whole",
}
"""Flags and arguments that are not declared in `recipe/options.py`."""


def flags() -> dict[str, str]:
    """The library's name of each option -> the flag that gives it."""
    from glassnet.recipe.options import DECLARATIONS  # only once a message is written

    declared: dict[str, str] = {}
    for name, declaration in DECLARATIONS.items():
        declared[name] = "--" + (declaration.flag or name).replace("_", "-")
    return declared | OTHER_FLAGS


def in_flags(option: OptionRef) -> str:
    """The option as it would be typed.

    >>> in_flags(OptionRef("categories", ["model year"]))
    "--category 'model year'"
    """
    flag = flags().get(option.name, option.name)
    if option.value is None or option.value is True:
        return flag
    values = option.value if isinstance(option.value, (list, tuple)) else [option.value]
    return " ".join(f"{flag} {shlex.quote(str(value))}" for value in values)
