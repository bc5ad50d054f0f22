"""`glassnet train`: a network on a table, scores on rows it never saw, a folder that repeats it.

Its options are made from the declarations in `recipe/options.py`.
"""

import json
import platform
import sys
from collections.abc import Callable
from dataclasses import Field, asdict, fields
from pathlib import Path
from typing import Any, get_args

import click

from glassnet.errors import GlassnetError
from glassnet.recipe.declarations import Declaration
from glassnet.recipe.options import DECLARATIONS, Options

SHOWN_ROWS = 8  # held-out rows on the terminal; predictions.csv has all


class DeclaredOption(click.Option):
    """A command-line option made from a declaration.

    The names that it may have are looked up when its help is asked for, not before.
    """

    def __init__(self, *args: Any, declaration: Declaration, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.declaration = declaration

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the help, with the complete list of names."""
        names = self.declaration.names
        self.help = self.declaration.help
        if names:
            self.help += f" One of {', '.join(names)}."
        return super().get_help_record(ctx)


def layer_sizes(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    """Sizes of layers, separated by commas."""
    try:
        return tuple(int(nodes) for nodes in text.split(","))
    except ValueError:
        raise GlassnetError(
            f"--hidden must be whole numbers separated by commas, such as 64,64; got '{text}'"
        ) from None


def one_or_several(_: click.Context, __: click.Parameter, text: str) -> str | tuple[str, ...]:
    """A name, or several separated by commas."""
    return tuple(text.split(",")) if "," in text else text


READ_FROM_TEXT: dict[str, Callable[..., Any]] = {
    "hidden": layer_sizes,
    "activation": one_or_several,
}
"""The options whose several values are one text, and what reads it."""


def declared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the command takes all `Options`, in their order."""
    for field in reversed(fields(Options)):
        command = _click_option(field)(command)
    return command


def _click_option(field: "Field[Any]") -> Callable[[Any], Any]:
    """The command-line option of a field of `Options`."""
    declaration = DECLARATIONS[field.name]
    flag = (declaration.flag or field.name).replace("_", "-")
    settings: dict[str, Any] = {
        "default": field.default,
        "type": _kind_of(field),
        "show_default": declaration.if_open or True,
    }
    if field.name in READ_FROM_TEXT:
        settings["type"] = str
        settings["callback"] = READ_FROM_TEXT[field.name]
        if isinstance(field.default, tuple):
            settings["default"] = ",".join(str(part) for part in field.default)
    elif field.default == ():
        settings["multiple"] = True
    elif isinstance(field.default, bool):
        settings["is_flag"] = True
    return click.option(
        f"--{flag}", field.name, cls=DeclaredOption, declaration=declaration, **settings
    )


def _kind_of(field: "Field[Any]") -> type:
    """The type of a field without what makes it optional or several: float of `float | None`."""
    kinds = (field.type, *get_args(field.type))
    return next(kind for kind in (bool, int, float, str) if kind in kinds)


@click.command()
@click.argument("table")
@click.option(
    "--target", required=True, multiple=True, help="Column to predict; repeat for several outputs."
)
@declared_options
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
    out: Path | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train a network on a table: find the task, encode the columns, hold rows out, train, score.

    TABLE is CSV, TSV, Parquet, Arrow IPC or JSON lines, by suffix; - is CSV on standard input.
    """
    from glassnet.cli.console import progress_bar
    from glassnet.files import check_free, free_folder
    from glassnet.recipe.run import run_table

    options = Options(**given)
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
