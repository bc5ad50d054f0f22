"""Where a run's rows come from, and how it is trained once more: by the recipe or the article.

What sets a run of `glassnet demo` apart is in `ArticleSource`; no other room asks which command
made a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from glassnet import article
from glassnet.core.network import Parameters
from glassnet.errors import (
    GlassnetError,
    Message,
    OptionError,
    OptionRef,
    TableError,
    option_error,
    visible,
)
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of
from glassnet.recipe.run import run_table
from glassnet.runs.record import RunRecord, sha256
from glassnet.training.run import Run

GIVE_TABLE: Message = ["give the ", OptionRef("table"), " too"]
"""The remedy where the rows of a run are not known any more."""


class Source(Protocol):
    """What can be asked of where a run came from."""

    def rows(self, model: Model) -> Rows:
        """The rows of the run's table, as the model sees them."""
        ...

    def training_path(self, model: Model, points: int) -> Sequence[tuple[int, Parameters]]:
        """(epoch, parameters) at about so many points of the training, by training once more."""
        ...

    def parameters_before(self, model: Model, iteration: int) -> Parameters:
        """The parameters that an iteration (from 1) began with."""
        ...


@dataclass(frozen=True)
class TableSource:
    """A table in a file, trained on by `glassnet train` or from Python."""

    record: RunRecord

    def __repr__(self) -> str:
        table = self.record.table or "the article's table or one that was no file"
        return visible(f"<glassnet {type(self).__name__}: {table}>")

    def rows(self, model: Model) -> Rows:
        """The rows of the table. Raises GlassnetError where it is gone or was changed."""
        return rows_of(model, self._unchanged_table())

    def training_path(self, model: Model, points: int) -> Sequence[tuple[int, Parameters]]:
        """The path of the training. Raises GlassnetError where the table is gone or was changed."""
        table, options = self._unchanged_table(), self.record.options.as_options()
        if options.draws:
            raise GlassnetError(
                "the run's members have several settings, so that they are no one network whose "
                "path could be drawn"
            )
        teacher = self.record.teacher_file
        if self.record.teacher and teacher is None:
            raise GlassnetError(
                f"the run had a teacher that was not a file ({self.record.teacher}), so its "
                "training cannot be repeated"
            )
        done = run_table(table, self.record.target, options, path_points=points, teacher=teacher)
        return done.path

    def parameters_before(self, model: Model, iteration: int) -> Parameters:
        """Raises GlassnetError: only the article's training is repeated iteration by iteration."""
        raise OptionError(
            [
                OptionRef("iteration"),
                " is for a run of `glassnet demo`, whose every iteration can be repeated",
            ],
            option="iteration",
            value=iteration,
            remedy="leave it out",
        )

    def _unchanged_table(self) -> str:
        """The path of the table. Raises GlassnetError where the file is not what it was."""
        table, digest = self.record.table, self.record.table_sha256
        if table is None or not self.record.has_table_file:
            where = "standard input" if self.record.table else "a table that was not a file"
            message = f"the run was trained on {where}, which is gone"
            raise TableError(message, remedy=GIVE_TABLE)
        if not Path(table).exists():
            message = "the table of this run is not there any more"
            raise TableError(message, file=table, remedy=GIVE_TABLE)
        if digest not in (None, sha256(table)):
            remedy = [*GIVE_TABLE, ", to use it as it is now"]
            raise TableError("was changed after this run", file=table, remedy=remedy)
        return table


@dataclass(frozen=True, repr=False)
class ArticleSource(TableSource):
    """The article's table or the user's, trained on by `glassnet demo`.

    All of the training can be repeated from a seed.
    """

    def rows(self, model: Model) -> Rows:
        """The article's four rows, or those of the table as in `TableSource`."""
        if self.record.table is None:
            return rows_of(model, [list(row) for row in article.X], article.Y)
        return super().rows(model)

    def training_path(self, model: Model, points: int) -> Sequence[tuple[int, Parameters]]:
        """The path of the training. Raises GlassnetError as `rows` does."""
        return self._train(model, self.record.epochs_run, points).path

    def parameters_before(self, model: Model, iteration: int) -> Parameters:
        """The weights that an iteration began with.

        Raises GlassnetError on an iteration that the run did not reach, and as `rows` does.
        """
        last = self.record.epochs_run
        if not 1 <= iteration <= last:
            raise option_error(
                "iteration", f"must be from 1 to {last}, those of the run", iteration
            )
        if iteration == 1:
            return self._program(iteration).start(model.network)
        return self._train(model, iteration - 1).parameters

    def _program(self, iterations: int) -> article.Program:
        options = self.record.options
        return article.Program(
            learning_rate=options.learning_rate,
            iterations=iterations,
            seed=options.seed,
            rng=self.record.rng or "r",
        )

    def _train(self, model: Model, iterations: int, points: int | None = None) -> Run:
        rows, program = self.rows(model), self._program(iterations)
        return program.run(
            model.network, rows.x, rows.y, engine=self.record.engine, path_points=points
        )


SOURCES: dict[str, type[TableSource] | type[ArticleSource]] = {
    "train": TableSource,
    "demo": ArticleSource,
}
"""The source of a run by the command that made it."""


def source_of(record: RunRecord) -> Source:
    """Where the run of a record came from. Raises GlassnetError where its command is unknown."""
    command = record.command[0] if record.command else ""
    if command not in SOURCES:
        raise GlassnetError(f"a run of an unknown command: '{command}'")
    return SOURCES[command](record)
