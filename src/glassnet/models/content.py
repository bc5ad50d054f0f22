"""What a model file holds: a model as named arrays and JSON-able data, and back.

Format 2 holds the members as they are: ``members.1.weights.1`` is the first weight matrix of the
first member. The data's types are `structure.py`'s, the file itself is `sealed.py`'s.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import known_loss
from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, ModelFileError
from glassnet.models.conformal import LocalScale, Residuals
from glassnet.models.ensemble import Member, check_members
from glassnet.models.format_1 import decode_format_1, members_of_format_1, names_of_format_2
from glassnet.models.record import Record
from glassnet.models.structure import ResidualsStructure, Structure, decode_structure
from glassnet.models.typed import data_of, read_json
from glassnet.sealed import (
    ArrayKind,
    Arrays,
    FileKind,
    Kinds,
    kinds_of,
    naming,
    read_sealed,
    write_sealed,
)
from glassnet.tables.encoding import TableEncoding

MODEL_KIND = FileKind("model file", ModelFileError)
FORMAT = "glassnet-model"
VERSION = 2
NOT_WHOLE = "is not a whole glassnet model"


class Content(NamedTuple):
    """What a file holds of a model; see `Model`."""

    encoding: TableEncoding
    members: tuple[Member, ...]
    scores: dict[str, dict[str, float]]
    history: dict[str, list[float]]
    record: Record
    residuals: tuple[Residuals, ...] = ()


class Plan(NamedTuple):
    """What a file says of a model before an array of it is read."""

    version: int
    structure: Structure
    networks: tuple[Network, ...]


def save_content(path: str | Path, content: Content) -> None:
    """Write a model file; it appears whole or not at all.

    Raises GlassnetError, naming it, on custom functions and on what could not be read again, such
    as weights that are not finite.
    """
    with naming(path, MODEL_KIND):
        structure, arrays = pack(content)
        try:
            data = json.loads(json.dumps(structure))
        except TypeError as error:
            raise ModelFileError(f"cannot hold this model ({error})") from None
        with _errors_begin("is not written, because nothing could read it"):
            unpack(plan_of(VERSION, data, kinds_of(arrays)), arrays)
    text = json.dumps({"format": FORMAT, "version": VERSION, **structure})
    write_sealed(path, text, arrays, MODEL_KIND)


def load_content(path: str | Path) -> Content:
    """Read a model file of any format. Raises GlassnetError, naming it, on any other file."""
    plan, arrays = read_sealed(path, _plan_of_text, MODEL_KIND)
    with naming(path, MODEL_KIND), _errors_begin(NOT_WHOLE):
        return unpack(plan, arrays)


def pack(content: Content) -> tuple[dict[str, Any], Arrays]:
    """The content as data for JSON, and arrays. Raises GlassnetError on custom functions."""
    members = [
        {"network": network_to_dict(member.network), "vote": member.vote}
        for member in content.members
    ]
    structure = {
        "encoding": data_of(content.encoding),
        "scores": content.scores,
        "history": list(content.history),
        "record": data_of(content.record),
        "members": members,
        "residuals": [_residuals_to_dict(known) for known in content.residuals],
    }
    arrays = {f"history.{name}": np.array(values) for name, values in content.history.items()}
    for number, member in enumerate(content.members, 1):
        for kind, of_layers in member.parameters._asdict().items():
            for layer, array in enumerate(of_layers, 1):
                arrays[f"members.{number}.{kind}.{layer}"] = array
    for number, known in enumerate(content.residuals, 1):
        arrays[f"residuals.{number}.values"] = known.values
        if known.scale is not None:
            arrays[f"residuals.{number}.weights"] = known.scale.weights
    return structure, arrays


def plan_of(version: int, data: Any, kinds: Kinds) -> Plan:
    """What the data of a model file says; the arrays are those of its networks and its history.

    Raises GlassnetError where it is no structure of ours, or an array lacks, is one too many, or is
    of another kind.
    """
    if version == 1:
        structure, kinds = decode_format_1(data), names_of_format_2(kinds)
    else:
        structure = decode_structure(data)
    networks = tuple(member.network.network for member in structure.members)
    shapes = dict(_parameter_shapes(networks)) | dict(_residual_shapes(structure))
    _check_arrays(shapes, structure.history, kinds)
    return Plan(version, structure, networks)


def unpack(plan: Plan, arrays: Arrays) -> Content:
    """The content of a model file. Raises GlassnetError where a weight or bias is not finite."""
    version, structure, networks = plan
    if version == 1:
        arrays = names_of_format_2(arrays)
    members: Sequence[Member] = [
        Member(network, _parameters(network, arrays, f"members.{number}."), described.vote)
        for number, (network, described) in enumerate(
            zip(networks, structure.members, strict=True), 1
        )
    ]
    if version == 1:
        members = members_of_format_1(members[0], structure.record)
    check_members(members)
    history = {name: arrays[f"history.{name}"].tolist() for name in structure.history}
    residuals = tuple(
        _residuals(described, arrays, f"residuals.{number}.")
        for number, described in enumerate(structure.residuals, 1)
    )
    return Content(
        structure.encoding,
        tuple(members),
        structure.scores,
        history,
        structure.record,
        residuals,
    )


def _plan_of_text(text: str, kinds: Kinds) -> Plan:
    """`plan_of` the text of a model file, whatever its version."""
    with _errors_begin(NOT_WHOLE):
        data = read_json(text)
        if not isinstance(data, dict):
            raise ModelFileError("its JSON is no object")
    version = _check_version(data.pop("format", None), data.pop("version", None))
    with _errors_begin(NOT_WHOLE):
        return plan_of(version, data, kinds)


@contextmanager
def _errors_begin(beginning: str) -> Iterator[None]:
    """What is wrong inside a file becomes an error that begins like this."""
    try:
        yield
    except GlassnetError as error:
        raise ModelFileError(f"{beginning} ({error})") from None


def _check_version(found: Any, version: Any) -> int:
    """The version of the format. Raises ModelFileError on another format, or a later version."""
    if found != FORMAT or type(version) is not int or version < 1:
        raise ModelFileError(f"has the format {found!r}, version {version!r}, not {FORMAT!r}")
    if version > VERSION:
        raise ModelFileError(
            f"has format version {version}, this glassnet reads up to {VERSION}",
            remedy="upgrade glassnet",
        )
    return version


def _check_arrays(
    wanted: Mapping[str, tuple[int, ...]], history: Sequence[str], kinds: Kinds
) -> None:
    """Raises ModelFileError unless the arrays are those wanted, and those of the history."""
    columns = [f"history.{name}" for name in history]
    names = {*wanted, *columns}
    if names != kinds.keys():
        lacking, strange = sorted(names - kinds.keys()), sorted(kinds.keys() - names)
        problem = f"it lacks {lacking[0]}" if lacking else f"{strange[0]} is no array of a model"
        raise ModelFileError(problem)
    for name, shape in wanted.items():
        _check_kind(name, kinds[name], shape, ("float32", "float64"))
    for name in columns:
        length = kinds[columns[0]].shape[:1]
        _check_kind(name, kinds[name], length, ("float64", "int64"))
        if length == (0,):
            raise ModelFileError("its history is empty")


def _check_kind(name: str, kind: ArrayKind, shape: tuple[int, ...], dtypes: Sequence[str]) -> None:
    if kind.shape != shape:
        raise ModelFileError(f"{name} has the shape {kind.shape}, and should have {shape}")
    if kind.dtype not in dtypes:
        raise ModelFileError(f"{name} holds {kind.dtype}, and should hold {' or '.join(dtypes)}")


def _parameter_shapes(networks: Sequence[Network]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and shape of every member's arrays."""
    for number, network in enumerate(networks, 1):
        for layer, (n, m) in enumerate(network.shapes, 1):
            yield f"members.{number}.weights.{layer}", (n, m)
            if network.bias:
                yield f"members.{number}.biases.{layer}", (m,)


def _residual_shapes(structure: Structure) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and shape of the arrays of every target's residuals."""
    for number, known in enumerate(structure.residuals, 1):
        yield f"residuals.{number}.values", (known.count,)
        if known.scale is not None:
            yield f"residuals.{number}.weights", (len(structure.encoding.features),)


def _residuals(described: ResidualsStructure, arrays: Arrays, prefix: str) -> Residuals:
    """A target's residuals from their arrays.

    Raises ModelFileError where one is not finite, or they are not in order.
    """
    values = arrays[f"{prefix}values"]
    _check_finite(values, f"{prefix}values")
    if (values[1:] < values[:-1]).any():
        raise ModelFileError(f"{prefix}values are not in order")
    if described.scale is None:
        return Residuals(values)
    weights = arrays[f"{prefix}weights"]
    _check_finite(weights, f"{prefix}weights")
    scale = described.scale
    return Residuals(values, LocalScale(weights, scale.bias, scale.low, scale.high))


def _residuals_to_dict(residuals: Residuals) -> dict[str, Any]:
    scale = residuals.scale
    ends = None if scale is None else {"bias": scale.bias, "low": scale.low, "high": scale.high}
    return {"count": len(residuals.values), "scale": ends}


def _check_finite(array: np.ndarray, name: str) -> None:
    if not np.isfinite(array).all():
        raise ModelFileError(f"{name} holds NaN or infinity")


def _parameters(network: Network, arrays: Arrays, prefix: str) -> Parameters:
    """A member's parameters from their arrays. Raises ModelFileError where one is not finite."""
    layers = range(1, len(network.sizes))
    weights = tuple(arrays[f"{prefix}weights.{layer}"] for layer in layers)
    biases = tuple(arrays[f"{prefix}biases.{layer}"] for layer in layers) if network.bias else ()
    for kind, of_layers in (("weights", weights), ("biases", biases)):
        for layer, array in enumerate(of_layers, 1):
            _check_finite(array, f"{prefix}{kind}.{layer}")
    return Parameters(weights, biases)


def network_to_dict(network: Network) -> dict[str, Any]:
    """What `Network` takes. Raises GlassnetError on a custom function."""
    for row in (*network.activations, network.loss):
        if row not in OUTPUTS.values() and row != known_loss(row.name):
            raise ModelFileError(
                f"'{row.name}' is your own function, which a model file cannot hold",
                remedy="keep it in your program",
            )
    return {
        "sizes": list(network.sizes),
        "activation": [activation.name for activation in network.activations[:-1]],
        "output": network.output.name,
        "loss": network.loss.name,
        "bias": network.bias,
    }
