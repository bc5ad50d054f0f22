"""A table trained on within a limit of memory: the same model, under a hard limit too."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.recipe import fold_training
from glassnet.tables import blocks
from glassnet.tables.files import text
from glassnet.training import array_memory

N = 3000


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Numbers, dates and categories with missing cells, and two targets."""
    random = np.random.default_rng(0)
    x = random.normal(size=(N, 3))
    town = random.choice(["Oslo", "Rome", "Lima", "Bern"], N)
    columns: dict[str, Any] = {f"x{i}": x[:, i].round(3) for i in range(3)}
    columns["town"] = town
    columns["day"] = pl.Series(random.integers(0, 900, N).astype(np.int32)).cast(pl.Date)
    columns["number"] = (x[:, 0] + (town == "Oslo") + 0.1 * random.normal(size=N)).round(3)
    columns["kind"] = np.where(x[:, 1] + x[:, 2] > 0, "high", "low")
    holes = pl.int_range(N) % 11 == 0
    return pl.DataFrame(columns).with_columns(
        pl.when(holes).then(None).otherwise(pl.col("x0", "town", "number")).name.keep()
    )


@pytest.fixture(params=[".parquet", ".csv"])
def path(request: pytest.FixtureRequest, frame: pl.DataFrame, tmp_path: Path) -> Path:
    file = tmp_path / f"t{request.param}"
    write = frame.write_csv if request.param == ".csv" else frame.write_parquet
    write(file)
    return file


@pytest.fixture(autouse=True)
def tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read a few rows at a time."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 20_000)
    monkeypatch.setattr(text, "TEXT_BLOCK", 10_000)


@pytest.fixture
def in_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any array lies in memory, and the order is that of one group that holds all rows."""
    monkeypatch.setattr(array_memory, "OVERHEAD", array_memory.LEAST - 200_000)
    monkeypatch.setattr(fold_training, "shuffle_buffer_for", lambda _: None)


def assert_same(found: gn.Model, model: gn.Model) -> None:
    assert found.encoding == model.encoding
    assert found.scores == model.scores
    assert found.history == model.history
    for residuals, others in zip(found.residuals, model.residuals, strict=True):
        np.testing.assert_array_equal(residuals.values, others.values)
    for member, other in zip(found.members, model.members, strict=True):
        for array, same in zip(leaves(member.parameters), leaves(other.parameters), strict=True):
            np.testing.assert_array_equal(array, same)


@pytest.mark.usefixtures("in_files")
@pytest.mark.parametrize(
    "options",
    [
        {"target": "number", "epochs": 3},
        {"target": "kind", "epochs": 2, "members": 1, "engine": "numpy"},
        {"target": ["number", "x1"], "epochs": 2, "members": 2, "holdout": 0, "refit": False},
        {"target": "kind", "epochs": 2, "class_weight": "balanced", "threshold": "balanced"},
        {"target": "number", "epochs": 2, "loss": "huber:1", "affine": True, "dtype": "float64"},
    ],
    ids=lambda options: "-".join(map(str, options)),
)
def test_the_model_is_the_one_trained_in_memory(path: Path, options: dict[str, Any]) -> None:
    model = gn.train_table(path, **options)
    assert_same(gn.train_table(path, **options, memory=array_memory.LEAST), model)


def test_where_the_rows_fit_the_order_is_the_same_by_itself(path: Path) -> None:
    model = gn.train_table(path, "kind", epochs=3)
    assert_same(gn.train_table(path, "kind", epochs=3, memory="300MB"), model)


def test_the_run_folder_is_the_same(frame: pl.DataFrame, tmp_path: Path) -> None:
    table = tmp_path / "t.parquet"
    frame.write_parquet(table)
    runs = [
        gn.train_run(table, "number", tmp_path / name, epochs=2, members=2, **more)
        for name, more in [("a", {}), ("b", {"memory": "300MB"})]
    ]
    for name in ("rows.csv", "predictions.csv", "history.csv", "loss.svg"):
        a, b = ((run.path / name).read_bytes() for run in runs)
        assert a == b, name
    assert runs[1].record.options.memory == "300MB"


def test_with_a_smaller_buffer_the_order_alone_differs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"epochs": 12, "members": 2, "seed": 1}
    model = gn.train_table(path, "number", **options)
    monkeypatch.setattr(fold_training, "shuffle_buffer_for", lambda _: 200)
    found = gn.train_table(path, "number", **options)
    assert found.encoding == model.encoding
    assert found.history["loss"] != model.history["loss"]
    r2 = [one.scores["number"]["r2"] for one in (found, model)]
    assert r2[0] == pytest.approx(r2[1], abs=0.03)
    assert r2[0] > 0.9


def test_a_training_that_was_stopped_goes_on(frame: pl.DataFrame, tmp_path: Path) -> None:
    table, kept = tmp_path / "t.parquet", tmp_path / "kept"
    frame.write_parquet(table)
    options = {"epochs": 3, "memory": "300MB", "members": 2}
    whole = gn.train_table(table, "number", **options)
    gn.train_table(table, "number", checkpoint=kept, **options)
    again = gn.train_table(table, "number", checkpoint=kept, **options)
    assert_same(again, whole)


@pytest.mark.parametrize("memory", ["3MB", "many", "1 XB", -1, 1.5])
def test_memory_is_a_size(path: Path, memory: Any) -> None:
    with pytest.raises(GlassnetError, match="memory must be") as raised:
        gn.train_table(path, "number", memory=memory)
    assert "\n" not in str(raised.value)


LIMITED = """
import resource, sys
from pathlib import Path
import glassnet as gn

table, out, memory, small = sys.argv[1:]
options = dict(effort="quick", epochs=1, bins=4)
gn.train_table(small, "y", **options)  # which loads all that is to be loaded
used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
limit = used + 350_000_000
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
memory = {} if memory == "any" else {"memory": memory}
model = gn.train_table(table, "y", **options, **memory)
print(model.scores["y"]["r2"])
print(model.predict_file(table, out))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_under_a_hard_limit_a_table_several_times_as_large_is_trained_on(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    n = 1_000_000
    columns = {f"x{i}": random.integers(0, 2**16, n) / 2**16 for i in range(16)}
    columns["y"] = columns["x0"] - columns["x1"] ** 2
    big = pl.DataFrame(columns)  # 136 MB; arrays may take 40 MB, all else 40 MB
    big.write_parquet(tmp_path / "big.parquet", row_group_size=100_000)
    big.head(2000).write_parquet(tmp_path / "small.parquet")
    del big, columns

    def run(memory: str) -> "subprocess.CompletedProcess[str]":
        files = [str(tmp_path / name) for name in ("big.parquet", "out.parquet")]
        command = [sys.executable, "-c", LIMITED, *files, memory, str(tmp_path / "small.parquet")]
        limits = {"POLARS_MAX_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
        environment = os.environ | limits | {"TMPDIR": str(tmp_path)}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    done = run("300MB")
    assert done.returncode == 0, done.stderr[-500:]
    r2, rows = done.stdout.split()
    assert float(r2) > 0.9
    assert int(rows) == n
    assert pl.scan_parquet(tmp_path / "out.parquet").select(pl.len()).collect().item() == n
    assert run("any").returncode != 0  # the limit is one
