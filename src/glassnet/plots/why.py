"""Why this row: a waterfall of what each column contributed to its prediction.

What a contribution is, is computed in `importance/contributions.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from glassnet.importance.contributions import Contributions, contributions_of
from glassnet.importance.predicted_number import asked_number
from glassnet.models.conversion import as_model
from glassnet.models.rows import Rows, rows_of
from glassnet.plots.display import RowsDisplay
from glassnet.plots.figures import BLUE, GREY, RED, in_picture, plural
from glassnet.plots.network.row import check_row, short_number
from glassnet.plots.panels import panels, title
from glassnet.plots.plane import first_cell_text
from glassnet.settings import checked_whole
from glassnet.tables.targets import ClassTarget, Target, label_text

MOST_STEPS = 10  # columns with a bar of their own
NEGLIGIBLE_STEP = 0.01  # of the largest contribution: what is smaller has no bar of its own
CELL_LETTERS = 18  # letters of a cell beside its column
CELL_DIGITS = 6  # significant digits of a number there
OF_ACTUAL = "the same columns in the same order"
CLIPPED = "held to the range seen"  # in training, as the prediction is
IN_POINTS = "Steps in percentage points"
MAY_PASS = (
    "; on the way the sum passes {end}, as columns that tell the same are added one after the other"
)
PASSED = 0.0005  # of a probability: what is nearer to 0 or 1 does not pass it
BAR = 0.36  # inches from a bar to the next
AROUND = 1.9  # inches above and below the bars
PANEL_WIDTH = 7.2  # inches
SECOND_WIDTH = 4.4  # inches of a panel whose columns stand beside the first's
ROOM = 0.22  # of the bars' width, for numbers to either side


class Fall(NamedTuple):
    """One waterfall: what it leads to, from where, and its steps."""

    output: str
    start: float
    end: float
    steps: np.ndarray


@dataclass(eq=False, repr=False)
class ContributionsDisplay(RowsDisplay):
    """From the prediction for the average row to that for one row, column by column.

    The largest contributions come first, small ones are one bar. Of a row whose class is predicted
    wrong, of three or more, a second waterfall beside the first leads to its actual class.

    Parameters
    ----------
    row : int
        Which row of the table, from 0.
    labels : sequence of str
        What each bar is of: a column and its cell, then perhaps how many others, and last that a
        number is held to the range seen in training.
    falls : sequence of Fall
        One, or two where the class is wrong.
    against : str
        What the row is compared with.
    actual : str
        The true number or class, "" where it is not known.
    is_class : bool
        Whether the numbers are probabilities.
    note : str
        What else must be known of the row.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One for each waterfall, set by `plot`.
    figure_ : matplotlib.figure.Figure
        Their figure.

    Examples
    --------
    >>> from glassnet import MLPRegressor
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 3, 1, 4]
    >>> fitted = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0).fit(X, y)
    >>> ContributionsDisplay.from_estimator(fitted, X, row=3).labels
    ['x1 = 1', 'x0 = 1']
    """

    row: int
    labels: Sequence[str]
    falls: Sequence[Fall]
    against: str
    actual: str
    is_class: bool
    note: str = ""
    axes_: np.ndarray = field(init=False)

    @classmethod
    def from_model(
        cls,
        model: Any,
        table: Any,
        *,
        row: int = 0,
        y: Any = None,
        output: str | None = None,
        most: int = MOST_STEPS,
        note: str = "",
        ax: Any = None,
    ) -> Self:
        """Draw what the columns contributed to one row of a table.

        Parameters
        ----------
        model : Model, fitted estimator, or (Network, Parameters)
            What predicts, an ensemble as a whole.
        table : path, data frame, dict of columns, or array
            N rows, as `Model.predict` takes them.
        row : int
            Which of them, from 0.
        y : array, optional
            The targets, where the table does not hold them.
        output : str, optional
            A target that is a number, or a class; by default the first target, and of classes the
            predicted one.
        most : int
            How many columns have a bar of their own.
        note : str
            Stands below the title, where something else must be known.
        ax : matplotlib.axes.Axes or a sequence of two, optional
            One axes, divided where there are two waterfalls, or one for each; by default those of
            a new figure.

        Raises
        ------
        GlassnetError
            Where `contributions` does, and on a row that is not there.
        """
        found = as_model(model)
        every = rows_of(found, table, y)
        row = check_row(row, len(every))
        most = checked_whole("most", most, 1)
        only = every.take([row])
        first = contributions_of(only, output, every)
        target = found.encoding.targets[0] if output is None else asked_number(found, output).target
        is_class, actual = isinstance(target, ClassTarget), _actual_of(only, target)
        every_one = [first]
        is_wrong = actual and first.outputs[0] != f"{target.name}={actual}"
        if isinstance(target, ClassTarget) and len(target.labels) > 2 and not output and is_wrong:
            every_one.append(contributions_of(only, f"{target.name}={actual}", every))
        order = _largest_first(every_one, most)
        falls = [_clipped(_fall(one, order), target) for one in every_one]
        labels = [_label(only, first.columns[c]) for c in order]
        left_out = len(first.columns) - len(order)
        if left_out:
            labels.append(plural(left_out, "other"))
        if len(falls[0].steps) > len(labels):
            labels.append(CLIPPED)
        return cls(row, labels, falls, first.against, actual, is_class, note).plot(ax)

    def _make_axes(self, ax: Any) -> Any:
        count = len(self.falls)
        width = PANEL_WIDTH + (count - 1) * SECOND_WIDTH
        ratios = [1.0] if count == 1 else [PANEL_WIDTH, PANEL_WIDTH]
        height = AROUND + BAR * (len(self.labels) + 2)
        figure, self.axes_ = panels(ax, count, count, width, height, ratios)
        return figure

    def _draw(self) -> None:
        from matplotlib.ticker import PercentFormatter

        for number, (axes, fall) in enumerate(zip(self.axes_, self.falls, strict=True)):
            self._draw_fall(axes, fall)
            title(axes, *self._title(number), width=70 if len(self.falls) == 1 else 50)
            labels = ["average row", *self.labels, "this row"]
            axes.set_yticks(range(len(labels)), labels if number == 0 else [""] * len(labels))
            axes.set_ylim(len(labels) - 0.4, -0.6)
            axes.set_xlabel(self._axis_name(fall.output))
            axes.locator_params(axis="x", nbins=7)
            if self.is_class:
                axes.xaxis.set_major_formatter(PercentFormatter(1))
                low, high = axes.get_xlim()
                inside = [tick for tick in axes.get_xticks() if max(0, low) <= tick <= min(1, high)]
                axes.set_xticks(inside)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            axes.grid(visible=True, axis="x", alpha=0.25)
            axes.set_axisbelow(True)

    def _draw_fall(self, axes: Any, fall: Fall) -> None:
        """The bars from the start to the end, each where the one above has ended."""
        after = fall.start + np.cumsum(fall.steps)
        before = after - fall.steps
        y = np.arange(1, len(fall.steps) + 1)
        colours = [RED if step > 0 else BLUE for step in fall.steps]
        axes.barh(y, fall.steps, left=before, height=0.62, color=colours)
        ends = np.concatenate([[fall.start], after])
        axes.vlines(ends, np.arange(len(ends)), np.arange(1, len(ends) + 1), GREY, linewidth=0.8)
        dot = {"color": GREY, "markersize": 7, "zorder": 3}
        axes.plot(fall.start, 0, "o", **dot)
        axes.plot(ends[-1], len(ends), "o", **dot | {"color": "black"})
        width = np.ptp([*ends]) or 1.0
        axes.set_xlim(ends.min() - ROOM * width, ends.max() + ROOM * width)
        rows = [(fall.start, 0, self._number(fall.start), True)]
        rows += [
            (max(a, b) if step >= 0 else min(a, b), i, self._step(step), step >= 0)
            for i, a, b, step in zip(y, before, after, fall.steps, strict=True)
        ]
        rows.append((ends[-1], len(ends), self._number(fall.end), True))
        for x, row, text, is_right in rows:
            offset, side = (6, "left") if is_right else (-6, "right")
            where = {"xytext": (offset, 0), "textcoords": "offset points", "va": "center"}
            axes.annotate(text, (x, row), ha=side, fontsize=9, annotation_clip=False, **where)

    def _number(self, value: float) -> str:
        return f"{value:.1%}" if self.is_class else short_number(value)

    def _step(self, value: float) -> str:
        return f"{100 * value:+.1f}" if self.is_class else f"{value:+.3g}"

    def _axis_name(self, output: str) -> str:
        name, _, label = output.partition("=")
        if self.is_class and label:
            return f"probability of {in_picture(name)} = {in_picture(label)}"
        return in_picture(output, 40)

    def _title(self, number: int) -> tuple[str, str]:
        """The title of a waterfall, and what stands below it."""
        fall = self.falls[number]
        name, _, label = fall.output.partition("=") if self.is_class else (fall.output, "", "")
        if number:
            return (
                f"and the actual class, {in_picture(label)}: {self._number(fall.end)}",
                OF_ACTUAL,
            )
        said = f"{in_picture(label or name)}: {self._number(fall.end)}"
        if self.actual:
            said += f", actual {in_picture(self.actual)}"
        notes = [f"compared with {self.against}", self._about_steps(), self.note]
        note = ". ".join(filter(None, notes))
        if note != notes[0]:
            note = f"C{note[1:]}"
        return f"Row {self.row + 1}, {said}", note

    def _about_steps(self) -> str:
        """What the steps of a probability are, and why they leave 0 to 100% where they do."""
        if not self.is_class:
            return ""
        sums = np.concatenate([fall.start + np.cumsum(fall.steps) for fall in self.falls])
        passed = [
            end
            for end, is_passed in (("0", sums.min() < -PASSED), ("100%", sums.max() > 1 + PASSED))
            if is_passed
        ]
        return IN_POINTS + (MAY_PASS.format(end=" and ".join(passed)) if passed else "")


def _actual_of(only: Rows, target: Any) -> str:
    """What is true of the only row, "" where it is not known."""
    column = only.targets.get(target.name)
    if column is None or column.missing[0]:
        return ""
    truth = target.truth(column)[0]
    return label_text(truth) if isinstance(target, ClassTarget) else short_number(float(truth))


def _largest_first(every: Sequence[Contributions], most: int) -> list[int]:
    """The columns with a bar of their own, the largest contribution first.

    A single one that is left gets its own too: "1 other" would take as much room.
    """
    size = np.abs(every[0].values[0])
    order = np.argsort(-size, kind="stable")
    large = int(np.sum(size >= NEGLIGIBLE_STEP * size.max()))
    shown = min(most, large)
    return (order if shown >= len(order) - 1 else order[:shown]).tolist()


def _fall(found: Contributions, order: Sequence[int]) -> Fall:
    """The steps in that order, those of all other columns as one."""
    values = found.values[0]
    steps = values[order].tolist()
    if len(order) < len(values):
        steps.append(float(np.delete(values, order).sum()))
    return Fall(
        found.outputs[0], float(found.starts[0]), float(found.predictions[0]), np.array(steps)
    )


def _clipped(fall: Fall, target: Target) -> Fall:
    """With a last step to the range of a number that was seen in training, where it needs one."""
    if isinstance(target, ClassTarget) or target.low is None or target.high is None:
        return fall
    end = min(max(fall.end, target.low), target.high)
    if math.isclose(end, fall.end, rel_tol=1e-6):
        return fall
    return fall._replace(end=end, steps=np.append(fall.steps, end - fall.end))


def _label(only: Rows, column: str) -> str:
    cell = first_cell_text(only.columns[column], CELL_DIGITS)
    return f"{in_picture(column)} = {in_picture(cell, CELL_LETTERS)}"
