"""Precision against recall: scikit-learn's numbers, the model's threshold, prevalence, looks."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.figure import Figure
from sklearn.metrics import average_precision_score, precision_score, recall_score
from sklearn.metrics import precision_recall_curve as sklearns
from small_models import TABLE, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.figures import GREY
from glassnet.plots.precision_recall import PrecisionRecallDisplay


def classes(K: int, N: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and probabilities of two digits, so that some are equal."""
    random = np.random.default_rng(K)
    truth = random.integers(0, K, N)
    raw = random.random((N, K)) + 0.6 * np.eye(K)[truth]
    probabilities = np.round(raw / raw.sum(axis=1, keepdims=True), 2)
    return np.array([f"class {k}" for k in truth]), probabilities


@pytest.mark.parametrize("K", [2, 3, 10])
def test_the_numbers_are_scikit_learns(K: int) -> None:
    truth, probabilities = classes(K)
    display = PrecisionRecallDisplay.from_predictions(truth, probabilities)
    predicted = probabilities.argmax(axis=1)
    for label, curve in display.curves.items():
        k = int(label.split()[1])
        positive, score = truth == label, probabilities[:, k]
        assert curve.average == pytest.approx(average_precision_score(positive, score))
        precision, recall, _ = sklearns(positive, score)
        np.testing.assert_allclose(curve.recall[::-1], recall[:-1][-len(curve.recall) :])
        np.testing.assert_allclose(curve.precision[::-1], precision[:-1][-len(curve.recall) :])
        assert curve.prevalence == pytest.approx(positive.mean())
        assert curve.decided is not None
        assert curve.decided == pytest.approx(
            (recall_score(positive, predicted == k), precision_score(positive, predicted == k))
        )
    assert len(display.curves) == (1 if K == 2 else K)


def test_each_class_has_its_dot_and_the_legend_a_grey_one() -> None:
    display = PrecisionRecallDisplay.from_predictions(*classes(3))
    dots = [line for line in display.ax_.lines if line.get_marker() not in ("None", "", None)]
    assert len({str(dot.get_marker()) for dot in dots[:3]}) == 3
    assert dots[-1].get_label() == "the classes as predicted"
    assert dots[-1].get_color() == GREY


def legend_of(display: PrecisionRecallDisplay) -> list[str]:
    return [text.get_text() for text in display.figure_.legends[0].get_texts()]


def test_the_models_threshold_moves_the_dot() -> None:
    model = small_model("sold")
    plain = PrecisionRecallDisplay.from_model(model, TABLE)
    strict = PrecisionRecallDisplay.from_model(model.with_threshold(0.7), TABLE)
    assert (plain.threshold, strict.threshold) == (0.5, 0.7)
    truth = np.array(TABLE["sold"]) == "yes"
    taken = model.predict_proba(TABLE)[:, 1] >= 0.7
    assert strict.curves["yes"].decided == pytest.approx(
        ((truth & taken).sum() / truth.sum(), (truth & taken).sum() / taken.sum())
    )
    assert plain.curves["yes"].decided != strict.curves["yes"].decided
    assert "as predicted, from a probability of 0.7 on" in legend_of(strict)


def test_classes_without_rows_and_predictions() -> None:
    truth, probability = ["no", "no", "yes"], [0.1, 0.2, 0.3]
    display = PrecisionRecallDisplay.from_predictions(truth, probability)
    assert display.curves["yes"].decided is None
    truth, probabilities = classes(3)
    kept = truth != "class 2"
    labels = ["class 0", "class 1", "class 2"]
    display = PrecisionRecallDisplay.from_predictions(
        truth[kept], probabilities[kept], labels=labels
    )
    assert (list(display.curves), display.without) == (labels[:2], labels[2:])
    assert "no rows of class 2" in legend_of(display)
    with pytest.raises(GlassnetError, match="no row is of the class 'yes' of 'class'"):
        PrecisionRecallDisplay.from_predictions(["no"], [0.1], labels=["no", "yes"])
    with pytest.raises(GlassnetError, match="this picture is for classes"):
        PrecisionRecallDisplay.from_model(small_model(), TABLE)


def test_an_estimator_on_given_axes() -> None:
    x = np.random.default_rng(0).normal(size=(40, 2))
    truth = (x[:, 0] > 0).astype(int)
    fitted = gn.MLPClassifier(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0)
    fitted.fit(x, truth)
    axes: Any = Figure().subplots(1, 2)
    display = PrecisionRecallDisplay.from_estimator(fitted, x, truth, ax=axes[0])
    assert display.ax_ is axes[0]
    assert axes[0].get_legend() is not None


@pytest.mark.parametrize("K", [2, 3, 10])
def test_the_curves_look_as_they_did(K: int) -> None:
    display = PrecisionRecallDisplay.from_predictions(*classes(K))
    assert_like(display.figure_, f"precision_recall_{K}")
