"""What TableClassifier and TableRegressor share: the parameters, fit, the network's outputs."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_consistent_length
from sklearn.utils.validation import check_is_fitted

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, OptionError, OptionRef, warn_of
from glassnet.estimators.base import NetworkEstimator, check_validation
from glassnet.estimators.table.options import options_of
from glassnet.estimators.targets import read_sample_weight, target_columns, target_names
from glassnet.estimators.validate_x import (
    category_names,
    check_text,
    is_frame,
    plain_rows,
    read_x,
    reading_like,
)
from glassnet.estimators.wording import in_parameters, parameters_in_messages
from glassnet.models.notices import notices_of_rows
from glassnet.recipe.findings.notices import notices_of_fit
from glassnet.recipe.fit import FitResult, fit_table
from glassnet.recipe.folds import split_validation
from glassnet.recipe.members import worst_ending
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows, class_indices
from glassnet.recipe.teachers.inputs import TeacherInputs
from glassnet.recipe.teachers.read import read_teacher
from glassnet.recipe.teachers.teacher import Teacher
from glassnet.tables.formats.reading import Reading
from glassnet.tables.targets import Target, Task
from glassnet.training.endings import CUT_SHORT, ENDINGS
from glassnet.training.problem import Floats


class TableEstimator(NetworkEstimator):
    """The part of both estimators that does not depend on what y is."""

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
        dtype: str = "float32",
        engine: str = "auto",
        random_state: Any = None,
        verbose: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.effort = effort
        self.draws = draws
        self.members = members
        self.loss = loss
        self.solver = solver
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.n_iter_no_change = n_iter_no_change
        self.alpha = alpha
        self.l1 = l1
        self.decay = decay
        self.bins = bins
        self.dropout = dropout
        self.average = average
        self.validation_fraction = validation_fraction
        self.teacher_weight = teacher_weight
        self.categories = categories
        self.missing = missing
        self.decimal = decimal
        self.date_order = date_order
        self.dtype = dtype
        self.engine = engine
        self.random_state = random_state
        self.verbose = verbose
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        teacher: Any = None,
    ) -> Self:
        """Learn from a table and its targets.

        Parameters
        ----------
        X : data frame or array, N x columns
            The rows to learn from.
        y : N values, or N x K
            What to predict of each row: numbers for `TableRegressor`, labels for
            `TableClassifier` (N x K zeros and ones where there are several at once).
        sample_weight : N numbers of 0 or more, optional
            How much each row counts. A whole weight is so many equal rows.
        X_val, y_val, sample_weight_val : as the three before, optional
            Rows whose loss picks the best epoch, in place of rows drawn from X.
        teacher : Model, RunFolder, estimator, array, data frame or path, optional
            What the network is trained towards beside y, as in `train_table`: predictions of the
            rows of X, or what makes them. An estimator that is not fitted is fitted on parts of X.

        Returns
        -------
        self
            The fitted estimator.

        Raises ValueError or GlassnetError, naming the column, row or parameter, on what cannot
        be learnt from.
        """
        check_validation(X_val, y_val, sample_weight_val)
        inputs, y_read, weight, asked = self._read_training_rows(X, y, sample_weight, teacher)
        names = target_names(y, 1 if y_read.ndim == 1 else y_read.shape[1])
        task, classes = self._learn_y(y_read, names)
        train = TableRows(inputs, target_columns(y_read, names), weight, asked)
        validation = None
        if X_val is not None:
            validation = self._read_validation_rows(
                X_val, y_val, sample_weight_val, names, y_read, reading_like(inputs)
            )
        fitted = self._train(train, validation, task, classes)
        self._set_attributes(fitted)
        if worst_ending(fitted.runs) in CUT_SHORT:
            message = f"{type(self).__name__}: {self.diagnosis_}"
            warnings.warn(message, ConvergenceWarning, stacklevel=2)  # where fit was called
        else:
            warn_of(notices_of_fit(fitted, train), in_parameters)
        return self

    def _read_training_rows(
        self, X: Any, y: Any, sample_weight: Any, teacher: Any
    ) -> tuple[Any, np.ndarray, np.ndarray | None, Teacher | None]:
        """(inputs, y, sample_weight, teacher), checked, of the rows of a weight above 0."""
        inputs = read_x(self, X, reset=True)
        y = self._read_y(y, "y")
        check_consistent_length(np.empty(inputs.n_rows), y)
        weight = read_sample_weight(sample_weight, len(y))
        rows = X if is_frame(X) else np.asarray(X)
        asked = read_teacher(teacher, len(y), lambda: TeacherInputs.of(rows, list(inputs)))
        if weight is not None:
            counting = np.flatnonzero(weight)
            inputs = inputs.take(counting)
            y = y[counting]
            weight = weight[counting]
            asked = None if asked is None else asked.take(counting)
        if len(y) < 2:
            raise GlassnetError(
                "only 1 sample has a weight above zero, which is too few to train on: "
                "give two or more"
            )
        return inputs, y, weight, asked

    def _read_validation_rows(
        self,
        X_val: Any,
        y_val: Any,
        sample_weight_val: Any,
        names: list[str],
        y: np.ndarray,
        reading: Reading,
    ) -> TableRows:
        """The validation rows, checked to be as those of training."""
        inputs = read_x(self, X_val, reset=False, reading=reading)
        targets = self._read_y(y_val, "y_val")
        check_consistent_length(np.empty(inputs.n_rows), targets)
        if targets.shape[1:] != y.shape[1:]:
            raise GlassnetError(
                f"y_val has shape {targets.shape}, which does not fit y: "
                "give it as many columns as y has"
            )
        weight = read_sample_weight(sample_weight_val, len(targets), "sample_weight_val")
        self._check_validation_targets(targets)
        return TableRows(inputs, target_columns(targets, names), weight)

    def _train(
        self,
        train: TableRows,
        validation: TableRows | None,
        task: Task,
        classes: Sequence[Target],
    ) -> FitResult:
        """Train; where no validation rows are given, a part is drawn by `glassnet train`'s rule."""
        with parameters_in_messages():
            options = options_of(self, task, category_names(self.categories, list(train.inputs)))
            check_text(train.inputs, options.categories)
            if validation is None:
                train, validation = _draw_validation(train, task, options)
            else:
                options = replace(options, validation=0.0)
            return fit_table(
                train,
                validation,
                task,
                options,
                classes,
                progress=_print_progress if self.verbose else None,
                n_jobs=None if self.n_jobs == -1 else self.n_jobs,
            )

    def _set_attributes(self, fitted: FitResult) -> None:
        """What a user of scikit-learn looks for after fit."""
        model = fitted.model
        self.model_ = model
        self.history_: dict[str, np.ndarray] = {
            name: np.array(values) for name, values in model.history.items()
        }
        self.loss_curve_: list[float] = model.history["loss"]
        self.loss_: float = self.loss_curve_[-1]
        self.n_iter_: int = len(self.loss_curve_)
        self.best_iter_: np.ndarray = np.array(model.record.best_epochs)
        self.diagnosis_: str = f"the run {ENDINGS[worst_ending(fitted.runs)]}"

    def _read_y(self, y: Any, name: str) -> np.ndarray:
        """The targets as an array, checked; messages call it `name`."""
        raise NotImplementedError

    def _learn_y(self, y: np.ndarray, names: list[str]) -> tuple[Task, Sequence[Target]]:
        """The task, and the targets of a classification; sets the attributes that say what y is."""
        raise NotImplementedError

    def _check_validation_targets(self, y: np.ndarray) -> None:
        """Raises GlassnetError on validation targets that training rows do not know."""

    def _outputs(self, X: Any) -> Floats:
        """The network's outputs, N x K."""
        rows = self._rows_of(X)  # first, for it says where nothing is fitted yet
        return self.model_.output(rows)

    def _rows_of(self, X: Any) -> Any:
        """X as a model takes it, checked."""
        model = vars(self).get("model_")
        rows = plain_rows(self, model and model.encoding, X)
        if rows is not None:
            return rows
        check_is_fitted(self)
        return read_x(self, X, reset=False)

    def _encoded(self, X: Any) -> Floats:
        """The network's inputs, N x D."""
        model = vars(self).get("model_")
        rows = plain_rows(self, model and model.encoding, X)
        if rows is not None:
            return self.model_.encoding.encode_array(rows)
        check_is_fitted(self)
        encoding = self.model_.encoding
        columns = read_x(self, X, reset=False, reading=encoding.reading)
        encoded = encoding.encode_inputs(columns)
        warn_of(notices_of_rows(encoding, columns))
        return encoded

    def _network_inputs(self, X: Any) -> tuple[Network, Parameters, Floats]:
        """The network, its parameters, and X as it takes it."""
        x = self._encoded(X)
        dtype = self.model_.members[0].parameters.weights[0].dtype
        model = self.model_.joined().as_dtype(dtype)
        return model.network, model.parameters, x

    @property
    def network_(self) -> Network:
        """The network's shape; of several members that of the one network that equals them.

        Raises GlassnetError where drawn settings (`effort`) gave members of other layers.
        """
        return self.model_.joined().network

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _draw_validation(
    rows: TableRows, task: Task, options: Options
) -> tuple[TableRows, TableRows | None]:
    """(rows to train on, rows to validate on or None)."""
    classes = class_indices(rows.targets, task)
    taught = rows.teacher is not None and rows.teacher.knows_other_rows
    train, validation = split_validation(rows.n_rows, options, classes, taught=taught)
    if len(train) < 2:
        raise OptionError(
            [
                OptionRef("validation", options.validation),
                f" leaves {len(train)} of {rows.n_rows} rows to train on",
            ],
            option="validation",
            value=options.validation,
            remedy="make it smaller",
        )
    return rows.take(train), rows.take(validation) if len(validation) else None


def _print_progress(epoch: int, epochs: int, loss: float, validation_loss: float | None) -> None:
    text = f"epoch {epoch} of {epochs}: loss {loss:.6g}"
    if validation_loss is not None:
        text += f", validation loss {validation_loss:.6g}"
    print(text)
