"""A moving average of the parameters along a run, validated beside the parameters themselves.

It is taken between the epochs that an engine runs, so that it is the same whichever engine that
is. Which of both is kept is decided here; how a run ends otherwise is `loop.py`'s.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from glassnet.core.network import Network, Parameters, leaves, unflatten
from glassnet.settings import POSITIVE, checked_number
from glassnet.training.endings import BROKEN
from glassnet.training.engines.base import Engine
from glassnet.training.history import History
from glassnet.training.loop import Chunk, Finished, Observer
from glassnet.training.problem import Floats, Problem, State, from_vector, to_vector

TAKEN_IN_MEMORY = 5  # times that parameters are added to the average while it remembers them


class Average(Observer):
    """The exponential moving average of a run's parameters.

    It remembers `memory` epochs: from each to the next, what came before fades by about
    1 / memory. The first ones count as in a plain mean.

    Parameters
    ----------
    engine : Engine
        What computes the outputs on the validation rows.
    problem : Problem
        The run's.
    memory : float
        The fraction of the planned epochs that it remembers.
    """

    def __init__(self, engine: Engine, problem: Problem, memory: float) -> None:
        self.engine = engine
        self.problem = problem
        self.epochs: int = problem.options.epochs
        self.memory: float = max(1.0, checked_number("average", memory, POSITIVE) * self.epochs)
        self.step: int = max(1, int(self.memory / TAKEN_IN_MEMORY))
        self.taken: int = 0
        self.parameters: Parameters | None = None
        self.losses: dict[int, float] = {}
        """On the validation rows, after the epochs where it was taken."""
        self.best: Parameters | None = None
        """That with the lowest of these."""

    def most_epochs(self, state: State) -> float:
        """As many as there are to the next epoch whose parameters are added."""
        return self.step - state.epoch % self.step

    def after_chunk(self, chunk: Chunk) -> str:
        epoch = chunk.state.epoch
        if chunk.state.ended in BROKEN or (epoch % self.step and epoch < self.epochs):
            return ""
        self.taken += 1
        self.parameters = self._with(chunk.state.parameters)
        validation = self.problem.validation
        if validation is not None:
            loss = self._loss(self.parameters)
            if loss < min(self.losses.values(), default=math.inf):
                self.best = self.parameters
            self.losses[epoch] = loss
        return ""

    def arrays(self) -> dict[str, np.ndarray]:
        """What it has taken so far."""
        found = {
            "taken": np.array([self.taken]),
            "epochs": np.array([*self.losses], np.int64),
            "losses": np.array([*self.losses.values()], np.float64),
        }
        for name, parameters in (("average", self.parameters), ("best", self.best)):
            if parameters is not None:
                found[name] = to_vector(parameters)
        return found

    def restore(self, arrays: Mapping[str, np.ndarray], state: State) -> None:
        """Go on from what it had taken."""
        self.taken = int(arrays["taken"][0])
        pairs = zip(arrays["epochs"].tolist(), arrays["losses"].tolist(), strict=True)
        self.losses = dict(pairs)
        network = self.problem.network
        if "average" in arrays:
            self.parameters = from_vector(network, arrays["average"])
        if "best" in arrays:
            self.best = from_vector(network, arrays["best"])

    def _with(self, latest: Parameters) -> Parameters:
        """The average once these parameters are added."""
        if self.parameters is None:
            return latest
        fraction = max(self.step / self.memory, 1 / self.taken)
        pairs = zip(leaves(self.parameters), leaves(latest), strict=True)
        return unflatten([w + w.dtype.type(fraction) * (new - w) for w, new in pairs], latest)

    def _loss(self, parameters: Parameters) -> float:
        """On the validation rows."""
        network, validation = self.problem.network, self.problem.validation
        assert validation is not None
        linear = Network(
            network.sizes, network.activations[:-1], "identity", "mean_squared_error", network.bias
        )
        z = self.engine.predictor(linear, parameters)(validation.x[:])
        output = network.output
        loss, _ = network.loss(output, z, output.value(z), validation.y, validation.sample_weight)
        return float(loss) if np.isfinite(loss) else math.inf

    def kept(self, finished: Finished) -> Finished:
        """The run with the average for its parameters, where that is to be kept.

        With validation rows it is where its loss was below all of the parameters'; without, unless
        the run broke off.
        """
        if finished.ended in BROKEN or self.parameters is None:
            return finished
        if self.problem.validation is None:
            return replace(finished, parameters=self.parameters)
        epoch = min(self.losses, key=self.losses.__getitem__)
        if self.best is None or self.losses[epoch] >= finished.state.best.loss:
            return finished
        return replace(finished, parameters=self.best, best_epoch=epoch)

    def lower_losses(self, history: History) -> History:
        """A history whose validation losses are the average's where these are lower."""
        losses: Floats = history.validation_loss.copy()
        for epoch, loss in self.losses.items():
            losses[epoch - 1] = min(losses[epoch - 1], loss)
        return replace(history, validation_loss=losses)
