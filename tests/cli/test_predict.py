"""`glassnet predict` as it is done every month: columns that go along, several tables, gaps."""

import csv
import io
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from in_process import refused, run

import glassnet as gn

HEADER = "id,size,town,paid"
ROWS = [f"{i:03d},{i % 9 + 0.5},{'Ulm' if i % 3 else 'Bonn'},{'yes' if i % 9 > 3 else 'no'}"
        for i in range(60)]  # fmt: skip
TABLE = "\n".join([HEADER, *ROWS]) + "\n"


@pytest.fixture
def model(folder: Path) -> str:
    (folder / "t.csv").write_text(TABLE)
    gn.train_table("t.csv", "paid", ignore="id", members=1, hidden=4, epochs=20).save("m")
    return "m"


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_columns_go_along_as_they_are_written(model: str, folder: Path) -> None:
    (folder / "new.csv").write_text('id,note,size,town\n007,"a, ""b""",+1.50,Ulm\n010,NA,,Bonn\n')
    header, *cells = rows_of(run("predict", model, "new.csv", "--keep", "note,id").out)
    assert header == ["note", "id", "prediction", "probability_no", "probability_yes"]
    assert [row[:2] for row in cells] == [['a, "b"', "007"], ["NA", "010"]]
    every = rows_of(run("predict", model, "new.csv", "--keep", "all").out)
    assert every[0][:5] == ["id", "note", "size", "town", "prediction"]
    assert every[1][:4] == ["007", 'a, "b"', "+1.50", "Ulm"]
    assert [row[4:] for row in every[1:]] == [row[2:] for row in cells]
    twice = run("predict", model, "new.csv", "--keep", "id,", "--keep", "size").out
    assert rows_of(twice)[2][:2] == ["010", ""]


def test_a_column_whose_name_holds_a_comma_goes_along(model: str, folder: Path) -> None:
    (folder / "new.csv").write_text('"a,b",size,town\nx,1,Ulm\n')
    assert rows_of(run("predict", model, "new.csv", "--keep", "a,b").out)[1][0] == "x"


def test_what_cannot_go_along(model: str, folder: Path) -> None:
    (folder / "new.csv").write_text("prediction,size,town\n1,1,Ulm\n")
    said = refused("predict", model, "new.csv", "--keep", "all")
    assert "a column of the table is named 'prediction', as one of the output is: rename it" in said
    assert "--keep" in said
    said = refused("predict", model, "t.csv", "--keep", "idd")
    assert "t.csv: unknown column to keep 'idd': did you mean 'id'?" in said
    (folder / "file.csv").write_text("file,size,town\n1,1,Ulm\n")
    assert "is named 'file'" in refused("predict", model, "file.csv", "t.csv", "--keep", "file")
    (folder / "more.csv").write_text("size,town\n1,Ulm\n")
    said = refused("predict", model, "t.csv", "more.csv", "--keep", "all")
    assert "more.csv: has other columns than t.csv: name those to --keep" in said


def test_from_python_too(model: str) -> None:
    loaded = gn.load(model)
    kept = loaded.predict_columns("t.csv", keep=["id", "town"])
    assert list(kept)[:3] == ["id", "town", "prediction"]
    assert kept["id"][:2] == ["000", "001"]
    frame = {"size": [1.5, None], "town": ["Ulm", "Bonn"], "when": [2, 3]}
    assert loaded.predict_columns(frame, keep="size")["size"] == [1.5, None]
    alone = loaded.predict_columns(frame)
    assert {**alone, **loaded.predict_columns(frame, keep="all")} == {**alone, **frame}


def test_the_rows_of_several_tables_stand_one_after_the_other(model: str, folder: Path) -> None:
    (folder / "a b.csv").write_text("town,size\nUlm,1\nUlm,2\n")
    together = rows_of(run("predict", model, "t.csv", "a b.csv", "t.csv", "--keep", "size").out)
    assert together[0][:3] == ["file", "size", "prediction"]
    assert [row[0] for row in together[1:]] == ["t.csv"] * 60 + ["a b.csv"] * 2 + ["t.csv"] * 60
    apart = rows_of(run("predict", model, "a b.csv", "--keep", "size").out)
    assert [row[1:] for row in together[61:63]] == apart[1:]


def test_an_error_in_one_of_several_tables_names_it(model: str, folder: Path) -> None:
    (folder / "bad.csv").write_text("town,size\nUlm,large\n")
    said = refused("predict", model, "t.csv", "bad.csv", "--out", "p.csv")
    assert "bad.csv: column 'size', row 1: 'large'" in said
    assert not (folder / "p.csv").exists()
    assert "standard input is given twice" in refused("predict", model, "-", "-")


def test_standard_input_among_tables(
    model: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO(b"town,size\nUlm,1\n"))
    monkeypatch.setattr(sys, "stdin", given)
    done = run("predict", model, "t.csv", "-", "--out", "-", "--keep", "town")
    assert rows_of(done.out)[-1][:2] == ["-", "Ulm"]


def test_a_missing_column_is_taken_as_missing_only_where_asked(model: str, folder: Path) -> None:
    (folder / "new.csv").write_text("size\n1\n8\n")
    (folder / "gaps.csv").write_text("size,town\n1,\n8,\n")
    said = refused("predict", model, "new.csv")
    assert "the table lacks the column 'town', which the model needs: " in said
    assert "--missing-columns" in said
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        done = run("predict", model, "new.csv", "--missing-columns")
    expected = run("predict", model, "gaps.csv")
    assert done.code == 0
    assert done.out == expected.out
    assert done.err.strip().endswith(
        "new.csv: the table lacks the column 'town': missing in every row"
    )
    (folder / "other.csv").write_text("height\n1\n")
    assert "none of the columns" in refused("predict", model, "other.csv", "--missing-columns")


def test_missing_columns_of_every_kind_from_python() -> None:
    days = [f"2024-0{i % 8 + 1}-1{i % 9}" for i in range(40)]
    table = {
        "number": [float(i) for i in range(40)],
        "two": ["a", "b"] * 20,
        "several": ["u", "v", "w", None] * 10,
        "day": np.array(days, "datetime64[D]"),
        "y": [i % 7 + 0.5 for i in range(40)],
    }
    model = gn.train_table(table, "y", members=1, hidden=3, epochs=2)
    inputs = [name for name in table if name != "y"]
    for lacking in inputs:
        rest = {name: table[name] for name in inputs if name != lacking}
        with pytest.raises(gn.GlassnetError, match="or give missing_columns=True"):
            model.predict(rest)
        with pytest.warns(gn.GlassnetWarning, match=f"lacks the column '{lacking}'"):
            found = model.predict(rest, missing_columns=True)
        missing = {**rest, lacking: [None] * 40}
        with pytest.warns(gn.GlassnetWarning, match=f"'{lacking}' is missing in all 40 rows"):
            np.testing.assert_array_equal(found, model.predict(missing))


def test_a_threshold_for_two_classes(model: str) -> None:
    loaded = gn.load(model)
    likely = [float(row[2]) for row in rows_of(run("predict", model, "t.csv").out)[1:]]
    cut = float(np.median(likely))
    done = rows_of(run("predict", model, "t.csv", "--threshold", repr(cut)).out)[1:]
    assert [row[0] for row in done] == ["yes" if p >= cut else "no" for p in likely]
    assert loaded.with_threshold(cut).predict("t.csv").tolist() == [row[0] for row in done]
    for wrong in ("0", "1", "1.5", "nan"):
        assert "--threshold must be above 0 and below 1" in refused(
            "predict", model, "t.csv", "--threshold", wrong
        )


def test_a_threshold_where_there_are_no_two_classes(folder: Path) -> None:
    table = {"x": list(range(40)), "y": [i % 7 + 0.5 for i in range(40)]}
    gn.train_table(table, "y", members=1, hidden=2, epochs=1).save("numbers")
    (folder / "x.csv").write_text("x\n1\n")
    said = refused("predict", "numbers", "x.csv", "--threshold", "0.3")
    assert "--threshold is for two classes, but 'y' is a number" in said


WITH_NUMBERS = "size,town,price,paid\n" + "".join(
    f"{size},{'Ulm' if i % 3 else 'Bonn'},{size + (i * 7) % 11},{'yes' if size > 30 else 'no'}\n"
    for i, size in enumerate([*range(59), *range(61)])
)


def trained_on_numbers(target: str) -> str:
    """A model of two members, so that residuals are known."""
    Path("n.csv").write_text(WITH_NUMBERS)
    gn.train_table("n.csv", target, members=2, hidden=8, epochs=60).save("n")
    return "n"


def test_intervals_stand_beside_the_numbers(folder: Path) -> None:
    model = trained_on_numbers("price")
    header, *cells = rows_of(run("predict", model, "n.csv", "--interval", "0.8").out)
    assert header == ["prediction", "low", "high"]
    ends = gn.load(model).predict_interval("n.csv", 0.8)
    np.testing.assert_allclose(np.array(cells, float)[:, 1:], ends)
    said = refused("predict", model, "n.csv", "--interval", "2")
    assert "--interval must be above 0 and below 1, got 2" in said
    said = refused("predict", model, "n.csv", "--set", "0.9")
    assert "predicts numbers, but sets are of classes" in said


def test_sets_stand_beside_the_classes(folder: Path) -> None:
    model = trained_on_numbers("paid")
    header, *cells = rows_of(run("predict", model, "n.csv", "--set", "0.9", "--keep", "town").out)
    assert header == ["town", "prediction", "set", "probability_no", "probability_yes"]
    chosen = gn.load(model).predict_set("n.csv", 0.9)
    labels = np.array(["no", "yes"])
    assert [row[2] for row in cells] == ["|".join(labels[row]) for row in chosen]


def test_it_is_said_how_many_sets_hold_one_class_and_how_many_several(folder: Path) -> None:
    model = trained_on_numbers("paid")
    for coverage in ("0.5", "0.99"):
        ran = run("predict", model, "n.csv", "--set", coverage)
        sets = [row[1] for row in rows_of(ran.out)[1:]]
        several = sum("|" in labels for labels in sets)
        counted = f"{len(sets) - several} of {len(sets)} rows have a set of one class"
        assert f"paid: {counted}" in ran.err
        wanted = f", {several} of several" if several else f": one suffices for {coverage} here"
        assert wanted in ran.err


def test_what_no_residuals_are_known_for(model: str) -> None:
    said = refused("predict", model, "t.csv", "--set", "0.9")
    assert "t.csv: this model knows no residuals of rows that it was not trained on" in said
    assert "train it by `glassnet train` (in Python train_table), with several --members" in said
