"""The help of every command ends with two examples, which hold, and a page that is there."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest
from in_process import run

from glassnet.cli import COMMANDS
from glassnet.cli.command import DocumentedCommand

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_it_ends_with_two_examples_and_a_page(name: str) -> None:
    text = run(name, "--help").out
    examples = re.findall(r"^  \$ (glassnet .*)$", text, re.M)
    assert len(examples) == 2
    assert all(example.split()[1] == name for example in examples)
    page = re.search(r"More in glassnet's repository:\s+(\S+);", text)
    assert page
    assert (ROOT / page[1]).is_file()
    assert text.index("Examples:") > text.index("Options:")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_are_understood(name: str) -> None:
    command = getattr(import_module(f"glassnet.cli.{name}"), f"{name}_command")
    assert isinstance(command, DocumentedCommand)
    for example in command.examples:
        arguments = shlex.split(example.partition(" > ")[0])[2:]
        assert isinstance(command.make_context(name, arguments), click.Context)


def test_the_help_of_all_has_examples_and_no_gap_in_a_line() -> None:
    text = run("--help").out
    assert text.count("$ glassnet") == 2
    assert "4 rows, 1,500 iterations" in text
