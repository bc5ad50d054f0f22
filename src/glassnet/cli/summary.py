"""What `glassnet train` prints: table, network, scores, some rows, and what to do next."""

import shlex
from pathlib import Path

import numpy as np

from glassnet.cli.assessment import print_assessment, print_sentences
from glassnet.cli.console import number, print_table
from glassnet.cli.show import print_columns, print_scores
from glassnet.cli.terminal import say
from glassnet.models.model import Model
from glassnet.recipe.options import Options
from glassnet.recipe.run import TableRun
from glassnet.runs.record import RunRecord, trained_on
from glassnet.tables.targets import ClassTarget

SHOWN_ROWS = 8  # predicted rows; predictions.csv has all


def print_run(source: Path, asked: Options, done: TableRun, record: RunRecord, out: Path) -> None:
    """Print everything about a run that has just been written.

    Parameters
    ----------
    source : Path
        The table.
    asked : Options
        The options as they were asked for.
    done : TableRun
        The run.
    record : RunRecord
        Its record.
    out : Path
        Its folder.
    """
    holdout = done.scored_part == "holdout"
    say(f"{source.name}: {_counted(done)}")
    print_columns(done.model)
    found = "" if asked.task else " (found from the target; --task overrides)"
    say(f"Task: {done.model.encoding.task}{found}")
    say(f"Network: {done.model.shape}")
    say(f"Training: {_training(done)}")
    tried = done.model.record.tried
    drawn = done.options.draws
    if len(tried) > 1 + drawn:
        searched = "; ".join(map(str, tried[: len(tried) - drawn]))
        say(f"Settings tried, with the loss of the rows left out: {searched}")
    if drawn:
        kept = sum(one.kept for one in tried[-drawn:])
        say(f"Settings drawn: {drawn}; those that predict the rows left out best together: {kept}")
    for one in done.model.record.mixture:
        say(f"  {one.vote:.3f} of the votes: {one.members} members, {one.settings}")
    say(f"The run {done.diagnosis}{_kept_epochs(done.model)}.")
    scored = "the held-out rows" if holdout else "the rows trained on (none were held out)"
    assessment = record.assessment
    if assessment is not None:
        print_sentences(assessment.headline)
    print_scores(done.model, f"Scores on {scored}", record)
    say(f"The scores are of {done.model.record.scores_of}.")
    if assessment is not None:
        print_assessment(assessment)
    which = "Held-out" if holdout else "Trained"
    print_predictions(done, f"{which} rows, predicted against actual")
    print_files(out)
    shown = shlex.quote(str(out))
    say(f"Next: glassnet predict {shown} NEW_ROWS.csv   or   glassnet show {shown}")


def print_files(out: Path) -> None:
    """Print the names of the files in a run folder."""
    say(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))


def print_predictions(done: TableRun, title: str) -> None:
    """Print some of the scored rows, evenly spread, with a probability.

    Of two classes it is that of the second, of more that of the predicted one.
    """
    table = done.predictions
    columns = {name: table[name] for name in table if not name.startswith("probability")}
    probabilities = [table[name] for name in table if name.startswith("probability")]
    target = done.model.encoding.targets[0]
    if isinstance(target, ClassTarget) and len(done.model.encoding.targets) == 1:
        if len(target.labels) == 2:
            columns[f"probability_{target.label_texts[1]}"] = probabilities[1]
        else:
            columns["probability"] = [max(row) for row in zip(*probabilities, strict=True)]
    n_rows = len(table["row"])
    rows = np.unique(np.rint(np.linspace(0, n_rows - 1, min(SHOWN_ROWS, n_rows))).astype(int))
    cells = [[number(column[row]) for column in columns.values()] for row in rows]
    print_table(list(columns), cells, title)


def _counted(done: TableRun) -> str:
    """How many rows did what."""
    rows = {part: len(numbers) for part, numbers in done.rows.items()}
    text = (
        f"{sum(rows.values())} rows ({rows['train']} train, {rows['validation']} validation, "
        f"{rows['holdout']} held out)"
    )
    if done.without_target:
        text += f", {done.without_target} rows without a target left out"
    return text


def _training(done: TableRun) -> str:
    """The optimizer, how long it went on, on which rows, and the engine."""
    model, run = done.model, done.runs[0]
    text = (
        f"{done.options.optimizer}, {len(model.history['epoch'])} epochs "
        f"of {run.history.batches} updates"
    )
    if len(model.members) > 1:
        text += f", each member on {trained_on(model)}"
    if model.record.options.get("start"):
        text += f", from the weights of {model.record.options['start']}"
    if model.record.teacher:
        text += f", towards the targets and a teacher, {model.record.teacher}"
    return f"{text}; {run.engine} engine"


def _kept_epochs(model: Model) -> str:
    """Which epochs were kept, where validation rows chose them."""
    if "validation_loss" not in model.history:
        return ""
    best = model.record.best_epochs
    if len(best) == 1:
        return f"; epoch {best[0]} was the best on the validation rows and is kept"
    rows = "the rows it was not shown" if model.record.folds else "the validation rows"
    epochs = model.record.best_epochs_text
    return f"; of each member the epoch that was the best on {rows} is kept: {epochs}"
