"""The picture of a search: its charts are the search's settings and losses."""

import numpy as np
import pytest
from images import assert_like

import glassnet as gn
from glassnet.searches.search import Search

RANDOM = np.random.default_rng(2)
TABLE = {
    "a": RANDOM.normal(size=120).tolist(),
    "b": RANDOM.choice(["u", "v", "w"], 120).tolist(),
}
TABLE["y"] = [a * a + (b == "u") for a, b in zip(TABLE["a"], TABLE["b"], strict=True)]
SPACE = {
    "learning_rate": (1e-4, 3e-2),
    "width": [4, 16, 64],
    "dropout": (0.0, 0.3),
    "activation": ["relu", "silu", "leaky_relu"],
    "hidden": None,
}
SPACE.pop("hidden")


@pytest.fixture(scope="module")
def search() -> Search:
    return gn.search(TABLE, "y", candidates=16, folds=3, epochs=20, space=SPACE, n_jobs=2)


def test_each_setting_has_a_chart(search: Search) -> None:
    display = gn.SearchDisplay.from_search(search)
    assert len(display.axes_) == 4
    order = [one.setting for one in search.what_mattered()]
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert [title.partition(":")[0] for title in titles] == order
    losses = [one.loss for one in search.candidates]
    for name, ax in zip(order, display.axes_, strict=True):
        points = ax.collections[0].get_offsets()
        assert len(points) == 16
        top = ax.get_ylim()[1]
        np.testing.assert_allclose(points[:, 1][points[:, 1] < 0.9 * top].max() <= max(losses), 1)
        if name == "learning_rate":
            assert ax.get_xscale() == "log"
            values = [one.settings[name] for one in search.candidates]
            np.testing.assert_allclose(points[:, 0], values)


def test_a_notebook_shows_a_search(search: Search) -> None:
    html = search._repr_html_()
    assert "<b>Search</b> of 16 candidates" in html
    assert "alt=" in html
    assert f"{search.best.loss:.4g}" in html


def test_how_it_looks(search: Search) -> None:
    assert_like(gn.SearchDisplay.from_search(search).figure_, "search")
