"""What members give for the rows that they were not trained on: what all choices look at.

Settings (`search.py`), the threshold (`threshold.py`) and whatever else is fitted to a trained
model's outputs look at nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.core.network import Network
from glassnet.models.ensemble import Member, pre_activations_of
from glassnet.recipe.encode import ENCODED_NUMBERS
from glassnet.recipe.folds import Split
from glassnet.recipe.rows import EncodedRows
from glassnet.training.packed import PackedRows

HASHED_NUMBERS = 100_000  # at a time: they stay in the processor's cache
HALF = np.uint64(32)  # of a number's bits
ODD = np.uint64(0xFF51AFD7ED558CCD)  # of MurmurHash3's last step (Austin Appleby, public domain)


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions for rows that were not trained on, and their truth.

    Parameters
    ----------
    z : array, N x K
        The mean last pre-activations of the members that were not trained on the row.
    y : array, N x K
        Its encoded targets.
    sample_weight : array of N numbers, or None
        How much it counts.
    row : array of N int
        Its number among the training rows, or among those of the validation where these are
        predicted, from 0.
    """

    z: np.ndarray
    y: np.ndarray
    sample_weight: np.ndarray | None
    row: np.ndarray

    @property
    def n_rows(self) -> int:
        """N."""
        return len(self.row)

    @property
    def weights(self) -> np.ndarray:
        """How much each row counts, N: 1 where all count the same."""
        return np.ones(self.n_rows) if self.sample_weight is None else self.sample_weight

    def take(self, chosen: np.ndarray) -> "OutOfFold":
        """Some of the rows, by their place here or by booleans."""
        weight = None if self.sample_weight is None else self.sample_weight[chosen]
        return OutOfFold(self.z[chosen], self.y[chosen], weight, self.row[chosen])

    def output(self, network: Network) -> np.ndarray:
        """The outputs, N x K: the mean pre-activations through the network's last activation."""
        return np.asarray(network.output.value(self.z), np.float64)

    def losses(self, network: Network) -> np.ndarray:
        """The loss of each row, N: the network's, without penalty."""
        loss = network.loss
        prediction = self.z if loss.output is not None else network.output.value(self.z)
        setting = () if loss.setting is None else (loss.setting,)
        value, _ = loss.value_and_derivative(prediction, self.y, *setting)
        return np.asarray(value, np.float64).sum(axis=1)


def out_of_fold(
    members: Sequence[Member],
    rows: EncodedRows,
    validation: EncodedRows | None,
    splits: Sequence[Split],
) -> OutOfFold | None:
    """Judge members on the rows that they were not trained on.

    Parameters
    ----------
    members : sequence of Member
        The trained networks.
    rows : EncodedRows
        The rows that the splits' numbers point into.
    validation : EncodedRows or None
        Rows that no member was trained on; then all members predict these.
    splits : sequence of Split
        One a member; there may be more splits than members, where Ctrl-C ended the run.

    Returns
    -------
    OutOfFold or None
        None where every row was trained on by all members.
    """
    if validation is not None:
        z = _predicted(members, validation)
        everything = np.arange(len(validation.y))
        return OutOfFold(z, validation.y, validation.sample_weight, everything)
    total = np.zeros(rows.y.shape)  # N x K
    predictors = np.zeros(len(rows.y), int)
    for member, split in zip(members, splits, strict=False):
        left_out = np.ones(len(rows.y), bool)
        left_out[split.train] = False
        number = np.flatnonzero(left_out)
        if len(number):
            total[number] += _predicted([member], rows.take(number))
            predictors[number] += 1
    row = np.flatnonzero(predictors)
    if not len(row):
        return None
    weight = None if rows.sample_weight is None else rows.sample_weight[row]
    return OutOfFold(total[row] / predictors[row, None], rows.y[row], weight, row)


def unlike_those_trained_on(rows: EncodedRows, splits: Sequence[Split]) -> np.ndarray:
    """Whether the inputs of a row are in no split that trained without it, N booleans.

    All are where most rows that share their inputs do not all share the targets: no copies, but
    rows of a table whose inputs take few values, as new rows' will.
    """
    group = _groups(_hashes(rows.x))
    unlike = np.ones(len(group), bool)
    groups = int(group.max()) + 1
    if groups == len(group) or _differ(group, _groups(_hashes(rows.y))):
        return unlike
    for split in splits:
        trained = np.zeros(groups, bool)
        trained[group[split.train]] = True
        left_out = np.ones(len(group), bool)
        left_out[split.train] = False
        unlike &= ~(left_out & trained[group])
    return unlike


def _hashes(x: np.ndarray | PackedRows) -> np.ndarray:
    """A number for each row of N, the same for the same numbers; -0.0 is 0.0.

    The sum of a row's mixed bits, each times a drawn factor: two rows of a million that differ have
    the same with a chance of about 1e-8.
    """
    arrays = (x.plain, x.index, x.value) if isinstance(x, PackedRows) else (x,)
    drawn = np.random.default_rng(0)
    total = np.zeros(len(x), np.uint64)
    for array in arrays:
        factors = drawn.integers(2**64, size=array.shape[1], dtype=np.uint64)
        size = max(1, HASHED_NUMBERS // max(1, array.shape[1]))
        for first in range(0, len(array), size):
            rows = slice(first, first + size)
            total[rows] += _mixed_bits(array[rows]) @ factors
    return total


def _mixed_bits(x: np.ndarray) -> np.ndarray:
    """The bits of each number, in which every one depends on all: the same only for the same."""
    bits = (np.asarray(x, np.float64) + 0.0).view(np.uint64)  # + 0.0 makes 0.0 of -0.0
    bits ^= bits >> HALF
    bits *= ODD
    bits ^= bits >> HALF
    return bits


def _groups(numbers: np.ndarray) -> np.ndarray:
    """The group of each row, N: from 0, one for each different number."""
    return np.unique(numbers, return_inverse=True)[1]


def _differ(inputs: np.ndarray, targets: np.ndarray) -> bool:
    """Whether most rows in an input group of several are in one of several target groups."""
    of_targets = int(targets.max()) + 1
    pairs = np.unique(inputs * of_targets + targets)
    several = np.bincount(inputs)[inputs] > 1
    mixed = np.bincount(pairs // of_targets)[inputs] > 1
    return bool(mixed.sum() > several.sum() / 2)


def _predicted(members: Sequence[Member], rows: EncodedRows) -> np.ndarray:
    """The mean last pre-activations, N x K, block by block."""
    predict = pre_activations_of(members)
    parts = [predict(block) for block in _blocks(rows)]
    return np.concatenate(parts)


def _blocks(rows: EncodedRows) -> Iterator[np.ndarray]:
    """The inputs of some rows at a time, float64."""
    size = max(1, ENCODED_NUMBERS // rows.x.shape[1])
    for first in range(0, len(rows.x), size):
        yield np.ascontiguousarray(rows.x[first : first + size], np.float64)
