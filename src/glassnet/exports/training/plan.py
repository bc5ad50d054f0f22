"""What a program needs that repeats a training: rows, network, start, and the losses to expect."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glassnet.article import Program
from glassnet.core.network import Network, Parameters, leaves
from glassnet.errors import GlassnetError, OptionError, OptionRef, visible
from glassnet.models.conversion import as_model
from glassnet.models.model import Model, load
from glassnet.runs import layout
from glassnet.runs.open import RunFolder, open_run
from glassnet.tables.encoding import TableEncoding

MOST_WRITTEN_OUT = 5_000  # of a table that is written out
CHECKED = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # iterations whose losses are written out


class TrainingRows(NamedTuple):
    """The rows as the network has them: inputs N x D, targets N x K."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class TrainingPlan:
    """A training by gradient descent on all rows at once.

    Parameters
    ----------
    title : str
        What was trained, in one line that holds no character which would do something.
    encoding : TableEncoding
        What columns become, and outputs.
    network : Network
        What was trained.
    start : Parameters
        Where it began; biases at 0.
    seed, rng : int, str
        By which the start is drawn: "r" as R does, "numpy" as NumPy does.
    learning_rate : float
        The factor of the gradient in each step.
    iterations : int
        How many steps were made.
    rows : TrainingRows or None
        The rows, where they are to be written out.
    source : str
        The file that is read where they are not.
    losses : dict
        Iteration, from 1 -> the loss that it began with, of some of them and the last.
    parameters_sum : float
        All weights and biases after the last step, added up.
    """

    title: str
    encoding: TableEncoding
    network: Network
    start: Parameters
    seed: int
    rng: str
    learning_rate: float
    iterations: int
    rows: TrainingRows | None
    source: str
    losses: dict[int, float]
    parameters_sum: float


def training_plan(trained: Any, target: str, source: str | None) -> TrainingPlan:
    """How a model was trained, of a run of the article's program.

    Parameters
    ----------
    trained : path, RunFolder or Model
        A run folder of `glassnet demo`, its model, or what `train_article` gave.
    target : str
        What is to be written, for messages.
    source : str or None
        The file that the program reads; None: its rows are written out.

    Raises
    ------
    GlassnetError
        Naming what the program cannot repeat, and where the rows are not known, or are too many to
        be written out.
    """
    folder = _run_folder(trained)
    model = folder.model if folder is not None else _model(trained)
    options = dict(model.record.options)
    if folder is not None and folder.record.rng is not None:
        options["rng"] = folder.record.rng
    _check_repeatable(model, options, target)
    program = Program(
        options["hidden"],
        options["learning_rate"],
        model.network.bias,
        len(model.history["loss"]),
        options["seed"],
        options["rng"],
    )
    losses = model.history["loss"]
    checked = [t for t in (*CHECKED, *range(1000, len(losses), 1000)) if t < len(losses)]
    targets = ", ".join(one.name for one in model.encoding.targets)
    return TrainingPlan(
        title=visible(f"{targets} from {', '.join(model.encoding.needed)}: {model.network}"),
        encoding=model.encoding,
        network=model.network,
        start=program.start(model.network),
        seed=program.seed,
        rng=program.rng,
        learning_rate=program.learning_rate,
        iterations=program.iterations,
        rows=None if source is not None else _rows(folder, target),
        source=source or "",
        losses={t: float(losses[t - 1]) for t in (*checked, len(losses))},
        parameters_sum=float(sum(array.sum() for array in leaves(model.parameters))),
    )


def _run_folder(trained: Any) -> RunFolder | None:
    """The run folder of a path, where it is one."""
    if isinstance(trained, RunFolder):
        return trained
    if not isinstance(trained, (str, Path)):
        return None
    path = Path(trained)
    folder = path if path.is_dir() else path.parent
    is_model = path.is_dir() or path.name == layout.MODEL
    return open_run(path) if is_model and (folder / layout.RECORD).exists() else None


def _model(trained: Any) -> Model:
    return load(trained) if isinstance(trained, (str, Path)) else as_model(trained)


def _check_repeatable(model: Model, options: dict[str, Any], target: str) -> None:
    """Raises GlassnetError, naming the parts, unless it was trained as the article's network."""
    found: list[str] = []
    if len(model.members) > 1:
        found.append(f"{len(model.members)} networks")
    for name, wanted in [("optimizer", "gradient_descent"), ("loss", "sum_of_squares")]:
        if options.get(name, wanted) != wanted:
            found.append(f"{name}={options[name]!r}")
    for name in ("dropout", "l1", "l2", "decay"):
        if options.get(name):
            found.append(f"{name}={options[name]!r}")
    if options.get("schedule", "constant") != "constant":
        found.append(f"schedule={options['schedule']!r}")
    if not found and not {"rng", "seed", "hidden", "optimizer"} <= options.keys():
        found.append("a start and steps that it does not tell")
    if model.record.folded:
        found.append("scales of columns that were folded into the weights later")
    if not found and model.record.best_epochs != (len(model.history["loss"]),):
        found.append("weights that are not those of its last iteration")
    if found:
        raise GlassnetError(
            f"{target} repeats trainings of train_article and `glassnet demo`, by gradient descent "
            f"on all rows at once, and this model has {', '.join(found)}",
            remedy=[OptionRef("to", "python"), " holds the trained network itself"],
        )


def _rows(folder: RunFolder | None, target: str) -> TrainingRows:
    """The rows of a run. Raises OptionError where they are not known, or too many."""
    if folder is None:
        message = "a model does not hold the rows that it was trained on"
        remedy = "the CSV file that the program is to read, or export the run's folder"
        raise _needs_source(message, target, remedy)
    rows = folder.table_rows()
    x, y = np.asarray(rows.x), np.asarray(rows.y)
    if x.size + y.size > MOST_WRITTEN_OUT:
        message = f"the {len(x):,} rows are {x.size + y.size:,} numbers, too many to be written out"
        raise _needs_source(message, target, "the CSV file that the program is to read")
    return TrainingRows(x, y)


def _needs_source(message: str, target: str, remedy: str) -> OptionError:
    return OptionError(
        f"{target}: {message}",
        option="source",
        remedy=["give ", OptionRef("source", "rows.csv"), f", {remedy}"],
    )
