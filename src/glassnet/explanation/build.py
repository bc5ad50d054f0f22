"""explain(): a model and some rows become an `Explanation`. Nothing is written or drawn here.

What the networks do to the rows is `networks.py`'s.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError, OptionError, OptionRef
from glassnet.explanation.choice import Nodes
from glassnet.explanation.encoding import explain_columns
from glassnet.explanation.networks import (
    FEW_PARAMETERS,
    NetworkPart,
    RowStart,
    Settings,
    explain_all_members,
    explain_member,
)
from glassnet.explanation.notes import notes_of
from glassnet.explanation.outside import outside_training
from glassnet.explanation.parts import Explanation, RowForward
from glassnet.explanation.predictions import explain_targets
from glassnet.explanation.summarize import summarize
from glassnet.explanation.what_if import Changes, explain_what_if
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of

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
    Of all weights the step changes w2[2→1] most: from -0.2169 to -0.1957.
    ...
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
    settings = Settings(
        numbers,
        [index for index, number in enumerate(numbers) if detail is None or number in detail],
        backward,
        nodes,
        _learning_rate(rows.model) if learning_rate is None else learning_rate,
        _penalty(rows.model) if penalty is None else penalty,
    )
    starts = _starts(rows, settings)
    explained = [
        explain_member(rows, member, prefix, starts, settings)
        for member, prefix in zip(rows.model.members, _prefixes(rows.model), strict=True)
    ]
    if len(explained) == 1:
        (whole,), members = explained, ()
    else:
        whole = explain_all_members(rows, explained, starts, settings)
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
        notes=_notes(rows.model, settings, bool(whole.loss)),
        rows=tuple(shown),
        loss=whole.loss,
        backward=whole.backward,
        members=members,
        brief=_is_brief(rows.model, settings),
        updates=whole.updates,
        opening=whole.notes,
    )


def _is_brief(model: Model, settings: Settings) -> bool:
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


def _notes(model: Model, settings: Settings, known: bool) -> tuple[str, ...]:
    others = [
        number for index, number in enumerate(settings.numbers) if index not in settings.shown_rows
    ]
    rate = settings.learning_rate if settings.backward else None
    left_out = any(model.record.penalty) and not any(settings.penalty)
    return tuple(notes_of(model, others, known, rate, left_out))


def _starts(rows: Rows, settings: Settings) -> list[RowStart]:
    """Every row's inputs and targets. Raises GlassnetError where the way back lacks targets."""
    if settings.backward:
        rows.known_targets()
    encoding, known = rows.model.encoding, _are_known(rows)
    starts: list[RowStart] = []
    for index, number in enumerate(settings.numbers):
        row_id, whole = f"r{number}.", settings.nodes == "all"
        inputs, columns = explain_columns(encoding, rows.columns, index, row_id, whole)
        targets = explain_targets(encoding, rows.targets, index, row_id) if known else ()
        starts.append(RowStart(inputs, columns, tuple(targets)))
    return starts


def _are_known(rows: Rows) -> bool:
    """Whether the table has the targets of all the rows."""
    names = [target.name for target in rows.model.encoding.targets]
    return all(name in rows.targets and not rows.targets[name].missing.any() for name in names)


def _with_start(row: RowForward, start: RowStart) -> RowForward:
    """The row with its columns before it, and its targets before its loss."""
    return replace(row, columns=start.columns, loss=(*start.target_steps, *row.loss))


def _as_explanation(
    model: Model, index: int, explained: NetworkPart, settings: Settings
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
