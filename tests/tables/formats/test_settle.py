"""What a column of text is taken for: by its cells, by its table, by the options, by a model."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import glassnet as gn
from glassnet.errors import TableError
from glassnet.tables.files import FileTable
from glassnet.tables.formats.clocks import ClockFormat
from glassnet.tables.formats.dates import DateFormat
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.formats.reading import Reading
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table

FRAMES = {
    "dict": lambda columns: columns,
    "pandas": pd.DataFrame,
    "pandas objects": lambda columns: pd.DataFrame(columns, dtype=object),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
}
N = range(40)


def read(cells: list[Any], **settings: Any) -> Any:
    return as_table({"x": cells}, reading=Reading(**settings))["x"]


@pytest.mark.parametrize("kind", FRAMES)
def test_every_face_reads_text_alike(kind: str) -> None:
    columns = {
        "plain": ["1", "-0.5", "NA", " 3e2 "] * 3,
        "comma": ["1,5", "-0,25", None, "1.234,5"] * 3,
        "price": ["$1,234.50", "($5.00)", "", "$0.10"] * 3,
        "day": ["31.12.2020", "01.02.2021", "-", "1.3.2021"] * 3,
        "time": ["23:30", "7:15", None, "0:00"] * 3,
        "flag": ["true", "FALSE", "NA", "True"] * 3,
        "code": ["01067", "1067", None, "00501"] * 3,
        "word": ["b", " a ", None, "b"] * 3,
    }
    table = as_table(FRAMES[kind](columns))
    assert {name: column.kind for name, column in table.items()} == {
        "plain": "number", "comma": "number", "price": "number", "day": "date", "time": "number",
        "flag": "boolean", "code": "text", "word": "text",
    }  # fmt: skip
    nan = np.nan
    for name, values in {
        "plain": [1, -0.5, nan, 300],
        "comma": [1.5, -0.25, nan, 1234.5],
        "price": [1234.5, -5, nan, 0.1],
        "day": [18627, 18659, nan, 18687],
        "time": [23.5, 7.25, nan, 0],
    }.items():
        np.testing.assert_array_equal(table[name].values[:4], values)
    assert table["flag"].values[:4].tolist() == ["true", "false", None, "true"]
    assert table["code"].values[:4].tolist() == ["01067", "1067", None, "00501"]
    assert table["word"].values[:4].tolist() == ["b", "a", None, "b"]
    assert not table.notices


@pytest.mark.parametrize(
    ("cells", "column_of", "written"),
    [
        ([f"{i},5" for i in N], {}, NumberFormat(",")),
        ([f"{i + 1},{100 + i}" for i in N], {}, NumberFormat(".", ",")),
        ([f"{i + 1},{100 + i}" for i in N], {"decimal": ","}, NumberFormat(",")),
        ([f"{i + 1}.{100 + i}" for i in N], {}, NumberFormat()),
        ([f"{i + 1}.{100 + i}" for i in N], {"decimal": ","}, NumberFormat(",", ".")),
        ([f"{i + 1},{100 + i},{200 + i}" for i in N], {}, NumberFormat(".", ",")),
        ([f"{i + 1},{100 + i}.5" for i in N], {}, NumberFormat(".", ",")),
        ([f"{i + 1} {100 + i}" for i in N], {}, NumberFormat(".", " ")),
        (["36 months", "60 months"] * 9, {}, NumberFormat(unit="months")),
        ([f"{i} kg" for i in N] + ["0"], {}, NumberFormat(unit="kg")),
        ([f"${i}" for i in N] + ["7"], {}, NumberFormat(unit="$")),
        (
            [str(i) for i in N] + ["#DIV/0!", "\\N", "(null)", "<NA>", "..", "n/a"],
            {},
            NumberFormat(),
        ),
        ([f"{1 + i % 28}/{1 + i % 12}/2020" for i in N], {}, DateFormat("dd/mm/yyyy")),
        ([f"{1 + i % 12}/{1 + i % 28}/2020" for i in N], {}, DateFormat("mm/dd/yyyy")),
        (["1/2/2020", "3/4/2020"] * 9, {"date_order": "mdy"}, DateFormat("mm/dd/yyyy")),
        (["01-02-03", "03-04-05"] * 9, {"date_order": "ymd"}, DateFormat("yy-mm-dd")),
        (["2020-01", "2020-02"] * 9, {}, DateFormat("yyyy-mm")),
        ([f"{1 + i % 28}.1.2020" for i in N] + ["0000-00-00"], {}, DateFormat("dd.mm.yyyy")),
        ([f"{i % 12 + 1}:05 PM" for i in N], {}, ClockFormat(True)),
    ],
)
def test_how_a_column_is_written(cells: list[str], column_of: dict, written: Any) -> None:
    assert read(cells, **column_of).format == written


@pytest.mark.parametrize(
    "cells",
    [
        ["18-24", "25-34", "45+"] * 9,
        ["1st", "2nd", "3rd"] * 9,
        ["3A", "3B", "12C"] * 9,
        [f"{7000 + i}-VH{i}EG" for i in N],
        [f"192.168.0.{i}" for i in N],
        [f"555-{1000 + 37 * i}" for i in N],
        [f"{i}{'ABCDEF'[i % 6]}" for i in N],
        ["< 1 year", "10+ years", "2 years"] * 9,
        ["2020Q1", "2020Q2"] * 9,
        ["16:9", "4:3", "21:9"] * 9,
        ["A+", "B-", "C"] * 9,
        ["1_000", "2_000"] * 9,
        ["\uff11", "\uff12"] * 9,
    ],
)
def test_codes_names_and_classes_stay_text(cells: list[str]) -> None:
    table = as_table({"x": cells})
    assert table["x"].kind == "text"
    assert table["x"].values.tolist() == cells
    assert not table.notices


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([f"{i},5" for i in N] + ["1.5"], "row 41: '1.5' is not a number with ',' as decimal mark"),
        (
            [f"{i}.5" if i != 7 else "<0.1" for i in N],
            "row 8: '<0.1' is not a number, but 39 of 40",
        ),
        ([f"${i}.50" if i % 3 else "free" for i in N], r"row 1: 'free' .* missing=\['free'\]"),
        ([f"{i} kg" if i % 2 else f"{i} g" for i in N], r"row 2: '1 kg' has another unit than 'g'"),
        ([f"{i}.5%" for i in N] + ["0.12"], "row 41: '0.12' has not the unit '%', but 40 of 41"),
        ([f"{1 + i % 28}/{1 + i % 12}/2020" for i in N] + ["2020-01-01"], "written dd/mm/yyyy"),
        ([f"13/{1 + i % 12}/2020" if i % 2 else f"{1 + i % 12}/13/2020" for i in N], "not a date"),
        ([f"{i % 24}:{i + 10}" for i in N] + ["noon"], "row 41: 'noon' is not a time, but 40 of"),
        ([str(i) for i in N] + ["1_000"], "row 41: '1_000' is not a number"),
        ([str(i) for i in N] + ["9" * 70 + "x"], "row 41: '9+x' is not a number"),
        ([str(i) for i in N] + ["1e999"], "row 41: inf is not a finite number"),
        (["1.5", "2.5", "3.5", "oops"], "row 4: 'oops' is not a number, but 3 of 4 cells are"),
    ],
)
def test_a_slip_in_a_column_of_numbers_is_named(cells: list[str], message: str) -> None:
    for frame in (pd.DataFrame({"x": cells}), pl.DataFrame({"x": cells}), {"x": cells}):
        with pytest.raises(TableError, match=message) as raised:
            as_table(frame)
        assert raised.value.column == "x"
    named = as_table({"x": cells}, reading=Reading(categories=["x"]))["x"]
    if "inf" not in message:
        assert named.values.tolist() == cells


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"x": [f"{i + 1},{100 + i}" for i in N]}, "1,100 is read as 1100, .* decimal=','"),
        ({"x": ["1/2/2020", "3/4/2020"] * 9}, "read as dd/mm/yyyy; date_order='mdy' if the month"),
        ({"x": ["a", "b", "None"] * 9}, r"'None', in 9 cells, is taken as a category; missing=\["),
        ({"x": ["card", "cash", "CARD "] * 9}, r"'card' \(9\) and 'CARD' \(9\) differ only in"),
        ({"x": ["a b", "a  b", "c"] * 9}, "differ only in letter case or spaces"),
        ({"x": [f"{i * 991:05}" for i in N]}, "not used: its numbers have zeros in front"),
        ({"x": [f"{i}" if i % 3 else f"A/{i}" for i in N]}, "26 of 40 cells look like numbers"),
    ],
)
def test_what_is_said_of_a_column(columns: dict, said: str) -> None:
    for frame in (columns, pl.DataFrame(columns), pd.DataFrame(columns)):
        (notice,) = as_table(frame).notices
        assert notice.column == "x"
        with pytest.raises(type(notice), match=said):
            raise notice


def test_the_other_columns_and_the_separator_decide_what_a_column_leaves_open() -> None:
    ambiguous = [f"{i + 1},{100 + i}" for i in N]
    points = [f"{i + 1}.{100 + i}" for i in N]
    commas = as_table({"a": ambiguous, "b": points, "c": ["0,5"] * 40, "n": [str(i) for i in N]})
    assert [column.format for column in commas.values()] == [
        NumberFormat(","), NumberFormat(",", "."), NumberFormat(","), NumberFormat(","),
    ]  # fmt: skip
    mixed = as_table({"version": ["0.1", "2.3"] * 20, "area": ["7,5", "8,25"] * 20})
    assert mixed["version"].format == NumberFormat()
    assert mixed["area"].format == NumberFormat(",")
    assert not commas.notices
    assert not mixed.notices
    for separator, written, count in [
        (",", NumberFormat(".", ","), 0),
        (";", NumberFormat(","), 1),
        ("\t", NumberFormat(".", ","), 1),
    ]:
        table = as_table(FileTable(pl.DataFrame({"x": ambiguous}), separator))
        assert table["x"].format == written
        assert len(table.notices) == count
    decided = as_table(FileTable(pl.DataFrame({"x": ambiguous, "y": ["0.5"] * 40}), ";"))
    assert decided["x"].format == NumberFormat(".", ",")
    assert not decided.notices


def test_a_number_may_mean_missing_in_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1.5, -999\n-999,2\n2,3\n")
    table = as_table(read_table(tmp_path / "t.csv"), reading=Reading(missing=("-999",)))
    assert table["x"].missing.tolist() == [False, True, False]
    assert table["y"].missing.tolist() == [True, False, False]


def test_what_means_missing() -> None:
    words = ["a", "b", "NA", "a"] * 3
    assert as_table({"x": words})["x"].values[2] == "NA"
    beside = as_table({"x": words, "y": ["1", "NA", "3", "4"] * 3})
    assert beside["x"].values[2] is None  # among the numbers of this table it means that
    assert not beside.notices
    assert as_table({"x": ["a", "b", "a", "b", "?"]})["x"].values[4] is None  # it does not recur
    assert read(words, missing=("NA",)).values[2] is None
    assert read(words, missing=()).values[2] == "NA"
    assert read(["1", "-", "3", "4"] * 9, missing=("-",)).missing.sum() == 9
    # among numbers the usual words have no other meaning, whatever is said of texts
    assert read([str(i) for i in N] + ["NA"], missing=("-",)).missing.sum() == 1
    assert read(["1", "nan", "2"], missing=()).missing.sum() == 1
    for numbers in (["1.5", "-999", "2"], ["1,5", "-999", "2"], ["1.5 kg", "-999", "2 kg"]):
        assert read(numbers, missing=("-999",)).values.tolist()[::2] == [1.5, 2.0]
        assert read(numbers, missing=("-999",)).missing.tolist() == [False, True, False]
    assert read([str(i) for i in N] + ["lost"], missing=("lost",)).missing.sum() == 1
    both = {"x": ["a", "b", "NA", "a"] * 3, "y": ["1", "NA", "3", "4"] * 3}
    table = as_table(both, reading=Reading(missing=()))
    assert table["x"].values[2] == "NA"
    assert table["y"].missing.sum() == 3


def test_a_word_in_a_target_is_asked_for() -> None:
    classes = ["yes", "no", "None"] * 9
    with pytest.raises(TableError, match=r"is 'None', in 9 cells, a class, .*missing=\['None'\]"):
        read(classes, targets=["x"])
    assert read(classes, targets=["x"], missing=("None",)).missing.sum() == 9
    assert read(classes, targets=["x"], missing=()).missing.sum() == 0


def test_categories_keep_their_written_form() -> None:
    zips = ["01067", "1067", "10115"] * 9
    assert read(zips, categories=["x"]).values.tolist() == zips
    assert read(["1.50", "1.5"] * 9, categories=["x"]).values.tolist() == ["1.50", "1.5"] * 9
    whole = read(["1", "2", "3"] * 9, categories=["x"])
    assert whole.kind == "number"  # so that whole numbers in a data frame are the same categories
    frame = pd.DataFrame({"x": pd.Categorical([3, 1, 2] * 9)})
    assert as_table(frame)["x"].category
    declared = pl.DataFrame({"x": ["01", "2"] * 9}, schema={"x": pl.Enum(["01", "2"])})
    assert as_table(declared)["x"].values.tolist() == ["01", "2"] * 9


TRAINED = {
    "price": ([f"{i},5 EUR" for i in N], "1,5 EUR", 1.5, ["1.5 EUR", "1,5 USD"]),
    "whole": ([str(i) for i in N], "1.5", 1.5, ["1,5", "1 EUR", "x"]),
    "day": ([f"{1 + i % 28}/{1 + i % 12}/2020" for i in N], "31/12/2020", None, ["12/31/2020"]),
    "time": ([f"{i % 24}:30" for i in N], "7:15", 7.25, ["7:15 PM", "7"]),
}


@pytest.mark.parametrize("name", TRAINED)
def test_new_rows_are_held_to_what_was_learnt(name: str, tmp_path: Any) -> None:
    cells, good, value, bad = TRAINED[name]
    y = [float(i % 7) for i in N]
    model = gn.train_table({name: cells, "y": y}, "y", members=1, epochs=1, hidden=3)
    path = tmp_path / "model.safetensors"
    model.save(path)
    again = gn.load(path)
    (column,) = again.encoding.inputs
    assert column == model.encoding.inputs[0]
    assert column.format is not None
    for text in bad:
        for frame in ({name: [good, text]}, pl.DataFrame({name: [good, text]})):
            with pytest.raises(TableError, match=f"column '{name}', row 2: '{text}' where the"):
                again.predict(frame)
    if value is not None:
        number = again.predict({name: [value]})
        np.testing.assert_array_equal(again.predict({name: [good]}), number)
        csv = tmp_path / "new.csv"
        csv.write_text(f'{name}\n"{good}"\n"{good}"\n')
        np.testing.assert_array_equal(again.predict(csv)[:1], number)
    assert len(again.predict({name: [good, "", "NA"]})) == 3


def test_a_model_of_text_sees_text_as_it_is_written() -> None:
    codes = ["01", "1", "NA"] * 13
    y = [5.0, -5.0, 0.0] * 13
    model = gn.train_table({"c": codes, "y": y}, "y", members=1, epochs=3, missing=[], hidden=3)
    assert model.encoding.inputs[0].levels == ("01", "1", "NA")
    rows = pl.DataFrame({"c": ["01", "1", "NA"]})
    for frame in (rows, rows.to_pandas(), rows.to_dict(as_series=False)):
        x = model.encoding.encode_inputs(as_table(frame, reading=model.encoding.reading))
        np.testing.assert_array_equal(x, np.eye(3))


def test_what_was_understood_is_shown() -> None:
    columns = {
        "price": [f"${i + 1},{100 + i}.50" for i in N],
        "day": [f"{1 + i % 28}/{1 + i % 12}/2020" for i in N],
        "time": [f"{i % 24}:30" for i in N],
        "y": [f"{i},5" for i in N],
    }
    encoding = gn.train_table(columns, "y", members=1, epochs=1, hidden=3).encoding
    shown = [str(column).split(": ")[0] for column in (*encoding.inputs, *encoding.targets)]
    assert shown == [
        "number, '$' and ',' removed",
        "date written dd/mm/yyyy in days since 1970-01-01",
        "time in hours",
        "number, decimal ','",
    ]
