"""The report of a run as one page, and the file it is written to."""

from typing import Any

from glassnet.errors import Wording, in_python
from glassnet.files import whole_file
from glassnet.models.rows import Rows
from glassnet.pages.page import ASSETS, asset
from glassnet.plots.network.display import NetworkDisplay
from glassnet.recipe.run import TableRun
from glassnet.report.columns import column_facts
from glassnet.report.members import agreements, member_tables
from glassnet.report.pictures import column_pictures, loss_picture, score_pictures
from glassnet.report.repeat import command_of, program_of, settings_of
from glassnet.report.scores import score_tables
from glassnet.report.worst import worst_rows
from glassnet.runs.layout import REPORT
from glassnet.runs.open import RunFolder
from glassnet.runs.record import RunRecord

WORST = 3  # rows that are explained
MOST_COLUMNS = 60  # columns of the table that are listed one by one


def write_report(run: RunFolder, done: TableRun, table: str, wording: Wording = in_python) -> None:
    """Add the report to the folder of a run that has just been written.

    Parameters
    ----------
    run : RunFolder
        The folder.
    done : TableRun
        The run.
    table : str
        What the table is called.
    wording : function
        How notices name options.

    Raises
    ------
    GlassnetError
        Where the file cannot be written.
    """
    with whole_file(run.path / REPORT) as part:
        part.write_text(make_report(done, run.record, table, wording), encoding="utf-8")


def make_report(done: TableRun, record: RunRecord, table: str, wording: Wording = in_python) -> str:
    """The report of a run as one HTML page without outside resources.

    Parameters
    ----------
    done : TableRun
        The run.
    record : RunRecord
        Its record.
    table : str
        What the table is called.
    wording : function
        How notices name options.
    """
    import jinja2

    model, rows = done.model, _scored_rows(done)
    which = _which_rows(len(rows), done.scored_part == "holdout")
    inputs = model.encoding.inputs
    content: dict[str, Any] = {
        "style": asset("page.css") + asset("report.css") + asset("explain.css"),
        "script": asset("explain.js"),
        "table": table,
        "record": record,
        "targets": list(record.target),
        "rows": which,
        "holdout": done.scored_part == "holdout",
        "notices": [notice.worded(wording) for notice in done.notices],
        "scores": score_tables(done),
        "score_pictures": list(score_pictures(model, rows, which)),
        "column_pictures": list(column_pictures(model, rows, which)),
        "columns": [column_facts(column, done.columns) for column in inputs[:MOST_COLUMNS]],
        "more_columns": max(0, len(inputs) - MOST_COLUMNS),
        "loss": loss_picture(model),
        "settings": settings_of(record.options),
        "diagram": NetworkDisplay.from_model(model).svg,
        "members": member_tables(model, rows),
        "agreements": agreements(model, rows),
        "worst": worst_rows(rows, done.row_numbers[done.rows[done.scored_part]], WORST),
        "command": command_of(record),
        "program": program_of(record),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html").render(content)


def _scored_rows(done: TableRun) -> Rows:
    """The rows that the scores are of."""
    encoding, columns = done.model.encoding, done.columns.take(done.rows[done.scored_part])
    targets = columns.select(target.name for target in encoding.targets)
    return Rows(done.model, columns.select(encoding.needed), targets)


def _which_rows(n_rows: int, holdout: bool) -> str:
    """The scored rows in words."""
    counted = "1 row" if n_rows == 1 else f"{n_rows:,} rows"
    if holdout:
        return f"{counted} held out from training"
    return f"{counted} that were trained on (none were held out)"
