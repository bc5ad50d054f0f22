"""The settings that are drawn: around the plain ones, the same each time, of what is left open."""

from itertools import islice
from typing import Any

import pytest

from glassnet.recipe.defaults import settle
from glassnet.recipe.draws import DRAWN, drawn_settings, everything_open, left_open
from glassnet.recipe.options import Options, ResolvedOptions


def settled(options: Options) -> ResolvedOptions:
    return settle(options, "regression", train_rows=800, validation_rows=0)


def drawn(options: Options, count: int) -> list[dict[str, Any]]:
    return list(islice(drawn_settings(options, settled(options)), count))


def test_all_that_is_open_is_drawn_and_takes_several_values() -> None:
    draws = drawn(Options(), 60)
    assert all(tuple(draw) == DRAWN for draw in draws)
    for name in DRAWN:
        assert len({draw[name] for draw in draws}) > 1, name
    rate = settled(Options()).learning_rate
    rates = [draw["learning_rate"] for draw in draws]
    assert rate / 3 <= min(rates) < 0.6 * rate < 1.4 * rate < max(rates) <= 2 * rate


def test_the_seed_draws_them() -> None:
    assert drawn(Options(seed=3), 9) == drawn(Options(seed=3), 9)
    assert drawn(Options(seed=3), 9) != drawn(Options(seed=4), 9)
    assert drawn(Options(seed=3), 9)[:4] == drawn(Options(seed=3), 4)


@pytest.mark.parametrize(
    ("asked", "fixed"),
    [
        ({"hidden": (9,)}, {"hidden"}),
        ({"decay": 0.3, "dropout": 0.2}, {"decay", "dropout"}),
        ({"optimizer": "adam"}, {"decay"}),
        ({"affine": True}, {"bins"}),
        ({"bins": 5}, {"bins"}),
        ({"schedule": "step"}, {"schedule", "average"}),
        ({"average": 0.2}, {"schedule", "average"}),
        ({"epochs": 7, "activation": "relu"}, {"epochs", "activation"}),
    ],
)
def test_what_was_asked_for_stays(asked: dict[str, Any], fixed: set[str]) -> None:
    for draw in drawn(Options(**asked), 20):
        assert set(DRAWN) - set(draw) == fixed


def test_what_a_record_has_settled_is_open_again() -> None:
    for asked in (Options(), Options(decay=0.25, hidden=(9, 9))):
        again = settled(asked).as_options()
        opened = left_open(again, settled(again), settled(everything_open(again)))
        assert opened != again
        assert drawn(opened, 9) == drawn(asked, 9)
