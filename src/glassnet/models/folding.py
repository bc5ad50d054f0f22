"""Networks on scaled columns as equal ones on the columns themselves.

Centre and scale go into the first and the last weights. Only affine steps can be folded:
u = (x - c) / s followed by u @ W + b is x @ (W / s) + (b - c / s @ W), and y = s a + c of an output
a = h @ W + b is h @ (s W) + (s b + c).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glassnet.core.network import Network, Parameters
from glassnet.errors import GlassnetError, Message, OptionRef
from glassnet.models.conformal import LocalScale, Residuals
from glassnet.models.ensemble import Member
from glassnet.models.record import AverageRow
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget, Target

REMEDY: Message = ["train with ", OptionRef("affine", True), ", which leaves these out"]


def fold(
    members: Sequence[Member], encoding: TableEncoding
) -> tuple[tuple[Member, ...], TableEncoding]:
    """Equal members for columns of numbers as they are.

    Parameters
    ----------
    members : sequence of Member
        The networks of a model.
    encoding : TableEncoding
        What it does to its columns.

    Returns
    -------
    members : tuple of Member
        In float64, with biases.
    encoding : TableEncoding
        What is left to do: numbers are taken as they are, categories encoded as before.

    Raises
    ------
    GlassnetError
        Naming the columns, where a step is not affine, and where the scale of a target cannot pass
        through the output's activation.
    """
    _check(members[0].network, encoding)
    inputs = tuple(
        replace(c, center=0.0, scale=1.0) if isinstance(c, Number) else c for c in encoding.inputs
    )
    targets = tuple(
        replace(t, center=0.0, scale=1.0) if isinstance(t, NumberTarget) else t
        for t in encoding.targets
    )
    folded = tuple(_folded(member, encoding) for member in members)
    return folded, replace(encoding, inputs=inputs, targets=targets)


def _folded(member: Member, encoding: TableEncoding) -> Member:
    """One member with the centres and scales in its first and last weights."""
    network, parameters = member.network, member.parameters
    center, scale = _center_and_scale(encoding)
    weights = [np.asarray(w, np.float64) for w in parameters.weights]
    biases = [np.asarray(b, np.float64) for b in parameters.biases]
    if not network.bias:
        biases = [np.zeros(nodes) for nodes in network.sizes[1:]]
    biases[0] = biases[0] - (center / scale) @ weights[0]
    weights[0] = weights[0] / scale[:, None]
    weights[-1], biases[-1] = _last(network, encoding.targets, weights[-1], biases[-1])
    with_biases = Network(
        network.sizes, network.activations[:-1], network.output, network.loss, bias=True
    )
    return replace(
        member, network=with_biases, parameters=Parameters(tuple(weights), tuple(biases))
    )


def fold_residuals(
    residuals: Sequence[Residuals], encoding: TableEncoding
) -> tuple[Residuals, ...]:
    """Equal residuals for inputs as `fold` leaves them; `encoding` is the one before."""
    center, scale = _center_and_scale(encoding)

    def folded(local: LocalScale) -> LocalScale:
        weights = local.weights / scale
        return replace(local, weights=weights, bias=local.bias - float(center @ weights))

    return tuple(
        known if known.scale is None else replace(known, scale=folded(known.scale))
        for known in residuals
    )


def fold_average(average: AverageRow | None, encoding: TableEncoding) -> AverageRow | None:
    """The average row for inputs as `fold` leaves them; `encoding` is the one before."""
    if average is None:
        return None
    center, scale = _center_and_scale(encoding)
    return replace(average, inputs=tuple((average.inputs * scale + center).tolist()))


def _center_and_scale(encoding: TableEncoding) -> tuple[np.ndarray, np.ndarray]:
    """Of each feature, D and D: 0 and 1 of what is no number."""
    center, scale = np.zeros(len(encoding.features)), np.ones(len(encoding.features))
    feature = 0
    for column in encoding.inputs:
        if isinstance(column, Number):
            center[feature] = column.center
            scale[feature] = column.scale
        feature += len(column.features)
    return center, scale


def _last(
    network: Network, targets: tuple[Target, ...], w: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The last layer's weights and biases with the targets' scale in them."""
    numbers = [t for t in targets if isinstance(t, NumberTarget)]
    if not numbers:
        return w, b
    scale = np.array([t.scale for t in numbers])  # K
    center = np.array([t.center for t in numbers])  # K
    if network.output.name == "exponential":  # s e^z is e^(z + log s)
        return w, b + np.log(scale)
    return w * scale, b * scale + center


def _check(network: Network, encoding: TableEncoding) -> None:
    """Raises GlassnetError, naming the columns, where more than centre and scale is in the way."""
    reasons = [
        f"{_named(columns)} {what}" for what, columns in _steps_in_the_way(encoding) if columns
    ]
    if reasons:
        raise GlassnetError(
            f"only centre and scale can be folded into weights, but {'; '.join(reasons)}",
            remedy=REMEDY,
        )
    scaled = [target for target in _numbers(encoding) if (target.center, target.scale) != (0, 1)]
    if not scaled or network.output.name == "identity":
        return
    only_divided = not any(target.center for target in scaled)
    if network.output.name == "exponential" and only_divided:
        return
    raise GlassnetError(
        f"the scale of target '{scaled[0].name}' cannot pass through the output's activation "
        f"'{network.output.name}': use an output with 'identity'"
    )


def _steps_in_the_way(encoding: TableEncoding) -> list[tuple[str, list[str]]]:
    """What is done to numbers beside centring and scaling, with the names of their columns."""
    numbers = [column for column in encoding.inputs if isinstance(column, Number)]
    bounded = [target.name for target in _numbers(encoding) if target.low is not None]
    return [
        ("squeezed", [column.name for column in numbers if column.smooth_clip]),
        ("cut in pieces", [column.name for column in numbers if column.bin_edges]),
        (
            "given an indicator for missing cells",
            [column.name for column in numbers if column.indicator],
        ),
        ("held to the range seen in training", bounded),
    ]


def _numbers(encoding: TableEncoding) -> list[NumberTarget]:
    return [target for target in encoding.targets if isinstance(target, NumberTarget)]


def _named(columns: list[str]) -> str:
    names = ", ".join(f"'{name}'" for name in columns)
    return f"{names} {'is' if len(columns) == 1 else 'are'}"
