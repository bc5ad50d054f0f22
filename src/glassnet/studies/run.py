"""study(): trains networks from many starts, block by block, and keeps what became of each."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from glassnet.article import Program
from glassnet.errors import GlassnetError, OptionRef, TrainingError
from glassnet.files import check_file
from glassnet.models.decoding import names_of_numbers
from glassnet.recipe.options import options_from
from glassnet.recipe.origin import what_differs
from glassnet.settings import check_function, checked_whole
from glassnet.studies.article_problem import article_problem
from glassnet.studies.file import load_study
from glassnet.studies.outcomes import Outcomes, curve_epochs, outcomes_of, score_names
from glassnet.studies.problem import StudyProblem
from glassnet.studies.study import Study
from glassnet.studies.table_problem import table_problem
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.problem import ACTIVATION_WORK
from glassnet.training.run import Progress
from glassnet.workers.active import active_workers
from glassnet.workers.base import Workers
from glassnet.workers.cutting import Blocks, ItemRange

MOST_NETWORKS = 10_000_000  # more is a slip of the pen
BLOCK_WORK = 5e9  # multiplications of a block, which takes about a second
BLOCK_NUMBERS = 16_000_000  # of its histories: 128 MB
LEAST_BLOCK = 2  # networks, which two cores train beside each other
FIRST_BLOCK = 4  # times as small the first blocks on workers are, whose pace nobody knows
CHECKPOINT_SECONDS = 30.0  # from one writing of an unfinished study to the next

ARTICLE_OPTIONS = ("hidden", "learning_rate", "bias", "iterations", "seed", "rng")
"""What can be chosen of the article's problem, beside the engine."""


def study(
    table: Any = None,
    target: Any = None,
    *,
    networks: int = 1000,
    first: int = 0,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Study:
    """Train networks from many random starts on the same rows, and say what became of them.

    Without a table they are the article's: network p starts as ``glassnet demo --seed`` does with
    the seed given (1) plus p. On a table they are trained by the recipe of `train_table`, every one
    as if it were the only member, and differ in nothing but what their seeds decide.

    Parameters
    ----------
    table : data frame, dict of columns, or path, optional
        As in `train_table`; None: the article's four rows.
    target : str or list of str, optional
        The column of the table to predict, or several.
    networks : int
        How many.
    first : int
        The number of the first of them, from 0: of a study whose other networks are trained
        elsewhere, such as by the other jobs of an array. `Study.joined` makes one of the parts.
    checkpoint : str or Path, optional
        A file that the study is written to, every half minute, at its end, and where it is stopped.
        Where there is one of the same study already, it goes on from there, to the last bit as if
        it had not been stopped; `networks` may be more than before.
    progress : function, optional
        Called with (networks done, networks planned, mean loss, mean validation loss or None).
    **options
        On a table those of `train_table`, but for effort, draws, members, refit, threshold and
        teacher; of the article's problem hidden, learning_rate, bias, iterations, seed and rng, as
        in `train_article`, and engine.

    Returns
    -------
    Study
        The losses, predictions and parameters of every network, and what they show together.

    Raises
    ------
    GlassnetError
        Naming the column, row or option, on anything that cannot be trained on; and where the
        checkpoint is of another study.

    Notes
    -----
    Ctrl-C ends a study in good order, with the networks of all blocks that were trained by then.
    What becomes of a network does not depend on how many there are beside it, nor on who trains
    it: under ``joblib.parallel_config`` the blocks are trained by the workers of its backend.

    Examples
    --------
    >>> xor = study(networks=100)
    >>> len(xor), int(xor.stuck.sum())
    (100, 0)
    >>> [(one.loss, one.networks) for one in xor.reached()][-2:]
    [(0.005, 100), (0.002, 42)]
    """
    networks = checked_whole("networks", networks, 1, MOST_NETWORKS)
    first = checked_whole("first", first, 0, MOST_NETWORKS)
    if progress is not None:
        check_function("progress", progress)
        progress = partial(_progress_from, progress, first)
    if checkpoint is not None:
        check_file(checkpoint)
    planned = range(first, first + networks)
    problem = _problem(table, target, planned.stop, options)
    known = None if checkpoint is None else _read(Path(checkpoint), problem, first)
    if known is not None and len(known.loss) >= networks:
        return _study(problem, [Outcomes(*(array[:networks] for array in known))], planned)
    blocks = [] if known is None else [known]
    written, is_cut_short = monotonic(), False
    try:
        missing = planned[sum(len(one.loss) for one in blocks) :]
        for block in _trained(problem, missing, progress):
            blocks.append(block)
            if checkpoint is not None and monotonic() - written > CHECKPOINT_SECONDS:
                with interrupts_wait():
                    _study(problem, blocks, planned).save(checkpoint)
                written = monotonic()
    except KeyboardInterrupt:  # the blocks that are whole are kept
        is_cut_short = True
    if not blocks:
        raise KeyboardInterrupt  # it came before anything was learnt
    found = _study(problem, blocks, planned)
    if checkpoint is not None:
        found.save(checkpoint)
    if is_cut_short and len(found) == networks:
        raise KeyboardInterrupt  # it came after the last block
    if not np.isfinite(found.losses).any():
        raise TrainingError(
            "the loss of every network became NaN or infinite before anything was learnt",
            remedy=["give a smaller ", OptionRef("learning_rate"), ", or another optimizer"],
        )
    return found


def _problem(table: Any, target: Any, networks: int, options: dict[str, Any]) -> StudyProblem:
    if table is not None:
        if target is None:
            raise GlassnetError("name the column of the table to predict", option="target")
        return table_problem(table, target, networks, options_from(options))
    if target is not None:
        raise GlassnetError("a target is for a table of yours: give the table", option="target")
    for name in options:
        if name not in (*ARTICLE_OPTIONS, "engine"):
            raise GlassnetError(
                f"without a table the article's problem is studied, which has no '{name}'",
                option=name,
                remedy=f"give a table, or one of {', '.join(ARTICLE_OPTIONS)}",
            )
    engine = options.pop("engine", "auto")
    return article_problem(Program(**options), engine)


def _read(path: Path, problem: StudyProblem, first: int) -> Outcomes | None:
    """What a checkpoint holds already; None where there is none.

    Raises GlassnetError where it is of another study.
    """
    if not path.exists():
        return None
    found = load_study(path)
    difference = what_differs(
        {**found.origin, "first": found.first}, {**problem.origin, "first": first}
    )
    if difference:
        raise GlassnetError(
            f"is of another study: {difference}",
            file=path,
            remedy="give the study that it is of, or another checkpoint",
        )
    return found.outcomes


def _progress_from(
    progress: Progress, first: int, done: int, end: int, loss: float, validation: float | None
) -> None:
    """Call `progress` with how many networks are done, where their numbers begin with `first`."""
    progress(done - first, end - first, loss, validation)


def _trained(
    problem: StudyProblem, numbers: range, progress: Progress | None
) -> Iterator[Outcomes]:
    """What becomes of the networks of these numbers, block by block, until all are there.

    Raises KeyboardInterrupt where Ctrl-C cuts a block short.
    """
    size = block_size(problem)
    workers = active_workers() if len(numbers) > size else None
    if workers is not None:
        yield from _trained_on(workers, problem, numbers, progress)
        return
    for begin in range(0, len(numbers), size):
        block = numbers[begin : begin + size]
        yield _of_block(problem, block, _within(progress, block, numbers.stop))


def _of_block(
    problem: StudyProblem, numbers: Sequence[int], progress: Progress | None = None
) -> Outcomes:
    """What becomes of the networks of a block."""
    runs = list(problem.train(numbers, progress))
    if any(run.ended == "interrupted" for run in runs):
        raise KeyboardInterrupt
    return outcomes_of(problem, numbers, runs)


def _trained_on(
    workers: Workers, problem: StudyProblem, numbers: range, progress: Progress | None
) -> Iterator[Outcomes]:
    """`_trained` on workers: blocks come back in any order, and wait here for those before them."""
    most = BLOCK_NUMBERS // _history_numbers(problem)
    first_size = block_size(problem) / FIRST_BLOCK
    blocks = Blocks([ItemRange(numbers, 1.0, most)], first_size, workers.count)
    waiting: dict[int, Outcomes] = {}
    first = numbers.start
    with closing(workers.run(_of_block, problem, list, blocks)) as results:
        for block, outcomes in results:
            waiting[block.start] = outcomes
            if progress is not None:
                done = first + sum(len(one.loss) for one in waiting.values())
                loss, validation = (
                    float(np.mean(losses)) for losses in (outcomes.loss, outcomes.validation_loss)
                )
                progress(done, numbers.stop, loss, None if np.isnan(validation) else validation)
            while first in waiting:
                outcomes = waiting.pop(first)
                first += len(outcomes.loss)
                yield outcomes


def block_size(problem: StudyProblem) -> int:
    """How many networks are trained together: no result depends on it."""
    rows = problem.record.average_row.n_rows if problem.record.average_row else 1
    nodes = sum(problem.network.sizes[1:])
    work = problem.epochs * rows * (problem.network.n_parameters + ACTIVATION_WORK * nodes)
    return int(max(LEAST_BLOCK, min(BLOCK_WORK / work, BLOCK_NUMBERS / _history_numbers(problem))))


def _history_numbers(problem: StudyProblem) -> int:
    """How many a network's history has, while it is in memory."""
    return problem.epochs * (2 * problem.batches + 4)


def _within(progress: Progress | None, block: range, networks: int) -> Progress | None:
    """What tells `progress` of all networks how far a block is."""
    if progress is None:
        return None

    def report(epoch: int, epochs: int, loss: float, validation: float | None) -> None:
        progress(block.start + len(block) * epoch // epochs, networks, loss, validation)

    return report


def _study(problem: StudyProblem, blocks: Sequence[Outcomes], planned: range) -> Study:
    shown = problem.shown
    return Study(
        network=problem.network,
        encoding=problem.encoding,
        record=problem.record,
        origin=problem.origin,
        epochs=curve_epochs(problem.epochs),
        constant_loss=problem.constant_loss,
        shown_x=shown.x,
        shown_numbers=shown.numbers,
        shown_names=tuple(names_of_numbers(problem.encoding)),
        actual=shown.actual,
        score_names=tuple(score_names(problem)),
        outcomes=Outcomes.joined(blocks),
        planned=len(planned),
        first=planned.start,
    )
