"""What `glassnet demo` prints: the article's tables in their order, of its rows or the user's.

Of a large table the first rows and columns are shown, and how many there are. What is run and
written is `demo.py`'s.
"""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from glassnet import article
from glassnet.cli.console import print_table
from glassnet.cli.terminal import say
from glassnet.cli.wording import in_flags
from glassnet.core.network import feedforward
from glassnet.runs.article import ArticleRun
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

LOSSES_AT = (1, 10, 100, 500, 1000)  # iterations whose losses are printed, beside the last one's
PRINTED_ROWS = 10  # of a table that is printed
PRINTED_COLUMNS = 4
WIDTH = 79  # columns of the notes


def print_article(run: ArticleRun) -> None:
    """Print the whole article: table, weights, losses, predictions, new rows."""
    network = run.done.model.network
    say(f"The article's network: {network}, {network.n_parameters} weights")
    _print_data(run)
    _print_weights(run, named=False)
    _print_losses(run)
    _print_predictions(run, {"printed in the article": article.PRINTED})
    say("The article drew its starting weights without a seed, so its table is one draw of many;")
    say("every seed gives another, and all of them come close to 0, 1, 1, 0.")
    say("Try --seed 2, or --rng numpy.")
    _print_new_rows(run)
    _print_ending(run)


def print_notes(run: ArticleRun) -> None:
    """Print what the numbers of the table do to the program."""
    for notice in run.done.notices:
        text = f"Note: {notice.worded(in_flags)}."
        for line in wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False):
            say(line)


def print_users_table(run: ArticleRun, name: str) -> None:
    """Print the same of the user's table, and what its numbers do to the program."""
    model = run.done.model
    network = model.network
    say(
        f"The article's program on {name}, {len(run.rows):,} rows: {network}, "
        f"{network.n_parameters:,} weights"
    )
    for column in model.encoding.inputs:
        if isinstance(column, Number):
            _print_scaled(column)
        else:
            names = ", ".join(getattr(column, "levels", ()))
            say(f"  {column.name} becomes a column of 0 and 1 for each of {names}")
    for target in model.encoding.targets:
        if isinstance(target, NumberTarget):
            _print_scaled(target)
        elif target.width == 1:
            zero, one = target.label_texts
            say(f"  {target.name} becomes 0 for {zero} and 1 for {one}")
        else:
            say(f"  {target.name} becomes an output for each of {', '.join(target.label_texts)}")
    _print_data(run)
    _print_weights(run, named=True)
    _print_losses(run)
    _print_predictions(run, {})
    _print_ending(run)


def _print_scaled(column: Number | NumberTarget) -> None:
    """Print what a column of numbers becomes, where it is scaled."""
    if (column.center, column.scale) != (0, 1):
        low, range_ = f"{column.center:.6g}", f"{column.scale:.6g}"
        say(f"  {column.name} becomes ({column.name} - {low}) / {range_}, from 0 to 1")


def _print_data(run: ArticleRun) -> None:
    encoding = run.done.model.encoding
    rows = run.rows.take(slice(PRINTED_ROWS))
    inputs, x = _first_columns(encoding.features, rows.x)
    outputs, y = _first_columns(encoding.outputs, rows.y)
    cells = [[f"{v:g}" for v in row] for row in np.column_stack([x, y])]
    title = "The data: X beside y"
    more = [_more("rows", len(cells), len(run.rows))]
    more.append(_more("inputs", len(inputs), len(encoding.features)))
    more.append(_more("outputs", len(outputs), len(encoding.outputs)))
    print_table([*inputs, *outputs], cells, title + "".join(more))


def _first_columns(names: Sequence[str], matrix: np.ndarray) -> tuple[Sequence[str], np.ndarray]:
    return names[:PRINTED_COLUMNS], matrix[:, :PRINTED_COLUMNS]


def _more(what: str, shown: int, count: int) -> str:
    return f" ({shown} of {count:,} {what})" if shown < count else ""


def _print_weights(run: ArticleRun, named: bool) -> None:
    """Each matrix at the start and after training; a row for each node they come from.

    `named`: the inputs by their names, not by numbers.
    """
    last = len(run.start.weights) - 1
    model = run.done.model
    layers = ["input", *(f"hidden {i + 1}" if last > 1 else "hidden" for i in range(last))]
    for layer, (from_, to) in enumerate(zip(layers, [*layers[1:], "output"], strict=True)):
        before, after = run.start.weights[layer], model.parameters.weights[layer]
        names = [str(i + 1) for i in range(len(before))]
        if named and not layer:
            names = model.encoding.features
        if model.parameters.biases:
            names = [*names, "bias"]
            before = np.vstack([before, run.start.biases[layer]])
            after = np.vstack([after, model.parameters.biases[layer]])
        headers = ["from \\ to", *(str(j + 1) for j in range(before.shape[1]))]
        shown = before[:, :PRINTED_COLUMNS], after[:, :PRINTED_COLUMNS]
        rows = [
            [name, *(f"{v:.3f} → {w:.3f}" for v, w in zip(*pair, strict=True))]
            for name, *pair in list(zip(names, *shown, strict=True))[:PRINTED_ROWS]
        ]
        title = f"W{layer + 1}, {from_} to {to}: at the start → trained"
        title += _more("rows", len(rows), len(before))
        title += _more("columns", shown[0].shape[1], before.shape[1])
        print_table(headers[: PRINTED_COLUMNS + 1], rows, title)


def _print_losses(run: ArticleRun) -> None:
    (training,) = run.done.runs
    loss = training.history.iteration_loss
    iterations = [i for i in LOSSES_AT if i < len(loss)] + [len(loss)]
    rows = [[str(i), f"{loss[i - 1]:.10f}"] for i in iterations]
    print_table(
        ["iteration", "loss"], rows, f"The sum of squared errors ({training.engine} engine)"
    )


def _print_predictions(run: ArticleRun, beside: dict[str, Sequence[float]]) -> None:
    """Print what was predicted before the last update, and after it where the digits differ.

    `beside` are columns of further numbers, one a row.
    """
    (training,) = run.done.runs
    count = len(training.history.iteration_loss)
    outputs, before = _first_columns(run.done.model.encoding.outputs, training.last_batch_output)
    columns: dict[str, list[str]] = {}
    if not beside:
        columns["row"] = [str(i + 1) for i in range(len(before))]
    differ = False
    for k, name in enumerate(outputs):
        ending = f" {name}" if len(outputs) > 1 else ""
        columns[f"predicted{ending}"] = [f"{p:.3f}" for p in before[:, k]]
        columns[f"actual{ending}"] = [f"{y:g}" for y in run.rows.y[:, k]]
        after = [f"{p:.3f}" for p in run.rows.output[:, k]]
        if after != columns[f"predicted{ending}"]:
            columns[f"after the update{ending}"] = after
            differ = True
    for name, numbers in beside.items():
        columns[name] = [f"{number:.3f}" for number in numbers]
    rows = list(zip(*columns.values(), strict=True))
    title = f"Predicted against actual, in iteration {count} before its update"
    more = _more("rows", min(PRINTED_ROWS, len(rows)), len(rows))
    more += _more("outputs", len(outputs), training.last_batch_output.shape[1])
    print_table(list(columns), rows[:PRINTED_ROWS], title + more)
    say("These predictions are of the last feedforward, before the last update, as the article's")
    same = "see 'after the update'." if differ else "the digits shown are the same."
    say(f"program; of the trained network, as `glassnet predict` gives them, {same}")
    if run.scaled and run.done.model.encoding.task == "regression":
        say("`glassnet predict` gives them in the target's unit, turned back from 0 to 1.")


def _print_new_rows(run: ArticleRun) -> None:
    model = run.done.model
    trace = feedforward(model.network, model.parameters, article.NEW_ROWS)
    rows = [
        [*(f"{v:g}" for v in x), f"{p:.3f}"]
        for x, p in zip(article.NEW_ROWS, trace.output.ravel(), strict=True)
    ]
    title = "Rows that were not in the data, with the final weights"
    print_table([*article.INPUT_NAMES, "predicted"], rows, title)


def _print_ending(run: ArticleRun) -> None:
    (training,) = run.done.runs
    if training.ended:
        say(f"The run {training.diagnosis}.")
