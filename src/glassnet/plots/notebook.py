"""What notebooks show of a model, a history, a run, a study, a search and an estimator, as HTML.

The first five are registered in `glassnet.notebook`, where they ask for it. What other objects
show is in their own files.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from glassnet.models.model import Model
from glassnet.notebook import register_view
from glassnet.pages.page import style_sheets
from glassnet.plots.figures import image
from glassnet.plots.network.display import NetworkDisplay
from glassnet.searches.search import Search
from glassnet.studies.study import Study
from glassnet.training.history import History
from glassnet.training.run import Run

SHOWN_CANDIDATES = 5  # of a search, the best
EPOCHS_AT_EITHER_END = 3  # rows of a history's table


def model_html(model: Model) -> str:
    """A model as HTML: its shape, its scores and its network."""
    columns = f"{len(model.encoding.needed)} columns, {len(model.encoding.features)} inputs"
    targets = ", ".join(target.name for target in model.encoding.targets)
    heading = f"<p><b>Model</b> of {escape(targets)}: {escape(model.shape)}; {columns}</p>"
    return _fragment(heading, _score_table(model.scores), NetworkDisplay.from_model(model).svg)


def history_html(history: History) -> str:
    """A history as HTML: its loss curve, and a table of its first and last epochs."""
    table = history.table()
    epochs = len(table["loss"])
    if not epochs:
        return _fragment("<p><b>History</b> of no epoch</p>")
    heading = f"<p><b>History</b> of {epochs} epochs</p>"
    return _fragment(heading, _curve(history), _history_table(table))


def run_html(run: Run) -> str:
    """A run as HTML: why it ended, its loss curve, and the network that came of it."""
    heading = f"<p><b>Run</b> of {escape(f'{run.network}; {run.diagnosis}')}</p>"
    curve = _curve(run.history) if len(run.history.loss) else ""
    return _fragment(heading, curve, NetworkDisplay.from_model((run.network, run.parameters)).svg)


def _curve(history: History) -> str:
    from glassnet.plots.loss_curve import LossCurveDisplay

    description = f"The loss falls from {history.loss[0]:.4g} to {history.loss[-1]:.4g}"
    return f"<figure>{image(LossCurveDisplay.from_history(history), description)}</figure>"


def study_html(study: Study) -> str:
    """A study as HTML: its loss curves, and how many networks reach which loss."""
    from glassnet.plots.study import StudyDisplay

    heading = f"<p><b>Study</b> of {len(study):,} networks, {escape(str(study.network))}</p>"
    description = (
        f"The losses of {len(study):,} networks along their trainings; "
        f"{study.stuck.sum():,} are stuck"
    )
    picture = f"<figure>{image(StudyDisplay.from_study(study), description)}</figure>"
    headers = ["loss", "networks", "fastest epoch", "median", "slowest"]
    rows = [
        [f"{one.loss:g}", f"{one.networks:,}", *(f"{epoch:,}" for epoch in one.epochs)]
        for one in study.reached()
    ]
    return _fragment(heading, picture, _table(headers, rows) if rows else "")


def search_html(search: Search) -> str:
    """A search as HTML: its best candidates, and the losses over each setting."""
    from glassnet.plots.search import SearchDisplay

    heading = f"<p><b>Search</b> of {len(search):,} candidates</p>"
    description = "The loss of every candidate on rows left out, over each setting"
    picture = f"<figure>{image(SearchDisplay.from_search(search), description)}</figure>"
    shown = {name: column[:SHOWN_CANDIDATES] for name, column in search.table().items()}
    names = ["rank", "loss", *search.best.scores, *search.space.settings]
    rows = [
        [f"{value:.4g}" if isinstance(value, float) else str(value) for value in row]
        for row in zip(*(shown[name] for name in names), strict=True)
    ]
    return _fragment(heading, _table(names, rows), picture)


def network_html(estimator: Any) -> str:
    """The network of a fitted estimator as HTML."""
    return _fragment(NetworkDisplay.from_estimator(estimator).svg)


register_view(Model, model_html)
register_view(History, history_html)
register_view(Run, run_html)
register_view(Study, study_html)
register_view(Search, search_html)


def _score_table(scores: dict[str, dict[str, float]]) -> str:
    """A row for each target, a column for each score that any of them has."""
    if not scores:
        return ""
    names = list(dict.fromkeys(name for row in scores.values() for name in row))
    rows = [[target, *(_cell(row.get(name)) for name in names)] for target, row in scores.items()]
    return _table(["target", *names], rows)


def _history_table(table: dict[str, list[Any]]) -> str:
    """The first and last epochs, and how many between them are not shown."""
    epochs = range(len(table["epoch"]))
    between = epochs[EPOCHS_AT_EITHER_END:-EPOCHS_AT_EITHER_END]
    rows = [
        [_cell(column[epoch]) for column in table.values()]
        for epoch in epochs
        if epoch not in between
    ]
    html = _table(list(table), rows)
    if between:
        html += f"<p class='quiet'>{len(between)} epochs between are not shown</p>"
    return html


def _fragment(*parts: str) -> str:
    """Parts of HTML as one block in the style of our pages, which changes nothing around it."""
    inner = "".join(parts)
    return f'<style>{style_sheets()}</style><div class="gn" style="padding: .6rem">{inner}</div>'


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names = [escape(name.replace("_", " ")) for name in headers]
    head = "".join(f'<th scope="col" class="number">{name}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_number_cell, row))}</tr>" for row in rows)
    return (
        '<div class="wide"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def _number_cell(text: str) -> str:
    return f'<td class="number">{escape(text)}</td>'


def _cell(value: Any) -> str:
    """A number or a name as a table's cell; "" where there is none."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
