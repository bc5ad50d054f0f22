"""What a model file holds: a model as named arrays and JSON-able data, and back.

Format 2 holds the members as they are: ``members.1.weights.1`` is the first weight matrix of the
first member. The file itself is `file.py`'s.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import known_loss
from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import ModelFileError
from glassnet.models.ensemble import Member, taken_apart
from glassnet.models.record import Record
from glassnet.tables.encoding import TableEncoding, upgrade_v1

Arrays = dict[str, np.ndarray]


class Content(NamedTuple):
    """What a file holds of a model; see `Model`."""

    encoding: TableEncoding
    members: tuple[Member, ...]
    scores: dict[str, dict[str, float]]
    history: dict[str, list[float]]
    record: Record


def pack(content: Content) -> tuple[dict[str, Any], Arrays]:
    """The content as JSON-able data and arrays. Raises GlassnetError on custom functions."""
    structure = {
        "encoding": content.encoding.to_dict(),
        "scores": content.scores,
        "history": list(content.history),
        "record": content.record.to_dict(),
    }
    arrays = {f"history.{name}": np.array(values) for name, values in content.history.items()}
    return _with_members(structure, arrays, content.members)


def unpack(structure: dict[str, Any], arrays: Arrays) -> Content:
    """`pack` undone, also of format 1. Raises KeyError or TypeError where something is missing."""
    if structure["version"] == 1:
        structure, arrays = from_version_1(structure, arrays)
    members: list[Member] = []
    for number, data in enumerate(structure["members"], 1):
        network = Network(**data["network"])
        parameters = _parameters(network, arrays, f"members.{number}.")
        members.append(Member(network, parameters, data["vote"]))
    return Content(
        TableEncoding.from_dict(structure["encoding"]),
        tuple(members),
        structure["scores"],
        {name: arrays[f"history.{name}"].tolist() for name in structure["history"]},
        Record.from_dict(structure["record"]),
    )


def from_version_1(structure: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
    """What a file of format 1 holds, as in format 2.

    It held one network, into which the members had been joined. The record lists the best epoch of
    each, and so tells how many they were.
    """
    network = Network(**structure["network"])
    record = dict(structure["record"])
    record["targets"] = record.pop("target", [])
    record["sample_weight"] = record.pop("row_weights", False)
    count = len(record.get("best_epochs", [])) or 1
    members = taken_apart(network, _parameters(network, arrays, ""), count)
    history = {name: array for name, array in arrays.items() if name.startswith("history.")}
    encoding = upgrade_v1(structure["encoding"])
    upgraded = {**structure, "version": 2, "encoding": encoding, "record": record}
    return _with_members(upgraded, history, members)


def _with_members(
    structure: dict[str, Any], arrays: Arrays, members: Sequence[Member]
) -> tuple[dict[str, Any], Arrays]:
    """Structure and arrays with the members in them."""
    found = dict(arrays)
    described: list[dict[str, Any]] = []
    for number, member in enumerate(members, 1):
        described.append({"network": _network_to_dict(member.network), "vote": member.vote})
        for kind, of_layers in member.parameters._asdict().items():
            for layer, array in enumerate(of_layers, 1):
                found[f"members.{number}.{kind}.{layer}"] = array
    return {**structure, "members": described}, found


def _parameters(network: Network, arrays: Arrays, prefix: str) -> Parameters:
    """A network's parameters from their arrays. Raises GlassnetError where they do not fit."""
    layers = range(1, len(network.sizes))
    weights = tuple(arrays[f"{prefix}weights.{layer}"] for layer in layers)
    biases = tuple(arrays[f"{prefix}biases.{layer}"] for layer in layers) if network.bias else ()
    parameters = Parameters(weights, biases)
    check_shapes(network, parameters)
    return parameters


def _network_to_dict(network: Network) -> dict[str, Any]:
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
