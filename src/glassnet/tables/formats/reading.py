"""What is given to reading text: the options, what a model knows, and the columns themselves."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from glassnet.tables.columns import Kind
from glassnet.tables.formats.cells import TextCells
from glassnet.tables.formats.known import Format


@dataclass(frozen=True)
class Learnt:
    """What a model knows of a column, by which new rows are read."""

    kind: Kind
    format: Format | None = None
    """None: it was not text when the model was trained, or the model's file does not say."""
    levels: tuple[str, ...] = ()
    """The categories or classes of a column of text."""


@dataclass(frozen=True)
class Reading:
    """How the text of a table is to be read.

    Parameters
    ----------
    missing : tuple of str, or None
        The texts that mean "missing" in a column of text, beside the empty cell; None: the usual
        ones. Among numbers those mean it in any case.
    decimal : {".", ","}, or None
        The decimal mark of columns that both fit.
    date_order : {"dmy", "mdy", "ymd"}, or None
        The order in dates that several fit.
    categories : collection of str
        Columns that keep their written form.
    targets : collection of str
        Columns that are to be predicted.
    learnt : mapping of str to Learnt, or None
        What the model knows of its columns; None: this is training.
    remedies : tuple of str
        The options that may be given in place of mending a cell.
    """

    missing: tuple[str, ...] | None = None
    decimal: str | None = None
    date_order: str | None = None
    categories: Collection[str] = ()
    targets: Collection[str] = ()
    learnt: Mapping[str, Learnt] | None = None
    remedies: tuple[str, ...] = ("missing", "categories", "ignore")


TRAINING = Reading()
"""Nothing is known and nothing was asked for."""


@dataclass
class TextColumn:
    """A column of text on its way.

    Parameters
    ----------
    name : str
    load : function
        Gives its distinct cells.
    plain : array of N numbers, or None
        Its cells, where they are plain numbers and were read at once.
    marks : set of str
        The texts in it that mean "missing" among numbers.
    """

    name: str
    load: Callable[[], TextCells]
    plain: np.ndarray | None = None
    marks: set[str] = field(default_factory=set)
    _cells: TextCells | None = None

    @property
    def cells(self) -> TextCells:
        """Its distinct cells, found when they are first asked for."""
        if self._cells is None:
            self._cells = self.load()
        return self._cells
