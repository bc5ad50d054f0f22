"""Are the functions that a user brings right? An activation's derivative and a loss's delta are
compared with differences of their values (`check.py`).

Every training asks, so what most of them do not need is imported late.
"""

from collections.abc import Callable, Iterable

import numpy as np

from glassnet.core.activations import OUTPUTS, Activation
from glassnet.core.arrays import Array, real_array
from glassnet.core.losses import is_builtin
from glassnet.core.network import Network, check_network
from glassnet.errors import GlassnetError

CUSTOM_TOLERANCE = 1e-4  # a user's own functions may be less smooth
CUSTOM_ROWS = 20  # rows of targets that a custom function is tried on


def check_custom(network: Network, y: Array) -> None:
    """Check a network's custom activations and custom loss at random points.

    Parameters
    ----------
    network : Network
        Whose functions are checked, but for those of our own tables, and for an Activation with a
        `backward` method of its own.
    y : array
        Some targets, N x K, of the dtype that is to be trained with; 20 rows at most are used.

    Raises
    ------
    GlassnetError
        Naming the function, where a value, derivative or delta has not the shape and dtype of what
        it was given, or is not the derivative of the value.

    Examples
    --------
    >>> wrong = Activation(value=np.sin, derivative=np.sin)
    >>> check_custom(Network([2, 3, 1], wrong), np.zeros((4, 1)))
    Traceback (most recent call last):
    glassnet.errors.GlassnetError: activation 'sin': its slope is not the derivative of ...
    """
    check_network(network)
    custom = [
        activation
        for activation in network.activations
        if type(activation) is Activation and OUTPUTS.get(activation.name) != activation
    ]
    builtin_loss = is_builtin(network.loss)
    if builtin_loss and not custom:
        return
    y = real_array(y, "y", getattr(y, "dtype", np.float64))
    if y.ndim != 2:
        raise GlassnetError(f"y has shape {y.shape}: give a row of targets for each row")
    y = y[:CUSTOM_ROWS]
    draws = np.random.default_rng(0).normal(size=(2, *y.shape)).astype(y.dtype)
    with np.errstate(all="ignore"):
        for activation in custom:
            _check_pair(
                f"activation '{activation.name}'", "slope", _with_derivative(activation), draws
            )
        if not builtin_loss:
            points = draws if network.loss.output else [network.output.value(z) for z in draws]
            _check_pair(
                f"loss '{network.loss.name}'",
                "delta",
                lambda prediction: network.loss.elementwise(prediction, y),
                points,
            )


_PairFunction = Callable[[Array], tuple[Array, Array]]


def _with_derivative(activation: Activation) -> _PairFunction:
    """The function z -> (a, da/dz) of an activation."""

    def value_and_derivative(z: Array) -> tuple[Array, Array]:
        a = activation.value(z)
        return a, activation.derivative(z if activation.derivative_of == "z" else a)

    return value_and_derivative


def _check_pair(name: str, second: str, function: _PairFunction, points: Iterable[Array]) -> None:
    """Check that a function's second result is the derivative of its first.

    At one of the points is enough, since one may lie on a kink. `second` is what messages call it.
    """
    from glassnet.gradcheck.check import check_gradient  # most trainings need not wait for it

    check = None
    for point in points:
        for what, found in zip(("value", second), map(np.asarray, function(point)), strict=True):
            if (found.shape, found.dtype) != (point.shape, point.dtype):
                raise GlassnetError(
                    f"{name}: its {what} has shape {found.shape} and dtype {found.dtype} for an "
                    f"array of shape {point.shape} and dtype {point.dtype}: give one number for "
                    "each, of the same dtype"
                )
        point = point.astype(np.float64)
        check = check or check_gradient(
            lambda p: np.sum(function(p)[0]),
            function(point)[1],
            point,
            tolerance=CUSTOM_TOLERANCE,
            entries=200,
        )
    if not check:
        raise GlassnetError(f"{name}: its {second} is not the derivative of its value: {check}")
