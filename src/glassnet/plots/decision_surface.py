"""The decision surface: what a model predicts over two columns, with the rows on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, ORANGE, PALETTE, in_picture
from glassnet.plots.panels import title
from glassnet.plots.plane import Plane, plane_of
from glassnet.plots.predictions import find_target, target_output
from glassnet.tables.columns import Column
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

DOTS: dict[str, Any] = {"s": 16, "linewidths": 0.5, "edgecolors": "white", "zorder": 3}
TITLE_NAME_LETTERS = 18  # letters of each of the three names in the title
BAR_LETTERS = 14  # letters of a class's name at the colour bar
PALEST = 0.08  # how much of a class's colour there is where no class is likelier than another
STRONGEST = 0.55  # how much of it there is where the class is certain


@dataclass(eq=False, repr=False)
class DecisionSurfaceDisplay(RowsDisplay):
    """What a model predicts over two columns.

    The other columns are fixed at their median or most frequent cell.

    Parameters
    ----------
    plane : Plane
        The two columns, a grid over them, and the rows.
    target : target of a model's encoding
        What is predicted.
    response : ndarray
        Along y x along x: numbers in the target's own unit; of classes their probabilities, with a
        third dimension, one for each class.

    Examples
    --------
    >>> import glassnet as gn
    >>> table = {"a": [0.0, 1, 2, 3], "b": [1.0, 3, 2, 4], "y": [1.0, 2, 3, 4]}
    >>> model = gn.train_table(table, target="y", epochs=1, holdout=0, members=1)
    >>> DecisionSurfaceDisplay.from_model(model, table, resolution=5).response.shape
    (5, 5)
    """

    kind_of_picture = "map"

    plane: Plane
    target: Target
    response: np.ndarray

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        columns: Sequence[str] | None = None,
        target: str | None = None,
        resolution: int = 80,
        ax: Any = None,
    ) -> Self:
        """Draw a model's predictions over two columns of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts; an ensemble as a whole.
        table : path, data frame, dict of columns, or array
            N rows; the targets may be in it, or apart, as y, or unknown.
        y : array, optional
            The targets.
        columns : sequence of two str, optional
            Along x and y; by default those along which the outputs vary most, the others fixed.
        target : str, optional
            Which of several targets; by default the first.
        resolution : int
            The size of the grid along each column of numbers or dates.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.

        Raises
        ------
        GlassnetError
            Naming it, on a column or target that is not the model's, and on a model of one column.
        """
        model = as_model(model)
        rows = rows_of(model, table, y).with_targets()
        plane = plane_of(rows, columns, resolution)
        found = find_target(model, target)
        output = target_output(model, plane.outputs, found)
        if isinstance(found, ClassTarget):
            response = found.probabilities(output)
        else:
            response = found.decode(output)
        return cls(plane, found, response.reshape(*plane.shape, *response.shape[1:])).plot(ax)

    @property
    def _inches(self) -> tuple[float, float]:
        return 7.0, 4.8

    def _draw(self) -> None:
        actual = self.plane.rows.targets.get(self.target.name)
        if isinstance(self.target, ClassTarget):
            self._paint_classes(self.target, actual)
        else:
            self._paint_numbers(self.target, actual)
        if actual is None:
            self.ax_.scatter(*self.plane.points, color=GREY, **DOTS)
        self.plane.label(self.ax_)
        predicted, x, y = (
            in_picture(name, TITLE_NAME_LETTERS)
            for name in (self.target.name, self.plane.x.name, self.plane.y.name)
        )
        title(self.ax_, f"{predicted} over {x} and {y}", self.plane.note)

    def _paint_numbers(self, target: NumberTarget, actual: Column | None) -> None:
        """Filled contours; the rows in the colour of their actual value."""
        from matplotlib.ticker import MaxNLocator

        values = self.response.ravel()
        if actual is not None:
            values = np.concatenate([values, target.truth(actual)])
        levels = MaxNLocator(14).tick_values(values.min(), values.max())
        scale = {"cmap": "viridis", "vmin": levels[0], "vmax": levels[-1]}
        painted = self.plane.paint(self.ax_, self.response, levels=levels, **scale)
        self.figure_.colorbar(painted, ax=self.ax_, label=in_picture(target.name))
        if actual is not None:
            self.ax_.scatter(*self.plane.points, c=target.truth(actual), **scale, **DOTS)

    def _paint_classes(self, target: ClassTarget, actual: Column | None) -> None:
        """The probability of each class, the rows in the colour of their actual one."""
        truth = None if actual is None else target.index(actual)
        if len(target.labels) == 2:
            self._paint_two(target, truth)
        else:
            self._paint_several(target, truth)

    def _paint_two(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The second class's probability, in the two classes' colours; a line at the threshold."""
        first, second = (in_picture(name, BAR_LETTERS) for name in target.label_texts)
        probability, plane = self.response[:, :, 1], self.plane
        levels = np.linspace(0, 1, 21).tolist()
        scale = {"cmap": _blue_to_orange(), "vmin": 0, "vmax": 1}
        painted = plane.paint(self.ax_, probability, levels=levels, **scale)
        ticks = [0, 0.25, 0.5, 0.75, 1]
        label = f"probability of {second}"
        bar = self.figure_.colorbar(painted, ax=self.ax_, label=label, ticks=ticks)
        bar.ax.set_title(second, color=ORANGE, fontsize=9)
        bar.ax.set_xlabel(first, color=BLUE, fontsize=9)
        continuous = not (plane.x.levels or plane.y.levels)
        threshold = 0.5 if target.threshold is None else target.threshold
        if continuous and probability.min() < threshold < probability.max():
            line = {"levels": [threshold], "colors": "black", "linewidths": 1}
            self.ax_.contour(plane.x.grid, plane.y.grid, probability, **line)
        if truth is not None:
            self.ax_.scatter(*plane.points, c=np.array([BLUE, ORANGE])[truth], **DOTS)

    def _paint_several(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The predicted class's colour, the stronger the likelier the likeliest is."""
        palette = class_colours(self.response.shape[2])
        colours = np.array([_on_white(colour, 1.0) for colour in palette])  # classes x 3
        chance = 1 / len(colours)
        certainty = (self.response.max(axis=2) - chance) / (1 - chance)
        strength = (PALEST + (STRONGEST - PALEST) * certainty)[:, :, None]
        flat = self.response.reshape(-1, len(colours))
        predicted = colours[target.predicted(flat)].reshape((*self.response.shape[:2], 3))
        self.plane.paint(self.ax_, 1 + strength * (predicted - 1))
        x, y = self.plane.points
        for number, (name, colour) in enumerate(zip(target.label_texts, palette, strict=True)):
            rows = [] if truth is None else np.flatnonzero(truth == number)
            dots = np.asarray(rows, int)
            self.ax_.scatter(x[dots], y[dots], color=colour, label=in_picture(name), **DOTS)
        self.ax_.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)


def class_colours(count: int) -> list[str]:
    """A colour for each class; of more classes than our palette has they come round again."""
    return [PALETTE[i % len(PALETTE)] for i in range(count)]


def _blue_to_orange() -> Any:
    """The colour map of two classes: blue, over white, to orange."""
    from matplotlib.colors import LinearSegmentedColormap

    blue, orange = (_on_white(colour, STRONGEST) for colour in (BLUE, ORANGE))
    return LinearSegmentedColormap.from_list("two classes", [blue, (1, 1, 1), orange])


def _on_white(colour: str, strength: float) -> tuple[float, ...]:
    """So much of a colour, from 0 to 1, on white, as red, green and blue."""
    from matplotlib.colors import to_rgb

    return tuple(1 + strength * (channel - 1) for channel in to_rgb(colour))
