"""The programs of docs/large_tables.md for Polars, Dask and Spark, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import glassnet as gn

PAGE = Path(__file__).parents[2] / "docs" / "large_tables.md"
PROGRAMS = dict(re.findall(r"^### (\w+)\n\n```python\n(.*?)```", PAGE.read_text(), re.M | re.S))
NEEDS = {"Polars": "polars", "Dask": "dask.dataframe", "Spark": "pyspark"}


def test_there_is_one_for_each() -> None:
    assert set(PROGRAMS) == set(NEEDS)


@pytest.mark.parametrize("where", NEEDS)
def test_a_model_predicts_inside(where: str, tmp_path: Path) -> None:
    pytest.importorskip(NEEDS[where])
    random = np.random.default_rng(0)
    size = random.uniform(20, 120, 400).round(1)
    town = random.choice(["Ulm", "Bonn"], 400)
    rent = 10 * size + 100 * (town == "Bonn")
    flats = pl.DataFrame({"id": range(400), "size": size, "town": town, "rent": rent})
    flats.write_parquet(tmp_path / "flats.parquet", row_group_size=90)
    run = gn.train_run(
        tmp_path / "flats.parquet", "rent", tmp_path / "runs" / "flats", ignore="id", epochs=20
    )
    subprocess.run(
        [sys.executable, "-c", PROGRAMS[where]],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env=os.environ | {"PYSPARK_PYTHON": sys.executable},
    )
    written = "predicted.parquet" if where == "Polars" else "predicted/*.parquet"
    predicted = pl.read_parquet(tmp_path / written).sort("id")
    assert predicted["id"].to_list() == list(range(400))
    np.testing.assert_allclose(predicted["prediction"], run.model.predict(flats), rtol=1e-12)
    assert predicted.columns == [*flats.columns, "prediction"]
