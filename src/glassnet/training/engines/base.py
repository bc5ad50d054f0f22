"""What an engine is: the one protocol that each of them satisfies. No engine lives here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import is_builtin
from glassnet.core.network import Network, Parameters
from glassnet.core.penalties import Penalty
from glassnet.training.problem import Data, Measured, Problem, State
from glassnet.training.schedules import Floats
from glassnet.training.stacked import Measurements, States, room_for

Predict = Callable[[Floats], Floats]
"""Rows x, N x D contiguous numbers of the parameters' dtype -> the network's outputs, N x K."""

LossGradient = Callable[[Floats], tuple[float, float, Floats]]
"""theta, P -> the loss of all rows with the penalty, the penalty alone, the gradient, P."""

OutputJacobian = Callable[[Floats], tuple[Floats, Floats]]
"""theta, P -> the outputs, N x K, and how they change with theta, (N K) x P."""


class Engine(ABC):
    """One way to run a training. All engines give the same numbers, to rounding.

    `first_chunk` is the work (see `Problem`) of the first chunk of a run, whose pace nobody knows
    yet.
    """

    name: str
    first_chunk: int
    is_compiled: bool = False
    """Whether it is built anew for each platform, and checked on those that CI does not have."""

    @abstractmethod
    def why_unavailable(self) -> str:
        """Why this engine is not installed and how to get it; "" where it is."""

    @abstractmethod
    def why_refused(
        self,
        network: Network,
        problem: Problem | None = None,
        parameters: Parameters | None = None,
    ) -> str:
        """Why this engine, although installed, cannot run a network; "" where it can.

        With a problem: why it cannot train it. With parameters: why it cannot predict with them.
        """

    @abstractmethod
    def describe(self) -> str:
        """What this engine runs on, in a few words. Asked only where it is installed."""

    @abstractmethod
    @abstractmethod
    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train for as many epochs as `rates` has rows, or until the training ends itself.

        At the end of each epoch it decides which epoch is the best one, and whether to stop early.
        Called on the chunks of a training, one after another, it gives bit for bit what one call
        gives. The arrays of `state` stay as they are.

        Parameters
        ----------
        problem : Problem
        state : State
            Where the training stands.
        orders : array of int, epochs x N, or None
            The order of the rows in each epoch; None: as they are.
        rates : array, epochs x batches
            The learning rate of each iteration.
        """

    def run_population(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
    ) -> tuple[States, Measurements]:
        """Like `run`, for P networks of one shape, each of which ends as it would alone.

        Here they are run one after another.

        Parameters
        ----------
        problems : sequence of Problem
            Those that there are; they differ in nothing that gives arrays another shape.
        which : array of int
            P, the number of each network's problem.
        states : States
            Where the networks stand.
        orders, rates : sequence
            For each problem what `run` takes; of one that no network has, of no epochs.
        """
        after = states.take(np.arange(len(which)))
        measured = room_for(problems, which, rates)
        for p, number in enumerate(which.tolist()):
            problem = problems[number].alone
            state, one = self.run(problem, states.of(p), orders[number], rates[number])
            after.put_one(p, state)
            measured.put(p, one)
        return after, measured

    @abstractmethod
    def predictor(self, network: Network, parameters: Parameters) -> Predict:
        """A function from inputs to outputs.

        The parameters are those of this moment: what is written into them later has no effect.
        Raises GlassnetError where they do not fit the network.
        """

    def sum_predictor(
        self, networks: Sequence[Network], parameters: Sequence[Parameters]
    ) -> Predict:
        """Like `predictor`, a function from inputs to the sum of the outputs of several networks.

        They are added up in the order of the networks, one after another. All have equally many
        inputs, equally many outputs, and one dtype.
        """
        first, *others = map(self.predictor, networks, parameters)

        def predict(x: Floats) -> Floats:
            total = first(x)
            for other in others:
                total = total + other(x)
            return total

        return predict

    @abstractmethod
    def gradient(
        self,
        network: Network,
        data: Data,
        penalty: Penalty | None,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> LossGradient:
        """A function for full-batch solvers: the loss of all rows, and its gradient, at theta.

        theta holds all parameters in one vector (`to_vector`), in float64, as is everything that
        comes back. The data are those of this moment. A weight whose mask is 0 counts as 0,
        whatever theta says, and has the gradient 0.
        """

    @abstractmethod
    def jacobian(
        self,
        network: Network,
        x: Floats,
        row_scale: Floats,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> OutputJacobian:
        """A function for solvers of least squares: outputs and Jacobian at theta, eq. (7.1).

        Row i K + k of the Jacobian is the derivative of row_scale[i] a[i, k]. theta and masks as
        for `gradient`.
        """


def custom_function(network: Network) -> str:
    """Which function of a network is the user's own, in words; "" where all are in the tables."""
    for activation in network.activations:
        builtin = OUTPUTS.get(activation.name)
        if builtin is not activation and builtin != activation:  # an equal copy will do
            return f"the activation '{activation.name}' is your own function"
    if not is_builtin(network.loss):
        return f"the loss '{network.loss.name}' is your own function"
    return ""


def as_float64(array: Floats) -> Floats:
    """The numbers as float64, contiguous; the same array where it is that already."""
    return np.ascontiguousarray(array, np.float64)


def data_as_float64(data: Data) -> Data:
    """The rows as float64."""
    weight = data.sample_weight
    return Data(
        as_float64(np.asarray(data.x)),
        as_float64(data.y),
        None if weight is None else as_float64(weight),
    )
