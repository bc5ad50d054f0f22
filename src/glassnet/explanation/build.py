"""explain(): a model and some rows become an `Explanation`. Nothing is written or drawn here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from glassnet.core.losses import Loss
from glassnet.core.network import backprop, feedforward, layer_deltas
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, OptionError, OptionRef
from glassnet.explanation.backward import WayBack, explain_backward
from glassnet.explanation.batch import Batch
from glassnet.explanation.choice import Nodes, choose_nodes, choose_outputs
from glassnet.explanation.encoding import explain_columns, indicator_inputs
from glassnet.explanation.forward import explain_layers
from glassnet.explanation.loss import (
    OutputOperands,
    explain_loss,
    explain_penalty,
    explain_scale,
    explain_total,
)
from glassnet.explanation.notes import notes_of
from glassnet.explanation.outside import outside_training
from glassnet.explanation.parts import (
    ColumnSteps,
    Computed,
    Explanation,
    LayerBackward,
    LayerUpdates,
    Operand,
    RowForward,
    Step,
)
from glassnet.explanation.predictions import explain_predictions, explain_targets
from glassnet.explanation.summarize import summarize
from glassnet.explanation.updates import largest_update, layer_updates
from glassnet.explanation.vote import Vote, explain_agreement, explain_vote
from glassnet.explanation.what_if import Changes, explain_what_if
from glassnet.models.conversion import as_model
from glassnet.models.ensemble import Member, vote_fractions
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of

FEW_PARAMETERS = 200  # of all members: the whole arithmetic of so many is shown at once
RATE = 0.1  # the learning rate of the update, where the model's record has none


def explain(
    model: Any,
    table: Any,
    rows: int | Sequence[int] = 0,
    *,
    y: Any = None,
    backward: bool = False,
    nodes: Nodes = None,
    learning_rate: float | None = None,
    penalty: Penalty | None = None,
    what_if: Changes | None = None,
) -> Explanation:
    """Why a row is predicted so: what each column contributed, then the complete arithmetic.

    First what is predicted, beside what is true where that is known, and what every column
    contributed to it (`contributions`); then every number from the cells to the prediction, and
    back.

    Where several networks vote, the vote is explained, and then each of them alone.

    Parameters
    ----------
    model : Model, fitted estimator or pipeline, Run, or (Network, Parameters)
        What is explained, trained or not; scikit-learn's own networks too, and a pipeline that
        scales and encodes columns before one, whose cells then stand in their own units.
    table : data frame, dict of columns, path or array
        What `Model.predict` takes. It may hold the targets too, for the loss and the way back.
    rows : int or list of int
        Which of its rows, from 0; several are one batch.
    y : array, optional
        The targets of all the table's rows, where they are not in the table.
    backward : bool
        Whether to go back: delta by delta with the chain rule's factors, every gradient, and what
        one step of gradient descent on these rows would make of every weight.
    nodes : list of (layer, node), "all" or None
        Counted from 0, hidden layers first, then the output: of the layers that are wide only these
        are shown, with every product. "all" shows all there is. None: of each wide layer the nodes
        that send the most to the next one.
    learning_rate : float, optional
        Of that step; None: the one the model was trained with, or 0.1.
    penalty : Penalty, optional
        What is added to a network's loss on the way back; None: the l2 and l1 that `train_table`
        trained it with, unless its weights were changed since, by `fold` or `joined`.
    what_if : dict, optional
        Column -> another cell, for what would be predicted then: a value, None for a missing cell,
        or text. "+2" and "-2" add to a number, or to the days of a date; "=-2" sets a number below
        0; other text is set as it would stand in the table, and "" is a missing cell.

    Returns
    -------
    Explanation
        Print it, or take its ``.text()``, ``.markdown()``, ``.html()`` or ``.to_dict()``, or a
        number by its id.

    Raises
    ------
    GlassnetError
        On rows and nodes that are not there, on missing targets where they are needed, and on a
        change of a column that the model does not use, or to a cell that does not fit.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 2, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    >>> start = gn.initialize(network, seed=1)
    >>> step = gn.explain((network, start), [[0.0, 1.0]], y=[1.0], backward=True)
    >>> print(step.text(digits=3))
    row 1: predicted y 0.421; actual 1.000: 0.579 too low
    ...
    2-2-1 sigmoid, sigmoid, sum_of_squares, no biases, 6 weights
    ...
          z2.1 = 0.295·(-0.532) = -0.157   a1.1·w2[1→1]
               + 0.75·(-0.217) = -0.163    a1.2·w2[2→1]
               = -0.32
          a2.1 = 1 / (1 + exp(-z2.1)) = 1 / (1 + exp(-(-0.32))) = 0.421   sigmoid
    ...
    >>> output = gn.feedforward(network, start, [[0.0, 1.0]]).output
    >>> step["r1.a2.1"].value == float(output[0, 0])
    True
    """
    found = as_model(model)
    chosen = [int(row) for row in np.atleast_1d(np.asarray(rows))]
    every = rows_of(found, table, y)
    for row in chosen:
        if not 0 <= row < len(every):
            message = [OptionRef("rows", row), f": the table has rows 0 to {len(every) - 1}"]
            raise OptionError(message, option="rows", value=row)
    if len(set(chosen)) < len(chosen):
        raise GlassnetError("a row is given twice: give each once")
    numbers = [row + 1 for row in chosen]
    taken = every.take(chosen)
    asked = (backward, nodes, learning_rate, penalty)
    return explain_rows(taken, numbers, *asked, others=every, what_if=what_if)


class _Start(NamedTuple):
    """What a row brings into every network: its inputs and targets, and how they came about."""

    inputs: list[Operand]
    columns: tuple[ColumnSteps, ...]
    target_steps: tuple[Step, ...]
    """Empty where the targets are not known."""

    @property
    def targets(self) -> list[Operand]:
        """y1, y2, ...: the steps without the targets' cells."""
        return [step.operand() for step in self.target_steps if not step.id.endswith(".actual")]


class _Settings(NamedTuple):
    """How a batch is explained: `shown_rows` are the indices of those that are shown one by one."""

    numbers: Sequence[int]
    shown_rows: Sequence[int]
    backward: bool
    nodes: Nodes
    learning_rate: float
    penalty: Penalty


class _Explained(NamedTuple):
    """One network's part of an explanation, with all rows of the batch."""

    batch: Batch
    rows: list[RowForward]
    loss: tuple[Computed, ...]
    backward: tuple[LayerBackward, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know of its way back."""
    updates: tuple[LayerUpdates, ...] = ()
    """Of a small network: what the step makes of every weight."""


def explain_rows(
    rows: Rows,
    numbers: Sequence[int],
    backward: bool = False,
    nodes: Nodes = None,
    learning_rate: float | None = None,
    penalty: Penalty | None = None,
    detail: Sequence[int] | None = None,
    others: Rows | None = None,
    what_if: Changes | None = None,
) -> Explanation:
    """`explain` for rows that are one batch; `numbers` are theirs in the table, from 1.

    `detail` : the numbers of those whose way forward and deltas are shown; None: all. Losses and
    gradients are always those of all rows. `others` : the rows whose average these are compared
    with, where the model does not know that of its training; None: the batch's own. `what_if` : the
    changes whose consequences are shown for each row.
    """
    rows = replace(rows, model=rows.model.as_dtype(np.float64))  # as predictions are made
    settings = _Settings(
        numbers,
        [index for index, number in enumerate(numbers) if detail is None or number in detail],
        backward,
        nodes,
        _learning_rate(rows.model) if learning_rate is None else learning_rate,
        _penalty(rows.model) if penalty is None else penalty,
    )
    starts = _starts(rows, settings)
    explained = [
        _explain_member(rows, member, prefix, starts, settings)
        for member, prefix in zip(rows.model.members, _prefixes(rows.model), strict=True)
    ]
    if len(explained) == 1:
        (whole,), members = explained, ()
    else:
        whole = _explain_vote(rows, explained, starts, settings)
        members = tuple(
            _as_explanation(rows.model, i, explained[i], settings) for i in range(len(explained))
        )
    with_start = [_with_start(row, start) for row, start in zip(whole.rows, starts, strict=True)]
    compared = rows if others is None else others
    shown = [
        replace(
            with_start[index],
            summary=summarize(rows, index, compared),
            what_if=explain_what_if(rows, index, what_if, compared) if what_if else None,
            outside=tuple(outside_training(rows.take([index]))),
        )
        for index in settings.shown_rows
    ]
    return Explanation(
        title=rows.model.shape,
        network=_facts(rows.model),
        notes=(*_notes(rows.model, settings, bool(whole.loss)), *whole.notes),
        rows=tuple(shown),
        loss=whole.loss,
        backward=whole.backward,
        members=members,
        brief=_is_brief(rows.model, settings),
        updates=whole.updates,
    )


def _is_brief(model: Model, settings: _Settings) -> bool:
    """Whether the whole arithmetic would be too long for a reader who asked for no part of it."""
    asked = settings.backward or settings.nodes is not None
    return not asked and model.n_parameters > FEW_PARAMETERS


def _prefixes(model: Model) -> list[str]:
    """What the ids of each member's numbers begin with; nothing for an only one."""
    if len(model.members) == 1:
        return [""]
    return [f"m{number}." for number in range(1, len(model.members) + 1)]


def _learning_rate(model: Model) -> float:
    """That of the training; of folded weights and their loss, on another scale, the usual one."""
    of_training = None if model.record.folded else model.record.learning_rate
    return of_training or RATE


def _penalty(model: Model) -> Penalty:
    """The penalty of the training, where the weights are still those that were trained."""
    were_changed = model.record.folded or model.record.joined_from > 1
    return Penalty() if were_changed else model.record.penalty


def _notes(model: Model, settings: _Settings, known: bool) -> tuple[str, ...]:
    others = [
        number for index, number in enumerate(settings.numbers) if index not in settings.shown_rows
    ]
    rate = settings.learning_rate if settings.backward else None
    left_out = any(model.record.penalty) and not any(settings.penalty)
    return tuple(notes_of(model, others, known, rate, left_out))


def _starts(rows: Rows, settings: _Settings) -> list[_Start]:
    """Every row's inputs and targets. Raises GlassnetError where the way back lacks targets."""
    if settings.backward:
        rows.known_targets()
    encoding, known = rows.model.encoding, _are_known(rows)
    starts: list[_Start] = []
    for index, number in enumerate(settings.numbers):
        row_id, whole = f"r{number}.", settings.nodes == "all"
        inputs, columns = explain_columns(encoding, rows.columns, index, row_id, whole)
        targets = explain_targets(encoding, rows.targets, index, row_id) if known else ()
        starts.append(_Start(inputs, columns, tuple(targets)))
    return starts


def _are_known(rows: Rows) -> bool:
    """Whether the table has the targets of all the rows."""
    names = [target.name for target in rows.model.encoding.targets]
    return all(name in rows.targets and not rows.targets[name].missing.any() for name in names)


def _with_start(row: RowForward, start: _Start) -> RowForward:
    """The row with its columns before it, and its targets before its loss."""
    return replace(row, columns=start.columns, loss=(*start.target_steps, *row.loss))


def _explain_member(
    rows: Rows, member: Member, prefix: str, starts: Sequence[_Start], settings: _Settings
) -> _Explained:
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
        return _Explained(batch, forward, loss, ())
    updates = layer_updates(way) if network.n_parameters <= FEW_PARAMETERS else ()
    notes = (largest_update(way),)
    return _Explained(batch, forward, loss, explain_backward(way), notes, updates)


def _member_outputs(batch: Batch, row: int, targets: list[Operand]) -> OutputOperands:
    K = batch.network.sizes[-1]
    a = [batch.a(row, batch.last, k) for k in range(K)]
    z = [batch.z(row, batch.last, k) for k in range(K)]
    return OutputOperands(a, z, targets)


def _loss_of_row(
    loss: Loss, outputs: OutputOperands, row_id: str, settings: _Settings
) -> tuple[Computed, ...]:
    """The row's loss; nothing where its targets are not known."""
    whole = settings.nodes == "all"
    return tuple(explain_loss(loss, outputs, row_id, whole)) if outputs.y else ()


def _way_back(
    batch: Batch,
    outputs: Sequence[OutputOperands],
    y: np.ndarray,
    scale: Step | None,
    settings: _Settings,
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


def _explain_vote(
    rows: Rows, members: Sequence[_Explained], starts: Sequence[_Start], settings: _Settings
) -> _Explained:
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
    return _Explained(batches[0], forward, loss, ())


def _as_explanation(
    model: Model, index: int, explained: _Explained, settings: _Settings
) -> Explanation:
    """One member as an explanation of its own."""
    alone = model.member(index)
    return Explanation(
        title=f"Member {index + 1} of {len(model.members)}: {alone.shape}",
        network=_facts(alone),
        notes=explained.notes,
        rows=tuple(explained.rows[row] for row in settings.shown_rows),
        loss=explained.loss,
        backward=explained.backward,
    )


def _facts(model: Model) -> dict[str, Any]:
    """What the network is; of several the first."""
    network = model.members[0].network
    return {
        "sizes": list(network.sizes),
        "activations": [activation.name for activation in network.activations],
        "loss": network.loss.name,
        "bias": network.bias,
        "members": len(model.members),
        "inputs": model.encoding.features,
        "outputs": model.encoding.outputs,
    }
