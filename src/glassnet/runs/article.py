"""The article's program as an ordinary run on a table: options, rows, scores and a record.

The program itself is `glassnet/article.py`, how it reads a table `article_table.py`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from glassnet import article
from glassnet.article import Program
from glassnet.core.network import Parameters
from glassnet.errors import warn_of
from glassnet.models.model import Model
from glassnet.models.record import AverageRow, Record
from glassnet.models.rows import Rows
from glassnet.recipe.options import Options, ResolvedOptions, options_from
from glassnet.recipe.run import TableRun, check_useful
from glassnet.recipe.scoring import score
from glassnet.runs.article_notices import article_notices
from glassnet.runs.article_table import read_article_table
from glassnet.runs.record import RunRecord, record_of
from glassnet.settings import checked_flag
from glassnet.tables.arrays import table_of_array
from glassnet.tables.columns import Table
from glassnet.tables.encoding import TableEncoding, plain_encoding
from glassnet.training.run import Progress


@dataclass(frozen=True, eq=False)
class ArticleRun:
    """A run of the article's program.

    Parameters
    ----------
    program : Program
        What it was run with.
    start : Parameters
        The starting weights.
    done : TableRun
        The run.
    rows : Rows
        All rows of its table, beside the trained model.
    scaled : bool
        Whether numbers were scaled to 0 to 1.
    """

    program: Program
    start: Parameters
    done: TableRun
    rows: Rows
    scaled: bool = False


def train_article(
    table: Any,
    target: str | Sequence[str],
    *,
    hidden: int | Sequence[int] = article.HIDDEN,
    learning_rate: float = article.LEARNING_RATE,
    bias: bool = False,
    iterations: int = article.ITERATIONS,
    seed: int = 1,
    rng: str = "r",
    ignore: Sequence[str] = (),
    scale: bool = False,
    engine: str = "auto",
    progress: Progress | None = None,
) -> Model:
    """The article's program on a table: what ``glassnet demo TABLE --target`` runs.

    Sigmoids, the sum of squares, gradient descent on all rows at once, weights that begin uniform
    between 0 and 1. Nothing is scaled unless asked for: numbers are taken as they are, text becomes
    a column of 0 and 1 for each category. `train_table` trains the network that is of use.

    Parameters
    ----------
    table : path, data frame or dict of columns
        As in `train_table`. No cell may be missing.
    target : str or sequence of str
        The columns to predict. Of two classes the second is 1, of more each has an output.
    hidden : int or sequence of int
        Nodes of each hidden layer.
    learning_rate : float
        The factor of the gradient in each step.
    bias : bool
        Whether the nodes have biases, which begin at 0.
    iterations : int
        How many times to feed forward, backpropagate and update.
    seed : int
        Seed of the starting weights.
    rng : {"r", "numpy"}
        Whose random numbers draw them: as R after ``set.seed(seed)``, or NumPy's.
    ignore : sequence of str
        Columns that are not to be inputs.
    scale : bool
        Whether each column of numbers, targets too, becomes (x - smallest) / (largest - smallest),
        which the article does not do. Predictions are in the target's unit all the same.
    engine, progress
        As in `glassnet.train`.

    Returns
    -------
    Model
        Its predictions are those after the last update. It warns (GlassnetWarning) of saturated
        sigmoids and of targets that a sigmoid cannot reach.

    Raises
    ------
    GlassnetError
        Naming column and row of a missing cell, and a column that is neither numbers nor a few
        categories; on options out of range.

    Examples
    --------
    >>> table = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "x3": [1, 1, 1, 1], "y": [0, 1, 1, 0]}
    >>> train_article(table, "y").predict(table).round(3)
    array([0.018, 0.98 , 0.976, 0.024])
    """
    program = Program(hidden, learning_rate, bias, iterations, seed, rng)
    run = run_on_table(program, table, target, ignore, scale, engine, progress)
    check_useful(run.done)
    warn_of(run.done.notices)
    return run.done.model


def run_on_table(
    program: Program,
    table: Any,
    target: str | Sequence[str],
    ignore: Sequence[str] = (),
    scale: bool = False,
    engine: str = "auto",
    progress: Progress | None = None,
) -> ArticleRun:
    """Run the program on a table of the user's; the parameters are those of `train_article`."""
    asked = options_from({"ignore": ignore})
    columns, encoding = read_article_table(table, target, asked, checked_flag("scale", scale))
    return _run(program, columns, encoding, engine, progress, asked.ignore, scale)


def run_on_article(program: Program, engine: str = "auto") -> ArticleRun:
    """Run the program on the article's own table."""
    target = article.TARGET_NAME
    cells = np.column_stack([article.X, article.Y])
    columns = table_of_array(cells, [*article.INPUT_NAMES, target])
    return _run(program, columns, plain_encoding(article.INPUT_NAMES, [target]), engine)


def _run(
    program: Program,
    columns: Table,
    encoding: TableEncoding,
    engine: str,
    progress: Progress | None = None,
    ignore: Sequence[str] = (),
    scaled: bool = False,
) -> ArticleRun:
    network = program.network(len(encoding.features), len(encoding.outputs))
    x, y = encoding.encode_inputs(columns), encoding.encode_targets(columns)
    run = program.run(network, x, y, engine=engine, progress=progress)
    if not len(run.history.loss):
        raise KeyboardInterrupt  # it came before anything was learnt
    options = _options(program, encoding, len(x), len(run.history.loss), engine, ignore)
    targets = tuple(target.name for target in encoding.targets)
    record = Record(
        targets=targets,
        options={**asdict(options), "rng": program.rng},
        engine=run.engine,
        best_epochs=(run.best_epoch,),
        best_losses=(float(run.history.loss[run.best_epoch - 1]),),
        average_row=AverageRow(tuple(x.mean(axis=0).tolist()), len(x)),
    )
    model = Model.of_network(
        network, run.parameters, encoding, history=run.history.table(), record=record
    )
    model = replace(model, scores=score(encoding, model.output_of(x), columns))
    rows = Rows(model, columns.select(encoding.needed), columns.select(targets))
    start = program.start(network)
    done = TableRun(
        model=model,
        runs=[run],
        options=options,
        columns=columns,
        row_numbers=np.arange(len(x)) + 1,
        rows={"train": np.arange(len(x)), "validation": np.arange(0), "holdout": np.arange(0)},
        without_target=0,
        notices=(*columns.notices, *article_notices(rows, start, scaled)),
    )
    return ArticleRun(program, start, done, rows, scaled)


def article_record(run: ArticleRun, table: str | None = None) -> RunRecord:
    """The record of a run of `glassnet demo`.

    Parameters
    ----------
    run : ArticleRun
        The run.
    table : str, optional
        The path of its table; "-" for standard input; None for the article's own.
    """
    program, options = run.program, run.done.options
    command = ["demo"]
    if table is not None:
        command.append(table)
        for name in run.done.model.record.targets:
            command += ["--target", name]
    for name in options.ignore:
        command += ["--ignore", name]
    command += ["--seed", str(program.seed), "--rng", program.rng]
    command += ["--iterations", str(options.epochs)]
    if program.hidden != article.HIDDEN:
        command += ["--hidden", ",".join(map(str, program.hidden))]
    if program.learning_rate != article.LEARNING_RATE:
        command += ["--learning-rate", str(program.learning_rate)]
    if program.bias:
        command.append("--bias")
    if run.scaled:
        command.append("--scale")
    record = record_of(run.done, command, table, rng=program.rng)
    if run.done.ended == "interrupted":  # whoever stopped it is in a hurry
        return record
    return replace(record, assessment=run.done.assessment)


def _options(
    program: Program,
    encoding: TableEncoding,
    rows: int,
    epochs: int,
    engine: str,
    ignore: Sequence[str],
) -> ResolvedOptions:
    """The options of the article's training; what it knows nothing of is as declared."""
    settled: dict[str, Any] = {
        "task": encoding.task,
        "draws": 0,
        "members": 1,
        "hidden": program.hidden,
        "activation": "sigmoid",
        "loss": "sum_of_squares",
        "optimizer": "gradient_descent",
        "learning_rate": program.learning_rate,
        "schedule": "constant",
        "batch_size": rows,
        "epochs": epochs,
        "decay": 0.0,
        "dropout": 0.0,
        "seed": program.seed,
        "dtype": "float64",
        "engine": engine,
        "validation": 0.0,
        "holdout": 0.0,
        "bins": 0,
        "refit": False,
        "affine": True,
        "ignore": tuple(ignore),
    }
    return ResolvedOptions(**{**vars(Options()), **settled})
