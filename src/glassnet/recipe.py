"""From a table to a trained model: which rows do what, and the defaults that make a small network good without tuning.

Every default below was chosen on several real tables; `docs/tables.md` keeps the record, `bench/tables.py` repeats it.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.initializers import initialize
from glassnet.core.losses import find_loss
from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import OPTIMIZERS, Optimizer, find_optimizer
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, unknown_name
from glassnet.model import Model
from glassnet.scores import class_scores, regression_scores
from glassnet.tables.columns import Columns, as_columns, take_rows
from glassnet.tables.encoding import learn_encoding
from glassnet.tables.read import read_table
from glassnet.tables.split import split_rows
from glassnet.tables.targets import TASKS, NumberTarget, Task, find_task
from glassnet.training.plan import Plan
from glassnet.training.run import Progress, Run, train

OUTPUT_AND_LOSS: dict[Task, tuple[str, str]] = {
    "regression": ("identity", "mean_squared_error"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "multiclass": ("softmax", "categorical_cross_entropy"),
}
"""What the output layer is for each task, unless the loss says otherwise."""

RATES = {
    "gradient_descent": 0.05,
    "momentum": 0.02,
    "nesterov": 0.02,
    "rmsprop": 0.002,
    "adam": 0.003,
    "adamw": 0.003,
    "rprop": 0.01,
}
"""The learning rate of each optimizer on scaled columns."""

FEW_ROWS = 10  # below this nothing can be set aside
ENOUGH_TO_JUDGE = 100  # validation rows; fewer pick the best epoch by luck


@dataclass(frozen=True)
class Options:
    """How to train on a table; what is None is decided from the table.

    `hidden` nodes of each hidden layer; `holdout` and `validation` shares of the rows for the final score and for choosing the
    epoch (validation of the rest; None: 0.2 where that gives enough rows, else none and the schedule's end is kept);
    `categories` columns of numbers to take as categories; `ignore` columns to leave out. The rest as in `train`.
    """

    task: str | None = None
    hidden: tuple[int, ...] = (64, 64)
    activation: str | tuple[str, ...] = "silu"
    loss: str | None = None
    optimizer: str = "adamw"
    learning_rate: float | None = None
    schedule: str = "cosine"
    batch_size: int | None = None
    epochs: int | None = None
    patience: int | None = None
    l2: float = 0.0
    l1: float = 0.0
    decay: float | None = None
    dropout: float = 0.15
    seed: int = 0
    dtype: str = "float64"
    engine: str = "auto"
    validation: float | None = None
    holdout: float = 0.2
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.task is not None and self.task not in TASKS:
            raise unknown_name("task", self.task, TASKS)
        if self.dtype not in ("float64", "float32"):
            raise unknown_name("dtype", self.dtype, ("float64", "float32"))
        if not self.hidden or any(n < 1 for n in self.hidden):
            raise GlassnetError(f"hidden must be sizes of 1 or more, such as 64,64; got {','.join(map(str, self.hidden))}")
        for name in ("holdout", "validation"):
            share = getattr(self, name)
            if share is not None and not 0 <= share < 1:
                raise GlassnetError(f"{name} must be a share from 0 to below 1, got {share}")
        find_optimizer(self.optimizer, self.learning_rate)
        Plan(1 if self.epochs is None else self.epochs, self.batch_size, self.schedule, self.patience, seed=self.seed)


@dataclass(frozen=True)
class TableRun:
    """A model, how its training went, and what its table was.

    `columns` are the rows that have a target; `rows` says which of them (from 0) did what: "train", "validation", "holdout";
    `line` is the place of each in the table as given, from 1; `options` those used, nothing left open.
    """

    model: Model
    run: Run
    options: Options
    columns: Columns
    line: np.ndarray
    rows: dict[str, np.ndarray]
    without_target: int


def train_table(table: Any, target: str | Sequence[str], *, progress: Progress | None = None, **options: Any) -> Model:
    """Train a network on a table and give the model that predicts from such a table's columns.

    Parameters
    ----------
    table : a pandas, Polars or PyArrow data frame, a dict of columns, or the path of a file (see `read_table`).
    target : the column to predict; several for several outputs (all numeric or all two-valued).
    options : see `Options`.

    Raises GlassnetError, naming the column, row or option, on anything that cannot be trained on.
    """
    return run_table(table, target, options_from(options), progress).model


def options_from(given: dict[str, Any]) -> Options:
    """Options from keywords. Raises GlassnetError on an unknown one, with the nearest right name."""
    known = list(Options.__dataclass_fields__)
    for name in given:
        if name not in known:
            raise unknown_name("option", name, known)
    settings: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Options(**settings)


def run_table(table: Any, target: str | Sequence[str], options: Options, progress: Progress | None = None) -> TableRun:
    """`train_table` with everything that a report needs."""
    targets = [target] if isinstance(target, str) else list(target)
    given = as_columns(read_table(table) if isinstance(table, (str, Path)) else table)
    columns = _chosen(given, targets, options.ignore)
    known = ~np.any([columns[name].missing for name in targets], axis=0)
    if not known.any():
        raise GlassnetError(f"target '{targets[0]}' is missing in every row")
    columns = take_rows(columns, np.flatnonzero(known))
    task: Task = options.task or find_task([columns[name] for name in targets])  # pyright: ignore[reportAssignmentType]
    loss = find_loss(options.loss or OUTPUT_AND_LOSS[task][1])
    output = loss.output or OUTPUT_AND_LOSS[task][0]
    _check_loss(task, loss.name, output)
    rows = _parts(columns, targets, task, options)
    encoding = learn_encoding(
        take_rows(columns, rows["train"]),
        columns if task != "regression" else take_rows(columns, rows["train"]),
        targets,
        task,
        options.categories,
        centred=output != "exponential",
    )
    x, y = encoding.encode_inputs(columns), encoding.encode_targets(columns)
    network = Network([x.shape[1], *options.hidden, y.shape[1]], options.activation, output, loss)
    options = _filled(options, task, loss.name, len(rows["train"]), rows)
    start = _start(network, y[rows["train"]], options)
    judged = (x[rows["validation"]], y[rows["validation"]]) if len(rows["validation"]) else None
    run = train(
        network,
        start,
        x[rows["train"]],
        y[rows["train"]],
        optimizer=_optimizer(options),
        epochs=options.epochs or 1,
        batch_size=options.batch_size,
        validation=judged,
        penalty=Penalty(options.l2, options.l1),
        dropout=options.dropout,
        multipliers=Parameters((1.0,) * len(start.weights), (BIAS_RATE,) * len(start.biases)),
        schedule=options.schedule,
        patience=options.patience,
        seed=options.seed,
        engine=options.engine,
        progress=progress,
    )
    record = {
        "target": targets,
        "options": asdict(options),
        "engine": run.engine,
        "rows": {part: len(r) for part, r in rows.items()},
    }
    model = Model(network, run.parameters, encoding, {}, run.history.table(), record)
    part = rows["holdout"] if len(rows["holdout"]) else rows["train"]
    scored = replace(model, scores=score(model, take_rows(columns, part), x[part]))
    return TableRun(scored, run, options, columns, np.flatnonzero(known) + 1, rows, int((~known).sum()))


def score(model: Model, columns: Columns, x: np.ndarray) -> dict[str, dict[str, float]]:
    """The scores of a model on rows with known targets, by target; x is their encoded inputs, N x D."""
    scores: dict[str, dict[str, float]] = {}
    for target, part in model.encoding.by_target(model.output_of(x)):
        column = columns[target.name]
        if isinstance(target, NumberTarget):
            scores[target.name] = regression_scores(column.values, target.decode(part))
        else:
            scores[target.name] = class_scores(target.index(column), target.probabilities(part))
    return scores


BIAS_RATE = 0.1  # of the learning rate
MOST_DECAY, DECAY_ROWS = 1.0, 200  # AdamW's decay is DECAY_ROWS over the training rows, at most MOST_DECAY
BETA2 = 0.95  # of Adam and AdamW
STEPS, EPOCHS, MOST_EPOCHS = 4000, 30, 400  # iterations at least, unless that takes more than so many epochs; epochs at least


def _filled(options: Options, task: Task, loss: str, n: int, rows: dict[str, np.ndarray]) -> Options:
    """The options with nothing left open: what depends on the number of training rows is decided here."""
    full = options.optimizer == "rprop"  # only signs count, so batches mislead it
    batch = options.batch_size or (n if full else int(np.clip(2 ** round(math.log2(max(n, 1) / 32)), 16, 256)))
    batches = -(-n // min(batch, n))
    epochs = options.epochs or int(np.clip(math.ceil(STEPS / batches), EPOCHS, MOST_EPOCHS))
    judged = len(rows["validation"]) / (len(rows["validation"]) + n)
    return replace(
        options,
        task=task,
        loss=loss,
        batch_size=min(batch, n),
        epochs=epochs,
        learning_rate=options.learning_rate or RATES[options.optimizer],
        decay=min(MOST_DECAY, DECAY_ROWS / n) if options.decay is None else options.decay,
        validation=round(judged, 4) if options.validation is None else options.validation,
    )


def _optimizer(options: Options) -> Optimizer:
    rate = options.learning_rate or RATES[options.optimizer]
    settings = {"adam": {"beta2": BETA2}, "adamw": {"beta2": BETA2, "decay": options.decay}}.get(options.optimizer, {})
    return OPTIMIZERS[options.optimizer](rate, **settings)


def _start(network: Network, y: np.ndarray, options: Options) -> Parameters:
    """He's draw; the last layer's weights begin at zero and its biases at what predicts the training rows' mean or shares."""
    start = initialize(network, "he", seed=options.seed, dtype=options.dtype)
    mean = y.mean(axis=0)  # K
    held = np.clip(mean, 1e-3, 1 - 1e-3)
    bias = {"sigmoid": np.log(held / (1 - held)), "softmax": np.log(held), "exponential": np.log(np.maximum(mean, 1e-3))}
    last = bias.get(network.output.name, mean).astype(options.dtype)
    return Parameters((*start.weights[:-1], np.zeros_like(start.weights[-1])), (*start.biases[:-1], last))


def _chosen(columns: Columns, targets: list[str], ignore: Sequence[str]) -> Columns:
    """The columns without those to be ignored; every name is checked."""
    for what, names in [("target column", targets), ("column", ignore)]:
        for name in names:
            if name not in columns:
                raise unknown_name(what, name, columns)
    for name in targets:
        if name in ignore or targets.count(name) > 1:
            raise GlassnetError(f"target '{name}' is {'also to be ignored' if name in ignore else 'given twice'}")
    return {name: column for name, column in columns.items() if name not in ignore}


def _parts(columns: Columns, targets: list[str], task: Task, options: Options) -> dict[str, np.ndarray]:
    """Which rows train, judge epochs, and give the final score."""
    n = len(columns[targets[0]].values)
    if n < 2:
        raise GlassnetError(f"only {n} row has a target, too few to train on")
    if n < FEW_ROWS and (options.holdout > 0 or (options.validation or 0) > 0):
        raise GlassnetError(
            f"only {n} rows have a target, too few to hold some out: give {FEW_ROWS} or more, or use --holdout 0 --validation 0"
        )
    classes = None
    if task != "regression" and len(targets) == 1:
        _, classes = np.unique(columns[targets[0]].values.astype(str), return_inverse=True)
    rest, holdout = split_rows(n, options.holdout, options.seed, classes)
    share = options.validation
    if share is None:
        share = 0.2 if 0.2 * len(rest) >= ENOUGH_TO_JUDGE else 0.0
    kept, judge = split_rows(len(rest), share, options.seed, None if classes is None else classes[rest])
    if len(kept) < 2:
        raise GlassnetError(
            f"holdout {options.holdout} and validation {share} leave {len(kept)} of {n} rows to train on: make them smaller"
        )
    return {"train": rest[kept], "validation": rest[judge], "holdout": holdout}


def _check_loss(task: Task, loss: str, output: str) -> None:
    fits = {"sigmoid": "binary", "softmax": "multiclass", "exponential": "regression"}.get(output, task)
    if fits != task:
        raise GlassnetError(f"loss '{loss}' is for {fits} targets, but the task is {task}: choose another --loss or --task")
