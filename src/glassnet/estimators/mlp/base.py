"""scikit-learn's face of a network: what MLPClassifier and MLPRegressor share of checks, attributes and predictions."""

import warnings
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier
from sklearn.callback import CallbackSupportMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from glassnet.core.activations import Activation
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import Optimizer
from glassnet.estimators.base import NetworkEstimator, check_judges
from glassnet.estimators.mlp.fit_loop import Course
from glassnet.estimators.mlp.fitting import Fitting, Labelled
from glassnet.estimators.mlp.translate import OUTPUT_NAMES, RATES, SOLVERS, activation_of, loss_of
from glassnet.estimators.translate import ACTIVATION_NAMES
from glassnet.models.model import Model
from glassnet.training.checks import all_finite
from glassnet.training.engines.registry import choose
from glassnet.training.plan import SCHEDULES
from glassnet.training.problem import Data, Floats

DTYPES = (np.float64, np.float32)
SPARSE = ("csr", "csc")
ENDINGS = {
    "max_iter": "all {max_iter} iterations were used, and the loss had not settled to within tol={tol:g}: raise max_iter",
    "planned": "went through its {max_iter} epochs, as the course of its learning rate wants",
    "early": "ended: for {n_iter_no_change} epochs none was better by more than tol={tol:g}",
    "converged": "converged",
    "callback": "ended by a callback",
    "interrupted": "ended by Ctrl-C; what was learnt until then is kept",
    "not_finite": "ended: the loss became NaN or infinite; the best weights before that are kept. Scale the columns to about the "
    "size of 1, or lower learning_rate_init",
    "failed": "the solver gave up ({message}); its best weights are kept. Scale the columns to about the size of 1, or try "
    "another solver",
}
"""Why a fit ended, in plain words."""
WARNED = ("max_iter", "interrupted", "not_finite", "failed")
"""The ends that are also a ConvergenceWarning."""


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

    def _fit(self, *rows: Any, **options: Any) -> Any:
        """`_fit_rows`; where it fails, the fit before stays as it was."""
        before = dict(vars(self))
        try:
            return self._fit_rows(*rows, **options)
        except BaseException:
            of_callbacks = {name: value for name, value in vars(self).items() if "callback" in name}
            vars(self).clear()
            vars(self).update(before | of_callbacks)
            raise

    def _fit_rows(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = (None, None, None),
        incremental: bool = False,
    ) -> Any:
        """`validation` is (X_val, y_val, sample_weight_val); `incremental`: one epoch more of what there is."""
        if incremental and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: use fit, with warm_start=True to go on from a fit before"
            )
        goes_on = hasattr(self, "coefs_") and (self.warm_start or incremental)
        rows = self._checked(X, y, sample_weight, first=not goes_on, alike=incremental)
        judging = self._checked_validation(*validation)
        if not goes_on:
            self._shape(*(part.shape[1] for part in rows.data[:2]))
        told = {
            "X": X,
            "y": y,
            "metadata": None if sample_weight is None else {"sample_weight": sample_weight},
        }
        tasks: Any = (
            None if self.n_restarts else self.max_iter + 1
        )  # L-BFGS leaves one that is begun and never ended
        callbacks = self._init_callback_context(max_subtasks=tasks)
        callbacks.call_on_fit_task_begin(estimator=self, **told)
        random = check_random_state(self.random_state)
        fitting = Fitting(
            self, self.network_, rows, judging, random, *self._hooks(callbacks, told), incremental
        )
        courses = fitting.courses(self._course_again(incremental) if goes_on else None)
        self._publish(courses)
        self._diagnose(
            "interrupted" if courses[-1].ended == "interrupted" else self._course.ended, incremental
        )
        callbacks.call_on_fit_task_end(estimator=self, **told, reconstruction_attributes=dict)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, first: bool, alike: bool) -> Labelled:
        """Rows as scikit-learn checks them. `first`: the columns are learnt from them; `alike`: no class may be new."""
        checks: dict[str, Any] = {
            "accept_sparse": SPARSE,
            "multi_output": True,
            "dtype": DTYPES,
            "reset": first,
        }
        checked: Any = validate_data(self, X, y, y_numeric=not is_classifier(self), **checks)
        x, labels = checked
        if labels.ndim == 2 and labels.shape[1] == 1:
            labels = column_or_1d(labels, warn=True)
        targets = self._targets(labels, alike).astype(x.dtype)
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, x, dtype=x.dtype, ensure_non_negative=True
            )
        return Labelled(Data(_dense(x), targets.reshape(len(targets), -1), weights), labels)

    def _checked_validation(
        self, X_val: Any, y_val: Any, sample_weight_val: Any
    ) -> Labelled | None:
        check_judges(X_val, y_val, sample_weight_val)
        return (
            None
            if X_val is None
            else self._checked(X_val, y_val, sample_weight_val, first=False, alike=True)
        )

    def _shape(self, inputs: int, outputs: int) -> None:
        """Build the network, and say what it is in scikit-learn's words."""
        hidden = np.ravel(self.hidden_layer_sizes).tolist()
        if any(n != int(n) or n < 1 for n in hidden):
            raise ValueError(
                f"hidden_layer_sizes must be > 0, whole numbers; got {self.hidden_layer_sizes}"
            )
        output = self._output()
        loss = loss_of(self.loss, output, outputs)
        self.network_ = Network(
            [inputs, *map(int, hidden), outputs],
            activation_of(self.activation),
            output or loss.output,
            loss,
        )
        self.n_layers_, self.n_outputs_ = len(hidden) + 2, outputs
        self.out_activation_ = OUTPUT_NAMES.get(
            self.network_.output.name, self.network_.output.name
        )

    def _hooks(self, callbacks: Any, told: dict[str, Any]) -> tuple[Any, Any]:
        """What tells scikit-learn's callbacks of the beginning and the end of an epoch; (None, None) where there are none."""
        if not getattr(self, "_skl_callbacks", None):
            return None, None
        tasks: list[Any] = []

        def begins() -> None:
            tasks.append(
                callbacks.subcontext(task_name="epoch").call_on_fit_task_begin(
                    estimator=self, **told
                )
            )

        def ends(parameters: Parameters) -> bool:
            now = {"coefs_": list(parameters.weights), "intercepts_": list(parameters.biases)}
            return tasks[-1].call_on_fit_task_end(
                estimator=self, **told, reconstruction_attributes=lambda: now
            )

        return begins, ends

    def _course_again(self, incremental: bool) -> Course:
        """The course of the fit before, from the weights as they are now; but for partial_fit the optimizer begins anew."""
        now = Parameters(tuple(self.coefs_), tuple(self.intercepts_))
        before = self._course
        course = replace(before, parameters=now, rows=before.rows[:], scores=before.scores[:])
        return course if incremental else replace(course, optimizer=None)

    def _publish(self, courses: list[Course]) -> None:
        """The best course, as scikit-learn's attributes."""
        judged = self.early_stopping and courses[0].best is not None
        goodness = np.array(
            [course.best_score if judged else -course.last_loss for course in courses]
        )
        chosen = int(np.argmax(np.nan_to_num(goodness, nan=-np.inf)))
        course = self._course = courses[chosen]
        self.coefs_, self.intercepts_ = (
            list(course.parameters.weights),
            list(course.parameters.biases),
        )
        self.n_iter_, self.t_, self.loss_ = (
            course.epochs - course.began,
            course.rows_seen,
            course.last_loss,
        )
        self.history_ = course.history()
        self.loss_curve_ = self.history_["loss"].tolist() if self.history_ else []
        self.best_loss_ = None if judged else course.best_loss
        self.validation_scores_ = course.scores if judged else None
        self.best_validation_score_ = course.best_score if judged else None
        self.best_iter_ = course.best[1] if judged and course.best else course.epochs
        self.restarts_ = {"loss": np.array([c.last_loss for c in courses]), "chosen": chosen}
        if judged:
            self.restarts_["validation_score"] = np.array([c.best_score for c in courses])

    def _diagnose(self, ended: str, incremental: bool) -> None:
        """Say why the fit ended, and warn where it should have gone on."""
        if ended == "max_iter" and (incremental or self.learning_rate not in RATES):
            ended = "planned"
        self.diagnosis_ = ENDINGS[ended].format(
            **self.get_params(deep=False), message=self._course.message
        )
        if ended in WARNED:
            warnings.warn(
                f"{type(self).__name__}: {self.diagnosis_}", ConvergenceWarning, stacklevel=6
            )

    def _network_inputs(self, X: Any) -> tuple[Network, Parameters, np.ndarray]:
        """The network with its weights as they are now (they may have been changed), and X as it takes it."""
        if not self._is_plain(X):
            check_is_fitted(self)
            X = _dense(validate_data(self, X, accept_sparse=SPARSE, dtype=DTYPES, reset=False))
        return self.network_, Parameters(tuple(self.coefs_), tuple(self.intercepts_)), X

    def _outputs(self, X: Any) -> Floats:
        """The network's outputs, N x K, in X's dtype."""
        network, parameters, x = self._network_inputs(X)
        engine = choose("auto", network, parameters=parameters).engine
        predict = engine.predictor(network, parameters)
        output = predict(np.ascontiguousarray(x, parameters.weights[0].dtype))
        return output.astype(x.dtype, copy=False)

    def _is_plain(self, X: Any) -> bool:
        """Whether X is rows that scikit-learn's checks, many times slower than a prediction, would leave as they are."""
        return (
            type(X) is np.ndarray
            and X.dtype.char in "df"
            and X.ndim == 2
            and X.shape[0] > 0
            and X.shape[1] == self.__dict__.get("n_features_in_")
            and "feature_names_in_" not in self.__dict__
            and "coefs_" in self.__dict__
            and all_finite(X)
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _dense(x: Any) -> np.ndarray:
    return x.toarray() if sparse.issparse(x) else x
