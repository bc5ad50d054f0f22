"""A trained model: what it predicts, what it keeps, what its file refuses."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from safetensors.numpy import save_file

import glassnet as gn
from conftest import ORACLES
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.models.content import FORMAT, MODEL_KIND, VERSION
from glassnet.recipe.options import Options
from glassnet.recipe.run import run_table
from glassnet.sealed import write_sealed
from glassnet.training.engines.registry import choose

DATA = Path(__file__).parents[2] / "examples" / "data"
QUICK = {"epochs": 3, "hidden": (8,), "bins": 0, "decay": 1.0}


@pytest.fixture(scope="module")
def penguins() -> pl.DataFrame:
    return pl.read_csv(DATA / "penguins.csv", null_values="NA")


@pytest.mark.parametrize(
    "target", ["species", "sex", "body_mass_g", ["bill_length_mm", "bill_depth_mm"]]
)
def test_saved_and_loaded_it_predicts_the_same(
    penguins: pl.DataFrame, tmp_path: Path, target
) -> None:
    model = gn.train_table(penguins, target, **QUICK)
    model.save(tmp_path / "m.safetensors")
    again = gn.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict(penguins), model.predict(penguins))
    assert again.encoding == model.encoding
    assert again.scores == model.scores
    assert again.record == model.record
    assert again.history.keys() == model.history.keys()
    assert str(again.members) == str(model.members)


def test_all_kinds_of_frames_and_paths_are_the_same_table(penguins: pl.DataFrame) -> None:
    model = gn.train_table(DATA / "penguins.csv", "species", **QUICK)
    expected = model.predict(penguins)
    for table in (
        penguins.to_pandas(),
        pa.table(penguins.to_dict(as_series=False)),
        penguins.to_dict(as_series=False),
        str(DATA / "penguins.csv"),
    ):
        assert model.predict(table).tolist() == expected.tolist()
    from_pandas = gn.train_table(penguins.to_pandas(), "species", **QUICK)
    np.testing.assert_array_equal(
        from_pandas.joined().parameters.weights[0], model.joined().parameters.weights[0]
    )


def test_it_learns_real_tables_well(penguins: pl.DataFrame) -> None:
    assert gn.train_table(penguins, "species").scores["species"]["accuracy"] >= 0.95
    assert gn.train_table(penguins, "body_mass_g").scores["body_mass_g"]["r2"] >= 0.8
    assert (
        gn.train_table(DATA / "breast_cancer.csv", "diagnosis").scores["diagnosis"]["auc"] >= 0.97
    )
    assert (
        gn.train_table(DATA / "cars.csv", "miles_per_gallon").scores["miles_per_gallon"]["r2"]
        >= 0.8
    )


def test_probabilities(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "species", **QUICK)
    shares = model.predict_proba(penguins)
    assert shares.shape == (344, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (
        model.predict(penguins).tolist()
        == np.array(["Adelie", "Chinstrap", "Gentoo"])[shares.argmax(axis=1)].tolist()
    )
    columns = model.predict_columns(penguins)
    assert list(columns) == [
        "prediction",
        "probability_Adelie",
        "probability_Chinstrap",
        "probability_Gentoo",
    ]
    with pytest.raises(GlassnetError, match="predicts numbers"):
        gn.train_table(penguins, "body_mass_g", **QUICK).predict_proba(penguins)


@pytest.mark.filterwarnings("ignore:column 'a' alone tells the target 'up'")
@pytest.mark.filterwarnings("ignore:column 'b' alone tells the target 'right'")
def test_several_two_valued_targets() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 200))
    frame = {"a": a, "b": b, "up": np.where(a > 0, "yes", "no").tolist(), "right": (b > 0).tolist()}
    model = gn.train_table(frame, ["up", "right"], epochs=40)
    assert model.encoding.task == "binary"
    assert min(score["accuracy"] for score in model.scores.values()) > 0.9
    assert model.predict(frame).shape == (200, 2)
    assert model.predict_proba(frame).shape == (200, 2)
    assert list(model.predict_columns(frame)) == [
        "prediction_up", "probability_up=no", "probability_up=yes",
        "prediction_right", "probability_right=false", "probability_right=true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "loss", ["pinball:0.9", "huber:0.5", "mean_absolute_error", "poisson", "sum_of_squares"]
)
def test_other_losses_for_a_number(loss: str) -> None:
    random = np.random.default_rng(0)
    x = random.uniform(0, 3, size=400)
    frame = {"x": x, "y": random.poisson(np.exp(0.5 * x)).astype(float)}
    model = gn.train_table(frame, "y", loss=loss, learning_rate=0.003, task="regression")
    predicted = model.predict(frame)
    if loss.startswith("pinball"):
        assert 0.85 < np.mean(frame["y"] <= predicted) < 0.97
    else:
        assert np.corrcoef(predicted, np.exp(0.5 * x))[0, 1] > 0.9


@pytest.mark.filterwarnings("ignore:column '(species|island)'.* that the model does not know")
def test_unseen_categories_missing_cells_and_extra_columns(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "body_mass_g", **QUICK)
    odd = pl.DataFrame(
        {
            "species": ["Emperor", None],
            "island": ["Ross", None],
            "bill_length_mm": [None, 40.0],
            "bill_depth_mm": [18.0, None],
            "flipper_length_mm": [None, None],
            "sex": ["unknown", None],
            "year": [2020, None],
            "extra": ["x", "y"],
        }
    )
    predicted = model.predict(odd)
    assert np.isfinite(predicted).all()
    assert (
        penguins["body_mass_g"].min()
        <= predicted.min()
        <= predicted.max()
        <= penguins["body_mass_g"].max()
    )
    with pytest.raises(GlassnetError, match="lacks the column 'sex'"):
        model.predict(odd.drop("sex"))


def test_the_same_seed_gives_the_same_model(penguins: pl.DataFrame) -> None:
    first, again, other = (
        gn.train_table(penguins, "sex", seed=seed, dropout=0.2, **QUICK) for seed in (1, 1, 2)
    )
    weights = [model.joined().parameters.weights[0] for model in (first, again, other)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert (weights[0] != weights[2]).any()


def test_float32(penguins: pl.DataFrame, tmp_path: Path) -> None:
    model = gn.train_table(penguins, "body_mass_g", dtype="float32", **QUICK)
    model.save(tmp_path / "m.safetensors")
    assert gn.load(tmp_path / "m.safetensors").members[3].parameters.weights[0].dtype == np.float32


def test_held_out_and_judging_rows_teach_nothing() -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "x": random.normal(size=900),
            "c": random.choice(["u", "v", "w"], size=900),
            "y": random.normal(size=900),
        }
    )
    # else judging rows choose bins and decay
    options = Options(epochs=2, members=1, bins=0, decay=0.1, refit=False)
    done = run_table(frame, "y", options)
    assert {part: len(rows) for part, rows in done.rows.items()} == {
        "train": 576,
        "validation": 144,
        "holdout": 180,
    }
    odd = np.zeros(900, bool)
    odd[done.rows["holdout"]] = True
    changed = frame.with_columns(
        pl.when(pl.Series(odd)).then(99.0).otherwise("x").alias("x"),
        pl.when(pl.Series(odd)).then(-7.0).otherwise("y").alias("y"),
    )
    again = run_table(changed, "y", options)
    for ours, theirs in zip(
        leaves(done.model.joined().parameters), leaves(again.model.joined().parameters), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert again.model.encoding == done.model.encoding
    odd[done.rows["validation"]] = True
    changed = frame.with_columns(pl.when(pl.Series(odd)).then(-7.0).otherwise("y").alias("y"))
    first = run_table(changed, "y", options)
    np.testing.assert_array_equal(
        first.runs[0].history.iteration_loss, done.runs[0].history.iteration_loss
    )


def test_every_option_reaches_the_run(penguins: pl.DataFrame) -> None:
    plain = gn.train_table(penguins, "body_mass_g", **QUICK)
    changes = {
        "l1": 0.1,
        "l2": 0.1,
        "dropout": 0.5,
        "batch_size": 7,
        "schedule": "constant",
        "decay": 5.0,
        "learning_rate": 0.1,
        "optimizer": "rmsprop",
        "activation": "tanh",
        "loss": "huber",
        "seed": 3,
        "epochs": 4,
    }
    for name, value in changes.items():
        other = gn.train_table(penguins, "body_mass_g", **{**QUICK, name: value})
        assert not np.array_equal(
            other.joined().parameters.weights[1], plain.joined().parameters.weights[1]
        ), name
    stopped = run_table(
        penguins, "body_mass_g", Options(patience=2, validation=0.3, learning_rate=0.1, epochs=300)
    )
    assert stopped.ended == "early"


def test_two_classes_are_binary_even_when_multiclass_is_asked_for(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "sex", task="multiclass", **QUICK)
    assert model.encoding.task == "binary"
    with pytest.raises(GlassnetError, match="must be all numeric or all two-valued"):
        gn.train_table(penguins, ["species", "island"], task="multiclass")


@pytest.mark.parametrize(
    ("cells", "new"),
    [
        (["1.0", "2.0", "XL"], ["1.0", "2.0"]),
        (["01", "02", "A3"], ["01", "02"]),
        (["True", "False", "maybe"], ["True", "False"]),
        (["2020-01-01", "2021-01-01", "never"], ["2020-01-01", "2021-01-01"]),
        (["true", "false"], ["true"]),
    ],
)
def test_a_cell_means_the_same_whatever_stands_around_it(
    tmp_path: Path, cells: list[str], new: list[str]
) -> None:
    y = {cell: float(i) for i, cell in enumerate(cells)}
    table = "c,n,y\n" + "".join(f"{c},{i % 4},{y[c] + i % 4}\n" for i, c in enumerate(cells * 15))
    (tmp_path / "all.csv").write_text(table)
    (tmp_path / "new.csv").write_text("c,n\n" + "".join(f"{c},0\n" for c in new))
    (tmp_path / "with.csv").write_text("c,n\n" + "".join(f"{c},0\n" for c in [*new, cells[-1]]))
    model = gn.train_table(tmp_path / "all.csv", "y", epochs=5)
    assert model.predict(tmp_path / "new.csv").tolist() == pytest.approx(
        model.predict(tmp_path / "with.csv")[: len(new)].tolist()
    )


@pytest.mark.parametrize("name", ["a", "y"])
def test_the_odd_cell_is_named_by_its_row_in_the_table(name: str) -> None:
    frame = {
        "a": [str(i) for i in range(60)],
        "y": [str(i / 2) for i in range(60)],
        "b": list(range(60)),
    }
    frame[name][41] = "oops"
    with pytest.raises(
        GlassnetError,
        match=f"column '{name}', row 42: 'oops' is not a number, but 59 of 60 cells are",
    ):
        gn.train_table(frame, "y", **QUICK)
    if name == "a":
        for way in ("categories", "ignore"):
            assert gn.train_table(
                {**frame, "y": [i / 2 for i in range(60)]}, "y", **{way: ["a"]}, **QUICK
            )


def test_another_kind_of_column_is_refused() -> None:
    days = pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 3, 1), eager=True)
    n = len(days)
    frame = pl.DataFrame(
        {
            "n": range(n),
            "d": days,
            "b": [i % 2 == 0 for i in range(n)],
            "t": list("xyz" * n)[:n],
            "y": [0.5 * i for i in range(n)],
        }
    )
    model = gn.train_table(frame, "y", **QUICK)
    for column, other in [("n", "d"), ("d", "n"), ("b", "n"), ("t", "n"), ("n", "t"), ("t", "d")]:
        with pytest.raises(
            GlassnetError, match=f"column '{column}', row 1: .* where the model was trained on"
        ):
            model.predict(frame.with_columns(pl.col(other).alias(column)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hiden": (3,)}, "unknown option 'hiden': did you mean 'hidden'"),
        ({"hidden": "8,8"}, "hidden must be sizes"),
        ({"l2": "much"}, "l2 must be a number"),
        ({"epochs": 2.0}, "epochs must be a whole number"),
        (
            {"categories": ["body_mass_g"]},
            "names the target 'body_mass_g': choose its classes with task",
        ),
        ({"loss": ""}, "unknown loss ''"),
        ({"hidden": ()}, "hidden must be sizes of 1 or more"),
        ({"hidden": (8, 0)}, "hidden must be sizes of 1 or more"),
        ({"task": "regresion"}, "did you mean 'regression'"),
        ({"dtype": "float16"}, "unknown dtype 'float16'"),
        ({"holdout": 1.0}, "holdout must be a fraction"),
        ({"validation": -0.1}, "validation must be a fraction"),
        ({"learning_rate": 0}, "learning_rate must be a positive number"),
        ({"optimizer": "sgd"}, "unknown optimizer 'sgd'"),
        (
            {"loss": "categorical_cross_entropy"},
            "is for multiclass targets, but the task is regression",
        ),
        ({"categories": ["yeer"]}, "unknown column 'yeer': did you mean 'year'"),
        ({"ignore": ["yeer"]}, "unknown column 'yeer': did you mean 'year'"),
        ({"ignore": ["body_mass_g"]}, "also to be ignored"),
        ({"activation": "rleu"}, "did you mean 'relu'"),
        ({"decay": -1.0}, "decay must be"),
        ({"engine": "xla"}, "unknown engine 'xla'"),
    ],
)
def test_refused(penguins: pl.DataFrame, options: dict, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        gn.train_table(penguins, "body_mass_g", **options)


def test_model_files_refused(penguins: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    gn.train_table(penguins, "sex", **QUICK).save(path)
    whole = path.read_bytes()
    bad = tmp_path / "bad.safetensors"
    for place in (
        10,
        700,
        len(whole) // 2,
        len(whole) - 3,
    ):  # a changed byte anywhere: header, structure or numbers
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(GlassnetError, match="bad.safetensors"):
            gn.load(bad)
    for size in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:size])
        with pytest.raises(
            GlassnetError, match="bad.safetensors: is not a model file, or is cut short"
        ):
            gn.load(bad)
    bad.write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(GlassnetError, match="is not a model file"):
        gn.load(bad)
    save_file({"a": np.ones(3)}, bad)
    with pytest.raises(GlassnetError, match="not one that glassnet wrote"):
        gn.load(bad)
    with pytest.raises(GlassnetError, match="no such model file"):
        gn.load(tmp_path / "none")
    with pytest.raises(GlassnetError, match="is a folder without"):
        gn.load(tmp_path)


def test_nothing_half_written_stays(penguins: pl.DataFrame, tmp_path: Path) -> None:
    model = gn.train_table(penguins, "sex", **QUICK)
    with pytest.raises(GlassnetError, match="there is no folder"):
        model.save(tmp_path / "none" / "m.safetensors")
    network, parameters = model.joined().network, model.joined().parameters
    own = gn.Loss("own", lambda a, y: ((a - y) ** 2, 2 * (a - y)), "mean")
    odd = gn.Model.of_network(gn.Network([3, 1], loss=own), parameters, model.encoding)
    with pytest.raises(GlassnetError, match="'own' is your own function"):
        odd.save(tmp_path / "m.safetensors")
    disguised = gn.Activation("relu", np.sin, np.cos)
    odd = gn.Model.of_network(gn.Network(network.sizes, disguised), parameters, model.encoding)
    with pytest.raises(GlassnetError, match="'relu' is your own function"):
        odd.save(tmp_path / "m.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "structure", [{}, {"network": {}}, {"network": {"sizes": [2, 1], "bias": False}}]
)
def test_a_sealed_file_that_is_no_model(tmp_path: Path, structure: dict) -> None:
    text = json.dumps({"format": FORMAT, "version": VERSION, **structure})
    write_sealed(tmp_path / "m.safetensors", text, {}, MODEL_KIND)
    with pytest.raises(GlassnetError, match="is not a whole glassnet model"):
        gn.load(tmp_path / "m.safetensors")


def test_a_newer_format_is_refused(
    penguins: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = gn.train_table(penguins, "sex", **QUICK)
    with monkeypatch.context() as patch:
        patch.setattr("glassnet.models.content.VERSION", 3)
        model.save(tmp_path / "m.safetensors")
    with pytest.raises(GlassnetError, match="format version 3, this glassnet reads up to 2"):
        gn.load(tmp_path / "m.safetensors")


def test_pandas_index_does_not_matter(penguins: pl.DataFrame) -> None:
    frame: pd.DataFrame = penguins.to_pandas()
    model = gn.train_table(frame.set_index(frame.index[::-1]), "sex", **QUICK)
    assert model.predict(frame).shape == (344,)


def test_pandas_columns_named_by_numbers() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(40, 3)))
    model = gn.train_table(frame, "2", **QUICK)
    assert model.predict(frame[[1, 0]]).shape == (40,)


@pytest.mark.parametrize(
    ("table", "target", "message"),
    [
        ({"a": [1, 2], "y": [1]}, "y", "do not make a table"),
        ({"a": [1.0, 2.0] * 10, "y": [i * 1e-310 for i in range(20)]}, "y", "is constant"),
        (
            {"a": [1.0, 2.0] * 10, "y": [1e200, 2e200] * 10},
            "y",
            "column 'y', row 1: 1e\\+200 is not a finite number of usable size",
        ),
        ({"a": [1.0, 2.0] * 10, "y": range(20)}, None, "target must be the name of a column"),
        ({"a": [1.0, 2.0] * 10, "y": range(20)}, [], "target must be the name of a column"),
        ({"a": [1.0, 2.0] * 10, "y": range(20)}, ["y", "y"], "given twice"),
    ],
)
def test_tables_refused(table: dict, target, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        gn.train_table(table, target, **QUICK)


@pytest.mark.parametrize(
    ("name", "votes"),
    [
        ("model_v1", [1]),
        ("model_v1_ensemble", [1, 1, 1, 1]),
        ("model_v2", [1, 2, 0.5, 1]),
    ],
)
def test_a_file_of_any_format_opens_for_ever(name: str, votes: list[float]) -> None:
    expected = json.loads((ORACLES / f"{name}.json").read_text())
    model = gn.load(ORACLES / f"{name}.safetensors")
    network = "14-4-3-3 silu, silu, softmax, categorical_cross_entropy, biases"
    assert [str(member.network) for member in model.members] == [network] * len(votes)
    assert [member.vote for member in model.members] == votes
    assert model.scores == expected["scores"]
    for whole in (model, model.joined()):
        shares = whole.predict_proba(DATA / "penguins.csv")[expected["rows"]]
        np.testing.assert_allclose(shares, expected["probabilities"], rtol=1e-12, atol=1e-15)


def test_a_model_is_a_line_in_a_terminal(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "body_mass_g", **QUICK)
    assert repr(model) == (
        "<glassnet Model of body_mass_g from 7 columns: 4 networks of "
        "12-8-1 silu, identity, mean_squared_error, biases, 113 weights each>"
    )
    assert len(repr(model.members)) < 500


def test_many_rows_are_predicted_in_blocks(
    penguins: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 2))
    numbers = gn.train_table({"a": x[:, 0], "b": x[:, 1], "y": x.sum(axis=1)}, "y", **QUICK)
    species = gn.train_table(penguins, "species", **QUICK)
    expected = numbers.predict(x), species.predict(penguins), species.predict_proba(penguins)
    monkeypatch.setattr("glassnet.models.predictor.BLOCK", 400)
    numbers, species = copy.copy(numbers), copy.copy(species)
    seen: list[int] = []
    encode = species.encoding.encode_inputs
    monkeypatch.setattr(
        type(species.encoding),
        "encode_inputs",
        lambda _, columns: seen.append(columns.n_rows) or encode(columns),
    )
    np.testing.assert_allclose(numbers.predict(x), expected[0], rtol=1e-12)
    assert species.predict(penguins).tolist() == expected[1].tolist()
    assert sum(seen) == 344
    assert max(seen) < 10
    np.testing.assert_allclose(species.predict_proba(penguins), expected[2], rtol=1e-12)
    monkeypatch.undo()
    x[37, 1] = np.inf
    monkeypatch.setattr("glassnet.models.predictor.BLOCK", 400)
    with pytest.raises(GlassnetError, match="column 'b', row 38: inf"):
        copy.copy(numbers).predict(x)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_array_is_as_good_as_a_table_of_numbers(dtype: str) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 3))
    table = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x.sum(axis=1)}
    model = gn.train_table(table, "y", epochs=3, dtype=dtype)
    np.testing.assert_array_equal(model.predict(x), model.predict(table))
    assert model.predict(x[:1]).shape == (1,)
    holed = {**table, "b": np.where(x[:, 1] > 0.5, np.nan, x[:, 1])}
    holes = np.column_stack([holed[name] for name in "abc"])
    np.testing.assert_array_equal(model.predict(holes), model.predict(holed))
    taught = gn.train_table(
        holed, "y", epochs=3, dtype=dtype
    )  # knows of missing cells: an indicator
    np.testing.assert_array_equal(taught.predict(holes), taught.predict(holed))
    with pytest.raises(
        GlassnetError,
        match=r"an array of shape \(300, 2\): give N x 3, one column each for a, b, c",
    ):
        model.predict(x[:, :2])
    with pytest.raises(GlassnetError, match=r"an array of shape \(3,\)"):
        model.predict(x[0])
    for bad in (np.inf, 1e308):
        with pytest.raises(GlassnetError, match="column 'b', row 2"):
            model.predict(np.array([[0, 0, 0], [0, bad, 0]]))
    with pytest.raises(GlassnetError, match="an array of <U1: give numbers"):
        model.predict(np.array([["a", "b", "c"]]))
    masked = np.ma.masked_invalid(holes)
    np.testing.assert_array_equal(model.predict(masked), model.predict(holes))
    with pytest.raises(
        GlassnetError, match=r"x has shape \(2, 1, 3\), but the network needs N x 3"
    ):
        model.output_of(np.ones((2, 1, 3)))


def test_parameters_that_do_not_fit_are_refused_and_odd_dtypes_run_on_numpy() -> None:
    network = gn.Network([3, 4, 1])
    parameters = gn.initialize(network)
    turned = parameters._replace(weights=tuple(w.T for w in parameters.weights))
    for name in ("auto", "numpy"):
        with pytest.raises(GlassnetError, match="do not fit the network"):
            choose(name, network).engine.predictor(network, turned)
    half = gn.Parameters(*(tuple(w.astype(np.float16) for w in arrays) for arrays in parameters))
    engine = choose("auto", network, parameters=half).engine
    assert engine.name == "numpy"
    assert engine.predictor(network, half)(np.ones((2, 3), np.float16)).dtype == np.float16


def test_an_array_will_not_do_where_a_column_is_text(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "body_mass_g", epochs=2)
    with pytest.raises(
        GlassnetError, match="column 'species' is not numbers: give a data frame or a dict"
    ):
        model.predict(np.zeros((2, 7)))


@pytest.mark.parametrize("rows", [1, 3, 8, 17, 5000])
def test_native_predictions_are_those_of_feedforward(rows: int) -> None:
    for sizes, dtype in [
        ((4, 9, 3), "float64"),
        ((4, 9, 3), "float32"),
        ((7, 1), "float64"),
        ((5, 70, 33, 2), "float32"),
    ]:
        network = gn.Network(
            sizes, "gelu", "softmax" if sizes[-1] > 1 else "identity", bias=sizes[0] != 7
        )
        parameters = gn.initialize(network, seed=3, dtype=dtype)
        x = np.random.default_rng(1).normal(size=(rows, sizes[0])).astype(dtype)
        ours = choose("auto", network).engine.predictor(network, parameters)(x)
        assert ours.dtype == np.dtype(dtype)
        expected = gn.feedforward(network, parameters, x).output
        np.testing.assert_allclose(
            ours,
            expected,
            rtol=1e-12 if dtype == "float64" else 2e-5,
            atol=1e-14 if dtype == "float64" else 1e-6,
        )


def test_own_functions_predict_too() -> None:
    network = gn.Network([2, 3, 1], gn.Activation("sine", np.sin, np.cos))
    parameters = gn.initialize(network)
    x = np.ones((2, 2))
    predict = choose("auto", network).engine.predictor(network, parameters)
    expected = gn.feedforward(network, parameters, x).output
    np.testing.assert_array_equal(predict(x), expected)


def test_a_model_that_has_predicted_can_be_pickled_and_copied(penguins: pl.DataFrame) -> None:
    model = gn.train_table(penguins, "body_mass_g", epochs=2)
    before = model.predict(penguins)
    for again in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)):
        np.testing.assert_array_equal(again.predict(penguins), before)


def test_what_python_shows_of_a_model_does_nothing_to_a_terminal() -> None:
    name = "a\x1b[31m"
    model = gn.train_table({"x": [1.0, 2.0] * 20, name: ["u", "v"] * 20}, name, epochs=1, holdout=0)
    assert r"Model of a\x1b[31m from" in repr(model)


def test_every_form_of_a_model_keeps_its_threshold() -> None:
    table = {"x": list(range(40)), "y": ["no", "no", "yes", "no"] * 10}
    model = gn.train_table(table, "y", members=2, affine=True, epochs=1, threshold=0.3)
    for other in (model.fold(), model.joined(), model.member(1), model.as_dtype("float64")):
        assert other.encoding.two_class_targets[0].threshold == 0.3
