"""Format 1: its names become today's, and what cannot have been joined is refused."""

from typing import Any

import pytest

from glassnet.errors import GlassnetError
from glassnet.models.format_1 import decode_format_1
from glassnet.models.record import Record
from glassnet.tables.inputs import Binary, Number

NUMBER = {
    "kind": "number", "name": "a", "center": 1.0, "scale": 2.0, "squeeze": True,
    "fill": 1.0, "indicator": False, "date": False, "edges": [0.0, 1.0, 2.0],
}  # fmt: skip
PAIR = {
    "kind": "two_values", "name": "b", "levels": ["n", "y"], "indicator": True, "cells": "text",
}  # fmt: skip
TARGET = {"kind": "number", "name": "y", "center": 0.0, "scale": 1.0, "low": None, "high": None}
OLD: dict[str, Any] = {
    "network": {
        "sizes": [5, 4, 1],
        "activation": ["tanh"],
        "output": "identity",
        "loss": "mean_squared_error",
        "bias": True,
    },
    "encoding": {"task": "regression", "inputs": [NUMBER, PAIR], "targets": [TARGET]},
    "scores": {},
    "history": [],
    "record": {"target": ["y"], "row_weights": True, "best_epochs": [1, 2]},
}


def test_it_is_read_under_todays_names() -> None:
    found = decode_format_1(OLD)
    assert found.encoding.inputs == (
        Number("a", 1.0, 2.0, smooth_clip=True, fill=1.0, indicator=False, bin_edges=(0, 1, 2)),
        Binary("b", ("n", "y"), indicator=True),
    )
    assert found.record == Record(targets=("y",), sample_weight=True, best_epochs=(1, 2))
    assert [member.network.sizes for member in found.members] == [(5, 4, 1)]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"record": {"best_epochs": [1, 1, 1]}}, r"\(4,\) nodes cannot have been joined from 3"),
        ({"members": []}, "unknown field `members`"),
        ({"network": {**OLD["network"], "sizes": [4, 4, 1]}}, "the columns make 5 inputs"),
        (
            {"encoding": {**OLD["encoding"], "inputs": [{**PAIR, "kind": "binary"}]}},
            r"encoding.inputs\[0\].kind: invalid value 'binary'",
        ),
    ],
)
def test_what_no_file_of_format_1_holds_is_refused(changed: dict, message: str) -> None:
    with pytest.raises(GlassnetError, match=message):
        decode_format_1({**OLD, **changed})
