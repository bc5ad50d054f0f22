"""The scores of a model's outputs on rows whose targets are known, by target.

The formulas of the scores are `metrics.py`; what stands beside them is `baselines.py`.
"""

import numpy as np

from glassnet.models.model import Model
from glassnet.recipe.metrics import class_scores, regression_scores
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import NumberTarget

FEWEST_SCORED_ROWS = 10  # of fewer, scores are luck

Scores = dict[str, dict[str, float]]
"""By target, each score by its name."""


def score(encoding: TableEncoding, output: np.ndarray, targets: Table) -> Scores:
    """The scores of outputs.

    Parameters
    ----------
    encoding : TableEncoding
        What the outputs mean.
    output : array, N x K
        A network's outputs, or others in their place.
    targets : Table
        The N rows' targets.
    """
    scores: Scores = {}
    for target, part in encoding.by_target(output):
        column = targets[target.name]
        if isinstance(target, NumberTarget):
            scores[target.name] = regression_scores(column.values, target.decode(part))
        else:
            probabilities = target.probabilities(part)
            predicted = target.predicted(probabilities)
            scores[target.name] = class_scores(target.index(column), probabilities, predicted)
    return scores


def main_score(model: Model) -> str:
    """The score that the loss of the training makes good; "" where none of them is."""
    loss = model.loss.name.partition(":")[0]
    if loss == "pinball" or "focal" in loss or model.record.sample_weight:
        return ""
    if model.encoding.task != "regression":
        return "log_loss"
    return "mae" if loss in ("mean_absolute_error", "huber") else "rmse"
