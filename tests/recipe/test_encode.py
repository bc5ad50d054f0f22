"""Rows encoded for a training: in blocks and packed, to the last bit what is encoded at once."""

from typing import Any

import numpy as np
import pytest

import glassnet as gn
from glassnet.core.network import leaves
from glassnet.recipe import encode
from glassnet.recipe.defaults import settle
from glassnet.recipe.encode import encode_rows, ramps_of
from glassnet.recipe.fit import learn_encoding
from glassnet.recipe.options import Options
from glassnet.recipe.rows import TableRows
from glassnet.tables.frames import as_table
from glassnet.training.packed import PackedRows

RANDOM = np.random.default_rng(0)
N = 900
TABLE: dict[str, Any] = {
    "size": np.where(RANDOM.random(N) < 0.1, np.nan, RANDOM.normal(size=N)),
    "count": RANDOM.integers(0, 5, N) * 1.0,
    "town": RANDOM.choice(["Ulm", "Bonn", "Kiel", "Jena"], N).astype(object),
    "flag": RANDOM.choice(["yes", "no"], N).astype(object),
    "late": RANDOM.uniform(1e9, 2e9, N),
}
TABLE["y"] = np.nan_to_num(TABLE["size"]) + (TABLE["town"] == "Ulm")

PLAIN = settle(Options(), "regression", train_rows=N, validation_rows=0)


def table_rows() -> TableRows:
    columns = as_table(TABLE)
    return TableRows(columns.select(name for name in TABLE if name != "y"), columns.select(["y"]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("pack_from", [0, 10**9])
def test_blocks_and_packed_rows_are_the_encoded_rows(
    dtype: str, pack_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table_rows()
    encoding = learn_encoding(rows, PLAIN)
    at_once = encoding.encode_inputs(rows.inputs)
    monkeypatch.setattr(encode, "ENCODED_NUMBERS", 70 * at_once.shape[1])
    monkeypatch.setattr(encode, "PACK_FROM", pack_from)
    x = encode_rows(rows, encoding, dtype).x
    assert x.dtype == dtype
    assert isinstance(x, PackedRows) == (pack_from == 0)
    np.testing.assert_array_equal(np.asarray(x), at_once.astype(dtype))


def test_bins_and_categories_are_ramps() -> None:
    encoding = learn_encoding(table_rows(), PLAIN)
    features = encoding.features
    spans = [features[ramp.first : ramp.first + ramp.width] for ramp in ramps_of(encoding)]
    assert [len(span) for span in spans] == [16, 4, 4, 16]
    assert spans[0][0].startswith("size -")
    assert spans[2] == ["town=Bonn", "town=Jena", "town=Kiel", "town=Ulm"]


def test_what_cannot_be_packed_to_the_last_bit_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table_rows()
    encoding = learn_encoding(rows, PLAIN)
    monkeypatch.setattr(encode, "PACK_FROM", 0)
    monkeypatch.setattr(PackedRows, "fill", lambda *_: False)
    x = encode_rows(rows, encoding, "float32").x
    assert isinstance(x, np.ndarray)
    np.testing.assert_array_equal(x, encoding.encode_inputs(rows.inputs).astype("float32"))


@pytest.mark.parametrize(
    "options",
    [{}, {"members": 1}, {"members": 2, "validation": 0.0}, {"engine": "numpy", "hidden": (4,)}],
)
def test_a_model_of_packed_rows_is_the_same_to_the_last_bit(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"epochs": 2, "hidden": (16, 8), **options}
    plain = gn.train_table(TABLE, "y", **settings)
    monkeypatch.setattr(encode, "PACK_FROM", 0)
    packed = gn.train_table(TABLE, "y", **settings)
    assert packed.scores == plain.scores
    assert packed.history == plain.history
    for ours, theirs in zip(packed.members, plain.members, strict=True):
        for a, b in zip(leaves(ours.parameters), leaves(theirs.parameters), strict=True):
            np.testing.assert_array_equal(a, b)
