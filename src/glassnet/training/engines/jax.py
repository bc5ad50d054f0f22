"""The JAX engine: `core` compiled by JAX, on whatever device JAX finds; populations by vmap.

Nothing of the mathematics is here, only what compiling asks for: what never changes in a run is a
`ProgramPlan`, whose program is kept; all else goes in as arrays. JAX is imported when this engine is
first used, and its configuration stays the user's: 64 bits are switched on in this engine's own
calls. The state's path from chunk to chunk is `problem.py`'s.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.dropout import WORD, dropout_masks
from glassnet.core.network import (
    Network,
    Parameters,
    backprop,
    check_shapes,
    feedforward,
    leaves,
    loss_of,
    masked,
)
from glassnet.core.network import jacobian as core_jacobian
from glassnet.core.optimizers import (
    OPTIMIZERS,
    Optimizer,
    OptimizerState,
    Rprop,
    clip_gradients,
    gradient_norm,
)
from glassnet.core.penalties import Penalty
from glassnet.training.engines.base import (
    Engine,
    LossGradient,
    OutputJacobian,
    Predict,
    as_float64,
    data_as_float64,
)
from glassnet.training.optax import in_64_bits
from glassnet.training.problem import Data, Measured, Problem, State, from_vector, to_vector
from glassnet.training.schedules import Floats
from glassnet.training.stacked import Measurements, States, room_for

ORDER_NUMBERS = 1_000_000
"""Row numbers that one call of a compiled program takes, for all its epochs and networks."""
EPOCHS_A_CALL = 1024
"""Epochs that one call takes: always as many, of which only some may be run."""
NEVER = 2**62
"""The patience of a run that has none."""
ENDINGS = np.array(["", "early", "not_finite"], dtype=object)
EARLY, NOT_FINITE = 1, 2


class ProgramPlan(NamedTuple):
    """What a compiled program is made for, besides the shapes of its arrays."""

    network: Network
    optimizer: Optimizer
    memory: tuple[type, ...]
    """The kind of what the optimizer remembers of each array."""
    rows: int
    batch_size: int
    dropout: tuple[float, ...]
    clip: float | None
    has_penalty: bool
    has_order: bool
    measure_gradient: bool


class Given(NamedTuple):
    """What goes into a program beside the state; of a population, its fields are shared or not."""

    data: Data
    validation: Data | None
    weight_masks: tuple[Array, ...]
    rows: Array | None
    """Numbers of the rows of `data` that are trained on; None: all."""
    seed: Array
    strengths: Array
    """l2 and l1."""
    patience: Array
    min_delta: Array
    multipliers: Array


class Carry(NamedTuple):
    """Where a training stands inside a program; the fields are a `State`'s."""

    parameters: Parameters
    memory: tuple[tuple[Array, ...], ...]
    t: Array
    epoch: Array
    best: Parameters
    best_loss: Array
    best_epoch: Array
    waited: Array
    ended: Array
    """A number of `ENDINGS`."""
    output: Array
    output_rows: Array


class IterationArrays(NamedTuple):
    """What an iteration measured, and whether it was run."""

    loss: Array
    weight: Array
    penalty: Array
    gradient_norm: Array
    ran: Array


class EpochArrays(NamedTuple):
    """What an epoch measured; `iterations`: how many it had."""

    iteration_loss: Array
    loss: Array
    penalty: Array
    gradient_norm: Array
    validation_loss: Array
    iterations: Array
    ran: Array


class JaxEngine(Engine):
    """`core` compiled by JAX: each new shape takes about a second to compile, once a process."""

    name = "jax"
    first_chunk = 5_000_000

    def why_unavailable(self) -> str:
        """How to install JAX, where it is missing."""
        if find_spec("jax") is None:
            return "JAX is not installed: run pip install 'glassnet[jax]', or pip install jax"
        return ""

    def why_refused(
        self,
        network: Network,
        problem: Problem | None = None,
        parameters: Parameters | None = None,
    ) -> str:
        """Custom functions must be written against the array API: they are traced, not called."""
        if problem is None:
            return ""
        try:
            with _precise() as jax:
                jax.eval_shape(lambda: _first_step(jax.numpy, problem))
        except Exception as error:  # whatever a user's function raises when it is traced
            why = str(error).strip().partition("\n")[0]
            return f"JAX cannot compile it ({type(error).__name__}: {why[:150]})"
        return ""

    def describe(self) -> str:
        """The version of JAX and its device."""
        device = import_module("jax").devices()[0]
        return f"JAX {version('jax')} on {device.device_kind}"

    def threads(self, n_jobs: int | None) -> int:
        """One: a compiled program takes the cores by itself."""
        return 1

    def run(
        self, problem: Problem, state: State, orders: np.ndarray | None, rates: Floats
    ) -> tuple[State, Measured]:
        """Train as `Engine.run` says."""
        states = _as_states(state)
        which = np.zeros(1, np.int64)
        after, measured = self._train([problem], which, states, [orders], [rates], True)
        return after.of(0), measured.of(0)

    def run_population(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
    ) -> tuple[States, Measurements]:
        """Train as `Engine.run_population` says: by vmap, those of one `ProgramPlan` at a time."""
        after = states.take(np.arange(len(which)))
        measured = room_for(problems, which, rates)
        groups: dict[Any, list[int]] = {}
        for number, problem in enumerate(problems):
            kinds = tuple(map(type, states.memory))
            key = _plan(problem, orders[number], kinds), _forms(problem)
            groups.setdefault(key, []).append(number)
        for numbers in groups.values():
            networks = np.flatnonzero(np.isin(which, numbers))
            among = np.searchsorted(numbers, which[networks])
            its_after, its_measured = self._train(
                [problems[number] for number in numbers],
                among,
                states.take(networks),
                [orders[number] for number in numbers],
                [rates[number] for number in numbers],
                False,
            )
            after.put(networks, its_after)
            for at, p in enumerate(networks.tolist()):
                measured.put(p, its_measured.of(at))
        return after, measured

    def predictor(self, network: Network, parameters: Parameters) -> Predict:
        """A function from inputs to outputs, as `Engine.predictor` says."""
        check_shapes(network, parameters)
        fixed = _copied(parameters)

        def predict(x: Floats) -> Floats:
            with _precise():
                return np.array(_compiled_outputs(network)(fixed, x[:]))

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
        data = _copied(data_as_float64(data))
        masks = tuple(np.array(mask, np.float64) for mask in weight_masks)

        def gradient_at(theta: Floats) -> tuple[float, float, Floats]:
            parameters = from_vector(network, as_float64(theta))
            with _precise():
                found = _compiled_gradient(network, penalty)(parameters, data, masks)
            loss, penalty_value, gradients = found
            return float(loss), float(penalty_value), to_vector(gradients)

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
        x = np.array(x, np.float64)
        masks = tuple(np.array(mask, np.float64) for mask in weight_masks)
        scale = np.repeat(as_float64(row_scale), network.sizes[-1])[:, None]  # (N K) x 1

        def jacobian_at(theta: Floats) -> tuple[Floats, Floats]:
            parameters = from_vector(network, as_float64(theta))
            with _precise():
                output, columns = _compiled_jacobian(network)(parameters, x, masks)
                return np.array(output), scale * np.asarray(columns)  # (N K) x P

        return jacobian_at

    def _train(
        self,
        problems: Sequence[Problem],
        which: np.ndarray,
        states: States,
        orders: Sequence[np.ndarray | None],
        rates: Sequence[Floats],
        is_alone: bool,
    ) -> tuple[States, Measurements]:
        """Train networks of one `ProgramPlan`, a program's number of epochs at a time."""
        P = len(which)
        planned = np.array([len(rate) for rate in rates])[which]
        first = problems[0]
        plan = _plan(first, orders[0], tuple(map(type, states.memory)))
        padded = which if is_alone else np.append(which, np.zeros(_room(P) - P, which.dtype))
        given, shared = _given(problems, padded, is_alone)
        carry = _carry(states, plan, len(padded), is_alone)
        epochs = _epochs_a_call(plan, 1 if len(problems) == 1 else len(padded))
        train = _compiled_training(plan, epochs, shared, len(problems) == 1)
        parts: list[EpochArrays] = []
        for start in range(0, int(planned.max()), epochs):
            left = np.zeros(len(padded), np.int64)
            left[:P] = np.clip(planned - start, 0, epochs)
            its_orders = _cut(orders, start, epochs, padded, np.int32)
            its_rates = _cut(rates, start, epochs, padded, np.float64)
            with _precise() as jax:
                count = left[0] if is_alone else left
                carry, part = train(carry, given, its_orders, its_rates, count)
                parts.append(jax.tree.map(np.asarray, part))
        carry = import_module("jax").tree.map(np.array, carry)
        if is_alone:
            parts = [EpochArrays(*(array[:, None] for array in part)) for part in parts]
            carry = import_module("jax").tree.map(lambda array: array[None], carry)
        return _states(carry, states, P), _measurements(parts, carry, problems, which, rates)


# The programs


@cache
def _compiled_training(plan: ProgramPlan, epochs: int, shared: Any, has_one_order: bool) -> Any:
    """The program that trains for so many epochs at most.

    `shared` is None for one network, else a `Given` that says of which fields all networks share
    the arrays (None) and which have the network first (0).
    """
    jax = import_module("jax")
    jnp = jax.numpy

    def one_epoch(carry: Carry, given: Given, order: Any, rates: Any, runs: Any) -> Any:
        after, measured = _epoch(jax, plan, carry, given, order, rates)
        if shared is not None:
            after = jax.tree.map(lambda new, old: jnp.where(runs, new, old), after, carry)
        return after, measured._replace(ran=runs)

    if shared is None:
        of_all = one_epoch
    else:
        axis = None if has_one_order else 0
        of_all = jax.vmap(one_epoch, (0, shared, axis, axis, 0))

    def train(carry: Carry, given: Given, orders: Any, rates: Any, left: Any) -> Any:
        def one(e: Any, carry: Carry) -> Any:
            runs = (e < left) & (carry.ended == 0)
            order = None if orders is None else orders[e]
            return of_all(carry, given, order, rates[e], runs)

        shapes = jax.eval_shape(lambda carry: one(0, carry)[1], carry)
        room = jax.tree.map(lambda a: jnp.zeros((epochs, *a.shape), a.dtype), shapes)

        def goes_on(loop: Any) -> Any:
            e, carry, _ = loop
            return jnp.any((e < left) & (carry.ended == 0))

        def body(loop: Any) -> Any:
            e, carry, room = loop
            carry, measured = one(e, carry)
            room = jax.tree.map(lambda all_, new: all_.at[e].set(new), room, measured)
            return e + 1, carry, room

        _, carry, room = jax.lax.while_loop(goes_on, body, (0, carry, room))
        return carry, room

    return jax.jit(train)


@cache
def _compiled_outputs(network: Network) -> Any:
    return import_module("jax").jit(
        lambda parameters, x: feedforward(network, parameters, x).output
    )


@cache
def _compiled_gradient(network: Network, penalty: Penalty | None) -> Any:
    def gradient(parameters: Parameters, data: Data, masks: Any) -> Any:
        parameters = parameters._replace(weights=masked(parameters.weights, masks))
        trace = feedforward(network, parameters, data.x, (), masks)
        loss, gradients = backprop(network, parameters, trace, data.y, data.sample_weight, penalty)
        return loss, _penalty_of(penalty, parameters), gradients

    return import_module("jax").jit(gradient)


@cache
def _compiled_jacobian(network: Network) -> Any:
    jax = import_module("jax")

    def outputs_and_columns(parameters: Parameters, x: Array, masks: Any) -> Any:
        parameters = parameters._replace(weights=masked(parameters.weights, masks))
        trace = feedforward(network, parameters, x, (), masks)
        derivatives = leaves(core_jacobian(network, parameters, trace))
        columns = [d.reshape(trace.output.size, -1) for d in derivatives]
        return trace.output, jax.numpy.concatenate(columns, axis=1)

    return jax.jit(outputs_and_columns)


def _epoch(
    jax: Any, plan: ProgramPlan, carry: Carry, given: Given, order: Array | None, rates: Array
) -> tuple[Carry, EpochArrays]:
    """One epoch of one network: its batches, the smaller last one by itself, and what follows."""
    jnp = jax.numpy
    start = carry.parameters
    index = given.rows if order is None else order
    if order is not None and given.rows is not None:
        index = given.rows[order]
    if index is None and plan.batch_size < plan.rows:
        index = jnp.arange(plan.rows)
    whole = plan.rows // plan.batch_size
    cut = whole * plan.batch_size

    def iterate(carry: Carry, batch: Any) -> tuple[Carry, IterationArrays]:
        return _iterate(jnp, plan, given, carry, *batch)

    if whole == 1:
        carry, found = iterate(carry, (None if index is None else index[:cut], rates[0]))
        found = IterationArrays(*(array[None] for array in found))
    else:
        batches = index[:cut].reshape(whole, plan.batch_size)
        carry, found = jax.lax.scan(iterate, carry, (batches, rates[:whole]))
    if cut < plan.rows:
        carry, last = iterate(carry, (index[cut:], rates[whole]))
        pairs = zip(found, last, strict=True)
        found = IterationArrays(*(jnp.append(array, one) for array, one in pairs))
    measured = _measured(jnp, plan, found)
    if given.validation is None:
        carry = _end_epoch(jnp, carry, given, start, measured.loss, carry.epoch)
        return carry, measured
    trace = feedforward(plan.network, carry.parameters, given.validation.x)
    loss = loss_of(plan.network, trace, given.validation.y, given.validation.sample_weight)
    loss = loss.astype(float)
    carry = _end_epoch(jnp, carry, given, carry.parameters, loss, carry.epoch + 1)
    return carry, measured._replace(validation_loss=loss)


def _iterate(
    jnp: Any, plan: ProgramPlan, given: Given, carry: Carry, index: Array | None, rate: Array
) -> tuple[Carry, IterationArrays]:
    """One iteration, as the numpy engine's; it changes nothing once the run has ended."""
    x, y, sample_weight = given.data
    if index is not None:
        x, y = x[index], y[index]
        sample_weight = None if sample_weight is None else sample_weight[index]
    rows, dtype = x.shape[0], x.dtype
    network, parameters = plan.network, carry.parameters
    key = (given.seed, carry.t)
    dropout = dropout_masks(jnp, plan.dropout, network.sizes, rows, key, dtype)
    trace = feedforward(network, parameters, x, dropout, given.weight_masks)
    penalty = None
    if plan.has_penalty:
        scale = network.loss.penalty_scale(rows, plan.rows)
        l2, l1 = (given.strengths * scale).astype(dtype)
        penalty = tuple.__new__(Penalty, (l2, l1))  # whose own checks cannot look into a program
    loss, gradients = backprop(network, parameters, trace, y, sample_weight, penalty)
    norm = jnp.zeros((), dtype)
    if plan.measure_gradient or plan.clip is not None:
        norm = gradient_norm(gradients)
    if plan.clip is not None:
        gradients = clip_gradients(gradients, norm, plan.clip)
    rates = [(rate * m).astype(dtype) for m in given.multipliers]
    memory = tuple(kind(*one) for kind, one in zip(plan.memory, carry.memory, strict=True))
    state = OptimizerState(carry.t, memory)
    stepped, state = plan.optimizer.update(gradients, state, parameters, rates)
    stepped = stepped._replace(weights=masked(stepped.weights, given.weight_masks))
    ran = carry.ended == 0
    updates = ran & jnp.isfinite(loss)

    def chosen(new: Array, old: Array) -> Array:
        return jnp.where(updates, new, old).astype(old.dtype)

    arrays = zip(leaves(stepped), leaves(parameters), strict=True)
    layers = len(parameters.weights)
    kept = [chosen(new, old) for new, old in arrays]
    remembered = tuple(
        tuple(chosen(new, old) for new, old in zip(of_array, before, strict=True))
        for of_array, before in zip(state.memory, carry.memory, strict=True)
    )
    output = carry.output.at[:rows].set(jnp.where(ran, trace.output, carry.output[:rows]))
    after = carry._replace(
        parameters=Parameters(tuple(kept[:layers]), tuple(kept[layers:])),
        memory=remembered,
        t=chosen(carry.t + 1, carry.t),
        ended=jnp.where(ran & ~updates, NOT_FINITE, carry.ended),
        output=output,
        output_rows=jnp.where(ran, rows, carry.output_rows),
    )
    weight = jnp.asarray(rows) if sample_weight is None else jnp.sum(sample_weight)
    value = _penalty_of(penalty, parameters)
    numbers = (jnp.asarray(number).astype(float) for number in (loss, weight, value, norm))
    return after, IterationArrays(*numbers, ran)


def _penalty_of(penalty: Penalty | None, parameters: Parameters) -> Any:
    return 0.0 if penalty is None else sum(penalty(w)[0] for w in parameters.weights)


def _measured(jnp: Any, plan: ProgramPlan, found: IterationArrays) -> EpochArrays:
    """Loss and penalty by the weight of the rows, and the mean norm, of the iterations run."""
    ran = found.ran
    count = jnp.sum(ran)
    fraction = jnp.ones_like(found.loss)
    if plan.network.loss.reduction != "sum":
        total = jnp.sum(jnp.where(ran, found.weight, 0.0))
        fraction = found.weight / jnp.where(total > 0, total, 1.0)

    def summed(values: Array) -> Array:
        return jnp.sum(jnp.where(ran, values, 0.0))

    loss, penalty = summed(fraction * found.loss), summed(fraction * found.penalty)
    norm = summed(found.gradient_norm) / count
    return EpochArrays(found.loss, loss, penalty, norm, jnp.zeros(()), count, ran[0])


def _end_epoch(
    jnp: Any, carry: Carry, given: Given, candidate: Parameters, loss: Array, epoch: Array
) -> Carry:
    """The best epoch, and whether to stop: the numpy engine's decisions."""
    finite = jnp.isfinite(loss)
    for w in leaves(carry.parameters):
        finite = finite & jnp.all(jnp.isfinite(w))
    improved = loss < carry.best_loss - given.min_delta
    waited = jnp.where(improved, 0, carry.waited + 1)
    is_best = loss < carry.best_loss
    if given.validation is not None:
        is_best = is_best & finite
    pairs = zip(leaves(candidate), leaves(carry.best), strict=True)
    best = [jnp.where(is_best, new, old) for new, old in pairs]
    layers = len(carry.best.weights)
    ended = jnp.where(waited >= given.patience, EARLY, 0)
    ended = jnp.where(finite, ended, NOT_FINITE)
    return carry._replace(
        epoch=carry.epoch + 1,
        best=Parameters(tuple(best[:layers]), tuple(best[layers:])),
        best_loss=jnp.where(is_best, loss, carry.best_loss),
        best_epoch=jnp.where(is_best, epoch, carry.best_epoch),
        waited=waited,
        ended=jnp.where(carry.ended == 0, ended, carry.ended),
    )


# What goes in and what comes out


@contextmanager
def _precise() -> Iterator[Any]:
    """JAX with 64 bits and whole products, in this thread and until the end of the block."""
    jax = import_module("jax")
    with in_64_bits(), jax.default_matmul_precision("highest"):
        yield jax


def _plan(problem: Problem, order: np.ndarray | None, memory: tuple[type, ...]) -> ProgramPlan:
    options = problem.options
    optimizer = options.optimizer
    if type(optimizer) in OPTIMIZERS.values() and not isinstance(optimizer, Rprop):
        optimizer = replace(optimizer, learning_rate=1.0)  # the rates go in as arrays
    return ProgramPlan(
        problem.network,
        optimizer,
        memory,
        problem.n_rows,
        problem.batch_size,
        problem.dropout,
        options.clip,
        options.penalty is not None,
        order is not None,
        options.measure_gradient,
    )


def _forms(problem: Problem) -> Any:
    """What else must be alike in networks that one program trains: which arrays there are."""
    shapes: list[Any] = [problem.rows is None, problem.validation_rows is None]
    for data in (problem.data, problem.validation):
        if data is not None:
            shapes += [data.x.shape, data.sample_weight is None]
    rows = problem.validation_rows
    return (*shapes, None if rows is None else len(rows), len(problem.options.weight_masks))


def _given(problems: Sequence[Problem], which: np.ndarray, is_alone: bool) -> tuple[Given, Any]:
    """What goes into the program, and which of its arrays the networks share (see there)."""
    alone = [_given_of(problem) for problem in problems]
    if is_alone:
        return alone[0], None
    jax = import_module("jax")
    flat = [jax.tree.flatten(one) for one in alone]
    structure = flat[0][1]
    arrays: list[Any] = []
    axes: list[int | None] = []
    for of_all in zip(*(found for found, _ in flat), strict=True):
        is_shared = all(array is of_all[0] for array in of_all)
        arrays.append(of_all[0] if is_shared else np.stack(of_all)[which])
        axes.append(None if is_shared else 0)
    numbers = iter(range(len(axes)))
    return jax.tree.unflatten(structure, arrays), _axes(alone[0], axes, numbers)


def _axes(nest: Any, axes: list[int | None], numbers: Iterator[int]) -> Any:
    """The axes in the form of a nest of tuples, in its order."""
    if nest is None:
        return None
    if isinstance(nest, tuple):
        parts = [_axes(one, axes, numbers) for one in nest]
        return type(nest)(*parts) if hasattr(nest, "_fields") else tuple(parts)
    return axes[next(numbers)]


def _given_of(problem: Problem) -> Given:
    options = problem.options
    penalty = options.penalty or (0.0, 0.0)
    data, rows = problem.data, problem.rows
    validation = problem.validation
    if validation is not None and problem.validation_rows is not None:
        validation = problem.alone.validation
    patience = NEVER if options.patience is None else options.patience
    return Given(
        _plain(data),
        None if validation is None else _plain(validation),
        options.weight_masks,
        None if rows is None else np.asarray(rows, np.int32),
        np.uint32(options.seed & WORD),
        np.array(penalty, np.float64),
        np.int64(min(patience, NEVER)),
        np.float64(options.min_delta),
        np.array(problem.multipliers),
    )


def _plain(data: Data) -> Data:
    x = data.x if isinstance(data.x, np.ndarray) else data.x[:]
    return data._replace(x=x)


def _carry(states: States, plan: ProgramPlan, P: int, is_alone: bool) -> Carry:
    """The states as they go into the program, with some of the first network's to fill them up."""
    at = np.arange(P)
    at[len(states.t) :] = 0
    states = states.take(at)
    dtype = states.parameters.weights[0].dtype
    carry = Carry(
        states.parameters,
        tuple(tuple(one) for one in states.memory),
        states.t.astype(np.int64),
        states.epoch.astype(np.int64),
        states.best,
        states.best_loss.astype(np.float64),
        states.best_epoch.astype(np.int64),
        states.waited.astype(np.int64),
        np.array([list(ENDINGS).index(ended) for ended in states.ended], np.int64),
        np.zeros((P, plan.batch_size, plan.network.sizes[-1]), dtype),
        np.zeros(P, np.int64),
    )
    return import_module("jax").tree.map(lambda array: array[0], carry) if is_alone else carry


def _as_states(state: State) -> States:
    """One state as those of a population of one."""

    def first(parameters: Parameters) -> Parameters:
        weights, biases = parameters
        return Parameters(tuple(w[None] for w in weights), tuple(b[None] for b in biases))

    best = state.best
    memory = state.optimizer.memory
    return States(
        first(state.parameters),
        tuple(type(one)(*(np.asarray(array)[None] for array in one)) for one in memory),
        np.array([state.optimizer.t]),
        np.array([state.epoch]),
        first(best.parameters),
        np.array([best.loss]),
        np.array([best.epoch]),
        np.array([state.waited]),
        np.array([state.ended], dtype=object),
    )


def _states(carry: Carry, like: States, P: int) -> States:
    """The states that come out, without those that filled them up."""
    carry = import_module("jax").tree.map(lambda array: array[:P], carry)
    memory = tuple(
        type(one)(*arrays) for one, arrays in zip(like.memory, carry.memory, strict=True)
    )
    return States(carry.parameters, memory, *carry[2:8], ENDINGS[carry.ended])


def _measurements(
    parts: Sequence[EpochArrays],
    carry: Carry,
    problems: Sequence[Problem],
    which: np.ndarray,
    rates: Sequence[Floats],
) -> Measurements:
    measured = room_for(problems, which, rates)
    found = EpochArrays(*map(np.concatenate, zip(*parts, strict=True)))
    for p in range(len(which)):
        of_one = EpochArrays(*(array[found.ran[:, p], p] for array in found))
        losses = [row[:n] for row, n in zip(of_one.iteration_loss, of_one.iterations, strict=True)]
        norms = problems[0].options.measure_gradient
        validated = problems[0].validation is not None
        nothing = np.empty(0)
        one = Measured(
            np.concatenate([nothing, *losses]),
            of_one.loss,
            of_one.penalty,
            of_one.gradient_norm if norms else nothing,
            of_one.validation_loss if validated else nothing,
            carry.output[p, : carry.output_rows[p]],
        )
        measured.put(p, one)
    return measured


def _cut(
    of_problems: Sequence[np.ndarray | None], start: int, epochs: int, which: np.ndarray, kind: Any
) -> np.ndarray | None:
    """The orders or rates of some epochs, filled up: epochs x (networks x) rows or batches."""
    cut: list[np.ndarray] = []
    for array in of_problems:
        if array is None:
            return None
        filled = np.zeros((epochs, array.shape[1]), kind)
        part = array[start : start + epochs]
        filled[: len(part)] = part
        cut.append(filled)
    return cut[0] if len(cut) == 1 else np.stack(cut, axis=1)[:, which]


def _epochs_a_call(plan: ProgramPlan, orders: int) -> int:
    """A power of 2 that depends on the shapes alone, so that no chunk needs a new program."""
    most = max(1, min(EPOCHS_A_CALL, ORDER_NUMBERS // (plan.rows * orders)))
    return 1 << (most.bit_length() - 1)


def _room(P: int) -> int:
    """The power of 2 to which a population is filled up, so that few programs do for all."""
    return 1 << (P - 1).bit_length()


def _copied(nest: Any) -> Any:
    return import_module("jax").tree.map(np.array, nest)


def _first_step(jnp: Any, problem: Problem) -> Any:
    """What one iteration computes of two rows: enough to see whether it can be traced."""
    network, optimizer = problem.network, problem.options.optimizer
    dtype = problem.data.x.dtype
    weights = tuple(jnp.zeros(shape, dtype) for shape in network.shapes)
    biases = tuple(jnp.zeros(m, dtype) for _, m in network.shapes) if network.bias else ()
    parameters = Parameters(weights, biases)
    trace = feedforward(network, parameters, jnp.zeros((2, network.sizes[0]), dtype))
    y = jnp.zeros((2, network.sizes[-1]), dtype)
    loss, gradients = backprop(network, parameters, trace, y)
    rates = [jnp.ones((), dtype) for _ in leaves(parameters)]
    state = optimizer.init(parameters)
    return loss, optimizer.update(gradients, state, parameters, rates)[0]
