"""MLPClassifier: scikit-learn's parameters, methods and attributes, and what its own refuses."""

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import type_of_target, unique_labels

from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.base import BaseMLP
from glassnet.estimators.mlp.docstrings import ATTRIBUTES, PARAMETERS, RAISES
from glassnet.estimators.mlp.fit_problem import check_by_epochs
from glassnet.estimators.sklearn_private import Interval, StrOptions, fit_context
from glassnet.training.schedules import Floats


class MLPClassifier(ClassifierMixin, BaseMLP):
    __doc__ = f"""A network for classes: two, several, or several labels at once.

    A program that uses scikit-learn's MLPClassifier can take this one in its place: with the same
    `random_state` it draws the same weights and batches and gives the same coefficients to
    rounding (docs/estimators.md has what differs on purpose).

    Parameters
    ----------{PARAMETERS}
    loss : str or Loss
        "log_loss", "focal" (or "focal:3", for another gamma than 2), "squared_error",
        "absolute_error", "huber", "quantile", any glassnet loss, or a custom
        ``Loss(value=..., delta=...)`` of the probabilities.
    class_weight : dict, "balanced" or None
        A weight for each class; "balanced": rows / (classes * rows of the class). It multiplies
        sample_weight in training, not in validation.
    label_smoothing : float
        Fraction of each target that is spread evenly over the classes, in training only.

    Attributes
    ----------{ATTRIBUTES}
    classes_ : array
        The labels, sorted.

    {RAISES}

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from glassnet import MLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> network = MLPClassifier(
    ...     (20, 10),
    ...     activation=["silu", "tanh"],
    ...     dropout=0.1,
    ...     learning_rate="cosine",
    ...     learning_rate_init=0.01,
    ...     random_state=0,
    ... )
    >>> fitted = make_pipeline(StandardScaler(), network).fit(X[:400], y[:400])
    >>> float(fitted.score(X[400:], y[400:])) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseMLP._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
        l1: float = 0.0,
        clip_norm: float | None = None,
        scoring: Any = None,
        init: Any = None,
        weight_masks: Any = None,
        n_restarts: int = 0,
        n_jobs: int | None = None,
        loss: Any = "log_loss",
        class_weight: Any = None,
        label_smoothing: float = 0.0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dropout = dropout
        self.l1 = l1
        self.clip_norm = clip_norm
        self.scoring = scoring
        self.init = init
        self.weight_masks = weight_masks
        self.n_restarts = n_restarts
        self.n_jobs = n_jobs
        self.loss = loss
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train on some rows.

        Parameters
        ----------
        X : array_like, sparse matrix or data frame
            N x D.
        y : array_like
            N labels, or N x labels of 0 and 1.
        sample_weight : array_like, optional
            N; a weight of 2 is the row given twice.
        X_val, y_val, sample_weight_val : array_like, optional
            Validation rows: their loss and score after each epoch are in `history_`, and decide
            with early_stopping.

        Returns
        -------
        MLPClassifier
            This object.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @available_if(check_by_epochs)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch more on these rows, the optimizer going on from the call before.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As for fit.
        classes : array_like
            All that there can be; the first call needs them.

        Returns
        -------
        MLPClassifier
            This object.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is unknown before all rows are: "
                "give partial_fit a dict of class weights"
            )
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row: N labels, or N x labels of 0 and 1."""
        output = self._outputs(X)
        if self.out_activation_ == "softmax":
            return self.classes_[output.argmax(axis=1)]
        if self.n_outputs_ > 1:
            return np.asarray(self._label_binarizer.inverse_transform(output))
        if len(self.classes_) == 1:
            return np.asarray(self._label_binarizer.inverse_transform(output.ravel()))
        return self.classes_[(output[:, 0] > 0.5).astype(np.intp)]

    def predict_proba(self, X: Any) -> Floats:
        """The probability of each class, N x classes, in the order of `classes_`.

        Of each label where there are several at once.
        """
        output = self._outputs(X)
        return np.concatenate([1 - output, output], axis=1) if self.n_outputs_ == 1 else output

    def predict_log_proba(self, X: Any) -> Floats:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _output(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "sigmoid"

    def _learn_all_classes(self, y: Any, classes: Any) -> None:
        """The classes of a first call of partial_fit; a later one may repeat them."""
        known = getattr(self, "classes_", None)
        if classes is None:
            if known is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            return
        found = unique_labels(classes)
        if known is None:
            self.classes_: np.ndarray = found
            all_labels = y if type_of_target(y).startswith("multilabel") else classes
            self._label_binarizer = LabelBinarizer().fit(all_labels)
        elif not np.array_equal(known, found):
            raise ValueError(
                f"classes={classes!r} is not the same as on the first call to partial_fit, "
                f"which was {known!r}"
            )

    def _targets(self, labels: np.ndarray, same_classes: bool) -> Floats:
        if not hasattr(self, "classes_") or not (self.warm_start or same_classes):
            self._label_binarizer = LabelBinarizer().fit(labels)
            self.classes_ = self._label_binarizer.classes_
            return self._label_binarizer.transform(labels)
        found = unique_labels(labels)
        if not same_classes and set(found) != set(self.classes_):
            raise GlassnetError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {found}",
                remedy="fit it anew with warm_start=False",
            )
        if not set(found) <= set(self.classes_):
            raise GlassnetError(
                f"y has the classes {found}, but this estimator was fitted to {self.classes_}",
                remedy="fit it anew",
            )
        return self._label_binarizer.transform(labels)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
