"""How an option is declared: its help, its check, the table its names come from, its other names.

The options themselves are in `options.py`. The names that an option may have are looked up in
their tables only when they are needed, so that a command's help does not load the whole library.
"""

import math
from collections.abc import Callable
from dataclasses import field, replace
from importlib import import_module
from typing import Any, NamedTuple

from glassnet.errors import GlassnetError, option_error
from glassnet.settings import (
    FROM_0_TO_BELOW_1,
    NOT_NEGATIVE,
    POSITIVE,
    Range,
    check_name,
    checked_flag,
    checked_number,
    checked_whole,
    is_whole,
    number_or_nan,
)

MAX_LAYER_NODES = 1_000_000  # nodes of a hidden layer; more is a slip of the pen, not a network

Check = Callable[[str, Any], None]
"""Called with an option's name and value; raises GlassnetError on a value that it may not have."""


class Declaration(NamedTuple):
    """All there is to know of an option besides its name, type and default.

    Parameters
    ----------
    help : str
        One sentence, as the command line's help says it.
    check : function
        Called with the option's name and a value that is not None.
    names_in : str
        The table that the option's names come from, "package.module.TABLE"; "" where it has none.
    if_open : str
        In words, what None stands for.
    sklearn : str
        The parameter of the table estimators; "" where they have none.
    flag : str
        The command-line option, where it is not the name: "category" for `categories`.
    """

    help: str
    check: Check
    names_in: str
    if_open: str
    sklearn: str
    flag: str

    @property
    def names(self) -> list[str]:
        """The names that the option may have, as they are in its table; none where it has none."""
        return names_of_table(self.names_in) if self.names_in else []


def option(
    default: Any,
    help: str,  # noqa: A002
    check: Check | None = None,
    *,
    names_in: str = "",
    if_open: str = "",
    sklearn: str = "",
    flag: str = "",
) -> Any:
    """A dataclass field with a `Declaration`; without a check it must be a name of its table."""
    check = check or one_of(names_in)
    declaration = Declaration(help, check, names_in, if_open, sklearn, flag)
    return field(default=default, metadata={"declaration": declaration})


def names_of_table(table: str) -> list[str]:
    """The names in a table, "package.module.TABLE"."""
    module, _, name = table.rpartition(".")
    return list(getattr(import_module(module), name))


def refused(name: str, value: Any, wanted: str) -> GlassnetError:
    """The error for a value that an option may not have."""
    return option_error(name, f"must be {wanted}", value)


def one_of(table: str) -> Check:
    """A name of that table."""

    def check(name: str, value: Any) -> None:
        check_name(name, value, names_of_table(table))

    return check


def one_of_these(*values: str) -> Check:
    """One of a few texts."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in values:
            raise refused(name, value, " or ".join(map(repr, values)))

    return check


def whole_number(least: int, most: float = math.inf) -> Check:
    """A whole number from `least` to `most`."""

    def check(name: str, value: Any) -> None:
        checked_whole(name, value, least, most)

    return check


def number_in(allowed: Range) -> Check:
    """A number of a range."""

    def check(name: str, value: Any) -> None:
        checked_number(name, value, allowed)

    return check


positive: Check = number_in(POSITIVE)
not_negative: Check = number_in(NOT_NEGATIVE)
fraction: Check = number_in(replace(FROM_0_TO_BELOW_1, description="a fraction from 0 to below 1"))
dropout_rate: Check = number_in(FROM_0_TO_BELOW_1)
weight_of_mixture: Check = number_in(Range(0, 1, "above 0 and at most 1", with_low=False))


def check_effort(name: str, value: Any) -> None:
    """The name of an effort, or a number of seconds."""
    from glassnet.recipe.efforts import EFFORTS

    known = isinstance(value, str) and value in EFFORTS
    if not known and not POSITIVE.holds(number_or_nan(value)):
        raise refused(name, value, f"{', '.join(EFFORTS)} or a number of seconds above 0")


def check_layer_sizes(name: str, value: Any) -> None:
    """A tuple of whole numbers, one a hidden layer."""
    wanted = f"sizes of 1 or more (and at most {MAX_LAYER_NODES:,})"
    if not isinstance(value, tuple) or not value:
        raise refused(name, value, wanted)
    for nodes in value:
        if not is_whole(nodes, 1) or nodes > MAX_LAYER_NODES:
            raise refused(name, value, wanted)


def check_path(name: str, value: Any) -> None:
    """Raises OptionError unless it is the path of a file or folder."""
    if not isinstance(value, str) or not value:
        raise refused(name, value, "the path of a file or folder")


def check_loss(name: str, value: Any) -> None:
    """The name of a loss, or a name with its setting, such as huber:0.5."""
    from glassnet.core.losses import Loss, find_loss

    if not isinstance(value, (str, Loss)):
        raise refused(name, value, "the name of a loss")
    find_loss(value)


def check_activations(_: str, value: Any) -> None:
    """The name of an activation, or a tuple of one each layer."""
    from glassnet.core.activations import find_activation

    for activation in value if isinstance(value, tuple) else (value,):
        find_activation(activation)


def check_class_weight(name: str, value: Any) -> None:
    """The word balanced, or a dict of a weight of 0 or more for each class."""
    if isinstance(value, str) and value == "balanced":
        return
    if not isinstance(value, dict) or not value:
        raise refused(name, value, "balanced, or a weight by class such as {'yes': 5, 'no': 1}")
    for label, weight in value.items():
        if not NOT_NEGATIVE.holds(number_or_nan(weight)):
            raise refused(name, weight, f"a number of 0 or more for class '{label}'")


def check_threshold(name: str, value: Any) -> None:
    """The word balanced, or a probability."""
    if isinstance(value, str) and value == "balanced":
        return
    if not 0 < number_or_nan(value) < 1:
        raise refused(name, value, "balanced, or a probability above 0 and below 1")


def check_column_names(name: str, value: Any) -> None:
    """A tuple of names."""
    if not isinstance(value, tuple) or not all(isinstance(column, str) for column in value):
        raise refused(name, value, "names of columns")


def check_texts(name: str, value: Any) -> None:
    """A tuple of texts."""
    if not isinstance(value, tuple) or not all(isinstance(text, str) for text in value):
        raise refused(name, value, "texts")


def check_memory(name: str, value: Any) -> None:
    """A size such as 512MB, or a number of bytes."""
    from glassnet.training.array_memory import checked_memory

    checked_memory(name, value)


def check_true_or_false(name: str, value: Any) -> None:
    """A bool."""
    checked_flag(name, value)
