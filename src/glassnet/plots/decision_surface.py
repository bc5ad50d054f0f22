"""The decision surface: what a model predicts over two columns, with the rows on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.models.conversion import as_model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, MARKERS, RED, SIGNED, in_picture, marker_style
from glassnet.plots.panels import title
from glassnet.plots.plane import Plane, plane_of
from glassnet.plots.predictions import find_target, target_output
from glassnet.tables.columns import Column
from glassnet.tables.targets import ClassTarget, NumberTarget, Target

DOTS: dict[str, Any] = {"s": 22, "linewidths": 0.6, "edgecolors": "#111827", "zorder": 3}
RING: dict[str, Any] = {"s": 95, "linewidths": 1.4, "edgecolors": "black", "zorder": 4}
"""The dots, outlined so that none vanishes on its own colour, and what is around a wrong one."""
TITLE_NAME_LETTERS = 18  # letters of each of the three names in the title
BAR_LETTERS = 14  # letters of a class's name at the colour bar
PALEST = 0.08  # how much of a class's colour there is where no class is likelier than another
STRONGEST = 0.55  # how much of it there is where the class is certain


@dataclass(eq=False, repr=False)
class DecisionSurfaceDisplay(RowsDisplay):
    """What a model predicts over two columns.

    The other columns are fixed at their median or most frequent cell. Dots are the rows with their
    actual values; a dot may lie in ground of another class and be predicted right, with all its
    columns: those that are predicted wrong have a ring.

    Parameters
    ----------
    plane : Plane
        The two columns, a grid over them, and the rows.
    target : target of a model's encoding
        What is predicted.
    response : ndarray
        Along y x along x: numbers in the target's own unit; of classes their probabilities, with a
        third dimension, one for each class.
    wrong : ndarray of bool, optional
        Which rows are predicted as another class than theirs, with all their columns, N; None for
        numbers, and where the actual classes are unknown.

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
    wrong: np.ndarray | None = None

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        columns: Sequence[str] | None = None,
        target: str | None = None,
        resolution: int = 120,
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
        grid = response.reshape(*plane.shape, *response.shape[1:])
        return cls(plane, found, grid, _wrong_rows(rows, found)).plot(ax)

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
        if self.wrong is not None:
            x, y = self.plane.points
            self.ax_.scatter(x[self.wrong], y[self.wrong], facecolors="none", **RING)
        self.plane.label(self.ax_)
        predicted, x, y = (
            in_picture(name, TITLE_NAME_LETTERS)
            for name in (self.target.name, self.plane.x.name, self.plane.y.name)
        )
        title(self.ax_, f"{predicted} over {x} and {y}", self.note)

    @property
    def note(self) -> str:
        """Where the other columns are fixed and what that does, and what dots and rings are."""
        moved = ""
        if self.plane.fixed_note:
            are_classes = isinstance(self.target, ClassTarget)
            moved = "the borders move" if are_classes else "the surface moves"
            moved = f"with a row's own cells {moved}"
        notes = [self.plane.fixed_note, moved, self._dots_note(), self.plane.missing_note]
        return "; ".join(filter(None, notes))

    def _dots_note(self) -> str:
        """What dots and rings are."""
        if self.target.name not in self.plane.rows.targets:
            return "dots: the rows"
        if self.wrong is None:
            return "dots: actual values"
        wrong = int(self.wrong.sum())
        return f"dots: actual classes; ringed: wrong with their own cells ({wrong})"

    def _paint_numbers(self, target: NumberTarget, actual: Column | None) -> None:
        """Filled contours; the rows in the colour of their actual value."""
        from matplotlib.ticker import MaxNLocator

        values = self.response.ravel()
        if actual is not None:
            values = np.concatenate([values, target.truth(actual)])
        levels = MaxNLocator(14).tick_values(values.min(), values.max())
        scale = {"cmap": SIGNED, "vmin": levels[0], "vmax": levels[-1]}
        painted = self.plane.paint(self.ax_, self.response, levels=levels, **scale)
        self.figure_.colorbar(painted, ax=self.ax_, label=in_picture(target.name))
        if actual is not None:
            dots = {"c": target.truth(actual), "path_effects": _halo(), **scale}
            self.ax_.scatter(*self.plane.points, **dots, **DOTS)

    def _paint_classes(self, target: ClassTarget, actual: Column | None) -> None:
        """The probability of each class, the rows in the colour of their actual one."""
        truth = None if actual is None else target.index(actual)
        if len(target.labels) == 2:
            self._paint_two(target, truth)
        else:
            self._paint_several(target, truth)

    def _paint_two(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The second class's probability, blue is low, red high; a line at the threshold."""
        first, second = (in_picture(name, BAR_LETTERS) for name in target.label_texts)
        probability, plane = self.response[:, :, 1], self.plane
        levels = np.linspace(0, 1, 21).tolist()
        scale = {"cmap": _blue_to_red(), "vmin": 0, "vmax": 1}
        painted = plane.paint(self.ax_, probability, levels=levels, **scale)
        ticks = [0, 0.25, 0.5, 0.75, 1]
        label = f"probability of {second}"
        bar = self.figure_.colorbar(painted, ax=self.ax_, label=label, ticks=ticks)
        bar.ax.set_title(second, color=RED, fontsize=9, loc="center")
        bar.ax.set_xlabel(first, color=BLUE, fontsize=9)
        continuous = not (plane.x.levels or plane.y.levels)
        threshold = 0.5 if target.threshold is None else target.threshold
        if continuous and probability.min() < threshold < probability.max():
            line = {"levels": [threshold], "colors": "black", "linewidths": 1}
            self.ax_.contour(plane.x.grid, plane.y.grid, probability, **line)
        if truth is not None:
            for number, colour in enumerate((BLUE, RED)):
                self._draw_class(truth == number, {"color": colour, "marker": MARKERS[number]})

    def _draw_class(self, rows: np.ndarray, dot: dict[str, Any], label: str = "") -> None:
        """The rows of one class in its colour and shape."""
        x, y = self.plane.points
        self.ax_.scatter(x[rows], y[rows], label=label, path_effects=_halo(), **DOTS | dot)

    def _paint_several(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The predicted class's colour, the stronger the likelier the likeliest is."""
        dots = [marker_style(number) for number in range(self.response.shape[2])]
        colours = np.array([_on_white(dot["color"], 1.0) for dot in dots])  # classes x 3
        chance = 1 / len(colours)
        certainty = (self.response.max(axis=2) - chance) / (1 - chance)
        strength = (PALEST + (STRONGEST - PALEST) * certainty)[:, :, None]
        flat = self.response.reshape(-1, len(colours))
        predicted = target.predicted(flat).reshape(self.response.shape[:2])
        self.plane.paint(self.ax_, 1 + strength * (colours[predicted] - 1))
        self._draw_borders(self.response / (target.frequencies or 1), predicted)
        for number, (name, dot) in enumerate(zip(target.label_texts, dots, strict=True)):
            rows = np.zeros(len(self.plane.rows), bool) if truth is None else truth == number
            self._draw_class(rows, dot, in_picture(name))
        self.ax_.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)

    def _draw_borders(self, size: np.ndarray, predicted: np.ndarray) -> None:
        """Lines between the predicted classes, those of the largest `size` (y x x x classes)."""
        x, y = self.plane.x, self.plane.y
        if x.levels or y.levels:
            return
        for number in np.unique(predicted)[1:]:
            others = np.delete(size, number, axis=2).max(axis=2)
            line = {"levels": [0.0], "colors": "#374151", "linewidths": 0.8}
            self.ax_.contour(x.grid, y.grid, size[:, :, number] - others, **line)


def _wrong_rows(rows: Rows, target: Target) -> np.ndarray | None:
    """Which rows are predicted as another class than theirs, N; None where nothing says so."""
    actual = rows.targets.get(target.name)
    if actual is None or not isinstance(target, ClassTarget):
        return None
    probabilities = target.probabilities(target_output(rows.model, rows.output, target))
    return target.predicted(probabilities) != target.index(actual)


def _halo() -> list[Any]:
    """What is drawn around a dot's outline, so that it is seen on dark ground too."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


def _blue_to_red() -> Any:
    """The colour map of two classes: blue, over white, to red."""
    from matplotlib.colors import LinearSegmentedColormap

    blue, red = (_on_white(colour, STRONGEST) for colour in (BLUE, RED))
    return LinearSegmentedColormap.from_list("two classes", [blue, (1, 1, 1), red])


def _on_white(colour: str, strength: float) -> tuple[float, ...]:
    """So much of a colour, from 0 to 1, on white, as red, green and blue."""
    from matplotlib.colors import to_rgb

    return tuple(1 + strength * (channel - 1) for channel in to_rgb(colour))
