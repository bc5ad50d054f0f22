"""Which settings are tried: drawn or of a grid, with depth and width as plain numbers."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.pipeline import Pipeline

from glassnet.errors import GlassnetError, shown
from glassnet.searches.space import SHAPE
from glassnet.settings import is_whole

HIDDEN_SIZES = "hidden_layer_sizes"


class SampledParameters(NamedTuple):
    """Settings to try."""

    parameters: dict[str, Any]
    """As `set_params` of the estimator takes them."""
    shape: dict[str, int]
    """Of depth and width those that were drawn, by their name in the distributions."""


def network_prefix(estimator: Any) -> str:
    """What the names of the network's parameters begin with: in a pipeline its last step's name."""
    return f"{estimator.steps[-1][0]}__" if isinstance(estimator, Pipeline) else ""


def grid(estimator: Any, distributions: Any) -> list[SampledParameters]:
    """Every combination of values."""
    return list(_candidates(estimator, ParameterGrid(distributions)))


def drawn(
    estimator: Any, distributions: Any, count: int, random_state: Any
) -> list[SampledParameters]:
    """So many combinations drawn at random; all where there are fewer."""
    sampler = ParameterSampler(distributions, count, random_state=random_state)
    return list(_candidates(estimator, sampler))


def _candidates(
    estimator: Any, combinations: Iterable[dict[str, Any]]
) -> Iterator[SampledParameters]:
    prefix = network_prefix(estimator)
    names = [prefix + name for name in SHAPE]
    for combination in combinations:
        shape = {name: combination[name] for name in names if name in combination}
        others = {name: value for name, value in combination.items() if name not in shape}
        if not shape:
            yield SampledParameters(others, {})
            continue
        if prefix + HIDDEN_SIZES in others:
            raise GlassnetError(
                f"the distributions give {' and '.join(shape)} beside {prefix}{HIDDEN_SIZES}",
                remedy="give the one or the other",
            )
        for name, value in shape.items():
            if not is_whole(value) or value < 1:
                raise GlassnetError(
                    f"{name} must be whole numbers of 1 or more, got {shown(value)}"
                )
        shape = {name: int(value) for name, value in shape.items()}
        before = _sizes_of(estimator.get_params(), prefix)
        depth = shape.get(names[0], len(before))
        width = shape.get(names[1], before[0] if before else 0)
        if not width:
            raise GlassnetError(
                f"the distributions give {names[0]} alone, and the estimator has no "
                f"{HIDDEN_SIZES} that says how wide the layers are",
                remedy=f"give {names[1]} too",
            )
        yield SampledParameters({**others, prefix + HIDDEN_SIZES: (width,) * depth}, shape)


def _sizes_of(parameters: dict[str, Any], prefix: str) -> list[int]:
    """The hidden layers that an estimator has; [] where it leaves them open."""
    sizes = parameters.get(prefix + HIDDEN_SIZES)
    return [] if sizes is None else np.ravel(sizes).tolist()
