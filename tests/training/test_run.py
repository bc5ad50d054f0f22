"""A run as a whole: chunks, batches, stopping, keeping the best, and what is refused."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.dropout import dropout_masks
from glassnet.core.network import Parameters, leaves
from glassnet.errors import GlassnetError
from glassnet.training.engines.registry import ENGINES
from glassnet.training.options import TrainingOptions
from glassnet.training.schedules import SCHEDULES

pytestmark = pytest.mark.filterwarnings(
    "ignore:the training (diverged|stopped)", "ignore:every node of the first layer"
)
random = np.random.default_rng(5)
X = random.normal(size=(50, 3))
Y = np.sin(X.sum(axis=1)) + 0.3 * random.normal(size=50)
XV, YV = X[35:], Y[35:]
X, Y = X[:35], Y[:35]
NETWORK = gn.Network([3, 8, 5, 1], "tanh")
START = gn.initialize(NETWORK, seed=2)

PLANS: dict[str, dict[str, Any]] = {
    "full batch": {},
    "batches": {"batch_size": 8, "schedule": "cosine", "seed": 3},
    "validation": {"batch_size": 8, "validation": (XV, YV)},
    "patience": {
        "batch_size": 8,
        "validation": (XV, YV),
        "patience": 3,
        "epochs": 60,
        "optimizer": gn.Adam(0.02),
    },
    "dropout": {"batch_size": 8, "dropout": [0.5, 0.2]},
    "momentum": {"optimizer": gn.Nesterov(0.05), "sample_weight": np.arange(35) % 3},
    "rprop": {"optimizer": "rprop", "penalty": gn.Penalty(0.01, 0.001)},
    "diverges": {"optimizer": gn.GradientDescent(1e6), "epochs": 40},
}


def train(**options: Any) -> gn.Run:
    network = options.pop("network", NETWORK)
    return gn.train(network, options.pop("start", START), X, Y, **{"epochs": 29, **options})


def assert_equal(a: gn.Run, b: gn.Run) -> None:
    for one, other in zip(leaves(a.parameters), leaves(b.parameters), strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("iteration_loss", "loss", "validation_loss", "learning_rate"):
        np.testing.assert_array_equal(getattr(a.history, name), getattr(b.history, name))
    assert (a.ended, a.best_epoch) == (b.ended, b.best_epoch)
    np.testing.assert_array_equal(a.last_batch_output, b.last_batch_output)
    assert a.state.optimizer.t == b.state.optimizer.t
    for one, other in zip(a.state.optimizer.memory, b.state.optimizer.memory, strict=True):
        for x, y in zip(one, other, strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("plan", PLANS)
def test_chunks_of_1_of_7_and_of_all_are_bit_equal(plan: str, engine: str) -> None:
    whole = train(**PLANS[plan], chunk_epochs=10_000, engine=engine)
    assert_equal(whole, train(**PLANS[plan], chunk_epochs=1, engine=engine))
    assert_equal(whole, train(**PLANS[plan], chunk_epochs=7, engine=engine))
    assert_equal(whole, train(**PLANS[plan], engine=engine))


def test_one_iteration_is_feedforward_backprop_update() -> None:
    run = train(optimizer=gn.GradientDescent(0.5), epochs=1, engine="numpy")
    trace = gn.feedforward(NETWORK, START, X)
    loss, gradients = gn.backprop(NETWORK, START, trace, Y)
    assert run.history.iteration_loss.tolist() == [loss]
    np.testing.assert_array_equal(run.last_batch_output, trace.output)
    for w, g, new in zip(leaves(START), leaves(gradients), leaves(run.parameters), strict=True):
        np.testing.assert_array_equal(new, w - 0.5 * g)


def test_batches_go_once_through_all_rows_in_a_new_order_each_epoch() -> None:
    seen: list[list[float]] = []

    def spy(a: np.ndarray, y: np.ndarray) -> tuple:
        seen.append(y.ravel().tolist())
        return (a - y) ** 2, 2 * (a - y)

    network = gn.Network([3, 1], output="identity", loss=gn.Loss("spy", spy, "mean"))
    start = gn.initialize(network)
    run = train(network=network, start=start, batch_size=8, epochs=2)
    del seen[:-10]  # before those, the loss was checked against differences
    assert [len(y) for y in seen] == [8, 8, 8, 8, 3] * 2
    first, second = (
        [y for batch in seen[:5] for y in batch],
        [y for batch in seen[5:] for y in batch],
    )
    assert sorted(first) == sorted(second) == sorted(Y.tolist())
    assert first != second
    assert run.history.table()["iteration"] == [5, 10]
    weighted = np.average(run.history.iteration_loss[:5], weights=[8, 8, 8, 8, 3])
    assert run.history.loss[0] == pytest.approx(weighted, rel=1e-14)


def by_hand(
    network: gn.Network,
    start: Parameters,
    x,
    y,
    w,
    validation,
    masks,
    optimizer,
    penalty,
    seed: int,
) -> dict[str, Any]:
    """Three epochs of batches of 8 as a loop that anyone can read; what train() must give."""
    order_of = np.random.default_rng(seed)
    parameters, state = start, optimizer.init(start)
    losses, epochs, validation_losses, kept = [], [], [], []
    for epoch in range(3):
        order = order_of.permutation(len(x))
        for first in range(0, len(x), 8):
            rows = order[first : first + 8]
            iteration = len(losses)
            dropout = dropout_masks(
                np, (0.5, 0.25), network.sizes, len(rows), (seed, iteration), np.float64
            )
            trace = gn.feedforward(network, parameters, x[rows], dropout, masks)
            fraction = len(rows) / len(x) if network.loss.reduction == "sum" else 1.0
            loss, gradients = gn.backprop(
                network, parameters, trace, y[rows], w[rows], penalty.scaled(fraction)
            )
            rate = 0.05 * 0.5 * (1 + np.cos(np.pi * iteration / 15))
            parameters, state = optimizer.update(
                gradients, state, parameters, [rate * m for m in (1, 0.5, 2, 1, 1, 0.1)]
            )
            losses.append(float(loss))
        weights = [w[order[first : first + 8]].sum() for first in range(0, len(x), 8)]
        of_epoch = losses[5 * epoch :]
        epochs.append(
            sum(of_epoch)
            if network.loss.reduction == "sum"
            else np.average(of_epoch, weights=weights)
        )
        trace = gn.feedforward(network, parameters, validation[0], (), masks)
        validation_losses.append(
            float(gn.backprop(network, parameters, trace, validation[1], validation[2])[0])
        )
        kept.append(parameters)
    best = int(np.argmin(validation_losses))
    return {
        "iteration_loss": losses,
        "loss": epochs,
        "validation_loss": validation_losses,
        "best": best + 1,
        "parameters": kept[best],
    }


@pytest.mark.parametrize("loss", ["sum_of_squares", "mean_squared_error"])
@pytest.mark.parametrize("optimizer", [gn.Adam(0.05), gn.Momentum(0.05)])
def test_a_run_is_the_loop_by_hand(loss: str, optimizer: gn.Optimizer) -> None:
    network = gn.Network([3, 8, 5, 1], ["tanh", "silu"], loss=loss)
    masks = [np.ones(s) for s in network.shapes]
    masks[0][1, ::2] = masks[1][3] = 0
    start = gn.initialize(network, seed=4)
    start = start._replace(weights=tuple(w * m for w, m in zip(start.weights, masks, strict=True)))
    w, wv = 0.5 + np.arange(35) % 3, 1.0 + np.arange(15) % 2
    penalty = gn.Penalty(0.02, 0.01)
    expected = by_hand(network, start, X, Y, w, (XV, YV, wv), masks, optimizer, penalty, seed=11)
    run = gn.train(
        network,
        start,
        X,
        Y,
        optimizer=optimizer,
        epochs=3,
        batch_size=8,
        sample_weight=w,
        validation=(XV, YV, wv),
        penalty=penalty,
        dropout=[0.5, 0.25],
        weight_masks=masks,
        multipliers=Parameters((1, 0.5, 2), (1, 1, 0.1)),
        schedule="cosine",
        seed=11,
    )
    for name in ("iteration_loss", "loss", "validation_loss"):
        np.testing.assert_allclose(
            getattr(run.history, name), expected[name], rtol=1e-11, err_msg=name
        )
    assert run.best_epoch == expected["best"]
    for ours, theirs in zip(leaves(run.parameters), leaves(expected["parameters"]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-14)


def test_batches_in_the_order_given() -> None:
    run = train(batch_size=8, shuffle=False, epochs=1, optimizer=gn.GradientDescent(0.1))
    trace = gn.feedforward(NETWORK, START, X[:8])
    assert run.history.iteration_loss[0] == pytest.approx(
        gn.backprop(NETWORK, START, trace, Y[:8])[0], rel=1e-12
    )
    assert len(run.last_batch_output) == 3


def test_min_delta_is_for_patience_only() -> None:
    options: dict[str, Any] = {
        "optimizer": gn.GradientDescent(0.01),
        "epochs": 50,
        "validation": (XV, YV),
    }
    free = train(**options)
    assert (np.diff(free.history.validation_loss) < 0).all()
    assert np.diff(free.history.validation_loss).min() > -0.1
    patient = train(**options, patience=4, min_delta=0.1)
    assert patient.ended == "early"
    assert (
        len(patient.history.loss) == patient.best_epoch == 5
    )  # better each time, never by enough: the last is still the best
    without = train(optimizer=gn.GradientDescent(0.01), epochs=50, patience=4, min_delta=0.1)
    assert len(without.history.loss) == 5


def test_penalty_of_a_sum_is_carried_once_an_epoch() -> None:
    network = gn.Network([3, 4, 1], "tanh", loss="sum_of_squares")
    start = gn.initialize(network)
    penalty = gn.Penalty(l2=2.0, l1=1.0)
    still = Parameters((0.0, 0.0), (0.0, 0.0))  # nothing moves
    whole = train(network=network, start=start, penalty=penalty, multipliers=still, epochs=1)
    batches = train(
        network=network, start=start, penalty=penalty, multipliers=still, epochs=1, batch_size=8
    )
    assert batches.history.loss[0] == pytest.approx(whole.history.loss[0], rel=1e-12)


def test_validation_keeps_the_best_epoch() -> None:
    run = train(validation=(XV, YV), optimizer=gn.Adam(0.05), epochs=200)
    best = int(run.history.validation_loss.argmin())
    assert run.best_epoch == best + 1 < 200
    trace = gn.feedforward(NETWORK, run.parameters, XV)
    assert np.mean((trace.output[:, 0] - YV) ** 2) == pytest.approx(
        run.history.validation_loss[best], rel=1e-12
    )
    early = train(validation=(XV, YV), optimizer=gn.Adam(0.05), epochs=200, patience=10)
    assert early.ended == "early"
    assert len(early.history.loss) == early.best_epoch + 10
    assert "patience" in early.diagnosis


def test_without_validation_the_last_update_is_kept() -> None:
    run = train(optimizer=gn.GradientDescent(0.5), epochs=3)
    again = train(optimizer=gn.GradientDescent(0.5), epochs=2)
    further = train(start=again.parameters, optimizer=gn.GradientDescent(0.5), epochs=1)
    np.testing.assert_array_equal(leaves(run.parameters)[0], leaves(further.parameters)[0])
    assert run.best_epoch == 3


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 8},
        {"validation": (XV, YV)},
        {"epochs": 1, "optimizer": gn.GradientDescent(1e308)},
    ],
)
def test_a_run_that_leaves_the_finite_numbers_ends_with_its_best(options: dict[str, Any]) -> None:
    network = gn.Network([3, 8, 1], "relu", loss="sum_of_squares")
    start = gn.initialize(network, seed=1)
    run = train(
        network=network,
        start=start,
        **{"optimizer": gn.GradientDescent(10.0), "epochs": 100, **options},
    )
    assert run.ended == "not_finite"
    assert all(np.isfinite(w).all() for w in leaves(run.parameters))
    assert "smaller learning rate" in run.diagnosis
    assert len(run.history.iteration_loss) < 100 or options.get("batch_size")


LINE = np.arange(1, 500.0)[:, None]
GROWS: dict[str, Any] = {"optimizer": gn.GradientDescent(1.0), "epochs": 200}


def train_on_a_line(**options: Any) -> gn.Run:
    """Inputs and targets up to 500, at which a learning rate of 1 is far too large."""
    network = gn.Network([1, 20, 1], "relu", output="identity", loss="mean_squared_error")
    start = gn.initialize(network, "he", seed=0)
    return gn.train(network, start, LINE, LINE + 1, **{**GROWS, **options})


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("options", [{}, {"batch_size": 50}, {"patience": 8}])
def test_a_loss_that_grows_without_bound_is_said_and_the_best_kept(
    options: dict[str, Any], engine: str
) -> None:
    run = train_on_a_line(**options, engine=engine)
    assert run.history.loss[-1] > 1e12 * run.history.iteration_loss[0]
    assert np.isfinite(run.history.loss).all()
    assert run.ended == "diverged"
    assert "Scale the inputs and targets" in run.diagnosis
    assert "the inputs go up to 499, the targets up to 500, and the learning rate was 1" in (
        run.diagnosis
    )
    assert run.best_epoch == int(run.history.loss.argmin())
    assert_equal(run, train_on_a_line(**options, engine=engine, chunk_epochs=1))
    assert_equal(run, train_on_a_line(**options, engine=engine, chunk_epochs=7))


def test_a_loss_that_has_come_down_again_or_began_at_nothing_has_not_diverged() -> None:
    up_and_down = train_on_a_line(
        optimizer=gn.Adam(300.0),
        epochs=400,
        schedule=lambda t: np.where(t < 0.05, 1.0, 1e-3),
    )
    assert up_and_down.history.loss.max() > 1e6 * up_and_down.history.loss[0]
    assert up_and_down.ended == ""
    network = gn.Network([1, 1], output="identity", loss="mean_squared_error")
    perfect = Parameters((np.ones((1, 1)),), (np.ones(1) + 1e-9,))
    shaken = gn.train(network, perfect, LINE, LINE + 1, optimizer=gn.Adam(0.1), epochs=2)
    assert shaken.history.loss[-1] > 1e6 * shaken.history.loss[0]
    assert shaken.ended == ""


def test_infinite_weights_are_never_kept_even_where_their_loss_is_finite() -> None:
    network = gn.Network([3, 8, 1], "sigmoid", "sigmoid")
    start = gn.initialize(network, seed=1, dtype="float32")
    bits = (Y > 0).astype(float)
    run = gn.train(
        network,
        start,
        X,
        bits,
        optimizer=gn.GradientDescent(1e39),
        epochs=3,
        validation=(XV, (YV > 0) * 1.0),
    )
    assert run.ended == "not_finite"
    assert run.best_epoch == 0
    assert all(np.isfinite(w).all() for w in leaves(run.parameters))


def test_a_start_that_is_not_finite_is_refused() -> None:
    start = Parameters(tuple(np.full_like(w, np.inf) for w in START.weights), START.biases)
    with pytest.raises(GlassnetError, match="starting parameters hold NaN or infinity"):
        train(start=start)


def test_ctrl_c_ends_in_good_order() -> None:
    reported: list[int] = []

    def interrupt(epoch: int, *_: Any) -> None:
        reported.append(epoch)
        if len(reported) == 3:
            raise KeyboardInterrupt

    run = train(epochs=1000, chunk_epochs=5, progress=interrupt)
    assert run.ended == "interrupted"
    assert len(run.history.loss) == run.best_epoch == 15
    assert_same_parameters(run, train(epochs=15))


def test_a_real_sigint_ends_in_good_order() -> None:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # which a job in the background is started without
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    began = time.perf_counter()
    run = train(
        epochs=10_000_000,
        progress=lambda *_: None if timer.is_alive() or timer.finished.is_set() else timer.start(),
    )
    assert time.perf_counter() - began < 30
    assert run.ended == "interrupted"
    assert len(run.history.loss) == run.best_epoch > 0
    assert "Ctrl-C" in run.diagnosis


@pytest.mark.parametrize("engine", ENGINES)
def test_an_event_ends_a_run_between_chunks(engine: str) -> None:
    stop = threading.Event()
    run = train(
        epochs=10_000_000,
        engine=engine,
        chunk_epochs=2,
        progress=lambda epoch, *_: stop.set() if epoch == 6 else None,
        stop=stop,
    )
    assert run.ended == "interrupted"
    assert len(run.history.loss) == run.best_epoch == 6


@pytest.mark.skipif(bool(ENGINES["native"].why_unavailable()), reason="needs the native engine")
def test_an_event_ends_the_native_engine_within_a_chunk() -> None:
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    run = train(epochs=4_000_000, engine="native", chunk_epochs=4_000_000, stop=stop)
    assert run.ended == "interrupted"
    assert len(run.history.loss) == run.best_epoch == 0  # nothing of the chunk is kept
    assert_same_parameters(run, train(epochs=1, stop=stop))


@pytest.mark.skipif(bool(ENGINES["native"].why_unavailable()), reason="needs the native engine")
@pytest.mark.parametrize("within", ["a daemon thread", "a thread of a pool"])
def test_python_ends_while_a_thread_is_in_the_native_engine(within: str) -> None:
    start = {
        "a daemon thread": "threading.Thread(target=work, daemon=True).start()",
        "a thread of a pool": "pool.apply_async(work)",
    }
    program = f"""
import threading, time, numpy as np, glassnet as gn
from multiprocessing.pool import ThreadPool
network = gn.Network([16, 64, 2], "silu")
start = gn.initialize(network)
x, y = np.random.rand(500, 16), np.random.rand(500, 2)
begun = threading.Semaphore(0)
def work():
    while True:
        gn.train(network, start, x, y, epochs=2, batch_size=64, engine="native")
        begun.release()
pool = ThreadPool(3)
for _ in range(3):
    {start[within]}
for _ in range(9):
    begun.acquire()
"""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def assert_same_parameters(a: gn.Run, b: gn.Run) -> None:
    for one, other in zip(leaves(a.parameters), leaves(b.parameters), strict=True):
        np.testing.assert_array_equal(one, other)


def test_progress_tells_what_goes_on() -> None:
    reports: list[tuple] = []
    run = train(
        validation=(XV, YV), epochs=10, chunk_epochs=4, progress=lambda *args: reports.append(args)
    )
    assert [t[:2] for t in reports] == [(4, 10), (8, 10), (10, 10)]
    assert reports[-1][2:] == (run.history.loss[-1], run.history.validation_loss[-1])


def test_weight_masks_hold_weights_at_nothing() -> None:
    masks = [np.ones((3, 8)), np.ones((8, 5)), np.ones((5, 1))]
    masks[0][0, :4] = masks[1][2, 2] = 0
    for optimizer in gn.OPTIMIZERS:
        run = train(
            weight_masks=masks,
            optimizer=optimizer,
            penalty=gn.Penalty(0.1, 0.1),
            epochs=5,
            batch_size=8,
        )
        for w, m, w0 in zip(run.parameters.weights, masks, START.weights, strict=True):
            assert not w[m == 0].any()
            assert (w[m == 1] != w0[m == 1]).any()


def test_multipliers_slow_some_arrays() -> None:
    run = train(
        multipliers=Parameters((1.0, 1.0, 1.0), (0.0, 1.0, 0.5)),
        optimizer=gn.GradientDescent(0.1),
        epochs=1,
    )
    plain = train(optimizer=gn.GradientDescent(0.1), epochs=1)
    assert not run.parameters.biases[0].any()
    np.testing.assert_array_equal(run.parameters.biases[1], plain.parameters.biases[1])
    np.testing.assert_allclose(
        run.parameters.biases[2], 0.5 * plain.parameters.biases[2], rtol=1e-14
    )


def test_float32_is_float32_throughout() -> None:
    start = gn.initialize(NETWORK, seed=2, dtype="float32")
    run = train(
        start=start,
        batch_size=8,
        dropout=0.2,
        penalty=gn.Penalty(0.1),
        schedule="cosine",
        epochs=40,
    )
    assert {w.dtype for w in leaves(run.parameters)} == {np.dtype("float32")}
    wide = train(batch_size=8, dropout=0.2, penalty=gn.Penalty(0.1), schedule="cosine", epochs=40)
    np.testing.assert_allclose(run.history.iteration_loss, wide.history.iteration_loss, rtol=1e-3)


def test_flat_cosine_holds_the_rate_for_half_of_the_run() -> None:
    # From the middle on half a period: a quarter of it later (1 + sqrt(1/2)) / 2, then 1/2.
    found = SCHEDULES["flat_cosine"](np.array([0.0, 0.25, 0.5, 0.625, 0.75, 1.0]))
    np.testing.assert_allclose(found, [1, 1, 1, (1 + 0.5**0.5) / 2, 0.5, 0], atol=1e-15)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules(schedule: str) -> None:
    run = train(schedule=schedule, optimizer=gn.GradientDescent(0.2), batch_size=8, epochs=10)
    expected = [0.2 * SCHEDULES[schedule](np.array(i / 50)) for i in range(50)]
    np.testing.assert_allclose(run.history.learning_rate, expected)
    custom = train(
        schedule=SCHEDULES[schedule], optimizer=gn.GradientDescent(0.2), batch_size=8, epochs=10
    )
    assert_equal(run, custom)
    assert (
        TrainingOptions(
            optimizer=gn.GradientDescent(1.0), epochs=10, schedule="cosine"
        ).learning_rates(5)[-1, -1]
        < 0.01
    )


def test_engine_names() -> None:
    assert train(epochs=1, engine="numpy").engine == "numpy"
    with pytest.raises(GlassnetError, match="'xla': Known: auto, native, numpy, jax"):
        train(epochs=1, engine="xla")
    with pytest.raises(GlassnetError, match="unknown engine 'nunpy': did you mean 'numpy'"):
        train(epochs=1, engine="nunpy")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number of 1 or more, got 0"),
        ({"batch_size": -1}, "batch_size must be"),
        ({"patience": 0}, "patience must be"),
        ({"min_delta": -1}, "min_delta must be"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"seed": -1}, "seed must be a whole number of 0 or more"),
        ({"dropout": 1.0}, "dropout must be from 0 to below 1"),
        ({"dropout": [0.1]}, "one for each of 2 hidden layers"),
        ({"penalty": 0.1}, "penalty must be Penalty"),
        ({"validation": (XV,)}, r"validation must be \(x, y\)"),
        ({"sample_weight": "heavy"}, "sample_weight must be numbers"),
        ({"chunk_epochs": 0}, "chunk_epochs must be"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"seed": 1.5}, "seed must be a whole number of 0 or more"),
        (
            {
                "network": gn.Network([3, 1], loss="poisson"),
                "start": gn.initialize(gn.Network([3, 1], loss="poisson")),
            },
            "takes targets from 0",
        ),
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"sample_weight": np.ones(3)}, "sample_weight must be 35 numbers"),
        ({"sample_weight": -np.ones(35)}, "sample_weight must be 35 numbers of 0 or more"),
        ({"validation": (XV, YV[:3])}, "validation x has 15 rows and validation y has 3"),
        ({"validation": (XV[:, :2], YV)}, "validation x has shape"),
        ({"weight_masks": [np.ones((3, 8))]}, "weight_masks of shapes"),
        ({"weight_masks": [np.full((3, 8), 0.5), np.ones((8, 5)), np.ones((5, 1))]}, "must hold 0"),
        ({"multipliers": Parameters((1.0,), ())}, "multipliers must be one number"),
        ({"start": Parameters(START.weights)}, "biases of shapes"),
        (
            {"start": Parameters(START.weights, tuple(b.astype("float32") for b in START.biases))},
            "must all be float64",
        ),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        train(**options)


def test_a_penalty_is_checked_when_it_is_made() -> None:
    with pytest.raises(GlassnetError, match="l2 must be 0 or more, got -1"):
        gn.Penalty(-1)
    with pytest.raises(GlassnetError, match="l1 must be a number, got nan"):
        gn.Penalty(l1=float("nan"))


def test_bad_values_are_named() -> None:
    bad = X.copy()
    bad[4, 2] = np.nan
    with pytest.raises(GlassnetError, match="x holds nan in row 4, column 2"):
        gn.train(NETWORK, START, bad, Y)
    with pytest.raises(GlassnetError, match="x must be numbers"):
        gn.train(NETWORK, START, [["a", "b", "c"]], [1])
    with pytest.raises(GlassnetError, match=r"y has shape \(35, 2\)"):
        gn.train(NETWORK, START, X, np.ones((35, 2)))
