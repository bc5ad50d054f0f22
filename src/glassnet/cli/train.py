"""`glassnet train`: a network on a table, its scores on rows it never saw, and a run folder that repeats it."""

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from glassnet.errors import GlassnetError

SHOWN_ROWS = 8  # held-out rows on the terminal; predictions.csv has all


@click.command()
@click.argument("table")
@click.option(
    "--target", required=True, multiple=True, help="Column to predict; repeat for several outputs."
)
@click.option(
    "--task", help="regression, binary or multiclass.", show_default="found from the target"
)
@click.option("--members", default=4, help="Networks that are trained apart and joined into one.")
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
@click.option("--engine", default="auto", help="auto, native or numpy.")
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
    """Train a network on a table: finds the task, encodes and scales the columns, holds rows out, trains, scores.

    TABLE is CSV, TSV, Parquet, Arrow IPC or JSON lines, by suffix; - is CSV on standard input.
    """
    from glassnet.cli.console import progress_bar
    from glassnet.files import check_free, free_folder
    from glassnet.recipe.options import Options
    from glassnet.recipe.run import run_table

    several = tuple(activation.split(",")) if "," in activation else activation
    options = Options(hidden=_sizes(hidden), activation=several, categories=category, **others)
    if out is not None:
        check_free(out)
    source = Path("stdin" if table == "-" else table)
    with progress_bar("training", quiet or as_json) as progress:
        done = run_table(table, target, options, progress)
    out = out or free_folder(Path("runs") / source.stem)
    record = make_record(table, done)
    write_run_folder(out, done, record)
    if report:
        write_report(out / "report.html", done, record, source.name)
    if as_json:
        json.dump({**record, "out": str(out)}, sys.stdout)
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


def make_record(table: str, done: Any) -> dict[str, Any]:
    """Everything needed to repeat the run, and what came out: the content of run.json."""
    import numpy as np

    import glassnet
    from glassnet.runs.folder import sha256

    model = done.model
    return {
        "glassnet": glassnet.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "command": [
            "train",
            table,
            *(part for name in model.record["target"] for part in ("--target", name)),
        ],
        "table": table if table == "-" else str(Path(table).resolve()),
        "table_sha256": None if table == "-" else sha256(table),
        "target": model.record["target"],
        "options": asdict(done.options),
        "engine": done.runs[0].engine,
        "network": model.shape,
        "members": model.members,
        "inputs": {column.name: str(column) for column in model.encoding.inputs},
        "targets": {target.name: str(target) for target in model.encoding.targets},
        "rows": {part: len(rows) for part, rows in done.rows.items()},
        "rows_without_target": done.without_target,
        "scored_on": done.scored_part,
        "scores": model.scores,
        "trained_on": trained_on(model),
        "epochs_run": len(model.history["epoch"]),
        "best_epochs": model.record["best_epochs"],
        "ended": done.ended or "finished",
        "diagnosis": done.diagnosis,
    }


def write_report(path: Path, done: Any, record: dict[str, Any], table: str) -> None:
    """The page that tells it all, after the run is safe in its folder."""
    from glassnet.files import whole_file
    from glassnet.report.build import make_report

    with whole_file(path) as part:
        part.write_text(make_report(done, record, table), encoding="utf-8")


def write_run_folder(out: Path, done: Any, record: dict[str, Any]) -> None:
    """model.safetensors, history.csv, loss.svg, network.svg, predictions.csv, run.json."""
    from glassnet.cli.console import write_columns
    from glassnet.files import whole_folder
    from glassnet.models.model import MODEL_FILE
    from glassnet.plots.figures import save_figure
    from glassnet.plots.loss_curve import LossCurveDisplay
    from glassnet.plots.network.display import NetworkDisplay

    model = done.model
    with whole_folder(out) as folder:
        model.save(folder / MODEL_FILE)
        write_columns(folder / "history.csv", model.history)
        save_figure(LossCurveDisplay.from_model(model).figure_, folder / "loss.svg")
        NetworkDisplay.from_model(model).save(folder / "network.svg")
        write_columns(folder / "predictions.csv", done.predictions)
        (folder / "run.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def trained_on(model: Any) -> str:
    """The rows that each member was shown, in words."""
    if not model.record["folds"]:
        return "the training rows"
    judged = ", which judges its epochs" * ("validation_loss" in model.history)
    return f"all but one of {model.record['options']['members']} parts of the training rows{judged}"


def print_run(source: Path, given: Any, done: Any, out: Path) -> None:
    """What was found in the table, the network, the scores, and some rows predicted against actual."""
    from glassnet.cli.show import print_columns, print_scores

    model, options = done.model, done.options
    rows = {part: len(numbers) for part, numbers in done.rows.items()}
    parts = f"{rows['train']} train, {rows['validation']} validation, {rows['holdout']} held out"
    without = done.without_target
    missing = f", {without} rows without a target left out" if without else ""
    print(f"{source.name}: {sum(rows.values())} rows ({parts}){missing}")
    print_columns(model)
    print(
        f"Task: {model.encoding.task}"
        + ("" if given.task else " (found from the target; --task overrides)")
    )
    print(f"Network: {model.shape}")
    each = f", each member on {trained_on(model)}" if model.members > 1 else ""
    length = f"{len(model.history['epoch'])} epochs of {done.runs[0].history.batches} updates"
    print(f"Training: {options.optimizer}, {length}{each}; {done.runs[0].engine} engine")
    print(f"The run {done.diagnosis}{_kept(model)}.")
    part = done.scored_part
    print_scores(
        model,
        "Scores on the held-out rows"
        if part == "holdout"
        else "Scores on the rows trained on (none were held out)",
    )
    print_predictions(
        done, f"{'Held-out' if part == 'holdout' else 'Trained'} rows, predicted against actual"
    )
    print(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    print(f"Next: glassnet predict {out} NEW_ROWS.csv   or   glassnet show {out}")


def _kept(model: Any) -> str:
    if "validation_loss" not in model.history:
        return ""
    best = model.record["best_epochs"]
    if len(best) == 1:
        return f"; epoch {best[0]} was the best on the validation rows and is kept"
    which = "the rows it was not shown" if model.record["folds"] else "the validation rows"
    return f"; of each member the epoch that was the best on {which} is kept: {', '.join(map(str, best))}"


def print_predictions(done: Any, title: str) -> None:
    """Some of the scored rows, evenly spread; of the probabilities only the predicted class's."""
    from glassnet.cli.console import number, print_table

    table = done.predictions
    shares = [name for name in table if name.startswith("probability")]
    shown = {name: column for name, column in table.items() if name not in shares}
    if len(done.model.encoding.targets) == 1 and shares:
        shown["probability"] = [
            max(row) for row in zip(*(table[name] for name in shares), strict=True)
        ]
    n = len(table["row"])
    places = sorted(
        {round(i * (n - 1) / max(1, min(SHOWN_ROWS, n) - 1)) for i in range(min(SHOWN_ROWS, n))}
    )
    print_table(
        list(shown), [[number(column[i]) for column in shown.values()] for i in places], title
    )
