"""The scores are scikit-learn's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from glassnet.recipe.metrics import area_under_roc, class_scores, regression_scores


def test_regression() -> None:
    random = np.random.default_rng(0)
    y, p = random.normal(size=(2, 50))
    assert regression_scores(y, p) == pytest.approx(
        {
            "rmse": metrics.root_mean_squared_error(y, p),
            "mae": metrics.mean_absolute_error(y, p),
            "r2": metrics.r2_score(y, p),
        }
    )
    assert "r2" not in regression_scores(np.ones(3), np.ones(3))


@pytest.mark.parametrize("classes", [2, 4])
def test_classes(classes: int) -> None:
    random = np.random.default_rng(classes)
    y = random.integers(0, classes, size=80)
    p = random.dirichlet(np.ones(classes), size=80)
    scores = class_scores(y, p)
    assert scores["accuracy"] == pytest.approx(metrics.accuracy_score(y, p.argmax(axis=1)))
    assert scores["balanced_accuracy"] == pytest.approx(
        metrics.balanced_accuracy_score(y, p.argmax(axis=1))
    )
    assert scores["log_loss"] == pytest.approx(metrics.log_loss(y, p))
    assert ("auc" in scores) == (classes == 2)
    if classes == 2:
        assert scores["auc"] == pytest.approx(metrics.roc_auc_score(y, p[:, 1]))


def test_one_class_held_out_has_no_auc_and_certainty_is_finite() -> None:
    scores = class_scores(np.zeros(3, int), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]))
    assert "auc" not in scores
    assert np.isfinite(scores["log_loss"])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_area_with_ties(rows: list[tuple[bool, int]]) -> None:
    positive, score = np.array([r[0] for r in rows]), np.array([float(r[1]) for r in rows])
    if positive.any() and not positive.all():
        assert area_under_roc(positive, score) == pytest.approx(
            metrics.roc_auc_score(positive, score)
        )
