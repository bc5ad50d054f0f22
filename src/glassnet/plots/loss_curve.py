"""The picture of the loss along a training, with the epochs whose weights were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.plots.display import Display
from glassnet.plots.figures import GREY, curve_style, logarithmic
from glassnet.training.endings import BROKEN
from glassnet.training.history import History
from glassnet.training.run import Run

Curve = tuple[Sequence[float], Sequence[float]]
"""Where the losses stand on the x axis, and the losses."""
LOG_FROM = 50  # times the smallest loss that the largest is: from here the scale is logarithmic
LEFT_OUT = "rows left out, which chose nothing"
MOST_EPOCHS_NAMED = 6  # best epochs that the legend names one by one


@dataclass(eq=False, repr=False)
class LossCurveDisplay(Display):
    """The training loss, and that of rows validated on or left out, by epoch or iteration.

    The scale is logarithmic where the losses span a factor of 50.

    Parameters
    ----------
    curves : dict of str to (sequence, sequence)
        (x, loss) by name.
    xlabel : str
        What x is.
    best : sequence of float
        Where on the x axis the epochs stand whose weights were kept, one for each network that was
        trained. A single one is a line; several are marks below with a thin line each, for then
        the curves are the means of all, and no epoch is the best of them.
    best_epochs : sequence of int
        The numbers of these epochs, where x is not the epoch.
    loss_name : str
        What the loss is called.
    title : str
        Stands above the axes.

    Examples
    --------
    >>> training, validation = ([1, 2, 3], [0.9, 0.4, 0.2]), ([1, 2, 3], [0.8, 0.5, 0.6])
    >>> curves = {"training": training, "validation": validation}
    >>> LossCurveDisplay(curves, best=[2]).plot().ax_.get_xlabel()
    'epoch'
    """

    curves: Mapping[str, Curve]
    xlabel: str = "epoch"
    best: Sequence[float] = ()
    best_epochs: Sequence[int] = ()
    loss_name: str = "loss"
    title: str = ""

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """Draw the loss of a fitted estimator's training (`history_`).

        Raises GlassnetError where it is not fitted.
        """
        display = cls._of_model(as_model(estimator))
        # MLP estimators keep the best epoch's weights only with early stopping.
        if getattr(estimator, "best_validation_score_", None) is not None:
            display = replace(display, best=(estimator.best_iter_,))
        return display.plot(ax)

    @classmethod
    def from_model(cls, model: Model, *, ax: Any = None) -> Self:
        """Draw the loss of a model's training (`history`).

        Raises GlassnetError where it has none.
        """
        return cls._of_model(model).plot(ax)

    @classmethod
    def from_run(
        cls, run: Run, *, by: str = "epoch", loss_name: str = "loss", ax: Any = None
    ) -> Self:
        """Draw the loss of what `train` gave, with its best epoch where one was chosen.

        Parameters
        ----------
        run : Run
            What `train` gave.
        by, loss_name, ax
            Those of `from_history`.
        """
        chosen = len(run.history.validation_loss) or run.ended in BROKEN
        best = (run.best_epoch,) if chosen else ()
        return cls.from_history(run.history, by=by, best=best, loss_name=loss_name, ax=ax)

    @classmethod
    def from_history(
        cls,
        history: History,
        *,
        by: str = "epoch",
        best: Sequence[int] = (),
        loss_name: str = "loss",
        ax: Any = None,
    ) -> Self:
        """Draw the loss of a history.

        Parameters
        ----------
        history : History
            What `train` measured.
        by : {"epoch", "iteration"}
            What the x axis is. Raises GlassnetError on another.
        best : sequence of int
            The epochs whose weights were kept.
        loss_name : str
            What the loss is called.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default new ones.
        """
        if by == "epoch":
            curves, x = _curves_by_epoch(history.table()), tuple(best)
        elif by == "iteration":
            curves = _curves_by_iteration(history)
            ends = _last_iterations(history)
            x = tuple(int(ends[epoch - 1]) for epoch in best)
        else:
            raise unknown_name("x axis", by, ("epoch", "iteration"))
        return cls(curves, by, x, tuple(best), loss_name).plot(ax)

    @classmethod
    def _of_model(cls, model: Model) -> Self:
        if not model.history:
            raise GlassnetError(
                "this model has no history: only one that glassnet has trained can show its losses"
            )
        dropout = model.record.dropout
        training = "training, with dropout" if dropout else "training"
        best = model.record.best_epochs if "validation_loss" in model.history else ()
        sizes = "-".join(map(str, model.members[0].network.sizes))
        title = f"the {sizes} network"
        if len(model.members) > 1:
            title = f"{len(model.members)} networks of {sizes}, mean"
        iterations = model.history.get("iteration")
        return cls(
            _curves_by_epoch(model.history, training),
            # of a full batch every epoch is one iteration
            xlabel="iteration" if iterations == model.history["epoch"] else "epoch",
            best=tuple(best),
            loss_name=model.loss.name.replace("_", " ") + model.encoding.of_scaled_targets,
            title=title,
        )

    def _draw(self) -> None:
        for number, (name, (x, loss)) in enumerate(self.curves.items()):
            marker = "o" if len(x) == 1 else None
            label = f"{name}{self._alone(name)}"
            self.ax_.plot(x, loss, label=label, linewidth=1.6, marker=marker, **curve_style(number))
        self._mark_best()
        if self._spans_decades():
            logarithmic(self.ax_.yaxis)
        self.ax_.set(xlabel=self.xlabel, ylabel=self.loss_name, title=self.title)
        ticks: Any = self.ax_.xaxis.get_major_locator()  # matplotlib's types lack `integer`
        ticks.set_params(integer=True)
        self.ax_.grid(visible=True, alpha=0.25)
        if len(self.curves) > 1 or len(self.best) or self._alone(next(iter(self.curves))):
            self.ax_.legend()

    def _alone(self, name: str) -> str:
        """What is said of a training loss that no validation stands beside."""
        is_alone = len(self.curves) == 1 and not len(self.best) and name.startswith("training")
        return ": rows trained on; none validated" if is_alone else ""

    def _mark_best(self) -> None:
        epochs = [f"{epoch:g}" for epoch in (self.best_epochs or self.best)]
        if len(epochs) == 1:
            line = {"color": GREY, "linestyle": ":", "linewidth": 1.2}
            self.ax_.axvline(self.best[0], **line, label=f"best epoch ({epochs[0]})")
        elif epochs:
            listed = ", ".join(epochs)
            if len(epochs) > MOST_EPOCHS_NAMED:
                listed = f"{min(self.best):g} to {max(self.best):g}"
            drop = {"color": GREY, "linestyle": ":", "linewidth": 0.9, "alpha": 0.8}
            for best in self.best:
                self.ax_.axvline(best, **drop)
            marks = {"color": GREY, "markersize": 7, "alpha": 0.8, "zorder": 3, "linestyle": ""}
            self.ax_.plot(
                self.best,
                [0] * len(self.best),
                marker="^",
                transform=self.ax_.get_xaxis_transform(),  # x as it is, y = 0 at the axis
                clip_on=False,
                label=f"best epoch of each ({listed})",
                **marks,
            )

    def _spans_decades(self) -> bool:
        losses = np.concatenate([loss for _, loss in self.curves.values()])
        losses = losses[np.isfinite(losses)]
        return bool(len(losses)) and losses.min() > 0 and losses.max() > LOG_FROM * losses.min()


def _curves_by_epoch(
    table: Mapping[str, Sequence[float]], training: str = "training"
) -> dict[str, Curve]:
    """The losses of a table of one row an epoch; `training` is what the training loss is called."""
    curves: dict[str, Curve] = {training: (table["epoch"], table["loss"])}
    if "validation_loss" in table:
        curves["validation"] = (table["epoch"], table["validation_loss"])
    if "left_out_loss" in table:
        curves[LEFT_OUT] = (table["epoch"], table["left_out_loss"])
    return curves


def _curves_by_iteration(history: History) -> dict[str, Curve]:
    """The losses of every iteration, and the validation losses where their epochs end."""
    losses = history.iteration_loss.tolist()
    curves: dict[str, Curve] = {"training": (range(1, len(losses) + 1), losses)}
    if len(history.validation_loss):
        ends = _last_iterations(history).tolist()
        curves["validation"] = (ends, history.validation_loss.tolist())
    if len(history.left_out_loss):
        curves[LEFT_OUT] = (_last_iterations(history).tolist(), history.left_out_loss.tolist())
    return curves


def _last_iterations(history: History) -> np.ndarray:
    """The number of each epoch's last iteration."""
    ends = np.arange(1, len(history.loss) + 1) * history.batches
    return np.minimum(ends, len(history.iteration_loss))
