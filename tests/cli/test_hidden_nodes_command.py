"""`glassnet explain --hidden-nodes` as a user runs it: which nodes, of which rows and model."""

import json
import shutil
from pathlib import Path

import pytest
from in_process import run

import glassnet as gn
from glassnet.importance.node_text import node_sentence

DATA = Path(__file__).parents[2] / "examples" / "data"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run on penguins, with two members of six and two hidden nodes."""
    folder = tmp_path_factory.mktemp("nodes")
    shutil.copy(DATA / "penguins.csv", folder / "penguins.csv")
    gn.train_run(
        folder / "penguins.csv", "species", folder / "run", hidden=(6, 2), members=2, epochs=3
    )
    return str(folder / "run")


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence on one line."""
    monkeypatch.setenv("COLUMNS", "10000")


def sentences(*arguments: str) -> list[str]:
    """What is printed."""
    return [line.strip() for line in run("explain", *arguments).out.splitlines()]


def test_the_ten_that_do_most_and_how_to_see_the_others(path: str) -> None:
    run_folder = gn.open_run(path)
    nodes = gn.hidden_nodes(run_folder.model, run_folder.table_rows())
    assert len(nodes) == 16
    heading, *said = sentences(path, "--hidden-nodes")
    assert heading == (
        "What hidden nodes respond to, and do to the probabilities of species: "
        "the 10 of 16 that do most."
    )
    assert said[:10] == [node_sentence(nodes, node) for node in nodes.nodes[:10]]
    assert said[10].startswith("6 others, ")
    assert said[10].endswith("to see all: --node all, or one of them: --node 1.5.")
    assert len(sentences(path, "--hidden-nodes", "--node", "all")) == 1 + 16 + 2
    one, *_ = sentences(path, "--hidden-nodes", "--member", "2", "--node", "2.1")[1:]
    assert one.startswith("a2.1 of member 2 of 2 rises with ")


def test_of_a_model_file_and_the_model_of_the_scores(path: str) -> None:
    table = str(Path(path).parent / "penguins.csv")
    final = sentences(path, "--hidden-nodes")
    assert sentences(f"{path}/model.safetensors", table, "--hidden-nodes") == final
    scored = sentences(path, "--hidden-nodes", "--model", "scored")
    assert sentences(f"{path}/scored.safetensors", table, "--hidden-nodes") == scored
    assert scored != final


def test_as_json_and_into_a_file(path: str, tmp_path: Path) -> None:
    found = json.loads(run("explain", path, "--hidden-nodes", "--format", "json").out)
    assert found["outputs"] == ["species=Adelie", "species=Chinstrap", "species=Gentoo"]
    assert {(one["member"], one["layer"]) for one in found["nodes"]} == {
        (member, layer) for member in (1, 2) for layer in (1, 2)
    }
    assert min(one["node"] for one in found["nodes"]) == 1
    file = tmp_path / "nodes.txt"
    assert run("explain", path, "--hidden-nodes", "--out", str(file)).code == 0
    assert file.read_text() == run("explain", path, "--hidden-nodes").out
    assert run("explain", path, "--hidden-nodes", "--out", str(file)).code != 0


def test_lines_are_as_wide_as_the_terminal(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = run("explain", path, "--hidden-nodes").out.splitlines()
    assert 50 < max(map(len, lines)) <= 60


def test_of_several_targets_the_first_and_how_to_see_another(folder: Path) -> None:
    table = {"a": [float(i) for i in range(30)], "b": [float(i % 7) for i in range(30)]}
    table |= {"y": table["a"], "z": table["b"]}
    model = gn.train_table(table, ["y", "z"], members=1, hidden=(3,), epochs=2, holdout=0)
    model.save("model.safetensors")
    rows = [",".join(map(str, row)) for row in zip(table["a"], table["b"], strict=True)]
    (folder / "new.csv").write_text("\n".join(["a,b", *rows]) + "\n")
    heading, *_, last = sentences("model.safetensors", "new.csv", "--hidden-nodes")
    assert heading.startswith("What hidden nodes respond to, and do to y: ")
    assert last.startswith("This is of the first target; of z it is told in Python: ")
