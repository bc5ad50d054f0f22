"""Is this gradient right? A public, short check of any hand-derived gradient against differences of the loss itself.

And of the functions that a user brings: an activation's slope and a loss's delta against differences of their values.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.core.activations import OUTPUTS, Activation
from glassnet.core.arrays import Array
from glassnet.core.losses import is_builtin
from glassnet.core.network import Network
from glassnet.errors import GlassnetError
from glassnet.gradcheck.pytree import entry_name, named_leaves, refill, split_like

STEP = 6e-6  # about the cube root of float64's rounding, where a central difference is best


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found; true where the gradient is right.

    `worst` names the entry that is furthest off, `given` and `measured` are the slopes there; `left` and `right` the
    one-sided ones, which differ where the loss has a kink. `error` is the largest difference, of entries and of random
    directions, over the largest slope. `mistake` says in words which usual mistake has just these numbers, "" where none has.
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
        kink = ""
        if not self.ok and abs(self.left - self.right) > 1e-3 * max(
            abs(self.left), abs(self.right)
        ):
            kink = f"; the loss may have a kink there (slope {self.left:.6g} on the left, {self.right:.6g} on the right)"
        return (
            f"gradient {'right' if self.ok else 'WRONG'}: error {self.error:.2e} (allowed {self.tolerance:.0e}) "
            f"over {self.entries} entries; worst {self.worst}: given {self.given:.10g}, measured {self.measured:.10g}{kink}"
            f"{'; ' if self.mistake else ''}{self.mistake}"
        )


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
    """Compare a gradient with central differences of the loss, entry by entry and along random directions.

    Parameters
    ----------
    loss_function : parameters -> the loss, a number.
    gradient : what is to be checked; arrays in the same nest and shapes as `parameters`.
    parameters : an array, or any nest of tuples and lists of arrays (a `Parameters` is one); float64.
    tolerance : the largest error allowed, relative to the largest slope; what the rounding of the loss itself can make of a
        difference is allowed besides.
    entries : at most so many entries are looked at one by one (drawn at random where there are more); the random
        directions, which are never made of ones, always cover all.
    seed : of the random directions.
    network, x, y : where the gradient is that of a network, which one, and its rows (N x D) and targets (N x K). With these more
        mistakes can be told, and their layer. The parameters are then its weights, and its biases where it has them, in any
        nest; the loss is the network's, with no penalty, dropout or row weights.

    Returns a GradientCheck. Where the gradient is wrong, its `mistake` names the usual mistake that has the same numbers, or each
    of them where several have; it never guesses, so most wrong gradients have none.

    Raises GlassnetError when the shapes of gradient and parameters differ, the parameters are not float64, or the network is not
    that of the loss.

    >>> bool(check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([2.0, 4.0])], [np.array([1.0, 2.0])]))
    True
    >>> print(check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([2.0, -4.0])], [np.array([1.0, 2.0])]))
    gradient WRONG: error 2.00e+00 (allowed 1e-06) over 2 entries; worst [0][1]: given -4, measured 4
    >>> check_gradient(lambda w: (w[0] ** 2).sum(), [np.array([1.0, 2.0])], [np.array([1.0, 2.0])]).mistake
    'the gradient lacks a factor 2 (of the derivative of a square?)'

    A way back written by hand, which forgets what the hidden layer's activation does to the slope:

    >>> x, y = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]), np.array([[1.0], [0.0], [1.0]])
    >>> W1, W2 = np.array([[0.5, -1.0], [0.3, 0.8]]), np.array([[1.0], [-0.7]])
    >>> a1 = np.tanh(x @ W1)
    >>> delta2 = 2 * (a1 @ W2 - y)
    >>> delta1 = delta2 @ W2.T
    >>> network = Network([2, 2, 1], "tanh", loss="sum_of_squares", bias=False)
    >>> loss = lambda W: ((np.tanh(x @ W[0]) @ W[1] - y) ** 2).sum()
    >>> check_gradient(loss, [x.T @ delta1, a1.T @ delta2], [W1, W2], network=network, x=x, y=y).mistake
    'missing activation slope in layer 1: write delta1 = (delta2 @ W2.T) * (1 - a1**2)'
    """
    if network is not None and (x is None or y is None):
        raise GlassnetError("with network=, give the rows and targets of the loss too: x= and y=")
    from glassnet.gradcheck.mistakes.numbers import (  # every training imports this file
        Slopes,
        check_same_shapes,
        from_numbers,
    )
    from glassnet.gradcheck.mistakes.planted import from_network

    names, arrays = zip(*named_leaves(parameters), strict=True)
    grads = [g for _, g in named_leaves(gradient)]
    check_same_shapes(names, arrays, grads)
    point = np.concatenate([np.asarray(a).ravel() for a in arrays])
    given = np.concatenate([np.asarray(g, np.float64).ravel() for g in grads])

    def loss_at(values: Array) -> float:
        return float(loss_function(refill(parameters, iter(values))))

    here = loss_at(point)

    def slopes(direction: Array, step: float) -> tuple[float, float, float]:
        """Left, right and central difference along a direction."""
        before, after = (loss_at(point + k * step * direction) for k in (-1, 1))
        return (here - before) / step, (after - here) / step, (after - before) / (2 * step)

    random = np.random.default_rng(seed)
    chosen = np.sort(random.permutation(point.size)[: max(1, entries)])
    steps = STEP * np.maximum(1, np.abs(point[chosen]))
    measured = np.array(
        [slopes(np.eye(1, point.size, i)[0], step) for i, step in zip(chosen, steps, strict=True)]
    )  # entries x 3
    unit = [d / np.linalg.norm(d) for d in random.normal(size=(directions, point.size))]
    along = np.array([slopes(d, STEP)[2] for d in unit])
    gaps = np.concatenate(
        [np.abs(given[chosen] - measured[:, 2]), np.abs([float(given @ d) for d in unit] - along)]
    )
    rounding = (
        4
        * np.finfo(np.float64).eps
        * abs(here)
        / np.concatenate([steps, np.full(directions, STEP)])
    )
    scale = max(float(np.max(np.abs(measured[:, 2]))), float(np.max(np.abs(given))), 1e-300)
    bad = int(np.argmax(np.nan_to_num(gaps[: len(chosen)], nan=np.inf)))
    left, right, central = (float(v) for v in measured[bad])
    index = int(chosen[bad])
    ok = bool(np.all(gaps <= tolerance * scale + rounding))
    mistake = ""
    if not ok:
        known = np.full(point.size, np.nan)
        known[chosen] = measured[:, 2]
        found = list(
            map(Slopes, names, *(split_like(values, arrays) for values in (given, known, point)))
        )
        slack = 1e-9 * scale + float(np.max(rounding))
        mistake = (
            from_network(network, x, y, found, here)
            if network is not None
            else from_numbers(found, slack, {})
        )
    return GradientCheck(
        ok=ok,
        error=float(np.max(gaps)) / scale,
        tolerance=tolerance,
        worst=entry_name(names, arrays, index),
        given=float(given[index]),
        measured=central,
        left=left,
        right=right,
        entries=len(chosen),
        mistake=mistake,
    )


def check_custom(network: Network, y: Array) -> None:
    """Check the activations and the loss of a network that are not of our tables, at random points.

    y : some targets, N x K, of the dtype that is to be trained with; 20 rows at most are used.

    Raises GlassnetError, naming the function, where a value, slope or delta has not the shape and dtype of what it was given, or
    a slope or delta is not the derivative of the value. An Activation with a `backward` of its own is not looked at.

    >>> check_custom(Network([2, 3, 1], Activation(value=np.sin, derivative=np.sin)), np.zeros((4, 1)))
    Traceback (most recent call last):
    glassnet.errors.GlassnetError: activation 'sin': its slope is not the derivative of its value: gradient WRONG: error ...
    """
    activations = [
        own
        for own in network.activations
        if type(own) is Activation and OUTPUTS.get(own.name) != own
    ]
    loss_is_ours = is_builtin(network.loss)
    if loss_is_ours and not activations:
        return
    y = np.asarray(y)[:20]
    draws = np.random.default_rng(0).normal(size=(2, *y.shape)).astype(y.dtype)
    with np.errstate(all="ignore"):
        for own in activations:
            _check_pair(
                f"activation '{own.name}'",
                "slope",
                lambda z, own=own: _with_derivative(own, z),
                draws,
            )
        if not loss_is_ours:
            points = draws if network.loss.output else [network.output.value(z) for z in draws]
            _check_pair(
                f"loss '{network.loss.name}'",
                "delta",
                lambda prediction: network.loss.elementwise(prediction, y),
                points,
            )


def _with_derivative(own: Activation, z: Array) -> tuple[Array, Array]:
    a = own.value(z)
    return a, own.derivative(z if own.derivative_of == "z" else a)


def _check_pair(
    name: str, slope: str, function: Callable[[Array], tuple[Array, Array]], points: Iterable[Array]
) -> None:
    """That a function's second result is the derivative of its first, at one of the points at least: one may lie on a kink."""
    check = None
    for point in points:
        for what, found in zip(("value", slope), map(np.asarray, function(point)), strict=True):
            if (found.shape, found.dtype) != (point.shape, point.dtype):
                raise GlassnetError(
                    f"{name}: its {what} has shape {found.shape} and dtype {found.dtype} for an array of shape {point.shape} and "
                    f"dtype {point.dtype}: give one number for each, of the same dtype"
                )
        point = point.astype(np.float64)
        check = check or check_gradient(
            lambda p: np.sum(function(p)[0]), function(point)[1], point, tolerance=1e-4, entries=200
        )
    if not check:
        raise GlassnetError(f"{name}: its {slope} is not the derivative of its value: {check}")
