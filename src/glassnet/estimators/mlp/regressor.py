"""MLPRegressor: scikit-learn's parameters, methods and attributes, and what its own refuses."""

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if

from glassnet.estimators.mlp.base import BaseMLP
from glassnet.estimators.mlp.docstrings import ATTRIBUTES, PARAMETERS, RAISES
from glassnet.estimators.mlp.fit_problem import check_by_epochs
from glassnet.estimators.sklearn_private import fit_context
from glassnet.training.schedules import Floats


class MLPRegressor(RegressorMixin, BaseMLP):
    __doc__ = f"""A network for numbers, one or several at once.

    A program that uses scikit-learn's MLPRegressor can take this one in its place: with the same
    `random_state` it draws the same weights and batches and gives the same coefficients to
    rounding, but for several outputs under squared_error, where its gradient is too large by
    their number (docs/estimators.md has the case).

    Parameters
    ----------
    loss : str or Loss
        "squared_error", "poisson", "absolute_error", "huber" (or "huber:2", for another threshold
        than 1), "quantile:0.9", any glassnet loss, or a custom
        ``Loss(value=..., delta=...)``.{PARAMETERS}

    Attributes
    ----------{ATTRIBUTES}

    {RAISES}

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import MLPRegressor
    >>> X = np.linspace(-3, 3, 50)[:, None]
    >>> y = np.sin(X[:, 0])
    >>> network = MLPRegressor(
    ...     hidden_layer_sizes=6, activation="tanh", solver="lm", alpha=0, random_state=0
    ... )
    >>> float(network.fit(X, y).score(X, y)) > 0.999
    True
    """

    def __init__(
        self,
        loss: Any = "squared_error",
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
    ) -> None:
        self.loss = loss
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
            N, or N x outputs.
        sample_weight : array_like, optional
            N; a weight of 2 is the row given twice.
        X_val, y_val, sample_weight_val : array_like, optional
            Validation rows: their loss and score after each epoch are in `history_`, and decide
            with early_stopping.

        Returns
        -------
        MLPRegressor
            This object.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @available_if(check_by_epochs)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch more on these rows, the optimizer going on from the call before.

        Parameters
        ----------
        X, y, sample_weight : array_like
            As for fit.

        Returns
        -------
        MLPRegressor
            This object.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Floats:
        """The predicted numbers: N, or N x outputs."""
        output = self._outputs(X)
        return output.ravel() if self.n_outputs_ == 1 else output

    def _output(self) -> None:
        return None

    def _learn_all_classes(self, y: Any, classes: Any) -> None:
        """There are none."""

    def _targets(self, labels: np.ndarray, same_classes: bool) -> Floats:
        return labels
