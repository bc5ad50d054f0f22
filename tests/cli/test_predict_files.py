"""`glassnet predict` from file to file, some rows at a time: the bytes of the whole table."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from in_process import refused, run

import glassnet as gn
from glassnet.cli.console import rows_bar
from glassnet.errors import GlassnetError
from glassnet.tables import blocks
from glassnet.tables.files import text
from glassnet.tables.targets import NumberTarget

N = 500


def table(n: int = N, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    size = random.uniform(20, 120, n).round(1)
    town = random.choice(["Ulm", "Bonn", "Köln"], n)
    return pl.DataFrame(
        {
            "id": [f"{i:04d}" for i in range(n)],
            "size": size,
            "town": town,
            "built": pl.Series(random.integers(0, 9000, n).astype(np.int32)).cast(pl.Date),
            "rent": (10 * size + 100 * (town == "Bonn")).round(1),
            "dear": np.where(size > 70, "yes", "no"),
        }
    )


@pytest.fixture
def models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, gn.Model]:
    """Models of numbers and of classes, trained on text and on types; files come in small parts."""
    table().write_csv("t.csv")
    table().write_parquet("t.parquet")
    common: dict[str, Any] = {"ignore": ["id"], "epochs": 5, "members": 2, "hidden": 4}
    found = {
        "rent of text": gn.train_table("t.csv", "rent", **common),
        "rent of types": gn.train_table("t.parquet", "rent", **common),
        "dear of text": gn.train_table("t.csv", "dear", **common),
    }
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 2000)
    monkeypatch.setattr(text, "TEXT_BLOCK", 1500)
    return found


def written_at_once(model: gn.Model, file: str, **asked: Any) -> bytes:
    from glassnet.tables.write import write_columns

    write_columns(Path("whole.csv"), model.predict_columns(file, **asked))
    return Path("whole.csv").read_bytes()


@pytest.mark.parametrize("name", ["rent of text", "rent of types", "dear of text"])
@pytest.mark.parametrize(
    "file", ["new.csv", "new.parquet", "new.arrow", "new.jsonl", "semicolon.csv"]
)
def test_the_output_is_that_of_the_whole_table(
    models: dict[str, gn.Model], name: str, file: str
) -> None:
    new = table(700, seed=1)
    new.write_csv("new.csv")
    new.write_parquet("new.parquet", row_group_size=123)
    new.write_ipc("new.arrow")
    new.with_columns(pl.col("built").cast(pl.String)).write_ndjson("new.jsonl")
    new.write_csv("semicolon.csv", separator=";")
    model = models[name]
    asked: dict[str, Any] = {"keep": ["id", "built"]}
    asked |= {"label_set": 0.9} if name == "dear of text" else {"interval": 0.8}
    done: list[tuple[int, int | None]] = []
    count = model.predict_file(
        file, "out.csv", **asked, progress=lambda rows, of: done.append((rows, of))
    )
    assert count == 700
    assert Path("out.csv").read_bytes() == written_at_once(model, file, **asked)
    assert done[-1][0] == 700
    assert done[-1][1] in (700, None)
    assert len(done) > 3 or file == "new.jsonl"


def test_warnings_count_all_rows(models: dict[str, gn.Model]) -> None:
    new = table(700, seed=1).with_columns(
        town=pl.when(pl.int_range(700) % 100 == 3).then(pl.lit("Paris")).otherwise("town"),
        built=pl.lit(None, pl.Date),
    )
    new.write_parquet("new.parquet")
    model = models["rent of types"]
    (target,) = model.encoding.targets
    assert isinstance(target, NumberTarget)
    held = replace(target, high=target.center)
    model = replace(model, encoding=replace(model.encoding, targets=(held,)))
    with pytest.warns(gn.GlassnetWarning) as whole:
        model.predict_columns("new.parquet")
    with pytest.warns(gn.GlassnetWarning) as in_parts:
        model.predict_file("new.parquet", "out.csv")
    assert [str(w.message) for w in in_parts] == [str(w.message) for w in whole]
    assert len(whole) == 3
    assert any("7 of 700 rows hold categories" in str(w.message) for w in whole)
    assert any("of 700 predictions would go beyond" in str(w.message) for w in whole)


def test_a_column_that_lacks_is_said_once(models: dict[str, gn.Model]) -> None:
    table().drop("town").write_parquet("new.parquet")
    model = models["rent of types"]
    with pytest.raises(GlassnetError, match="the table lacks the column 'town'"):
        model.predict_file("new.parquet", "out.csv")
    with pytest.warns(gn.GlassnetWarning, match="missing in every row") as said:
        model.predict_file("new.parquet", "out.csv", missing_columns=True)
    assert len(said) == 1


@pytest.mark.parametrize("name", ["rent of text", "rent of types"])
def test_errors_name_the_row_of_the_whole_file(models: dict[str, gn.Model], name: str) -> None:
    sizes = [*table()["size"].cast(pl.String), "wide", *table()["size"].cast(pl.String)]
    new = pl.concat([table(), table(1), table()]).with_columns(size=pl.Series(sizes))
    new.write_csv("new.csv")
    models[name].save("m")
    Path("out.csv").write_text("kept")
    said = refused("predict", "m", "new.csv", "--out", "out.csv", "--overwrite")
    assert "new.csv: column 'size', row 501: 'wide'" in said
    assert Path("out.csv").read_text() == "kept"
    assert refused("predict", "m", "new.csv").count("\n") == 1  # standard output stays empty


def test_parquet_keeps_the_types_of_the_table(models: dict[str, gn.Model]) -> None:
    new = table(700, seed=1)
    new.write_parquet("new.parquet")
    new.write_csv("new.csv")
    models["dear of text"].save("m")
    run("predict", "m", "new.parquet", "new.csv", "--keep", "id,built", "--out", "out.csv")
    done = run("predict", "m", "new.parquet", "--keep", "all", "--out", "out.parquet")
    assert "700 rows predicted to out.parquet" in done.err
    found = pl.read_parquet("out.parquet")
    predicted = models["dear of text"].predict_columns("new.parquet")
    assert found.select(new.columns).equals(new)
    assert found.select(list(predicted)).to_dict(as_series=False) == predicted
    both = pl.read_csv("out.csv")
    assert both["file"].to_list() == ["new.parquet"] * 700 + ["new.csv"] * 700
    assert both["prediction"].to_list() == predicted["prediction"] * 2


def test_an_error_within_leaves_no_parquet(models: dict[str, gn.Model], folder: Path) -> None:
    sizes = [*table()["size"].cast(pl.String), "wide"]
    pl.concat([table(), table(1)]).with_columns(size=pl.Series(sizes)).write_csv("new.csv")
    model = models["rent of text"]
    before = sorted(folder.iterdir())
    with pytest.raises(GlassnetError, match="row 501"):
        model.predict_file("new.csv", "out.parquet")
    assert sorted(folder.iterdir()) == before


def test_a_file_is_not_overwritten_unasked(models: dict[str, gn.Model]) -> None:
    Path("out.csv").write_text("kept")
    with pytest.raises(GlassnetError, match=r"out\.csv"):
        models["rent of text"].predict_file("t.csv", "out.csv")
    assert Path("out.csv").read_text() == "kept"
    models["rent of text"].predict_file("t.csv", "out.csv", overwrite=True)
    assert Path("out.csv").read_text().startswith("prediction\n")


def test_there_is_no_bar_where_nobody_looks() -> None:
    with rows_bar("predicting", quiet=True) as update:
        assert update is None


def test_the_bar_counts_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # by which rich takes any stream for a terminal
    shown: list[Any] = []
    monkeypatch.setattr("rich.progress.Progress.update", lambda *_, **said: shown.append(said))
    with rows_bar("predicting", quiet=False) as update:
        assert update is not None
        update(1000, 2000)
        update(1500, None)
    assert [(one["completed"], one["total"]) for one in shown] == [(1000, 2000), (1500, None)]


LIMITED = """
import resource, sys
from pathlib import Path
import glassnet as gn

model = gn.load("m")
model.predict_file("small.parquet", "small.csv")  # which loads all that is to be loaded
used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_DATA, (used + 350_000_000,) * 2)
if sys.argv[1] == "file":
    print(model.predict_file("big.parquet", "out.csv"))
else:
    print(len(model.predict_columns("big.parquet")["prediction"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_table_beyond_a_hard_limit_is_predicted(folder: Path) -> None:
    random = np.random.default_rng(0)
    n = 3_000_000
    big = pl.DataFrame({f"x{i}": random.integers(0, 2**16, n) / 2**16 for i in range(24)})
    big.write_parquet("big.parquet", row_group_size=100_000)  # 576 MB as numbers
    small = big.head(300)
    small.write_parquet("small.parquet")
    gn.train_table(small.with_columns(y=small["x0"]), "y", members=1, hidden=4, epochs=2).save("m")
    del big

    def done(how: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", LIMITED, how],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"POLARS_MAX_THREADS": "2", "MALLOC_ARENA_MAX": "2"},
        )

    in_parts = done("file")
    assert in_parts.returncode == 0, in_parts.stderr[-500:]
    assert int(in_parts.stdout) == n
    assert done("at once").returncode != 0  # the limit is one
