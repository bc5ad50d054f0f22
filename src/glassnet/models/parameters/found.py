"""What is found of a network in a file, and the error of what cannot be used of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glassnet.errors import GlassnetError, Message, visible


@dataclass(frozen=True)
class FoundNetwork:
    """The arrays of one network, and what stands beside them.

    Parameters
    ----------
    arrays : dict
        Weights and biases by their keys; or by their numbers, where they have no names.
    ordered : bool
        Whether they stand in the order of the layers.
    activations : tuple of str
        The name of each layer's activation, the outputs' last; () where they are not known.
    inputs, outputs : tuple of str
        The names of the inputs and of the outputs; () where they are not known.
    """

    arrays: Mapping[str, Any]
    ordered: bool = True
    activations: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def unusable(key: str, message: str, remedy: Message = "") -> GlassnetError:
    """The error of an array, naming its key; `read_parameters` names the file."""
    return GlassnetError(f"'{visible(key)[:60]}' {message}", remedy=remedy)
