"""Probabilities made as certain as they are right, on rows not trained on: a temperature a target.

The last pre-activations are divided by it (Guo, Pleiss, Sun & Weinberger, 2017), which leaves every
order and every likeliest class as it is, and goes into the members' last weights and biases.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.core.losses import Loss
from glassnet.core.network import Parameters
from glassnet.models.ensemble import Member
from glassnet.models.model import Model
from glassnet.recipe.out_of_fold import OutOfFold
from glassnet.tables.encoding import TableEncoding

CALIBRATED_LOSSES = ("binary_cross_entropy", "categorical_cross_entropy")
"""Those of the log loss itself; another one was chosen for what it does to probabilities."""

HIGHEST = 10.0  # temperature
PENALTY = 10.0  # on the squared logarithm of a temperature, beside the sum of the log losses
OF_ONE_MEMBER = 0.75  # of the logarithm: how far to go where each row is predicted by some members
HALVINGS = 20  # of the range in which it lies


def calibrate(
    model: Model, left_out: OutOfFold | None, by_all_members: bool
) -> tuple[Model, OutOfFold | None]:
    """The model with a temperature for each target of classes, and what it gives for the rows.

    Parameters
    ----------
    model : Model
        As trained.
    left_out : OutOfFold or None
        What its members give for rows that they were not trained on; None: the model stays as it
        is, and so it does where it was trained by another loss than log loss.
    by_all_members : bool
        Whether all members predict each of these rows. If not, only a part of the temperature is
        taken: the mean of all is less certain than they are.
    """
    if left_out is None:
        return model, None
    best = best_temperatures(left_out, model.encoding, model.loss)
    if not best:
        return model, left_out
    part = 1.0 if by_all_members else OF_ONE_MEMBER
    temperatures = tuple(temperature**part for temperature in best)
    factors = _factors(model.encoding, temperatures)
    members = tuple(_scaled(member, factors) for member in model.members)
    record = replace(model.record, temperatures=temperatures)
    return replace(model, members=members, record=record), replace(left_out, z=left_out.z * factors)


def best_temperatures(
    left_out: OutOfFold, encoding: TableEncoding, loss: Loss
) -> tuple[float, ...]:
    """The temperature that suits the rows best, for each target.

    None where the loss is not the log loss, and where no row counts.
    """
    if loss.name not in CALIBRATED_LOSSES or not left_out.weights.any():
        return ()
    truths = encoding.by_target(left_out.y)
    return tuple(
        temperature(z, y, left_out.weights, loss)
        for (_, z), (_, y) in zip(encoding.by_target(left_out.z), truths, strict=True)
    )


def calibrated(left_out: OutOfFold, encoding: TableEncoding, loss: Loss) -> OutOfFold:
    """The rows after the temperatures that suit them best, if there are any."""
    best = best_temperatures(left_out, encoding, loss)
    return replace(left_out, z=left_out.z * _factors(encoding, best)) if best else left_out


def _factors(encoding: TableEncoding, temperatures: Sequence[float]) -> np.ndarray:
    """What each output is multiplied by, K."""
    return 1 / np.repeat(temperatures, [target.width for target in encoding.targets])


def temperature(z: np.ndarray, y: np.ndarray, weight: np.ndarray, loss: Loss) -> float:
    """The temperature t, 1 to HIGHEST, of the smallest loss of z / t, penalised by (log t)^2.

    None below 1: a row that is surprisingly wrong costs more than certainty gains.

    Parameters
    ----------
    z, y : array, N x the outputs of a target
        Pre-activations and encoded targets.
    weight : array of N numbers
        How much each row counts.
    loss : Loss
        Binary or categorical cross-entropy.

    >>> from glassnet.core.losses import LOSSES
    >>> z = np.full((5000, 1), 8.0)  # a probability of 0.9997
    >>> y = np.tile([[1.0]] * 4 + [[0.0]], (1000, 1))  # of rows of which 0.8 are of that class
    >>> t = temperature(z, y, np.ones(5000), LOSSES["binary_cross_entropy"])
    >>> round(float(1 / (1 + np.exp(-8 / t))), 2)
    0.8
    """
    weight = weight[:, None] * weight.sum() / (weight**2).sum()  # N x 1, as of rows that count 1

    def rise(factor: float) -> float:
        """The derivative of the penalised loss by the factor 1 / t."""
        _, delta = loss.value_and_derivative(z * factor, y)
        return float((weight * delta * z).sum()) + 2 * PENALTY * np.log(factor) / factor

    low, high = 1 / HIGHEST, 1.0
    if rise(high) <= 0:
        return 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rise(middle) > 0 else (middle, high)
    return 2 / (low + high)


def _scaled(member: Member, factors: np.ndarray) -> Member:
    """A member whose last pre-activations are times these, K."""
    weights, biases = member.parameters
    dtype = weights[-1].dtype
    last = (weights[-1] * factors).astype(dtype)
    last_bias = tuple((bias * factors).astype(dtype) for bias in biases[-1:])
    return replace(member, parameters=Parameters((*weights[:-1], last), (*biases[:-1], *last_bias)))
