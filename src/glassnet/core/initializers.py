"""How weights begin: a table of uniform draws, from NumPy's random stream or from R's.

Every initializer draws uniformly from an interval that the layer's size decides, so one stream of
uniform numbers is all it takes, and each matrix is filled row by row in the order of the layers.
Biases begin at zero. Numbers are always drawn by NumPy on the host, so that every engine starts
from the same ones.
"""

from collections.abc import Callable
from functools import cache
from math import sqrt

import numpy as np

from glassnet.core.arrays import Array
from glassnet.core.network import Network, Parameters, check_network
from glassnet.errors import option_error
from glassnet.settings import check_name, is_whole

Interval = tuple[float, float]
DTYPES = ("float64", "float32")
"""What parameters can be made of."""


def _around_zero(square: float) -> Interval:
    """The interval from minus to plus the root of `square`."""
    return -sqrt(square), sqrt(square)


def uniform(_fan_in: int, _fan_out: int) -> Interval:
    """From 0 to 1: the article's."""
    return 0.0, 1.0


def glorot(fan_in: int, fan_out: int) -> Interval:
    """Of variance 2 / (fan_in + fan_out). (Glorot & Bengio 2010, eq. (16))"""
    return _around_zero(6 / (fan_in + fan_out))


def he(fan_in: int, _fan_out: int) -> Interval:
    """Of variance 2 / fan_in. (He et al. 2015, eq. (10))"""
    return _around_zero(6 / fan_in)


def lecun(fan_in: int, _fan_out: int) -> Interval:
    """Of variance 1 / fan_in. (LeCun et al. 1998, sec. 4.6)"""
    return _around_zero(3 / fan_in)


INITIALIZERS: dict[str, Callable[[int, int], Interval]] = {
    "uniform": uniform,
    "glorot": glorot,
    "he": he,
    "lecun": lecun,
}
"""Name -> the interval that weights are drawn from, given the nodes before and after them."""


def initialize(
    network: Network,
    method: str = "glorot",
    *,
    seed: int = 0,
    rng: str = "numpy",
    dtype: str = "float64",
) -> Parameters:
    """Draw the starting weights of a network.

    Parameters
    ----------
    network : Network
        Whose weights are drawn.
    method : str
        A name of `INITIALIZERS`.
    seed : int
        The same seed gives the same weights everywhere.
    rng : {"numpy", "r"}
        NumPy's PCG64, or the numbers that R gives after ``set.seed(seed)``.
    dtype : {"float64", "float32"}
        Numbers are drawn in float64 and rounded.

    Returns
    -------
    parameters : Parameters
        Weights as drawn, biases 0.

    Raises
    ------
    GlassnetError
        On unknown names and unusable seeds.

    Examples
    --------
    >>> network = Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    >>> initialize(network, "uniform", seed=1, rng="r").weights[0][0, 0]  # R: set.seed(1); runif(1)
    np.float64(0.2655086631421)
    """
    check_network(network)
    check_name("dtype", dtype, DTYPES)
    check_name("method", method, INITIALIZERS)
    draw_uniform = uniform_stream(seed, rng)

    def draw(fan_in: int, fan_out: int) -> Array:
        low, high = INITIALIZERS[method](fan_in, fan_out)
        values = low + (high - low) * draw_uniform(fan_in * fan_out)
        return values.reshape(fan_in, fan_out).astype(dtype)

    weights = tuple(draw(*shape) for shape in network.shapes)
    biases = tuple(np.zeros(m, dtype) for _, m in network.shapes) if network.bias else ()
    return Parameters(weights, biases)


def uniform_stream(seed: int, rng: str) -> Callable[[int], Array]:
    """A function that gives the next n numbers, float64 on [0, 1), of a seeded stream."""
    check_name("rng", rng, STREAMS)
    if not is_whole(seed):
        raise option_error("seed", "must be a whole number", seed)
    return STREAMS[rng](int(seed))


def _numpy_stream(seed: int) -> Callable[[int], Array]:
    """NumPy's default generator."""
    if seed < 0:
        raise option_error("seed", "must be 0 or more for numpy's numbers", seed)
    return np.random.default_rng(seed).random


def _r_stream(seed: int) -> Callable[[int], Array]:
    """R's default generator, the Mersenne Twister, after ``set.seed(seed)``.

    R turns the seed into the generator's 624 words by a linear congruential generator: 50 steps to
    mix, one for the position (which R then overwrites), and one for each word. `runif` is a word
    over 2^32, kept off 0 and 1.
    """
    if not -(2**31) < seed < 2**31:
        raise option_error("seed", "must fit R's integers, between -(2^31 - 1) and 2^31 - 1", seed)
    steps, sums = _lcg()
    numbers = ((steps * (seed % 2**32) + sums) % 2**32).tolist()
    from random import Random  # Python's is the same generator as NumPy's, and quicker to import

    twister = Random()
    twister.setstate((3, (*numbers, 624), None))

    def runif(n: int) -> Array:
        drawn = np.array([twister.getrandbits(32) for _ in range(n)])
        u = drawn * 2.3283064365386963e-10  # 2^-32
        # Half of 1 / (2^32 - 1): R's distance from 0 and from 1.
        half_step = 0.5 * 2.328306437080797e-10
        return np.clip(u, half_step, 1 - half_step)

    return runif


@cache
def _lcg() -> tuple[Array, Array]:
    """What makes the generator's words of R's seed: word k is steps[k] seed + sums[k].

    That is 51 + k times word -> 69069 word + 1, all modulo 2^32.
    """
    step, total = 1, 0
    found: list[tuple[int, int]] = []
    for _ in range(51 + 624):
        step, total = 69069 * step % 2**32, (69069 * total + 1) % 2**32
        found.append((step, total))
    steps, sums = np.array(found[51:], np.uint64).T
    return steps, sums


STREAMS: dict[str, Callable[[int], Callable[[int], Array]]] = {
    "numpy": _numpy_stream,
    "r": _r_stream,
}
"""The random streams that weights can be drawn from."""
