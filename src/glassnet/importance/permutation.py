"""Importance by permutation: how much worse the network gets when a column's cells are shuffled among the rows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from glassnet.core.network import feedforward
from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.importance.networks import networks_and_rows, places
from glassnet.importance.result import Importance, gathered
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.recipe.run import score
from glassnet.training.problem import as_dtype

MORE_IS_BETTER = ("r2", "accuracy", "balanced_accuracy", "auc")
Scorer = Callable[[np.ndarray], float]


def permutation_importance(
    models: Any,
    table: Any,
    y: Any = None,
    *,
    repeats: int = 5,
    seed: int = 0,
    scoring: str = "loss",
    max_rows: int = 5000,
) -> Importance:
    """How much worse the network gets on these rows when a column's cells are shuffled, all features of the column together.

    It tells how much the network's predictions rely on a column: on rows it was not trained on, what the column is good for; on
    those it was trained on, also what was learnt by heart. It does not tell which way; columns that say the same share their
    importance, for the network can fall back on the other; and shuffling makes rows that cannot be (a heavy car of little
    displacement). Below 0 is noise, or a column that does harm. Of joined networks each is measured by itself, not the mean that
    they make together.

    Parameters
    ----------
    models : as in `olden`.
    table : rows with their targets, as in `Model.predict`; rows whose target is missing are left out.
    y : the targets, where they stand apart.
    repeats : how many shuffles; a network's value is their mean. Of a single network each shuffle is shown as one.
    seed : of the shuffles; every column and network gets the same ones.
    scoring : "loss" (the network's own), "rmse", "mae", "r2", "accuracy", "balanced_accuracy", "log_loss" or "auc"; the mean
        over several targets.
    max_rows : of more rows so many are drawn, for the time it takes grows with them.

    Raises GlassnetError where the table lacks a column or the target, on fewer than two rows, and on a scoring that does not
    fit. Source: Breiman 2001, Machine Learning 45:5-32; Fisher, Rudin & Dominici 2019, Journal of Machine Learning Research
    20(177), as a difference.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> line = MLPRegressor(hidden_layer_sizes=(3,), activation="identity", solver="lbfgs", alpha=0, random_state=0)
    >>> fitted = line.fit(X, [0, 3, 0, 3])
    >>> permutation_importance(fitted, X, [0, 3, 0, 3]).table()["column"]
    ['x1', 'x0']
    """
    if repeats < 1:
        raise GlassnetError(f"repeats is {repeats}: shuffle 1 time or more")
    pairs = [
        (model, _some(rows.with_answers(), max_rows, seed))
        for model, rows in networks_and_rows(models, table, y)
    ]
    each = [
        _worse(model, rows, repeats, seed, scoring) for model, rows in pairs
    ]  # for each network: column -> repeats
    single = len(each) == 1
    if single:
        measured = [{name: drops[[r]] for name, drops in each[0].items()} for r in range(repeats)]
    else:
        measured = [
            {name: drops.mean(keepdims=True) for name, drops in network.items()} for network in each
        ]
    what = f"the loss ({pairs[0][0].network.loss.name})" if scoring == "loss" else scoring
    words = "how much worse it gets when the column is shuffled"
    return gathered("Permutation", words, [what], measured, each="shuffle" if single else "network")


def _some(rows: Rows, most: int, seed: int) -> Rows:
    """The rows, or so many of them, drawn."""
    return (
        rows
        if len(rows) <= most
        else rows.take(np.random.default_rng([seed, most]).choice(len(rows), most, replace=False))
    )


def _worse(
    model: Model, rows: Rows, repeats: int, seed: int, scoring: str
) -> dict[str, np.ndarray]:
    """By column, how much worse the score is after each shuffle."""
    check_enough(len(rows), 2, "rows with known targets, to shuffle")
    measured = _scorer(model, rows, scoring)
    whole, random = measured(rows.x), np.random.default_rng(seed)
    orders = [random.permutation(len(rows)) for _ in range(repeats)]
    sign = 1 if scoring in MORE_IS_BETTER else -1
    return {
        name: np.array(
            [sign * (whole - measured(_shuffled(rows.x, place, order))) for order in orders]
        )
        for name, place in places(model.encoding).items()
    }


def _shuffled(x: np.ndarray, place: slice, order: np.ndarray) -> np.ndarray:
    """The network's inputs when the cells of one column are: each cell is encoded by itself, so its features go with it."""
    shuffled = x.copy()
    shuffled[:, place] = x[order, place]
    return shuffled


def _scorer(model: Model, rows: Rows, scoring: str) -> Scorer:
    """Inputs -> score."""
    if scoring == "loss":
        return _loss(model, rows)
    known = _scores(model, rows, rows.x)
    if scoring not in known:
        raise unknown_name("scoring", scoring, ["loss", *known])
    return lambda x: _scores(model, rows, x)[scoring]


def _loss(model: Model, rows: Rows) -> Scorer:
    network, parameters, y = model.network, as_dtype(model.parameters, np.float64), rows.y

    def loss(x: np.ndarray) -> float:
        trace = feedforward(network, parameters, x)
        return float(network.loss(network.output, trace.z[-1], trace.output, y)[0])

    return loss


def _scores(model: Model, rows: Rows, x: np.ndarray) -> dict[str, float]:
    """Every score, the mean over the targets."""
    found = list(score(model, model.output_of(x), rows.known()).values())
    common = [name for name in found[0] if all(name in scores for scores in found)]
    return {name: float(np.mean([scores[name] for scores in found])) for name in common}
