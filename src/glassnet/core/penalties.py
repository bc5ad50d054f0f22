"""L1 and L2: value and gradient together, one definition for every loss and batch size.

How much of a penalty one batch carries is decided in `losses.py`.
"""

from typing import NamedTuple, Self

from glassnet.core.arrays import Array, array_namespace
from glassnet.settings import NOT_NEGATIVE, checked_number


class _Strengths(NamedTuple):
    l2: float
    l1: float


class Penalty(_Strengths):
    """(l2/2) sum w^2 + l1 sum |w| over all weights, never over biases, eq. (11).

    Raises GlassnetError on a strength that is not a number of 0 or more.

    >>> Penalty(l2=0.1)
    Penalty(l2=0.1, l1=0.0)
    """

    __slots__ = ()
    formula = "0.5 * l2 * w**2 + l1 * abs(w)"
    """What one weight adds, and below it the derivative there; tested against `__call__`."""
    derivative_formula = "l2 * w + l1 * sign(w)"

    def __new__(cls, l2: float = 0.0, l1: float = 0.0) -> Self:
        l2 = checked_number("l2", l2, NOT_NEGATIVE)
        l1 = checked_number("l1", l1, NOT_NEGATIVE)
        return super().__new__(cls, l2, l1)

    def __call__(self, w: Array) -> tuple[Array, Array]:
        """Gives (value, dw) for one matrix of weights; dw has its shape.

        At w = 0 the derivative of |w| counts as 0.
        """
        xp = array_namespace(w)
        # l2 times w first: a penalty of 0 stays 0 where w * w would overflow
        value = xp.sum(0.5 * self.l2 * w * w + self.l1 * xp.abs(w))
        return value, self.l2 * w + self.l1 * xp.sign(w)

    def scaled(self, factor: float) -> "Penalty":
        """The same penalty, `factor` times as strong."""
        return Penalty(self.l2 * factor, self.l1 * factor)
