"""The loop and its observers: what they see, how often, and how they end a run or extend it."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.training.checks import checked_problem
from glassnet.training.endings import BROKEN, CUT_SHORT, ENDINGS, OF_AN_ENGINE
from glassnet.training.engines.registry import choose
from glassnet.training.loop import Chunk, Finished, Observer, run_epochs
from glassnet.training.options import TrainingOptions
from glassnet.training.problem import State, start_of

random = np.random.default_rng(3)
X = random.normal(size=(20, 3))
Y = np.sin(X.sum(axis=1))
NETWORK = gn.Network([3, 4, 1], "tanh")
START = gn.initialize(NETWORK, seed=1)


class Spy(Observer):
    """Writes down what it is asked and shown."""

    def __init__(self, log: list[Any], at_most: float = np.inf, end_at: int = -1) -> None:
        self.log = log
        self.at_most = at_most
        self.end_at = end_at

    def most_epochs(self, state: State) -> float:
        return self.at_most

    def before_chunk(self) -> None:
        self.log.append("before")

    def after_chunk(self, chunk: Chunk) -> str:
        self.log.append(chunk.state.epoch)
        return "callback" if chunk.state.epoch == self.end_at else ""


class GoOnce(Observer):
    """Lets a run go on that patience would end, once."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def goes_on(self, ended: str) -> bool:
        self.asked.append(ended)
        return self.asked == ["early"]


def run(
    observers: list[Observer], *, epochs: int = 10, chunk: int | None = None, **how: Any
) -> Finished:
    options = TrainingOptions(epochs=epochs, **how)
    problem = checked_problem(NETWORK, START, X, Y, options)
    return run_epochs(
        choose("auto", problem.network, problem).engine,
        problem,
        start_of(problem, START),
        epochs=epochs,
        orders=None,
        learning_rates=lambda first, count: options.learning_rates(problem.batches, first, count),
        observers=observers,
        chunk_epochs=chunk,
    )


def test_observers_see_every_chunk_in_their_order() -> None:
    log: list[Any] = []
    finished = run([Spy(log), Spy(log)], chunk=4)
    assert log == ["before", "before", 4, 4, "before", "before", 8, 8, "before", "before", 10, 10]
    assert [chunk.state.epoch for chunk in finished.chunks] == [4, 8, 10]
    assert finished.ended == ""
    assert finished.state is finished.chunks[-1].state
    for chunk in finished.chunks:
        assert len(chunk.learning_rates) == len(chunk.measured.iteration_loss)


def test_no_chunk_is_longer_than_the_most_patient_observer_allows() -> None:
    log: list[Any] = []
    run([Spy(log, at_most=3), Spy([], at_most=5)])
    assert [entry for entry in log if entry != "before"] == [3, 6, 9, 10]


def test_an_observer_ends_a_run_and_its_last_weights_are_kept() -> None:
    finished = run([Spy([], at_most=1, end_at=3), Spy([])])
    assert (finished.ended, finished.best_epoch, finished.state.epoch) == ("callback", 3, 3)
    for one, other in zip(
        leaves(finished.parameters), leaves(run([], epochs=3).parameters), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_an_observer_gives_a_run_new_patience() -> None:
    still: dict[str, Any] = {"multipliers": (0.0,) * 4, "patience": 2, "epochs": 20}
    assert run([], **still).state.epoch == 3
    observer = GoOnce()
    finished = run([observer], **still)
    assert observer.asked == ["early", "early"]
    assert (finished.ended, finished.state.epoch) == ("early", 5)


def test_ctrl_c_before_the_first_chunk_leaves_the_start() -> None:
    class Interrupt(Observer):
        def before_chunk(self) -> None:
            raise KeyboardInterrupt

    finished = run([Interrupt()])
    assert (finished.ended, finished.best_epoch, finished.chunks) == ("interrupted", 0, [])
    assert finished.parameters is finished.state.parameters


@pytest.mark.parametrize("group", [BROKEN, CUT_SHORT, OF_AN_ENGINE])
def test_every_ending_has_a_meaning(group: tuple[str, ...]) -> None:
    assert set(group) <= set(ENDINGS)
