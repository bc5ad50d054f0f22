"""Several networks as one: the joined network gives the mean of its members."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.initializers import initialize
from glassnet.core.network import Network
from glassnet.errors import GlassnetError
from glassnet.models.ensemble import (
    Member,
    ensemble_predictor,
    join_members,
    pre_activations_of,
    vote_fractions,
)
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun, run_table
from glassnet.tables.encoding import plain_encoding
from glassnet.training.engines.registry import choose

RANDOM = np.random.default_rng(0)
N = 480
TABLE = {"a": RANDOM.normal(size=N), "b": np.arange(N) % 7 * 1.0, "c": ["u", "v", "w"] * (N // 3)}
TABLE["y"] = TABLE["a"] * TABLE["b"]
TABLE["t"] = np.where(TABLE["y"] > 0, "up", "down")
QUICK = {"hidden": (8, 6), "epochs": 3, "holdout": 0.0, "seed": 5, "bins": 0, "decay": 1.0}


def ran(target: str = "y", **options: object) -> TableRun:
    other = "t" if target == "y" else "y"
    chosen: dict[str, Any] = {**QUICK, "ignore": (other,), **options}
    return run_table(TABLE, target, Options(**chosen))


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (3, 4, 2)])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("output", "loss"),
    [("identity", "mean_squared_error"), ("softmax", "categorical_cross_entropy")],
)
def test_side_by_side_is_the_mean_before_the_outputs_activation(
    hidden: tuple[int, ...], bias: bool, output: str, loss: str
) -> None:
    network = Network([3, *hidden, 2], "silu", output, loss, bias=bias)
    members = [initialize(network, "he", seed=seed) for seed in range(3)]
    x = np.random.default_rng(0).normal(size=(6, 3))
    ensemble = [Member(network, parameters) for parameters in members]
    whole = join_members(ensemble)
    assert whole.network.sizes == (3, *(3 * nodes for nodes in hidden), 2)
    mean = np.mean([gn.feedforward(network, member, x).z[-1] for member in members], axis=0)
    np.testing.assert_allclose(
        choose("auto", whole.network).engine.predictor(whole.network, whole.parameters)(x),
        network.output.value(mean),
        rtol=1e-12,
        atol=1e-14,
    )
    assert join_members(ensemble[:1]) is ensemble[0]


def test_predictions_add_up_the_members_bit_for_bit() -> None:
    network = Network([20, 64, 64, 2], "silu", "softmax", "categorical_cross_entropy")
    members = [Member(network, initialize(network, seed=seed), 1.0 + seed) for seed in range(4)]
    x = np.random.default_rng(0).normal(size=(9, 20))
    linear = Network([20, 64, 64, 2], "silu", "identity")
    engine = choose("auto", linear).engine
    total = np.zeros((len(x), 2))
    for member, fraction in zip(members, vote_fractions(members), strict=True):
        weights, biases = member.parameters
        voting = gn.Parameters(
            (*weights[:-1], weights[-1] * fraction), (*biases[:-1], biases[-1] * fraction)
        )
        total = total + engine.predictor(linear, voting)(x)
    np.testing.assert_array_equal(pre_activations_of(members)(x), total)
    np.testing.assert_array_equal(ensemble_predictor(members)(x), network.output.value(total))


def test_members_of_two_engines_predict_together() -> None:
    builtin = Network([3, 4, 1], "tanh")
    custom = Network([3, 5, 1], gn.Activation("sine", np.sin, np.cos))
    members = [Member(network, initialize(network)) for network in (builtin, custom)]
    x = np.random.default_rng(0).normal(size=(6, 3))
    outputs = [gn.feedforward(m.network, m.parameters, x).output for m in members]
    np.testing.assert_allclose(ensemble_predictor(members)(x), np.mean(outputs, axis=0), rtol=1e-12)


@pytest.mark.parametrize("target", ["y", "t"])
def test_a_tables_network_is_the_mean_of_its_members(target: str) -> None:
    done = ran(target)
    model = done.model
    assert [member.network.sizes for member in model.members] == [(5, 8, 6, 1)] * 4
    assert model.joined().network.sizes == (5, 32, 24, 1)
    x = model.encoding.encode_inputs(done.columns)
    doubles = [
        gn.Parameters(
            *(tuple(np.asarray(a, np.float64) for a in arrays) for arrays in run.parameters)
        )
        for run in done.runs
    ]
    network = model.members[0].network
    mean = np.mean([gn.feedforward(network, member, x).z[-1] for member in doubles], axis=0)
    mean /= (model.record.temperatures or (1.0,))[0]
    np.testing.assert_allclose(
        model.output_of(x), model.output_activation.value(mean), rtol=1e-5, atol=1e-7
    )
    for name in ("loss", "validation_loss"):
        of_each = [run.history.table()[name] for run in done.runs]
        np.testing.assert_allclose(model.history[name], np.mean(of_each, axis=0))
    assert list(model.record.best_epochs) == [
        1 + int(np.argmin(run.history.validation_loss)) for run in done.runs
    ]


def test_a_saved_model_says_what_it_is_made_of(tmp_path: Path) -> None:
    model = ran().model
    model.save(tmp_path / "m.safetensors")
    again = gn.load(tmp_path / "m.safetensors")
    assert again.shape == model.shape
    assert again.shape.startswith("4 networks of 5-8-6-1 silu")
    np.testing.assert_array_equal(again.predict(TABLE), model.predict(TABLE))


def two_members() -> gn.Model:
    """Two members of other sizes and votes."""
    networks = [Network([3, *hidden, 2], "tanh", "sigmoid") for hidden in ((4, 2), (3, 5))]
    members = tuple(
        Member(network, initialize(network, "he", seed=seed), vote)
        for seed, (network, vote) in enumerate(zip(networks, (1.0, 3.0), strict=True))
    )
    return gn.Model(plain_encoding(["a", "b", "c"], ["p", "q"]), members)


def test_members_vote_on_the_last_pre_activations() -> None:
    model = two_members()
    x = np.random.default_rng(0).normal(size=(6, 3))
    first, second = (model.member(number).trace(x).z[-1] for number in (0, 1))
    mean = 0.25 * first + 0.75 * second
    np.testing.assert_allclose(model.pre_activations_of(x), mean, rtol=1e-12)
    np.testing.assert_allclose(model.output_of(x), 1 / (1 + np.exp(-mean)), rtol=1e-12)
    whole = model.joined()
    assert whole.network.sizes == (3, 7, 7, 2)
    assert whole.record.joined_from == 2
    np.testing.assert_allclose(whole.output_of(x), model.output_of(x), rtol=1e-12)
    assert whole.joined() is whole.member(0) is whole


def test_members_without_hidden_layers_are_joined_too() -> None:
    network = Network([3, 2])
    members = [Member(network, initialize(network, seed=seed), seed + 1.0) for seed in range(2)]
    model = gn.Model(plain_encoding(["a", "b", "c"], ["p", "q"]), tuple(members))
    x = np.random.default_rng(0).normal(size=(6, 3))
    assert model.joined().network == network
    np.testing.assert_allclose(model.joined().output_of(x), model.output_of(x), rtol=1e-12)


def test_what_only_one_network_has_is_refused_to_several() -> None:
    model = two_members()
    for ask in (lambda: model.network, lambda: model.parameters, lambda: model.trace(np.ones(3))):
        with pytest.raises(GlassnetError, match="has 2 networks: look at .members, .* by .member"):
            ask()
    with pytest.raises(GlassnetError, match="there is no member 2: the model has 2"):
        model.member(2)
    assert model.loss.name == "mean_squared_error"
    assert model.output_activation.name == "sigmoid"


@pytest.mark.parametrize(
    ("network", "vote", "message"),
    [
        (Network([2, 4, 2], output="sigmoid"), 1.0, "has other inputs or outputs than the first"),
        (Network([3, 4, 2]), 1.0, "has another output or loss than the first"),
        (Network([3, 4, 2], output="sigmoid"), 0.0, "has the vote 0.0: give a number above 0"),
    ],
)
def test_members_that_cannot_vote_together(network: Network, vote: float, message: str) -> None:
    model = two_members()
    with pytest.raises(GlassnetError, match=message):
        gn.Model(model.encoding, (*model.members, Member(network, initialize(network), vote)))
    with pytest.raises(GlassnetError, match="a model needs one member or more"):
        gn.Model(model.encoding, ())


def test_members_of_other_activations_cannot_be_joined() -> None:
    model = two_members()
    other = Network([3, 4, 2], "relu", "sigmoid")
    mixed = gn.Model(model.encoding, (*model.members, Member(other, initialize(other))))
    assert mixed.output_of(np.ones((2, 3))).shape == (2, 2)
    with pytest.raises(GlassnetError, match="cannot be joined: they differ in more than sizes"):
        mixed.joined()
