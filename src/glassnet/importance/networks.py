"""What is measured: every network by itself, its outputs by name, each column's features.

No measure lives here.
"""

from typing import Any

from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, NumberTarget


def networks_of(models: Any) -> list[Model]:
    """Every member of a model by itself, or of each model of a list.

    Parameters
    ----------
    models : Model, fitted estimator, pair (Network, Parameters), or list of these
        What `as_model` takes.

    Raises
    ------
    GlassnetError
        On an empty list, and where the outputs are not the same.
    """
    return [network for model in _models(models) for network in _members(model)]


def networks_and_rows(models: Any, table: Any, y: Any = None) -> list[tuple[Model, Rows]]:
    """Every member by itself, with the rows of a table as it sees them.

    Raises GlassnetError as `networks_of` and `rows_of` do.
    """
    pairs: list[tuple[Model, Rows]] = []
    for model in _models(models):
        rows = rows_of(model, table, y)
        pairs += [(network, rows) for network in _members(model)]
    return pairs


def _members(model: Model) -> list[Model]:
    return [model.member(number) for number in range(len(model.members))]


def _models(models: Any) -> list[Model]:
    found = [as_model(thing) for thing in (models if isinstance(models, list) else [models])]
    if not found:
        raise GlassnetError("the list of models is empty: give one or more")
    outputs = found[0].encoding.outputs
    for number, model in enumerate(found):
        if model.encoding.outputs != outputs:
            others = ", ".join(model.encoding.outputs)
            raise GlassnetError(
                f"model {number} of the list has the outputs {others}, but the first has "
                f"{', '.join(outputs)}"
            )
    return found


def find_outputs(model: Model, output: str | int | None) -> list[int]:
    """The numbers, from 0, of the outputs asked for.

    Parameters
    ----------
    model : Model
        The model.
    output : str, int or None
        Name, class or number; None: every class of several, and else the first output.

    Raises
    ------
    GlassnetError
        Where there is no such output.
    """
    names = model.encoding.outputs
    if output is None:
        return _default_outputs(model)
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


def _default_outputs(model: Model) -> list[int]:
    (first, *others) = model.encoding.targets
    if isinstance(first, ClassTarget) and not others:
        return list(range(len(model.encoding.outputs)))
    return [0]


def output_scale(model: Model, k: int) -> float:
    """How much of the target's own unit one unit of output k is; 1 for a class."""
    target = [target for target in model.encoding.targets for _ in range(target.width)][k]
    return target.scale if isinstance(target, NumberTarget) else 1.0


def feature_slices(encoding: TableEncoding) -> dict[str, slice]:
    """Where the features of each used column lie among the network's inputs."""
    slices: dict[str, slice] = {}
    first = 0
    for column in encoding.inputs:
        if column.features:
            slices[column.name] = slice(first, first + len(column.features))
            first += len(column.features)
    return slices
