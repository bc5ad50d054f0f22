"""Importance from the weights alone: Olden and Garson. No row is looked at, and no bias."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.importance.networks import feature_slices, find_outputs, networks_of
from glassnet.importance.result import Importance, gather
from glassnet.models.model import Model
from glassnet.tables.inputs import Categories

MOST_NAMED = 3  # columns of categories that are named


def olden(models: Any, *, output: str | int | None = None) -> Importance:
    """Olden's connection weights: the products of weights from an input to an output, added up.

    For input i, hidden nodes h and output k: sum_h w_ih v_hk; with more hidden layers the product
    of all weight matrices. A column's value is the sum of its features'.

    It tells in which direction and how strongly a column pushes an output through the network's
    weights, were every activation a straight line. It does not see the activations (an input that
    only bends the output may have 0), the biases, nor how much an input varies: features count as
    they enter the network, scaled. The features of a column of categories have a sign each and may
    cancel: see `features`. With softmax only the differences between classes mean something.

    Parameters
    ----------
    models : Model, fitted estimator, or list of these
        What is measured; the members of an ensemble one by one.
    output : str or int, optional
        Name, class or number from 0; by default every class of several, else the first output.

    Returns
    -------
    Importance
        By column, and by network input in `features`.

    Raises
    ------
    GlassnetError
        On an unknown output.

    References
    ----------
    Olden & Jackson 2002, Ecological Modelling 154:135-150; Olden, Joy & Death 2004, Ecological
    Modelling 178:389-397.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> olden(fitted).table()["column"]
    ['x1', 'x0']
    """
    networks = networks_of(models)
    outputs = find_outputs(networks[0], output)
    products = [reduce(np.matmul, network.parameters.weights) for network in networks]  # D x K
    values = [product[:, outputs] for product in products]
    measures = "sum of the products of weights on the way to the output"
    categories = [one.name for one in networks[0].encoding.inputs if isinstance(one, Categories)]
    if categories:
        named = ", ".join([*categories[:MOST_NAMED], *["..."] * (len(categories) > MOST_NAMED)])
        measures += f"; of categories ({named}) added up: their sign is no direction"
    return _importance("Olden", measures, networks, outputs, values, signed=True)


def garson(models: Any, *, output: str | int = 0, weighted: bool = False) -> Importance:
    """Garson's fractions: how much of what flows into the hidden nodes comes from each input.

    With P_ih = |w_ih| |v_hk| for input i, hidden node h, output k, a node's fraction of input i is
    Q_ih = P_ih / sum_i P_ih, and the input's fraction the sum of Q_ih over the nodes, divided by
    their number. A column's fraction is the sum of its features'; those of all columns add up to 1.

    It tells how the first layer's weights are spread over the inputs. It does not tell in which
    direction a column pushes. Paths of opposite signs that cancel count in full, where Olden's do
    not; and a column of many features gets more, the more it has. In this form |v_hk| cancels in
    Q_ih, so that a node that hardly matters counts like any other (one with v_hk = 0 not at all):
    `weighted` multiplies each node's fractions by |v_hk|.

    Parameters
    ----------
    models : Model, fitted estimator, or list of these
        As in `olden`; with one hidden layer.
    output : str or int
        Name, class or number from 0.
    weighted : bool
        False: as in Goh 1995, Olden & Jackson 2002 and Gevrey et al. 2003. True: Garson's formula
        of 1991.

    Returns
    -------
    Importance
        By column, and by network input in `features`.

    Raises
    ------
    GlassnetError
        On an unknown output, on a network that has not one hidden layer, and on one whose weights
        are all 0.

    References
    ----------
    Garson 1991, AI Expert 6(4):46-51; Goh 1995, Artificial Intelligence in Engineering 9:143-151;
    Gevrey, Dimopoulos & Lek 2003, Ecological Modelling 160:249-264.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> round(float(garson(fitted).mean.sum()), 12)
    1.0
    """
    networks = networks_of(models)
    outputs = find_outputs(networks[0], output)
    values = [_fractions(network, outputs[0], weighted)[:, None] for network in networks]
    measures = "fraction of the absolute weights"
    return _importance("Garson", measures, networks, outputs, values, signed=False)


def _fractions(model: Model, k: int, weighted: bool) -> np.ndarray:
    """Garson's fraction of each network input, D."""
    hidden_layers = len(model.network.sizes) - 2
    if hidden_layers != 1:
        raise GlassnetError(
            f"Garson's fractions are defined for one hidden layer, and this network "
            f"({model.network}) has {hidden_layers}: use olden, which takes any number"
        )
    w, v = (np.abs(np.asarray(weights, float)) for weights in model.parameters.weights)
    products = w * v[:, k]  # D x H
    total = products.sum(axis=0)
    if not total.any():
        raise GlassnetError(
            "no weights lead from the inputs to this output, so there is nothing to compare: "
            "train the network first"
        )
    fractions = products / np.where(total > 0, total, 1)
    if weighted:
        fractions = fractions * v[:, k]
    return fractions.sum(axis=1) / fractions.sum()


def _importance(
    method: str,
    measures: str,
    networks: Sequence[Model],
    outputs: Sequence[int],
    values: Sequence[np.ndarray],
    signed: bool,
) -> Importance:
    """From each network's values, D x outputs: their sums by column, and the values by feature."""
    titles = [networks[0].encoding.outputs[k] for k in outputs]
    features: list[dict[str, np.ndarray]] = []
    columns: list[dict[str, np.ndarray]] = []
    for network, value in zip(networks, values, strict=True):
        slices = feature_slices(network.encoding)
        features.append(dict(zip(network.encoding.features, value, strict=True)))
        columns.append({name: value[of].sum(axis=0) for name, of in slices.items()})
    by_feature = gather(method, measures, titles, features, signed=signed)
    return gather(method, measures, titles, columns, signed=signed, features=by_feature)
