"""Importance from the weights alone: Olden and Garson. No row is looked at, and no bias."""

from functools import reduce
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.importance.networks import find_outputs, networks_of, places
from glassnet.importance.result import Importance, gathered
from glassnet.models.model import Model


def olden(models: Any, *, output: str | int | None = None) -> Importance:
    """Olden's connection weights: the product of the weights along each way from an input to an output, added up.

    For input i, hidden nodes h and output k: sum_h w_ih v_hk; with more hidden layers the product of all weight matrices. A
    column's value is the sum of its features'.

    It tells which way and how strongly a column pushes an output through the network's weights, were every activation a
    straight line. It does not see the activations (an input that only bends the output may have 0), the biases, nor how much an
    input varies: features count as they enter the network, scaled. The features of a column of categories have a sign each and
    may cancel: see `features`. With softmax only the differences between classes mean something.

    Parameters
    ----------
    models : a Model, a fitted estimator, or a list of these; the members of a joined model are measured one by one.
    output : name, class or place from 0; None: every class of several, else the first.

    Raises GlassnetError on an unknown output. Source: Olden & Jackson 2002, Ecological Modelling 154:135-150; Olden, Joy &
    Death 2004, Ecological Modelling 178:389-397.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, [0, 3, 1, 4])
    >>> olden(fitted).table()["column"]
    ['x1', 'x0']
    """
    networks = networks_of(models)
    chosen = find_outputs(networks[0], output)
    values = [
        reduce(np.matmul, network.parameters.weights)[:, chosen] for network in networks
    ]  # each D x outputs
    return _importance(
        "Olden",
        "sum of the products of weights on the way to the output",
        networks,
        chosen,
        values,
        signed=True,
    )


def garson(models: Any, *, output: str | int = 0, weighted: bool = False) -> Importance:
    """Garson's shares: how much of what flows into the hidden nodes comes from each input; the shares of all columns add up to 1.

    With P_ih = |w_ih| |v_hk| for input i, hidden node h, output k, a node's share of input i is Q_ih = P_ih / sum_i P_ih, and
    the input's share the sum of Q_ih over the nodes, divided by their number. A column's share is the sum of its features'.

    It tells how the first layer's weights are dealt out. It does not tell which way a column pushes; ways of opposite signs that
    cancel count in full, where Olden's do not; and a column of many features gets more, the more it has. In this form |v_hk|
    cancels in Q_ih, so that a node that hardly matters counts like any other (one with v_hk = 0 not at all): `weighted`
    multiplies each node's shares by |v_hk|.

    Parameters
    ----------
    models : as in `olden`; with one hidden layer.
    output : name, class or place from 0.
    weighted : False: as in Goh 1995, Olden & Jackson 2002 and Gevrey et al. 2003. True: Garson's own formula of 1991.

    Raises GlassnetError on an unknown output, on a network that has not one hidden layer, and on one whose weights are all 0.
    Source: Garson 1991, AI Expert 6(4):46-51; Goh 1995, Artificial Intelligence in Engineering 9:143-151; Gevrey, Dimopoulos &
    Lek 2003, Ecological Modelling 160:249-264.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, [0, 3, 1, 4])
    >>> round(float(garson(fitted).mean.sum()), 12)
    1.0
    """
    networks = networks_of(models)
    chosen = find_outputs(networks[0], output)
    values = [_shares(network, chosen[0], weighted)[:, None] for network in networks]
    return _importance(
        "Garson", "share of the absolute weights", networks, chosen, values, signed=False
    )


def _shares(model: Model, k: int, weighted: bool) -> np.ndarray:
    """Garson's share of each network input, D."""
    if len(model.network.sizes) != 3:
        raise GlassnetError(
            f"Garson's shares are defined for one hidden layer, and this network ({model.network}) has "
            f"{len(model.network.sizes) - 2}: use olden, which takes any number"
        )
    w, v = (np.abs(np.asarray(weights, float)) for weights in model.parameters.weights)
    product = w * v[:, k]  # D x H
    total = product.sum(axis=0)
    if not total.any():
        raise GlassnetError(
            "no weights lead from the inputs to this output, so there is nothing to share: train the network first"
        )
    share = product / np.where(total > 0, total, 1) * (v[:, k] if weighted else 1)
    return share.sum(axis=1) / share.sum()


def _importance(
    method: str,
    measures: str,
    networks: list[Model],
    outputs: list[int],
    values: list[np.ndarray],
    signed: bool,
) -> Importance:
    """From each network's D x outputs values: by column the sum of its features', and by feature."""
    pairs = list(zip([network.encoding for network in networks], values, strict=True))
    titles = [networks[0].encoding.outputs[k] for k in outputs]
    features = [dict(zip(encoding.features, value, strict=True)) for encoding, value in pairs]
    columns = [
        {name: value[place].sum(axis=0) for name, place in places(encoding).items()}
        for encoding, value in pairs
    ]
    detail = gathered(method, measures, titles, features, signed=signed)
    return gathered(method, measures, titles, columns, signed=signed, features=detail)
