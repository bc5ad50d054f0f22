"""What a training is given, checked and made into arrays of one dtype.

A message names the argument, what was found, and the fix. Checks that need neither the network nor
the rows are in `options.py`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.core.arrays import real_array
from glassnet.core.initializers import DTYPES
from glassnet.core.network import Network, Parameters, check_shapes, leaves, masked, unflatten
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, option_error, shown
from glassnet.gradcheck.custom import check_custom
from glassnet.settings import (
    FROM_0_TO_BELOW_1,
    NOT_NEGATIVE,
    check_type,
    items_of,
    number_or_nan,
)
from glassnet.training.options import TrainingOptions
from glassnet.training.packed import PackedRows
from glassnet.training.problem import Data, Problem
from glassnet.training.schedules import Floats

FLOATS = {np.dtype(name) for name in DTYPES}
ANY_NUMBER = (float("-inf"), float("inf"))


def checked_problem(
    network: Network,
    start: Parameters,
    x: Any,
    y: Any,
    options: TrainingOptions,
    sample_weight: Any = None,
    validation: tuple[Any, ...] | None = None,
) -> Problem:
    """A training, its rows in the dtype of its start.

    Parameters
    ----------
    network : Network
        What is trained. Custom functions are compared with central differences.
    start : Parameters
        Where it begins, checked.
    x, y, sample_weight : array_like
        N x D, N x K (or N), and N or None.
    options : TrainingOptions
        How it is trained.
    validation : tuple, optional
        (x, y) or (x, y, sample_weight) of the validation rows.

    Returns
    -------
    Problem

    Raises
    ------
    GlassnetError
        On rows that do not fit the network, and a custom function whose derivative is wrong.
    """
    dtype = start.weights[0].dtype
    data = checked_data(network, x, y, sample_weight, dtype)
    check_custom(network, data.y)
    return Problem(network, data, checked_validation(network, validation, dtype), options)


def checked_data(
    network: Network,
    x: Any,
    y: Any,
    sample_weight: Any = None,
    dtype: Any = "float64",
    name: str = "",
) -> Data:
    """x, y and row weights as checked arrays of one dtype.

    Parameters
    ----------
    network : Network
        Its sizes are the numbers of columns, its loss knows which targets it takes.
    x, y, sample_weight : array_like
        N x D, N x K (or N where K = 1), and N or None.
    dtype : dtype
        Of the arrays.
    name : str
        Goes before their names in messages.

    Raises
    ------
    GlassnetError
        On what is no number, not finite, or of another shape.
    """
    if not _is_packed(x, network.sizes[0], dtype):
        x = _matrix(x, network.sizes[0], f"{name}x", dtype)
    y = _matrix(y, network.sizes[-1], f"{name}y", dtype)
    if len(x) != len(y) or len(x) == 0:
        raise GlassnetError(
            f"{name}x has {len(x)} rows and {name}y has {len(y)}: "
            "give one row of y for each row of x, at least one"
        )
    _check_targets(network, y, name)
    if sample_weight is None:
        return Data(x, y)
    return Data(x, y, _row_weights(sample_weight, len(x), f"{name}sample_weight", dtype))


def _is_packed(x: Any, columns: int, dtype: Any) -> bool:
    """Whether x is packed rows that can be taken as they are."""
    if not isinstance(x, PackedRows):
        return False
    return (x.shape[1], x.dtype) == (columns, dtype) and x.is_finite


def _check_targets(network: Network, y: Floats, name: str) -> None:
    low, high = network.loss.targets
    if (low, high) == ANY_NUMBER or (y.min() >= low and y.max() <= high):
        return
    odd = y.min() if y.min() < low else y.max()
    raise GlassnetError(
        f"{name}y holds {odd:g}, but loss '{network.loss.name}' takes targets "
        f"from {low:g} to {high:g} only"
    )


def _row_weights(values: Any, rows: int, name: str, dtype: Any) -> Floats:
    w = real_array(values, name, dtype)
    if w.shape != (rows,) or not all_finite(w) or (w < 0).any() or not w.any():
        raise GlassnetError(
            f"{name} must be {rows} numbers of 0 or more, not all 0; "
            f"got an array of shape {w.shape}"
        )
    return w


def checked_validation(
    network: Network, validation: tuple[Any, ...] | None, dtype: Any
) -> Data | None:
    """The validation rows, from (x, y) or (x, y, sample_weight)."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) not in (2, 3):
        raise GlassnetError(
            "validation must be (x, y) or (x, y, sample_weight)", option="validation"
        )
    return checked_data(network, *validation, dtype=dtype, name="validation ")


def all_finite(array: Floats) -> bool:
    """Whether no number is NaN or infinite."""
    return bool(np.logical_and.reduce(np.isfinite(array), axis=None))


def _matrix(values: Any, columns: int, name: str, dtype: Any) -> Floats:
    matrix = real_array(values, name, dtype)
    if matrix.ndim == 1 and columns == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise GlassnetError(
            f"{name} has shape {matrix.shape}, but the network needs {columns} columns"
        )
    if not all_finite(matrix):
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise GlassnetError(
            f"{name} holds {matrix[row, column]} in row {row}, column {column}: "
            "remove or replace what is not finite"
        )
    return matrix


def checked_start(
    network: Network, parameters: Parameters, weight_masks: Sequence[Any] = ()
) -> tuple[Parameters, tuple[Floats, ...]]:
    """Where a training starts.

    Parameters
    ----------
    network : Network
        What is trained.
    parameters : Parameters
        Its weights and biases, all of one dtype.
    weight_masks : sequence of array_like
        A matrix for each weight matrix, 1 where a weight is trained and 0 where it stays 0.

    Returns
    -------
    start : Parameters
        NumPy arrays, with masked weights at 0.
    masks : tuple of array
        The masks in the same dtype.

    Raises
    ------
    GlassnetError
        On shapes that do not fit, several dtypes, and what is not finite.
    """
    check_shapes(network, parameters)
    arrays = [
        real_array(w, "parameters", getattr(w, "dtype", np.float64)) for w in leaves(parameters)
    ]
    start = unflatten(arrays, parameters)
    dtypes = {w.dtype for w in leaves(start)}
    if len(dtypes) > 1 or not dtypes <= FLOATS:
        found = ", ".join(sorted(map(str, dtypes)))
        raise GlassnetError(f"parameters must all be float64 or all float32, got {found}")
    if not all(map(all_finite, leaves(start))):
        raise GlassnetError(
            "the starting parameters hold NaN or infinity: start from finite numbers"
        )
    given = items_of(weight_masks)
    if given is None:
        raise option_error("weight_masks", "must be a list of matrices", weight_masks)
    if not given:
        return start, ()
    dtype = start.weights[0].dtype
    masks = tuple(real_array(mask, "weight_masks", dtype) for mask in given)
    shapes = tuple(mask.shape for mask in masks)
    if shapes != network.shapes:
        raise GlassnetError(
            f"weight_masks of shapes {list(shapes)} do not fit weights "
            f"of shapes {list(network.shapes)}"
        )
    if not all(np.isin(mask, (0, 1)).all() for mask in masks):
        raise GlassnetError("weight_masks must hold 0 (no weight) and 1 (trained) only")
    return start._replace(weights=masked(start.weights, masks)), masks


def checked_multipliers(start: Parameters, multipliers: Parameters | None) -> tuple[float, ...]:
    """One number for each array, in the order of `leaves`; () where none are given."""
    if multipliers is None:
        return ()
    check_type("multipliers", multipliers, Parameters, "Parameters(weights, biases)")
    arrays = len(leaves(start))
    given = tuple(number_or_nan(m) for m in leaves(multipliers))
    if len(given) != arrays or not all(map(NOT_NEGATIVE.holds, given)):
        raise GlassnetError(
            f"multipliers must be one number of 0 or more for each of {arrays} arrays, "
            f"got {shown(multipliers)}"
        )
    return given


def checked_penalty(penalty: Penalty | None) -> Penalty | None:
    """The penalty, or None where it adds nothing."""
    if penalty is None:
        return None
    check_type("penalty", penalty, Penalty, "Penalty(l2=..., l1=...)")
    return penalty if any(penalty) else None


def checked_dropout(network: Network, dropout: float | Sequence[float]) -> tuple[float, ...]:
    """One rate for each hidden layer, from one number for all or a number for each."""
    hidden = len(network.sizes) - 2
    given = items_of(dropout)
    rates = tuple(map(number_or_nan, (dropout,) if given is None else given))
    fits = given is None or len(rates) == hidden
    if not fits or not all(map(FROM_0_TO_BELOW_1.holds, rates)):
        raise option_error(
            "dropout",
            f"must be from 0 to below 1, one number or one for each of {hidden} hidden layers",
            dropout,
        )
    return rates * hidden if given is None else rates
