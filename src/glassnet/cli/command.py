"""What commands are made of: help that ends with examples, options that several have."""

from collections.abc import Callable, Sequence
from typing import Any

import click
from click.core import ParameterSource

from glassnet.errors import GlassnetError


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


def printing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the command takes --json and --quiet, as `as_json` and `quiet`."""
    quiet = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
    text = "Print one JSON object and nothing else."
    return click.option("--json", "as_json", is_flag=True, help=text)(quiet(command))


def is_given(context: click.Context, name: str) -> bool:
    """Whether an option was given, be it at its default."""
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def checked_table(table: str | None, target: Sequence[str], what: str) -> str:
    """TABLE. Raises GlassnetError where it or --target is missing; `what` --resume goes on with."""
    if table is None:
        raise GlassnetError(f"give TABLE and --target, or --resume RUN to go on with a {what}")
    if not target:
        raise GlassnetError(f"--target is missing: name the column of {table} to predict")
    return table


def check_goes_on_alone(context: click.Context, *flags: str) -> None:
    """Raises GlassnetError where more was given beside --resume than these flags."""
    allowed = {f"--{flag}" for flag in ("resume", *flags)}
    for option in context.command.params:
        if is_given(context, option.name or "") and not allowed & set(option.opts):
            listed = ", ".join(f"--{flag}" for flag in flags[:-1])
            raise GlassnetError(
                "--resume goes on with what was asked for: leave out TABLE and all options but "
                f"{listed} and --{flags[-1]}"
            )


def read_sizes(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Sizes of layers, separated by commas."""
    if text is None:
        return None
    try:
        return tuple(int(nodes) for nodes in text.split(","))
    except ValueError:
        raise GlassnetError(
            f"--hidden must be whole numbers separated by commas, such as 64,64; got '{text}'"
        ) from None


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str], page: str) -> None:
    """Write a help's last section: each example on a line of its own, never wrapped."""
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{'':{formatter.current_indent}}$ {example}\n")
    formatter.write_paragraph()
    formatter.write_text(f"More in glassnet's repository: {page}; `make docs` builds all pages.")
