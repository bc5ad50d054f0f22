"""Schedules: how the learning rate changes along a run. Each is a row of `SCHEDULES`.

A schedule maps t, the fractions of all iterations that are done (an array, 0 <= t < 1), to
factors on the learning rate. How long a run is, and how often its batches change the weights, is
not known here.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Schedule = Callable[[Floats], Floats | np.floating]
"""Fractions of the iterations done -> factors on the learning rate, one for each or one for all."""

WARM_UP = 0.1  # the fraction of the iterations in which the rate grows


def constant(_: Floats) -> np.floating:
    """Always the rate itself."""
    return np.float64(1)


def step(t: Floats) -> Floats:
    """A tenth of the rate after half of the run, a hundredth after three quarters.

    He, Zhang, Ren & Sun 2016, sec. 4.2, divide by 10 twice in this way.
    """
    return np.where(t < 0.5, 1, np.where(t < 0.75, 0.1, 0.01))


def cosine(t: Floats) -> Floats:
    """From the rate to zero along a cosine.

    Loshchilov & Hutter 2017, eq. (5), one period.
    """
    return 0.5 * (1 + np.cos(np.pi * t))


def flat_cosine(t: Floats) -> Floats:
    """The rate for half of the run, then to zero along a cosine.

    Holzmüller, Grinsztajn & Steinwart 2024, the schedule "flat_cos".
    """
    return cosine(np.maximum(0, 2 * t - 1))


def one_cycle(t: Floats) -> Floats:
    """From a 25th of the rate up to it, then down to nearly nothing, both along a cosine.

    It grows for three tenths of the run. Smith & Topin 2018, with the shape and figures that
    PyTorch's OneCycleLR made usual.
    """
    up = 0.5 * (1 - np.cos(np.pi * t / 0.3))
    down = 0.5 * (1 + np.cos(np.pi * (t - 0.3) / 0.7))
    return np.where(t < 0.3, 0.04 + 0.96 * up, 4e-6 + (1 - 4e-6) * down)


def warm_up(t: Floats) -> Floats:
    """From nearly nothing up to the rate along a line, then constant.

    Goyal et al. 2017, sec. 2.2.
    """
    return np.minimum(1, (t + 1e-3) / WARM_UP)


def warm_up_cosine(t: Floats) -> Floats:
    """Warm-up, then a cosine to zero."""
    falling = cosine(np.maximum(0, t - WARM_UP) / (1 - WARM_UP))
    return np.where(t < WARM_UP, warm_up(t), falling)


def four_cycles(t: Floats) -> Floats:
    """Up from zero and down again four times, each cycle longer than the one before.

    Holzmüller, Grinsztajn & Steinwart 2024, the schedule "coslog4".
    """
    return 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t)))


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
    "flat_cosine": flat_cosine,
    "one_cycle": one_cycle,
    "warm_up": warm_up,
    "warm_up_cosine": warm_up_cosine,
    "four_cycles": four_cycles,
}
"""Name -> the factor on the learning rate at the fractions t of all iterations done."""
