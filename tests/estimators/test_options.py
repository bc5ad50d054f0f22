"""What scikit-learn's MLP refuses: every option of ours does what it says.

A test here fails where an option is ignored.
"""

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import balanced_accuracy_score, make_scorer, r2_score
from sklearn.utils.class_weight import compute_sample_weight

import glassnet as gn
from glassnet import MLPClassifier, MLPRegressor
from glassnet.core.network import Parameters, leaves
from glassnet.errors import GlassnetError
from glassnet.estimators.mlp import fit_problem
from glassnet.estimators.mlp.scoring import r2
from glassnet.estimators.mlp.translate import SOLVERS
from glassnet.training.schedules import SCHEDULES

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(size=(80, 4))
BINARY = np.where(X[:, 0] + X[:, 1] ** 2 > 1.3, "yes", "no")
CLASSES = np.digitize(X[:, 0] - 0.4 * X[:, 1], [-0.7, 0.9])
NUMBERS = np.sin(X[:, 0]) + 0.3 * X[:, 1] + 0.1 * RANDOM.normal(size=80)
PAIR = np.stack([NUMBERS, X[:, 2] ** 2], axis=1)
XV, BINARY_V, NUMBERS_V = X[60:], BINARY[60:], NUMBERS[60:]


@pytest.fixture(autouse=True)
def _short_runs() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def classifier(**settings: Any) -> MLPClassifier:
    return MLPClassifier(
        **{
            "hidden_layer_sizes": (5, 3),
            "activation": "tanh",
            "random_state": 2,
            "max_iter": 20,
            **settings,
        }
    )


def regressor(**settings: Any) -> MLPRegressor:
    return MLPRegressor(
        **{
            "hidden_layer_sizes": (5, 3),
            "activation": "tanh",
            "random_state": 2,
            "max_iter": 20,
            **settings,
        }
    )


def same(a: Any, b: Any, tolerance: float = 1e-9) -> None:
    for x, y in zip([*a.coefs_, *a.intercepts_], [*b.coefs_, *b.intercepts_], strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


def different(a: Any, b: Any) -> bool:
    return any(np.abs(x - y).max() > 1e-6 for x, y in zip(a.coefs_, b.coefs_, strict=True))


STEP = {
    "solver": "sgd",
    "momentum": 0.0,
    "batch_size": 80,
    "max_iter": 1,
    "learning_rate_init": 0.1,
    "alpha": 0.0,
    "shuffle": False,
}
ONE_HOT = np.eye(3)[CLASSES]
ZERO_ONE = (BINARY == "yes").astype(float)[:, None]
CUBIC = gn.Loss(
    value=lambda a, y: np.abs(a - y) ** 3,
    delta=lambda a, y: 3 * (a - y) * np.abs(a - y),
    name="cubic",
)
SINE = gn.Activation(value=np.sin, derivative=np.cos)
MASKS = [np.ones((4, 5)), np.ones((5, 3)), np.ones((3, 1))]
MASKS[0][:2] = 0
MIXED = ["relu", "silu"]
STEPS: dict[str, tuple[Any, Any, Any, dict[str, Any], dict[str, Any]]] = {
    # name: (estimator, y, targets, its settings, what that means to core)
    "plain": (regressor, NUMBERS, NUMBERS[:, None], {}, {"loss": "half_mean_squared_error"}),
    "activation for each layer": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"activation": MIXED},
        {"activation": MIXED},
    ),
    "custom activation": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"activation": ["tanh", SINE]},
        {"activation": ["tanh", SINE]},
    ),
    "custom loss": (regressor, NUMBERS, NUMBERS[:, None], {"loss": CUBIC}, {"loss": CUBIC}),
    "huber": (regressor, NUMBERS, NUMBERS[:, None], {"loss": "huber:0.3"}, {"loss": "huber:0.3"}),
    "quantile": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"loss": "quantile:0.9"},
        {"loss": "pinball:0.9"},
    ),
    "absolute error": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"loss": "absolute_error"},
        {"loss": "mean_absolute_error"},
    ),
    "several outputs": (regressor, PAIR, PAIR, {}, {"loss": "half_mean_squared_error"}),
    "alpha": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"alpha": 3.0},
        {"penalty": gn.Penalty(3 / 80, 0)},
    ),
    "l1": (regressor, NUMBERS, NUMBERS[:, None], {"l1": 2.0}, {"penalty": gn.Penalty(0, 2 / 80)}),
    "clip_norm": (regressor, 9 * NUMBERS, 9 * NUMBERS[:, None], {"clip_norm": 0.1}, {"clip": 0.1}),
    "weight_masks": (
        regressor,
        NUMBERS,
        NUMBERS[:, None],
        {"weight_masks": MASKS},
        {"weight_masks": MASKS},
    ),
    "log loss": (
        classifier,
        BINARY,
        ZERO_ONE,
        {},
        {"loss": "binary_cross_entropy", "output": "sigmoid"},
    ),
    "focal": (
        classifier,
        BINARY,
        ZERO_ONE,
        {"loss": "focal"},
        {"loss": "binary_focal", "output": "sigmoid"},
    ),
    "focal of classes": (
        classifier,
        CLASSES,
        ONE_HOT,
        {"loss": "focal:3"},
        {"loss": "categorical_focal:3", "output": "softmax"},
    ),
    "squares of probabilities": (
        classifier,
        CLASSES,
        ONE_HOT,
        {"loss": "squared_error"},
        {"loss": "half_mean_squared_error", "output": "softmax"},
    ),
    "custom loss of probabilities": (
        classifier,
        BINARY,
        ZERO_ONE,
        {"loss": CUBIC},
        {"loss": CUBIC, "output": "sigmoid"},
    ),
    "label_smoothing": (
        classifier,
        BINARY,
        0.8 * ZERO_ONE + 0.1,
        {"label_smoothing": 0.2},
        {"loss": "binary_cross_entropy", "output": "sigmoid"},
    ),
    "label_smoothing of classes": (
        classifier,
        CLASSES,
        0.7 * ONE_HOT + 0.1,
        {"label_smoothing": 0.3},
        {"loss": "categorical_cross_entropy", "output": "softmax"},
    ),
    "class_weight": (
        classifier,
        BINARY,
        ZERO_ONE,
        {"class_weight": {"yes": 5.0}},
        {
            "loss": "binary_cross_entropy",
            "output": "sigmoid",
            "sample_weight": 1 + 4 * ZERO_ONE[:, 0],
        },
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_one_step_is_what_the_option_means(name: str) -> None:
    """start - rate * gradient, the gradient from core with the option spelled out."""
    make, y, targets, settings, meant = STEPS[name]
    start = gn.initialize(gn.Network([4, 5, 3, targets.shape[1]]), seed=4)
    fitted = make(**{**STEP, **settings}, init=start).fit(X, y)
    meant = {
        "loss": "half_mean_squared_error",
        "activation": "tanh",
        "output": None,
        "sample_weight": None,
        "penalty": None,
        **meant,
    }
    network = gn.Network(
        [4, 5, 3, targets.shape[1]], meant["activation"], meant["output"], meant["loss"]
    )
    masks = meant.get("weight_masks", ())
    if masks:
        start = start._replace(
            weights=tuple(w * m for w, m in zip(start.weights, masks, strict=True))
        )
    trace = gn.feedforward(network, start, X, weight_masks=masks)
    loss, gradient = gn.backprop(
        network, start, trace, targets, meant["sample_weight"], meant["penalty"]
    )
    norm = np.sqrt(sum((g**2).sum() for g in leaves(gradient)))
    scale = min(1, meant["clip"] / norm) if "clip" in meant else 1
    for found, w, g in zip(
        [*fitted.coefs_, *fitted.intercepts_], leaves(start), leaves(gradient), strict=True
    ):
        np.testing.assert_allclose(found, w - 0.1 * scale * g, rtol=1e-12, atol=1e-14)
    row = {name: values[0] for name, values in fitted.history_.items()}
    value = sum(float(meant["penalty"](w)[0]) for w in start.weights) if meant["penalty"] else 0.0
    assert row["loss"] == pytest.approx(float(loss))
    assert row["penalty"] == pytest.approx(value)
    assert row["gradient_norm"] == pytest.approx(norm)
    assert (row["epoch"], row["iteration"], row["learning_rate"]) == (1, 1, 0.1)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("make", [classifier, regressor])
def test_a_weight_is_a_repetition(make: Any, solver: str) -> None:
    counts = RANDOM.integers(0, 4, size=80)
    y = BINARY if make is classifier else NUMBERS
    settings = {"solver": solver, "batch_size": 200, "alpha": 0.05, "max_iter": 15}
    settings |= {"loss": "squared_error"} if solver == "lm" else {}
    repeated = make(**settings | {"batch_size": int(counts.sum())}).fit(
        np.repeat(X, counts, axis=0), np.repeat(y, counts)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weighted = make(**settings).fit(X, y, sample_weight=counts)
    same(weighted, repeated, 1e-6)
    assert weighted.score(X, y, sample_weight=counts) == pytest.approx(
        repeated.score(np.repeat(X, counts, axis=0), np.repeat(y, counts))
    )


def test_partial_fit_takes_weights() -> None:
    w = RANDOM.uniform(0, 2, size=80)
    a = classifier(batch_size=80).partial_fit(X, BINARY, sample_weight=w, classes=["no", "yes"])
    b = classifier(batch_size=80).partial_fit(X, BINARY, classes=["no", "yes"])
    c = classifier(batch_size=80, max_iter=1).fit(X, BINARY, sample_weight=w)
    assert different(a, b)
    same(a, c)


def test_balanced_is_the_sample_weights_it_means() -> None:
    for y in (BINARY, CLASSES):
        balanced = classifier(class_weight="balanced").fit(X, y)
        same(balanced, classifier().fit(X, y, sample_weight=compute_sample_weight("balanced", y)))
        assert different(balanced, classifier().fit(X, y))
    with pytest.raises(ValueError, match="class_weight='balanced' is unknown before all rows are"):
        classifier(class_weight="balanced").partial_fit(X, BINARY, classes=["no", "yes"])


def test_dropout_is_for_each_layer() -> None:
    plain, first, second = (
        regressor(dropout=d).fit(X, NUMBERS) for d in (0.0, (0.5, 0.0), (0.0, 0.5))
    )
    assert different(plain, first)
    assert different(first, second)
    same(first, regressor(dropout=(0.5, 0.0)).fit(X, NUMBERS))
    same(regressor(dropout=0.3).fit(X, NUMBERS), regressor(dropout=[0.3, 0.3]).fit(X, NUMBERS))


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("solver", ["adam", "sgd", "rprop", gn.AdamW(0.02)], ids=str)
def test_the_learning_rate_follows_its_schedule(schedule: str, solver: Any) -> None:
    start = 0.02 if not isinstance(solver, str) else 0.004
    fitted = regressor(
        solver=solver,
        learning_rate=schedule,
        learning_rate_init=0.004,
        batch_size=40,
        n_iter_no_change=99,
    ).fit(X, NUMBERS)
    batches = 1 if solver == "rprop" else 2
    last = np.arange(1, 21) * batches - 1  # of each epoch
    expected = start * SCHEDULES[schedule](last / (20 * batches)) * np.ones(20)
    np.testing.assert_allclose(fitted.history_["learning_rate"], expected)
    custom = regressor(
        solver=solver,
        learning_rate=SCHEDULES[schedule],
        learning_rate_init=0.004,
        batch_size=40,
        n_iter_no_change=99,
    )
    same(fitted, custom.fit(X, NUMBERS))


def test_partial_fit_takes_max_iter_calls_for_a_whole_schedule() -> None:
    whole = regressor(learning_rate="cosine", max_iter=6, shuffle=False).fit(X, NUMBERS)
    calls = regressor(learning_rate="cosine", max_iter=6, shuffle=False)
    for _ in range(8):
        calls.partial_fit(X, NUMBERS)
        if len(calls.history_["loss"]) == 6:
            same(whole, calls)
    np.testing.assert_allclose(calls.history_["learning_rate"][:6], whole.history_["learning_rate"])
    assert (calls.history_["learning_rate"][6:] == whole.history_["learning_rate"][-1]).all()


def test_any_optimizer_is_a_solver() -> None:
    a, b = (regressor(solver=gn.AdamW(0.01, decay=decay)).fit(X, NUMBERS) for decay in (0.0, 0.5))
    assert different(a, b)
    assert a.history_["learning_rate"][0] == 0.01


@pytest.mark.parametrize("solver", SOLVERS)
def test_history_tells_the_same_of_every_solver(solver: str) -> None:
    fitted = regressor(solver=solver, alpha=0.5).fit(X, NUMBERS, X_val=XV, y_val=NUMBERS_V)
    history = fitted.history_
    assert list(history) == [
        "epoch",
        "iteration",
        "loss",
        "penalty",
        "learning_rate",
        "gradient_norm",
        "validation_loss",
        "validation_score",
    ]
    assert {len(column) for column in history.values()} == {fitted.n_iter_}
    assert fitted.n_iter_ > 1
    np.testing.assert_array_equal(history["epoch"], np.arange(1, fitted.n_iter_ + 1))
    np.testing.assert_array_equal(history["loss"], fitted.loss_curve_)
    assert (history["penalty"] > 0).all()
    assert (history["gradient_norm"] > 0).all()
    assert np.isnan(history["learning_rate"]).all() == (solver in ("lbfgs", "lm"))
    assert history["validation_score"][-1] == pytest.approx(fitted.score(XV, NUMBERS_V))
    assert history["validation_loss"][-1] == pytest.approx(
        0.5 * np.mean((fitted.predict(XV) - NUMBERS_V) ** 2)
    )
    if solver in ("lbfgs", "lm"):
        whole = gn.backprop(
            fitted.network_,
            Parameters(tuple(fitted.coefs_), tuple(fitted.intercepts_)),
            gn.feedforward(
                fitted.network_, Parameters(tuple(fitted.coefs_), tuple(fitted.intercepts_)), X
            ),
            NUMBERS,
            penalty=gn.Penalty(0.5 / 80),
        )
        assert fitted.loss_ == pytest.approx(float(whole[0]))
        assert history["gradient_norm"][-1] == pytest.approx(
            np.sqrt(sum((g**2).sum() for g in leaves(whole[1]))), rel=1e-6
        )


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "scoring",
    [
        None,
        "loss",
        "neg_mean_absolute_error",
        make_scorer(lambda y, p: -float(np.max(np.abs(y - p)))),
    ],
    ids=str,
)
def test_early_stopping_keeps_the_best_epoch_by_any_score(solver: str, scoring: Any) -> None:
    settings = {
        "solver": solver,
        "alpha": 0.0,
        "learning_rate_init": 0.05 if solver != "rprop" else 0.01,
        "scoring": scoring,
    }
    settings |= {"hidden_layer_sizes": (20,), "max_iter": 60, "n_iter_no_change": 5, "tol": 1e-9}
    fitted = regressor(**settings, early_stopping=True).fit(
        X[:60], NUMBERS[:60], X_val=XV, y_val=NUMBERS_V
    )
    scores = fitted.history_["validation_score"]
    assert fitted.best_iter_ == 1 + int(np.argmax(scores))
    assert fitted.best_validation_score_ == scores.max()
    assert fitted.n_iter_ <= 60
    again = regressor(
        **settings | {"max_iter": int(fitted.best_iter_), "tol": 1e-9}, early_stopping=True
    )
    same(fitted, again.fit(X[:60], NUMBERS[:60], X_val=XV, y_val=NUMBERS_V))
    predicted = fitted.predict(XV)
    found = {
        None: fitted.score(XV, NUMBERS_V),
        "loss": -0.5 * np.mean((predicted - NUMBERS_V) ** 2),
        "neg_mean_absolute_error": -np.mean(np.abs(predicted - NUMBERS_V)),
    }.get(
        scoring if isinstance(scoring, str) else None if scoring is None else "",
        -np.max(np.abs(predicted - NUMBERS_V)),
    )
    assert fitted.best_validation_score_ == pytest.approx(found)


def test_validation_rows_have_weights_and_do_not_train() -> None:
    w = np.r_[np.zeros(10), np.ones(10)]
    fitted = classifier(early_stopping=True).fit(
        X[:60], BINARY[:60], X_val=XV, y_val=BINARY_V, sample_weight_val=w
    )
    half = classifier(early_stopping=True).fit(
        X[:60], BINARY[:60], X_val=XV[10:], y_val=BINARY_V[10:]
    )
    np.testing.assert_allclose(fitted.history_["validation_loss"], half.history_["validation_loss"])
    np.testing.assert_allclose(
        fitted.history_["validation_score"], half.history_["validation_score"]
    )
    plain = classifier().fit(X[:60], BINARY[:60])
    same(plain, classifier().fit(X[:60], BINARY[:60], X_val=XV, y_val=BINARY_V))  # only noted
    weighted = classifier(early_stopping=True, scoring="balanced_accuracy").fit(
        X[:60], BINARY[:60], X_val=XV, y_val=BINARY_V
    )
    assert weighted.best_validation_score_ == pytest.approx(
        balanced_accuracy_score(BINARY_V, weighted.predict(XV))
    )


def test_a_fit_with_names_of_columns_scores_without_a_warning() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = classifier(early_stopping=True, scoring="f1_macro").fit(frame, BINARY)
        fitted.predict(frame)
    assert fitted.feature_names_in_.tolist() == list("abcd")
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        fitted.predict(X)


def test_init_is_where_training_starts() -> None:
    start = gn.initialize(gn.Network([4, 5, 3, 1]), seed=9)
    first = regressor(init=start).fit(X, NUMBERS)
    assert different(first, regressor().fit(X, NUMBERS))
    same(first, regressor(init=(list(start.weights), list(start.biases))).fit(X, NUMBERS))
    begun = regressor(max_iter=3, shuffle=False).fit(X, NUMBERS)
    weights = (begun.coefs_, begun.intercepts_)
    same(
        regressor(init=begun, shuffle=False).fit(X, NUMBERS),
        regressor(init=weights, shuffle=False).fit(X, NUMBERS),
    )
    table = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "d": X[:, 3], "y": NUMBERS}
    model = gn.train_table(table, "y", hidden=(5, 3), epochs=2, members=1)
    same(regressor(init=model).fit(X, NUMBERS), regressor(init=model.parameters).fit(X, NUMBERS))
    with pytest.raises(GlassnetError, match="do not fit the network"):
        regressor(init=model, hidden_layer_sizes=(5,)).fit(X, NUMBERS)


@pytest.mark.parametrize("early_stopping", [True, False])
def test_restarts_keep_the_best_and_tell_of_all(early_stopping: bool) -> None:
    one = regressor(early_stopping=early_stopping).fit(X, NUMBERS)
    fitted = regressor(n_restarts=4, early_stopping=early_stopping).fit(X, NUMBERS)
    losses = fitted.restarts_["validation_score" if early_stopping else "loss"]
    assert len(set(losses.tolist())) == 5
    assert fitted.restarts_["chosen"] == (
        np.argmax(losses) if early_stopping else np.argmin(losses)
    )
    assert losses[0] == (one.best_validation_score_ if early_stopping else one.loss_)
    assert (fitted.best_validation_score_ if early_stopping else fitted.loss_) == (
        max(losses) if early_stopping else min(losses)
    )


@pytest.mark.parametrize("solver", SOLVERS)
def test_masked_weights_stay_at_nothing(solver: str) -> None:
    fitted = regressor(solver=solver, weight_masks=MASKS).fit(X, NUMBERS)
    assert (fitted.coefs_[0][:2] == 0).all()
    assert (fitted.coefs_[0][2:] != 0).all()
    shifted = X + np.array([5.0, -3.0, 0, 0])
    np.testing.assert_array_equal(fitted.predict(X), fitted.predict(shifted))


class Stop:
    """A callback that asks to stop after some epochs, and notes what it saw."""

    def __init__(self, after: int) -> None:
        self.after, self.seen, self.scores = after, 0, []

    def setup(self, estimator: Any, context: Any) -> None:
        pass

    def teardown(self, estimator: Any, context: Any) -> None:
        self.torn_down = True

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        pass

    def on_fit_task_end(
        self,
        estimator: Any,
        context: Any,
        *,
        X: Any = None,
        y: Any = None,
        fitted_estimator: Any = None,
    ) -> bool:
        if context.task_name != "epoch":
            return False
        self.seen += 1
        self.scores.append(fitted_estimator.score(X, y))
        return self.seen >= self.after


@pytest.mark.parametrize("solver", SOLVERS)
def test_callbacks_see_every_epoch_and_can_stop_any_solver(solver: str) -> None:
    stop = Stop(4)
    fitted = regressor(solver=solver).set_callbacks(stop).fit(X, NUMBERS)
    assert fitted.n_iter_ == stop.seen == 4
    assert stop.torn_down
    assert fitted.diagnosis_ == "ended by a callback"
    assert fitted.score(X, NUMBERS) == pytest.approx(
        stop.scores[-1] if solver not in ("lbfgs", "lm") else max(stop.scores)
    )
    same(fitted, regressor(solver=solver, max_iter=4).fit(X, NUMBERS))


@pytest.mark.parametrize("solver", ["adam", "lbfgs", "lm"])
def test_scikit_learns_own_callbacks(solver: str, capfd: pytest.CaptureFixture[str]) -> None:
    monitor = ScoringMonitor(scoring="r2")
    fitted = (
        regressor(solver=solver, max_iter=6).set_callbacks(monitor, ProgressBar()).fit(X, NUMBERS)
    )
    scores = [row["r2"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(scores) == 6
    assert fitted.score(X, NUMBERS) == pytest.approx(scores[-1])
    assert "MLPRegressor" in capfd.readouterr().out
    assert not hasattr(clone(fitted), "coefs_")


@pytest.mark.parametrize("solver", SOLVERS)
def test_ctrl_c_keeps_what_was_learnt(solver: str) -> None:
    calls = itertools.count(1)

    def scorer(estimator: Any, x: Any, y: Any) -> float:
        if next(calls) == 6:
            raise KeyboardInterrupt
        return -float(np.mean((estimator.predict(x) - y) ** 2))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = regressor(solver=solver, scoring=scorer, tol=1e-12).fit(
            X, NUMBERS, X_val=XV, y_val=NUMBERS_V
        )
    assert any(
        "Ctrl-C" in str(w.message) and issubclass(w.category, ConvergenceWarning) for w in caught
    )
    assert fitted.loss_ < regressor(solver=solver, max_iter=1).fit(X, NUMBERS).loss_ or solver in (
        "sgd",
        "adam",
    )
    assert np.isfinite(fitted.predict(X)).all()


def test_ctrl_c_ends_all_restarts() -> None:
    calls = itertools.count(1)

    def scorer(estimator: Any, x: Any, y: Any) -> float:
        if next(calls) == 25:
            raise KeyboardInterrupt
        return -float(np.mean((estimator.predict(x) - y) ** 2))

    with pytest.warns(ConvergenceWarning, match="Ctrl-C"):
        fitted = regressor(
            n_restarts=5, scoring=scorer, early_stopping=True, n_iter_no_change=99
        ).fit(X, NUMBERS)
    assert len(fitted.restarts_["loss"]) == 2


def test_a_run_that_leaves_the_finite_numbers_keeps_its_best_and_says_why() -> None:
    with pytest.warns(
        ConvergenceWarning, match="the loss became NaN or infinite.*Scale the columns"
    ):
        fitted = regressor(
            solver="sgd", learning_rate=lambda t: np.where(t < 0.5, 10, 1e300), activation="relu"
        ).fit(X, NUMBERS)
    assert np.isfinite(fitted.predict(X)).all()
    assert fitted.best_iter_ > 5
    assert fitted.loss_curve_[0] > fitted.best_loss_


def test_a_run_that_leaves_the_finite_numbers_before_it_learnt_anything_is_an_error() -> None:
    settings = {"solver": "sgd", "learning_rate_init": 1e6, "activation": "relu"}
    with pytest.raises(GlassnetError, match="non-finite.*the learning rate was 1e.06"):
        regressor(**settings).fit(1e3 * X, NUMBERS)
    fitted = regressor(warm_start=True, activation="relu").fit(X, NUMBERS)
    before = fitted.predict(X)
    with pytest.raises(GlassnetError, match="non-finite"):
        fitted.set_params(**settings).fit(1e200 * X, NUMBERS)
    np.testing.assert_array_equal(fitted.predict(X), before)
    assert len(fitted.history_["loss"]) == 20


@pytest.mark.parametrize("rate", [0.001, 1.0])
def test_a_fit_that_diverges_keeps_its_best_and_says_why(rate: float) -> None:
    x = np.arange(1, 500.0)[:, None]
    settings = {"hidden_layer_sizes": (20,), "solver": "sgd", "learning_rate_init": rate}
    far = MLPRegressor(**settings, random_state=0)
    with pytest.warns(ConvergenceWarning, match="diverged.*the inputs go up to 499.*Scale the"):
        far.fit(x, x[:, 0] + 1)
    start = MLPRegressor(**settings, random_state=0, max_iter=1)
    start.fit(x, x[:, 0] + 1)
    assert far.loss_curve_[-1] > 1e6 * 0.5 * np.mean((x + 1) ** 2)
    assert far.score(x, x[:, 0] + 1) > -1e4  # that of the last weights is -1e7 and less
    assert start.diagnosis_.startswith("diverged")
    assert start.partial_fit(x, x[:, 0] + 1).diagnosis_.startswith("diverged")


def test_every_end_is_said() -> None:
    assert "all 20 iterations were used" in regressor().fit(X, NUMBERS).diagnosis_
    assert (
        "as the schedule of its learning rate wants"
        in regressor(learning_rate="cosine").fit(X, NUMBERS).diagnosis_
    )
    assert regressor(solver="lm", max_iter=500, tol=1e-3).fit(X, NUMBERS).diagnosis_ == "converged"
    assert (
        "none was better by more than tol=0.5"
        in regressor(tol=0.5, n_iter_no_change=3).fit(X, NUMBERS).diagnosis_
    )


def test_the_score_of_several_outputs_is_scikit_learns_r2() -> None:
    y = np.stack([NUMBERS, X[:, 2] ** 2, np.ones(80), np.full(80, 3.0)], axis=1)
    output = np.stack([NUMBERS + 0.1 * X[:, 3], X[:, 2], np.ones(80), X[:, 0]], axis=1)
    for weight in (None, RANDOM.uniform(size=80)):
        expected = r2_score(y, output, sample_weight=weight)
        assert r2(y, output, weight) == pytest.approx(expected, rel=1e-12)


def test_verbose_tells_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = classifier(verbose=True, max_iter=3).fit(X, BINARY)
    assert capsys.readouterr().out.splitlines() == [
        f"Iteration {i}, loss = {loss:.8f}" for i, loss in enumerate(fitted.loss_curve_, 1)
    ]
    regressor(verbose=True, max_iter=2, solver="lbfgs").fit(X, NUMBERS)
    assert capsys.readouterr().out.startswith("Iteration 1, loss = ")
    classifier(max_iter=2).fit(X, BINARY)
    assert capsys.readouterr().out == ""


def test_n_jobs_reaches_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = fit_problem.checked_problem

    def spy(network: Any, start: Any, x: Any, y: Any, options: Any, weights: Any) -> Any:
        seen.append(options.n_jobs)
        return real(network, start, x, y, options, weights)

    monkeypatch.setattr(fit_problem, "checked_problem", spy)
    same(regressor(n_jobs=2).fit(X, NUMBERS), regressor().fit(X, NUMBERS))
    assert seen == [2, None]


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_array, sparse.coo_array])
def test_sparse_rows_are_rows(form: Any) -> None:
    few = np.where(X > 0.5, X, 0)
    dense, found = classifier().fit(few, BINARY), classifier().fit(form(few), BINARY)
    same(dense, found)
    np.testing.assert_allclose(found.predict_proba(form(few)), dense.predict_proba(few))
    found.partial_fit(form(few), BINARY)


@pytest.mark.parametrize("solver", SOLVERS)
def test_float32_stays_float32(solver: str) -> None:
    small = regressor(solver=solver).fit(X.astype(np.float32), NUMBERS.astype(np.float32))
    assert {w.dtype for w in [*small.coefs_, *small.intercepts_]} == {np.dtype("float32")}
    assert small.predict(X.astype(np.float32)).dtype == np.float32
    assert small.predict(X).dtype == np.float64


def test_coefficients_may_be_changed_after_the_fit() -> None:
    fitted = regressor().fit(X, NUMBERS)
    before = fitted.predict(X)
    fitted.intercepts_[-1][:] += 1
    np.testing.assert_allclose(fitted.predict(X), before + 1)
    fitted.coefs_ = [0 * w for w in fitted.coefs_]
    assert np.ptp(fitted.predict(X)) == 0


def test_one_row_is_predicted_like_all_in_every_form() -> None:
    fitted = classifier().fit(X, CLASSES)
    proba = fitted.predict_proba(X)
    for rows in (
        X[:1],
        np.asfortranarray(X[:1]),
        X[:1].tolist(),
        X[::2][:1],
        sparse.csr_array(X[:1]),
    ):
        np.testing.assert_allclose(fitted.predict_proba(rows), proba[:1], rtol=1e-12)
    np.testing.assert_allclose(
        fitted.predict_proba(np.array([[1, 2, 3, 4]])),
        fitted.predict_proba(np.array([[1.0, 2, 3, 4]])),
    )
    for bad, message in [
        (X[0], "Expected 2D array"),
        (X[:, :3], "4 features"),
        (X[:1] * np.nan, "NaN"),
        (X[:0], "minimum of 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            fitted.predict(bad)


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (regressor, {"loss": "log_loss"}, "unknown loss 'log_loss'"),
    (regressor, {"loss": "squared_eror"}, "did you mean 'squared_error'"),
    (regressor, {"loss": "huber:-1"}, "between 0 and inf"),
    (classifier, {"loss": "poisson"}, "loss 'poisson' needs output='exponential'"),
    (
        regressor,
        {"solver": "lm", "loss": "absolute_error"},
        "solver 'lm' needs a loss that is a sum of squares",
    ),
    (regressor, {"solver": "lm", "l1": 1.0}, "solver 'lm' takes no L1 penalty"),
    (regressor, {"solver": "lbfgs", "dropout": 0.1}, "dropout does not go with solver 'lbfgs'"),
    (regressor, {"solver": "lm", "clip_norm": 1.0}, "clip_norm does not go with solver 'lm'"),
    (regressor, {"dropout": (0.1,)}, "one for each of 2 hidden layers"),
    (regressor, {"activation": ["relu"]}, "1 activations for 2 hidden layers"),
    (regressor, {"activation": ["relu", "sinus"]}, "unknown activation 'sinus'"),
    (regressor, {"hidden_layer_sizes": (3, 0)}, "hidden_layer_sizes must be > 0"),
    (regressor, {"weight_masks": MASKS[:2]}, "weight_masks of shapes"),
    (regressor, {"init": (1, 2, 3)}, "init must be"),
    (
        regressor,
        {"loss": gn.Loss(value=lambda a, y: (a - y) ** 2, delta=lambda a, y: a - y, name="half")},
        "loss 'half': its delta is not",
    ),
    (
        regressor,
        {"activation": gn.Activation(value=np.sin, derivative=np.sin)},
        "activation 'sin': its slope is not",
    ),
    (
        regressor,
        {"early_stopping": True, "validation_fraction": 0.001},
        "The validation set is too small: validation_fraction=0.001 of 80 rows",
    ),
    (regressor, {"scoring": "accuraci", "early_stopping": True}, "accuraci"),
]


@pytest.mark.parametrize(("make", "settings", "message"), REFUSED, ids=lambda value: "")
def test_refused_with_a_name_and_a_fix(make: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**settings).fit(X, BINARY if make is classifier else NUMBERS)


def test_other_refusals() -> None:
    with pytest.raises(ValueError, match="X_val and y_val belong together"):
        regressor().fit(X, NUMBERS, X_val=X)
    with pytest.raises(ValueError, match="X_val and y_val belong together"):
        regressor().fit(X, NUMBERS, sample_weight_val=NUMBERS)
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping"):
        regressor(early_stopping=True).partial_fit(X, NUMBERS)
    with pytest.raises(AttributeError, match="partial_fit"):
        _ = regressor(solver="lm").partial_fit
    with pytest.raises(ValueError, match="but this estimator was fitted to"):
        classifier().fit(X, BINARY, X_val=X, y_val=np.full(80, "maybe"))
    with pytest.raises(
        GlassnetError,
        match=r"solver 'lm' works with a matrix of weights x weights: 15,0\d\d,\d+ of them make",
    ):
        regressor(solver="lm", alpha=0.0, hidden_layer_sizes=(3000, 5000)).fit(X, NUMBERS)
    with pytest.warns(UserWarning, match="batch_size=500 is more than the 80 rows"):
        regressor(batch_size=500).fit(X, NUMBERS)


def test_a_failed_fit_leaves_the_fit_before_as_it_was() -> None:
    fitted = regressor(warm_start=True).fit(X, NUMBERS)
    before = fitted.predict(X)
    with pytest.raises(ValueError, match="NaN"):
        fitted.fit(X * np.nan, NUMBERS)
    with pytest.raises(ValueError, match="clip_norm"):
        fitted.set_params(clip_norm=-1).fit(X, NUMBERS)
    fitted.set_params(clip_norm=None, warm_start=False, solver="lm", loss="absolute_error")
    with pytest.raises(GlassnetError, match="sum of squares"):
        fitted.fit(X[:, :2], NUMBERS)
    np.testing.assert_array_equal(fitted.predict(X), before)
    assert len(fitted.history_["loss"]) == 20
