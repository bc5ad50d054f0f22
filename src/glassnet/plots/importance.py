"""The picture of an Importance: a bar for each column, a dot for each network.

The measures are in `importance/`.
"""

from collections.abc import Callable
from dataclasses import replace
from textwrap import fill
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.importance.gradients import input_gradients
from glassnet.importance.networks import networks_of
from glassnet.importance.permutation import permutation_importance
from glassnet.importance.result import Importance
from glassnet.importance.weights import garson, olden
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, PALETTE, in_picture, plural
from glassnet.tables.encoding import TableEncoding

OF_WEIGHTS: dict[str, Callable[..., Importance]] = {"olden": olden, "garson": garson}
"""The measures that need no rows."""
OF_ROWS: dict[str, Callable[..., Importance]] = {
    "permutation": permutation_importance,
    "input_gradients": input_gradients,
}
"""The measures that need rows."""
PERMUTATION = "Permutation"  # what that measure calls itself
SHUFFLED = "How much worse with this column shuffled"
MOST_BARS = 20  # columns shown
COLUMN_LETTERS = 30  # letters of a column's name
TITLE_LETTERS = 60  # letters of the title
MEASURE_LETTERS = 68  # letters of a line below the bars


class ImportanceDisplay(RowsDisplay):
    """Horizontal bars of the mean over the networks, with a dot for each network.

    Parameters
    ----------
    importance : Importance
        What a measure gave.
    n_columns : int
        How many columns are shown; the picture says how many are left out.
    which_rows : str
        What the rows are that it was measured on, as in "held-out rows".

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> ImportanceDisplay.from_estimator(fitted, X, y, method="olden").ax_.get_title("left")
    'Olden: y'
    """

    def __init__(
        self, importance: Importance, *, n_columns: int = MOST_BARS, which_rows: str = "rows"
    ) -> None:
        check_n_columns(n_columns)
        self.importance = importance
        self.n_columns = n_columns
        self.which_rows = which_rows

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any = None,
        *,
        method: str = "permutation",
        ax: Any = None,
        n_columns: int = MOST_BARS,
        which_rows: str = "rows",
        **options: Any,
    ) -> Self:
        """Measure and draw.

        Parameters
        ----------
        model : Model, fitted estimator, or a list of these
            What predicts.
        table : path, data frame, dict of columns, or array, optional
            Rows: "permutation" needs them with targets, "input_gradients" without, the others not
            at all.
        method : {"permutation", "input_gradients", "olden", "garson"}
            How importance is measured.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        n_columns : int
            How many columns are shown.
        which_rows : str
            What the rows of the table are, as the picture says it.
        **options
            What the method's function takes, such as `output`, `repeats`, `per`.

        Raises
        ------
        GlassnetError
            On an unknown method, and where rows are needed.
        """
        if method in OF_WEIGHTS:
            importance = OF_WEIGHTS[method](model, **options)
        elif method not in OF_ROWS:
            raise unknown_name("method", method, [*OF_ROWS, *OF_WEIGHTS])
        elif table is None:
            raise GlassnetError(
                f"method '{method}' measures on rows: "
                "give a table, or use 'olden', which needs none"
            )
        else:
            importance = OF_ROWS[method](model, table, **options)
            if method == "input_gradients" and not importance.signed:
                importance = by_column(importance, networks_of(model)[0].encoding)
        return cls(importance, n_columns=n_columns, which_rows=which_rows).plot(ax)

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any = None, *, method: str = "permutation", **options: Any
    ) -> Self:
        """The same of a fitted estimator, with the targets apart, as scikit-learn has them.

        Parameters
        ----------
        estimator : estimator of glassnet
            Raises GlassnetError where it is not fitted.
        X : array or data frame
            N rows.
        y : array, optional
            Their targets, which only "permutation" needs.
        method : {"permutation", "input_gradients", "olden", "garson"}
            How importance is measured.
        **options
            Those of `from_model`.
        """
        if method == "permutation":
            options["y"] = y
        return cls.from_model(estimator, X, method=method, **options)

    @property
    def _shown(self) -> np.ndarray:
        """The numbers of the columns that are shown, the most important first."""
        return self.importance.order[: self.n_columns]

    @property
    def _inches(self) -> tuple[float, float]:
        # with several outputs, each one's bars are a little lower
        lines = len(self._shown) * max(1.0, 0.55 * len(self.importance.outputs))
        return 6.4, 1.3 + 0.28 * lines

    def _draw(self) -> None:
        for k, output in enumerate(self.importance.outputs):
            self._draw_bars(k, output)
        self._label_axes()

    def _draw_bars(self, k: int, output: str) -> None:
        """One output's bars and dots, beside those of the others."""
        found, shown = self.importance, self._shown
        K = len(found.outputs)
        height = 0.72 / K
        y = np.arange(len(shown)) + (k - (K - 1) / 2) * height
        colour = PALETTE[k % len(PALETTE)] if K > 1 else BLUE
        bars = {"color": colour, "alpha": 0.45, "label": in_picture(output)}
        self.ax_.barh(y, found.mean[k, shown], height * 0.92, **bars)
        networks = found.values[k][:, shown]  # networks x columns shown
        if len(networks) > 1:
            dot = {"color": colour, "markeredgecolor": "white", "markeredgewidth": 0.7}
            for values in networks:
                self.ax_.plot(values, y, "o", markersize=4, **dot)

    def _label_axes(self) -> None:
        found, axes, shown = self.importance, self.ax_, self._shown
        names = [in_picture(found.names[i], COLUMN_LETTERS) for i in shown]
        axes.set_yticks(range(len(shown)), names)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.grid(visible=True, axis="x", alpha=0.25)
        axes.set_xlabel("\n".join(self._lines_below()), fontsize=9)
        axes.set_title(in_picture(self._title, TITLE_LETTERS))
        if len(found.outputs) > 1:
            axes.legend(fontsize=8)

    @property
    def _title(self) -> str:
        """The question that the measure answers, or its name."""
        found = self.importance
        return SHUFFLED if found.method == PERMUTATION else found.title

    def _lines_below(self) -> list[str]:
        """What is measured, on which rows, what bars and dots are, and how many are left out."""
        found = self.importance
        measures = found.measures
        if found.method == PERMUTATION:
            measures = f"permutation: {found.outputs[0].replace('_', ' ')}; {measures}"
        lines = [fill(measures, MEASURE_LETTERS)]
        if found.n_rows:
            lines.append(f"measured on {found.n_rows:,} {self.which_rows}")
        if found.values.shape[1] > 1:
            lines.append(f"bar: mean of {found.of_how_many}, dot: each")
        left_out = len(found.names) - len(self._shown)
        if left_out:
            lines.append(f"{plural(left_out, 'more column')} not shown")
        return lines


def by_column(found: Importance, encoding: TableEncoding) -> Importance:
    """Input gradients with the features of each column added up, so that a bar is a column.

    A column that has no derivative, such as categories, is measured feature by feature.
    """
    column_of = {name: column.name for column in encoding.inputs for name in column.features}
    names = tuple(dict.fromkeys(column_of.get(name, name) for name in found.names))
    if names == found.names:
        return found
    values = np.zeros((*found.values.shape[:2], len(names)))
    for i, name in enumerate(found.names):
        values[:, :, names.index(column_of.get(name, name))] += found.values[:, :, i]
    measures = f"{found.measures}; of categories added up"
    return replace(found, names=names, values=values, measures=measures)


def check_n_columns(n_columns: int) -> None:
    """Raises GlassnetError where no column is to be shown."""
    if n_columns < 1:
        raise GlassnetError(f"n_columns is {n_columns}: show 1 column or more")
