"""Importance by permutation: how much worse the network gets when a column's cells are shuffled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from glassnet.core.network import loss_of
from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.importance.networks import feature_slices, networks_and_rows
from glassnet.importance.result import Importance, gather
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.recipe.scoring import score

MORE_IS_BETTER = ("r2", "accuracy", "balanced_accuracy", "auc")

Scorer = Callable[[np.ndarray], float]
"""The network's inputs, N x D -> score."""


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
    """How much worse the network gets on these rows when a column's cells are shuffled.

    All features of the column go together. The importance tells how much the network's predictions
    rely on a column: on rows it was not trained on, what the column is good for; on those it was
    trained on, also what was learnt by heart. It does not tell in which direction. Columns that
    carry the same information split their importance, for the network can fall back on the other;
    and shuffling makes rows that cannot exist (a heavy car of little displacement). Below 0 is
    noise, or a column that does harm. Members of an ensemble are measured one by one, not the mean
    that they make together.

    Parameters
    ----------
    models : Model, fitted estimator, or list of these
        As in `olden`.
    table : path, data frame, dict of columns, or array
        Rows with their targets, as in `Model.predict`; rows whose target is missing are left out.
    y : array, optional
        The targets, where they stand apart.
    repeats : int
        How many shuffles. A network's value is their mean; of a single network each shuffle is
        shown.
    seed : int
        Seed of the shuffles; every column and network gets the same ones.
    scoring : str
        "loss" (the network's), "rmse", "mae", "r2", "accuracy", "balanced_accuracy", "log_loss" or
        "auc"; the mean over several targets.
    max_rows : int
        Of more rows so many are drawn, for the time it takes grows with them.

    Returns
    -------
    Importance
        By column.

    Raises
    ------
    GlassnetError
        Where the table lacks a column or the target, on fewer than two rows, and on a scoring that
        does not fit.

    References
    ----------
    Breiman 2001, Machine Learning 45:5-32; Fisher, Rudin & Dominici 2019, Journal of Machine
    Learning Research 20(177), as a difference.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> settings = {"activation": "identity", "solver": "lbfgs", "alpha": 0, "random_state": 0}
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), **settings).fit(X, [0, 3, 0, 3])
    >>> permutation_importance(fitted, X, [0, 3, 0, 3]).table()["column"]
    ['x1', 'x0']
    """
    if repeats < 1:
        raise GlassnetError(f"repeats is {repeats}: shuffle 1 time or more")
    drops: list[dict[str, np.ndarray]] = []  # of each network: column -> repeats
    pairs = networks_and_rows(models, table, y)
    for network, rows in pairs:
        drawn = _draw(rows.with_targets(), max_rows, seed)
        drops.append(_drops(network, drawn, repeats, seed, scoring))
    loss = pairs[0][0].network.loss.name
    what = f"the loss ({loss})" if scoring == "loss" else scoring
    description = "how much worse it gets when the column is shuffled"
    if len(drops) == 1:
        shuffles = [{name: of[[r]] for name, of in drops[0].items()} for r in range(repeats)]
        return gather("Permutation", description, [what], shuffles, over="shuffle")
    means = [{name: of.mean(keepdims=True) for name, of in network.items()} for network in drops]
    return gather("Permutation", description, [what], means)


def _draw(rows: Rows, most: int, seed: int) -> Rows:
    """The rows, or `most` of them drawn at random."""
    if len(rows) <= most:
        return rows
    random = np.random.default_rng([seed, most])
    return rows.take(random.choice(len(rows), most, replace=False))


def _drops(
    model: Model, rows: Rows, repeats: int, seed: int, scoring: str
) -> dict[str, np.ndarray]:
    """By column, how much worse the score is after each shuffle."""
    check_enough(len(rows), 2, "rows with known targets, to shuffle")
    scorer = _scorer(model, rows, scoring)
    score_of_all = scorer(rows.x)
    sign = 1 if scoring in MORE_IS_BETTER else -1
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(rows)) for _ in range(repeats)]
    drops: dict[str, np.ndarray] = {}
    for name, features in feature_slices(model.encoding).items():
        scores = [scorer(_shuffle(rows.x, features, order)) for order in orders]
        drops[name] = np.array([sign * (score_of_all - score) for score in scores])
    return drops


def _shuffle(x: np.ndarray, features: slice, order: np.ndarray) -> np.ndarray:
    """The network's inputs with the cells of one column in another order.

    Each cell is encoded by itself, so its features go with it.
    """
    shuffled = x.copy()
    shuffled[:, features] = x[order, features]
    return shuffled


def _scorer(model: Model, rows: Rows, scoring: str) -> Scorer:
    """The function that scores inputs in place of the rows' own."""
    if scoring == "loss":
        return _loss(model, rows)
    known = _scores(model, rows, rows.x)
    if scoring not in known:
        raise unknown_name("scoring", scoring, ["loss", *known])
    return lambda x: _scores(model, rows, x)[scoring]


def _loss(model: Model, rows: Rows) -> Scorer:
    return lambda x: float(loss_of(model.network, model.trace(x), rows.y))


def _scores(model: Model, rows: Rows, x: np.ndarray) -> dict[str, float]:
    """Every score that all targets have, the mean over the targets."""
    by_target = list(score(model.encoding, model.output_of(x), rows.known_targets()).values())
    common = [name for name in by_target[0] if all(name in scores for scores in by_target)]
    return {name: float(np.mean([scores[name] for scores in by_target])) for name in common}
