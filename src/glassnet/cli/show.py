"""`glassnet show`: a model's shape, columns and scores, and the weights of a small one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.command import DocumentedCommand
from glassnet.cli.terminal import say

if TYPE_CHECKING:
    from glassnet.core.network import Parameters
    from glassnet.models.model import Model
    from glassnet.models.record import Record
    from glassnet.recipe.baselines import Baseline

ACROSS = 5  # columns of weights beside each other
SMALL = 200  # weights and biases; those of a larger model are not printed


@click.command(
    "show",
    cls=DocumentedCommand,
    examples=["glassnet show runs/flats", "glassnet show rents.safetensors"],
    page="docs/tables.md",
)
@click.argument("model", type=click.Path(path_type=Path))
def show_command(model: Path) -> None:
    """Print a model's shape, how each column is encoded, its scores, and the weights of a small
    network.

    MODEL is a model file, or the run folder that holds one.
    """
    from glassnet.models.model import load

    loaded = load(model)
    say(f"{model}: {loaded.shape}, in {loaded.members[0].parameters.weights[0].dtype}")
    print_columns(loaded)
    if loaded.n_parameters <= SMALL:
        print_weights(loaded)
    else:
        where = f"glassnet.load({str(model)!r}).members"
        say(f"Weights: {loaded.n_parameters:,}, too many to print; from Python: {where}")
    print_scores(loaded, "Scores when it was trained")
    if loaded.scores:
        say(f"The scores are of {loaded.record.scores_of}.")
    if loaded.history:
        last = {name: values[-1] for name, values in loaded.history.items()}
        say("Last epoch: " + ", ".join(f"{name} {value:.6g}" for name, value in last.items()))
    if loaded.record.best_losses:
        say(_kept_epochs(loaded.record))
    if any(temperature > 1 for temperature in loaded.record.temperatures):
        texts = ", ".join(f"{temperature:.3g}" for temperature in loaded.record.temperatures)
        say(f"Temperature, which the last weights are divided by: {texts}")


def _kept_epochs(record: "Record") -> str:
    """The epoch that each member was kept of, and its losses; of several members their means."""
    several = len(record.best_epochs) > 1
    text = f"Kept epoch{'s' if several else ''}: " + record.best_epochs_text
    losses = {"loss": record.best_losses, "validation_loss": record.best_validation_losses}
    for name, values in losses.items():
        if values:
            text += f", {'mean ' if several else ''}{name} {sum(values) / len(values):.6g}"
    return text


def print_columns(model: "Model") -> None:
    """Print how each column of the table is encoded."""
    from glassnet.cli.console import print_table

    inputs, features = model.encoding.inputs, model.encoding.features
    rows = [[column.name, str(column)] for column in inputs]
    rows += [[target.name, f"target: {target}"] for target in model.encoding.targets]
    title = f"{len(inputs)} columns become {len(features)} network inputs"
    print_table(["column", "encoding"], rows, title)


def print_scores(model: "Model", title: str, baselines: "Sequence[Baseline]" = ()) -> None:
    """Print one row of scores a target, and below it those of the baselines.

    Nothing where the model has no scores.
    """
    from glassnet.cli.console import number, print_table

    if not model.scores:
        return
    names = list(dict.fromkeys(name for scores in model.scores.values() for name in scores))
    several = len(model.members) > 1
    rows: list[list[str]] = []
    for target, scores in model.scores.items():
        found = [("these networks" if several else "this network", scores)]
        found += [(one.description[target], one.scores[target]) for one in baselines]
        for described, of_target in found:
            cells = [number(of_target[name], 4) if name in of_target else "-" for name in names]
            rows.append([target, described, *cells] if baselines else [target, *cells])
    by = ["predicted by"] if baselines else []
    print_table(["target", *by, *names], rows, title)


def print_weights(model: "Model") -> None:
    """Print the weights of each member."""
    for number, member in enumerate(model.members, 1):
        several = len(model.members) > 1
        title = f"Member {number} of {len(model.members)}, weights" if several else "Weights"
        _print_member(model, member.parameters, title)


def _print_member(model: "Model", parameters: "Parameters", title: str) -> None:
    """A member's weights: a row for each node they come from, a column for each they lead to."""
    names = [model.encoding.features]
    for layer, w in enumerate(parameters.weights[:-1], 1):
        names.append([f"a{layer}.{node}" for node in range(1, w.shape[1] + 1)])
    names.append(model.encoding.outputs)
    for layer, w in enumerate(parameters.weights):
        rows = [[f"{value:.6g}" for value in row] for row in w]
        sources = list(names[layer])
        if parameters.biases:
            rows.append([f"{value:.6g}" for value in parameters.biases[layer]])
            sources.append("bias")
        _print_matrix(sources, names[layer + 1], rows, f"{title} {layer + 1}")


def _print_matrix(
    sources: Sequence[str], targets: Sequence[str], rows: Sequence[Sequence[str]], title: str
) -> None:
    """A matrix of weights, so many of its columns at a time as fit beside each other."""
    from glassnet.cli.console import print_table

    for first in range(0, len(targets), ACROSS):
        shown = slice(first, first + ACROSS)
        cells = [[source, *row[shown]] for source, row in zip(sources, rows, strict=True)]
        continued = " (continued)" if first else ""
        print_table(["from \\ to", *targets[shown]], cells, f"{title}{continued}")
