"""What the comparison has its programs do: every form reaches the loss, a training that is cut
short does not, engines are timed, the floor counts every operation. No times are judged.
"""

import sys
from collections import namedtuple
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

sys.path.insert(
    0, str(Path(__file__).parents[2])
)  # `bench` is no part of the package: it is run from the project's root

from bench.peers import PEERS, glassnet_, numpy_
from bench.workloads import FIRST, WORKLOADS, Given, final_loss

from bench import draw, floor, report, worker
from glassnet.training import population as population_module
from glassnet.training import run as run_module
from glassnet.training.engines.registry import Choice


def small(name: str, **changes: Any) -> Given:
    """A workload with few networks, rows and epochs."""
    return draw.draw(replace(WORKLOADS[name], **changes))


SMALL = {
    "A": {"epochs": 3},
    "B64": {"networks": 128, "epochs": 3},
    "B32": {"networks": 128, "epochs": 3},
    "C32": {"rows": 64},
    "E32": {"networks": 64, "rows": 64},
    "H": {"rows": 50, "batch": 50, "epochs": 3},
    "I": {"rows": 200, "sizes": (28, 30, 30, 1)},
}
"""Workload -> what makes it small."""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("peer", ["glassnet", "numpy", "sklearn", "jax", "torch"])
def test_every_form_reaches_the_loss(peer: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in dict(PEERS[peer].cannot) or not PEERS[peer].installed:
        pytest.skip("not this program's")
    module = import_module(f"bench.peers.{PEERS[peer].module}")
    if peer == "jax" and WORKLOADS[name].dtype == "float64":
        pytest.skip("would switch the whole process to float64")
    for timed in (run_module, population_module):
        monkeypatch.setattr(timed, "choose", timed.choose)  # put back afterwards
    given = small(name, **SMALL[name])
    for task in module.forms(given, peer == "torch"):  # without what takes seconds to compile
        result = task.fit(task.ready())
        loss = worker.plain(task.loss(result))
        found = report.checked(
            {"workload": name, "loss": loss}, draw.reference(given), given.workload.tolerance
        )
        assert "error" not in found, task.form
        if peer == "glassnet":
            assert (task.inside() or 0) > 0


def test_r_is_sent_the_article_alone() -> None:
    assert set(WORKLOADS) - set(dict(PEERS["r"].cannot)) == {"A"}


def shorter(given: Given) -> Given:
    """The same, one step short."""
    work = given.workload
    if work.batch == work.rows:
        return given._replace(workload=replace(work, epochs=work.epochs - 1))
    rows = work.rows - work.batch
    workload = replace(work, rows=rows)
    return given._replace(workload=workload, x=given.x[:rows], y=given.y[:rows])


@pytest.mark.parametrize("name", [*WORKLOADS, "first"])
def test_a_training_one_step_short_is_an_error(name: str) -> None:
    work = (WORKLOADS | {"first": FIRST})[name]
    few = replace(work, networks=min(work.networks, 4))
    given = draw.draw(few).astype("float64")
    if work.kind == "article":
        loss = draw.reference(shorter(given))
    else:
        alone = [given] if few.networks == 1 else [given.alone(p) for p in range(few.networks)]
        loss = [final_loss(one, *numpy_.mlp(shorter(one))) for one in alone]
    to_reach = draw.reference(given)
    for reached, error in ((to_reach, False), (loss, True)):
        row = {"workload": name, "loss": worker.plain(reached)}
        assert ("error" in report.checked(row, to_reach, work.tolerance)) == error


def test_engines_are_timed_wherever_they_are() -> None:
    clocked, inside = glassnet_.clocked, glassnet_.inside
    inside.clear()
    engine = SimpleNamespace(
        run=lambda problem: problem + 1, run_population=lambda problems: problems + 2, name="fast"
    )
    name, found = clocked(("fast", engine))
    choice = Choice(cast(Any, engine), "why")
    assert clocked(choice).engine.run_population(1) == 3
    assert (clocked(choice).note, inside.pop() > 0) == ("why", True)
    assert (name, found.run(1), clocked(engine).run(2), clocked(engine).name) == (
        "fast",
        2,
        3,
        "fast",
    )
    named = namedtuple("named", "name run")("fast", engine.run)
    assert clocked(named)._replace(name="slow").run(1) == 2
    assert len(inside) == 3
    assert clocked("something else") == "something else"


def test_the_floor_is_that_of_the_engines_vectors() -> None:
    widths = {name: floor.vector_bytes(name) for name in ("avx512", "avx2", "baseline", "")}
    assert widths == {"avx512": 64, "avx2": 32, "baseline": 32, "": 32}
    assert set(widths.values()) == set(floor.FLAGS)


def test_floor_counts_every_operation() -> None:
    one: floor.Peak = dict.fromkeys(
        ("fma32", "fma64", "div32", "div64", "sqrt32", "sqrt64", "fma_ns", "div_ns"), 1.0
    )
    products = 8192 * (
        3 * (20 * 64 + 64 * 64 + 64) - 20 * 64
    )  # forward, gradients, deltas back; the first layer sends none
    adam = (
        32 * (20 * 64 + 64 * 64 + 64 + 64 + 64 + 1) * 7
    )  # seven operations, which take longer than a division and a root
    assert floor.floor_ms("C256", one) == pytest.approx((products + adam) / 1e6)
    waiting = one | {"fma64": 1e9, "div64": 1e9}
    assert floor.floor_ms("A", waiting) == pytest.approx(
        1500 * (floor.CHAIN + floor.DIVISIONS) / 1e6
    )
    # B: 20 sigmoids of 18 operations; products 2 x 64 + 16, errors 16, update 16.
    assert floor.floor_ms("B64", one) == pytest.approx(1500 * (20 * 18 + 176) / 1e6)
    assert floor.floor_ms("B32", one) == pytest.approx(1500 * (20 * 13 + 176) / 1e6)
    steps = 32 * (20 * 16 + 16 + 16 + 1) * 7
    rows_of_e = 8192 * (3 * (20 * 16 + 16) - 20 * 16)
    assert floor.floor_ms("E256", one) == pytest.approx((rows_of_e + steps) / 1e6)
    products = 3 * (4 * 32 + 32 * 16 + 16 * 4) - 4 * 32
    tanhs = (32 + 16) * 14
    adam = 7 * (4 * 32 + 32 * 16 + 16 * 4 + 32 + 16 + 4)
    assert floor.floor_ms("H", one) == pytest.approx((10_000 * (products + tanhs) + adam) / 1e6)
