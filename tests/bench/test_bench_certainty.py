"""`python -m bench.certainty`: the same figures as worked out from the model's predictions."""

import numpy as np
import pandas as pd
import pytest
from bench.certainty import markdown, of_classes, of_numbers
from bench.table_data import Table


def made(classify: bool) -> Table:
    random = np.random.default_rng(0)
    x = random.normal(size=(160, 3))
    y = x[:, 0] + random.normal(size=160)
    frame = pd.DataFrame(x, columns=list("abc"))
    return Table(frame, (y > 0).astype(int) if classify else y, classify)


def test_figures_of_numbers_and_classes() -> None:
    train, held_out = np.arange(100), np.arange(100, 160)
    numbers = of_numbers(made(False), train, held_out)
    assert 0.75 < numbers["inside 0.9"] <= 1
    assert 0 < numbers["width 0.5"] < numbers["width 0.9"]
    classes = of_classes(made(True), train, held_out)
    assert 1 <= classes["classes 0.5"] <= classes["classes 0.9"] <= 2
    changed = classes["loss after"] != pytest.approx(classes["loss before"], rel=1e-6)
    assert changed == (classes["temperature"] > 1)
    head, _, row, mean = markdown({"made": numbers})
    assert head == "| table | inside 0.5 | width 0.5 | inside 0.9 | width 0.9 |"
    assert row.split("|")[2:] == mean.split("|")[2:]
