"""The native engine: `src/native` mirrors `core` in C++ and runs a whole training in one call.

Here a training is turned into what the extension `glassnet._native` works on, and its results
into a `State` and what was measured. No mathematics.
"""

from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters, check_shapes, leaves, unflatten
from glassnet.core.optimizers import OPTIMIZERS, Memory, Muon, OptimizerState
from glassnet.core.penalties import Penalty
from glassnet.training.engines.base import (
    Engine,
    LossGradient,
    OutputJacobian,
    Predict,
    as_float64,
    custom_function,
    data_as_float64,
)
from glassnet.training.packed import PackedRows
from glassnet.training.problem import Best, Data, Measured, Problem, State
from glassnet.training.schedules import Floats
from glassnet.training.stacked import Measurements, States, room_for
from glassnet.training.threads import threads_allowed

_native: Any = None
_missing = ""
try:
    _native = import_module("glassnet._native")
except ImportError as error:
    from glassnet.training.engines.installed import why_missing

    _missing = why_missing(error)

THREAD_WORK = 1_000_000
"""Rows times parameters of a call, below which a second thread costs more than it brings."""
GROUP_WORK = 400_000
"""The same for a group of rows in float32, after which threads that run already wait."""
LANES_WORK = 30_000
"""Rows times parameters of an iteration, up to which several networks are faster in the lanes of
vectors than each by itself: there are too few rows to fill vectors.
"""
WIDE = "avx512"
FEW_BYTES = 32
"""Rows of a batch times bytes of a number, up to which AVX2 is used: they fill at most half of a
vector of AVX-512.
"""
NO_PATIENCE = -1
MAX_PATIENCE = 2**62

OPTIMIZER_NAMES = {kind: name for name, kind in OPTIMIZERS.items()}
SETTING_NAMES = {kind: [field.name for field in fields(kind)] for kind in OPTIMIZERS.values()}


class NativeEngine(Engine):
    """C++, on several threads where layers are wide. It releases Python's lock while it runs."""

    name = "native"
    first_chunk = 320_000_000
    is_compiled = True

    def __init__(self) -> None:
        self.missing: str = _missing
        self.variants: list[str] = []
        """The instruction sets that this processor can run, those with the widest vectors first."""
        self.variant: str = ""
        """The one to use, whatever for; "": what suits the rows."""
        self.row_numbers: dict[str, dict[str, int]] = {}
        """The extension's tables: table -> name -> row number."""
        if _native is not None:
            self.variants = _native.variants()
            for table, names in _native.tables().items():
                self.row_numbers[table] = {name: row for row, name in enumerate(names)}

    def why_unavailable(self) -> str:
        """Why it was not built, and how to build it."""
        return self.missing

    def why_refused(
        self,
        network: Network,
        problem: Problem | None = None,
        parameters: Parameters | None = None,
    ) -> str:
        """Custom functions of Python are not in its tables, and it has two dtypes."""
        custom = custom_function(network)
        if custom:
            return custom
        if problem is not None:
            optimizer = type(problem.options.optimizer)
            if optimizer not in OPTIMIZER_NAMES:
                return f"the optimizer {optimizer.__name__} is your own"
        if parameters is not None and not _is_one_dtype(parameters):
            return "the parameters are neither all float64 nor all float32"
        return ""

    def describe(self) -> str:
        """The instruction sets."""
        chosen = self.variant or self.variants[0]
        if chosen == WIDE and not self.variant:
            return f"instruction set {WIDE}, and {self.variants[1]} for batches of few rows"
        return f"instruction set {chosen} (of {', '.join(self.variants)})"

    def variant_for(self, rows: int, dtype: np.dtype) -> str:
        """The instruction set for batches of so many rows."""
        if self.variant:
            return self.variant
        is_few = rows * dtype.itemsize <= FEW_BYTES
        return self.variants[1 if self.variants[0] == WIDE and is_few else 0]

    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train as `Engine.run` says."""
        parameters = _copies(leaves(state.parameters))
        best = _copies(leaves(state.best.parameters))
        # The extension takes what the optimizer remembers slot by slot, each for all arrays:
        slots = [_copies(slot) for slot in zip(*state.optimizer.memory, strict=True)]
        native_state = _native.TrainingState(
            parameters,
            best,
            slots,
            state.optimizer.t,
            state.epoch,
            state.best.epoch,
            state.waited,
            state.best.loss,
        )
        room = _room_for_measurements(problem, rates)
        measurements = _native.Measurements(
            room.iteration_loss,
            room.loss,
            room.penalty,
            room.gradient_norm,
            room.validation_loss,
            room.output,
        )
        variant = self.variant_for(problem.batch_size, problem.data.x.dtype)
        self._problem(problem, variant).run(native_state, orders, rates, measurements)
        like = state.parameters
        state = State(
            unflatten(parameters, like),
            OptimizerState(native_state.t, _memory_of(slots, state.optimizer)),
            native_state.epoch,
            Best(unflatten(best, like), native_state.best_loss, native_state.best_epoch),
            native_state.waited,
            native_state.ended,
        )
        epochs = measurements.epochs
        measured = Measured(
            room.iteration_loss[: measurements.iterations],
            room.loss[:epochs],
            room.penalty[:epochs],
            room.gradient_norm[:epochs],
            room.validation_loss[:epochs],
            room.output[: measurements.output_rows],
        )
        return state, measured

    def run_population(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
    ) -> tuple[States, Measurements]:
        """Train as `Engine.run_population` says: small networks in the lanes of vectors."""
        in_lanes = _is_for_lanes(problems)
        if len(which) == 1 and not in_lanes:  # it has all threads for itself
            return super().run_population(problems, which, states, orders, rates)
        states = states.take(np.arange(len(which)))
        measured = room_for(problems, which, rates)
        ended = np.zeros(len(which), np.int64)
        variant = self.variant or self.variants[0]
        if not in_lanes:
            variant = self.variant_for(problems[0].batch_size, problems[0].data.x.dtype)
        _native.train_population(
            [self._problem(problem, variant) for problem in problems],
            which.astype(np.int64),
            _native.PopulationState(
                parameters=leaves(states.parameters),
                best=leaves(states.best),
                slots=list(map(list, zip(*states.memory, strict=True))),
                t=states.t,
                epoch=states.epoch,
                best_epoch=states.best_epoch,
                waited=states.waited,
                ended=ended,
                best_loss=states.best_loss,
            ),
            orders,
            rates,
            _native.PopulationMeasurements(*measured),
            in_lanes=in_lanes,
            threads=_threads_for_population(problems, len(which)),
        )
        names = np.array(list(self.row_numbers["endings"]), dtype=object)
        return states._replace(ended=names[ended]), measured

    def predictor(self, network: Network, parameters: Parameters) -> Predict:
        """A function from inputs to outputs, as `Engine.predictor` says."""
        return self.sum_predictor([network], [parameters])

    def sum_predictor(
        self, networks: Sequence[Network], parameters: Sequence[Parameters]
    ) -> Predict:
        """One call of the extension for all networks."""
        for network, its_parameters in zip(networks, parameters, strict=True):
            check_shapes(network, its_parameters)
        dtype = parameters[0].weights[0].dtype
        n_outputs = networks[0].sizes[-1]
        n_parameters = sum(network.n_parameters for network in networks)
        write_outputs = _native.Predictor(
            self.variant or self.variants[0],
            [self._network(network, dtype) for network in networks],
            [_contiguous(leaves(its_parameters)) for its_parameters in parameters],
        )

        def predict(x: Floats) -> Floats:
            output = np.empty((len(x), n_outputs), dtype)
            write_outputs(x, output, threads_worth(len(x) * n_parameters, None))
            return output

        return predict

    def gradient(
        self,
        network: Network,
        data: Data,
        penalty: Penalty | None,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> LossGradient:
        """Loss and gradient of all rows, as `Engine.gradient` says."""
        data = data_as_float64(data)
        n_parameters = network.n_parameters
        spec = self._network(network, data.x.dtype)
        write_gradient = _native.FullBatchGradient(
            self.variant_for(len(data.x), data.x.dtype),
            spec,
            data,
            penalty or (0.0, 0.0),
            [as_float64(mask) for mask in weight_masks],
            threads_for_batch(len(data.x), network, spec, n_jobs),
        )

        def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
            gradient = np.empty(n_parameters)
            loss, penalty_value = write_gradient(as_float64(theta), gradient)
            return loss, penalty_value, gradient

        return gradient_at

    def jacobian(
        self,
        network: Network,
        x: Floats,
        row_scale: Floats,
        weight_masks: Sequence[Floats] = (),
        n_jobs: int | None = None,
    ) -> OutputJacobian:
        """Outputs and their Jacobian, as `Engine.jacobian` says."""
        x = as_float64(x)
        N, K, P = len(x), network.sizes[-1], network.n_parameters
        write_jacobian = _native.FullBatchJacobian(
            self.variant_for(N, x.dtype),
            self._network(network, x.dtype),
            x,
            as_float64(row_scale),
            [as_float64(mask) for mask in weight_masks],
            threads_worth(N * K * P, n_jobs),
        )

        def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
            outputs = np.empty((N, K))
            jacobian = np.empty((N * K, P))
            write_jacobian(as_float64(theta), outputs, jacobian)
            return outputs, jacobian

        return jacobian_at

    def _network(self, network: Network, dtype: np.dtype) -> Any:
        loss = network.loss
        rows = self.row_numbers["activations"]
        return _native.NetworkSpec(
            network.sizes,
            [rows[activation.name] for activation in network.activations],
            network.bias,
            self.row_numbers["losses"][loss.name.partition(":")[0]],
            self.row_numbers["reductions"][loss.reduction],
            0.0 if loss.setting is None else loss.setting,
            dtype == np.float64,
        )

    def _problem(self, problem: Problem, variant: str) -> Any:
        network = problem.network
        options = problem.options
        optimizer = type(options.optimizer)
        patience = options.patience
        spec = self._network(network, problem.data.x.dtype)

        def look() -> None:
            if options.stopped:
                raise KeyboardInterrupt

        return _native.TrainingProblem(
            variant=variant,
            network=spec,
            data=_arrays(problem.data),
            validation=_arrays(problem.validation),
            packed_data=_packed(problem.data),
            packed_validation=_packed(problem.validation),
            optimizer=_native.OptimizerSpec(
                self.row_numbers["optimizers"][OPTIMIZER_NAMES[optimizer]],
                [getattr(options.optimizer, name) for name in SETTING_NAMES[optimizer]],
                problem.multipliers,
                options.clip or 0.0,
            ),
            penalty=options.penalty or (0.0, 0.0),
            dropout=problem.dropout,
            weight_masks=options.weight_masks,
            batch_size=problem.batch_size,
            patience=NO_PATIENCE if patience is None else min(patience, MAX_PATIENCE),
            min_delta=options.min_delta,
            seed=int(options.seed) & 0xFFFFFFFF,
            measure_gradient=options.measure_gradient,
            threads=threads_for_batch(problem.batch_size, network, spec, options.n_jobs),
            look=look,
            numbers=problem.rows,
            validation_numbers=problem.validation_rows,
        )


def _is_for_lanes(problems: Sequence[Problem]) -> bool:
    """Whether several networks at a time, one in each lane, take less time than one at a time."""
    first = problems[0]
    if isinstance(first.options.optimizer, Muon):  # its matrices fill whole vectors by themselves
        return False
    if len({problem.batches for problem in problems}) > 1:
        return False
    work = max(problem.batch_size for problem in problems) * first.network.n_parameters
    return work <= LANES_WORK


def _threads_for_population(problems: Sequence[Problem], networks: int) -> int:
    work = sum(problem.work for problem in problems) * networks // len(problems)
    return min(networks, threads_worth(work, problems[0].options.n_jobs))


def _room_for_measurements(problem: Problem, rates: Floats) -> Measured:
    """Arrays for all that a run over these epochs can measure, not filled yet."""
    epochs = len(rates)
    return Measured(
        np.empty(rates.size),
        np.empty(epochs),
        np.empty(epochs),
        np.empty(epochs if problem.options.measure_gradient else 0),
        np.empty(0 if problem.validation is None else epochs),
        np.empty((problem.batch_size, problem.network.sizes[-1]), problem.data.x.dtype),
    )


def _arrays(data: Data | None) -> Data | None:
    """The rows, of packed ones the inputs that stand as they are."""
    if data is None or not isinstance(data.x, PackedRows):
        return data
    return data._replace(x=data.x.plain)


def _packed(data: Data | None) -> tuple[np.ndarray, ...] | None:
    """What `packed_inputs.hpp` wants of packed rows; None of others."""
    if data is None or not isinstance(data.x, PackedRows):
        return None
    x = data.x
    spans = np.array([(ramp.first, ramp.width) for ramp in x.ramps], np.int64)
    ends = np.array([(ramp.below, ramp.above) for ramp in x.ramps], float)
    return x.plain_at, spans, ends, x.index, x.value


def _memory_of(slots: list[list[Floats]], before: OptimizerState) -> tuple[Memory, ...]:
    """What the optimizer remembers of each array, under its names as before."""
    if not slots:
        return before.memory
    by_array = zip(*slots, strict=True)
    kinds = map(type, before.memory)
    return tuple(kind(*arrays) for kind, arrays in zip(kinds, by_array, strict=True))


def _copies(arrays: Sequence[Floats]) -> list[Floats]:
    """Contiguous arrays for the extension to write to."""
    return [array.copy() for array in arrays]


def _contiguous(arrays: Sequence[Floats]) -> list[Floats]:
    """The arrays for the extension to read, each the same one where it is contiguous already."""
    return [np.ascontiguousarray(array) for array in arrays]


def _is_one_dtype(parameters: Parameters) -> bool:
    dtypes = {array.dtype for array in leaves(parameters)}
    return dtypes == {np.dtype("float64")} or dtypes == {np.dtype("float32")}


def threads_for_batch(rows: int, network: Network, spec: Any, n_jobs: int | None) -> int:
    """How many threads a batch is worth: they wait for each other after each group of its rows."""
    cost = 2 if spec.float64 else 1  # numbers of twice the bytes take twice as long
    work = cost * min(rows, spec.rows_of_a_group) * network.n_parameters
    return threads_worth(work, n_jobs, GROUP_WORK)


def threads_worth(work: int, n_jobs: int | None, least: int = THREAD_WORK) -> int:
    """How many threads a piece of work is worth, as many as are allowed at most."""
    if work < least:
        return 1
    return min(threads_allowed(n_jobs), max(1, work // (least // 2)))
