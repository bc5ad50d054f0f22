"""What a picture of `glassnet plot` is made from: the rows it needs, and its options settled.

Which pictures there are is `pictures.py`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows
    from glassnet.runs.open import RunFolder

PATH_POINTS = 40  # points of the training's path over the loss surface
GRADIENT_POINTS = 200  # points of the path at which the gradient is measured
MOST_FILM_POINTS = 2001  # points of the path that a film chooses from
FILM_NUMBERS = 8_000_000  # numbers that these hold together, at most
WEIGHTS_ALONE = ("olden", "garson")  # measures of importance that look at no row


@dataclass(frozen=True)
class Asked:
    """What a picture is made from.

    Attributes
    ----------
    model : Model
        The trained model.
    path : Path
        Its file, or the run folder that holds it.
    table : str or None
        The table whose rows are drawn; None: that of the run.
    options : dict
        The options that were given.
    """

    model: "Model"
    path: Path
    table: str | None
    options: dict[str, Any]

    @cached_property
    def run(self) -> "RunFolder":
        """The run folder that the model is in. Raises GlassnetError where it is in none."""
        from glassnet.runs.open import open_run

        return open_run(self.path)

    def rows(self) -> "Rows":
        """The rows of the table, or where none is named those that the run was given."""
        return self.all_rows

    @cached_property
    def all_rows(self) -> "Rows":
        """The same; they are read once."""
        if self.table is None:
            return replace(self.run.table_rows(), model=self.model)
        from glassnet.models.rows import rows_of

        return rows_of(self.model, self.table)

    def scored_rows(self) -> "Rows":
        """The rows of the table, or where none is named those that the run was scored on.

        The latter come with the model that never saw them.
        """
        if self.table is None:
            return self.run.scored_rows()
        return self.rows().with_targets()

    @cached_property
    def explained_rows(self) -> "Rows":
        """The rows, with the model of the run that a row of it is to be explained by."""
        from glassnet.cli.wording import in_flags
        from glassnet.runs.explained_rows import model_for

        which, number = self.options.get("which"), self.options.get("row", 1)
        if self.table is not None and which is None:
            return self.rows()
        numbers = (number,) if self.table is None else ()
        return replace(self.rows(), model=model_for(self.run, numbers, which, in_flags).model)

    @property
    def unseen_note(self) -> str:
        """What a picture of a row says where the model that it was held out of is shown."""
        row, run = self.options.get("row", 1), self.run
        in_holdout = row - 1 in run.rows.get("holdout", ())
        unseen = self.explained_rows.model is not run.model or not run.model.record.refit
        return "By the model that had not seen this row." if in_holdout and unseen else ""


def no_rows(_: Asked) -> None:
    """For a picture that needs no rows."""


def known_rows(asked: Asked) -> "Rows":
    """The rows whose targets are known."""
    return asked.rows().with_targets()


def importance_rows(asked: Asked) -> "Rows | None":
    """The scored rows, where the measure looks at rows at all."""
    return None if asked.options.get("method") in WEIGHTS_ALONE else asked.scored_rows()


def with_which_rows(asked: Asked) -> dict[str, Any]:
    """The options, and what the scored rows are, where importance is measured on them."""
    if asked.table is not None or asked.options.get("method") in WEIGHTS_ALONE:
        return asked.options
    unseen = asked.run.record.scored_on == "holdout"
    return asked.options | {"which_rows": "held-out rows" if unseen else "rows trained on"}


def with_row_numbers(asked: Asked) -> dict[str, Any]:
    """The options, and the numbers that the scored rows have in the run's table."""
    if asked.table is not None:
        return asked.options
    return asked.options | {"numbers": asked.run.rows[asked.run.record.scored_on] + 1}


def chosen_row(asked: Asked) -> "Rows | None":
    """The rows, where one of them is to be shown in the network."""
    options = asked.options
    of_a_row = "row" in options or "backward" in options or asked.table is not None
    return asked.explained_rows if of_a_row else None


def as_given(asked: Asked) -> dict[str, Any]:
    """The options as they were given."""
    return asked.options


def from_0(asked: Asked) -> dict[str, Any]:
    """The options with layer, member and row counted from 0.

    Raises GlassnetError on one that is not there.
    """
    hidden_layers = len(asked.model.members[0].network.sizes) - 2
    counts = {
        "layer": (hidden_layers, "hidden layers"),
        "member": (len(asked.model.members), "members"),
    }
    options = dict(asked.options)
    for name, (count, things) in counts.items():
        if name in options:
            if not 1 <= options[name] <= count:
                raise GlassnetError(
                    f"--{name} {options[name]}: the model's {things} are 1 to {count}"
                )
            options[name] -= 1
    if "row" in options:
        options["row"] = row_from_0(asked)
    return options


def row_from_0(asked: Asked) -> int:
    """The row that was asked for, from 0. Raises GlassnetError where there is no such row."""
    row, N = asked.options["row"], len(asked.all_rows)
    if not 1 <= row <= N:
        raise GlassnetError(f"--row {row}: the table has rows 1 to {N}")
    return row - 1


def of_a_row(asked: Asked) -> dict[str, Any]:
    """The options of a picture of one row, and a note where its model had not seen it."""
    options = from_0(asked)
    options.pop("which", None)
    shows_row = chosen_row(asked) is not None
    note = asked.unseen_note if shows_row and asked.table is None else ""
    return options | ({"note": note} if note else {})


def one_column(asked: Asked) -> dict[str, Any]:
    """The options with one column. Raises GlassnetError where several are given."""
    options = dict(asked.options)
    columns = options.pop("columns", ())
    if len(columns) > 1:
        raise GlassnetError(f"--column is given {len(columns)} times: this picture is of one")
    return options | ({"column": columns[0]} if columns else {})


def rows_of_every_part(asked: Asked) -> "Rows":
    """All rows; where no table is named, as the model sees them that the run was scored with."""
    if asked.table is None:
        return asked.run.source.rows(asked.run.scored_model)
    return asked.rows().with_targets()


def with_parts(asked: Asked) -> dict[str, Any]:
    """The options, and what the rows of the run were to its training."""
    return asked.options | ({"parts": asked.run.rows} if asked.table is None else {})


def with_path(asked: Asked) -> dict[str, Any]:
    """The path of the training, where its rows are those of the run."""
    return {"path": asked.run.training_path(PATH_POINTS) if asked.table is None else ()}


def with_film(asked: Asked) -> dict[str, Any]:
    """The options, and so many points of the training's path as there are epochs or room for."""
    size = asked.model.n_parameters
    points = max(PATH_POINTS, min(MOST_FILM_POINTS, FILM_NUMBERS // size))
    return asked.options | _path_and_step(asked, points)


def with_gradient_path(asked: Asked) -> dict[str, Any]:
    """The path of the training, where its rows are those of the run."""
    return _path_and_step(asked, GRADIENT_POINTS)


def _path_and_step(asked: Asked, points: int) -> dict[str, Any]:
    """The path with what it counts: iterations where all rows are one batch; {} of a table."""
    if asked.table is not None:
        return {}
    run = asked.run
    rows, batch_size = sum(run.record.rows.values()), run.options.batch_size
    is_whole = batch_size is not None and batch_size >= rows
    step = {"step": "iteration"} if is_whole else {}
    return {"path": run.training_path(points), **step}
