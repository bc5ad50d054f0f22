"""Model files between the page and the library, both ways; what is no model is refused."""

import json
import random
import struct
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damaged_models import FORMAT_1, HISTORY, damaged, models
from lab_page import Page, PageError
from safetensors.numpy import save
from small_models import plain_model, small_model

import glassnet as gn
from glassnet import article
from glassnet.errors import GlassnetError
from glassnet.models.content import FORMAT, MODEL_KIND, Content, pack
from glassnet.models.typed import data_of
from glassnet.sealed import write_sealed

OPEN = """
const members = parts.openModel(Uint8Array.from(given.bytes), "m.safetensors");
"""
SAVED = """
const bytes = (saved) => [...saved];
const setupOf = (given, model) => ({
  ...parts.exampleNamed(engine, "article"), ...given.setup, ...(model && { model }),
});
"""
Cells = dict[str, list[Any]]


def saved(model: gn.Model, folder: Path) -> bytes:
    path = folder / "m.safetensors"
    model.save(path)
    return path.read_bytes()


def loaded(content: list[int] | bytes, folder: Path) -> gn.Model:
    path = folder / "from_lab.safetensors"
    path.write_bytes(bytes(content))
    return gn.load(path)


def in_order(content: bytes) -> bytes:
    """A file with the two texts of its header in one order: the library writes them in any."""
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    assert len(text.encode()) <= length < len(text.encode()) + 8
    return text.encode() + content[8 + length :]


def models_tried() -> dict[str, gn.Model]:
    """Models of every task, with several members, in float32, with much in its record."""
    written = small_model("price", members=2)
    history: Any = HISTORY
    written = replace(written, history=history, scores={"price": {"rmse": float("nan"), "r2": 1.0}})
    record = replace(written.record, options={"learning_rate": 1e-05, "l2": 0.0, "seed": 2**60})
    return {
        "numbers": replace(written, record=record),
        "classes": small_model("kind", hidden=(3,), members=3),
        "two classes": small_model("sold", hidden=(4,), activation="relu"),
        "no biases": plain_model([2, 3, 2], bias=False),
        "float32": _in_float32(small_model("price", hidden=(5, 3))),
    }


def _in_float32(model: gn.Model) -> gn.Model:
    members = tuple(
        replace(
            member,
            parameters=gn.Parameters(
                tuple(w.astype(np.float32) for w in member.parameters.weights),
                tuple(b.astype(np.float32) for b in member.parameters.biases),
            ),
        )
        for member in model.members
    )
    return replace(model, members=members)


MODELS = models_tried()


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_opened_with_all_that_it_predicts_by(
    page: Page, tmp_path: Path, name: str
) -> None:
    model = MODELS[name]
    found = page.run(OPEN + "return members", bytes=list(saved(model, tmp_path)))
    assert len(found) == len(model.members)
    for number, (ours, member) in enumerate(zip(found, model.members, strict=True), 1):
        assert (ours["member"], ours["members"]) == (number, len(model.members))
        arrays = [*member.parameters.weights, *member.parameters.biases]
        flat = np.concatenate([array.astype(float).ravel() for array in arrays])
        np.testing.assert_array_equal(ours["parameters"], flat)
        encoding: Any = data_of(model.encoding)
        del encoding["missing"]
        assert ours["encoding"] == encoding
        network = ours["network"]
        assert network["sizes"] == list(member.network.sizes)
        assert network["activations"] == [one.name for one in member.network.activations]
        assert (network["loss"], network["bias"]) == (member.network.loss.name, member.network.bias)


@pytest.mark.parametrize("loss", ["huber", "huber:0.4", "pinball:0.9"])
def test_the_setting_of_a_loss_is_kept(page: Page, tmp_path: Path, loss: str) -> None:
    network = gn.Network([2, 3, 2], loss=loss)
    model = gn.Model.of_network(network, gn.initialize(network), plain_model([2, 3, 2]).encoding)
    body = (
        OPEN
        + SAVED
        + """
      const [{ encoding, network, parameters }] = members;
      const losses = [];
      const changed = parameters.map((w) => w + 1);
      const model = members[0];
      const setup = setupOf(given, model);
      return [network.loss, network.setting,
        bytes(parts.saveModel({ setup, encoding, network, parameters: changed, losses }))];
    """
    )
    name, setting, content = page.run(body, bytes=list(saved(model, tmp_path)))
    assert name == loss.partition(":")[0]
    assert setting == network.loss.setting
    assert loaded(content, tmp_path).members[0].network == network


@pytest.mark.parametrize("name", MODELS)
def test_opened_and_saved_again_is_the_same_file(page: Page, tmp_path: Path, name: str) -> None:
    content = saved(MODELS[name], tmp_path)
    body = (
        OPEN
        + SAVED
        + """
      return members.map((model) => {
        const { encoding, network, parameters } = model;
        const setup = setupOf(given, model);
        return bytes(parts.saveModel({ setup, encoding, network, parameters, losses: [] }));
      });
    """
    )
    for again in page.run(body, bytes=list(content)):
        assert bytes(again) == content


@pytest.mark.parametrize("name", MODELS)
def test_trained_on_it_keeps_what_is_still_true(page: Page, tmp_path: Path, name: str) -> None:
    model = MODELS[name]
    content = saved(model, tmp_path)
    body = (
        OPEN
        + SAVED
        + """
      const model = members[members.length - 1];
      const { encoding, network } = model;
      const parameters = model.parameters.map((w) => w / 3);
      const setup = setupOf(given, model);
      return bytes(parts.saveModel({ setup, encoding, network, parameters, losses: [2, 1.5] }));
    """
    )
    made = page.run(body, bytes=list(content))
    after = loaded(made, tmp_path)
    last = model.members[-1]
    assert after.encoding == model.encoding
    assert after.members[0].network == last.network
    for before, now in zip(
        last.parameters.weights, after.members[0].parameters.weights, strict=True
    ):
        np.testing.assert_array_equal(now, before.astype(float) / 3)
    assert after.record.options == model.record.of_member(len(model.members) - 1).options
    assert after.scores == {}
    assert after.history == {"epoch": [1, 2], "iteration": [1, 2], "loss": [2.0, 1.5]}
    assert (after.record.best_epochs, after.record.best_losses) == ((), ())
    assert after.record.average_row is None
    assert after.residuals == ()
    assert in_order(saved(after, tmp_path)) == in_order(bytes(made))


SETUPS: dict[str, tuple[str, dict[str, Any]]] = {
    "article": ("article", {}),
    "centred": ("penguins", {}),
    "0 to 1": ("digits", {"activation": "relu"}),
    "batches": ("cars", {"batchSize": 7}),
    "huber": ("cars", {"loss": "huber", "seed": 2, "hidden": [3, 2]}),
    "booleans": ("moons", {"bias": False}),
}
TRAIN = """
const lab = new parts.Lab(engine, { ...parts.exampleNamed(engine, given.example), ...given.setup });
lab.goTo(given.iterations);
const { prepared, scene } = lab.view.value;
const { setup, encoding, network } = prepared;
const outputs = scene.table.layers[scene.table.layers.length - 1].a;
const losses = lab.losses.slice(0, given.iterations);
const { parameters } = scene.batch;
"""


def table_of(page: Page, example: str) -> Cells:
    """An example's table as a dict of columns."""
    table = page.run("return parts.exampleNamed(engine, given.example).table", example=example)
    return {column["name"]: column["cells"] for column in table["columns"]}


def test_a_model_of_more_layers_than_the_lab_takes(page: Page, tmp_path: Path) -> None:
    for hidden, is_taken in ((15, True), (16, False)):
        content = list(saved(small_model("price", hidden=(2,) * hidden), tmp_path))
        if is_taken:
            assert len(page.run(OPEN + "return members", bytes=content)) == 1
            continue
        said = page.refusal(OPEN, bytes=content)
        assert said == (
            "m.safetensors: has a network of more than 16 layers of weights: "
            "the lab takes at most 16"
        )


def test_predictions_do_not_get_the_name_of_a_column(page: Page) -> None:
    body = """
      const usual = parts.exampleNamed(engine, "article");
      const columns = usual.table.columns.map((column) =>
        ({ ...column, name: column.name === "x1" ? "prediction" : column.name }));
      const lab = new parts.Lab(engine, { ...usual, table: { ...usual.table, columns } });
      const { prepared, scene } = lab.view.value;
      return parts.tableWithPredictions(
        engine, prepared.encoding, prepared.setup.table, scene.table.layers.at(-1).a);
    """
    said = page.refusal(body)
    assert "a column of the table is named 'prediction', as one of the output is" in said


@pytest.mark.parametrize("case", SETUPS)
def test_the_library_loads_what_the_page_saves(page: Page, tmp_path: Path, case: str) -> None:
    example, setup = SETUPS[case]
    body = TRAIN + "return [[...parts.saveModel({ setup, encoding, network, parameters, losses })],"
    body += "outputs, losses, parts.tableWithPredictions(engine, encoding, setup.table, outputs)]"
    content, outputs, losses, text = page.run(body, example=example, setup=setup, iterations=20)
    model = loaded(content, tmp_path)
    cells = table_of(page, example)
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    rows = [i for i, cell in enumerate(cells[model.encoding.targets[0].name]) if cell is not None]
    known = {name: [column[i] for i in rows] for name, column in cells.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = model.output(known)
        from_csv = model.predict_columns(path)
    width = expected.shape[1]
    np.testing.assert_allclose(np.reshape(outputs, (-1, width)), expected, rtol=1e-12, atol=1e-14)
    if "batchSize" not in setup:
        assert model.history["loss"] == losses
        assert model.record.best_epochs == (20,)
        assert model.record.best_losses == (losses[-1],)
    else:
        assert model.history == {}
    assert in_order(saved(model, tmp_path)) == in_order(bytes(content))
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    assert names == [*cells, *from_csv]


def test_the_articles_model_is_that_of_the_library(page: Page, tmp_path: Path) -> None:
    body = TRAIN + "return [...parts.saveModel({ setup, encoding, network, parameters, losses })]"
    ours = loaded(page.run(body, example="article", setup={}, iterations=1500), tmp_path)
    x = {name: [row[i] for row in article.X] for i, name in enumerate(article.INPUT_NAMES)}
    table = {**x, article.TARGET_NAME: list(article.Y)}
    theirs = gn.train_article(table, article.TARGET_NAME)
    assert ours.encoding == theirs.encoding
    np.testing.assert_allclose(ours.predict(table), theirs.predict(table), rtol=1e-12)
    np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-11)
    known = theirs.record.options
    assert all(known[name] == value for name, value in ours.record.options.items())


def refusal(page: Page, content: bytes) -> str:
    return page.refusal(OPEN + "return members", bytes=list(content))


def test_what_is_no_model_file_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    content = saved(MODELS["numbers"], tmp_path)
    no_model = "m.safetensors: is not a model file, or is cut short"
    for some in (b"", b"{}", b"a,b\n1,2\n", content[:100], content[:-1], content[1:]):
        assert refusal(page, some) == no_model
    other = save({"w": np.ones(3)})
    assert refusal(page, other).endswith("is a safetensors file, but not one that glassnet wrote")
    altered = bytearray(content)
    altered[-1] ^= 1
    assert "was altered after it was written" in refusal(page, bytes(altered))
    assert refusal(page, FORMAT_1.read_bytes()) == (
        "m.safetensors: has format version 1, the lab reads 2: load it in Python and save it again"
    )
    path = tmp_path / "newer.safetensors"
    structure, arrays = pack(content_of(MODELS["numbers"]))
    write_sealed(
        path, json.dumps({"format": FORMAT, "version": 3, **structure}), arrays, MODEL_KIND
    )
    assert "has format version 3, this lab reads 2: use a newer" in refusal(page, path.read_bytes())


def content_of(model: gn.Model) -> Content:
    return Content(model.encoding, model.members, model.scores, model.history, model.record)


@pytest.mark.parametrize("seed", range(250))
def test_damaged_models_are_refused_in_words_or_work(page: Page, tmp_path: Path, seed: int) -> None:
    models()
    whole, data, arrays = damaged(random.Random(seed))
    path = tmp_path / "damaged.safetensors"
    text = json.dumps({"format": FORMAT, "version": whole.version, **data})
    try:
        write_sealed(path, text, arrays, MODEL_KIND)
    except (GlassnetError, ValueError, TypeError, KeyError):
        return
    body = (
        OPEN
        + """
      const { encoding, network, parameters } = members[0];
      const model = members[0];
      const setup = { ...parts.exampleNamed(engine, "article"), model };
      const changed = parameters.map((w) => w + 1);
      return [parts.features(encoding), parts.outputs(encoding),
        [...parts.saveModel({ setup, encoding, network, parameters: changed, losses: [1] })]];
    """
    )
    try:
        features, outputs, made = page.run(body, bytes=list(path.read_bytes()))
    except PageError as error:
        if not error.is_known:
            raise
        assert str(error).startswith("m.safetensors: ")  # noqa: PT017
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = loaded(made, tmp_path)
        except GlassnetError:  # what the page passes over: the record, formats
            with pytest.raises(GlassnetError):
                gn.load(path)
            return
    assert features == model.encoding.features
    assert outputs == model.encoding.outputs


WRONG: dict[str, tuple[list[Any], Any]] = {
    "labels alike": (["encoding", "targets", 0, "labels"], ["a", "a", "b"]),
    "labels of two types": (["encoding", "targets", 0, "labels"], ["a", 1, "b"]),
    "a label too large": (["encoding", "targets", 0, "labels"], [10**101, 1, 2]),
    "two labels of three outputs": (["encoding", "targets", 0, "labels"], ["a", "b"]),
    "threshold of three": (["encoding", "targets", 0, "threshold"], 0.5),
    "frequencies of two": (["encoding", "targets", 0, "frequencies"], [0.5, 0.5]),
    "a frequency above 1": (["encoding", "targets", 0, "frequencies"], [0.5, 0.5, 1.5]),
    "scale of 0": (["encoding", "inputs", 0, "scale"], 0.0),
    "edges that fall": (["encoding", "inputs", 0, "bin_edges"], [2.0, 1.0]),
    "no height": (["encoding", "inputs", 0, "bin_height"], 0.0),
    "a text for a number": (["encoding", "inputs", 0, "center"], "1"),
    "a flag for a number": (["encoding", "inputs", 0, "center"], True),
    "a number for a flag": (["encoding", "inputs", 0, "indicator"], 1),
    "two columns alike": (["encoding", "inputs", 1, "name"], "length"),
    "an unknown kind": (["encoding", "inputs", 0, "kind"], "toString"),
    "an unknown field": (["encoding", "inputs", 0, "more"], 1),
    "an unknown task": (["encoding", "task"], "ranking"),
    "a task of numbers": (["encoding", "task"], "regression"),
    "no targets": (["encoding", "targets"], []),
    "no members": (["members"], []),
    "sizes": (["members", 0, "network", "sizes", 0], 3),
    "a size of 0": (["members", 0, "network", "sizes", 1], 0),
    "activations": (["members", 0, "network", "activation"], []),
    "an unknown activation": (["members", 0, "network", "activation", 0], "wave"),
    "softmax within": (["members", 0, "network", "activation", 0], "softmax"),
    "an unknown loss": (["members", 0, "network", "loss"], "hinge"),
    "a setting of none": (["members", 0, "network", "loss"], "categorical_cross_entropy:2"),
    "another output": (["members", 0, "network", "output"], "sigmoid"),
    "no biases": (["members", 0, "network", "bias"], False),
    "no vote": (["members", 0, "vote"], 0.0),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_the_library_refuses_in_a_model_the_page_does(
    page: Page, tmp_path: Path, case: str
) -> None:
    structure, arrays = pack(content_of(small_model("kind", hidden=(3,))))
    data = json.loads(json.dumps(structure))
    (*path, last), value = WRONG[case]
    place = data
    for key in path:
        place = place[key]
    place[last] = value
    file = tmp_path / "m.safetensors"
    text = json.dumps({"format": FORMAT, "version": 2, **data})
    write_sealed(file, text, arrays, MODEL_KIND)
    with pytest.raises(GlassnetError, match="is not a whole glassnet model"):
        gn.load(file)
    found = refusal(page, file.read_bytes())
    assert found.startswith("m.safetensors: is not a whole glassnet model (")


def test_json_is_read_and_written_as_by_python(page: Page) -> None:
    values: list[Any] = [1, 1.0, -0.0, 0, 1e-05, 1e16, 2**60, 10**400, float("nan"), float("inf")]
    values += [None, True, "1.0", 'é"\\\n\x7f\u2028\U0001f600', {"NaN": [1.5e300, -1]}, [], {}]
    text = json.dumps(values)
    assert (
        page.run("return parts.writePythonJson(parts.readPythonJson(given.text))", text=text)
        == text
    )
