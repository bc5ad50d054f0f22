"""Several studies side by side, as small multiples: what one option does to all starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from glassnet.errors import GlassnetError
from glassnet.plots.display import Display
from glassnet.plots.figures import in_picture
from glassnet.plots.panels import panels
from glassnet.plots.study import draw_curves, loss_label
from glassnet.studies.study import Study

STUDIES_IN_A_ROW = {1: 1, 2: 2, 4: 2}  # studies in a row, by how many there are; of others three


@dataclass(eq=False, repr=False)
class StudiesDisplay(Display):
    """The loss curves of several studies, on axes of the same losses.

    Parameters
    ----------
    studies : dict of str to Study
        Studies by what they differ in.

    Attributes
    ----------
    axes_ : array of matplotlib.axes.Axes
        One for each study.
    """

    studies: Mapping[str, Study]
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_studies(cls, studies: Mapping[str, Study], *, ax: Any = None) -> Self:
        """Draw several studies.

        Parameters
        ----------
        studies : dict of str to Study
            Studies by what they differ in, such as {"rate 0.1": ..., "rate 1": ...}. Raises
            GlassnetError where there is none.
        ax : matplotlib.axes.Axes or several, optional
            The axes to draw on; by default new ones.
        """
        if not studies:
            raise GlassnetError("give one study or more")
        return cls(studies).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.studies)
        across = self._across
        rows = -(-count // across)
        figure, self.axes_ = panels(ax, count, across, 2.9 * across + 0.4, 2.6 * rows + 0.3)
        return figure

    @property
    def _across(self) -> int:
        return STUDIES_IN_A_ROW.get(len(self.studies), 3)

    def _draw(self) -> None:
        every = np.concatenate([study.outcomes.losses.ravel() for study in self.studies.values()])
        every = every[np.isfinite(every) & (every > 0)]
        limits = float(every.min()) / 1.3, float(every.max()) * 1.3
        for at, (ax, (name, study)) in enumerate(
            zip(self.axes_, self.studies.items(), strict=False)
        ):
            draw_curves(ax, study, limits)
            percent = 100 * study.stuck.mean()
            ax.set_title(f"{in_picture(name)}: {percent:.3g} % stuck", fontsize=9)
            if at % self._across:
                ax.tick_params(labelleft=False)
            else:
                ax.set_ylabel(loss_label(study))
