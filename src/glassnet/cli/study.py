"""`glassnet study`: many networks from many starts, and what became of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet.cli.command import DocumentedCommand, is_given, overwrite_option, printing_options
from glassnet.cli.stopping import GoesOn
from glassnet.cli.terminal import check_is_folder, say
from glassnet.cli.train import declared_options
from glassnet.errors import GlassnetError
from glassnet.recipe.options import NOT_OF_A_STUDY

if TYPE_CHECKING:
    from glassnet.studies.study import Study

MOST_SEEDS = 5  # seeds of networks that print the article's very table, named one by one
OF_THE_ARTICLE = ("bias", "iterations", "rng")
"""Options of the article's problem alone."""


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the command takes the options of both kinds of problem."""
    command = click.option(
        "--rng", default="r", help="The article's problem: whose random numbers, r or numpy."
    )(command)
    command = click.option(
        "--iterations", default=1500, help="The article's problem: how long each is trained."
    )(command)
    command = click.option(
        "--bias", is_flag=True, help="The article's problem: whether nodes have biases."
    )(command)
    return declared_options(command, without=NOT_OF_A_STUDY)


@click.command(
    "study",
    cls=DocumentedCommand,
    examples=[
        "glassnet study --networks 10000",
        "glassnet study flats.csv --target rent --networks 500 --hidden 8",
    ],
    page="docs/starts.md",
)
@click.argument("table", required=False, type=click.Path())
@click.option("--target", multiple=True, help="Column to predict; repeat for several outputs.")
@click.option("--networks", default=1000, help="Starts to train a network from.")
@click.option(
    "--first", default=0, help="Number of the first one; of a study whose others run elsewhere."
)
@study_options
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    help="File to keep the study in while it runs; where there is one, it goes on from there.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to write.",
    show_default="runs/study, of TABLE runs/study-<its name>",
)
@overwrite_option
@printing_options
@click.pass_context
def study_command(
    context: click.Context,
    table: str | None,
    target: tuple[str, ...],
    networks: int,
    first: int,
    checkpoint: Path | None,
    out: Path | None,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Train networks from many random starts on the same rows, and see what becomes of them: how
    many reach which loss and how fast, which are stuck, how predictions spread, and the few kinds
    of solution that there are.

    Without TABLE the article's own problem is studied; network p is that of `glassnet demo --seed
    p`. On TABLE every network is trained as the only one of `glassnet train`. TABLE is CSV, TSV,
    Parquet, Arrow, JSON lines or .xlsx, by suffix; - is CSV on standard input.
    """
    from glassnet.cli.console import progress_bars
    from glassnet.runs.folder import new_run
    from glassnet.runs.study_folder import STUDY_FILES, write_study
    from glassnet.studies.run import study

    given = {name: value for name, value in settings.items() if is_given(context, name)}
    _check_problem(table, target, given)
    check_is_folder(out)
    name = "study" if table is None else f"study-{Path('stdin' if table == '-' else table).stem}"
    if overwrite and out is None:
        out = Path("runs") / name
    with new_run(out, name, overwrite=overwrite, files=STUDY_FILES) as new:
        with progress_bars("networks", quiet=quiet or as_json) as (bar,):
            found = study(
                table,
                list(target) or None,
                networks=networks,
                first=first,
                checkpoint=checkpoint,
                progress=bar,
                **given,
            )
        is_drawn = not found.is_interrupted
        try:
            write_study(found, new, pictures=is_drawn)
        except KeyboardInterrupt:
            is_drawn = False
            write_study(found, new, pictures=False)
    if as_json:
        _print_json(found, new.path)
    elif not quiet:
        _print(found, table, new.path)
    if not is_drawn:  # the end of a stopped command
        goes_on = found.is_interrupted and checkpoint is not None
        raise KeyboardInterrupt("pictures", *[GoesOn("the same command")] * goes_on)


def _check_problem(table: str | None, target: tuple[str, ...], given: dict[str, Any]) -> None:
    """Raises GlassnetError unless TABLE, --target and the other options belong together."""
    if table is None:
        if target:
            raise GlassnetError("--target is for a table of yours: give TABLE before it")
        return
    if not target:
        raise GlassnetError(f"--target is missing: name the column of {table} to predict")
    for name in OF_THE_ARTICLE:
        if name in given:
            fix = "use --epochs" if name == "iterations" else "leave it out"
            raise GlassnetError(f"--{name} is for the article's problem, without TABLE: {fix}")


def _print_json(study: "Study", out: Path) -> None:
    import json
    from dataclasses import asdict

    from glassnet.studies.article_problem import published

    placed = published(study)
    content = {
        "networks": len(study),
        "planned": study.planned,
        "stuck": int(study.stuck.sum()),
        "stuck_above": study.stuck_above,
        "loss": study.losses.tolist(),
        "reached": [asdict(one) for one in study.reached()],
        "scores": study.scores(),
        "solutions": [
            {"networks": len(one.networks), "example": one.example, "loss": one.loss}
            for one in study.solutions
        ],
        "differences": [asdict(one) for one in study.differences()],
        "article": None if placed is None else asdict(placed),
        "origin": study.origin,
        "out": str(out),
    }
    say(json.dumps(content))


def _print(study: "Study", table: str | None, out: Path) -> None:
    import numpy as np

    from glassnet.runs.study_folder import STUDY_FILE

    losses = study.losses[np.isfinite(study.losses)]
    where = "the article's problem" if table is None else Path(table).name
    say(f"{len(study):,} networks on {where}: {study.network}")
    say(
        f"Loss at the end: {losses.min():.4g} to {losses.max():.4g}, median "
        f"{np.median(losses):.4g}; the best constant has {study.constant_loss:.4g}"
    )
    say(f"Stuck above {study.stuck_above:.4g}: {_of_all(int(study.stuck.sum()), len(study))}")
    say("")
    _print_reached(study)
    _print_scores(study)
    _print_solutions(study)
    _print_differences(study)
    _print_published(study)
    say(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    file = str(out / STUDY_FILE)
    say(f"Next, in Python: gn.load_study({file!r}).model() is the network of the lowest loss")


def _of_all(count: int, total: int) -> str:
    return f"{count:,} of {total:,} ({100 * count / total:.3g} %)"


def _print_reached(study: "Study") -> None:
    from glassnet.cli.console import print_table

    rows = [
        [f"{one.loss:g}", f"{one.networks:,}", f"{100 * one.networks / len(study):.4g}"]
        + [f"{epoch:,}" for epoch in one.epochs]
        for one in study.reached()
    ]
    headers = ["loss", "networks", "%", "fastest epoch", "median", "slowest"]
    print_table(headers, rows, "How many reach which loss, and when")


def _print_scores(study: "Study") -> None:
    from glassnet.cli.console import number, print_table

    rows = [[name, *map(number, of_all)] for name, of_all in study.scores().items()]
    if rows:
        title = "Scores on the held-out rows, over the networks"
        print_table(["score", "5 %", "median", "95 %"], rows, title)


def _print_solutions(study: "Study") -> None:
    from glassnet.cli.console import print_table

    found = study.solutions
    named = sum(len(solution.networks) for solution in found)
    rows = [
        [
            str(number),
            f"{len(solution.networks):,}",
            f"{100 * len(solution.networks) / len(study):.3g}",
            f"{solution.loss:.4g}",
            str(int(study.outcomes.seed[solution.example])),
        ]
        for number, solution in enumerate(found, 1)
        if len(solution.networks) > 1
    ]
    if not rows:
        say("Kinds of solution: no two networks are alike in what their hidden nodes do.")
        say("")
        return
    headers = ["kind", "networks", "%", "example's loss", "example's seed"]
    print_table(headers, rows, "Kinds of solution, hidden nodes matched up to order and sign")
    if named < len(study):
        say(f"{_of_all(len(study) - named, len(study))} are of none of these kinds.")
        say("")


def _print_differences(study: "Study") -> None:
    from glassnet.cli.console import print_table

    rows = [
        [one.name, f"{one.stuck:.4g}", f"{one.others:.4g}", f"{one.tells:.2f}"]
        for one in study.differences()
    ]
    if rows:
        headers = ["mean of", "stuck", "others", "tells apart"]
        print_table(headers, rows, "How those that are stuck differ (0.5 tells nothing)")


def _print_published(study: "Study") -> None:
    from glassnet.studies.article_problem import published

    placed = published(study)
    if placed is None:
        return
    say(
        f"The article's printed table has the loss {placed.loss:.4g}: lower than "
        f"{100 * (1 - placed.below):.3g} % of these networks have."
    )
    if placed.same_seeds:
        count = len(placed.same_seeds)
        seeds = ", ".join(map(str, placed.same_seeds[:MOST_SEEDS]))
        seeds += ", ..." if count > MOST_SEEDS else ""
        noun = "seed" if count == 1 else "seeds"
        say(f"Predicted to all its digits by {_of_all(count, len(study))}: {noun} {seeds}.")
    else:
        say("None of them predicts it to all its digits.")
