"""Every network of a population is what it would be alone: engine by engine, option by option."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cases import apart, native, path, reference, training, with_options

import glassnet as gn
from conftest import PAIRS, in_ci
from glassnet.core.activations import ACTIVATIONS
from glassnet.core.network import Parameters, leaves, unflatten
from glassnet.core.optimizers import OPTIMIZERS, Rprop
from glassnet.errors import GlassnetError, GlassnetWarning
from glassnet.training.engines import native as native_engine
from glassnet.training.engines.native import NativeEngine
from glassnet.training.problem import Problem, State
from glassnet.training.stacked import States, stacked

assert isinstance(native, NativeEngine)
pytestmark = pytest.mark.skipif(
    bool(native.why_unavailable()) and not in_ci(), reason=native.why_unavailable()
)
LANES, ALONE = 10**9, 0
"""Values of `LANES_WORK` under which all small networks are in lanes, and none is."""


def population_of(problem: Problem, state: State, P: int) -> tuple[list[Problem], Any, States]:
    """P networks from different starts, by three problems that differ in all that may differ."""
    random = np.random.default_rng(P)
    options = problem.options
    dtype = state.parameters.weights[0].dtype
    hidden = len(problem.dropout)
    rate = options.optimizer.learning_rate
    slower = replace(options.optimizer, learning_rate=rate / 3)
    problems = [
        problem,
        with_options(problem, seed=8, patience=1, optimizer=slower),
        with_options(
            problem,
            seed=9,
            min_delta=0.1,
            penalty=gn.Penalty(0.02, 0.003),
            dropout=(0.25,) * hidden if any(problem.dropout) else (0.0,) * hidden,
            clip=0.5,
        ),
    ]  # fmt: skip
    which = np.arange(P) % len(problems)

    def moved(parameters: Parameters) -> Parameters:
        if isinstance(options.optimizer, Rprop):  # whose signs are certain at this start only
            return parameters
        masks = options.weight_masks or tuple(np.ones_like(w) for w in parameters.weights)
        ones = tuple(np.ones_like(b) for b in parameters.biases)
        return unflatten(
            [
                (w * (1 + 0.2 * random.normal(size=w.shape)) * mask).astype(dtype)
                for w, mask in zip(leaves(parameters), (*masks, *ones), strict=True)
            ],
            parameters,
        )

    starts = [moved(state.parameters) for _ in range(P)]
    zeros = np.zeros(P, np.int64)
    parameters = stacked(starts)
    memory = tuple(
        type(one)(*(np.stack([array] * P) for array in one)) for one in state.optimizer.memory
    )
    states = States(
        parameters,
        memory,
        zeros + state.optimizer.t,
        zeros,
        stacked(starts),
        np.full(P, np.inf),
        zeros,
        zeros,
        np.full(P, "", dtype=object),
    )
    return problems, which, states


def run_all(engine: Any, problems: list[Problem], which: Any, states: States, epochs: int) -> Any:
    paths = [path(problem, epochs) for problem in problems]
    rates, orders = [rate for rate, _ in paths], [order for _, order in paths]
    after, measured = engine.run_population(problems, which, states, orders, rates)
    return [(after.of(p), measured.of(p)) for p in range(len(which))]


def assert_alike(found: Any, expected: Any, tolerance: float, what: str) -> None:
    for p, (one, other) in enumerate(zip(found, expected, strict=True)):
        decisions = [
            (s.ended, s.epoch, s.best.epoch, s.waited, s.optimizer.t) for s in (one[0], other[0])
        ]
        assert decisions[0] == decisions[1], f"{what}: network {p}"
        worst = apart(one, other)
        where = max(worst, key=lambda name: worst[name])
        assert worst[where] < tolerance, f"{what}: network {p}: {where} is {worst[where]:.1e} apart"


EVERY_ROW = [("tanh", optimizer) for optimizer in OPTIMIZERS] + [
    (hidden, "adam") for hidden in ACTIVATIONS
]
"""Every optimizer and every hidden activation; which of them go together changes nothing here: what
is computed for a node is what a single network's is.
"""


@pytest.mark.parametrize(("hidden", "optimizer"), EVERY_ROW)
def test_an_iteration_together_as_alone(
    hidden: str, optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_engine, "LANES_WORK", LANES)
    for (output, loss), kind in itertools.product(PAIRS, ("plain", "all")):
        problem, state = training(hidden, output, loss, optimizer, kind)
        given = population_of(problem, state, 5)
        expected = run_all(reference, *given, 1)
        for variant in native.variants:
            monkeypatch.setattr(native, "variant", variant)
            found = run_all(native, *given, 1)
            what = f"{variant}, {hidden}, {output}, {loss}, {kind}"
            assert_alike(found, expected, 1e-12, what)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["plain", "all"])
@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_rows"])
def test_epochs_of_batches(
    reduction: Any, kind: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several epochs, the last batch a smaller one, ends at different times, lanes taken anew."""
    loss = replace(gn.LOSSES["mean_squared_error"], reduction=reduction)
    problem, state = training("tanh", "identity", loss, "adam", kind, batch_size=5, dtype=dtype)
    given = population_of(problem, state, 21)
    expected = run_all(reference, *given, 4)
    assert {state.ended for state, _ in expected} >= {""}
    for variant, work in itertools.product(native.variants, (LANES, ALONE)):
        monkeypatch.setattr(native, "variant", variant)
        monkeypatch.setattr(native_engine, "LANES_WORK", work)
        tolerance = 1e-11 if dtype == "float64" else 2e-4
        assert_alike(run_all(native, *given, 4), expected, tolerance, f"{variant}, {work}")


X = np.random.default_rng(0).normal(size=(60, 5))
Y = X[:, :1] * X[:, 1:2] + 0.1 * np.random.default_rng(1).normal(size=(60, 1))
NETWORK = gn.Network([5, 6, 1], activation="tanh")
P = 11
STARTS = [gn.initialize(NETWORK, seed=seed) for seed in range(P)]
FOLD = np.arange(60) % P
PLANS: dict[str, dict[str, Any]] = {
    "full batch": {},
    "shuffled batches": {"batch_size": 7, "seed": list(range(P))},
    "batches of each": {"batch_size": [4 + p for p in range(P)]},
    "folds": {
        "rows": [np.flatnonzero(p != FOLD) for p in range(P)],
        "validation_rows": [np.flatnonzero(p == FOLD) for p in range(P)],
        "patience": 3,
        "batch_size": 9,
    },
    "drawn rows": {
        "rows": [np.random.default_rng(p).integers(0, 60, 60) for p in range(P)],
        "sample_weight": [np.random.default_rng(p).uniform(size=60) for p in range(P)],
    },
    "validation": {"validation": (X[:9], Y[:9]), "patience": [None, 2] * 5 + [4], "epochs": 30},
    "optimizers": {
        "optimizer": [gn.Adam(0.01 * (p + 1)) if p % 2 else gn.Momentum(0.01) for p in range(P)],
        "dropout": [0.05 * p for p in range(P)],
        "epochs": [3 + p for p in range(P)],
    },
    "penalties": {"penalty": [None if p % 2 else gn.Penalty(l2=0.1 * p) for p in range(P)]},
    "average": {"average": 0.3, "validation": (X[:9], Y[:9])},
    "path": {"path_points": 4, "schedule": "cosine", "clip": [None, 0.1] * 5 + [0.2]},
    "diverges": {
        "optimizer": [gn.GradientDescent(1e3 if p % 3 == 1 else 0.01) for p in range(P)],
        "batch_size": 20,
    },
}


@pytest.mark.filterwarnings("ignore:the training", "ignore:of 11 networks")
@pytest.mark.rotating("jax")
@pytest.mark.parametrize(
    ("plan", "engine"),
    [
        *itertools.product(PLANS, ["native", "numpy"]),
        *itertools.product(
            ["shuffled batches", "folds", "drawn rows", "penalties", "average"], ["jax"]
        ),
    ],
)
def test_each_run_is_that_of_train(plan: str, engine: str) -> None:
    """On jax the plans that need few programs, each of which takes seconds to compile."""
    settings = {"epochs": 20, "engine": engine} | PLANS[plan]
    population = gn.train_population(NETWORK, STARTS, X, Y, **settings)
    assert len(population) == P
    if engine == "jax":
        settings["engine"] = "numpy"  # alone
    for p, run in enumerate(population):
        alone = _alone(settings, p)
        assert run.ended == alone.ended
        assert run.best_epoch == alone.best_epoch
        assert run.message == alone.message
        assert [epoch for epoch, _ in run.path] == [epoch for epoch, _ in alone.path]
        pairs = [
            *zip(leaves(run.parameters), leaves(alone.parameters), strict=True),
            *zip(_first_weights(run), _first_weights(alone), strict=True),
            (run.last_batch_output, alone.last_batch_output),
        ]  # fmt: skip
        history = vars(run.history)
        pairs += [(history[name], value) for name, value in vars(alone.history).items()]
        for one, other in pairs:
            np.testing.assert_allclose(_finite(one), _finite(other), rtol=1e-9, atol=1e-12)


def _finite(array: np.ndarray) -> np.ndarray:
    """Infinite numbers become NaN: which of the two a sum ends in, its order decides."""
    return np.where(np.isfinite(array), array, np.nan)


def _first_weights(run: gn.Run) -> list[np.ndarray]:
    return [parameters.weights[0] for _, parameters in run.path]


def _alone(settings: dict[str, Any], p: int) -> gn.Run:
    its_own = {
        name: value[p] if isinstance(value, list) else value for name, value in settings.items()
    }
    rows, validation_rows = its_own.pop("rows", np.arange(60)), its_own.pop("validation_rows", None)
    if validation_rows is not None:
        its_own["validation"] = (X[validation_rows], Y[validation_rows])
    if "sample_weight" in its_own:
        its_own["sample_weight"] = its_own["sample_weight"][rows]
    return gn.train(NETWORK, STARTS[p], X[rows], Y[rows], **its_own)


def test_networks_of_several_shapes_and_dtypes() -> None:
    small, wide = gn.Network([5, 2, 1]), gn.Network([5, 9, 4, 1], activation="relu")
    networks = [small, wide, small]
    starts = [
        gn.initialize(small, seed=1),
        gn.initialize(wide, seed=2),
        gn.initialize(small, seed=3, dtype="float32"),
    ]
    population = gn.train_population(networks, starts, X, Y, epochs=5)
    for run, network, start in zip(population, networks, starts, strict=True):
        alone = gn.train(network, start, X, Y, epochs=5)
        assert run.network is network
        assert run.parameters.weights[0].dtype == start.weights[0].dtype
        np.testing.assert_allclose(run.history.loss, alone.history.loss, rtol=1e-6)


def test_the_number_of_threads_and_the_length_of_chunks_change_nothing() -> None:
    settings = {"epochs": 12, "batch_size": 9, "seed": list(range(P))}
    expected = gn.train_population(NETWORK, STARTS, X, Y, n_jobs=1, **settings)
    for n_jobs, chunk_epochs in [(3, None), (1, 5), (2, 1)]:
        found = gn.train_population(
            NETWORK, STARTS, X, Y, n_jobs=n_jobs, chunk_epochs=chunk_epochs, **settings
        )
        for run, other in zip(found, expected, strict=True):
            for one, two in zip(leaves(run.parameters), leaves(other.parameters), strict=True):
                np.testing.assert_array_equal(one, two)
            np.testing.assert_array_equal(run.history.iteration_loss, other.history.iteration_loss)


def test_progress_and_what_a_population_tells() -> None:
    seen: list[Any] = []
    population = gn.train_population(
        NETWORK, STARTS, X, Y, epochs=6, chunk_epochs=2, progress=lambda *what: seen.append(what)
    )
    assert [done for done, *_ in seen] == [2, 4, 6]
    assert [run.history.loss[-1] for run in population] == population.last_losses.tolist()
    assert seen[-1][1:] == (6, pytest.approx(population.last_losses.mean()), None)
    assert population.best_losses.tolist() == [run.state.best.loss for run in population]
    assert [run.best_epoch for run in population[2:4]] == [6, 6]
    assert population[-1].history.loss[-1] == population.last_losses[-1]
    assert repr(population).startswith("<glassnet Population of 11 networks, last losses ")
    with pytest.raises(IndexError):
        population[P]


def test_ctrl_c_keeps_what_was_learnt() -> None:
    def interrupt(done: int, *_: Any) -> None:
        if done == 4:
            raise KeyboardInterrupt

    population = gn.train_population(
        NETWORK, STARTS, X, Y, epochs=40, chunk_epochs=2, progress=interrupt
    )
    for p, run in enumerate(population):
        assert run.ended == "interrupted"
        np.testing.assert_allclose(run.history.loss, _alone({"epochs": 4}, p).history.loss)


def test_ctrl_c_ends_networks_of_other_shapes_too() -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    other = gn.Network([5, 3, 1])
    population = gn.train_population(
        [NETWORK, other],
        [STARTS[0], gn.initialize(other, seed=1)],
        X,
        Y,
        epochs=40,
        chunk_epochs=2,
        progress=interrupt,
    )
    assert [run.ended for run in population] == ["interrupted"] * 2
    assert [len(run.history.loss) for run in population] == [2, 0]


def test_a_warning_says_how_many_went_astray() -> None:
    with pytest.warns(GlassnetWarning, match="of 11 networks the loss of 4 became NaN or infinite"):
        gn.train_population(NETWORK, STARTS, X, Y, **PLANS["diverges"], epochs=20)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"starts": []}, "a population needs one network or more: give starts"),
        ({"seed": [1, 2]}, r"seed must be one value, or a list of one for each of 11 networks"),
        ({"rows": [np.array([0, 60])] * P}, r"network 0: rows must be row numbers from 0 to 59"),
        ({"rows": [np.array([0.5])] * P}, r"rows must be row numbers"),
        ({"validation": (X, Y), "validation_rows": [np.arange(5)] * P}, "not both"),
        ({"starts": [*STARTS[:3], gn.initialize(gn.Network([5, 7, 1]))]}, "network 3: "),
        ({"starts": [1]}, r"starts\[0\] must be"),
        ({"networks": [NETWORK, "3-4-1"] + [NETWORK] * 9}, r"networks\[1\] must be"),
        ({"clip": [1.0] * 10 + [-1.0]}, "network 10: clip must be"),
        ({"dropout": [1.5] * P}, "network 0: dropout must be"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], message: str) -> None:
    given = {"networks": NETWORK, "starts": STARTS} | wrong
    with pytest.raises(GlassnetError, match=message):
        gn.train_population(given.pop("networks"), given.pop("starts"), X, Y, epochs=2, **given)
