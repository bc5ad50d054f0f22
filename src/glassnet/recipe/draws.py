"""Settings drawn at random around the best so far, for those who can wait (see `mixture.py`).

What is at its plain value counts as left open and may be drawn; whatever else was asked for stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from glassnet.recipe.defaults import DECAYING_OPTIMIZERS, PLAIN_BINS
from glassnet.recipe.options import Options, ResolvedOptions

DEPTHS = (1, 2, 3)
WIDTHS = (32, 64, 128, 256)
ACTIVATIONS_DRAWN = ("silu", "relu", "tanh", "mish")
DROPOUTS = (0.0, 0.05, 0.15, 0.3)
RATE_FACTORS = (1 / 3, 2.0)  # times the rate, and all between
DECAY_FACTORS = (0.03, 0.1, 0.3, 3.0)  # times the decay
EPOCH_FACTORS = (0.5, 2.0, 3.0)  # times their number
MOST_REPEATED = 100  # draws in a row that bring nothing new
CHANGED = 0.5  # how likely it is that a setting is another than the best so far

DRAWN = (
    "hidden",
    "activation",
    "dropout",
    "learning_rate",
    "decay",
    "epochs",
    "bins",
)
"""The options that may be drawn."""

OPEN_VALUES = {field.name: field.default for field in fields(Options) if field.name in DRAWN}
"""Option that may be drawn -> its value where it is left open."""

SEED = 4  # beside the run's, so that these are not the random numbers of something else


def everything_open(options: Options) -> Options:
    """The options with all that may be drawn left open."""
    return replace(options, **OPEN_VALUES)


def left_open(options: Options, plain: ResolvedOptions, settled: ResolvedOptions) -> Options:
    """The options with what is at its plain value left open.

    So a run that is repeated from its record, where all is settled, draws the same settings.

    Parameters
    ----------
    options : Options
        As they were given.
    plain : ResolvedOptions
        These, settled.
    settled : ResolvedOptions
        `everything_open(options)`, settled.
    """
    at_plain = [name for name in DRAWN if getattr(plain, name) == getattr(settled, name)]
    return replace(options, **{name: OPEN_VALUES[name] for name in at_plain})


def drawn_settings(
    options: Options, best: ResolvedOptions, bins: Collection[int]
) -> Iterator[ResolvedOptions]:
    """Settings that differ from the best so far in what the options leave open, each once.

    Without end, unless there are few: it ends where none is new for long. `bins` are the numbers of
    bins that the table can be cut into.
    """
    names = _open_names(options, best, bins)
    rng = np.random.default_rng([best.seed, SEED])
    known, repeated = [best], 0
    while repeated < MOST_REPEATED:
        drawn = _draw(rng, best)
        changed = [name for name in drawn if rng.random() < CHANGED]
        settings = replace(best, **{name: drawn[name] for name in changed if name in names})
        repeated = repeated + 1 if settings in known else 0
        if not repeated:
            known.append(settings)
            yield settings


def _open_names(options: Options, best: ResolvedOptions, bins: Collection[int]) -> set[str]:
    """What may be drawn."""
    names = {name for name in DRAWN if getattr(options, name) == OPEN_VALUES[name]}
    if len(bins) == 1:
        names -= {"bins"}
    if isinstance(options.activation, tuple):  # one a layer, so there are so many layers
        names -= {"hidden"}
    if options.optimizer not in DECAYING_OPTIMIZERS:
        names -= {"decay"}
    if best.patience is not None:  # which ends a run in its own time
        names -= {"epochs"}
    return names


def _draw(rng: np.random.Generator, best: ResolvedOptions) -> dict[str, Any]:
    """Another value of everything."""
    return {
        "hidden": (int(rng.choice(WIDTHS)),) * int(rng.choice(DEPTHS)),
        "activation": str(rng.choice(ACTIVATIONS_DRAWN)),
        "dropout": float(rng.choice(DROPOUTS)),
        "learning_rate": best.learning_rate * float(np.exp(rng.uniform(*np.log(RATE_FACTORS)))),
        "decay": best.decay * float(rng.choice(DECAY_FACTORS)),
        "epochs": max(1, round(best.epochs * float(rng.choice(EPOCH_FACTORS)))),
        "bins": 0 if best.bins else PLAIN_BINS,
    }
