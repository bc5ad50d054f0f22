"""The picture of an Importance: a bar for each column, a dot for each network. The measures have their own files."""

from collections.abc import Callable
from textwrap import fill
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.importance.gradients import input_gradients
from glassnet.importance.permutation import permutation_importance
from glassnet.importance.result import Importance
from glassnet.importance.weights import garson, olden
from glassnet.plots.figures import BLUE, GREY, PALETTE, figure_and_axes, in_picture, style

OF_WEIGHTS: dict[str, Callable[..., Importance]] = {"olden": olden, "garson": garson}
OF_ROWS: dict[str, Callable[..., Importance]] = {
    "permutation": permutation_importance,
    "input_gradients": input_gradients,
}
MOST_SHOWN = 20


class ImportanceDisplay:
    """Horizontal bars of the mean over the networks, the largest on top, with a dot for each network.

    Parameters
    ----------
    importance : what a measure gave.
    n_columns : how many columns are shown; that others are left out is said.

    `plot` sets `ax_` and `figure_`.

    >>> from glassnet import MLPRegressor
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, [0, 3, 1, 4])
    >>> ImportanceDisplay.from_estimator(fitted, X, [0, 3, 1, 4], method="olden").ax_.get_title()
    'Olden: y'
    """

    ax_: Any
    figure_: Any

    def __init__(self, importance: Importance, *, n_columns: int = MOST_SHOWN) -> None:
        if n_columns < 1:
            raise GlassnetError(f"n_columns is {n_columns}: show 1 column or more")
        self.importance, self.n_columns = importance, n_columns

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any = None,
        *,
        method: str = "permutation",
        ax: Any = None,
        n_columns: int = MOST_SHOWN,
        **options: Any,
    ) -> Self:
        """Measure and draw.

        Parameters
        ----------
        model : a Model, a fitted estimator, or a list of these.
        table : rows; "permutation" needs them with targets, "input_gradients" without, "olden" and "garson" not at all.
        method : one of these four.
        ax : matplotlib axes to draw in; None: new ones.
        options : what the method's function takes, such as `output`, `repeats`, `per`.

        Raises GlassnetError on an unknown method, and where rows are needed.
        """
        if method in OF_WEIGHTS:
            return cls(OF_WEIGHTS[method](model, **options), n_columns=n_columns).plot(ax)
        if method not in OF_ROWS:
            raise unknown_name("method", method, [*OF_ROWS, *OF_WEIGHTS])
        if table is None:
            raise GlassnetError(
                f"method '{method}' measures on rows: give a table, or use 'olden', which needs none"
            )
        return cls(OF_ROWS[method](model, table, **options), n_columns=n_columns).plot(ax)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any = None, *, method: str = "permutation", **options: Any
    ) -> Self:
        """The same with the targets apart, as scikit-learn has them."""
        more = {"y": y} if method == "permutation" else {}
        return cls.from_model(estimator, X, method=method, **more, **options)

    def plot(self, ax: Any = None) -> Self:
        """Draw on these axes, or new ones."""
        found = self.importance
        shown = found.order[: self.n_columns]
        lines = len(shown) * max(
            1.0, 0.55 * len(found.outputs)
        )  # of bars of several outputs each is a little lower
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, height=1.3 + 0.28 * lines)
            for k, output in enumerate(found.outputs):
                self._bars(k, output, shown)
            self._words(shown)
        return self

    def _bars(self, k: int, output: str, shown: np.ndarray) -> None:
        """One output's bars and dots, beside those of the others."""
        found = self.importance
        height = 0.72 / len(found.outputs)
        y = np.arange(len(shown)) + (k - (len(found.outputs) - 1) / 2) * height
        colour = PALETTE[k % len(PALETTE)] if len(found.outputs) > 1 else BLUE
        self.ax_.barh(
            y,
            found.mean[k, shown],
            height * 0.92,
            color=colour,
            alpha=0.45,
            label=in_picture(output),
        )
        for values in found.values[k][:, shown] if found.values.shape[1] > 1 else ():
            self.ax_.plot(
                values,
                y,
                "o",
                markersize=4,
                color=colour,
                markeredgecolor="white",
                markeredgewidth=0.7,
            )

    def _words(self, shown: np.ndarray) -> None:
        found, axes = self.importance, self.ax_
        left = len(found.names) - len(shown)
        axes.set_yticks(range(len(shown)), [in_picture(found.names[i], 30) for i in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.grid(visible=True, axis="x", alpha=0.25)
        several = found.values.shape[1] > 1
        dots = f"\nbar: mean of {found.of_how_many}, dot: each" if several else ""
        axes.set_xlabel(
            fill(found.measures, 68)
            + dots
            + (f"\n{left} more column{'s' * (left > 1)} not shown" if left else ""),
            fontsize=9,
        )
        axes.set_title(in_picture(found.title, 60))
        if len(found.outputs) > 1:
            axes.legend(fontsize=8)
