"""Checkpoints: a training that crashed at any moment goes on to the very bits, whatever it is."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import TRIED
from crashing import CrashError, crash_after

import glassnet as gn
from glassnet.core.network import Parameters, leaves
from glassnet.core.optimizers import Optimizer
from glassnet.errors import GlassnetError
from glassnet.sealed import write_sealed
from glassnet.training import checkpoint as checkpoints
from glassnet.training.checkpoint import CHECKPOINT, Checkpoint, read_checkpoint
from glassnet.training.problem import to_vector
from glassnet.training.run import Run

RANDOM = np.random.default_rng(6)
N = 43
X = RANDOM.normal(size=(N, 4))
Y = np.sin(2 * X[:, :1]) + 0.3 * X[:, 1:2] * X[:, 2:3]
NETWORK = gn.Network([4, 6, 5, 1], "tanh")
EPOCHS = 24
HELD = (X[:9], Y[:9])

OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "batches": {"batch_size": 10},
    "in_order": {"batch_size": 10, "shuffle": False},
    "dropout": {"batch_size": 16, "dropout": (0.3, 0.1)},
    "schedule": {"batch_size": 16, "schedule": "cosine"},
    "own_schedule": {"schedule": lambda done: 1 - done / 2},
    "validated": {"batch_size": 16, "validation": HELD},
    "patient": {"batch_size": 16, "validation": HELD, "patience": 2, "min_delta": 0.01},
    "averaged": {"batch_size": 16, "average": 0.2},
    "averaged_validated": {"batch_size": 16, "average": 0.2, "validation": HELD},
    "path": {"path_points": 6},
    "penalty_clip": {"penalty": gn.Penalty(l2=0.01, l1=0.001), "clip": 0.3},
    "weighted": {"sample_weight": RANDOM.uniform(size=N), "batch_size": 8},
    "masked": {"weight_masks": [(RANDOM.uniform(size=s) > 0.3) * 1.0 for s in NETWORK.shapes]},
}


@pytest.fixture(autouse=True)
def written_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written after each chunk."""
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "PAUSE", 0)


def same_run(one: Run, other: Run) -> bool:
    """Whether two runs are equal to the last bit."""

    def numbers(run: Run) -> list[np.ndarray]:
        history, state = run.history, run.state
        return [
            *leaves(run.parameters), *leaves(state.parameters), *leaves(state.best.parameters),
            *[array for memory in state.optimizer.memory for array in memory],
            history.iteration_loss, history.loss, history.penalty, history.gradient_norm,
            history.validation_loss, history.learning_rate, run.last_batch_output,
            np.array([run.best_epoch, state.epoch, state.waited, state.optimizer.t]),
            np.array([state.best.loss, state.best.epoch]),
            *[np.array([epoch]) for epoch, _ in run.path],
            *[to_vector(parameters) for _, parameters in run.path],
        ]  # fmt: skip

    texts = [(run.ended, run.message, run.engine, run.state.ended) for run in (one, other)]
    pairs = zip(numbers(one), numbers(other), strict=True)
    return texts[0] == texts[1] and all(
        np.array_equal(a, b, equal_nan=True) and a.dtype == b.dtype for a, b in pairs
    )


def start(seed: int = 1, dtype: str = "float64") -> Parameters:
    return gn.initialize(NETWORK, seed=seed, dtype=dtype)


def crashed_and_resumed(path: Path, call: Any, moments: list[int]) -> Any:
    """What a call gives in the end that crashed again and again."""
    for moment in moments:
        try:
            call(checkpoint=path, progress=crash_after(moment))
        except CrashError:
            assert path.exists()
    return call(checkpoint=path)


@pytest.mark.rotating
@pytest.mark.parametrize("optimizer", TRIED.values(), ids=TRIED)
@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_every_option_goes_on_to_the_same_bits(
    engine: str, name: str, optimizer: Optimizer, tmp_path: Path
) -> None:
    dtype = "float32" if (len(name) + len(engine)) % 2 else "float64"

    def call(**more: Any) -> Run:
        return gn.train(
            NETWORK, start(dtype=dtype), X, Y, optimizer=optimizer, epochs=EPOCHS, seed=3,
            chunk_epochs=2, engine=engine, warn=False, **OPTIONS[name], **more,
        )  # fmt: skip

    moments = np.random.default_rng(len(name)).integers(1, 5, 3).tolist()
    assert same_run(crashed_and_resumed(tmp_path / "c", call, moments), call())


@pytest.mark.parametrize("engine", ["native", "numpy"])
def test_a_loss_that_becomes_nan_within_an_epoch(engine: str, tmp_path: Path) -> None:
    def call(**more: Any) -> Run:
        return gn.train(
            gn.Network([4, 6, 1], "identity"), gn.initialize(gn.Network([4, 6, 1])), 9 * X, 9 * Y,
            optimizer=gn.GradientDescent(0.004), epochs=40, batch_size=7, chunk_epochs=1,
            engine=engine, warn=False, **more,
        )  # fmt: skip

    with np.errstate(all="ignore"):
        whole = call()
        assert whole.ended == "not_finite"
        assert len(whole.history.loss) > 1
        assert same_run(crashed_and_resumed(tmp_path / "c", call, [1]), whole)
        assert same_run(call(checkpoint=tmp_path / "c"), whole)


def test_optax_on_jax_goes_on(tmp_path: Path) -> None:
    optax = pytest.importorskip("optax")

    def call(**more: Any) -> Run:
        return gn.train(
            NETWORK, start(), X, Y, optimizer=gn.Optax(optax.adam(0.01)), epochs=6, engine="jax",
            chunk_epochs=2, warn=False, **more,
        )  # fmt: skip

    assert same_run(crashed_and_resumed(tmp_path / "c", call, [1, 1]), call())


@pytest.mark.parametrize("chunk", [1, 3, 7, None])
def test_the_length_of_chunks_does_not_matter(chunk: int | None, tmp_path: Path) -> None:
    options = {**OPTIONS["averaged_validated"], "path_points": 5, "epochs": EPOCHS, "seed": 3}

    def call(**more: Any) -> Run:
        return gn.train(NETWORK, start(), X, Y, warn=False, **options, **more)

    with pytest.raises(CrashError):
        call(checkpoint=tmp_path / "c", chunk_epochs=5, progress=crash_after(2))
    assert same_run(call(checkpoint=tmp_path / "c", chunk_epochs=chunk), call())


def test_ctrl_c_leaves_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "SECONDS", 1e9)  # by Ctrl-C alone
    options: dict[str, Any] = {"epochs": EPOCHS, "chunk_epochs": 4, "batch_size": 10}
    stopped = gn.train(
        NETWORK, start(), X, Y, checkpoint=tmp_path / "c",
        progress=crash_after(2, KeyboardInterrupt), **options,
    )  # fmt: skip
    assert stopped.ended == "interrupted"
    assert len(stopped.history.loss) == 8
    again = gn.train(NETWORK, start(), X, Y, checkpoint=tmp_path / "c", **options)
    assert same_run(again, gn.train(NETWORK, start(), X, Y, **options))


def test_what_has_ended_is_not_trained_again(tmp_path: Path) -> None:
    seen = []
    options: dict[str, Any] = {"epochs": 5, "checkpoint": tmp_path / "c"}
    one = gn.train(NETWORK, start(), X, Y, **options)
    other = gn.train(NETWORK, start(), X, Y, progress=lambda *_: seen.append(1), **options)
    assert not seen
    assert same_run(one, other)


def test_the_start_stays_as_it_is(tmp_path: Path) -> None:
    """Going on writes nothing into the arrays that the call was given."""
    given = start()
    before = [array.copy() for array in leaves(given)]
    for _ in range(2):
        gn.train(NETWORK, given, X, Y, epochs=3, checkpoint=tmp_path / "c")
    assert all(np.array_equal(a, b) for a, b in zip(leaves(given), before, strict=True))


POPULATIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "mixed": {
        "epochs": [5, 24, 11, 17, 9, 24, 2],
        "batch_size": [None, 10, 7, 43, 10, 20, 5],
        "dropout": [0.0, 0.2, (0.1, 0.3), 0.0, 0.5, 0.1, 0.0],
        "seed": list(range(7)),
    },
    "folds": {
        "rows": [np.flatnonzero(np.arange(N) % 7 != p) for p in range(7)],
        "validation": (X, Y),
        "validation_rows": [np.flatnonzero(np.arange(N) % 7 == p) for p in range(7)],
        "patience": [1, 2, 3, None, 1, 2, 3],
        "batch_size": 12,
        "average": 0.3,
        "path_points": 4,
    },
    "shapes": {"networks": [gn.Network([4, 2 + p % 3, 1], "tanh") for p in range(7)]},
}


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("engine", ["native", "numpy"])
@pytest.mark.parametrize("optimizer", ["adam", "rprop", "muon"])
def test_populations_go_on_to_the_same_bits(
    name: str, engine: str, optimizer: str, tmp_path: Path
) -> None:
    options = {"epochs": EPOCHS, **POPULATIONS[name]}
    networks = options.pop("networks", NETWORK)
    shapes = networks if isinstance(networks, list) else [NETWORK] * 7
    starts = [gn.initialize(network, seed=seed) for seed, network in enumerate(shapes)]

    def call(**more: Any) -> gn.Population:
        return gn.train_population(
            networks, starts, X, Y, optimizer=optimizer, engine=engine, chunk_epochs=3, warn=False,
            **options, **more,
        )  # fmt: skip

    found = crashed_and_resumed(tmp_path / "c", call, [2, 1, 3, 2])
    assert all(same_run(one, other) for one, other in zip(found, call(), strict=True))


def test_another_training_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c"
    options: dict[str, Any] = {"epochs": 4, "engine": "native"}
    gn.train(NETWORK, start(), X, Y, checkpoint=file, **options)
    before = file.read_bytes()
    others = {
        "not the same rows": {"x": X + 1},
        "not the same start": {"parameters": start(2)},
        "not the same options": {"seed": 1},
        "epochs '4', and not '5'": {"epochs": 5},
        "engine 'native', and not 'numpy'": {"engine": "numpy"},
        "optimizer 'Adam', and not 'Rprop'": {"optimizer": "rprop"},
        "average 'None', and not '0.5'": {"average": 0.5},
    }
    for said, changed in others.items():
        call = {"network": NETWORK, "parameters": start(), "x": X, "y": Y, **options, **changed}
        with pytest.raises(GlassnetError, match="the checkpoint of another training") as caught:
            gn.train(checkpoint=file, **call)
        assert said in str(caught.value)
        assert str(file) in str(caught.value)
        assert file.read_bytes() == before
    gn.train(NETWORK, start(), X, Y, checkpoint=file, n_jobs=1, **options)  # which changes nothing


def test_other_files_are_refused(tmp_path: Path) -> None:
    model, text = tmp_path / "m", tmp_path / "t"
    gn.study(networks=2, iterations=3).save(model)
    text.write_text("no checkpoint")
    for file, said in ((model, "is not a checkpoint of glassnet"), (text, "is not a checkpoint")):
        before = file.read_bytes()
        with pytest.raises(GlassnetError, match=said):
            gn.train(NETWORK, start(), X, Y, epochs=2, checkpoint=file)
        assert file.read_bytes() == before
    with pytest.raises(GlassnetError, match="there is no folder"):
        gn.train(NETWORK, start(), X, Y, epochs=2, checkpoint=tmp_path / "no" / "c")


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c"
    gn.train(NETWORK, start(), X, Y, epochs=4, average=0.5, checkpoint=file)
    whole = bytearray(file.read_bytes())
    found = read_checkpoint(file)
    for at in (40, len(whole) // 2, len(whole) - 3):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(GlassnetError):
            gn.train(NETWORK, start(), X, Y, epochs=4, average=0.5, checkpoint=file)
    (kept,) = found.trainings
    for name in [name for name in kept.arrays if not name.startswith("observers")]:
        checkpoint = Checkpoint(tmp_path / "other")
        checkpoint.trainings = [kept]
        array = kept.arrays.pop(name)
        checkpoint.write()
        with pytest.raises(GlassnetError, match="is damaged"):
            gn.train(NETWORK, start(), X, Y, epochs=4, average=0.5, checkpoint=tmp_path / "other")
        kept.arrays[name] = array
        (tmp_path / "other").unlink()
    for wrong in ("[]", "{}", '{"format": "glassnet-checkpoint"}'):
        write_sealed(file, wrong, {}, CHECKPOINT)
        with pytest.raises(GlassnetError, match=r"not a checkpoint|version"):
            read_checkpoint(file)
    for wrong in ('"trainings": 3', '"trainings": [{}]', '"purpose": 1, "trainings": []'):
        text = f'{{"format": "glassnet-checkpoint", "version": 1, "seconds": 1, {wrong}}}'
        write_sealed(file, text, {}, CHECKPOINT)
        with pytest.raises(GlassnetError, match="not a whole checkpoint"):
            read_checkpoint(file)


def test_a_disk_that_is_full_does_not_end_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise gn.OutputError("cannot be written (No space left on device)", file="c")

    monkeypatch.setattr(checkpoints, "write_sealed", full)
    with pytest.warns(gn.GlassnetWarning, match="not up to date: c: cannot be written"):
        run = gn.train(NETWORK, start(), X, Y, epochs=4, checkpoint=tmp_path / "c")
    assert same_run(run, gn.train(NETWORK, start(), X, Y, epochs=4))


def test_it_is_written_as_often_as_it_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(checkpoints, "write_sealed", lambda *_: written.append(1))
    monkeypatch.setattr(checkpoints, "SECONDS", 3600.0)
    gn.train(NETWORK, start(), X, Y, epochs=50, chunk_epochs=1, checkpoint=tmp_path / "c")
    assert len(written) == 1  # at the end
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    gn.train(NETWORK, start(), X, Y, epochs=50, chunk_epochs=1, checkpoint=tmp_path / "c")
    assert len(written) == 1 + 50 + 2  # each chunk, the end of the training and of the call


KILLED = """
import sys
import numpy as np
import glassnet as gn
from glassnet.training import checkpoint
checkpoint.SECONDS = checkpoint.PAUSE = 0
random = np.random.default_rng(0)
x = random.normal(size=(300, 5))
y = np.sin(x[:, :1])
network = gn.Network([5, 16, 1], "tanh")
print("begins", flush=True)
run = gn.train(
    network, gn.initialize(network, seed=1), x, y, epochs=9000, batch_size=32, dropout=0.1,
    average=0.1, validation=(x[:60], y[:60]), schedule="cosine", chunk_epochs=50,
    checkpoint=sys.argv[1] if len(sys.argv) > 1 else None,
)
print(run.parameters.weights[0].tobytes().hex(), run.history.loss.tobytes().hex())
"""


def test_sigkill_at_any_moment(tmp_path: Path) -> None:
    """Killed for real, while the file is written too, until it ends by itself."""
    wanted = subprocess.run(
        [sys.executable, "-c", KILLED], check=True, capture_output=True, text=True
    ).stdout
    random, kills, out = np.random.default_rng(1), 0, ""
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path / "c")], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.uniform(0.02, 0.3))
        process.send_signal(signal.SIGKILL)
        out = process.communicate()[0]
        if process.returncode == 0:
            break
        kills += 1
    if process.returncode != 0:
        out = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path / "c")],
            check=True, capture_output=True, text=True,
        ).stdout.removeprefix("begins\n")  # fmt: skip
    assert kills >= 2
    assert out.split() == wanted.removeprefix("begins\n").split()
