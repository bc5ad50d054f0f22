"""Options in scikit-learn's words, for messages that name one: this table, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from glassnet.errors import GlassnetError, OptionRef, in_python
from glassnet.estimators.table.options import OPTION_OF

PARAMETER_OF = {
    "categories": "categories",
    "seed": "random_state",
    **{option: parameter for parameter, option in OPTION_OF.items()},
}
"""The library's name of an option -> the estimators' parameter that gives it."""


def in_parameters(option: OptionRef) -> str:
    """The option as the estimators' parameter.

    >>> in_parameters(OptionRef("l2", 0.1))
    'alpha=0.1'
    """
    return in_python(OptionRef(PARAMETER_OF.get(option.name, option.name), option.value))


@contextmanager
def parameters_in_messages() -> Iterator[None]:
    """Errors name the estimators' parameters instead of the library's options."""
    try:
        yield
    except GlassnetError as error:
        error.args = (error.worded(in_parameters),)
        raise
