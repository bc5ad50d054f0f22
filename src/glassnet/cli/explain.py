"""`glassnet explain`: every number of a prediction, and of a step of training, with what it was made from."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.explanation.parts import Explanation

FORMATS = ("text", "md", "html", "json")


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table", required=False)
@click.option(
    "--row",
    "rows",
    type=int,
    multiple=True,
    help="Row of the table, from 1; several are one batch.",
    show_default="1",
)
@click.option(
    "--node", "nodes", multiple=True, help="Node to show whole, as in 1.5, or all; repeat for more."
)
@click.option(
    "--backward",
    is_flag=True,
    help="The way back too: deltas, gradients, and a step of gradient descent.",
)
@click.option(
    "--format",
    "form",
    default="text",
    help="text, md (Markdown with LaTeX), html (a page) or json.",
)
@click.option("--digits", default=4, help="Significant digits; json has all.")
@click.option(
    "--iteration",
    type=int,
    help="Of a run of `glassnet demo`: that step of its training, from 1, as it happened.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write.", show_default="standard output"
)
def explain(
    model: Path,
    table: str | None,
    rows: tuple[int, ...],
    nodes: tuple[str, ...],
    backward: bool,
    form: str,
    digits: int,
    iteration: int | None,
    out: Path | None,
) -> None:
    """Print the complete arithmetic of a row: encoding, every product, activations, loss, and with --backward every gradient.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow IPC or JSON lines, by suffix; -
    is CSV on standard input; without it the rows are those the run was given.
    """
    from glassnet.files import check_free, whole_file
    from glassnet.models.model import load
    from glassnet.notation.numerals import check_digits
    from glassnet.runs.folder import at_iteration, rows_of_run

    if form not in FORMATS:
        raise unknown_name("--format", form, FORMATS)
    check_digits(digits)
    if iteration is not None and table is not None:
        raise GlassnetError("--iteration is about the rows of the run itself: leave TABLE out")
    if out is not None:
        check_free(out)
    loaded = load(model)
    given = rows_of_run(model, loaded, table)
    if iteration is not None:
        loaded = at_iteration(loaded, iteration)
    explanation = _explained(loaded, given, rows, _nodes(nodes), backward, iteration)
    if out is None:
        _print(explanation, form, digits)
        return
    with whole_file(out) as part:
        part.write_text(_written(explanation, form, digits), encoding="utf-8")


def _explained(
    loaded: Any,
    given: Any,
    rows: tuple[int, ...],
    nodes: Any,
    backward: bool,
    iteration: int | None,
) -> "Explanation":
    from dataclasses import replace

    from glassnet import article
    from glassnet.explanation.build import explain_rows
    from glassnet.runs.folder import is_demo

    for row in rows:
        if not 1 <= row <= len(given):
            raise GlassnetError(f"--row {row}: the table has rows 1 to {len(given)}")
    rate = article.LEARNING_RATE if is_demo(loaded) else None
    given = replace(given, model=loaded)
    if iteration is not None:
        every = range(1, len(given) + 1)
        told = explain_rows(given, every, backward, nodes, rate, detail=rows or None)
        return replace(told, title=f"Iteration {iteration} of {told.title}")
    chosen = list(dict.fromkeys(rows)) or [1]
    return explain_rows(given.take([row - 1 for row in chosen]), chosen, backward, nodes, rate)


def _nodes(nodes: tuple[str, ...]) -> Any:
    """Pairs (layer, node), from 0, out of 1.5; "all"; or None."""
    if "all" in nodes:
        return "all"
    found: list[tuple[int, int]] = []
    for node in nodes:
        layer, _, place = node.partition(".")
        if not layer.isdecimal() or not place.isdecimal():
            raise GlassnetError(f"--node {node}: give LAYER.NODE, both from 1, such as 1.5, or all")
        found.append((int(layer) - 1, int(place) - 1))
    return found or None


def _print(explanation: "Explanation", form: str, digits: int) -> None:
    if form != "text":
        click.echo(_written(explanation, form, digits), nl=False)
        return
    from rich.console import Console
    from rich.text import Text

    from glassnet.explanation.render.text import to_lines

    console = Console(highlight=False)
    for line in to_lines(explanation, digits):
        console.print(Text.assemble(*line), soft_wrap=True)


def _written(explanation: "Explanation", form: str, digits: int) -> str:
    if form == "json":
        import json

        return json.dumps(explanation.to_dict(), ensure_ascii=False) + "\n"
    return {"text": explanation.text, "md": explanation.markdown, "html": explanation.html}[form](
        digits
    )
