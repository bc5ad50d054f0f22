"""The page of the command line: what each command's own --help says, and nothing written by hand
but a word before it.

Run: python tools/cli_reference.py (prints the page; the documentation's build writes it).
"""

import sys
from pathlib import Path

import click

from glassnet.cli import app

WIDTH = 92
HEAD = """# The command line

What `glassnet --help` and the `--help` of every command say. `-` as a table is CSV on standard
input; results go to standard output, everything else to standard error. The exit status is 0 when
all went well, 1 when a run was stopped, and 2 when something must be mended first: then one line
says what.
"""


def commands(
    command: click.Command, name: str, parent: click.Context | None = None
) -> list[click.Context]:
    """A command and all below it, in the order of its help."""
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    if not isinstance(command, click.Group):
        return [context]
    below = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [
        context,
        *(found for name, sub in below if sub for found in commands(sub, name, context)),
    ]


def page() -> str:
    """The whole page, in Markdown."""
    parts = [
        f"## {c.command_path}\n\n```text\n{c.get_help()}\n```\n" for c in commands(app, "glassnet")
    ]
    return "\n".join([HEAD, *parts])


def write(path: Path) -> None:
    """Write the page, unless the file holds it already: what has not changed is not built again."""
    text = page()
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(page())
