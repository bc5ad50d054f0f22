"""Model files damaged on purpose and sealed anew: refused by one line, or a model that works."""

import json
import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from mutations import changed, changed_arrays, check_refusal, paths_of
from safetensors import safe_open
from small_models import TABLE, drawn_parameters, plain_model, small_model

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.models.conformal import LocalScale, Residuals, class_sets, intervals
from glassnet.models.content import FORMAT, MODEL_KIND, VERSION, Content, pack, plan_of, unpack
from glassnet.sealed import ArrayKind, kinds_of, write_sealed
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, learn_inputs
from glassnet.tables.formats.numbers import NumberFormat
from glassnet.tables.frames import as_table
from glassnet.tables.targets import NumberTarget

TESTS = Path(__file__).parents[1]
FORMAT_1 = TESTS / "oracles" / "model_v1_ensemble.safetensors"
PENGUINS = TESTS.parent / "examples" / "data" / "penguins.csv"
ROWS = {name: cells[:4] for name, cells in TABLE.items()}
NUMBERS = {"x1": [0.5, -1.0], "x2": [2.0, 0.0], "y1": [1.0, 2.0], "y2": [0.0, 1.0]}
WRITTEN = {
    "cost": ["$1,234.50", "$5.00", "-$7.25", "$10.00"],
    "seen": ["31.12.2020", "1.2.2021", "15.03.2021", "28.02.2019"],
    "at": ["7:15", "23:05", "12:30", "0:45"],
}
HISTORY = {"epoch": [1, 2], "loss": [2.0, 1.0], "validation_loss": [3.0, float("nan")]}


class Whole(NamedTuple):
    """A model before it is damaged: the data and the arrays of its file, and rows for it."""

    version: int
    data: dict[str, Any]
    arrays: dict[str, np.ndarray]
    kinds: dict[str, ArrayKind]
    paths: list[tuple[Any, ...]]
    rows: dict[str, Any]
    table: Table


@cache
def models() -> list[Whole]:
    """An ensemble for numbers, one for classes, a network for two, one without an encoding.

    And one that keeps how its columns are written, and one of format 1.
    """
    return [
        _whole(small_model("price", members=2), ROWS),
        _whole(small_model("kind", hidden=(3,), members=2), ROWS),
        _whole(small_model("sold", hidden=(4,), activation="relu"), ROWS),
        _whole(plain_model([2, 3, 2], bias=False), NUMBERS),
        _whole(_written_model(), WRITTEN),
        _of_format_1(),
    ]


def _written_model() -> gn.Model:
    """A model of `WRITTEN`, whose inputs are read by their formats."""
    inputs = learn_inputs(as_table(WRITTEN))
    target = NumberTarget("y", 1.0, 2.0, 0.0, 3.0, NumberFormat(",", ".", "EUR"))
    encoding = TableEncoding("regression", inputs, (target,))
    network = gn.Network([len(encoding.features), 3, 1], "silu")
    return gn.Model.of_network(network, drawn_parameters(network, 3), encoding)


def _of_format_1() -> Whole:
    rows = pl.read_csv(PENGUINS, null_values="NA").head(4).to_dict(as_series=False)
    with safe_open(FORMAT_1, framework="np") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        data = json.loads(file.metadata()["glassnet"])
    del data["format"], data["version"]
    return Whole(1, data, arrays, kinds_of(arrays), list(paths_of(data)), rows, as_table(rows))


def _whole(model: gn.Model, rows: dict[str, Any]) -> Whole:
    options = {"learning_rate": 0.01, "optimizer": "adamw", "dropout": 0.1, "l2": 0.0, "members": 2}
    record = replace(model.record, options=options, engine="numpy", folds=True)
    scores = {target.name: {"rmse": 1.5} for target in model.encoding.targets}
    model = replace(_with_bins(model), scores=scores, history=HISTORY, record=record)
    content = Content(
        model.encoding, model.members, model.scores, model.history, model.record, _residuals(model)
    )
    structure, arrays = pack(content)
    data = json.loads(json.dumps(structure))
    return Whole(
        VERSION, data, arrays, kinds_of(arrays), list(paths_of(data)), rows, as_table(rows)
    )


def _residuals(model: gn.Model) -> tuple[Residuals, ...]:
    if model.encoding.task != "regression":
        return (Residuals(np.linspace(0, 0.9, 8)),)
    scale = LocalScale(np.full(len(model.encoding.features), 0.1), 0.5, -1.0, 2.0)
    return tuple(Residuals(np.linspace(-2, 3, 40), scale) for _ in model.encoding.targets)


def _with_bins(model: gn.Model) -> gn.Model:
    """The same, its first number in one bin more: a feature that no weight sees the use of."""
    first, *others = model.encoding.inputs
    binned: Any = replace(first, bin_edges=(30.0, 50.0))
    members = []
    for member in model.members:
        network, (weights, biases) = member.network, member.parameters
        sizes = [network.sizes[0] + 1, *network.sizes[1:]]
        wider = gn.Network(
            sizes, network.activations[:-1], network.output, network.loss, network.bias
        )
        first_weights = np.insert(weights[0], 1, 0.1, axis=0)
        parameters = gn.Parameters((first_weights, *weights[1:]), biases)
        members.append(replace(member, network=wider, parameters=parameters))
    encoding = replace(model.encoding, inputs=(binned, *others))
    return replace(model, encoding=encoding, members=tuple(members))


def damaged(draw: random.Random) -> tuple[Whole, Any, dict[str, np.ndarray]]:
    """A model with one change, now and then two: the whole, its data and its arrays."""
    whole = draw.choice(models())
    data, arrays = whole.data, whole.arrays
    if draw.random() < 0.15:
        arrays = changed_arrays(arrays, draw)
    else:
        data = changed(data, draw, whole.paths)
    if draw.random() < 0.1:
        data = changed(data, draw, list(paths_of(data)))
    return whole, data, arrays


def decode_and_use(draw: random.Random) -> bool:
    """Decode a damaged model without a file, and use it; whether it was accepted.

    Raises whatever but a GlassnetError comes of it.
    """
    whole, data, arrays = damaged(draw)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            kinds = whole.kinds if arrays is whole.arrays else kinds_of(arrays)
            model = gn.Model(*unpack(plan_of(whole.version, data, kinds), arrays))
        except GlassnetError as error:
            check_refusal(error)
            return False
        _use(model, lambda: model.encoding.encode_inputs(whole.table))
        return True


def load_and_use(draw: random.Random, path: Path, show: Callable[[Path], None]) -> bool:
    """The same through a file, with everything that a user may ask of the model."""
    whole, data, arrays = damaged(draw)
    text = json.dumps({"format": FORMAT, "version": whole.version, **data})
    write_sealed(path, text, arrays, MODEL_KIND)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = gn.load(path)
        except GlassnetError as error:
            check_refusal(error, f"{path}: ")
            return False
        _use(model, lambda: model.encoding.encode_inputs(whole.table))
        asked: Any = (
            {"interval": 0.9} if model.encoding.task == "regression" else {"label_set": 0.9}
        )
        _ours(lambda: model.predict_columns(whole.rows, **asked))
        for ask in (model.predict, model.predict_columns, lambda rows: gn.explain(model, rows)):
            _ours(lambda ask=ask: ask(whole.rows))
        model.save(path)
        show(path)
        return True


def _use(model: gn.Model, encode: Callable[[], np.ndarray]) -> None:
    """What prediction and `show` make of a model. Raises whatever but a GlassnetError."""
    assert all(str(column) for column in (*model.encoding.inputs, *model.encoding.targets))
    assert len(model.encoding.features) == model.members[0].network.sizes[0]
    assert repr(model)
    _ = model.record.dropout, model.record.penalty, model.record.learning_rate
    x = _ours(encode)
    if x is not None:
        output = model.output_of(x)
        assert model.predictions_of(output).shape[0] == len(x)
        assert all(len(column) == len(x) for column in model.columns_of(output).values())
        _use_residuals(model, x, output)


def _use_residuals(model: gn.Model, x: np.ndarray, output: np.ndarray) -> None:
    """Intervals and sets, where the model has residuals."""
    shape = len(x), len(model.encoding.targets)
    if model.residuals and model.encoding.task == "regression":
        ends = intervals(model.encoding, model.residuals, x, output, 0.9)
        assert ends.shape == (*shape, 2)
        finite = np.isfinite(model.predictions_of(output)).reshape(shape)
        assert (ends[..., 0] <= ends[..., 1])[finite].all()
    elif model.residuals:
        sets = class_sets(model.encoding, model.residuals, output, 0.9)
        assert len(sets) == shape[1]
        assert all(chosen.any(axis=1).all() for chosen in sets)


def _ours(ask: Callable[[], Any]) -> Any:
    """What a question gives; None where it is refused by an error of ours."""
    try:
        return ask()
    except GlassnetError:
        return None
