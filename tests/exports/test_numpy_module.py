"""The exported NumPy module: run by Python in a process of its own, beside the model."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from commands import output_of
from drawn_models import drawn_models
from exported import (
    DATA,
    HOSTILE,
    MAKERS,
    TriedModel,
    largest_difference,
    tried_model,
    tried_rows,
)
from hypothesis import given, settings

import glassnet as gn
from glassnet.exports.columns import columns_of_rows

RUN = """
import importlib.util, json, sys
for name, to in json.load(open(sys.argv[1])):
    spec = importlib.util.spec_from_file_location("model", name + ".py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    found = model.predict(json.load(open(name + ".json")))
    found = {key: cells.tolist() for key, cells in found.items()}
    json.dump([list(model.PREDICTED), found, model.check()], open(name + ".out", "w"))
"""


def _module(model: gn.Model, **options: Any) -> dict[str, Any]:
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, "numpy", **options).content), module)
    return module


def test_the_modules_predict_what_the_models_do(tmp_path: Path):
    rows = {name: tried_rows(tried_model(name)) for name in MAKERS}
    for name in MAKERS:
        tried = tried_model(name)
        gn.export(tried.model, "numpy", **tried.options).write(tmp_path / f"{name}.py")
        (tmp_path / f"{name}.json").write_text(json.dumps(columns_of_rows(rows[name].rows)))
    (tmp_path / "names").write_text(json.dumps([[str(tmp_path / name), ""] for name in MAKERS]))
    output_of(sys.executable, "-W", "error", "-c", RUN, str(tmp_path / "names"))
    for name in MAKERS:
        names, found, difference = json.loads((tmp_path / f"{name}.out").read_text())
        assert names == list(rows[name].predicted)
        assert largest_difference(found, rows[name].predicted) < 1e-12, name
        assert difference < 1e-12, name


def test_the_module_checks_itself(tmp_path: Path):
    [module] = gn.export(tried_model("written").model, "numpy").write(tmp_path / "model.py")
    said = output_of(sys.executable, "-W", "error", str(module))
    assert said.startswith("8 check rows are predicted as by the model, to ")
    text = module.read_text()
    first = next(line for line in text.splitlines() if "0.0" in line and len(line) > 60)
    module.write_text(text.replace(first, first.replace("0.0", "1.0", 1)))
    broken = subprocess.run([sys.executable, "-O", str(module)], capture_output=True, check=False)
    assert broken.returncode
    assert b"AssertionError: row " in broken.stderr


def test_columns_may_be_text_of_a_file_arrays_or_a_data_frame():
    model = tried_model("penguins").model
    module = _module(model)
    path = DATA / "penguins.csv"
    expected = model.predict_columns(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    frame = pd.read_csv(path).convert_dtypes()
    masked = {name: np.ma.array(cells, mask=False) for name, cells in columns_of_rows(rows).items()}
    for table in (columns_of_rows(rows), frame, masked):
        found = {name: cells.tolist() for name, cells in module["predict"](table).items()}
        assert largest_difference(found, expected) < 1e-12


def test_dates_may_be_datetimes_and_no_row_is_a_table():
    model = tried_model("written").model
    module = _module(model)
    rows = columns_of_rows(tried_rows(tried_model("written")).rows)
    expected = module["predict"](rows)["probability_yes"]
    days = pd.to_datetime(pd.Series(rows["sold on"]), format="%d.%m.%Y")
    found = module["predict"]({**rows, "sold on": days.to_numpy()})["probability_yes"]
    assert np.array_equal(found, expected)
    empty = module["predict"]({name: [] for name in rows})
    assert [len(cells) for cells in empty.values()] == [0] * len(module["PREDICTED"])


def test_what_is_wrong_is_named():
    module = _module(tried_model("written").model)
    rows = columns_of_rows(tried_rows(tried_model("written"), n=2).rows)
    with pytest.raises(KeyError, match="the table lacks the column 'opens'"):
        module["predict"]({name: cells for name, cells in rows.items() if name != "opens"})
    with pytest.raises(ValueError, match="the columns are not of one length: .*'opens': 1"):
        module["predict"]({**rows, "opens": ["12:00"]})
    with pytest.raises(ValueError, match="column 'opens': 'soon' is no time of day"):
        module["predict"]({**rows, "opens": ["12:00", "soon"]})
    with pytest.raises(ValueError, match="'12,5 kg' is no number as the model knows them"):
        module["predict"]({**rows, HOSTILE: ["12,5 EUR", "12,5 kg"]})


@settings(max_examples=10, deadline=None)
@given(drawn_models())
def test_any_model_is_computed_alike(tried: TriedModel):
    rows = tried_rows(tried)
    module = _module(tried.model, **tried.options)
    found = {
        name: cells.tolist()
        for name, cells in module["predict"](columns_of_rows(rows.rows)).items()
    }
    assert largest_difference(found, rows.predicted) < 1e-12
    assert module["check"]() < 1e-12
