"""The exported class of Java: compiled with every warning an error, and run beside the model."""

import datetime
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import output_of
from drawn_cells import FAR_OUT, check_formats, column_model, far_out_column, format_models
from drawn_models import IN_BATCHES, drawn_models
from exported import (
    HOSTILE,
    MAKERS,
    TriedModel,
    TriedRows,
    largest_difference,
    tried_model,
    tried_rows,
)
from hypothesis import given
from hypothesis import strategies as st
from written_cells import check_written, written_model, written_rows

import glassnet as gn
from glassnet.exports.code.java import USED_NAMES, java_class_name

pytestmark = pytest.mark.xdist_group("java")  # one process, so that all are compiled at once

QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # for programs that run for a second
JAVAC = ("javac", *(f"-J{one}" for one in QUICK), "--release", "11", "-encoding", "US-ASCII")
STRICT = ("-Xlint:all", "-Werror")

RUNNER = """
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.*;
import java.util.*;

/** Reads lines "class", "row" and "cell"; says what each class predicts of its rows. */
final class Runner {
    private static Map<String, Object> row;
    private static Method predict;

    static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Object cell(String type, String value) {
        switch (type) {
            case "str": return text(value);
            case "float": return Double.valueOf(value);
            case "int": return Integer.valueOf(value);
            case "bool": return Boolean.valueOf(value);
            case "date": return LocalDate.parse(value);
            case "datetime": return LocalDateTime.parse(value);
            case "moment": return Instant.parse(value);
            case "zoned": return ZonedDateTime.parse(value);
            case "offset": return OffsetDateTime.parse(value);
            case "time": return LocalTime.parse(value);
            default: return null;
        }
    }

    static void finish() throws Exception {
        if (row == null) {
            return;
        }
        try {
            StringBuilder line = new StringBuilder("row");
            for (Map.Entry<?, ?> one : ((Map<?, ?>) predict.invoke(null, row)).entrySet()) {
                Object value = one.getValue();
                String written = value.toString();
                written = value instanceof String ? base64(written) : written;
                line.append(" ").append(base64((String) one.getKey())).append(" ");
                line.append(value.getClass().getSimpleName()).append(" ").append(written);
            }
            System.out.println(line);
        } catch (InvocationTargetException error) {
            System.out.println("error " + base64(error.getCause().toString()));
        }
        row = null;
    }

    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("cell")) {
                row.put(text(words[1]), cell(words[2], words[3]));
                continue;
            }
            finish();
            if (words[0].equals("row")) {
                row = new HashMap<>();
            } else {
                Class<?> model = Class.forName(words[1]);
                predict = model.getMethod("predict", Map.class);
                System.out.println("class " + model.getMethod("check").invoke(null));
                String columns = listed(model, "COLUMNS");
                System.out.println("names " + columns + " " + listed(model, "PREDICTED"));
            }
        }
        finish();
    }

    static String listed(Class<?> model, String field) throws Exception {
        StringBuilder found = new StringBuilder();
        for (Object name : (List<?>) model.getField(field).get(null)) {
            found.append(found.length() == 0 ? "" : ",").append(base64((String) name));
        }
        return found.toString();
    }
}
"""


class Found:
    """What a class says: its own check, its columns, the names and rows of its predictions."""

    def __init__(self, largest: float) -> None:
        self.largest = largest
        self.columns: list[str] = []
        self.names: list[str] = []
        self.rows: list[dict[str, Any] | str] = []

    def difference(self, predicted: dict[str, list[Any]]) -> float:
        """The largest difference from what a model predicts."""
        assert self.names == list(predicted)
        rows = [row for row in self.rows if isinstance(row, dict)]
        assert len(rows) == len(self.rows), self.rows
        assert all(list(row) == self.names for row in rows)
        found = {name: [row[name] for row in rows] for name in predicted}
        return largest_difference(found, predicted)


def _in_java(folder: Path, models: Iterable[tuple[TriedModel, list[Any]]]) -> list[Found]:
    """What the classes of models say of rows: one compilation, one run."""
    lines: list[str] = []
    for number, (tried, rows) in enumerate(models):
        made = gn.export(tried.model, "java", name=f"model {number}", **tried.options)
        made.write(folder / f"Model{number}.java")
        lines.append(f"class Model{number}")
        for row in rows:
            lines += ["row", *(f"cell {_base64(name)} {_cell(row[name])}" for name in row)]
    (folder / "Runner.java").write_text(RUNNER)
    (folder / "rows.txt").write_text("\n".join(lines))
    output_of(*JAVAC, *STRICT, "-d", folder / "classes", *folder.glob("*.java"))
    return _found(
        output_of("java", *QUICK, "-cp", folder / "classes", "Runner", folder / "rows.txt")
    )


def _cell(cell: Any) -> str:
    if cell is None:
        return "null "
    if isinstance(cell, tuple):
        return " ".join(cell)
    written = {"nan": "NaN", "inf": "Infinity"}.get(str(cell), str(cell))
    return f"{type(cell).__name__} {_base64(cell) if isinstance(cell, str) else written}"


def _found(said: str) -> list[Found]:
    found: list[Found] = []
    for line in said.splitlines():
        what, *words = line.split(" ")
        if what == "class":
            found.append(Found(float(words[0])))
        elif what == "names":
            found[-1].columns, found[-1].names = (list(map(_text, w.split(","))) for w in words)
        elif what == "error":
            found[-1].rows.append(_text(words[0]))
        else:
            triples = zip(words[::3], words[1::3], words[2::3], strict=True)
            found[-1].rows.append({_text(name): READ[kind](value) for name, kind, value in triples})
    return found


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _text(base64: str) -> str:
    return b64decode(base64).decode()


READ = {
    "String": _text,
    "Double": lambda text: float(text.replace("Infinity", "inf")),
    "Long": int,
    "Boolean": lambda text: text == "true",
}


def _wide() -> TriedModel:
    """Columns of more names than a method of Java holds."""
    network = gn.Network([3200, 1])
    return TriedModel(gn.Model.of_run((network, gn.initialize(network, seed=1))))


def _large() -> TriedModel:
    """100,000 weights, a class of many labels, a long one."""
    network = gn.Network([100, 400, 100, 200], ["tanh", "relu"], "softmax")
    labels = [f"class {number}" for number in range(199)] + ["\u4e2d" * 25_000]
    model = gn.Model.of_run((network, gn.initialize(network, seed=1)), targets="y", labels=labels)
    return TriedModel(model)


def _categories() -> TriedModel:
    """A column of many categories, some of whose cells are missing."""
    random = np.random.default_rng(4)
    code = [None if one == 0 else f"code {one}" for one in random.integers(0, 200, 1500)]
    table = {"code": code, "y": random.normal(size=1500)}
    return TriedModel(gn.train_table(table, "y", epochs=1, hidden=3), interval=0.5)


OTHERS = {"wide": _wide, "large": _large, "categories": _categories}
ALL = [*MAKERS, *OTHERS]


@cache
def _tried(name: str) -> TriedModel:
    return OTHERS[name]() if name in OTHERS else tried_model(name)


@cache
def _rows(name: str) -> TriedRows:
    return tried_rows(_tried(name), n=3 if name in OTHERS else 60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the classes are written."""
    return tmp_path_factory.mktemp("java")


@cache
def _all_found(folder: Path) -> dict[str, Found]:
    found = _in_java(folder, [(_tried(name), _rows(name).rows) for name in ALL])
    return dict(zip(ALL, found, strict=True))


@pytest.mark.parametrize("name", ALL)
def test_the_class_predicts_what_the_model_does(name: str, folder: Path):
    found = _all_found(folder)[name]
    assert found.difference(_rows(name).predicted) < 1e-12
    assert found.columns == [column.name for column in _tried(name).plan.columns]
    assert 0 <= found.largest < 1e-12  # of its own check


def test_the_class_checks_itself(tmp_path: Path):
    tried = tried_model("written")
    made = gn.export(tried.model, "java", name="my class", **tried.options)
    [path] = made.write(tmp_path / "MyClass.java")
    assert output_of("java", path).startswith("8 check rows are predicted as by the model, to ")
    path.write_text(path.read_text().replace('"prediction", "yes"', '"prediction", "no"'))
    done = subprocess.run(["java", path], capture_output=True, text=True, check=False)
    assert done.returncode
    assert "row 1, prediction: yes is not no" in done.stderr


def test_cells_of_text_are_read_as_the_model_reads_them(tmp_path: Path):
    rows, _ = written_rows()
    usual = rows[0]
    day = datetime.datetime(2001, 2, 3, 4, 30)
    objects = [
        {**usual, "international": "2001-02-03 04:30"},
        {**usual, "international": ("datetime", day.isoformat())},
        {**usual, "international": ("moment", f"{day.isoformat()}Z")},
        {**usual, "international": ("zoned", "2001-02-03T06:00:00+01:30[UTC+01:30]")},
        {**usual, "international": ("offset", "2001-02-02T22:30:00-06:00")},
        {**usual, "international": "2001-02-03"},
        {**usual, "international": ("date", "2001-02-03")},
        {**usual, "opens": "23:15:30"},
        {**usual, "opens": ("time", "23:15:30")},
        {**usual, "plain": 12, "colour": None},
        {**usual, "plain": 12.0, "colour": "none of them"},
        {**usual, "plain": float("nan")},
        {**usual, "plain": None},
    ]
    refused = [
        {**usual, "plain": True},
        {**usual, "plain": float("inf")},
        {**usual, "international": 3.0},
        {**usual, "colour": True},
        {**usual, "colour": 1},
        {**usual, "open": 1},
        {name: cell for name, cell in usual.items() if name != "short"},
    ]
    models = [(TriedModel(written_model()), given) for given in (rows, objects, refused)]
    of_rows, of_objects, of_refused = _in_java(tmp_path, models)
    check_written([row if isinstance(row, str) else row["prediction"] for row in of_rows.rows])
    numbers = [row["prediction"] for row in of_objects.rows if isinstance(row, dict)]
    dates, day_only, times, whole, missing = (
        set(numbers[first:last]) for first, last in ((0, 5), (5, 7), (7, 9), (9, 11), (11, 13))
    )
    assert [len(alike) for alike in (dates, day_only, times, whole, missing)] == [1] * 5
    assert len(dates | day_only | times | whole | missing) == 5
    assert of_refused.rows.pop() == (
        "java.lang.IllegalArgumentException: the row lacks the column 'short'"
    )
    assert all(isinstance(row, str) and " is no " in row for row in of_refused.rows)


def test_cells_in_any_format_are_read_as_the_model_reads_them(tmp_path: Path):
    check_formats(one.rows for one in _in_java(tmp_path, format_models()))


def test_numbers_far_out_are_clipped_as_by_the_model(tmp_path: Path):
    tried = TriedModel(column_model(far_out_column()))
    [found] = _in_java(tmp_path, [(tried, [{"x": cell} for cell in FAR_OUT])])
    assert found.difference(tried.model.predict_columns({"x": FAR_OUT})) == 0


def test_any_name_of_a_class_compiles(tmp_path: Path):
    tried = tried_model("written")
    asked = [*USED_NAMES, HOSTILE, "class", "network1 layer1", "1", "\u4e2d", "na\u00efve x"]
    for name in asked:
        made = gn.export(tried.model, "java", name=name, **tried.options)
        made.write(tmp_path / f"{java_class_name(name)}.java")
    output_of(*JAVAC, *STRICT, "-d", tmp_path / "classes", *tmp_path.glob("*.java"))
    assert {"Class", "Network1Layer1Model", "Model1", "Model", "NaiveX"} <= {
        path.stem for path in tmp_path.glob("*.java")
    }


def test_the_file_is_ascii_and_comments_end_with_their_line():
    text = gn.export(tried_model("written").model, "java").content
    assert isinstance(text, str)
    assert text.isascii()
    table = {"\\u000a}; \\": [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}
    hostile = gn.export(gn.train_article(table, "y", iterations=3), "java").content
    assert isinstance(hostile, str)
    assert "// \\\\u000a}; \\\\: number: " in hostile


def test_formulas_of_ones_own_are_written(tmp_path: Path):
    halves = gn.Activation(
        "1 / 2", lambda z: np.where(z > 0, z / 2, -z * z), lambda z: z,
        formula="1 / 2 * z if z > 0 else -z**2",
    )  # fmt: skip
    net = gn.Network([2, 3, 1], [halves])
    tried = TriedModel(gn.Model.of_run((net, gn.initialize(net, seed=1))))
    rows = tried_rows(tried)
    [found] = _in_java(tmp_path, [(tried, rows.rows)])
    assert found.difference(rows.predicted) < 1e-12


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@given(models=st.lists(drawn_models(), min_size=6, max_size=6))
@IN_BATCHES
def test_any_model_predicts_alike(models: list[TriedModel], tmp_path_factory: Any):
    rows = [tried_rows(tried, n=20) for tried in models]
    folder = tmp_path_factory.mktemp("drawn")
    found = _in_java(folder, zip(models, (one.rows for one in rows), strict=True))
    for one, of in zip(found, rows, strict=True):
        assert one.difference(of.predicted) < 1e-12
        assert one.largest < 1e-12
