"""The members of an ensemble one by one, and how far they agree."""

from typing import NamedTuple

import numpy as np

from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.recipe.scoring import score
from glassnet.tables.targets import ClassTarget, NumberTarget


class MemberRow(NamedTuple):
    """The epoch that a member kept, and its scores, as text; or all members together."""

    name: str
    epoch: str
    scores: list[str]


class MemberTable(NamedTuple):
    """The scores of each member on one target."""

    target: str
    score_names: list[str]
    rows: list[MemberRow]


def member_tables(model: Model, rows: Rows) -> list[MemberTable]:
    """A table for each target with a row for each member; none where there is one network.

    Parameters
    ----------
    model : Model
        The ensemble.
    rows : Rows
        The rows that the scores are of, with known targets.
    """
    count = len(model.members)
    if count == 1:
        return []
    scores = [
        score(model.encoding, output, rows.known_targets()) for output in _outputs(model, rows)
    ]
    tables: list[MemberTable] = []
    for target in model.encoding.targets:
        names = list(model.scores[target.name])
        of_members = [
            MemberRow(
                f"{number} of {count}",
                str(model.record.best_epochs[number - 1]),
                _texts(scores[number - 1][target.name], names),
            )
            for number in range(1, count + 1)
        ]
        together = MemberRow("together", "", _texts(model.scores[target.name], names))
        tables.append(MemberTable(target.name, names, [*of_members, together]))
    return tables


def agreements(model: Model, rows: Rows) -> list[str]:
    """How far the members agree on each target, in words; nothing where there is one network.

    Parameters
    ----------
    model : Model
        The ensemble.
    rows : Rows
        The rows that the members are compared on.
    """
    if len(model.members) == 1:
        return []
    outputs = _outputs(model, rows)
    sentences: list[str] = []
    for number, target in enumerate(model.encoding.targets):
        parts = [model.encoding.by_target(output)[number][1] for output in outputs]
        predictions = np.stack([target.decode(part) for part in parts])  # M x N
        if isinstance(target, NumberTarget):
            sentences.append(f"{target.name}: {_number_agreement(predictions)}.")
        else:
            sentences.append(f"{target.name}: {_class_agreement(target, predictions, parts)}.")
    return sentences


def _outputs(model: Model, rows: Rows) -> list[np.ndarray]:
    """The outputs of each member alone, N x K."""
    return [model.member(number).output(rows.columns) for number in range(len(model.members))]


def _texts(scores: dict[str, float], names: list[str]) -> list[str]:
    """The scores as text, in the order of the names."""
    return [f"{scores[name]:.4g}" if name in scores else "" for name in names]


def _number_agreement(predictions: np.ndarray) -> str:
    spread = predictions.std(axis=0, ddof=1).mean()
    return f"the members' predictions of a row have a standard deviation of {spread:.4g} on average"


def _class_agreement(target: ClassTarget, predictions: np.ndarray, parts: list[np.ndarray]) -> str:
    same = (predictions == predictions[0]).all(axis=0).mean()
    probabilities = np.stack([target.probabilities(part) for part in parts])  # M x N x classes
    spread = probabilities.std(axis=0, ddof=1).mean()
    return (
        f"all members predict the same class for {same:.1%} of the rows; their probabilities of a "
        f"class have a standard deviation of {spread:.3f} on average"
    )
