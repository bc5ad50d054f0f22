"""TableClassifier and TableRegressor: `train_table`'s training, and scikit-learn's tools."""

import datetime as dt
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.estimators.encoder import TableEncoder
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor

DATA = Path(__file__).parents[2] / "examples" / "data"
RANDOM = np.random.default_rng(0)
N = 120
RAW = {
    "size": [None if k % 10 == 0 else k / 3 for k in range(N)],
    "town": [("Ulm", "Bonn", "Kiel", None)[k % 4] for k in range(N)],
    "built": [dt.date(1990, 1, 1) + dt.timedelta(days=97 * k) for k in range(N)],
    "lift": [None if k % 9 == 0 else k % 2 == 0 for k in range(N)],
    "rooms": [k % 6 for k in range(N)],
}
CLASS = np.array(["low", "middle", "high"])[(np.arange(N) % 4 == 0) * 1 + (np.arange(N) > 60) * 1]
RENT = np.arange(N) * 2.0 + (np.arange(N) % 4 == 1) * 30
QUICK: dict[str, Any] = {"max_iter": 4, "hidden_layer_sizes": (8,), "random_state": 3}
FRAMES = {
    "polars": lambda: pl.DataFrame(RAW),
    "pandas": lambda: pd.DataFrame(RAW),
    "pyarrow": lambda: pl.DataFrame(RAW).to_arrow(),
}


def same_weights(ours: gn.Model, theirs: gn.Model) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(
            leaves(ours.joined().parameters), leaves(theirs.joined().parameters), strict=True
        )
    )


@pytest.mark.filterwarnings("ignore")  # scikit-learn's checks try what warns
@parametrize_with_checks([TableClassifier(), TableRegressor()])
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(
    "name", ["penguins species", "penguins sex", "penguins body_mass_g", "breast_cancer diagnosis"]
)
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_the_same_training_as_train_table(name: str, kind: str) -> None:
    path, target = name.split()
    table = pl.read_csv(DATA / f"{path}.csv", null_values="NA").drop_nulls(target)
    for validation in (None, 0.3):
        model = gn.train_table(table, target, holdout=0.0, validation=validation, epochs=3, seed=5)
        make = TableRegressor if model.encoding.task == "regression" else TableClassifier
        frame = table if kind == "polars" else table.to_pandas()
        x, y = (
            (frame.drop(columns=[target]) if kind == "pandas" else frame.drop(target)),
            frame[target],
        )
        ours = make(max_iter=3, random_state=5, validation_fraction=validation).fit(x, y)
        assert same_weights(ours.model_, model)
        assert ours.model_.encoding == model.encoding
        assert ours.model_.record == model.record
        assert ours.predict(x).tolist() == model.predict(table).tolist()


def test_a_fold_validates_where_it_is_large_enough() -> None:
    x = RANDOM.normal(size=(600, 3))
    y = x.sum(axis=1)
    model = gn.train_table(
        {"x0": x[:, 0], "x1": x[:, 1], "x2": x[:, 2], "y": y}, "y", holdout=0.0, epochs=3
    )
    ours = TableRegressor(max_iter=3, random_state=0).fit(x, y)
    assert same_weights(ours.model_, model)
    assert "validation_loss" in ours.history_
    assert "validation_loss" in TableRegressor(max_iter=3).fit(x[:400], y[:400]).history_
    assert "validation_loss" not in TableRegressor(max_iter=3).fit(x[:399], y[:399]).history_
    np.testing.assert_array_equal(ours.predict(x), ours.model_.predict(x))


@pytest.mark.parametrize("kind", FRAMES)
def test_a_raw_data_frame(kind: str) -> None:
    frame = FRAMES[kind]()
    classifier = TableClassifier(max_iter=60, random_state=0).fit(frame, CLASS)
    assert classifier.score(frame, CLASS) > 0.9
    regressor = TableRegressor(max_iter=60, random_state=0).fit(frame, RENT)
    assert regressor.score(frame, RENT) > 0.9
    assert classifier.feature_names_in_.tolist() == list(RAW)
    assert classifier.n_features_in_ == len(RAW)
    as_polars = TableClassifier(max_iter=60, random_state=0).fit(FRAMES["polars"](), CLASS)
    assert same_weights(classifier.model_, as_polars.model_)
    assert as_polars.predict(FRAMES["pandas"]()).tolist() == classifier.predict(frame).tolist()


@pytest.mark.parametrize(
    "y",
    [
        CLASS,
        CLASS.astype(object),
        pd.Series(CLASS, name="level"),
        pd.Categorical(CLASS),
        pl.Series("level", CLASS.tolist()),
        CLASS.tolist(),
        np.where(CLASS == "low", 3, -7),
        np.where(CLASS == "low", 2.0, 1.0).astype(np.float32),
        CLASS == "low",
        pd.Series(np.arange(N) % 6 // 2, dtype="Int64"),
        np.where(CLASS == "low", 2**60, 2**60 + 1),
    ],
    ids=lambda y: f"{type(y).__module__}.{type(y).__name__} {getattr(y, 'dtype', '')}",
)
@pytest.mark.filterwarnings("ignore:column 'rooms' alone tells")
def test_labels_come_back_as_they_were(y: Any, tmp_path: Path) -> None:
    frame = FRAMES["pandas"]()
    ours = TableClassifier(max_iter=40, random_state=0).fit(frame, y)
    labels = np.asarray(y)
    assert ours.classes_.tolist() == np.unique(labels).tolist()
    predicted = ours.predict(frame)
    assert set(predicted.tolist()) <= set(labels.tolist())
    assert predicted.dtype == ours.classes_.dtype
    assert np.mean(predicted == labels) > 0.8
    probabilities = ours.predict_proba(frame)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(ours.classes_[probabilities.argmax(axis=1)], predicted)
    np.testing.assert_array_equal(
        np.exp(ours.predict_log_proba(frame)), np.exp(np.log(probabilities))
    )
    ours.model_.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(
        gn.load(tmp_path / "m.safetensors").predict_proba(frame), probabilities
    )
    assert ours.model_.encoding.targets[0].name == (getattr(y, "name", None) or "y")


def test_several_numbers() -> None:
    frame, y = FRAMES["pandas"](), np.stack([RENT, -(RENT**2) / 100], axis=1)
    ours = TableRegressor(max_iter=60, random_state=0).fit(frame, y)
    assert ours.predict(frame).shape == (N, 2)
    assert ours.score(frame, y) > 0.9
    named = TableRegressor(max_iter=60, random_state=0).fit(
        frame, pd.DataFrame(y, columns=["rent", "loss"])
    )
    np.testing.assert_array_equal(named.predict(frame), ours.predict(frame))
    assert [target.name for target in named.model_.encoding.targets] == ["rent", "loss"]
    assert [target.name for target in ours.model_.encoding.targets] == ["y0", "y1"]
    assert TableRegressor(**QUICK).fit(frame, RENT[:, None]).predict(frame).shape == (N, 1)
    both = gn.train_table(
        {**RAW, "rent": y[:, 0], "loss": y[:, 1]}, ["rent", "loss"], holdout=0.0, epochs=60
    )
    assert same_weights(both, named.model_)


@pytest.mark.filterwarnings("ignore:column 'town' alone tells")
def test_several_labels_at_once() -> None:
    frame = FRAMES["pandas"]()
    y = np.stack([CLASS == "low", np.arange(N) % 4 == 0, np.zeros(N)], axis=1).astype(np.int32)
    ours = TableClassifier(max_iter=60, random_state=0).fit(frame, y)
    predicted = ours.predict(frame)
    assert (predicted.shape, predicted.dtype) == (y.shape, y.dtype)
    assert np.mean(predicted == y) > 0.95
    assert ours.predict_proba(frame).shape == y.shape
    assert ours.model_.predict(frame).tolist() == predicted.tolist()
    with pytest.raises(GlassnetError, match="class_weight is for one target"):
        clone(ours).set_params(class_weight="balanced").fit(frame, y)


def test_the_saved_model_is_the_command_lines(tmp_path: Path) -> None:
    frame = FRAMES["polars"]()
    ours = TableClassifier(max_iter=20, random_state=0).fit(frame, CLASS)
    ours.model_.save(tmp_path / "m.safetensors")
    again = gn.load(tmp_path / "m.safetensors")
    assert again.predict(frame).tolist() == ours.predict(frame).tolist()
    frame.write_csv(tmp_path / "new.csv")
    said = subprocess.run(
        [sys.executable, "-m", "glassnet", "predict", "m.safetensors", "new.csv"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    assert pl.read_csv(said)["prediction"].to_list() == ours.predict(frame).tolist()


def test_attributes_tell_of_the_run(capsys: pytest.CaptureFixture) -> None:
    frame = FRAMES["pandas"]()
    ours = TableRegressor(max_iter=7, random_state=0, validation_fraction=0.3, members=1).fit(
        frame, RENT
    )
    assert capsys.readouterr().out == ""
    assert ours.n_iter_ == 7 == len(ours.loss_curve_)
    assert ours.loss_ == ours.loss_curve_[-1]
    assert list(ours.history_) == ["epoch", "iteration", "loss", "validation_loss", "learning_rate"]
    assert ours.best_iter_ == 1 + np.argmin(ours.history_["validation_loss"])
    assert ours.diagnosis_ == "the run went through all its epochs"
    ours.set_params(verbose=True, members=3).fit(frame, RENT)
    assert ours.n_iter_ == 7
    assert ours.best_iter_.shape == (3,)
    assert "epoch 7 of 7: loss " in capsys.readouterr().out
    ours.set_params(max_iter=300, n_iter_no_change=1, learning_rate_init=0.1).fit(frame, RENT)
    assert ours.n_iter_ < 300
    assert "stopped early" in ours.diagnosis_


CHANGES: dict[str, Any] = {
    "effort": "quick",
    "draws": 1,
    "members": 2,
    "hidden_layer_sizes": 9,
    "activation": "logistic",
    "loss": "huber:0.5",
    "solver": "rmsprop",
    "learning_rate": "constant",
    "learning_rate_init": 0.1,
    "batch_size": 7,
    "max_iter": 5,
    "alpha": 0.5,
    "l1": 0.5,
    "decay": 7.0,
    "bins": 4,
    "dropout": 0.5,
    "average": 0.9,
    "validation_fraction": 0.3,
    "categories": ["rooms"],
    "dtype": "float64",
    "random_state": 4,
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_parameter_reaches_the_run(name: str) -> None:
    frame = FRAMES["pandas"]()
    plain = TableRegressor(**QUICK).fit(frame, RENT)
    other = TableRegressor(**{**QUICK, name: CHANGES[name]}).fit(frame, RENT)
    assert not same_weights(plain.model_, other.model_)
    reading = {"missing", "decimal", "date_order"}  # tried below, on text
    reading |= {"teacher_weight"}  # of a teacher, which is given to `fit`
    assert set(CHANGES) | reading | {"n_iter_no_change", "engine", "verbose", "n_jobs"} == set(
        plain.get_params()
    )
    of_classes = {"class_weight", "threshold"}
    assert set(TableClassifier().get_params()) == {*plain.get_params(), *of_classes}
    named = {
        option: value
        for option, value in TableClassifier().get_params().items()
        if option not in of_classes
    }
    assert named == TableRegressor().get_params()


def test_engine_and_threads() -> None:
    frame = FRAMES["pandas"]()
    plain = TableRegressor(**QUICK).fit(frame, RENT)
    numpy = TableRegressor(**QUICK, engine="numpy").fit(frame, RENT)
    assert numpy.model_.record.engine == "numpy"
    np.testing.assert_allclose(numpy.predict(frame), plain.predict(frame), rtol=1e-6)
    for n_jobs in (1, -1):
        assert same_weights(
            TableRegressor(**QUICK, n_jobs=n_jobs).fit(frame, RENT).model_, plain.model_
        )
    with pytest.raises(GlassnetError, match="n_jobs must be a whole number"):
        TableRegressor(**QUICK, n_jobs=0).fit(frame, RENT)


def test_words_of_scikit_learn_and_ours_are_the_same() -> None:
    frame = FRAMES["pandas"]()

    def fitted(make: Any, y: Any, **settings: Any) -> gn.Model:
        return make(**QUICK, **settings).fit(frame, y).model_

    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"activation": "sigmoid"}, {"activation": ["logistic"]}),
        ({"batch_size": None}, {"batch_size": "auto"}),
        ({"loss": "mean_absolute_error"}, {"loss": "absolute_error"}),
        ({"loss": "pinball:0.9"}, {"loss": "quantile:0.9"}),
    ]
    for ours, theirs in pairs:
        assert same_weights(
            fitted(TableRegressor, RENT, **ours), fitted(TableRegressor, RENT, **theirs)
        )
    for y, focal in ((CLASS, "categorical_focal"), (CLASS == "low", "binary_focal")):
        assert same_weights(fitted(TableClassifier, y), fitted(TableClassifier, y, loss="log_loss"))
        assert same_weights(
            fitted(TableClassifier, y, loss="focal:1"),
            fitted(TableClassifier, y, loss=f"{focal}:1"),
        )


def test_random_states() -> None:
    frame = FRAMES["pandas"]()

    def model(random_state: Any) -> gn.Model:
        return TableRegressor(**{**QUICK, "random_state": random_state}).fit(frame, RENT).model_

    assert same_weights(model(np.int64(3)), model(3))
    assert same_weights(model(np.random.RandomState(3)), model(np.random.RandomState(3)))
    assert not same_weights(model(np.random.RandomState(3)), model(np.random.RandomState(4)))
    assert not same_weights(model(None), model(None))
    stream = np.random.RandomState(3)
    assert not same_weights(model(stream), model(stream))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be sizes of 1 or more"),
        ({"hidden_layer_sizes": "8"}, "hidden_layer_sizes must be sizes"),
        ({"activation": "rleu"}, "unknown activation 'rleu': did you mean 'relu'"),
        ({"solver": "adm"}, "unknown solver 'adm': did you mean 'adam'"),
        ({"learning_rate": "cosin"}, "unknown learning_rate 'cosin': did you mean 'cosine'"),
        ({"learning_rate_init": 0}, "learning_rate_init must be a positive number"),
        ({"batch_size": 0}, "batch_size must be a whole number of 1 or more, got 0"),
        ({"max_iter": 0}, "max_iter must be a whole number of 1 or more, got 0"),
        ({"n_iter_no_change": 1.5}, "n_iter_no_change must be a whole number"),
        ({"alpha": -1.0}, "alpha must be 0 or more"),
        ({"alpha": "much"}, "alpha must be a number"),
        ({"l1": -1.0}, "l1 must be 0 or more"),
        ({"decay": -1.0}, "decay must be 0 or more"),
        ({"dropout": 1.0}, "dropout must be from 0 to below 1"),
        ({"validation_fraction": 1.0}, "validation_fraction must be a fraction"),
        (
            {"validation_fraction": 0.99},
            r"validation_fraction=0.99 leaves 1 of 120 rows to train on",
        ),
        ({"categories": ["room"]}, "unknown column 'room': did you mean 'rooms'"),
        ({"dtype": "float16"}, "unknown dtype 'float16'"),
        ({"engine": "fast"}, "unknown engine 'fast'"),
        ({"random_state": -1}, "random_state must be a whole number of 0 or more"),
        ({"loss": "hubr"}, "unknown loss 'hubr': did you mean 'huber'"),
        ({"loss": "binary_cross_entropy"}, "choose another loss"),
    ],
)
def test_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        TableRegressor(**{**QUICK, **settings}).fit(FRAMES["pandas"](), RENT)


@pytest.mark.parametrize(
    ("make", "y", "message"),
    [
        (TableRegressor, np.where(np.arange(N) == 7, np.inf, RENT), "Input y contains infinity"),
        (TableRegressor, np.where(np.arange(N) == 7, np.nan, RENT), "Input y contains NaN"),
        (
            TableRegressor,
            np.where(np.arange(N) == 7, 1e200, RENT),
            "column 'y', row 8: 1e\\+200 is not a finite number",
        ),
        (TableRegressor, np.ones(N), "target 'y' is constant"),
        (TableRegressor, RENT[:-1], "inconsistent numbers of samples"),
        (TableRegressor, None, "the target y is None"),
        (
            TableRegressor,
            pd.date_range("2020-01-01", periods=N),
            "y is dates or times: turn it into a number",
        ),
        (
            TableClassifier,
            np.where(np.arange(N) == 7, None, CLASS.astype(object)),
            "y, row 8: None is no class",
        ),
        (TableClassifier, np.full(N, "a"), r"target 'y' has one class only \(a\)"),
        (TableClassifier, RENT + 0.5, "Unknown label type"),
    ],
)
def test_targets_refused(make: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**QUICK).fit(FRAMES["pandas"](), y)


def test_columns_refused() -> None:
    frame = FRAMES["pandas"]()
    ours = TableRegressor(**QUICK).fit(frame, RENT)
    with pytest.raises(
        GlassnetError, match="column 'size', row 2: -inf is not a finite number of usable size"
    ):
        TableRegressor(**QUICK).fit(frame.replace(1 / 3, -np.inf), RENT)
    with pytest.raises(
        GlassnetError,
        match="column 'town', row 1: the number 1 where the model was trained on texts",
    ):
        ours.predict(frame.assign(town=1.0))
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        ours.predict(frame[list(RAW)[::-1]])
    with pytest.raises(ValueError, match="yet now missing:\n- size"):
        ours.predict(frame.drop(columns=["size"]))
    with pytest.raises(GlassnetError, match="two columns of the table have the name 'a'"):
        TableRegressor(**QUICK).fit(frame.set_axis(["a", "a", "b", "c", "d"], axis=1), RENT)
    with pytest.raises(NotFittedError):
        TableRegressor().predict(frame)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(ours.predict(frame.to_numpy(object)), ours.predict(frame))


def test_arrays_and_lists() -> None:
    x = RANDOM.normal(size=(N, 4))
    x[:, 2] = 5  # constant: it is not used
    ours = TableRegressor(**QUICK).fit(x, RENT)
    for same in (x.tolist(), x.astype(object), np.asfortranarray(x), pd.DataFrame(x)):
        assert same_weights(TableRegressor(**QUICK).fit(same, RENT).model_, ours.model_)
        np.testing.assert_array_equal(ours.predict(same), ours.predict(x))
    assert not hasattr(ours, "feature_names_in_")
    assert ours.model_.encoding.needed == ["x0", "x1", "x3"]
    np.testing.assert_allclose(
        [ours.predict(row[None])[0] for row in x], ours.predict(x), rtol=1e-12
    )
    whole = np.arange(N * 4).reshape(N, 4)
    np.testing.assert_array_equal(ours.predict(whole), ours.predict(whole.astype(float)))
    holed = np.where(x > 1, np.nan, x)
    assert np.isfinite(ours.predict(holed)).all()
    with pytest.raises(GlassnetError, match="column 'x1', row 3: inf"):
        ours.predict(np.where(np.arange(N * 4).reshape(N, 4) == 9, np.inf, x))
    mixed = [[k / 3, "ab"[k % 2], None if k % 5 else True] for k in range(N)]
    assert TableRegressor(**QUICK).fit(mixed, RENT).predict(mixed[:1]).shape == (1,)
    with pytest.raises(TypeError, match="Sparse data was passed"):
        TableRegressor(**QUICK).fit(sparse.csr_array(x), RENT)


def test_rows_of_numbers_go_straight_to_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    x = RANDOM.normal(size=(N, 4))
    classifier, regressor = (
        TableClassifier(**QUICK).fit(x, CLASS),
        TableRegressor(**QUICK).fit(x, RENT),
    )
    encoder = TableEncoder().fit(x)
    before = classifier.predict(x), regressor.predict(x), encoder.transform(x)
    monkeypatch.setattr(
        "glassnet.estimators.validate_x.validate_data", None
    )  # it takes many times as long as a prediction
    monkeypatch.setattr("glassnet.estimators.table.base.check_is_fitted", None)
    for ours, expected in zip(
        (classifier.predict(x), regressor.predict(x), encoder.transform(x)), before, strict=True
    ):
        np.testing.assert_array_equal(ours, expected)


def test_pickles_clones_and_joblib(tmp_path: Path) -> None:
    frame = FRAMES["pandas"]()
    ours = TableClassifier(**QUICK, class_weight="balanced").fit(frame, CLASS)
    before = ours.predict_proba(frame)
    joblib.dump(ours, tmp_path / "e.joblib")
    for again in (pickle.loads(pickle.dumps(ours)), joblib.load(tmp_path / "e.joblib")):
        np.testing.assert_array_equal(again.predict_proba(frame), before)
    fresh = clone(ours)
    assert fresh.get_params() == ours.get_params()
    assert not hasattr(fresh, "model_")
    np.testing.assert_array_equal(fresh.fit(frame, CLASS).predict_proba(frame), before)


def test_in_searches_and_cross_validation(tmp_path: Path) -> None:
    frame = FRAMES["pandas"]()
    scores = cross_val_score(TableClassifier(max_iter=30, random_state=0), frame, CLASS, cv=3)
    assert scores.mean() > 0.6
    grid = {"hidden_layer_sizes": [(4,), (16, 8)], "max_iter": np.array([3, 30])}
    search = GridSearchCV(TableRegressor(random_state=0), grid, n_jobs=2, cv=3).fit(frame, RENT)
    assert search.best_params_["max_iter"] == 30
    search.best_estimator_.model_.save(tmp_path / "m.safetensors")
    assert (
        search.best_score_
        > GridSearchCV(TableRegressor(random_state=0), {"max_iter": [1]}, cv=3)
        .fit(frame, RENT)
        .best_score_
    )


def test_behind_other_transformers() -> None:
    frame = FRAMES["pandas"]()
    some = make_column_transformer(
        (StandardScaler(), ["rooms"]), (TableEncoder(), ["town", "size"])
    )
    assert make_pipeline(some, TableRegressor(**QUICK)).fit(frame, RENT).predict(frame).shape == (
        N,
    )
    with config_context(enable_metadata_routing=True):
        step = TableRegressor(**QUICK, validation_fraction=None).set_fit_request(
            X_val=True, y_val=True, sample_weight=True
        )
        pipeline = make_pipeline(TableEncoder(), step, transform_input=["X_val"])
        pipeline.fit(
            frame[:80], RENT[:80], X_val=frame[80:], y_val=RENT[80:], sample_weight=np.ones(80)
        )
        assert len(pipeline[-1].history_["validation_loss"]) == 4


def test_text_is_read_as_the_parameters_say() -> None:
    frame = pd.DataFrame(
        {
            "price": [f"{i},{100 + i}" for i in range(1, 41)],
            "day": [f"{1 + i % 12:02}/{1 + i % 7:02}/2020" for i in range(40)],
            "kind": ["a", "b", "NA", "a"] * 10,
        }
    )
    with pytest.warns(GlassnetWarning) as said_of_it:
        plain = TableRegressor(**QUICK).fit(frame, RENT[:40]).model_.encoding
    columns = [getattr(warning.message, "column", "") for warning in said_of_it]
    columns = [name for name in columns if name]  # not what a short training learnt
    assert columns == ["price", "day", "kind"]
    settings = {"missing": ["NA"], "decimal": ",", "date_order": "mdy"}
    said = TableRegressor(**QUICK, **settings).fit(frame, RENT[:40]).model_.encoding
    assert [str(column.format) for column in plain.inputs[:2]] == [
        "number, ',' removed",
        "written dd/mm/yyyy",
    ]
    assert [str(column.format) for column in said.inputs[:2]] == [
        "number, decimal ','",
        "written mm/dd/yyyy",
    ]
    assert plain.inputs[2].levels == ("NA", "a", "b")
    assert said.inputs[2].levels == ("a", "b")
    assert said.missing == ("NA",)
    encoder = TableEncoder(**settings).fit(frame)
    assert [str(column) for column in encoder.encoding_] == [str(column) for column in said.inputs]
