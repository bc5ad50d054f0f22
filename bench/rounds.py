"""The rounds: each program has its own worker, and they take turns, so that a busy moment of the
machine falls on all of them.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from subprocess import PIPE, Popen
from typing import IO, Any, TypeVar

from bench import launch
from bench.peers import PEERS

ANSWER_SECONDS = 300
Row = dict[str, Any]
"""One program on one workload with 1, 2 or all threads: what it answered, its times round by
round, or an "error".
"""

Member = tuple[str, str]
"""A program, and its threads: "1", "2" or "all"."""

Some = TypeVar("Some")


@dataclass(frozen=True)
class Settings:
    """How much is done: rounds, seconds of a round for each program, with 1 or all threads, slow
    forms left out or not.
    """

    rounds: int
    seconds: float
    threads: tuple[str, ...]
    quick: bool


@dataclass(frozen=True)
class Handle:
    """The parent's end of a worker: its process, and the file that its stderr goes to."""

    process: Popen[str]
    said: IO[str]

    def ask(self, do: str, **message: Any) -> dict[str, Any]:
        """Send a message and wait for its answer; a worker that dies or is silent for too long
        answers with an error.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            print(json.dumps({"do": do, **message}), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return {"error": self.last_words()}
        with DefaultSelector() as selector:
            selector.register(self.process.stdout, EVENT_READ)
            if not selector.select(ANSWER_SECONDS):
                return {"error": f"no answer within {ANSWER_SECONDS} s"}
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": self.last_words()}

    def last_words(self) -> str:
        self.said.seek(0)
        lines = self.said.read().split("\n")
        return next(
            (line.strip() for line in reversed(lines) if line.strip()), "ended without a word"
        )[:300]


@contextmanager
def worker(peer: str, threads: str) -> Iterator[Handle]:
    """A worker for as long as the `with` lasts."""
    command = [sys.executable, "-m", "bench.worker", peer]
    with (
        tempfile.TemporaryFile("w+") as said,
        launch.start(command, threads, stdin=PIPE, stdout=PIPE, stderr=said) as process,
    ):
        try:
            yield Handle(process, said)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # a message that it did not live to read
                process.stdin.close()


def take_turns(
    members: Sequence[Some],
    rounds: int,
    turn: Callable[[Some], bool],
    between: Callable[[], None] = lambda: None,
) -> None:
    """Round after round, each member once, a different one first each time.

    A member whose turn fails takes no more.
    """
    left = list(members)
    for i in range(rounds):
        between()
        k = i % max(len(left), 1)
        for member in left[k:] + left[:k]:
            if not turn(member):
                left.remove(member)


def measure(
    workload: str,
    members: Sequence[Member],
    data: str,
    settings: Settings,
    between: Callable[[], None] = lambda: None,
) -> list[Row]:
    """Time the members that can do a workload, one row each.

    `between` is called before each round.
    """
    rows: dict[Member, Row] = {}
    with ExitStack() as stack:
        workers: dict[Member, Handle] = {}
        for member in members:
            peer, threads = member
            if workload not in dict(PEERS[peer].cannot):
                workers[member] = stack.enter_context(worker(peer, threads))
                answer = workers[member].ask(
                    "prepare",
                    workload=workload,
                    data=data,
                    quick=settings.quick,
                    seconds=settings.seconds,
                )
                rows[member] = (
                    {"workload": workload, "threads": threads, "peer": peer}
                    | answer
                    | {"ms": [], "engine_ms": []}
                )

        def turn(member: Member) -> bool:
            answer = workers[member].ask("run")
            if "error" in answer:
                rows[member]["error"] = answer["error"]
                return False
            rows[member]["loss"] = answer["loss"]
            for name in ("ms", "engine_ms"):
                rows[member][name] += [answer[name]] if answer[name] is not None else []
            return True

        working = [member for member in rows if "error" not in rows[member]]
        take_turns(working, settings.rounds, turn, between)
        for member, row in rows.items():
            row |= {} if "error" in row else workers[member].ask("end")
    return list(rows.values())
