"""Where candidates come from: drawn at random, or asked of an Optuna study."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.recipe.draws import MOST_REPEATED
from glassnet.searches.candidate import Candidate, TriedCandidate
from glassnet.searches.space import Between, CandidateSettings, Space, Values

SEARCH_SEED = 5  # beside the run's, so that these are not the random numbers of something else
KEPT = "glassnet"
"""The attribute of an Optuna trial that holds what came of it."""


class CandidateSource(ABC):
    """Says which candidates are to be tried."""

    @property
    @abstractmethod
    def planned(self) -> int:
        """How many candidates there are to be in all."""

    @abstractmethod
    def known(self) -> list[TriedCandidate]:
        """What was tried before."""

    @abstractmethod
    def ask(self, count: int) -> list[Candidate]:
        """Up to so many more; none where all were given."""

    @abstractmethod
    def tell(self, tried: Sequence[TriedCandidate]) -> None:
        """Take what came of candidates that were asked for."""

    @abstractmethod
    def close(self) -> None:
        """Let go of candidates that were asked for and of which nothing will come."""


class RandomSource(CandidateSource):
    """Candidates drawn at random; the first has the plain settings, and none is drawn twice.

    A candidate depends on its number, the seed and the space, and so not on how many there are.

    Parameters
    ----------
    space : Space
        What is drawn.
    plain : dict
        The plain settings.
    seed : int
        Of the draws.
    count : int
        How many there are to be; fewer where the space has no more.
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
        self.candidates: list[Candidate] = _distinct(space, plain, seed, count)
        self.tried: list[TriedCandidate] = list(tried)
        done = {one.number for one in tried}
        self.left: list[Candidate] = [one for one in self.candidates if one.number not in done]

    @property
    def planned(self) -> int:
        return len(self.candidates)

    def known(self) -> list[TriedCandidate]:
        return self.tried

    def ask(self, count: int) -> list[Candidate]:
        asked, self.left = self.left[:count], self.left[count:]
        return asked

    def tell(self, tried: Sequence[TriedCandidate]) -> None:
        self.tried += tried

    def close(self) -> None:
        """Others draw the same."""


def _distinct(space: Space, plain: CandidateSettings, seed: int, count: int) -> list[Candidate]:
    """So many candidates of different settings; fewer where nothing new is drawn for long."""
    found = [Candidate(0, plain)]
    known = {repr(sorted(plain.items()))}
    for number in range(1, count):
        rng = np.random.default_rng([seed, SEARCH_SEED, number])
        for _ in range(MOST_REPEATED):
            settings = space.draw(rng)
            if (key := repr(sorted(settings.items()))) not in known:
                known.add(key)
                found.append(Candidate(number, settings))
                break
        else:
            break
    return found


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
        self.of_search: str = digest_of_origin(origin)
        self.folds: int = origin["folds"]
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
        self.known()  # refuses a study of another search at once

    @property
    def planned(self) -> int:
        return self.count

    def known(self) -> list[TriedCandidate]:
        found = []
        for trial in self.study.trials:
            kept = trial.user_attrs.get(KEPT)
            if kept is None or not trial.state.is_finished():
                continue
            if kept["search"] != self.of_search:
                raise GlassnetError(
                    f"the study '{self.study.study_name}' holds another search: of other rows, "
                    "folds, options or another space",
                    remedy="give a study of its own",
                    option="study",
                )
            found.append(TriedCandidate.from_json(kept, self.folds))
        return found

    def ask(self, count: int) -> list[Candidate]:
        left = self.count - len(self.known()) - len(self.asked)
        try:
            asked = [self.study.ask(self.distributions) for _ in range(min(count, left))]
        except (ValueError, RuntimeError) as error:
            raise GlassnetError(
                f"the study cannot suggest settings: {error}",
                remedy="give one that was made for this search",
                option="study",
            ) from None
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
            trial.set_user_attr(KEPT, {**one.as_json(), "search": self.of_search})
            if isfinite(one.loss):
                self.study.tell(trial, one.loss)
            else:
                self.study.tell(trial, state=TrialState.FAIL)

    def close(self) -> None:
        from optuna.trial import TrialState

        while self.asked:  # of a search that was stopped
            _, trial = self.asked.popitem()
            self.study.tell(trial, state=TrialState.FAIL)

    def _holds(self, settings: CandidateSettings) -> bool:
        """Whether the space holds these settings."""
        return all(
            _label(value) in self.choices[name]
            if name in self.choices
            else value is not None and distribution.low <= value <= distribution.high
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


def digest_of_origin(origin: Mapping[str, Any]) -> str:
    """What tells a search from others, wherever its table lies."""
    import hashlib

    content = {name: value for name, value in origin.items() if name != "table"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
