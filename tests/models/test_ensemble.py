"""Several networks as one: the joined network gives the mean of its members."""

from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.initializers import initialize
from glassnet.core.network import Network
from glassnet.models.ensemble import Member, joined
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun, run_table
from glassnet.training.engines.registry import choose

RANDOM = np.random.default_rng(0)
N = 480
TABLE = {"a": RANDOM.normal(size=N), "b": np.arange(N) % 7 * 1.0, "c": ["u", "v", "w"] * (N // 3)}
TABLE["y"] = TABLE["a"] * TABLE["b"]
TABLE["t"] = np.where(TABLE["y"] > 0, "up", "down")
QUICK = {"hidden": (8, 6), "epochs": 3, "holdout": 0.0, "seed": 5}


def ran(target: str = "y", **options: object) -> TableRun:
    other = "t" if target == "y" else "y"
    return run_table(TABLE, target, Options(**{**QUICK, "ignore": (other,), **options}))  # pyright: ignore[reportArgumentType]


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
    whole = joined(ensemble)
    assert whole.network.sizes == (3, *(3 * nodes for nodes in hidden), 2)
    mean = np.mean([gn.feedforward(network, member, x).z[-1] for member in members], axis=0)
    np.testing.assert_allclose(
        choose("auto", whole.network).engine.predictor(whole.network, whole.parameters)(x),
        network.output.value(mean),
        rtol=1e-12,
        atol=1e-14,
    )
    assert joined(ensemble[:1]) is ensemble[0]


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
