"""What a prompt shows of an object by itself is short: a line or a few, whatever it holds."""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import glassnet as gn

LONGEST = 300  # characters
DATA = Path(__file__).parents[1] / "examples" / "data"
NETWORK = gn.Network([3, 40, 20, 1])
START = gn.initialize(NETWORK)
X = np.random.default_rng(1).normal(size=(50, 3))
Y = X[:, 0]
TRACE = gn.feedforward(NETWORK, START, X)
FEW: dict[str, Any] = {"effort": "quick", "epochs": 3}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One or more objects of every public class, trained on tables of many columns."""
    penguins, cancer = DATA / "penguins.csv", DATA / "breast_cancer.csv"
    folder = tmp_path_factory.mktemp("runs")
    run = gn.train(NETWORK, START, X, Y, epochs=300, path_points=20)
    model = gn.train_table(penguins, "species", **FEW)
    wide = gn.train_table(cancer, "diagnosis", members=3, epochs=3)
    numbers = gn.train_table(penguins, "body_mass_g", **FEW)
    frame = pd.read_csv(penguins)

    def loss(p: gn.Parameters) -> float:
        return gn.backprop(NETWORK, p, gn.feedforward(NETWORK, p, X), Y[:, None])[0]

    gradient = gn.backprop(NETWORK, START, TRACE, Y[:, None])[1]
    mlp = gn.MLPRegressor(max_iter=5).set_params(tol=0, n_iter_no_change=100)
    folder_of_run = gn.train_run(penguins, "species", folder / "r", **FEW)
    assessment = folder_of_run.assessment
    assert assessment
    study = gn.study(networks=3, iterations=5)
    search = gn.search(penguins, "species", candidates=1, folds=2, epochs=1)
    made = {
        "search": search,
        "tried candidate": search.best,
        "standing": search.leaderboard()[0],
        "mattered": search.what_mattered()[0],
        "population search": gn.PopulationSearchCV(mlp, {"alpha": [0.1]}),
        "study": study,
        "solution": study.solutions[0],
        "network": NETWORK,
        "deep network": gn.Network([30] * 9, activation=["tanh"] * 7),
        "parameters": START,
        "few parameters": gn.initialize(gn.Network([2, 2, 1])),
        "trace": TRACE,
        "run": run,
        "history": run.history,
        "population": gn.train_population(NETWORK, [START] * 2, X, Y, epochs=3),
        "check": gn.check_gradient(loss, gradient, START),
        "model": model,
        "ensemble": wide,
        "run folder": folder_of_run,
        "run record": folder_of_run.record,
        "source": folder_of_run.source,
        "rows": folder_of_run.table_rows(),
        "encoding": wide.encoding,
        "record": wide.record,
        "assessment": assessment,
        "interval": assessment.scores[0],
        "difference": assessment.differences[0],
        "explanation": gn.explain(wide, cancer, [0, 1]),
        "importance": gn.permutation_importance(wide, cancer),
        "profile": gn.lek_profile(model, penguins),
        "contributions": gn.contributions(wide, cancer),
        "hidden nodes": (nodes := gn.hidden_nodes(wide, cancer)),
        "hidden node": nodes.nodes[0],
        "rows along a column": gn.ice(model, penguins, "bill_length_mm"),
        "encoder": gn.TableEncoder().fit(frame),
        "hidden features": gn.HiddenFeatures(mlp),
        "lab": gn.Lab(model),
        "export": gn.export(model, "python"),
        "penalty": gn.Penalty(),
        "optax": gn.Optax(SimpleNamespace(init=len, update=len)),
        **{name: optimizer() for name, optimizer in gn.OPTIMIZERS.items()},
        **{name: row for table in (gn.ACTIVATIONS, gn.LOSSES) for name, row in table.items()},
    }
    pictures: dict[str, Callable[[], Any]] = {
        name: picture
        for name in gn.__all__
        if name.endswith("Display") and (picture := getattr(gn, name))
    }
    for name, picture in pictures.items():
        given = [(model, penguins), (numbers, penguins), (model,), (study,), ({"a": study},)]
        given.append((search,))
        made[name] = _drawn(picture, given)
    for name in ("MLPClassifier", "MLPRegressor", "TableClassifier", "TableRegressor"):
        made[name] = getattr(gn, name)(hidden_layer_sizes=(9, 8))
    return made


def _drawn(picture: Any, arguments: list[tuple[Any, ...]]) -> Any:
    """The picture of the first arguments that it takes."""
    for given in arguments:
        for name in ("from_estimator", "from_model", "from_study", "from_studies", "from_search"):
            make = getattr(picture, name, None)
            if make is None:
                continue
            try:
                return make(*given)
            except (TypeError, ValueError, AttributeError):
                continue
    raise AssertionError(f"no arguments make a {picture}")


def test_every_public_class_has_a_short_repr(objects: dict[str, Any]) -> None:
    for name, made in objects.items():
        text = repr(made)
        assert len(text) <= LONGEST, f"{name}: {len(text)} characters: {text[:400]}"
        assert " at 0x" not in text, name
    assert repr(objects["NetworkDisplay"]).startswith("<glassnet NetworkDisplay of ")
    assert repr(objects["LossCurveDisplay"]) == "<glassnet LossCurveDisplay: .plot(), .save(path)>"
    seen = {kind for made in objects.values() for kind in type(made).__mro__}
    left = {
        name
        for name in gn.__all__
        if inspect.isclass(value := getattr(gn, name))
        and value not in seen
        and not issubclass(value, Exception)
    }
    assert not left, "make one of each in `objects`, above"


def test_print_of_a_run_is_one_line() -> None:
    run = gn.train(NETWORK, START, X, Y, epochs=30)
    assert str(run).startswith("<glassnet Run of 3-40-20-1 sigmoid, sigmoid, identity,")
    assert "30 epochs by the native engine, loss" in str(run)
    assert len(str(run).splitlines()) == 1


def test_few_parameters_are_shown_as_numbers() -> None:
    few = gn.Parameters((np.array([[1.5], [-2.0]]),))
    assert repr(few) == "Parameters(weights=(array([[ 1.5],\n       [-2. ]]),), biases=())"
    assert repr(START) == (
        "<glassnet Parameters: weights 3 x 40, 40 x 20, 20 x 1, biases, float64>"
    )
    assert repr(TRACE) == "<glassnet Trace of 50 rows through 3-40-20-1 nodes: .z, .a>"
