"""TableClassifier and TableRegressor: `glassnet train` as scikit-learn's estimators, a raw data frame in."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils import Tags

from glassnet.estimators.table.base import TableEstimator
from glassnet.estimators.targets import (
    class_targets,
    class_weights,
    read_labels,
    read_numbers,
    times_class_weights,
)
from glassnet.tables.targets import ClassTarget, Target, Task


class TableRegressor(RegressorMixin, TableEstimator):
    """A network for one number or several, straight from a raw table: what `glassnet train` does, in scikit-learn's words.

    Columns of numbers, text, booleans and dates with missing cells are encoded inside (see `TableEncoder`), the target is scaled,
    and predictions are held to the range seen in fit. With the same rows and the same seed, `glassnet train --holdout 0` gives the
    same numbers.

    Parameters
    ----------
    hidden_layer_sizes : nodes of each hidden layer, of each member.
    activation : of the hidden layers, one name or a list of one each.
    members : networks that are trained apart and joined into one, which gives their mean; 1: a single network.
    loss : "mean_squared_error" (also where None), "mean_absolute_error", "huber:0.5", "pinball:0.9", "poisson", ...
    solver : "adamw", "adam", "gradient_descent", "momentum", "nesterov", "rmsprop" or "rprop".
    learning_rate : its schedule: "cosine", "constant", "four_cycles", ...
    learning_rate_init : the largest learning rate; None: by the solver.
    batch_size : rows of an update; None or "auto": by the number of rows.
    max_iter : times through the rows, at most, of each member; None: by the number of rows.
    n_iter_no_change : stop after so many epochs without a better one; None: never.
    alpha, l1 : add (alpha/2) sum w^2 and l1 sum |w| to the loss.
    decay : weight decay of adamw; None: by the number of rows.
    dropout : share of hidden nodes left out of each update.
    validation_fraction : share of the rows that judges the epochs, of which the best is kept. None: each of several members is
        trained on all parts of the rows but one, which judges its epochs where it is 100 rows or more; for a single network 0.2
        where that is 100 rows or more, else none.
    categories : columns of numbers to take as categories, by name or by place.
    dtype : "float32" or "float64".
    engine : "auto", "native" or "numpy".
    random_state : an int is `glassnet train`'s seed.
    verbose : whether to print how far the training is.
    n_jobs : threads that members and wide layers may use; None or -1: every core allowed. No result depends on it.

    Attributes
    ----------
    model_ : the glassnet `Model`: ``est.model_.save("x.safetensors")`` writes the file that `glassnet predict` reads.
    history_ : of each epoch: "epoch", "iteration", "loss", "validation_loss" (where rows judge), "learning_rate"; the losses are
        the members' mean.
    loss_curve_, loss_ : the training loss of each epoch, and of the last.
    n_iter_, best_iter_ : epochs run, and of each member the one whose weights were kept.
    diagnosis_ : why the run ended, in plain words.
    n_features_in_, feature_names_in_ : the columns seen in fit, and their names where all are text.

    A whole `sample_weight` is so many equal rows, exactly: the same model comes out, whichever way they are given (while the rows
    are no more than 100,000). Any other counts in the loss, not in how columns are encoded. Rows of weight 0 are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"size": [30, 55, 70, None, 90] * 8, "town": ["Ulm", "Bonn", "Bonn", "Ulm", "Bonn"] * 8})
    >>> rent = [400, 800, 950, 500, 1200] * 8
    >>> TableRegressor(random_state=0).fit(frame, rent).predict(frame.head(2)).round(-2)
    array([400., 800.])
    """

    def __init__(
        self, hidden_layer_sizes: Any = (64, 64), activation: Any = "silu", *, members: int = 4, loss: str | None = None,
        solver: str = "adamw", learning_rate: str = "cosine", learning_rate_init: float | None = None,
        batch_size: int | None = None, max_iter: int | None = None, n_iter_no_change: int | None = None, alpha: float = 0.0,
        l1: float = 0.0, decay: float | None = None, dropout: float = 0.15, validation_fraction: float | None = None,
        categories: Sequence[str | int] = (), dtype: str = "float32", engine: str = "auto", random_state: Any = None,
        verbose: bool = False, n_jobs: int | None = None,
    ) -> None:  # fmt: skip
        self._keep(locals())

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
        """Learn from X, a data frame or an array of N rows, and y, N or N x K numbers.

        Where X_val and y_val are given they judge the epochs instead of rows drawn from X.
        """
        return self._fit(X, y, sample_weight, X_val, y_val, sample_weight_val)

    def predict(self, X: Any) -> np.ndarray:
        """The prediction for each row: N, or N x K where y was so."""
        output = self._outputs(X)
        numbers = self.model_.answers_of(output)
        return numbers[:, None] if self._several and numbers.ndim == 1 else numbers

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        return read_numbers(y, name)

    def _learn_y(
        self, answers: np.ndarray, names: list[str], weights: np.ndarray | None
    ) -> tuple[Task, Sequence[Target]]:
        self._several = answers.ndim == 2
        return "regression", ()

    def _weights_of(self, answers: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        return weights

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class TableClassifier(ClassifierMixin, TableEstimator):
    """A network for classes, two, several, or several yes-or-no labels at once, straight from a raw table.

    All is as in `TableRegressor` but for the target: its labels come back as they were given.

    Parameters
    ----------
    loss : "binary_cross_entropy" or "categorical_cross_entropy" (by the number of classes, where None), "focal" ones, ...
    class_weight : a dict of weights by class (1 where it names none), "balanced" (every class weighs the same in all), or None.
        They multiply `sample_weight`.

    The others are those of `TableRegressor`.

    Attributes
    ----------
    classes_ : the labels, sorted; of several labels at once their places.

    The others are those of `TableRegressor`, `n_features_in_` and `feature_names_in_` among them.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"length": [39.1, 46.5, 50.0, None] * 9, "island": ["Dream", "Dream", "Biscoe", "Biscoe"] * 9})
    >>> penguins = TableClassifier(random_state=0).fit(frame, ["Adelie", "Chinstrap", "Gentoo", "Gentoo"] * 9)
    >>> penguins.predict(pd.DataFrame({"length": [46.0], "island": ["Dream"]}))
    array(['Chinstrap'], dtype='<U9')
    """

    def __init__(
        self, hidden_layer_sizes: Any = (64, 64), activation: Any = "silu", *, members: int = 4, loss: str | None = None,
        solver: str = "adamw", learning_rate: str = "cosine", learning_rate_init: float | None = None,
        batch_size: int | None = None, max_iter: int | None = None, n_iter_no_change: int | None = None, alpha: float = 0.0,
        l1: float = 0.0, decay: float | None = None, dropout: float = 0.15, validation_fraction: float | None = None,
        categories: Sequence[str | int] = (), class_weight: Any = None, dtype: str = "float32", engine: str = "auto",
        random_state: Any = None, verbose: bool = False, n_jobs: int | None = None,
    ) -> None:  # fmt: skip
        self._keep(locals())

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
        """Learn from X, a data frame or an array of N rows, and y, N labels, or N x K zeros and ones.

        Where X_val and y_val are given they judge the epochs instead of rows drawn from X.
        """
        return self._fit(X, y, sample_weight, X_val, y_val, sample_weight_val)

    def predict(self, X: Any) -> np.ndarray:
        """The label of each row: N, or N x K zeros and ones where y was so."""
        shares = self.predict_proba(X)
        if self._several:
            return (shares > 0.5).astype(self._label_dtype)
        return self.classes_[shares.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, N x classes in the order of `classes_`; N x K where there are several labels at once."""
        output = self._outputs(X)
        target = self.model_.encoding.targets[0]
        assert isinstance(target, ClassTarget)
        return output if self._several else target.probabilities(output)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        return read_labels(y, name)

    def _learn_y(
        self, answers: np.ndarray, names: list[str], weights: np.ndarray | None
    ) -> tuple[Task, Sequence[Target]]:
        self._several, self._label_dtype = answers.ndim == 2, answers.dtype
        self.classes_ = np.arange(answers.shape[1]) if self._several else np.unique(answers)
        targets = class_targets(answers, names)
        self._of_class = class_weights(self.class_weight, answers, self.classes_, weights)
        return "binary" if self._several or len(self.classes_) == 2 else "multiclass", targets

    def _weights_of(self, answers: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        return times_class_weights(weights, self._of_class, answers, self.classes_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
