"""`glassnet demo`: the article from its table to its predictions."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from glassnet import article
from glassnet.core.initializers import initialize
from glassnet.core.network import Parameters, feedforward
from glassnet.core.optimizers import GradientDescent
from glassnet.errors import GlassnetError
from glassnet.training.run import Run, train


def demo(
    seed: Annotated[int, typer.Option(help="Seed of the starting weights.")] = 1,
    rng: Annotated[str, typer.Option(help="Whose random numbers: r (as R after set.seed) or numpy.")] = "r",
    iterations: Annotated[int, typer.Option(help="How many times to feed forward, backpropagate and update.")] = article.ITERATIONS,
    out: Annotated[Path | None, typer.Option(help="Run folder to write [default: runs/demo; none with --json].")] = None,
    engine: Annotated[str, typer.Option(help="auto, numpy; native and xla where installed.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Build, train, print, plot and draw the article's network: 3-4-1, sigmoid, 4 rows, 1,500 iterations."""
    from glassnet.files import check_free, free_folder

    if iterations < 1:
        raise GlassnetError(f"--iterations must be 1 or more, got {iterations}")
    if out is not None:
        check_free(out)
    network = article.article_network()
    start = initialize(network, "uniform", seed=seed, rng=rng)
    run = train(network, start, article.X, article.Y, optimizer=GradientDescent(1.0), epochs=iterations, engine=engine)
    if run.ended == "interrupted" and not len(run.history.loss):
        raise KeyboardInterrupt
    if out is None and not as_json:
        out = free_folder(Path("runs/demo"))
    if out is not None:
        write_run_folder(out, seed, rng, run)
    if as_json:
        json.dump(as_dict(start, run), sys.stdout)
        print()
    elif out is not None:
        print_run(start, run)
        print_files(out)


def as_dict(start: Parameters, run: Run) -> dict[str, Any]:
    """What `--json` prints: every number of the run, unrounded."""
    return {
        "predicted": run.output.ravel().tolist(),
        "actual": list(article.Y),
        "loss": run.history.loss.tolist(),
        "initial_weights": [w.tolist() for w in start.weights],
        "weights": [w.tolist() for w in run.parameters.weights],
        "engine": run.engine,
    }


def print_run(start: Parameters, run: Run) -> None:
    """The whole article on a terminal: table, starting weights, losses, predictions, new rows."""
    from glassnet.cli.console import print_table

    network = article.article_network()
    print(f"The article's network: {network}, {network.n_weights} weights")
    rows = [[f"{v:g}" for v in (*x, y)] for x, y in zip(article.X, article.Y, strict=True)]
    print_table([*article.INPUT_NAMES, "y"], rows, "The data: X beside y")
    for name, before, after in zip(
        ("W1, input to hidden", "W2, hidden to output"), start.weights, run.parameters.weights, strict=True
    ):
        rows = [
            [i + 1, *(f"{v:.3f} → {w:.3f}" for v, w in zip(*pair, strict=True))]
            for i, pair in enumerate(zip(before, after, strict=True))
        ]
        print_table(["from \\ to", *map(str, range(1, before.shape[1] + 1))], rows, f"{name}: at the start → trained")
    loss = run.history.loss
    marks = sorted({i for i in (1, 10, 100, 500, 1000, len(loss)) if i <= len(loss)})
    print_table(
        ["iteration", "loss"], [[i, f"{loss[i - 1]:.10f}"] for i in marks], f"The sum of squared errors ({run.engine} engine)"
    )
    predicted = run.output.ravel()
    rows = [[f"{p:.3f}", f"{y:g}", f"{q:.3f}"] for p, y, q in zip(predicted, article.Y, article.PRINTED, strict=True)]
    print_table(["predicted", "actual", "the article's own"], rows, f"Predicted against actual, after {len(loss)} iterations")
    print("The article drew its starting weights without a seed, so its table is one draw of many; every seed gives another,")
    print("and all of them come close to 0, 1, 1, 0. Try --seed 2, or --rng numpy.")
    trace = feedforward(network, run.parameters, article.NEW_ROWS)
    new = [[*(f"{v:g}" for v in x), f"{p:.3f}"] for x, p in zip(article.NEW_ROWS, trace.output.ravel(), strict=True)]
    print_table([*article.INPUT_NAMES, "predicted"], new, "Rows that were not in the data, with the final weights")
    if run.ended:
        print(f"The run {run.diagnosis}.")


def write_run_folder(out: Path, seed: int, rng: str, run: Run) -> None:
    """loss.svg, loss.png, network.svg, history.csv and model.safetensors."""
    from glassnet.cli.console import write_columns
    from glassnet.files import whole_folder
    from glassnet.model import MODEL_FILE, Model
    from glassnet.see.diagram import diagram
    from glassnet.see.loss_curve import save_loss_curve
    from glassnet.tables.encoding import plain_encoding

    network = article.article_network()
    encoding = plain_encoding(article.INPUT_NAMES, "y")
    record = {"command": "demo", "seed": seed, "rng": rng, "iterations": len(run.history.loss), "engine": run.engine}
    model = Model(network, run.parameters, encoding, history=run.history.table(), record=record)
    x = range(1, len(run.history.loss) + 1)
    with whole_folder(out) as folder:
        save_loss_curve(
            [folder / "loss.svg", folder / "loss.png"],
            x,
            {"sum of squared errors": run.history.loss.tolist()},
            "iteration",
            f"The article's network learning, seed {seed}",
        )
        (folder / "network.svg").write_text(diagram(network, run.parameters, article.INPUT_NAMES, ["y"]), encoding="utf-8")
        write_columns(folder / "history.csv", {"iteration": list(x), "loss": run.history.loss.tolist()})
        model.save(folder / MODEL_FILE)


def print_files(out: Path) -> None:
    """Where everything was written, and what to do next."""
    print(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    print(f"Look at {out}/loss.png and {out}/network.svg; then try: glassnet show {out}")
