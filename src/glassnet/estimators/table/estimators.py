"""TableClassifier and TableRegressor: `glassnet train` as scikit-learn's estimators.

A raw data frame goes in. What both share is `base.py`; their parameters are tested against the
declarations in `recipe/options.py`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils import Tags

from glassnet.estimators.table.base import TableEstimator
from glassnet.estimators.targets import (
    check_known_labels,
    class_targets,
    read_labels,
    read_numbers,
)
from glassnet.estimators.wording import parameters_in_messages
from glassnet.tables.targets import ClassTarget, Target, Task


class TableRegressor(RegressorMixin, TableEstimator):
    """A network for one number or several, straight from a raw table.

    It does what `glassnet train` does, under scikit-learn's names. Columns of numbers, text,
    booleans and dates with missing cells are encoded inside (see `TableEncoder`), the target is
    scaled, and predictions stay within the range seen in fit. With the same rows and the same
    seed, `glassnet train --holdout 0` gives the same numbers.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, or None
        Nodes of each hidden layer, of each member; None: (64, 64), or (64,) for a quick effort.
    activation : str, or list of str
        Of the hidden layers, one name or a list of one each: "relu", "leaky_relu", "elu", "selu",
        "gelu", "silu", "mish", "softplus", "tanh", "sigmoid" (also "logistic"), "identity" or
        "exponential".
    effort : str or float
        "quick": one network, soon trained. "default": four networks of one settings. "best":
        settings are drawn, and those that together predict the rows left out best make the model.
        A number: "best" for about so many seconds.
    draws : int or None
        Settings that are drawn at random around the best, and trained too; None: by the effort, 7
        for "best". What is not at its default stays as it is given.
    members : int or None
        Networks that are trained apart, of each settings; their mean predicts. 1: a single network.
        None: 4; 1 for a quick effort, 8 for the best.
    loss : str or None
        "mean_squared_error" (also where None), "half_mean_squared_error" (also "squared_error"),
        "sum_of_squares", "mean_absolute_error" (also "absolute_error"), "huber", "pinball" (also
        "quantile") or "poisson"; some with a setting: "huber:0.5", "pinball:0.9". For classes:
        "binary_cross_entropy", "categorical_cross_entropy", "binary_focal", "categorical_focal".
    solver : str
        The optimizer: "adamw", "adam", "adam_epsilon_hat", "gradient_descent", "momentum",
        "muon", "nesterov", "rmsprop" or "rprop".
    learning_rate : str or None
        Its schedule: "cosine", "flat_cosine", "constant", "step", "one_cycle", "warm_up",
        "warm_up_cosine" or "four_cycles". None: where rows validate several members, and none of
        `max_iter`, `average` and `n_iter_no_change` is given, "constant", with an average of the
        weights, until about 300 updates brought no better epoch; else "cosine".
    learning_rate_init : float or None
        The largest learning rate; None: by the solver.
    batch_size : int or None
        Rows of an update; None or "auto": by the number of rows.
    max_iter : int or None
        Times through the rows, at most, of each member; None: by the number of rows.
    n_iter_no_change : int or None
        Stop after so many epochs without a better one; None: never.
    alpha, l1 : float
        Add (alpha/2) sum w^2 and l1 sum abs(w) to the loss.
    decay : float or None
        Weight decay of adamw and muon; None: by the number of rows, or a tenth of that, or on few
        rows three or ten times it, where the rows left out of the folds are then predicted better.
    bins : int or None
        Bins that each column of numbers is also cut into, between its quantiles; 0: none. None: 16
        or none, whichever predicts the rows left out of the folds better.
    dropout : float or None
        Fraction of the hidden nodes left out of each update; None: 0.15, or 0 with a teacher that
        can be asked for any row.
    average : float or None
        Keep a moving average of the weights that remembers this fraction of the run, where it
        validates better; None: the weights themselves.
    validation_fraction : float or None
        Fraction of the rows that epochs are validated on, of which the best is kept. None: each
        of several members is trained on all folds of the rows but one, which validates it where
        it is 100 rows or more; for a single network 0.2 where that is 100 rows or more, else none.
    teacher_weight : float
        With a `teacher` in `fit`: how much its predictions count, against y, above 0 and at most 1.
    categories : list of str or int
        Columns of numbers to take as categories, by name or by number, from 0.
    missing : list of str or None
        Exactly the texts that mean a missing cell, beside the empty one. None: the usual ones
        among numbers; in a column of text they are categories.
    decimal : str or None
        "." or ",": the decimal mark of text columns whose numbers fit both.
    date_order : str or None
        "dmy", "mdy" or "ymd": the order of text columns whose dates fit several.
    dtype : str
        "float32" or "float64".
    engine : str
        "auto", "native", "numpy" or "jax".
    random_state : int, RandomState or None
        An int is `glassnet train`'s seed.
    verbose : bool
        Whether to print how far the training is.
    n_jobs : int or None
        Threads that members and wide layers may use; None or -1: every core allowed. No result
        depends on it.

    Attributes
    ----------
    model_ : Model
        What was trained: ``est.model_.save("x.safetensors")`` writes the file that
        `glassnet predict` reads.
    history_ : dict of arrays
        Of each epoch: "epoch", "iteration", "loss", "validation_loss" (where there is validation;
        else "left_out_loss" of the folds, which chooses nothing), "learning_rate"; the
        losses are the members' mean.
    loss_curve_, loss_ : list of float, float
        The training loss of each epoch, and of the last.
    n_iter_, best_iter_ : int, array of int
        Epochs run, and of each member the one whose parameters were kept.
    diagnosis_ : str
        Why the run ended, in plain words.
    n_features_in_, feature_names_in_ : int, array of str
        The number of columns seen in fit, and their names where all are text.

    Notes
    -----
    A whole `sample_weight` is so many equal rows, exactly: the same model comes out, whichever way
    they are given (while the rows are no more than 100,000). Any other counts in the loss, not in
    how columns are encoded. Rows of weight 0 are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> size = [30, 55, 70, None, 90] * 8
    >>> town = ["Ulm", "Bonn", "Bonn", "Ulm", "Bonn"] * 8
    >>> frame = pd.DataFrame({"size": size, "town": town})
    >>> rent = [400, 800, 950, 500, 1200] * 8
    >>> TableRegressor(random_state=0).fit(frame, rent).predict(frame.head(2)).round(-2)
    array([400., 800.])
    """

    def predict(self, X: Any) -> np.ndarray:
        """The prediction for each row: N, or N x K where y had K columns."""
        output = self._outputs(X)
        numbers = self.model_.predictions_of(output)
        return numbers[:, None] if self._several and numbers.ndim == 1 else numbers

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Low and high end of an interval that holds the true number with that chance.

        N x 2, or N x K x 2 where y had K columns; see `Model.predict_interval`.
        """
        rows = self._rows_of(X)
        with parameters_in_messages():
            ends = self.model_.predict_interval(rows, coverage)
        return ends[:, None] if self._several and ends.ndim == 2 else ends

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        return read_numbers(y, name)

    def _learn_y(self, y: np.ndarray, names: list[str]) -> tuple[Task, Sequence[Target]]:
        self._several = y.ndim == 2
        return "regression", ()

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class TableClassifier(ClassifierMixin, TableEstimator):
    """A network for classes, straight from a raw table: two, more, or several labels at once.

    All is as in `TableRegressor` but for the target: its labels come back as they were given.

    Parameters
    ----------
    loss : str or None
        "binary_cross_entropy" or "categorical_cross_entropy" (by the number of classes, where
        None; also "log_loss"), "binary_focal" or "categorical_focal" (also "focal").
    class_weight : dict, "balanced" or None
        The weight of each class (1 where a dict names none), "balanced" where every class is to
        weigh the same in all. They multiply `sample_weight`.
    threshold : float, "balanced" or None
        Of two classes: the probability of the second from which on it is predicted; "balanced":
        that of the largest balanced accuracy on rows not trained on, of more classes the largest
        probability over the class's frequency. None: the likeliest class.

    The others are those of `TableRegressor`.

    Attributes
    ----------
    classes_ : array
        The labels, sorted; of several labels at once their columns' numbers.

    The others are those of `TableRegressor`, `n_features_in_` and `feature_names_in_` among them.

    Examples
    --------
    >>> import pandas as pd
    >>> length = [39.1, 46.5, 50.0, None] * 9
    >>> island = ["Dream", "Dream", "Biscoe", "Biscoe"] * 9
    >>> frame = pd.DataFrame({"length": length, "island": island})
    >>> species = ["Adelie", "Chinstrap", "Gentoo", "Gentoo"] * 9
    >>> penguins = TableClassifier(random_state=0).fit(frame, species)
    >>> penguins.predict(pd.DataFrame({"length": [46.0], "island": ["Dream"]}))
    array(['Chinstrap'], dtype='<U9')
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = None,
        activation: Any = "silu",
        *,
        effort: str | float = "default",
        draws: int | None = None,
        members: int | None = None,
        loss: str | None = None,
        solver: str = "adamw",
        learning_rate: str | None = None,
        learning_rate_init: float | None = None,
        batch_size: int | None = None,
        max_iter: int | None = None,
        n_iter_no_change: int | None = None,
        alpha: float = 0.0,
        l1: float = 0.0,
        decay: float | None = None,
        bins: int | None = None,
        dropout: float | None = None,
        average: float | None = None,
        validation_fraction: float | None = None,
        teacher_weight: float = 0.7,
        categories: Sequence[str | int] = (),
        missing: Sequence[str] | None = None,
        decimal: str | None = None,
        date_order: str | None = None,
        class_weight: Any = None,
        threshold: float | str | None = None,
        dtype: str = "float32",
        engine: str = "auto",
        random_state: Any = None,
        verbose: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes,
            activation,
            effort=effort,
            draws=draws,
            members=members,
            loss=loss,
            solver=solver,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            batch_size=batch_size,
            max_iter=max_iter,
            n_iter_no_change=n_iter_no_change,
            alpha=alpha,
            l1=l1,
            decay=decay,
            bins=bins,
            dropout=dropout,
            average=average,
            validation_fraction=validation_fraction,
            teacher_weight=teacher_weight,
            categories=categories,
            missing=missing,
            decimal=decimal,
            date_order=date_order,
            dtype=dtype,
            engine=engine,
            random_state=random_state,
            verbose=verbose,
            n_jobs=n_jobs,
        )
        self.class_weight = class_weight
        self.threshold = threshold

    def predict(self, X: Any) -> np.ndarray:
        """The label of each row: N, or N x K zeros and ones where y had K columns."""
        output = self._outputs(X)
        predicted = [
            target.predicted(target.probabilities(part))
            for target, part in self.model_.encoding.by_target(output)
            if isinstance(target, ClassTarget)
        ]
        if self._several:
            return np.stack(predicted, axis=1).astype(self._label_dtype)
        return self.classes_[predicted[0]]

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class.

        N x classes, in the order of `classes_`; N x K where there are several labels at once.
        """
        output = self._outputs(X)
        target = self.model_.encoding.targets[0]
        assert isinstance(target, ClassTarget)
        return output if self._several else target.probabilities(output)

    def predict_set(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Whether each class is in the row's set, which holds the true one with that chance.

        N x classes booleans, in the order of `classes_`; N x K x 2, for 0 and 1, where there are
        several labels at once; see `Model.predict_set`.
        """
        rows = self._rows_of(X)
        with parameters_in_messages():
            chosen = self.model_.predict_set(rows, coverage)
        return chosen[:, None] if self._several and chosen.ndim == 2 else chosen

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        return read_labels(y, name)

    def _learn_y(self, y: np.ndarray, names: list[str]) -> tuple[Task, Sequence[Target]]:
        self._several = y.ndim == 2
        self._label_dtype = y.dtype
        self.classes_: np.ndarray = np.arange(y.shape[1]) if self._several else np.unique(y)
        targets = class_targets(y, names)
        return "binary" if self._several or len(self.classes_) == 2 else "multiclass", targets

    def _check_validation_targets(self, y: np.ndarray) -> None:
        check_known_labels(y, self.classes_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
