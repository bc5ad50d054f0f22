"""The picture of the loss along a training, with the epochs that were kept. Whose loss it is, and what it adds up, is core's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError, unknown_name
from glassnet.models.model import Model
from glassnet.models.rows import as_model
from glassnet.plots.figures import BLUE, GREY, ORANGE, figure_and_axes, style
from glassnet.training.history import History
from glassnet.training.run import Run

Curve = tuple[Sequence[float], Sequence[float]]
LOG_FROM = 1000  # times between the largest and the smallest loss
MOST_LISTED = 6  # best epochs that the legend names one by one


@dataclass
class LossCurveDisplay:
    """The training loss, and the validation loss where there is one, by epoch or iteration, on a logarithmic scale where it spans.

    `curves` holds (x, loss) by name. `best` are the places on the x axis of the epochs that were kept, one for each network that
    was trained: a line where there is one, a mark below for each where there are several, for then the curves are the means of
    all, and no epoch is the best of them. `best_epochs` are their numbers, where x is not the epoch.

    Attributes set by `plot`: `ax_`, `figure_`.

    Examples
    --------
    >>> display = LossCurveDisplay({"training": ([1, 2, 3], [0.9, 0.4, 0.2]), "validation": ([1, 2, 3], [0.8, 0.5, 0.6])}, best=[2])
    >>> display.plot().ax_.get_xlabel()
    'epoch'
    """

    curves: Mapping[str, Curve]
    xlabel: str = "epoch"
    best: Sequence[float] = ()
    best_epochs: Sequence[int] = ()
    loss_name: str = "loss"
    title: str = ""
    ax_: Any = field(init=False, repr=False)
    figure_: Any = field(init=False, repr=False)

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """The loss of a fitted estimator's training (`history_`). Raises GlassnetError where it is not fitted."""
        display = cls._of_model(as_model(estimator))
        if (
            getattr(estimator, "best_validation_score_", None) is not None
        ):  # MLP estimators keep the best only with early stopping
            display = replace(display, best=(estimator.best_iter_,))
        return display.plot(ax)

    @classmethod
    def from_model(cls, model: Model, *, ax: Any = None) -> Self:
        """The loss of a model's training (`history`). Raises GlassnetError where it has none."""
        return cls._of_model(model).plot(ax)

    @classmethod
    def from_run(
        cls, run: Run, *, by: str = "epoch", loss_name: str = "loss", ax: Any = None
    ) -> Self:
        """The loss of what `train` gave, with its best epoch where there was one to be chosen."""
        chosen = len(run.history.validation_loss) or run.ended == "not_finite"
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
        """The loss of a history, by "epoch" or "iteration"; `best` are epochs. Raises GlassnetError on another `by`."""
        if by not in ("epoch", "iteration"):
            raise unknown_name("x axis", by, ("epoch", "iteration"))
        ends = np.minimum(
            np.arange(1, len(history.loss) + 1) * history.batches, len(history.iteration_loss)
        )
        if by == "epoch":
            curves = _curves(history.table())
        else:
            curves: dict[str, Curve] = {
                "training": (
                    range(1, len(history.iteration_loss) + 1),
                    history.iteration_loss.tolist(),
                )
            }
            if len(history.validation_loss):
                curves["validation"] = (ends.tolist(), history.validation_loss.tolist())
        places = tuple(best) if by == "epoch" else tuple(int(ends[epoch - 1]) for epoch in best)
        return cls(curves, by, places, tuple(best), loss_name).plot(ax)

    @classmethod
    def _of_model(cls, model: Model) -> Self:
        if not model.history:
            raise GlassnetError(
                "this model has no history: only one that glassnet has trained can show its losses"
            )
        dropout = bool(np.any(model.record.get("options", {}).get("dropout", 0.0)))
        best = model.record.get("best_epochs", ()) if "validation_loss" in model.history else ()
        sizes = "-".join(map(str, model.member.sizes))
        title = (
            f"{model.members} networks of {sizes}, mean"
            if model.members > 1
            else f"the {sizes} network"
        )
        curves = _curves(model.history, "training, with dropout" if dropout else "training")
        return cls(
            curves,
            best=tuple(best),
            loss_name=model.network.loss.name.replace("_", " "),
            title=title,
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw on the axes given, or new ones."""
        with style():
            self.figure_, self.ax_ = figure_and_axes(ax)
            for (name, (x, loss)), colour in zip(self.curves.items(), (BLUE, ORANGE), strict=False):
                self.ax_.plot(
                    x,
                    loss,
                    label=name,
                    color=colour,
                    linewidth=1.6,
                    marker="o" if len(x) == 1 else None,
                )
            self._mark_best()
            if self._spans():
                self.ax_.set_yscale("log")
            self.ax_.set(xlabel=self.xlabel, ylabel=self.loss_name, title=self.title)
            self.ax_.xaxis.get_major_locator().set_params(integer=True)
            self.ax_.grid(visible=True, alpha=0.25)
            if len(self.curves) > 1 or len(self.best):
                self.ax_.legend()
        return self

    def _mark_best(self) -> None:
        numbers = [f"{epoch:g}" for epoch in (self.best_epochs or self.best)]
        if len(self.best) == 1:
            self.ax_.axvline(
                self.best[0],
                color=GREY,
                linestyle=":",
                linewidth=1.2,
                label=f"best epoch ({numbers[0]})",
            )
        elif len(self.best):
            listed = (
                ", ".join(numbers)
                if len(numbers) <= MOST_LISTED
                else f"{min(self.best):g} to {max(self.best):g}"
            )
            below = self.ax_.get_xaxis_transform()  # x as it is, y = 0 at the axis
            marks = self.ax_.plot(
                self.best, [0] * len(self.best), "^", transform=below, clip_on=False, zorder=3
            )[0]
            marks.set(color=GREY, markersize=7, alpha=0.8, label=f"best epoch of each ({listed})")

    def _spans(self) -> bool:
        losses = np.concatenate([loss for _, loss in self.curves.values()])
        losses = losses[np.isfinite(losses)]
        return bool(len(losses)) and losses.min() > 0 and losses.max() > LOG_FROM * losses.min()


def _curves(table: dict[str, list[Any]], training: str = "training") -> dict[str, Curve]:
    """The losses of a table of one row an epoch."""
    names = {"loss": training, "validation_loss": "validation"}
    return {
        name: (table["epoch"], table[column]) for column, name in names.items() if column in table
    }
