"""What is measured: every network by itself, its outputs by name, and where each column's features lie. No measure lives here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.model import Model
from glassnet.models.rows import Rows, as_model, rows_of
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, NumberTarget


def networks_of(models: Any) -> list[Model]:
    """Every network by itself, of what `as_model` takes or a list of it; a joined one is `taken_apart`.

    Raises GlassnetError on an empty list, and where the outputs are not the same.
    """
    return [network for model in _models(models) for network in taken_apart(model)]


def networks_and_rows(models: Any, table: Any, y: Any = None) -> list[tuple[Model, Rows]]:
    """Every network with the rows of a table as it sees them."""
    pairs = [(model, rows_of(model, table, y)) for model in _models(models)]
    return [(network, rows) for model, rows in pairs for network in taken_apart(model)]


def _models(models: Any) -> list[Model]:
    found = [as_model(thing) for thing in (models if isinstance(models, list) else [models])]
    if not found:
        raise GlassnetError("the list of models is empty: give one or more")
    outputs = found[0].encoding.outputs
    for place, model in enumerate(found):
        if model.encoding.outputs != outputs:
            others = ", ".join(model.encoding.outputs)
            raise GlassnetError(
                f"model {place} of the list has the outputs {others}, but the first has {', '.join(outputs)}"
            )
    return found


def taken_apart(model: Model) -> list[Model]:
    """The members of a joined model, each a Model (see `members.side_by_side`, which this undoes); of one member, itself.

    Of the biases of their outputs only the mean is known, so each is given that: beside the others a member may lie too high or
    low.
    """
    if model.members == 1:
        return [model]
    return [_member(model, m) for m in range(model.members)]


def _member(model: Model, m: int) -> Model:
    hidden = [slice(m * nodes, (m + 1) * nodes) for nodes in model.member.sizes[1:-1]]
    into, out = [slice(None), *hidden], [*hidden, slice(None)]
    *weights, last = [w[a, b] for w, a, b in zip(model.parameters.weights, into, out, strict=True)]
    biases = tuple(b[nodes] for b, nodes in zip(model.parameters.biases, out, strict=False))
    record = {**model.record, "best_epochs": [model.record["best_epochs"][m]]}
    return replace(
        model,
        network=model.member,
        parameters=Parameters((*weights, last * model.members), biases),
        record=record,
    )


def find_outputs(model: Model, output: str | int | None) -> list[int]:
    """The places of the outputs asked for, by name, class or place; None: every class of several, else the first output.

    Raises GlassnetError where there is no such output.
    """
    names = model.encoding.outputs
    if output is None:
        (first, *others) = model.encoding.targets
        return list(range(len(names))) if isinstance(first, ClassTarget) and not others else [0]
    if isinstance(output, str):
        full = output if output in names else f"{model.encoding.targets[0].name}={output}"
        if full not in names:
            raise unknown_name("output", output, names)
        return [names.index(full)]
    if not 0 <= output < len(names):
        raise GlassnetError(
            f"there is no output {output}: the network has {len(names)}, counted from 0"
        )
    return [output]


def unit_of(model: Model, k: int) -> float:
    """How much of the target's own unit one unit of output k is: a number's scale; 1 for the share of a class."""
    target = [target for target in model.encoding.targets for _ in range(target.width)][k]
    return target.scale if isinstance(target, NumberTarget) else 1.0


def places(encoding: TableEncoding) -> dict[str, slice]:
    """Where the features of each used column lie among the network's inputs."""
    used = [column for column in encoding.inputs if column.features]
    ends = accumulate((len(column.features) for column in used), initial=0)
    return {column.name: slice(*ends) for column, ends in zip(used, pairwise(ends), strict=True)}


def union(names: Iterable[Iterable[str]]) -> Iterator[str]:
    """Every name once, in the order in which they first come."""
    yield from dict.fromkeys(name for group in names for name in group)
