"""The pictures of `bench/tables.py` and `bench/curves.py`, in the manner of glassnet's own."""

from pathlib import Path
from typing import Any

import numpy as np

from bench.table_page import losses_over_first, means, models_of, over_first
from glassnet.plots.figures import PALETTE, new_figure, save_figure, style

MARKS = "osD^vPX*<>"
WORST = 4  # of a loss over the first model's, in the picture
LEAST_SCORE = -0.25  # in the picture: R2 has no end below


def losses(tables: dict[str, Any], path: Path) -> None:
    """Each table's loss of each model over the first one's, and the mean beside the seconds."""
    models = models_of(tables)
    loss = np.exp(losses_over_first(tables, models))
    with style():
        figure = new_figure(9.0, 1.5 + 0.22 * len(tables))
        left, right = figure.subplots(1, 2, width_ratios=(2, 1))
        rows = np.arange(len(tables))
        left.axvline(1, color=_colour(0), lw=1)
        for i, model in enumerate(models):
            mark = {"color": _colour(i), "marker": MARKS[i % len(MARKS)]}
            left.plot(np.minimum(loss[:, i], WORST), rows, ls="", ms=5, label=model, **mark)
        left.set_xscale("log")
        left.set_xticks(ticks := (0.5, 0.7, 1, 1.5, 2, 3, WORST), map(str, ticks))
        left.xaxis.minorticks_off()
        left.set_yticks(rows, list(tables))
        left.invert_yaxis()
        left.grid(axis="y", lw=0.4)
        left.set_xlabel(f"loss over {models[0]}'s (at most {WORST})")
        _means_and_seconds(right, tables, models)
        figure.legend(*left.get_legend_handles_labels(), ncols=4, loc="outside upper center")
        save_figure(figure, path)


def _means_and_seconds(ax: Any, tables: dict[str, Any], models: list[str]) -> None:
    """The geometric means, each over the tables that the model and the first one have."""
    loss = np.exp(np.nanmean(losses_over_first(tables, models), axis=0))
    seconds = np.exp(np.nanmean(over_first(means(tables, models, "seconds")), axis=0))
    for i, model in enumerate(models):
        mark = {"color": _colour(i), "marker": MARKS[i % len(MARKS)]}
        ax.plot(seconds[i], loss[i], ms=8, ls="", label=model, **mark)
    ax.set_xscale("log")
    ax.set_xlabel(f"seconds over {models[0]}'s")
    ax.set_ylabel(f"loss over {models[0]}'s, geometric mean")


def _colour(i: int) -> str:
    return PALETTE[i % len(PALETTE)]


def curves(tables: dict[str, dict[str, Any]], path: Path) -> None:
    """A panel for each table: every model's score on held-out rows by the number of rows."""
    wide = 3
    tall = -(-len(tables) // wide)
    models = list(dict.fromkeys(model for found in tables.values() for model in found))
    with style():
        figure = new_figure(9.0, 0.6 + 2.2 * tall)
        panels = figure.subplots(tall, wide, squeeze=False).ravel()
        for ax, (name, found) in zip(panels, tables.items(), strict=False):
            for model, curve in found.items():
                i = models.index(model)
                mark = {"color": _colour(i), "marker": MARKS[i % len(MARKS)], "ms": 3}
                ax.plot(curve.sizes, np.maximum(curve.held, LEAST_SCORE), label=model, **mark)
            ax.set_title(name)
            ax.set_xscale("log")
            ax.set_xticks((100, 1000), ("100", "1,000"))
            ax.tick_params(axis="x", which="minor", labelbottom=False)
            ax.grid(lw=0.4)
        for ax in panels[len(tables) :]:
            ax.set_axis_off()
        figure.supxlabel("training rows", size="medium")
        figure.legend(*panels[0].get_legend_handles_labels(), ncols=4, loc="outside upper center")
        save_figure(figure, path)
