"""What an explanation begins with: the prediction in the table's words, and what came of what.

Plain data, as `parts.py` is, of which it is the first part; `summarize.py` makes it. Sentences are
made here once, so that text, Markdown, pages and JSON say the same.
"""

from dataclasses import dataclass

from glassnet.notation.numerals import Value


@dataclass(frozen=True)
class ColumnContribution:
    """What one column contributed to a prediction, against the average row.

    `cell` is as it would stand in the table; `value` in the unit of the prediction, or of a
    probability. `pull`, of a class that is wrong: how much more (or less) it contributed to the
    predicted class's probability than to the actual one's.
    """

    column: str
    cell: str
    value: float
    pull: float | None = None


@dataclass(frozen=True)
class TargetSummary:
    """A row's prediction of one target in the table's words, and what its columns contributed.

    `contributions` are sorted, the largest first, and add up to `value` - `start`: both of `output`
    ("miles_per_gallon", "probability of Adelie"), `start` for the average row. There are none
    where no average is known. All of them are to be shown with so many `decimals`, a probability as
    percentage points with `shown_decimals`.
    """

    target: str
    sentence: str
    """As "predicted mpg 26.0; actual 21.0: 5.0 too high"."""
    predicted: Value
    actual: Value
    """None where it is not known."""
    right: bool | None
    """Of a class whose actual one is known: whether it is that."""
    output: str
    value: float
    """Of a number, before it is clipped to the range seen in training."""
    start: float
    contributions: tuple[ColumnContribution, ...]
    decimals: int
    heading: str
    """What the contributions are, from where to where."""
    pulled: str
    """Which columns pulled a wrong prediction there; "" where nothing is known to be wrong."""
    method: str
    """How contributions are worked out, and what they do not tell."""
    clipped: str = ""
    """Of a number that is clipped to the range seen in training: that it is, and what it was."""

    @property
    def in_points(self) -> bool:
        """Whether the contributions are to a probability, and shown as percentage points."""
        return self.output != self.target

    @property
    def shown_decimals(self) -> int:
        """With how many decimals contributions are shown, in points or in the target's unit."""
        return max(0, self.decimals - 2) if self.in_points else self.decimals

    def shown(self, contribution: float) -> float:
        """A contribution as it is shown: in points or in the target's unit."""
        return 100 * contribution if self.in_points else contribution

    @property
    def whole_sentence(self) -> str:
        """The sentence, and that the number is clipped where it is."""
        return f"{self.sentence} ({self.clipped})" if self.clipped else self.sentence


@dataclass(frozen=True)
class Changed:
    """A number or a cell before and after; `name` is its column's, input's or output's."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True)
class WhatIf:
    """What comes of a row some of whose cells are changed.

    Parameters
    ----------
    cells : the columns whose cells were changed, as they would stand in the table.
    inputs : the network's inputs that changed with them.
    summary : the changed row's, one for each target, as `RowForward.summary`.
    contributions : for each target the contributions before and after, both to what was predicted
        before; the largest change first.
    sentences : what changed, a sentence for each target.
    notes : what a reader should know of the changes.
    """

    cells: tuple[Changed, ...]
    inputs: tuple[Changed, ...]
    summary: tuple[TargetSummary, ...]
    contributions: tuple[tuple[Changed, ...], ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...] = ()
