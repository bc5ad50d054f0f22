"""`glassnet train`: a network on a table, its scores on unseen rows, and a run folder."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from glassnet.errors import GlassnetError


@click.command()
@click.argument("table")
@click.option(
    "--target", required=True, multiple=True, help="Column to predict; repeat for several outputs."
)
@click.option(
    "--task", help="regression, binary or multiclass.", show_default="found from the target"
)
@click.option("--members", default=4, help="Networks that are trained apart and vote.")
@click.option("--hidden", default="64,64", help="Nodes of each hidden layer, of each member.")
@click.option(
    "--activation",
    default="silu",
    help="Activation of the hidden layers, one or one each: relu,tanh.",
)
@click.option("--loss", help="Loss, such as huber:0.5 or pinball:0.9.", show_default="by task")
@click.option(
    "--optimizer",
    default="adamw",
    help="gradient_descent, momentum, nesterov, rmsprop, adam, adamw or rprop.",
)
@click.option(
    "--learning-rate", type=float, help="Largest learning rate.", show_default="by optimizer"
)
@click.option("--schedule", default="cosine", help="constant, cosine or four_cycles.")
@click.option(
    "--batch-size", type=int, help="Rows of an update.", show_default="by the number of rows"
)
@click.option(
    "--epochs", type=int, help="Times through the rows.", show_default="by the number of rows"
)
@click.option(
    "--patience",
    type=int,
    help="Stop after so many epochs without a better one.",
    show_default="never",
)
@click.option("--l2", default=0.0, help="Adds (l2/2) sum w^2 to the loss.")
@click.option("--l1", default=0.0, help="Adds l1 sum |w| to the loss.")
@click.option(
    "--decay", type=float, help="Weight decay of adamw.", show_default="by the number of rows"
)
@click.option("--dropout", default=0.15, help="Share of hidden nodes left out of each update.")
@click.option("--seed", default=0, help="Seed of the split, the weights and the batches.")
@click.option("--dtype", default="float32", help="float64 or float32.")
@click.option("--engine", default="auto", help="auto, numpy; native and xla where installed.")
@click.option(
    "--validation",
    type=float,
    help="Share of the training rows that judges epochs.",
    show_default="each member has its own; 0.2 for one",
)
@click.option("--holdout", default=0.2, help="Share of the rows kept for the final score.")
@click.option(
    "--category", multiple=True, help="Column of numbers to take as categories; repeat for more."
)
@click.option("--ignore", multiple=True, help="Column to leave out; repeat for more.")
@click.option(
    "--affine",
    is_flag=True,
    help="Only centre and scale numbers, so that the model can be folded into plain weights.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Run folder to write.",
    show_default="runs/<name of the table>",
)
@click.option(
    "--report/--no-report",
    default=True,
    help="Whether to write report.html, which takes a few seconds.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def train(
    table: str,
    target: tuple[str, ...],
    hidden: str,
    activation: str,
    category: tuple[str, ...],
    out: Path | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **others: Any,
) -> None:
    """Train a network on a table: finds the task, encodes and scales the columns, holds rows out,
    trains, scores.

    TABLE is CSV, TSV, Parquet, Arrow IPC or JSON lines, by suffix; - is CSV on standard input.
    """
    from glassnet.cli.console import progress_bar
    from glassnet.cli.summary import print_run
    from glassnet.files import check_free, free_folder
    from glassnet.recipe.options import Options
    from glassnet.recipe.run import run_table
    from glassnet.runs.folder import write_run
    from glassnet.runs.record import record_of_table

    several = tuple(activation.split(",")) if "," in activation else activation
    options = Options(hidden=_sizes(hidden), activation=several, categories=category, **others)
    if out is not None:
        check_free(out)
    source = Path("stdin" if table == "-" else table)
    with progress_bar("training", quiet or as_json) as progress:
        done = run_table(table, target, options, progress)
    out = out or free_folder(Path("runs") / source.stem)
    run = write_run(done, record_of_table(done, table), out)
    if report:
        from glassnet.report.build import write_report

        write_report(run, done, source.name)
    if as_json:
        json.dump({**run.record.to_dict(), "out": str(out)}, sys.stdout)
        print()
    elif not quiet:
        print_run(source, options, done, out)


def _sizes(hidden: str) -> tuple[int, ...]:
    try:
        return tuple(int(n) for n in hidden.split(","))
    except ValueError:
        raise GlassnetError(
            f"--hidden must be whole numbers separated by commas, such as 64,64; got '{hidden}'"
        ) from None
