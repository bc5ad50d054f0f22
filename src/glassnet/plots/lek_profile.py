"""The picture of Lek profiles: small axes for each column, a line for each place of the others, a band for the networks' spread."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.importance.profile import ColumnProfile, LekProfile, lek_profile
from glassnet.plots.figures import PALETTE, in_picture, new_figure, style

MOST_SHOWN = 12
LINE_NAME = 40  # letters of what a line stands for


class LekProfileDisplay:
    """Small multiples, one for each column: the mean over the networks as a line, from the lowest to the highest as a band.

    Parameters
    ----------
    profile : what `lek_profile` gave.
    n_columns : how many columns are shown, those along which the answer moves most; that others are left out is said.

    `plot` sets `axes_` (one for each column shown) and `figure_`.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, [0, 3, 1, 4])
    >>> len(LekProfileDisplay.from_estimator(fitted, X).axes_)
    2
    """

    axes_: Sequence[Any]
    figure_: Any

    def __init__(self, profile: LekProfile, *, n_columns: int = MOST_SHOWN) -> None:
        if n_columns < 1:
            raise GlassnetError(f"n_columns is {n_columns}: show 1 column or more")
        self.profile, self.n_columns = profile, n_columns

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        n_columns: int = MOST_SHOWN,
        axes: Any = None,
        **options: Any,
    ) -> Self:
        """Profile and draw; `options` are those of `lek_profile`."""
        return cls(lek_profile(model, table, **options), n_columns=n_columns).plot(axes)

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, y: Any = None, **options: Any) -> Self:
        """The same with the targets apart, as scikit-learn has them."""
        return cls.from_model(estimator, X, y=y, **options)

    def plot(self, axes: Any = None) -> Self:
        """Draw on these axes, one for each column shown, or on a new figure. Raises GlassnetError on another number of axes."""
        moved = [-float(np.ptp(profile.mean, axis=1).max()) for profile in self.profile.columns]
        shown = [
            self.profile.columns[i] for i in np.argsort(moved, kind="stable")[: self.n_columns]
        ]
        with style():
            self.axes_ = self._grid(len(shown)) if axes is None else np.ravel(axes).tolist()
            if len(self.axes_) != len(shown):
                raise GlassnetError(
                    f"{len(self.axes_)} axes for {len(shown)} columns: give one for each, or choose columns="
                )
            self.figure_ = self.axes_[0].figure
            for place, (one, profile) in enumerate(zip(self.axes_, shown, strict=True)):
                self._draw(one, profile, first=place == 0)
            if axes is None:
                self._words(len(self.profile.columns) - len(shown))
        return self

    def _grid(self, count: int) -> list[Any]:
        """Axes in rows of up to four that share what goes up."""
        across = min(count, 4 if count > 6 else 3)
        down = -(-count // across)
        figure = new_figure(max(2.5 * across, 5.0), 2.1 * down + 0.9)
        grid = figure.subplots(down, across, sharey=True, squeeze=False)
        for empty in grid.flat[count:]:
            empty.remove()
        return list(grid.flat[:count])

    def _draw(self, axes: Any, profile: ColumnProfile, first: bool) -> None:
        text = profile.kind == "text"
        x = np.arange(len(profile.x)) if text else profile.x
        for h, (held, colour) in enumerate(zip(self.profile.held, self._colours(), strict=True)):
            low, high = profile.values[:, h].min(axis=0), profile.values[:, h].max(axis=0)
            axes.plot(
                x,
                profile.mean[h],
                "o:" if text or np.ptp(x) == 0 else "-",
                color=colour,
                linewidth=1.4,
                markersize=4,
                label=in_picture(held, LINE_NAME) if first else None,
            )
            if text:
                axes.vlines(x, low, high, color=colour, alpha=0.3, linewidth=4)
            else:
                axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.set_xlabel(in_picture(profile.name), fontsize=9)
        axes.tick_params(labelsize=8)
        axes.grid(visible=True, alpha=0.25)
        if text:
            axes.set_xticks(
                x,
                [in_picture(str(level), 12) for level in profile.x],
                rotation=30 if len(x) > 3 else 0,
            )
            axes.margins(x=0.15)
        if profile.kind == "date":
            _dates(axes)

    def _colours(self) -> list[Any]:
        """Groups have colours of their own; quantiles go from light to dark."""
        from matplotlib import colormaps

        if not self.profile.held[0].startswith("quantile "):
            return list(PALETTE[: len(self.profile.held)])
        return list(colormaps["viridis_r"](np.linspace(0.15, 1, len(self.profile.held))))

    def _words(self, left: int) -> None:
        """What all the axes share: title and the answer's name, which line is which, what a band is, and what is left out."""
        several = len(self.profile.columns[0].values)
        notes = [f"line: mean of {several} networks, band: lowest to highest"] * (several > 1)
        notes += [f"{left} more column{'s' * (left > 1)} not shown"] * (left > 0)
        self.figure_.supylabel(in_picture(self.profile.output, LINE_NAME), fontsize=10)
        title = "\n".join(
            [
                f"Lek profiles: {in_picture(self.profile.output, LINE_NAME)}",
                *filter(None, ["; ".join(notes)]),
            ]
        )
        self.figure_.suptitle(title, x=0.01, ha="left", fontsize=10)
        longest = max(len(in_picture(held, LINE_NAME)) for held in self.profile.held)
        across = max(
            1, int(self.figure_.get_figwidth() / (0.55 + 0.07 * longest))
        )  # inches: a line's sample and its letters
        self.figure_.legend(
            loc="outside lower center",
            ncols=across,
            fontsize=8,
            title="the other columns held at",
            title_fontsize=9,
        )  # below: above it would lie on the title


def _dates(axes: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
