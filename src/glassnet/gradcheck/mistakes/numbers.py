"""What a wrong gradient tells by its shapes and numbers alone: a sign, a factor, a transpose, a penalty left out.

Nothing is known here of the network that it is the gradient of; what can be told with it lives in `planted.py`. Only what fits
every number is named.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isclose
from typing import NamedTuple

import numpy as np

from glassnet.core.arrays import Array
from glassnet.errors import GlassnetError

NEAR = 1e-6  # relative to an array's largest number


class Slopes(NamedTuple):
    """One array of a gradient: `given`, the `right` one (NaN where not measured), and the `parameter`; all of one shape."""

    name: str
    given: Array
    right: Array
    parameter: Array


def same(given: Array, wanted: Array, slack: float) -> bool:
    """Whether two arrays agree wherever `wanted` is a number, to NEAR of its largest and `slack` besides.

    >>> same(np.array([1.0, 5.0]), np.array([1.0, np.nan]), slack=0.0), same(np.ones(1), np.zeros(1), slack=0.0)
    (True, False)
    """
    known = ~np.isnan(wanted)
    wanted = wanted[known]
    return bool(
        np.all(np.abs(given[known] - wanted) <= NEAR * np.max(np.abs(wanted), initial=0) + slack)
    )


def common_factor(given: Sequence[Array], wanted: Sequence[Array], slack: float) -> float | None:
    """The number r for which each given array is r times the wanted one, or None where there is none.

    Fewer than three numbers that stand out are easily some multiple of others; then r must be 0, a whole number or one over it.

    >>> common_factor([np.array([-2.0, -4.0, -6.0])], [np.array([4.0, 8.0, 12.0])], slack=0.0)
    -0.5
    """
    g, w = (
        np.concatenate([a[~np.isnan(b)] for a, b in zip(arrays, wanted, strict=True)])
        for arrays in (given, wanted)
    )
    telling = sum(
        int(np.sum(np.abs(b) > 10_000 * (NEAR * np.nanmax(np.abs(b)) + slack)))
        for b in wanted
        if not np.all(np.isnan(b))
    )
    if not telling or not np.all(np.isfinite([g, w])):
        return None
    largest = np.max(np.abs(w))
    r = float(g / largest @ (w / largest) / np.sum((w / largest) ** 2))
    if not all(same(a, r * b, slack) for a, b in zip(given, wanted, strict=True)):
        return None
    simple = [
        s
        for s in (float(round(r)), r and 1 / (round(1 / r) or 1))
        if isclose(r, s, rel_tol=1e-5, abs_tol=1e-9)
    ]
    if simple and (simple[0] == 0 or 1e-3 <= abs(simple[0]) <= 1e3):
        return simple[0]
    return r if telling > 2 else None


def factor_words(r: float, sizes: Mapping[str, int]) -> str:
    """What is wrong with a gradient that is r times the right one; `sizes` are numbers that r may come from, by name.

    >>> factor_words(-0.5, {"rows": 4})
    'has the wrong sign (it is minus the gradient: the step, not the slope) and lacks a factor 2 (of the derivative of a square?)'
    >>> factor_words(4, {"rows": 4})
    'is 4 times too large, 4 being the number of rows (a sum where the loss is a mean)'
    """
    if r == 0:
        return "is all zeros"
    sign = (
        ["has the wrong sign (it is minus the gradient: the step, not the slope)"] if r < 0 else []
    )
    return " and ".join([*sign, *([] if abs(r) == 1 else [_size_words(abs(r), sizes)])])


def _size_words(r: float, sizes: Mapping[str, int]) -> str:
    twos = {
        1.0: "",
        0.5: "lacks a factor 2 (of the derivative of a square?)",
        2.0: "has a factor 2 too many (the loss has a half?)",
    }
    counts = {(1.0, ""): ""}
    for name, n in sizes.items():
        counts[n, name] = (
            f"is {n} times too large, {n} being the number of {name} (a sum where the loss is a mean)"
        )
        counts[1 / n, name] = (
            f"is {n} times too small, {n} being the number of {name} (a mean where the loss is a sum, or divided by them twice)"
        )
    fitting = [
        [words for words in (two, count) if words]
        for (n, _), count in counts.items()
        for factor, two in twos.items()
        if isclose(factor * n, r, rel_tol=1e-5)
    ]
    fewest = min(map(len, fitting), default=0)
    if fitting:
        return " or ".join(
            dict.fromkeys(" and ".join(words) for words in fitting if len(words) == fewest)
        )
    if r > 1 and r == round(r):
        return f"is {r:.0f} times too large (a sum where the loss is a mean over {r:.0f}?)"
    if r < 1 and isclose(1 / r, round(1 / r), rel_tol=1e-5):
        return f"is {1 / r:.0f} times too small (a mean over {1 / r:.0f} where the loss is a sum, or a learning rate of {r:g} in it?)"
    return f"is multiplied by {r:.6g}{' (a learning rate?)' if r < 1 else ''}"


def from_numbers(arrays: Sequence[Slopes], slack: float, sizes: Mapping[str, int]) -> str:
    """What the numbers of a wrong gradient tell of the mistake, in words; "" where they tell nothing.

    Parameters
    ----------
    arrays : all arrays of the gradient.
    slack : how far the right slopes may be off, as they are measured.
    sizes : numbers that a factor may come from, by name, as in {"rows": 4}.
    """
    r = common_factor([a.given for a in arrays], [a.right for a in arrays], slack)
    if r is not None:
        return "" if r == 1 else f"the gradient {factor_words(r, sizes)}"
    if any(
        np.any(np.isnan(a.right)) for a in arrays
    ):  # an array can be called right only where all of it is known
        return ""
    return _penalty(arrays, slack) or _each(arrays, slack, sizes)


def _penalty(arrays: Sequence[Slopes], slack: float) -> str:
    """Where every array is right but for one multiple of the parameters, or of their signs."""
    wrong = [a for a in arrays if not same(a.given, a.right, slack)]
    for norm, words, slope in (
        ("L2", "times the weights", np.asarray),
        ("L1", "times the weights' signs", np.sign),
    ):
        gaps, slopes = [a.given - a.right for a in wrong], [slope(a.parameter) for a in wrong]
        r = (
            common_factor(gaps, slopes, slack * 10)
            if sum(a.given.size for a in wrong) > 2
            else None
        )
        if r:
            fault = (
                "is missing: add"
                if r < 0
                else "is there but not in the loss, or counted twice: take away"
            )
            return f"the slope of an {norm} penalty in {_list(wrong)} {fault} {abs(r):.6g} {words}"
    return ""


def _each(arrays: Sequence[Slopes], slack: float, sizes: Mapping[str, int]) -> str:
    """Each array alone: which are right, and what is wrong with the others, where it can be told."""
    found: dict[str, list[Slopes]] = {}
    for a in arrays:
        found.setdefault(_alone(a, arrays, slack, sizes), []).append(a)
    if set(found) <= {"is wrong"} or set(found) == {"is right"}:
        return ""
    words = "; ".join(f"the gradient of {_list(some)} {what}" for what, some in found.items())
    return words + _way_back(arrays, found)


def _alone(a: Slopes, arrays: Sequence[Slopes], slack: float, sizes: Mapping[str, int]) -> str:
    if same(a.given, a.right, slack):
        return "is right"
    r = common_factor([a.given], [a.right], slack)
    if r not in (None, 1):
        return factor_words(r, sizes)
    if a.right.ndim == 2 and same(a.given, a.right.T.reshape(a.right.shape), slack):
        square = a.right.shape[0] == a.right.shape[1]
        return (
            "is the transpose of the right one"
            if square
            else "has its numbers in the wrong places: turn it with .T, not reshape"
        )
    for other in arrays:
        if (
            other is not a
            and other.right.shape == a.given.shape
            and same(a.given, other.right, slack)
        ):
            return f"is that of {other.name}"
    return "is wrong"


def _way_back(arrays: Sequence[Slopes], found: Mapping[str, list[Slopes]]) -> str:
    """Where the last layers are right and all before them wrong, the step back between them is to be looked at."""
    weights, biases = ([a for a in arrays if a.given.ndim == n] for n in (2, 1))
    chained = all(a.given.shape[1] == b.given.shape[0] for a, b in pairwise(weights))
    if (
        set(found) != {"is right", "is wrong"}
        or not chained
        or len(biases) not in (0, len(weights))
    ):
        return ""
    layer = {id(a): i + 1 for some in (weights, biases) for i, a in enumerate(some)}
    last, first = (
        max(layer[id(a)] for a in found["is wrong"]),
        min(layer[id(a)] for a in found["is right"]),
    )
    if first != last + 1:
        return ""
    return f": look at the step back from layer {first} to layer {last}, delta{last} = (delta{first} @ W{first}.T) * slope{last}"


def _list(arrays: Sequence[Slopes]) -> str:
    return ", ".join(a.name or "the array" for a in arrays)


def check_same_shapes(
    names: Sequence[str], arrays: Sequence[Array], grads: Sequence[Array]
) -> None:
    """Raises GlassnetError, with the likely reason, unless each gradient has its parameter's shape and those are float64."""
    if len(arrays) != len(grads):
        raise GlassnetError(
            f"the gradient has {len(grads)} arrays, the parameters have {len(arrays)}"
        )
    shapes = [
        (tuple(grad.shape), tuple(array.shape)) for grad, array in zip(grads, arrays, strict=True)
    ]
    for name, array, (given, wanted) in zip(names, arrays, shapes, strict=True):
        if given != wanted:
            order = sorted(g for g, _ in shapes) == sorted(w for _, w in shapes)
            hint = (
                "the arrays look to be in another order than the parameters"
                if order
                else _shape_words(given, wanted)
            )
            raise GlassnetError(
                f"the gradient of {name or 'the array'} has shape {given}, the parameter {wanted}{': ' if hint else ''}{hint}"
            )
        if np.asarray(array).dtype != np.float64:
            raise GlassnetError(
                f"{name or 'the array'} is {np.asarray(array).dtype}: a gradient check needs float64"
            )


def _shape_words(given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if len(wanted) == 2 and given == wanted[::-1]:
        return "it looks like the transpose, so turn it over with .T, or write a.T @ delta"
    if len(given) > len(wanted) and given[0] == 1 and given[1:] == wanted:
        return "drop the first axis, as in np.sum(delta, axis=0) without keepdims"
    if len(given) > len(wanted) and given[1:] == wanted:
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
