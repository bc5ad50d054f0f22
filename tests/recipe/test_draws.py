"""The settings that are drawn: around the plain ones, the same each time, of what is left open."""

from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from glassnet.recipe.defaults import settle
from glassnet.recipe.draws import DRAWN, drawn_settings, everything_open, left_open
from glassnet.recipe.options import Options, ResolvedOptions


def settled(options: Options) -> ResolvedOptions:
    return settle(options, "regression", train_rows=800, validation_rows=0)


def drawn(options: Options, count: int) -> list[ResolvedOptions]:
    return list(islice(drawn_settings(options, settled(options), [0, 16]), count))


def test_all_that_is_open_is_drawn_and_takes_several_values() -> None:
    best = settled(Options())
    draws = drawn(Options(), 60)
    for name in DRAWN:
        values = [getattr(draw, name) for draw in draws]
        assert len(set(values)) > 1, name
        assert 15 < values.count(getattr(best, name)) < 50, name
    rates = [draw.learning_rate / best.learning_rate for draw in draws]
    assert 1 / 3 <= min(rates) < 0.6 < 1.4 < max(rates) <= 2


def test_none_is_drawn_twice_and_few_come_to_an_end() -> None:
    asked = Options(hidden=(9,), activation="relu", learning_rate=0.1, decay=0.0, bins=0, epochs=9)
    few = drawn(asked, 1000)
    assert {draw.dropout for draw in few} == {0.0, 0.05, 0.3}  # 0.15 is the best so far
    assert len(few) == 3
    assert drawn(replace(asked, dropout=0.2), 1000) == []


def test_bins_are_drawn_where_columns_can_be_cut() -> None:
    draws = islice(drawn_settings(Options(), settled(Options()), [0]), 30)
    assert {draw.bins for draw in draws} == {settled(Options()).bins}


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
        ({"activation": ("relu", "tanh")}, {"activation", "hidden"}),
        ({"bins": 5}, {"bins"}),
        ({"patience": 9}, {"epochs"}),
        ({"epochs": 7, "activation": "relu"}, {"epochs", "activation"}),
    ],
)
def test_what_was_asked_for_stays(asked: dict[str, Any], fixed: set[str]) -> None:
    best = settled(Options(**asked))
    draws = drawn(Options(**asked), 40)
    same = {
        name for name in DRAWN if {getattr(draw, name) for draw in draws} == {getattr(best, name)}
    }
    assert same == fixed


def test_what_a_record_has_settled_is_open_again() -> None:
    for asked in (Options(), Options(decay=0.25, hidden=(9, 9))):
        again = settled(asked).as_options()
        opened = left_open(again, settled(again), settled(everything_open(again)))
        assert opened != again
        assert drawn(opened, 9) == drawn(asked, 9)
