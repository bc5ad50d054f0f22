"""A command whose help ends with examples and where to read more."""

from collections.abc import Callable, Sequence
from typing import Any

import click


class DocumentedCommand(click.Command):
    """A command with examples below its help.

    Parameters
    ----------
    examples : sequence of str
        Commands as they are typed.
    page : str
        The page of the repository that says more.
    """

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), page: str = "", **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.examples = examples
        self.page = page

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples and the page."""
        write_examples(formatter, self.examples, self.page)


def overwrite_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the command takes --overwrite."""
    text = "Replace what stands at --out; of a folder only one that holds a run and nothing else."
    return click.option("--overwrite", is_flag=True, help=text)(command)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str], page: str) -> None:
    """Write a help's last section: each example on a line of its own, never wrapped."""
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{'':{formatter.current_indent}}$ {example}\n")
    formatter.write_paragraph()
    formatter.write_text(f"More in glassnet's repository: {page}; `make docs` builds all pages.")
