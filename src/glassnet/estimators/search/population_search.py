"""PopulationSearchCV: scikit-learn's interface of a search, on top of trainings in one go."""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from math import floor, log
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import check_cv
from sklearn.utils import indexable

from glassnet.errors import GlassnetError
from glassnet.estimators.search.candidates import SampledParameters, drawn, grid, network_prefix
from glassnet.estimators.search.evaluation import Evaluation, with_parameters
from glassnet.estimators.sklearn_private import (
    BaseSearchCV,
    HasMethods,
    Interval,
    MultimetricScorer,
    Options,
    StrOptions,
    check_method_params,
    fit_context,
    insert_error_scores,
    tell_of_fit_failures,
)

SEARCH_STRATEGIES = ("random", "grid", "halving")
N_CANDIDATES = 20  # where nothing is said
EPOCHS = "max_iter"  # what halving gives more and more of


class PopulationSearchCV(BaseSearchCV):
    """Search the settings of a network on folds, with all candidates' networks trained together.

    It has the interface and gives the scores of scikit-learn's GridSearchCV and RandomizedSearchCV.
    Networks of one shape, of all candidates and folds, train as one population, which is faster
    than one after the other; what cannot be shared is fitted in threads.

    Parameters
    ----------
    estimator : MLPClassifier, MLPRegressor, a Pipeline that ends in one, or any estimator
        What takes the settings. All but these are fitted one by one, in threads; so are networks by
        the solvers "lbfgs" and "lm", with restarts, or with an adaptive learning rate.
    distributions : dict, or list of dict
        Parameter -> the values to try: a list, or for the strategies that draw also an object with
        `rvs`, as scipy.stats has them. Beside the estimator's parameters there are "depth", the
        number of hidden layers, and "width", the nodes of each; in a pipeline with its step's name
        before it, as in "mlpclassifier__width".
    n_candidates : int or None
        How many are drawn; None: 20. For a grid it must be None: all of it is tried.
    strategy : str
        "random": every candidate is trained in full. "grid": all combinations are. "halving": all
        begin with few epochs, and the best 1 / `factor` of them go on with `factor` times as many,
        anew from the start, until the last have the estimator's `max_iter`.
    cv : int, splitter, or iterable of folds
        As in GridSearchCV; None: 5 folds.
    scoring : str, callable, list, tuple, dict or None
        As in GridSearchCV: one score, or several by name.
    refit : bool, str or callable
        Whether the best candidate is fitted on all rows at the end, of several scores by which; or
        what chooses it from `cv_results_`.
    factor : float
        Of halving.
    n_jobs : int or None
        Threads to use at most; None and -1: as many as this process is allowed. No result depends
        on it.
    random_state : int, RandomState or None
        What candidates are drawn by.
    error_score : float or "raise"
        The score of a candidate on a fold on which it cannot be fitted.
    return_train_score : bool
        Whether `cv_results_` has the scores on the rows fitted on.
    verbose : int
        1 or more prints how many fits there are.

    Attributes
    ----------
    cv_results_ : dict of array
        As of GridSearchCV. Where depth or width was searched, also "param_depth" and "param_width"
        (in a pipeline with its step's name), beside the `hidden_layer_sizes` that they made; of
        halving also "iter" and "n_resources", the round and its epochs.
    best_index_, best_params_, best_score_, best_estimator_, refit_time_, scorer_, n_splits_, \
multimetric_
        As of GridSearchCV; of halving the best is one of the last round.

    Raises ValueError or GlassnetError, naming the parameter, on what cannot be searched.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from glassnet import MLPClassifier, PopulationSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> one = MLPClassifier(max_iter=50, learning_rate="cosine", random_state=0)
    >>> network = make_pipeline(StandardScaler(), one)
    >>> tried = {
    ...     "mlpclassifier__depth": [1, 2],
    ...     "mlpclassifier__width": [4, 16],
    ...     "mlpclassifier__learning_rate_init": [0.003, 0.03],
    ... }
    >>> search = PopulationSearchCV(network, tried, strategy="grid").fit(X, y)
    >>> len(search.cv_results_["params"])
    8
    >>> search.best_params_["mlpclassifier__hidden_layer_sizes"]
    (16, 16)
    """

    _parameter_constraints: ClassVar[Any] = {
        "estimator": [HasMethods(["fit"])],
        "distributions": [dict, list],
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
        "strategy": [StrOptions(set(SEARCH_STRATEGIES))],
        "cv": ["cv_object"],
        "scoring": [str, callable, list, tuple, dict, None],
        "refit": ["boolean", str, callable],
        "factor": [Interval(Real, 1, None, closed="neither")],
        "n_jobs": [Interval(Integral, 1, None, closed="left"), Options(Integral, {-1}), None],
        "random_state": ["random_state"],
        "error_score": [StrOptions({"raise"}), Real],
        "return_train_score": ["boolean"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any,
        distributions: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        n_candidates: int | None = None,
        strategy: str = "random",
        cv: Any = None,
        scoring: Any = None,
        refit: bool | str | Callable[..., Any] = True,
        factor: float = 3,
        n_jobs: int | None = None,
        random_state: Any = None,
        error_score: Any = np.nan,
        return_train_score: bool = False,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.distributions = distributions
        self.n_candidates = n_candidates
        self.strategy = strategy
        self.cv = cv
        self.scoring = scoring
        self.refit = refit
        self.factor = factor
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)  # the estimator checks its own parameters
    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Try all candidates on all folds, and fit the best on all rows.

        Parameters
        ----------
        X : array_like or data frame, N x columns
            The rows.
        y : array_like of N, or N x K
            What to predict of each.
        **params
            What fit of the estimator takes besides, such as sample_weight, which is cut into folds
            too where it has N entries; and groups, for the splitter.

        Returns
        -------
        self
            With the attributes of a search.
        """
        scorer, refit_metric = self._get_scorers()
        X, y = indexable(X, y)
        params = check_method_params(X, params=params)
        routed = self._get_routed_params_for_fit(params)
        weight = params.get("sample_weight")
        given = {
            "X": X,
            "y": y,
            "metadata": None if weight is None else {"sample_weight": weight},
        }
        context = self._init_callback_context(max_subtasks=0)
        context.call_on_fit_task_begin(estimator=self, **given)
        splitter: Any = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        folds = list(splitter.split(X, y, **routed.splitter.split))
        self.n_splits_: int = len(folds)
        evaluation = Evaluation(
            clone(self.estimator),
            X,
            y,
            folds,
            scorer,
            routed.estimator.fit,
            routed.scorer.score,
            self.error_score,
            self.return_train_score,
            None if self.n_jobs == -1 else self.n_jobs,
        )
        results, outcomes = self._search(evaluation, refit_metric)
        self.multimetric_: bool = isinstance(outcomes[0]["test_scores"], dict)
        if callable(self.scoring) and self.multimetric_:
            self._check_refit_for_multimetric(outcomes[0]["test_scores"])
            refit_metric = self.refit
        if self.refit or not self.multimetric_:
            self.best_index_: int = int(self._select_best_index(self.refit, refit_metric, results))
            if not callable(self.refit):
                self.best_score_: float = results[f"mean_test_{refit_metric}"][self.best_index_]
            self.best_params_: dict[str, Any] = results["params"][self.best_index_]
        if self.refit:
            self._fit_best(X, y, routed.estimator.fit)
        self.scorer_: Any = scorer._scorers if isinstance(scorer, MultimetricScorer) else scorer
        self.cv_results_: dict[str, Any] = results
        context.call_on_fit_task_end(estimator=self, **given)
        return self

    @property
    def n_features_in_(self) -> int:
        """How many columns the best estimator was fitted on."""
        return super().n_features_in_

    def _candidates(self) -> list[SampledParameters]:
        if self.strategy != "grid":
            count = N_CANDIDATES if self.n_candidates is None else self.n_candidates
            return drawn(self.estimator, self.distributions, count, self.random_state)
        if self.n_candidates is not None:
            raise GlassnetError(
                "n_candidates goes with strategies that draw, and 'grid' tries all combinations",
                remedy="leave n_candidates out, or give strategy='random'",
            )
        return grid(self.estimator, self.distributions)

    def _search(
        self, evaluation: Evaluation, refit_metric: Any
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """(cv_results_, the outcome of each fit) of all rounds; one but for halving."""
        candidates = self._candidates()
        rounds = self._rounds(candidates)
        if len(rounds) > 1 and isinstance(evaluation.scorer, MultimetricScorer):
            self._check_deciding(evaluation.scorer._scorers)
        tried: list[dict[str, Any]] = []
        outcomes: list[dict[str, Any]] = []
        more: dict[str, list[Any]] = {}
        results: dict[str, Any] = {}
        shape = sorted({name for candidate in candidates for name in candidate.shape})
        for number, epochs in enumerate(rounds):
            for name in shape:
                values = [candidate.shape.get(name, np.nan) for candidate in candidates]
                more.setdefault(f"param_{name}", []).extend(values)
            parameters = [candidate.parameters for candidate in candidates]
            if epochs is not None:
                name = network_prefix(self.estimator) + EPOCHS
                parameters = [{**of_one, name: epochs} for of_one in parameters]
                more.setdefault("iter", []).extend([number] * len(candidates))
                more.setdefault("n_resources", []).extend([epochs] * len(candidates))
            if self.verbose:
                count = len(candidates)
                print(f"{count} candidates, {self.n_splits_} folds: {count * self.n_splits_} fits")
            is_last = number + 1 == len(rounds)
            with nullcontext() if is_last else _without_convergence_warnings():
                found = evaluation.outcomes(parameters)
            if not found:
                raise ValueError("No fits were performed: there are no candidates, or no folds")
            tell_of_fit_failures(found, self.error_score)
            if callable(self.scoring):
                insert_error_scores(found, self.error_score)
            tried += parameters
            outcomes += found
            results = self._format_results(tried, self.n_splits_, outcomes, more)
            if not is_last:
                score = refit_metric
                if isinstance(found[0]["test_scores"], dict):
                    score = self._check_deciding(found[0]["test_scores"])
                candidates = self._best_of(candidates, results[f"mean_test_{score}"])
        return results, outcomes

    def _rounds(self, candidates: Sequence[SampledParameters]) -> list[int | None]:
        """The epochs of each round; None: those that the candidates have."""
        if self.strategy != "halving":
            return [None]
        name = network_prefix(self.estimator) + EPOCHS
        most = self.estimator.get_params().get(name)
        if not isinstance(most, Integral):
            raise GlassnetError(
                f"halving shares out the epochs, and the estimator's {name} is {most!r}",
                remedy=f"give the estimator {name}, or strategy='random'",
            )
        if any(name in candidate.parameters for candidate in candidates):
            raise GlassnetError(
                f"halving says how many epochs there are, and the distributions give {name}",
                remedy="leave it out of them",
            )
        count = 1 + floor(log(len(candidates), self.factor) + 1e-9)
        rounds = [max(1, round(int(most) / self.factor**left)) for left in range(count)]
        return list(reversed(rounds))

    def _check_deciding(self, scores: Mapping[str, Any]) -> str:
        """The score of several by which halving chooses. Raises GlassnetError where none is."""
        if not isinstance(self.refit, str) or self.refit not in scores:
            raise GlassnetError(
                f"halving chooses by one score, and there are {', '.join(scores)}",
                remedy="name it by refit",
            )
        return self.refit

    def _best_of(
        self, candidates: Sequence[SampledParameters], scores: np.ndarray
    ) -> list[SampledParameters]:
        """The best 1 / factor of the candidates of the last round, whose scores are the last."""
        last = np.nan_to_num(scores[-len(candidates) :], nan=-np.inf)
        best_first = np.argsort(-last, kind="stable")
        kept = best_first[: max(1, floor(len(candidates) / self.factor + 1e-9))]
        return [candidates[at] for at in sorted(kept.tolist())]

    @staticmethod
    def _select_best_index(refit: Any, refit_metric: Any, results: dict[str, Any]) -> Any:
        """The number of the best candidate; of several rounds, of the last one."""
        if callable(refit) or "iter" not in results:
            return BaseSearchCV._select_best_index(refit, refit_metric, results)
        last = np.flatnonzero(results["iter"] == results["iter"].max())
        return last[results[f"rank_test_{refit_metric}"][last].argmin()]

    def _fit_best(self, X: Any, y: Any, fit_params: dict[str, Any]) -> None:
        best = with_parameters(self.estimator, self.best_params_)
        began = time.perf_counter()
        self.best_estimator_: Any = best.fit(*([X] if y is None else [X, y]), **fit_params)
        self.refit_time_: float = time.perf_counter() - began
        if hasattr(best, "feature_names_in_"):
            self.feature_names_in_: np.ndarray = best.feature_names_in_


@contextmanager
def _without_convergence_warnings() -> Iterator[None]:
    """Of few epochs that were planned to be few there is nothing to be told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
