"""What a study trains: one network from any start, and what is known of the problem.

The article's problem is `article_problem.py`, a table's `table_problem.py`. Networks are numbered
from 0, and differ in their starts (and the draws of batches and dropout that the same seed decides)
and in nothing else. A problem holds data and no closures, so that it can go to another process.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.recipe.defaults import best_constant, pre_activation_of
from glassnet.tables.encoding import TableEncoding
from glassnet.training.problem import Floats
from glassnet.training.run import Progress, Run

SEARCHED_LOSSES = ("binary_focal", "categorical_focal", "huber")
"""Losses whose best constant is neither mean nor median."""


@dataclass(frozen=True, eq=False)
class ShownRows:
    """Rows that every network of a study is asked about.

    Parameters
    ----------
    x : array
        n x D, encoded.
    actual : array
        n x C, as `comparable_numbers` has them.
    numbers : array of int
        n, their numbers in the table, from 1.
    """

    x: Floats
    actual: Floats
    numbers: np.ndarray


@dataclass(frozen=True, eq=False)
class StudyProblem(ABC):
    """What is trained from every start.

    Parameters
    ----------
    network : Network
        The shape that all have.
    encoding : TableEncoding
        Of the table's columns.
    record : Record
        What is known of the training of each.
    epochs : int
        How long each is trained, at most.
    batches : int
        Iterations in an epoch.
    shown : ShownRows
        Rows whose predictions are kept.
    constant_loss : float
        The loss on the training rows of the best network that predicts the same for all rows.
    origin : dict
        What it is made of, as JSON has it; equal for equal problems and for no others.
    """

    network: Network
    encoding: TableEncoding
    record: Record
    epochs: int
    batches: int
    shown: ShownRows
    constant_loss: float
    origin: dict[str, Any]

    @abstractmethod
    def seed(self, number: int) -> int:
        """The seed of a network, from its number."""

    @abstractmethod
    def start(self, number: int) -> Parameters:
        """Where the network of a number starts."""

    @abstractmethod
    def train(self, numbers: Sequence[int], progress: Progress | None) -> Sequence[Run]:
        """Train the networks of these numbers."""

    def scores(self, model: Model) -> dict[str, dict[str, float]]:
        """The scores of a model on rows held out, by target and name; here there are none."""
        return {}

    def model(self, parameters: Parameters) -> Model:
        """The model of one of its networks."""
        return Model.of_network(self.network, parameters, self.encoding, record=self.record)


def as_json(data: dict[str, Any]) -> dict[str, Any]:
    """Data as a file gives it back: tuples as lists."""
    return json.loads(json.dumps(data))


def constant_loss(network: Network, y: Floats, sample_weight: Floats | None = None) -> float:
    """The loss of the best output that is the same for all rows; y is N x K.

    Of most losses it is that of the mean, median or quantile; of the others it is searched for.
    """
    output = network.output

    def loss_of(z: Floats) -> float:
        of_all = np.broadcast_to(z, y.shape)
        with np.errstate(all="ignore"):
            value, _ = network.loss(output, of_all, output.value(of_all), y, sample_weight)
        return float(value)

    best = pre_activation_of(output.name, best_constant(network.loss, y, sample_weight))
    if network.loss.name.partition(":")[0] not in SEARCHED_LOSSES:
        return loss_of(best)
    from scipy.optimize import minimize

    return float(min(loss_of(best), minimize(loss_of, best, method="Nelder-Mead").fun))
