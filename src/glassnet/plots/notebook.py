"""What notebooks show of a model, a history and a fitted estimator: a few lines and a picture, as HTML."""

from collections.abc import Sequence
from html import escape
from typing import Any

from glassnet.models.model import Model
from glassnet.pages.page import asset
from glassnet.plots.figures import data_uri
from glassnet.plots.network.display import NetworkDisplay
from glassnet.training.history import History

FEW = 3  # rows of a history at its beginning and at its end


def model_html(model: Model) -> str:
    """A model: its shape, its scores, the network."""
    columns = f"{len(model.encoding.needed)} columns, {len(model.encoding.features)} inputs"
    targets = ", ".join(target.name for target in model.encoding.targets)
    parts = [f"<p><b>Model</b> of {escape(targets)}: {escape(model.shape)}; {columns}</p>"]
    if model.scores:
        names = list(dict.fromkeys(name for scores in model.scores.values() for name in scores))
        rows = [
            [target, *(_number(scores.get(name)) for name in names)]
            for target, scores in model.scores.items()
        ]
        parts.append(_table(["target", *names], rows))
    return _shell([*parts, NetworkDisplay.from_model(model).svg])


def history_html(history: History) -> str:
    """A history: its loss curve, its first and last epochs."""
    from glassnet.plots.loss_curve import LossCurveDisplay

    table = history.table()
    epochs = len(table["epoch"])
    if not epochs:
        return _shell(["<p><b>History</b> of no epoch</p>"])
    shown = [i for i in range(epochs) if i < FEW or i >= epochs - FEW]
    rows = [[_number(column[i]) for column in table.values()] for i in shown]
    left_out = (
        f"<p class='quiet'>{epochs - len(shown)} epochs between are not shown</p>"
        if len(shown) < epochs
        else ""
    )
    last = f"The loss falls from {table['loss'][0]:.4g} to {table['loss'][-1]:.4g}"
    picture = f'<figure><img alt="{last}" src="{data_uri(LossCurveDisplay.from_history(history))}"></figure>'
    return _shell(
        [f"<p><b>History</b> of {epochs} epochs</p>", picture, _table(list(table), rows), left_out]
    )


def network_html(thing: Any) -> str:
    """The network of a fitted estimator."""
    return _shell([NetworkDisplay.from_estimator(thing).svg])


def _shell(parts: Sequence[str]) -> str:
    return f'<style>{asset("page.css")}</style><div class="gn" style="padding: .6rem">{"".join(parts)}</div>'


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(
        f'<th scope="col" class="number">{escape(name.replace("_", " "))}</th>' for name in headers
    )
    body = "".join(
        "<tr>" + "".join(f'<td class="number">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
