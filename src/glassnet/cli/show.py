"""`glassnet show`: a model's shape, columns and scores, and the weights of a small one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.command import DocumentedCommand
from glassnet.cli.terminal import say

if TYPE_CHECKING:
    from glassnet.core.network import Parameters
    from glassnet.models.model import Model
    from glassnet.models.record import Record, Score
    from glassnet.recipe.assessment.assess import Assessment
    from glassnet.runs.record import RunRecord

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
    network; of a run how sure its scores are, whether something simpler would do, and more epochs
    help.

    MODEL is a model file, or the run folder that holds one.
    """
    from glassnet.cli.assessment import print_assessment, print_sentences
    from glassnet.models.model import load

    loaded = load(model)
    record = _record_of(model)
    assessment = None if record is None else record.assessment
    say(f"{model}: {loaded.shape}, in {loaded.members[0].parameters.weights[0].dtype}")
    print_columns(loaded)
    if loaded.n_parameters <= SMALL:
        print_weights(loaded)
    else:
        where = f"glassnet.load({str(model)!r}).members"
        say(f"Weights: {loaded.n_parameters:,}, too many to print; from Python: {where}")
    if assessment is not None:
        print_sentences(assessment.headline)
    print_scores(loaded, "Scores when it was trained", record)
    if loaded.scores:
        say(f"The scores are of {loaded.record.scores_of}.")
    if record is not None and assessment is not None:
        print_assessment(assessment, "--iterations" if record.command[0] == "demo" else "--epochs")
    if loaded.history:
        last = {name: values[-1] for name, values in loaded.history.items()}
        say("Last epoch: " + ", ".join(f"{name} {value:.6g}" for name, value in last.items()))
    if loaded.record.best_losses:
        say(_kept_epochs(loaded.record))
    if any(temperature > 1 for temperature in loaded.record.temperatures):
        texts = ", ".join(f"{temperature:.3g}" for temperature in loaded.record.temperatures)
        say(f"Temperature, which the last weights are divided by: {texts}")
    if record is not None and record.notices:
        say("What its training told, with options as in Python:")
        print_sentences(record.notices)


def _record_of(path: Path) -> "RunRecord | None":
    """That of a run folder; None of a model file alone."""
    from glassnet.runs.layout import RECORD
    from glassnet.runs.record import read_record

    record = path / RECORD
    return read_record(record) if record.exists() else None


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


def print_scores(model: "Model", title: str, record: "RunRecord | None") -> None:
    """Print a row for each score of each target: the model's, its interval, the baselines'.

    Nothing where the model has no scores; the last two are known of a run only.
    """
    from glassnet.cli.console import number, print_table

    for target, scores in model.scores.items():
        heads = ["score", "these networks" if len(model.members) > 1 else "this network"]
        columns = [[*scores], [number(value, 4) for value in scores.values()]]
        if record is not None and record.assessment is not None:
            heads.append(f"{record.assessment.confidence:.0%} interval")
            columns.append(_interval_cells(record.assessment, target))
        for what, found in _baselines(record, target):
            heads.append(what)
            columns.append([_score_text(found.get(name)) for name in scores])
        of_target = f" of {target}" if len(model.scores) > 1 else ""
        print_table(heads, zip(*columns, strict=True), title + of_target)


def _baselines(record: "RunRecord | None", target: str) -> "Iterator[tuple[str, dict[str, Score]]]":
    """What each baseline is, in words, and its scores of a target."""
    if record is None:
        return
    descriptions = record.baseline_descriptions.get(target, {})
    for name, scores in record.baselines.get(target, {}).items():
        yield descriptions.get(name, name), scores


def _score_text(value: float | None) -> str:
    """A baseline's score; what is nothing to two decimals, as an R2 is of the mean, is 0."""
    from glassnet.cli.console import number
    from glassnet.recipe.assessment.text import NOTHING

    if value is None:
        return "-"
    return number(0.0 if abs(value) < NOTHING else value, 4)


def _interval_cells(assessment: "Assessment", target: str) -> list[str]:
    from glassnet.recipe.assessment.text import range_cell

    return [range_cell(one.low, one.high) for one in assessment.scores if one.target == target]


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
