"""Confusion matrix, ROC and calibration: the numbers are scikit-learn's; axes, errors, looks."""

from typing import Any

import numpy as np
import pytest
from images import assert_like
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.calibration import calibration_curve

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.plots.calibration import CalibrationDisplay
from glassnet.plots.confusion_matrix import ConfusionMatrixDisplay
from glassnet.plots.figures import in_picture
from glassnet.plots.roc import RocCurveDisplay
from glassnet.recipe.metrics import wilson_interval

DISPLAYS = [ConfusionMatrixDisplay, RocCurveDisplay, CalibrationDisplay]
LABELS = ["cod", "eel", "ray"]
Rows = tuple[list[str], np.ndarray]


def rows(labels: list[str], N: int = 200, digits: int = 2) -> Rows:
    """N labels, and probabilities that know something of them; rounded, so that some are equal."""
    random, K = np.random.default_rng(3), len(labels)
    truth = np.concatenate([np.arange(K), random.integers(0, K, N - K)])
    z = random.normal(size=(N, K))
    z[np.arange(N), truth] += 1
    shares = np.round(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), digits)
    return [labels[k] for k in truth], shares


def ours(labels: list[str] = LABELS) -> dict[Any, Any]:
    y, shares = rows(labels)
    predicted = [labels[k] for k in shares.argmax(axis=1)]
    return {
        ConfusionMatrixDisplay: lambda **more: ConfusionMatrixDisplay.from_predictions(
            y, predicted, labels=labels, **more
        ),
        RocCurveDisplay: lambda **more: RocCurveDisplay.from_predictions(
            y, shares, labels=labels, **more
        ),
        CalibrationDisplay: lambda **more: CalibrationDisplay.from_predictions(
            y, shares, labels=labels, **more
        ),
    }


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    y, shares = rows(LABELS, 60, 6)
    return {
        "a": shares[:, 0],
        "b": shares[:, 1],
        "fish": y,
        "big": [str(v).lower() for v in shares[:, 0] > 0.4],
    }


@pytest.fixture(scope="module")
def model(table: dict[str, Any]) -> gn.Model:
    return gn.train_table(table, target="fish", ignore=["big"], members=2, hidden=(4,), epochs=8)


@pytest.fixture(scope="module")
def numbers(table: dict[str, Any]) -> gn.Model:
    return gn.train_table(
        table, target="a", ignore=["big", "fish"], members=1, hidden=(3,), epochs=1
    )


def test_the_confusion_matrix_is_scikit_learns(model: gn.Model, table: dict[str, Any]) -> None:
    predicted = model.predict(table)
    display = ConfusionMatrixDisplay.from_model(model, table)
    np.testing.assert_array_equal(
        display.confusion_matrix, metrics.confusion_matrix(table["fish"], predicted, labels=LABELS)
    )
    assert display.accuracy == pytest.approx(metrics.accuracy_score(table["fish"], predicted))
    assert display.balanced_accuracy == pytest.approx(
        metrics.balanced_accuracy_score(table["fish"], predicted)
    )
    again = ConfusionMatrixDisplay.from_predictions(
        table["fish"], predicted, name="fish", labels=LABELS
    )
    np.testing.assert_array_equal(again.confusion_matrix, display.confusion_matrix)
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == LABELS
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == (
        "fish, predicted",
        "fish, actual",
    )


def test_a_class_without_rows_is_in_the_matrix_but_not_in_the_balance() -> None:
    display = ConfusionMatrixDisplay.from_predictions([3, 3, 10], [3, 10, 10], labels=[3, 7, 10])
    assert display.confusion_matrix.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert display.balanced_accuracy == 0.75
    assert {text.get_text() for text in display.ax_.texts} == {"1\n50%", "1\n100%", "0"}
    assert ConfusionMatrixDisplay.from_predictions([3, 10], [10, 3]).display_labels == ["3", "10"]


def test_roc_curves_are_scikit_learns() -> None:
    y, shares = rows(LABELS)
    display = RocCurveDisplay.from_predictions(y, shares, name="fish")
    assert list(display.curves) == LABELS
    for k, (label, curve) in enumerate(display.curves.items()):
        positive = np.array(y) == label
        fpr, tpr, _ = metrics.roc_curve(positive, shares[:, k], drop_intermediate=False)
        np.testing.assert_allclose(curve.fpr, fpr)
        np.testing.assert_allclose(curve.tpr, tpr)
        assert curve.auc == pytest.approx(metrics.roc_auc_score(positive, shares[:, k]))
    assert display.macro is not None
    assert display.macro.auc == pytest.approx(
        np.mean([curve.auc for curve in display.curves.values()])
    )
    assert metrics.auc(display.macro.fpr, display.macro.tpr) == pytest.approx(
        display.macro.auc
    )  # the curve drawn has this area
    assert display.ax_.get_title("left") == "fish, one class against the rest"


def test_two_classes_have_one_curve(table: dict[str, Any]) -> None:
    model = gn.train_table(table, target="big", ignore=["fish"], members=1, hidden=(3,), epochs=5)
    truth, shares = np.array(table["big"]) == "true", model.predict_proba(table)
    roc, calibration = (
        RocCurveDisplay.from_model(model, table),
        CalibrationDisplay.from_model(model, table, n_bins=4),
    )
    assert list(roc.curves) == list(calibration.curves) == ["true"]
    assert roc.macro is None
    assert roc.curves["true"].auc == pytest.approx(metrics.roc_auc_score(truth, shares[:, 1]))
    np.testing.assert_allclose(
        calibration.curves["true"][:2][::-1], calibration_curve(truth, shares[:, 1], n_bins=4)
    )


def test_a_class_without_rows_has_no_roc_curve() -> None:
    y, shares = rows(LABELS)
    seen = np.array(y) != "eel"
    display = RocCurveDisplay.from_predictions(np.array(y)[seen], shares[seen], labels=LABELS)
    assert list(display.curves) == ["cod", "ray"]
    assert display.without == ["eel"]
    assert "no rows of eel" in {text.get_text() for text in display.ax_.get_legend().get_texts()}


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_calibration_curves_are_scikit_learns(strategy: str) -> None:
    y, shares = rows(LABELS)
    display = CalibrationDisplay.from_predictions(y, shares, n_bins=7, strategy=strategy)
    for k, (label, bins) in enumerate(display.curves.items()):
        observed, predicted = calibration_curve(
            np.array(y) == label, shares[:, k], n_bins=7, strategy=strategy
        )
        np.testing.assert_allclose(bins.observed, observed)
        np.testing.assert_allclose(bins.predicted, predicted)
        assert bins.counts.sum() == bins.histogram.sum() == 200
        np.testing.assert_array_equal(
            bins.histogram, np.histogram(shares[:, k], np.linspace(0, 1, 21))[0]
        )
    wanted = {"uniform": "bins of equal width", "quantile": "bins of equally many rows"}[strategy]
    assert wanted in display.histogram_ax_.get_xlabel()


def test_the_expected_calibration_error_by_hand() -> None:
    # two bins: 0.2 and 0.4 hold one of two (0.3 predicted, 0.5 observed);
    # 0.9, 0.9 and 0.6 hold two of three (0.8 predicted, 0.667 observed)
    display = CalibrationDisplay.from_predictions(
        [0, 1, 1, 1, 0], [0.2, 0.4, 0.9, 0.9, 0.6], n_bins=2
    )
    assert display.error == pytest.approx((2 * 0.2 + 3 * (0.8 - 2 / 3)) / 5)
    assert display.curves["1"].counts.tolist() == [2, 3]
    assert "expected calibration error 0.160" in display.ax_.get_title("left")


@pytest.mark.parametrize(("seen", "of"), [(0, 5), (3, 9), (9, 10), (40, 40)])
def test_the_intervals_are_scipys(seen: int, of: int) -> None:
    wanted = binomtest(seen, of).proportion_ci(method="wilson")
    low, high = wilson_interval(np.array([seen / of]), np.array([of]))
    np.testing.assert_allclose([low[0], high[0]], wanted, rtol=1e-6, atol=1e-12)


def test_bins_of_few_rows_are_faint_and_no_line_joins_them() -> None:
    random = np.random.default_rng(0)
    probability = np.concatenate([np.full(40, 0.1), np.full(5, 0.9)])
    truth = (random.uniform(size=45) < probability).astype(int)
    display = CalibrationDisplay.from_predictions(truth, probability, n_bins=2)
    joined = [line for line in display.ax_.get_lines() if line.get_linestyle() != "None"]
    assert len(joined) == 1  # the diagonal
    dots = [found for found in display.ax_.collections if isinstance(found, PathCollection)]
    strong, faint, sample = dots
    assert strong.get_offsets().tolist() == [[pytest.approx(0.1), truth[:40].mean()]]
    assert faint.get_offsets()[0, 0] == pytest.approx(0.9)
    assert (faint.get_alpha() or 1) < (strong.get_alpha() or 1) / 2
    assert sample.get_label() == f"error {display.error:.3f} 1"
    assert display.ax_.get_legend() is None  # it stands below, where no data are


def test_errors_have_another_colour_than_what_is_right() -> None:
    display = ConfusionMatrixDisplay.from_predictions(list("aab"), list("abb"))
    right, wrong = display.ax_.images
    assert np.ma.getmaskarray(right.get_array()).tolist() == [[False, True], [True, False]]
    assert np.ma.getmaskarray(wrong.get_array()).tolist() == [[True, False], [True, True]]
    blue, orange = (image.cmap(0.8) for image in (right, wrong))
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]


def test_probabilities_that_are_all_equal() -> None:
    for strategy in ("uniform", "quantile"):
        display = CalibrationDisplay.from_predictions(
            [0, 1, 1, 1], [0.25] * 4, n_bins=4, strategy=strategy
        )
        assert display.curves["1"].predicted.tolist() == [0.25]
        assert display.error == 0.5


def test_estimators_several_targets_and_missing_ones(table: dict[str, Any]) -> None:
    x = np.stack([table["a"], table["b"]], axis=1)
    plain = gn.MLPClassifier((3,), learning_rate="cosine", max_iter=4, random_state=0).fit(
        x, table["fish"]
    )
    display = ConfusionMatrixDisplay.from_estimator(plain, x, table["fish"])
    np.testing.assert_array_equal(
        display.confusion_matrix, metrics.confusion_matrix(table["fish"], plain.predict(x))
    )
    flags = np.stack([x[:, 0] > 0.4, x[:, 1] > 0.3], axis=1).astype(int)
    several = gn.TableClassifier((3,), members=1, max_iter=4, random_state=0).fit(x, flags)
    roc = RocCurveDisplay.from_estimator(several, x, flags, target="y1")
    assert roc.curves["1"].auc == pytest.approx(
        metrics.roc_auc_score(flags[:, 1], several.predict_proba(x)[:, 1])
    )
    holes = table | {"fish": [None if i < 10 else label for i, label in enumerate(table["fish"])]}
    model = gn.train_table(holes, target="fish", members=1, hidden=(3,), epochs=1)
    assert ConfusionMatrixDisplay.from_model(model, holes).confusion_matrix.sum() == 50


@pytest.mark.parametrize("display", DISPLAYS)
def test_given_axes_are_taken(display: Any) -> None:
    ax = Figure().subplots(1, 2)[0]
    drawn = ours()[display](ax=ax)
    assert drawn.ax_ is ax
    assert drawn.figure_ is ax.figure
    assert drawn.plot().ax_ is not ax


@pytest.mark.parametrize("display", DISPLAYS)
def test_wrong_models_targets_and_rows(
    display: Any, model: gn.Model, numbers: gn.Model, table: dict[str, Any]
) -> None:
    with pytest.raises(
        GlassnetError,
        match=r"predicts numbers \('a'\), and this picture is for classes: use RegressionDisplay",
    ):
        display.from_model(numbers, table)
    with pytest.raises(GlassnetError, match="unknown target 'fisch': did you mean 'fish'"):
        display.from_model(model, table, target="fisch")
    with pytest.raises(GlassnetError, match="lacks the target column 'fish'"):
        display.from_model(model, {name: table[name] for name in ("a", "b")})
    with pytest.raises(GlassnetError, match="row 2: class 'bream' is not among those trained on"):
        display.from_model(model, table, y=["cod", "bream"] * 30)
    with pytest.raises(GlassnetError, match="the table has 60 rows and y has 3"):
        display.from_model(model, table, y=LABELS)
    with pytest.raises(GlassnetError, match="2 or more are needed, there is 1"):
        display.from_model(model, {name: column[:1] for name, column in table.items()})


def test_wrong_predictions() -> None:
    with pytest.raises(GlassnetError, match=r"every row is of one class of 'class' \(yes\)"):
        RocCurveDisplay.from_predictions(["yes", "yes"], [0.1, 0.2], labels=["no", "yes"])
    with pytest.raises(
        GlassnetError, match=r"y_prob has shape \(2, 3\), but there are 2 rows and 2 classes: a, b"
    ):
        RocCurveDisplay.from_predictions(["a", "b"], np.ones((2, 3)) / 3)
    with pytest.raises(GlassnetError, match="must be probabilities, from 0 to 1"):
        CalibrationDisplay.from_predictions(["a", "b"], [0.5, 1.5])
    with pytest.raises(GlassnetError, match="unknown strategy 'equal'"):
        CalibrationDisplay.from_predictions(["a", "b"], [0.5, 0.6], n_bins=2, strategy="equal")
    with pytest.raises(
        GlassnetError, match=r"n_bins must be from 2 to the number of rows \(2\), got 10"
    ):
        CalibrationDisplay.from_predictions(["a", "b"], [0.5, 0.6], n_bins=10)
    assert CalibrationDisplay.from_predictions(["a", "b"], [0.2, 0.9]).curves[
        "b"
    ].counts.tolist() == [1, 1]  # as many as rows
    with pytest.raises(GlassnetError, match="y_true has 2 labels and y_pred 1"):
        ConfusionMatrixDisplay.from_predictions(["a", "b"], ["a"])
    with pytest.raises(GlassnetError, match="row 2: None is not among the classes a, b"):
        ConfusionMatrixDisplay.from_predictions(["a", None], ["a", "b"], labels=["a", "b"])
    with pytest.raises(GlassnetError, match="one of a grid"):
        CalibrationDisplay.from_predictions(
            ["a", "b"], [0.5, 0.6], n_bins=2, ax=Figure().add_axes((0, 0, 1, 1))
        )


def test_names_in_pictures() -> None:
    assert in_picture("two\nlines") == "two lines"
    assert in_picture("$5 or $6") == r"\$5 or \$6"
    assert len(in_picture("x" * 80)) == 24


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("K", [3, 10])
def test_the_pictures(display: Any, K: int) -> None:
    labels = LABELS if K == 3 else [f"fish {k} $of a$ long name that is cut" for k in range(K)]
    assert_like(ours(labels)[display]().figure_, f"{display.__name__}_{K}")
