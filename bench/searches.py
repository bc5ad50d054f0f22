"""A search, by several programs: 20 candidates on 5 folds of 5,000 rows. Run: python -m
bench.searches [--rounds N]

The same candidates, folds, starts and batches for all, on all cores, each in a fresh process; they
take turns. Timed is what searches; the winner and the scores are compared. Prints a Markdown table;
the record is in docs/speed.md.
"""

import argparse
import json
import sys
from statistics import median
from typing import Any, NamedTuple

from bench import fresh, machine
from bench.page import number, table
from bench.rounds import take_turns

TOLERANCE = 1e-6
"""How far a mean score may be from scikit-learn's, absolutely: they agree to rounding, which
trainings make larger."""

CASE = """
import json, warnings
from time import perf_counter
warnings.simplefilter("ignore")
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, ParameterGrid, StratifiedKFold, cross_val_score
X, y = make_classification(5000, 20, n_informative=10, n_classes=3, random_state=0)
X = (X - X.mean(axis=0)) / X.std(axis=0)
grid = {
    "hidden_layer_sizes": [(16,), (32,), (64,), (64, 64), (128,)],
    "alpha": [1e-4, 1e-2],
    "learning_rate_init": [1e-3, 1e-2],
}
settings = dict(max_iter=10, n_iter_no_change=10, tol=0, random_state=0)
judged = dict(cv=StratifiedKFold(5), scoring="neg_log_loss", refit=False)
"""

GRID = """
began = perf_counter()
found = search.fit(X, y).cv_results_["mean_test_score"].tolist()
"""

END = """
print(json.dumps({"ms": 1000 * (perf_counter() - began), "scores": found}))
"""

OURS = """
from glassnet import MLPClassifier, PopulationSearchCV
grid["alpha"] = [20 * alpha for alpha in grid["alpha"]]  # scikit-learn's counts once a batch
"""
THEIRS = "from sklearn.neural_network import MLPClassifier\n"
THREADS = """
import joblib
joblib.parallel_config(backend="threading", n_jobs=-1)
"""


class Way(NamedTuple):
    """One program: what it is called, and its text."""

    title: str
    text: str


WAYS = {
    "population": Way(
        "glassnet, PopulationSearchCV",
        CASE
        + OURS
        + "search = PopulationSearchCV(MLPClassifier(**settings), grid, strategy='grid', **judged)"
        + GRID
        + END,
    ),
    "threads": Way(
        "glassnet's MLPClassifier in GridSearchCV, threads",
        CASE
        + OURS
        + THREADS
        + "search = GridSearchCV(MLPClassifier(**settings), grid, **judged)"
        + GRID
        + END,
    ),
    "alone": Way(
        "glassnet's MLPClassifier in GridSearchCV, n_jobs=1",
        CASE
        + OURS
        + "search = GridSearchCV(MLPClassifier(**settings, n_jobs=1), grid, **judged)"
        + GRID
        + END,
    ),
    "sklearn": Way(
        "scikit-learn, GridSearchCV, n_jobs=-1 (processes)",
        CASE
        + THEIRS
        + "search = GridSearchCV(MLPClassifier(**settings), grid, n_jobs=-1, **judged)"
        + GRID
        + END,
    ),
    "sklearn_threads": Way(
        "scikit-learn, GridSearchCV, threads",
        CASE
        + THEIRS
        + THREADS
        + "search = GridSearchCV(MLPClassifier(**settings), grid, **judged)"
        + GRID
        + END,
    ),
    "optuna": Way(
        "Optuna's threads, scikit-learn's MLPClassifier",
        CASE
        + THEIRS
        + """
import os, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
candidates = list(ParameterGrid(grid))

def objective(trial):
    at = trial.suggest_categorical("at", list(range(len(candidates))))
    network = MLPClassifier(**settings, **candidates[at])
    return cross_val_score(network, X, y, cv=judged["cv"], scoring=judged["scoring"]).mean()

cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
sampler = optuna.samplers.GridSampler({"at": list(range(len(candidates)))}, seed=0)
study = optuna.create_study(direction="maximize", sampler=sampler)
began = perf_counter()
study.optimize(objective, n_trials=len(candidates), n_jobs=cores)
by_candidate = {trial.params["at"]: trial.value for trial in study.trials}
found = [by_candidate[at] for at in range(len(candidates))]
"""
        + END,
    ),
}
"""Every text sets `began`, searches, and leaves the mean scores of all candidates in `found`."""


class Outcome(NamedTuple):
    """What the rounds of a program came to."""

    ms: list[float]
    scores: list[float]
    error: str


def measure(rounds: int) -> dict[str, Outcome]:
    """Each program anew in each round, on all cores."""
    found = {name: Outcome([], [], "") for name in WAYS}

    def turn(name: str) -> bool:
        _, said, error = fresh.process([sys.executable, "-c", WAYS[name].text], "all")
        if error:
            found[name] = Outcome([], [], error)
            return False
        answer: dict[str, Any] = json.loads(said)
        found[name] = Outcome([*found[name].ms, answer["ms"]], answer["scores"], "")
        return True

    take_turns(list(WAYS), rounds, turn)
    return found


def apart(one: Outcome, other: Outcome) -> float:
    """How far the scores of the candidates are from each other, at most."""
    return max(abs(a - b) for a, b in zip(one.scores, other.scores, strict=True))


def page(found: dict[str, Outcome]) -> tuple[str, bool]:
    """The table, and whether all found the same."""
    ours, theirs = found["population"], found["sklearn"]
    all_same = True
    lines = []
    for name, outcome in found.items():
        if outcome.error:
            all_same = False
            lines.append([WAYS[name].title, f"ERROR: {outcome.error}", "", "", ""])
            continue
        difference = apart(outcome, theirs) if theirs.scores else float("nan")
        winner = max(range(len(outcome.scores)), key=outcome.scores.__getitem__)
        all_same &= difference <= TOLERANCE
        ratio = median(outcome.ms) / median(ours.ms) if ours.ms else float("nan")
        spread = f"{number(min(outcome.ms))}–{number(max(outcome.ms))}"
        lines.append(
            [
                WAYS[name].title,
                number(median(outcome.ms)),
                spread,
                f"{ratio:.2f}",
                f"number {winner}, scores within {difference:.0e} of scikit-learn's",
            ]
        )
    heads = ["program", "ms", "least–most", "times PopulationSearchCV", "the best candidate"]
    return table(heads, lines), all_same


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.searches", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program [5]")
    rounds = parser.parse_args(arguments).rounds
    here = machine.describe()
    text, all_same = page(measure(rounds))
    print(
        f"{here['processor']}, {here['cores']} cores, {here['python']}; {rounds} rounds in turn\n"
    )
    print(text)
    return int(not all_same)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
