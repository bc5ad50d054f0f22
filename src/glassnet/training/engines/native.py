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
from glassnet.core.losses import is_builtin
from glassnet.core.network import Network, Parameters, leaves, unflatten
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
    ROWS = {
        table: {name: i for i, name in enumerate(names)}
        for table, names in _native.tables().items()
    }
    _ENDINGS = list(ROWS["endings"])
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
        ""
        if type(problem.optimizer) in OPTIMIZERS.values()
        else f"the optimizer {type(problem.optimizer).__name__} is your own"
    )


def refuses_network(network: Network) -> str:
    """`refuses`, for a feedforward alone."""
    for activation in network.activations:
        ours = OUTPUTS.get(activation.name)
        if ours is not activation and ours != activation:  # a copy of ours is as good
            return f"the activation '{activation.name}' is your own function"
    return (
        "" if is_builtin(network.loss) else f"the loss '{network.loss.name}' is your own function"
    )


def run(
    problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
) -> tuple[State, Measured]:
    """Train for as many epochs as `rates` has rows, or until the training ends itself; see the numpy engine.

    Parameters
    ----------
    orders : epochs x N, the order of the rows in each epoch, or None: as they are.
    rates : epochs x iterations, the learning rate of each iteration.
    """
    arrays, best = _copies(leaves(state.parameters)), _copies(leaves(state.best.parameters))
    slots = [_copies(slot) for slot in zip(*state.optimizer.slots, strict=True)]
    optimizer = type(problem.optimizer)
    loss, epoch_loss, penalty = np.empty(rates.size), np.empty(len(rates)), np.empty(len(rates))
    gradient_norm = np.empty(len(rates) if problem.measure_gradient else 0)
    validation_loss = np.empty(0 if problem.validation is None else len(rates))
    output = np.empty((problem.batch_size, problem.network.sizes[-1]), problem.data.x.dtype)
    iterations, epochs, rows, t, epoch, best_epoch, waited, best_loss, ended = _native.run(
        variant=VARIANT,
        network=_spec(problem.network, problem.data.x.dtype),
        data=problem.data,
        validation=problem.validation,
        optimizer=ROWS["optimizers"][OPTIMIZER_NAMES[optimizer]],
        settings=[getattr(problem.optimizer, name) for name in SETTING_NAMES[optimizer]],
        multipliers=problem.multipliers,
        penalty=problem.penalty or (0.0, 0.0),
        dropout=problem.dropout,
        masks=problem.weight_masks,
        batch_size=problem.batch_size,
        patience=-1 if problem.patience is None else min(problem.patience, 2**62),
        min_delta=problem.min_delta,
        seed=int(problem.seed) & 0xFFFFFFFF,
        clip=problem.clip or 0.0,
        measure_gradient=problem.measure_gradient,
        parameters=arrays,
        best=best,
        slots=slots,
        t=state.optimizer.t,
        epoch=state.epoch,
        best_epoch=state.best.epoch,
        waited=state.waited,
        best_loss=state.best.loss,
        orders=orders,
        rates=rates,
        loss=loss,
        epoch_loss=epoch_loss,
        penalties=penalty,
        gradient_norm=gradient_norm,
        validation_loss=validation_loss,
        output=output,
        threads=_threads(problem.batch_size * problem.network.n_parameters, problem.n_jobs),
    )
    like = state.parameters
    after = tuple(zip(*slots, strict=True)) if slots else ((),) * len(arrays)
    state = State(
        unflatten(arrays, like),
        OptimizerState(t, after),
        epoch,
        Best(unflatten(best, like), best_loss, best_epoch),
        waited,
        _ENDINGS[ended],
    )
    return state, Measured(
        loss[:iterations],
        epoch_loss[:epochs],
        penalty[:epochs],
        gradient_norm[:epochs],
        validation_loss[:epochs],
        output[:rows],
    )


def predictor(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """A function from rows x, N x D contiguous numbers of the parameters' dtype, to outputs, N x K."""
    dtype, outputs, n_parameters = (
        parameters.weights[0].dtype,
        network.sizes[-1],
        network.n_parameters,
    )
    arrays = [np.ascontiguousarray(w) for w in leaves(parameters)]
    prepared = _native.Predictor(VARIANT, _spec(network, dtype), arrays)

    def predict(x: Floats) -> Floats:
        output = np.empty((len(x), outputs), dtype)
        prepared(x, output, _threads(len(x) * n_parameters, None))
        return output

    return predict


def gradient(
    network: Network,
    data: Data,
    penalty: Penalty | None,
    masks: tuple[Floats, ...],
    n_jobs: int | None,
) -> Callable[[Floats], tuple[float, float, Floats]]:
    """What `find_gradient` promises."""
    threads = _threads(len(data.x) * network.n_parameters, n_jobs)
    batch = _native.FullBatch(
        VARIANT, _spec(network, data.x.dtype), data, penalty or (0.0, 0.0), masks, threads
    )

    def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
        found = np.empty(network.n_parameters)
        return *batch.gradient(np.ascontiguousarray(theta, np.float64), found), found

    return gradient_at


def jacobian(
    network: Network, x: Floats, row_scale: Floats, masks: tuple[Floats, ...], n_jobs: int | None
) -> Callable[[Floats], tuple[Floats, Floats]]:
    """What `find_jacobian` promises."""
    outputs, numbers = (
        (len(x), network.sizes[-1]),
        (len(x) * network.sizes[-1], network.n_parameters),
    )
    threads = _threads(numbers[0] * numbers[1], n_jobs)
    batch = _native.FullBatch(
        VARIANT, _spec(network, x.dtype), (x, None, row_scale), (0.0, 0.0), masks, threads
    )

    def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
        a, found = np.empty(outputs), np.empty(numbers)
        batch.jacobian(np.ascontiguousarray(theta, np.float64), a, found)
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
    return [np.array(array, order="C") for array in arrays]


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
