"""`glassnet train`: a network on a table, its scores on rows it never saw, and a run folder that repeats it."""

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from glassnet.errors import GlassnetError

SHOWN_ROWS = 8  # held-out rows on the terminal; predictions.csv has all


def train(
    table: Annotated[
        str, typer.Argument(help="CSV, TSV, Parquet, Arrow IPC or JSON lines, by suffix; - is CSV on standard input.")
    ],
    target: Annotated[list[str], typer.Option("--target", help="Column to predict; repeat for several outputs.")],
    task: Annotated[str | None, typer.Option(help="regression, binary or multiclass [default: found from the target].")] = None,
    hidden: Annotated[str, typer.Option(help="Nodes of each hidden layer.")] = "64,64",
    activation: Annotated[str, typer.Option(help="Activation of the hidden layers, one or one each: relu,tanh.")] = "silu",
    loss: Annotated[str | None, typer.Option(help="Loss, such as huber:0.5 or pinball:0.9 [default: by task].")] = None,
    optimizer: Annotated[str, typer.Option(help="gradient_descent, momentum, nesterov, rmsprop, adam, adamw or rprop.")] = "adamw",
    learning_rate: Annotated[float | None, typer.Option(help="Largest learning rate [default: by optimizer].")] = None,
    schedule: Annotated[str, typer.Option(help="constant, cosine or four_cycles.")] = "cosine",
    batch_size: Annotated[int | None, typer.Option(help="Rows of an update [default: by the number of rows].")] = None,
    epochs: Annotated[int | None, typer.Option(help="Times through the rows [default: by the number of rows].")] = None,
    patience: Annotated[int | None, typer.Option(help="Stop after so many epochs without a better one [default: never].")] = None,
    l2: Annotated[float, typer.Option(help="Adds (l2/2) sum w^2 to the loss.")] = 0.0,
    l1: Annotated[float, typer.Option(help="Adds l1 sum |w| to the loss.")] = 0.0,
    decay: Annotated[float | None, typer.Option(help="Weight decay of adamw [default: by the number of rows].")] = None,
    dropout: Annotated[float, typer.Option(help="Share of hidden nodes left out of each update.")] = 0.15,
    seed: Annotated[int, typer.Option(help="Seed of the split, the weights and the batches.")] = 0,
    dtype: Annotated[str, typer.Option(help="float64 or float32.")] = "float64",
    engine: Annotated[str, typer.Option(help="auto, numpy; native and xla where installed.")] = "auto",
    validation: Annotated[
        float | None, typer.Option(help="Share of the training rows that judges epochs [default: 0.2, or 0 for few rows].")
    ] = None,
    holdout: Annotated[float, typer.Option(help="Share of the rows kept for the final score.")] = 0.2,
    category: Annotated[list[str] | None, typer.Option(help="Column of numbers to take as categories; repeat for more.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Column to leave out; repeat for more.")] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder to write [default: runs/<name of the table>].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Train a network on a table: finds the task, encodes and scales the columns, holds rows out, trains, scores."""
    from glassnet.cli.console import progress_bar
    from glassnet.files import check_free, free_folder
    from glassnet.recipe import Options
    from glassnet.table_run import run_table

    options = Options(
        task=task,
        hidden=_sizes(hidden),
        activation=tuple(activation.split(",")) if "," in activation else activation,
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        schedule=schedule,
        batch_size=batch_size,
        epochs=epochs,
        patience=patience,
        l2=l2,
        l1=l1,
        decay=decay,
        dropout=dropout,
        seed=seed,
        dtype=dtype,
        engine=engine,
        validation=validation,
        holdout=holdout,
        categories=tuple(category or ()),
        ignore=tuple(ignore or ()),
    )
    if out is not None:
        check_free(out)
    source = Path("stdin" if table == "-" else table)
    with progress_bar("training", quiet or as_json) as progress:
        done = run_table(table, target, options, progress)
    out = out or free_folder(Path("runs") / source.stem)
    record = make_record(table, done)
    write_run_folder(out, done, record)
    if as_json:
        json.dump({**record, "out": str(out)}, sys.stdout)
        print()
    elif not quiet:
        print_run(source, options, done, out)


def _sizes(hidden: str) -> tuple[int, ...]:
    try:
        return tuple(int(n) for n in hidden.split(","))
    except ValueError:
        raise GlassnetError(f"--hidden must be whole numbers separated by commas, such as 64,64; got '{hidden}'") from None


def make_record(table: str, done: Any) -> dict[str, Any]:
    """Everything needed to repeat the run, and what came out: the content of run.json."""
    import numpy as np

    import glassnet

    model = done.model
    return {
        "glassnet": glassnet.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "command": ["train", table, *(part for name in model.record["target"] for part in ("--target", name))],
        "table": table if table == "-" else str(Path(table).resolve()),
        "target": model.record["target"],
        "options": asdict(done.options),
        "engine": done.run.engine,
        "network": str(model.network),
        "weights": model.network.n_weights,
        "inputs": {column.name: str(column) for column in model.encoding.inputs},
        "targets": {target.name: str(target) for target in model.encoding.targets},
        "rows": {part: len(rows) for part, rows in done.rows.items()},
        "rows_without_target": done.without_target,
        "scored_on": done.scored,
        "scores": model.scores,
        "epochs_run": len(done.run.history.epoch_loss),
        "best_epoch": done.run.best_epoch,
        "ended": done.run.ended or "finished",
        "diagnosis": done.run.diagnosis,
    }


def write_run_folder(out: Path, done: Any, record: dict[str, Any]) -> None:
    """model.safetensors, history.csv, loss.svg, network.svg, predictions.csv, run.json."""
    from glassnet.cli.console import write_columns
    from glassnet.files import whole_folder
    from glassnet.model import MODEL_FILE
    from glassnet.see.diagram import diagram
    from glassnet.see.loss_curve import save_loss_curve

    model, history = done.model, done.model.history
    training = "training, with dropout" if done.options.dropout else "training"
    losses = {training: history["loss"]} | ({"validation": history["validation_loss"]} if "validation_loss" in history else {})
    title = f"{model.network.loss.name} of the {'-'.join(map(str, model.network.sizes))} network"
    best = done.run.best_epoch if "validation_loss" in history else None
    with whole_folder(out) as folder:
        model.save(folder / MODEL_FILE)
        write_columns(folder / "history.csv", history)
        save_loss_curve([folder / "loss.svg"], history["epoch"], losses, "epoch", title, best)
        drawn = diagram(model.network, model.parameters, model.encoding.features, model.encoding.outputs)
        (folder / "network.svg").write_text(drawn, encoding="utf-8")
        write_columns(folder / "predictions.csv", done.predictions)
        (folder / "run.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def print_run(source: Path, given: Any, done: Any, out: Path) -> None:
    """What was found in the table, the network, the scores, and some rows predicted against actual."""
    from glassnet.cli.show import print_columns, print_scores

    model, run, options = done.model, done.run, done.options
    rows = {part: len(numbers) for part, numbers in done.rows.items()}
    parts = f"{rows['train']} train, {rows['validation']} validation, {rows['holdout']} held out"
    without = done.without_target
    missing = f", {without} rows without a target left out" if without else ""
    print(f"{source.name}: {sum(rows.values())} rows ({parts}){missing}")
    print_columns(model)
    print(f"Task: {model.encoding.task}" + ("" if given.task else " (found from the target; --task overrides)"))
    print(f"Network: {model.network}, {model.network.n_weights:,} weights")
    length = f"{len(run.history.epoch_loss)} epochs of {run.history.batches} updates"
    print(f"Training: {options.optimizer}, {length}, {run.engine} engine")
    kept = f"; epoch {run.best_epoch} was the best on the validation rows and is kept" if rows["validation"] else ""
    print(f"The run {run.diagnosis}{kept}.")
    part = done.scored
    print_scores(
        model, "Scores on the held-out rows" if part == "holdout" else "Scores on the rows trained on (none were held out)"
    )
    print_predictions(done, f"{'Held-out' if part == 'holdout' else 'Trained'} rows, predicted against actual")
    print(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    print(f"Next: glassnet predict {out} NEW_ROWS.csv   or   glassnet show {out}")


def print_predictions(done: Any, title: str) -> None:
    """Some of the scored rows, evenly spread; of the probabilities only the predicted class's."""
    from glassnet.cli.console import number, print_table

    table = done.predictions
    shares = [name for name in table if name.startswith("probability")]
    shown = {name: column for name, column in table.items() if name not in shares}
    if len(done.model.encoding.targets) == 1 and shares:
        shown["probability"] = [max(row) for row in zip(*(table[name] for name in shares), strict=True)]
    n = len(table["row"])
    places = sorted({round(i * (n - 1) / max(1, min(SHOWN_ROWS, n) - 1)) for i in range(min(SHOWN_ROWS, n))})
    print_table(list(shown), [[number(column[i]) for column in shown.values()] for i in places], title)
