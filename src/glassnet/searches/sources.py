"""Where candidates come from: drawn at random, or asked of an Optuna study."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.searches.candidate import Candidate, TriedCandidate
from glassnet.searches.space import Between, CandidateSettings, Space, Values

SEARCH_SEED = 5  # beside the run's, so that these are not the random numbers of something else
KEPT = "glassnet"
"""The attribute of an Optuna trial that holds what came of it."""


class CandidateSource(ABC):
    """Says which candidates are to be tried."""

    @abstractmethod
    def known(self) -> list[TriedCandidate]:
        """What was tried before."""

    @abstractmethod
    def ask(self, count: int) -> list[Candidate]:
        """Up to so many more; none where all were given."""

    @abstractmethod
    def tell(self, tried: Sequence[TriedCandidate]) -> None:
        """Take what came of candidates that were asked for."""


class RandomSource(CandidateSource):
    """Candidates drawn at random, each by its number alone; the first has the plain settings.

    Parameters
    ----------
    space : Space
        What is drawn.
    plain : dict
        The plain settings.
    seed : int
        Of the draws.
    count : int
        How many there are to be.
    tried : sequence of TriedCandidate
        What was tried before.
    """

    def __init__(
        self,
        space: Space,
        plain: CandidateSettings,
        seed: int,
        count: int,
        tried: Sequence[TriedCandidate] = (),
    ) -> None:
        self.space = space
        self.plain = plain
        self.seed = seed
        self.tried: list[TriedCandidate] = [one for one in tried if one.number < count]
        done = {one.number for one in self.tried}
        self.left: list[int] = [number for number in range(count) if number not in done]

    def known(self) -> list[TriedCandidate]:
        return self.tried

    def ask(self, count: int) -> list[Candidate]:
        asked, self.left = self.left[:count], self.left[count:]
        return [Candidate(number, self._settings(number)) for number in asked]

    def tell(self, tried: Sequence[TriedCandidate]) -> None:
        """Draws do not depend on what came of others."""

    def _settings(self, number: int) -> CandidateSettings:
        if number == 0:
            return self.plain
        return self.space.draw(np.random.default_rng([self.seed, SEARCH_SEED, number]))


class OptunaSource(CandidateSource):
    """Candidates that an Optuna study suggests, and that it is told of.

    Parameters
    ----------
    study : optuna.Study
        One that minimizes. Its storage keeps the search, and may be shared by many machines.
    space : Space
        What is suggested.
    plain : dict
        The plain settings, which a study without trials begins with.
    count : int
        How many finished trials the study is to have in the end.
    origin : dict
        What is searched: trials of other searches are not taken for ones of this.
    """

    def __init__(
        self, study: Any, space: Space, plain: CandidateSettings, count: int, origin: dict[str, Any]
    ) -> None:
        from optuna.study import StudyDirection

        if study.directions != [StudyDirection.MINIMIZE]:
            raise GlassnetError(
                "the study must minimize one value, the loss",
                remedy="make it by optuna.create_study(), without directions",
                option="study",
            )
        self.study = study
        self.count = count
        self.plain = plain
        self.rows: str = origin["rows"]
        self.distributions: dict[str, Any] = {
            name: _distribution(one) for name, one in space.settings.items()
        }
        self.choices: dict[str, dict[str, Any]] = {
            name: {_label(value): value for value in one.values}
            for name, one in space.settings.items()
            if isinstance(one, Values)
        }
        self.asked: dict[int, Any] = {}
        """Trials that nothing was told of yet, by number."""
        if not study.trials and self._holds(plain):
            study.enqueue_trial({name: self._suggested(name, v) for name, v in plain.items()})

    def known(self) -> list[TriedCandidate]:
        return [
            TriedCandidate.from_json(trial.user_attrs[KEPT])
            for trial in self.study.trials
            if trial.state.is_finished() and trial.user_attrs.get(KEPT, {}).get("rows") == self.rows
        ]

    def ask(self, count: int) -> list[Candidate]:
        left = self.count - len(self.known()) - len(self.asked)
        asked = [self.study.ask(self.distributions) for _ in range(min(count, left))]
        self.asked |= {trial.number: trial for trial in asked}
        return [
            Candidate(
                trial.number,
                {
                    name: self.choices[name][value] if name in self.choices else value
                    for name, value in trial.params.items()
                },
            )
            for trial in asked
        ]

    def tell(self, tried: Sequence[TriedCandidate]) -> None:
        from optuna.trial import TrialState

        for one in tried:
            trial = self.asked.pop(one.number)
            trial.set_user_attr(KEPT, {**one.as_json(), "rows": self.rows})
            if isfinite(one.loss):
                self.study.tell(trial, one.loss)
            else:
                self.study.tell(trial, state=TrialState.FAIL)

    def _holds(self, settings: CandidateSettings) -> bool:
        """Whether the space holds these settings."""
        return all(
            _label(value) in self.choices[name]
            if name in self.choices
            else distribution.low <= value <= distribution.high
            for (name, value), distribution in zip(
                settings.items(), self.distributions.values(), strict=True
            )
        )

    def _suggested(self, name: str, value: Any) -> Any:
        """A value as the study knows it."""
        return _label(value) if name in self.choices else value


def _label(value: Any) -> str:
    """A value of a list as text, which all of Optuna's storages keep."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _distribution(one: Values | Between) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(one, Values):
        return CategoricalDistribution([_label(value) for value in one.values])
    if one.is_whole:
        return IntDistribution(int(one.low), int(one.high), log=one.is_logarithmic)
    return FloatDistribution(one.low, one.high, log=one.is_logarithmic)
