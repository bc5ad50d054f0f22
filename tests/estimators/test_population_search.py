"""PopulationSearchCV finds what scikit-learn's own searches find, to the last digits."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn import config_context
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    RandomizedSearchCV,
    RepeatedKFold,
    ShuffleSplit,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.together import can_train_together

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, LABELS = make_classification(240, 8, n_informative=5, n_classes=3, random_state=0)
_, NUMBERS = make_regression(240, 8, n_informative=5, random_state=0)
NUMBERS /= np.abs(NUMBERS).max()
CLASSIFIER = gn.MLPClassifier((8,), max_iter=12, random_state=0)
REGRESSOR = gn.MLPRegressor(hidden_layer_sizes=(8,), max_iter=12, random_state=0)
SHARED: dict[str, dict[str, list[Any]]] = {
    "shapes": {"hidden_layer_sizes": [(4,), (16, 4)], "activation": ["relu", "tanh"]},
    "rates": {"learning_rate_init": [1e-3, 1e-2], "learning_rate": ["constant", "cosine"]},
    "batches": {"batch_size": [7, 16], "shuffle": [True, False]},
    "solvers": {"solver": ["adam", "sgd", "rprop"], "max_iter": [3, 12]},
    "penalties": {"alpha": [0.0, 1e-2], "l1": [0.0, 1e-3], "dropout": [0.0, 0.3]},
    "early": {"early_stopping": [True, False], "n_iter_no_change": [2, 10]},
    "patience": {"tol": [1e-4, 0.05], "n_iter_no_change": [1, 3]},
    "clipped": {"clip_norm": [None, 0.1], "solver": ["sgd"], "power_t": [0.5]},
    "unshuffled": {"learning_rate": ["invscaling"], "solver": ["sgd"], "momentum": [0.0, 0.9]},
}
ALONE: dict[str, dict[str, list[Any]]] = {
    "lbfgs": {"solver": ["lbfgs", "adam"], "alpha": [1e-3, 1e-1]},
    "restarts": {"n_restarts": [0, 2]},
    "adaptive": {"solver": ["sgd"], "learning_rate": ["adaptive"], "n_iter_no_change": [1, 2]},
    "lm": {"solver": ["lm"], "loss": ["squared_error"]},
}


def same_search(ours: Any, theirs: Any, rows: np.ndarray = X) -> None:
    """All that two searches publish is the same, but for seconds."""
    assert ours.cv_results_.keys() == theirs.cv_results_.keys()
    for name, column in theirs.cv_results_.items():
        if "time" in name:
            continue
        found = ours.cv_results_[name]
        if name == "params":
            assert found == column
            continue
        np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(column), name)
        found, column = np.ma.getdata(found), np.ma.getdata(column)
        if "_score" in name and "rank" not in name:
            np.testing.assert_allclose(found, column, rtol=1e-9, atol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(found, column, name)
    for name in ("best_index_", "best_params_", "n_splits_", "multimetric_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    np.testing.assert_array_equal(ours.predict(rows), theirs.predict(rows))  # both are of fit


@pytest.mark.parametrize("options", SHARED)
@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_same_as_grid_search(options: str, kind: str) -> None:
    estimator, y = (CLASSIFIER, LABELS) if kind == "classes" else (REGRESSOR, NUMBERS)
    scoring = "neg_log_loss" if kind == "classes" else "r2"
    settings = {"scoring": scoring, "cv": 3, "return_train_score": True}
    ours = gn.PopulationSearchCV(estimator, SHARED[options], strategy="grid", **settings)
    theirs = GridSearchCV(estimator, SHARED[options], **settings)
    same_search(ours.fit(X, y), theirs.fit(X, y))


@pytest.mark.parametrize("options", ALONE)
def test_same_where_nothing_is_shared(options: str) -> None:
    estimator, y = (REGRESSOR, NUMBERS) if options == "lm" else (CLASSIFIER, LABELS)
    changes = ALONE[options]
    first = {name: values[-1] for name, values in changes.items()}
    if options != "lbfgs":
        assert not can_train_together(estimator.__sklearn_clone__().set_params(**first))
    ours = gn.PopulationSearchCV(estimator, changes, strategy="grid", cv=2).fit(X, y)
    same_search(ours, GridSearchCV(estimator, changes, cv=2).fit(X, y))


@pytest.mark.parametrize(
    "settings",
    [
        {"scoring": ["accuracy", "neg_log_loss"], "refit": "neg_log_loss"},
        {"scoring": lambda estimator, x, y: {"mine": estimator.score(x, y)}, "refit": "mine"},
        {"cv": ShuffleSplit(3, random_state=1)},
        {"cv": RepeatedKFold(n_splits=2, n_repeats=2, random_state=1)},
        {"refit": lambda results: int(np.argmin(results["std_test_score"]))},
        {"cv": [(np.arange(100), np.arange(100, 240)), (np.arange(150), np.arange(150, 240))]},
        {"n_jobs": 1},
    ],
    ids=["several", "callable", "shuffled", "repeated", "refit", "folds", "jobs"],
)
def test_same_by_every_way_to_judge(settings: dict[str, Any]) -> None:
    changes = SHARED["shapes"]
    ours = gn.PopulationSearchCV(CLASSIFIER, changes, strategy="grid", **settings).fit(X, LABELS)
    theirs = GridSearchCV(CLASSIFIER, changes, **settings).fit(X, LABELS)
    same_search(ours, theirs)


def test_same_with_pipelines_weights_and_groups() -> None:
    network = make_pipeline(StandardScaler(), CLASSIFIER)
    changes = {
        "standardscaler__with_mean": [True, False],
        "standardscaler": [StandardScaler(with_std=False), "passthrough"],
        "mlpclassifier__alpha": [1e-4, 1e-1],
    }
    weight = np.random.default_rng(0).uniform(0.1, 2, len(X))
    given = {"mlpclassifier__sample_weight": weight, "groups": np.arange(len(X)) % 9}
    changes.pop("standardscaler__with_mean")
    ours = gn.PopulationSearchCV(network, changes, strategy="grid", cv=GroupKFold(3))
    theirs = GridSearchCV(network, changes, cv=GroupKFold(3))
    ours.fit(X, LABELS, **given)
    theirs.fit(X, LABELS, **given)
    names = ours.cv_results_["param_standardscaler"], theirs.cv_results_["param_standardscaler"]
    assert list(map(str, names[0])) == list(map(str, names[1]))
    for search in (ours, theirs):
        search.cv_results_.pop("param_standardscaler")
        search.cv_results_.pop("params")
        search.best_params_.pop("standardscaler")
    ours.cv_results_["params"] = theirs.cv_results_["params"] = []
    same_search(ours, theirs)
    assert isinstance(ours.best_estimator_, type(network))


def test_a_transformer_is_fitted_on_the_fold_alone() -> None:
    """The rows left out have no part in the scaling."""
    seen = []

    class Counting(StandardScaler):
        def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
            seen.append(len(X))
            return super().fit(X, y, sample_weight)

    network = make_pipeline(Counting(), CLASSIFIER)
    changes = {"mlpclassifier__alpha": [0.0, 0.1, 1.0]}
    gn.PopulationSearchCV(network, changes, strategy="grid", cv=4).fit(X, LABELS)
    assert seen == [180] * 4 + [240]  # once a fold, not once a candidate


def test_drawn_as_scikit_learn_draws() -> None:
    changes = {"alpha": loguniform(1e-5, 1e-1), "hidden_layer_sizes": [(4,), (8,), (4, 4)]}
    ours = gn.PopulationSearchCV(CLASSIFIER, changes, n_candidates=6, random_state=3, cv=3)
    theirs = RandomizedSearchCV(CLASSIFIER, changes, n_iter=6, random_state=3, cv=3)
    same_search(ours.fit(X, LABELS), theirs.fit(X, LABELS))


def test_depth_and_width_are_plain_numbers() -> None:
    changes = {"depth": [1, 2, 3], "width": range(3, 9)}
    search = gn.PopulationSearchCV(CLASSIFIER, changes, n_candidates=9, random_state=0, cv=2)
    search.fit(X, LABELS)
    results = search.cv_results_
    for depth, width, parameters in zip(
        results["param_depth"], results["param_width"], results["params"], strict=True
    ):
        assert parameters == {"hidden_layer_sizes": (width,) * depth}
    assert search.best_estimator_.hidden_layer_sizes == search.best_params_["hidden_layer_sizes"]
    one = gn.PopulationSearchCV(CLASSIFIER, {"depth": [2]}, strategy="grid", cv=2).fit(X, LABELS)
    assert one.best_params_ == {"hidden_layer_sizes": (8, 8)}
    some = [{"depth": [2]}, {"alpha": [0.1]}]
    several = gn.PopulationSearchCV(CLASSIFIER, some, strategy="grid", cv=2).fit(X, LABELS)
    np.testing.assert_array_equal(several.cv_results_["param_depth"], [2, np.nan])


def test_halving_gives_the_best_more_epochs() -> None:
    changes = {"width": [2, 4, 8], "learning_rate_init": [1e-4, 1e-3, 1e-2]}
    search = gn.PopulationSearchCV(
        CLASSIFIER, changes, n_candidates=9, strategy="halving", cv=2, random_state=0
    ).fit(X, LABELS)
    results = search.cv_results_
    assert results["iter"].tolist() == [0] * 9 + [1] * 3 + [2]
    assert results["n_resources"].tolist() == [1] * 9 + [4] * 3 + [12]
    assert search.best_index_ == 12
    assert search.best_params_["max_iter"] == 12
    first = results["mean_test_score"][:9]
    kept = [parameters | {"max_iter": 1} for parameters in results["params"][9:12]]
    scores = [first[results["params"].index(parameters)] for parameters in kept]
    assert sorted(scores) == sorted(first)[-3:]
    alone = gn.PopulationSearchCV(
        CLASSIFIER,
        {name: [value] for name, value in search.best_params_.items()},
        strategy="grid",
        cv=2,
    ).fit(X, LABELS)
    assert alone.best_score_ == search.best_score_  # it is anew from the start


def test_what_cannot_be_fitted_has_the_error_score() -> None:
    rows = X.copy()
    rows[7] = np.nan
    folds = [(np.arange(100), np.arange(100, 240)), (np.arange(100, 200), np.arange(200, 240))]
    search = gn.PopulationSearchCV(CLASSIFIER, {"alpha": [0.0, 1.0]}, strategy="grid", cv=folds)
    with (
        pytest.warns(FitFailedWarning, match="2 fits failed"),
        pytest.warns(UserWarning, match="non-finite"),
        pytest.raises(ValueError, match="NaN"),  # the fit on all rows
    ):
        search.fit(rows, LABELS)
    search.set_params(refit=False, error_score=-1.0)
    with pytest.warns(FitFailedWarning):
        search.fit(rows, LABELS)
    assert search.cv_results_["split0_test_score"].tolist() == [-1.0, -1.0]
    assert (search.cv_results_["split1_test_score"] > 0).all()
    with pytest.raises(ValueError, match="NaN"):
        search.set_params(error_score="raise").fit(rows, LABELS)
    with pytest.raises(ValueError, match="fits failed"):
        gn.PopulationSearchCV(CLASSIFIER, {"alpha": [-1.0]}, strategy="grid").fit(X, LABELS)


def test_warnings_are_those_of_fit() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gn.PopulationSearchCV(CLASSIFIER, {"alpha": [0.0]}, strategy="grid", cv=2).fit(X, LABELS)
    texts = [str(one.message) for one in caught if one.category is ConvergenceWarning]
    assert len(texts) == 3  # two folds, and all rows
    assert len(set(texts)) == 1


def test_any_estimator_can_be_searched() -> None:
    from sklearn.linear_model import LogisticRegression

    changes = {"C": [0.01, 1.0]}
    ours = gn.PopulationSearchCV(LogisticRegression(), changes, strategy="grid").fit(X, LABELS)
    same_search(ours, GridSearchCV(LogisticRegression(), changes).fit(X, LABELS))
    table = gn.TableClassifier(effort="quick", max_iter=5, random_state=0)
    changes = {"width": [4, 8], "depth": [1]}
    ours = gn.PopulationSearchCV(table, changes, strategy="grid", cv=2).fit(X, LABELS)
    theirs = GridSearchCV(table, {"hidden_layer_sizes": [(4,), (8,)]}, cv=2).fit(X, LABELS)
    np.testing.assert_array_equal(
        ours.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize(
    ("settings", "changes", "says"),
    [
        ({"strategy": "gird"}, {"alpha": [0.1]}, "'strategy' parameter"),
        ({"strategy": "grid", "n_candidates": 3}, {"alpha": [0.1]}, "leave n_candidates out"),
        ({"strategy": "grid"}, {"widht": [3]}, "widht"),
        ({"strategy": "grid"}, {"width": [3], "hidden_layer_sizes": [(3,)]}, "the one or the"),
        ({"strategy": "grid"}, {"width": [0]}, "width must be whole numbers"),
        ({"strategy": "grid"}, {"width": [2.5]}, "width must be whole numbers"),
        ({"strategy": "halving", "n_candidates": 1}, {"max_iter": [3]}, "leave it out of them"),
        ({"n_candidates": 0}, {"alpha": [0.1]}, "n_candidates"),
        ({"factor": 1}, {"alpha": [0.1]}, "factor"),
    ],
)
def test_what_cannot_be_searched(
    settings: dict[str, Any], changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        gn.PopulationSearchCV(CLASSIFIER, changes, **settings).fit(X, LABELS)


def test_depth_alone_needs_a_width() -> None:
    table = gn.TableClassifier()
    with pytest.raises(GlassnetError, match="give width too"):
        gn.PopulationSearchCV(table, {"depth": [2]}, strategy="grid").fit(X, LABELS)


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks() -> None:
    search = gn.PopulationSearchCV(
        gn.MLPClassifier(max_iter=40, random_state=0), {"alpha": [1e-3]}, strategy="grid", cv=2
    )
    check_estimator(search, on_skip=None)


class Scaled(gn.MLPClassifier):
    """A class whose fit does something of its own."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        return super().fit(np.tanh(X), y, sample_weight)


class Doubling(Pipeline):
    """A pipeline that changes the rows."""

    def fit(self, X: Any, y: Any = None, **params: Any) -> Any:
        return super().fit(np.concatenate([X, X]), np.concatenate([y, y]), **params)


@pytest.mark.parametrize("kind", ["estimator", "pipeline"])
def test_classes_with_a_fit_of_their_own(kind: str) -> None:
    network: Any = Scaled((8,), max_iter=12, random_state=0)
    changes = {"alpha": [0.0, 1.0]}
    if kind == "pipeline":
        network = Doubling([("scale", StandardScaler()), ("network", CLASSIFIER)])
        changes = {"network__alpha": [0.0, 1.0]}
    ours = gn.PopulationSearchCV(network, changes, strategy="grid", cv=3).fit(X, LABELS)
    same_search(ours, GridSearchCV(network, changes, cv=3).fit(X, LABELS))


def test_equal_numbers_of_different_types_are_different_settings() -> None:
    """1 is a count and 1.0 a fraction, for which columns stay."""
    from sklearn.feature_selection import VarianceThreshold

    class Counted(VarianceThreshold):
        def fit(self, X: Any, y: Any = None) -> Any:
            self.kept = 1 if isinstance(self.threshold, int) else X.shape[1]
            return self

        def transform(self, X: Any) -> Any:
            return X[:, : self.kept]

        def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
            return self.fit(X).transform(X)

    network = make_pipeline(Counted(), CLASSIFIER)
    changes = {"counted__threshold": [1, 1.0]}
    ours = gn.PopulationSearchCV(network, changes, strategy="grid", cv=2).fit(X, LABELS)
    theirs = GridSearchCV(network, changes, cv=2).fit(X, LABELS)
    same_search(ours, theirs)
    scores = ours.cv_results_["mean_test_score"]
    assert scores[0] != scores[1]


def test_scikit_learns_settings_reach_the_threads() -> None:
    import pandas as pd

    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(8)])
    columns = make_column_transformer((StandardScaler(), ["x0", "x3"]))
    picked = make_column_transformer((StandardScaler(), ["standardscaler__x3"]))
    network = make_pipeline(columns, picked, CLASSIFIER.__sklearn_clone__())
    network.set_params(mlpclassifier__solver="lbfgs")
    with config_context(transform_output="pandas"):
        changes = {"mlpclassifier__alpha": [0.1, 1.0]}
        ours = gn.PopulationSearchCV(network, changes, strategy="grid", cv=2, n_jobs=2)
        ours.fit(frame, LABELS)
        same_search(ours, GridSearchCV(network, changes, cv=2).fit(frame, LABELS), frame)


@pytest.mark.parametrize("refit", [False, lambda results: 0, True], ids=["no", "callable", "yes"])
def test_halving_by_several_scores_needs_one_to_decide(refit: Any) -> None:
    changes = {"alpha": [0.0, 0.1, 1.0]}
    search = gn.PopulationSearchCV(CLASSIFIER, changes, n_candidates=3, strategy="halving", cv=2)
    several = {"scoring": ["accuracy", "neg_log_loss"], "refit": refit}
    if refit is not True:
        with pytest.raises(GlassnetError, match="halving chooses by one score"):
            search.set_params(**several).fit(X, LABELS)
    for scoring in (["accuracy", "neg_log_loss"], lambda e, x, y: {"accuracy": e.score(x, y)}):
        search.set_params(scoring=scoring, refit="accuracy").fit(X, LABELS)
        last = search.cv_results_["iter"] == 1
        assert search.best_score_ == search.cv_results_["mean_test_accuracy"][last].max()
