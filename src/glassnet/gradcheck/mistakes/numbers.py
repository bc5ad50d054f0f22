"""What a wrong gradient tells by its shapes and numbers alone: a sign, a factor, a lost penalty.

Nothing is known here of the network whose gradient it is; what can be found with the network lives
in `planted.py`. Only what fits every number is named.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import isclose
from typing import NamedTuple

import numpy as np

from glassnet.core.arrays import Array
from glassnet.errors import GlassnetError
from glassnet.gradcheck.mistakes.wording import BY_ROWS, Notation, way_back

NEAR = 1e-6  # how far two equal numbers may differ, relative to the largest of their array
CLEAR = 10_000  # a number this many times the allowed difference stands out
EXACT = 1e-5  # how near a measured factor must be to a simple one, relative
MOST_SIMPLE = 1e3  # whole numbers up to here, and one over them, are taken for simple factors

RIGHT = "is right"
WRONG = "is wrong"


class GradientArray(NamedTuple):
    """One array of a gradient beside its parameter; all three arrays have one shape.

    `given` is what is checked, `right` what it should be (NaN where that was not measured).
    """

    name: str
    given: Array
    right: Array
    parameter: Array


def same(given: Array, wanted: Array, slack: float) -> bool:
    """Whether two arrays agree wherever `wanted` is known, to NEAR of its largest and `slack`.

    >>> same(np.array([1.0, 5.0]), np.array([1.0, np.nan]), slack=0.0)
    True
    >>> same(np.ones(1), np.zeros(1), slack=0.0)
    False
    """
    known = ~np.isnan(wanted)
    wanted = wanted[known]
    largest = np.max(np.abs(wanted), initial=0)
    return bool(np.all(np.abs(given[known] - wanted) <= NEAR * largest + slack))


def common_factor(given: Sequence[Array], wanted: Sequence[Array], slack: float) -> float | None:
    """The number r for which each given array is r times the wanted one, None where there is none.

    Fewer than three numbers that stand out are easily some multiple of others; then r must be 0, a
    whole number or one over it.

    >>> common_factor([np.array([-2.0, -4.0, -6.0])], [np.array([4.0, 8.0, 12.0])], slack=0.0)
    -0.5
    """
    clear = sum(_count_clear(array, slack) for array in wanted)
    g = np.concatenate([a[~np.isnan(b)] for a, b in zip(given, wanted, strict=True)])
    w = np.concatenate([b[~np.isnan(b)] for b in wanted])
    if not clear or not np.all(np.isfinite([g, w])):
        return None
    largest = np.max(np.abs(w))
    r = float(g / largest @ (w / largest) / np.sum((w / largest) ** 2))
    if not all(same(a, r * b, slack) for a, b in zip(given, wanted, strict=True)):
        return None
    simple = simple_factor(r)
    if simple is not None:
        return simple
    return r if clear > 2 else None


def _count_clear(wanted: Array, slack: float) -> int:
    """How many numbers of an array stand out from what may be mere rounding."""
    if np.all(np.isnan(wanted)):
        return 0
    rounding = NEAR * np.nanmax(np.abs(wanted)) + slack
    return int(np.sum(np.abs(wanted) > CLEAR * rounding))


def simple_factor(r: float) -> float | None:
    """0, or the whole number or the one over it that r is, unless it is very large or small."""
    one_over = 1 / (round(1 / r) or 1) if r else 0.0
    for simple in (float(round(r)), one_over):
        if isclose(r, simple, rel_tol=EXACT, abs_tol=1e-9):
            in_range = simple == 0 or 1 / MOST_SIMPLE <= abs(simple) <= MOST_SIMPLE
            return simple if in_range else None
    return None


def describe_factor(r: float, sizes: Mapping[str, int]) -> str:
    """What is wrong with a gradient that is r times the right one.

    `sizes` are numbers that r may come from, by name.

    >>> describe_factor(-1, {"rows": 4})
    'has the wrong sign (it is minus the gradient: the step, not the slope)'
    >>> describe_factor(4, {"rows": 4})
    'is 4 times too large, 4 being the number of rows (a sum where the loss is a mean)'
    """
    if r == 0:
        return "is all zeros"
    parts: list[str] = []
    if r < 0:
        parts.append("has the wrong sign (it is minus the gradient: the step, not the slope)")
    if abs(r) != 1:
        parts.append(_describe_scale(abs(r), sizes))
    return " and ".join(parts)


def _describe_scale(r: float, sizes: Mapping[str, int]) -> str:
    """A positive factor: by a size and a lost 2 where they make it, else by the number itself."""
    explained = _products_that_make(r, sizes)
    if explained:
        fewest = min(map(len, explained))
        shortest = [" and ".join(parts) for parts in explained if len(parts) == fewest]
        return " or ".join(dict.fromkeys(shortest))
    if r > 1 and r == round(r):
        return f"is {r:.0f} times too large (a sum where the loss is a mean over {r:.0f}?)"
    if r < 1 and isclose(1 / r, round(1 / r), rel_tol=EXACT):
        return (
            f"is {1 / r:.0f} times too small (a mean over {1 / r:.0f} where the loss is a sum, "
            f"or a learning rate of {r:g} in it?)"
        )
    return f"is multiplied by {r:.6g}{' (a learning rate?)' if r < 1 else ''}"


TWOS = (
    (1.0, ""),
    (0.5, "lacks a factor 2 (of the derivative of a square?)"),
    (2.0, "has a factor 2 too many (the loss has a half?)"),
)
"""Factors that a square or a half leave, and what is said of each."""


def _products_that_make(r: float, sizes: Mapping[str, int]) -> list[list[str]]:
    """What is said of each product of a factor of size and a factor of 2 that makes r."""
    found: list[list[str]] = []
    for size_factor, about_size in _size_factors(sizes):
        for two, about_two in TWOS:
            if isclose(two * size_factor, r, rel_tol=EXACT):
                found.append([about for about in (about_two, about_size) if about])
    return found


def _size_factors(sizes: Mapping[str, int]) -> list[tuple[float, str]]:
    """Factors that a sum in the place of a mean leaves, or the reverse, and how each reads."""
    factors = [(1.0, "")]
    for name, n in sizes.items():
        number = f"{n} being the number of {name}"
        too_large = f"is {n} times too large, {number} (a sum where the loss is a mean)"
        too_small = (
            f"is {n} times too small, {number} "
            "(a mean where the loss is a sum, or divided by them twice)"
        )
        factors += [(n, too_large), (1 / n, too_small)]
    return factors


def from_numbers(
    arrays: Sequence[GradientArray],
    slack: float,
    sizes: Mapping[str, int],
    notation: Notation = BY_ROWS,
) -> str:
    """The mistake that a wrong gradient shows by its numbers, in words; "" where it shows none.

    Parameters
    ----------
    arrays : all arrays of the gradient.
    slack : how far the right numbers may be off, as they are measured.
    sizes : numbers that a factor may come from, by name, as in {"rows": 4}.
    notation : how the caller writes a network.
    """
    r = common_factor([a.given for a in arrays], [a.right for a in arrays], slack)
    if r is not None:
        return "" if r == 1 else f"the gradient {describe_factor(r, sizes)}"
    if any(np.any(np.isnan(a.right)) for a in arrays):
        return ""  # an array can be called right only where all of it is known
    return _penalty(arrays, slack) or _array_by_array(arrays, slack, sizes, notation)


def _penalty(arrays: Sequence[GradientArray], slack: float) -> str:
    """Where every array is right but for one multiple of the parameters, or of their signs."""
    wrong = [a for a in arrays if not same(a.given, a.right, slack)]
    if sum(a.given.size for a in wrong) <= 2:
        return ""
    gaps = [a.given - a.right for a in wrong]
    for norm, what, derivative in (
        ("L2", "times the weights", np.asarray),
        ("L1", "times the weights' signs", np.sign),
    ):
        derivatives = [derivative(a.parameter) for a in wrong]
        r = common_factor(gaps, derivatives, slack * 10)
        if r:
            missing = "is missing: add"
            too_much = "is there but not in the loss, or counted twice: take away"
            fault = missing if r < 0 else too_much
            return f"the slope of an {norm} penalty in {_names(wrong)} {fault} {abs(r):.6g} {what}"
    return ""


def _array_by_array(
    arrays: Sequence[GradientArray], slack: float, sizes: Mapping[str, int], notation: Notation
) -> str:
    """Which arrays are right, and what is wrong with the others, where that can be said."""
    found: dict[str, list[GradientArray]] = {}
    for a in arrays:
        found.setdefault(_describe_array(a, arrays, slack, sizes), []).append(a)
    if set(found) <= {WRONG} or set(found) == {RIGHT}:
        return ""
    parts = [f"the gradient of {_names(some)} {what}" for what, some in found.items()]
    return "; ".join(parts) + _where_it_breaks(arrays, found, notation)


def _describe_array(
    a: GradientArray, arrays: Sequence[GradientArray], slack: float, sizes: Mapping[str, int]
) -> str:
    if same(a.given, a.right, slack):
        return RIGHT
    r = common_factor([a.given], [a.right], slack)
    if r not in (None, 1):
        return describe_factor(r, sizes)
    if a.right.ndim == 2 and same(a.given, a.right.T.reshape(a.right.shape), slack):
        if a.right.shape[0] == a.right.shape[1]:
            return "is the transpose of the right one"
        return "has its numbers in the wrong places: turn it with .T, not reshape"
    for other in arrays:
        alike = other is not a and other.right.shape == a.given.shape
        if alike and same(a.given, other.right, slack):
            return f"is that of {other.name}"
    return WRONG


def _where_it_breaks(
    arrays: Sequence[GradientArray], found: Mapping[str, list[GradientArray]], notation: Notation
) -> str:
    """The step back to look at, where the last layers are right and all before them wrong."""
    weights = [a for a in arrays if a.given.ndim == 2]
    biases = [a for a in arrays if a.given.ndim == 1]
    chained = all(a.given.shape[1] == b.given.shape[0] for a, b in pairwise(weights))
    if set(found) != {RIGHT, WRONG} or not chained or len(biases) not in (0, len(weights)):
        return ""
    layer_of = {id(a): layer for layer, a in enumerate(weights, 1)}
    layer_of |= {id(a): layer for layer, a in enumerate(biases, 1)}
    last_wrong = max(layer_of[id(a)] for a in found[WRONG])
    first_right = min(layer_of[id(a)] for a in found[RIGHT])
    if first_right != last_wrong + 1:
        return ""
    return (
        f": look at the step back from layer {first_right} to layer {last_wrong}, "
        f"delta{last_wrong} = ({way_back(first_right, notation)}) * slope{last_wrong}"
    )


def _names(arrays: Sequence[GradientArray]) -> str:
    return ", ".join(a.name or "the array" for a in arrays)


def check_same_shapes(
    names: Sequence[str],
    arrays: Sequence[Array],
    grads: Sequence[Array],
    of_names: Collection[str] = (),
) -> None:
    """Raises GlassnetError unless each gradient has its parameter's shape and those are float64.

    `of_names` are what the gradients are called.

    The error gives the likely reason.
    """
    if len(arrays) != len(grads):
        lacking = [name for name in names if name not in of_names]
        if set(of_names) < set(names) and not lacking[0].startswith("["):  # keys tell, order not
            raise GlassnetError(
                f"the gradient lacks {', '.join(lacking)}: give one for each of the parameters "
                f"{', '.join(names)}"
            )
        raise GlassnetError(
            f"the gradient has {len(grads)} arrays, the parameters have {len(arrays)}"
        )
    given = [tuple(grad.shape) for grad in grads]
    wanted = [tuple(array.shape) for array in arrays]
    for index, array in enumerate(arrays):
        name = names[index] or "the array"
        if given[index] != wanted[index]:
            hint = _shape_hint(given[index], wanted[index])
            if sorted(given) == sorted(wanted):
                hint = "the arrays look to be in another order than the parameters"
            raise GlassnetError(
                f"the gradient of {name} has shape {given[index]}, the parameter {wanted[index]}"
                f"{': ' if hint else ''}{hint}"
            )
        dtype = np.asarray(array).dtype
        if dtype != np.float64:
            remedy = ": add .astype(float)" if dtype.kind in "iub" else ""
            raise GlassnetError(f"{name} is {dtype}: a gradient check needs float64{remedy}")


def _shape_hint(given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What may have gone wrong for a gradient of that shape; "" where nothing comes to mind."""
    if len(wanted) == 2 and given == wanted[::-1]:
        return "it looks like the transpose, so turn it over with .T, or write a.T @ delta"
    if len(wanted) == 2 and wanted[1] == 1 < wanted[0]:
        return _column_hint(given, wanted[0])
    if len(given) > len(wanted) and given[1:] == wanted:
        if given[0] == 1:
            return "drop the first axis, as in np.sum(delta, axis=0) without keepdims"
        return "it has a part for each row, so add them up, as in np.sum(delta, axis=0)"
    if wanted[0:1] == (1,) and given == wanted[1:]:
        return "keep the first axis, as in np.sum(delta, axis=0, keepdims=True)"
    if wanted and not given:
        return "everything was added up; add up the rows only, as in np.sum(delta, axis=0)"
    if len(wanted) == 2 and wanted[0] == 1 and given[1:] == wanted[1:]:
        return (
            "it has a part for each row, so add them up, as in np.sum(delta, axis=0, keepdims=True)"
        )
    return ""


def _column_hint(given: tuple[int, ...], nodes: int) -> str:
    """The same of biases that are a column, in code whose rows of the table are columns."""
    right = "as in np.sum(delta, axis=1, keepdims=True)"
    if given == (nodes,):
        return f"keep the second axis, {right}"
    if len(given) == 1 or (len(given) == 2 and given[0] == 1):
        return f"{given[-1]} is the rows of the table: sum along the other axis, {right}"
    if len(given) == 2 and given[0] == nodes:
        return f"it has a part for each of {given[1]} rows, so add them up, {right}"
    if not given:
        return f"everything was added up; add up the rows only, {right}"
    return ""
