"""An existing program moves over by changing one import.

The same parameters and attributes, the same draws, the same weights.
"""

import inspect
import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn import datasets, neural_network
from sklearn.exceptions import ConvergenceWarning

import glassnet

PAIRS = {
    name: (getattr(glassnet, name), getattr(neural_network, name))
    for name in ("MLPClassifier", "MLPRegressor")
}
ACTIVATIONS = ("identity", "logistic", "tanh", "relu")
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(90, 5))
TARGETS: dict[str, tuple[str, Any]] = {
    "binary": ("MLPClassifier", (X[:, 0] + X[:, 1] ** 2 > 0.7).astype(int)),
    "multiclass": (
        "MLPClassifier",
        np.array(["a", "b", "c"])[np.digitize(X[:, 0] + 0.3 * X[:, 1], [-0.5, 0.5])],
    ),
    "multilabel": (
        "MLPClassifier",
        np.stack([X[:, 0] > 0, X[:, 1] > 0.3, X[:, 2] * X[:, 3] > 0], axis=1).astype(int),
    ),
    "regression": ("MLPRegressor", np.sin(X[:, 0]) + 0.3 * X[:, 1]),
    "counts": ("MLPRegressor", RANDOM.poisson(np.exp(0.5 * X[:, 0])).astype(float)),
    "several counts": ("MLPRegressor", RANDOM.poisson(np.exp(0.5 * X[:, :2])).astype(float)),
}


def both(
    task: str, *, more: Any = None, weights: Any = None, x: Any = X, **settings: Any
) -> tuple[Any, Any]:
    """The two programs fitted alike: (ours, scikit-learn's)."""
    name, y = TARGETS[task]
    if "counts" in task:
        settings["loss"] = "poisson"
    fitted = []
    for make in PAIRS[name]:
        estimator = make(
            **{"random_state": 3, "hidden_layer_sizes": (7, 4), "max_iter": 12, **settings}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(x, y, **({} if weights is None else {"sample_weight": weights}))
            if more:
                more(estimator, x, y)
        fitted.append(estimator)
    return fitted[0], fitted[1]


def assert_weights_alike(ours: Any, theirs: Any, tolerance: float = 1e-9) -> None:
    """Weights equal to rounding, relative to each array's largest."""
    for name in ("coefs_", "intercepts_"):
        for i, (a, b) in enumerate(zip(getattr(ours, name), getattr(theirs, name), strict=True)):
            assert a.shape == b.shape
            assert a.dtype == b.dtype
            worst = np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)
            assert worst < tolerance, f"{name}[{i}] is {worst:.1e} apart"


def assert_alike(ours: Any, theirs: Any, tolerance: float = 1e-9) -> None:
    """Weights and all that scikit-learn tells of a fit."""
    assert_weights_alike(ours, theirs, tolerance)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.t_ == theirs.t_
    assert ours.out_activation_ == theirs.out_activation_
    assert (ours.n_layers_, ours.n_outputs_) == (theirs.n_layers_, theirs.n_outputs_)
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-9)
    if hasattr(theirs, "loss_curve_"):
        np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)
        for name in ("best_loss_", "best_validation_score_"):
            assert getattr(ours, name) == (
                None if getattr(theirs, name) is None else pytest.approx(getattr(theirs, name))
            )
        assert (ours.validation_scores_ is None) == (theirs.validation_scores_ is None)
        if theirs.validation_scores_ is not None:
            np.testing.assert_allclose(
                ours.validation_scores_, theirs.validation_scores_, rtol=1e-9
            )


@pytest.mark.parametrize("name", PAIRS)
def test_every_parameter_and_attribute_is_there(name: str) -> None:
    ours, theirs = PAIRS[name]
    wanted, found = inspect.signature(theirs).parameters, inspect.signature(ours).parameters
    assert {p: v.default for p, v in wanted.items()}.items() <= {
        p: v.default for p, v in found.items()
    }.items()
    positional = [p for p, v in wanted.items() if v.kind is v.POSITIONAL_OR_KEYWORD]
    assert [p for p, v in found.items() if v.kind is v.POSITIONAL_OR_KEYWORD] == positional
    x, y = X, TARGETS["binary" if name == "MLPClassifier" else "regression"][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for solver in ("adam", "lbfgs"):
            a, b = (
                make(max_iter=3, solver=solver, random_state=0).fit(x, y) for make in PAIRS[name]
            )
            attributes = {each for each in dir(b) if not each.startswith("_")}
            missing = {each for each in attributes if not hasattr(a, each)}
            assert missing == (
                {"partial_fit"} if (name, solver) == ("MLPRegressor", "lbfgs") else set()
            )  # see docs/estimators.md
    for method in ("fit", "partial_fit", "score", "predict"):
        wanted, found = (
            inspect.signature(getattr(make, method)).parameters for make in (theirs, ours)
        )
        assert list(found)[: len(wanted)] == list(wanted), method


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_the_same_program_gives_the_same_weights(task: str, activation: str, solver: str) -> None:
    """Batches without penalty; the full batch with one."""
    rate = 0.01 if solver == "sgd" and "counts" not in task else 0.001
    for alpha, batch in ((0.0, 20), (0.1, 200)):
        tolerance = (
            1e-6 if solver == "lbfgs" else 1e-9
        )  # its line search amplifies what rounding differs
        assert_alike(
            *both(
                task,
                activation=activation,
                solver=solver,
                alpha=alpha,
                batch_size=min(batch, 90),
                learning_rate_init=rate,
            ),
            tolerance,
        )


@pytest.mark.parametrize("learning_rate", ["constant", "invscaling", "adaptive"])
@pytest.mark.parametrize("nesterovs_momentum", [True, False])
@pytest.mark.parametrize("early_stopping", [True, False])
def test_every_course_of_the_learning_rate(
    learning_rate: str, nesterovs_momentum: bool, early_stopping: bool
) -> None:
    for task, momentum, tol in itertools.product(
        ("multiclass", "binary", "regression"), (0.0, 0.9), (1e-4, 0.05)
    ):
        assert_alike(
            *both(
                task,
                solver="sgd",
                learning_rate=learning_rate,
                nesterovs_momentum=nesterovs_momentum,
                momentum=momentum,
                tol=tol,
                early_stopping=early_stopping,
                n_iter_no_change=3,
                max_iter=60,
                alpha=0.0,
                learning_rate_init=0.05,
                power_t=0.3,
            )
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"shuffle": False, "batch_size": 20},
        {"batch_size": 33, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        {
            "early_stopping": True,
            "validation_fraction": 0.3,
            "n_iter_no_change": 2,
            "max_iter": 100,
        },
        {"tol": 0.1, "n_iter_no_change": 2, "max_iter": 100},
        {"n_iter_no_change": np.inf, "tol": 10.0, "max_iter": 30},
        {"hidden_layer_sizes": 6},
        {"hidden_layer_sizes": ()},
        {"solver": "lbfgs", "max_fun": 7},
        {"solver": "lbfgs", "tol": 0.1, "max_iter": 100},
        {"solver": "lbfgs", "early_stopping": True},
        {"x": X.astype(np.float32)},
    ],
    ids=str,
)
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_other_settings(task: str, settings: dict[str, Any]) -> None:
    tolerance = 1e-4 if "x" in settings else 1e-8
    ours, theirs = both(task, **{"alpha": 0.0, **settings})
    if "x" in settings:
        for a, b in zip(ours.coefs_, theirs.coefs_, strict=True):
            assert a.dtype == b.dtype == np.float32
            np.testing.assert_allclose(a, b, atol=tolerance)
    else:
        assert_alike(ours, theirs, tolerance)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("seed", [5, "instance"])
def test_partial_fit_and_warm_start_go_on_alike(solver: str, seed: Any) -> None:
    for task, rate in itertools.product(
        ("binary", "multiclass", "regression"), ("constant", "invscaling", "adaptive")
    ):

        def more(estimator: Any, x: Any, y: Any) -> None:
            for rows in (slice(0, 50), slice(40, 90), slice(0, 90)):
                estimator.partial_fit(x[rows], y[rows])
            estimator.set_params(warm_start=True, max_iter=5)
            estimator.fit(x, y)
            estimator.fit(x, y)

        settings = {
            "solver": solver,
            "learning_rate": rate,
            "alpha": 0.0,
            "batch_size": 20,
            "n_iter_no_change": 2,
            "tol": 0.01,
        }
        if seed == "instance":
            name, y = TARGETS[task]
            pair = []
            for make in PAIRS[name]:
                estimator = make(
                    hidden_layer_sizes=(4,),
                    max_iter=9,
                    random_state=np.random.RandomState(1),
                    **settings,
                )
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    estimator.fit(X, y)
                    more(estimator, X, y)
                pair.append(estimator)
            assert_alike(*pair)
        else:
            assert_alike(*both(task, more=more, random_state=seed, **settings))


def test_numpys_own_stream_is_drawn_from_alike() -> None:
    """Programs that call numpy.random.seed at their top get the same numbers before and after."""
    results = []
    for make in PAIRS["MLPClassifier"]:
        np.random.seed(4)  # noqa: NPY002 (it is what such programs do)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            make(max_iter=30, n_iter_no_change=2, tol=0.02, random_state=None).fit(
                X, TARGETS["binary"][1]
            )
        results.append(np.random.rand())  # noqa: NPY002
    assert results[0] == results[1]


def test_sample_weights_alike() -> None:
    weights = RANDOM.uniform(0.1, 3, size=90)
    for task, solver in itertools.product(
        ("binary", "multiclass", "regression"), ("sgd", "adam", "lbfgs")
    ):
        ours, theirs = both(task, solver=solver, weights=weights, alpha=0.01, batch_size=90)
        assert_alike(ours, theirs, 1e-7)


def test_real_tables_alike() -> None:
    """Programs of scikit-learn's own pages, on its own tables."""
    x, y = datasets.load_digits(return_X_y=True)
    for settings in ({"solver": "adam"}, {"solver": "sgd", "learning_rate": "adaptive"}):
        fitted = []
        for make in PAIRS["MLPClassifier"]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                fitted.append(
                    make(
                        hidden_layer_sizes=(20,), random_state=1, max_iter=10, alpha=0.0, **settings
                    ).fit(x[:500] / 16, y[:500])
                )
        assert_alike(*fitted)
        np.testing.assert_array_equal(*(e.predict(x / 16) for e in fitted))
        np.testing.assert_allclose(
            *(e.predict_proba(x / 16) for e in fitted), rtol=1e-7, atol=1e-12
        )
        assert fitted[0].score(x / 16, y) == fitted[1].score(x / 16, y)


def test_what_differs_on_purpose() -> None:
    """The rows of the table in docs/estimators.md that coefficients can show."""
    y = np.stack([X[:, 0], X[:, 1] ** 2, np.sin(X[:, 2])], axis=1)
    step = {
        "solver": "sgd",
        "momentum": 0.0,
        "alpha": 0.0,
        "max_iter": 5,
        "random_state": 0,
        "hidden_layer_sizes": (4,),
    }
    ours, theirs = PAIRS["MLPRegressor"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        assert_alike(
            ours(**step, learning_rate_init=0.03).fit(X, y),
            theirs(**step, learning_rate_init=0.01).fit(X, y),
        )
        apart = (
            ours(**step, learning_rate_init=0.01).fit(X, y).coefs_[0]
            - theirs(**step, learning_rate_init=0.01).fit(X, y).coefs_[0]
        )
        assert np.abs(apart).max() > 1e-3
        batches = {**step, "batch_size": 30, "learning_rate_init": 0.01}
        third = ours(**{**batches, "alpha": 0.9}).fit(
            X, y[:, 0]
        )  # a third of the rows: their penalty is three times as strong
        assert_weights_alike(third, theirs(**{**batches, "alpha": 0.3}).fit(X, y[:, 0]))
        with pytest.raises(ValueError, match="non-finite"), np.errstate(all="ignore"):
            theirs(**{**step, "learning_rate_init": 1e9, "max_iter": 50}).fit(X, y)
        with pytest.raises(ValueError, match="non-finite"):
            ours(**{**step, "learning_rate_init": 1e9, "max_iter": 50}).fit(X, y)


VERBOSE: dict[str, dict[str, Any]] = {
    "all iterations": {"max_iter": 3},
    "loss no better": {"tol": 0.05, "n_iter_no_change": 2, "max_iter": 40},
    "score no better": {"early_stopping": True, "n_iter_no_change": 2, "max_iter": 40},
    "rate lowered": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "tol": 0.5,
        "n_iter_no_change": 2,
        "max_iter": 60,
    },
}


@pytest.mark.parametrize("case", VERBOSE)
def test_verbose_prints_line_by_line_what_scikit_learn_prints(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for make in PAIRS["MLPClassifier"]:
        estimator = make(**VERBOSE[case], verbose=True, warm_start=True, alpha=0, random_state=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for _ in range(2):
                estimator.fit(X, TARGETS["binary"][1])
            if not estimator.early_stopping:
                estimator.partial_fit(X, TARGETS["binary"][1])
        printed.append(capsys.readouterr().out.splitlines())
    assert printed[0] == printed[1]
    assert ("did not improve" in "".join(printed[0])) == (case != "all iterations")
