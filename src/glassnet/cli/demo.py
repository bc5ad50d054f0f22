"""`glassnet demo`: the article from its table to its predictions."""

import os
from typing import TYPE_CHECKING, Any

import click

from glassnet import article
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from pathlib import Path

    from glassnet.core.network import Parameters
    from glassnet.training.run import Run


@click.command()
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
@click.option("--engine", default="auto", help="auto, native or numpy.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def demo(seed: int, rng: str, iterations: int, out: str | None, engine: str, as_json: bool) -> None:
    """Build, train, print, plot and draw the article's network: 3-4-1, sigmoid, 4 rows, 1,500 iterations."""
    if iterations < 1:
        raise GlassnetError(f"--iterations must be 1 or more, got {iterations}")
    if out is not None:
        from glassnet.files import check_free

        check_free(out)
    start, run = train_article(seed, rng, iterations, engine)
    folder = None if out is None and as_json else write_run_folder(out, seed, rng, run)
    if as_json:
        import json

        print(json.dumps(as_dict(start, run)))
    elif folder is not None:
        print_run(start, run)
        print_files(folder)


def train_article(
    seed: int, rng: str, iterations: int, engine: str, path_points: int | None = None
) -> "tuple[Parameters, Run]":
    """The article's starting weights, and what its iterations make of them; `path_points` as in `train`."""
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # NumPy starting its threads takes longer than all that follows
    from glassnet.core.optimizers import GradientDescent
    from glassnet.training.run import train

    network = article.article_network()
    start = start_of_article(seed, rng)
    optimizer = GradientDescent(article.LEARNING_RATE)
    run = train(
        network,
        start,
        article.X,
        article.Y,
        optimizer=optimizer,
        epochs=iterations,
        engine=engine,
        path_points=path_points,
    )
    if run.ended == "interrupted" and not len(run.history.iteration_loss):
        raise KeyboardInterrupt
    return start, run


def start_of_article(seed: int, rng: str) -> "Parameters":
    """The article's starting weights."""
    from glassnet.core.initializers import initialize

    return initialize(article.article_network(), "uniform", seed=seed, rng=rng)


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


def print_run(start: "Parameters", run: "Run") -> None:
    """The whole article on a terminal: table, starting weights, losses, predictions, new rows."""
    from glassnet.cli.console import print_table
    from glassnet.core.network import feedforward

    network = article.article_network()
    print(f"The article's network: {network}, {network.n_parameters} weights")
    rows = [[f"{v:g}" for v in (*x, y)] for x, y in zip(article.X, article.Y, strict=True)]
    print_table([*article.INPUT_NAMES, "y"], rows, "The data: X beside y")
    for name, before, after in zip(
        ("W1, input to hidden", "W2, hidden to output"),
        start.weights,
        run.parameters.weights,
        strict=True,
    ):
        rows = [
            [i + 1, *(f"{v:.3f} → {w:.3f}" for v, w in zip(*pair, strict=True))]
            for i, pair in enumerate(zip(before, after, strict=True))
        ]
        print_table(
            ["from \\ to", *map(str, range(1, before.shape[1] + 1))],
            rows,
            f"{name}: at the start → trained",
        )
    loss = run.history.iteration_loss
    marks = sorted({i for i in (1, 10, 100, 500, 1000, len(loss)) if i <= len(loss)})
    print_table(
        ["iteration", "loss"],
        [[i, f"{loss[i - 1]:.10f}"] for i in marks],
        f"The sum of squared errors ({run.engine} engine)",
    )
    predicted = run.last_batch_output.ravel()
    rows = [
        [f"{p:.3f}", f"{y:g}", f"{q:.3f}"]
        for p, y, q in zip(predicted, article.Y, article.PRINTED, strict=True)
    ]
    print_table(
        ["predicted", "actual", "the article's own"],
        rows,
        f"Predicted against actual, after {len(loss)} iterations",
    )
    print(
        "The article drew its starting weights without a seed, so its table is one draw of many; every seed gives another,"
    )
    print("and all of them come close to 0, 1, 1, 0. Try --seed 2, or --rng numpy.")
    trace = feedforward(network, run.parameters, article.NEW_ROWS)
    new = [
        [*(f"{v:g}" for v in x), f"{p:.3f}"]
        for x, p in zip(article.NEW_ROWS, trace.output.ravel(), strict=True)
    ]
    print_table(
        [*article.INPUT_NAMES, "predicted"],
        new,
        "Rows that were not in the data, with the final weights",
    )
    if run.ended:
        print(f"The run {run.diagnosis}.")


def write_run_folder(out: str | None, seed: int, rng: str, run: "Run") -> "Path":
    """loss.svg, loss.png, network.svg, history.csv and model.safetensors, in a new folder of runs/ unless `out` names one."""
    from pathlib import Path

    from glassnet.cli.console import write_columns
    from glassnet.files import free_folder, whole_folder
    from glassnet.models.model import MODEL_FILE, Model
    from glassnet.plots.figures import save_figure
    from glassnet.plots.loss_curve import LossCurveDisplay
    from glassnet.plots.network.display import NetworkDisplay
    from glassnet.tables.encoding import plain_encoding

    network = article.article_network()
    encoding = plain_encoding(article.INPUT_NAMES, ["y"])
    record = {
        "command": "demo",
        "seed": seed,
        "rng": rng,
        "iterations": len(run.history.iteration_loss),
        "engine": run.engine,
    }
    model = Model(network, run.parameters, encoding, history=run.history.table(), record=record)
    x = range(1, len(run.history.iteration_loss) + 1)
    target = free_folder("runs/demo") if out is None else Path(out)
    with whole_folder(target) as folder:
        losses = {"training": (x, run.history.iteration_loss.tolist())}
        title = f"The article's network learning, seed {seed}"
        curve = LossCurveDisplay(
            losses, "iteration", loss_name="sum of squared errors", title=title
        ).plot()
        for name in ("loss.svg", "loss.png"):
            save_figure(curve.figure_, folder / name)
        NetworkDisplay.from_model(model).save(folder / "network.svg")
        write_columns(
            folder / "history.csv",
            {"iteration": list(x), "loss": run.history.iteration_loss.tolist()},
        )
        model.save(folder / MODEL_FILE)
    return target


def print_files(out: "Path") -> None:
    """Where everything was written, and what to do next."""
    print(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    print(f"Look at {out}/loss.png and {out}/network.svg; then try: glassnet show {out}")
