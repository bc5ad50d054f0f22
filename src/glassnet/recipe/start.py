"""Going on from a trained model: with other rows, or for more epochs.

Its encoding, its networks and their weights are where the training starts, and its options are
those of the training but for what is given anew. What a fit does with them is `fit.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Self

from glassnet.errors import GlassnetError, OptionError, OptionRef
from glassnet.models.model import MODEL_FILE, SCORED_FILE, Model, load
from glassnet.recipe.options import Options

KEPT_OF_A_START = (
    "task",
    "effort",
    "draws",
    "members",
    "hidden",
    "activation",
    "loss",
    "dtype",
    "teacher_weight",
    "categories",
    "ignore",
    "bins",
    "affine",
    "missing",
    "decimal",
    "date_order",
)
"""Options that a model has for good: what its inputs mean, and what its networks are."""

OF_A_TRAINING = ("start", "refit", "engine", "memory")
"""Options that are of a training alone: where nothing is given they are open, as ever."""


@dataclass(frozen=True, eq=False)
class GoingOn:
    """A training that goes on from a model.

    Parameters
    ----------
    model : Model
        What the model that is kept starts from.
    scored : Model
        What the scored training starts from: of a run folder the model that never saw the rows
        which that run held out.
    options : Options
        Those that were given, and for the rest those that the model was trained by.
    given : frozenset of str
        Those that were given.
    """

    model: Model
    scored: Model
    options: Options
    given: frozenset[str]

    @classmethod
    def of(
        cls,
        options: Options,
        target: str | Sequence[str],
        given: Collection[str] | None = None,
    ) -> Self:
        """A training by options whose `start` is given.

        `given` are the names of those that were; None: those that are not at their default.

        Raises GlassnetError where there is no such model, it cannot be gone on with, or it is of
        another target; and OptionError on an option that the model has for good.
        """
        path = str(options.start)
        model, scored = read_start(path)
        targets = [target] if isinstance(target, str) else list(target)
        names = [one.name for one in model.encoding.targets]
        if targets != names:
            raise GlassnetError(
                f"predicts {', '.join(names)}, and not {', '.join(map(str, targets))}",
                file=path,
                remedy=[
                    "give ",
                    OptionRef("target", names),
                    ", or train anew without ",
                    OptionRef("start"),
                ],
            )
        plain = Options()
        every = [field.name for field in fields(Options)]
        if given is None:
            given = [name for name in every if getattr(options, name) != getattr(plain, name)]
        before = {name: getattr(plain, name) for name in every} | dict(scored.record.options)
        for name in KEPT_OF_A_START:
            if name in given and getattr(options, name) != before[name]:
                raise OptionError(
                    [OptionRef(name), f" is {before[name]!r} in the model that it goes on from"],
                    option=name,
                    value=getattr(options, name),
                    remedy=["leave it out, or train anew without ", OptionRef("start")],
                )
        kept = [name for name in every if name not in given and name not in OF_A_TRAINING]
        options = replace(options, **{name: before[name] for name in kept})
        return cls(model, scored, options, frozenset(given))

    def knows_unseen(self, holdout_digest: str) -> bool:
        """Whether the rows held out now are those that the model never saw.

        Of others than its own run held out it is not known which it was trained on; nor where it
        went on from a model itself.
        """
        record = self.scored.record
        is_same = bool(holdout_digest) and record.holdout_digest == holdout_digest
        return is_same and not record.refit and not record.options.get("start")


def read_start(path: str) -> tuple[Model, Model]:
    """(the model of a file or run folder, the one that its scores are of)."""
    folder = Path(path).parent if Path(path).name == MODEL_FILE else Path(path)
    beside = folder / SCORED_FILE
    try:
        model = load(path)
        scored = load(beside) if beside.is_file() else model
    except GlassnetError as error:
        raise OptionError(
            [OptionRef("start"), f" has no model: {error}"], option="start", value=path
        ) from None
    for one in (model, scored):  # options that came later than the model had their default then
        if not set(KEPT_OF_A_START) <= one.record.options.keys():
            raise GlassnetError(
                "was not trained on a table by glassnet train or train_table, so that its options "
                "are not known",
                file=path,
            )
    return model, scored
