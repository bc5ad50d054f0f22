"""What an ensemble is: members that vote, and the one ordinary network that equals them.

The output of an ensemble is the output activation of the mean of its members' last pre-activations,
weighted by their votes. How members are trained is `recipe/members.py`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError
from glassnet.training.engines.base import Engine
from glassnet.training.engines.registry import PREFERRED, choose
from glassnet.training.problem import Floats, as_dtype


@dataclass(frozen=True, eq=False)
class Member:
    """One network of an ensemble, with its parameters.

    Parameters
    ----------
    network : Network
        Its shape.
    parameters : Parameters
        Its weights and biases.
    vote : float
        How much it counts in the ensemble's mean, beside the other members' votes.
    """

    network: Network
    parameters: Parameters
    vote: float = 1.0

    def __repr__(self) -> str:
        vote = "" if self.vote == 1 else f", vote {self.vote:g}"
        return f"Member({self.network}, {self.network.n_parameters:,} parameters{vote})"


def check_members(members: Sequence[Member]) -> None:
    """Raises GlassnetError unless these members can vote on one output."""
    if not members:
        raise GlassnetError("a model needs one member or more")
    first = members[0].network
    for number, member in enumerate(members, 1):
        network = member.network
        if not 0 < member.vote < np.inf:
            raise GlassnetError(
                f"member {number} has the vote {member.vote!r}: give a number above 0"
            )
        if (network.sizes[0], network.sizes[-1]) != (first.sizes[0], first.sizes[-1]):
            raise GlassnetError(
                f"member {number} ({network}) has other inputs or outputs than the first ({first})"
            )
        if network.output != first.output or network.loss != first.loss:
            raise GlassnetError(
                f"member {number} ({network}) has another output or loss than the first ({first})"
            )


def shape_text(members: Sequence[Member]) -> str:
    """The networks in words: the only one; of several, how many there are of each size."""
    first = members[0].network
    one = f"{first}, {first.n_parameters:,} weights"
    if len(members) == 1:
        return one
    if all(member.network == first for member in members):
        return f"{len(members)} networks of {one} each"
    counts = Counter("-".join(map(str, member.network.sizes)) for member in members)
    sizes = ", ".join(f"{count} of {size}" for size, count in counts.items())
    total = sum(member.network.n_parameters for member in members)
    return f"{len(members)} networks ({sizes}), {total:,} weights together"


def vote_fractions(members: Sequence[Member]) -> np.ndarray:
    """Each member's part of all votes, M numbers that add up to 1."""
    votes = np.array([member.vote for member in members], float)
    return votes / votes.sum()


def ensemble_predictor(members: Sequence[Member]) -> Callable[[Floats], Floats]:
    """A function from encoded rows to the outputs of the ensemble.

    Parameters
    ----------
    members : sequence of Member
        Their parameters are taken as they are now: what is written into them later is not seen.

    Returns
    -------
    function
        From N x D contiguous float64 numbers to N x K. It runs in float64 whatever the parameters
        are: in float32 a probability of 1 - 1e-8 would be 1, and its log loss infinite.

    Raises
    ------
    GlassnetError
        Where parameters do not fit their network.
    """
    if len(members) == 1:
        network, parameters = members[0].network, members[0].parameters
        return choose("auto", network).engine.predictor(network, as_dtype(parameters, np.float64))
    pre_activations = pre_activations_of(members)
    activation = members[0].network.output
    return lambda x: activation.value(pre_activations(x))


def pre_activations_of(members: Sequence[Member]) -> Callable[[Floats], Floats]:
    """Like `ensemble_predictor`, but to the mean of the members' last pre-activations, N x K."""
    networks = [_without_output(member.network) for member in members]
    return _engine_of_all(networks).sum_predictor(networks, voting_parameters(members))


def _engine_of_all(networks: Sequence[Network]) -> Engine:
    """The engine that can run all of these: the least preferred of those of the networks."""
    engines = [choose("auto", network).engine for network in networks]
    return max(engines, key=lambda engine: PREFERRED.index(engine.name))


def voting_parameters(members: Sequence[Member]) -> list[Parameters]:
    """Each member's parameters in float64, the last layer times the member's part of the votes.

    The last pre-activations of members with such parameters add up to their mean.
    """
    fractions = vote_fractions(members)
    return [_scaled(m.parameters, fraction) for m, fraction in zip(members, fractions, strict=True)]


def _scaled(parameters: Parameters, fraction: float) -> Parameters:
    """The parameters in float64, the last layer times a fraction."""
    weights, biases = as_dtype(parameters, np.float64)
    if biases:
        biases = (*biases[:-1], biases[-1] * fraction)
    return Parameters((*weights[:-1], weights[-1] * fraction), biases)


def _without_output(network: Network) -> Network:
    """The same network with nothing done to its last pre-activations."""
    return Network(network.sizes, network.activations[:-1], "identity", bias=network.bias)


def join_members(members: Sequence[Member]) -> Member:
    """One ordinary network that gives what the members give together; of one member, that itself.

    The hidden nodes of the members stand side by side, without weights from one member to another,
    and the weights into the outputs hold the votes. The parameters are float64, as predictions are
    made: in float32 the votes would be rounded.

    Raises GlassnetError where the members differ in more than the nodes of their hidden layers.
    """
    if len(members) == 1:
        return members[0]
    first = members[0].network
    for network in (member.network for member in members):
        if (network.activations, network.bias) != (first.activations, first.bias):
            raise GlassnetError(
                f"{network} and {first} cannot be joined: they differ in more than sizes"
            )
    hidden = [sum(nodes) for nodes in zip(*(m.network.sizes[1:-1] for m in members), strict=True)]
    network = Network(
        [first.sizes[0], *hidden, first.sizes[-1]],
        first.activations[:-1],
        first.output,
        first.loss,
        first.bias,
    )
    voting = voting_parameters(members)
    return Member(network, Parameters(_joined_weights(voting), _joined_biases(voting)))


def _joined_weights(voting: Sequence[Parameters]) -> tuple[np.ndarray, ...]:
    """The weights of the joined network."""
    layers = list(zip(*(weights for weights, _ in voting), strict=True))  # L x M matrices
    if len(layers) == 1:  # no hidden layer, so nothing to set side by side
        return (np.sum(layers[0], axis=0),)
    first = np.concatenate(layers[0], axis=1)  # D x (sum of H)
    between = [_block_diagonal(blocks) for blocks in layers[1:-1]]
    last = np.concatenate(layers[-1])  # (sum of H) x K
    return (first, *between, last)


def _joined_biases(voting: Sequence[Parameters]) -> tuple[np.ndarray, ...]:
    """The biases of the joined network, () where it has none."""
    layers = list(zip(*(biases for _, biases in voting), strict=True))  # L x M vectors
    if not layers:
        return ()
    hidden = [np.concatenate(vectors) for vectors in layers[:-1]]
    return (*hidden, np.sum(layers[-1], axis=0))


def _block_diagonal(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Matrices along the diagonal of one of zeros."""
    rows = sum(len(block) for block in blocks)
    columns = sum(block.shape[1] for block in blocks)
    whole = np.zeros((rows, columns), blocks[0].dtype)
    row = column = 0
    for block in blocks:
        height, width = block.shape
        whole[row : row + height, column : column + width] = block
        row += height
        column += width
    return whole


def taken_apart(network: Network, parameters: Parameters, count: int) -> tuple[Member, ...]:
    """`join_members` undone, for `count` members of one size and equal votes.

    Model files of format 1 hold joined networks. They know of the members' output biases only the
    mean, so every member gets that.
    """
    if count == 1:
        return (Member(network, parameters),)
    return tuple(_member(network, parameters, number, count) for number in range(count))


def _member(network: Network, parameters: Parameters, number: int, count: int) -> Member:
    """Member `number` of `count`, from 0."""
    sizes = [network.sizes[0], *(n // count for n in network.sizes[1:-1]), network.sizes[-1]]
    one = Network(sizes, network.activations[:-1], network.output, network.loss, network.bias)
    nodes = [slice(number * n, (number + 1) * n) for n in sizes[1:-1]]
    into = [slice(None), *nodes]  # the rows of each matrix
    out_of = [*nodes, slice(None)]
    weights = [
        w[rows, columns] for w, rows, columns in zip(parameters.weights, into, out_of, strict=True)
    ]
    weights[-1] = weights[-1] * count
    biases = [b[at] for b, at in zip(parameters.biases, out_of, strict=False)]
    return Member(one, Parameters(tuple(weights), tuple(biases)))
