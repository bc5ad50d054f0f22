"""A model asked about the rows of a table: block by block, with warnings, as whatever is wanted.

How a table becomes blocks is `blocks.py`, what outputs say `decoding.py`, intervals and sets
`conformal.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.errors import GlassnetError, warn_of
from glassnet.models.blocks import encoded_blocks
from glassnet.models.conformal import Residuals, check_coverage, class_sets, intervals
from glassnet.models.decoding import (
    comparable_numbers,
    named_columns,
    predictions,
    probabilities,
)
from glassnet.models.ensemble import Member, ensemble_predictor
from glassnet.models.kept import beside, kept_columns
from glassnet.models.notices import Reach, notices_of_reach, reach_of
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.read import read_table

Finish = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""What is made of the outputs, N x K, of encoded inputs, N x D: N rows."""

BLOCK = 4_000_000  # numbers at work while a block of rows is predicted: 32 MB in float64


@dataclass(frozen=True, eq=False)
class TablePredictor:
    """What a model says of the rows of a table; `Model` explains each method.

    Parameters
    ----------
    encoding : TableEncoding
        The way into the networks and back out of them.
    members : tuple of Member
        The networks that vote.
    residuals : tuple of Residuals
        Of each target; () where they are not known.
    """

    encoding: TableEncoding
    members: tuple[Member, ...]
    residuals: tuple[Residuals, ...] = ()

    def predict(self, table: Any, missing_columns: bool) -> np.ndarray:
        """`Model.predict`."""
        return self._within_reach(
            table, lambda output, _: predictions(self.encoding, output), missing_columns
        )

    def predict_proba(self, table: Any, missing_columns: bool) -> np.ndarray:
        """`Model.predict_proba`."""
        if self.encoding.task == "regression":
            raise GlassnetError(
                "only a classification model gives probabilities; this one predicts numbers"
            )
        return self._by_block(
            table, lambda output, _: probabilities(self.encoding, output), missing_columns
        )

    def predict_members(self, table: Any, missing_columns: bool) -> np.ndarray:
        """`Model.predict_members`."""
        predictors = [ensemble_predictor([member]) for member in self.members]

        def numbers(_: np.ndarray, x: np.ndarray) -> np.ndarray:
            found = [comparable_numbers(self.encoding, predict(x)) for predict in predictors]
            return np.stack(found, axis=1)  # N x M x C

        found = self._by_block(table, numbers, missing_columns).swapaxes(0, 1)
        return found[:, :, 0] if found.shape[2] == 1 else found

    def predict_interval(self, table: Any, coverage: float, missing_columns: bool) -> np.ndarray:
        """`Model.predict_interval`."""
        check_coverage("coverage", coverage, self.residuals, self.encoding)
        found = self._by_block(table, partial(self._intervals, coverage), missing_columns)
        return found if len(self.encoding.targets) > 1 else found[:, 0]

    def predict_set(self, table: Any, coverage: float, missing_columns: bool) -> np.ndarray:
        """`Model.predict_set`."""
        check_coverage("coverage", coverage, self.residuals, self.encoding, sets=True)
        output = self.output(table, missing_columns)
        found = class_sets(self.encoding, self.residuals, output, coverage)
        return np.stack(found, axis=1) if len(found) > 1 else found[0]

    def predict_columns(
        self,
        table: Any,
        keep: str | Sequence[str],
        missing_columns: bool,
        interval: float | None,
        label_set: float | None,
    ) -> dict[str, list[Any]]:
        """`Model.predict_columns`."""
        self.check_coverages(interval, label_set)
        if keep and isinstance(table, (str, Path)):
            table = read_table(table)
        kept = kept_columns(table, keep) if keep else {}
        found = self._within_reach(table, partial(self._with_intervals, interval), missing_columns)
        return beside(kept, self._named(found, interval, label_set))

    def check_coverages(self, interval: float | None, label_set: float | None) -> None:
        """Raises GlassnetError where intervals or sets of these coverages cannot be given."""
        if interval is not None:
            check_coverage("interval", interval, self.residuals, self.encoding)
        if label_set is not None:
            check_coverage("label_set", label_set, self.residuals, self.encoding, sets=True)

    def predict_rows(
        self,
        columns: Table,
        beyond: list[np.ndarray],
        interval: float | None = None,
        label_set: float | None = None,
    ) -> dict[str, list[Any]]:
        """The named columns of some rows of a table, with all columns that are needed.

        What is to be said of them is not; how many outputs of each block reach too far is added to
        `beyond` (see `notices_of_reach`).
        """
        finish = partial(self._with_intervals, interval)
        found = self._by_block(columns, self._counting(finish, beyond), missing_columns=False)
        return self._named(found, interval, label_set)

    def _named(
        self, found: np.ndarray, interval: float | None, label_set: float | None
    ) -> dict[str, list[Any]]:
        """What `_with_intervals` gives, as named columns."""
        output = found[:, : self.members[0].network.sizes[-1]]
        ends = sets = None
        if interval is not None:
            ends = found[:, output.shape[1] :].reshape(len(found), -1, 2)  # N x targets x 2
        if label_set is not None:
            sets = class_sets(self.encoding, self.residuals, output, label_set)
        return named_columns(self.encoding, output, ends, sets)

    def output(self, table: Any, missing_columns: bool) -> np.ndarray:
        """`Model.output`."""
        return self._by_block(table, lambda output, _: output, missing_columns)

    def output_of(self, x: np.ndarray) -> np.ndarray:
        """`Model.output_of`."""
        inputs = self.members[0].network.sizes[0]
        if x.ndim != 2 or x.shape[1] != inputs:
            raise GlassnetError(f"x has shape {x.shape}, but the network needs N x {inputs}")
        return np.asarray(self._predict_encoded(np.ascontiguousarray(x, np.float64)), np.float64)

    @cached_property
    def _predict_encoded(self) -> Callable[[np.ndarray], np.ndarray]:
        return ensemble_predictor(self.members)

    @cached_property
    def _rows_of_block(self) -> int:
        """How many rows are predicted at a time.

        At work are up to four copies of a row's features and two of its nodes.
        """
        nodes = max(sum(member.network.sizes) for member in self.members)
        return max(1, BLOCK // (4 * self.members[0].network.sizes[0] + 2 * nodes))

    @cached_property
    def _reach(self) -> Reach | None:
        return reach_of(self.encoding)

    def _by_block(self, table: Any, finish: Finish, missing_columns: bool) -> np.ndarray:
        """What `finish` makes of a table's rows, block by block."""
        encoded = encoded_blocks(self.encoding, table, self._rows_of_block, missing_columns)
        blocks = [finish(self.output_of(x), x) for x in encoded]
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)

    def _within_reach(self, table: Any, finish: Finish, missing_columns: bool) -> np.ndarray:
        """`_by_block`, with a warning where many predictions are held to the range trained on."""
        beyond: list[np.ndarray] = []
        finished = self._by_block(table, self._counting(finish, beyond), missing_columns)
        if beyond:
            warn_of(notices_of_reach(self.encoding, beyond, len(finished)))
        return finished

    def _counting(self, finish: Finish, beyond: list[np.ndarray]) -> Finish:
        """`finish`, which adds to `beyond` how many of a block's outputs reach too far."""
        reach = self._reach
        if reach is None:
            return finish

        def count_and_finish(output: np.ndarray, x: np.ndarray) -> np.ndarray:
            found = reach.beyond(output)
            if found is not None:
                beyond.append(found)
            return finish(output, x)

        return count_and_finish

    def _intervals(self, coverage: float, output: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Intervals for outputs, N x K, of encoded inputs, N x D: N x targets x 2."""
        ends = intervals(self.encoding, self.residuals, x, output, coverage)
        if self.members[0].network.output.name == "exponential":  # no true number is below 0
            ends = np.maximum(ends, 0.0)
        return ends

    def _with_intervals(
        self, coverage: float | None, output: np.ndarray, x: np.ndarray
    ) -> np.ndarray:
        """Outputs, N x K, and beside them the ends of the intervals where they are asked for."""
        if coverage is None:
            return output
        ends = self._intervals(coverage, output, x).reshape(len(x), -1)
        return np.concatenate([output, ends], axis=1)
