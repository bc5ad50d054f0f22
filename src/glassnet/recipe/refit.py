"""The last training of a run on a table: after the scores, once more on all rows.

Its options are those that the scored training found. How the run holds the outcome is `run.py`.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from glassnet.errors import GlassnetWarning
from glassnet.models.model import Model
from glassnet.models.record import MemberSettings
from glassnet.recipe.fit import FitResult, fit_table
from glassnet.recipe.members import worst_ending
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.rows import TableRows
from glassnet.tables.targets import Target
from glassnet.training.endings import BROKEN, CUT_SHORT
from glassnet.training.run import Progress

if TYPE_CHECKING:
    from glassnet.training.checkpoint import Checkpoint

REFIT_ROWS = 20_000  # rows of a table; more gain some 2 % of the loss, and train as long again


def wants_refit(options: Options, n_rows: int) -> bool:
    """Whether the model is to be trained once more, on all of so many rows."""
    if options.holdout == 0:
        return False
    return n_rows <= REFIT_ROWS if options.refit is None else options.refit


def train_again(
    rows: TableRows,
    validation: TableRows | None,
    options: ResolvedOptions,
    classes: Sequence[Target],
    progress: Progress | None = None,
    path_points: int | None = None,
    settings: Sequence[MemberSettings] = (),
    checkpoint: "Checkpoint | None" = None,
    start: Model | None = None,
    given: Collection[str] = (),
) -> tuple[FitResult | None, str]:
    """(what the training gave, how it ended); nothing where it was stopped or went astray.

    Parameters
    ----------
    rows : TableRows
        All rows but those that validate every member.
    validation : TableRows or None
        Those.
    options : ResolvedOptions
        As the scored training found them: nothing is searched again, but for the epoch that is
        kept, which the members' folds pick anew.
    classes, progress, path_points, settings, checkpoint, start, given
        As in `fit_table`.
    """
    asked = options.as_options()
    try:
        fitted = fit_table(
            rows,
            validation,
            options.task,
            asked,
            classes,
            progress,
            path_points=path_points,
            settings=settings,
            checkpoint=checkpoint,
            start=start,
            given=given,
        )
    except KeyboardInterrupt:
        return None, "interrupted"
    ended = worst_ending(fitted.runs)
    return (None if ended in CUT_SHORT else fitted), ended


def refit_notices(ended: str) -> tuple[GlassnetWarning, ...]:
    """What to say of a last training that left nothing to keep."""
    found = "the last training, on all rows,"
    kept = "the model that was scored is kept"
    if ended not in BROKEN:
        return (GlassnetWarning(f"{found} was stopped; {kept}"),)
    astray = "went astray: its loss grew without bound, or became NaN"
    return (GlassnetWarning(f"{found} {astray}; {kept}", option="learning_rate"),)
