"""What a page of an explanation begins with: the answer, and a bar for each column."""

import re
from pathlib import Path

import pytest
from pages import Page

import glassnet as gn
from glassnet.explanation.render.answer import COLUMNS_AT_ONCE
from glassnet.explanation.render.summary_text import signed

CARS = Path(__file__).parents[2] / "examples" / "data" / "cars.csv"
TARGET = "miles_per_gallon"


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return gn.train_table(CARS, TARGET, hidden=3, members=1, epochs=3, ignore="name", bins=0)


def test_the_title_is_the_answer_and_not_the_networks_shape(model: gn.Model) -> None:
    explanation = gn.explain(model, CARS, 2)
    sentence = explanation.rows[0].summary[0].sentence
    page = Page(explanation.html())
    assert page.all("title")[0].text == page.all("h1")[0].text == f"row 3: {sentence}"
    assert model.shape in page.all("p")[-1].text + " ".join(p.text for p in page.all("p"))
    fragment = Page(explanation._repr_html_())
    assert fragment.all("b")[0].text == f"row 3: {sentence}"


def test_each_column_has_a_bar_as_long_as_it_contributed(model: gn.Model) -> None:
    explanation = gn.explain(model, CARS, 2)
    (summary,) = explanation.rows[0].summary
    html = explanation.html()
    table = html[html.index("<table") : html.index("</table>")]
    page = Page(table + "</table>")
    assert [name.text for name in page.all("th")] == [c.column for c in summary.contributions]
    shown = [cell.text for cell in page.all("td") if cell.attributes.get("class") == "number"]
    assert shown == [signed(c.value, summary.decimals) for c in summary.contributions]
    longest = max(abs(c.value) for c in summary.contributions)
    lengths = [float(part) for part in re.findall(r"--part: ([\d.]+)", table)]
    assert lengths == pytest.approx(
        [abs(c.value) / longest for c in summary.contributions], abs=1e-3
    )
    minus = re.findall(r'class="bar( minus)?"', table)
    assert [bool(sign) for sign in minus] == [c.value < 0 for c in summary.contributions]


def test_of_many_columns_the_least_can_be_opened() -> None:
    names = [f"c{i}" for i in range(COLUMNS_AT_ONCE + 3)]
    table = {name: [float((i * j) % 23) for j in range(20)] for i, name in enumerate(names, 1)}
    model = gn.train_table(table | {"y": [float(j) for j in range(20)]}, "y", epochs=1, members=1)
    page = Page(gn.explain(model, table, 0).html())
    assert len(page.all("table")) == 2
    assert page.all("summary")[0].text.startswith("3 more columns, together ")


def test_what_if_stands_below_the_answer(model: gn.Model) -> None:
    explanation = gn.explain(model, CARS, 2, what_if={"weight_lbs": 2000})
    changed = explanation.rows[0].what_if
    assert changed is not None
    page = Page(explanation.html())
    (heading,) = [h.text for h in page.all("h3") if h.text.startswith("What if")]
    assert heading == "What if weight_lbs 2000 (not 3436)"
    paragraphs = [p.text for p in page.all("p")]
    assert changed.sentences[0] in paragraphs
    assert f"After: {changed.summary[0].sentence}" in paragraphs


def test_several_rows_have_an_answer_each(model: gn.Model) -> None:
    explanation = gn.explain(model, CARS, [2, 4])
    page = Page(explanation.html())
    assert page.all("h1")[0].text == "row 3, row 5"
    assert [h.text for h in page.all("h2")] == [
        f"{row.name}: {row.summary[0].sentence}" for row in explanation.rows
    ]
