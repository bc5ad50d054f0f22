"""What MLPClassifier and MLPRegressor share: scikit-learn's checks, attributes and predictions.

The training of a call of fit is in `fitting.py`.
"""

import warnings
from copy import copy
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier
from sklearn.callback import CallbackSupportMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from glassnet.core.activations import Activation
from glassnet.core.arrays import check_unmasked
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import Optimizer
from glassnet.errors import GlassnetError, warn_of
from glassnet.estimators.base import NetworkEstimator, check_validation
from glassnet.estimators.mlp.fit_problem import Labelled
from glassnet.estimators.mlp.fit_state import FitState
from glassnet.estimators.mlp.fitting import Fitting
from glassnet.estimators.mlp.observers import CallbackObserver
from glassnet.estimators.mlp.translate import (
    DIAGNOSES,
    PLANNED,
    RATES,
    SOLVERS,
    WARNED,
    translate_loss,
)
from glassnet.estimators.sklearn_private import HasMethods, Interval, Options, StrOptions
from glassnet.estimators.targets import read_sample_weight
from glassnet.estimators.validate_x import check_no_dates
from glassnet.models.model import Model
from glassnet.models.sklearn_conversion import model_of_mlp
from glassnet.models.sklearn_names import ACTIVATION_NAMES, OUTPUT_NAMES, our_activation
from glassnet.training.checks import all_finite
from glassnet.training.endings import BROKEN
from glassnet.training.engines.registry import choose
from glassnet.training.findings import saturation_notices
from glassnet.training.problem import Data
from glassnet.training.schedules import SCHEDULES, Floats

FLOAT_DTYPES = (np.float64, np.float32)
SPARSE = ("csr", "csc")
NO_VALIDATION = (None, None, None)


class BaseMLP(CallbackSupportMixin, NetworkEstimator):
    """The part of both estimators that does not care what y is."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions(set(ACTIVATION_NAMES)), "array-like", Activation],
        "solver": [StrOptions(set(SOLVERS)), Optimizer],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({*RATES, *SCHEDULES}), callable],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "loss": [str, Loss],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "l1": [Interval(Real, 0, None, closed="left")],
        "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
        "scoring": [str, callable, None],
        "init": [tuple, list, Model, HasMethods("fit"), None],
        "weight_masks": ["array-like", None],
        "n_restarts": [Interval(Integral, 0, None, closed="left")],
        "n_jobs": [Interval(Integral, 1, None, closed="left"), None],
    }

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = NO_VALIDATION,
        *,
        incremental: bool = False,
        classes: Any = None,
    ) -> Any:
        """Fit a copy, and take over what it has learnt: a fit that fails changes nothing.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As given to fit or partial_fit.
        validation : tuple
            (X_val, y_val, sample_weight_val), None where not given.
        incremental : bool
            Whether this is partial_fit: one epoch more of what there is.
        classes : array_like, optional
            All classes, as given to partial_fit.
        """
        if incremental and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: use fit, with warm_start=True "
                "to go on from a fit before"
            )
        epochs: Any = self.max_iter + 1  # of lbfgs one is begun that never ends
        if self.n_restarts:
            epochs = None
        context = self._init_callback_context(max_subtasks=epochs)
        fitted = copy(self)
        if incremental:
            fitted._learn_all_classes(y, classes)
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        given = {"X": X, "y": y, "metadata": metadata}
        context.call_on_fit_task_begin(estimator=self, **given)
        callbacks = None
        if getattr(self, "_skl_callbacks", None):
            callbacks = CallbackObserver(self, fitted, context, given)
        ended = fitted._fit_rows(X, y, sample_weight, validation, incremental, callbacks)
        for name in vars(self).keys() - vars(fitted).keys():
            delattr(self, name)
        vars(self).update(vars(fitted))
        context.call_on_fit_task_end(estimator=self, **given, reconstruction_attributes=dict)
        self._diagnose(ended, incremental)
        return self

    def _fit_rows(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any],
        incremental: bool,
        callbacks: CallbackObserver | None,
    ) -> str:
        """Check the rows, train, and publish what came of it; returns how it ended."""
        fitting, before = self._begin(X, y, sample_weight, validation, incremental, callbacks)
        return self._end(fitting, fitting.fit(before))

    def _begin(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = NO_VALIDATION,
        incremental: bool = False,
        callbacks: CallbackObserver | None = None,
    ) -> tuple[Fitting, FitState | None]:
        """The rows checked and the network shaped: a fit that can begin, and where it goes on."""
        goes_on = hasattr(self, "coefs_") and (self.warm_start or incremental)
        rows = self._checked(X, y, sample_weight, first=not goes_on, same_classes=incremental)
        validation_rows = self._checked_validation(*validation)
        if not goes_on or not hasattr(self, "network_"):
            self._shape(rows.data.x.shape[1], rows.data.y.shape[1])
        fitting = Fitting(
            self,
            self.network_,
            rows,
            validation_rows,
            check_random_state(self.random_state),
            callbacks,
            incremental,
        )
        return fitting, self._state_before(incremental) if goes_on else None

    def _end(self, fitting: Fitting, runs: list[FitState]) -> str:
        """Publish what came of a fit; returns how it ended."""
        self._publish(runs)
        if self._fit_state.ended not in BROKEN:
            kept = self._fit_state.parameters
            warn_of(saturation_notices(self.network_, kept, np.asarray(fitting.rows.data.x)))
        return "interrupted" if runs[-1].ended == "interrupted" else self._fit_state.ended

    def _checked(
        self, X: Any, y: Any, sample_weight: Any, *, first: bool, same_classes: bool
    ) -> Labelled:
        """Rows as scikit-learn checks them.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As given.
        first : bool
            Whether the columns are learnt from them, else they must be those of the fit before.
        same_classes : bool
            Whether no class may be new.
        """
        checks: dict[str, Any] = {
            "accept_sparse": SPARSE,
            "multi_output": True,
            "dtype": FLOAT_DTYPES,
            "reset": first,
        }
        _check_plain(X, "X")
        if is_classifier(self):  # dates may be classes
            check_unmasked(y, "y")
        else:
            _check_plain(y, "y")
        checked: Any = validate_data(self, X, y, y_numeric=not is_classifier(self), **checks)
        x, labels = checked
        if labels.ndim == 2 and labels.shape[1] == 1:
            labels = column_or_1d(labels, warn=True)
        targets = self._targets(labels, same_classes).astype(x.dtype)
        weights = read_sample_weight(sample_weight, len(targets))
        if weights is not None:
            weights = weights.astype(x.dtype)
        return Labelled(Data(_dense(x), targets.reshape(len(targets), -1), weights), labels)

    def _checked_validation(
        self, X_val: Any, y_val: Any, sample_weight_val: Any
    ) -> Labelled | None:
        check_validation(X_val, y_val, sample_weight_val)
        if X_val is None:
            return None
        return self._checked(X_val, y_val, sample_weight_val, first=False, same_classes=True)

    def _shape(self, inputs: int, outputs: int) -> None:
        """Build the network, and say what it is in scikit-learn's words."""
        hidden = np.ravel(self.hidden_layer_sizes).tolist()
        if any(n != int(n) or n < 1 for n in hidden):
            raise ValueError(
                f"hidden_layer_sizes must be > 0, whole numbers; got {self.hidden_layer_sizes}"
            )
        output = self._output()
        loss = translate_loss(self.loss, output, outputs)
        sizes = [inputs, *map(int, hidden), outputs]
        self.network_: Network = Network(
            sizes, our_activation(self.activation), output or loss.output, loss
        )
        self.n_layers_: int = len(sizes)
        self.n_outputs_: int = outputs
        name = self.network_.output.name
        self.out_activation_: str = OUTPUT_NAMES.get(name, name)

    def _state_before(self, incremental: bool) -> FitState:
        """Where the fit before ended, with the weights as they are now.

        Weights may be there without a fit, set by hand. But for partial_fit the optimizer begins
        anew.
        """
        now = Parameters(tuple(self.coefs_), tuple(self.intercepts_))
        before: FitState | None = getattr(self, "_fit_state", None)
        state = replace(before, parameters=now) if before else FitState(now)
        return state if incremental else replace(state, optimizer=None)

    def _publish(self, runs: list[FitState]) -> None:
        """The best run, as scikit-learn's attributes.

        Raises GlassnetError where it left the finite numbers before it had learnt anything.
        """
        scored = self.early_stopping and runs[0].best_scored is not None
        losses = np.array([run.last_loss for run in runs])
        scores = np.array([run.best_score for run in runs])
        goodness = np.nan_to_num(scores if scored else -losses, nan=-np.inf)
        chosen = int(np.argmax(goodness))
        state = self._fit_state = runs[chosen]
        if state.ended == "not_finite" and state.best_epoch <= state.earlier_epochs:
            raise GlassnetError(
                "Solver produced non-finite parameter weights. The input data may contain large "
                "values and need to be preprocessed",
                remedy=(
                    "scale them to about the size of 1, or lower learning_rate_init "
                    f"({state.message})"
                ),
            )
        self.coefs_: list[Floats] = list(state.parameters.weights)
        self.intercepts_: list[Floats] = list(state.parameters.biases)
        self.n_iter_: int = state.epochs - state.earlier_epochs
        self.t_: int = state.rows_seen
        self.loss_: float = state.last_loss
        self.history_: dict[str, np.ndarray] = state.history
        self.loss_curve_: list[float] = self.history_["loss"].tolist()
        self.best_loss_: float | None = None if scored else state.best_loss
        self.validation_scores_: list[float] | None = list(state.scores) if scored else None
        self.best_validation_score_: float | None = state.best_score if scored else None
        self.best_iter_: int = state.best_epoch
        self.restarts_: dict[str, Any] = {"loss": losses, "chosen": chosen}
        if scored:
            self.restarts_["validation_score"] = scores

    def _diagnose(self, ended: str, incremental: bool) -> None:
        """Say why the fit ended, and warn where it should have gone on."""
        if ended == "" and (incremental or self.learning_rate not in RATES):
            ended = PLANNED
        settings = self.get_params(deep=False)
        self.diagnosis_: str = DIAGNOSES[ended].format(**settings, message=self._fit_state.message)
        if ended in WARNED:
            message = f"{type(self).__name__}: {self.diagnosis_}"
            warnings.warn(message, ConvergenceWarning, stacklevel=2)

    @property
    def model_(self) -> Model:
        """The Model that predicts the same, with the weights as they are now."""
        if "coefs_" not in vars(self):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet: call fit first")
        return model_of_mlp(self, self.network_)

    def _network_inputs(self, X: Any) -> tuple[Network, Parameters, np.ndarray]:
        """The network with its weights as they are now, which may have been changed, and X."""
        if not self._is_plain(X):
            check_is_fitted(self)
            _check_plain(X, "X")
            checks: dict[str, Any] = {"accept_sparse": SPARSE, "dtype": FLOAT_DTYPES}
            X = _dense(validate_data(self, X, reset=False, **checks))
        return self.network_, Parameters(tuple(self.coefs_), tuple(self.intercepts_)), X

    def _outputs(self, X: Any) -> Floats:
        """The network's outputs, N x K, in X's dtype."""
        network, parameters, x = self._network_inputs(X)
        engine = choose("auto", network, parameters=parameters).engine
        predict = engine.predictor(network, parameters)
        output = predict(np.ascontiguousarray(x, parameters.weights[0].dtype))
        return output.astype(x.dtype, copy=False)

    def _is_plain(self, X: Any) -> bool:
        """Whether X is rows that scikit-learn's checks would leave as they are.

        Those checks take many times as long as a prediction.
        """
        return (
            type(X) is np.ndarray
            and X.dtype.char in "df"
            and X.ndim == 2
            and X.shape[0] > 0
            and X.shape[1] == self.__dict__.get("n_features_in_")
            and self.__dict__.get("feature_names_in_") is None
            and "coefs_" in self.__dict__
            and all_finite(X)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _check_plain(values: Any, name: str) -> None:
    """Raises GlassnetError on what scikit-learn's checks would take for numbers in silence."""
    check_unmasked(values, name)
    check_no_dates(values, name)


def _dense(x: Any) -> np.ndarray:
    return x.toarray() if sparse.issparse(x) else x
