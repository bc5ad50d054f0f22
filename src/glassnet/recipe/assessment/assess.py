"""The assessment of a run: its scores with intervals, and the sentences that say what they mean."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from glassnet.recipe.assessment.epochs import outputs_by_epochs
from glassnet.recipe.assessment.folds import fold_scores
from glassnet.recipe.assessment.intervals import (
    CONFIDENCE,
    Resampling,
    ScoreDifference,
    ScoreInterval,
    spread_of,
)
from glassnet.recipe.assessment.learning_curve import training_advice
from glassnet.recipe.assessment.sentences import headlines, luck_sentences
from glassnet.recipe.assessment.simpler import simpler_sentences
from glassnet.recipe.assessment.small_network import idle_nodes, small_outputs
from glassnet.recipe.scoring import Scores, score

if TYPE_CHECKING:
    from glassnet.recipe.run import TableRun

MOST_SCORED_MEMBERS = 64  # members that are scored one by one; of more none is


@dataclass(frozen=True)
class Assessment:
    """How good a run is and how sure that is, as numbers and in plain sentences.

    Parameters
    ----------
    confidence : float
        How often intervals such as these hold what they are of.
    rows, resamples : int
        How many rows were scored, and how often as many were drawn from them.
    scores : tuple of ScoreInterval
        Each score of each target with its interval.
    differences : tuple of ScoreDifference
        By how much each is better than that of something simpler, or of half and twice as many
        epochs, on the same rows.
    headline : tuple of str
        For each target how good its predictions are, beside a constant's.
    how_sure : tuple of str
        What of the scores may be luck: of the rows, of the split, of the start.
    simpler : tuple of str
        Whether something simpler would do, the conclusion first.
    trained_enough : tuple of str
        Whether more or fewer epochs would be better, the conclusion first.
    epochs_to_try : int
        How many epochs to give where others may be better; 0 where not.
    """

    confidence: float
    rows: int
    resamples: int
    scores: tuple[ScoreInterval, ...]
    differences: tuple[ScoreDifference, ...]
    headline: tuple[str, ...]
    how_sure: tuple[str, ...]
    simpler: tuple[str, ...]
    trained_enough: tuple[str, ...]
    epochs_to_try: int = 0

    def sections(self) -> dict[str, tuple[str, ...]]:
        """The sentences below the headline, each question with what is said of it."""
        return {
            "How sure?": self.how_sure,
            "Would something simpler do?": self.simpler,
            "Trained enough, or too long?": self.trained_enough,
        }

    def table(self) -> dict[str, list[Any]]:
        """The scores as columns: target, name, value, low, high, ..."""
        rows = [asdict(one) for one in self.scores]
        return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}

    def __repr__(self) -> str:
        return f"<glassnet Assessment of {len(self.scores)} scores on {self.rows:,} rows: print it>"

    def __str__(self) -> str:
        """Every sentence, a line each."""
        lines = list(self.headline)
        for question, sentences in self.sections().items():
            lines += [question, *(f"  {sentence}" for sentence in sentences)]
        if self.epochs_to_try:
            lines.append(f"  To see: the same training with epochs={self.epochs_to_try}.")
        return "\n".join(lines)


def assess(run: "TableRun") -> Assessment:
    """The assessment of a run on a table.

    Raises KeyboardInterrupt where it comes while what it is compared with trains.
    """
    model = run.scored_model
    holdout = run.scored_part == "holdout"
    truth = run.columns.take(run.rows[run.scored_part])
    targets = truth.select(target.name for target in model.encoding.targets)
    outputs = {"model": model.output(truth)}
    outputs |= {baseline.name: baseline.output for baseline in run.baselines}
    small = small_outputs(run) if holdout else None
    if small is not None:
        outputs["small network"] = small
    outputs |= outputs_by_epochs(run)
    resampling = Resampling(model.encoding, targets, outputs, of_new_rows=holdout)
    scores = _intervals(run, resampling)
    differences = resampling.differences(CONFIDENCE)
    advice = training_advice(run, scores, differences)
    return Assessment(
        confidence=CONFIDENCE,
        rows=truth.n_rows,
        resamples=resampling.count if resampling.resampled else 0,
        scores=scores,
        differences=differences,
        headline=headlines(run),
        how_sure=luck_sentences(run, scores, differences),
        simpler=simpler_sentences(run, differences, idle_nodes(run)),
        trained_enough=advice.sentences,
        epochs_to_try=advice.epochs_to_try,
    )


def _intervals(run: "TableRun", resampling: Resampling) -> tuple[ScoreInterval, ...]:
    """The interval of each score, with the scores of members and folds beside it."""
    ends = resampling.ends(CONFIDENCE)
    members, folds = _member_scores(run), fold_scores(run)
    found: list[ScoreInterval] = []
    for target, scores in run.model.scores.items():
        for name, value in scores.items():
            low, high = ends[target, name, "model"]
            of_members = spread_of(members, target, name)
            lowest_highest = (min(of_members), max(of_members)) if of_members else ()
            of_folds = spread_of(folds, target, name)
            found.append(ScoreInterval(target, name, value, low, high, lowest_highest, of_folds))
    return tuple(found)


def _member_scores(run: "TableRun") -> tuple[Scores, ...]:
    """The scores of each member alone on the scored rows; () of one network and of very many."""
    model = run.scored_model
    if not 1 < len(model.members) <= MOST_SCORED_MEMBERS:
        return ()
    rows = run.columns.take(run.rows[run.scored_part])
    x = model.encoding.encode_inputs(rows)
    return tuple(
        score(model.encoding, model.member(number).output_of(x), rows)
        for number in range(len(model.members))
    )
