"""Many trainings in few arrays: the states and measurements of P networks of one shape.

The first axis of every array is the network. What one training is, is `problem.py`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.core.optimizers import Memory, OptimizerState
from glassnet.training.problem import Best, Floats, Measured, Problem, State


class States(NamedTuple):
    """Where P trainings stand. Each field is what `State` has of one."""

    parameters: Parameters
    memory: tuple[Memory, ...]
    t: np.ndarray
    epoch: np.ndarray
    best: Parameters
    best_loss: Floats
    best_epoch: np.ndarray
    waited: np.ndarray
    ended: np.ndarray
    """Texts."""

    def of(self, p: int) -> State:
        """The state of network p; its arrays are views."""
        memory = tuple(type(one)(*(array[p] for array in one)) for one in self.memory)
        return State(
            at_network(self.parameters, p),
            OptimizerState(int(self.t[p]), memory),
            int(self.epoch[p]),
            Best(at_network(self.best, p), float(self.best_loss[p]), int(self.best_epoch[p])),
            int(self.waited[p]),
            str(self.ended[p]),
        )

    def take(self, networks: np.ndarray) -> "States":
        """The states of these networks, copied."""
        return States(
            at_network(self.parameters, networks),
            tuple(type(one)(*(array[networks] for array in one)) for one in self.memory),
            self.t[networks],
            self.epoch[networks],
            at_network(self.best, networks),
            self.best_loss[networks],
            self.best_epoch[networks],
            self.waited[networks],
            self.ended[networks],
        )

    def put(self, networks: np.ndarray, states: "States") -> None:
        """Write the states of these networks."""
        for into, array in zip(self.arrays(), states.arrays(), strict=True):
            into[networks] = array

    def put_one(self, p: int, state: State) -> None:
        """Write the state of network p."""
        memory = [array for one in state.optimizer.memory for array in one]
        best = state.best
        counts = [state.optimizer.t, state.epoch, best.loss, best.epoch, state.waited, state.ended]
        given = [*leaves(state.parameters), *leaves(best.parameters), *memory, *counts]
        for into, value in zip(self.arrays(), given, strict=True):
            into[p] = value

    def arrays(self) -> list[np.ndarray]:
        """Every array, in the order of the fields."""
        memory = [array for one in self.memory for array in one]
        counts = [self.t, self.epoch, self.best_loss, self.best_epoch, self.waited, self.ended]
        return [*leaves(self.parameters), *leaves(self.best), *memory, *counts]


class Measurements(NamedTuple):
    """What one call of an engine measured of P trainings; of each row as many as it ran."""

    iteration_loss: Floats
    """P x (most iterations), as the others P x (most epochs)."""
    loss: Floats
    penalty: Floats
    gradient_norm: Floats
    """P x 0 where it is not wanted."""
    validation_loss: Floats
    output: Floats
    """P x (most rows of a batch) x K."""
    iterations: np.ndarray
    epochs: np.ndarray
    output_rows: np.ndarray

    def of(self, p: int) -> Measured:
        """What was measured of network p."""
        epochs = self.epochs[p]
        return Measured(
            self.iteration_loss[p, : self.iterations[p]],
            self.loss[p, :epochs],
            self.penalty[p, :epochs],
            self.gradient_norm[p, :epochs],
            self.validation_loss[p, :epochs],
            self.output[p, : self.output_rows[p]],
        )

    def put(self, p: int, measured: Measured) -> None:
        """Write what was measured of network p."""
        for into, array in zip(self, measured, strict=False):
            into[p, : len(array)] = array
        self.iterations[p] = len(measured.iteration_loss)
        self.epochs[p] = len(measured.loss)
        self.output_rows[p] = len(measured.output)


def at_network(parameters: Parameters, at: int | np.ndarray | None) -> Parameters:
    """The parameters of one network, as views, or of several, copied; None: stack the only one."""
    return unflatten([array[at] for array in leaves(parameters)], parameters)


def stacked(parameters: Sequence[Parameters]) -> Parameters:
    """The parameters of several networks of one shape in arrays of all."""
    arrays = [np.stack(of_all) for of_all in zip(*map(leaves, parameters), strict=True)]
    return unflatten(arrays, parameters[0])


def stacked_state(state: State) -> States:
    """The state of one training as that of a population of one; counts are copied."""
    best, t = state.best, state.optimizer.t
    memory = tuple(type(one)(*(array[None] for array in one)) for one in state.optimizer.memory)
    counts = [np.array([n]) for n in (t, state.epoch, best.epoch, state.waited)]
    return States(
        at_network(state.parameters, None),
        memory,
        counts[0],
        counts[1],
        at_network(best.parameters, None),
        np.array([best.loss]),
        counts[2],
        counts[3],
        np.array([state.ended], dtype=object),
    )


def stacked_measurements(measured: Measured) -> Measurements:
    """What was measured of one training as that of a population of one."""
    counts = (len(measured.iteration_loss), len(measured.loss), len(measured.output))
    return Measurements(
        *(array[None] for array in measured), *(np.array([count]) for count in counts)
    )


def start_of_all(problems: Sequence[Problem], which: np.ndarray, parameters: Parameters) -> States:
    """The states before the first epoch.

    Parameters
    ----------
    problems : sequence of Problem
        Those that there are.
    which : array of int
        P, the number of each network's problem.
    parameters : Parameters
        Where they start, stacked.
    """
    P = len(which)
    memory: tuple[Memory, ...] = ()
    for number, problem in enumerate(problems):
        is_of_problem = which == number
        example = at_network(parameters, int(np.argmax(is_of_problem)))
        first = problem.options.optimizer.init(example).memory
        if not memory:
            memory = tuple(
                type(one)(*(np.empty((P, *array.shape), array.dtype) for array in one))
                for one in first
            )
        for of_all, one in zip(memory, first, strict=True):
            for into, array in zip(of_all, one, strict=True):
                into[is_of_problem] = array
    zeros = np.zeros(P, np.int64)
    return States(
        parameters,
        memory,
        zeros.copy(),
        zeros.copy(),
        unflatten([array.copy() for array in leaves(parameters)], parameters),
        np.full(P, np.inf),
        zeros.copy(),
        zeros.copy(),
        np.full(P, "", dtype=object),
    )


def room_for(
    problems: Sequence[Problem], which: np.ndarray, rates: Sequence[Floats]
) -> Measurements:
    """Arrays for all that P trainings can measure over these epochs, not filled yet."""
    P = len(which)
    first = problems[0]
    epochs = max(map(len, rates))
    norms = first.options.measure_gradient
    validated = first.validation is not None
    rows = max(problem.batch_size for problem in problems)
    counts = np.zeros(P, np.int64)
    return Measurements(
        np.empty((P, max(rate.size for rate in rates))),
        np.empty((P, epochs)),
        np.empty((P, epochs)),
        np.empty((P, epochs if norms else 0)),
        np.empty((P, epochs if validated else 0)),
        np.empty((P, rows, first.network.sizes[-1]), first.data.x.dtype),
        counts.copy(),
        counts.copy(),
        counts.copy(),
    )
