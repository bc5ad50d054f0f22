"""One program in its own process, spoken to in JSON lines: `python -m bench.worker PEER`, started
by `rounds.py`.

"prepare" imports the library, trains once in each of the program's forms and keeps the quickest;
"run" times it for one round; "end" says how much memory it all took. An answer with "error" ends
the conversation.
"""

import json
import os
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from traceback import format_exception_only
from typing import Any

from bench.peers import PEERS, Peer, Task

FORM_SECONDS = 60  # a form that takes longer to get ready is given up
ENOUGH_SECONDS = 1  # of warm trainings, to choose a form by
MOST_CALLS = 500  # of one round


class Worker:
    """What a worker keeps between messages."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.calls = 1

    def prepare(self, workload: str, data: str, quick: bool, seconds: float) -> dict[str, Any]:
        """Everything that happens once.

        Milliseconds of the import and of the first training are those of a fresh process.
        """
        began = perf_counter()
        # Imported here, so that NumPy's share of the import is in everybody's.
        from bench.workloads import (
            WORKLOADS,
            load,
        )

        module = import_module(f"bench.peers.{self.peer.module}")
        import_ms = 1000 * (perf_counter() - began) if self.peer.distribution else None
        self.given = load(data, WORKLOADS[workload])
        tried = [
            try_out(task, self.given.workload.divide) for task in module.forms(self.given, quick)
        ]
        working = [(task, found) for task, found in tried if "error" not in found]
        if not working:
            raise RuntimeError(
                "; ".join(f"{found['form']}: {found['error']}" for _, found in tried)
            )
        self.task, best = min(working, key=lambda pair: pair[1]["ms"])
        self.divide = self.task.divide or self.given.workload.divide
        self.calls = max(1, min(MOST_CALLS, round(1000 * seconds / (best["ms"] * self.divide))))
        return {
            **best,
            "ms": None,
            "import_ms": import_ms,
            "calls": self.calls,
            "forms": [
                {name: value for name, value in found.items() if name != "loss"}
                for _, found in tried
            ],
        }

    def run(self) -> dict[str, Any]:
        """One round: as many calls as `prepare` found to fill the wanted time; the median call, and
        the engine's part of it.
        """
        whole, inside = [], []
        for _ in range(self.calls):
            seconds, part, result = timed(self.task)
            whole.append(seconds)
            inside += [] if part is None else [part]
        unit = 1000 / self.divide
        found = {"ms": unit * median(whole), "engine_ms": unit * median(inside) if inside else None}
        return found | {
            "loss": plain(self.task.loss(result))
        }  # again and again: each call must begin at the start

    def end(self) -> dict[str, Any]:
        """Peak memory of the process that trained."""
        return {"peak_mb": peak_mb(self.task.process)}


def peak_mb(process: int | None) -> float | None:
    """The most memory that a process (None: this one) has held, in megabytes.

    Linux keeps it in /proc. Its `ru_maxrss` would do, but begins with what the parent held when it
    started the process.
    """
    status = Path(f"/proc/{process or 'self'}/status")
    if status.exists():
        return next(
            int(line.split()[1]) * 1024 / 1e6
            for line in status.read_text().split("\n")
            if line.startswith("VmHWM")
        )
    unit = 1 if sys.platform == "darwin" else 1024
    return None if process else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def timed(task: Task) -> tuple[float, float | None, Any]:
    """Seconds of one training, the engine's own part of them, and the result."""
    state = task.ready()
    began = perf_counter()
    result = task.fit(state)
    return perf_counter() - began, task.inside(), result


def try_out(task: Task, divide: int) -> tuple[Task, dict[str, Any]]:
    """Train once cold and up to three times warm in one form: its times and final loss, or what
    went wrong.
    """
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(FORM_SECONDS)
    try:
        first, _, result = timed(task)
        signal.alarm(0)
        loss, form = plain(task.loss(result)), task.form.format(result)
        warm: list[float] = []
        while len(warm) < 3 and sum(warm) < ENOUGH_SECONDS:
            warm.append(timed(task)[0])
    except Exception as error:  # another form may still work, and the report names this one
        return task, {"form": task.form, "error": one_line(error)}
    finally:
        signal.alarm(0)
    ms = 1000 * min(warm) / (task.divide or divide)
    return task, {"form": form, "first_ms": 1000 * first, "ms": ms, "loss": loss}


def plain(loss: Any) -> float | list[float]:
    """A final loss, or that of each network, as JSON knows it."""
    if isinstance(loss, float):
        return loss
    return [float(one) for one in loss]


def give_up(*_: Any) -> None:
    raise TimeoutError(f"not ready within {FORM_SECONDS} s")


def one_line(error: BaseException) -> str:
    return " ".join("".join(format_exception_only(error)).split())[:300]


def main() -> None:
    answers = os.fdopen(
        os.dup(1), "w"
    )  # libraries that print do so to stderr, and the conversation stays clean
    os.dup2(2, 1)
    worker = Worker(PEERS[sys.argv[1]])
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = getattr(worker, message.pop("do"))(**message)
        except Exception as error:  # told to the parent, which puts it in the report
            answer = {"error": one_line(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
