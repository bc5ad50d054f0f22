"""Which network a picture of nodes and weights shows: the only one, or a member of several."""

from typing import Any

from glassnet.models.conversion import as_model
from glassnet.models.model import Model


def one_member(thing: Any, number: int) -> tuple[Model, str]:
    """One member of a model as a model of its own, and what a picture calls it.

    Parameters
    ----------
    thing : Model, fitted estimator, or (Network, Parameters)
        Whose members.
    number : int
        Which of them, from 0. Raises GlassnetError where there is no such member.

    Returns
    -------
    Model, str
        A model of one network; and "member 1 of 4", or "" where it is the only one.
    """
    model = as_model(thing)
    count = len(model.members)
    name = f"member {number + 1} of {count}" if count > 1 else ""
    return model.member(number), name


def named(member: str, text: str) -> str:
    """A title that begins with the member's name, where it has one.

    >>> named("member 1 of 4", "Hidden layer 1"), named("", "Hidden layer 1")
    ('Member 1 of 4, hidden layer 1', 'Hidden layer 1')
    """
    if not member:
        return text
    return f"{member.capitalize()}, {text[0].lower()}{text[1:]}"
