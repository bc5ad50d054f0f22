"""The kinds of solution of a study: what the hidden nodes of each kind do, in a small map each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.display import Display
from glassnet.plots.figures import SIGNED, UNSIGNED
from glassnet.plots.panels import panels
from glassnet.studies.solutions import Solution
from glassnet.studies.study import Study

MAPS_IN_A_ROW = 4  # maps in a row
MOST_LABELLED_ROWS = 8  # rows whose numbers stand beside the map


@dataclass(eq=False, repr=False)
class SolutionsDisplay(Display):
    """A map a kind of solution: the activation of every hidden node of its example in every row.

    The networks of a kind do the same, up to the order of their nodes and, where the activation is
    symmetric, their sign. Nodes stand in the order of their mean activation, those of the first
    hidden layer first; more rows than eight stand in the order of the target.

    Parameters
    ----------
    solutions : sequence of Solution
        The kinds.
    networks : int
        How many networks there are, those of none of the kinds too.
    rows : sequence of str
        What the rows are called; () where they are too many.

    Attributes
    ----------
    axes_ : array of matplotlib.axes.Axes
        One for each kind.
    """

    solutions: Sequence[Solution]
    networks: int
    rows: Sequence[str] = ()
    axes_: np.ndarray = field(init=False)
    kind_of_picture: ClassVar[str] = "map"

    @classmethod
    def from_study(cls, study: Study, *, ax: Any = None) -> Self:
        """Draw the kinds of solution of a study.

        Raises GlassnetError where its networks have no hidden nodes, or all have gone astray.
        """
        if not study.solutions or not study.solutions[0].activations:
            raise GlassnetError("there are no hidden nodes to be drawn")
        if len(study.shown_numbers) <= MOST_LABELLED_ROWS:
            rows = [f"row {number}" for number in study.shown_numbers]
            return cls(study.solutions, len(study), rows).plot(ax)
        order = np.argsort(study.actual[:, 0], kind="stable")
        sorted_rows = [
            replace(solution, activations=tuple(a[order] for a in solution.activations))
            for solution in study.solutions
        ]
        return cls(sorted_rows, len(study)).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.solutions)
        across = min(count, MAPS_IN_A_ROW)
        rows = -(-count // across)
        figure, self.axes_ = panels(ax, count, across, 1.9 * across + 0.8, 2.2 * rows + 0.3)
        return figure

    def _draw(self) -> None:
        maps = [_ordered(solution) for solution in self.solutions]
        low, high = min(a.min() for a in maps), max(a.max() for a in maps)
        size = max(-low, high)
        colours: dict[str, Any] = {"cmap": SIGNED, "vmin": -size, "vmax": size}
        if low >= 0:
            colours = {"cmap": UNSIGNED, "vmin": 0, "vmax": high}
        for at, (ax, solution, a) in enumerate(zip(self.axes_, self.solutions, maps, strict=False)):
            ax.imshow(a, aspect="auto", interpolation="nearest", **colours)
            percent = 100 * len(solution.networks) / self.networks
            ax.set_title(f"{percent:.3g} %, loss {solution.loss:.2g}", fontsize=9)
            ax.set_xticks([])
            named = self.rows if at % MAPS_IN_A_ROW == 0 else ()
            ax.set_yticks(range(len(named)), named)
            if not self.rows and at % MAPS_IN_A_ROW == 0:
                ax.set_ylabel("rows, by their target", fontsize=8)
            ax.set_xlabel("hidden nodes", fontsize=8)
        bar = self.figure_.colorbar(
            self.axes_[0].images[0], ax=list(self.axes_), shrink=0.7, pad=0.02
        )
        bar.set_label("activation", fontsize=8)


def _ordered(solution: Solution) -> np.ndarray:
    """The activations of a kind's example, rows x all hidden nodes, layer by layer."""
    layers = [a[:, np.argsort(a.mean(axis=0))] for a in solution.activations]
    return np.concatenate(layers, axis=1)
