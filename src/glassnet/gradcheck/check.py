"""Is this gradient right? It is compared with differences of the loss itself.

The functions that a user brings are checked with it in `custom.py`. Which usual mistake a wrong
gradient shows is worked out in `mistakes/`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple, cast

import numpy as np

from glassnet.core.arrays import Array, real_array
from glassnet.core.network import Network, check_network
from glassnet.errors import GlassnetError, shown
from glassnet.gradcheck.pytree import entry_name, named_leaves, refill, split_like
from glassnet.settings import (
    NOT_NEGATIVE,
    check_function,
    checked_number,
    checked_whole,
    is_real,
    plain_number,
)

STEP = 6e-6  # about the cube root of float64's rounding, where a central difference is best
ROUNDINGS = 4  # units of rounding that a difference of two losses may be off by
KINK = 1e-3  # one-sided differences further apart than this fraction of them mean a kink
MOST_DIRECTIONS = 100_000


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found; true where the gradient is right.

    Attributes
    ----------
    ok : bool
    error : float
        The largest difference, of entries and of random directions, over the largest derivative.
    tolerance : float
        The largest error allowed.
    worst : str
        The entry that is furthest off, as in ``weights[0][1, 2]``.
    given, measured : float
        The derivative there: the one to be checked, and the central difference.
    left, right : float
        The one-sided differences there; they differ where the loss has a kink.
    entries : int
        How many entries were looked at one by one.
    mistake : str
        Which usual mistake has just these numbers, in words; "" where none has.
    """

    ok: bool
    error: float
    tolerance: float
    worst: str
    given: float
    measured: float
    left: float
    right: float
    entries: int
    mistake: str = ""

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        verdict = "right" if self.ok else "WRONG"
        text = (
            f"gradient {verdict}: error {self.error:.2e} (allowed {self.tolerance:.0e}) "
            f"over {self.entries} entries; "
            f"worst {self.worst}: given {self.given:.10g}, measured {self.measured:.10g}"
        )
        if not self.ok and self._may_be_a_kink():
            text += (
                "; the loss may have a kink there "
                f"(slope {self.left:.6g} on the left, {self.right:.6g} on the right)"
            )
        return f"{text}; {self.mistake}" if self.mistake else text

    def _may_be_a_kink(self) -> bool:
        return abs(self.left - self.right) > KINK * max(abs(self.left), abs(self.right))


def check_gradient(
    loss_function: Callable[[Any], Any],
    gradient: Any,
    parameters: Any,
    *,
    tolerance: float = 1e-6,
    entries: int = 2000,
    directions: int = 3,
    seed: int = 0,
    network: Network | None = None,
    x: Any = None,
    y: Any = None,
) -> GradientCheck:
    """Compare a gradient with central differences of the loss, by entries and random directions.

    Parameters
    ----------
    loss_function : callable
        parameters -> the loss, a number.
    gradient : array, or tuples, lists and dicts of arrays
        What is to be checked: a tree of arrays with the shapes of `parameters`. Where it has the
        same names, as two dicts have of the same keys, arrays go together by name, else in order.
    parameters : array, or tuples, lists and dicts of arrays
        Where the gradient is taken, float64 (a `Parameters` will do).
    tolerance : float
        The largest error allowed, relative to the largest derivative; what the rounding of the loss
        itself can make of a difference is allowed besides.
    entries : int
        At most so many entries are looked at one by one, drawn at random where there are more.
    directions : int
        Random directions to check besides, each of which covers all entries.
    seed : int
        Of the random directions, which are never made of ones.
    network, x, y : Network, N x D array, N x K array
        Where the gradient is that of a network: which one, and its rows and targets. With these
        more mistakes can be told, and their layer. The parameters are then its weights, and its
        biases where it has them, in any tree; the loss is the network's, without penalty, dropout
        or sample weights. It may be a constant multiple of it, as with the half of many courses.
        All may lie the other way too, each row of the table a column, weights outputs x inputs and
        biases columns, as in ``W @ x + b``; the mistake is then told in that notation.

    Returns
    -------
    GradientCheck
        Where the gradient is wrong, its `mistake` names the usual mistake that has the same
        numbers, or each of them where several have; it never guesses, so most wrong gradients have
        none.

    Raises
    ------
    GlassnetError
        When the shapes of gradient and parameters differ, the parameters are not float64, the loss
        is not one number, or the network is not that of the loss.

    Examples
    --------
    >>> w = [np.array([1.0, 2.0])]
    >>> bool(check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([2.0, 4.0])], w))
    True
    >>> check = check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([2.0, -4.0])], w)
    >>> print(check)  # doctest: +NORMALIZE_WHITESPACE
    gradient WRONG: error 2.00e+00 (allowed 1e-06) over 2 entries;
    worst [0][1]: given -4, measured 4
    >>> check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([1.0, 2.0])], w).mistake
    'the gradient lacks a factor 2 (of the derivative of a square?)'

    A way back written by hand, which forgets what the hidden layer's activation does to the slope:

    >>> x, y = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), np.array([[1.0], [0.0], [1.0]])
    >>> W1, W2 = np.array([[0.5, -1.0], [0.3, 0.8]]), np.array([[1.0], [-0.7]])
    >>> a1 = np.tanh(x @ W1)
    >>> delta2 = 2 * (a1 @ W2 - y)
    >>> delta1 = delta2 @ W2.T
    >>> network = Network([2, 2, 1], "tanh", loss="sum_of_squares", bias=False)
    >>> loss = lambda W: ((np.tanh(x @ W[0]) @ W[1] - y) ** 2).sum()
    >>> wrong = [x.T @ delta1, a1.T @ delta2]
    >>> check_gradient(loss, wrong, [W1, W2], network=network, x=x, y=y).mistake
    'missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * (1 - a1**2)'
    """
    check_function("loss_function", loss_function)
    entries = checked_whole("entries", entries, 1)
    directions = checked_whole("directions", directions, 0, MOST_DIRECTIONS)
    seed = checked_whole("seed", seed, 0)
    tolerance = checked_number("tolerance", tolerance, NOT_NEGATIVE)
    if network is not None:
        check_network(network)
        if x is None or y is None:
            raise GlassnetError(
                "with network=, give the rows and targets of the loss too: x= and y="
            )
    from glassnet.gradcheck.mistakes.numbers import check_same_shapes  # slow, not always needed

    found = named_leaves(parameters, "parameters")
    names, arrays = (tuple(part) for part in zip(*found, strict=True)) if found else ((), ())
    of_names = dict(named_leaves(gradient, "gradient"))
    in_order = names if of_names.keys() == set(names) else of_names
    gradients = [of_names[name] for name in in_order]
    check_same_shapes(names, arrays, gradients, of_names)
    given = _as_vector(gradients, "gradient")
    loss = _LossAlongLines(loss_function, parameters, _as_vector(arrays, "parameters"))
    measured = _measure(loss, entries, directions, np.random.default_rng(seed))

    differences = np.concatenate(
        [
            np.abs(given[measured.chosen] - measured.central),
            np.abs([float(given @ d) for d in measured.directions] - measured.along),
        ]
    )
    rounding = ROUNDINGS * np.finfo(np.float64).eps * abs(loss.here) / measured.steps
    largest = max(float(np.max(np.abs(measured.central))), float(np.max(np.abs(given))), 1e-300)
    ok = bool(np.all(differences <= tolerance * largest + rounding))

    mistake = ""
    if not ok:
        known = np.full(given.size, np.nan)
        known[measured.chosen] = measured.central
        vectors = [split_like(values, arrays) for values in (given, known, loss.point)]
        slack = 1e-9 * largest + float(np.max(rounding))
        mistake = _usual_mistake(names, vectors, slack, loss.here, network, x, y)
    of_entries = differences[: len(measured.chosen)]
    worst = int(np.argmax(np.nan_to_num(of_entries, nan=np.inf)))
    index = int(measured.chosen[worst])
    return GradientCheck(
        ok=ok,
        error=float(np.max(differences)) / largest,
        tolerance=tolerance,
        worst=entry_name(names, arrays, index),
        given=float(given[index]),
        measured=float(measured.central[worst]),
        left=float(measured.left[worst]),
        right=float(measured.right[worst]),
        entries=len(measured.chosen),
        mistake=mistake,
    )


def _as_vector(arrays: Iterable[Array], what: str) -> Array:
    """Every number of some arrays in one vector of float64. Raises GlassnetError without any."""
    numbers = [real_array(array, what).ravel() for array in arrays]
    if not sum(part.size for part in numbers):
        raise GlassnetError(f"{what} must hold some numbers, there are none")
    return np.concatenate(numbers)


class _LossAlongLines:
    """A loss of one vector of numbers, and its differences along lines through a point."""

    def __init__(self, loss_function: Callable[[Any], Any], parameters: Any, point: Array) -> None:
        self.loss_function = loss_function
        self.parameters = parameters
        self.point = point
        self.here = self.at(point)

    def at(self, values: Array) -> float:
        """The loss at a vector of all numbers."""
        loss = plain_number(self.loss_function(refill(self.parameters, iter(values))))
        if not is_real(loss):
            raise GlassnetError(f"loss_function must give one number, got {_described(loss)}")
        return float(loss)

    def differences(self, direction: Array, step: float) -> tuple[float, float, float]:
        """Left, right and central difference along a direction."""
        before = self.at(self.point - step * direction)
        after = self.at(self.point + step * direction)
        return (
            (self.here - before) / step,
            (after - self.here) / step,
            (after - before) / (2 * step),
        )


def _described(loss: Any) -> str:
    """What a loss is that is not one number, and how it can become one."""
    shape = getattr(loss, "shape", None)
    if not isinstance(shape, tuple):
        return shown(loss)
    sizes = cast(tuple[int, ...], shape)
    remedy = "take it out, as in loss.item()"
    if prod(sizes) != 1:
        remedy = "add its numbers up, as in np.sum(loss), or take their mean"
    return f"an array of shape {sizes}: {remedy}"


class _Measured(NamedTuple):
    """Differences of a loss: of E chosen entries, and along R random directions."""

    chosen: Array  # E, the entries' numbers
    left: Array  # E
    right: Array  # E
    central: Array  # E
    directions: list[Array]  # R vectors of length 1
    along: Array  # R
    steps: Array  # E + R, the steps that were taken


def _measure(
    loss: _LossAlongLines, entries: int, directions: int, random: "np.random.Generator"
) -> _Measured:
    size = loss.point.size
    chosen = np.sort(random.permutation(size)[: max(1, entries)])
    steps = STEP * np.maximum(1, np.abs(loss.point[chosen]))
    found = [
        loss.differences(np.eye(1, size, i)[0], step) for i, step in zip(chosen, steps, strict=True)
    ]
    left, right, central = np.array(found).T
    lines = [d / np.linalg.norm(d) for d in random.normal(size=(directions, size))]
    along = np.array([loss.differences(d, STEP)[2] for d in lines])
    all_steps = np.concatenate([steps, np.full(directions, STEP)])
    return _Measured(chosen, left, right, central, lines, along, all_steps)


def _usual_mistake(
    names: tuple[str, ...],
    vectors: list[list[Array]],
    slack: float,
    loss: float,
    network: Network | None,
    x: Any,
    y: Any,
) -> str:
    """Which usual mistake has these numbers; `vectors` are given, measured and parameters."""
    from glassnet.gradcheck.mistakes.numbers import GradientArray, from_numbers
    from glassnet.gradcheck.mistakes.planted import from_network

    found = list(map(GradientArray, names, *vectors))
    if network is None:
        return from_numbers(found, slack, {})
    return from_network(network, x, y, found, loss, slack)
