"""The columns in the order of a first look by gradients, which costs one backprop for all of them.

It says where the dearer measures are worth their time; it is no measure itself.
"""

import numpy as np

from glassnet.core.network import feedforward, layer_deltas
from glassnet.importance.first_layer import CutNetwork
from glassnet.importance.networks import feature_slices
from glassnet.models.ensemble import Member, vote_fractions
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.training.problem import Floats, as_dtype

ENOUGH_ROWS = 500  # to compare columns by; of more, so many evenly spread ones are looked at


def rank_by_gradients(model: Model, rows: Rows) -> list[str]:
    """The columns that a model uses, the one that moves its outputs most first.

    A column's features are moved from where they stand to their means; how far the last
    pre-activations move with them, to first order, is averaged over the rows and added up over the
    outputs. So numbers, bins and categories count alike, and a saturated probability is not taken
    for level.

    Parameters
    ----------
    model : Model
        What predicts; an ensemble as a whole.
    rows : Rows
        N rows, one or more.
    """
    x = rows.evenly_spread(ENOUGH_ROWS).x  # N x D
    fractions = vote_fractions(model.members)
    deltas = [
        fraction * _first_deltas(member, x)
        for member, fraction in zip(model.members, fractions, strict=True)
    ]
    cuts = [CutNetwork(member) for member in model.members]
    moves: dict[str, float] = {}
    for name, columns in feature_slices(model.encoding).items():
        features = x[:, columns]
        distance = features - features.mean(axis=0)
        parts = [cut.part(distance, columns) for cut in cuts]  # of each member N x H
        moved = sum(np.einsum("nh,knh->kn", part, d) for part, d in zip(parts, deltas, strict=True))
        moves[name] = float(np.abs(moved).mean(axis=1).sum())
    return sorted(moves, key=lambda name: -moves[name])


def _first_deltas(member: Member, x: Floats) -> Floats:
    """The derivative of each last pre-activation in those of the first layer, K x N x H."""
    network, parameters = member.network, as_dtype(member.parameters, np.float64)
    trace = feedforward(network, parameters, x)
    found = []
    for k in range(network.sizes[-1]):
        delta = np.zeros_like(trace.output)  # N x K
        delta[:, k] = 1
        found.append(layer_deltas(network, parameters, trace, delta)[0])
    return np.stack(found)
