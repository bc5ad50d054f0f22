"""The programs that are compared: who they are, what each cannot do, and what each hands to the
worker that times it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from shutil import which
from typing import Any


@dataclass(frozen=True)
class Task:
    """One training in one form of one program.

    `ready` makes what a training starts from (fresh weights, since some programs use up theirs) and
    is not timed; `fit` trains, from that to a result, and is; `loss` takes the final loss from a
    result. `form` says how it is written, and may name parts of the result. `inside` is how many
    seconds of the last `fit` the engine itself took, where that is known; `process` is the number
    of the process that trains, where that is another one. `divide` is the workload's own where a
    form trains fewer networks than there are: then the first of them, and as many losses.
    """

    form: str
    fit: Callable[[Any], Any]
    loss: Callable[[Any], Any]
    ready: Callable[[], Any] = lambda: None
    inside: Callable[[], float | None] = lambda: None
    process: int | None = None
    divide: int | None = None


@dataclass(frozen=True)
class Peer:
    """A program: its name in tables, its module here, its distribution ("" where it is not
    Python's), what it leaves out and why.

    A module here has one function, ``forms(given, quick) -> list[Task]``: the ways to write a
    training, of which the quickest counts. With `quick` those that are slow to get ready are left
    out.
    """

    title: str
    module: str
    distribution: str = ""
    cannot: tuple[tuple[str, str], ...] = ()

    @property
    def installed(self) -> bool:
        """Whether it is there, found without importing it."""
        name = {"scikit-learn": "sklearn"}.get(self.distribution, self.distribution)
        return find_spec(name) is not None if name else which("Rscript") is not None


NO_MLP = "only the article is written in plain R"
NOT_IN_LANES = "its best form for many networks at once is compared in E"
FEW = 16  # networks of a loop that would take minutes


def one_by_one(
    forms: Callable[[Any, bool], list[Task]], given: Any, count: int = FEW
) -> list[Task]:
    """A loop over the first `count` networks, each trained alone in the first of a program's
    forms.
    """
    tasks = [forms(given.alone(p), True)[0] for p in range(count)]
    return [
        Task(
            f"a loop ({count} of the networks timed): {tasks[0].form}",
            lambda states: [task.fit(state) for task, state in zip(tasks, states, strict=True)],
            lambda results: [
                task.loss(result) for task, result in zip(tasks, results, strict=True)
            ],
            lambda: [task.ready() for task in tasks],
            divide=count,
        )
    ]


PEERS = {
    "glassnet": Peer("glassnet", "glassnet_", "glassnet"),
    "numpy": Peer("NumPy", "numpy_", "numpy"),
    "sklearn": Peer(
        "scikit-learn",
        "sklearn_",
        "scikit-learn",
        (
            (
                "A",
                (
                    "cannot express the article: no sum of squares through a sigmoid output, "
                    "no network without biases"
                ),
            ),
            ("B64", "cannot express the article"),
            ("B32", "cannot express the article"),
        ),
    ),
    "torch": Peer(
        "PyTorch", "torch_", "torch", tuple((name, NOT_IN_LANES) for name in ("B64", "B32"))
    ),
    "jax": Peer("JAX", "jax_", "jax"),
    "r": Peer(
        "R",
        "r",
        "",
        tuple((name, NO_MLP) for name in ("C32", "C256", "D", "D1024", "E32", "E256", "H", "I"))
        + tuple((name, "trains one network at a time, as in A") for name in ("B64", "B32")),
    ),
}
