"""The defaults that make a small network good on a table without tuning, and what of them the user may say otherwise.

Every default below was chosen on several real tables: `docs/tables.md` keeps the record, `bench/tables.py` repeats it.
"""

import math
from dataclasses import dataclass, replace
from types import NoneType
from typing import Any

import numpy as np

from glassnet.core.initializers import DTYPES, initialize
from glassnet.core.losses import find_loss
from glassnet.core.network import Network, Parameters
from glassnet.core.optimizers import OPTIMIZERS, Optimizer, find_optimizer
from glassnet.errors import GlassnetError, unknown_name
from glassnet.tables.inputs import ENOUGH_FOR_PIECES
from glassnet.tables.targets import TASKS, Task
from glassnet.training.plan import Plan, is_whole

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
    "adam_epsilon_hat": 0.003,
    "adamw": 0.003,
    "rprop": 0.01,
}
"""The learning rate of each optimizer on scaled columns."""

MEMBERS = 4  # networks that are trained apart and joined: their mean is better than one that has trained as long
STEPS, STEPS_ALONE = 1500, 4000  # updates of a member, and of a network that is alone
EPOCHS, MOST_EPOCHS = 30, 400  # as many as make those updates, but at least and at most so many
PIECES_FROM_ALONE = 1500  # training rows from which on numbers come in pieces; members stand them from ENOUGH_FOR_PIECES on
DECAY_ROWS, MOST_DECAY = (
    400,
    1.0,
)  # AdamW's decay is DECAY_ROWS over the training rows: the fewer they are, the stronger
BETA2 = 0.95  # of Adam and AdamW
VALIDATION = 0.2  # of the rows that are not held out
WIDEST = 1_000_000  # nodes of a layer
ENOUGH_TO_JUDGE = (
    100  # validation rows; fewer pick the best epoch by luck, and then the schedule's end is kept
)


@dataclass(frozen=True)
class Options:
    """How to train on a table; what is None is decided from the table.

    `members` networks of `hidden` nodes in each hidden layer are trained and joined into one; `holdout` and `validation` are
    shares of the rows for the final score and, of the rest, for choosing the epoch (None: several members judge by the rows they
    were not shown, see `table_fit`; it stays None); `decay` that of AdamW; `categories` columns of numbers to take as categories;
    `ignore` columns to leave out; `affine`: numbers are only centred and scaled, and predictions not held to a range, so that
    `Model.fold` can put it all into the weights. The rest as in `train`. Raises GlassnetError on unknown names and values out of
    range.
    """

    task: str | None = None
    members: int = MEMBERS
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
    dtype: str = "float32"
    engine: str = "auto"
    validation: float | None = None
    holdout: float = 0.2
    categories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    affine: bool = False

    def __post_init__(self) -> None:
        for name, value in vars(
            self
        ).items():  # NumPy's numbers as Python's, which a model file can hold
            parts = (
                tuple(_plain(part) for part in value) if isinstance(value, tuple) else _plain(value)
            )
            object.__setattr__(self, name, parts)
        if self.task is not None and self.task not in TASKS:
            raise unknown_name("task", self.task, TASKS)
        if self.dtype not in DTYPES:
            raise unknown_name("dtype", self.dtype, DTYPES)
        if not is_whole(self.members, 1):
            raise GlassnetError(
                f"members must be a whole number of 1 or more, got {self.members!r}"
            )
        if (
            not isinstance(self.hidden, tuple)
            or not self.hidden
            or not all(is_whole(n, 1) and n <= WIDEST for n in self.hidden)
        ):
            shown = (
                ",".join(map(str, self.hidden)) if isinstance(self.hidden, tuple) else self.hidden
            )
            raise GlassnetError(
                f"hidden must be sizes of 1 or more (and at most {WIDEST:,}), such as 64,64; got {shown}"
            )
        for name in ("l2", "l1", "decay", "dropout", "learning_rate", "holdout", "validation"):
            if not isinstance(getattr(self, name), (int, float, NoneType)):
                raise GlassnetError(f"{name} must be a number, got {getattr(self, name)!r}")
        for name in ("holdout", "validation"):
            share = getattr(self, name)
            if share is not None and not 0 <= share < 1:
                raise GlassnetError(f"{name} must be a share from 0 to below 1, got {share}")
        if self.optimizer not in OPTIMIZERS:
            raise unknown_name("optimizer", self.optimizer, OPTIMIZERS)
        if self.decay is not None and not 0 <= self.decay < math.inf:
            raise GlassnetError(f"decay must be 0 or more, got {self.decay}")
        find_optimizer(self.optimizer, self.learning_rate)
        epochs = 1 if self.epochs is None else self.epochs
        Plan(
            epochs, self.batch_size, schedule=self.schedule, patience=self.patience, seed=self.seed
        )


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def network_for(options: Options, task: Task, inputs: int, outputs: int) -> Network:
    """The network of a task. Raises GlassnetError when the loss is for another one."""
    output, loss = OUTPUT_AND_LOSS[task]
    found = find_loss(loss if options.loss is None else options.loss)
    belongs = {"sigmoid": "binary", "softmax": "multiclass", "exponential": "regression"}.get(
        found.output or "", task
    )
    if belongs != task:
        raise GlassnetError(
            f"loss '{found.name}' is for {belongs} targets, but the task is {task}: choose another --loss or --task"
        )
    return Network(
        [inputs, *options.hidden, outputs], options.activation, found.output or output, found
    )


def pieces_from(options: Options) -> int:
    """How many cells of a column of numbers are enough to cut it into pieces."""
    return PIECES_FROM_ALONE if options.members == 1 else ENOUGH_FOR_PIECES


def decided(options: Options, network: Network, task: Task, train: int, validation: int) -> Options:
    """The options with nothing left open, given how many rows train (a member) and judge."""
    whole = options.optimizer == "rprop"  # only signs count, so batches would mislead it
    batch = options.batch_size or (
        train if whole else int(np.clip(2 ** round(math.log2(train / 32)), 16, 256))
    )
    batches = -(-train // min(batch, train))
    steps, validated = (
        (STEPS_ALONE, VALIDATION if validation else 0.0) if options.members == 1 else (STEPS, None)
    )
    return replace(
        options,
        task=task,
        loss=network.loss.name,
        batch_size=min(batch, train),
        epochs=options.epochs or int(np.clip(math.ceil(steps / batches), EPOCHS, MOST_EPOCHS)),
        learning_rate=options.learning_rate or RATES[options.optimizer],
        decay=min(MOST_DECAY, DECAY_ROWS / train) if options.decay is None else options.decay,
        validation=validated if options.validation is None else options.validation,
    )


def optimizer_for(options: Options) -> Optimizer:
    """The optimizer that decided options name."""
    settings = {"adam": {"beta2": BETA2}, "adamw": {"beta2": BETA2, "decay": options.decay}}.get(
        options.optimizer, {}
    )
    return OPTIMIZERS[options.optimizer](
        options.learning_rate or RATES[options.optimizer], **settings
    )


def start_for(options: Options, network: Network, mean: np.ndarray, seed: int) -> Parameters:
    """He's draw; the last layer's weights begin at zero and its biases at what predicts the training rows' mean or shares.

    mean is that of the encoded training targets, K.
    """
    start = initialize(network, "he", seed=seed, dtype=options.dtype)
    share = np.clip(mean, 1e-3, 1 - 1e-3)
    bias = {
        "sigmoid": np.log(share / (1 - share)),
        "softmax": np.log(share),
        "exponential": np.log(np.maximum(mean, 1e-3)),
    }
    last = bias.get(network.output.name, mean).astype(options.dtype)
    return Parameters(
        (*start.weights[:-1], np.zeros_like(start.weights[-1])), (*start.biases[:-1], last)
    )
