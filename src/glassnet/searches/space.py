"""What a search varies: for each setting a list of values, or a range of numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from glassnet.errors import GlassnetError, shown, unknown_name
from glassnet.recipe.defaults import DECAYING_OPTIMIZERS, PLAIN_BINS
from glassnet.recipe.draws import ACTIVATIONS_DRAWN
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.settings import is_real, is_whole, items_of, plain_number

SHAPE = ("depth", "width")
"""What of a network's shape is searched as plain numbers: hidden layers, and the nodes of each."""

SEARCHED = (
    *SHAPE,
    "hidden",
    "activation",
    "dropout",
    "learning_rate",
    "decay",
    "l2",
    "l1",
    "batch_size",
    "bins",
    "epochs",
    "patience",
    "schedule",
    "average",
    "optimizer",
)
"""All that can be searched: the options of a training that leave its losses comparable, and the
two numbers of its shape."""

LOGARITHMIC = ("width", "learning_rate", "decay", "l1", "l2", "batch_size", "epochs", "patience")
"""Those whose ranges are drawn evenly on a logarithmic scale, where they begin above 0."""

WHOLE_NUMBERS = (*SHAPE, "batch_size", "epochs", "patience")
"""Those that are whole numbers."""

SEARCHED_DEPTHS = (1, 2, 3)
SEARCHED_WIDTHS = (
    16,
    32,
    64,
    128,
    256,
)  # few, so that candidates share a training
SEARCHED_RATES = (0.1, 3.0)  # of the plain learning rate, and all between
SEARCHED_DECAYS = (0.03, 10.0)  # of the plain decay
MOST_DROPOUT = 0.4
SEARCHED_BATCHES = (0.5, 1, 2)  # of the plain batch size
LEAST_BATCH = 8  # rows
DRAWN_DIGITS = 3  # of a number that is drawn: friendlier, and finer differences do not matter

CandidateSettings = dict[str, Any]
"""Setting -> its value, of those that are searched."""


class Values(NamedTuple):
    """A setting that is one of several values."""

    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        """One of them."""
        return self.values[int(rng.integers(len(self.values)))]

    def as_json(self) -> Any:
        """As a file keeps it."""
        return {"values": [list(v) if isinstance(v, tuple) else v for v in self.values]}


class Between(NamedTuple):
    """A setting that is a number from `low` to `high`."""

    low: float
    high: float
    is_whole: bool
    is_logarithmic: bool

    def draw(self, rng: np.random.Generator) -> float | int:
        """One of them, a fraction of three digits."""
        low, high = (self.low - 0.5, self.high + 0.5) if self.is_whole else (self.low, self.high)
        fraction = rng.random()
        if self.is_logarithmic:
            drawn = low * (high / low) ** fraction
        else:
            drawn = low + (high - low) * fraction
        drawn = round(drawn) if self.is_whole else float(f"{drawn:.{DRAWN_DIGITS}g}")
        return min(max(drawn, self.low), self.high)

    def as_json(self) -> Any:
        """As a file keeps it."""
        return {"from": self.low, "to": self.high}


@dataclass(frozen=True)
class Space:
    """All that a search varies.

    Parameters
    ----------
    settings : dict
        Setting, a name of `SEARCHED` -> its values or its range.
    """

    settings: dict[str, Values | Between]

    def draw(self, rng: np.random.Generator) -> CandidateSettings:
        """A value of every setting, each drawn for itself, in whatever order they were given."""
        ordered = [name for name in SEARCHED if name in self.settings]
        return {name: self.settings[name].draw(rng) for name in ordered}

    def as_json(self) -> dict[str, Any]:
        """As a file keeps it."""
        return {name: one.as_json() for name, one in self.settings.items()}


def read_space(given: Any) -> Space:
    """What a user says is to be varied.

    Parameters
    ----------
    given : dict
        Setting -> a list of values; or (lowest, highest), a tuple of two numbers, for all numbers
        between: whole ones where both are.

    Raises GlassnetError, naming the setting, on an unknown one and on what is neither.
    """
    if not isinstance(given, Mapping):
        raise GlassnetError(
            f"space must be a dict of settings and their values, got {shown(given)}",
            option="space",
        )
    if not given:
        raise GlassnetError("there is nothing to search: give one setting or more", option="space")
    for name in given:
        if name not in SEARCHED:
            raise unknown_name("setting to search", name, SEARCHED)
    if "hidden" in given and any(name in given for name in SHAPE):
        raise GlassnetError(
            "the space has hidden beside depth or width, which say the same",
            remedy="give the one or the other",
            option="space",
        )
    space = Space({name: _read_setting(name, value) for name, value in given.items()})
    for name, one in space.settings.items():
        ends = one.values if isinstance(one, Values) else (one.low, one.high)
        for value in ends:
            options_with(Options(), (1,), {name: _number(one, value)})  # checks it
    return space


def _number(one: Values | Between, value: Any) -> Any:
    return int(value) if isinstance(one, Between) and one.is_whole else value


def _read_setting(name: str, value: Any) -> Values | Between:
    if isinstance(value, Mapping):  # as a file keeps it
        if set(value) == {"from", "to"}:
            return _between(name, value["from"], value["to"])
        value = value.get("values")
    is_range = isinstance(value, tuple) and len(value) == 2 and all(map(is_real, value))
    if is_range:
        return _between(name, *map(plain_number, value))
    items = items_of(value)
    if not items:
        raise GlassnetError(
            f"{name} must be a list of values, or a tuple (lowest, highest) of two numbers, got "
            f"{shown(value)}",
            option="space",
        )
    return Values(tuple(map(_plain_value, items)))


def _plain_value(value: Any) -> Any:
    """A value of a list as a file can keep it."""
    parts = items_of(value)
    return plain_number(value) if parts is None else tuple(map(plain_number, parts))


def _between(name: str, low: float, high: float) -> Between:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise GlassnetError(
            f"{name} must go from a number to a larger one, got ({low:g}, {high:g})",
            option="space",
        )
    if name in WHOLE_NUMBERS and not (is_whole(low) and is_whole(high)):
        raise GlassnetError(
            f"{name} must go from a whole number to a larger one, got ({low:g}, {high:g})",
            option="space",
        )
    return Between(low, high, name in WHOLE_NUMBERS, name in LOGARITHMIC and low > 0)


def default_space(options: Options, plain: ResolvedOptions) -> Space:
    """What is searched where nothing is said: all that the options leave open.

    Parameters
    ----------
    options : Options
        As asked for; what is not at its default stays.
    plain : ResolvedOptions
        These, settled for the table.
    """
    rate, decay = plain.learning_rate, plain.decay
    batches = sorted({max(LEAST_BATCH, round(f * plain.batch_size)) for f in SEARCHED_BATCHES})
    usual: dict[str, Any] = {
        "depth": list(SEARCHED_DEPTHS),
        "width": list(SEARCHED_WIDTHS),
        "activation": list(ACTIVATIONS_DRAWN),
        "dropout": (0.0, MOST_DROPOUT),
        "learning_rate": tuple(_rounded(rate * factor) for factor in SEARCHED_RATES),
        "batch_size": batches,
    }
    if plain.optimizer in DECAYING_OPTIMIZERS and decay > 0:
        usual["decay"] = tuple(_rounded(decay * factor) for factor in SEARCHED_DECAYS)
    if not options.affine:
        usual["bins"] = [0, PLAIN_BINS]
    defaults = {field.name: field.default for field in fields(Options)}
    fixed = {name for name, value in defaults.items() if getattr(options, name) != value}
    if "hidden" in fixed or isinstance(options.activation, tuple):
        fixed |= set(SHAPE)
    return read_space({name: value for name, value in usual.items() if name not in fixed})


def _rounded(value: float) -> float:
    return float(f"{value:.{DRAWN_DIGITS}g}")


def options_with(options: Options, hidden: Sequence[int], settings: CandidateSettings) -> Options:
    """The options with what is searched at these values.

    `hidden` says the depth or the width where only the other one is searched. Raises OptionError
    where a value is out of range.
    """
    changed = {name: value for name, value in settings.items() if name not in SHAPE}
    if any(name in settings for name in SHAPE):
        for name in SHAPE:
            if not is_whole(settings.get(name, 1), 1):
                raise GlassnetError(
                    f"{name} must be whole numbers of 1 or more, got {shown(settings[name])}",
                    option="space",
                )
        changed["hidden"] = hidden_layers(settings, hidden)
    return replace(options, **changed)


def hidden_layers(settings: CandidateSettings, plain: Sequence[int]) -> tuple[int, ...]:
    """The hidden layers that depth and width make; `plain` ones say what is not searched of it."""
    return (settings.get("width", plain[0]),) * settings.get("depth", len(plain))


def searched_settings(space: Space, options: ResolvedOptions) -> CandidateSettings:
    """Options as settings of a space."""
    shape = {"depth": len(options.hidden), "width": options.hidden[0]}
    return {name: shape.get(name, getattr(options, name, None)) for name in space.settings}
