"""The path of the weights: which epochs it keeps, and that these are what shorter runs leave.

Keeping them changes nothing.
"""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import Parameters, leaves
from glassnet.errors import GlassnetError
from glassnet.models.ensemble import Member, join_members
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun, run_table

pytestmark = pytest.mark.filterwarnings(
    "ignore:the training (diverged|stopped)", "ignore:every node of the first layer"
)
random = np.random.default_rng(8)
X = random.normal(size=(40, 3))
Y = np.sin(X.sum(axis=1))
NETWORK = gn.Network([3, 6, 1], "tanh")
START = gn.initialize(NETWORK, seed=2)
TABLE = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "y": Y}


def train(**options: Any) -> gn.Run:
    return gn.train(
        NETWORK, START, X, Y, **{"epochs": 21, "batch_size": 8, "dropout": 0.2, **options}
    )


def assert_equal(a: Parameters, b: Parameters) -> None:
    for one, other in zip(leaves(a), leaves(b), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("chunk_epochs", [None, 4])
def test_a_run_with_a_path_is_bit_equal_to_one_without(
    engine: str, chunk_epochs: int | None
) -> None:
    options: dict[str, Any] = {"engine": engine, "schedule": "cosine", "validation": (X[:9], Y[:9])}
    plain, with_path = train(**options), train(**options, path_points=6, chunk_epochs=chunk_epochs)
    assert plain.path == ()
    assert [epoch for epoch, _ in with_path.path] == [0, 4, 8, 13, 17, 21]
    assert_equal(plain.parameters, with_path.parameters)
    assert_equal(plain.state.parameters, with_path.path[-1][1])
    assert_equal(START, with_path.path[0][1])
    for name in ("iteration_loss", "loss", "validation_loss", "learning_rate"):
        np.testing.assert_array_equal(
            getattr(plain.history, name), getattr(with_path.history, name)
        )


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_a_point_is_what_a_shorter_run_leaves(engine: str) -> None:
    for epoch, parameters in train(engine=engine, path_points=4).path[1:]:
        assert_equal(parameters, train(engine=engine, epochs=epoch).parameters)


def test_more_points_than_epochs_are_every_epoch() -> None:
    assert [epoch for epoch, _ in train(epochs=3, path_points=50).path] == [0, 1, 2, 3]


def test_the_path_ends_where_the_run_does() -> None:
    early = train(
        epochs=200, optimizer=gn.Adam(0.1), validation=(X[:9], -Y[:9]), patience=2, path_points=3
    )
    assert early.ended == "early"
    assert [epoch for epoch, _ in early.path] == [0, early.state.epoch]
    assert_equal(early.path[-1][1], early.state.parameters)
    lost = train(optimizer=gn.GradientDescent(1e200), path_points=5)
    assert lost.ended == "not_finite"
    assert all(np.isfinite(w).all() for _, parameters in lost.path for w in leaves(parameters))
    assert lost.path[0][0] == 0


def test_an_interrupted_run_has_the_path_until_then() -> None:
    def stop(epoch: int, *_: Any) -> None:
        if epoch >= 6:
            raise KeyboardInterrupt

    run = train(path_points=3, chunk_epochs=2, progress=stop)
    assert [epoch for epoch, _ in run.path] == [0, 6]


@pytest.mark.parametrize("points", [0, 1, 2.5, "7"])
def test_a_path_is_two_points_or_more(points: Any) -> None:
    with pytest.raises(
        GlassnetError, match=f"path_points must be a whole number of 2 or more, got {points!r}"
    ):
        train(path_points=points)


def joined_of(run: TableRun, parameters: list[Parameters]) -> Parameters:
    """The joined parameters of a run's members, where they have these."""
    pairs = zip(run.model.members, parameters, strict=True)
    return join_members([Member(member.network, own) for member, own in pairs]).parameters


def test_the_path_of_a_table_is_that_of_the_joined_network() -> None:
    options = Options(members=3, hidden=(4, 4), epochs=9, holdout=0)
    run = run_table(TABLE, "y", options, path_points=4)
    assert run_table(TABLE, "y", options).path == ()
    assert [epoch for epoch, _ in run.path] == [0, 3, 6, 9]
    assert_equal(
        run.path[-1][1], run.model.joined().parameters
    )  # there are no validation rows for so few epochs, so the last are kept
    for i, (_, whole) in enumerate(run.path):
        assert_equal(whole, joined_of(run, [one.path[i][1] for one in run.runs]))


def test_members_that_ended_stay_where_they_ended() -> None:
    noise = {**TABLE, "y": np.random.default_rng(1).normal(size=40)}
    options = Options(
        members=2,
        hidden=(4,),
        epochs=300,
        holdout=0,
        validation=0.25,
        patience=2,
        learning_rate=0.05,
    )
    run = run_table(noise, "y", options, path_points=2)
    ends = [one.state.epoch for one in run.runs]
    assert ends[0] != ends[1]
    assert [epoch for epoch, _ in run.path] == sorted({0, *ends})
    assert_equal(
        run.path[-1][1],
        joined_of(run, [one.state.parameters for one in run.runs]),
    )
