"""Importance by permutation: how much worse the network gets when a column's cells are shuffled."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, check_enough, unknown_name
from glassnet.importance.first_layer import CutNetwork
from glassnet.importance.networks import feature_slices, networks_and_rows
from glassnet.importance.result import Importance, gather
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.recipe.scoring import score

MORE_IS_BETTER = ("r2", "accuracy", "balanced_accuracy", "auc")

Scorer = Callable[[np.ndarray], float]
"""The network's last pre-activations, N x K -> score."""
ColumnProgress = Callable[[int, int], None]
"""Called with (columns measured, columns to measure), counted for each network."""


def permutation_importance(
    models: Any,
    table: Any,
    y: Any = None,
    *,
    columns: Sequence[str] | None = None,
    repeats: int = 5,
    seed: int = 0,
    scoring: str = "loss",
    max_rows: int = 5000,
    progress: ColumnProgress | None = None,
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
    columns : sequence of str, optional
        The columns to shuffle; by default all that the model uses.
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
    progress : callable, optional
        Called after each column with (columns done, columns in all), counted for each network.

    Returns
    -------
    Importance
        By column.

    Raises
    ------
    GlassnetError
        Where the table lacks a column or the target, on fewer than two rows, on a column that the
        model does not use, and on a scoring that does not fit.

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
    names = _columns_to_shuffle(pairs[0][0], columns)
    drawn: dict[int, Rows] = {}  # the members of a model share their rows
    for number, (network, rows) in enumerate(pairs):
        if id(rows) not in drawn:
            drawn[id(rows)] = _draw(rows.with_targets(), max_rows, seed)
        shuffles = _Shuffles(network, drawn[id(rows)], repeats, seed, scoring)
        drops.append({})
        for position, name in enumerate(names, 1):
            drops[-1][name] = shuffles.drops(name)
            if progress is not None:
                progress(number * len(names) + position, len(pairs) * len(names))
    first = pairs[0][0]
    loss = first.network.loss.name + first.encoding.of_scaled_targets
    what = f"the loss ({loss})" if scoring == "loss" else scoring
    description = "how much worse it gets when the column is shuffled"
    n_rows = len(drawn[id(pairs[0][1])])
    if len(drops) == 1:
        of_one = [{name: of[[r]] for name, of in drops[0].items()} for r in range(repeats)]
        return gather("Permutation", description, [what], of_one, over="shuffle", n_rows=n_rows)
    means = [{name: of.mean(keepdims=True) for name, of in network.items()} for network in drops]
    return gather("Permutation", description, [what], means, n_rows=n_rows)


def _draw(rows: Rows, most: int, seed: int) -> Rows:
    """The rows, or `most` of them drawn at random."""
    if len(rows) <= most:
        return rows
    random = np.random.default_rng([seed, most])
    return rows.take(random.choice(len(rows), most, replace=False))


def _columns_to_shuffle(model: Model, asked: Sequence[str] | None) -> list[str]:
    """The columns that a model uses, or those of them that are asked for."""
    used = list(feature_slices(model.encoding))
    for name in asked or ():
        if name not in used:
            raise unknown_name("column", name, used)
    return used if asked is None else list(asked)


class _Shuffles:
    """A network on some rows, each column of which can be put in another order.

    Each cell is encoded by itself, so a column's features, and the part that they have in the first
    layer, go with it.
    """

    def __init__(self, model: Model, rows: Rows, repeats: int, seed: int, scoring: str) -> None:
        check_enough(len(rows), 2, "rows with known targets, to shuffle")
        self.x: np.ndarray = rows.x  # N x D
        self.features = feature_slices(model.encoding)
        self.cut = CutNetwork(model.members[0])
        self.z = self.cut.first(self.x)  # N x H
        self.scorer = _scorer(model, rows, scoring, self.cut.last(self.z))
        self.sign = 1 if scoring in MORE_IS_BETTER else -1
        self.score_of_all = self.scorer(self.cut.last(self.z))
        random = np.random.default_rng(seed)
        self.orders = [random.permutation(len(rows)) for _ in range(repeats)]

    def drops(self, name: str) -> np.ndarray:
        """How much worse the score is after each shuffle of a column."""
        features = self.features[name]
        part = self.cut.part(self.x[:, features], features)
        scores = [
            self.scorer(self.cut.last(self.z + (part[order] - part))) for order in self.orders
        ]
        return np.array([self.sign * (self.score_of_all - score) for score in scores])


def _scorer(model: Model, rows: Rows, scoring: str, z: np.ndarray) -> Scorer:
    """The function that scores pre-activations; z are those of the rows as they are."""
    if scoring == "loss":
        return _loss(model, rows)
    known = _scores(model, rows, z)
    if scoring not in known:
        raise unknown_name("scoring", scoring, ["loss", *known])
    return lambda z: _scores(model, rows, z)[scoring]


def _loss(model: Model, rows: Rows) -> Scorer:
    network, y = model.network, rows.y
    return lambda z: float(network.loss(network.output, z, network.output.value(z), y)[0])


def _scores(model: Model, rows: Rows, z: np.ndarray) -> dict[str, float]:
    """Every score that all targets have, the mean over the targets."""
    output = model.output_activation.value(z)
    by_target = list(score(model.encoding, output, rows.known_targets()).values())
    common = [name for name in by_target[0] if all(name in scores for scores in by_target)]
    return {name: float(np.mean([scores[name] for scores in by_target])) for name in common}
