"""The loss curves: whose losses they are, by what, which epochs are marked, and how they look."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.plots.figures import save_figure
from glassnet.plots.loss_curve import LossCurveDisplay
from glassnet.tables.encoding import plain_encoding

X, Y = np.linspace(0, 1, 60).reshape(30, 2), np.linspace(0, 1, 30) ** 2
NETWORK = gn.Network([2, 3, 1], "tanh")
FALLING = np.geomspace(10, 1e-4, 50).tolist()
HISTORY = {
    "epoch": list(range(1, 51)),
    "loss": FALLING,
    "validation_loss": np.geomspace(8, 0.02, 50).tolist(),
}


def trained(**options) -> gn.Run:
    return gn.train(
        NETWORK, gn.initialize(NETWORK, seed=1), X, Y, epochs=4, batch_size=10, **options
    )


def model(history: dict[str, list[float]], best_epochs: Sequence[int] = (), **record) -> Model:
    """A model of as many members as there are best epochs, six hidden nodes together."""
    count = len(best_epochs) or 1
    network = gn.Network([2, 6 // count, 1], "tanh")
    members = tuple(Member(network, gn.initialize(network, seed=1)) for _ in range(count))
    return Model(
        plain_encoding(["a", "b"], ["y"]),
        members,
        history=history,
        record=Record(best_epochs=tuple(best_epochs), **record),
    )


def words(display: LossCurveDisplay) -> list[str]:
    legend = display.ax_.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_a_history_by_epoch_and_by_iteration() -> None:
    run = trained(validation=(X, Y))
    by_epoch = LossCurveDisplay.from_run(run)
    assert by_epoch.xlabel == "epoch"
    assert by_epoch.curves["training"] == ([1, 2, 3, 4], run.history.loss.tolist())
    by_iteration = LossCurveDisplay.from_run(run, by="iteration", loss_name="squares")
    x, loss = by_iteration.curves["training"]
    assert list(x) == list(range(1, 13))
    assert loss == run.history.iteration_loss.tolist()
    assert by_iteration.curves["validation"] == (
        [3, 6, 9, 12],
        run.history.validation_loss.tolist(),
    )
    assert by_iteration.best == (3 * run.best_epoch,)
    assert words(by_iteration) == ["training", "validation", f"best epoch ({run.best_epoch})"]
    assert (by_iteration.ax_.get_xlabel(), by_iteration.ax_.get_ylabel()) == (
        "iteration",
        "squares",
    )
    with pytest.raises(GlassnetError, match="unknown x axis 'row'"):
        LossCurveDisplay.from_history(run.history, by="row")


def test_no_epoch_is_marked_where_none_was_chosen() -> None:
    display = LossCurveDisplay.from_run(trained())
    assert display.best == ()
    assert words(display) == ["training: rows trained on; none validated"]
    assert (
        LossCurveDisplay.from_model(
            model({"epoch": [1, 2], "loss": [2.0, 1.0]}, best_epochs=[2])
        ).best
        == ()
    )


def test_of_a_full_batch_the_epochs_are_iterations() -> None:
    losses = {"epoch": [1, 2], "loss": [2.0, 1.0]}
    by_epoch = LossCurveDisplay.from_model(model({**losses, "iteration": [3, 6]}, best_epochs=[2]))
    assert by_epoch.ax_.get_xlabel() == "epoch"
    full = LossCurveDisplay.from_model(model({**losses, "iteration": [1, 2]}, best_epochs=[2]))
    assert full.ax_.get_xlabel() == "iteration"


def test_the_loss_of_a_scaled_target_is_called_so() -> None:
    table = {"x": [1.0, 2.0, 3.0, 4.0], "y": [10.0, 30.0, 20.0, 50.0]}
    options: dict[str, Any] = {"members": 1, "epochs": 2, "holdout": 0.0}
    scaled = LossCurveDisplay.from_model(gn.train_table(table, "y", **options))
    assert scaled.loss_name == "mean squared error of the scaled target"
    two = gn.train_table({**table, "z": table["x"]}, ["y", "z"], **options)
    assert two.encoding.of_scaled_targets == " of the scaled targets"
    classes = gn.train_table({**table, "y": ["a", "b", "a", "b"]}, "y", **options)
    assert classes.encoding.of_scaled_targets == ""


def test_a_model_of_one_and_of_several_networks() -> None:
    one = LossCurveDisplay.from_model(model(HISTORY, best_epochs=[40], options={"dropout": 0.1}))
    assert words(one) == ["training, with dropout", "validation", "best epoch (40)"]
    assert one.ax_.get_title("left") == "the 2-6-1 network"
    assert one.ax_.get_ylabel() == "mean squared error"
    several = LossCurveDisplay.from_model(model(HISTORY, best_epochs=[40, 12, 50]))
    assert words(several)[-1] == "best epoch of each (40, 12, 50)"
    assert several.ax_.get_title("left") == "3 networks of 2-2-1, mean"
    assert several.ax_.lines[-1].get_xdata().tolist() == [40, 12, 50]
    assert [line.get_xdata()[0] for line in several.ax_.lines[2:-1]] == [40, 12, 50]
    seven = LossCurveDisplay(one.curves, best=(9, 8, 7, 6, 5, 4, 3)).plot()
    assert words(seven)[-1] == "best epoch of each (3 to 9)"
    with pytest.raises(GlassnetError, match="this model has no history"):
        LossCurveDisplay.from_model(model({}))


def test_an_estimator_marks_what_it_kept() -> None:
    plain = gn.MLPRegressor(
        hidden_layer_sizes=(3,), max_iter=5, learning_rate="cosine", random_state=0
    ).fit(X, Y, X_val=X, y_val=Y)
    assert (
        LossCurveDisplay.from_estimator(plain).best == ()
    )  # judged, but the last weights were kept
    assert list(LossCurveDisplay.from_estimator(plain).curves) == ["training", "validation"]
    stopped = gn.MLPRegressor(
        max_iter=5, learning_rate="cosine", early_stopping=True, random_state=0
    ).fit(X, Y)
    assert LossCurveDisplay.from_estimator(stopped).best == (stopped.best_iter_,)
    table = gn.TableRegressor((3,), max_iter=3, members=1, random_state=0).fit(
        X, Y, X_val=X, y_val=Y
    )
    display = LossCurveDisplay.from_estimator(table)
    assert list(display.best) == table.best_iter_.tolist()
    assert display.curves["validation"][1] == table.history_["validation_loss"].tolist()
    with pytest.raises(GlassnetError, match="not fitted yet"):
        LossCurveDisplay.from_estimator(gn.MLPRegressor())


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([10, 0.1, 0.001], "log"),
        ([10, 1, 0.19], "log"),
        ([10, 1, 0.21], "linear"),
        ([10, 0, 0.001], "linear"),
        ([10, np.nan, 0.001, np.inf], "log"),
    ],
)
def test_the_scale_is_logarithmic_where_the_losses_span(losses: list[float], scale: str) -> None:
    assert (
        LossCurveDisplay({"training": (range(len(losses)), losses)}).plot().ax_.get_yscale()
        == scale
    )


def test_axes_are_taken_and_a_single_epoch_is_seen() -> None:
    ax = Figure().add_subplot()
    display = LossCurveDisplay.from_model(model({"epoch": [1], "loss": [2.0]}), ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.lines[0].get_marker() == "o"


def test_the_picture_in_every_format(tmp_path: Path) -> None:
    display = LossCurveDisplay.from_model(model(HISTORY, best_epochs=[40]))
    paths = [tmp_path / f"loss.{suffix}" for suffix in ("svg", "png", "pdf")]
    for path in paths:
        save_figure(display.figure_, path)
    assert [path.read_bytes()[:4] for path in paths] == [b"<?xm", b"\x89PNG", b"%PDF"]
    texts = {
        element.text
        for element in ElementTree.parse(paths[0]).iter("{http://www.w3.org/2000/svg}text")
    }
    assert {
        "epoch",
        "mean squared error",
        "the 2-6-1 network",
        "training",
        "validation",
        "best epoch (40)",
    } <= texts
    again = tmp_path / "again.svg"
    save_figure(LossCurveDisplay.from_model(model(HISTORY, best_epochs=[40])).figure_, again)
    assert again.read_bytes() == paths[0].read_bytes()  # the same picture is the same file


@pytest.mark.parametrize("best", [[40], [40, 12, 50]], ids=["one", "several"])
def test_the_picture(best: list[int]) -> None:
    assert_like(
        LossCurveDisplay.from_model(model(HISTORY, best_epochs=best)).figure_,
        f"loss_curve_{len(best)}",
    )


def test_an_estimators_dropout_by_layer_is_said() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(30, 2)), random.normal(size=30)
    for dropout, said in [
        (np.array([0.2, 0.0]), "training, with dropout"),
        (np.zeros(2), "training"),
    ]:
        mlp = gn.MLPRegressor(
            hidden_layer_sizes=(4, 3),
            dropout=dropout,
            learning_rate="cosine",
            max_iter=3,
            random_state=0,
        )
        fitted = mlp.fit(x, y)
        assert next(iter(LossCurveDisplay.from_estimator(fitted).curves)) == said
