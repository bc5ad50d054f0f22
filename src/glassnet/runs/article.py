"""The article's training as an ordinary run on a table, with options, rows, scores and a record."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from glassnet import article
from glassnet.models.model import Model
from glassnet.models.record import AverageRow, Record
from glassnet.recipe.options import Options, ResolvedOptions
from glassnet.recipe.run import TableRun
from glassnet.recipe.scoring import score
from glassnet.runs.record import RunRecord, record_of
from glassnet.tables.arrays import table_of_array
from glassnet.tables.encoding import plain_encoding
from glassnet.training.run import Run


def article_table_run(run: Run, seed: int, engine: str) -> TableRun:
    """What `glassnet.article.train_article` gave, as a run on the article's table.

    Parameters
    ----------
    run : Run
        The training.
    seed : int
        The seed of its starting weights.
    engine : str
        The engine that was asked for.
    """
    n_rows = len(article.Y)
    target = article.TARGET_NAME
    options = _options(run, seed, engine)
    table = np.column_stack([article.X, article.Y])
    columns = table_of_array(table, [*article.INPUT_NAMES, target])
    record = Record(
        targets=(target,),
        options=asdict(options),
        engine=run.engine,
        best_epochs=(run.best_epoch,),
        best_losses=(float(run.history.loss[run.best_epoch - 1]),),
        average_row=AverageRow(tuple(np.mean(article.X, axis=0).tolist()), n_rows),
    )
    model = Model.of_network(
        article.article_network(),
        run.parameters,
        plain_encoding(article.INPUT_NAMES, [target]),
        history=run.history.table(),
        record=record,
    )
    output = model.output_of(np.array(article.X))
    no_rows = np.arange(0)
    return TableRun(
        model=replace(model, scores=score(model.encoding, output, columns)),
        runs=[run],
        options=options,
        columns=columns,
        row_numbers=np.arange(n_rows) + 1,
        rows={"train": np.arange(n_rows), "validation": no_rows, "holdout": no_rows},
        without_target=0,
    )


def article_record(done: TableRun, rng: str) -> RunRecord:
    """The record of a run of `glassnet demo`.

    Parameters
    ----------
    done : TableRun
        What `article_table_run` gave.
    rng : str
        Whose random numbers drew the starting weights: "r" or "numpy".
    """
    seed, iterations = done.options.seed, done.options.epochs
    command = ["demo", "--seed", str(seed), "--rng", rng, "--iterations", str(iterations)]
    return record_of(done, command, rng=rng)


def _options(run: Run, seed: int, engine: str) -> ResolvedOptions:
    """The options of the article's training; what it knows nothing of is as declared."""
    network = article.article_network()
    settled: dict[str, Any] = {
        "task": "regression",
        "draws": 0,
        "members": 1,
        "hidden": tuple(network.sizes[1:-1]),
        "activation": "sigmoid",
        "loss": network.loss.name,
        "optimizer": "gradient_descent",
        "learning_rate": article.LEARNING_RATE,
        "schedule": "constant",
        "batch_size": len(article.Y),
        "epochs": len(run.history.loss),
        "decay": 0.0,
        "dropout": 0.0,
        "seed": seed,
        "dtype": "float64",
        "engine": engine,
        "validation": 0.0,
        "holdout": 0.0,
        "bins": 0,
        "refit": False,
        "affine": True,
    }
    return ResolvedOptions(**{**vars(Options()), **settled})
