"""What every picture shares: how it is asked for, drawn and saved.

What a picture shows is in its own file.

A picture derives from `ModelDisplay` or `RowsDisplay`, by what it is made from, and has three
parts: `from_model` computes its numbers, `_make_axes` takes or makes the axes (one, of `_inches`,
unless it says otherwise) and gives their figure, and `_draw` draws on them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from glassnet.plots.figures import figure_and_axes, save_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Display:
    """A picture that is drawn by `plot`, on given axes or on a new figure.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where the last `plot` has drawn; a picture of several axes has `axes_` instead.
    figure_ : matplotlib.figure.Figure
        The figure of those axes.
    """

    ax_: "Axes"
    figure_: "Figure"
    from_model: ClassVar[Callable[..., Any]]
    kind_of_picture: ClassVar[str] = "chart"
    """Or "map" where colours are numbers, so that a dark page must not invert them."""

    def __repr__(self) -> str:
        return f"<glassnet {type(self).__name__}: .plot(), .save(path)>"

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            The axes to draw on; by default those of a new figure.

        Returns
        -------
        Display
            Itself, with `ax_` and `figure_` set.
        """
        with style():
            self.figure_ = self._make_axes(ax)
            self._draw()
        return self

    def save(self, path: str | Path) -> None:
        """Write the picture to a file.

        Parameters
        ----------
        path : str or Path
            The file; its suffix, .svg, .png or .pdf, is the format.

        Raises
        ------
        GlassnetError
            On another suffix, and where the file cannot be written.
        """
        if not hasattr(self, "figure_"):
            self.plot()
        save_figure(self.figure_, path)

    @property
    def _inches(self) -> tuple[float, float]:
        """The width and height of a new figure."""
        return 6.4, 4.0

    def _make_axes(self, ax: Any) -> Any:
        """Set `ax_` to the axes given, or to new ones; gives their figure."""
        figure, self.ax_ = figure_and_axes(ax, *self._inches)
        return figure

    def _draw(self) -> None:
        """Draw on `ax_`."""
        raise NotImplementedError


class ModelDisplay(Display):
    """A picture that needs a trained model and no rows."""

    @classmethod
    def from_estimator(cls, estimator: Any, **options: Any) -> Self:
        """The picture of a fitted estimator.

        Parameters
        ----------
        estimator : estimator of glassnet
            Raises GlassnetError where it is not fitted.
        **options
            Those of `from_model`.
        """
        return cls.from_model(estimator, **options)


class RowsDisplay(Display):
    """A picture that needs a trained model and rows of a table."""

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, y: Any = None, **options: Any) -> Self:
        """The picture of a fitted estimator on rows with their targets apart, as in scikit-learn.

        Parameters
        ----------
        estimator : estimator of glassnet
            Raises GlassnetError where it is not fitted.
        X : array or data frame
            N rows.
        y : array, optional
            Their targets, N or N x targets.
        **options
            Those of `from_model`.
        """
        if y is not None:
            options["y"] = y
        return cls.from_model(estimator, X, **options)
