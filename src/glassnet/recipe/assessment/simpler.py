"""Whether something simpler than the network would do: a conclusion, and what it stands on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from glassnet.recipe.assessment.intervals import ScoreDifference
from glassnet.recipe.assessment.sentences import compared_sentence, right_sentence
from glassnet.recipe.assessment.small_network import ALIKE, SMALL_NODES, IdleNodes
from glassnet.recipe.assessment.text import listed
from glassnet.recipe.findings.learning import CLEARLY
from glassnet.recipe.scoring import FEWEST_SCORED_ROWS, main_score

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

SIMPLER = {
    "constant": "always guessing the same",
    "linear": "a linear model",
    "small network": f"a network of {SMALL_NODES} nodes",
}
"""What is simpler, the simplest first."""


def simpler_sentences(
    run: "TableRun", differences: Sequence[ScoreDifference], nodes: IdleNodes
) -> tuple[str, ...]:
    """The conclusion for each target, then how each simpler prediction scores beside the model's.

    Parameters
    ----------
    run : TableRun
        The run.
    differences : sequence of ScoreDifference
        Of all scores; the one that the loss makes good decides.
    nodes : IdleNodes
        How many hidden nodes do nothing, or what another does.
    """
    of_simpler = [one for one in differences if one.than in SIMPLER]
    return (*_conclusions(run, of_simpler), *_idle(nodes))


def _conclusions(run: "TableRun", differences: Sequence[ScoreDifference]) -> Iterator[str]:
    name = main_score(run.scored_model)
    if not name:
        yield (
            "Not told: the loss of the training aims at something else than the scores; compare "
            "them in the table."
        )
        return
    if run.scored_part != "holdout" or len(run.rows["holdout"]) < FEWEST_SCORED_ROWS:
        yield f"Not known: that takes {FEWEST_SCORED_ROWS} held-out rows or more."
        return
    several = len(run.model.encoding.targets) > 1
    for target in run.model.scores:
        value = run.model.scores[target][name]
        found = [one for one in differences if (one.target, one.name) == (target, name)]
        right = {d.than: d for d in differences if (d.target, d.name) == (target, "accuracy")}
        conclusion = _conclusion(found, value, right)
        yield f"{target}: {conclusion}" if several else conclusion
        for one in found:
            yield compared_sentence(run, one, SIMPLER[one.than]) + right_sentence(
                run, right.get(one.than)
            )


def _conclusion(
    differences: Sequence[ScoreDifference], value: float, right: Mapping[str, ScoreDifference]
) -> str:
    """The simplest that is as good, else all that may be, or that all of them are worse.

    Where classes are predicted, `right` is how much more often the model is right.
    """
    for one in differences:
        what = SIMPLER[one.than]
        if one.is_worse:
            return f"Yes: {what} is better, and simpler: use it."
        if abs(one.better_by) <= CLEARLY * abs(value):
            return f"Yes: {what} is as good: use it."
    undecided = [one for one in differences if not one.is_better]
    if undecided:
        return _perhaps(undecided)
    for one in differences:
        if one.than in right and not right[one.than].is_better:
            return (
                f"For the classes perhaps: {SIMPLER[one.than]} is right about as often; only its "
                "probabilities are worse, by more than luck."
            )
    every = listed([SIMPLER[one.than] for one in differences])
    return f"No: {every} {'do' if len(differences) > 1 else 'does'} worse, by more than luck."


def _perhaps(undecided: Sequence[ScoreDifference]) -> str:
    """Those that may be as good, the one that scores best first."""
    best, *others = [SIMPLER[one.than] for one in sorted(undecided, key=lambda one: one.better_by)]
    if not others:
        return f"Perhaps: {best} may be as good, for these rows cannot tell the two apart."
    return (
        f"Perhaps: {best}, the nearest, may be as good, and so may {listed(others)}, for these "
        "rows cannot tell them apart."
    )


def _idle(nodes: IdleNodes) -> Iterator[str]:
    """How many hidden nodes do nothing, and how many what another does; the two apart."""
    if not nodes.total:
        return
    constant = f"{nodes.constant:,}" if nodes.constant else "none"
    copies = f"{nodes.copies:,}" if nodes.copies else "none"
    yield (
        f"Of its {nodes.total:,} hidden nodes {constant} {_verb(nodes.constant)} nothing (the same "
        f"in every row trained on); {copies} {_verb(nodes.copies)} what another of "
        f"{'its' if nodes.copies == 1 else 'their'} layer does (correlation above {ALIKE})."
    )


def _verb(count: int) -> str:
    return "does" if count <= 1 else "do"
