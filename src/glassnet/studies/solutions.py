"""The few kinds of solution that many networks find: equal up to the order and sign of their nodes.

Two networks can compute the same with their hidden nodes in another order, and where the activation
is symmetric about its middle (tanh, and the sigmoid about 1/2) with a node's weights negated. So
nodes are matched before networks are compared: by what they do on the same rows, at least cost
(Kuhn 1955, the assignment problem).
"""

from dataclasses import dataclass

import numpy as np

from glassnet.core.activations import Activation
from glassnet.core.network import Network
from glassnet.studies.hidden import (
    NUMBERS_AT_ONCE,
    feedforward_all,
    in_portions,
)
from glassnet.training.problem import Floats, from_vector

TOLERANCE = 0.3  # of the size of the leader's activations: nearer networks are of its kind
MOST_KINDS = 8  # that are told apart; the other networks are of none of them
MATCHED_ROWS = 32  # on which networks are compared
CANDIDATES = 32  # networks that may lead a kind
ASKED = 1000  # networks that choose among them
OTHERS = -1  # the number of the kind of those
PROBED = np.array([[0.5, 1.0, 2.0]])  # where an activation is looked at for symmetry


@dataclass(frozen=True, eq=False)
class Solution:
    """A kind of solution.

    Attributes
    ----------
    networks : array of int
        Which networks found it, rising.
    example : int
        The network that leads them, with which the others were compared.
    loss : float
        The loss of that network.
    activations : tuple of array
        What its hidden nodes do: a matrix a hidden layer, rows x nodes.
    """

    networks: np.ndarray
    example: int
    loss: float
    activations: tuple[Floats, ...]

    def __repr__(self) -> str:
        return f"<glassnet Solution of {len(self.networks):,} networks, loss {self.loss:.4g}>"


def find_solutions(network: Network, theta: Floats, losses: Floats, x: Floats) -> list[Solution]:
    """The kinds of solution, the most frequent first.

    The network that most others are like leads the first kind: their matched nodes differ from its
    own by less than `TOLERANCE`. Of the rest it is found again, and at last each network joins the
    leader that is nearest.

    Parameters
    ----------
    network : Network
        The shape of all.
    theta : array
        P x n_parameters.
    losses : array
        P.
    x : array
        N x D: the rows on which they are compared.
    """
    compared = x[_spaced(len(x), MATCHED_ROWS)]
    layers = hidden_activations(network, theta, compared)
    is_free = np.isfinite(losses)
    usable = np.flatnonzero(is_free)
    leaders: list[int] = []
    distances: list[Floats] = []
    while is_free.any() and len(leaders) < MOST_KINDS:
        free = np.flatnonzero(is_free)
        leader = _leader(network, layers, free[np.argsort(losses[free], kind="stable")])
        distance = np.full(len(theta), np.inf)
        distance[usable] = distances_to(network, layers, usable, leader)
        leaders.append(leader)
        distances.append(distance)
        is_free &= distance > TOLERANCE
        is_free[leader] = False
    if not leaders:
        return []
    nearest = np.argmin(distances, axis=0)
    nearest[np.min(distances, axis=0) > TOLERANCE] = OTHERS
    found = []
    for kind, leader in enumerate(leaders):
        networks = np.flatnonzero(nearest == kind)
        activations = tuple(a[0] for a in hidden_activations(network, theta[[leader]], x))
        found.append(Solution(networks, leader, float(losses[leader]), activations))
    return sorted(found, key=lambda solution: -len(solution.networks))


def hidden_activations(network: Network, theta: Floats, x: Floats) -> list[Floats]:
    """The activations of each hidden layer, P x N x M, in float32."""
    sizes = network.sizes[1:-1]
    found = [np.empty((len(theta), len(x), size), np.float32) for size in sizes]
    for some in in_portions(network, len(theta), len(x)):
        layers = feedforward_all(network, from_vector(network, theta[some]), x)
        for into, layer in zip(found, layers[:-1], strict=True):
            into[some] = layer.a
    return found


def _leader(network: Network, layers: list[Floats], free: np.ndarray) -> int:
    """Of these networks, the best first, the one that most of them are like: found among a few."""
    candidates = free[_spaced(len(free), CANDIDATES)].tolist()
    asked = free[_spaced(len(free), ASKED)]
    alike = [(distances_to(network, layers, asked, one) <= TOLERANCE).sum() for one in candidates]
    return candidates[int(np.argmax(alike))]


def _spaced(count: int, most: int) -> np.ndarray:
    """Places in a sequence of so many: all, or the most there may be, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))


def distances_to(
    network: Network, layers: list[Floats], networks: np.ndarray, leader: int
) -> Floats:
    """How far networks are from one: the root mean square difference of matched nodes.

    In units of the root mean square of the one network's activations about their middle. What is
    beyond all tolerance may be infinite.
    """
    middles = [middle_of(activation) for activation in network.activations[:-1]]
    ones = [
        of_all[leader] - (middle or 0.0) for of_all, middle in zip(layers, middles, strict=True)
    ]
    size = sum(float((one**2).sum()) for one in ones) + np.finfo(float).tiny
    widest = max((one.shape[1] for one in ones), default=1)
    found = np.zeros(len(networks))
    portion = max(1, NUMBERS_AT_ONCE // (widest * max(widest, len(layers[0][0]) if layers else 1)))
    for first in range(0, len(networks), portion):
        some = slice(first, first + portion)
        costs = [
            matching_costs(of_all[networks[some]] - (middle or 0.0), one, signed=middle is None)
            for of_all, middle, one in zip(layers, middles, ones, strict=True)
        ]
        found[some] = least_costs(costs, TOLERANCE**2 * size, len(networks[some]))
    return np.sqrt(found / size)


def middle_of(activation: Activation) -> float | None:
    """The m about which an activation is symmetric, v(-z) = 2 m - v(z); None where it is not."""
    with np.errstate(all="ignore"):
        above, below = activation.value(PROBED), activation.value(-PROBED)
        middle = activation.value(np.zeros((1, 1)))
    if not np.allclose(above + below, 2 * middle, rtol=0, atol=1e-12):
        return None
    return float(middle[0, 0])


def matching_costs(a: Floats, one: Floats, *, signed: bool) -> Floats:
    """The squared differences between every node of P layers and every node of one layer.

    Parameters
    ----------
    a : array
        P x N x M.
    one : array
        N x M.
    signed : bool
        Whether a node differs from its negative; else the nearer of both counts.

    Returns
    -------
    array
        P x M x M.
    """
    squares = (a**2).sum(axis=1)[:, :, None] + (one**2).sum(axis=0)
    products = a.transpose(0, 2, 1) @ one
    return np.maximum(squares - 2 * (products if signed else np.abs(products)), 0)


def least_costs(costs: list[Floats], limit: float, P: int) -> Floats:
    """The least cost of a matching of nodes, P, summed over the layers.

    Beyond the limit it may be infinite instead.
    """
    # Each node's nearest costs no more than any matching, and is the best one if it is one.
    bounds = [cost.min(axis=2).sum(axis=1) for cost in costs]
    total = np.sum(bounds, axis=0) if bounds else np.zeros(P)
    for cost, bound in zip(costs, bounds, strict=True):
        nearest = np.sort(cost.argmin(axis=2), axis=1)
        is_matching = (nearest == np.arange(cost.shape[1])).all(axis=1)
        total[(total > limit) & ~is_matching] = np.inf
        for p in np.flatnonzero(~is_matching & (total <= limit)):
            total[p] += _assigned(cost[p]) - bound[p]
    return total


def _assigned(cost: Floats) -> float:
    """The least cost of a matching, M x M."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost)
    return float(cost[rows, columns].sum())
