"""What simple predictions score on the same rows: a constant, and a linear model.

A network is worth its weights only where it does better. Both are given as outputs of a network
would be, so that one function scores them all (`scoring.py`).
"""

from dataclasses import dataclass, replace

import numpy as np

from glassnet.core.activations import softmax
from glassnet.models.model import Model
from glassnet.recipe.scoring import Scores, score
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Number
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

MOST_NUMBERS = 2_000_000  # rows x features a linear model learns from; of more, fewer rows
MOST_FEATURES = 1000  # features of it; of more, those that go with the targets best
NEWTON_STEPS = 60  # of a logistic regression, at most
SETTLED = 1e-3  # of a weight; where all change less, they have settled


@dataclass(frozen=True, eq=False)
class Baseline:
    """A simple prediction beside a model's.

    Parameters
    ----------
    name : {"constant", "linear", "start"}
        Which it is; "start" is the model that a training went on from.
    description : dict of str to str
        By target, in words.
    output : array, N x K
        As outputs of a network for the scored rows.
    scores : dict
        By target, each score by its name.
    """

    name: str
    description: dict[str, str]
    output: np.ndarray
    scores: Scores


def baselines(
    encoding: TableEncoding, train: Table, scored: Table, before: Model | None = None
) -> tuple[Baseline, ...]:
    """The constant and the linear baseline, and the model that a training went on from.

    Parameters
    ----------
    encoding : TableEncoding
        The model's.
    train : Table
        The rows that they learn from, with their targets.
    scored : Table
        The rows that they are scored on, with their targets.
    before : Model, optional
        The model that the training went on from.
    """
    encoding = encoding.with_likeliest  # whatever the model's threshold
    y = encoding.encode_targets(train)
    constant = np.tile(y.mean(axis=0), (scored.n_rows, 1))
    linear = _linear_outputs(encoding, train, scored, y)
    means = {target.name: _constant_text(target, y) for target, y in encoding.by_target(y)}
    models = {target.name: "a linear model" for target in encoding.targets}
    found = (
        Baseline("constant", means, constant, score(encoding, constant, scored)),
        Baseline("linear", models, linear, score(encoding, linear, scored)),
    )
    if before is None:
        return found
    output = before.output(scored)
    description = {target.name: "the model before" for target in encoding.targets}
    return (*found, Baseline("start", description, output, score(encoding, output, scored)))


def _constant_text(target: Target, y: np.ndarray) -> str:
    """The constant of a target in words; y is N x its outputs."""
    mean = y.mean(axis=0, keepdims=True)
    if isinstance(target, NumberTarget):
        return f"always the mean, {target.decode(mean)[0]:.6g}"
    likeliest = target.label_texts[int(target.probabilities(mean).argmax())]
    return f"always {likeliest}"


def _linear_outputs(
    encoding: TableEncoding, train: Table, scored: Table, y: np.ndarray
) -> np.ndarray:
    """The outputs of a linear model for the scored rows, N x K: ridge or logistic regression.

    It is given the model's inputs without bins, each of mean 0 and standard deviation 1.
    """
    plain = _without_bins(encoding)
    most_rows = max(1, MOST_NUMBERS // len(plain.features))
    if train.n_rows > most_rows:
        rows = np.linspace(0, train.n_rows - 1, most_rows).astype(int)
        train, y = train.take(rows), y[rows]
    x = plain.encode_inputs(train)  # N x D
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    used = np.flatnonzero(deviation > 0)
    used = used[_best_features(x[:, used], y)]
    mean, deviation = mean[used], deviation[used]
    x = (x[:, used] - mean) / deviation
    x_scored = (plain.encode_inputs(scored)[:, used] - mean) / deviation
    outputs = [
        _logistic(x, part, x_scored)
        if isinstance(target, ClassTarget)
        else _ridge(x, part, x_scored)
        for target, part in encoding.by_target(y)
    ]
    return np.concatenate(outputs, axis=1)


def _without_bins(encoding: TableEncoding) -> TableEncoding:
    inputs = tuple(
        replace(column, bin_edges=()) if isinstance(column, Number) else column
        for column in encoding.inputs
    )
    return replace(encoding, inputs=inputs)


def _best_features(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which features, N x D, to use: all, or of too many those of the largest correlations."""
    if x.shape[1] <= MOST_FEATURES:
        return np.arange(x.shape[1])
    covariance = (x - x.mean(axis=0)).T @ (y - y.mean(axis=0))  # D x K
    correlation = np.abs(covariance) / (x.std(axis=0)[:, None] * y.std(axis=0))
    return np.sort(np.argsort(-correlation.max(axis=1), kind="stable")[:MOST_FEATURES])


def _ridge(x: np.ndarray, y: np.ndarray, x_scored: np.ndarray) -> np.ndarray:
    """Least squares with a penalty on the weights, for scaled x; y is N x 1."""
    center = y.mean(axis=0)
    gram = x.T @ x + _penalty(x) * np.eye(x.shape[1])
    return x_scored @ np.linalg.solve(gram, x.T @ (y - center)) + center


def _logistic(x: np.ndarray, y: np.ndarray, x_scored: np.ndarray) -> np.ndarray:
    """Multinomial logistic regression with a penalty on the weights; y is N x outputs.

    Newton's steps with a bound of the Hessian in its place, the same in every step (Böhning 1992),
    with Nesterov's momentum.
    """
    two = y.shape[1] == 1
    classes = np.concatenate([1 - y, y], axis=1).T if two else y.T  # K x N
    penalty = _penalty(x) * (2 if two else 1)  # both of two classes hold the weights, halved
    x, x_scored = _with_ones(x), _with_ones(x_scored)  # (D + 1) x N
    penalties = np.append(np.full(len(x) - 1, penalty), 0.0)  # the intercept has none
    inverse = np.linalg.inv(x @ x.T / 2 + np.diag(penalties))
    weights = previous = np.zeros((len(classes), len(x)))
    for step in range(NEWTON_STEPS):
        ahead = weights + step / (step + 3) * (weights - previous)
        gradient = (_softmax(ahead @ x) - classes) @ x.T + penalties * ahead
        previous, weights = weights, ahead - gradient @ inverse
        if np.abs(weights - previous).max() < SETTLED:
            break
    probabilities = _softmax(weights @ x_scored).T
    return probabilities[:, 1:] if two else probabilities


def _penalty(x: np.ndarray) -> float:
    """On the squared weights: 1, as scikit-learn's; more where rows are few for the features."""
    N, D = x.shape
    return 1 + D * D / N


def _with_ones(x: np.ndarray) -> np.ndarray:
    """N x D, turned, and with a row of ones for the intercept."""
    return np.concatenate([x.T, np.ones((1, len(x)))])


def _softmax(z: np.ndarray) -> np.ndarray:
    """Over each column, K x N: faster so than over rows."""
    return softmax(z.T).T


def scores_by_name(found: tuple[Baseline, ...]) -> dict[str, dict[str, dict[str, float]]]:
    """Plain data for run.json: by target, by baseline, each score by its name."""
    targets = list(found[0].scores) if found else []
    return {t: {baseline.name: baseline.scores[t] for baseline in found} for t in targets}


def descriptions_by_name(found: tuple[Baseline, ...]) -> dict[str, dict[str, str]]:
    """Plain data for run.json: by target, what each baseline is, in words."""
    targets = list(found[0].description) if found else []
    return {t: {baseline.name: baseline.description[t] for baseline in found} for t in targets}
