"""explain(): a model and some rows become an `Explanation`. Nothing is shown here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.core.network import Parameters, Trace, backprop, layer_deltas
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.explanation.backward import Backward, Batched, explain_back
from glassnet.explanation.choice import Nodes, shown_nodes
from glassnet.explanation.encoding import explain_columns
from glassnet.explanation.forward import Shown, explain_layers
from glassnet.explanation.forward import number as made
from glassnet.explanation.loss import explain_loss, explain_share, explain_total
from glassnet.explanation.notes import notes_of
from glassnet.explanation.parts import Explanation, LayerBack, Number, Row, Step
from glassnet.explanation.predictions import explain_answers, explain_target
from glassnet.models.model import Model
from glassnet.models.rows import Rows, as_model, rows_of
from glassnet.training.problem import as_dtype

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
) -> Explanation:
    """The complete arithmetic of a row, or a small batch: from its cells to the answer, and back to every gradient.

    Parameters
    ----------
    model : a Model, a fitted estimator, or a pair (Network, Parameters), trained or not.
    table : what `Model.predict` takes. It may hold the targets too, for the loss and the way back.
    rows : which of its rows, from 0; several are one batch.
    y : the targets of all the table's rows, where they stand apart.
    backward : whether to go back: delta by delta with the chain rule's factors, every gradient, and what one step of gradient
        descent on these rows would make of every weight.
    nodes : pairs (layer, node), from 0, hidden layers first, then the output: of the layers that are wide only these are shown,
        with every product. "all" shows all there is. None: of each wide layer the nodes that send the most to the next one.
    learning_rate : of that step; None: the one the model was trained with, or 0.1.
    penalty : what is added to the loss on the way back; None: l2 and l1 of a single network that `train_table` made, else nothing.

    Returns
    -------
    `Explanation` : print it, or take its ``.text()``, ``.markdown()``, ``.html()`` or ``.to_dict()``, or a number by its id.

    Raises GlassnetError on rows and nodes that are not there, and on missing targets where they are needed.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 2, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    >>> step = gn.explain((network, gn.initialize(network, seed=1)), [[0.0, 1.0]], y=[1.0], backward=True)
    >>> print(step.text(digits=3))
    2-2-1 sigmoid, sigmoid, sum_of_squares, no biases, 6 weights
    ...
          z2.1 = 0.295·(-0.532) = -0.157   a1.1·w2[1→1]
               + 0.75·(-0.217) = -0.163    a1.2·w2[2→1]
               = -0.32
          a2.1 = 1 / (1 + exp(-z2.1)) = 1 / (1 + exp(-(-0.32))) = 0.421   sigmoid
    ...
    >>> step["r1.a2.1"].value == float(gn.feedforward(network, gn.initialize(network, seed=1), [[0.0, 1.0]]).output[0, 0])
    True
    """
    found = as_model(model)
    chosen = [int(r) for r in np.atleast_1d(np.asarray(rows))]
    every = rows_of(found, table, y)
    for r in chosen:
        if not 0 <= r < len(every):
            raise GlassnetError(f"row {r + 1} is not in the table, which has {len(every)} rows")
    if len(set(chosen)) < len(chosen):
        raise GlassnetError("a row is given twice: give each once")
    return explain_rows(
        every.take(chosen), [r + 1 for r in chosen], backward, nodes, learning_rate, penalty
    )


def explain_rows(
    rows: Rows,
    numbers: Sequence[int],
    backward: bool = False,
    nodes: Nodes = None,
    learning_rate: float | None = None,
    penalty: Penalty | None = None,
    detail: Sequence[int] | None = None,
) -> Explanation:
    """`explain` for rows that are one batch; `numbers` are theirs in the table, from 1.

    `detail`: the numbers of those whose way forward and deltas are shown; None: all. Losses and gradients are always those of all.
    """
    model = replace(
        rows.model, parameters=as_dtype(rows.model.parameters, np.float64)
    )  # as predictions are made
    rows, options = replace(rows, model=model), model.record.get("options", {})
    own = (
        {} if model.record.get("folded") else options
    )  # folded weights and their loss have another scale
    rate = own.get("learning_rate") or RATE if learning_rate is None else learning_rate
    trained_with = Penalty(options.get("l2", 0.0), options.get("l1", 0.0))
    penalty = _penalty(model, trained_with) if penalty is None else penalty
    trace = rows.trace
    shown = shown_nodes(model, trace, nodes)
    y = rows.y if backward or _known(rows) else None
    told = [
        _told(rows, place, number, trace, y, shown, nodes == "all")
        for place, number in enumerate(numbers)
    ]
    kept = [place for place, number in enumerate(numbers) if detail is None or number in detail]
    losses: tuple[Number, ...] = ()
    back: tuple[LayerBack, ...] = ()
    if y is not None:
        share = explain_share(model, len(told))
        losses = tuple(
            explain_total(
                model, [row for row, _ in told], share, penalty if backward else Penalty()
            )
        )
        if backward:
            deltas, gradients = _deltas(model, trace, y, penalty)
            batch = [operands for _, operands in told]
            back = explain_back(
                Backward(
                    model,
                    trace,
                    batch,
                    kept,
                    share and share.operand(),
                    deltas,
                    gradients,
                    penalty,
                    rate,
                ),
                shown,
            )
    others = [n for place, n in enumerate(numbers) if place not in kept]
    left_out = any(trained_with) and not any(penalty)
    notes = notes_of(model, others, y is not None, rate if backward else None, left_out)
    return Explanation(
        model.shape,
        _facts(model),
        tuple(notes),
        tuple(told[place][0] for place in kept),
        losses,
        back,
    )


def _penalty(model: Model, trained_with: Penalty) -> Penalty:
    """The penalty that a model was trained with, where its weights are still those that were trained, each once."""
    return Penalty() if model.members > 1 or model.record.get("folded") else trained_with


def _told(
    rows: Rows,
    place: int,
    number: int,
    trace: Trace,
    y: np.ndarray | None,
    shown: list[Shown],
    whole: bool,
) -> tuple[Row, Batched]:
    """A row's way forward, and the operands that the way back needs of it."""
    model, prefix = rows.model, f"r{number}."
    inputs, columns = explain_columns(model.encoding, rows.columns, place, prefix, whole)
    layers = explain_layers(model, trace, place, inputs, shown, prefix)
    wanted = [] if y is None else _targets(rows, place, prefix)
    targets = [step.operand() for step in wanted if step.id.startswith(f"{prefix}y")]
    loss = [] if y is None else [*wanted, *explain_loss(model, trace, y, place, targets, prefix)]
    answers = _answers(model, trace, place, prefix)
    return Row(f"row {number}", columns, layers, tuple(answers), tuple(loss)), Batched(
        prefix, inputs, targets
    )


def _deltas(
    model: Model, trace: Trace, y: np.ndarray, penalty: Penalty
) -> tuple[list[np.ndarray], Parameters]:
    """Delta of every layer, N x its nodes, and the gradients, as `core` has them."""
    network, parameters = model.network, model.parameters
    _, delta = network.loss(network.output, trace.z[-1], trace.output, y)
    return layer_deltas(network, parameters, trace, delta), backprop(
        network, parameters, trace, y, penalty=penalty
    )[1]


def _known(rows: Rows) -> bool:
    names = [target.name for target in rows.model.encoding.targets]
    return all(name in rows.answers and not rows.answers[name].missing.any() for name in names)


def _targets(rows: Rows, place: int, prefix: str) -> list[Step]:
    steps: list[Step] = []
    first = 1
    for number, target in enumerate(rows.model.encoding.targets, 1):
        steps += explain_target(target, rows.answers[target.name], place, prefix, number, first)
        first += target.width
    return steps


def _answers(model: Model, trace: Trace, place: int, prefix: str) -> list[Step]:
    outputs = [made("a", prefix, len(trace.z) - 1, k, a) for k, a in enumerate(trace.output[place])]
    steps: list[Step] = []
    for number, target in enumerate(model.encoding.targets, 1):
        own, outputs = outputs[: target.width], outputs[target.width :]
        steps += explain_answers(target, own, prefix, number)
    return steps


def _facts(model: Model) -> dict[str, Any]:
    network = model.network
    return {
        "sizes": list(network.sizes),
        "activations": [a.name for a in network.activations],
        "loss": network.loss.name,
        "bias": network.bias,
        "members": model.members,
        "inputs": model.encoding.features,
        "outputs": model.encoding.outputs,
    }
