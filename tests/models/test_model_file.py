"""What is inside a model file is not believed: nothing of it is read before it is known to fit."""

import json
import os
import struct
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damaged_models import Whole, models
from safetensors.numpy import save_file
from small_models import TABLE, plain_model, small_model

import glassnet as gn
from glassnet.errors import ModelFileError
from glassnet.models.content import FORMAT, MODEL_KIND, VERSION
from glassnet.sealed import write_sealed

GIB = 2**30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.safetensors"


@pytest.fixture
def whole() -> Whole:
    """An ensemble of two members for three classes: its data and arrays, to be changed."""
    return models()[1]


def sealed(path: Path, data: Any, arrays: dict[str, np.ndarray]) -> Path:
    """A model file with this inside, its checksum made anew."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **data})
    write_sealed(path, text, arrays, MODEL_KIND)
    return path


def foreign(path: Path, dtype: str, shape: list[int], size: int) -> Path:
    """A safetensors file as another program writes it, its numbers a hole of the file system."""
    array = {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}
    header = json.dumps({"model.weight": array}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(path, 8 + len(header) + size)
    return path


@pytest.mark.filterwarnings("ignore:target 'y'. 4 of 4 predictions would go beyond")
def test_the_undamaged_models_open(path: Path) -> None:
    for whole in models()[:-1]:
        model = gn.load(sealed(path, whole.data, whole.arrays))
        assert len(model.predict(whole.rows)) in (2, 4)


@pytest.mark.parametrize("dtype", ["F32", "BF16", "F8_E4M3"])
def test_a_file_of_another_program_is_not_read(path: Path, dtype: str) -> None:
    width = {"F32": 4, "BF16": 2, "F8_E4M3": 1}[dtype]
    foreign(path, dtype, [3 * GIB // width], 3 * GIB)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="not one that glassnet wrote"):
            gn.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "socket.safetensors"])
def test_only_a_regular_file_is_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not path.exists():
        os.mkfifo(path)
    with pytest.raises(ModelFileError, match="is a pipe, a socket or a device, not a file"):
        gn.load(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON that can be read"),
        ("", "no JSON that can be read"),
        ("[" * 100_000 + "]" * 100_000, "no JSON that can be read"),
        ("9" * 5000, "no JSON that can be read"),
        ('{"a": "\\ud800"}', "no JSON that can be read"),
        ("[]", "its JSON is no object"),
        ("{}", "has the format None, version None"),
        ('{"format": "evil", "version": 2}', "has the format 'evil'"),
        ('{"format": "glassnet-model", "version": "1"}', "version '1'"),
        ('{"format": "glassnet-model", "version": true}', "version True"),
        ('{"format": "glassnet-model", "version": 0}', "version 0"),
        ('{"format": "glassnet-model", "version": 99}', "reads up to 2: upgrade glassnet"),
        ('{"format": "glassnet-model", "version": 2}', "missing required field `encoding`"),
        ('{"format": "glassnet-model", "version": 1}', "missing required field `network`"),
    ],
)
def test_a_text_that_is_no_structure(path: Path, text: str, message: str) -> None:
    write_sealed(path, text, {"a": np.ones(2)}, MODEL_KIND)
    with pytest.raises(ModelFileError, match=message) as caught:
        gn.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("encoding", "inputs", 0, "indicator"), 3 * 10**7, "expected `bool`, got `int`"),
        (("encoding", "inputs", 0, "scale"), "x", r"inputs\[0\].scale: expected `float`, got"),
        (("encoding", "inputs", 0, "scale"), 0.0, "the scale 0 is not above 0"),
        (("encoding", "inputs", 0, "center"), float("nan"), r"\[0\].center: expected `float`"),
        (("encoding", "inputs", 0, "fill"), float("inf"), r"inputs\[0\].fill: expected `float`"),
        (("encoding", "inputs", 0, "bin_edges"), [1.0, 3.0, 2.0], "the edges of the bins do not"),
        (("encoding", "inputs", 0, "bin_edges"), [1.0, 1.0], "the edges of the bins do not rise"),
        (("encoding", "inputs", 0, "bin_edges"), [], "the columns make .* inputs"),
        (("encoding", "inputs", 0, "bin_height"), 0.0, "the height of the bins 0 is not above 0"),
        (("encoding", "inputs", 0, "later"), 1, "unknown field `later`"),
        (("encoding", "inputs", 0, "kind"), "spline", r"inputs\[0\].kind: invalid value 'spline'"),
        (("encoding", "inputs", 0, "name"), "mass", "two input columns are called 'mass'"),
        (("encoding", "inputs", 2, "levels"), ["a", "b", "b"], "two levels are the same"),
        (("encoding", "targets", 0, "labels"), ["a", "b", "a"], "not two different labels"),
        (("encoding", "targets", 0, "labels"), ["a"], "not two different labels or more"),
        (("encoding", "targets", 0, "labels"), ["a", 1, True], "not all texts, numbers"),
        (("encoding", "targets", 0, "labels"), ["a", "b"], "and 1 outputs, but the network"),
        (("encoding", "targets"), [], "do not fit the task multiclass: none"),
        (("encoding", "task"), "regression", "do not fit the task regression: class"),
        (("encoding", "task"), "ranking", "encoding.task: invalid enum value 'ranking'"),
        (("members", 1, "vote"), 0.0, r"members\[1\].vote: expected `float` > 0"),
        (("members", 1, "vote"), float("nan"), r"members\[1\].vote: expected `float`"),
        (("members",), [], "members: expected `array` of length >= 1"),
        (("members", 0, "network", "sizes"), [10**9, 10**9], "the columns make"),
        (("members", 0, "network", "sizes", 1), 10**9, "members.1.weights.1 has the shape"),
        (("members", 0, "network", "activation"), ["rleu"], "did you mean 'relu'"),
        (("members", 0, "network", "activation"), [], "0 activations for 1 hidden layers"),
        (("members", 0, "network", "output"), "sigmoid", "needs output='softmax'"),
        (("members", 0, "network", "loss"), "huber:nan", "huber"),
        (("members", 1, "network", "bias"), False, "members.2.biases.1 is no array of a model"),
        (("history",), ["epoch", "loss"], "history.validation_loss is no array of a model"),
        (("history",), ["epoch", "loss", "loss"], "two columns of the history are called 'loss'"),
        (("history",), ["epoch", "validation_loss"], "no epochs or no losses"),
        (("scores",), {"kind": {"rmse": "good"}}, r"expected `float`, got `str`"),
        (("record", "options", "dropout"), "much", "record: dropout: expected"),
        (("record", "options", "learning_rate"), -1.0, "record: learning_rate: expected `float` >"),
        (("record", "best_epochs"), 3, "record.best_epochs: expected `array`"),
        (("network",), {}, "unknown field `network`"),
    ],
)  # fmt: skip
def test_a_structure_that_does_not_fit(
    path: Path, whole: Whole, keys: tuple[Any, ...], value: Any, message: str
) -> None:
    data = json.loads(json.dumps(whole.data))
    parent = data
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = value
    with pytest.raises(ModelFileError, match=message) as caught:
        gn.load(sealed(path, data, whole.arrays))
    assert str(caught.value).startswith(f"{path}: is not a whole glassnet model (")


def test_a_later_record_is_read_without_what_is_new(path: Path, whole: Whole) -> None:
    data = {**whole.data, "record": {**whole.data["record"], "later": {"a": [1]}}}
    assert gn.load(sealed(path, data, whole.arrays)).record.folds


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("members.1.weights.1", lambda a: a * np.nan, "members.1.weights.1 holds NaN or infinity"),
        ("members.2.biases.2", lambda a: a + np.inf, "members.2.biases.2 holds NaN or infinity"),
        ("members.1.weights.2", lambda a: a[:, :2], r"has the shape \(3, 2\), and should have"),
        ("members.1.weights.1", lambda a: a[:-1], "has the shape"),
        ("members.1.biases.1", lambda a: a[None], "has the shape"),
        ("members.1.weights.1", lambda a: a.astype(np.float16), "holds F16, and should hold float"),
        ("members.1.weights.1", lambda a: a.astype(np.int64), "holds int64, and should hold float"),
        ("history.loss", lambda a: a[:-1], r"history.loss has the shape \(1,\)"),
        ("history.loss", lambda a: a > 0, "history.loss holds bool"),
        ("more", lambda a: np.ones(2), "more is no array of a model"),
    ],
)
def test_arrays_that_do_not_fit(
    path: Path, whole: Whole, name: str, change: Any, message: str
) -> None:
    arrays = {**whole.arrays, name: np.array(change(whole.arrays.get(name)))}
    with pytest.raises(ModelFileError, match=message):
        gn.load(sealed(path, whole.data, arrays))


def test_an_array_that_lacks_is_named(path: Path, whole: Whole) -> None:
    arrays = {name: a for name, a in whole.arrays.items() if name != "members.2.weights.1"}
    with pytest.raises(ModelFileError, match="it lacks members.2.weights.1"):
        gn.load(sealed(path, whole.data, arrays))


def test_arrays_that_nobody_wants_are_hashed_in_little_memory(path: Path, whole: Whole) -> None:
    arrays = {**whole.arrays, "more": np.zeros((2**11, 2**11))}  # 32 MiB
    sealed(path, whole.data, arrays)
    del arrays
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="more is no array of a model"):
            gn.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**24


def test_an_altered_structure_is_told_from_one_that_never_fitted(path: Path, whole: Whole) -> None:
    bytes_ = sealed(path, whole.data, whole.arrays).read_bytes()
    for old, new in [
        (b'\\"mass\\"', b'\\"mast\\"'),
        (b"multiclass", b"multiklass"),
        (b"loss", b"lost"),
    ]:
        assert old in bytes_
        path.write_bytes(bytes_.replace(old, new, 1))
        with pytest.raises(ModelFileError, match="was altered after it was written"):
            gn.load(path)


def test_what_could_not_be_read_is_not_written(path: Path) -> None:
    model = small_model("price")
    weights, biases = model.parameters
    broken = model.with_parameters(gn.Parameters((weights[0] * np.nan, *weights[1:]), biases))
    with pytest.raises(ModelFileError, match=r"weights.1 holds NaN or infinity"):
        broken.save(path)
    narrow = plain_model([3, 1])
    for odd, message in [
        (replace(narrow, encoding=model.encoding), "the columns make"),
        (replace(narrow, history={"epoch": [], "loss": []}), "its history is empty"),
        (replace(narrow, scores={"y": {"r2": "good"}}), r"scores.* expected `float`"),
        (replace(narrow, record=replace(narrow.record, options={"a": object()})), "cannot hold"),
    ]:
        with pytest.raises(ModelFileError, match=message) as caught:
            odd.save(path)
        assert str(caught.value).startswith(f"{path}: ")
    assert not path.exists()


def test_scores_and_losses_may_be_nan(path: Path) -> None:
    model = replace(
        small_model("price"),
        scores={"price": {"r2": float("nan")}},
        history={"epoch": [1], "loss": [float("inf")]},
    )
    model.save(path)
    again = gn.load(path)
    assert np.isnan(again.scores["price"]["r2"])
    assert again.history == model.history
    np.testing.assert_array_equal(again.predict(TABLE), model.predict(TABLE))


def test_metadata_without_a_checksum_is_not_ours(path: Path) -> None:
    save_file({"a": np.ones(3)}, path, metadata={"glassnet": "{}"})
    with pytest.raises(ModelFileError, match="not one that glassnet wrote"):
        gn.load(path)
