"""Pictures of studies: what is drawn is what the study says, and how it looks."""

import numpy as np
import pytest
from images import assert_like

import glassnet as gn
from glassnet import article
from glassnet.errors import GlassnetError
from glassnet.plots.solutions import SolutionsDisplay
from glassnet.plots.spread import SpreadDisplay
from glassnet.plots.studies import StudiesDisplay
from glassnet.plots.study import StudyDisplay
from glassnet.studies.study import Study

RANDOM = np.random.default_rng(2)
TABLE = {
    "a": RANDOM.normal(size=90).tolist(),
    "b": RANDOM.choice(["u", "v", "w"], 90).tolist(),
}
TABLE["y"] = [a * a + (b == "u") for a, b in zip(TABLE["a"], TABLE["b"], strict=True)]
PRINTED = {"the article's table": article.PRINTED}


@pytest.fixture(scope="module")
def few() -> Study:
    return gn.study(networks=60, learning_rate=10.0)


@pytest.fixture(scope="module")
def many() -> Study:
    return gn.study(networks=400)


@pytest.fixture(scope="module")
def table() -> Study:
    return gn.study(TABLE, "y", networks=12, hidden=5, epochs=40)


def test_few_networks_are_lines_and_the_stuck_are_red(few: Study) -> None:
    display = StudyDisplay.from_study(few)
    curves, spread = display.axes_
    stuck = int(few.stuck.sum())
    assert 0 < stuck < 60
    lines = [line for line in curves.lines if line.get_color() == "#2563eb"]
    assert len(lines) == 60 - stuck
    assert len([line for line in curves.lines if line.get_color() == "#dc2626"]) == stuck
    drawn = sorted(float(line.get_ydata()[-1]) for line in lines)
    assert drawn == sorted(few.outcomes.losses[~few.stuck, -1].tolist())
    assert f"{stuck} stuck" in curves.get_title(loc="left")
    counts = [patch.get_data().values.sum() for patch in spread.patches]
    assert counts == [60 - stuck, stuck]


def test_many_networks_are_a_density(many: Study) -> None:
    display = StudyDisplay.from_study(many, marks={"published": 0.0018})
    curves, spread = display.axes_
    (mesh,) = curves.collections
    counts = np.expm1(np.ma.filled(mesh.get_array(), 0)).reshape(90, -1)
    assert counts.sum(axis=0) == pytest.approx(400)  # every network, at every epoch
    assert "published: 0.0018" in [text.get_text() for text in curves.get_legend().get_texts()]
    assert sum(patch.get_data().values.sum() for patch in spread.patches) == 400
    median = next(line for line in curves.lines if line.get_label() == "median")
    np.testing.assert_allclose(median.get_ydata(), np.median(many.outcomes.losses, axis=0))


def test_several_studies_have_the_same_axis(few: Study, many: Study, table: Study) -> None:
    display = StudiesDisplay.from_studies({"rate 10": few, "rate 1": many, "a table": table})
    assert len({ax.get_ylim() for ax in display.axes_}) == 1
    percent = 100 * few.stuck.mean()
    assert display.axes_[0].get_title(loc="left") == f"rate 10: {percent:.3g} % stuck"
    with pytest.raises(GlassnetError, match="one study or more"):
        StudiesDisplay.from_studies({})


def test_the_spread_of_predictions(many: Study, table: Study) -> None:
    display = SpreadDisplay.from_study(many, marks=PRINTED)
    np.testing.assert_array_equal(display.predictions, many.outcomes.predictions[:, :, 0])
    assert display.rows == ["row 1", "row 2", "row 3", "row 4"]
    assert list(display.actual) == list(article.Y)
    assert display.marks == {"the article's table": list(article.PRINTED)}
    display = SpreadDisplay.from_study(table)
    assert display.predictions.shape == (12, 12)
    assert display.name == "y"
    with pytest.raises(GlassnetError, match="unknown output 'z'"):
        SpreadDisplay.from_study(table, output="z")


@pytest.mark.parametrize("target", ["y", "b"])
def test_the_spread_of_an_ensemble(target: str) -> None:
    model = gn.train_table(TABLE, target, members=4, hidden=4, epochs=20, bins=0)
    display = SpreadDisplay.from_model(model, TABLE)
    members = model.predict_members(TABLE)
    rows = [int(name.removeprefix("row ")) - 1 for name in display.rows]
    wanted = members if target == "y" else members[:, :, 0]
    np.testing.assert_allclose(display.predictions, wanted[:, rows])
    assert len(display.actual) == 12
    unknown = {"a": [1.0], "b": ["u"], "y": [1.0], target: [None]}
    assert len(SpreadDisplay.from_model(model, unknown).actual) == 0
    if target == "b":
        display = SpreadDisplay.from_model(model, TABLE, output="probability of b = v")
        np.testing.assert_allclose(display.predictions, members[:, rows, 1])
        assert set(display.actual) == {0.0, 1.0}
    with pytest.raises(GlassnetError, match="one network alone"):
        SpreadDisplay.from_model(model.member(0), TABLE)


def test_the_kinds_of_solution(many: Study, table: Study) -> None:
    display = SolutionsDisplay.from_study(many)
    assert len(display.axes_) == len(many.solutions)
    drawn = display.axes_[0].images[0].get_array()
    activations = many.solutions[0].activations[0]
    np.testing.assert_allclose(np.sort(drawn, axis=1), np.sort(activations, axis=1))
    fraction = len(many.solutions[0].networks) / 4
    assert display.axes_[0].get_title(loc="left").startswith(f"{fraction:.3g} %")
    display = SolutionsDisplay.from_study(table)
    order = np.argsort(table.actual[:, 0], kind="stable")
    np.testing.assert_array_equal(
        display.solutions[0].activations[0], table.solutions[0].activations[0][order]
    )


def test_a_notebook_shows_a_study(many: Study) -> None:
    html = many._repr_html_()
    assert "<img" in html
    assert "alt=" in html
    assert "400 networks" in html


@pytest.mark.parametrize("kind", ["study_few", "study_many", "studies", "spread", "solutions"])
def test_how_they_look(kind: str, few: Study, many: Study, table: Study) -> None:
    displays = {
        "study_few": lambda: StudyDisplay.from_study(few),
        "study_many": lambda: StudyDisplay.from_study(many, marks={"published": 0.0018}),
        "studies": lambda: StudiesDisplay.from_studies({"rate 10": few, "rate 1": many}),
        "spread": lambda: SpreadDisplay.from_study(table),
        "solutions": lambda: SolutionsDisplay.from_study(many),
    }
    display = displays[kind]()
    assert_like(display.figure_, kind)
