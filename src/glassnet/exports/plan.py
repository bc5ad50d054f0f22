"""What every target needs of a model: columns, layers, votes, targets, and rows to check it by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import glassnet
from glassnet.core.activations import Activation
from glassnet.errors import GlassnetError, visible
from glassnet.exports.checks import CheckedRow, checks_of
from glassnet.exports.columns import Cell, UsedColumn
from glassnet.models.conformal import LocalScale, Residuals, check_coverage, class_set
from glassnet.models.decoding import ColumnNames, prediction_names
from glassnet.models.ensemble import voting_parameters
from glassnet.models.model import Model
from glassnet.tables.encoding import output_names
from glassnet.tables.formats.missing import AMBIGUOUS_MARKS, PROGRAM_MARKS
from glassnet.tables.targets import ClassTarget, NumberTarget, Target


class PlannedLayer(NamedTuple):
    """A layer of a network: z = x weights + biases, a = activation(z).

    `weights` is inputs x nodes, `biases` as long as nodes (zeros where the network has none), both
    float64. `activation` of the last layer is None: members are added up before it.
    """

    weights: np.ndarray
    biases: np.ndarray
    activation: Activation | None


def has_biases(layers: Sequence[PlannedLayer]) -> bool:
    """Whether a network's biases do anything: a plan has zeros where there are none."""
    return any(biases.any() for _, biases, _ in layers)


class NumberInterval(NamedTuple):
    """The interval of a number: prediction + scale * low to prediction + scale * high.

    The scale of a row is exp(x weights + bias), its exponent held to a range (`LocalScale`). Where
    `not_negative`, both ends are held to 0 and more.
    """

    scale: LocalScale
    low: float
    high: float
    not_negative: bool

    @property
    def end_formula(self) -> str:
        """An end, of the number y that is predicted, the row's scale s, and b: low or high."""
        return "max(0, y + s * b)" if self.not_negative else "y + s * b"


@dataclass(frozen=True)
class PlannedTarget:
    """A target of the model, its outputs, and what its predictions are called.

    Parameters
    ----------
    target : NumberTarget or ClassTarget
        How outputs become predictions.
    first : int
        The first of its outputs, from 0; it has `target.width` of them.
    names : ColumnNames
        The columns of its predictions, as `Model.predict_columns` has them.
    interval : NumberInterval or None
        Of a number, where intervals were asked for.
    largest : float or None
        Of classes, where sets were asked for: a class is in the set where 1 - its probability is at
        most this, and where it is the likeliest or the predicted one.
    """

    target: Target
    first: int
    names: ColumnNames
    interval: NumberInterval | None = None
    largest: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether a number is predicted, not a class."""
        return isinstance(self.target, NumberTarget)

    @property
    def labels(self) -> tuple[Any, ...]:
        """The classes; () of a number."""
        return self.target.labels if isinstance(self.target, ClassTarget) else ()

    @property
    def columns(self) -> list[str]:
        """What is predicted, by name, in the order of `Model.predict_columns`."""
        names = [self.names.prediction]
        if self.interval is not None:
            names += [self.names.low, self.names.high]
        if self.largest is not None:
            names.append(self.names.set)
        return names + list(self.names.probabilities)

    def in_set(self, predicted: Mapping[str, Cell]) -> list[bool]:
        """Which classes are in the set of a row, from all that is predicted of it."""
        assert isinstance(self.target, ClassTarget)
        assert self.largest is not None
        p = np.array([[predicted[name] for name in self.names.probabilities]], float)
        return class_set(self.target, p, self.largest)[0].tolist()


@dataclass(frozen=True)
class ExportPlan:
    """A model as the arithmetic that it is.

    Parameters
    ----------
    title : str
        What the model is, in one line that holds no character which would do something.
    columns : tuple of Number, Binary and Categories
        The columns that are read of a row, in the order of the network's inputs.
    missing : tuple of str, or None
        The texts that mean "missing" in a column of text, where the user said which.
    networks : tuple of tuples of PlannedLayer
        The members. The last weights and biases hold the votes: the z of the outputs is the sum of
        all members' last z.
    output : Activation
        Makes the outputs of their z.
    targets : tuple of PlannedTarget
        How outputs become predictions.
    checks : tuple of CheckedRow
        Rows, and what the model predicts of them.
    """

    title: str
    columns: tuple[UsedColumn, ...]
    missing: tuple[str, ...] | None
    networks: tuple[tuple[PlannedLayer, ...], ...]
    output: Activation
    targets: tuple[PlannedTarget, ...]
    checks: tuple[CheckedRow, ...]

    @property
    def n_inputs(self) -> int:
        """D, the inputs of each network."""
        return len(self.networks[0][0].weights)

    @property
    def n_outputs(self) -> int:
        """K, the outputs of each network."""
        return len(self.networks[0][-1].biases)

    @property
    def n_parameters(self) -> int:
        """The weights and biases of all networks."""
        return sum(w.size + b.size for layers in self.networks for w, b, _ in layers)

    @property
    def activations(self) -> list[Activation]:
        """Each activation of a hidden layer once."""
        found = (activation for layers in self.networks for *_, activation in layers)
        return list({a.name: a for a in found if a is not None}.values())

    @property
    def features(self) -> list[str]:
        """The name of every input of the networks, D of them."""
        return [name for column in self.columns for name in column.features]

    @property
    def outputs(self) -> list[str]:
        """The name of every output of the networks, K of them."""
        return [name for planned in self.targets for name in output_names(planned.target)]

    @property
    def predicts_truth(self) -> bool:
        """Whether a class that is predicted is true or false, and no text or number."""
        return any(isinstance(label, bool) for planned in self.targets for label in planned.labels)

    @property
    def predicted(self) -> list[str]:
        """What is predicted, by name, in the order of `Model.predict_columns`."""
        return [name for target in self.targets for name in target.columns]

    @property
    def missing_marks(self) -> list[str]:
        """The texts, in small letters, that always mean "missing" among numbers and dates.

        Those of `missing` do too, as they are written. In text none need be known: a text that is
        no category counts as missing.
        """
        return sorted(PROGRAM_MARKS | AMBIGUOUS_MARKS)

    @property
    def all_missing_marks(self) -> list[str]:
        """The same and those of `missing`, for targets to which the case of letters is nothing."""
        given = {text.casefold() for text in self.missing or ()}
        return sorted(given.union(self.missing_marks))


def export_plan(
    model: Model, interval: float | None = None, label_set: float | None = None
) -> ExportPlan:
    """The arithmetic of a model.

    Parameters
    ----------
    model : Model
        What is to run elsewhere.
    interval, label_set : float, optional
        The coverage of intervals and of sets of classes, as in `Model.predict_columns`.

    Raises
    ------
    GlassnetError
        Where the model has no target, and on a coverage that it cannot give.
    """
    encoding = model.encoding
    if not encoding.targets:
        raise GlassnetError("this model predicts nothing: it has no target")
    if interval is not None:
        check_coverage("interval", interval, model.residuals, encoding)
    if label_set is not None:
        check_coverage("label_set", label_set, model.residuals, encoding, sets=True)
    columns = tuple(
        column for column in encoding.inputs if isinstance(column, UsedColumn) and column.features
    )
    return ExportPlan(
        title=_title(model),
        columns=columns,
        missing=encoding.missing,
        networks=tuple(_networks(model)),
        output=model.output_activation,
        targets=tuple(_targets(model, interval, label_set)),
        checks=checks_of(model, columns, interval, label_set),
    )


def _title(model: Model) -> str:
    targets = ", ".join(target.name for target in model.encoding.targets)
    needed = len(model.encoding.needed)
    columns = f"{needed} column{'' if needed == 1 else 's'}"
    return visible(f"{targets} from {columns}: {model.shape}, glassnet {glassnet.__version__}")


def _networks(model: Model) -> Iterator[tuple[PlannedLayer, ...]]:
    parameters = voting_parameters(model.members)
    for member, (weights, biases) in zip(model.members, parameters, strict=True):
        activations = (*member.network.activations[:-1], None)
        shifts = biases or tuple(np.zeros(w.shape[1]) for w in weights)
        yield tuple(
            PlannedLayer(*layer) for layer in zip(weights, shifts, activations, strict=True)
        )


def _targets(
    model: Model, interval: float | None, label_set: float | None
) -> Iterator[PlannedTarget]:
    first = 0
    residuals = model.residuals or (None,) * len(model.encoding.targets)
    all_names = prediction_names(model.encoding)
    for target, names, known in zip(model.encoding.targets, all_names, residuals, strict=True):
        ends = largest = None
        if known is not None and interval is not None:
            ends = _interval(known, interval, model.output_activation)
        if known is not None and label_set is not None and isinstance(target, ClassTarget):
            largest = known.largest(label_set)
        yield PlannedTarget(target, first, names, ends, largest)
        first += target.width


def _interval(known: Residuals, coverage: float, output: Activation) -> NumberInterval:
    assert known.scale is not None
    return NumberInterval(known.scale, *known.bounds(coverage), output.name == "exponential")
