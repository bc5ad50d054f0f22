"""A candidate of a search, and what came of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite, nan
from typing import Any, NamedTuple

from glassnet.searches.space import CandidateSettings


class Candidate(NamedTuple):
    """CandidateSettings to be tried."""

    number: int
    """From 0, which has the plain settings."""
    settings: CandidateSettings


@dataclass(frozen=True)
class TriedCandidate:
    """CandidateSettings that were tried on the folds of a table.

    Attributes
    ----------
    number : int
        From 0, which has the plain settings.
    settings : dict
        What is searched, at its values.
    loss : float
        The mean loss of the rows left out, in the loss that is trained on; of log loss after a
        temperature, as `train_table` gives one. NaN where a training broke.
    fold_losses : tuple of float
        That of each fold.
    scores : dict of float
        The scores of the rows left out, by name.
    n_parameters : int
        How large the network is.
    """

    number: int
    settings: CandidateSettings
    loss: float
    fold_losses: tuple[float, ...]
    scores: Mapping[str, float]
    n_parameters: int

    def __repr__(self) -> str:
        settings = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        return f"<glassnet TriedCandidate {self.number}, loss {self.loss:.4g}: {settings}>"

    def as_json(self) -> dict[str, Any]:
        """As a file keeps it: numbers that are none are null."""
        content = asdict(self)
        content["fold_losses"] = [_or_null(loss) for loss in self.fold_losses]
        content["scores"] = {name: _or_null(value) for name, value in self.scores.items()}
        return content | {"loss": _or_null(self.loss)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "TriedCandidate":
        """What `as_json` gave. Raises KeyError, TypeError or ValueError on anything else."""
        settings = {
            str(name): tuple(value) if isinstance(value, list) else value
            for name, value in content["settings"].items()
        }
        return cls(
            int(content["number"]),
            settings,
            _or_nan(content["loss"]),
            tuple(map(_or_nan, content["fold_losses"])),
            {str(name): _or_nan(value) for name, value in content["scores"].items()},
            int(content["n_parameters"]),
        )


def _or_null(value: float) -> float | None:
    return value if isfinite(value) else None


def _or_nan(value: Any) -> float:
    return nan if value is None else float(value)
