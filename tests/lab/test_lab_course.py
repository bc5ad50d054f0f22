"""The way back is exact: wherever a run was, its weights there are the same bits again."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_page import Page

COURSE = """
  const { setup, ways } = given;
  const usual = parts.exampleNamed(engine, setup.example);
  const lab = new parts.Lab(engine, { ...usual, ...setup });
  const weights = () => [...lab.view.value.scene.batch.parameters];
  const forward = new parts.Lab(engine, { ...usual, ...setup });
  const known = new Map();
  const wanted = (iteration) => {
    if (!known.has(iteration)) {
      forward.goTo(iteration);
      known.set(iteration, [...forward.view.value.scene.batch.parameters]);
    }
    return known.get(iteration);
  };
  for (const way of [...ways].sort((a, b) => a - b)) wanted(way);
  return ways.map((way) => {
    lab.goTo(way);
    const same = weights().every((value, i) => Object.is(value, wanted(way)[i]));
    return [lab.position.value.iteration, same, lab.losses.length];
  });
"""
SETUPS: list[dict[str, Any]] = [
    {"example": "article"},
    {"example": "moons", "batchSize": 7},
    {"example": "sine", "optimizer": "adam", "iterations": 4000},
    {"example": "spiral", "hidden": [16, 16, 16], "iterations": 600},
]


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup["example"])
@settings(max_examples=8, deadline=None)
@given(ways=st.lists(st.integers(0, 600), min_size=1, max_size=12))
def test_every_way_leads_to_the_same_weights(
    page: Page, setup: dict[str, Any], ways: list[int]
) -> None:
    furthest = 0
    for way, (iteration, same, losses) in zip(
        ways, page.run(COURSE, setup=setup, ways=ways), strict=True
    ):
        furthest = max(furthest, way)
        assert (iteration, same, losses) == (way, True, furthest)


def test_the_way_back_is_exact_where_few_snapshots_are_kept(page: Page) -> None:
    """10,000 iterations are more than are kept."""
    setup = {"example": "article", "iterations": 10_000}
    ways = [10_000, 9_999, 5_001, 4_097, 2_049, 2_047, 1, 0, 9_998]
    assert all(same for _, same, _ in page.run(COURSE, setup=setup, ways=ways))


CHANGES = """
  const lab = new parts.Lab(engine, parts.exampleNamed(engine, "article"));
  const weights = () => [...lab.view.value.scene.batch.parameters];
  const notes = [];
  const note = (name) =>
    notes.push([name, lab.position.value.iteration, weights(),
      lab.setup.value.table.columns[0].cells[0], lab.setup.value.rate, lab.isByHand]);
  lab.goTo(40); note("before");
  lab.setParameter({ layer: 0, source: 1, node: 2 }, 0.25); note("typed");
  lab.goTo(60); lab.setCell("x1", 0, 0.5); note("cell");
  lab.goTo(80); lab.setRate(0.1); note("rate");
  lab.goTo(100); note("end");
  for (const [way, name] of [[80, "rate"], [60, "cell"], [40, "typed"], [39, "39"], [100, "end"]]) {
    lab.goTo(way); note(name);
  }
  lab.goTo(50); const reached = lab.reached; lab.setRate(0.2);
  return { notes, reached, then: lab.reached, losses: lab.losses.length };
"""


def test_changes_by_hand_are_undone_and_done_again(page: Page) -> None:
    """Each begins anew from where it was made; what came before it stays."""
    answer = page.run(CHANGES)
    first: dict[str, list[Any]] = {}
    for name, *state in answer["notes"]:
        assert state == first.setdefault(name, state), name
    assert first["typed"][1][6] == 0.25
    assert first["before"][1] != first["typed"][1]
    assert (first["39"][2:], first["before"][2:]) == ([0, 1, False], [0, 1, False])
    assert first["cell"][2:] == [0.5, 1, True]
    assert first["end"][2:] == [0.5, 0.1, True]
    assert (answer["reached"], answer["then"], answer["losses"]) == (100, 50, 50)


FAILING = """
  const setup = { ...parts.exampleNamed(engine, "cars"), optimizer: "gradient_descent", rate: 1e6 };
  const lab = new parts.Lab(engine, setup);
  lab.goTo(500);
  const { iteration } = lab.position.value;
  const failure = lab.failure.value;
  const at = lab.isAtEnd;
  lab.goTo(iteration - 1);
  const before = lab.failure.value;
  lab.goTo(500);
  return { iteration, failure, at, before, again: lab.position.value.iteration,
    value: parts.findNumber(lab.view.value.scene, failure.id).value, losses: lab.losses.length };
"""


def test_a_run_ends_at_the_first_number_that_is_not_finite(page: Page) -> None:
    answer = page.run(FAILING)
    assert 0 < answer["iteration"] < 500
    assert answer["at"]
    assert answer["before"] is None
    assert answer["again"] == answer["iteration"] == answer["losses"] - 1
    assert not abs(answer["value"]) < float("inf")
    assert answer["failure"]["says"].split(" ")[0].rstrip("0123456789.") in ("z", "a", "the")
