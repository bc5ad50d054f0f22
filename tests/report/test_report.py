"""The report of a run: all its parts for every task, offline and accessible.

Its numbers are worked out by hand, and its command is run again.
"""

import html
import json
import re
import shlex
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pages import Page
from small_models import TABLE, small_model

from glassnet.cli.train import train_command as train
from glassnet.importance.contributions import contributions_of
from glassnet.models.rows import Rows, rows_of
from glassnet.recipe.assessment.text import range_cell
from glassnet.recipe.options import Options, options_from
from glassnet.recipe.run import TableRun, run_table
from glassnet.recipe.scoring import score
from glassnet.report.build import MOST_COLUMNS, make_report
from glassnet.report.columns import MOST_SHUFFLED
from glassnet.report.distribution import distribution
from glassnet.report.pictures import MANY, attempt, column_pictures, score_pictures
from glassnet.report.scores import score_text
from glassnet.report.steps import PARTS
from glassnet.report.worst import worst_rows
from glassnet.runs.record import RunRecord, record_of_table
from glassnet.tables.frames import as_table
from glassnet.tables.targets import NumberTarget, learn_target

QUICK: dict[str, Any] = {"epochs": 2, "hidden": [3], "members": 2, "engine": "numpy"}


def columns(*names: str) -> dict[str, Any]:
    """Some columns of the small table."""
    return {name: TABLE[name] for name in names}


INPUTS = ("length", "mass", "island", "seen", "tagged")
XOR = {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "y": [0, 1, 1, 0]}
ODD = {'the <b>"odd"</b> & $x$ 中文\'s name': TABLE["length"], "</script>": TABLE["mass"]}
ODD |= {"y$": ["<i>$a$</i>" if tagged else "&" for tagged in TABLE["tagged"]]}
TWELVE = {"x": TABLE["length"][:12], "z": TABLE["price"][:12], "y": TABLE["price"][:12]}
TASKS: dict[str, tuple[dict[str, Any], list[str], dict[str, Any]]] = {
    "numbers": (columns(*INPUTS, "price"), ["price"], {}),
    "two classes": (columns(*INPUTS, "sold"), ["sold"], {}),
    "classes": (columns(*INPUTS, "kind"), ["kind"], {"members": 1, "validation": 0.2}),
    "classes of members": (columns(*INPUTS, "kind"), ["kind"], {}),
    "several numbers": (columns(*INPUTS, "price"), ["price", "length"], {}),
    "several labels": (columns("length", "mass", "sold", "tagged"), ["sold", "tagged"], {}),
    "one column": ({"x": TABLE["length"], "y": TABLE["price"]}, ["y"], {"loss": "huber:0.5"}),
    "four rows": (XOR, ["y"], {"task": "binary", "holdout": 0.0, "validation": 0.0}),
    "odd names": (ODD, ["y$"], {}),
    "one held out": (TWELVE, ["y"], {"holdout": 0.09}),
}


@cache
def run_of(task: str) -> tuple[TableRun, RunRecord]:
    table, targets, options = TASKS[task]
    done = run_table(table, targets, options_from({**QUICK, **options}))
    return done, record_of_table(done, None)


@cache
def report_of(task: str) -> str:
    return make_report(*run_of(task), "a <table> & more.csv")


@pytest.fixture(scope="module", params=TASKS)
def run(request: pytest.FixtureRequest) -> tuple[TableRun, RunRecord, str]:
    return *run_of(request.param), report_of(request.param)


def test_the_page_is_whole_stands_alone_and_can_be_used_without_eyes_or_mouse(
    run: tuple[TableRun, RunRecord, str],
) -> None:
    page = Page(run[2])
    assert page.outside() == []
    assert [section.attributes["id"] for section in page.all("section")] == [
        "scores", "sure", "simpler", "worst", "columns", "table", "training", "network", "repeat",
    ]  # fmt: skip
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    assert {link.attributes["href"] for link in page.all("a")} == {
        f"#{e.attributes['id']}" for e in page.all("section")
    }
    assert all(len(image.attributes["alt"]) > 20 for image in page.all("img"))
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(cell.attributes.get("scope") in ("col", "row") for cell in page.all("th"))
    boxes = [
        e
        for e in page.elements
        if e.tag == "pre" or set(e.attributes.get("class", "").split()) & {"wide", "diagram"}
    ]
    assert len(boxes) >= 5
    assert all(box.attributes["tabindex"] == "0" for box in boxes)
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("title")[0].text == f"{', '.join(run[1].target)} from a <table> & more.csv"


def test_the_scores_are_the_models_beside_their_interval_and_those_of_a_constant(
    run: tuple[TableRun, RunRecord, str],
) -> None:
    done, _, text = run
    section = text[text.index('<section id="scores">') : text.index('<div class="answers">')]
    cells = [element.text for element in Page(section).all("td")]
    model = done.model
    names = [(t.name, name) for t in model.encoding.targets for name in model.scores[t.name]]
    assert cells[::4] == [score_text(model.scores[target][name]) for target, name in names]
    intervals = {(one.target, one.name): one for one in done.assessment.scores}
    assert cells[1::4] == [range_cell(intervals[n].low, intervals[n].high) for n in names]
    target = model.encoding.targets[0]
    known = done.columns.take(done.rows[done.scored_part])[target.name]
    learnt = done.columns.take(done.rows["train"])[target.name]
    if isinstance(target, NumberTarget):
        mean = learnt.values.mean()
        assert cells[2] == f"{np.sqrt(np.mean((known.values - mean) ** 2)):.4g}"
        assert cells[6] == f"{np.mean(np.abs(known.values - mean)):.4g}"
    else:
        frequencies = np.bincount(target.index(learnt)) / len(learnt.values)
        truth = target.index(known)
        assert cells[2] == score_text(float(np.mean(truth == frequencies.argmax())))
        assert cells[10] == f"{-np.mean(np.log(frequencies[truth])):.4g}"


def test_it_begins_with_a_sentence_and_answers_in_sentences(
    run: tuple[TableRun, RunRecord, str],
) -> None:
    done, record, text = run
    page = Page(text)
    said = [element.text for element in page.all("p", "li")]
    header = page.all("header")[0].text
    for sentence in done.assessment.headline:
        assert sentence in said
    assert record.date in header
    assert header.index(done.assessment.headline[0]) < header.index(record.date)
    for sentences in done.assessment.sections().values():
        assert {" ".join(sentence.split()) for sentence in sentences} <= set(said)
    if done.assessment.epochs_to_try:
        assert f"--epochs {done.assessment.epochs_to_try}" in text


def test_a_score_of_next_to_nothing_is_0() -> None:
    assert [score_text(value) for value in (-0.001062, 2.489577, 0.8612, 0.005)] == [
        "0", "2.49", "0.8612", "0.005",
    ]  # fmt: skip


def test_the_targets_distribution_counts_every_row() -> None:
    done, _ = run_of("numbers")
    bars = distribution(done.model.encoding.targets[0], done.columns["price"])
    known = done.columns["price"].values
    assert sum(bar.rows for bar in bars) == len(known)
    assert max(bar.part for bar in bars) == 1
    assert float(bars[0].label.split(" to ")[0]) == pytest.approx(known.min(), rel=0.01)
    done, _ = run_of("classes")
    bars = distribution(done.model.encoding.targets[0], done.columns["kind"])
    values, counts = np.unique(done.columns["kind"].values, return_counts=True)
    assert {bar.label: bar.rows for bar in bars} == dict(zip(values, counts, strict=True))
    assert [bar.rows for bar in bars] == sorted(counts, reverse=True)
    many = [f"{letter}{i}" for letter in "abcdefghij" for i in range(2)]
    column = as_table({"c": many * 3})["c"]
    bars = distribution(learn_target(column, "multiclass"), column)
    assert (len(bars), bars[-1].label, bars[-1].rows) == (9, "12 other classes", 36)


@pytest.mark.parametrize("task", ["two classes", "classes"])
def test_the_worst_rows_are_those_whose_class_was_thought_least_likely(task: str) -> None:
    done, _ = run_of(task)
    table = done.predictions
    likely = [table[f"probability_{actual}"][i] for i, actual in enumerate(table["actual"])]
    worst = [table["row"][i] for i in np.argsort(likely, kind="stable")[:3]]
    section = report_of(task).split('<section id="worst">')[1].split("</section>")[0]
    page = Page(section)
    assert [element.text for element in page.all("h3")] == [f"Row {row}" for row in worst]
    first = table["row"].index(worst[0])
    said = page.all("p")[1].text
    assert f"was {table['actual'][first]}, predicted {table['prediction'][first]}" in said
    assert f"{likely[first]:.1%}" in said


def test_the_worst_rows_are_those_of_the_largest_error() -> None:
    table, targets, _ = TASKS["numbers"]
    done = run_table(table, targets, options_from({**QUICK, "affine": True}))
    target = done.scored_model.encoding.targets[0]
    assert isinstance(target, NumberTarget)
    shown = worst_of(done, 4)
    actual, predicted = (np.array(done.predictions[name]) for name in ("actual", "prediction"))
    off = np.abs(actual - predicted)
    wanted = np.argsort(-off)[:4]
    assert [row.number for row in shown] == [done.predictions["row"][i] for i in wanted]
    np.testing.assert_allclose([row.loss for row in shown], (off[wanted] / target.scale) ** 2)
    name, was, said, error = shown[0].outcomes[0]
    assert (name, was) == ("price", f"{actual[wanted[0]]:.6g}")
    assert float(said.replace(",", "")) == pytest.approx(predicted[wanted[0]], rel=1e-3)
    side = "high" if predicted[wanted[0]] > actual[wanted[0]] else "low"
    assert error.endswith(f" price too {side}")
    assert float(error.split()[0].replace(",", "")) == pytest.approx(off[wanted[0]], rel=1e-2)


def test_what_pushed_a_row_are_its_columns_and_all_others_together() -> None:
    table = {f"x{i}": np.random.default_rng(i).normal(size=60) for i in range(9)}
    table["y"] = sum(i * table[f"x{i}"] for i in range(9))
    done = run_table(table, "y", options_from({**QUICK, "epochs": 40, "refit": False}))
    rows = rows_of(done.model, {name: cells[:5] for name, cells in table.items()})
    found = contributions_of(rows)
    (row,) = worst_rows(rows.take([2]), np.array([3]), 1)
    values = found.values[2]
    order = np.argsort(-np.abs(values))
    assert [push.column for push in row.pushes] == [
        *(found.columns[i] for i in order[:6]),
        "3 other columns",
    ]
    sizes = [float(push.value) for push in row.pushes]
    assert sizes[:6] == pytest.approx(values[order[:6]], rel=0.05)
    assert sizes[6] == pytest.approx(values[order[6:]].sum(), rel=0.05)
    assert row.pushes[0].cell == f"{table[found.columns[order[0]]][2]:.6g}"
    assert row.pushed.startswith("y from ")


def worst_of(done: TableRun, count: int) -> list[Any]:
    held = done.columns.take(done.rows["holdout"])
    model = done.scored_model
    rows = Rows(model, held.select(model.encoding.needed), held.select(["price"]))
    return worst_rows(rows, done.row_numbers[done.rows["holdout"]], count)


def test_each_member_is_scored_alone_and_how_far_they_agree_is_said() -> None:
    for task in ("numbers", "classes of members"):
        done, _ = run_of(task)
        model, target = done.scored_model, done.scored_model.encoding.targets[0]
        held_out = done.columns.take(done.rows["holdout"])
        members = [model.member(0), model.member(1)]
        section = report_of(task).split("<h3>Its members</h3>")[1].split("</section>")[0]
        page = Page(section)
        heads = [e.text for e in page.all("th") if e.attributes["scope"] == "row"]
        assert heads == ["1 of 2", "2 of 2", "together"]
        cells = [element.text for element in page.all("td")]
        names = list(model.scores[target.name])
        wanted: list[str] = []
        for member, epoch in zip(members, model.record.best_epochs, strict=True):
            output = member.output(held_out_of(done))
            scores = score(member.encoding, output, held_out)[target.name]
            wanted += [str(epoch), *(f"{scores[name]:.4g}" for name in names)]
        together = [f"{model.scores[target.name][name]:.4g}" for name in names]
        assert cells == [*wanted, "", *together]
        one, other = (member.predict(held_out_of(done)) for member in members)
        if isinstance(target, NumberTarget):  # of two numbers the deviation is |a - b| / sqrt(2)
            assert f"deviation of {np.mean(np.abs(one - other)) / np.sqrt(2):.4g} on" in section
        else:
            assert f"the same class for {np.mean(one == other):.1%} of the rows" in section


def held_out_of(done: TableRun) -> dict[str, Any]:
    """The held-out rows as a plain table."""
    rows = done.row_numbers[done.rows["holdout"]] - 1
    return {name: [TABLE[name][row] for row in rows] for name in INPUTS}


def test_one_network_has_no_members() -> None:
    assert "Its members" not in report_of("classes")


def test_the_command_repeats_the_run(run: tuple[TableRun, RunRecord, str]) -> None:
    done, record, text = run
    found = re.search(r"<code>(glassnet train.*?)</code>", text, re.DOTALL)
    assert found
    program, command, *arguments = shlex.split(html.unescape(found[1]))
    assert (program, command, arguments[-2:]) == ("glassnet", "train", ["<", "TABLE.csv"])
    given = train.make_context("train", arguments[:-2]).params
    options = {name: given[name] for name in Options.__dataclass_fields__}
    assert Options(**options) == done.options.as_options()
    assert tuple(given["target"]) == record.target
    assert 'train_table("TABLE.csv"' in html.unescape(text)
    table = {name: done.columns[name].values for name in done.columns}
    again = run_table(table, given["target"], done.options.as_options())
    assert again.model.scores == done.model.scores


def test_a_command_of_a_file_names_it_and_0_is_said() -> None:
    done, record = run_of("four rows")
    named = replace(
        record,
        command=("train", "my table.csv", "--target", "y"),
        table="/data/my table.csv",
    )
    text = html.unescape(make_report(done, named, "my table.csv"))
    assert "<code>glassnet train 'my table.csv' --target y --task binary" in text
    assert "--validation 0.0 --holdout 0.0" in text
    assert 'train_table(record["table"]' in text
    assert "TABLE.csv" not in text


def test_names_are_text_and_never_markup_or_mathematics(
    run: tuple[TableRun, RunRecord, str],
) -> None:
    page = Page(run[2])
    assert page.all("script") == []
    assert not page.all("i", "b")
    listed = [cell.text for cell in page.all("th") if cell.within[-2:] == ("tbody", "tr")]
    assert {" ".join(name.split()) for name in run[0].model.encoding.needed} <= set(listed)


def test_settings_are_said_as_they_are(run: tuple[TableRun, RunRecord, str]) -> None:
    page = Page(run[2])
    shown = dict(
        zip([e.text for e in page.all("dt")], [e.text for e in page.all("dd")], strict=True)
    )
    options = run[0].options
    assert (shown["seed"], shown["decay"], shown["l1"], shown["affine"]) == (
        "0",
        f"{options.decay:.6g}",
        "0",
        "no",
    )
    assert shown["hidden"] == "3"
    assert shown["patience"] == shown["ignore"] == "none"


def test_a_picture_that_cannot_be_made_is_left_out_and_says_why() -> None:
    page = Page(report_of("one held out"))
    captions = [caption.text for caption in page.all("figcaption")]
    why = "rows whose target is known: 2 or more are needed, there is 1"
    assert captions.count(f"This picture is left out: {why}.") == 3
    assert len(page.all("img")) == 2  # the loss, and the prediction over two columns
    with pytest.raises(KeyError):  # what nobody expects is not hidden
        attempt("title", lambda: {}["nothing"])


def test_of_one_class_alone_there_is_no_roc_curve() -> None:
    done, _ = run_of("two classes")
    rows = rows_of(
        done.model,
        {
            name: np.array(TABLE[name], object)[np.array(TABLE["sold"]) == "no"]
            for name in (*INPUTS, "sold")
        },
    )
    titles = [picture.title for picture in score_pictures(done.model, rows) if picture.source]
    assert titles == ["Confusion matrix", "Calibration"]


def test_the_surface_says_what_its_rings_are_and_what_held_columns_do() -> None:
    rows = rows_of(small_model("kind"), TABLE)
    surface = [*column_pictures(rows.model, rows, "the held-out rows", ["length"])][-1]
    assert "with the held-out rows; held: " in surface.caption
    assert "; with a row's own cells the borders move; " in surface.caption
    assert re.search(r"ringed: wrong with their own cells \(\d+\)", surface.caption)


def test_of_many_rows_some_are_drawn_and_that_is_said() -> None:
    done, _ = run_of("one column")
    many = {name: np.tile(np.array(values), 100) for name, values in TASKS["one column"][0].items()}
    first = next(score_pictures(done.model, rows_of(done.model, many)))
    assert first.caption.startswith(f"{MANY:,} of 6,000 rows, evenly spread")


def test_of_many_columns_the_first_are_listed() -> None:
    random = np.random.default_rng(0)
    table = {f"x{i}": random.normal(size=30) for i in range(MOST_COLUMNS + 7)} | {
        "y": random.normal(size=30)
    }
    done = run_table(table, "y", options_from(QUICK))
    text = make_report(done, record_of_table(done, None), "t")
    assert "7 more columns are in run.json." in text
    assert f">x{MOST_COLUMNS - 1}</th>" in text
    assert f">x{MOST_COLUMNS}</th>" not in text


def test_of_many_columns_those_that_gradients_rank_first_are_shuffled() -> None:
    random = np.random.default_rng(0)
    table = {f"x{i}": random.normal(size=400) for i in range(MOST_SHUFFLED + 5)}
    table["y"] = table["x3"] - 2 * table["x24"]
    quick = {"members": 2, "hidden": [8], "epochs": 60, "decay": 0.0, "bins": 0, "refit": False}
    done = run_table(table, "y", options_from(quick))
    page = Page(make_report(done, record_of_table(done, None), "t"))
    alt = next(image.attributes["alt"] for image in page.all("img") if "longest" in str(image))
    assert re.match(r"Bars, longest first: x24 [\d.]+, x3 [\d.]+, ", alt)
    captions = [caption.text for caption in page.all("figcaption")]
    assert any("the 20 columns that gradients rank first" in caption for caption in captions)
    (listed,) = page.all("ol")
    assert listed.attributes["start"] == "21"
    others = [item.text for item in page.all("li") if re.fullmatch(r"x\d+", item.text)]
    assert len(others) == 5
    assert not {"x3", "x24"} & set(others)


def test_of_few_columns_all_are_shuffled(run: tuple[TableRun, RunRecord, str]) -> None:
    assert "that were not shuffled" not in run[2]
    assert Page(run[2]).all("ol") == []


def test_the_making_of_a_report_is_told_step_by_step() -> None:
    done, record = run_of("numbers")
    told: list[tuple[str, float]] = []
    make_report(done, record, "t", progress=lambda part, fraction: told.append((part, fraction)))
    assert list(dict.fromkeys(part for part, _ in told)) == list(PARTS)
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] < 1
    shuffled = sum(part == "columns" for part, _ in told) - 1
    assert shuffled == len(done.model.members) * len(done.model.encoding.needed)


def test_a_run_that_was_stopped_has_its_report() -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    table, targets, _ = TASKS["classes"]
    done = run_table(table, targets, options_from({**QUICK, "members": 1, "epochs": 9}), stop)
    content = json.loads(json.dumps(record_of_table(done, None).to_dict()))
    record = RunRecord.from_dict(content)
    assert record.ended == "interrupted"
    page = Page(make_report(done, record, "t"))
    assert any(f"The run {done.diagnosis}." in element.text for element in page.all("p"))
