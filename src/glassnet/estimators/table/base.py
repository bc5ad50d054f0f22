"""What TableClassifier and TableRegressor share: the parameters, the fit, the network's outputs."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_consistent_length
from sklearn.utils.validation import check_is_fitted

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.estimators.base import NetworkEstimator, check_judges
from glassnet.estimators.table.options import in_scikit_learns_words, options_of
from glassnet.estimators.targets import answer_columns, read_weights, target_names
from glassnet.estimators.validate_x import category_names, check_text, plain_rows, read_x
from glassnet.recipe.fit import fit_table
from glassnet.recipe.folds import split_validation
from glassnet.recipe.members import worst_ending
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows, class_indices
from glassnet.tables.targets import Target, Task
from glassnet.training.problem import Floats
from glassnet.training.run import ENDINGS

WARNED = ("interrupted", "not_finite")
"""The ends of a run that are also a warning."""


class TableEstimator(NetworkEstimator):
    """The part of both estimators that does not care what y is."""

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, X_val: Any, y_val: Any, sample_weight_val: Any
    ) -> Self:
        """Check what is given, train on its rows, and say how it went in scikit-learn's attributes."""
        check_judges(X_val, y_val, sample_weight_val)
        inputs, answers = read_x(self, X, reset=True), self._read_y(y, "y")
        check_consistent_length(np.empty(inputs.n_rows), answers)
        weights = read_weights(sample_weight, len(answers))
        if weights is not None:
            seen = np.flatnonzero(weights)
            inputs, answers, weights = inputs.take(seen), answers[seen], weights[seen]
        if len(answers) < 2:
            raise GlassnetError(
                "only 1 sample has a weight above zero, which is too few to train on: give two or more"
            )
        names = target_names(y, 1 if answers.ndim == 1 else answers.shape[1])
        task, targets = self._learn_y(answers, names, weights)
        rows = TableRows(inputs, answer_columns(answers, names), self._weights_of(answers, weights))
        judge = None
        if X_val is not None:
            known, truth = read_x(self, X_val, reset=False), self._read_y(y_val, "y_val")
            check_consistent_length(np.empty(known.n_rows), truth)
            if truth.shape[1:] != answers.shape[1:]:
                raise GlassnetError(
                    f"y_val has shape {truth.shape}, which does not fit y: give it as many columns as y has"
                )
            its_weights = self._weights_of(
                truth, read_weights(sample_weight_val, len(truth), "sample_weight_val")
            )
            judge = TableRows(known, answer_columns(truth, names), its_weights)
        return self._train(rows, judge, task, targets)

    def _train(
        self, rows: TableRows, judge: TableRows | None, task: Task, targets: Sequence[Target]
    ) -> Self:
        """Train; where no rows are given to judge the epochs, a part is drawn by the rule of `glassnet train`."""
        with in_scikit_learns_words():
            options = options_of(self, task, category_names(self.categories, rows.inputs))
            check_text(rows.inputs, options.categories)
            if judge is not None:
                options = replace(options, validation=0.0)
            else:
                rows, judge = _drawn(rows, task, options)
            n_jobs = None if self.n_jobs == -1 else self.n_jobs
            fitted = fit_table(
                rows, judge, task, options, targets, _say if self.verbose else None, n_jobs
            )
        self.model_ = model = fitted.model
        self.history_ = {name: np.array(values) for name, values in model.history.items()}
        self.loss_curve_: list[float] = model.history["loss"]
        self.loss_, self.n_iter_ = self.loss_curve_[-1], len(self.loss_curve_)
        self.best_iter_ = np.array(model.record["best_epochs"])
        end = worst_ending(fitted.runs)
        self.diagnosis_ = f"the run {ENDINGS[end]}"
        if end in WARNED:
            warnings.warn(
                f"{type(self).__name__}: {self.diagnosis_}", ConvergenceWarning, stacklevel=4
            )
        return self

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        """The targets as an array, checked."""
        raise NotImplementedError

    def _learn_y(
        self, answers: np.ndarray, names: list[str], weights: np.ndarray | None
    ) -> tuple[Task, Sequence[Target]]:
        """The task, and the targets of a classification; sets what attributes tell of y."""
        raise NotImplementedError

    def _weights_of(self, answers: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        """How much each row counts."""
        raise NotImplementedError

    def _outputs(self, X: Any) -> Floats:
        """The network's outputs, N x K."""
        x = self._encoded(X)
        return self.model_.output_of(x)

    def _encoded(self, X: Any) -> Floats:
        """The network's inputs, N x D."""
        model = vars(self).get("model_")
        rows = plain_rows(self, model and model.encoding, X)
        if rows is not None:
            return self.model_.encoding.encode_array(rows)
        check_is_fitted(self)
        return self.model_.encoding.encode_inputs(read_x(self, X, reset=False))

    def _network_inputs(self, X: Any) -> tuple[Network, Parameters, Floats]:
        """The network, its weights, and X as it takes it."""
        x = self._encoded(X)
        return self.model_.network, self.model_.parameters, x

    @property
    def network_(self) -> Network:
        """The network's shape."""
        return self.model_.network

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags


def _drawn(rows: TableRows, task: Task, options: Options) -> tuple[TableRows, TableRows | None]:
    """(rows that train, rows that judge the epochs or None)."""
    fit, judge = split_validation(rows.n_rows, options, class_indices(rows.targets, task))
    if len(fit) < 2:
        total = len(fit) + len(judge)
        raise GlassnetError(
            f"validation_fraction {options.validation} leaves {len(fit)} of {total} rows to train on: make it smaller"
        )
    return rows.take(fit), rows.take(judge) if len(judge) else None


def _say(done: int, planned: int, loss: float, judged: float | None) -> None:
    print(
        f"epoch {done} of {planned}: loss {loss:.6g}"
        + ("" if judged is None else f", validation loss {judged:.6g}")
    )
