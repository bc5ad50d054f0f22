"""`glassnet demo`: the article from its table to its predictions, or its program on another table.

What is printed is `demo_tables.py`'s, the program itself `glassnet/article.py`.
"""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet import article
from glassnet.cli.command import DocumentedCommand, overwrite_option, read_sizes
from glassnet.cli.terminal import check_is_folder, say
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.article import Program
    from glassnet.runs.article import ArticleRun
    from glassnet.training.run import Run


@click.command(
    "demo",
    cls=DocumentedCommand,
    examples=[
        "glassnet demo",
        "glassnet demo TABLE.csv --target y --hidden 5 --learning-rate 0.5 --bias --seed 2",
    ],
    page="README.md",
)
@click.argument("table", type=click.Path(), required=False)
@click.option(
    "--target", multiple=True, help="Of TABLE: column to predict; repeat for several outputs."
)
@click.option("--ignore", multiple=True, help="Of TABLE: column not to use; repeat for several.")
@click.option(
    "--hidden",
    default=",".join(map(str, article.HIDDEN)),
    callback=read_sizes,
    help="Nodes of each hidden layer, such as 5 or 8,4.",
)
@click.option(
    "--learning-rate", default=article.LEARNING_RATE, help="Factor of the gradient in each step."
)
@click.option(
    "--bias", is_flag=True, help="Give the nodes biases, which begin at 0; the article has none."
)
@click.option(
    "--scale",
    is_flag=True,
    help="Of TABLE: make each column of numbers, the target too, go from 0 to 1, as "
    "(x - smallest) / (largest - smallest); the article does not.",
)
@click.option("--seed", default=1, help="Seed of the starting weights.")
@click.option("--rng", default="r", help="Whose random numbers: r (as R after set.seed) or numpy.")
@click.option(
    "--iterations",
    default=article.ITERATIONS,
    help="How many times to feed forward, backpropagate and update.",
)
@click.option(
    "--out",
    type=click.Path(),
    help="Run folder to write.",
    show_default="runs/demo, of TABLE runs/demo-<its name>; none with --json",
)
@overwrite_option
@click.option("--engine", default="auto", help="auto, native, numpy or jax.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def demo_command(
    table: str | None,
    target: tuple[str, ...],
    ignore: tuple[str, ...],
    scale: bool,
    out: str | None,
    overwrite: bool,
    engine: str,
    as_json: bool,
    **settings: Any,
) -> None:
    """Build, train, print, plot and draw the article's network: 3-4-1, sigmoid, 4 rows,
    1,500 iterations; or run its very program on TABLE.

    The program is the article's: sigmoids, sum of squares, all rows at once, uniform starting
    weights, and nothing is scaled unless --scale says so. It tells what that does to your numbers;
    `glassnet train` is for a model that is of use. TABLE is CSV, TSV, Parquet, Arrow, JSON lines or
    .xlsx, by suffix; - is CSV on standard input. Its cells must be known; text becomes a column of
    0 and 1 for each category.
    """
    # NumPy would start its threads, which takes longer than all that follows.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _check_target(table, target, ignore, scale)
    program = article.Program(**settings)
    check_is_folder(out)
    name = "demo" if table is None else f"demo-{_name_of(table).stem}"
    if overwrite and out is None:
        out = f"runs/{name}"
    if out is not None:
        from glassnet.runs.layout import check_out

        check_out(out, overwrite)
    if table is None and out is None and as_json:
        training = program.run(program.network(), engine=engine)  # needs few libraries
        if not len(training.history.loss):
            raise KeyboardInterrupt  # it came before anything was learnt
        print_json(program, training)
        ended = training.ended
    else:
        run = _run(program, table, target, ignore, scale, engine, as_json)
        folder = write_folder(out, name, overwrite, run, table) if out or not as_json else None
        ended = run.done.ended
        if as_json:
            print_json(program, run.done.runs[0], run)
        else:
            _print(run, table)
            if folder is not None and ended != "interrupted":
                print_next(folder, table)
    if ended == "interrupted":
        raise KeyboardInterrupt("pictures")  # the end of a stopped command


def _check_target(
    table: str | None, target: tuple[str, ...], ignore: tuple[str, ...], scale: bool
) -> None:
    """Raises GlassnetError unless TABLE and --target come together."""
    if table is None and (target or ignore or scale):
        flag = "--target" if target else "--ignore" if ignore else "--scale"
        raise GlassnetError(f"{flag} is for a table of yours: give TABLE before it")
    if table is not None and not target:
        raise GlassnetError(f"--target is missing: name the column of {table} to predict")


def _name_of(table: str) -> Path:
    return Path("stdin" if table == "-" else table)


def _run(
    program: "Program",
    table: str | None,
    target: tuple[str, ...],
    ignore: tuple[str, ...],
    scale: bool,
    engine: str,
    quiet: bool,
) -> "ArticleRun":
    """Run the program. Raises KeyboardInterrupt where that came before anything was learnt."""
    from glassnet.cli.console import progress_bars
    from glassnet.recipe.run import check_useful
    from glassnet.runs.article import run_on_article, run_on_table

    if table is None:
        run = run_on_article(program, engine)
    else:
        with progress_bars("training", quiet=quiet) as (bar,):
            run = run_on_table(program, table, target, ignore, scale, engine, bar)
    check_useful(run.done)
    return run


def print_json(program: "Program", training: "Run", run: "ArticleRun | None" = None) -> None:
    """Print every number of the run, unrounded, as one JSON object."""
    import json

    from glassnet.core.network import feedforward

    network = program.network() if run is None else run.done.model.network
    x, y = (article.X, article.Y) if run is None else (run.rows.x, run.rows.y)
    start = program.start(network)
    content: dict[str, Any] = {
        "predicted": _plain(training.last_batch_output),
        "predicted_after_update": _plain(feedforward(network, training.parameters, x).output),
        "actual": list(y) if run is None else _plain(y),
        "loss": training.history.iteration_loss.tolist(),
        "initial_weights": [w.tolist() for w in start.weights],
        "weights": [w.tolist() for w in training.parameters.weights],
        "engine": training.engine,
    }
    if program.bias:
        content["biases"] = [b.tolist() for b in training.parameters.biases]
    if run is not None and run.done.notices:
        content["notices"] = [str(notice) for notice in run.done.notices]
    say(json.dumps(content))


def _plain(matrix: Any) -> list[Any]:
    """N x K as lists; of one column its numbers."""
    return (matrix[:, 0] if matrix.shape[1] == 1 else matrix).tolist()


def write_folder(
    out: str | None, name: str, overwrite: bool, run: "ArticleRun", table: str | None
) -> "Path":
    """Write the run folder, a new one in runs/ unless `out` names one, and return its path."""
    from glassnet.runs.article import article_record
    from glassnet.runs.folder import PICTURES, new_run, write_run
    from glassnet.runs.layout import LOSS_PICTURE_AS_PNG

    stopped = run.done.ended == "interrupted"
    pictures = () if stopped else (*PICTURES, LOSS_PICTURE_AS_PNG)
    with new_run(out, name, overwrite=overwrite) as new:
        write_run(run.done, article_record(run, table), new, pictures)
    return new.path


def _print(run: "ArticleRun", table: str | None) -> None:
    from glassnet.cli.demo_tables import print_article, print_notes, print_users_table

    if table is None:
        print_article(run)
    else:
        print_users_table(run, _name_of(table).name)
    print_notes(run)


def print_next(out: "Path", table: str | None) -> None:
    """Print where everything was written, and what to do next."""
    say(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    shown = shlex.quote(str(out))
    say(f"Look at {out}/loss.png and {out}/network.svg; then try: glassnet show {shown}")
    if table is not None:
        say(f"  glassnet explain {shown} --row 1 --backward    every number of a row")
        say(f"  glassnet plot surface {shown} --out surface.png    and more: glassnet plot --help")
