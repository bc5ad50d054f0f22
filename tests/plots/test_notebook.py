"""What notebooks show: whole, balanced fragments with an object's numbers, in light and dark."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from pages import Page
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from small_models import INPUTS, TABLE, small_model

import glassnet as gn
from glassnet.plots.notebook import EPOCHS_AT_EITHER_END, history_html, model_html, network_html

X, Y = np.array([[0.0, 1], [1, 0], [1, 1], [0, 0]] * 5), np.array([1, 1, 0, 0] * 5)


def mlp() -> gn.MLPClassifier:
    return gn.MLPClassifier(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=500, random_state=0)


def run(epochs: int) -> gn.Run:
    network = gn.Network([2, 3, 1])
    return gn.train(network, gn.initialize(network, seed=0), X, Y, epochs=epochs, engine="numpy")


def test_a_model_shows_its_shape_scores_and_network() -> None:
    table = {name: TABLE[name] for name in ("length", "mass", "price", "sold")}
    model = gn.train_table(
        table, target=["price", "length"], members=2, hidden=3, epochs=2, ignore="sold"
    )
    page = Page(model._repr_html_())
    assert page.all("p")[0].text.startswith(f"Model of price, length: {model.shape}; 1 columns, ")
    cells = [cell.text for cell in page.all("td")]
    scores = [
        [name, *(f"{v:.4g}" for v in scores.values())] for name, scores in model.scores.items()
    ]
    assert cells == [*scores[0], *scores[1]]
    assert [cell.text for cell in page.all("th")] == ["target", "rmse", "mae", "r2"]
    assert len(page.all("svg")) == 1


def test_a_model_without_scores_shows_no_table_and_its_names_are_text() -> None:
    page = Page(model_html(small_model()))
    assert not page.all("table")
    network = gn.Network([1, 2, 1])
    trained = gn.train_table(
        {"<i>a</i>": TABLE["length"], "y": TABLE["price"]},
        target="y",
        epochs=1,
        members=1,
        hidden=2,
    )
    assert network.sizes == trained.network.sizes
    assert not Page(model_html(trained)).all("i")


def test_a_history_shows_its_curve_and_its_ends() -> None:
    history = run(20).history
    page = Page(history._repr_html_())
    table = history.table()
    assert (
        page.all("img")[0].attributes["alt"]
        == f"The loss falls from {table['loss'][0]:.4g} to {table['loss'][-1]:.4g}"
    )
    assert epochs_of(page) == ["1", "2", "3", "18", "19", "20"]
    assert page.elements[-1].text == f"{20 - 2 * EPOCHS_AT_EITHER_END} epochs between are not shown"


def test_a_short_history_shows_every_epoch() -> None:
    shown = history_html(run(4).history)
    assert epochs_of(Page(shown)) == ["1", "2", "3", "4"]
    assert "not shown" not in shown


def test_a_run_shows_why_it_ended_its_curve_and_its_network() -> None:
    done = run(4)
    page = Page(done._repr_html_())
    assert page.all("p")[0].text == f"Run of {done.network}; {done.diagnosis}"
    assert len(page.all("img")) == len(page.all("svg")) == 1


def epochs_of(page: Page) -> list[str]:
    """The first cell of each row."""
    cells, across = page.all("td"), len(page.all("th"))
    return [cell.text for cell in cells[::across]]


def test_an_estimator_shows_its_network_once_it_is_fitted() -> None:
    unfitted = mlp()._repr_html_()
    assert "MLPClassifier" in unfitted
    assert "gn-net" not in unfitted
    fitted = mlp().fit(X, Y)
    assert fitted._repr_html_().endswith(network_html(fitted))
    assert {"x0", "x1"} <= {text.text for text in Page(network_html(fitted)).all("text")}
    frame = pl.DataFrame({name: INPUTS[name] for name in ("length", "tagged")})
    table = gn.TableClassifier((3,), max_iter=2).fit(frame, TABLE["sold"])
    assert "length" in {text.text for text in Page(network_html(table)).all("text")}


@pytest.mark.parametrize(
    "thing",
    [make_pipeline(StandardScaler(), mlp()), gn.HiddenFeatures(mlp())],
    ids=["pipeline", "features"],
)
def test_within_another_an_estimator_is_scikit_learns_box(thing: Any) -> None:
    assert "MLPClassifier" in thing._repr_html_()
    assert "MLPClassifier" in thing.fit(X, Y)._repr_html_()


@pytest.mark.parametrize(
    "shown",
    [
        lambda: small_model()._repr_html_(),
        lambda: run(2).history._repr_html_(),
        lambda: run(2)._repr_html_(),
        lambda: gn.NetworkDisplay.from_model(small_model())._repr_html_(),
        lambda: gn.olden(small_model())._repr_html_(),
        lambda: gn.explain(small_model(), TABLE, 0)._repr_html_(),
    ],
    ids=["model", "history", "run", "diagram", "importance", "explanation"],
)
def test_a_fragment_is_balanced_fetches_nothing_and_leaves_the_notebook_alone(shown: Any) -> None:
    page = Page(shown())
    assert page.outside() == []
    assert not page.all("html", "head", "body", "link")
    assert "prefers-color-scheme" in shown() or not page.all("style")
    assert "\n:root {" not in shown()
