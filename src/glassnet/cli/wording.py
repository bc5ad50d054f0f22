"""Options in the command line's words, for messages that name one: this table, and nothing else."""

import shlex

from glassnet.errors import OptionRef

FLAGS = {
    "activation": "--activation",
    "affine": "--affine",
    "batch_size": "--batch-size",
    "categories": "--category",
    "decay": "--decay",
    "digits": "--digits",
    "dropout": "--dropout",
    "dtype": "--dtype",
    "engine": "--engine",
    "epochs": "--epochs",
    "hidden": "--hidden",
    "holdout": "--holdout",
    "ignore": "--ignore",
    "iteration": "--iteration",
    "l1": "--l1",
    "l2": "--l2",
    "learning_rate": "--learning-rate",
    "loss": "--loss",
    "members": "--members",
    "optimizer": "--optimizer",
    "patience": "--patience",
    "rng": "--rng",
    "schedule": "--schedule",
    "seed": "--seed",
    "target": "--target",
    "task": "--task",
    "validation": "--validation",
}
"""The library's name of an option -> the flag that gives it."""


def in_flags(option: OptionRef) -> str:
    """The option as it would be typed.

    >>> in_flags(OptionRef("categories", ["model year"]))
    "--category 'model year'"
    """
    flag = FLAGS.get(option.name, option.name)
    if option.value is None or option.value is True:
        return flag
    values = option.value if isinstance(option.value, (list, tuple)) else [option.value]
    return " ".join(f"{flag} {shlex.quote(str(value))}" for value in values)
