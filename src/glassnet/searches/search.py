"""The search itself: what came of every candidate, and all that can be said of them together."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from glassnet.notebook import html_of
from glassnet.recipe.options import Options
from glassnet.searches.candidate import TriedCandidate
from glassnet.searches.file import OF_FOLDS
from glassnet.searches.space import SHAPE, Space, hidden_layers

FEWEST_TO_COMPARE = 6  # candidates; of fewer, what mattered is luck
MOST_PARTS = 4  # into which the values of a setting are cut
SHUFFLINGS = 200  # of the ranks, to see what luck explains
LUCK = 0.95  # of the shufflings explain less by their luckiest setting


@dataclass(frozen=True)
class RankedCandidate:
    """A candidate beside the best.

    Attributes
    ----------
    candidate : TriedCandidate
        What came of it.
    behind : float
        How much higher its loss is than that of the best; 0 of the best itself.
    standard_error : float
        Of that difference, as it varies over the folds; NaN of the best itself.
    """

    candidate: TriedCandidate
    behind: float
    standard_error: float


@dataclass(frozen=True)
class Mattered:
    """How much one setting had to say in a search.

    Attributes
    ----------
    setting : str
        Its name.
    explains : float
        The part of the variance of the losses, by their ranks, that this setting explains by
        itself: omega squared, from 0 to 1. NaN where there are too few candidates.
    by_luck : float
        What the setting that explains most would explain, in one search of twenty, if no setting
        had anything to say. What is below it may be luck.
    """

    setting: str
    explains: float
    by_luck: float

    @property
    def is_luck(self) -> bool:
        """Whether luck may explain it."""
        return not self.explains > self.by_luck


@dataclass(frozen=True, eq=False)
class Search:
    """Candidates tried on the folds of a table.

    Attributes
    ----------
    space : Space
        What was varied.
    origin : dict
        What was searched: the table, its columns, the options, the space, a digest of the rows.
    candidates : tuple of TriedCandidate
        What came of each, by number.
    planned : int
        How many there were to be; more than there are where Ctrl-C came.
    """

    space: Space
    origin: dict[str, Any]
    candidates: tuple[TriedCandidate, ...]
    planned: int

    def __len__(self) -> int:
        return len(self.candidates)

    def __repr__(self) -> str:
        text = f"<glassnet Search of {len(self):,} candidates"
        if np.isfinite(self.best.loss):
            text += f", the best loss {self.best.loss:.4g}"
        return text + ">"

    def _repr_html_(self) -> str:
        return html_of(self)

    @property
    def is_interrupted(self) -> bool:
        """Whether it was stopped before all candidates were tried."""
        return len(self) < self.planned

    @cached_property
    def ranked(self) -> tuple[TriedCandidate, ...]:
        """The candidates, the lowest loss first; those whose training broke last."""
        return tuple(
            sorted(self.candidates, key=lambda one: (np.isnan(one.loss), one.loss, one.number))
        )

    @property
    def best(self) -> TriedCandidate:
        """The candidate of the lowest loss."""
        return self.ranked[0]

    @property
    def options(self) -> dict[str, Any]:
        """The best candidate's options, as `train_table` takes them: what was asked for too."""
        plain = {field.name: field.default for field in fields(Options)}
        given = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.origin["options"].items()
        }
        asked = {
            name: value
            for name, value in given.items()
            if name not in OF_FOLDS and value != plain[name]
        }
        settings = {name: v for name, v in self.best.settings.items() if name not in SHAPE}
        if any(name in self.best.settings for name in SHAPE):
            settings["hidden"] = hidden_layers(self.best.settings, self.origin["plain hidden"])
        return asked | settings

    def leaderboard(self) -> list[RankedCandidate]:
        """Every candidate beside the best, the best first."""
        best = self.best
        return [RankedCandidate(one, *_behind(one, best)) for one in self.ranked]

    def table(self) -> dict[str, list[Any]]:
        """A row a candidate, as columns, the best first."""
        standings = self.leaderboard()
        columns: dict[str, list[Any]] = {
            "rank": list(range(1, len(self) + 1)),
            "candidate": [one.candidate.number for one in standings],
            "loss": [one.candidate.loss for one in standings],
            "behind": [one.behind for one in standings],
            "standard_error": [one.standard_error for one in standings],
        }
        for name in self.best.scores:
            columns[name] = [one.candidate.scores.get(name) for one in standings]
        for name in self.space.settings:
            columns[name] = [_cell(one.candidate.settings.get(name)) for one in standings]
        columns["parameters"] = [one.candidate.n_parameters for one in standings]
        for fold in range(len(self.best.fold_losses)):
            columns[f"loss_of_fold_{fold + 1}"] = [
                one.candidate.fold_losses[fold] for one in standings
            ]
        return columns

    def what_mattered(self) -> list[Mattered]:
        """How much each setting had to say, the most first."""
        return list(self._mattered)

    @cached_property
    def _mattered(self) -> list[Mattered]:
        names = list(self.space.settings)
        ranks, groups = self._ranks_and_groups()
        if len(ranks) < FEWEST_TO_COMPARE:
            return [Mattered(name, np.nan, np.nan) for name in names]
        rng = np.random.default_rng(0)
        shuffled = np.stack([ranks, *(rng.permutation(ranks) for _ in range(SHUFFLINGS))])
        explained = np.stack([_omega_squared(shuffled, groups[name]) for name in names])
        by_luck = float(np.quantile(explained[:, 1:].max(axis=0), LUCK))
        found = [
            Mattered(name, float(one), by_luck)
            for name, one in zip(names, explained[:, 0], strict=True)
        ]
        return sorted(found, key=lambda one: -one.explains)

    def _ranks_and_groups(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The ranks of the losses, of each different choice of settings one, and its groups."""
        of_settings = {
            repr(sorted(one.settings.items())): one
            for one in reversed(self.candidates)
            if np.isfinite(one.loss)
        }
        tried = list(of_settings.values())
        ranks = _mean_ranks(np.array([one.loss for one in tried]))
        groups = {
            name: _groups([one.settings.get(name) for one in tried]) for name in self.space.settings
        }
        return ranks, groups


def _behind(candidate: TriedCandidate, best: TriedCandidate) -> tuple[float, float]:
    """(how much more loss than the best, the standard error of that over the folds)."""
    if candidate is best:
        return 0.0, float("nan")
    by_fold = np.subtract(candidate.fold_losses, best.fold_losses)
    error = by_fold.std(ddof=1) / np.sqrt(len(by_fold)) if len(by_fold) > 1 else np.nan
    return candidate.loss - best.loss, float(error)


def _cell(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, tuple) else value


def _mean_ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value; equal ones share theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def _omega_squared(ranks: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The part of the variance that groups explain, beyond chance (Hays, 1963).

    Parameters
    ----------
    ranks : array, S x n
        Several sets of the ranks of n candidates.
    group : array of int
        n, the group of each.

    Returns
    -------
    array
        S, from 0 to 1.
    """
    n = len(group)
    names, group, counts = np.unique(group, return_inverse=True, return_counts=True)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    if len(names) < 2 or len(names) == n or not total.all():
        return np.zeros(len(ranks))
    sums = centred @ np.eye(len(names))[group]  # S x groups
    between = (sums**2 / counts).sum(axis=1)
    within = (total - between) / (n - len(names))
    explained = (between - (len(names) - 1) * within) / (total + within)
    return np.clip(explained, 0.0, 1.0)


def _groups(values: list[Any]) -> np.ndarray:
    """The group of each value: one for each of few values, else numbers in groups of equal size.

    Where a number is none, as that of a patience that never ends a run, it is a group of its own.
    """
    labels = [_cell(value) for value in values]
    distinct = sorted(set(map(str, labels)))
    if len(distinct) <= MOST_PARTS or any(isinstance(one, str) for one in labels):
        return np.array([distinct.index(str(one)) for one in labels])
    numbers = np.array([np.nan if one is None else one for one in labels], float)
    edges = np.nanquantile(numbers, np.linspace(0, 1, MOST_PARTS + 1)[1:-1])
    group = np.searchsorted(edges, numbers, side="right")
    return np.where(np.isnan(numbers), MOST_PARTS, group)
