"""On other processes and machines everything becomes what it becomes here, whatever dies there."""

import importlib.util
import operator
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pytest
from crashing import CrashError, crash_after
from sklearn.base import clone

import glassnet as gn
from conftest import in_ci
from glassnet.article import Program
from glassnet.core.network import leaves
from glassnet.errors import GlassnetError
from glassnet.studies import run as study_run
from glassnet.studies.article_problem import ArticleProblem, article_problem
from glassnet.studies.study import Study
from glassnet.training import blocks as training_blocks
from glassnet.training.population import Population
from glassnet.training.run import Progress, Run
from glassnet.workers import base
from glassnet.workers.active import active_workers
from glassnet.workers.base import Cluster
from glassnet.workers.cutting import Blocks, ItemRange
from glassnet.workers.packing import LARGE

N_WORKERS = 2
OnWorkers = Callable[[], AbstractContextManager[Any]]
"""A function that gives ``joblib.parallel_config`` with a backend."""
BACKENDS = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"workers of {name}"))
    for name in ("loky", "dask", "ray")
]
RANDOM = np.random.default_rng(3)
N = 60
X = RANDOM.normal(size=(N, 3))
Y = np.sin(X[:, 0]) + X[:, 1] * X[:, 2]
TABLE = {
    "a": X[:, 0].tolist(),
    "b": X[:, 1].tolist(),
    "c": RANDOM.choice(["u", "v", "w"], N).tolist(),
    "y": Y.tolist(),
}


def skip_without(package: str) -> None:
    if importlib.util.find_spec(package) is None and not in_ci():
        pytest.skip(f"{package} is not installed")


@pytest.fixture
def dask_client() -> Iterator[Any]:
    """A cluster of its own for each test: one killed while it starts does not come back."""
    skip_without("distributed")
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=N_WORKERS, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[None]:
    skip_without("ray")
    import ray
    from ray.util.joblib import register_ray

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # JAX's, of a fork that runs Ray at once
        ray.init(
            num_cpus=N_WORKERS, include_dashboard=False, log_to_driver=False, logging_level="ERROR"
        )
    register_ray()
    yield
    ray.shutdown()


@pytest.fixture(params=BACKENDS)
def on_workers(request: pytest.FixtureRequest) -> OnWorkers:
    if request.param == "dask":
        client = request.getfixturevalue("dask_client")
        return lambda: joblib.parallel_config(backend="dask", client=client)
    if request.param == "ray":
        request.getfixturevalue("ray_cluster")
        return lambda: joblib.parallel_config(backend="ray")
    return lambda: joblib.parallel_config(backend="loky", n_jobs=N_WORKERS)


@pytest.fixture(autouse=True)
def functions_of_this_file_are_sent_by_their_code() -> Iterator[None]:
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.fixture(autouse=True)
def everything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what would be done here sooner, in blocks of a few networks."""
    monkeypatch.setattr(training_blocks, "WORTH_SENDING", 0)
    monkeypatch.setattr(training_blocks, "MOST_RETURNED", 10_000)
    monkeypatch.setattr(study_run, "block_size", lambda _: 4)
    monkeypatch.setattr(study_run, "BLOCK_NUMBERS", 20_000)


def same_study(one: Study, other: Study) -> bool:
    pairs = zip(one.outcomes, other.outcomes, strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def arrays_of(run: Run) -> list[Any]:
    state = run.state
    return [
        *leaves(run.parameters),
        *leaves(state.parameters),
        *leaves(state.best.parameters),
        *(array for memory in state.optimizer.memory for array in memory),
        *vars(run.history).values(),
        run.last_batch_output,
        *(array for _, parameters in run.path for array in leaves(parameters)),
    ]


def assert_same(one: Population, other: Population) -> None:
    """Whether two populations are equal to the last bit."""
    assert len(one) == len(other)
    for run, wanted in zip(one, other, strict=True):
        for name in ("network", "engine", "ended", "best_epoch", "message", "engine_note"):
            assert getattr(run, name) == getattr(wanted, name)
        assert [epoch for epoch, _ in run.path] == [epoch for epoch, _ in wanted.path]
        for array, its in zip(arrays_of(run), arrays_of(wanted), strict=True):
            np.testing.assert_array_equal(array, its)
    np.testing.assert_array_equal(one.last_losses, other.last_losses)
    np.testing.assert_array_equal(one.best_losses, other.best_losses)


P = 24


def settings() -> dict[str, Any]:
    """Networks that differ in all that may differ, of two shapes, some of which go astray."""
    wide, deep = gn.Network([3, 5, 1], "tanh"), gn.Network([3, 4, 3, 1], "relu")
    networks = [wide if p % 3 else deep for p in range(P)]
    random = np.random.default_rng(8)
    return {
        "networks": networks,
        "starts": [gn.initialize(network, seed=p) for p, network in enumerate(networks)],
        "x": X,
        "y": Y,
        "rows": [np.flatnonzero(random.random(N) < 0.7 + 0.3 * (p % 2)) for p in range(P)],
        "validation_rows": [random.choice(N, 12, replace=False) for _ in range(P)],
        "optimizer": [gn.Adam(0.01) if p % 5 else gn.Adam(1e30 if p else 0.01) for p in range(P)],
        "epochs": [25 + p % 2 for p in range(P)],
        "batch_size": [16 if p % 4 else None for p in range(P)],
        "dropout": 0.1,
        "patience": 6,
        "seed": list(range(P)),
        "warn": False,
    }


def no_workers(*_: Any) -> None:
    raise AssertionError("something was trained on workers")


def test_a_population_on_workers_is_what_it_is_here(on_workers: OnWorkers) -> None:
    given = settings() | {"average": 0.2, "path_points": 4}
    here = gn.train_population(**given)
    assert {run.ended for run in here} > {"early", "diverged"}
    seen: list[tuple[int, int]] = []
    with on_workers():
        found = gn.train_population(
            **given, progress=lambda done, epochs, *_: seen.append((done, epochs))
        )
    assert len(found.groups) > 2  # more than one of each shape
    assert_same(found, here)
    assert seen[-1] == (26, 26)


def test_a_study_on_workers_is_what_it_is_here(on_workers: OnWorkers) -> None:
    options: dict[str, Any] = {"hidden": 5, "epochs": 12, "validation": 0.2}
    here = gn.study(networks=41, iterations=200)
    of_table = gn.study(TABLE, "y", networks=9, **options)
    seen: list[int] = []
    with on_workers():
        found = gn.study(networks=41, iterations=200, progress=lambda done, *_: seen.append(done))
        assert same_study(gn.study(TABLE, "y", networks=9, **options), of_table)
    assert same_study(found, here)
    assert len(seen) > N_WORKERS
    assert seen[-1] == 41
    assert seen == sorted(seen)


def test_the_folds_of_a_table_on_workers_are_what_they_are_here(on_workers: OnWorkers) -> None:
    options: dict[str, Any] = {"members": 4, "hidden": 5, "epochs": 20}
    here = gn.train_table(TABLE, "y", **options)
    with on_workers():
        found = gn.train_table(TABLE, "y", **options)
    assert found.scores == here.scores
    for one, other in zip(found.members, here.members, strict=True):
        for array, its in zip(leaves(one.parameters), leaves(other.parameters), strict=True):
            np.testing.assert_array_equal(array, its)


def test_a_search_on_workers_is_what_it_is_here(on_workers: OnWorkers, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "candidates": 7,
        "folds": 2,
        "space": {"width": [3, 5], "learning_rate": (0.001, 0.1)},
        "epochs": 8,
    }
    here = gn.search(TABLE, "y", **given)
    with on_workers():
        found = gn.search(TABLE, "y", **given, checkpoint=tmp_path / "c")
        assert (
            gn.search(TABLE, "y", **given, checkpoint=tmp_path / "c").candidates == here.candidates
        )
    assert found.candidates == here.candidates


def test_candidates_of_an_estimator_on_workers_score_as_they_do_here(
    on_workers: OnWorkers,
) -> None:
    network = gn.MLPRegressor(max_iter=8, random_state=1)
    grid = {"hidden_layer_sizes": [(3,), (4,)], "alpha": [0.0, 0.1, 1.0]}
    search = gn.PopulationSearchCV(network, grid, cv=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        here = clone(search).fit(X, Y).cv_results_
        with on_workers():
            found = clone(search).fit(X, Y).cv_results_
    assert found.keys() == here.keys()
    for name in here:
        if "time" not in name:
            np.testing.assert_array_equal(found[name], here[name])


@pytest.mark.parametrize("engine", ["numpy", pytest.param("jax", marks=pytest.mark.rotating)])
@pytest.mark.xdist_group("workers of loky")
def test_other_engines_and_functions_of_the_users_own(engine: str) -> None:
    squares = gn.Loss(value=lambda a, y: (a - y) ** 2 / 2, delta=lambda a, y: a - y)
    network = gn.Network([3, 4, 1], "tanh", "identity", squares)
    starts = [gn.initialize(network, seed=p) for p in range(4)]
    given: dict[str, Any] = {"epochs": 5, "engine": engine, "schedule": lambda done: 1 - done / 2}
    here = gn.train_population(network, starts, X, Y, **given)
    with joblib.parallel_config(backend="loky", n_jobs=2):
        found = gn.train_population(network, starts, X, Y, **given)
    assert len(found.groups) > 1
    if engine == "jax":  # which compiles blocks of another length anew
        np.testing.assert_allclose(found.last_losses, here.last_losses, rtol=1e-9)
    else:
        assert_same(found, here)


def test_whether_workers_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert active_workers() is None
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert active_workers() is None
    with joblib.parallel_config(backend="loky", n_jobs=1):
        assert active_workers() is None
    with joblib.parallel_config(n_jobs=3):
        asked = active_workers()
        assert asked is not None
        assert asked.count == 3
    with joblib.parallel_config(backend="loky"):  # all that there are
        asked = active_workers()
        assert (asked is None) == (joblib.cpu_count() == 1)
    monkeypatch.undo()
    with joblib.parallel_config(backend="loky", n_jobs=2):
        monkeypatch.setattr(base.Workers, "run", no_workers)
        gn.study(networks=3, iterations=20)  # takes less than sending it


def test_nobody_imports_joblib_for_it() -> None:
    code = """
import sys
import glassnet as gn
gn.study(networks=30, iterations=10)
assert not {"joblib", "cloudpickle", "distributed", "ray"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


class Deaths:
    """A problem whose networks end their worker: so often, those that come upon a number."""

    @staticmethod
    def problem(folder: Path, number: int, times: int) -> ArticleProblem:
        class Deadly(ArticleProblem):  # which travels by its code
            def train(self, numbers: Sequence[int], progress: Progress | None) -> Sequence[Run]:
                if number in numbers:
                    for death in range(times):
                        try:
                            (folder / str(death)).touch(exist_ok=False)
                        except FileExistsError:
                            continue
                        os.kill(os.getpid(), signal.SIGKILL)
                return super().train(numbers, progress)

        return Deadly(**vars(article_problem(Program(iterations=200))))


@pytest.mark.parametrize("number", [0, 17])
def test_a_worker_that_dies_has_its_block_run_again(
    on_workers: OnWorkers, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = gn.study(networks=33, iterations=200)
    deadly = Deaths.problem(tmp_path, number, 1)
    monkeypatch.setattr(study_run, "article_problem", lambda *_: deadly)
    with on_workers():
        assert same_study(gn.study(networks=33, iterations=200), here)
    assert [file.name for file in tmp_path.iterdir()] == ["0"]


def test_a_block_that_ends_its_worker_every_time_is_named(
    on_workers: OnWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly = Deaths.problem(tmp_path, 9, 1000)
    monkeypatch.setattr(study_run, "article_problem", lambda *_: deadly)
    with on_workers(), pytest.raises(GlassnetError, match="every worker died") as raised:
        gn.study(networks=33, iterations=200)
    first, last, *_ = map(int, re.findall(r"\d+", str(raised.value)))
    assert first <= 9 <= last


def grown(_: Any) -> int:
    """What a worker does that keeps more memory than loky lets it."""
    kept.append(np.ones(50_000_000))
    time.sleep(1.1)  # loky looks once a second
    return os.getpid()


kept: list[np.ndarray] = []


@pytest.mark.xdist_group("workers of loky")
def test_a_worker_that_grows_is_replaced_in_silence() -> None:
    with joblib.parallel_config(backend="loky", n_jobs=N_WORKERS):
        workers = active_workers()
        assert workers is not None
        blocks = Blocks([ItemRange(range(4), 1.0, 1)], 1.0, N_WORKERS)
        found = dict(workers.run(operator.call, grown, list, blocks))
    assert len(found) == 4


@pytest.mark.xdist_group("workers of dask")
def test_all_workers_of_a_dask_cluster_die_at_once(dask_client: Any) -> None:
    here = gn.study(networks=120, iterations=4000)
    died: list[int] = []

    def kill_all(*_: Any) -> None:
        if not died:
            died.extend(dask_client.run(os.getpid).values())
            for process in died:
                os.kill(process, signal.SIGKILL)

    with joblib.parallel_config(backend="dask", client=dask_client):
        found = gn.study(networks=120, iterations=4000, progress=kill_all)
    assert len(died) == N_WORKERS
    assert same_study(found, here)


def where_it_lies(array: np.ndarray, _: Any) -> tuple[int, bool, bool]:
    """The process, whether the array is memory of a file, and whether it can be written to."""
    base: Any = array
    while base is not None and not isinstance(base, np.memmap):
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    return os.getpid(), base is not None, array.flags.writeable


def test_large_arrays_are_placed_once(
    on_workers: OnWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = np.arange(LARGE, dtype=np.uint8)
    placed: list[int] = []

    def counted(self: Cluster, data: np.ndarray) -> Any:
        placed.append(data.nbytes)
        return put(self, data)

    with on_workers():
        workers = active_workers()
        assert workers is not None
        if isinstance(workers, Cluster):
            put = type(workers).placed
            monkeypatch.setattr(type(workers), "placed", counted)
        for first in range(3):
            look = partial(where_it_lies, array)  # which goes there by its code
            blocks = Blocks([ItemRange(range(first, first + 8), 1.0, 1)], 1.0, N_WORKERS)
            found = dict(workers.run(operator.call, look, list, blocks))
            assert {block.start for block in found} == set(range(first, first + 8))
        assert os.getpid() not in {process for process, _, _ in found.values()}
        assert not any(is_writable for _, _, is_writable in found.values())
        if isinstance(workers, Cluster):
            assert [nbytes for nbytes in placed if nbytes >= LARGE] == [LARGE]
        else:
            assert all(is_mapped for _, is_mapped, _ in found.values())


@pytest.mark.xdist_group("workers of dask")
def test_what_was_placed_is_placed_again_where_it_was_lost(dask_client: Any) -> None:
    array = np.arange(LARGE, dtype=np.uint8)
    with joblib.parallel_config(backend="dask", client=dask_client):
        workers = active_workers()
        assert workers is not None
        for _ in range(2):
            look = partial(where_it_lies, array)
            blocks = Blocks([ItemRange(range(4), 1.0, 1)], 1.0, N_WORKERS)
            processes = {one for _, (one, *_) in workers.run(operator.call, look, list, blocks)}
            for process in processes:
                os.kill(process, signal.SIGKILL)


def test_an_error_of_a_block_is_raised(
    on_workers: OnWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(ArticleProblem):
        def train(self, numbers: Sequence[int], progress: Progress | None) -> Sequence[Run]:
            raise GlassnetError("it is wrong", option="seed", remedy="make it right")

    wrong = Wrong(**vars(article_problem(Program())))
    monkeypatch.setattr(study_run, "article_problem", lambda *_: wrong)
    with on_workers(), pytest.raises(GlassnetError, match="it is wrong: make it right") as raised:
        gn.study(networks=33)
    assert raised.value.option == "seed"


@pytest.mark.parametrize("first_on_workers", [True, False])
def test_a_checkpoint_goes_on_here_and_there(
    on_workers: OnWorkers, first_on_workers: bool, tmp_path: Path
) -> None:
    given = settings() | {"average": 0.2, "checkpoint": tmp_path / "c"}
    here = gn.train_population(**given)
    (tmp_path / "c").unlink()
    stop = threading.Event()

    def cut_short() -> Population:
        if first_on_workers:
            with on_workers():
                return gn.train_population(**given, stop=stop, progress=lambda *_: stop.set())
        return gn.train_population(**given, progress=crash_after(2, KeyboardInterrupt))

    found = cut_short()
    assert "interrupted" in {run.ended for run in found}
    if first_on_workers:
        whole = [p for p, run in enumerate(found) if run.ended != "interrupted"]
        assert 0 < len(whole) < P
        assert not any(len(found[p].history.loss) for p in range(P) if p not in whole)
        assert_same(gn.train_population(**given), here)
    else:
        with on_workers():
            assert_same(gn.train_population(**given), here)
    with on_workers():
        assert_same(gn.train_population(**given), here)  # there is nothing left to do


@pytest.mark.xdist_group("workers of loky")
def test_after_a_crash_a_checkpoint_goes_on_on_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings() | {"checkpoint": tmp_path / "c"}
    here = gn.train_population(**given)
    (tmp_path / "c").unlink()
    monkeypatch.setattr("glassnet.training.checkpoint.SECONDS", 0.0)
    with joblib.parallel_config(backend="loky", n_jobs=2):
        with pytest.raises(CrashError):
            gn.train_population(**given, progress=crash_after(3))
        assert (tmp_path / "c").exists()
        assert_same(gn.train_population(**given), here)


INTERRUPTED = """
from pathlib import Path
import joblib
import numpy as np
import glassnet as gn
from glassnet.studies import run

if __name__ == "__main__":
{begin}
    run.block_size = lambda _: 4
    run.BLOCK_NUMBERS = 200_000
    run.CHECKPOINT_SECONDS = 0

    def progress(*_):
        if Path("checkpoint").exists():  # the first networks are back
            print("goes on", flush=True)

    with joblib.parallel_config(**backend):
        study = gn.study(networks=100_000, checkpoint="checkpoint", progress=progress)
    assert study.is_interrupted
    again = gn.study(networks=len(study))
    pairs = zip(study.outcomes, again.outcomes)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    print("whole", len(study), flush=True)
"""
BEGIN = {
    "loky": """
    backend = dict(backend="loky", n_jobs=2)
""",
    "dask": """
    from distributed import Client
    client = Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
    backend = dict(backend="dask")
""",
    "ray": """
    import ray
    from ray.util.joblib import register_ray
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    register_ray()
    backend = dict(backend="ray")
""",
}


@pytest.mark.parametrize("backend", BACKENDS)
def test_ctrl_c_keeps_what_there_is(backend: str, tmp_path: Path) -> None:
    skip_without({"dask": "distributed", "loky": "joblib"}.get(backend, backend))
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED.format(begin=BEGIN[backend]))
    with subprocess.Popen(
        [sys.executable, script],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # whose processes all get it, as on a terminal
    ) as process:
        assert process.stdout is not None
        said = (line for line in process.stdout if line.startswith("goes on"))
        assert len(list(islice(said, 3))) == 3
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "whole" in out
