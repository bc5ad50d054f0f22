"""Whether fewer nodes would do: a small network of the same training, and nodes that are copies.

The small one is trained as the scored model was (`retraining.py`).
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glassnet.recipe.assessment.retraining import retrained_outputs
from glassnet.training.endings import CUT_SHORT

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

SMALL_NODES = 8  # of the small network's only hidden layer
MUCH_LARGER = 2  # times as many parameters, from which on a network may be too large
MOST_MULTIPLIED = 3e9  # products of a training of the small network: a second or two
ALIKE = 0.99  # the correlation of two nodes' activations, from which on one is a copy
COMPARED_ROWS = 2000  # rows that nodes are compared on, at most


def small_outputs(run: "TableRun") -> np.ndarray | None:
    """The outputs of a small network for the scored rows, N x K; None where none is trained.

    None is where the network is small itself, had a teacher, went astray or was stopped, and where
    a small one would take more than a second or two.
    """
    if run.teacher or run.ended in CUT_SHORT or not is_worth_training(run):
        return None
    first_activation = run.scored_model.members[0].network.activations[0].name
    return retrained_outputs(run, hidden=(SMALL_NODES,), activation=(first_activation,), draws=0)


def is_worth_training(run: "TableRun") -> bool:
    """Whether a small network is much smaller than the model's, and quickly trained."""
    network = run.scored_model.members[0].network
    D, *_, K = network.sizes
    parameters = (D + 1) * SMALL_NODES + (SMALL_NODES + 1) * K
    row_steps = len(run.rows["train"]) * len(run.model.history["epoch"]) * run.options.members
    is_quick = 3 * parameters * row_steps <= MOST_MULTIPLIED
    return is_quick and network.n_parameters >= MUCH_LARGER * parameters


class IdleNodes(NamedTuple):
    """How many hidden nodes of all members do nothing, or what another does.

    A constant one is the same in every row trained on: its outgoing weights could be added to the
    biases. A copy goes up and down with an earlier node of its layer: they could be added to that
    one's.
    """

    constant: int
    copies: int
    total: int


def idle_nodes(run: "TableRun") -> IdleNodes:
    """The hidden nodes that do nothing, or what another does, over (some of) the training rows."""
    model = run.scored_model
    train = run.columns.take(run.rows["train"][:COMPARED_ROWS])
    x = model.encoding.encode_inputs(train)
    layers = [
        _idle(np.asarray(activations))
        for number in range(len(model.members))
        for activations in model.member(number).trace(x).a[:-1]
    ]
    return IdleNodes(*np.sum(layers, axis=0, dtype=int).tolist()) if layers else IdleNodes(0, 0, 0)


def _idle(activations: np.ndarray) -> IdleNodes:
    """How many of the nodes, N x H, are constant, and correlate wholly with an earlier one."""
    deviation = activations.std(axis=0)
    varies = deviation > 1e-9 * max(1.0, float(np.abs(activations).max()))
    scaled = (activations[:, varies] - activations[:, varies].mean(axis=0)) / deviation[varies]
    correlation = np.abs(scaled.T @ scaled) / len(activations)
    earlier = np.tril(correlation, -1)
    copies = int((earlier.max(axis=1, initial=0.0) > ALIKE).sum())
    return IdleNodes(int((~varies).sum()), copies, activations.shape[1])
