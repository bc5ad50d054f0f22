"""The templates of code in other languages, and what they have in common.

A template is a file of `templates/`, written with Jinja: <target>.jinja, or <target>_<part>.jinja.
It gets the plan, the functions of its language's module, and the filters and functions below.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from glassnet.errors import visible

FOLDER = Path(__file__).parent / "templates"
LINE_WIDTH = 100  # of a line, where it can be broken


def rendered(
    name: str,
    /,
    literal: Callable[[Any], str],
    comment: Callable[[str], str] = visible,
    **content: Any,
) -> str:
    """The text that the template of that name makes of its content.

    `literal` writes a value in the target's language, `comment` text as it may stand in a comment
    to the end of the line: the filters of these names, and `comment_lines` text on several lines.
    `numbers` writes several numbers, see `wrapped_numbers`.
    """
    return _environment(literal, comment).get_template(name).render(**content)


@cache
def _environment(literal: Callable[[Any], str], comment: Callable[[str], str]) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["literal"] = literal
    environment.filters["comment"] = comment
    environment.filters["comment_lines"] = partial(comment_lines, comment)
    environment.filters["wrapped"] = wrapped_items
    environment.globals["numbers"] = partial(wrapped_numbers, literal)
    return environment


def comment_lines(comment: Callable[[str], str], text: str, start: str) -> str:
    """Text as comments of a line each, with `start` before each.

    >>> print(comment_lines(visible, "something " * 12, "// "))
    // something something something something something something something something something
    // something something something
    """
    width = LINE_WIDTH - len(start.expandtabs(4))
    lines = wrap(visible(text), width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(start + comment(line) for line in lines)


def wrapped_items(items: Iterable[str], indent: int = 4, separator: str = ",") -> str:
    """Items with a separator after each but the last, on as few indented lines as they need.

    There is room for one after the last too.

    >>> print(wrapped_items(["1.5", "2"], indent=2))
      1.5, 2
    """
    lines: list[str] = []
    line = ""
    listed = list(items)
    for number, item in enumerate(listed, 1):
        text = item if number == len(listed) else item + separator
        if line and indent + len(line) + 1 + len(item + separator) > LINE_WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {text}" if line else text
    return "\n".join(" " * indent + line for line in [*lines, line])


def wrapped_numbers(
    literal: Callable[[float], str], values: Sequence[float] | np.ndarray, indent: int = 4
) -> str:
    """Numbers as a language writes them with commas in between, on as many lines as they need."""
    return wrapped_items([literal(float(value)) for value in values], indent)
