"""What the README prints is what its commands print: run again, and compared number by number.

A trained network's numbers differ a little from one kind of processor to another, and now and then
a row falls to the other side; the article's do not.
"""

import re
import shutil
from pathlib import Path

import pytest
from in_process import run as command

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NUMBER = r"(?<![\w.→])-?\d+\.\d+"
"""A number with decimals, but in a name such as w2[3→1] or z2.1."""


@pytest.fixture
def tables(folder: Path) -> Path:
    """A folder with the tables where README's commands look for them."""
    shutil.copytree(ROOT / "examples" / "data", folder / "examples" / "data")
    return folder


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [block for name, block in found if name == language]


def assert_alike(printed: str, shown: str, rel: float) -> None:
    """The same text, with numbers that differ by no more than that."""
    assert re.sub(NUMBER, "#", printed).split() == re.sub(NUMBER, "#", shown).split()
    numbers = [[float(text) for text in re.findall(NUMBER, one)] for one in (printed, shown)]
    assert numbers[0] == pytest.approx(numbers[1], rel=rel)


def columns_with_bars(lines: list[str]) -> set[str]:
    """The columns that lines with a bar are of; equally strong ones may change their order."""
    return {line.split()[0] for line in lines if "│" in line}


def test_the_first_program_prints_what_its_comments_say(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = blocks("python")[0]
    said = re.findall(r"^# (.*)$", program, re.MULTILINE)
    exec(compile(program, "README.md", "exec"), {})
    assert len(said) == 3
    printed = capsys.readouterr().out.splitlines()
    for shown, line in zip(said, printed, strict=False):
        assert_alike(line, shown, rel=0.1)
    assert (tables / "cars.safetensors").exists()


def test_the_sentence_that_a_run_begins_with(tables: Path) -> None:
    printed = command("train", "examples/data/penguins.csv", "--target", "species").out
    (quoted,) = re.findall(r'plain sentence \("(.*?)"\)', README, re.DOTALL)
    right = re.compile(r"Right on (\d+) of")
    assert right.sub("", " ".join(quoted.split())) in right.sub("", " ".join(printed.split()))
    for text in (quoted, printed):
        found = right.search(text)
        assert found is not None
        assert int(found[1]) >= 67


def test_the_explanations_are_those_of_its_commands(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    bars, arithmetic = blocks("")[0].split("...\n")
    command("train", "examples/data/cars.csv", "--target", "miles_per_gallon")
    printed = command("explain", "runs/cars", "--row", "1").out.splitlines()
    shown = bars.splitlines()
    assert_alike(printed[0], shown[0], rel=0.1)
    assert columns_with_bars(printed[: len(shown)]) == columns_with_bars(shown)
    command("demo")
    assert arithmetic in command("explain", "runs/demo", "--row", "2", "--backward").out
