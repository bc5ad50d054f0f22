"""F, the whole process: start, import, train, print, end. Here the commands and their rounds."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from bench import launch
from bench.launch import ROOT
from bench.rounds import Row, Settings, take_turns
from bench.workloads import FIRST

GLASSNET = """
import glassnet as gn
X = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
y = [0, 1, 1, 0]
network = gn.Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
start = gn.initialize(network, "uniform", seed=1, rng="r")
run = gn.train(network, start, X, y, optimizer=gn.GradientDescent(1.0), epochs=1500)
print(run.history.iteration_loss[-1])
"""

SKLEARN = """
import warnings; warnings.simplefilter("ignore")
from sklearn.neural_network import MLPClassifier
X = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
y = [0, 1, 1, 0]
print(MLPClassifier((4,), "logistic", solver="sgd", alpha=0, batch_size=4, learning_rate_init=1.0,
                    momentum=0, max_iter=1500,
                    shuffle=False, tol=0, n_iter_no_change=1500, random_state=1).fit(X, y).loss_)
"""
NEAREST = "the nearest it can express: cross-entropy, with biases; its loss is not compared"


class Kind(NamedTuple):
    """One thing that a fresh process is asked for: its title, the workload whose loss it must
    reach, and who takes part.
    """

    title: str
    trains: str
    peers: tuple[str, ...]


PYTHON = ("glassnet", "numpy", "sklearn", "torch", "jax")
KINDS = {
    "F-once": Kind("fresh process: import, train A once, print the loss", "A", (*PYTHON, "r")),
    "F-demo": Kind(
        "fresh process: `glassnet demo --json`, and Rscript on the article", "A", ("glassnet", "r")
    ),
    "F-first": Kind(
        f"fresh process: import, a first fit ({FIRST.title}), print the loss", "first", PYTHON
    ),
}


def command(kind: str, peer: str, data: str) -> tuple[list[str], str]:
    """The command line, and how the report calls it."""
    python = sys.executable
    if peer == "r":
        return [shutil.which("Rscript") or "Rscript", str(ROOT / "bench" / "article.R")], "Rscript"
    if (kind, peer) == ("F-demo", "glassnet"):
        installed = Path(python).with_name("glassnet")
        script = [str(installed)] if installed.exists() else [python, "-m", "glassnet"]
        return [*script, "demo", "--json"], "glassnet demo --json"
    if (kind, peer) == ("F-once", "glassnet"):
        return [python, "-c", GLASSNET], "python -c, gn.train"
    if (kind, peer) == ("F-once", "sklearn"):
        return [python, "-c", SKLEARN], NEAREST
    return [python, "-m", "bench.once", peer, KINDS[kind].trains, data], "python -m bench.once"


def measure(
    kind: str, threads: str, peers: Sequence[str], data: str, settings: Settings
) -> list[Row]:
    """Start each program anew in each round; one row each."""
    rows: dict[str, Row] = {}
    for peer in (p for p in peers if p in KINDS[kind].peers):
        form = command(kind, peer, data)[1]
        rows[peer] = {
            "workload": kind,
            "threads": threads,
            "peer": peer,
            "form": form,
            "ms": [],
            "engine_ms": [],
        }
        rows[peer] |= {"unchecked": True} if form == NEAREST else {}

    def turn(peer: str) -> bool:
        seconds, found = once(command(kind, peer, data)[0], threads)
        rows[peer]["ms"].append(1000 * seconds)
        rows[peer] |= found
        return "error" not in found

    take_turns(list(rows), settings.rounds, turn)
    return list(rows.values())


def once(line: list[str], threads: str) -> tuple[float, dict[str, float | str]]:
    """Seconds of a whole process, and the loss it printed or the last line of its complaint."""
    seconds, said, error = process(line, threads)
    if error:
        return seconds, {"error": error}
    try:
        return seconds, {
            "loss": json.loads(said)["loss"][-1]
            if said.startswith("{")
            else float(said.split()[-1])
        }
    except (ValueError, LookupError):
        return seconds, {"error": f"printed no loss, but {said[:60]!r}"}


def process(line: list[str], threads: str) -> tuple[float, str, str]:
    """Seconds of a whole process, what it printed, and where it failed the last line of its
    complaint.
    """
    began = perf_counter()
    started = launch.start(line, threads, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, complained = started.communicate()
    seconds = perf_counter() - began
    if started.returncode:
        return (
            seconds,
            said,
            complained.strip().split("\n")[-1][:300] or f"exit status {started.returncode}",
        )
    return seconds, said, ""
