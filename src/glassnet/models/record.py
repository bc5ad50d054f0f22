"""How a model came about: the options of its training, and what its reader should know of it.

The model file keeps it. What a run folder knows beside it (the table, the rows, the versions of the
programs) is `runs/record.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np

from glassnet.core.penalties import Penalty
from glassnet.errors import visible

MOST_NAMED_EPOCHS = 16
Score = Annotated[float, "may be NaN"]
"""A score, which a file may say is NaN: some cannot be told from the rows there were."""


@dataclass(frozen=True)
class Tried:
    """Settings that were tried, and what came of them.

    Parameters
    ----------
    changed : dict
        Option -> its value, for those that differ from the best settings before, of drawn settings
        from the plain ones; empty for the plain ones themselves.
    loss : float
        The mean loss of the rows left out, in the loss that is trained on; of log loss after a
        temperature.
    better_by : float
        How much lower that is than the loss of the best before it, of drawn settings before the
        drawing, on the same rows; NaN where one of the two is no number.
    standard_error : float
        Of that difference.
    folds : int
        On how many folds it was trained.
    kept : bool
        Whether it took the place of the best; of drawn settings, whether they have a vote.
    """

    changed: Mapping[str, Any]
    loss: Score
    better_by: Score
    standard_error: Score
    folds: int
    kept: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "changed", _with_tuples(self.changed))

    def __str__(self) -> str:
        if not self.changed:
            return f"plain {self.loss:.4g}"
        return f"{self.settings} {self.loss:.4g}, {'kept' if self.kept else 'not kept'}"

    @property
    def settings(self) -> str:
        """What was changed, in words."""
        return settings_text(self.changed) or "plain"


def _with_tuples(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as they were given: a file makes lists of tuples."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in options.items()}


def settings_text(changed: Mapping[str, Any]) -> str:
    """Options and their values as a reader wants them, short."""
    return " ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in changed.items())


def _short(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return "-".join(map(_short, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class MemberSettings:
    """What some of a model's members were trained by, where not all were by the same.

    Parameters
    ----------
    changed : dict
        Option -> its value, for those that differ from the record's options.
    vote : float
        How much these members count together; those of all settings add up to 1.
    members : int
        How many there are.
    """

    changed: Mapping[str, Any]
    vote: float
    members: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "changed", _with_tuples(self.changed))

    @property
    def settings(self) -> str:
        """What was changed, in words."""
        return settings_text(self.changed) or "plain"


@dataclass(frozen=True)
class AverageRow:
    """The row that others are compared with: the mean of each network input over rows trained on.

    Parameters
    ----------
    inputs : tuple of float
        D means, of encoded inputs.
    n_rows : int
        How many rows they are of.
    """

    inputs: tuple[float, ...]
    n_rows: int

    @property
    def description(self) -> str:
        """What it is, in words."""
        return f"the average row (of {self.n_rows:,} trained on)"


@dataclass(frozen=True)
class Record:
    """How a model came about; what is not known stays at its default.

    Options that are looked up one by one are properties, so that their names stand here alone.
    """

    targets: tuple[str, ...] = ()
    """The target columns that it was trained on."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options of the training by name, nothing left open."""
    engine: str = ""
    """The engine that trained it."""
    best_epochs: tuple[int, ...] = ()
    """The epoch, from 1, whose parameters were kept: one for each member that was trained."""
    best_losses: tuple[Score, ...] = ()
    """The training loss of each of these epochs."""
    best_validation_losses: tuple[Score, ...] = ()
    """The same of the validation; nothing where none validated them."""
    folds: bool = False
    """Whether each member was trained on all parts of the rows but one, another one for each."""
    scored_fraction: float | None = None
    """Where the model was trained on all rows after the scores: how many the scored one had."""
    holdout_digest: str = ""
    """Tells the rows of the scores from others, by their numbers and targets; "" for none."""
    sample_weight: bool = False
    """Whether some rows counted more than others in the training."""
    tried: tuple[Tried, ...] = ()
    """The settings that were tried on the folds, the plain ones first, drawn ones last; none where
    none were, and drawn ones alone on many rows."""
    mixture: tuple[MemberSettings, ...] = ()
    """What the members were trained by, in their order, where not all were by the same."""
    penalty_left_out: bool = False
    """Whether the loss of the training held a penalty that `options` does not know of."""
    folded: bool = False
    """Whether centre and scale of the columns were folded into the weights."""
    temperatures: tuple[float, ...] = ()
    """Of each target of classes: by what its last pre-activations were divided after the training,
    in the members' weights. Nothing where they were not."""
    teacher: str = ""
    """What it was trained towards beside the targets, in words; "" for nothing."""
    joined_from: int = 1
    """How many members were joined into the one network, side by side; 1: none were joined."""
    average_row: AverageRow | None = None
    """The average of the rows trained on, as the networks are given it."""

    def of_member(self, number: int) -> "Record":
        """The record of one member, from 0, alone."""
        changed = [one.changed for one in self.mixture for _ in range(one.members)]
        return replace(
            self,
            options={**self.options, **(changed[number] if changed else {})},
            best_epochs=self.best_epochs[number : number + 1],
            best_losses=self.best_losses[number : number + 1],
            best_validation_losses=self.best_validation_losses[number : number + 1],
            mixture=(),
        )

    def __repr__(self) -> str:
        by = f", by the {self.engine} engine" if self.engine else ""
        return visible(f"<glassnet Record of {', '.join(self.targets) or 'no target'}{by}>")

    @property
    def best_epochs_text(self) -> str:
        """The kept epochs, of many members from the first to the last."""
        epochs = self.best_epochs
        if len(epochs) <= MOST_NAMED_EPOCHS:
            return ", ".join(map(str, epochs))
        low, high = min(epochs), max(epochs)
        return f"{low} of all" if low == high else f"{low} to {high}"

    @property
    def refit(self) -> bool:
        """Whether it was trained once more, on all rows, after the scores."""
        return self.scored_fraction is not None

    @property
    def scores_of(self) -> str:
        """What the model's scores are of, in words."""
        if self.scored_fraction is None:
            return "this model" + self._of_seen_rows()
        percent = 100 * self.scored_fraction
        return (
            f"the same training on {percent:.3g} % of the rows, before the last training on all "
            "rows, which made this model"
        )

    def _of_seen_rows(self) -> str:
        """That no rows were held out, where none were."""
        if self.options.get("holdout") != 0:
            return ""
        rows = f"the {self.average_row.n_rows:,} rows" if self.average_row else "the rows"
        return f" on {rows} it was trained on; on new rows it will do worse"

    @property
    def learning_rate(self) -> float | None:
        """The largest learning rate of the training; None where it is not known."""
        return self.options.get("learning_rate")

    @property
    def optimizer(self) -> str:
        """The name of the optimizer; "" where it is not known."""
        return self.options.get("optimizer", "")

    @property
    def dropout(self) -> bool:
        """Whether the training left out hidden nodes at random."""
        settings = [self.options, *(one.changed for one in self.mixture)]
        return any(bool(np.any(one.get("dropout", 0.0))) for one in settings)

    @property
    def penalty(self) -> Penalty:
        """The penalty that the loss of the training held, as far as `options` knows of it."""
        return Penalty(self.options.get("l2", 0.0), self.options.get("l1", 0.0))
