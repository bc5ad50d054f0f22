"""The JAX engine: `core` compiled by JAX, on the device that JAX finds; populations by vmap.

No mathematics of a network is here, only what compiling asks for: the loops over batches and epochs
and the decision when to stop, on arrays of which none is looked at. A single training is a
population of one. JAX is imported when this engine is first used, and its configuration stays the
user's: 64 bits are switched on within this engine's own calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.dropout import WORD
from glassnet.core.network import Network, Parameters, feedforward, leaves, loss_of
from glassnet.core.optimizers import OPTIMIZERS, OptimizerState, Rprop
from glassnet.training.endings import OF_AN_ENGINE
from glassnet.training.engines.base import custom_function
from glassnet.training.engines.core import (
    CoreEngine,
    StepNumbers,
    StepPlan,
    step_numbers,
    step_plan,
    take_step,
)
from glassnet.training.optax import in_64_bits
from glassnet.training.problem import Data, Measured, Problem, State, from_vector, start_of, taken
from glassnet.training.schedules import Floats
from glassnet.training.stacked import Measurements, States, room_for, stacked_state

ORDER_NUMBERS = 1_000_000
"""Row numbers that one call of a program takes, for all its epochs and networks."""
EPOCHS_A_CALL = 1024
"""Epochs that one call takes at most: always as many, of which only some may be run."""
NEVER = np.iinfo(np.int64).max
"""The patience of a run that has none."""
RUNS, EARLY, NOT_FINITE = map(OF_AN_ENGINE.index, ("", "early", "not_finite"))


class Given(NamedTuple):
    """What goes into a program beside the state; the networks of a population share some of it."""

    data: Data
    rows: Array | None
    """Numbers of the rows of `data` that are trained on; None: all. As for `validation`."""
    validation: Data | None
    validation_rows: Array | None
    numbers: StepNumbers
    patience: Array
    min_delta: Array
    orders: Array | None
    """Epochs x rows."""
    rates: Array
    """Epochs x batches."""


class Carry(NamedTuple):
    """What a program hands from iteration to iteration; `ended` is a number of `OF_AN_ENGINE`."""

    states: States
    output: Array
    output_rows: Array


class IterationArrays(NamedTuple):
    """What an iteration measured; all is 0 where it was not run."""

    loss: Array
    weight: Array
    penalty: Array
    gradient_norm: Array
    count: Array
    """1, or 0."""


class EpochArrays(NamedTuple):
    """What an epoch measured; `iterations`: how many it had."""

    iteration_loss: Array
    loss: Array
    penalty: Array
    gradient_norm: Array
    validation_loss: Array
    iterations: Array


class JaxEngine(CoreEngine):
    """`core` compiled by JAX: each new shape takes seconds to compile, once a process."""

    name = "jax"
    first_chunk = 5_000_000

    def why_unavailable(self) -> str:
        """How to install JAX, where it is missing."""
        if find_spec("jax") is None:
            return "JAX is not installed: run pip install 'glassnet[jax]'"
        return ""

    def why_refused(
        self,
        network: Network,
        problem: Problem | None = None,
        parameters: Parameters | None = None,
    ) -> str:
        """Custom functions must be written against the array API: they are traced, not called."""
        if problem is None or (custom_function(network) == "" and _is_builtin(problem)):
            return ""
        try:
            _trace_a_step(problem)
        except Exception as error:  # whatever a user's function raises when it is traced
            why = str(error).strip().partition("\n")[0]
            return f"JAX cannot compile it ({type(error).__name__}: {why[:150]})"
        return ""

    def describe(self) -> str:
        """The version of JAX and its device."""
        import jax

        return f"JAX {jax.__version__} on {jax.devices()[0].device_kind}"

    def compute(self, function: Callable[..., Any], settings: tuple[Any, ...], *arrays: Any) -> Any:
        """Compile it for these settings and shapes, where that has not been done, and call it."""
        import jax

        program = _compiled(function, len(settings))
        with in_64_bits(), jax.default_matmul_precision("highest"):
            arrays = jax.tree.map(jax.numpy.asarray, arrays)
            return jax.tree.map(np.array, program(*settings, *arrays))

    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train as `Engine.run` says: a population of one."""
        which = np.zeros(1, np.int64)
        after, measured = self._train([problem], which, stacked_state(state), [orders], [rates])
        return after.of(0), measured.of(0)

    def run_population(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
    ) -> tuple[States, Measurements]:
        """Train as `Engine.run_population` says: those that one program fits at a time."""
        after = states.take(np.arange(len(which)))
        measured = room_for(problems, which, rates)
        for numbers in _groups(problems, orders):
            networks = np.flatnonzero(np.isin(which, numbers))
            if not len(networks):  # they have ended
                continue
            its_after, its_measured = self._train(
                [problems[number] for number in numbers],
                np.searchsorted(numbers, which[networks]),
                states.take(networks),
                [orders[number] for number in numbers],
                [rates[number] for number in numbers],
            )
            after.put(networks, its_after)
            for at, p in enumerate(networks.tolist()):
                measured.put(p, its_measured.of(at))
        return after, measured

    def _train(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
    ) -> tuple[States, Measurements]:
        """Train networks that one program fits, a program's number of epochs at a time."""
        P, plan = len(which), _plan(problems[0])
        filled = np.append(which, np.zeros(_power_of_2(P) - P, which.dtype))
        planned = np.zeros(len(filled), np.int64)
        planned[:P] = [len(rates[number]) for number in which]
        carry = _carry(states, plan, len(filled))
        epochs = _epochs_a_call(plan, len(filled) if len(problems) > 1 else 1)
        parts: list[EpochArrays] = []
        for first in range(0, int(planned.max()), epochs):
            its_given = [
                _given(problem, order, rate, first, epochs)
                for problem, order, rate in zip(problems, orders, rates, strict=True)
            ]
            given, axes = _stacked(its_given, filled)
            left = np.clip(planned - first, 0, epochs)
            carry, part = self.compute(_epochs, (plan, epochs, axes), carry, given, left)
            parts.append(part)
        ended = np.array(OF_AN_ENGINE, dtype=object)[carry.states.ended]
        after = carry.states._replace(ended=ended).take(np.arange(P))
        return after, _measurements(parts, carry, after.epoch - states.epoch, problems[0])


@cache
def _compiled(function: Callable[..., Any], settings: int) -> Any:
    """The program of a function, one for each value of its first arguments."""
    import jax

    return jax.jit(function, static_argnums=tuple(range(settings)))


def _epochs(
    plan: StepPlan, epochs: int, axes: Given, carry: Carry, given: Given, left: Array
) -> tuple[Carry, EpochArrays]:
    """Train P networks, each for the epochs it has left, at most so many; what each measured.

    `axes` says which arrays of `given` hold those of all networks (0), and which they share (None).
    """
    import jax
    from jax import numpy as jnp

    of_all = jax.vmap(partial(_epoch, plan), (0, axes, None, 0))
    zeros = jnp.zeros((epochs, len(left)))
    loss_room = jnp.zeros((*zeros.shape, given.rates.shape[-1]))
    room = EpochArrays(loss_room, zeros, zeros, zeros, zeros, zeros)

    def runs(e: Array, carry: Carry) -> Array:
        return (e < left) & (carry.states.ended == RUNS)

    def body(loop: tuple[Array, Carry, EpochArrays]) -> tuple[Array, Carry, EpochArrays]:
        e, carry, room = loop
        carry, measured = of_all(carry, given, e, runs(e, carry))
        return e + 1, carry, jax.tree.map(lambda all_, new: all_.at[e].set(new), room, measured)

    _, carry, room = jax.lax.while_loop(
        lambda loop: jnp.any(runs(*loop[:2])), body, (0, carry, room)
    )
    return carry, room


def _epoch(
    plan: StepPlan, carry: Carry, given: Given, e: Array, runs: Array
) -> tuple[Carry, EpochArrays]:
    """One epoch of one network, its smaller last batch by itself; nothing where it does not run."""
    import jax
    from jax import numpy as jnp

    def iterate(carry: Carry, batch: tuple[Array | None, Array]) -> tuple[Carry, IterationArrays]:
        return _iterate(plan, given, runs, carry, *batch)

    start, rates = carry.states, given.rates[e]
    order = _order(plan, given, e)
    count = plan.n_rows // plan.batch_size
    cut = count * plan.batch_size
    whole = None if order is None else order[:cut].reshape(count, plan.batch_size)
    carry, found = jax.lax.scan(iterate, carry, (whole, rates[:count]))
    if order is not None and cut < plan.n_rows:
        carry, last = iterate(carry, (order[cut:], rates[count]))
        found = jax.tree.map(jnp.append, found, last)
    measured = _measured(plan, found)
    candidate, loss, epoch = start.parameters, measured.loss, start.epoch
    if given.validation is not None:
        candidate, epoch = carry.states.parameters, start.epoch + 1
        x, y, sample_weight = taken(given.validation, given.validation_rows)
        loss = loss_of(plan.network, feedforward(plan.network, candidate, x), y, sample_weight)
        measured = measured._replace(validation_loss=loss)
    after = _end_epoch(carry.states, given, candidate, loss, epoch)
    return carry._replace(states=_chosen(runs, after, carry.states)), measured


def _order(plan: StepPlan, given: Given, e: Array) -> Array | None:
    """The row numbers of an epoch, batch after batch; None: all rows in one batch, as they are."""
    order = None if given.orders is None else given.orders[e]
    if given.rows is not None:
        return given.rows if order is None else given.rows[order]
    if order is None and plan.batch_size < plan.n_rows:
        return np.arange(plan.n_rows)
    return order


def _iterate(
    plan: StepPlan, given: Given, runs: Array, carry: Carry, rows: Array | None, rate: Array
) -> tuple[Carry, IterationArrays]:
    """One iteration, as the numpy engine's; nothing where the training does not run any more."""
    from jax import numpy as jnp

    states, batch = carry.states, taken(given.data, rows)
    t: Any = states.t
    optimizer = OptimizerState(t, states.memory)
    step = take_step(plan, given.numbers, states.parameters, optimizer, batch, rate)
    runs = runs & (states.ended == RUNS)
    updates = runs & jnp.isfinite(step.loss)
    t, memory = step.optimizer
    stepped = states._replace(parameters=step.parameters, t=t, memory=memory)
    states = _chosen(updates, stepped, states)
    states = states._replace(ended=jnp.where(runs & ~updates, NOT_FINITE, states.ended))
    n = len(batch.y)
    output = carry.output.at[:n].set(jnp.where(runs, step.output, carry.output[:n]))
    measured = IterationArrays(*(jnp.where(runs, value, 0.0) for value in (*step[:4], 1.0)))
    measured = IterationArrays(*(value.astype(float) for value in measured))
    return Carry(states, output, jnp.where(runs, n, carry.output_rows)), measured


def _measured(plan: StepPlan, found: IterationArrays) -> EpochArrays:
    """Loss and penalty by the weight of the rows, and the mean norm, of the iterations run."""
    fraction = found.count
    if plan.network.loss.reduction != "sum":
        total = found.weight.sum()
        fraction = found.weight / (total + (total == 0))
    loss, penalty = (fraction * found.loss).sum(), (fraction * found.penalty).sum()
    count = found.count.sum()
    return EpochArrays(found.loss, loss, penalty, found.gradient_norm.sum() / count, loss, count)


def _end_epoch(
    states: States, given: Given, candidate: Parameters, loss: Array, epoch: Array
) -> States:
    """The best epoch, and whether to stop: the numpy engine's decisions."""
    from jax import numpy as jnp

    finite = jnp.isfinite(loss)
    for w in leaves(states.parameters):
        finite = finite & jnp.isfinite(w).all()
    improved = loss < states.best_loss - given.min_delta
    waited = jnp.where(improved, 0, states.waited + 1)
    is_best = (loss < states.best_loss) & (finite | (given.validation is None))
    ended = jnp.where(waited >= given.patience, EARLY, RUNS)
    ended = jnp.where(finite, ended, NOT_FINITE)
    better = states._replace(best=candidate, best_loss=loss, best_epoch=epoch)
    return _chosen(is_best, better, states)._replace(
        epoch=states.epoch + 1,
        waited=waited,
        ended=jnp.where(states.ended == RUNS, ended, states.ended),
    )


def _chosen(condition: Array, new: States, old: States) -> States:
    """The new states where the condition is true, else the old ones."""
    import jax

    def choose(new: Array, old: Array) -> Array:
        return old if new is old else jax.numpy.where(condition, new, old).astype(old.dtype)

    return jax.tree.map(choose, new, old)


def _is_builtin(problem: Problem) -> bool:
    return type(problem.options.optimizer) in OPTIMIZERS.values()


def _trace_a_step(problem: Problem) -> None:
    """Raises whatever keeps JAX from compiling a step of a training."""
    import jax

    zeros = np.zeros(problem.network.n_parameters, problem.data.x.dtype)
    state = start_of(problem, from_vector(problem.network, zeros))
    given = _given(problem, None, np.ones((1, 1)), 0, 1)
    batch = taken(given.data, np.arange(1))
    plan = _plan(problem)
    hash(plan)
    with in_64_bits():
        jax.eval_shape(
            partial(take_step, plan), given.numbers, state.parameters, state.optimizer, batch, 1.0
        )


def _plan(problem: Problem) -> StepPlan:
    """Its plan, without the learning rate, which goes in with the arrays."""
    plan = step_plan(problem)
    if not _is_builtin(problem) or isinstance(plan.optimizer, Rprop):
        return plan
    return plan._replace(optimizer=replace(plan.optimizer, learning_rate=1.0))


def _groups(problems: Sequence[Problem], orders: Sequence[np.ndarray | None]) -> list[list[int]]:
    """The numbers of the problems that one program fits: one plan, and arrays of one shape."""
    import jax

    groups: dict[Any, list[int]] = {}
    for number, (problem, order) in enumerate(zip(problems, orders, strict=True)):
        arrays, structure = jax.tree.flatten(_given(problem, None, np.ones((1, 1)), 0, 1))
        shapes = tuple(array.shape for array in arrays)
        groups.setdefault((_plan(problem), structure, shapes, order is None), []).append(number)
    return list(groups.values())


def _given(
    problem: Problem, orders: np.ndarray | None, rates: Floats, first: int, epochs: int
) -> Given:
    """What goes in for so many epochs from the first on; zeros for those that are missing."""

    def part(of_epochs: np.ndarray) -> np.ndarray:
        rows = of_epochs[first : first + epochs]
        return np.concatenate([rows, np.zeros((epochs - len(rows), rows.shape[1]), rows.dtype)])

    options, numbers = problem.options, step_numbers(problem)
    patience = NEVER if options.patience is None else min(options.patience, NEVER)
    return Given(
        _unpacked(problem.data),
        problem.rows,
        None if problem.validation is None else _unpacked(problem.validation),
        problem.validation_rows,
        StepNumbers(
            np.uint32(numbers.seed & WORD),
            np.array(numbers.penalty),
            np.array(numbers.multipliers),
            numbers.weight_masks,
        ),
        np.int64(patience),
        np.float64(options.min_delta),
        None if orders is None else part(orders),
        part(rates),
    )


def _unpacked(data: Data) -> Data:
    return data if isinstance(data.x, np.ndarray) else data._replace(x=data.x[:])


def _stacked(of_problems: Sequence[Given], which: np.ndarray) -> tuple[Given, Given]:
    """What goes into a program for each network, and the axes of `_epochs`."""
    import jax

    flat = [jax.tree.leaves(one) for one in of_problems]
    structure = jax.tree.structure(of_problems[0])
    arrays = list(flat[0])
    axes: list[int | None] = [None] * len(arrays)
    for i, of_all in enumerate(zip(*flat, strict=True)):
        if any(array is not arrays[i] for array in of_all):
            arrays[i], axes[i] = np.stack(of_all)[which], 0
    return jax.tree.unflatten(structure, arrays), jax.tree.unflatten(structure, axes)


def _carry(states: States, plan: StepPlan, P: int) -> Carry:
    """The states as they go in, filled up to P of them with copies of the first."""
    at = np.arange(P)
    at[len(states.t) :] = 0
    ended = np.array([OF_AN_ENGINE.index(ended) for ended in states.ended])
    states = states._replace(ended=ended).take(at)
    output = np.zeros(
        (P, plan.batch_size, plan.network.sizes[-1]), states.parameters.weights[0].dtype
    )
    return Carry(states, output, np.zeros(P, np.int64))


def _measurements(
    parts: Sequence[EpochArrays], carry: Carry, epochs: np.ndarray, problem: Problem
) -> Measurements:
    """What was measured, network by network; `epochs`: how many each of them ran."""
    P = len(epochs)
    found = EpochArrays(
        *(np.concatenate(of_all).swapaxes(0, 1)[:P] for of_all in zip(*parts, strict=True))
    )
    nothing = np.empty((P, 0))
    return Measurements(
        found.iteration_loss.reshape(P, -1),
        found.loss,
        found.penalty,
        found.gradient_norm if problem.options.measure_gradient else nothing,
        nothing if problem.validation is None else found.validation_loss,
        carry.output[:P],
        found.iterations.sum(axis=1).astype(np.int64),
        epochs,
        carry.output_rows[:P],
    )


def _epochs_a_call(plan: StepPlan, orders: int) -> int:
    """A power of 2 that depends on the shapes alone, so that no chunk needs a new program."""
    most = max(1, min(EPOCHS_A_CALL, ORDER_NUMBERS // (plan.n_rows * orders)))
    return _power_of_2(most + 1) // 2


def _power_of_2(n: int) -> int:
    """The first power of 2 that is not less; populations are filled up to one."""
    return 1 << (n - 1).bit_length()
