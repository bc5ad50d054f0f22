"""The study itself: what became of every network, and all that can be said of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, visible
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.models.record import Record
from glassnet.notebook import html_of
from glassnet.recipe.metrics import area_under_roc
from glassnet.recipe.origin import what_differs
from glassnet.studies.hidden import TRAITS
from glassnet.studies.outcomes import LOSS_LEVELS, Outcomes
from glassnet.studies.solutions import OTHERS, Solution, find_solutions
from glassnet.tables.encoding import TableEncoding
from glassnet.training.endings import BROKEN, ENDINGS
from glassnet.training.problem import Floats, from_vector

STUCK = 0.1  # of what the best network explains: one that lacks more of it is stuck


@dataclass(frozen=True)
class Reached:
    """How many networks reached a loss, and how long that took.

    Attributes
    ----------
    loss : float
        That loss or a lower one.
    networks : int
        How many reached it.
    epochs : tuple of int
        The first epoch that did: of the fastest, the median and the slowest of these networks.
    """

    loss: float
    networks: int
    epochs: tuple[int, int, int]


@dataclass(frozen=True)
class Difference:
    """How the networks that are stuck differ in one thing from the others.

    Attributes
    ----------
    name : str
        What was measured.
    stuck, others : float
        The mean of either.
    tells : float
        How well it tells them apart: the chance that a stuck network has more of it than another
        has; 0.5 is no more than luck, 0 and 1 are certainty.
    """

    name: str
    stuck: float
    others: float
    tells: float


@dataclass(frozen=True, eq=False)
class Study:
    """Networks from many starts on the same rows; P networks, numbered from 0.

    Attributes
    ----------
    network : Network
        The shape that all have.
    encoding : TableEncoding
        Of the table's columns.
    record : Record
        What is known of the training of each.
    origin : dict
        What was studied: the problem, its options, a digest of its rows.
    epochs : array of int
        E: the epochs of `outcomes.losses`.
    constant_loss : float
        The loss of the best network that predicts the same for all rows.
    shown_x : array
        n x D: the rows of `outcomes.predictions`, encoded.
    shown_numbers : array of int
        n, their numbers in the table, from 1.
    shown_names : tuple of str
        C, what is predicted of them.
    actual : array
        n x C, what is true of them.
    score_names : tuple of str
        What the columns of `outcomes.scores` are.
    outcomes : Outcomes
        What became of every network.
    planned : int
        How many networks there were to be; more than there are where Ctrl-C came.
    first : int
        The number of the first network, where the study is part of a larger one; in all else its
        networks are numbered from 0.
    """

    network: Network
    encoding: TableEncoding
    record: Record
    origin: dict[str, Any]
    epochs: np.ndarray
    constant_loss: float
    shown_x: Floats
    shown_numbers: np.ndarray
    shown_names: tuple[str, ...]
    actual: Floats
    score_names: tuple[str, ...]
    outcomes: Outcomes
    planned: int
    first: int = 0

    @classmethod
    def joined(cls, parts: Sequence["Study"]) -> "Study":
        """The study of which several are the parts, as if it had never been parted.

        Parameters
        ----------
        parts : sequence of Study
            In any order, with every network from the lowest `first` on.

        Raises
        ------
        GlassnetError
            Naming the networks that none has, or that two have; and where two are of different
            problems.
        """
        parts = sorted(parts, key=lambda part: part.first)
        if not parts:
            raise GlassnetError("there are no studies to join", option="parts")
        end = parts[0].first
        for part in parts:
            difference = what_differs(parts[0].origin, part.origin)
            if difference:
                raise GlassnetError(f"these are not parts of one study: {difference}")
            low, high = sorted((end, part.first))
            if low < high:
                which = "in none of the parts" if end < part.first else "in two parts"
                raise GlassnetError(
                    f"networks {low} to {high - 1} are {which}",
                    remedy="finish the part that ends before them, or leave one of both out",
                )
            end += len(part)
        outcomes = Outcomes.joined([part.outcomes for part in parts])
        planned = parts[-1].first + parts[-1].planned - parts[0].first
        return replace(parts[0], outcomes=outcomes, planned=planned)

    def __len__(self) -> int:
        return len(self.outcomes.loss)

    def __repr__(self) -> str:
        low, middle, high = np.nanquantile(self.losses, [0, 0.5, 1])
        text = (
            f"{len(self):,} x {self.network}: losses {low:.4g}, median {middle:.4g}, to {high:.4g}"
        )
        return visible(f"<glassnet Study of {text}; {self.stuck.sum():,} stuck>")

    def _repr_html_(self) -> str:
        return html_of(self)

    @property
    def losses(self) -> Floats:
        """The training loss of each network, P, at the epoch that was kept."""
        return self.outcomes.loss

    @property
    def is_interrupted(self) -> bool:
        """Whether fewer networks were trained than planned."""
        return len(self) < self.planned

    @property
    def stuck_above(self) -> float:
        """The loss from which on a network counts as stuck.

        That lies a tenth of the way from the best network's loss to the loss of the best constant.
        """
        best = float(np.nanmin(self.losses))
        return best + STUCK * max(self.constant_loss - best, 0.0)

    @cached_property
    def stuck(self) -> np.ndarray:
        """Which networks are stuck, P booleans: above `stuck_above`, or gone astray."""
        broken = [number for number, name in enumerate(ENDINGS) if name in BROKEN]
        return ~(self.losses <= self.stuck_above) | np.isin(self.outcomes.ended, broken)

    @property
    def best(self) -> int:
        """The network of the lowest loss: on the validation rows where there are any."""
        validation = self.outcomes.validation_loss
        return int(np.nanargmin(self.losses if np.isnan(validation).all() else validation))

    def reached(self, levels: Sequence[float] | None = None) -> list[Reached]:
        """How many networks reached which loss, and in how many epochs.

        Parameters
        ----------
        levels : sequence of float, optional
            Losses among 1, 2 and 5 times the powers of 10 from 0.0000001 to 100. None: those that
            some networks reached and did not begin with.
        """
        first = self.outcomes.reached
        if levels is None:
            wanted = [
                at
                for at in range(len(LOSS_LEVELS))
                if (first[:, at] > 0).any() and np.median(first[:, at]) != 1
            ]
        else:
            wanted = [self._level(level) for level in levels]
        found = []
        for at in wanted:
            epochs = np.sort(first[first[:, at] > 0, at])
            quartiles = (0, 0, 0)
            if len(epochs):
                quartiles = (int(epochs[0]), int(np.median(epochs)), int(epochs[-1]))
            found.append(Reached(LOSS_LEVELS[at], len(epochs), quartiles))
        return found

    def _level(self, level: float) -> int:
        near = [at for at, known in enumerate(LOSS_LEVELS) if np.isclose(known, level, rtol=1e-6)]
        if not near:
            raise GlassnetError(
                f"the first epoch of a loss of {level!r} is not kept: choose 1, 2 or 5 times a "
                "power of 10, from 0.0000001 to 100"
            )
        return near[0]

    @cached_property
    def solutions(self) -> list[Solution]:
        """The kinds of solution, the most frequent first; see `find_solutions`."""
        theta = self.outcomes.parameters
        return find_solutions(self.network, theta, self.losses, self.shown_x)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The number of each network's kind in `solutions`, P; -1: of none of them."""
        kinds = np.full(len(self), OTHERS)
        for number, solution in enumerate(self.solutions):
            kinds[solution.networks] = number
        return kinds

    def differences(self) -> list[Difference]:
        """How stuck networks differ from the others, what tells them apart best first.

        Nothing where all are stuck, or none.
        """
        stuck, found = self.stuck, []
        if not stuck.any() or stuck.all():
            return []
        for name, values in self._measures().items():
            usable = np.isfinite(values)
            if not (stuck & usable).any() or not (~stuck & usable).any():
                continue
            apart = area_under_roc(stuck[usable], values[usable])
            if apart == 0.5:
                continue
            of_stuck, others = values[stuck & usable].mean(), values[~stuck & usable].mean()
            found.append(Difference(name, float(of_stuck), float(others), apart))
        return sorted(found, key=lambda one: -abs(one.tells - 0.5))

    def _measures(self) -> dict[str, Floats]:
        outcomes = self.outcomes
        measures = {"loss of the first epoch": outcomes.losses[:, 0]}
        of_trait = {
            "alike": "hidden nodes that repeat another",
            "flat": "hidden nodes that are saturated or dead",
            "largest_weight": "largest weight",
        }
        for at, trait in enumerate(TRAITS):
            measures[f"{of_trait[trait]}, at the start"] = outcomes.traits_at_start[:, at]
            measures[f"{of_trait[trait]}, at the end"] = outcomes.traits[:, at]
        measures["fall of the loss in the last tenth, %"] = 100 * outcomes.still_falling
        return measures

    def scores(self) -> dict[str, tuple[float, float, float]]:
        """Each score on the rows held out: its 5 % quantile, median and 95 % quantile.

        Over the networks that are not astray; {} where no rows were held out.
        """
        if not self.score_names:
            return {}
        quantiles = np.nanquantile(self.outcomes.scores, [0.05, 0.5, 0.95], axis=0)
        return {
            name: (float(low), float(middle), float(high))
            for name, (low, middle, high) in zip(self.score_names, quantiles.T, strict=True)
        }

    def table(self) -> dict[str, list[Any]]:
        """A row a network: its seed, its losses and scores, how it ended, and what it is like."""
        outcomes, names = self.outcomes, list(ENDINGS)
        columns: dict[str, Any] = {
            "network": np.arange(len(self)),
            "seed": outcomes.seed,
            "loss": outcomes.loss,
        }
        if not np.isnan(outcomes.validation_loss).all():
            columns["validation_loss"] = outcomes.validation_loss
        columns |= {name: outcomes.scores[:, at] for at, name in enumerate(self.score_names)}
        columns |= {
            "epochs": outcomes.epochs,
            "best_epoch": outcomes.best_epoch,
            "ended": np.array([names[number] or "all epochs" for number in outcomes.ended], object),
            "stuck": self.stuck,
            "kind": np.where(self.kinds == OTHERS, 0, self.kinds + 1),
        }
        columns |= {f"{name}_nodes": outcomes.traits[:, at] for at, name in enumerate(TRAITS[:2])}
        columns["largest_weight"] = outcomes.traits[:, 2]
        return {name: column.tolist() for name, column in columns.items()}

    def parameters(self, number: int) -> Parameters:
        """The parameters of one network."""
        return from_vector(self.network, self.outcomes.parameters[self._checked(number)])

    def model(self, number: int | None = None) -> Model:
        """One network as a model, which predicts, explains itself and is saved as any other.

        Parameters
        ----------
        number : int, optional
            Which network, from 0; None: the `best`.
        """
        parameters = self.parameters(self.best if number is None else number)
        return Model.of_network(self.network, parameters, self.encoding, record=self.record)

    def ensemble(self, numbers: Sequence[int] | None = None) -> Model:
        """Several networks as one model, in which all have the same vote.

        Parameters
        ----------
        numbers : sequence of int, optional
            Which; None: all that are not stuck.
        """
        chosen = np.flatnonzero(~self.stuck).tolist() if numbers is None else list(numbers)
        members = tuple(Member(self.network, self.parameters(number)) for number in chosen)
        return Model(self.encoding, members, record=self.record)

    def _checked(self, number: int) -> int:
        if not -len(self) <= number < len(self):
            raise GlassnetError(f"no network {number}: the study has {len(self):,}, from 0")
        return number

    def save(self, path: str | Path) -> None:
        """Write the study to a file, which `load_study` reads, whole or not at all.

        Raises GlassnetError where it cannot be written.
        """
        from glassnet.studies.file import save_study

        save_study(path, self)
