"""Weights of classes: in the recipe, on the command line and in the estimators the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from in_process import refused, run
from sklearn.utils.class_weight import compute_class_weight

import glassnet as gn
from glassnet.errors import OptionError
from glassnet.recipe.class_weight import weight_of_classes
from glassnet.recipe.options import Options, options_from

N = 90
QUICK = {"members": 2, "epochs": 3, "hidden": 4, "seed": 0}
TABLE: dict[str, Any] = {
    "a": [(i * 7) % 31 / 31 for i in range(N)],
    "b": [(i * 5) % 23 / 23 for i in range(N)],
    "y": ["yes" if i % 6 == 0 else "no" for i in range(N)],
}


def weights_of(model: gn.Model) -> list[np.ndarray]:
    return [w for member in model.members for w in member.parameters.weights]


def same(one: gn.Model, other: gn.Model) -> bool:
    return all(map(np.array_equal, weights_of(one), weights_of(other)))


@pytest.mark.parametrize("class_weight", ["balanced", {"yes": 5.5, "no": 1}, {"yes": 3}])
def test_one_implementation_for_every_face(folder: Path, class_weight: Any) -> None:
    python = gn.train_table(TABLE, "y", holdout=0, class_weight=class_weight, **QUICK)
    frame = pd.DataFrame(TABLE)
    estimator = gn.TableClassifier(
        4, members=2, max_iter=3, random_state=0, class_weight=class_weight
    ).fit(frame[["a", "b"]], frame["y"])
    assert same(python, estimator.model_)
    frame.to_csv("t.csv", index=False)
    text = class_weight
    if isinstance(text, dict):
        text = ",".join(f"{label}={weight}" for label, weight in class_weight.items())
    flags = ["--members", "2", "--epochs", "3", "--hidden", "4", "--holdout", "0", "--quiet"]
    flags += ["--no-report"]
    done = run("train", "t.csv", "--target", "y", "--class-weight", text, *flags, "--out", "r")
    assert done.code == 0, done.err
    assert same(python, gn.load("r"))
    assert not same(python, gn.train_table(TABLE, "y", holdout=0, **QUICK))


@pytest.mark.parametrize("sample_weight", [None, [1, 0.5, 2, 1, 1, 3]])
def test_balanced_is_scikit_learns(sample_weight: list[float] | None) -> None:
    y = np.array([2, 0, 2, 2, 0, 1])
    weight = None if sample_weight is None else np.array(sample_weight)
    ours = weight_of_classes("balanced", [0, 1, 2], y, weight)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=y, sample_weight=weight)
    np.testing.assert_allclose(ours, expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("labels", "given", "expected"),
    [
        (["no", "yes"], {"yes": 5}, [1, 5]),
        ([0, 1], {1: 5, 0: 2}, [2, 5]),
        ([0, 1], {"1": 5}, [1, 5]),
        ([0, 1], {1.0: 5}, [1, 5]),
        ([0.5, 1.5], {np.float64(0.5): 4}, [4, 1]),
        ([False, True], {True: 3}, [1, 3]),
        ([False, True], {"true": 3}, [1, 3]),
        ([False, True], {1: 3}, [1, 3]),
        (["01", "1"], {"01": 7}, [7, 1]),
        (["a", "b"], {"a": 1, "b": 2, "c": 3}, [1, 2]),  # as scikit-learn: all are named
    ],
    ids=str,
)
def test_classes_are_named_as_people_name_them(
    labels: list, given: dict, expected: list[float]
) -> None:
    found = weight_of_classes(Options(class_weight=given).class_weight, labels, np.array([0, 1]))
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"yess": 5}, "class_weight names 'yess', which is no class of no, yes"),
        ({"yes": 0, "no": 0}, "class_weight leaves no row a weight above zero"),
        ({"yes": -1}, "class_weight must be a number of 0 or more for class 'yes', got -1"),
        ({"yes": float("inf")}, "class_weight must be a number of 0 or more for class 'yes'"),
        ({}, "class_weight must be balanced, or a weight by class"),
        ("balance", "class_weight must be balanced, or a weight by class"),
        (2.0, "class_weight must be balanced, or a weight by class"),
    ],
    ids=str,
)
def test_weights_refused(given: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        gn.train_table(TABLE, "y", class_weight=given, **QUICK)


@pytest.mark.parametrize("target", ["b", ["y", "z"]], ids=str)
def test_there_is_one_target_of_classes(target: Any) -> None:
    table = {**TABLE, "z": [i % 2 == 0 for i in range(N)]}
    with pytest.raises(OptionError, match="class_weight is for one target of classes"):
        gn.train_table(table, target, class_weight="balanced", **QUICK)


def test_options_are_told_apart_after_a_file(folder: Path) -> None:
    given = Options(class_weight={True: 2, np.int64(3): 1.5, "x": 1})
    assert given.class_weight == {"true": 2, "3": 1.5, "x": 1}
    assert options_from({"class_weight": {"true": 2, "3": 1.5, "x": 1}}) == given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yes", "--class-weight must be balanced, or the weight of each class as in yes=5,no=1"),
        ("yes=5;no=1", "--class-weight names 'yes=5;no', which is no class of no, yes"),
        ("yes=5,no", "--class-weight must be balanced, or the weight of each class"),
        ("yes=much", "--class-weight must be balanced, or the weight of each class"),
        ("yes=1e", "--class-weight must be a number or balanced, got '1e'"),
        ("yse=5", "--class-weight names 'yse', which is no class of no, yes"),
    ],
)
def test_on_the_command_line(folder: Path, text: str, message: str) -> None:
    pd.DataFrame(TABLE).to_csv("t.csv", index=False)
    assert message in refused("train", "t.csv", "--target", "y", "--class-weight", text)


def test_classes_with_commas_and_equals_signs_on_the_command_line(folder: Path) -> None:
    labels = {"yes": "a=b,c", "no": "d"}
    table = {**TABLE, "y": [labels[y] for y in TABLE["y"]]}
    pd.DataFrame(table).to_csv("t.csv", index=False)
    flags = ["--members", "1", "--epochs", "1", "--hidden", "2", "--quiet", "--no-report"]
    done = run(
        "train", "t.csv", "--target", "y", "--class-weight", "a=b,c=5,d=2", *flags, "--out", "r"
    )
    assert done.code == 0, done.err
    assert gn.open_run("r").options.class_weight == {"a=b,c": 5.0, "d": 2.0}
