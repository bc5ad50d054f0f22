"""`glassnet show`: what a model is: its shape, its columns, its scores, and the weights of a small one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from glassnet.models.model import Model

ACROSS = 5  # columns of weights beside each other
SMALL = 200  # weights; those of a larger network are not printed


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
def show(model: Path) -> None:
    """Print a model's shape, how each column is encoded, its scores, and the weights of a small network.

    MODEL is a model file, or the run folder that holds one.
    """
    from glassnet.models.model import load

    loaded = load(model)
    network = loaded.network
    print(f"{model}: {loaded.shape}, in {loaded.parameters.weights[0].dtype}")
    print_columns(loaded)
    if network.n_parameters <= SMALL:
        print_weights(loaded)
    else:
        print(
            f"Weights: {network.n_parameters:,}, too many to print; from Python: glassnet.load({str(model)!r}).parameters"
        )
    print_scores(loaded, "Scores when it was trained")
    if loaded.history:
        last = {name: values[-1] for name, values in loaded.history.items()}
        print("Last epoch: " + ", ".join(f"{name} {value:.6g}" for name, value in last.items()))


def print_columns(model: "Model") -> None:
    """How each column of the table is encoded."""
    from glassnet.cli.console import print_table

    rows = [[column.name, str(column)] for column in model.encoding.inputs]
    rows += [[target.name, f"target: {target}"] for target in model.encoding.targets]
    print_table(
        ["column", "encoding"],
        rows,
        f"{len(model.encoding.inputs)} columns become {len(model.encoding.features)} network inputs",
    )


def print_scores(model: "Model", title: str) -> None:
    """One row of scores a target."""
    from glassnet.cli.console import number, print_table

    if model.scores:
        names = list(dict.fromkeys(name for scores in model.scores.values() for name in scores))
        rows = [
            [target, *(number(scores[name], 4) if name in scores else "-" for name in names)]
            for target, scores in model.scores.items()
        ]
        print_table(["target", *names], rows, title)


def print_weights(model: "Model") -> None:
    """Each layer's weights, a row for each node they come from, a column for each they go to."""
    from glassnet.cli.console import print_table

    network, parameters = model.network, model.parameters
    sources = model.encoding.features
    for layer, w in enumerate(parameters.weights):
        last = layer == len(parameters.weights) - 1
        targets = (
            model.encoding.outputs if last else [f"a{layer + 1}.{j + 1}" for j in range(w.shape[1])]
        )
        for first in range(0, len(targets), ACROSS):
            shown = slice(first, first + ACROSS)
            rows = [
                [source, *(f"{v:.6g}" for v in row[shown])]
                for source, row in zip(sources, w, strict=True)
            ]
            if network.bias:
                rows.append(["bias", *(f"{v:.6g}" for v in parameters.biases[layer][shown])])
            print_table(
                ["from \\ to", *targets[shown]],
                rows,
                f"Weights {layer + 1}" + " (continued)" * (first > 0),
            )
        sources = targets
