"""The native engine: `src/native` mirrors `core` in C++ and runs a whole training without coming back to Python.

Here a training is turned into plain arrays and numbers, and what comes back into a State and what was measured.
"""

import os
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from typing import Any

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import is_ours
from glassnet.core.network import Network, Parameters, flatten, rebuild
from glassnet.core.optimizers import OPTIMIZERS, OptimizerState
from glassnet.core.penalties import Penalty
from glassnet.training.problem import Best, Data, Floats, Measured, Problem, State

_native: Any = None
_MISSING = ""
try:
    _native = import_module("glassnet._native")
except ImportError as error:
    from glassnet.training.engines.installed import why_missing

    _MISSING = why_missing(error)
else:
    ROWS = {table: {name: i for i, name in enumerate(names)} for table, names in _native.tables().items()}
    VARIANT = _native.variants()[0]
    """The instruction set in use: the best that this processor has."""

FIRST_CHUNK = 320_000_000
WORTH_A_THREAD = 1_000_000  # rows times weights of an iteration, below which a second thread costs more than it brings


def variants() -> list[str]:
    """The instruction sets that this processor can run, the fastest first."""
    return [] if _native is None else _native.variants()


def missing() -> str:
    """Why this engine is not there and how to get it, or "" where it is."""
    return _MISSING


def refuses(problem: Problem) -> str:
    """Why this engine cannot run a training, or "" where it can: own functions of Python are not in its tables."""
    return refuses_network(problem.network) or (
        "" if type(problem.optimizer) in OPTIMIZERS.values() else f"the optimizer {type(problem.optimizer).__name__} is your own"
    )


def refuses_network(network: Network) -> str:
    """`refuses`, for a feedforward alone."""
    for activation in network.activations:
        ours = OUTPUTS.get(activation.name)
        if ours is not activation and ours != activation:  # a copy of ours is as good
            return f"the activation '{activation.name}' is your own function"
    return "" if is_ours(network.loss) else f"the loss '{network.loss.name}' is your own function"


def run(problem: Problem, state: State, orders: np.ndarray | None, rates: Floats) -> tuple[State, Measured]:
    """Train for as many epochs as `rates` has rows, or until the training ends itself; see the numpy engine.

    Parameters
    ----------
    orders : epochs x N, the order of the rows in each epoch, or None: as they are.
    rates : epochs x iterations, the learning rate of each iteration.
    """
    network, dtype = problem.network, problem.data.x.dtype
    optimizer = type(problem.optimizer)
    native_problem = _native.TrainingProblem(
        variant=VARIANT,
        network=_spec(network, dtype),
        data=problem.data,
        validation=problem.validation,
        optimizer=_native.OptimizerSpec(
            ROWS["optimizers"][OPTIMIZER_NAMES[optimizer]],
            [getattr(problem.optimizer, name) for name in SETTING_NAMES[optimizer]],
            problem.multipliers,
            problem.clip or 0.0,
        ),
        penalty=problem.penalty or (0.0, 0.0),
        dropout=problem.dropout,
        weight_masks=problem.weight_masks,
        batch_size=problem.batch_size,
        patience=-1 if problem.patience is None else min(problem.patience, 2**62),
        min_delta=problem.min_delta,
        seed=int(problem.seed) & 0xFFFFFFFF,
        measure_gradient=problem.measure_gradient,
        threads=_threads(problem.batch_size * network.n_weights, problem.n_jobs),
    )
    parameters = _copies(flatten(state.parameters))
    best = _copies(flatten(state.best.parameters))
    slots = [_copies(slot) for slot in zip(*state.optimizer.slots, strict=True)]
    after = _native.TrainingState(
        parameters, best, slots, state.optimizer.t, state.epoch, state.best.epoch, state.waited, state.best.loss
    )
    epochs = len(rates)
    room = Measured(
        np.empty(rates.size),
        np.empty(epochs),
        np.empty(epochs),
        np.empty(epochs if problem.measure_gradient else 0),
        np.empty(0 if problem.validation is None else epochs),
        np.empty((problem.batch_size, network.sizes[-1]), dtype),
    )
    filled = _native.Measurements(*room)
    native_problem.run(after, orders, rates, filled)
    like = state.parameters
    state = State(
        rebuild(parameters, like),
        OptimizerState(after.t, tuple(zip(*slots, strict=True)) if slots else state.optimizer.slots),
        after.epoch,
        Best(rebuild(best, like), after.best_loss, after.best_epoch),
        after.waited,
        after.ended,
    )
    epochs = filled.epochs
    return state, Measured(
        room.loss[: filled.iterations],
        room.epoch_loss[:epochs],
        room.penalty[:epochs],
        room.gradient_norm[:epochs],
        room.validation_loss[:epochs],
        room.output[: filled.output_rows],
    )


def predictor(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """A function from rows x, N x D contiguous numbers of the parameters' dtype, to outputs, N x K."""
    dtype, outputs, n_weights = parameters.weights[0].dtype, network.sizes[-1], network.n_weights
    arrays = [np.ascontiguousarray(w) for w in flatten(parameters)]
    prepared = _native.Predictor(VARIANT, _spec(network, dtype), arrays)

    def predict(x: Floats) -> Floats:
        output = np.empty((len(x), outputs), dtype)
        prepared(x, output, _threads(len(x) * n_weights, None))
        return output

    return predict


def gradient(
    network: Network, data: Data, penalty: Penalty | None, masks: tuple[Floats, ...], n_jobs: int | None
) -> Callable[[Floats], tuple[float, float, Floats]]:
    """What `find_gradient` promises."""
    threads = _threads(len(data.x) * network.n_weights, n_jobs)
    evaluate = _native.FullBatchGradient(VARIANT, _spec(network, data.x.dtype), data, penalty or (0.0, 0.0), masks, threads)

    def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
        found = np.empty(network.n_weights)
        return *evaluate(np.ascontiguousarray(theta, np.float64), found), found

    return gradient_at


def jacobian(
    network: Network, x: Floats, row_scale: Floats, masks: tuple[Floats, ...], n_jobs: int | None
) -> Callable[[Floats], tuple[Floats, Floats]]:
    """What `find_jacobian` promises."""
    outputs, numbers = (len(x), network.sizes[-1]), (len(x) * network.sizes[-1], network.n_weights)
    threads = _threads(numbers[0] * numbers[1], n_jobs)
    evaluate = _native.FullBatchJacobian(VARIANT, _spec(network, x.dtype), x, row_scale, masks, threads)

    def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
        a, found = np.empty(outputs), np.empty(numbers)
        evaluate(np.ascontiguousarray(theta, np.float64), a, found)
        return a, found

    return jacobian_at


OPTIMIZER_NAMES = {kind: name for name, kind in OPTIMIZERS.items()}
SETTING_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in OPTIMIZERS.values()}


def _spec(network: Network, dtype: np.dtype) -> Any:
    loss = network.loss
    return _native.NetworkSpec(
        network.sizes,
        [ROWS["activations"][activation.name] for activation in network.activations],
        network.bias,
        ROWS["losses"][loss.name.partition(":")[0]],
        ROWS["reductions"][loss.reduction],
        0.0 if loss.setting is None else loss.setting,
        dtype == np.float64,
    )


def _copies(arrays: tuple[Floats, ...]) -> list[Floats]:
    return [array.copy() for array in arrays]


def _threads(work: int, n_jobs: int | None) -> int:
    if work < WORTH_A_THREAD:
        return 1
    return min(threads_allowed(n_jobs), max(1, work // (WORTH_A_THREAD // 2)))


def threads_allowed(n_jobs: int | None) -> int:
    """As many as `n_jobs` says; None: as OMP_NUM_THREADS says, or else as many as this process has cores."""
    return n_jobs or _from_environment() or len(os.sched_getaffinity(0))


def _from_environment() -> int:
    """OMP_NUM_THREADS, whose first number counts where there are several; 0 where it says nothing."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(first) if first.isdecimal() else 0
