"""The loss around trained weights along two directions, with the path that training took; which directions: `directions.py`."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from glassnet.core.network import Network, Parameters, feedforward
from glassnet.errors import check_enough
from glassnet.models.rows import as_model, rows_of
from glassnet.plots.directions import (
    WeightPath,
    away_from,
    path_directions,
    random_directions,
    reach,
)
from glassnet.plots.figures import figure_and_axes, style
from glassnet.plots.panels import title
from glassnet.training.checks import checked_data
from glassnet.training.problem import as_dtype, from_vector, to_vector
from glassnet.training.run import Run

RED = "#dc2626"
WIDE = 30.0  # the largest loss over the smallest, from which on the scale is logarithmic


class LossSurfaceDisplay:
    """The loss over a plane through the trained weights.

    Parameters
    ----------
    first, second : how far the grid goes along each direction; 0 is at the trained weights.
    loss : the network's own loss on the rows, without penalty, (places of `second`) x (places of `first`).
    name : what the loss is called.
    points : where the path stands on the plane, points x 2, the start first; 0 x 2 without a path.
    epochs : the epoch of each point.
    shares : how much of the path's squared distance from the trained weights lies along each direction; None without a path.

    `plot` leaves `ax_` and `figure_`.
    """

    ax_: Any
    figure_: Any

    def __init__(
        self,
        first: np.ndarray,
        second: np.ndarray,
        loss: np.ndarray,
        name: str,
        points: np.ndarray,
        epochs: Sequence[int] = (),
        shares: tuple[float, float] | None = None,
    ) -> None:
        self.first, self.second, self.loss, self.name = first, second, loss, name
        self.points, self.epochs, self.shares = points, list(epochs), shares

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, y: Any = None, **options: Any) -> Self:
        """`from_model` for a fitted estimator; y: the targets of the rows of X."""
        return cls.from_model(estimator, X, y=y, **options)

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
        """Plot the loss of a model on the rows of a table.

        Parameters
        ----------
        model : a Model, a fitted estimator, or (network, parameters).
        table : a path, data frame, dict of columns, or array; with the targets, unless they are in y.
        path : the weights along the training: `run_table(..., path_points=30).path`.
        resolution : grid places along each direction.
        seed : of the directions, where there is no path.
        ax : axes to draw on; None: a new figure.

        Raises GlassnetError where the table lacks the targets, and on a path that is not the model's or does not span a plane.
        """
        model = as_model(model)
        rows = rows_of(model, table, y).with_answers()
        check_enough(len(rows), 1, "rows with a known target")
        return cls._over(
            model.network, model.parameters, rows.x, rows.y, path, resolution, seed
        ).plot(ax)

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
        """Plot the loss of a network that `train` has trained; its `run.path` is on it where it was kept (`path_points`).

        x, y : rows and targets, as `train` takes them. Raises GlassnetError on shapes that do not fit.

        >>> import glassnet as gn
        >>> network, x, y = gn.Network([1, 2, 1], "tanh"), [[0.0], [1.0], [2.0]], [0.0, 1.0, 0.0]
        >>> run = gn.train(network, gn.initialize(network, seed=1), x, y, epochs=20, path_points=5)
        >>> LossSurfaceDisplay.from_run(run, network, x, y, resolution=3).loss.shape
        (3, 3)
        """
        rows = checked_data(network, x, y)
        return cls._over(network, run.parameters, rows.x, rows.y, run.path, resolution, seed).plot(
            ax
        )

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
        check_enough(resolution, 2, "resolution")
        middle = to_vector(as_dtype(parameters, np.float64))  # P
        away = away_from(middle, path)
        directions = (
            path_directions(away)
            if path
            else random_directions(as_dtype(parameters, np.float64), seed)
        )
        points = away @ directions.vectors.T
        first, second = (reach(points[:, i], resolution) for i in range(2))

        def loss_at(a: float, b: float) -> float:
            trace = feedforward(
                network, from_vector(network, middle + np.array([a, b]) @ directions.vectors), x
            )
            return float(network.loss(network.output, trace.z[-1], trace.output, y)[0])

        with np.errstate(
            all="ignore"
        ):  # far from the trained weights a loss may leave the finite numbers: it is left blank
            loss = np.array([[loss_at(a, b) for a in first] for b in second])
        return cls(
            first,
            second,
            loss,
            network.loss.name,
            points,
            [epoch for epoch, _ in path],
            directions.shares,
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw it on axes given, or new ones."""
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax, 6.8, 4.8)
            self._contours()
            if self.shares is not None:
                self._path()
            self.ax_.plot(
                0,
                0,
                "*",
                color="white",
                markersize=9,
                markeredgecolor="black",
                label="trained weights",
            )
            self.ax_.legend(
                loc="upper left", fontsize=8, frameon=True, framealpha=0.85, edgecolor="none"
            )
            for axis, place in ((self.ax_.xaxis, 0), (self.ax_.yaxis, 1)):
                of = f" ({self.shares[place]:.1%} of the movement)" if self.shares else ""
                axis.set_label_text(
                    f"{'principal' if self.shares else 'random'} direction {place + 1}{of}"
                )
            title(self.ax_, f"The loss around the trained weights: {self.name}", self._note)
        return self

    @property
    def _note(self) -> str:
        if self.shares is None:
            return "two random directions, each node's weights as long as the trained ones (filter-normalised)"
        return f"the plane shows {sum(self.shares):.1%} of the path's movement (its squared distances from the trained weights)"

    def _contours(self) -> None:
        from matplotlib.colors import LogNorm
        from matplotlib.ticker import LogFormatterSciNotation, LogLocator, MaxNLocator

        loss = np.ma.masked_invalid(self.loss)
        low, high = float(loss.min()), float(loss.max())
        wide = low > 0 and high > WIDE * low
        levels = (
            np.geomspace(0.999 * low, 1.001 * high, 25)
            if wide
            else MaxNLocator(20).tick_values(low, high)
        )
        norm = LogNorm(low, high) if wide else None
        painted = self.ax_.contourf(
            self.first, self.second, loss, levels=levels, cmap="viridis", norm=norm
        )
        bar = self.figure_.colorbar(painted, ax=self.ax_, label="loss")
        if wide:
            bar.set_ticks(LogLocator(), minor=False)
            bar.formatter = LogFormatterSciNotation()

    def _path(self) -> None:
        from matplotlib.patheffects import withStroke

        edge = [withStroke(linewidth=2.6, foreground="black")]
        self.ax_.plot(
            *self.points.T,
            ".-",
            color="white",
            linewidth=1.4,
            markersize=4,
            label="path",
            path_effects=edge,
        )
        for place, marker, name in ((0, "o", "start"), (-1, "s", "end")):
            label = f"{name} (epoch {self.epochs[place]})"
            self.ax_.plot(
                *self.points[place],
                marker,
                color=RED,
                markersize=10,
                markeredgecolor="white",
                label=label,
            )
