"""What train() is given, checked and made into arrays of one dtype; a message names the argument, what was found, and the fix."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.core.initializers import DTYPES
from glassnet.core.network import Network, Parameters, leaves, masked, unflatten
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.training.problem import Data, Floats

FLOATS = {np.dtype(name) for name in DTYPES}
ANY_NUMBER = (float("-inf"), float("inf"))


def checked_data(
    network: Network,
    x: Any,
    y: Any,
    sample_weight: Any = None,
    dtype: Any = "float64",
    name: str = "",
) -> Data:
    """x, y and row weights as checked arrays of one dtype; `name` goes before them in messages. Raises GlassnetError."""
    x = _matrix(x, network.sizes[0], f"{name}x", dtype)
    y = _matrix(y, network.sizes[-1], f"{name}y", dtype)
    if len(x) != len(y) or len(x) == 0:
        raise GlassnetError(
            f"{name}x has {len(x)} rows and {name}y has {len(y)}: give one row of y for each row of x, at least one"
        )
    low, high = network.loss.targets
    if (low, high) != ANY_NUMBER and (y.min() < low or y.max() > high):
        odd = y.min() if y.min() < low else y.max()
        raise GlassnetError(
            f"{name}y holds {odd:g}, but loss '{network.loss.name}' takes targets from {low:g} to {high:g} only"
        )
    if sample_weight is None:
        return Data(x, y)
    w = _numbers(sample_weight, f"{name}sample_weight", dtype)
    if w.shape != (len(x),) or not all_finite(w) or (w < 0).any() or not w.any():
        raise GlassnetError(
            f"{name}sample_weight must be {len(x)} numbers of 0 or more, not all 0; got an array of shape {w.shape}"
        )
    return Data(x, y, w)


def checked_validation(
    network: Network, validation: tuple[Any, ...] | None, dtype: Any
) -> Data | None:
    """The rows to judge by, from (x, y) or (x, y, sample_weight)."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) not in (2, 3):
        raise GlassnetError("validation must be (x, y) or (x, y, sample_weight)")
    return checked_data(network, *validation, dtype=dtype, name="validation ")


def all_finite(array: Floats) -> bool:
    """Whether no number is NaN or infinite."""
    return bool(np.logical_and.reduce(np.isfinite(array), axis=None))


def _numbers(values: Any, name: str, dtype: Any) -> Floats:
    try:
        if dtype == np.float64:
            return np.asarray(values, dtype, order="C")
        with np.errstate(
            over="ignore"
        ):  # what float32 cannot hold becomes infinite, and is named later
            return np.asarray(values, dtype, order="C")
    except (TypeError, ValueError) as error:
        raise GlassnetError(f"{name} must be numbers: {error}") from None


def _matrix(values: Any, columns: int, name: str, dtype: Any) -> Floats:
    matrix = _numbers(values, name, dtype)
    if matrix.ndim == 1 and columns == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise GlassnetError(
            f"{name} has shape {matrix.shape}, but the network needs {columns} columns"
        )
    if not all_finite(matrix):
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise GlassnetError(
            f"{name} holds {matrix[row, column]} in row {row}, column {column}: remove or replace what is not finite"
        )
    return matrix


def checked_start(
    network: Network, parameters: Parameters, masks: tuple[Floats, ...]
) -> Parameters:
    """The parameters to start from as NumPy arrays, with masked weights at nothing."""
    start = unflatten([np.asarray(w) for w in leaves(parameters)], parameters)
    dtypes = {w.dtype for w in leaves(start)}
    if len(dtypes) > 1 or not dtypes <= FLOATS:
        raise GlassnetError(
            f"parameters must all be float64 or all float32, got {', '.join(sorted(map(str, dtypes)))}"
        )
    if not all(map(all_finite, leaves(start))):
        raise GlassnetError(
            "the starting parameters hold NaN or infinity: start from finite numbers"
        )
    if not masks:
        return start
    if tuple(m.shape for m in masks) != network.shapes:
        raise GlassnetError(
            f"weight_masks of shapes {[m.shape for m in masks]} do not fit weights of shapes {list(network.shapes)}"
        )
    if not all(np.isin(m, (0, 1)).all() for m in masks):
        raise GlassnetError("weight_masks must hold 0 (no weight) and 1 (trained) only")
    return start._replace(weights=masked(start.weights, masks))


def checked_multipliers(start: Parameters, multipliers: Parameters | None) -> tuple[float, ...]:
    """One number for each array, in the order of `leaves`."""
    if multipliers is None:
        return (1.0,) * len(leaves(start))
    given = tuple(float(m) for m in leaves(multipliers))
    if len(given) != len(leaves(start)) or not all(0 <= m < float("inf") for m in given):
        raise GlassnetError(
            f"multipliers must be one number of 0 or more for each of {len(leaves(start))} arrays, got {given}"
        )
    return given


def checked_penalty(penalty: Penalty | None) -> Penalty | None:
    """The penalty, or None where it adds nothing."""
    if penalty is not None and not isinstance(penalty, Penalty):
        raise GlassnetError(f"penalty must be Penalty(l2=..., l1=...), got {penalty!r}")
    for name, value in (penalty or Penalty())._asdict().items():
        if not 0 <= value < float("inf"):
            raise GlassnetError(f"{name} must be 0 or more, got {value}")
    return penalty if penalty and any(penalty) else None


def checked_dropout(network: Network, dropout: float | Sequence[float]) -> tuple[float, ...]:
    """One rate for each hidden layer."""
    hidden = len(network.sizes) - 2
    plain = isinstance(dropout, (int, float))
    given = (
        (float(dropout),)
        if plain
        else tuple(_numbers(dropout, "dropout", "float64").ravel().tolist())
    )
    rates = given * hidden if plain or np.ndim(dropout) == 0 else given
    if len(rates) != hidden or not all(0 <= rate < 1 for rate in given):
        raise GlassnetError(
            f"dropout must be from 0 to below 1, one number or one for each of {hidden} hidden layers; got {dropout}"
        )
    return rates
