"""`glassnet show`: what was kept, and what is predicted from which probability on."""

from pathlib import Path

import numpy as np
import pytest
from in_process import run

import glassnet as gn

ROWS = 600
TABLE = {
    "x": [(i * 37) % 101 / 101 for i in range(ROWS)],
    "y": ["yes" if (i * 37) % 101 > 80 else "no" for i in range(ROWS)],
}
QUICK = {"epochs": 9, "hidden": 4, "holdout": 0}


@pytest.mark.parametrize("members", [1, 3])
def test_the_losses_of_the_kept_epochs(folder: Path, members: int) -> None:
    model = gn.train_table(TABLE, "y", members=members, **QUICK)
    model.save("m")
    record = gn.load("m").record
    assert len(record.best_losses) == len(record.best_validation_losses) == members
    shown = run("show", "m").out
    epochs = ", ".join(map(str, record.best_epochs))
    if members == 1:
        (epoch,) = record.best_epochs
        loss, validation = (model.history[n][epoch - 1] for n in ("loss", "validation_loss"))
        assert f"Kept epoch: {epochs}, loss {loss:.6g}, validation_loss {validation:.6g}" in shown
        assert validation == min(model.history["validation_loss"])
    else:
        mean = np.mean(record.best_validation_losses)
        assert f"Kept epochs: {epochs}, mean loss " in shown
        assert f", mean validation_loss {mean:.6g}" in shown
        assert mean <= min(model.history["validation_loss"])  # each member has its own best


def test_without_validation_the_last_epoch_is_kept(folder: Path) -> None:
    model = gn.train_table(TABLE, "y", members=2, validation=0.0, **QUICK)
    model.save("m")
    assert model.record.best_validation_losses == ()
    assert np.mean(model.record.best_losses) == pytest.approx(model.history["loss"][-1], rel=1e-12)
    assert "Kept epochs: 9, 9, mean loss" in run("show", "m").out


def test_the_threshold_and_the_class_that_is_the_second(folder: Path) -> None:
    gn.train_table(TABLE, "y", members=1, threshold=0.25, **QUICK).save("m")
    shown = " ".join(run("show", "m").out.split())
    assert "2 classes: no, yes; yes from a probability of 0.25 on" in shown


def test_train_shows_the_probability_of_what_is_predicted(folder: Path) -> None:
    lines = [f"{x},{y}" for x, y in zip(*TABLE.values(), strict=True)]
    (folder / "t.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    flags = ["--epochs", "1", "--members", "1", "--hidden", "2", "--no-report"]
    out = run("train", "t.csv", "--target", "y", "--threshold", "0.01", *flags).out
    rows = [line.split() for line in out.partition("predicted against actual")[2].splitlines()]
    shown = [(row[2], float(row[3])) for row in rows if len(row) == 4 and row[0].isdigit()]
    assert len(shown) == 8
    assert all(prediction == "yes" and probability < 0.5 for prediction, probability in shown)


def test_the_table_of_scores_is_the_one_that_the_training_printed(folder: Path) -> None:
    lines = [f"{x},{y}" for x, y in zip(*TABLE.values(), strict=True)]
    (folder / "t.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    flags = ["--epochs", "1", "--members", "1", "--hidden", "2", "--no-report"]
    printed = run("train", "t.csv", "--target", "y", *flags).out
    shown = run("show", "runs/t").out

    def table(text: str) -> list[str]:
        return text.partition("Scores ")[2].partition("The scores are of")[0].splitlines()[1:]

    assert table(shown) == table(printed)
    heads = " ".join(table(shown)[:2])
    assert "always" in heads
    assert "linear" in heads
