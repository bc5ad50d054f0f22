"""The picture of a search: the loss of every candidate over each setting, the weightiest first."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.plots.display import Display
from glassnet.plots.figures import BLUE, ORANGE, RED
from glassnet.plots.panels import panels
from glassnet.searches.search import Search
from glassnet.searches.space import Between

PANELS_IN_A_ROW = 4
VALUE_JITTER = 0.25  # of the step between two values: candidates that agree stand beside each other
HIGHEST_SHOWN = 0.9  # of the losses, by quantile, where some are far off


@dataclass(eq=False, repr=False)
class SearchDisplay(Display):
    """A small chart a setting: its values, and the losses that candidates had with them.

    The charts stand in the order of what mattered; their titles say how much of the losses'
    variance, by rank, each setting explains by itself. The best candidate is orange, that of the
    plain settings a red cross. Losses far above the rest stand at the upper edge.

    Parameters
    ----------
    search : Search
        What `search` gave.

    Attributes
    ----------
    axes_ : array of matplotlib.axes.Axes
        One for each setting.
    """

    search: Search
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_search(cls, search: Search, *, ax: Any = None) -> Self:
        """Draw a search.

        Parameters
        ----------
        search : Search
            What `search` gave.
        ax : matplotlib.axes.Axes or several, optional
            The axes to draw on; by default new ones.
        """
        return cls(search).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.search.space.settings)
        across = min(count, PANELS_IN_A_ROW)
        down = -(-count // across)
        figure, self.axes_ = panels(ax, count, across, 2.3 * across + 0.8, 2.5 * down + 0.2)
        return figure

    def _draw(self) -> None:
        tried = [one for one in self.search.candidates if np.isfinite(one.loss)]
        if not tried:
            return
        losses = np.array([one.loss for one in tried])
        lowest, high = losses.min(), np.quantile(losses, HIGHEST_SHOWN)
        top = min(losses.max(), high + (high - lowest))
        room = 0.06 * (top - lowest or abs(top) or 1.0)
        special = [(one.number == self.search.best.number, one.number == 0) for one in tried]
        for at, (ax, mattered) in enumerate(
            zip(self.axes_, self.search.what_mattered(), strict=False)
        ):
            values = [one.settings.get(mattered.setting) for one in tried]
            x = self._positions(ax, mattered.setting, values)
            y = np.minimum(losses, top)
            ax.scatter(x, y, s=14, color=BLUE, alpha=0.55, linewidths=0)
            for (is_best, is_plain), x_of, y_of in zip(special, x, y, strict=True):
                if is_plain:
                    ax.scatter(x_of, y_of, s=34, color=RED, marker="x", label="plain settings")
                if is_best:
                    ax.scatter(x_of, y_of, s=34, color=ORANGE, marker="D", label="best")
            percent = "" if np.isnan(mattered.explains) else f": {100 * mattered.explains:.0f} %"
            ax.set_title(f"{mattered.setting}{percent}", fontsize=9)
            ax.set_ylim(lowest - room, top + room)
            ax.tick_params(labelsize=7)
            ax.grid(visible=True, alpha=0.25)
            if at % PANELS_IN_A_ROW == 0:
                ax.set_ylabel("loss on rows left out", fontsize=8)
            else:
                ax.tick_params(labelleft=False)
        self.axes_[0].legend(fontsize=7, loc="upper right")

    def _positions(self, ax: Any, name: str, values: list[Any]) -> np.ndarray:
        """Where the values of a setting stand on the axis."""
        one = self.search.space.settings[name]
        if isinstance(one, Between):
            if one.is_logarithmic:
                ax.set_xscale("log")
                _few_ticks(ax, one)
            return np.array(values, float)
        known = list(dict.fromkeys([*one.values, *values]))  # the plain value may be another one
        if all(isinstance(value, (int, float)) for value in known):
            known.sort()
        labels = [_short(value) for value in known]
        slanted = {"rotation": 30, "ha": "right"} if max(map(len, labels)) > len("1234") else {}
        ax.set_xticks(range(len(known)), labels, **slanted)
        ax.set_xlim(-0.5, len(known) - 0.5)
        jitter = VALUE_JITTER * np.random.default_rng(0).uniform(-1, 1, len(values))
        return np.array([known.index(value) for value in values]) + jitter


def _few_ticks(ax: Any, one: Between) -> None:
    """The ends of a logarithmic range and its middle, as plain numbers."""
    middle = float(f"{np.sqrt(one.low * one.high):.1g}")
    ticks = [one.low, middle, one.high]
    ax.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    ax.set_xticks([], minor=True)


def _short(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)
