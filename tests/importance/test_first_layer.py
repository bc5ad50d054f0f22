"""Networks cut behind their first layer: the same outputs as for whole rows, at far less work."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.importance import first_layer
from glassnet.importance.first_layer import CutNetwork, MovedColumns
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.tables.columns import Column, Table
from glassnet.tables.inputs import Number

random = np.random.default_rng(0)
N = 90
TABLE: dict[str, Any] = {
    "size": np.where(random.random(N) < 0.2, np.nan, random.normal(size=N)),
    "town": random.choice(["Ulm", "Bonn", "Kiel"], N).astype(object),
    "age": random.normal(40, 9, N),
    "kind": random.choice(["u", "v", "w"], N).astype(object),
}


@pytest.fixture(scope="module")
def model() -> gn.Model:
    """Three members, two hidden layers, three classes, a missing indicator and categories."""
    return gn.train_table(TABLE, "kind", members=3, hidden=(5, 4), epochs=8)


def test_moved_cells_give_what_the_whole_rows_give(model: gn.Model) -> None:
    rows = rows_of(model, TABLE)
    moved = MovedColumns(model, rows.columns.take([0, 7]))
    starts = np.array([0, 1, 1])
    town = Column("town", "text", np.array(["Bonn", None, "Oslo"], object))
    size = Column("size", "number", np.array([np.nan, 0.5, -30.0]))
    whole = Table({**rows.columns.take([0, 7, 7]), "town": town, "size": size})
    expected = model.output_of(model.encoding.encode_inputs(whole))
    np.testing.assert_allclose(moved.outputs(starts, town, size), expected, rtol=1e-12)
    np.testing.assert_allclose(moved.outputs(np.array([1])), rows.output[[7]], rtol=1e-12)


@pytest.mark.parametrize("sizes", [[3, 2], [3, 4, 2], [3, 4, 6, 2]])
@pytest.mark.parametrize("bias", [True, False])
def test_a_cut_network_ends_in_the_same_pre_activations(
    sizes: list[int], bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_layer, "NUMBERS_AT_WORK", 18)  # so that ten rows are several blocks
    network = gn.Network(sizes, "tanh", "sigmoid", bias=bias)
    parameters = gn.Parameters(
        tuple(random.normal(size=shape) for shape in network.shapes),
        tuple(random.normal(size=m) for _, m in network.shapes if bias),
    )
    one = as_model((network, parameters))
    x = random.normal(size=(10, 3))
    cut = CutNetwork(one.members[0])
    np.testing.assert_allclose(cut.last(cut.first(x)), one.trace(x).z[-1], rtol=1e-12)
    parts = sum(cut.part(x[:, [i]], slice(i, i + 1)) for i in range(3))
    np.testing.assert_allclose(parts + cut.bias, cut.first(x), rtol=1e-12)


def test_a_cell_of_another_kind_is_refused(model: gn.Model) -> None:
    moved = MovedColumns(model, rows_of(model, TABLE).columns.take([0]))
    with pytest.raises(GlassnetError, match="'old' where the model was trained on numbers"):
        moved.outputs(np.array([0]), Column("age", "text", np.array(["old"], object)))


@pytest.mark.parametrize("picture", ["decision_surface", "lek_profile", "permutation"])
def test_the_work_grows_like_the_columns_and_no_faster(
    picture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells: list[int] = []
    encode = Number.encode

    def counted(column: Number, of: Column) -> np.ndarray:
        cells.append(len(of.values))
        return encode(column, of)

    def work(columns: int) -> int:
        table = {f"x{i}": random.normal(size=40) for i in range(columns)}
        table["y"] = random.normal(size=40)
        few = gn.train_table(table, "y", members=1, hidden=3, epochs=1, holdout=0)
        cells.clear()
        if picture == "decision_surface":
            gn.DecisionSurfaceDisplay.from_model(few, table, resolution=4)
        elif picture == "lek_profile":
            gn.lek_profile(few, table, points=5)
        else:
            gn.permutation_importance(few, table)
        return sum(cells)

    monkeypatch.setattr(Number, "encode", counted)
    assert work(40) < 2.5 * work(20)
