"""search(): tries candidates on the folds of a table, several at a time, and keeps each result."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from threading import Event, Lock
from typing import Any

from glassnet.errors import GlassnetError, GlassnetWarning, OptionRef, warn_of
from glassnet.files import check_file
from glassnet.recipe.options import options_from
from glassnet.recipe.origin import what_differs
from glassnet.searches.candidate import Candidate, TriedCandidate
from glassnet.searches.file import (
    append_to_search_file,
    begin_search_file,
    drop_torn_line,
    plan_more,
    read_search_file,
)
from glassnet.searches.problem import SearchProblem, search_problem
from glassnet.searches.search import Search
from glassnet.searches.sources import CandidateSource, OptunaSource, RandomSource
from glassnet.searches.space import searched_settings
from glassnet.settings import check_function, checked_whole
from glassnet.training.interrupts import interrupts_wait
from glassnet.training.threads import threads_allowed
from glassnet.workers.active import active_workers
from glassnet.workers.base import Workers
from glassnet.workers.cutting import Blocks, ItemRange

MOST_CANDIDATES = 100_000  # more is a slip of the pen
CANDIDATES_TOGETHER = 4  # candidates of one training, so that results come soon

OnResult = Callable[[Search], None]
"""Called after each result with the search so far."""


def search(
    table: Any,
    target: str | Sequence[str],
    *,
    candidates: int = 20,
    folds: int = 5,
    space: Any = None,
    study: Any = None,
    checkpoint: str | Path | None = None,
    progress: OnResult | None = None,
    n_jobs: int | None = None,
    **options: Any,
) -> Search:
    """Try settings on the folds of a table: which suit it best, and which of them matter.

    The rows are those that `train_table` would train on; what it holds out for the final score is
    not looked at. Candidate 0 has the settings that `train_table` would choose. Each is judged by
    the loss of the rows left out, by networks trained as the members of `train_table` are.

    Parameters
    ----------
    table : data frame, dict of columns, or path
        As in `train_table`.
    target : str or list of str
        The column to predict, or several.
    candidates : int
        How many settings are tried: in all, where a checkpoint or a study holds some already.
    folds : int
        Parts that the rows are cut into; each is left out once.
    space : dict, optional
        What is varied: setting -> a list of values, or a tuple (lowest, highest) of two numbers.
        Settings are depth and width, the number of hidden layers and of their nodes, and of the
        options hidden, activation, dropout, learning_rate, decay, l2, l1, batch_size, bins, epochs,
        patience, schedule, average and optimizer. None: depth, width, activation, dropout,
        learning_rate, batch_size, decay and bins, but for those that are given as options.
    study : optuna.Study, optional
        What suggests the candidates, in place of draws at random, and keeps them: a study of a
        storage goes on where it stood, also on several machines at once. It needs optuna, which
        ``pip install glassnet[search]`` brings.
    checkpoint : str or Path, optional
        A file to which each result is appended as it comes. Where there is one of the same search
        already, it goes on from there; `candidates` may be more than before.
    progress : function, optional
        Called after each result with the `Search` so far.
    n_jobs : int, optional
        Threads to use at most; None: as many as this process is allowed. Nothing depends on it but
        how many candidates a study is asked for at a time.
    **options
        Those of `train_table` that all candidates are to have; but for effort, draws, members,
        refit, threshold, teacher and validation.

    Returns
    -------
    Search
        ``gn.train_table(table, target, **found.options)`` trains the best.

    Raises
    ------
    GlassnetError
        Naming the column, row, option or setting, on what cannot be searched; and where the
        checkpoint is of another search.

    Notes
    -----
    Ctrl-C ends a search in good order, with all results that are there by then. Under
    ``joblib.parallel_config`` candidates are tried by the workers of its backend.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> flowers = load_iris(as_frame=True).frame
    >>> tried = {"width": [4, 16], "learning_rate": (0.001, 0.01)}
    >>> found = search(flowers, "target", candidates=4, folds=3, space=tried, epochs=20)
    >>> len(found), sorted(found.options)
    (4, ['epochs', 'hidden', 'learning_rate'])
    """
    if progress is not None:
        check_function("progress", progress)
    if study is not None and checkpoint is not None:
        raise GlassnetError(
            "an Optuna study keeps its candidates itself",
            remedy="leave the checkpoint out, and give the study a storage",
            option="checkpoint",
        )
    if n_jobs is not None:
        n_jobs = checked_whole("n_jobs", n_jobs, 1)
    path = None if checkpoint is None else Path(checkpoint)
    if path is not None:
        check_file(path)
    problem = search_problem(table, target, options_from(options), folds, space)
    return search_on(problem, candidates, study, path, progress, n_jobs)


def search_on(
    problem: SearchProblem,
    candidates: int,
    study: Any = None,
    path: Path | None = None,
    progress: OnResult | None = None,
    n_jobs: int | None = None,
) -> Search:
    """`search` of a table that is in folds already; `path` is the checkpoint's."""
    candidates = checked_whole("candidates", candidates, 1, MOST_CANDIDATES)
    known = [] if path is None else _known(path, problem, candidates)
    source = _source(problem, candidates, study, known)
    tried = {one.number: one for one in source.known()}
    if source.planned < candidates:
        warn_of([_few_settings(source.planned)])

    def so_far() -> Search:
        by_number = tuple(tried[number] for number in sorted(tried))
        return Search(problem.space, problem.origin, by_number, max(source.planned, len(tried)))

    try:
        for results in _results(problem, source, n_jobs, source.planned - len(tried)):
            with interrupts_wait():
                tried |= {one.number: one for one in results}
                if path is not None:
                    append_to_search_file(path, results)
                source.tell(results)
            if progress is not None and tried:
                progress(so_far())
    except KeyboardInterrupt:
        if not tried:
            raise
    finally:
        source.close()
    tried |= {one.number: one for one in source.known()}  # a study is told by other machines too
    return so_far()


def _few_settings(count: int) -> GlassnetWarning:
    return GlassnetWarning(
        f"the space has no more than {count} different settings, and each is tried once",
        option="candidates",
    )


def _known(path: Path, problem: SearchProblem, candidates: int) -> list[TriedCandidate]:
    """What a checkpoint holds already; where there is none, it is begun.

    Raises GlassnetError where it is of another search, or holds more candidates.
    """
    if not path.exists():
        begin_search_file(path, problem.origin, candidates)
        return []
    kept = read_search_file(path)
    difference = what_differs(kept.origin, problem.origin)
    if difference:
        raise GlassnetError(
            f"is of another search: {difference}",
            file=path,
            remedy="go on with that search, or move its file away",
        )
    if len(kept.tried) > candidates:
        raise GlassnetError(
            f"holds {len(kept.tried)} candidates already, and {candidates} were asked for",
            file=path,
            remedy=["give ", OptionRef("candidates", len(kept.tried)), " or more"],
        )
    drop_torn_line(path)
    if candidates > kept.planned:
        plan_more(path, candidates)
    return kept.tried


def _source(
    problem: SearchProblem, candidates: int, study: Any, known: Sequence[TriedCandidate]
) -> CandidateSource:
    plain = searched_settings(problem.space, problem.prepared.plain)
    if study is None:
        seed = problem.options.seed
        return RandomSource(problem.space, plain, seed, candidates, known)
    try:
        import optuna
    except ImportError:
        raise GlassnetError(
            "a study needs optuna, which is not installed: pip install glassnet[search]",
            option="study",
        ) from None
    if not isinstance(study, optuna.Study):
        raise GlassnetError(
            f"study must be an optuna.Study, got {type(study).__name__}", option="study"
        )
    return OptunaSource(study, problem.space, plain, candidates, problem.origin)


def _results(
    problem: SearchProblem, source: CandidateSource, n_jobs: int | None, missing: int
) -> Iterator[list[TriedCandidate]]:
    """What comes of candidates, some at a time, until the source has no more; `missing` are left.

    Those that can be trained together are; beside each other run as many as there are threads.
    Raises KeyboardInterrupt, once all that runs has ended, where Ctrl-C came.
    """
    workers = active_workers()
    if workers is not None:
        yield from _results_on(workers, problem, source, n_jobs, missing)
        return
    threads = threads_allowed(n_jobs)
    at_a_time = threads * CANDIDATES_TOGETHER
    stop = Event()
    running: dict[Future[list[TriedCandidate]], int] = {}  # how many candidates it tries
    with ThreadPoolExecutor(threads, "search") as pool:
        try:
            while True:
                groups = _groups(problem, source.ask(at_a_time - sum(running.values())))
                threads_of_one = max(1, threads // max(1, len(groups) + len(running)))
                for group in groups:
                    future = pool.submit(problem.try_together, group, threads_of_one, stop)
                    running[future] = len(group)
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    del running[future]
                    yield future.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _results_on(
    workers: Workers,
    problem: SearchProblem,
    source: CandidateSource,
    n_jobs: int | None,
    missing: int,
) -> Iterator[list[TriedCandidate]]:
    """`_results` on workers, which are asked for as many candidates as are missing."""
    asked: dict[int, list[Candidate]] = {}
    lock = Lock()  # candidates are asked for while results come

    def message(block: range) -> list[Candidate]:
        with lock:
            if block.start not in asked:  # else its worker died
                asked[block.start] = source.ask(len(block))
            return asked[block.start]

    blocks = Blocks([ItemRange(range(missing), 1.0, CANDIDATES_TOGETHER)], 1.0, workers.count)
    with closing(workers.run(try_candidates, (problem, n_jobs), message, blocks)) as results:
        for _, tried in results:
            yield tried


def try_candidates(
    shared: tuple[SearchProblem, int | None], candidates: Sequence[Candidate]
) -> list[TriedCandidate]:
    """What comes of some candidates: what a worker does."""
    problem, n_jobs = shared
    threads = threads_allowed(n_jobs)
    return [
        tried
        for group in _groups(problem, candidates)
        for tried in problem.try_together(group, threads, Event())
    ]


def _groups(problem: SearchProblem, candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates that can be trained together, a few at a time."""
    by_key: dict[Any, list[Candidate]] = {}
    for candidate in candidates:
        by_key.setdefault(problem.key(candidate), []).append(candidate)
    return [
        group[first : first + CANDIDATES_TOGETHER]
        for group in by_key.values()
        for first in range(0, len(group), CANDIDATES_TOGETHER)
    ]
