"""Ctrl-C in a real terminal, and SIGTERM, end whatever runs: soon, in words, nothing half-done."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from terminal import CTRL_C, Terminal

import glassnet as gn
from glassnet.cli.stopping import stopped_message

SOON = 10  # seconds; a second on a machine that does nothing else
FOR_EVER = "1000000000"
TRAIN = ("train", "t.csv", "--target", "y", "--epochs", FOR_EVER, "--patience", FOR_EVER)
KEPT = {"history.csv", "model.safetensors", "predictions.csv", "rows.csv", "run.json"}

SHOW = """
import os
def show(text):
    os.write(1, f"{text}\\n".encode())
"""
SHOWS_CHUNKS = (
    SHOW
    + """
from glassnet.training import loop, together
def showing(run_chunk):
    def shown(*given):
        chunk = run_chunk(*given)
        show("begun")
        return chunk
    return shown
for module in (loop, together):
    module._run_chunk = showing(module._run_chunk)
"""
)
COMMAND = """
from glassnet.cli import main
main()
"""
DATA = """
import numpy as np
import glassnet as gn
random = np.random.default_rng(0)
x = random.normal(size=(2000, 20))
y = x[:, 0] + x[:, 1] ** 2 + random.normal(size=2000)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table of 20 columns and 2,000 rows."""
    random = np.random.default_rng(0)
    cells = random.normal(size=(2000, 21)).round(4)
    names = ",".join([f"c{i}" for i in range(20)] + ["y"])
    np.savetxt(tmp_path / "t.csv", cells, "%.4f", ",", header=names, comments="")
    return tmp_path


@pytest.fixture
def model(folder: Path) -> Path:
    """A model of the first rows of that table."""
    table = {f"c{i}": np.arange(30.0) * i % 7 for i in range(20)} | {"y": np.arange(30.0)}
    gn.train_table(table, "y", members=1, epochs=2, hidden=3, holdout=0).save(folder / "m.model")
    return folder / "m.model"


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["defaults", "--members 1", "--engine numpy", "one thread", "--json"])
def way_in(request: pytest.FixtureRequest) -> tuple[list[str], dict[str, str]]:
    arguments = request.param.split() if request.param.startswith("-") else []
    threads = "1" if request.param == "one thread" else "2"
    return arguments, {"OMP_NUM_THREADS": threads}


def test_ctrl_c_ends_a_training_and_keeps_what_was_learnt(
    folder: Path, way_in: tuple[list[str], dict[str, str]]
) -> None:
    arguments, environment = way_in
    program = ["-c", SHOWS_CHUNKS + COMMAND, *TRAIN, *arguments]
    with Terminal(*program, folder=folder, **environment) as terminal:
        terminal.wait_for("begun", 2)
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1
        said = "glassnet: stopped by Ctrl-C; runs/t was written, without pictures and report.html"
        said += "; glassnet train --resume runs/t goes on from there"
        assert terminal.last_line == said
    written = {"runs/t.checkpoint", *(f"runs/t/{name}" for name in KEPT)}
    assert files_in(folder) == {"t.csv", *written}
    assert sorted(path.name for path in (folder / "runs").iterdir()) == ["t", "t.checkpoint"]
    run = gn.open_run(folder / "runs" / "t")
    assert run.record.ended == "interrupted"
    assert len(run.history["loss"]) > 0
    assert np.isfinite(run.model.predict(str(folder / "t.csv"))).all()


def test_ctrl_c_ends_a_demo(folder: Path) -> None:
    arguments = ["demo", "--engine", "numpy", "--iterations", FOR_EVER]
    with Terminal("-c", SHOWS_CHUNKS + COMMAND, *arguments, folder=folder) as terminal:
        terminal.wait_for("begun", 2)
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1
        said = "glassnet: stopped by Ctrl-C; runs/demo was written, without pictures"
        assert terminal.last_line == said
    assert files_in(folder) == {"t.csv", *(f"runs/demo/{name}" for name in KEPT)}


def test_ctrl_c_before_anything_is_learnt_leaves_nothing(folder: Path) -> None:
    arguments = ["-m", "glassnet", "train", "-", "--target", "y"]
    with Terminal(*arguments, folder=folder) as terminal:
        for _ in range(600):  # it reserves the folder and reads what is typed
            if (folder / "runs").exists():
                break
            time.sleep(0.1)
        terminal.press("a,y\n1,2\n")
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1
        assert terminal.last_line == "glassnet: stopped by Ctrl-C; nothing was written"
    assert {path.name for path in folder.iterdir()} == {"t.csv"}


MISSED_BY_A_WAIT = """
import os, signal, threading, time
from glassnet.cli.stopping import signals_heeded
def signal_that_no_wait_sees():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
read_end, _ = os.pipe()
with signals_heeded() as came:
    threading.Thread(target=signal_that_no_wait_sees).start()
    try:
        os.read(read_end, 1)
    except KeyboardInterrupt:
        print(f"heeded {len(came)}")
"""


def test_ctrl_c_just_before_a_wait_is_heeded() -> None:
    """As any that another thread is told of: the wait of the main thread goes on."""
    program = [sys.executable, "-c", MISSED_BY_A_WAIT]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "heeded 1\n"


IMPORT_IN_REPORT = """
from glassnet.report import build
class CallsItself:
    def __set_name__(self, owner, name):
        raise KeyboardInterrupt
def in_text(*_):
    exec("raise KeyboardInterrupt")
def in_class(*_):
    class Made:
        part = CallsItself()
build.make_report = {}
"""


@pytest.mark.parametrize("where", ["in_text", "in_class"])
def test_ctrl_c_while_a_module_is_imported_ends_as_any(folder: Path, where: str) -> None:
    arguments = ["train", "t.csv", "--target", "y", "--epochs", "2", "--members", "1"]
    program = ["-c", IMPORT_IN_REPORT.format(where) + COMMAND, *arguments, "--out", "run"]
    with Terminal(*program, folder=folder) as terminal:
        assert terminal.end(60) == 1
        assert terminal.last_line.startswith("glassnet: stopped by Ctrl-C; run was written")


BETWEEN = {
    "the scores and the last training": "from glassnet.recipe import run; on = run, 'refit'",
    "the training and the files": "from glassnet.runs import folder; on = folder, 'check_useful'",
    "the scores and what they are compared with": (
        "from glassnet.recipe.assessment import retraining; on = retraining, 'train_again'"
    ),
    "two files": "from glassnet.runs import folder; on = folder, '_rows'",
    "the files and the pictures": "from glassnet.runs import folder; on = folder, 'draw'",
}
INTERRUPTED_ONCE = """
instead = getattr(*on)
def interrupted(*given):
    setattr(*on, instead)
    raise KeyboardInterrupt
setattr(*on, interrupted)
"""


@pytest.mark.parametrize("between", BETWEEN)
def test_ctrl_c_at_any_time_after_the_training_keeps_the_run(folder: Path, between: str) -> None:
    arguments = ["train", "t.csv", "--target", "y", "--epochs", "2", "--members", "1"]
    program = ["-c", BETWEEN[between] + INTERRUPTED_ONCE + COMMAND, *arguments, "--out", "run"]
    with Terminal(*program, folder=folder) as terminal:
        assert terminal.end(60) == 1
        refit = "last training" not in between
        left_out = ["pictures", "report.html"]
        left_out = left_out if refit else ["the last training on all rows", *left_out]
        said = " and ".join(left_out)
        if (folder / "run.checkpoint").exists():
            said += "; glassnet train --resume run goes on from there"
        assert terminal.last_line == f"glassnet: stopped by Ctrl-C; run was written, without {said}"
    pictures = {"loss.svg", "network.svg"}
    assert files_in(folder / "run") - pictures == KEPT | (
        {"scored.safetensors"} if refit else set()
    )
    run = gn.open_run(folder / "run")
    assert run.model.record.refit == refit
    assert len(run.predictions["row"]) == 400


ENDLESS_REPORT = (
    SHOW
    + """
from glassnet.report import build
def make_report(*_):
    import time
    show("making the report")
    while True:
        time.sleep(0.01)
build.make_report = make_report
"""
)


def test_ctrl_c_while_the_report_is_made_says_what_was_written(folder: Path) -> None:
    arguments = ["train", "t.csv", "--target", "y", "--epochs", "2", "--members", "1"]
    arguments += ["--out", "run", "--quiet"]
    with Terminal("-c", ENDLESS_REPORT + COMMAND, *arguments, folder=folder) as terminal:
        terminal.wait_for("making the report")
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1
        said = "glassnet: stopped by Ctrl-C; run was written, without report.html"
        assert terminal.last_line == said
    others = {"loss.svg", "network.svg", "scored.safetensors"}
    assert files_in(folder / "run") == KEPT | others


ENDLESS_ENCODING = (
    SHOW
    + """
from glassnet.tables.encoding import TableEncoding
encode_inputs = TableEncoding.encode_inputs
def for_ever(*given):
    show("encoding")
    while True:
        encode_inputs(*given)
TableEncoding.encode_inputs = for_ever
"""
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "m.model", "t.csv", "--out", "out.csv"],
        ["predict", "m.model", "t.csv"],
        ["explain", "m.model", "t.csv", "--out", "out.md"],
        ["plot", "importance", "m.model", "t.csv", "--out", "out.png"],
    ],
)
def test_ctrl_c_ends_what_a_model_is_used_for(
    folder: Path, model: Path, arguments: list[str]
) -> None:
    with Terminal("-c", ENDLESS_ENCODING + COMMAND, *arguments, folder=folder) as terminal:
        terminal.wait_for("encoding")
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1
        assert terminal.last_line == "glassnet: stopped by Ctrl-C; nothing was written"
    assert {path.name for path in folder.iterdir()} == {"t.csv", model.name}


IN_PYTHON = {
    "train": """
network = gn.Network([20, 30, 1], "tanh")
run = gn.train(network, gn.initialize(network), x, y, epochs=1000000000, batch_size=50)
ended = run.ended
""",
    "train_table with a frame": """
import pandas
frame = pandas.DataFrame(x, columns=[f"c{i}" for i in range(20)]).assign(y=y)
model = gn.train_table(frame, "y", epochs=1000000000, patience=1000000000)
ended = "interrupted"
model.predict(frame)
""",
    "train_table with a path": """
model = gn.train_table("t.csv", "y", epochs=1000000000, patience=1000000000)
ended = "interrupted"
""",
    "TableRegressor": """
from glassnet.estimators.table.estimators import TableRegressor
fitted = TableRegressor(max_iter=1000000000, n_iter_no_change=1000000000).fit(x, y)
ended = "interrupted"
""",
    "MLPRegressor": """
from glassnet.estimators.mlp.regressor import MLPRegressor
fitted = MLPRegressor(max_iter=1000000000, n_iter_no_change=1000000000).fit(x, y)
ended = "interrupted" if "Ctrl-C" in fitted.diagnosis_ else fitted.diagnosis_
""",
    "lbfgs": """
from glassnet.estimators.mlp.regressor import MLPRegressor
from glassnet.training.solvers.reporting import IterationReport
iteration = IterationReport.iteration
def shown(*given):
    show("begun")
    return iteration(*given)
IterationReport.iteration = shown
settings = dict(hidden_layer_sizes=(200, 200), max_iter=1000000000, max_fun=1000000000, tol=0)
fitted = MLPRegressor(solver="lbfgs", **settings).fit(x, y)
ended = "interrupted" if "Ctrl-C" in fitted.diagnosis_ else fitted.diagnosis_
""",
}


@pytest.mark.parametrize("way", IN_PYTHON)
def test_ctrl_c_ends_a_training_in_python(folder: Path, way: str) -> None:
    program = SHOWS_CHUNKS + DATA + IN_PYTHON[way] + "print('then', ended)\n"
    with Terminal("-W", "ignore", "-c", program, folder=folder) as terminal:
        terminal.wait_for("begun", 2)
        terminal.press(CTRL_C)
        assert terminal.end(SOON) == 0, terminal.screen
        assert terminal.last_line == "then interrupted"


def test_sigterm_ends_a_training_in_good_order(folder: Path) -> None:
    program = [sys.executable, "-c", SHOWS_CHUNKS + COMMAND, *TRAIN, "--out", "run", "--quiet"]
    process = subprocess.Popen(
        program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(2):  # it has begun
        process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    said = "glassnet: stopped by SIGTERM; run was written, without pictures and report.html; "
    assert error == said + "glassnet train --resume run goes on from there\n"
    assert files_in(folder / "run") == KEPT


STUCK = (
    SHOW
    + """
import hashlib
from glassnet.runs import folder
def stuck(*_):
    show("writing")
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # Python comes to nothing for an hour
folder._write_blocks = stuck
"""
)


def test_a_second_ctrl_c_ends_what_does_not_end(folder: Path) -> None:
    arguments = ["train", "t.csv", "--target", "y", "--epochs", "2", "--members", "1", "--quiet"]
    with Terminal("-c", STUCK + COMMAND, *arguments, folder=folder) as terminal:
        terminal.wait_for("writing")
        for _ in range(2):
            time.sleep(0.5)  # it is stuck now; and the system does not make one signal of two
            terminal.press(CTRL_C)
        assert terminal.end(SOON) == 1, terminal.screen
        assert terminal.last_line == "glassnet: ended by Ctrl-C twice; nothing more was written"
    assert [path.name for path in (folder / "runs").iterdir()] == [".t.unfinished"]


def test_a_signal_that_was_ignored_stays_ignored(folder: Path) -> None:
    program = f"""
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a shell
os.execv({sys.executable!r}, [{sys.executable!r}, "-c", {SHOWS_CHUNKS + COMMAND!r}, *{TRAIN!r}])
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=folder, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    for _ in range(4):  # a chunk takes a quarter of a second
        assert process.stdout.readline() == b"begun\n"
    process.kill()
    process.communicate()
    process.wait()


def test_eight_runs_at_once_lose_nothing(folder: Path) -> None:
    train = [sys.executable, "-m", "glassnet", "train", "t.csv", "--target", "y", "--quiet"]
    train += ["--epochs", "1", "--members", "1", "--hidden", "3", "--no-report", "--no-refit"]
    ways = [["--seed", str(seed)] for seed in range(5)]
    ways += [["--seed", str(seed), "--out", "same"] for seed in range(5, 8)]
    processes = [
        subprocess.Popen([*train, *way], cwd=folder, stderr=subprocess.PIPE, text=True)
        for way in ways
    ]
    said = [process.communicate(timeout=300)[1] for process in processes]
    statuses = [process.returncode for process in processes]
    assert statuses[:5] == [0] * 5, said
    runs = sorted((folder / "runs").iterdir())
    assert [run.name for run in runs] == ["t", "t-2", "t-3", "t-4", "t-5"]
    seeds = [json.loads((run / "run.json").read_text())["options"]["seed"] for run in runs]
    assert sorted(seeds) == [0, 1, 2, 3, 4]
    assert sorted(statuses[5:]) == [0, 2, 2], said
    refused = ("is being written by another run", "already exists and nothing is overwritten")
    for status, text in zip(statuses[5:], said[5:], strict=True):
        assert text == "" if status == 0 else any(words in text for words in refused)
        assert text.count("\n") == (status != 0)
    kept = json.loads((folder / "same" / "run.json").read_text())["options"]["seed"]
    assert statuses[kept] == 0
    assert {path.name for path in folder.iterdir()} == {"t.csv", "runs", "same"}


def test_the_words_name_all_that_was_written() -> None:
    files = [Path("a"), Path("b")]
    assert stopped_message([], files, []) == "stopped by Ctrl-C; a and b were written"
    assert stopped_message([], [], ["c"]) == "stopped by Ctrl-C; nothing was written"
    first = [signal.SIGTERM, signal.SIGINT]
    assert (
        stopped_message(first, files[:1], "xy")
        == "stopped by SIGTERM; a was written, without x and y"
    )
