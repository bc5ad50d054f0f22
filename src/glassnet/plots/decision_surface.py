"""The decision surface: what a model predicts over two columns, with the rows on it."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.errors import unknown_name
from glassnet.models.rows import as_model, rows_of
from glassnet.plots.figures import BLUE, GREY, ORANGE, PALETTE, figure_and_axes, in_picture, style
from glassnet.plots.panels import title
from glassnet.plots.plane import Plane, plane_of
from glassnet.tables.targets import ClassTarget, Target

DOTS = {"s": 16, "linewidths": 0.5, "edgecolors": "white", "zorder": 3}
IN_TITLE = 18  # letters of each of its three names
PALEST, STRONGEST = (
    0.08,
    0.55,
)  # how much of a class's colour stands where it is barely, and wholly, certain


class DecisionSurfaceDisplay:
    """What a model predicts over two columns, the others held at their median or most frequent cell.

    Parameters
    ----------
    plane : the two columns, a grid over them, and the rows (see `plane_of`).
    target : what is predicted.
    response : numbers in the target's own unit, (places along y) x (places along x); of classes their probabilities, with a third
        dimension, one for each class.

    `plot` leaves `ax_` and `figure_`.

    >>> import glassnet as gn
    >>> table = {"a": [0.0, 1, 2, 3], "b": [1.0, 3, 2, 4], "y": [1.0, 2, 3, 4]}
    >>> model = gn.train_table(table, target="y", epochs=1, holdout=0, members=1)
    >>> DecisionSurfaceDisplay.from_model(model, table, resolution=5).response.shape
    (5, 5)
    """

    ax_: Any
    figure_: Any

    def __init__(self, plane: Plane, target: Target, response: np.ndarray) -> None:
        self.plane, self.target, self.response = plane, target, response

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, y: Any = None, **options: Any) -> Self:
        """`from_model` for a fitted estimator; y: the targets of the rows of X, where they are to be shown."""
        return cls.from_model(estimator, X, y=y, **options)

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
        """Look over two columns of a table and plot it.

        Parameters
        ----------
        model : a Model, a fitted estimator, or (network, parameters).
        table : a path, data frame, dict of columns, or array; the targets may be in it, or apart, as y, or unknown.
        columns : two names, along x and y; None: those along which the outputs vary most, the others held (see `most_telling`).
        target : which of several targets; None: the first.
        resolution : grid places along each column of numbers or dates.
        ax : axes to draw on; None: a new figure.

        Raises GlassnetError, naming it, on a column or target that is not the model's, and on a model of one column.
        """
        model = as_model(model)
        rows = rows_of(model, table, y).with_answers()
        plane = plane_of(rows, columns, resolution)
        parts = {
            known.name: (known, part)
            for known, part in model.encoding.by_target(model.output_of(plane.inputs))
        }
        if target is not None and target not in parts:
            raise unknown_name("target", target, parts)
        known, output = parts[target or next(iter(parts))]
        response = (
            known.probabilities(output) if isinstance(known, ClassTarget) else known.decode(output)
        )
        return cls(plane, known, response.reshape(*plane.shape, *response.shape[1:])).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw it on axes given, or new ones."""
        answers, target = self.plane.rows.answers.get(self.target.name), self.target
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, 7.0, 4.8)
            if isinstance(target, ClassTarget):
                paint = self._paint_two if len(target.labels) == 2 else self._paint_classes
                paint(target, None if answers is None else target.index(answers))
            else:
                self._paint_numbers(None if answers is None else target.truth(answers))
            if answers is None:
                self.ax_.scatter(*self.plane.points, color=GREY, **DOTS)
            self.plane.label(self.ax_)
            names = [
                in_picture(name, IN_TITLE)
                for name in (target.name, self.plane.x.name, self.plane.y.name)
            ]
            title(self.ax_, "{} over {} and {}".format(*names), self.plane.note)
        return self

    def _paint_numbers(self, truth: np.ndarray | None) -> None:
        """Filled contours; the rows in the colour of their own answer."""
        from matplotlib.ticker import MaxNLocator

        every = (
            self.response.ravel()
            if truth is None
            else np.concatenate([self.response.ravel(), truth])
        )
        levels = MaxNLocator(14).tick_values(every.min(), every.max())
        scale = {"cmap": "viridis", "vmin": levels[0], "vmax": levels[-1]}
        painted = self.plane.paint(self.ax_, self.response, levels=levels, **scale)
        self.figure_.colorbar(painted, ax=self.ax_, label=in_picture(self.target.name))
        if truth is not None:
            self.ax_.scatter(*self.plane.points, c=truth, **scale, **DOTS)

    def _paint_two(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The probability of the second class, from one class's colour to the other's; a line where it is a half."""
        from matplotlib.colors import LinearSegmentedColormap

        ends = [_mixed(colour, STRONGEST) for colour in (BLUE, ORANGE)]
        colours = LinearSegmentedColormap.from_list("two classes", [ends[0], (1, 1, 1), ends[1]])
        first, second = (in_picture(name, 14) for name in target.label_texts)
        share, plane = self.response[:, :, 1], self.plane
        painted = plane.paint(
            self.ax_, share, levels=np.linspace(0, 1, 21).tolist(), cmap=colours, vmin=0, vmax=1
        )
        bar = self.figure_.colorbar(
            painted, ax=self.ax_, label=f"probability of {second}", ticks=[0, 0.25, 0.5, 0.75, 1]
        )
        bar.ax.set_title(second, color=ORANGE, fontsize=9)
        bar.ax.set_xlabel(first, color=BLUE, fontsize=9)
        if not (plane.x.levels or plane.y.levels) and share.min() < 0.5 < share.max():
            self.ax_.contour(
                plane.x.places, plane.y.places, share, levels=[0.5], colors="black", linewidths=1
            )
        if truth is not None:
            self.ax_.scatter(*plane.points, c=np.array([BLUE, ORANGE])[truth], **DOTS)

    def _paint_classes(self, target: ClassTarget, truth: np.ndarray | None) -> None:
        """The likeliest class's colour, the stronger the likelier it is; the rows in their own class's."""
        palette = class_colours(self.response.shape[2])
        colours = np.array([_mixed(colour, 1.0) for colour in palette])  # classes x 3
        chance = 1 / len(colours)
        certainty = (self.response.max(axis=2) - chance) / (1 - chance)
        strength = (PALEST + (STRONGEST - PALEST) * certainty)[:, :, None]
        self.plane.paint(self.ax_, 1 + strength * (colours[self.response.argmax(axis=2)] - 1))
        x, y = self.plane.points
        for place, (name, colour) in enumerate(zip(target.label_texts, palette, strict=True)):
            of = np.zeros(0, int) if truth is None else np.flatnonzero(truth == place)
            self.ax_.scatter(x[of], y[of], color=colour, label=in_picture(name), **DOTS)
        self.ax_.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)


def class_colours(count: int) -> list[str]:
    """A colour for each class; with more than our palette has they come round again."""
    return [PALETTE[i % len(PALETTE)] for i in range(count)]


def _mixed(colour: str, share: float) -> tuple[float, ...]:
    """So much of a colour on white, as red, green and blue."""
    from matplotlib.colors import to_rgb

    return tuple(1 + share * (part - 1) for part in to_rgb(colour))
