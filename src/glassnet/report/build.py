"""make_report(): all that a run's report tells, gathered and put into the page."""

import shlex
from typing import Any

import numpy as np

from glassnet.core.metrics import class_scores, regression_scores
from glassnet.models.rows import Rows
from glassnet.pages.page import ASSETS, asset
from glassnet.plots.network.display import NetworkDisplay
from glassnet.recipe.run import TableRun
from glassnet.report.pictures import column_pictures, loss_picture, score_pictures
from glassnet.report.worst import worst_rows
from glassnet.tables.inputs import Number
from glassnet.tables.targets import NumberTarget

WORST = 3  # rows that are explained
PROGRAM = """import json
import glassnet as gn

record = json.load(open("run.json"))
model = gn.train_table(record["table"], record["target"], **record["options"])
"""
MOST_COLUMNS = 60  # of the table that are listed one by one


def make_report(done: TableRun, record: dict[str, Any], name: str) -> str:
    """The report of a run as one HTML page without outside resources.

    Parameters
    ----------
    done : the run.
    record : the content of its run.json, which repeats it.
    name : what the table is called.
    """
    import jinja2

    rows, held_out = _rows(done, done.scored_part), done.scored_part == "holdout"
    what = "held out from training" if held_out else "that were trained on (none were held out)"
    which = f"{len(rows):,} row{'s' * (len(rows) > 1)} {what}"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template("report.html")
    return template.render(
        style=asset("page.css") + asset("report.css") + asset("explain.css"),
        script=asset("explain.js"),
        name=name,
        record=record,
        targets=list(record["target"]),
        which=which,
        held_out=held_out,
        scores=_scores(done, rows),
        columns=_columns(done),
        more_columns=max(0, len(done.model.encoding.inputs) - MOST_COLUMNS),
        score_pictures=list(score_pictures(done.model, rows, which)),
        column_pictures=list(column_pictures(done.model, rows, which)),
        loss=loss_picture(done.model),
        diagram=NetworkDisplay.from_model(done.model).svg,
        worst=worst_rows(rows, done.row_numbers[done.rows[done.scored_part]], WORST),
        settings=_settings(record["options"]),
        command=_command(record),
        program=PROGRAM.replace('record["table"]', '"TABLE.csv"')
        if record["table"] == "-"
        else PROGRAM,
    )


def _rows(done: TableRun, part: str) -> Rows:
    encoding, columns = done.model.encoding, done.columns.take(done.rows[part])
    answers = columns.select(target.name for target in encoding.targets)
    return Rows(done.model, columns.select(encoding.needed), answers)


def _scores(done: TableRun, rows: Rows) -> list[dict[str, Any]]:
    """Each target's scores beside those of an answer that is always the same: the training rows' mean, or their shares."""
    trained = done.columns.take(done.rows["train"])
    found: list[dict[str, Any]] = []
    for target in done.model.encoding.targets:
        known, seen = rows.answers[target.name], trained[target.name]
        if isinstance(target, NumberTarget):
            simple = regression_scores(known.values, np.full(len(rows), seen.values.mean()))
            says = f"always the mean, {seen.values.mean():.6g}"
        else:
            shares = np.bincount(target.index(seen), minlength=len(target.labels)) / len(
                seen.values
            )
            simple = class_scores(target.index(known), np.tile(shares, (len(rows), 1)))
            says = f"always {target.label_texts[int(shares.argmax())]}, by the classes' shares"
        scores = done.model.scores[target.name]
        found.append(
            {
                "target": target.name,
                "simple": says,
                "of": [(s, v, simple.get(s)) for s, v in scores.items()],
            }
        )
    return found


def _columns(done: TableRun) -> list[dict[str, Any]]:
    """What each column is: how many cells are missing, and its encoding in words."""
    listed: list[dict[str, Any]] = []
    for column in done.model.encoding.inputs[:MOST_COLUMNS]:
        cells = done.columns[column.name]
        seen = cells.values[~cells.missing]
        span = (
            f"{seen.min():.6g} to {seen.max():.6g}"
            if cells.kind == "number" and len(seen)
            else f"{len(set(seen))} different"
        )
        listed.append(
            {
                "name": column.name,
                "kind": cells.kind,
                "span": _days(column, seen) or span,
                "missing": int(cells.missing.sum()),
                "inputs": len(column.features),
                "encoding": str(column),
            }
        )
    return listed


def _days(column: Any, seen: np.ndarray) -> str:
    if not (isinstance(column, Number) and column.date and len(seen)):
        return ""
    first, last = (str(np.datetime64(round(day), "D")) for day in (seen.min(), seen.max()))
    return f"{first} to {last}"


def _settings(options: dict[str, Any]) -> list[tuple[str, str]]:
    """The options of the run, in words."""
    return [(name.replace("_", " "), _setting(value)) for name, value in options.items()]


def _setting(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _command(record: dict[str, Any]) -> str:
    """The command that repeats the run: its table and targets, and every option as it was decided."""
    parts = ["glassnet", *record["command"]]
    for name, value in record["options"].items():
        option = "--category" if name == "categories" else f"--{name}".replace("_", "-")
        if name in ("categories", "ignore"):
            parts += [part for item in value for part in (option, str(item))]
        elif value is True:
            parts.append(option)
        elif value is not None and value is not False:  # 0 and 0.0 equal False, and are said
            parts += [
                option,
                ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value),
            ]
    return shlex.join(parts) + (" < TABLE.csv" if record["table"] == "-" else "")
