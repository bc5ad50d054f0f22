"""A fitted estimator whose `feature_names_in_` was set to None, as SHAP's explainers do on a copy.

It then predicts arrays whose columns stand as in fit, without a word.
"""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import glassnet as gn
from glassnet.models.conversion import as_model

RANDOM = np.random.default_rng(0)
N = 80
NUMBERS = pd.DataFrame(RANDOM.normal(size=(N, 3)), columns=list("abc"))
MIXED = NUMBERS.assign(
    town=RANDOM.choice(["Ulm", "Bonn", "Kiel"], N), flat=1.0, c=np.where(NUMBERS.c > 1, np.nan, 2)
)
Y = np.where(NUMBERS.a > 0, "yes", "no")
TABLE: dict[str, Any] = {"members": 2, "max_iter": 3, "random_state": 0}
MLP: dict[str, Any] = {
    "hidden_layer_sizes": (4,),
    "solver": "lbfgs",
    "max_iter": 5000,
    "random_state": 0,
}

ESTIMATORS: dict[str, tuple[Callable[[], Any], pd.DataFrame, str]] = {
    "table classifier": (lambda: gn.TableClassifier(**TABLE), MIXED, "predict_proba"),
    "table regressor": (lambda: gn.TableRegressor(**TABLE), MIXED, "predict"),
    "numbers alone": (lambda: gn.TableRegressor(**TABLE), NUMBERS, "predict"),
    "mlp classifier": (lambda: gn.MLPClassifier(**MLP), NUMBERS, "predict_proba"),
    "mlp regressor": (lambda: gn.MLPRegressor(**MLP), NUMBERS, "predict"),
    "encoder": (lambda: gn.TableEncoder(), MIXED, "transform"),
    "hidden features": (lambda: gn.HiddenFeatures(gn.MLPRegressor(**MLP)), NUMBERS, "transform"),
    "of a table": (lambda: gn.HiddenFeatures(gn.TableRegressor(**TABLE)), MIXED, "transform"),
}


def fitted(name: str) -> tuple[Any, Any, pd.DataFrame, str]:
    """An estimator, a copy of it without names, what it was fitted on, and what it is asked."""
    make, frame, method = ESTIMATORS[name]
    y = Y if "classifier" in name else NUMBERS["b"]
    estimator = make().fit(frame, y)
    nameless = copy.deepcopy(estimator)
    nameless.feature_names_in_ = None
    return estimator, nameless, frame, method


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_array_is_predicted_as_the_frame_was(name: str) -> None:
    estimator, nameless, frame, method = fitted(name)
    wanted, first = (getattr(estimator, method)(rows) for rows in (frame, frame[:1]))
    array = frame.to_numpy() if frame is NUMBERS else frame.to_numpy(object)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(getattr(nameless, method)(array), wanted)
        np.testing.assert_array_equal(getattr(nameless, method)(array[:1]), first)
    np.testing.assert_array_equal(getattr(estimator, method)(frame), wanted)
    assert list(estimator.feature_names_in_) == list(frame)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_fitted_again_on_an_array_nothing_of_the_old_names_is_left(name: str) -> None:
    _, nameless, _, method = fitted(name)
    x = np.random.default_rng(1).normal(size=(N, 2))
    again = nameless.fit(x, Y if "classifier" in name else x[:, 0])
    assert not hasattr(again, "feature_names_in_")
    assert len(getattr(again, method)(x)) == N
    with pytest.raises(ValueError, match="3 features, but"):
        getattr(again, method)(RANDOM.normal(size=(4, 3)))


def test_measures_and_the_way_back_work_without_names() -> None:
    _, encoder, frame, _ = fitted("encoder")
    back = encoder.inverse_transform(encoder.transform(frame.to_numpy(object)))
    assert back["town"].tolist() == frame["town"].tolist()
    _, mlp, _, _ = fitted("mlp regressor")
    assert [column.name for column in as_model(mlp).encoding.inputs] == ["x0", "x1", "x2"]
    assert gn.olden(mlp).names == ("x0", "x1", "x2")
