"""HiddenFeatures: what a network has learnt of its inputs, as columns for another estimator."""

from copy import copy
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_is_fitted

from glassnet.core.network import feedforward
from glassnet.estimators.base import NetworkEstimator
from glassnet.estimators.sklearn_private import check_feature_names_in


class HiddenFeatures(MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """The activations of a hidden layer of a fitted network, one column a node, by name.

    Parameters
    ----------
    estimator : estimator
        An MLPClassifier, MLPRegressor, TableClassifier or TableRegressor; a clone of it is
        fitted. To take one as it is, fitted already, wrap it in scikit-learn's `FrozenEstimator`.
    layer : int
        Which hidden layer, from 0; -1 is the last, before the outputs.

    Attributes
    ----------
    estimator_ : estimator
        The fitted estimator.
    n_features_in_ : int
        As the fitted estimator has it.
    feature_names_in_ : array of str
        As the fitted estimator has them.

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

    def __init__(self, estimator: Any, layer: int = -1) -> None:
        self.estimator = estimator
        self.layer = layer

    def fit(self, X: Any, y: Any, **fit_params: Any) -> "HiddenFeatures":
        """Fit a clone of the estimator.

        Parameters
        ----------
        X, y : array_like or data frame
            What the estimator takes.
        **fit_params
            They go to the estimator's fit, as metadata routing says.

        Returns
        -------
        HiddenFeatures
            This object.

        Raises
        ------
        TypeError
            On an estimator that is none of glassnet's.
        ValueError
            On a layer that the network does not have.
        """
        routed: Any = {"estimator": {"fit": {}}}
        if fit_params:
            routed = process_routing(self, "fit", **fit_params)
        estimator: Any = clone(self.estimator)
        self.estimator_: Any = estimator.fit(X, y, **routed["estimator"]["fit"])
        _network_estimator(self.estimator_)
        self._layer_number()
        for name in ("n_features_in_", "feature_names_in_"):
            vars(self).pop(name, None)
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The activations of the layer for each row: N x its nodes."""
        check_is_fitted(self)
        network, parameters, x = self._fitted()._network_inputs(X)
        with np.errstate(all="ignore"):
            return feedforward(network, parameters, x).a[self._layer_number()]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the columns: hidden1_1 is the first node of the first hidden layer."""
        check_is_fitted(self)
        check_feature_names_in(self, input_features)
        layer = self._layer_number()
        nodes = _network_estimator(self.estimator_).network_.sizes[layer + 1]
        names = [f"hidden{layer + 1}_{node}" for node in range(1, nodes + 1)]
        return np.array(names, dtype=object)

    def get_metadata_routing(self) -> MetadataRouter:
        """Where fit's metadata go: to the estimator's fit."""
        mapping = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=self).add(estimator=self.estimator, method_mapping=mapping)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        return tags

    def _fitted(self) -> Any:
        """The network's estimator; without names of columns where they were taken from this one."""
        fitted = _network_estimator(self.estimator_)
        if vars(self).get("feature_names_in_", ()) is None:
            fitted = copy(fitted)
            fitted.feature_names_in_ = None
        return fitted

    def _layer_number(self) -> int:
        """The number of the hidden layer, from 0; ValueError where there is no such layer."""
        hidden = len(_network_estimator(self.estimator_).network_.sizes) - 2
        if not isinstance(self.layer, Integral) or not -hidden <= self.layer < hidden:
            raise ValueError(
                f"layer={self.layer}, but the network has {hidden} hidden layers: "
                f"give {-hidden} to {hidden - 1}"
            )
        return int(self.layer) % hidden


def _network_estimator(estimator: Any) -> Any:
    """The network's estimator, out of a FrozenEstimator. Raises TypeError where it is not ours."""
    inner = getattr(estimator, "estimator", estimator)
    if not isinstance(inner, NetworkEstimator):
        raise TypeError(f"estimator must be a network of glassnet's, got {type(inner).__name__}")
    return inner
