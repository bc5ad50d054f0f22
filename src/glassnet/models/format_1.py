"""Model files of format 1: one network, into which the members had been joined; other names.

The record lists the best epoch of each member, and so tells how many they were. Everything that is
known of format 1 is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from glassnet.errors import ModelFileError
from glassnet.models.ensemble import Member, taken_apart
from glassnet.models.record import Record, Score
from glassnet.models.structure import (
    RULES,
    MemberStructure,
    NetworkStructure,
    Structure,
    check_structure,
)
from glassnet.models.typed import Decoder
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Binary, Number

AnArray = TypeVar("AnArray")

NAMES: Mapping[type, Mapping[str, str]] = {
    Number: {"smooth_clip": "squeeze", "bin_edges": "edges"},
    Binary: {"kind": "two_values"},
    Record: {"targets": "target", "sample_weight": "row_weights"},
}
"""Today's fields by what they are called in a file of format 1."""


@dataclass(frozen=True)
class StructureOfFormat1:
    """A model without its arrays, as format 1 had it."""

    network: NetworkStructure
    encoding: TableEncoding
    scores: dict[str, dict[str, Score]]
    history: tuple[str, ...]
    record: Record


@cache
def _decoder() -> Decoder[StructureOfFormat1]:
    return Decoder(StructureOfFormat1, rules=RULES, extensible=(Record,), names=NAMES)


def decode_format_1(data: Any) -> Structure:
    """The structure that JSON data of format 1 holds, with the joined network as its only member.

    Raises GlassnetError where it holds none.
    """
    found = _decoder()(data)
    hidden, count = found.network.sizes[1:-1], _count(found.record)
    if any(nodes % count for nodes in hidden):
        raise ModelFileError(f"layers of {hidden} nodes cannot have been joined from {count}")
    only = MemberStructure(found.network, vote=1.0)
    structure = Structure(found.encoding, (only,), found.scores, found.history, found.record)
    check_structure(structure)
    return structure


def names_of_format_2(arrays: Mapping[str, AnArray]) -> dict[str, AnArray]:
    """Arrays, or what is known of them, under today's names."""
    return {
        name if name.startswith("history.") else f"members.1.{name}": array
        for name, array in arrays.items()
    }


def members_of_format_1(joined: Member, record: Record) -> tuple[Member, ...]:
    """The members that had been joined."""
    return taken_apart(joined.network, joined.parameters, _count(record))


def _count(record: Record) -> int:
    """How many members had been joined."""
    return len(record.best_epochs) or 1
