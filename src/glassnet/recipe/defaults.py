"""The defaults that make a small network good on a table without tuning: rules and their numbers.

Every number below was chosen on several real tables: `docs/tables.md` keeps the record,
`bench/tables.py` repeats it. Defaults that need no rule are declared in `options.py`.
"""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from glassnet.core.initializers import initialize
from glassnet.core.losses import Loss, find_loss
from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import OPTIMIZERS, Optimizer
from glassnet.errors import OptionError, OptionRef
from glassnet.recipe.efforts import EFFORTS, Effort
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.tables.inputs import BINS
from glassnet.tables.targets import Task

OUTPUT_AND_LOSS: dict[Task, tuple[str, str]] = {
    "regression": ("identity", "mean_squared_error"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "multiclass": ("softmax", "categorical_cross_entropy"),
}
"""The output's activation and the loss of each task, unless the loss given says otherwise."""

ROBUST_LOSSES = ("mean_absolute_error", "huber", "pinball")
"""Those whose derivative is bounded, so that no single target moves a fit by much."""

TASK_OF_OUTPUT: dict[str, Task] = {
    "sigmoid": "binary",
    "softmax": "multiclass",
    "exponential": "regression",
}
"""The task of a loss that belongs to one output activation."""

LEARNING_RATES = {
    "gradient_descent": 0.05,
    "momentum": 0.02,
    "nesterov": 0.02,
    "rmsprop": 0.002,
    "adam": 0.003,
    "adam_epsilon_hat": 0.003,
    "adamw": 0.003,
    "muon": 0.003,
    "rprop": 0.01,
}
"""The learning rate of each optimizer on scaled columns."""

DECAYING_OPTIMIZERS = ("adamw", "muon")
"""Those whose weights decay."""

MEMBER_ITERATIONS = 1500  # updates of each of several members that no rows validate
MOST_ITERATIONS = 3000  # updates, at most, of each of several that rows validate
PATIENCE_ITERATIONS = 300  # updates that these go on without a better epoch
MIN_PATIENCE = 6  # epochs, however many updates they make
AVERAGE_ITERATIONS = 75  # updates that the average of their weights remembers
MIN_AVERAGE = 3  # epochs, however many updates they make
MAX_EPOCHS = 400  # epochs, however few updates they make

BATCHES_WANTED = 32  # batches of an epoch, before the batch size is rounded to a power of 2
MIN_BATCH_SIZE = 16  # rows
MAX_BATCH_SIZE = 256  # rows

PLAIN_BINS = BINS  # of each column of numbers, where there are enough rows for them
BINS_FROM = 525  # rows that each of several members trains on
BINS_FROM_ALONE = 1500  # rows; a network that is alone overfits bins of fewer
LOW_BINS_BELOW = 900  # rows; of fewer, a network that is alone gets lower bins
LOWEST_BINS = 1 / 64  # high

DECAY_ROWS = 400  # rows; AdamW's decay is this over the training rows: fewer rows, stronger decay
MAX_DECAY = 1.0  # of AdamW and Muon, as few as the rows may be
BETA2 = 0.95  # of Adam, AdamW and Muon; runs are too short for the usual memory of 1000 updates

DROPOUT = 0.15  # of the hidden nodes; what a teacher says of other rows takes its place

VALIDATION_FRACTION = 0.2  # of the rows that are not held out, for a network that is alone
ENOUGH_TO_VALIDATE = 100  # rows; fewer pick the best epoch by luck: the last is kept instead

SMALLEST_MEAN = 1e-3  # of a target; the start predicts no probability or rate nearer to 0


def settle(
    options: Options,
    task: Task,
    train_rows: int,
    validation_rows: int,
    *,
    by_folds: bool = False,
    taught: bool = False,
) -> ResolvedOptions:
    """The options with nothing left open.

    Parameters
    ----------
    options : Options
        As they were given.
    task : str
        What the targets are.
    train_rows : int
        How many rows a member trains on.
    validation_rows : int
        How many rows, of which no member trains on any, validate all members.
    by_folds : bool
        Whether each member is validated on rows that the others train on.
    taught : bool
        Whether rows that a teacher was asked for are among those trained on.

    Raises GlassnetError where the loss is for another task.
    """
    batch_size = min(options.batch_size or _batch_size(options, train_rows), train_rows)
    batches = math.ceil(train_rows / batch_size)
    effort = EFFORTS[options.effort_name]
    settled = {
        "task": task,
        "start": options.start,
        "effort": options.effort_name,
        "draws": options.draws or 0,
        "members": options.member_count,
        "loss": find_task_loss(options, task).name,
        "batch_size": batch_size,
        **_length(options, batches, validated=by_folds or validation_rows > 0),
        "hidden": options.hidden or _hidden(options, effort),
        "learning_rate": options.learning_rate or effort.rate * LEARNING_RATES[options.optimizer],
        "decay": options.decay,
        "dropout": options.dropout,
        "bins": _bins(options, train_rows),
        "validation": options.validation,
        "refit": bool(options.refit) and options.holdout > 0,
    }
    if options.decay is None:
        settled["decay"] = min(MAX_DECAY, DECAY_ROWS / train_rows)
    if options.dropout is None:
        settled["dropout"] = 0.0 if taught else DROPOUT
    if options.validation is None and options.member_count == 1:
        settled["validation"] = VALIDATION_FRACTION if validation_rows else 0.0
    return ResolvedOptions(**{**asdict(options), **settled})


def _hidden(options: Options, effort: Effort) -> tuple[int, ...]:
    """The effort's layers; with activations of one each, whatever the effort, the usual two."""
    return effort.hidden if isinstance(options.activation, str) else EFFORTS["default"].hidden


def _bins(options: Options, train_rows: int) -> int:
    """How many bins a column of numbers is cut into."""
    if options.affine:
        return 0
    if options.bins is not None:
        return options.bins
    enough = BINS_FROM_ALONE if options.member_count == 1 else BINS_FROM
    return PLAIN_BINS if train_rows >= enough else 0


def bin_height(members: int, n_rows: int) -> float:
    """How high bins are: the lower, the less a network bends for the noise of few rows.

    Of several members the rows left out say whether bins do good, so theirs are 1 high. Those of a
    network that is alone are halved whenever a fifth of the rows lacks. A power of 2, so that low
    bins hold the same digits.
    """
    if members > 1:
        return 1.0
    halvings = round(3 * math.log2(n_rows / LOW_BINS_BELOW))
    return float(np.clip(2.0**halvings, LOWEST_BINS, 1))


def _batch_size(options: Options, train: int) -> int:
    """A power of 2 that makes about BATCHES_WANTED batches."""
    if options.optimizer == "rprop":
        return train  # it looks only at signs of gradients, which those of batches would mislead
    power_of_2 = 2 ** round(math.log2(train / BATCHES_WANTED))
    return int(np.clip(power_of_2, MIN_BATCH_SIZE, MAX_BATCH_SIZE))


def _epochs(iterations: int, batches: int, least: int) -> int:
    """As many as make the iterations wanted, within limits."""
    return int(np.clip(math.ceil(iterations / batches), least, MAX_EPOCHS))


def _length(options: Options, batches: int, validated: bool) -> dict[str, Any]:
    """How long to train, and by which schedule.

    Where rows validate several members, and nothing else is asked for, these say when to end: at a
    constant rate a run can end at any epoch, and the average of the weights makes up for the steps
    that do not become smaller.
    """
    asked = (options.epochs, options.schedule, options.average, options.patience)
    effort = EFFORTS[options.effort_name]
    several = options.member_count > 1 and effort.search
    if several and validated and all(one is None for one in asked):
        epochs = _epochs(MOST_ITERATIONS, batches, effort.min_epochs)
        return {
            "epochs": epochs,
            "schedule": "constant",
            "average": max(MIN_AVERAGE, AVERAGE_ITERATIONS / batches) / epochs,
            "patience": max(MIN_PATIENCE, math.ceil(PATIENCE_ITERATIONS / batches)),
        }
    iterations = MEMBER_ITERATIONS if several else effort.iterations
    return {
        "epochs": options.epochs or _epochs(iterations, batches, effort.min_epochs),
        "schedule": options.schedule or "cosine",
    }


def find_task_loss(options: Options, task: Task) -> Loss:
    """The loss that is asked for, or the task's. Raises GlassnetError where it is for another."""
    loss = find_loss(OUTPUT_AND_LOSS[task][1] if options.loss is None else options.loss)
    of_task = TASK_OF_OUTPUT.get(loss.output or "", task)
    if of_task != task:
        raise OptionError(
            [OptionRef("loss"), f" '{loss.name}' is for {of_task} targets, but the task is {task}"],
            option="loss",
            value=loss.name,
            remedy=["choose another ", OptionRef("loss")],
        )
    return loss


def is_robust(loss: Loss) -> bool:
    """Whether a loss is in `ROBUST_LOSSES`, whatever its setting."""
    return loss.name.partition(":")[0] in ROBUST_LOSSES


def network_for(options: ResolvedOptions, inputs: int, outputs: int) -> Network:
    """The network of one member."""
    loss = find_loss(options.loss)
    output = loss.output or OUTPUT_AND_LOSS[options.task][0]
    return Network([inputs, *options.hidden, outputs], options.activation, output, loss)


def optimizer_for(options: ResolvedOptions) -> Optimizer:
    """The optimizer that the options name."""
    settings: dict[str, float] = {}
    if options.optimizer in ("adam", "adamw", "muon"):
        settings["beta2"] = BETA2
    if options.optimizer in DECAYING_OPTIMIZERS:
        settings["decay"] = options.decay
    return OPTIMIZERS[options.optimizer](options.learning_rate, **settings)


def best_constant(loss: Loss, y: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray:
    """The constant output, K, of the least loss over encoded targets, N x K.

    The quantile of a pinball loss, the median for other robust losses, else the mean.
    """
    if not is_robust(loss):
        return np.average(y, axis=0, weights=sample_weight)
    quantile = (loss.setting_name == "quantile" and loss.setting) or 0.5
    return np.quantile(y, quantile, axis=0, weights=sample_weight, method="inverted_cdf")


def initial_parameters(
    options: ResolvedOptions, network: Network, constant: np.ndarray, seed: int
) -> Parameters:
    """He's draw, but for a last layer that begins by predicting the same for every row.

    Its weights are zero, and its biases are what the output activation turns into `constant`.

    Parameters
    ----------
    options : ResolvedOptions
        For the `dtype`.
    network : Network
        That of one member.
    constant : array of K numbers
        What it begins by predicting, see `best_constant`.
    seed : int
        The member's.
    """
    drawn = initialize(network, "he", seed=seed, dtype=options.dtype)
    *hidden_weights, last_weights = drawn.weights
    *hidden_biases, _ = drawn.biases
    last_bias = pre_activation_of(network.output.name, constant).astype(options.dtype)
    return Parameters(
        (*hidden_weights, np.zeros_like(last_weights)),
        (*hidden_biases, last_bias),
    )


def pre_activation_of(output: str, mean: np.ndarray) -> np.ndarray:
    """What the output activation of that name turns into `mean`, K."""
    probability = np.clip(mean, SMALLEST_MEAN, 1 - SMALLEST_MEAN)
    if output == "sigmoid":
        return np.log(probability / (1 - probability))
    if output == "softmax":
        return np.log(probability)
    if output == "exponential":
        return np.log(np.maximum(mean, SMALLEST_MEAN))
    return mean
