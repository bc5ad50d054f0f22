"""Teachers: what may be one, what it is asked for, and what a network learns from it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from in_process import run as command
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import cross_val_score

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.recipe.folds import Split
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows
from glassnet.recipe.run import TableRun, run_table
from glassnet.recipe.teachers.asked import AskedModel, asked_estimator
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.lesson import MIXED_ROWS, lesson_of, mix_rows
from glassnet.recipe.teachers.teacher import Wanted
from glassnet.tables.columns import Column, Table
from glassnet.tables.frames import as_table

RANDOM = np.random.default_rng(3)
N = 120
A, B = RANDOM.normal(size=(2, N))
CLEAN = np.sin(2 * A) + 0.5 * B
NOISY = CLEAN + RANDOM.normal(size=N)
FRAME = pd.DataFrame({"a": A, "b": B, "t": pd.Categorical(np.where(B > 0, "up", "down"))})
NUMBERS = FRAME.assign(y=NOISY)
KIND = np.select([A < -0.5, A < 0.6], ["low", "mid"], "top")
CLASSES = FRAME.assign(y=KIND)
TWO = FRAME.assign(y=np.where(NOISY > 0, "yes", "no"))
QUICK: dict[str, Any] = {"members": 1, "hidden": 8, "epochs": 30, "holdout": 0}


def predicted(model: gn.Model) -> np.ndarray:
    return model.predict(FRAME) if model.encoding.task == "regression" else model.output(FRAME)


def probabilities(rows: int = N) -> np.ndarray:
    p = RANDOM.uniform(0.1, 1, (rows, 3))
    return p / p.sum(axis=1, keepdims=True)


def test_a_network_is_trained_towards_its_teacher_and_not_its_noisy_targets() -> None:
    options: dict[str, Any] = {"members": 1, "holdout": 0, "validation": 0}
    options |= {"decay": 0, "dropout": 0, "epochs": 150}
    alone = gn.train_table(NUMBERS, "y", **options)
    taught = gn.train_table(NUMBERS, "y", teacher=CLEAN, teacher_weight=1, **options)
    errors = [np.mean((predicted(model) - CLEAN) ** 2) for model in (alone, taught)]
    assert errors[1] < 0.25 * errors[0]
    assert taught.record.teacher == "predictions of every row"
    assert alone.record.teacher == ""


def test_the_weight_mixes_targets_and_predictions() -> None:
    """Half of y and half of a prediction is what a target of that mixture would be."""
    plain: dict[str, Any] = {**QUICK, "validation": 0, "affine": True}
    half = gn.train_table(NUMBERS, "y", teacher=np.zeros(N), teacher_weight=0.5, **plain)
    mean = NOISY.mean()
    assert abs(predicted(half).mean() - mean / 2) < 0.1 * NOISY.std()
    whole = gn.train_table(NUMBERS, "y", teacher=NOISY, teacher_weight=1, **plain)
    without = gn.train_table(NUMBERS, "y", **plain)
    assert np.allclose(predicted(whole), predicted(without), rtol=1e-6)


@pytest.mark.parametrize("weight", [0, 1.5, "half", True])
def test_a_weight_out_of_range_is_refused(weight: Any) -> None:
    with pytest.raises(GlassnetError, match="teacher_weight must be"):
        Options(teacher_weight=weight)


def test_probabilities_are_taken_by_order_or_by_name() -> None:
    p = probabilities()
    by_name = pd.DataFrame(p, columns=["low", "mid", "top"])
    as_predicted = pl.DataFrame(p[:, ::-1], [f"probability_{c}" for c in ("top", "mid", "low")])
    as_predicted = as_predicted.with_columns(prediction=pl.lit("low"), id=pl.lit("no number"))
    models = [
        gn.train_table(CLASSES, "y", teacher=teacher, **QUICK)
        for teacher in (p, p.tolist(), by_name, as_predicted)
    ]
    for model in models[1:]:
        assert np.array_equal(predicted(model), predicted(models[0]))


def test_of_two_classes_the_second_probability_will_do() -> None:
    p = RANDOM.uniform(size=N)
    both = np.stack([1 - p, p], axis=1)
    given = (p, p[:, None], both, pd.Series(p), pl.Series(p))
    models = [gn.train_table(TWO, "y", teacher=teacher, **QUICK) for teacher in given]
    for model in models[1:]:
        assert np.allclose(predicted(model), predicted(models[0]), atol=1e-6)


def test_several_targets_have_their_columns() -> None:
    table = NUMBERS.assign(z=CLEAN)
    options: dict[str, Any] = {**QUICK, "teacher_weight": 1}
    given = np.stack([CLEAN, -CLEAN], axis=1)
    named = {"prediction_z": given[:, 1], "prediction_y": given[:, 0]}
    by_order = gn.train_table(table, ["y", "z"], teacher=given, **options)
    by_name = gn.train_table(table, ["y", "z"], teacher=named, **options)
    assert np.array_equal(predicted(by_order), predicted(by_name))
    both = TWO.assign(z=np.where(B > 0, "yes", "no"))
    two = {"probability_y=yes": CLEAN > 0, "probability_y=no": CLEAN <= 0}
    two |= {"probability_z=yes": B > 0, "probability_z=no": B <= 0}
    numbers = {name: np.asarray(cells, float) for name, cells in two.items()}
    model = gn.train_table(both, ["y", "z"], teacher=numbers, **options)
    order = np.stack([CLEAN > 0, B > 0], axis=1).astype(float)
    assert np.array_equal(
        predicted(model), predicted(gn.train_table(both, ["y", "z"], teacher=order, **options))
    )


def with_cell(array: np.ndarray, row: int, value: float) -> np.ndarray:
    changed = array.copy()
    changed[row] = value
    return changed


@pytest.mark.parametrize(
    ("table", "teacher", "message"),
    [
        (NUMBERS, NOISY[:-1], "teacher has predictions of 119 rows, but the table has 120"),
        (NUMBERS, with_cell(NOISY, 4, np.nan), "row 5: the teacher predicts nan of 'y'"),
        (NUMBERS, np.stack([A, B], 1), "array has 2 columns, but there are 1 target: give N x 1"),
        (NUMBERS, {"p": A, "q": B}, "lack the column 'prediction'; they have: p, q"),
        (NUMBERS, {"prediction": KIND}, "column 'prediction' is not numbers"),
        (CLASSES, probabilities()[:, :2], "has 2 columns, but there are 3 classes: give N x 3"),
        (CLASSES, with_cell(probabilities(), 6, 0.9), "row 7: .*'y' add up to 2.7, not to 1"),
        (TWO, with_cell(np.abs(CLEAN) / 9, 2, 1.2), "row 3: .* 1.2 of 'y', which is no probab"),
        (
            CLASSES,
            {f"probability_{k}": A for k in ("low", "mid", "high")},
            "column 'probability_high' is of a class that 'y' has not: its classes are low, mid",
        ),
        (CLASSES, {"probability_low": A, "id": B}, "lack the column 'probability_mid'"),
        (NUMBERS, KIND, "teacher"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(table: Any, teacher: Any, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        gn.train_table(table, "y", teacher=teacher, **QUICK)


def test_rows_without_a_target_have_predictions_too() -> None:
    gaps = NUMBERS.copy()
    gaps.loc[[3, 50], "y"] = np.nan
    kept = np.delete(np.arange(N), [3, 50])
    with_gaps = gn.train_table(gaps, "y", teacher=CLEAN, **QUICK)
    without = gn.train_table(
        NUMBERS.iloc[kept].reset_index(drop=True), "y", teacher=CLEAN[kept], **QUICK
    )
    assert np.array_equal(predicted(with_gaps), predicted(without))
    with pytest.raises(GlassnetError, match="row 61: the teacher predicts inf"):
        gn.train_table(gaps, "y", teacher=with_cell(CLEAN, 60, np.inf), **QUICK)


class Memory(BaseEstimator):
    """Predicts 1 for rows that it was fitted on, 0 for others."""

    def fit(self, X: Any, y: Any) -> "Memory":
        self.seen_ = {tuple(row) for row in np.asarray(X)}
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.array([float(tuple(row) in self.seen_) for row in np.asarray(X)])


def memory_of(rows: np.ndarray, estimator: Memory) -> Any:
    teacher = asked_estimator(estimator, TeacherInputs.of(FRAME), N).take(rows)
    table = as_table(NUMBERS).take(rows)
    known = TableRows(table.select(["a", "b", "t"]), table.select(["y"]), teacher=teacher)
    return teacher.predict(known, [Wanted("y")], seed=0)


def test_an_unfitted_estimator_predicts_rows_that_it_did_not_see() -> None:
    assert not memory_of(np.arange(N), Memory()).of_rows.any()
    twice = np.repeat(np.arange(40), 2)
    assert not memory_of(twice, Memory()).of_rows.any()


def test_a_fitted_estimator_is_used_as_it_is() -> None:
    half = FRAME.iloc[: N // 2]
    estimator = Memory().fit(half, NOISY[: N // 2])
    assert memory_of(np.arange(N), estimator).of_rows[:, 0].tolist() == [1] * 60 + [0] * 60


@pytest.mark.parametrize("table", [FRAME, pl.from_pandas(FRAME), FRAME[["a", "b"]].to_numpy()])
def test_mixed_rows_take_whole_cells_and_keep_their_types(table: Any) -> None:
    is_array = isinstance(table, np.ndarray)
    inputs = TeacherInputs.of(table, ["a", "b"] if is_array else None)
    mixed = mix_rows(as_table(FRAME), seed=1)
    found = inputs.mixed(mixed.base, mixed.donor)
    cells = found if is_array else np.stack([found["a"], found["b"]], axis=1)
    assert np.array_equal(cells[:, 0], A[mixed.donor["a"]])
    assert np.array_equal(cells[:, 1], B[mixed.donor["b"]])
    assert np.array_equal(cells[:, 0], mixed.inputs["a"].values)
    if not is_array:
        assert list(found["t"]) == list(mixed.inputs["t"].values)
        assert found["t"].dtype == table["t"].dtype
    others = np.array([mixed.donor[name] != mixed.base for name in ("a", "b", "t")])
    assert 0.4 < others.mean() < 0.6  # 1/3 for certain, and a quarter of the rest
    assert others.any(axis=0).mean() > 0.95  # but for a donor that is the row itself


def test_mixed_rows_train_every_member_and_validate_none() -> None:
    model = gn.train_table(NUMBERS, "y", **QUICK)
    table = as_table(NUMBERS)
    rows = TableRows(table.select(["a", "b", "t"]), table.select(["y"]), np.full(N, 0.5))
    assert lesson_of(rows, Options(), ()) is None
    teacher = AskedModel(model, "a model")
    lesson = lesson_of(
        TableRows(rows.inputs, rows.targets, rows.sample_weight, teacher), Options(), ()
    )
    assert lesson is not None
    S = MIXED_ROWS * N
    assert lesson.rows.n_rows == len(lesson.predicted) == N + S
    assert lesson.rows.sample_weight is not None
    assert len(lesson.rows.sample_weight) == N + S
    (split,) = lesson.extend([Split(np.arange(90), np.arange(90, N))])
    assert split.train.tolist() == [*range(90), *range(N, N + S)]
    assert split.validation is not None
    assert split.validation.tolist() == list(range(90, N))
    encoded = lesson.encode(model.encoding, "float64")
    assert encoded.taught is not None
    (target,) = model.encoding.targets
    mixed_targets = target.decode(encoded.taught[N:])
    assert np.allclose(mixed_targets, model.predict(as_frame(lesson.rows.inputs))[N:])


def as_frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame({name: column.values for name, column in table.items()})


def test_one_network_comes_near_the_ensemble_that_teaches_it() -> None:
    x = RANDOM.normal(size=(600, 2))
    table = pd.DataFrame(x, columns=["a", "b"])
    table["y"] = np.sin(3 * x[:, 0]) * x[:, 1] + 0.3 * RANDOM.normal(size=600)
    new = pd.DataFrame(RANDOM.normal(size=(400, 2)), columns=["a", "b"])
    ensemble = gn.train_table(table, "y", refit=False)  # else it has seen the held-out rows
    alone = gn.train_table(table, "y", members=1)
    taught = gn.train_table(table, "y", members=1, teacher=ensemble, teacher_weight=1)
    assert len(taught.members) == 1
    far = [np.sqrt(np.mean((m.predict(new) - ensemble.predict(new)) ** 2)) for m in (alone, taught)]
    assert far[1] < 0.6 * far[0]


@pytest.mark.parametrize(
    ("table", "estimator"),
    [
        (NUMBERS, RandomForestRegressor),
        (CLASSES, RandomForestClassifier),
        (TWO, LogisticRegression),
    ],
)
def test_estimators_teach_fitted_or_not(table: pd.DataFrame, estimator: Any) -> None:
    plain = table.drop(columns="t")
    fitted = estimator().fit(plain[["b", "a"]], plain["y"])
    taught = gn.train_table(plain, "y", teacher=fitted, **QUICK)
    assert taught.record.teacher == f"a fitted {estimator.__name__}"
    unfitted = gn.train_table(plain, "y", teacher=estimator(), **QUICK)
    assert unfitted.record.teacher == f"4 {estimator.__name__}s, fitted on parts of the rows"


def test_estimators_that_cannot_teach_say_why(tmp_path: Path) -> None:
    plain = CLASSES.drop(columns="t")
    others = LogisticRegression().fit(plain[["a", "b"]], np.where(A > 0, "low", "high"))
    with pytest.raises(GlassnetError, match="predicts a class 'high' that 'y' has not"):
        gn.train_table(plain, "y", teacher=others, **QUICK)
    with pytest.raises(GlassnetError, match="LinearRegression.*no probabilities"):
        gn.train_table(plain, "y", teacher=LinearRegression().fit(plain[["a", "b"]], A), **QUICK)
    more = LogisticRegression().fit(plain[["a", "b"]].assign(c=A), plain["y"])
    with pytest.raises(GlassnetError, match="fitted on a column 'c' that the table lacks"):
        gn.train_table(plain, "y", teacher=more, **QUICK)
    file = tmp_path / "table.csv"
    plain.to_csv(file, index=False)
    with pytest.raises(GlassnetError, match="read the table into a data frame first"):
        gn.train_table(file, "y", teacher=LogisticRegression(), **QUICK)
    model = gn.train_table(NUMBERS.rename(columns={"y": "z"}), "z", **QUICK)
    with pytest.raises(GlassnetError, match="does not predict the number 'y'"):
        gn.train_table(NUMBERS, "y", teacher=model, **QUICK)
    with pytest.raises(GlassnetError, match="does not predict the classes of 'z'"):
        gn.train_table(CLASSES.rename(columns={"y": "z"}), "z", teacher=model, **QUICK)


def test_a_class_that_the_teacher_lacks_is_never_predicted() -> None:
    plain = FRAME[["a", "b"]]
    two = KIND != "top"
    fitted = LogisticRegression().fit(plain[two], KIND[two])
    table = as_table(plain)
    rows = TableRows(table, Table.of([Column("y", "text", KIND.astype(object))]))
    teacher = asked_estimator(fitted, TeacherInputs.of(plain), N)
    of_rows = teacher.predict(rows, [Wanted("y", ("low", "mid", "top"))], 0).of_rows
    assert np.array_equal(of_rows[:, :2], fitted.predict_proba(plain))
    assert not of_rows[:, 2].any()


def test_scikit_learn_hands_a_teacher_on() -> None:
    X = FRAME[["a", "b"]].to_numpy()
    estimator = gn.TableRegressor(
        members=1, hidden_layer_sizes=(8,), max_iter=60, random_state=0, teacher_weight=1
    )
    assert clone(estimator).teacher_weight == 1
    params = {"teacher": CLEAN}
    scores = cross_val_score(estimator, X, NOISY, cv=3, params=params, error_score="raise")
    assert len(scores) == 3
    weights = (np.arange(N) % 3 > 0).astype(float)
    kept = weights > 0
    some = clone(estimator).fit(X, NOISY, weights, teacher=CLEAN).predict(X)
    same = clone(estimator).fit(X[kept], NOISY[kept], teacher=CLEAN[kept]).predict(X)
    assert np.array_equal(some, same)
    forest = RandomForestRegressor(10, random_state=0).fit(X, NOISY)
    asked = clone(estimator).fit(X, NOISY, weights, teacher=forest)
    assert asked.model_.record.teacher == "a fitted RandomForestRegressor"
    with pytest.raises(GlassnetError, match="teacher has predictions of 3 rows"):
        estimator.fit(X, NOISY, teacher=CLEAN[:3])


def test_equal_rows_keep_their_teacher_with_them() -> None:
    """Rows are repeated and sorted before training; the predictions go along."""
    table = {"x": [1.0, 1.0, 2.0, 2.0, 3.0, 4.0] * 10, "y": [0.0, 0.0, 1.0, 1.0, 3.0, 2.0] * 10}
    teacher = 10 * np.array(table["x"])
    rows = as_table(table)
    from glassnet.recipe.rows import rows_to_train_on
    from glassnet.recipe.teachers.given import given_predictions

    known = TableRows(
        rows.select(["x"]),
        rows.select(["y"]),
        np.arange(60) % 3.0,
        given_predictions(teacher, 60),
    )
    trained = rows_to_train_on(known)
    assert trained.teacher is not None
    found = trained.teacher.predict(trained, [Wanted("y")], 0).of_rows[:, 0]
    assert np.array_equal(found, 10 * trained.inputs["x"].values)


def test_predictions_are_held_to_the_range_of_the_targets() -> None:
    counts = FRAME.assign(y=np.round(np.exp(CLEAN)))
    model = gn.train_table(
        counts, "y", teacher=CLEAN - 5, loss="poisson", task="regression", **QUICK
    )
    assert predicted(model).min() >= 0


def test_runs_name_their_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CLASSES.to_csv("table.csv", index=False)
    p = pd.DataFrame(probabilities(), columns=[f"probability_{k}" for k in ("low", "mid", "top")])
    p.to_csv("teacher.csv", index=False)
    written = gn.train_run("table.csv", "y", "run", teacher="teacher.csv", **QUICK)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["teacher"] == "the predictions in teacher.csv"
    assert record["command"] == ["train", "table.csv", "--target", "y", "--teacher", "teacher.csv"]
    path = written.training_path(3)
    last = path[-1][1].weights[0]
    assert np.array_equal(last, written.model.parameters.weights[0])
    again = gn.train_run("table.csv", "y", "again", teacher="run", **QUICK)
    assert again.record.teacher == "the model run"
    assert gn.load("again").record.teacher == "the model run"
    array = gn.train_run("table.csv", "y", "array", teacher=p.to_numpy(), **QUICK)
    with pytest.raises(GlassnetError, match="teacher that was not a file"):
        array.training_path(3)
    (tmp_path / "teacher.csv").write_text("probability_low\n0.5\n")
    with pytest.raises(GlassnetError, match="teacher.csv: the teacher has predictions of 1 row"):
        gn.train_table("table.csv", "y", teacher="teacher.csv", **QUICK)


def test_the_command_line_takes_a_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    NUMBERS.to_csv("table.csv", index=False)
    teacher = pd.DataFrame({"id": np.arange(N), "prediction": CLEAN})
    teacher.to_csv("teacher.csv", index=False)
    train = ("train", "table.csv", "--target", "y", "--members", "1", "--epochs", "20")
    ran = command(*train, "--teacher", "teacher.csv", "--out", "run")
    assert ran.code == 0, ran.err
    assert "a teacher, the predictions in teacher.csv" in " ".join(ran.out.split())
    report = (tmp_path / "run" / "report.html").read_text()
    assert "a teacher, the predictions in teacher.csv." in report
    assert "--teacher teacher.csv" in report
    alone = command(*train, "--out", "alone")
    assert alone.code == 0, alone.err
    assert "teacher" not in alone.out
    assert "a teacher" not in (tmp_path / "alone" / "report.html").read_text()
    teacher.loc[5, "prediction"] = np.nan
    teacher.to_csv("gap.csv", index=False)
    ran = command(*train, "--teacher", "gap.csv", "--out", "other")
    assert ran.code == 2
    assert "gap.csv: row 6: the teacher predicts nan of 'y'" in ran.err
    assert not (tmp_path / "other").exists()


SMALL: dict[str, Any] = {"hidden": 8, "epochs": 30, "members": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of NUMBERS, with a scored model and one of all rows."""
    path = tmp_path_factory.mktemp("teacher") / "run"
    gn.train_run(NUMBERS, "y", path, **SMALL)
    return path


def of_teacher(notices: Any) -> list[str]:
    return [str(notice) for notice in notices if "the teacher" in str(notice)]


def taught_by(teacher: Any, table: pd.DataFrame = NUMBERS, **options: Any) -> TableRun:
    return run_table(table, "y", Options(**{**SMALL, "hidden": (8,), **options}), teacher=teacher)


def same(one: gn.Model, other: gn.Model) -> bool:
    pairs = zip(one.parameters.weights, other.parameters.weights, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("how", [Path, str, gn.open_run])
def test_the_scored_model_of_a_run_folder_teaches_what_is_scored(folder: Path, how: Any) -> None:
    opened = gn.open_run(folder)
    done = taught_by(how(folder))
    assert not of_teacher(done.notices)
    assert done.model.record.teacher == "the model run"
    assert same(done.scored_model, taught_by(opened.scored_model, refit=False).model)
    of_all_rows = taught_by(opened.model)
    assert not same(done.scored_model, of_all_rows.scored_model)
    assert same(done.model, of_all_rows.model)  # whose last training had the same teacher


def test_a_teacher_that_has_seen_the_held_out_rows_is_named(folder: Path) -> None:
    said = (
        "the teacher, {}, was trained on the held-out rows in its last training, so the scores are "
        "too good: give the run folder of its training, or train it with refit=False"
    )
    model = gn.open_run(folder).model
    assert of_teacher(taught_by(model).notices) == [said.format("a glassnet Model")]
    file = folder / "model.safetensors"
    wanted = [said.format("the model model.safetensors")]
    assert of_teacher(taught_by(file).notices) == wanted
    assert not of_teacher(taught_by(folder / "scored.safetensors").notices)
    assert not of_teacher(taught_by(model, holdout=0.0).notices)  # no scores of unseen rows


OTHER = NUMBERS.assign(y=NUMBERS["y"] + 1)


@pytest.mark.parametrize("options", [{"seed": 5}, {"holdout": 0.3}, {"table": OTHER}])
def test_of_other_held_out_rows_nothing_is_known(folder: Path, options: dict[str, Any]) -> None:
    done = taught_by(folder, **options)
    assert not of_teacher(done.notices)
    alone = taught_by(gn.open_run(folder).model, **options, refit=False)
    assert same(done.scored_model, alone.model)


def test_dropout_is_off_where_the_teacher_knows_other_rows() -> None:
    model = gn.train_table(NUMBERS, "y", **QUICK)
    asked = gn.train_table(NUMBERS, "y", teacher=model, **QUICK)
    assert asked.record.options["dropout"] == 0
    assert gn.train_table(NUMBERS, "y", teacher=CLEAN, **QUICK).record.options["dropout"] == 0.15
    wanted = gn.train_table(NUMBERS, "y", teacher=model, dropout=0.3, **QUICK)
    assert wanted.record.options["dropout"] == 0.3
    assert "validation_loss" not in asked.history
