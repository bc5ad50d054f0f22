"""HiddenFeatures: what a network has learnt of its inputs, as columns for another estimator."""

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin, _fit_context, clone
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from glassnet.core.network import feedforward
from glassnet.estimators.base import NetworkEstimator


class HiddenFeatures(MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """The activations of a hidden layer of a fitted network, one column a node, by name.

    Parameters
    ----------
    estimator : an MLPClassifier, MLPRegressor, TableClassifier or TableRegressor; a clone of it is fitted. To take one as it is,
        fitted already, wrap it in scikit-learn's `FrozenEstimator`.
    layer : which hidden layer, from 0; -1 is the last, before the outputs.

    Attributes
    ----------
    estimator_ : the fitted estimator.
    n_features_in_, feature_names_in_ : as the fitted estimator has them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from glassnet import HiddenFeatures, MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> hidden = HiddenFeatures(MLPClassifier((5, 2), solver="lbfgs", random_state=0)).fit(X, y)
    >>> hidden.transform(X[:3]).shape
    (3, 2)
    >>> hidden.get_feature_names_out().tolist()
    ['hidden2_1', 'hidden2_2']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "layer": [Interval(Integral, None, None, closed="neither")],
    }

    def __init__(self, estimator: Any, layer: int = -1) -> None:
        self.estimator, self.layer = estimator, layer

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, **fit_params: Any) -> "HiddenFeatures":
        """Fit a clone of the estimator; `fit_params` go to its fit, as metadata routing says."""
        routed = (
            process_routing(self, "fit", **fit_params) if fit_params else {"estimator": {"fit": {}}}
        )
        estimator: Any = clone(self.estimator)
        self.estimator_ = estimator.fit(X, y, **routed["estimator"]["fit"])
        _inner(self.estimator_)
        self._place()
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The activations of the layer for each row: N x its nodes."""
        check_is_fitted(self)
        network, parameters, x = _inner(self.estimator_)._network_inputs(X)
        with np.errstate(all="ignore"):
            return feedforward(network, parameters, x).a[self._place()]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the columns: hidden1_1 is the first node of the first hidden layer."""
        check_is_fitted(self)
        _check_feature_names_in(self, input_features)
        place = self._place()
        nodes = _inner(self.estimator_).network_.sizes[place + 1]
        return np.array([f"hidden{place + 1}_{node}" for node in range(1, nodes + 1)], dtype=object)

    def get_metadata_routing(self) -> MetadataRouter:
        """Where fit's metadata go: to the estimator's fit."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=self).add(estimator=self.estimator, method_mapping=mapping)

    def __sklearn_tags__(self) -> Any:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.input_tags, tags.target_tags = inner.input_tags, inner.target_tags
        return tags

    def _place(self) -> int:
        """The number of the hidden layer, from 0. Raises ValueError where the network has no such layer."""
        hidden = len(_inner(self.estimator_).network_.sizes) - 2
        if not -hidden <= self.layer < hidden:
            raise ValueError(
                f"layer={self.layer}, but the network has {hidden} hidden layers: give {-hidden} to {hidden - 1}"
            )
        return self.layer % hidden


def _inner(estimator: Any) -> Any:
    """The network's own estimator, out of a FrozenEstimator. Raises TypeError where it is none of glassnet's."""
    inner = getattr(estimator, "estimator", estimator)
    if not isinstance(inner, NetworkEstimator):
        raise TypeError(f"estimator must be a network of glassnet's, got {type(inner).__name__}")
    return inner
