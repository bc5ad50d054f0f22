"""The exported Go: all models built into one program, and run beside the models."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import output_of
from drawn_cells import FAR_OUT, column_model, drawn_dates, far_out_column
from drawn_models import IN_BATCHES, drawn_models
from exported import MAKERS, TriedModel, TriedRows, largest_difference, tried_model, tried_rows
from hypothesis import given, settings
from hypothesis import strategies as st

import glassnet as gn
from glassnet.exports.code.go import go_cell, go_comment, go_literal, go_pattern
from glassnet.exports.columns import cell_kind
from glassnet.exports.plan import PlannedTarget
from glassnet.tables.formats.dates import PATTERNS, DateFormat

pytestmark = pytest.mark.xdist_group("go")  # so that its compiler's cache is filled once


class Ran:
    """What the program of all models printed: of each the predictions and its check."""

    def __init__(self, models: Sequence[TriedModel], folder: Path, n: int = 60) -> None:
        self.models = models
        self.rows = [tried_rows(tried, n) for tried in models]
        (folder / "go.mod").write_text("module tried\n\ngo 1.19\n")
        for number, (tried, rows) in enumerate(zip(models, self.rows, strict=True)):
            package = folder / f"m{number}"
            package.mkdir()
            exported = gn.export(tried.model, "go", name=package.name, **tried.options)
            exported.write(package / "model.go")
            (package / "rows.go").write_text(_program(tried, rows, package.name))
        self.folder = folder
        numbers = range(len(models))
        imports = "\n".join(f'import "tried/m{number}"' for number in numbers)
        calls = "\n".join(f"m{number}.Print()" for number in numbers)
        (folder / "main.go").write_text(f"package main\n{imports}\nfunc main() {{\n{calls}\n}}\n")
        self.said = [part.split() for part in go(folder, "run", ".").split("end\n")[:-1]]

    def difference(self, number: int) -> float:
        """The largest from what the model of that number predicts."""
        tried, rows = self.models[number], self.rows[number]
        lines = iter(self.said[number])
        found: dict[str, list[Any]] = {name: [] for name in tried.plan.predicted}
        for _ in rows.rows:
            for of in tried.plan.targets:
                for name in of.columns:
                    found[name].append(_value(next(lines), of, name))
        assert next(lines) == "checked"
        assert float(next(lines)) < 1e-9
        return largest_difference(found, rows.predicted)


def _program(tried: TriedModel, rows: TriedRows, package: str) -> str:
    """What prints the predictions of the rows, a value a line, text as the digits of its bytes."""
    columns = tried.plan.columns
    cells = "\n".join(
        "{" + ", ".join(go_cell(cell_kind(of), row[of.name]) for of in columns) + "},"
        for row in rows.rows
    )
    source = str(gn.export(tried.model, "go", **tried.options).content)
    result = source.partition("type Result struct {")[2].partition("\n}")[0]
    fields = re.findall(r"^\t((?:Prediction|Low|High|Set|Probability)\w*) +(\S+)", result, re.M)
    prints = "\n".join(_print(field, kind) for field, kind in fields)
    return f"""
        package {package}
        import ("fmt"; "math"; "strings")
        var rows = []Row{{
            {cells}
        }}
        func Print() {{
            _, _ = math.Pi, strings.Join
            for k := range rows {{
                r, err := Predict(&rows[k])
                if err != nil {{ panic(err) }}
                {prints}
            }}
            largest, err := Check()
            if err != nil {{ panic(err) }}
            fmt.Println("checked", largest)
            fmt.Println("end")
        }}
    """


def _print(field: str, kind: str) -> str:
    if kind.startswith("["):
        if kind == "[]string":
            return f'fmt.Printf("+%x\\n", strings.Join(r.{field}, "|"))'
        return f"for _, p := range r.{field} {{ fmt.Println(p) }}"
    is_class = kind != "float64"
    return f'fmt.Printf("+%x\\n", fmt.Sprint(r.{field}))' if is_class else f"fmt.Println(r.{field})"


def _value(line: str, of: PlannedTarget, name: str) -> Any:
    if not line.startswith("+") or line == "+Inf":
        number = float(line)
        is_label = name == of.names.prediction and not of.is_number
        return of.target.labels[of.target.labels.index(number)] if is_label else number
    text = bytes.fromhex(line[1:]).decode()
    if name == of.names.prediction:
        return of.target.labels[of.target.label_texts.index(text)]
    return text


def go(folder: Path, *arguments: str, text: str = "") -> str:
    """What Go prints."""
    return output_of("go", *arguments, cwd=folder, text=text)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran([tried_model(name) for name in MAKERS], tmp_path_factory.mktemp("go"))


@pytest.mark.parametrize("name", MAKERS)
def test_the_package_predicts_what_the_model_does_and_checks_itself(name: str, ran: Ran):
    assert ran.difference(list(MAKERS).index(name)) < 1e-12


def test_go_vet_finds_nothing(ran: Ran):
    go(ran.folder, "vet", "./...")


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # of its long report
@IN_BATCHES
@given(models=st.lists(drawn_models(), min_size=8, max_size=8))
def test_any_model_with_any_names(
    models: list[TriedModel], tmp_path_factory: pytest.TempPathFactory
):
    drawn = Ran(models, tmp_path_factory.mktemp("drawn"), 20)
    for number in range(len(models)):
        assert drawn.difference(number) < 1e-9


def test_a_package_called_main_is_a_program_that_checks_itself(tmp_path: Path):
    tried = tried_model("cars")
    [file] = gn.export(tried.model, "go", name="main", **tried.options).write(tmp_path / "main.go")
    said = go(tmp_path, "run", "main.go")
    assert said.startswith("8 check rows are predicted as by the model, to ")
    text = file.read_text()
    first = re.compile(r"-?[0-9.]+,").search(text, text.index("[]float64{\n\t\t\t\t"))
    assert first is not None
    file.write_text(f"{text[: first.start()]}0.25,{text[first.end() :]}")
    with pytest.raises(AssertionError, match="panic: row [0-9]: "):
        go(tmp_path, "run", "main.go")


def test_numbers_far_out_are_clipped_and_beyond_refused(tmp_path: Path):
    model = column_model(far_out_column())
    source = str(gn.export(model, "go", name="main").content)
    (tmp_path / "model.go").write_text(source.replace("func main()", "func check()"))
    cells = ", ".join(map(str, [*FAR_OUT, 1.1e100]))
    driver = f"""
        package main
        import "fmt"
        func main() {{
            for _, cell := range []float64{{ {cells} }} {{
                found, err := Predict(&Row{{X: cell}})
                if err != nil {{ fmt.Println(err) }} else {{ fmt.Println(found.PredictionY0) }}
            }}
        }}
    """
    (tmp_path / "driver.go").write_text(driver)
    *found, error = go(tmp_path, "run", "model.go", "driver.go").splitlines()
    assert list(map(float, found)) == model.predict_columns({"x": FAR_OUT})["prediction_y0"]
    assert error == 'column "x": 1.1e+100 is too large'


def test_dates_are_read_as_the_model_reads_them(tmp_path: Path):
    model = str(gn.export(tried_model("written").model, "go", name="main").content)
    (tmp_path / "model.go").write_text(model.replace("func main()", "func check()"))
    patterns = "\n".join(
        f"{go_literal(one)}: regexp.MustCompile({go_literal(go_pattern(DateFormat(one)))}),"
        for one in PATTERNS
    )
    driver = f"""
        package main
        import ("bufio"; "fmt"; "os"; "regexp"; "strings")
        var patterns = map[string]*regexp.Regexp{{
            {patterns}
        }}
        func main() {{
            for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {{
                parts := strings.Split(lines.Text(), "\\t")
                found, err := day("x", &parts[1], patterns[parts[0]])
                if err != nil {{ fmt.Println("none") }} else {{ fmt.Println(found) }}
            }}
        }}
    """
    (tmp_path / "driver.go").write_text(driver)
    cases = drawn_dates()
    lines = "".join(f"{pattern}\t{text}\n" for pattern, text in cases)
    found = go(tmp_path, "run", "model.go", "driver.go", text=lines).split()
    for (pattern, text), day in zip(cases, found, strict=True):
        expected = DateFormat(pattern).read([text])[0]
        assert (day == "none" and np.isnan(expected)) or float(day) == expected, (pattern, text)


@settings(max_examples=200)
@given(text=st.text(max_size=20))
def test_text_stays_text(text: str):
    literal = go_literal(text)
    assert re.fullmatch(r'"(?:[^"\\\x00-\x1f]|\\["\\]|\\x[0-9a-f]{2})*"', literal)
    assert literal.isprintable()
    assert go_comment(text).isprintable()
