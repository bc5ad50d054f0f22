"""The picture of a study: all loss curves in one, and how the losses at their ends are spread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.plots.display import Display
from glassnet.plots.figures import BLUE, GREY, ORANGE, RED, logarithmic
from glassnet.plots.panels import panels
from glassnet.studies.study import Study

MOST_CURVES = 200  # networks that are drawn one by one; of more their density is
MOST_STUCK_LINES = 50  # of those that are stuck some are drawn in any case
LOSS_BINS = 90  # of the losses, along the logarithmic axis
CURVE_QUANTILES = (0.05, 0.5, 0.95)
LOWEST = 1e-12  # a loss below it is drawn there
RARE_BIN = 0.02  # of the fullest bin: where some hold less, their axis is logarithmic


@dataclass(eq=False, repr=False)
class StudyDisplay(Display):
    """The loss curves of all networks of a study, and the distribution of their last losses.

    Up to 200 curves are lines; of more the density is drawn, at each epoch for itself: the darker,
    the more networks had that loss. Networks that are stuck are red.

    Parameters
    ----------
    study : Study
        What `study` gave.
    marks : dict of str to float
        Losses to mark, by name, such as that of a published result.
    title : str
        Stands above the curves.

    Attributes
    ----------
    axes_ : array of matplotlib.axes.Axes
        The curves, and the distribution beside them.
    """

    study: Study
    marks: Mapping[str, float] = field(default_factory=dict)
    title: str = ""
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_study(
        cls, study: Study, *, marks: Mapping[str, float] | None = None, ax: Any = None
    ) -> Self:
        """Draw a study.

        Parameters
        ----------
        study : Study
            What `study` gave.
        marks : dict of str to float, optional
            Losses to mark, by name.
        ax : matplotlib.axes.Axes or two of them, optional
            The axes to draw on; by default new ones.
        """
        sizes = "-".join(map(str, study.network.sizes))
        title = f"{len(study):,} networks of {sizes}, {study.stuck.sum():,} stuck"
        return cls(study, marks or {}, title).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        figure, self.axes_ = panels(ax, 2, 2, 8.0, 4.2, ratios=(3, 1.1))
        return figure

    def _draw(self) -> None:
        curves, spread = self.axes_
        limits = draw_curves(curves, self.study)
        for at, (name, loss) in enumerate(self.marks.items()):
            style = {"color": "#000000", "linestyle": (0, (1 + at, 1)), "linewidth": 1.1}
            curves.axhline(loss, **style, label=f"{name}: {loss:.3g}")
            spread.axhline(loss, **style)
        curves.set(title=self.title, ylabel=loss_label(self.study))
        curves.legend(fontsize=8, loc="lower left")
        self._draw_spread(spread, limits)

    def _draw_spread(self, ax: Any, limits: tuple[float, float]) -> None:
        """How many networks ended at which loss."""
        losses, stuck = _drawn(self.study.losses), self.study.stuck
        edges = np.geomspace(*limits, LOSS_BINS + 1)
        counts = [np.histogram(losses[chosen], edges)[0] for chosen in (~stuck, stuck)]
        for count, color, name in zip(counts, (BLUE, RED), ("", "stuck"), strict=True):
            if count.any():
                ax.stairs(
                    count, edges, orientation="horizontal", fill=True, color=color, label=name
                )
        total = counts[0] + counts[1]
        if (total > 0).any() and total[total > 0].min() < RARE_BIN * total.max():
            ax.set_xscale("symlog", linthresh=1)
        logarithmic(ax.yaxis)
        ax.set(ylim=limits, xlabel="networks", title="at the end")
        ax.set_xlim(left=0)
        ax.tick_params(labelleft=False)
        ax.grid(visible=True, alpha=0.25)


def draw_curves(
    ax: Any, study: Study, limits: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Draw the loss curves of a study; gives the ends of the axis of losses."""
    losses = _drawn(study.outcomes.losses)
    finite = losses[np.isfinite(losses)]
    if limits is None:
        limits = float(finite.min()) / 1.3, float(finite.max()) * 1.3
    if len(study) <= MOST_CURVES:
        width = max(0.4, 1.2 - len(study) / 150)
        ax.plot(study.epochs, losses[~study.stuck].T, color=BLUE, alpha=0.3, linewidth=width)
    else:
        _draw_density(ax, study.epochs, losses, limits)
    stuck = np.flatnonzero(study.stuck)[:MOST_STUCK_LINES]
    if len(stuck):
        lines = ax.plot(study.epochs, losses[stuck].T, color=RED, alpha=0.6, linewidth=0.8)
        lines[0].set_label(f"stuck, above {study.stuck_above:.3g}")
    there = np.isfinite(losses).any(axis=0)  # all networks may have ended before the last epoch
    quantiles = np.full((len(CURVE_QUANTILES), len(study.epochs)), np.nan)
    quantiles[:, there] = np.nanquantile(losses[:, there], CURVE_QUANTILES, axis=0)
    for quantile, line in zip(quantiles, ("--", "-", "--"), strict=True):
        label = {"-": "median"}.get(line)
        ax.plot(study.epochs, quantile, color=ORANGE, linestyle=line, linewidth=1.6, label=label)
    ax.lines[-1].set_label("5 % and 95 %")
    ax.axhline(study.stuck_above, color=GREY, linestyle=":", linewidth=1)
    logarithmic(ax.yaxis)
    if len(study.epochs) > 1:
        ax.set_xlim(study.epochs[0], study.epochs[-1])
        logarithmic(ax.xaxis)
    ax.set(ylim=limits, xlabel="epoch")
    ax.grid(visible=True, alpha=0.25)
    return limits


def _draw_density(
    ax: Any, epochs: np.ndarray, losses: np.ndarray, limits: tuple[float, float]
) -> None:
    """How many networks had which loss at each epoch, its logarithm as a colour."""
    edges = np.geomspace(*limits, LOSS_BINS + 1)
    counts = np.stack([np.histogram(column[np.isfinite(column)], edges)[0] for column in losses.T])
    middles = np.sqrt(epochs[1:] * epochs[:-1])
    sides = np.concatenate([epochs[:1], middles, epochs[-1:]])
    shade = np.ma.masked_equal(np.log1p(counts.T), 0)
    ax.pcolormesh(sides, edges, shade, cmap="Blues", vmin=-0.5, rasterized=True)


def loss_label(study: Study) -> str:
    """What the loss of a study is called."""
    return study.network.loss.name.replace("_", " ") + study.encoding.of_scaled_targets


def _drawn(losses: np.ndarray) -> np.ndarray:
    """Losses as they can stand on a logarithmic axis."""
    return np.maximum(losses, LOWEST)
