"""gn.export: what it takes, what it writes, and what it refuses."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exported import tried_model

import glassnet as gn
from glassnet.exports.targets import TARGETS


@pytest.fixture(scope="module")
def model() -> gn.Model:
    return tried_model("article").model


def test_a_model_file_and_a_run_folder_are_models_too(model: gn.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.safetensors")
    code = gn.export(model, "python").content
    assert gn.export(tmp_path / "model.safetensors", "python").content == code
    assert gn.export(str(tmp_path), "python").content == code


def test_estimators_and_pipelines_are_exported_with_what_comes_before_them() -> None:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = [[1.0, 20.0], [2.0, 10.0], [3.0, 50.0], [4.0, 5.0]], [1.0, 2.0, 2.5, 4.0]
    mlp = gn.MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=30, random_state=1)
    pipeline = make_pipeline(StandardScaler(), mlp).fit(x, y)
    found = _predict(pipeline)({"x0": 2.0, "x1": 10.0})["prediction"]
    assert found == pytest.approx(pipeline.predict(x)[1], rel=1e-12)


def test_our_encoder_before_our_estimator_is_exported() -> None:
    import pandas as pd
    from sklearn.pipeline import make_pipeline

    frame = pd.DataFrame({"a": [1.0, 2.0, None, 4.0], "b": ["u", "v", "u", "w"]})
    y = ["no", "yes", "yes", "no"]
    mlp = gn.MLPClassifier(hidden_layer_sizes=(3,), solver="lbfgs", max_iter=30, random_state=1)
    pipeline = make_pipeline(gn.TableEncoder(), mlp).fit(frame, y)
    predict = _predict(pipeline)
    for row, probabilities in zip(
        frame.to_dict("records"), pipeline.predict_proba(frame), strict=True
    ):
        found = predict(row)
        assert found["probability_yes"] == pytest.approx(probabilities[1], abs=1e-12)


def test_table_estimators_are_exported() -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [float(i % 7) for i in range(40)], "b": ["u", "v"] * 20})
    y = frame["a"] * 2
    fitted = gn.TableRegressor(max_iter=5, random_state=1).fit(frame, y)
    found = _predict(fitted)({"a": 3.0, "b": "v"})["prediction"]
    row = pd.DataFrame({"a": [3.0], "b": ["v"]})
    assert found == pytest.approx(fitted.predict(row)[0], rel=1e-12)


def _predict(model: Any) -> Any:
    module: dict[str, Any] = {"__name__": "model"}
    exec(gn.export(model, "python").content, module)
    return module["predict"]


def test_files_are_written_whole_or_not_at_all(model: gn.Model, tmp_path: Path) -> None:
    made = gn.export(model, "python")
    [written] = made.write(tmp_path / "model.py")
    assert written.read_text(encoding="utf-8") == made.content
    with pytest.raises(gn.OutputError, match=r"model\.py: already exists"):
        made.write(tmp_path / "model.py")
    made.write(tmp_path / "model.py", overwrite=True)
    with pytest.raises(gn.OutputError, match="no folder"):
        made.write(tmp_path / "none" / "model.py")
    assert [path.name for path in tmp_path.iterdir()] == ["model.py"]


def test_files_that_belong_together_have_one_name(tmp_path: Path) -> None:
    made = gn.Export("c", {".c": "1", ".check.h": b"2"})
    paths = made.write(tmp_path / "my.net.c")
    assert [path.name for path in paths] == ["my.net.c", "my.net.check.h"]
    (tmp_path / "other.check.h").write_text("mine")
    with pytest.raises(gn.OutputError, match=r"other\.check\.h"):
        made.write(tmp_path / "other.c")
    assert not (tmp_path / "other.c").exists()


@pytest.mark.parametrize(
    "formula", ["z^3", "sinh(z)", "0 if z != 0 else z", "z % 2", "z **", "x**3", "max(z, key=z)"]
)
@pytest.mark.parametrize(
    "to",
    [
        name
        for name, target in TARGETS.items()
        if target.expresses == "predictions" and name != "onnx"
    ],
)
def test_a_formula_that_no_target_can_write_is_one_error(formula: str, to: str) -> None:
    activation = gn.Activation("cube", lambda z: z**3, lambda z, a: 3 * z**2, formula=formula)
    weights = [np.ones((2, 3)), np.ones((3, 1))]
    model = gn.read_parameters(weights, activation=activation, output="identity")
    with pytest.raises(gn.GlassnetError, match="'cube' has the part '.*which .* is not told"):
        gn.export(model, to)


def test_a_formula_of_another_function_is_refused() -> None:
    activation = gn.Activation("cube", lambda z: z**3, lambda z, a: 3 * z**2, formula="z**2")
    weights = [np.ones((2, 3)), np.ones((3, 1))]
    model = gn.read_parameters(weights, activation=activation, output="identity")
    with pytest.raises(gn.GlassnetError, match="gives 4 where z is -2, and its function -8"):
        gn.export(model, "python")


def test_a_formula_that_cannot_be_read_is_one_error_for_onnx_too() -> None:
    activation = gn.Activation("cube", lambda z: z**3, lambda z, a: 3 * z**2, formula="z **")
    weights = [np.ones((2, 3)), np.ones((3, 1))]
    model = gn.read_parameters(weights, activation=activation, output="identity")
    with pytest.raises(gn.GlassnetError, match=r"'z \*\*' is no formula that ONNX"):
        gn.export(model, "onnx")


@pytest.mark.parametrize(
    "cells", [["0001-01-01", "9999-12-31", "2024-02-29"], [1e99, 9.9e99, -9.9e99]]
)
def test_rows_of_the_check_stay_within_what_cells_hold(cells: list[Any]) -> None:
    y = np.random.default_rng(0).normal(size=30).tolist()
    model = gn.train_table({"x": cells * 10, "y": y}, "y", epochs=1, hidden=2, members=1)
    module: dict[str, Any] = {"__name__": "model"}
    exec(str(gn.export(model, "python").content), module)
    assert module["check"]() < 1e-12
    known = [check["x"] for check, _ in module["CHECKS"] if check["x"] is not None]
    limits = ("0001-01-01", "9999-12-31") if isinstance(cells[0], str) else (-1e100, 1e100)
    assert limits[0] <= min(known) < max(known) == limits[1]


def test_an_ending_is_told_from_one_that_is_its_end(tmp_path: Path) -> None:
    made = gn.Export("sql", {".sql": "1", ".check.sql": "2"})
    paths = [tmp_path / "a.sql", tmp_path / "a.check.sql"]
    assert made.write(tmp_path / "a.check.sql") == paths
    assert [path.read_text() for path in paths] == ["1", "2"]


def test_files_of_which_one_names_another_have_their_endings(tmp_path: Path) -> None:
    made = gn.Export("onnx", {".onnx": b"1", "_check.py": "2"})
    assert [path.name for path in made.write(tmp_path / "a")] == ["a.onnx", "a_check.py"]
    assert [path.name for path in made.write(tmp_path / "a.b")] == ["a.b.onnx", "a.b_check.py"]


def test_code_of_c_is_only_written_beside_the_header_that_it_includes(
    model: gn.Model, tmp_path: Path
) -> None:
    made = gn.export(model, "c", name="my net")
    with pytest.raises(gn.OutputError, match=r"other\.c: .* 'my net\.h'.*name='other'"):
        made.write(tmp_path / "other.c")
    assert not list(tmp_path.iterdir())
    [code, header] = made.write(tmp_path / "my net.c")
    assert f'#include "{header.name}"' in code.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "csv", "interval": 0.9}, "to='csv' takes no interval"),
        ({"to": "r-parameters", "label_set": 0.9}, "to='r-parameters' takes no label_set"),
        ({"to": "pyhton"}, "unknown to 'pyhton': did you mean 'python'?"),
        ({"to": None}, "unknown to None"),
        ({"to": ["python"]}, "unknown to"),
        ({"to": "python", "dtype": "float32"}, "to='python' takes no dtype"),
        ({"to": "python", "source": "t"}, "to='python' takes no source"),
        ({"to": "python", "name": 3}, "name must be text"),
        ({"to": "python", "interval": 0.9}, "this model knows no residuals"),
        ({"to": "python", "interval": "wide"}, "interval must be above 0 and below 1"),
        ({"to": "python", "label_set": 0.9}, "sets are of classes"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], message: str, model: gn.Model) -> None:
    with pytest.raises(gn.GlassnetError) as error:
        gn.export(model, **options)
    assert message in str(error.value)
    assert len(str(error.value)) < 400


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(gn.GlassnetError, match="got dict"):
        gn.export({}, "python")


@pytest.mark.parametrize(
    ("to", "title"),
    [
        ("python", "Python"), ("numpy", "Python"), ("r", "R"), ("c", "C"), ("go", "Go"),
        ("javascript", "JavaScript"), ("java", "Java"), ("duckdb", "DuckDB"),
        ("excel", "a workbook"), ("latex", "LaTeX"), ("onnx", "ONNX"),
    ],
)  # fmt: skip
def test_an_activation_without_a_formula_is_refused_by_name(to: str, title: str) -> None:
    odd = gn.Activation("odd", lambda z: z * z, lambda z: 2 * z)
    network = gn.Network([1, 2, 1], odd)
    model = gn.Model.of_run((network, gn.initialize(network)))
    said = f"the activation 'odd' has no formula, which {title} needs"
    with pytest.raises(gn.GlassnetError, match=said):
        gn.export(model, to)


def test_an_activation_of_ones_own_is_written_by_its_formula() -> None:
    odd = gn.Activation("os.system", lambda z: z * z, lambda z: 2 * z, formula="z * z")
    network = gn.Network([1, 2, 1], odd)
    model = gn.Model.of_run((network, gn.initialize(network, seed=3)))
    assert _predict(model)({"x1": 2.0})["prediction"] == pytest.approx(
        model.predict({"x1": [2.0]})[0], rel=1e-12
    )


def test_a_formula_may_have_any_comparison() -> None:
    own = gn.Activation(
        "half",
        lambda z: np.where(z < 0, 0.5 * z, z),
        lambda z: np.where(z < 0, 0.5, 1.0),
        formula="0.5 * z if z < 0 else z",
    )
    network = gn.Network([1, 3, 1], own)
    model = gn.Model.of_run((network, gn.initialize(network, seed=3)))
    for x in (-2.0, 2.0):
        found = _predict(model)({"x1": x})["prediction"]
        assert found == pytest.approx(model.predict({"x1": [x]})[0], rel=1e-12)
    assert gn.export(model, "onnx").notes  # which was run at once


def test_every_target_says_what_it_is() -> None:
    for name, target in TARGETS.items():
        assert name == target.name
        assert target.ending.startswith(".")
        assert target.title[0].isupper()
        assert not target.title.endswith(".")
        assert f'"{name}"' in (gn.export.__doc__ or ""), "say it in the docstring of export"
