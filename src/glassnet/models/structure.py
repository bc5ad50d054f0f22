"""The structure of a model file: all but the arrays, of types that are checked before any is read.

It is made of the dataclasses below and of those that a model is made of; what must be true of them
beyond their types are the rules. How a file of format 1 becomes one is `format_1.py`'s.

What decides a prediction (encoding, networks) may hold nothing that this version does not know:
a later version's field would be passed over in silence. What only describes (the record) may.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from msgspec import Meta

from glassnet.core.network import Network
from glassnet.errors import ModelFileError
from glassnet.models.conformal import LARGEST_LOG, MOST_RESIDUALS
from glassnet.models.record import Record, Score
from glassnet.models.typed import Decoder, Rule
from glassnet.tables.columns import LARGEST
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.formats.dates import PATTERNS, DateFormat
from glassnet.tables.formats.numbers import FORMS, NumberFormat
from glassnet.tables.inputs import Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget, label_text

Positive = Annotated[float, Meta(gt=0, le=LARGEST)]
Size = Annotated[int, Meta(ge=1, le=2**31)]


@dataclass(frozen=True)
class NetworkStructure:
    """A network: what `Network` takes."""

    sizes: Annotated[tuple[Size, ...], Meta(min_length=2)]
    activation: tuple[str, ...]
    output: str
    loss: str
    bias: bool

    @property
    def network(self) -> Network:
        """The network. Raises GlassnetError on names that are not known or do not fit."""
        return Network(self.sizes, self.activation, self.output, self.loss, self.bias)


@dataclass(frozen=True)
class MemberStructure:
    """A member of the ensemble, but for its parameters."""

    network: NetworkStructure
    vote: Positive


LogScale = Annotated[float, Meta(ge=-LARGEST_LOG, le=LARGEST_LOG)]


@dataclass(frozen=True)
class ScaleStructure:
    """A `LocalScale`, but for its weights."""

    bias: float
    low: LogScale
    high: LogScale


@dataclass(frozen=True)
class ResidualsStructure:
    """The residuals of a target, but for their values."""

    count: Annotated[int, Meta(ge=1, le=MOST_RESIDUALS)]
    scale: ScaleStructure | None = None


@dataclass(frozen=True)
class Structure:
    """A model without its arrays."""

    encoding: TableEncoding
    members: Annotated[tuple[MemberStructure, ...], Meta(min_length=1)]
    scores: dict[str, dict[str, Score]]
    history: tuple[str, ...]
    """The columns of the history, each of which is an array."""
    record: Record
    residuals: tuple[ResidualsStructure, ...] = ()
    """One a target, or none."""


def decode_structure(data: Any) -> Structure:
    """The structure that JSON data of format 2 holds. Raises GlassnetError where it holds none."""
    structure = _decoder()(data)
    check_structure(structure)
    return structure


@cache
def _decoder() -> Decoder[Structure]:
    return Decoder(Structure, rules=RULES, extensible=(Record,))


def check_structure(structure: Structure) -> None:
    """Raises GlassnetError unless the parts of a structure fit each other."""
    _check_history(structure.history)
    _check_targets(structure.encoding)
    _check_names([column.name for column in structure.encoding.inputs], "input columns")
    _check_residuals(structure.residuals, structure.encoding)
    widths = len(structure.encoding.features), len(structure.encoding.outputs)
    for number, member in enumerate(structure.members, 1):
        sizes = member.network.sizes
        if widths != (sizes[0], sizes[-1]):
            raise ModelFileError(
                f"the columns make {widths[0]} inputs and {widths[1]} outputs, "
                f"but the network of member {number} has {sizes[0]} and {sizes[-1]}"
            )
    average = structure.record.average_row
    if average is not None and len(average.inputs) != widths[0]:
        raise ModelFileError(
            f"the average row has {len(average.inputs)} inputs, and the columns make {widths[0]}"
        )


def _check_history(names: tuple[str, ...]) -> None:
    _check_names(names, "columns of the history")
    if names and not {"epoch", "loss"} <= set(names):
        raise ModelFileError("the history has no epochs or no losses")


def _check_targets(encoding: TableEncoding) -> None:
    """Raises ModelFileError unless the targets are of the task: numbers, or all of classes."""
    _check_names([target.name for target in encoding.targets], "targets")
    wanted = NumberTarget if encoding.task == "regression" else ClassTarget
    if not encoding.targets or any(type(target) is not wanted for target in encoding.targets):
        kinds = ", ".join(target.kind for target in encoding.targets) or "none"
        raise ModelFileError(f"targets that do not fit the task {encoding.task}: {kinds}")


def _check_residuals(residuals: Sequence[ResidualsStructure], encoding: TableEncoding) -> None:
    """Raises ModelFileError unless there are none, or one for each target, of its kind."""
    if residuals and len(residuals) != len(encoding.targets):
        raise ModelFileError(
            f"residuals of {len(residuals)} targets, and {len(encoding.targets)} targets"
        )
    numbers = encoding.task == "regression"
    if any((known.scale is not None) != numbers for known in residuals):
        raise ModelFileError(f"residuals that do not fit the task {encoding.task}")


def _check_names(names: Sequence[str], what: str) -> None:
    """Raises ModelFileError where a name stands twice."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ModelFileError(f"two {what} are called {twice!r}")


def _check_scale(scale: ScaleStructure) -> None:
    if scale.low > scale.high:
        raise ValueError(f"there is no range from {scale.low:g} to {scale.high:g}")


def _check_number(column: Number) -> None:
    if column.scale <= 0:
        raise ValueError(f"the scale {column.scale:g} is not above 0")
    if any(low >= high for low, high in pairwise(column.bin_edges)):
        raise ValueError("the edges of the bins do not rise")
    if column.bin_height <= 0:
        raise ValueError(f"the height of the bins {column.bin_height:g} is not above 0")


def _check_number_format(written: NumberFormat) -> None:
    if (written.decimal, written.thousands) not in FORMS:
        raise ValueError(f"no number has the marks '{written.decimal}' and '{written.thousands}'")


def _check_date_format(written: DateFormat) -> None:
    if written.pattern not in PATTERNS:
        raise ValueError(f"'{written.pattern}' is no way that dates are written")


def _check_levels(column: Binary | Categories) -> None:
    if len(set(column.levels)) < len(column.levels):
        raise ValueError("two levels are the same")


def _check_number_target(target: NumberTarget) -> None:
    if target.scale <= 0:
        raise ValueError(f"the scale {target.scale:g} is not above 0")
    bounds = [bound for bound in (target.low, target.high) if bound is not None]
    if len(bounds) == 1 or bounds != sorted(bounds):
        raise ValueError(f"there is no range from {target.low} to {target.high}")


def _check_classes(target: ClassTarget) -> None:
    """Raises ValueError unless there are two different labels or more, all of one type."""
    types = {type(label) for label in target.labels}
    if len(types) != 1 or not types <= {str, bool, int, float}:
        raise ValueError("the labels are not all texts, numbers or booleans")
    if types == {int} and any(abs(label) > LARGEST for label in target.labels):
        raise ValueError("a label is too large a number")
    if len(target.labels) < 2 or len(set(map(label_text, target.labels))) < len(target.labels):
        raise ValueError("there are not two different labels or more")
    two = len(target.labels) == 2
    if target.threshold is not None and not (two and 0 < target.threshold < 1):
        raise ValueError(f"{target.threshold:g} is no threshold of two classes")
    if target.frequencies and (two or len(target.frequencies) != len(target.labels)):
        raise ValueError("the frequencies are not one for each of three classes or more")
    if not all(0 < frequency <= 1 for frequency in target.frequencies):
        raise ValueError("a frequency is not above 0 and at most 1")


def _check_record(record: Record) -> None:
    """Raises ValueError where an option that is looked up has another type."""
    _looked_up_options()(record.options)


@dataclass(frozen=True)
class _LookedUpOptions:
    """Those options of a record that are looked up; see `Record`."""

    learning_rate: Positive | None = None
    optimizer: str = ""
    dropout: float | tuple[float, ...] = 0.0
    l1: Annotated[float, Meta(ge=0, le=LARGEST)] = 0.0
    l2: Annotated[float, Meta(ge=0, le=LARGEST)] = 0.0
    members: Size = 1


@cache
def _looked_up_options() -> Decoder[_LookedUpOptions]:
    return Decoder(_LookedUpOptions, extensible=(_LookedUpOptions,))


RULES: dict[type, Rule] = {
    Number: _check_number,
    NumberFormat: _check_number_format,
    DateFormat: _check_date_format,
    Binary: _check_levels,
    Categories: _check_levels,
    NumberTarget: _check_number_target,
    ClassTarget: _check_classes,
    Record: _check_record,
    ScaleStructure: _check_scale,
}
"""What must be true of the fields of each dataclass beyond their types."""
