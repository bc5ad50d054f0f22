"""MLPClassifier and MLPRegressor: scikit-learn's parameters, methods and attributes, and what its own two refuse."""

from numbers import Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, _fit_context
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels

from glassnet.estimators.mlp.base import BaseMLP
from glassnet.training.problem import Floats

PARAMETERS = """
    hidden_layer_sizes : int or sequence of int, the nodes of each hidden layer; () is none.
    activation : of the hidden layers: "identity", "logistic" (or "sigmoid"), "tanh", "relu", "leaky_relu", "elu", "selu", "gelu",
        "silu", "mish", "softplus" or "exponential", an own ``Activation(value=..., derivative=...)``, or a list with one for each layer.
    solver : "adam", "sgd" (with momentum) or "rprop" go by epochs; "lbfgs" (SciPy's L-BFGS-B) and "lm" (Levenberg-Marquardt, for
        losses that are sums of squares) take all rows at once, as rprop does. Any `Optimizer`, such as
        ``AdamW(0.003)``, goes by epochs too, at its own rate.
    alpha : strength of the L2 penalty on weights, alpha/2 * sum of squares over the rows (their weights added up); it is the same
        whatever the batch size.
    batch_size : rows of an update; "auto" is min(200, rows). Not for solvers that take all rows at once.
    learning_rate : "constant"; for sgd also "invscaling" (learning_rate_init / t ** power_t, t the rows seen) and "adaptive" (a
        fifth of it whenever `n_iter_no_change` epochs in a row were no better); for every solver that goes by epochs a schedule
        over the `max_iter` epochs: "step", "cosine", "one_cycle", "warm_up", "warm_up_cosine", "four_cycles", or a function from
        the shares of the run that are done (an array, from 0 to 1) to factors.
    learning_rate_init : the learning rate at the start.
    power_t : the exponent of "invscaling".
    max_iter : epochs at most; iterations of lbfgs and lm.
    shuffle : whether batches are drawn anew for each epoch.
    random_state : int, RandomState or None. Weights, the validation split and batches are drawn as scikit-learn draws them.
    tol : an epoch is better if the loss is lower (or the score higher) by this. lbfgs and lm end when no entry of the gradient
        is larger.
    verbose : print each epoch.
    warm_start : whether fit goes on from the weights of the fit before.
    momentum, nesterovs_momentum : of sgd.
    early_stopping : stop when the score on validation rows has not been better by `tol` for more than `n_iter_no_change` epochs,
        and keep the best epoch's weights. The rows are fit's X_val and y_val, or `validation_fraction` of those given (for lbfgs,
        as in scikit-learn, only X_val and y_val).
    validation_fraction : the share of rows that early stopping sets aside.
    beta_1, beta_2, epsilon : of adam.
    n_iter_no_change : epochs without a better loss or score before the end; numpy.inf: never.
    max_fun : evaluations of the loss at most, for lbfgs.
    dropout : the share of hidden nodes left out of each update, one number or one for each hidden layer.
    l1 : strength of an L1 penalty, as alpha is of L2.
    clip_norm : the largest norm a gradient may have; a longer one is scaled to it.
    scoring : what early stopping goes by: None (accuracy, or R2), "loss" (the validation loss), a scorer's name, or a scorer.
    init : weights to start from: (coefs, intercepts), a Model, or a fitted estimator; None: drawn.
    weight_masks : a matrix of 0 and 1 for each matrix of weights: where it is 0 the weight is held at 0.
    n_restarts : how many more times to train from new weights; the best by validation score, else by loss, is kept, and
        `restarts_` tells all.
    n_jobs : threads that wide layers may use; None: every core allowed, or OMP_NUM_THREADS. No result depends on it."""

ATTRIBUTES = """
    coefs_, intercepts_ : list of arrays, the weights and biases of each layer. They may be changed: predictions go by them.
    history_ : dict of arrays with one entry an epoch, for every solver: epoch, iteration, loss (penalty included), penalty,
        learning_rate, gradient_norm (the mean over the epoch's updates), and with validation rows validation_loss and
        validation_score.
    diagnosis_ : str, why the fit ended. Where it should have gone on this is a ConvergenceWarning too.
    loss_, best_loss_, loss_curve_ : the last loss, the lowest (None with early stopping), and that of every epoch.
    validation_scores_, best_validation_score_ : with early stopping, else None.
    best_iter_ : the epoch whose weights were kept.
    n_iter_, t_ : epochs (or iterations) of the last call, and rows seen by all calls.
    restarts_ : dict: loss (and validation_score) of every run, and which was chosen.
    n_layers_, n_outputs_, out_activation_ : the network in scikit-learn's words; network_ : the same as a glassnet Network.
    n_features_in_, feature_names_in_ : what X was."""

RAISES = "Raises ValueError (GlassnetError is one), naming the parameter, on what cannot be used."


def _goes_by_epochs(estimator: BaseMLP) -> Literal[True]:
    if estimator.solver in ("lbfgs", "lm"):
        raise AttributeError(
            f"partial_fit goes by epochs, and solver '{estimator.solver}' does not: use 'adam', 'sgd' or 'rprop'"
        )
    return True


class MLPClassifier(ClassifierMixin, BaseMLP):
    __doc__ = f"""A network for classes: two, several, or several labels at once.

    A program that uses scikit-learn's MLPClassifier can take this one in its place: with the same `random_state` it draws the same
    weights and batches and gives the same coefficients to rounding (docs/estimators.md has what differs on purpose).

    Parameters
    ----------{PARAMETERS}
    loss : "log_loss", "focal" (or "focal:3", for another gamma than 2), "squared_error", "absolute_error", "huber", "quantile", any
        glassnet loss, or an own ``Loss(value=..., delta=...)`` of the probabilities.
    class_weight : dict of class -> weight, or "balanced": rows / (classes * rows of the class). It multiplies sample_weight in
        training, not in validation.
    label_smoothing : share of each target that is spread evenly over the classes, in training only.

    Attributes
    ----------{ATTRIBUTES}
    classes_ : the labels, sorted.

    {RAISES}

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from glassnet import MLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> settings = {{"activation": ["silu", "tanh"], "dropout": 0.1, "learning_rate": "cosine", "learning_rate_init": 0.01}}
    >>> network = MLPClassifier((20, 10), **settings, random_state=0)
    >>> float(make_pipeline(StandardScaler(), network).fit(X[:400], y[:400]).score(X[400:], y[400:])) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseMLP._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self, hidden_layer_sizes: Any = (100,), activation: Any = "relu", *, solver: Any = "adam", alpha: float = 0.0001,
        batch_size: Any = "auto", learning_rate: Any = "constant", learning_rate_init: float = 0.001, power_t: float = 0.5,
        max_iter: int = 200, shuffle: bool = True, random_state: Any = None, tol: float = 1e-4, verbose: Any = False,
        warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True, early_stopping: bool = False,
        validation_fraction: float = 0.1, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8,
        n_iter_no_change: float = 10, max_fun: int = 15000, dropout: Any = 0.0, l1: float = 0.0, clip_norm: float | None = None,
        scoring: Any = None, init: Any = None, weight_masks: Any = None, n_restarts: int = 0, n_jobs: int | None = None,
        loss: Any = "log_loss", class_weight: Any = None, label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        self._keep(locals())

    @_fit_context(prefer_skip_nested_validation=True)
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
        """Train on X, N x D, and y, N labels (or N x labels of 0 and 1); `sample_weight`, N: a weight of 2 is the row given twice.

        X_val, y_val and sample_weight_val are rows to judge each epoch by: noted in `history_`, and decisive with early_stopping.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @available_if(_goes_by_epochs)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch more on these rows, the optimizer going on from the call before; the first call needs all `classes`."""
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is unknown before all rows are: give partial_fit a dict of class weights"
            )
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer().fit(
                y if type_of_target(y).startswith("multilabel") else classes
            )
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row: N labels, or N x labels of 0 and 1."""
        output = self._outputs(X)
        if self.out_activation_ == "softmax":
            return self.classes_[output.argmax(axis=1)]
        if self.n_outputs_ > 1 or len(self.classes_) == 1:
            return np.asarray(
                self._label_binarizer.inverse_transform(
                    output if self.n_outputs_ > 1 else output.ravel()
                )
            )
        return self.classes_[(output[:, 0] > 0.5).astype(np.intp)]

    def predict_proba(self, X: Any) -> Floats:
        """The probability of each class, N x classes, in the order of `classes_`; of each label where there are several at once."""
        output = self._outputs(X)
        return np.concatenate([1 - output, output], axis=1) if self.n_outputs_ == 1 else output

    def predict_log_proba(self, X: Any) -> Floats:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _output(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "sigmoid"

    def _targets(self, labels: np.ndarray, alike: bool) -> Floats:
        if not hasattr(self, "classes_") or not (self.warm_start or alike):
            self._label_binarizer = LabelBinarizer().fit(labels)
            self.classes_ = self._label_binarizer.classes_
        else:
            found, known = set(unique_labels(labels)), set(self.classes_)
            if not found <= known or (self.warm_start and not alike and found != known):
                raise ValueError(
                    f"y has the classes {sorted(found)}, but this estimator was fitted to {sorted(known)}: fit it anew"
                )
        return self._label_binarizer.transform(labels)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, BaseMLP):
    __doc__ = f"""A network for numbers, one or several at once.

    A program that uses scikit-learn's MLPRegressor can take this one in its place: with the same `random_state` it draws the same
    weights and batches and gives the same coefficients to rounding, but for several outputs under squared_error, where its
    gradient is too large by their number (docs/estimators.md has the case).

    Parameters
    ----------
    loss : "squared_error", "poisson", "absolute_error", "huber" (or "huber:2", for another threshold than 1), "quantile:0.9", any
        glassnet loss, or an own ``Loss(value=..., delta=...)``.{PARAMETERS}

    Attributes
    ----------{ATTRIBUTES}

    {RAISES}

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import MLPRegressor
    >>> X = np.linspace(-3, 3, 50)[:, None]
    >>> y = np.sin(X[:, 0])
    >>> network = MLPRegressor(hidden_layer_sizes=6, activation="tanh", solver="lm", alpha=0, random_state=0).fit(X, y)
    >>> float(network.score(X, y)) > 0.999
    True
    """

    def __init__(
        self, loss: Any = "squared_error", hidden_layer_sizes: Any = (100,), activation: Any = "relu", *, solver: Any = "adam",
        alpha: float = 0.0001, batch_size: Any = "auto", learning_rate: Any = "constant", learning_rate_init: float = 0.001,
        power_t: float = 0.5, max_iter: int = 200, shuffle: bool = True, random_state: Any = None, tol: float = 1e-4,
        verbose: Any = False, warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True,
        early_stopping: bool = False, validation_fraction: float = 0.1, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-8, n_iter_no_change: float = 10, max_fun: int = 15000, dropout: Any = 0.0, l1: float = 0.0,
        clip_norm: float | None = None, scoring: Any = None, init: Any = None, weight_masks: Any = None, n_restarts: int = 0,
        n_jobs: int | None = None,
    ) -> None:  # fmt: skip
        self._keep(locals())

    @_fit_context(prefer_skip_nested_validation=True)
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
        """Train on X, N x D, and y, N or N x outputs; `sample_weight`, N: a weight of 2 is the row given twice.

        X_val, y_val and sample_weight_val are rows to judge each epoch by: noted in `history_`, and decisive with early_stopping.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @available_if(_goes_by_epochs)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch more on these rows, the optimizer going on from the call before."""
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Floats:
        """The predicted numbers: N, or N x outputs."""
        output = self._outputs(X)
        return output.ravel() if self.n_outputs_ == 1 else output

    def _output(self) -> None:
        return None

    def _targets(self, labels: np.ndarray, alike: bool) -> Floats:
        return labels
