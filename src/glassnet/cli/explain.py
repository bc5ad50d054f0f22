"""`glassnet explain`: every number of a prediction and of a step of training, and its sources."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from glassnet.cli.command import DocumentedCommand, overwrite_option
from glassnet.cli.hidden_nodes import check_nodes_alone, write_nodes
from glassnet.cli.terminal import document_stream, file_of, line_width
from glassnet.errors import GlassnetError, unknown_name

if TYPE_CHECKING:
    from glassnet.explanation.parts import Explanation
    from glassnet.models.rows import Rows

FORMATS = ("text", "md", "html", "json")


@click.command(
    "explain",
    cls=DocumentedCommand,
    examples=[
        "glassnet explain runs/cars new.csv --row 7 --what-if weight_lbs=-300 --format html",
        "glassnet explain runs/cars --hidden-nodes --member 2 --node 1.49",
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
    "--worst",
    type=int,
    metavar="COUNT",
    help="In place of --row: so many of the run's held-out rows, those predicted worst.",
)
@click.option(
    "--what-if",
    "what_if",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Show what another cell would change: =+2 and =-2 add to a number (or days to a date), "
    "=41 and =Dream set, ==-2 sets a negative number, = is a missing cell; repeat for more.",
)
@click.option(
    "--model",
    "which",
    metavar="[scored|final]",
    help="Of a run trained again on all rows: the model that the scores are of, or the final one.",
    show_default="scored for held-out rows, else final",
)
@click.option(
    "--node", "nodes", multiple=True, help="Node to show whole, as in 1.5, or all; repeat for more."
)
@click.option(
    "--hidden-nodes",
    is_flag=True,
    help="In place of rows: what hidden nodes respond to and do to the prediction, in words; the "
    "10 that do most, or those of --node.",
)
@click.option("--member", type=int, help="With --hidden-nodes: of this network alone, from 1.")
@click.option(
    "--backward",
    is_flag=True,
    help="The way back too: deltas, gradients, and a step of gradient descent.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="All the arithmetic: of more than 200 weights only that of the output is shown otherwise.",
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
    worst: int | None,
    what_if: tuple[str, ...],
    which: str | None,
    nodes: tuple[str, ...],
    hidden_nodes: bool,
    member: int | None,
    backward: bool,
    whole: bool,
    form: str,
    digits: int,
    iteration: int | None,
    missing_columns: bool,
    out: Path | None,
    overwrite: bool,
) -> None:
    """Say why a row is predicted so: the prediction, what each column contributed to it, and the
    complete arithmetic, with --backward to every gradient; or what its hidden nodes respond to.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow,
    JSON lines or .xlsx, by suffix; - is CSV on standard input; without it the rows are those the
    run was given.
    """
    from glassnet.files import check_file, whole_file
    from glassnet.notation.numerals import check_digits

    if form not in FORMATS:
        raise unknown_name("--format", form, FORMATS)
    check_digits(digits)
    _check_alone(table, rows, worst, iteration)
    check_nodes_alone(hidden_nodes, member, form)
    file = file_of(out)
    if file is not None:
        check_file(file, overwrite)
    if hidden_nodes:
        seen = _rows_of_all(model, table, which, missing_columns)
        write_nodes(seen, _nodes(nodes), member, form, file, overwrite)
        return
    given = _given(model, table, rows, worst, which, iteration, missing_columns)
    explanation = _explain(given, _nodes(nodes), backward, iteration, what_if)
    if file is None:
        _print(explanation, form, digits, whole)
        return
    with whole_file(file, overwrite=overwrite) as part:
        part.write_text(_written(explanation, form, digits, whole), encoding="utf-8")


def _check_alone(
    table: str | None, rows: tuple[int, ...], worst: int | None, iteration: int | None
) -> None:
    """Raises GlassnetError on options that exclude each other."""
    if iteration is not None and table is not None:
        raise GlassnetError("--iteration is about the rows of the run itself: leave TABLE out")
    if worst is None:
        return
    if worst < 1:
        raise GlassnetError(f"--worst must be 1 or more, got {worst}")
    for option, value in (("TABLE", table), ("--row", rows or None), ("--iteration", iteration)):
        if value is not None:
            raise GlassnetError(f"--worst finds rows of the run itself: leave {option} out")


class _Given(NamedTuple):
    """The rows that a model looks at, the numbers of those to be explained, and which model."""

    rows: "Rows"
    numbers: list[int]
    """From 1; none where all are one batch."""
    note: str = ""
    opening: tuple[str, ...] = ()
    """What is said before all else."""
    beside: tuple[tuple[str, ...], ...] = ()
    """Of each row how it stands beside those trained on, in sentences."""


def _given(
    path: Path,
    table: str | None,
    numbers: tuple[int, ...],
    worst: int | None,
    which: str | None,
    iteration: int | None,
    missing_columns: bool,
) -> _Given:
    """The rows of the table, or where none is named those of the run, as the model sees them."""
    from dataclasses import replace

    from glassnet.cli.wording import in_flags
    from glassnet.explanation.unusual import beside_trained
    from glassnet.models.model import load
    from glassnet.models.rows import rows_of
    from glassnet.runs.explained_rows import model_for, worst_predicted
    from glassnet.runs.open import open_run

    if table is not None:
        model = load(path) if which is None else model_for(open_run(path), (), which).model
        rows = rows_of(model, table, missing_columns=missing_columns)
        return _Given(rows, _checked(numbers or (1,), rows))
    run = open_run(path)
    if iteration is not None:
        rows = replace(run.table_rows(), model=run.model_before(iteration))
        return _Given(rows, _checked(numbers, rows))
    worst_rows = worst_predicted(run, worst) if worst else None
    chosen = worst_rows.numbers if worst_rows else numbers or (1,)
    model, note = model_for(run, chosen, which, in_flags)
    rows = replace(run.table_rows(), model=model)
    given = _Given(rows, _checked(chosen, rows), note)
    holdout = set(run.rows["holdout"].tolist())
    beside = tuple(
        beside_trained(rows, number - 1, run.rows["train"]) if number - 1 in holdout else ()
        for number in given.numbers
    )
    opening = (worst_rows.sentence,) if worst_rows and worst_rows.sentence else ()
    return given._replace(opening=opening, beside=beside)


def _rows_of_all(path: Path, table: str | None, which: str | None, missing_columns: bool) -> "Rows":
    """All rows of the table or run, with its final model unless the other is asked for."""
    from dataclasses import replace

    from glassnet.runs.explained_rows import model_for
    from glassnet.runs.open import open_run

    if table is not None:
        return _given(path, table, (), None, which, None, missing_columns).rows
    run = open_run(path)
    return replace(run.table_rows(), model=model_for(run, (), which).model)


def _checked(numbers: Sequence[int], rows: "Rows") -> list[int]:
    """The numbers, each once. Raises GlassnetError on one that is not in the table."""
    for row in numbers:
        if not 1 <= row <= len(rows):
            raise GlassnetError(f"--row {row}: the table has rows 1 to {len(rows)}")
    return list(dict.fromkeys(numbers))


def _explain(
    given: _Given,
    nodes: Any,
    backward: bool,
    iteration: int | None,
    what_if: tuple[str, ...],
) -> "Explanation":
    from dataclasses import replace

    from glassnet.explanation.build import explain_rows
    from glassnet.explanation.what_if import changes_of

    rows, numbers = given.rows, given.numbers
    changes = changes_of(what_if, rows.model.encoding.needed)
    if iteration is not None:
        batch = range(1, len(rows) + 1)
        explanation = explain_rows(
            rows, batch, backward, nodes, detail=numbers or None, what_if=changes
        )
        return replace(explanation, title=f"Iteration {iteration} of {explanation.title}")
    taken = rows.take([row - 1 for row in numbers])
    explanation = explain_rows(taken, numbers, backward, nodes, others=rows, what_if=changes)
    opening = (*given.opening, *explanation.opening)
    beside = given.beside or ((),) * len(explanation.rows)
    shown = tuple(
        replace(row, outside=(*row.outside, *sentences))
        for row, sentences in zip(explanation.rows, beside, strict=True)
    )
    return replace(explanation, model_note=given.note, opening=opening, rows=shown)


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


def _print(explanation: "Explanation", form: str, digits: int, whole: bool) -> None:
    if form != "text":
        document_stream().write(_written(explanation, form, digits, whole))
        return
    from rich.console import Console
    from rich.text import Text

    from glassnet.cli.wording import in_flags
    from glassnet.explanation.render.text import to_lines

    console = Console(highlight=False)
    width = line_width()
    for line in to_lines(explanation, digits, width, whole or None, in_flags):
        console.print(Text.assemble(*line), soft_wrap=True)


def _written(explanation: "Explanation", form: str, digits: int, whole: bool) -> str:
    if form == "json":
        import json

        return json.dumps(explanation.to_dict(), ensure_ascii=False) + "\n"
    if form == "html":
        return explanation.html(digits)
    from glassnet.cli.wording import in_flags
    from glassnet.explanation.render.markdown import to_markdown
    from glassnet.explanation.render.text import to_text

    if form == "md":
        return to_markdown(explanation, digits, whole or None, in_flags)
    return to_text(explanation, digits, whole=whole or None, wording=in_flags)
