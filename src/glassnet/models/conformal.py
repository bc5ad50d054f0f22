"""What residuals of rows not trained on say of new rows: intervals of numbers, sets of classes.

A new row's residual is as likely to have any rank among those kept as they are among each other
(conformal prediction). How they are found is `recipe/residuals.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from glassnet.errors import GlassnetError, GlassnetWarning, OptionRef, option_error, warn_of
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget

MOST_RESIDUALS = 1000  # of a target that a model keeps; of more, as many of their quantiles
LARGEST_LOG = 600.0  # of a scale; its exponential is a number still


@dataclass(frozen=True, eq=False)
class LocalScale:
    """How large residuals are likely to be where a row lies: exp(x w + b), in the target's unit.

    Parameters
    ----------
    weights : array of D numbers
        One for each encoded input.
    bias : float
    low, high : float
        The range of x w + b that was seen; it is held to it.
    """

    weights: np.ndarray
    bias: float
    low: float
    high: float
    formula: ClassVar[str] = "exp(min(max(e, p), q))"
    """`of`, from e = x w + b, where p is low and q is high."""

    def of(self, x: np.ndarray) -> np.ndarray:
        """The scale of each row, N, for encoded inputs, N x D."""
        # a product by BLAS would round a row by how many others there are
        product = np.einsum("nd,d->n", x, self.weights)
        return np.exp(np.clip(product + self.bias, self.low, self.high))


@dataclass(frozen=True, eq=False)
class Residuals:
    """The residuals of a target, for rows that were not trained on.

    Parameters
    ----------
    values : array of numbers
        Sorted, at most MOST_RESIDUALS. Of a number: (y - prediction) / local scale; of classes: 1 -
        the probability of the row's class.
    scale : LocalScale or None
        None for classes.
    """

    values: np.ndarray
    scale: LocalScale | None = None

    def bounds(self, coverage: float) -> tuple[float, float]:
        """Between which a new residual lies with that chance, half of the rest on either side.

        The ceil(p (n + 1))-th of n on each side, p = (1 + coverage) / 2; infinite where there are
        fewer.
        """
        chance = (1 + coverage) / 2
        return -_quantile(-self.values[::-1], chance), _quantile(self.values, chance)

    def largest(self, coverage: float) -> float:
        """Up to which a new residual is with that chance; infinite where too few are known."""
        return _quantile(self.values, coverage)


def _quantile(values: np.ndarray, chance: float) -> float:
    """The ceil(chance (n + 1))-th smallest of n sorted numbers; infinite where there are fewer."""
    rank = int(np.ceil(chance * (len(values) + 1) - 1e-9))  # up to rounding
    return float(values[rank - 1]) if rank <= len(values) else np.inf


def check_coverage(
    option: str,
    coverage: float,
    residuals: Sequence[Residuals],
    encoding: TableEncoding,
    sets: bool = False,
) -> None:
    """Whether intervals, or sets, of this coverage can be asked of a model.

    Raises OptionError on what is no fraction, GlassnetError where the model has no residuals, or
    its targets are of the other kind; warns (GlassnetWarning) where it has too few.
    """
    if not isinstance(coverage, (int, float)) or not 0 < coverage < 1:
        raise option_error(option, "must be above 0 and below 1", coverage)
    numbers = encoding.task == "regression"
    if numbers == sets:
        kind = "numbers" if numbers else "classes"
        other = "sets are of classes" if numbers else "intervals are of numbers"
        raise GlassnetError(f"this model predicts {kind}, but {other}")
    if not residuals:
        raise GlassnetError(
            "this model knows no residuals of rows that it was not trained on",
            remedy=[
                "train it by `glassnet train` (in Python train_table), with several ",
                OptionRef("members"),
                ", or ",
                OptionRef("validation"),
                "; the article's program (`glassnet demo`) holds no rows back",
            ],
        )
    warn_of(_notices_of_few(coverage, residuals, encoding))


def _notices_of_few(
    coverage: float, residuals: Sequence[Residuals], encoding: TableEncoding
) -> Iterator[GlassnetWarning]:
    sides = 2 if encoding.task == "regression" else 1
    needed = int(np.ceil(sides / (1 - coverage) - 1 - 1e-9))
    for target, known in zip(encoding.targets, residuals, strict=True):
        if len(known.values) < needed:
            what = "interval is infinite" if sides == 2 else "set holds every class"
            yield GlassnetWarning(
                f"target '{target.name}': for a coverage of {coverage:g} residuals of "
                f"{needed:,} rows are needed, and {len(known.values):,} are known: every {what}"
            )


def intervals(
    encoding: TableEncoding,
    residuals: Sequence[Residuals],
    x: np.ndarray,
    output: np.ndarray,
    coverage: float,
) -> np.ndarray:
    """The low and high end of each row's and target's interval, N x targets x 2.

    Parameters
    ----------
    encoding : TableEncoding
        Its targets are numbers.
    residuals : sequence of Residuals
        One a target.
    x, output : array, N x D and N x K
        Encoded inputs, and what the model gives for them.
    coverage : float
        How many of the true values the intervals are to hold.
    """
    found = []
    for (target, part), known in zip(encoding.by_target(output), residuals, strict=True):
        assert known.scale is not None
        ends = np.outer(known.scale.of(x), known.bounds(coverage))  # N x 2
        found.append(target.decode(part)[:, None] + ends)
    return np.stack(found, axis=1)


def class_sets(
    encoding: TableEncoding, residuals: Sequence[Residuals], output: np.ndarray, coverage: float
) -> list[np.ndarray]:
    """Of each target which classes are in the set of each row, N x classes booleans.

    Those whose probability is at least 1 - the largest residual (least ambiguous sets: Sadinle, Lei
    & Wasserman 2019); and the likeliest and the predicted one, so that no set is empty.
    """
    found = []
    for (target, part), known in zip(encoding.by_target(output), residuals, strict=True):
        assert isinstance(target, ClassTarget)
        found.append(class_set(target, target.probabilities(part), known.largest(coverage)))
    return found


def class_set(target: ClassTarget, probabilities: np.ndarray, largest: float) -> np.ndarray:
    """Which classes are in the set of each row, N x classes booleans, as in `class_sets`.

    `probabilities` are N x classes, `largest` is the largest residual.
    """
    chosen = 1 - probabilities <= largest
    for always in (probabilities.argmax(axis=1), target.predicted(probabilities)):
        chosen[np.arange(len(chosen)), always] = True
    return chosen
