"""What a notebook shows of an object: a registry of the functions that write it as HTML, by class.

A model and a history stand below the pictures and import none. They ask here, and
`glassnet.plots.notebook`, which draws them, registers its functions here. No HTML is written in
this file.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

VIEWS = "glassnet.plots.notebook"
"""The module that registers the views; named, not imported, since it stands above who asks."""

_views: dict[type, Callable[[Any], str]] = {}


def register_view(shown: type, view: Callable[[Any], str]) -> None:
    """Let `html_of` show the objects of a class by `view`, which gives an HTML fragment."""
    _views[shown] = view


def html_of(thing: object) -> str:
    """An object as the HTML fragment that a notebook shows of it; its class must have a view."""
    import_module(
        VIEWS
    )  # at the first call only: it brings matplotlib's helpers along, and nobody else needs them
    return _views[type(thing)](thing)
