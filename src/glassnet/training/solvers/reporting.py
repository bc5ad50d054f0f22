"""What full-batch solvers share: which numbers they change, and how they report an iteration."""

import math
from collections.abc import Sequence

import numpy as np

from glassnet.core.network import Parameters
from glassnet.core.optimizers import OptimizerState
from glassnet.training.loop import Chunk, Finished, Observer, Recorder
from glassnet.training.problem import Best, Measured, Problem, State, from_vector, to_vector
from glassnet.training.schedules import Floats

NO_RATE = np.array([np.nan])  # a solver has no learning rate


class FreeParameters:
    """The numbers that a solver changes, among all P of a network: those that no mask holds at 0.

    Parameters
    ----------
    problem : Problem
        Whose masks count.
    start : Parameters
        Where the solver begins.
    """

    def __init__(self, problem: Problem, start: Parameters) -> None:
        self.network = problem.network
        self.whole: Floats = to_vector(start).astype(np.float64)  # P
        self.chosen: np.ndarray | slice = slice(None)
        masks = problem.options.weight_masks
        if masks:
            all_masks = [*masks, *(np.ones_like(b) for b in start.biases)]
            self.chosen = np.flatnonzero(np.concatenate([mask.ravel() for mask in all_masks]))
        self.start: Floats = self.whole[self.chosen]

    def fill(self, free: Floats) -> Floats:
        """All P numbers, from those that the solver changes."""
        theta = self.whole.copy()
        theta[self.chosen] = free
        return theta


class IterationReport:
    """The iterations of a solver, counted, compared and shown to observers.

    Parameters
    ----------
    problem : Problem
        What is solved.
    start : Parameters
        Where the solver begins.
    observers : sequence of Observer
        They see each iteration but the start as a chunk of one epoch.
    """

    def __init__(
        self, problem: Problem, start: Parameters, observers: Sequence[Observer] = ()
    ) -> None:
        self.network = problem.network
        self.recorder: Recorder = Recorder(observers)
        self.iterations: int = 0
        self.ended: str = ""
        self.best: Best | None = None
        self.state: State = State(start, OptimizerState(0, ()), 0, Best(start, math.inf, 0), 0, "")
        self.recorder.before_chunk()

    def start(self, theta: Floats, loss: float) -> None:
        """Note the loss of the P numbers that the solver begins with."""
        self.best = Best(from_vector(self.network, theta), loss, 0)

    def iteration(self, theta: Floats, loss: float, penalty: float, gradient: Floats) -> str:
        """Note an iteration.

        Parameters
        ----------
        theta : array
            P, the parameters that it came to.
        loss, penalty : float
            Their loss, and what of it is penalty.
        gradient : array
            The gradient there.

        Returns
        -------
        str
            Why the solver is to end, a name of `ENDINGS`, or "".
        """
        assert self.best is not None, "the start comes before the first iteration"
        self.iterations += 1
        parameters = from_vector(self.network, theta)
        if loss < self.best.loss:
            self.best = Best(parameters, loss, self.iterations)
        state = self.state._replace(parameters=parameters, epoch=self.iterations, best=self.best)
        self.state = state
        measured = Measured(
            iteration_loss=np.array([loss]),
            loss=np.array([loss]),
            penalty=np.array([penalty]),
            gradient_norm=np.array([np.linalg.norm(gradient)]),
            validation_loss=np.empty(0),
            output=np.empty((0, self.network.sizes[-1])),
        )
        self.ended = self.recorder.after_chunk(Chunk(state, measured, NO_RATE))
        if not self.ended:
            self.recorder.before_chunk()
        return self.ended

    def finished(self, ended: str, message: str = "") -> Finished:
        """What came of it, the best parameters kept.

        Raises KeyboardInterrupt where Ctrl-C came before the loss of the start was known.
        """
        if self.best is None:
            raise KeyboardInterrupt
        state = self.state._replace(best=self.best)
        best = self.best
        chunks = self.recorder.chunks
        return Finished(best.parameters, best.epoch, state, chunks, ended, message)
