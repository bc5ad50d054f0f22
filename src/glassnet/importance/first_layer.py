"""Networks cut behind their first layer, for all that changes a column or two at a time.

The first layer's pre-activations are a sum over the columns, so a column whose cells change costs
its own features and the layers behind, however many other columns there are. No measure lives here.
"""

from collections.abc import Callable

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.importance.networks import feature_slices
from glassnet.models.ensemble import Member, vote_fractions
from glassnet.models.model import Model
from glassnet.tables.columns import Column, Table
from glassnet.tables.inputs import check_kind
from glassnet.training.engines.registry import choose
from glassnet.training.problem import Floats, as_dtype

NUMBERS_AT_WORK = 1_000_000  # numbers of a layer at work at a time: 8 MB


class CutNetwork:
    """A member's first layer, and all that is behind it.

    Parameters
    ----------
    member : Member
        Its parameters are taken as they are now, in float64, as predictions are made.
    """

    def __init__(self, member: Member) -> None:
        self.network: Network = member.network
        weights, biases = as_dtype(member.parameters, np.float64)
        self.weights: Floats = weights[0]  # D x H
        self.bias: Floats = biases[0] if biases else np.zeros(weights[0].shape[1])  # H
        self._behind: Callable[[Floats], Floats] = _behind(
            member.network, Parameters(weights[1:], biases[1:])
        )

    def first(self, x: Floats) -> Floats:
        """The first layer's pre-activations, N x H, of inputs, N x D."""
        return x @ self.weights + self.bias

    def part(self, features: Floats, columns: slice) -> Floats:
        """What some of the inputs, N x (those columns), add to the first layer's, N x H."""
        return features @ self.weights[columns]

    def last(self, z: Floats) -> Floats:
        """The last layer's pre-activations, N x K, from the first layer's, N x H."""
        rows = max(1, NUMBERS_AT_WORK // max(self.network.sizes[1:]))
        blocks = [self._behind(z[first : first + rows]) for first in range(0, len(z), rows)]
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _behind(network: Network, parameters: Parameters) -> Callable[[Floats], Floats]:
    """From the first layer's pre-activations to the last's: themselves where there is one layer.

    For an engine this is a network whose first layer takes its inputs as they are.
    """
    H, *sizes = network.sizes[1:]
    if not sizes:
        return lambda z: z
    behind = Network([H, H, *sizes], network.activations[:-1], "identity", bias=network.bias)
    weights = (np.eye(H), *parameters.weights)
    biases = (np.zeros(H), *parameters.biases) if network.bias else ()
    predict = choose("auto", behind).engine.predictor(behind, Parameters(weights, biases))
    return lambda z: predict(np.ascontiguousarray(z))


class MovedColumns:
    """A model's outputs where a few columns take other cells, and all the others stay.

    Parameters
    ----------
    model : Model
        What predicts; an ensemble as a whole.
    base : Table
        Rows to start from, one or more, with every column that the model needs.

    Raises
    ------
    GlassnetError
        Where a column is missing or of another kind than the model learnt.
    """

    def __init__(self, model: Model, base: Table) -> None:
        self.model = model
        self.x: Floats = model.encoding.encode_inputs(base)  # (rows of the base) x D
        self.cuts = [CutNetwork(member) for member in model.members]
        self.z = [cut.first(self.x) for cut in self.cuts]
        self.encodings = {column.name: column for column in model.encoding.inputs}
        self.features = feature_slices(model.encoding)

    def outputs(self, rows: np.ndarray, *moved: Column) -> Floats:
        """The outputs, N x K.

        Parameters
        ----------
        rows : array of N int
            The row of the base, from 0, that each row starts from.
        *moved : Column
            N cells of some of the columns, in place of those of the base.
        """
        changes = [self._change(rows, column) for column in moved]
        last: Floats | float = 0.0
        fractions = vote_fractions(self.model.members)
        for cut, z, fraction in zip(self.cuts, self.z, fractions, strict=True):
            first = z[rows]
            for columns, change in changes:
                first = first + cut.part(change, columns)
            last = last + fraction * cut.last(first)
        return self.model.output_activation.value(last)

    def _change(self, rows: np.ndarray, column: Column) -> tuple[slice, Floats]:
        """Where a column's features stand, and by how much new cells change them."""
        encoding = self.encodings[column.name]
        check_kind(encoding, column)
        columns = self.features[column.name]
        return columns, encoding.encode(column) - self.x[rows, columns]
