"""The report of a run as one page, and the file it is written to."""

from typing import Any

from glassnet.errors import Wording, in_python
from glassnet.files import whole_file
from glassnet.models.rows import Rows
from glassnet.pages.page import ASSETS, style_sheets
from glassnet.plots.network.display import NetworkDisplay
from glassnet.recipe.run import TableRun
from glassnet.report.columns import MOST_SHUFFLED, column_facts, ranked_columns
from glassnet.report.distribution import distribution
from glassnet.report.members import agreements, member_tables
from glassnet.report.pictures import column_pictures, loss_picture, score_pictures
from glassnet.report.repeat import command_of, program_of, settings_of
from glassnet.report.scores import score_tables
from glassnet.report.steps import ReportProgress, Steps
from glassnet.report.worst import worst_rows
from glassnet.runs.layout import REPORT
from glassnet.runs.open import RunFolder
from glassnet.runs.record import RunRecord

WORST = 3  # rows that are shown
MOST_DISTRIBUTIONS = 4  # targets whose distribution is drawn
MOST_COLUMNS = 60  # columns of the table that are listed one by one
MOST_RANKED = 1000  # columns that are listed by what gradients say


def write_report(
    run: RunFolder,
    done: TableRun,
    table: str,
    wording: Wording = in_python,
    progress: ReportProgress | None = None,
) -> None:
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
    progress : callable, optional
        Called with how far the report is.

    Raises
    ------
    GlassnetError
        Where the file cannot be written.
    """
    with whole_file(run.path / REPORT) as part:
        text = make_report(done, run.record, table, wording, progress)
        part.write_text(text, encoding="utf-8")


def make_report(
    done: TableRun,
    record: RunRecord,
    table: str,
    wording: Wording = in_python,
    progress: ReportProgress | None = None,
) -> str:
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
    progress : callable, optional
        Called with how far the report is.
    """
    import jinja2

    content: dict[str, Any] = {
        "style": style_sheets("report.css"),
        "table": table,
        "record": record,
        "targets": list(record.target),
        "refit": done.model.record.refit,
        "assessment": done.assessment,
        "notices": [notice.worded(wording) for notice in done.notices],
        "settings": settings_of(record.options),
        "command": command_of(record),
        "program": program_of(record),
        **_parts(done, Steps(progress)),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("report.html").render(content)


def _parts(done: TableRun, steps: Steps) -> dict[str, Any]:
    """The parts of the page that take time."""
    model, rows = done.scored_model, _scored_rows(done)
    which = _which_rows(len(rows), done.scored_part == "holdout")
    short = "the held-out rows" if done.scored_part == "holdout" else "the rows trained on"
    inputs = done.model.encoding.inputs
    parts: dict[str, Any] = {"rows": which, "holdout": done.scored_part == "holdout"}
    steps.begin("scores")
    parts["scores"] = score_tables(done)
    parts["score_pictures"] = list(score_pictures(model, rows))
    steps.begin("columns")
    shuffled, others = ranked_columns(model, rows)
    parts["column_pictures"] = list(column_pictures(model, rows, short, shuffled, steps.within))
    parts |= {"not_shuffled": others, "first_rank": MOST_SHUFFLED + 1, "most_ranked": MOST_RANKED}
    steps.begin("table")
    parts["columns"] = [column_facts(column, done.columns) for column in inputs[:MOST_COLUMNS]]
    parts["distributions"] = {
        target.name: distribution(target, done.columns[target.name])
        for target in done.model.encoding.targets[:MOST_DISTRIBUTIONS]
    }
    parts["more_columns"] = max(0, len(inputs) - MOST_COLUMNS)
    steps.begin("training")
    parts["loss"] = loss_picture(done.model)
    steps.begin("network")
    parts["diagram"] = NetworkDisplay.from_model(done.model).svg
    parts["tried"], parts["drawn"] = model.record.tried, done.options.draws
    parts["mixture"] = model.record.mixture
    parts["members"] = member_tables(model, rows)
    parts["agreements"] = agreements(model, rows)
    steps.begin("worst rows")
    numbers = done.row_numbers[done.rows[done.scored_part]]
    parts["worst"] = worst_rows(rows, numbers, WORST)
    return parts


def _scored_rows(done: TableRun) -> Rows:
    """The rows that the scores are of."""
    model, columns = done.scored_model, done.columns.take(done.rows[done.scored_part])
    encoding = model.encoding
    targets = columns.select(target.name for target in encoding.targets)
    return Rows(model, columns.select(encoding.needed), targets)


def _which_rows(n_rows: int, holdout: bool) -> str:
    """The scored rows in words."""
    counted = "1 row" if n_rows == 1 else f"{n_rows:,} rows"
    if holdout:
        return f"{counted} held out from training"
    return f"{counted} that were trained on (none were held out)"
