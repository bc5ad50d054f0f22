"""What was measured, joined from chunks, and the table it makes."""

import numpy as np

from glassnet.training.history import History
from glassnet.training.problem import Measured


def measured(epochs: int, **changes: np.ndarray) -> Measured:
    series = {
        name: np.arange(epochs) + 1.0
        for name in ("loss", "penalty", "gradient_norm", "validation_loss")
    }
    return Measured(
        **{
            "iteration_loss": np.arange(2 * epochs) + 0.5,
            **series,
            "output": np.ones((1, 1)),
            **changes,
        }
    )


def test_chunks_are_joined() -> None:
    history = History.of([measured(2), measured(1), measured(3)], np.arange(12.0), 2)
    assert history.iteration_loss.tolist() == [
        0.5,
        1.5,
        2.5,
        3.5,
        0.5,
        1.5,
        0.5,
        1.5,
        2.5,
        3.5,
        4.5,
        5.5,
    ]
    for name in ("loss", "penalty", "gradient_norm", "validation_loss"):
        assert getattr(history, name).tolist() == [1, 2, 1, 1, 2, 3], name
    one = History.of([measured(2)], np.arange(12.0), 2)
    assert (one.penalty.tolist(), one.learning_rate.tolist()) == ([1, 2], [0, 1, 2, 3])
    none = History.of([], np.arange(12.0), 2)
    assert (
        len(none.loss)
        == len(none.penalty)
        == len(none.learning_rate)
        == len(none.table()["epoch"])
        == 0
    )


def test_the_table_has_what_there_is() -> None:
    full = History.of([measured(2)], np.arange(4.0), 2).table()
    assert list(full) == [
        "epoch",
        "iteration",
        "loss",
        "penalty",
        "gradient_norm",
        "validation_loss",
        "learning_rate",
    ]
    assert full["gradient_norm"] == [1, 2]
    nothing = {"penalty": np.zeros(2), "gradient_norm": np.empty(0), "validation_loss": np.empty(0)}
    assert list(History.of([measured(2, **nothing)], np.arange(4.0), 2).table()) == [
        "epoch",
        "iteration",
        "loss",
        "learning_rate",
    ]
