"""explain(): a model and some rows become an `Explanation`. Nothing is shown here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from glassnet.core.network import Trace, backprop, feedforward, layer_deltas
from glassnet.core.penalties import Penalty
from glassnet.errors import GlassnetError
from glassnet.model import Model
from glassnet.see.explain.backward import Backward, explain_back
from glassnet.see.explain.encoding import explain_answers, explain_columns, explain_target
from glassnet.see.explain.forward import Shown, explain_layers, explain_loss, times
from glassnet.see.explain.parts import Explanation, Number, Operand, Row, Step, Sum
from glassnet.see.subject import Rows, as_model, rows_of
from glassnet.training.problem import as_dtype

FEW, MANY_OUTPUTS, SHOWN_OF_MANY = 8, 12, 3
"""Nodes of a hidden layer that are all shown; outputs that are; how many are shown of more."""
RATE = 0.1  # the learning rate of the update, where the model's record has none

Nodes = Sequence[tuple[int, int]] | Literal["all"] | None


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
    """The complete arithmetic of a row, or a small batch, through a network: from the cells to the answer, and back to every gradient.

    Parameters
    ----------
    model : a Model, a fitted estimator, or a pair (Network, Parameters), trained or not.
    table : what `Model.predict` takes. It may hold the targets too, for the loss and the way back.
    rows : which of its rows, from 0; several are one batch.
    y : the targets of all the table's rows, where they stand apart.
    backward : whether to go back: delta by delta with the chain rule's factors, every gradient, and what one step of gradient
        descent on these rows would make of every weight.
    nodes : pairs (layer, node), from 0, hidden layers first, then the output: of the layers that are wide only these are shown, with
        every product. "all" shows all there is. None: of each wide layer the nodes that send the most to the next one.
    learning_rate : of that step; None: the one the model was trained with, or 0.1.
    penalty : what is added to the loss; None: the one the model was trained with.

    Returns
    -------
    `Explanation` : print it, or take its ``.text()``, ``.markdown()``, ``.html()`` or ``.to_dict()``; every number is there by its id.

    Raises GlassnetError on rows and nodes that are not there, and on missing targets where they are needed.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 2, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
    >>> step = gn.explain((network, gn.initialize(network, seed=1)), [[0.0, 1.0]], y=[1.0], backward=True)
    >>> print(step.text().split("Layer 2")[0])
    row 1
    ...
    >>> step["r1.a2.1"].value == gn.feedforward(network, gn.initialize(network, seed=1), [[0.0, 1.0]]).output[0, 0]
    True
    """
    found = as_model(model)
    found = replace(found, parameters=as_dtype(found.parameters, np.float64))
    chosen = [int(r) for r in np.atleast_1d(np.asarray(rows))]
    every = rows_of(found, table, y)
    for r in chosen:
        if not 0 <= r < len(every):
            raise GlassnetError(f"row {r + 1} is not in the table, which has {len(every)} rows")
    if len(set(chosen)) < len(chosen):
        raise GlassnetError("a row is given twice: give each once")
    return explain_rows(every.take(chosen), [r + 1 for r in chosen], backward, nodes, learning_rate, penalty)


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
    model, options = rows.model, rows.model.record.get("options", {})
    penalty = Penalty(options.get("l2", 0.0), options.get("l1", 0.0)) if penalty is None else penalty
    rate = options.get("learning_rate") or RATE if learning_rate is None else learning_rate
    trace = feedforward(model.network, model.parameters, rows.x)
    y = rows.y if backward or _known(rows) else None
    shown = shown_nodes(model, trace, nodes)
    inputs: list[list[Operand]] = []
    targets: list[list[Operand]] = []
    made: list[Row] = []
    for place, number in enumerate(numbers):
        prefix = f"r{number}."
        operands, columns = explain_columns(model.encoding, rows.columns, place, prefix, nodes == "all")
        layers = explain_layers(model, trace, place, operands, shown, prefix)
        wanted = [] if y is None else _targets(rows, place, prefix)
        inputs.append(operands)
        targets.append([step.operand() for step in wanted if step.id.startswith(f"{prefix}y")])
        loss = [] if y is None else [*wanted, *explain_loss(model, trace, y, place, targets[-1], prefix)]
        made.append(Row(f"row {number}", columns, layers, tuple(_answers(model, trace, place, prefix)), tuple(loss)))
    losses, back = (), ()
    if y is not None:
        share = _share(model, len(made))
        losses = tuple(_total(model, made, share, penalty, backward))
    if y is not None and backward:
        loss, delta = model.network.loss(model.network.output, trace.z[-1], trace.output, y)
        _, gradients = backprop(model.network, model.parameters, trace, y, penalty=penalty)
        deltas = layer_deltas(model.network, model.parameters, trace, delta)
        prefixes = [f"r{number}." for number in numbers]
        batch = list(zip(prefixes, inputs, targets, strict=True))
        told = [n for n, number in enumerate(numbers) if detail is None or number in detail]
        way = Backward(model, trace, batch, told, share and share.operand(), deltas, gradients, penalty, rate)
        back = explain_back(way, shown)
    rows_shown = tuple(row for row, number in zip(made, numbers, strict=True) if detail is None or number in detail)
    notes = _notes(model, y, backward, rate, [] if detail is None else [n for n in numbers if n not in detail])
    return Explanation(model.shape, _facts(model), tuple(notes), rows_shown, losses, back)


def shown_nodes(model: Model, trace: Trace, nodes: Nodes) -> list[Shown]:
    """The nodes of each layer that are shown. Raises GlassnetError on one that is not there."""
    sizes = model.network.sizes[1:]
    asked = [(layer, j) for layer, j in nodes] if nodes is not None and nodes != "all" else []
    for layer, j in asked:
        if not 0 <= layer < len(sizes) or not 0 <= j < sizes[layer]:
            layers = ", ".join(f"{n + 1}.1 to {n + 1}.{size}" for n, size in enumerate(sizes))
            raise GlassnetError(f"node {layer + 1}.{j + 1} is not in the network, which has {layers}")
    found: list[Shown] = []
    for layer, size in enumerate(sizes):
        last, mine = layer == len(sizes) - 1, sorted({j for n, j in asked if n == layer})
        if nodes == "all" or size <= (MANY_OUTPUTS if last else FEW):
            whole = nodes == "all" or bool(mine)
            found.append(Shown(range(size), whole, ""))
        elif asked and (mine or not last):
            found.append(Shown(mine, True, "those asked for"))
        else:
            sent = np.abs(trace.a[layer]).sum(axis=0)
            if not last:
                sent = sent * np.abs(model.parameters.weights[layer + 1]).sum(axis=1)
            most = np.sort(np.argsort(-sent, kind="stable")[:SHOWN_OF_MANY]).tolist()
            found.append(Shown(most, False, "the largest outputs" if last else "those that send the most to the next layer"))
    return found


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
    last = len(trace.z)
    outputs = [Operand(f"a{last}.{k + 1}", float(a), f"{prefix}a{last}.{k + 1}") for k, a in enumerate(trace.output[place])]
    steps: list[Step] = []
    for number, target in enumerate(model.encoding.targets, 1):
        own, outputs = outputs[: target.width], outputs[target.width :]
        steps += explain_answers(target, own, prefix, number)
    return steps


def _share(model: Model, rows: int) -> Step | None:
    """What each row's loss is multiplied by; None where losses are only added."""
    outputs, reduction = model.network.sizes[-1], model.network.loss.reduction
    if reduction == "sum" or (rows == 1 and (reduction == "mean_rows" or outputs == 1)):
        return None
    operands = {"n": Operand("rows", float(rows))} | ({"k": Operand("outputs", float(outputs))} if reduction == "mean" else {})
    says = "what a mean multiplies by"
    if reduction == "mean":
        return Step("c", "c", 1.0 / (rows * outputs), "1 / (n * k)", operands, says)
    return Step("c", "c", 1.0 / rows, "1 / n", operands, says)


def _total(model: Model, rows: Sequence[Row], share: Step | None, penalty: Penalty, backward: bool) -> list[Number]:
    """How the rows' losses became one number, E."""
    losses = [row.loss[-1] for row in rows]
    steps: list[Number] = [share] if share else []
    added: list[tuple[str, Operand]] = [] if share else [(row.name, e.operand()) for row, e in zip(rows, losses, strict=True)]
    products = tuple(times(share.operand(), e.operand(), row.name) for row, e in zip(rows, losses, strict=True)) if share else ()
    total = sum(p.value for p in products) + sum(float(o.value or 0) for _, o in added)
    if any(penalty) and backward:
        value = float(sum(penalty(w)[0] for w in model.parameters.weights))
        says = f"{penalty.l2:g}/2 times the sum of all squared weights, {penalty.l1:g} times that of their sizes"
        steps.append(Step("penalty", "penalty", value, says=says))
        added.append(("penalty", steps[-1].operand()))
        total += value
    return [*steps, Sum("E", "E", total, products, tuple(added), says=f"the loss, {model.network.loss.name}")]


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


def _notes(model: Model, y: np.ndarray | None, backward: bool, rate: float, others: Sequence[int]) -> list[str]:
    notes: list[str] = []
    if others:
        notes.append(f"Row {', '.join(map(str, others))} of the same batch went the same way: of them only what reaches the gradients is shown.")
    if model.members > 1:
        each = model.network.sizes[1] // model.members
        notes.append(
            f"{model.members} networks side by side: nodes 1 to {each} of a hidden layer are network 1's, and so on; no weights lead from "
            "one network to another, and the output adds up what each of them says."
        )
    if any(np.atleast_1d(model.record.get("options", {}).get("dropout", 0.0))):
        notes.append("In training, dropout left out some hidden nodes of each update; a prediction, as here, uses all of them.")
    if y is None:
        notes.append("The table does not hold the targets of these rows, so there is no loss.")
    if backward:
        notes.append(f"The update is one step of gradient descent on these rows alone, with learning rate {rate:g}.")
    return notes
