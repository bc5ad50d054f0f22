"""The pictures of importance: what is drawn and written, how they are called, how they look."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from images import assert_like, contrast
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from small_models import TABLE, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.importance import (
    Importance,
    LekProfile,
    input_gradients,
    lek_profile,
    permutation_importance,
)
from glassnet.importance.profile import ColumnProfile
from glassnet.plots.figures import MARKERS
from glassnet.plots.importance import ImportanceDisplay
from glassnet.plots.lek_profile import LekProfileDisplay

CARS = Path(__file__).parents[2] / "examples" / "data" / "cars.csv"


@pytest.fixture(scope="module")
def cars() -> gn.Model:
    return gn.train_table(CARS, "miles_per_gallon", hidden=(6,), epochs=40)


def made(outputs: int = 1, networks: int = 3, columns: int = 4) -> Importance:
    """An Importance whose numbers no training and no machine can change."""
    k, m, c = np.meshgrid(
        np.arange(outputs), np.arange(networks), np.arange(columns), indexing="ij"
    )
    names = tuple(f"column {i + 1}" for i in range(columns))
    return Importance(
        "Olden",
        "words",
        names,
        tuple(f"y={k + 1}" for k in range(outputs)),
        (c - 1.5 + k) * (1 + 0.2 * m),
        True,
    )


def test_a_bar_for_each_column_and_a_dot_for_each_network() -> None:
    axes = ImportanceDisplay(made()).plot().ax_
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(
        [-1.8, 1.8, -0.6, 0.6]
    )  # the largest first
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "column 1",
        "column 4",
        "column 2",
        "column 3",
    ]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx([-1.5, -1.8, -2.1])
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top
    assert "bar: mean of 3 networks, dot: each" in axes.get_xlabel()
    assert axes.get_title("left") == "Olden: y=1"


def test_one_network_has_no_dots_and_several_outputs_a_legend() -> None:
    single = ImportanceDisplay(made(networks=1)).plot().ax_
    assert not [line for line in single.lines if line.get_marker() == "o"]
    assert single.get_xlabel() == "words"
    several = ImportanceDisplay(made(outputs=2)).plot().ax_
    assert [text.get_text() for text in several.get_legend().get_texts()] == ["y=1", "y=2"]
    assert several.get_title("left") == "Olden"
    assert len(several.patches) == 8


def test_what_is_left_out_is_said_and_long_names_are_cut() -> None:
    axes = ImportanceDisplay(made(columns=6), n_columns=2).plot().ax_
    assert len(axes.patches) == 2
    assert axes.get_xlabel().endswith("4 more columns not shown")
    assert (
        ImportanceDisplay(made(columns=3), n_columns=2)
        .plot()
        .ax_.get_xlabel()
        .endswith("1 more column not shown")
    )
    long = Importance("Garson", "share", ("n" * 50,), ("y",), np.ones((1, 1, 1)))
    assert (
        ImportanceDisplay(long).plot().ax_.get_yticklabels()[0].get_text()
        == "n" * 17 + "…" + "n" * 12
    )


def test_axes_are_accepted_and_returned() -> None:
    figure = Figure()
    axes = figure.subplots(1, 2)
    display = ImportanceDisplay(made())
    assert display.plot(axes[1]) is display
    assert (display.ax_, display.figure_) == (axes[1], figure)
    assert not axes[0].patches


@pytest.mark.parametrize("method", ["permutation", "input_gradients", "olden", "garson"])
def test_every_method_from_a_model(cars: gn.Model, method: str) -> None:
    found = ImportanceDisplay.from_model(cars, CARS, method=method, n_columns=3).importance
    assert found.method.lower() == method.replace("_", " ")
    assert found.values.shape[1] == 4


def test_the_rows_that_were_measured_on_are_said() -> None:
    def below(n_rows: int, **settings: Any) -> str:
        return ImportanceDisplay(replace(made(), n_rows=n_rows), **settings).plot().ax_.get_xlabel()

    assert "measured on" not in below(0)
    assert "measured on 1,200 rows\n" in below(1200)
    assert "measured on 70 held-out rows\n" in below(70, which_rows="held-out rows")


def test_the_sign_of_categories_is_said_to_be_no_direction(cars: gn.Model) -> None:
    measures = ImportanceDisplay.from_model(cars, method="olden").importance.measures
    assert measures.endswith("; of categories (origin) added up: their sign is no direction")
    numbers = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]]
    settings: dict[str, Any] = {"hidden_layer_sizes": (2,), "solver": "lbfgs", "random_state": 0}
    plain = gn.MLPRegressor(**settings).fit(numbers, [0, 1, 2])
    assert (
        "categories" not in ImportanceDisplay.from_model(plain, method="olden").importance.measures
    )


def test_from_an_estimator_with_its_options() -> None:
    x = np.random.default_rng(0).normal(size=(40, 2))
    y = np.where(x[:, 0] > 0, "up", "down")
    fitted = gn.MLPClassifier(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(x, y)
    display = ImportanceDisplay.from_estimator(fitted, x, y, scoring="accuracy", repeats=2)
    expected = permutation_importance(fitted, x, y, scoring="accuracy", repeats=2)
    np.testing.assert_array_equal(display.importance.values, expected.values)
    assert display.ax_.get_title("left") == "How much worse with this column shuffled"
    assert display.ax_.get_xlabel().startswith("permutation: accuracy; how much worse it gets")
    assert "bar: mean of 2 shuffles of one network, dot: each" in display.ax_.get_xlabel()
    assert ImportanceDisplay.from_estimator(
        fitted, x, method="input_gradients", per="unit"
    ).importance.names == ("x0", "x1")
    lek = LekProfileDisplay.from_estimator(fitted, x, y, groups="y", points=3)
    assert lek.profile.others == ("y=down", "y=up")


def test_lek_draws_a_line_for_each_place_and_a_band(cars: gn.Model) -> None:
    display = LekProfileDisplay.from_model(cars, CARS, points=5)
    by_name = dict(zip([axes.get_xlabel() for axes in display.axes_], display.axes_, strict=True))
    assert set(by_name) == set(cars.encoding.needed)
    weight = by_name["weight_lbs"]
    profile = next(p for p in display.profile.columns if p.name == "weight_lbs")
    assert [line.get_ydata().tolist() for line in weight.lines] == profile.mean.tolist()
    assert weight.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(
        profile.values[:, 0].max()
    )
    assert [text.get_text() for text in by_name["origin"].get_xticklabels()] == [
        "Europe",
        "Japan",
        "USA",
    ]
    display.figure_.draw_without_rendering()
    assert {text.get_text() for text in by_name["model_year"].get_xticklabels()} <= {
        str(year) for year in range(1960, 1990)
    }
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "lowest",
        "quarter",
        "middle",
        "three quarters",
        "highest",
    ]
    assert display.figure_.get_suptitle().endswith(
        "\nline: mean of 4 networks, band: lowest to highest"
    )


def test_the_axes_name_what_is_measured(cars: gn.Model) -> None:
    measured = ImportanceDisplay.from_model(cars, CARS, n_columns=3)
    text = " ".join(measured.ax_.get_xlabel().split())
    assert "the loss (mean squared error of the scaled target); how much worse it gets" in text
    profile = lek_profile(cars, CARS, points=3)
    of_class = LekProfile("species=Adelie", profile.others, profile.columns)
    display = LekProfileDisplay(of_class).plot()
    assert display.axes_[0].get_ylabel() == "probability of Adelie"


def test_lek_shows_the_columns_that_move_the_answer_most() -> None:
    profiles = tuple(
        ColumnProfile(f"c{i}", "number", np.array([0.0, 1.0]), np.array([[[0.0, size]]]))
        for i, size in enumerate([1, 3, -2])
    )
    display = LekProfileDisplay(LekProfile("y", ("a=1",), profiles), n_columns=2).plot()
    assert [axes.get_xlabel() for axes in display.axes_] == ["c1", "c2"]
    assert display.figure_.get_suptitle().endswith("\n1 more column not shown")


def test_lek_of_a_constant_column_is_a_point() -> None:
    pair = gn.Network([2, 1]), gn.Parameters((np.ones((2, 1)),), (np.zeros(1),))
    display = LekProfileDisplay.from_model(pair, {"x1": [1.0, 2.0], "x2": [3.0, 3.0]})
    assert [{line.get_marker() for line in axes.lines} for axes in display.axes_] == [
        {"None"},
        set(MARKERS[:5]),
    ]


def test_the_lines_of_a_profile_stand_out_from_white_and_differ_in_dashes() -> None:
    pair = gn.Network([2, 1]), gn.Parameters((np.ones((2, 1)),), (np.zeros(1),))
    display = LekProfileDisplay.from_model(pair, {"x1": [1.0, 2.0], "x2": [0.0, 5.0]})
    lines = display._lines()
    assert min(contrast(to_hex(line["color"]), "#ffffff") for line in lines) > 3
    assert len({str(line["linestyle"]) for line in lines}) == 5
    assert display.axes_[0].get_ylabel() == "y"


def test_whole_numbers_close_by_have_whole_ticks() -> None:
    pair = gn.Network([2, 1]), gn.Parameters((np.ones((2, 1)),), (np.zeros(1),))
    display = LekProfileDisplay.from_model(pair, {"x1": [2007.0, 2009.0], "x2": [0.5, 2.5]})
    by_name = {axes.get_xlabel(): axes for axes in display.axes_}
    low, high = by_name["x1"].get_xlim()
    ticks = [tick for tick in by_name["x1"].get_xticks() if low <= tick <= high]
    assert ticks == [2007, 2008, 2009]
    assert any(tick % 1 for tick in by_name["x2"].get_xticks())


def test_input_gradients_have_a_bar_for_each_column() -> None:
    model = small_model("kind")
    by_feature = input_gradients(model, TABLE)
    found = ImportanceDisplay.from_model(model, TABLE, method="input_gradients").importance
    assert {"island=north", "mass missing"} <= set(by_feature.names)
    assert set(found.names) == {"length", "mass", "island", "seen", "tagged"}
    islands = [i for i, name in enumerate(by_feature.names) if name.startswith("island=")]
    np.testing.assert_allclose(
        found.mean[:, found.names.index("island")], by_feature.mean[:, islands].sum(axis=1)
    )
    signed = ImportanceDisplay.from_model(model, TABLE, method="input_gradients", absolute=False)
    assert "island=north" in signed.importance.names  # of both signs there is no sum


def test_lek_on_given_axes(cars: gn.Model) -> None:
    axes = Figure().subplots(1, 2)
    display = LekProfileDisplay.from_model(
        cars, CARS, columns=["weight_lbs", "origin"], points=3, axes=axes
    )
    assert list(display.axes_) == axes.tolist()
    assert all(one.lines for one in axes)
    with pytest.raises(GlassnetError, match="2 axes for 7 columns: give one for each"):
        LekProfileDisplay.from_model(cars, CARS, points=3, axes=axes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda model: ImportanceDisplay.from_model(model, CARS, method="permutations"),
            "unknown method 'permutations': did you mean",
        ),
        (
            lambda model: ImportanceDisplay.from_model(model),
            "'permutation' measures on rows: give a table, or use 'olden'",
        ),
        (lambda model: ImportanceDisplay(made(), n_columns=0), "n_columns is 0"),
        (
            lambda model: LekProfileDisplay.from_model(model, CARS, points=3, n_columns=0),
            "n_columns is 0",
        ),
    ],
)
def test_refused(cars: gn.Model, call: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        call(cars)


def test_how_they_look() -> None:
    assert_like(ImportanceDisplay(made(columns=6)).plot().figure_, "importance")
    assert_like(
        ImportanceDisplay(made(outputs=3, columns=5), n_columns=4).plot().figure_,
        "importance_outputs",
    )
    table = pl.DataFrame({"x1": [0.0, 1.0, 2.0, 3.0], "x2": [-3.0, -1.0, 1.0, 3.0]})
    network = gn.Network([2, 2, 1], "tanh", bias=False)
    pairs: list[Any] = [
        (network, gn.Parameters((np.array([[1.0, 0.5 * s], [-0.5, s]]), np.array([[1.0], [2.0]]))))
        for s in (0.8, 1.0, 1.3)
    ]
    assert_like(LekProfileDisplay(lek_profile(pairs, table)).plot().figure_, "lek_profile")
