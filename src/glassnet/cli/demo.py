"""`glassnet demo`: the article from its table to its predictions."""

import os
import shlex
from typing import TYPE_CHECKING, Any

import click

from glassnet import article
from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import check_is_folder, say
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from glassnet.core.network import Parameters
    from glassnet.training.run import Run

LOSSES_AT = (1, 10, 100, 500, 1000)  # iterations whose losses are printed, beside the last one's


@click.command(
    "demo",
    cls=DocumentedCommand,
    examples=["glassnet demo", "glassnet demo --seed 2 --out runs/another_start"],
    page="README.md",
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
    show_default="runs/demo; none with --json",
)
@overwrite_option
@click.option("--engine", default="auto", help="auto, native or numpy.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def demo_command(
    seed: int,
    rng: str,
    iterations: int,
    out: str | None,
    overwrite: bool,
    engine: str,
    as_json: bool,
) -> None:
    """Build, train, print, plot and draw the article's network: 3-4-1, sigmoid, 4 rows,
    1,500 iterations.
    """
    # NumPy would start its threads, which takes longer than all that follows.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if iterations < 1:
        raise GlassnetError(f"--iterations must be 1 or more, got {iterations}")
    check_is_folder(out)
    if overwrite and out is None:
        out = "runs/demo"
    if out is not None:
        from glassnet.runs.layout import check_out

        check_out(out, overwrite)
    start = article.starting_weights(seed, rng)
    run = article.train_article(start, iterations, engine)
    if not len(run.history.iteration_loss):
        raise KeyboardInterrupt  # it came before anything was learnt
    wants_folder = out is not None or not as_json
    folder = write_folder(out, overwrite, seed, rng, engine, run) if wants_folder else None
    if as_json:
        import json

        say(json.dumps(as_dict(start, run)))
    elif folder is not None:
        print_article(start, run)
    if run.ended == "interrupted":
        raise KeyboardInterrupt("pictures")  # the end of a stopped command
    if folder is not None and not as_json:
        print_article_files(folder)


def as_dict(start: "Parameters", run: "Run") -> dict[str, Any]:
    """What `--json` prints: every number of the run, unrounded."""
    return {
        "predicted": run.last_batch_output.ravel().tolist(),
        "actual": list(article.Y),
        "loss": run.history.iteration_loss.tolist(),
        "initial_weights": [w.tolist() for w in start.weights],
        "weights": [w.tolist() for w in run.parameters.weights],
        "engine": run.engine,
    }


def write_folder(
    out: str | None, overwrite: bool, seed: int, rng: str, engine: str, run: "Run"
) -> "Path":
    """Write the run folder, a new one in runs/ unless `out` names one, and return its path."""
    from glassnet.runs.article import article_record, article_table_run
    from glassnet.runs.folder import PICTURES, new_run, write_run
    from glassnet.runs.layout import LOSS_PICTURE_AS_PNG

    done = article_table_run(run, seed, engine)
    pictures = () if run.ended == "interrupted" else (*PICTURES, LOSS_PICTURE_AS_PNG)
    with new_run(out, "demo", overwrite=overwrite) as new:
        write_run(done, article_record(done, rng), new, pictures)
    return new.path


def print_article(start: "Parameters", run: "Run") -> None:
    """Print the whole article: table, weights, losses, predictions, new rows."""
    network = article.article_network()
    say(f"The article's network: {network}, {network.n_parameters} weights")
    _print_table()
    for layer, title in enumerate(("W1, input to hidden", "W2, hidden to output")):
        _print_weights(title, start.weights[layer], run.parameters.weights[layer])
    _print_losses(run)
    _print_predictions(run)
    say("The article drew its starting weights without a seed, so its table is one draw of many;")
    say("every seed gives another, and all of them come close to 0, 1, 1, 0.")
    say("Try --seed 2, or --rng numpy.")
    _print_new_rows(run)
    if run.ended:
        say(f"The run {run.diagnosis}.")


def print_article_files(out: "Path") -> None:
    """Print where everything was written, and what to do next."""
    say(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    shown = shlex.quote(str(out))
    say(f"Look at {out}/loss.png and {out}/network.svg; then try: glassnet show {shown}")


def _print_table() -> None:
    from glassnet.cli.console import print_table

    rows = [[f"{v:g}" for v in (*x, y)] for x, y in zip(article.X, article.Y, strict=True)]
    print_table([*article.INPUT_NAMES, article.TARGET_NAME], rows, "The data: X beside y")


def _print_weights(title: str, before: "np.ndarray", after: "np.ndarray") -> None:
    """A matrix of weights at the start and after training; a row for each node they come from."""
    from glassnet.cli.console import print_table

    headers = ["from \\ to", *(str(j + 1) for j in range(before.shape[1]))]
    rows = [
        [str(i + 1), *(f"{v:.3f} → {w:.3f}" for v, w in zip(before[i], after[i], strict=True))]
        for i in range(len(before))
    ]
    print_table(headers, rows, f"{title}: at the start → trained")


def _print_losses(run: "Run") -> None:
    from glassnet.cli.console import print_table

    loss = run.history.iteration_loss
    iterations = [i for i in LOSSES_AT if i < len(loss)] + [len(loss)]
    rows = [[str(i), f"{loss[i - 1]:.10f}"] for i in iterations]
    print_table(["iteration", "loss"], rows, f"The sum of squared errors ({run.engine} engine)")


def _print_predictions(run: "Run") -> None:
    from glassnet.cli.console import print_table

    predicted = run.last_batch_output.ravel()
    rows = [
        [f"{p:.3f}", f"{y:g}", f"{printed:.3f}"]
        for p, y, printed in zip(predicted, article.Y, article.PRINTED, strict=True)
    ]
    title = f"Predicted against actual, after {len(run.history.iteration_loss)} iterations"
    print_table(["predicted", "actual", "printed in the article"], rows, title)


def _print_new_rows(run: "Run") -> None:
    from glassnet.cli.console import print_table
    from glassnet.core.network import feedforward

    trace = feedforward(article.article_network(), run.parameters, article.NEW_ROWS)
    rows = [
        [*(f"{v:g}" for v in x), f"{p:.3f}"]
        for x, p in zip(article.NEW_ROWS, trace.output.ravel(), strict=True)
    ]
    title = "Rows that were not in the data, with the final weights"
    print_table([*article.INPUT_NAMES, "predicted"], rows, title)
