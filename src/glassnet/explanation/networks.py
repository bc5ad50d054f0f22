"""The networks' parts of an explanation: each member on its own, and the vote of several.

What they are put into, with columns and summaries, is `build.py`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from glassnet.core.losses import Loss
from glassnet.core.network import backprop, feedforward, layer_deltas
from glassnet.core.penalties import Penalty
from glassnet.explanation.backward import WayBack, explain_backward
from glassnet.explanation.batch import Batch
from glassnet.explanation.choice import Nodes, choose_nodes, choose_outputs
from glassnet.explanation.encoding import indicator_inputs
from glassnet.explanation.forward import explain_layers
from glassnet.explanation.loss import (
    OutputOperands,
    explain_loss,
    explain_penalty,
    explain_scale,
    explain_total,
)
from glassnet.explanation.parts import (
    ColumnSteps,
    Computed,
    LayerBackward,
    LayerUpdates,
    Operand,
    RowForward,
    Step,
)
from glassnet.explanation.predictions import explain_predictions
from glassnet.explanation.updates import largest_update, layer_updates
from glassnet.explanation.vote import Vote, explain_agreement, explain_vote
from glassnet.models.ensemble import Member, vote_fractions
from glassnet.models.rows import Rows

FEW_PARAMETERS = 200  # the whole arithmetic of so many is shown at once


class RowStart(NamedTuple):
    """What a row brings into every network: its inputs and targets, and how they came about."""

    inputs: list[Operand]
    columns: tuple[ColumnSteps, ...]
    target_steps: tuple[Step, ...]
    """Empty where the targets are not known."""

    @property
    def targets(self) -> list[Operand]:
        """y1, y2, ...: the steps without the targets' cells."""
        return [step.operand() for step in self.target_steps if not step.id.endswith(".actual")]


class Settings(NamedTuple):
    """How a batch is explained: `shown_rows` are the indices of those that are shown one by one."""

    numbers: Sequence[int]
    shown_rows: Sequence[int]
    backward: bool
    nodes: Nodes
    learning_rate: float
    penalty: Penalty


class NetworkPart(NamedTuple):
    """One network's part of an explanation, with all rows of the batch."""

    batch: Batch
    rows: list[RowForward]
    loss: tuple[Computed, ...]
    backward: tuple[LayerBackward, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know of its way back."""
    updates: tuple[LayerUpdates, ...] = ()
    """Of a small network: what the step makes of every weight."""


def explain_member(
    rows: Rows, member: Member, prefix: str, starts: Sequence[RowStart], settings: Settings
) -> NetworkPart:
    """One network: its layers, its loss and its way back."""
    network, parameters, encoding = member.network, member.parameters, rows.model.encoding
    trace = feedforward(network, parameters, rows.x)
    shown = choose_nodes(network, parameters, trace, settings.nodes)
    inputs = [start.inputs for start in starts]
    batch = Batch(
        network,
        parameters,
        trace,
        settings.numbers,
        inputs,
        shown,
        encoding.outputs,
        prefix,
        indicator_inputs(encoding),
    )
    outputs = [_member_outputs(batch, row, start.targets) for row, start in enumerate(starts)]
    forward = [
        RowForward(
            name=f"row {number}",
            columns=(),
            layers=explain_layers(batch, row),
            predictions=tuple(explain_predictions(encoding, outputs[row].a, batch.row_id(row))),
            loss=_loss_of_row(network.loss, outputs[row], batch.row_id(row), settings),
        )
        for row, number in enumerate(settings.numbers)
    ]
    loss: tuple[Computed, ...] = ()
    way: WayBack | None = None
    if starts[0].targets:
        scale = explain_scale(network.loss, len(forward), network.sizes[-1], prefix)
        penalty = settings.penalty if settings.backward else Penalty()
        penalty_step = explain_penalty(penalty, parameters.weights, prefix)
        loss = tuple(explain_total(forward, scale, penalty_step, network.loss, prefix))
        if settings.backward:
            way = _way_back(batch, outputs, rows.y, scale, settings)
    if way is None:
        return NetworkPart(batch, forward, loss, ())
    updates = layer_updates(way) if network.n_parameters <= FEW_PARAMETERS else ()
    notes = (largest_update(way),)
    return NetworkPart(batch, forward, loss, explain_backward(way), notes, updates)


def _member_outputs(batch: Batch, row: int, targets: list[Operand]) -> OutputOperands:
    K = batch.network.sizes[-1]
    a = [batch.a(row, batch.last, k) for k in range(K)]
    z = [batch.z(row, batch.last, k) for k in range(K)]
    return OutputOperands(a, z, targets)


def _loss_of_row(
    loss: Loss, outputs: OutputOperands, row_id: str, settings: Settings
) -> tuple[Computed, ...]:
    """The row's loss; nothing where its targets are not known."""
    whole = settings.nodes == "all"
    return tuple(explain_loss(loss, outputs, row_id, whole)) if outputs.y else ()


def _way_back(
    batch: Batch,
    outputs: Sequence[OutputOperands],
    y: np.ndarray,
    scale: Step | None,
    settings: Settings,
) -> WayBack:
    """What came back for the rows: the deltas and gradients that `core` gives."""
    network, parameters, trace = batch.network, batch.parameters, batch.trace
    _, delta = network.loss(network.output, trace.z[-1], trace.output, y)
    _, gradients = backprop(network, parameters, trace, y, penalty=settings.penalty)
    return WayBack(
        batch,
        outputs,
        settings.shown_rows,
        scale.operand() if scale else None,
        layer_deltas(network, parameters, trace, delta),
        gradients,
        settings.penalty,
        settings.learning_rate,
    )


def explain_all_members(
    rows: Rows, members: Sequence[NetworkPart], starts: Sequence[RowStart], settings: Settings
) -> NetworkPart:
    """What the members' vote makes of the rows. Its way back is each member's own."""
    model, batches = rows.model, [member.batch for member in members]
    vote = Vote(
        batches,
        vote_fractions(model.members).tolist(),
        model.output_activation,
        max(batch.last for batch in batches),
    )
    sizes = batches[0].network.sizes[1:]
    shown = choose_outputs(sizes, vote.output, settings.nodes)
    forward: list[RowForward] = []
    for row, number in enumerate(settings.numbers):
        row_id = vote.row_id(row)
        predictions = tuple(explain_predictions(model.encoding, vote.a(row), row_id))
        of_members = [member.rows[row] for member in members]
        outputs = OutputOperands(vote.a(row), vote.z(row), starts[row].targets)
        forward.append(
            RowForward(
                name=f"row {number}",
                columns=(),
                layers=(explain_vote(vote, row, shown),),
                predictions=predictions,
                loss=_loss_of_row(model.loss, outputs, row_id, settings),
                agreement=tuple(explain_agreement(model.encoding, predictions, of_members, row_id)),
            )
        )
    loss: tuple[Computed, ...] = ()
    if starts[0].targets:
        scale = explain_scale(model.loss, len(forward), sizes[-1], prefix="")
        loss = tuple(explain_total(forward, scale, None, model.loss, prefix=""))
    return NetworkPart(batches[0], forward, loss, ())
