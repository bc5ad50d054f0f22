"""The plot of the loss against iteration or epoch. matplotlib is imported only when a picture is made."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Series = dict[str, Sequence[float]]


def draw_loss_curve(axes: Any, x: Sequence[float], losses: Series, xlabel: str, best: int | None = None) -> None:
    """Draw each named loss over x on matplotlib axes; a line marks x = `best`, the epoch that was kept."""
    for (name, loss), colour in zip(losses.items(), ("#2563eb", "#d97706"), strict=False):
        axes.plot(x, loss, label=name, color=colour, linewidth=1.6)
    if best is not None:
        axes.axvline(best, color="#6b7280", linestyle=":", linewidth=1.2, label=f"best epoch ({best})")
    positive = all(value > 0 for loss in losses.values() for value in loss)
    values = [value for loss in losses.values() for value in loss]
    if positive and max(values) > 1000 * min(values):
        axes.set_yscale("log")
    axes.set(xlabel=xlabel, ylabel="loss")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(visible=True, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(losses) > 1 or best is not None:
        axes.legend(frameon=False)


def save_loss_curve(
    paths: Iterable[Path], x: Sequence[float], losses: Series, xlabel: str, title: str, best: int | None = None
) -> None:
    """Write the plot to each path, in the format of its suffix (.svg, .png, .pdf)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "glassnet", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        draw_loss_curve(axes, x, losses, xlabel, best)
        axes.set_title(title, fontsize=11)
        for path in paths:
            metadata = {"Date": None} if path.suffix == ".svg" else None
            figure.savefig(path, dpi=150, metadata=metadata)
