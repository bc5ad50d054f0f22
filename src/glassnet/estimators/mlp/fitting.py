"""One call of fit: which rows train and which judge, one run or several, each to its end. scikit-learn's checks are in base.py."""

import warnings
from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_sample_weight

from glassnet.core.network import Network, Parameters
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.estimators.mlp.fit_loop import Course, Watch, run_epochs, run_solver
from glassnet.estimators.mlp.random_draws import batch_orders, starting_weights
from glassnet.estimators.mlp.scoring import Judge
from glassnet.estimators.mlp.translate import given_start, is_adaptive, optimizer_of, rates_of
from glassnet.training.plan import Plan
from glassnet.training.problem import Data, Floats, Problem, as_dtype
from glassnet.training.run import prepare
from glassnet.training.solvers import lbfgs, levenberg_marquardt


class Labelled(NamedTuple):
    """Rows as the network sees them (x, targets and weights), and their y as the user gave it."""

    data: Data
    labels: np.ndarray

    def take(self, rows: np.ndarray) -> "Labelled":
        """Only these rows."""
        x, y, w = self.data
        return Labelled(Data(x[rows], y[rows], None if w is None else w[rows]), self.labels[rows])


class Fitting:
    """A call of fit or partial_fit.

    Parameters
    ----------
    estimator : whose settings count; nothing is written to it.
    validation : the rows to judge by that the user gave, or None.
    random : scikit-learn's stream; drawn from in its order: weights, split, batches.
    epoch_begins, epoch_ends : for callbacks, or None; see `Watch`.
    incremental : whether this is partial_fit: one epoch, from where the last call stood.
    """

    def __init__(
        self,
        estimator: Any,
        network: Network,
        rows: Labelled,
        validation: Labelled | None,
        random: np.random.RandomState,
        epoch_begins: Callable[[], None] | None = None,
        epoch_ends: Callable[[Parameters], bool] | None = None,
        incremental: bool = False,
    ) -> None:
        self.estimator, self.network, self.train, self.random, self.incremental = (
            estimator,
            network,
            rows,
            random,
            incremental,
        )
        self.validation = validation
        self.epoch_begins, self.epoch_ends = epoch_begins, epoch_ends
        self.dtype = rows.data.x.dtype
        self.by_epochs = estimator.solver not in ("lbfgs", "lm")

    def courses(self, before: Course | None) -> list[Course]:
        """Every run's course: one that goes on from `before`, or one from each start."""
        runs = [before or Course(self.start())]
        self.split()
        self.run(runs[0])
        while not before and not self.incremental and len(runs) <= self.estimator.n_restarts:
            if runs[-1].ended in ("interrupted", "callback"):
                break
            runs.append(Course(self.start()))
            self.run(runs[-1])
        return runs

    def start(self) -> Parameters:
        """The starting weights: those that `init` gives, else drawn."""
        if self.estimator.init is not None:
            return given_start(self.estimator.init, self.network, self.dtype)
        return starting_weights(self.network, self.random, self.dtype)

    def split(self) -> None:
        """Set rows aside for early stopping where the user gave none. With lbfgs there are none, as in scikit-learn."""
        estimator = self.estimator
        if (
            not estimator.early_stopping
            or self.validation is not None
            or estimator.solver == "lbfgs"
        ):
            return
        one = is_classifier(estimator) and self.network.sizes[-1] == 1
        n = len(self.train.labels)
        parts: Any = train_test_split(
            np.arange(n), random_state=self.random, test_size=estimator.validation_fraction,
            stratify=self.train.data.y if one else None,
        )  # fmt: skip
        train, aside = parts
        if len(aside) < 2:
            raise ValueError(
                f"validation_fraction={estimator.validation_fraction} of {n} rows is {len(aside)}: give more, or X_val and y_val"
            )
        self.train, self.validation = self.train.take(train), self.train.take(aside)

    def run(self, course: Course) -> None:
        """Train from where the course stands to the end of the run."""
        estimator = self.estimator
        stops = estimator.early_stopping and self.validation is not None
        patience = estimator.n_iter_no_change
        told = (self.epoch_begins, self.epoch_ends)
        watch = Watch(
            course, self.judge(), stops, patience, estimator.tol, bool(estimator.verbose), *told
        )
        problem = self.problem(course, None if stops or np.isinf(patience) else int(patience) + 1)
        course.began = course.epochs
        if self.by_epochs:
            self.run_epochs(course, problem, watch)
        else:
            course.message = run_solver(
                course, watch, lambda start, told: self.solve(problem, start, told)
            )
        if stops and course.best is not None:
            course.parameters = course.best[0]
        course.parameters = as_dtype(course.parameters, self.dtype)

    def run_epochs(self, course: Course, problem: Problem, watch: Watch) -> None:
        """By a solver that goes by epochs."""
        estimator, rows = self.estimator, len(problem.data.x)
        if course.optimizer is None:
            course.rate = problem.optimizer.learning_rate
        run_epochs(
            course,
            problem,
            watch,
            epochs=1 if self.incremental else estimator.max_iter,
            orders=batch_orders(self.random, rows)
            if estimator.shuffle and estimator.solver != "rprop"
            else None,
            rates=rates_of(estimator, problem, course, course.epochs if self.incremental else 0),
            adaptive=is_adaptive(estimator),
        )

    def solve(self, problem: Problem, start: Parameters, told: Any) -> Any:
        """By a solver that takes all rows at once."""
        estimator = self.estimator
        options = {"iterations": estimator.max_iter, "tolerance": estimator.tol}
        if estimator.solver == "lm":
            return levenberg_marquardt(problem, start, told, **options)
        return lbfgs(problem, start, told, evaluations=estimator.max_fun, **options)

    def problem(self, course: Course, patience: int | None) -> Problem:
        """The training rows with all that the estimator's settings say of them."""
        estimator, (x, y, _) = self.estimator, self.train.data
        w = self.weights()
        total = float(len(x) if w is None else w.sum())
        seed = int(self.random.randint(2**31)) if np.any(estimator.dropout) else 0
        plan = Plan(
            1, self.batch_size(), patience=patience, min_delta=float(estimator.tol), seed=seed
        )
        if not self.by_epochs:
            self.refuse(
                dropout=np.any(estimator.dropout), clip_norm=estimator.clip_norm is not None
            )
        problem, state = prepare(
            self.network,
            as_dtype(course.parameters, self.dtype if self.by_epochs else np.float64),
            x,
            self.smoothed(y),
            plan,
            sample_weight=w,
            optimizer=optimizer_of(estimator),
            penalty=Penalty(estimator.alpha / total, estimator.l1 / total),
            dropout=estimator.dropout,
            weight_masks=estimator.weight_masks or (),
            clip=estimator.clip_norm,
            n_jobs=estimator.n_jobs,
            measure_gradient=True,
        )
        course.parameters = state.parameters  # masked
        return problem

    def batch_size(self) -> int | None:
        """Rows of an update; None: all."""
        given, rows = self.estimator.batch_size, len(self.train.labels)
        if not self.by_epochs or self.estimator.solver == "rprop":
            return None
        if given == "auto":
            return min(200, rows)
        if given > rows:
            warnings.warn(
                f"batch_size={given} is more than the {rows} rows: each update takes all of them",
                stacklevel=9,
            )
        return int(min(given, rows))

    def smoothed(self, y: Floats) -> Floats:
        """Targets of classes with a share of each spread evenly over all classes."""
        share = getattr(self.estimator, "label_smoothing", 0.0)
        classes = y.shape[1] if self.network.output.name == "softmax" else 2
        return (1 - share) * y + share / classes if share else y

    def weights(self) -> Floats | None:
        """What each training row counts: its sample weight times that of its class."""
        w, of_class = self.train.data.sample_weight, getattr(self.estimator, "class_weight", None)
        if of_class is None:
            return w
        by_class = compute_sample_weight(of_class, self.train.labels).astype(self.dtype)
        return by_class if w is None else w * by_class

    def refuse(self, **options: Any) -> None:
        """Raises GlassnetError where an option is given that the solver has no place for."""
        for name, given in options.items():
            if given:
                raise GlassnetError(
                    f"{name} does not go with solver '{self.estimator.solver}': use 'adam', 'sgd' or 'rprop', or leave it out"
                )

    def judge(self) -> Judge | None:
        """What gives the score of an epoch's weights on the validation rows; None without such rows."""
        if self.validation is None:
            return None
        scoring, (data, labels) = self.estimator.scoring, self.validation
        if scoring in (None, "loss"):
            return Judge(
                self.network, data, "loss" if scoring else "outputs", is_classifier(self.estimator)
            )
        judged = copy(self.estimator)
        judged.__dict__.pop("feature_names_in_", None)  # it is given arrays
        scorer: Any = check_scoring(judged, scoring)
        more = {} if data.sample_weight is None else {"sample_weight": data.sample_weight}

        def score(parameters: Parameters) -> float:
            judged.coefs_, judged.intercepts_ = list(parameters.weights), list(parameters.biases)
            return float(scorer(judged, data.x, labels, **more))

        return Judge(self.network, data, score, is_classifier(self.estimator))
