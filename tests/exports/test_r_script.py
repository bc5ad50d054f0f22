"""The exported R script: run by Rscript, beside the model."""

import csv
import io
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_cells import FAR_OUT, column_model, far_out_column
from drawn_models import drawn_models
from exported import DATA, HOSTILE, MAKERS, TriedModel, largest_difference, tried_model, tried_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from r_scripts import rscript, sourced

import glassnet as gn
from glassnet.exports.code.r import r_literal

RUN = """
for (i in seq_along(FILES)) {
  model <- new.env()
  source(FILES[i], local = model, encoding = "UTF-8")
  columns <- lapply(ROWS[[i]], function(cells) cells)
  frame <- model$frame_of(model$COLUMNS, columns)
  lines <- model$csv_lines(model$predict_rows(frame))
  writeLines(c(lines, sprintf("%.17g", model$check()), "END"), useBytes = TRUE)
}
"""


def _predicted(models: list[TriedModel], folder: Path, locale: str = "C.UTF-8") -> list[float]:
    """How far what R predicts is from what each model does, or its own check is off."""
    tables = [tried_rows(tried) for tried in models]
    frames: list[str] = []
    for number, (tried, table) in enumerate(zip(models, tables, strict=True)):
        gn.export(tried.model, "r", **tried.options).write(folder / f"{number}.R")
        columns = [[row[name] for row in table.rows] for name in table.rows[0]]
        cells = (",\n".join(map(r_literal, column)) for column in columns)
        frames.append(f"list({', '.join(f'c({column})' for column in cells)})")
    paths = ",\n".join(r_literal(str(folder / f"{number}.R")) for number in range(len(models)))
    script = f"FILES <- c({paths})\nROWS <- list(\n{','.join(frames)})\n{RUN}"
    (folder / "run.R").write_text(script)
    *parts, _ = sourced(folder / "run.R", locale).split("END\n")
    differences = []
    for table, part in zip(tables, parts, strict=True):
        lines = part.rsplit("\n", 2)
        found = _cells(lines[0], table.predicted)
        differences += [largest_difference(found, table.predicted), float(lines[1])]
    return differences


WRITTEN = {
    HOSTILE: ["1.234,50 EUR", "n/a", "(5 EUR)", "EUR 7,-", "-1.100"],
    "sold on": ["02.01.2023", "Tue, 3.10.2023 7:05 pm", "-", "1.1.2024 12:00+02:00", "unknown"],
    "opens": ["09:30", "7:15:36,5", "", "NaN", "24:00"],
    "is new": ["TRUE", "False", "none", "true", "?"],
    "select": [HOSTILE, " it's ", "new", "", '"'],
    "code": ["007", "7", "9", "01067", "NA"],
}
"""Rows of the model "written" as a file has them."""


def _write(path: Path, table: dict[str, list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def _cells(text: str, expected: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The predicted columns of a CSV text, as the model gives them."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    found: dict[str, list[Any]] = {}
    for at, (name, cells) in enumerate(expected.items(), len(header) - len(expected)):
        assert header[at] == name
        convert = {bool: lambda cell: cell == "true"}.get(type(cells[0]), type(cells[0]))
        found[name] = [convert(row[at]) for row in rows]
    return found


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_the_scripts_predict_what_the_models_do(locale: str, tmp_path: Path):
    names = list(MAKERS) if locale == "C.UTF-8" else ["written", "two targets"]
    assert max(_predicted([tried_model(name) for name in names], tmp_path, locale)) < 1e-12


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_the_script_checks_itself(locale: str, tmp_path: Path):
    [script] = gn.export(tried_model("written").model, "r").write(tmp_path / "model.R")
    said = rscript(script, locale=locale)
    assert said.startswith("8 check rows are predicted as by the model, to ")
    text = script.read_text()
    first = next(line for line in text.splitlines() if line.startswith(" " * 10 + "0."))
    for other in ("1.", "NaN + 1."):
        script.write_text(text.replace(first, first.replace("0.", other, 1)))
        broken = subprocess.run(["Rscript", "--vanilla", script], capture_output=True, check=False)
        assert broken.returncode
        assert b"is another" in broken.stderr


@pytest.mark.filterwarnings("ignore::glassnet.GlassnetWarning")
@pytest.mark.parametrize(
    ("name", "locale"), [("penguins", "C.UTF-8"), ("written", "C.UTF-8"), ("written", "C")]
)
def test_a_file_is_predicted_as_csv(name: str, locale: str, tmp_path: Path):
    tried = tried_model(name)
    [script] = gn.export(tried.model, "r", **tried.options).write(tmp_path / "model.R")
    path = DATA / f"{name}.csv"
    if name == "written":
        path = tmp_path / "rows.csv"
        _write(path, WRITTEN)
    expected = tried.model.predict_columns(path, **tried.options)
    out = rscript(script, path, locale=locale)
    assert largest_difference(_cells(out, expected), expected) < 1e-12
    with path.open(newline="", encoding="utf-8-sig") as file:
        kept = [row[: len(row) - len(expected)] for row in csv.reader(io.StringIO(out, newline=""))]
        assert kept == list(csv.reader(file))


def test_a_frame_may_hold_dates_times_factors_and_no_rows(tmp_path: Path):
    [script] = gn.export(tried_model("written").model, "r").write(tmp_path / "model.R")
    code = f"""
    source({r_literal(str(script))}, encoding = "UTF-8")
    plain <- CHECKED
    typed <- CHECKED
    typed[[2]] <- as.Date(plain[[2]], "%d.%m.%Y")
    typed[[3]] <- as.difftime(plain[[3]], units = "hours")
    typed[[5]] <- factor(plain[[5]])
    typed[[6]] <- factor(plain[[6]])
    stopifnot(identical(predict_rows(plain), predict_rows(typed)))
    typed[[2]] <- as.POSIXct(paste(plain[[2]], "00:00"), "UTC", "%d.%m.%Y %H:%M")
    stopifnot(isTRUE(all.equal(predict_rows(plain), predict_rows(typed), tolerance = 1e-13)))
    typed[[4]] <- plain[[4]][1]
    plain[[4]] <- tolower(plain[[4]][1])
    stopifnot(identical(predict_rows(plain), predict_rows(typed)))
    stopifnot(identical(dim(predict_rows(plain[0, ])), c(0L, length(PREDICTED))))
    stopifnot(identical(unlist(predict_rows(plain[3, ])), unlist(predict_rows(plain)[3, ])))
    failed <- function(frame) tryCatch(predict_rows(frame), error = conditionMessage)
    cat(failed(plain[-3]), "\\n")
    typed[[3]] <- c("12:00", rep("soon", 7))
    cat(failed(typed), "\\n")
    typed[[3]] <- rep(NA, 8)
    cat(failed(replace(typed, 2, 1:8)), "\\n")
    cat(failed(replace(plain, 3, c(NA, Inf, rep(7, 6)))), "\\n")
    cat(failed(replace(plain, 6, c(NA, 7, rep(NA, 6)))), "\\n")
    """
    (tmp_path / "run.R").write_text(code)
    assert sourced(tmp_path / "run.R").splitlines() == [
        "the frame lacks the column 'opens' ",
        "column 'opens', row 2: 'soon' is no time of day as the model knows them ",
        "column 'sold on', row 1: '1' is no date ",
        "column 'opens', row 2: 'Inf' is too large ",
        "column 'code', row 2: '7' is no text ",
    ]


def test_numbers_far_out_are_clipped_as_by_the_model(tmp_path: Path):
    model = column_model(far_out_column())
    [script] = gn.export(model, "r").write(tmp_path / "model.R")
    cells = r_literal(FAR_OUT)
    code = f"source({r_literal(str(script))})\ncat(predict_rows(data.frame(x = {cells}))[[1]])"
    (tmp_path / "run.R").write_text(code)
    found = list(map(float, sourced(tmp_path / "run.R").split()))
    assert found == model.predict_columns({"x": FAR_OUT})["prediction_y0"]


def test_long_texts_and_names_of_arguments_are_only_text(tmp_path: Path):
    long = "\u2212\"\\'" * 900
    names = ["row.names", "check.names", "", "T", "c", "frame", "if", long]
    random = np.random.default_rng(0)
    table: dict[str, Any] = {name: random.normal(size=40) for name in names if name}
    table["x = stop('no')"] = random.choice([long, 'b");stop("no")#', "NA", "%s"], 40).tolist()
    table["y"] = (table["T"] > 0).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gn.GlassnetWarning)
        model = gn.train_table(table, "y", epochs=3, hidden=3)
    assert max(_predicted([TriedModel(model)], tmp_path)) < 1e-12


def test_text_that_r_does_not_have_is_refused():
    network = gn.Network([1, 1])
    model = gn.Model.of_run((network, gn.initialize(network, seed=1)), ["a\0b"])
    with pytest.raises(gn.GlassnetError, match=r"R has no text with a .*'a\\x00b'.* to python"):
        gn.export(model, "r")


@settings(max_examples=2, deadline=None)
@given(st.lists(drawn_models(), min_size=5, max_size=12))
def test_any_model_is_computed_alike(tmp_path_factory: Any, models: list[TriedModel]):
    assert max(_predicted(models, tmp_path_factory.mktemp("any"))) < 1e-12
