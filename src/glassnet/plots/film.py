"""A training as a film strip: the prediction over two columns at the start, on the way, at the end.

The path itself comes from the training (`path_points`), or from a run folder that is trained again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from glassnet.core.network import Parameters
from glassnet.errors import GlassnetError
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.directions import WeightPath
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import GREY, PALETTE, SIGNED, in_picture
from glassnet.plots.panels import panels, title
from glassnet.plots.plane import Plane, plane_of
from glassnet.plots.predictions import find_target, target_output
from glassnet.settings import checked_whole
from glassnet.tables.targets import ClassTarget, Target

FRAMES = 4  # pictures side by side
FRAME_WIDTH = 3.0  # inches
FRAME_HEIGHT = 3.3  # inches
STEPS_OF_SCALE = 21  # of the colours from low to high
PALE = 0.55  # how strongly a class's colour stands behind its rows, at most
HALO_SIZE = 30  # square points of the white below a dot
FRAME_DOTS = {"s": 14, "linewidths": 0.5, "edgecolors": "white"}


@dataclass(eq=False, repr=False)
class FilmDisplay(RowsDisplay):
    """What a model predicts over two columns, at several moments of its training.

    The other columns are fixed at their median or most frequent cell. All frames have one scale.

    Parameters
    ----------
    plane : Plane
        The two columns, a grid over them, and the rows.
    target : target of a model's encoding
        What is predicted.
    epochs : sequence of int
        The moments, 0 before the first step.
    responses : ndarray
        Moments x along y x along x: numbers in the target's own unit; of classes their
        probabilities, with a last dimension, one for each class.
    losses : sequence of float
        The loss on the rows at each moment; () where their targets are not known.
    step : str
        What `epochs` count: "iteration" where every epoch is one.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each moment, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> import glassnet as gn
    >>> network = gn.Network([2, 3, 1], "tanh")
    >>> start, x, y = gn.initialize(network, seed=1), [[0, 0], [0, 1], [1, 1.0]], [0, 1, 0.0]
    >>> run = gn.train(network, start, x, y, epochs=200, path_points=201)
    >>> trained = (network, run.parameters)
    >>> FilmDisplay.from_model(trained, x, y=y, path=run.path, resolution=5).epochs
    [0, 99, 158, 200]
    """

    kind_of_picture = "map"

    plane: Plane
    target: Target
    epochs: Sequence[int]
    responses: np.ndarray
    losses: Sequence[float] = ()
    step: str = "epoch"
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        path: WeightPath = (),
        y: Any = None,
        columns: Sequence[str] | None = None,
        target: str | None = None,
        frames: int = FRAMES,
        step: str = "epoch",
        resolution: int = 60,
        ax: Any = None,
    ) -> Self:
        """Draw a model's predictions over two columns of a table, along its training.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts; an ensemble as a whole.
        table : path, data frame, dict of columns, or array
            N rows; the targets may be in it, or apart, as y, or unknown.
        path : sequence of (int, Parameters)
            The weights along the training, as `RunFolder.training_path` gives them. Without one
            there is a single frame, of the weights as they are.
        y : array, optional
            The targets.
        columns : sequence of two str, optional
            Along x and y; by default those along which the outputs vary most, the others fixed.
        target : str, optional
            Which of several targets; by default the first.
        frames : int
            How many moments: the first, the last, and between them those by which the loss has
            fallen by equal parts of its logarithm; where no loss is known, epochs 10, 100, ...
        step : str
            What the path counts: "iteration" where every epoch is one.
        resolution : int
            The size of the grid along each column of numbers or dates.
        ax : matplotlib.axes.Axes or a sequence of them, optional
            One axes, whose room is divided, or one for each frame; by default those of a new
            figure.

        Raises
        ------
        GlassnetError
            On a column or target that is not the model's, a model of one column, and a path that
            is not the model's.
        """
        whole = as_model(model).joined()
        frames = checked_whole("frames", frames, 1)
        rows = replace(rows_of(whole, table, y), model=whole).with_targets()
        plane = plane_of(rows, columns, resolution)
        found = find_target(whole, target)
        losses = [loss_at(at_moment(whole, one), rows) for _, one in path] if rows.targets else []
        chosen = chosen_moments(path, frames, losses)
        moments = chosen or [(len(whole.history.get("loss", ())), None)]
        models = [at_moment(whole, parameters) for _, parameters in moments]
        responses = np.array([_response(plane, one, found) for one in models])
        losses = [loss_at(one, rows) for one in models] if rows.targets else []
        epochs = [epoch for epoch, _ in moments]
        return cls(plane, found, epochs, responses, losses, step).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.epochs)
        figure, self.axes_ = panels(ax, count, count, FRAME_WIDTH * count + 1.0, FRAME_HEIGHT)
        self._whole_figure = ax is None
        return figure

    def _draw(self) -> None:
        from matplotlib.ticker import MaxNLocator

        shades = self._shades()
        painted: Any = None
        for number, axes in enumerate(self.axes_):
            painted = self._paint(axes, self.responses[number], shades)
            self.plane.label(axes)
            self._draw_rows(axes, shades)
            if number:
                axes.set_ylabel("")
                axes.tick_params(labelleft=False)
            title(axes, self._moment(number), self._loss_text(number))
        if isinstance(self.target, ClassTarget) and len(self.target.labels) > 2:
            self.axes_[-1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
        else:
            bar: Any = {"label": self._bar_label(), "pad": 0.01, "ticks": MaxNLocator(6)}
            self.figure_.colorbar(painted, ax=list(self.axes_), **bar)

    def _moment(self, number: int) -> str:
        epoch = self.epochs[number]
        if number == len(self.epochs) - 1:
            return f"End, after {self.step} {epoch:,}"
        return f"After {self.step} {epoch:,}" if epoch else "Start"

    def _loss_text(self, number: int) -> str:
        return f"loss {self.losses[number]:.4g}" if len(self.losses) else ""

    def _bar_label(self) -> str:
        if isinstance(self.target, ClassTarget):
            return f"probability of {in_picture(self.target.label_texts[1])}"
        return in_picture(self.target.name)

    def _shades(self) -> dict[str, Any]:
        """One scale of colours for all frames, with the rows' actual numbers in it."""
        if isinstance(self.target, ClassTarget):
            return {"cmap": SIGNED, "vmin": 0.0, "vmax": 1.0}
        values = self.responses.ravel()
        if self.target.name in self.plane.rows.targets:
            values = np.concatenate([values, self._truth()])
        return {"cmap": SIGNED, "vmin": float(values.min()), "vmax": float(values.max())}

    def _truth(self) -> np.ndarray:
        """The rows' actual numbers, or the numbers of their classes, N."""
        column = self.plane.rows.targets[self.target.name]
        if isinstance(self.target, ClassTarget):
            return self.target.index(column)
        return self.target.truth(column)

    def _paint(self, axes: Any, response: np.ndarray, shades: dict[str, Any]) -> Any:
        if response.ndim == 3 and response.shape[2] > 2:
            return self.plane.paint(axes, _class_ground(self.target, response))
        values = response[:, :, 1] if response.ndim == 3 else response
        levels = np.linspace(shades["vmin"], shades["vmax"], STEPS_OF_SCALE).tolist()
        return self.plane.paint(axes, values, levels, **shades)

    def _draw_rows(self, axes: Any, shades: dict[str, Any]) -> None:
        x, y = self.plane.points
        if self.target.name not in self.plane.rows.targets:
            axes.scatter(x, y, color=GREY, **FRAME_DOTS)
            return
        truth = self._truth()
        if not isinstance(self.target, ClassTarget) or len(self.target.labels) == 2:
            axes.scatter(
                x, y, color="white", s=HALO_SIZE, linewidths=0
            )  # on ground of their colour
            axes.scatter(x, y, c=truth, **shades, **FRAME_DOTS | {"edgecolors": "black"})
            return
        for k, name in enumerate(self.target.label_texts):
            of_class = truth == k
            colour = PALETTE[k % len(PALETTE)]
            dots = {"color": colour, "label": in_picture(name), **FRAME_DOTS}
            axes.scatter(x[of_class], y[of_class], **dots)


def _class_ground(target: Target, response: np.ndarray) -> np.ndarray:
    """The predicted class's colour on white, the stronger the surer; along y x along x x 3."""
    from matplotlib.colors import to_rgb

    K = response.shape[2]
    colours = np.array([to_rgb(PALETTE[k % len(PALETTE)]) for k in range(K)])
    flat = response.reshape(-1, K)
    predicted = target.predicted(flat) if isinstance(target, ClassTarget) else flat.argmax(axis=1)
    strength = PALE * (flat.max(axis=1) - 1 / K) / (1 - 1 / K)
    ground = 1 + strength[:, None] * (colours[predicted] - 1)
    return ground.reshape(*response.shape[:2], 3)


def chosen_moments(
    path: WeightPath, frames: int, losses: Sequence[float] = ()
) -> list[tuple[int, Parameters]]:
    """The first and the last point of a path, and between them those by which the loss had fallen.

    It falls by equal parts of its logarithm from one to the next. Where no losses are given, or
    they did not fall, the points are those nearest to 10, 100, 1000, ...: of these the latest that
    are no later than half of the way.
    """
    if len(path) <= frames:
        return list(path)
    if frames > 2 and len(losses) and 0 < losses[-1] < losses[0] < np.inf:
        return [path[number] for number in _falls(losses, frames)]
    first, last = path[0][0], path[-1][0]
    decades = [10**power for power in range(9) if first < 10**power <= last / 2]
    wanted = [first, *decades[-(frames - 2) :], last] if frames > 2 else [first, last]
    epochs = np.array([epoch for epoch, _ in path])
    nearest = dict.fromkeys(int(np.abs(epochs - epoch).argmin()) for epoch in wanted)
    return [path[number] for number in list(nearest)[-frames:]]


def _falls(losses: Sequence[float], frames: int) -> list[int]:
    """Where a loss has first fallen by equal parts of its logarithm, and both ends."""
    last = len(losses) - 1
    levels = np.geomspace(losses[0], losses[-1], frames)[1:-1]
    fallen = [int(np.argmax(np.asarray(losses) <= level)) for level in levels]
    return list(dict.fromkeys([0, *fallen, last]))


def at_moment(whole: Model, parameters: Parameters | None) -> Model:
    """A model with the weights of a moment. Raises GlassnetError where they do not fit."""
    if parameters is None:
        return whole
    shapes = [array.shape for array in whole.parameters.weights]
    if [array.shape for array in parameters.weights] != shapes:
        raise GlassnetError("path is of another network: its weights have other shapes")
    return whole.with_parameters(parameters)


def loss_at(model: Model, rows: Rows) -> float:
    """The loss of a model of one network on rows, without penalty."""
    network, trace = model.network, model.trace(rows.x)
    return float(network.loss(network.output, trace.z[-1], trace.output, rows.y)[0])


def _response(plane: Plane, model: Model, target: Target) -> np.ndarray:
    """What is predicted over the plane, along y x along x, of classes x K."""
    moved = replace(plane, rows=replace(plane.rows, model=model))
    output = target_output(model, moved.outputs, target)
    is_class = isinstance(target, ClassTarget)
    found = target.probabilities(output) if is_class else target.decode(output)
    return found.reshape(*plane.shape, *found.shape[1:])
