"""Each bad input gets one clear line on standard error and exit status 2, and writes nothing."""

import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import glassnet as gn
from glassnet.cli import main

DATA = Path(__file__).parents[2] / "examples" / "data"
GOOD = "a,b,y\n" + "".join(f"{i},{'uvw'[i % 3]},{i % 7}.5\n" for i in range(40))


def run(monkeypatch: pytest.MonkeyPatch, arguments: list[str], stdin: bytes = b"") -> int:
    monkeypatch.setattr(sys, "argv", ["glassnet", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code if isinstance(ended.value.code, int) else 1


def snapshot(folder: Path) -> dict[str, Any]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


FILES = {
    "good.csv": GOOD,
    "empty.csv": "",
    "header.csv": "a,b,y\n",
    "table.xyz": GOOD,
    "constant.csv": GOOD.split("\n", 1)[0] + "\n" + "".join(f"{i},u,5\n" for i in range(40)),
    "missing.csv": "a,b,y\n" + "".join(f"{i},u,\n" for i in range(40)),
    "infinite.csv": GOOD.replace("\n3,u", "\ninf,u"),
    "infinite_target.csv": GOOD.replace("3.5\n", "inf\n", 1),
    "twice.csv": GOOD.replace("a,b,y", "a,a,y"),
    "one_class.csv": "a,b,y\n" + "".join(f"{i},u,same\n" for i in range(40)),
    "text.csv": "a,b,y\n" + "".join(f"{i},u,{'pqr'[i % 3]}\n" for i in range(40)),
    "few.csv": "\n".join(GOOD.split("\n")[:6]) + "\n",
    "ragged.csv": GOOD + "1,u,2,3\n",
    "noise.csv": bytes(os.urandom(2) + b"\0" + os.urandom(3000)),
    "noise.parquet": b"PAR1" + os.urandom(3000),
    "lacks.csv": "a,z\n1,2\n",
    "words.csv": "a,b\none,u\n",
    "only_target.csv": "y\n" + "".join(f"{i}.5\n" for i in range(40)),
    "noise.safetensors": os.urandom(3000),
    "dates.csv": "a,y\n" + "".join(f"{i},2020-01-{i + 1:02}\n" for i in range(30)),
}

TRAIN = [
    (["none.csv"], "none.csv: no such file"),
    (["empty.csv"], "empty.csv: the file is empty"),
    (["header.csv"], "header.csv: has no rows"),
    (["table.xyz"], "table.xyz: unknown suffix '.xyz'"),
    (["constant.csv"], "target 'y' is constant (5)"),
    (["missing.csv"], "target 'y' is missing in every row"),
    (["infinite.csv"], "column 'a', row 4: inf is not a finite number"),
    (["infinite_target.csv"], "column 'y', row 4: inf is not a finite number"),
    (["twice.csv"], "twice.csv: two columns are named 'a'"),
    (["one_class.csv"], "target 'y' has one class only (same)"),
    (["text.csv", "--task", "regression"], "target 'y' is text, which regression cannot predict"),
    (["few.csv"], "only 5 rows have a target, too few"),
    (["ragged.csv"], "ragged.csv: line 42 (row 41) has 4 cells, the header has 3"),
    (["noise.csv"], "noise.csv: is not a text table"),
    (["noise.parquet"], "noise.parquet: cannot be read as a table"),
    (["only_target.csv"], "no column to predict from"),
    (["dates.csv"], "target 'y' is a date"),
    (["good.csv", "--hidden", "0"], "--hidden must be sizes of 1 or more"),
    (["good.csv", "--hidden", "8,-2"], "--hidden must be sizes of 1 or more"),
    (["good.csv", "--hidden", "big"], "--hidden must be whole numbers separated by commas"),
    (["good.csv", "--epochs", "0"], "--epochs must be a whole number of 1 or more, got 0"),
    (["good.csv", "--epochs", "-5"], "--epochs must be a whole number of 1 or more, got -5"),
    (["good.csv", "--batch-size", "0"], "--batch-size must be a whole number of 1 or more, got 0"),
    (["good.csv", "--patience", "0"], "--patience must be a whole number of 1 or more, got 0"),
    (
        ["good.csv", "--learning-rate", "-1"],
        "--learning-rate must be a positive number, got -1",
    ),
    (["good.csv", "--l2", "-1"], "--l2 must be 0 or more"),
    (["good.csv", "--dropout", "1"], "--dropout must be from 0 to below 1"),
    (["good.csv", "--holdout", "1.5"], "--holdout must be a fraction"),
    (["good.csv", "--holdout", "0.9", "--validation", "0.9"], "to train on: make them smaller"),
    (["good.csv", "--seed", "-1"], "--seed must be a whole number of 0 or more"),
    (["good.csv", "--activation", "relo"], "unknown --activation 'relo': did you mean 'relu'"),
    (["good.csv", "--activation", "relu,tanh,relu"], "3 activations for 2 hidden layers"),
    (["good.csv", "--loss", "hubr"], "unknown --loss 'hubr': did you mean 'huber'"),
    (
        ["good.csv", "--loss", "binary_cross_entropy"],
        "is for binary targets, but the task is regression",
    ),
    (["good.csv", "--optimizer", "adm"], "unknown --optimizer 'adm': did you mean 'adam'"),
    (["good.csv", "--schedule", "cosin"], "unknown --schedule 'cosin': did you mean 'cosine'"),
    (["good.csv", "--task", "regresion"], "unknown --task 'regresion': did you mean 'regression'"),
    (["good.csv", "--task", "multiclass"], None),
    (["good.csv", "--task", "binary"], "--task binary needs two"),
    (["good.csv", "--dtype", "float16"], "unknown --dtype 'float16'"),
    (["good.csv", "--engine", "nativ"], "unknown --engine 'nativ': did you mean 'native'"),
    (["good.csv", "--engine", "xla"], "unknown --engine 'xla'"),
    (["good.csv", "--category", "c"], "unknown column 'c'"),
    (["good.csv", "--ignore", "c"], "unknown column 'c'"),
    (["good.csv", "--target", "yy"], "unknown target column 'yy': did you mean 'y'"),
    (["good.csv", "--target", "b"], "several targets must be all numeric or all two-valued"),
    (["good.csv", "--out", "full"], "full: already exists"),
    (["good.csv", "--out", "good.csv"], "good.csv: already exists"),
    (["good.csv", "--epoch", "3"], "No such option"),
    (["good.csv", "--epochs", "many"], "Invalid value for '--epochs'"),
]


@pytest.fixture
def tables(folder: Path) -> Path:
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "full").mkdir()
    (folder / "full" / "precious.txt").write_text("keep me")
    gn.train_table("good.csv", "y", epochs=1, hidden=(2,)).save("model.safetensors")
    whole = Path("model.safetensors").read_bytes()
    Path("cut.safetensors").write_bytes(whole[: len(whole) // 2])
    Path("changed.safetensors").write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    Path("link").symlink_to("nowhere")
    return folder


def refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    message: str,
    stdin: bytes = b"",
) -> None:
    before = snapshot(Path())
    assert run(monkeypatch, arguments, stdin) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in " ".join(printed.err.replace("│", " ").split())
    assert "Traceback" not in printed.err
    assert printed.err.startswith("glassnet: ")
    assert printed.err.count("\n") == 1
    assert snapshot(Path()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [case for case in TRAIN if case[1]],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_train(
    tables: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    message: str,
) -> None:
    refused(monkeypatch, capsys, ["train", *arguments, "--target", "y"], message)


def test_train_without_a_target_column(
    tables: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    refused(
        monkeypatch,
        capsys,
        ["train", "good.csv", "--target", "Y"],
        "unknown target column 'Y': did you mean 'y'? Known: a, b, y",
    )
    refused(monkeypatch, capsys, ["train", "good.csv"], "--target is missing: name the column")
    refused(
        monkeypatch, capsys, ["train", "-", "--target", "y"], "standard input: the file is empty"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.safetensors", "good.csv"], "none.safetensors: no such model file"),
        (
            ["noise.safetensors", "good.csv"],
            "noise.safetensors: is not a model file, or is cut short",
        ),
        (["cut.safetensors", "good.csv"], "cut.safetensors: is not a model file, or is cut short"),
        (["changed.safetensors", "good.csv"], "changed.safetensors: was altered"),
        (["good.csv", "good.csv"], "good.csv: is not a model file"),
        (["full", "good.csv"], "full: is a folder without a model.safetensors"),
        (["model.safetensors", "none.csv"], "none.csv: no such file"),
        (["model.safetensors", "empty.csv"], "empty.csv: the file is empty"),
        (["model.safetensors", "header.csv"], "header.csv: has no rows"),
        (["model.safetensors", "noise.csv"], "noise.csv: is not a text table"),
        (
            ["model.safetensors", "lacks.csv"],
            "the table lacks the column 'b', which the model needs: add what is not there",
        ),
        (
            ["model.safetensors", "words.csv"],
            "column 'a', row 1: 'one' where the model was trained on numbers",
        ),
        (["model.safetensors", "infinite.csv"], "column 'a', row 4: inf is not a finite number"),
        (["model.safetensors", "good.csv", "--out", "none/p.csv"], "there is no folder none"),
        (["model.safetensors", "good.csv", "--out", "full"], "full: already exists"),
        (["model.safetensors", "good.csv", "--out", "good.csv"], "good.csv: already exists"),
        (
            ["model.safetensors", "good.csv", "--out", "model.safetensors"],
            "model.safetensors: already exists",
        ),
        (["model.safetensors", "good.csv", "--out", "link"], "link: already exists"),
    ],
)
def test_predict(
    tables: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    message: str,
) -> None:
    refused(monkeypatch, capsys, ["predict", *arguments], message)


def test_show(tables: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    refused(monkeypatch, capsys, ["show", "noise.safetensors"], "is not a model file")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--iterations", "0"], "--iterations must be a whole number of 1 or more, got 0"),
        (["--iterations", "-3"], "--iterations must be a whole number of 1 or more"),
        (["--hidden", "4,0"], "--hidden must be a whole number of 1 or more, got 0"),
        (["--hidden", "four"], "--hidden must be whole numbers separated by commas"),
        (["--learning-rate", "0"], "--learning-rate must be a positive number"),
        (["--target", "y"], "--target is for a table of yours: give TABLE before it"),
        (["--ignore", "y"], "--ignore is for a table of yours: give TABLE before it"),
        (["t.csv"], "--target is missing: name the column of t.csv to predict"),
        (["--rng", "R"], "unknown --rng 'R': did you mean 'r'"),
        (["--seed", "-1", "--rng", "numpy"], "--seed must be 0 or more"),
        (["--seed", "99999999999"], "--seed must fit R's integers"),
        (["--engine", "xla"], "unknown --engine 'xla'"),
        (["--out", "full"], "full: already exists"),
        (["--seed", "one"], "Invalid value for '--seed'"),
    ],
)
def test_demo(
    tables: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    message: str,
) -> None:
    refused(monkeypatch, capsys, ["demo", *arguments], message)


def test_unknown_command(
    tables: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    refused(monkeypatch, capsys, ["trian"], "No such command 'trian'")


def test_a_run_that_learnt_nothing_says_what_to_try_and_leaves_nothing(
    tables: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    options = {
        "optimizer": "gradient_descent",
        "learning-rate": "1e6",
        "loss": "sum_of_squares",
        "activation": "relu",
        "out": "run",
    }
    arguments = [
        "train",
        "good.csv",
        "--target",
        "y",
        *(part for k, v in options.items() for part in (f"--{k}", v)),
    ]
    monkeypatch.setattr(sys, "argv", ["glassnet", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1  # nothing was learnt before: there is nothing to keep
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "became NaN or infinite before anything was learnt: nothing was written" in printed.err
    assert "give a smaller --learning-rate" in printed.err
    assert not Path("run").exists()
