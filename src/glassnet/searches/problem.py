"""What every candidate of a search is trained on: the folds of a table, encoded once."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from threading import Event
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, OptionError, OptionRef
from glassnet.recipe.calibrate import calibrated
from glassnet.recipe.defaults import PLAIN_BINS
from glassnet.recipe.fit import PreparedFolds, prepare_folds
from glassnet.recipe.fold_training import FoldTraining, population_key
from glassnet.recipe.options import NOT_OF_A_SEARCH, Options, ResolvedOptions
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.recipe.parts import learn_classes, read_parts
from glassnet.recipe.run import absolute_path
from glassnet.recipe.scoring import score
from glassnet.recipe.search import weighted_mean
from glassnet.searches.candidate import Candidate, TriedCandidate
from glassnet.searches.space import SHAPE, Space, Values, default_space, options_with, read_space
from glassnet.settings import checked_whole
from glassnet.training.endings import BROKEN

MOST_FOLDS = 100


@dataclass(frozen=True, eq=False)
class SearchProblem:
    """The rows of a table in folds, and what may vary.

    Parameters
    ----------
    prepared : PreparedFolds
        The rows.
    options : Options
        What all candidates have in common.
    space : Space
        What they differ in.
    fold : array of int
        The fold of each row, N; -1 for rows that are left out of none.
    origin : dict
        What is searched: the table, its columns, the options, the space, a digest of the rows.
    """

    prepared: PreparedFolds
    options: Options
    space: Space
    fold: np.ndarray
    origin: dict[str, Any]

    def resolved(self, candidate: Candidate) -> ResolvedOptions:
        """The options of a candidate, settled."""
        plain = self.prepared.plain
        options = options_with(self.options, plain.hidden, candidate.settings)
        settled = self.prepared.settle(options)
        if settled.bins not in self.prepared.training.rows:  # no numbers that could be cut
            settled = replace(settled, bins=plain.bins)
        return settled

    def key(self, candidate: Candidate) -> Hashable:
        """What candidates agree in that can be trained together."""
        return population_key(self.resolved(candidate))

    def try_together(
        self, candidates: Sequence[Candidate], n_jobs: int, stop: Event
    ) -> list[TriedCandidate]:
        """What comes of candidates of one key.

        Raises KeyboardInterrupt where `stop` was set before all had ended.
        """
        training = replace(self.prepared.training, n_jobs=n_jobs, stop=stop)
        options = [self.resolved(candidate) for candidate in candidates]
        members = range(len(training.splits))
        runs = training.train_together(options, members)
        if any(run.ended == "interrupted" for of_one in runs for run in of_one):
            raise KeyboardInterrupt
        found = []
        for candidate, its_options, its_runs in zip(candidates, options, runs, strict=True):
            left_out = training.predict_left_out(its_options, its_runs, members)
            assert left_out is not None  # there are two folds or more
            tried = self._tried(training, candidate, its_options, left_out)
            if any(run.ended in BROKEN for run in its_runs):
                tried = replace(tried, loss=np.nan, fold_losses=(np.nan,) * len(members))
            found.append(tried)
        return found

    def _tried(
        self,
        training: FoldTraining,
        candidate: Candidate,
        options: ResolvedOptions,
        left_out: OutOfFold,
    ) -> TriedCandidate:
        network, encoding = training.network(options), training.rows[options.bins].encoding
        with np.errstate(invalid="ignore", over="ignore"):  # of a training that broke
            left_out = calibrated(left_out, encoding, network.loss)
            losses = left_out.losses(network)
            targets = self.prepared.targets.take(left_out.row)
            by_target = score(encoding, left_out.output(network), targets)
        fold = self.fold[left_out.row]
        of_folds = [
            weighted_mean(losses[fold == number], left_out.weights[fold == number])
            for number in range(len(training.splits))
        ]
        scores = {
            name if len(by_target) == 1 else f"{name} of {target}": value
            for target, found in by_target.items()
            for name, value in found.items()
        }
        return TriedCandidate(
            candidate.number,
            candidate.settings,
            weighted_mean(losses, left_out.weights),
            tuple(of_folds),
            scores,
            network.n_parameters,
        )


def search_problem(
    table: Any,
    target: str | Sequence[str],
    options: Options,
    folds: int,
    space: Any = None,
) -> SearchProblem:
    """A table in folds.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be searched.
    """
    folds = checked_whole("folds", folds, 2, MOST_FOLDS)
    _check_options(options)
    options = replace(options, members=folds, draws=0, refit=False)
    parts = read_parts(table, target, options)
    train = parts.every.take(parts.rows["train"])
    if train.n_rows < 2 * folds:
        raise GlassnetError(
            f"{train.n_rows} rows to search on are too few for {folds} folds",
            remedy="give fewer folds, or more rows",
            option="folds",
        )
    classes = learn_classes(parts.every.targets, parts.task)
    asked = None if space is None else read_space(space)
    _check_not_both(options, asked)
    bins = _bins_searched(options, asked)
    prepared = prepare_folds(train, None, parts.task, options, classes, bins=bins)
    chosen = asked or default_space(options, prepared.plain)
    fold = np.full(prepared.targets.n_rows, -1)
    for number, split in enumerate(prepared.training.splits):
        left_out = np.ones(len(fold), bool)
        left_out[split.train] = False
        fold[left_out] = number
    if (fold == -1).all():
        raise GlassnetError(
            f"no class has a row for each of {folds} folds, so that none is left out of any",
            remedy="give fewer folds, or more rows of each class",
            option="folds",
        )
    plain = prepared.plain
    _check_layers(chosen, plain)
    origin = {
        "table": absolute_path(table),
        "target": [target] if isinstance(target, str) else list(target),
        "folds": folds,
        "plain hidden": plain.hidden,
        "space": chosen.as_json(),
        "options": asdict(options),
        "rows": prepared.training.rows[plain.bins].digest,
    }
    return SearchProblem(prepared, options, chosen, fold, json.loads(json.dumps(origin)))


def _check_options(options: Options) -> None:
    plain = Options()
    for name in NOT_OF_A_SEARCH:
        if getattr(options, name) != getattr(plain, name):
            raise OptionError(
                [OptionRef(name), " is not for a search, whose folds judge single networks"],
                option=name,
                value=getattr(options, name),
                remedy="leave it out, and give it to the training by what is found",
            )


def _check_not_both(options: Options, space: Space | None) -> None:
    """Raises OptionError where an option is given that is searched too."""
    plain = Options()
    searched = [] if space is None else list(space.settings)
    if options.hidden is not None and set(SHAPE) & set(searched):
        searched.append("hidden")
    for name in searched:
        value = getattr(options, name, None)
        if value != getattr(plain, name, None):
            raise OptionError(
                [OptionRef(name), f" is given as {value!r}, and searched too"],
                option=name,
                value=value,
                remedy="give the one or the other",
            )


def _check_layers(space: Space, plain: ResolvedOptions) -> None:
    """Raises GlassnetError where activations of some layers meet a candidate of other layers."""
    activations = _values_of(space, "activation") or [plain.activation]
    depths = _values_of(space, "depth")
    depths += [len(sizes) for sizes in _values_of(space, "hidden")]
    for activation in activations:
        if isinstance(activation, tuple):
            for depth in depths or [len(plain.hidden)]:
                if depth != len(activation):
                    raise GlassnetError(
                        f"a candidate may have {depth} hidden layers and the activations "
                        f"{','.join(activation)}, one for each of {len(activation)}",
                        remedy="give one name for all layers, or one depth",
                        option="space",
                    )


def _values_of(space: Space, name: str) -> list[Any]:
    """All values that a setting may have; none where it is not searched."""
    one = space.settings.get(name)
    if one is None:
        return []
    if isinstance(one, Values):
        return list(one.values)
    return list(range(int(one.low), int(one.high) + 1))


def _bins_searched(options: Options, space: Space | None) -> Sequence[int]:
    """The numbers of bins that candidates may have beside the plain one."""
    if space is None:
        return () if options.affine or options.bins is not None else (0, PLAIN_BINS)
    searched = space.settings.get("bins", Values(()))
    if not isinstance(searched, Values):
        raise GlassnetError(
            "bins must be a list of values, since the rows are encoded for each of them",
            option="space",
        )
    return searched.values
