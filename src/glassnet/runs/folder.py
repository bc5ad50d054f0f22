"""What a run folder remembers of its run: the rows it was trained on, and the article's weights at any iteration."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassnet import article
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.models.model import Model
    from glassnet.models.rows import Rows

RECORD = "run.json"


def read_record(path: Path) -> dict[str, Any]:
    """The run.json of a run folder, or of the folder that a model file is in. Raises GlassnetError where there is none."""
    folder = path if path.is_dir() else path.parent
    if not (folder / RECORD).exists():
        raise GlassnetError(
            f"{path}: is not a run folder of `glassnet train`, so its rows are not known: give the TABLE too"
        )
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))


def rows_of_run(path: Path, model: "Model", table: str | None) -> "Rows":
    """The rows of a table, or where none is named those that the run in `path` was given. Raises GlassnetError."""
    from glassnet.models.rows import rows_of

    if table is not None:
        return rows_of(model, table)
    if is_demo(model):
        return rows_of(model, [list(row) for row in article.X], article.Y)
    return rows_of(model, record_with_table(path)["table"])


def record_with_table(path: Path) -> dict[str, Any]:
    """The record of a run whose table is still what it was. Raises GlassnetError where it is gone or was changed."""
    record = read_record(path)
    if record["table"] == "-":
        raise GlassnetError(
            f"{path}: was trained on standard input, which is gone: give the TABLE too"
        )
    if not Path(record["table"]).exists():
        raise GlassnetError(
            f"{record['table']}: the table of this run is not there any more: give the TABLE too"
        )
    if record.get("table_sha256") not in (None, sha256(record["table"])):
        raise GlassnetError(
            f"{record['table']}: was changed after this run: give the TABLE too, to use it as it is now"
        )
    return record


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file."""
    import hashlib

    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def is_demo(model: "Model") -> bool:
    """Whether the model is the article's, by `glassnet demo`."""
    return model.record.get("command") == "demo"


def at_iteration(model: "Model", iteration: int) -> "Model":
    """The article's model with the weights that an iteration (from 1) began with, by training again up to there.

    Raises GlassnetError on another model, and on an iteration that it did not come to.
    """
    from glassnet.cli.demo import start_of_article, train_article

    if not is_demo(model):
        raise GlassnetError(
            "--iteration is for a run of `glassnet demo`, whose every iteration can be repeated: leave it out"
        )
    last = model.record["iterations"]
    if not 1 <= iteration <= last:
        raise GlassnetError(f"--iteration {iteration}: the run has iterations 1 to {last}")
    seed, rng = model.record["seed"], model.record["rng"]
    if iteration == 1:
        return replace(model, parameters=start_of_article(seed, rng))
    return replace(
        model,
        parameters=train_article(seed, rng, iteration - 1, model.record["engine"])[1].parameters,
    )


def scored_rows(path: Path) -> list[int]:
    """The rows that the run in `path` was scored on, from 0 in its table: those held out, or else those trained on."""
    from glassnet.cli.console import read_column

    folder = path if path.is_dir() else path.parent
    return [int(row) - 1 for row in read_column(folder / "predictions.csv", "row")]


def path_of_run(path: Path, model: "Model", points: int) -> Any:
    """(epoch, parameters) along the training, by training once more. Raises GlassnetError where the run cannot be repeated."""
    if is_demo(model):
        from glassnet.cli.demo import train_article

        record = model.record
        return train_article(
            record["seed"], record["rng"], record["iterations"], record["engine"], points
        )[1].path
    from glassnet.recipe.options import options_from
    from glassnet.recipe.run import run_table

    record = record_with_table(path)
    return run_table(
        record["table"], record["target"], options_from(record["options"]), path_points=points
    ).path
