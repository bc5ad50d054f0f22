"""`glassnet explain`: every number of a prediction and of a step of training, and its sources."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.terminal import document_stream, file_of
from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.explanation.parts import Explanation
    from glassnet.models.rows import Rows

FORMATS = ("text", "md", "html", "json")


@click.command(
    "explain",
    cls=DocumentedCommand,
    examples=[
        "glassnet explain runs/demo --row 2 --backward",
        "glassnet explain runs/flats new.csv --row 7 --format html --out row7.html",
    ],
    page="examples/how_to/3_explain_a_prediction.py",
)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table", required=False, type=click.Path())
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
    "--missing-columns",
    is_flag=True,
    help="Take columns that the table lacks as missing, as `glassnet predict` does.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write; - is standard output.",
    show_default="-",
)
@overwrite_option
def explain_command(
    model: Path,
    table: str | None,
    rows: tuple[int, ...],
    nodes: tuple[str, ...],
    backward: bool,
    form: str,
    digits: int,
    iteration: int | None,
    missing_columns: bool,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Print the complete arithmetic of a row: encoding, every product, activations, loss, and with
    --backward every gradient.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow,
    JSON lines or .xlsx, by suffix; - is CSV on standard input; without it the rows are those the
    run was given.
    """
    from glassnet.files import check_file, whole_file
    from glassnet.notation.numerals import check_digits

    if form not in FORMATS:
        raise unknown_name("--format", form, FORMATS)
    check_digits(digits)
    if iteration is not None and table is not None:
        raise GlassnetError("--iteration is about the rows of the run itself: leave TABLE out")
    file = file_of(out)
    if file is not None:
        check_file(file, overwrite)
    given = _rows(model, table, iteration, missing_columns)
    explanation = _explain(given, rows, _nodes(nodes), backward, iteration)
    if file is None:
        _print(explanation, form, digits)
        return
    with whole_file(file, overwrite=overwrite) as part:
        part.write_text(_written(explanation, form, digits), encoding="utf-8")


def _rows(path: Path, table: str | None, iteration: int | None, missing_columns: bool) -> "Rows":
    """The rows of the table, or where none is named those of the run, as the model sees them."""
    from dataclasses import replace

    from glassnet.models.model import load
    from glassnet.models.rows import rows_of
    from glassnet.runs.open import open_run

    if table is not None:
        return rows_of(load(path), table, missing_columns=missing_columns)
    run = open_run(path)
    if iteration is None:
        return run.table_rows()
    return replace(run.table_rows(), model=run.model_before(iteration))


def _explain(
    given: "Rows", rows: tuple[int, ...], nodes: Any, backward: bool, iteration: int | None
) -> "Explanation":
    from dataclasses import replace

    from glassnet.explanation.build import explain_rows

    for row in rows:
        if not 1 <= row <= len(given):
            raise GlassnetError(f"--row {row}: the table has rows 1 to {len(given)}")
    if iteration is not None:
        batch = range(1, len(given) + 1)
        explanation = explain_rows(given, batch, backward, nodes, detail=rows or None)
        return replace(explanation, title=f"Iteration {iteration} of {explanation.title}")
    chosen = list(dict.fromkeys(rows)) or [1]
    return explain_rows(given.take([row - 1 for row in chosen]), chosen, backward, nodes)


def _nodes(nodes: tuple[str, ...]) -> Any:
    """The nodes that were named as 1.5: pairs (layer, node) from 0, "all", or None."""
    if "all" in nodes:
        return "all"
    return [_node(text) for text in nodes] or None


def _node(text: str) -> tuple[int, int]:
    layer, _, number = text.partition(".")
    if not layer.isdecimal() or not number.isdecimal():
        raise GlassnetError(f"--node {text}: give LAYER.NODE, both from 1, such as 1.5, or all")
    return int(layer) - 1, int(number) - 1


def _print(explanation: "Explanation", form: str, digits: int) -> None:
    if form != "text":
        document_stream().write(_written(explanation, form, digits))
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
    writers = {"text": explanation.text, "md": explanation.markdown, "html": explanation.html}
    return writers[form](digits)
