"""The documentation against the program: names, commands, docstrings, results.

`make docs` builds the pages and looks at each.
"""

import ast
import inspect
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import glassnet as gn
from glassnet.cli import COMMANDS, app

sys.path.insert(
    0, str(Path(__file__).parents[2] / "tools")
)  # neither is part of the package: both run from the project's root
sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_extensions"))

import check_pages
import cli_reference
import docstrings

ROOT = Path(__file__).parents[2]


def names_in(page: str) -> list[str]:
    """The names that a page of the reference describes, one a line below `autosummary`, or after
    `name-table`.
    """
    summaries = re.findall(r"\.\. autosummary::\n((?:   .*\n|\n)*)", page)
    listed = [
        line.strip()
        for body in summaries
        for line in body.splitlines()
        if line.strip() and ":" not in line
    ]
    return listed + re.findall(r"\.\. name-table:: (\w+)", page)


def test_the_reference_describes_every_public_name_once_and_no_other() -> None:
    pages = (ROOT / "docs" / "reference").glob("*.rst")
    found = Counter(name for page in pages for name in names_in(page.read_text(encoding="utf-8")))
    assert [name for name, times in found.items() if times > 1] == []
    assert sorted(found) == sorted(gn.__all__), (
        "add it to a page of docs/reference, or take it from there"
    )


@pytest.mark.parametrize(
    "page",
    sorted(
        [
            *(ROOT / "docs").glob("*.md"),
            *(ROOT / "docs" / "lab").glob("*.md"),
            *(ROOT / "examples").rglob("*.py"),
            ROOT / "README.md",
        ]
    ),
)
def test_no_page_names_what_is_not_there(page: Path) -> None:
    assert set(re.findall(r"\bgn\.(\w+)", page.read_text(encoding="utf-8"))) <= set(gn.__all__)


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]], ids=str)
def test_the_page_of_the_command_line_has_what_help_says(command: tuple[str, ...]) -> None:
    sections = dict(section.split("\n", 1) for section in cli_reference.page().split("\n## ")[1:])
    assert len(sections) == 1 + len(COMMANDS)
    help_text = (
        sections[" ".join(["glassnet", *command])]
        .strip()
        .removeprefix("```text")
        .removesuffix("```")
    )
    said = CliRunner().invoke(app, [*command, "--help"], prog_name="glassnet").output
    assert help_text.split() == said.split()  # the page has longer lines


def test_the_page_is_written_only_when_it_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    cli_reference.write(page)
    first = page.stat().st_mtime_ns
    cli_reference.write(page)
    assert page.stat().st_mtime_ns == first
    page.write_text("old")
    cli_reference.write(page)
    assert page.read_text(encoding="utf-8") == cli_reference.page()


def test_every_result_of_the_benchmark_is_on_a_page() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    for result in (ROOT / "bench" / "results").glob("*.md"):
        assert f"{{include}} ../bench/results/{result.name}" in pages


def test_a_docstring_is_set_out_in_sections() -> None:
    short = """Halve it, eq. (8.1), where |x| is small.

    Parameters
    ----------
    x : a number. y : another,
        or `coefs_`.
    *more : the rest of coefs_.

    Raises GlassnetError, naming it, on others,
    and on zero.

    It is fast.

    >>> halve(2)
    1

    And again:

    >>> halve(4)
    2
    """
    lines = docstrings.set_out([line.removeprefix("    ") for line in short.splitlines()])
    text = "\n".join(lines)
    assert lines[0] == "Halve it, :doc:`eq.\u2060 (8.1) </derivation>`, where \\|x\\| is small."
    assert (
        "x\n    a number.\ny\n    another,\n    or `coefs_`.\n*more\n    the rest of coefs\\_.\n"
        in text
    )
    assert "Raises\n------\nGlassnetError\n    naming it, on others,\n    and on zero.\n" in text
    assert "Notes\n-----\nIt is fast.\n" in text
    assert "Examples\n--------\n>>> halve(2)\n1\n\nAnd again:\n\n>>> halve(4)\n2\n" in text


def test_a_docstring_that_is_set_out_already_stays_so() -> None:
    lines = ["One line.", "", "Examples", "--------", "Some words:", "", ">>> 1", "1", ""]
    assert [line for line in docstrings.set_out(lines) if line] == [line for line in lines if line]


@pytest.mark.parametrize("name", ["Model", "Activation", "train"])
def test_a_signature_is_python_once_it_is_readable(name: str) -> None:
    found, _ = docstrings.readable(str(inspect.signature(getattr(gn, name))), None)
    assert ast.parse(f"def f{found}: ...")


GOOD = '<a href="#here"></a><p id="here"><img src="a.png" alt="what it shows"><a href="https://example.org">elsewhere</a>'


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (GOOD, None),
        (
            '<script src="https://example.org/x.js"></script>',
            "loads https://example.org/x.js from outside",
        ),
        ('<link href="//example.org/x.css">', "loads //example.org/x.css from outside"),
        ('<img src="a.png">', "a.png has no alternative text"),
        (
            '<img src="sphx_glr_4_learning_001.png" alt="4 learning">',
            "sphx_glr_4_learning_001.png has no alternative text",
        ),
        ('<img src="sphx_glr_4_learning_thumb.png" alt="">', None),
        ('<a href="nowhere.html">', "nowhere.html leads nowhere"),
        ('<a href="page.html#there">', "page.html#there leads nowhere"),
        ('<div id="glassnet-lab"></div><a href="page.html#example=xor&amp;seed=2">', None),
    ],
)
def test_faults_of_a_page_are_found(html: str, fault: str | None, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(html)
    assert list(check_pages.faults(tmp_path)) == ([] if fault is None else [f"page.html: {fault}"])


def test_a_style_sheet_that_fetches_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.css").write_text(
        '@font-face { src: url("fonts/x.woff2") } a { background: url(data:image/png;base64,) }'
    )
    assert check_pages.main(str(tmp_path)) == 0
    (tmp_path / "b.css").write_text('@import "https://example.org/font.css";')
    assert check_pages.main(str(tmp_path)) == 1
    assert "b.css: loads from outside" in capsys.readouterr().out
