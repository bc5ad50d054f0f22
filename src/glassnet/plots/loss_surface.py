"""The loss around trained weights along two directions, with the path that training took.

Which directions these are is decided in `directions.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.core.network import Network, Parameters, feedforward
from glassnet.errors import check_enough
from glassnet.models.conversion import as_model
from glassnet.models.rows import rows_of
from glassnet.plots.directions import (
    WeightPath,
    away_from,
    path_directions,
    random_directions,
    reach,
)
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import RED
from glassnet.plots.panels import title
from glassnet.training.checks import checked_data
from glassnet.training.problem import as_dtype, from_vector, to_vector
from glassnet.training.run import Run

LOG_COLOURS_FROM = 30.0  # times the smallest loss that the largest is: then colours are logarithmic
AWAY = 0.01  # of the path's extent: the trained weights are farther from its end


@dataclass(eq=False, repr=False)
class LossSurfaceDisplay(RowsDisplay):
    """The loss over a plane through the trained weights.

    Parameters
    ----------
    first, second : ndarray
        How far the grid goes along each direction; 0 is at the trained weights.
    loss : ndarray
        The network's loss on the rows, without penalty, (along `second`) x (along `first`).
    name : str
        What the loss is called.
    points : ndarray
        Where the path stands on the plane, points x 2, the start first; 0 x 2 without a path.
    epochs : sequence of int
        The epoch of each point.
    fractions : tuple of two floats, optional
        How much of the path's squared distance from the trained weights lies along each direction;
        None without a path.
    """

    kind_of_picture = "map"

    first: np.ndarray
    second: np.ndarray
    loss: np.ndarray
    name: str
    points: np.ndarray
    epochs: Sequence[int] = ()
    fractions: tuple[float, float] | None = None

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        y: Any = None,
        path: WeightPath = (),
        resolution: int = 25,
        seed: int = 0,
        ax: Any = None,
    ) -> Self:
        """Draw the loss of a model on the rows of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts.
        table : path, data frame, dict of columns, or array
            N rows, with the targets, unless they are in y.
        y : array, optional
            The targets.
        path : sequence of (int, Parameters)
            The weights along the training: `run_table(..., path_points=30).path`.
        resolution : int
            The size of the grid along each direction.
        seed : int
            Draws the directions, where there is no path.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.

        Raises
        ------
        GlassnetError
            Where the table lacks the targets, and on a path that is not the model's or spans no
            plane.
        """
        model = as_model(model).joined()
        rows = rows_of(model, table, y).with_targets()
        check_enough(len(rows), 1, "rows with a known target")
        display = cls._over(model.network, model.parameters, rows.x, rows.y, path, resolution, seed)
        return display.plot(ax)

    @classmethod
    def from_run(
        cls,
        run: Run,
        network: Network,
        x: Any,
        y: Any,
        *,
        resolution: int = 25,
        seed: int = 0,
        ax: Any = None,
    ) -> Self:
        """Draw the loss of a network that `train` has trained.

        Parameters
        ----------
        run : Run
            What `train` gave; its `path` is drawn where it was kept (`path_points`).
        network : Network
            What was trained.
        x, y : array
            Rows and targets, as `train` takes them. Raises GlassnetError on shapes that do not fit.
        resolution, seed, ax
            Those of `from_model`.

        Examples
        --------
        >>> import glassnet as gn
        >>> network = gn.Network([1, 2, 1], "tanh")
        >>> x, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0]
        >>> run = gn.train(network, gn.initialize(network, seed=1), x, y, epochs=20, path_points=5)
        >>> LossSurfaceDisplay.from_run(run, network, x, y, resolution=3).loss.shape
        (3, 3)
        """
        rows = checked_data(network, x, y)
        display = cls._over(network, run.parameters, rows.x, rows.y, run.path, resolution, seed)
        return display.plot(ax)

    @classmethod
    def _over(
        cls,
        network: Network,
        parameters: Parameters,
        x: Any,
        y: np.ndarray,
        path: WeightPath,
        resolution: int,
        seed: int,
    ) -> Self:
        """The loss over the plane, not yet drawn."""
        check_enough(resolution, 2, "resolution")
        trained = as_dtype(parameters, np.float64)
        middle = to_vector(trained)  # P
        away = away_from(middle, path)  # points x P
        directions = path_directions(away) if path else random_directions(trained, seed)
        points = away @ directions.vectors.T  # points x 2
        first, second = (reach(points[:, i], resolution) for i in range(2))

        def loss_at(a: float, b: float) -> float:
            theta = middle + np.array([a, b]) @ directions.vectors
            trace = feedforward(network, from_vector(network, theta), x)
            return float(network.loss(network.output, trace.z[-1], trace.output, y)[0])

        # Far from the trained weights a loss may leave the finite numbers: it is left blank.
        with np.errstate(all="ignore"):
            loss = np.array([[loss_at(a, b) for a in first] for b in second])
        epochs = [epoch for epoch, _ in path]
        return cls(first, second, loss, network.loss.name, points, epochs, directions.fractions)

    @property
    def _inches(self) -> tuple[float, float]:
        return 6.8, 4.8

    def _draw(self) -> None:
        self._draw_contours()
        if self.fractions is not None:
            self._draw_path()
        star = {"color": "white", "markersize": 9, "markeredgecolor": "black"}
        self.ax_.plot(0, 0, "*", **star, label=f"trained weights{self._which_weights}")
        frame = {"frameon": True, "framealpha": 0.85, "edgecolor": "none"}
        self.ax_.legend(loc="upper left", fontsize=8, **frame)
        self.ax_.set(xlabel=self._direction_name(0), ylabel=self._direction_name(1))
        loss = self.name.replace("_", " ")
        title(self.ax_, f"The loss around the trained weights: {loss}", self._note)

    @property
    def _which_weights(self) -> str:
        """Why the trained weights are not at the path's end, where they are not."""
        if not len(self.points):
            return ""
        distance = float(np.linalg.norm(self.points[-1]))
        is_away = distance > AWAY * float(np.ptp(self.points, axis=0).max())
        return ", kept from the best epoch" if is_away else ""

    def _direction_name(self, number: int) -> str:
        if self.fractions is None:
            return f"random direction {number + 1}"
        fraction = self.fractions[number]
        return f"principal direction {number + 1} ({fraction:.1%} of the movement)"

    @property
    def _note(self) -> str:
        if self.fractions is None:
            return (
                "two random directions, "
                "each node's weights as long as the trained ones (filter-normalised)"
            )
        return (
            f"the plane shows {sum(self.fractions):.1%} of the path's movement "
            "(its squared distances from the trained weights)"
        )

    def _draw_contours(self) -> None:
        from matplotlib.colors import LogNorm
        from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

        loss = np.ma.masked_invalid(self.loss)
        low, high = float(loss.min()), float(loss.max())
        logarithmic = low > 0 and high > LOG_COLOURS_FROM * low
        if logarithmic:
            norm, levels = LogNorm(low, high), np.geomspace(0.999 * low, 1.001 * high, 25)
        else:
            norm, levels = None, MaxNLocator(20).tick_values(low, high)
        scale = {"levels": levels, "norm": norm, "cmap": "viridis"}
        painted = self.ax_.contourf(self.first, self.second, loss, **scale)
        bar = self.figure_.colorbar(painted, ax=self.ax_, label="loss")
        if logarithmic:
            few = high < 300 * low
            bar.set_ticks(LogLocator(subs=(1, 2, 5) if few else (1,)), minor=False)
            bar.formatter = FuncFormatter(lambda loss, _: f"{loss:g}")

    def _draw_path(self) -> None:
        from matplotlib.patheffects import withStroke

        edge = [withStroke(linewidth=2.6, foreground="black")]
        line = {"color": "white", "linewidth": 1.4, "markersize": 4, "path_effects": edge}
        self.ax_.plot(*self.points.T, ".-", **line, label="path")
        end = {"color": RED, "markersize": 10, "markeredgecolor": "white"}
        start_label, end_label = f"start (epoch {self.epochs[0]})", f"end (epoch {self.epochs[-1]})"
        self.ax_.plot(*self.points[0], "o", **end, label=start_label)
        self.ax_.plot(*self.points[-1], "s", **end, label=end_label)
