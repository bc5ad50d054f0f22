"""Options in scikit-learn's words, for messages that name one.

The table is `SKLEARN_NAMES`, made of the options' declarations in `recipe/options.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from glassnet.errors import GlassnetError, OptionRef, in_python
from glassnet.recipe.options import SKLEARN_NAMES


def in_parameters(option: OptionRef) -> str:
    """The option as the estimators' parameter.

    >>> in_parameters(OptionRef("l2", 0.1))
    'alpha=0.1'
    """
    return in_python(OptionRef(SKLEARN_NAMES.get(option.name, option.name), option.value))


@contextmanager
def parameters_in_messages() -> Iterator[None]:
    """Errors name the estimators' parameters instead of the library's options."""
    try:
        yield
    except GlassnetError as error:
        error.args = (error.worded(in_parameters),)
        raise
