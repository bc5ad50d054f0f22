"""The file of a study: its arrays and what they are, sealed as a model file is.

A study that is not finished is kept in the same way, and goes on from there.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from glassnet.errors import GlassnetError
from glassnet.models.content import network_to_dict
from glassnet.models.record import Record
from glassnet.models.structure import RULES, NetworkStructure
from glassnet.models.typed import Decoder, data_of, read_json
from glassnet.sealed import Arrays, FileKind, Kinds, kinds_of, naming, read_sealed, write_sealed
from glassnet.studies.hidden import TRAITS
from glassnet.studies.outcomes import LOSS_LEVELS, Outcomes
from glassnet.studies.problem import as_json
from glassnet.studies.study import Study
from glassnet.tables.encoding import TableEncoding
from glassnet.training.endings import ENDINGS

STUDY_KIND = FileKind("study file", GlassnetError)
STUDY_FORMAT = "glassnet-study"
STUDY_VERSION = 1
WHOLE = ("seed", "reached", "epochs", "best_epoch", "ended")
"""The arrays of whole numbers."""


@dataclass(frozen=True)
class StudyStructure:
    """A study without its arrays."""

    encoding: TableEncoding
    network: NetworkStructure
    record: Record
    origin: dict[str, Any]
    constant_loss: float
    shown_names: tuple[str, ...]
    score_names: tuple[str, ...]
    planned: Annotated[int, Meta(ge=1)]
    first: Annotated[int, Meta(ge=0)] = 0


def save_study(path: str | Path, study: Study) -> None:
    """Write a study. Raises GlassnetError, naming the file, where that cannot be."""
    structure = {
        "encoding": data_of(study.encoding),
        "network": network_to_dict(study.network),
        "record": data_of(study.record),
        "origin": study.origin,
        "constant_loss": study.constant_loss,
        "shown_names": study.shown_names,
        "score_names": study.score_names,
        "planned": study.planned,
        "first": study.first,
    }
    arrays = {
        "epochs": study.epochs,
        "shown_x": study.shown_x,
        "shown_numbers": study.shown_numbers,
        "actual": study.actual,
        **{f"outcomes.{name}": array for name, array in study.outcomes._asdict().items()},
    }
    text = json.dumps({"format": STUDY_FORMAT, "version": STUDY_VERSION, **structure})
    with naming(path, STUDY_KIND):
        _structure(text, kinds_of(arrays))
    write_sealed(path, text, arrays, STUDY_KIND)


def load_study(path: str | Path) -> Study:
    """Read a study that `Study.save` or a checkpoint wrote.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    GlassnetError
        Naming the file, where it is no such file or was changed after it was written.
    """
    structure, arrays = read_sealed(path, _structure, STUDY_KIND)
    with naming(path, STUDY_KIND):
        _check_endings(arrays)
    return Study(
        network=structure.network.network,
        encoding=structure.encoding,
        record=structure.record,
        origin=as_json(structure.origin),
        epochs=arrays["epochs"],
        constant_loss=structure.constant_loss,
        shown_x=arrays["shown_x"],
        shown_numbers=arrays["shown_numbers"],
        shown_names=structure.shown_names,
        actual=arrays["actual"],
        score_names=structure.score_names,
        outcomes=Outcomes(*(arrays[f"outcomes.{name}"] for name in Outcomes._fields)),
        planned=structure.planned,
        first=structure.first,
    )


@cache
def _decoder() -> Decoder[StudyStructure]:
    return Decoder(StudyStructure, rules=RULES, extensible=(Record,))


def _structure(text: str, kinds: Kinds) -> StudyStructure:
    """What the text says, where the arrays are those that it needs. Raises GlassnetError."""
    data = read_json(text)
    if not isinstance(data, dict) or data.pop("format", None) != STUDY_FORMAT:
        raise GlassnetError("is not the file of a study")
    version = data.pop("version", None)
    if version != STUDY_VERSION:
        raise GlassnetError(f"has format version {version!r}, this glassnet reads {STUDY_VERSION}")
    structure = _decoder()(data)
    shapes = _shapes(structure, kinds)
    if shapes.keys() != kinds.keys():
        name = min(shapes.keys() ^ kinds.keys())
        raise GlassnetError(f"it lacks {name}, or has no use for it")
    for name, shape in shapes.items():
        kind = kinds[name]
        whole = name.rpartition(".")[2] in WHOLE or name == "shown_numbers"
        dtypes = ("int64",) if whole else ("float64", "float32")
        if kind.shape != shape or kind.dtype not in dtypes:
            raise GlassnetError(f"{name} is {kind.dtype} of {kind.shape}, which does not fit")
    return structure


def _shapes(structure: StudyStructure, kinds: Kinds) -> dict[str, tuple[int, ...]]:
    """The shape of every array; lengths that only the arrays know are taken from them."""
    network = structure.network.network
    names = ("epochs", "shown_numbers", "outcomes.seed")
    E, n, P = (kinds[name].shape[0] if name in kinds and kinds[name].shape else 0 for name in names)
    D, C, T = network.sizes[0], len(structure.shown_names), len(TRAITS)
    of_network: dict[str, tuple[int, ...]] = {
        "losses": (E,),
        "reached": (len(LOSS_LEVELS),),
        "parameters": (network.n_parameters,),
        "predictions": (n, C),
        "scores": (len(structure.score_names),),
        "traits_at_start": (T,),
        "traits": (T,),
    }
    shapes = {f"outcomes.{name}": (P, *of_network.get(name, ())) for name in Outcomes._fields}
    return shapes | {"epochs": (E,), "shown_x": (n, D), "shown_numbers": (n,), "actual": (n, C)}


def _check_endings(arrays: Arrays) -> None:
    """Raises GlassnetError where an ending is none that is known."""
    if (arrays["outcomes.ended"] < 0).any() or (arrays["outcomes.ended"] >= len(ENDINGS)).any():
        raise GlassnetError("it knows of an ending that this glassnet does not")
