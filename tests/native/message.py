"""The native engine's calls as bytes: what stands in for `glassnet._native` where the engine runs
in another program, on another processor (engine_steps.cpp, which reads them).

A call is a row of arrays; the result is the same arrays, with what the engine wrote to them. How
the programs are built and run is in `programs.py`.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from cases import native

Arrays = list[Any]
TRAIN, PREDICT, GRADIENT, JACOBIAN = range(4)
EMPTY = np.empty(0)
UNIT = 8  # bytes, of which the length of every array is a multiple


def encode(arrays: Arrays) -> bytes:
    """Each array's number of bytes, and its bytes."""
    parts = []
    for array in arrays:
        bytes_ = array.tobytes()
        parts += [np.int64(len(bytes_)).tobytes(), bytes_, bytes(-len(bytes_) % UNIT)]
    return b"".join(parts)


def decode(result: bytes, arrays: Arrays) -> None:
    """Write the numbers of a result into the arrays that were sent, but for those of the data."""
    at = 0
    for array in arrays:
        at += UNIT
        numbers = np.frombuffer(result, array.dtype, array.size, at)
        at += -(-numbers.nbytes // UNIT) * UNIT
        if array.flags.writeable:
            array[...] = numbers.reshape(array.shape)
    assert at == len(result)


def whole(*numbers: Any) -> np.ndarray:
    return np.array(numbers, np.int64)


def doubles(*numbers: Any) -> np.ndarray:
    return np.array(numbers, np.float64)


def listed(arrays: Sequence[Any]) -> Arrays:
    return [whole(len(arrays)), *arrays]


def given(array: Any) -> Any:
    return EMPTY if array is None else array


class NetworkSpec(NamedTuple):
    sizes: Sequence[int]
    activations: Sequence[int]
    bias: bool
    loss: int
    reduction: int
    setting: float
    float64: bool
    rows_of_a_group: int = 1  # that threads are chosen by, of which there is one

    def arrays(self) -> Arrays:
        numbers = [(self.bias, self.loss, self.reduction), self.sizes, self.activations]
        return [*(np.array(n, np.int32) for n in numbers), doubles(self.setting)]

    def parts(self, theta: np.ndarray) -> list[np.ndarray]:
        """The parameter arrays in a vector of all, as views."""
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        shapes = [*pairs, *((m,) for _, m in pairs if self.bias)]
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        return np.split(theta, ends[:-1])


def rows(data: Any, packed: Any = None, numbers: Any = None) -> Arrays:
    """Rows of data; None: no rows."""
    x, y, weight = data or (EMPTY, EMPTY, EMPTY)
    n = len(x) if numbers is None else len(numbers)
    return [whole(n), x, given(y), given(weight), given(numbers), *(packed or [EMPTY] * 5)]


class OptimizerSpec(NamedTuple):
    row: int
    settings: Sequence[float]
    multipliers: Sequence[float]
    clip: float


class TrainingState:
    """As the extension's, and of one network of a population."""

    def __init__(
        self, parameters: Arrays, best: Arrays, slots: list[Arrays], t: Any, epoch: Any,
        best_epoch: Any, waited: Any, best_loss: Any,
    ) -> None:  # fmt: skip
        self.lists = [parameters, best, *[*slots, [], []][:2]]
        self.counts = whole(t, epoch, best_epoch, waited, 0, 0, 0, 0)
        self.loss = doubles(best_loss)

    def arrays(self) -> Arrays:
        lists = [array for arrays in self.lists for array in listed(arrays)]
        return [self.counts, self.loss, *lists]

    t = property(lambda self: int(self.counts[0]))
    epoch = property(lambda self: int(self.counts[1]))
    best_epoch = property(lambda self: int(self.counts[2]))
    waited = property(lambda self: int(self.counts[3]))
    ended = property(lambda self: list(native.row_numbers["endings"])[self.counts[4]])
    best_loss = property(lambda self: float(self.loss[0]))


class Measurements:
    """As the extension's: six arrays, and how far they are filled."""

    def __init__(self, *arrays: Any) -> None:
        self.arrays = arrays
        self.iterations = self.epochs = self.output_rows = 0


class Population(NamedTuple):
    """As the extension's PopulationState."""

    parameters: Arrays
    best: Arrays
    slots: list[Arrays]
    t: np.ndarray
    epoch: np.ndarray
    best_epoch: np.ndarray
    waited: np.ndarray
    ended: np.ndarray
    best_loss: np.ndarray

    def of(self, p: int) -> TrainingState:
        lists = [[array[p] for array in arrays] for arrays in (self.parameters, self.best)]
        slots = [[array[p] for array in slot] for slot in self.slots]
        counts = [c[p] for c in (self.t, self.epoch, self.best_epoch, self.waited, self.best_loss)]
        return TrainingState(*lists, slots, *counts)


class Extension:
    """What the native engine calls, in place of `glassnet._native`.

    Parameters
    ----------
    run : callable
        The program: bytes of a call to bytes of its result.
    """

    NetworkSpec = NetworkSpec
    OptimizerSpec = OptimizerSpec
    TrainingState = TrainingState
    Measurements = Measurements
    PopulationState = Population

    def __init__(self, run: Callable[[bytes], bytes]) -> None:
        self.run = run

    def call(self, which: int, float64: bool, arrays: Arrays) -> None:
        arrays = [whole(which, float64), *arrays]
        decode(self.run(encode(arrays)), arrays)

    def TrainingProblem(self, **options: Any) -> "TrainingProblem":  # noqa: N802
        return TrainingProblem(self, **options)

    def PopulationMeasurements(self, *arrays: Any) -> Arrays:  # noqa: N802
        return list(arrays)

    def train(self, trainings: list[Any], in_lanes: bool) -> None:
        """Each a problem, its state, orders, rates, and six arrays for what is measured."""
        arrays = [whole(len(trainings)), whole(in_lanes)]
        for problem, state, orders, rates, measured in trainings:
            arrays += [*problem.arrays(), *state.arrays()]
            arrays += [whole(len(rates)), given(orders), rates, *measured]
        self.call(TRAIN, trainings[0][0].network.float64, arrays)

    def train_population(
        self, problems: Any, which: Any, state: Population, orders: Any, rates: Any, measured: Any,
        *, in_lanes: bool, threads: int,
    ) -> None:  # fmt: skip
        *arrays, iterations, epochs, output_rows = measured
        trainings = [
            (problems[i], state.of(p), orders[i], rates[i], [array[p] for array in arrays])
            for p, i in enumerate(which)
        ]
        self.train(trainings, in_lanes)
        counts = [state.t, state.epoch, state.best_epoch, state.waited, state.ended]
        for p, (_, one, *_) in enumerate(trainings):
            state.best_loss[p] = one.best_loss
            for into, n in zip((*counts, iterations, epochs, output_rows), one.counts, strict=True):
                into[p] = n

    def Predictor(self, variant: str, networks: Any, parameters: Any) -> Any:  # noqa: N802
        def predict(x: np.ndarray, output: np.ndarray, threads: int) -> None:
            arrays = [whole(len(x)), np.ascontiguousarray(x), output, whole(len(networks))]
            for network, its in zip(networks, parameters, strict=True):
                arrays += [*network.arrays(), *listed(its)]
            self.call(PREDICT, networks[0].float64, arrays)

        return predict

    def FullBatchGradient(  # noqa: N802
        self, variant: str, network: Any, data: Any, penalty: Any, masks: Any, threads: int
    ) -> Any:
        problem = full_batch(self, network, data, penalty, masks)

        def evaluate(theta: np.ndarray, gradient: np.ndarray) -> tuple[float, float]:
            found = doubles(0, 0)
            lists = [*listed(network.parts(theta)), *listed(network.parts(gradient))]
            self.call(GRADIENT, True, [*problem.arrays(), *lists, found])
            return float(found[0]), float(found[1])

        return evaluate

    def FullBatchJacobian(  # noqa: N802
        self, variant: str, network: Any, x: Any, row_scale: Any, masks: Any, threads: int
    ) -> Any:
        problem = full_batch(self, network, (x, None, row_scale), (0.0, 0.0), masks)

        def evaluate(theta: np.ndarray, outputs: np.ndarray, jacobian: np.ndarray) -> None:
            parameters = listed(network.parts(theta))
            self.call(JACOBIAN, True, [*problem.arrays(), *parameters, outputs, jacobian])

        return evaluate


class TrainingProblem:
    """As the extension's."""

    def __init__(self, extension: Extension, **options: Any) -> None:
        self.extension = extension
        self.network: NetworkSpec = options["network"]
        self.options = options

    def arrays(self) -> Arrays:
        o = self.options
        optimizer: OptimizerSpec = o["optimizer"]
        names = ("batch_size", "patience", "seed", "measure_gradient")
        data = rows(o["data"], o["packed_data"], o["numbers"])
        validation = rows(o["validation"], o["packed_validation"], o["validation_numbers"])
        return [
            *self.network.arrays(), *data, *validation,
            whole(optimizer.row, *(o[name] for name in names)),
            doubles(*o["penalty"], o["min_delta"], optimizer.clip),
            doubles(*optimizer.settings), doubles(*optimizer.multipliers), doubles(*o["dropout"]),
            *listed(o["weight_masks"]),
        ]  # fmt: skip

    def run(self, state: TrainingState, orders: Any, rates: Any, measured: Measurements) -> None:
        self.extension.train([(self, state, orders, rates, measured.arrays)], in_lanes=False)
        measured.iterations, measured.epochs, measured.output_rows = map(int, state.counts[5:])


def full_batch(
    extension: Extension, network: NetworkSpec, data: Any, penalty: Any, masks: Any
) -> TrainingProblem:
    """All rows in one batch, for a solver."""
    return TrainingProblem(
        extension, network=network, data=data, validation=None, packed_data=None,
        packed_validation=None, numbers=None, validation_numbers=None,
        optimizer=OptimizerSpec(0, (), (), 0.0), penalty=penalty, min_delta=0.0, dropout=(),
        weight_masks=masks, batch_size=len(data[0]), patience=0, seed=0, measure_gradient=False,
    )  # fmt: skip
