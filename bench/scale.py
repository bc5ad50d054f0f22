"""What it costs to hand out work: members of known cost on joblib's backends.

Run: python -m bench.scale --backend dask --members 20000 --seconds 1 --workers 200 --most 1

A member sleeps for so many seconds, so that there may be many more workers than cores; all else is
the way that populations and studies take, with `--data` megabytes placed on every worker. Prints
one JSON line: the seconds of a first round, in which workers start and data are placed, then those
of all members, what the members take alone, and what is on top of that.
"""

import argparse
import json
import time
from contextlib import ExitStack
from typing import Any

import numpy as np


def sleep_for(sent: tuple[float, np.ndarray], block: range) -> int:
    """What a block does; its members are as many as it has numbers."""
    seconds, data = sent
    time.sleep(seconds * len(block))
    return len(block) + int(data[0])


def configured(backend: str, workers: int, processes: int, stack: ExitStack) -> dict[str, Any]:
    """What joblib.parallel_config takes; Dask and Ray are started here."""
    if backend == "dask":
        from distributed import Client, LocalCluster

        cluster = LocalCluster(
            n_workers=processes, threads_per_worker=workers // processes, dashboard_address=None
        )
        stack.enter_context(cluster)
        stack.enter_context(Client(cluster))
    if backend == "ray":
        import ray
        from ray.util.joblib import register_ray

        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
        stack.callback(ray.shutdown)
        register_ray()
    return {"backend": backend} | ({"n_jobs": workers} if backend == "loky" else {})


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run all members, after a first round that starts the workers."""
    import joblib

    from bench.scale import sleep_for as of_this_module  # not of __main__, which workers lack
    from glassnet.workers.active import active_workers
    from glassnet.workers.cutting import Blocks, ItemRange

    data = np.zeros(int(options.data * 1e6), np.uint8)
    with ExitStack() as stack:
        config = configured(options.backend, options.workers, options.processes, stack)
        stack.enter_context(joblib.parallel_config(**config))
        workers = active_workers()
        assert workers is not None

        def run(members: int) -> tuple[float, int]:
            began, done, n_blocks = time.perf_counter(), 0, 0
            blocks = Blocks([ItemRange(range(members), 1.0, options.most)], 1.0, workers.count)
            for _, found in workers.run(of_this_module, (options.seconds, data), len_range, blocks):
                done += found
                n_blocks += 1
            assert done == members
            return time.perf_counter() - began, n_blocks

        first, _ = run(2 * workers.count)
        took, n_blocks = run(options.members)
    alone = options.members * options.seconds / workers.count
    return vars(options) | {
        "first": round(first, 2),
        "blocks": n_blocks,
        "took": round(took, 2),
        "alone": round(alone, 2),
        "overhead": round(took / alone - 1, 4) if alone else None,
        "milliseconds a block": round(1000 * (took - alone) * workers.count / n_blocks, 2),
        "milliseconds a block, all workers": round(1000 * (took - alone) / n_blocks, 3),
    }


def len_range(block: range) -> range:
    """The message of a block: its numbers."""
    return block


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="loky", choices=["loky", "dask", "ray"])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=0.01, help="Of a member.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2, help="Of Dask, for its threads.")
    parser.add_argument("--most", type=int, default=10**9, help="Members of a block, at most.")
    parser.add_argument("--data", type=float, default=0.001, help="Megabytes for every worker.")
    print(json.dumps(measure(parser.parse_args())))


if __name__ == "__main__":
    main()
