"""A training in a fresh process: `python -m bench.once PEER WORKLOAD DATA` imports the library,
trains once, prints the loss.
"""

import sys
from importlib import import_module

from bench.peers import PEERS
from bench.workloads import FIRST, WORKLOADS, load


def main() -> None:
    peer, workload, data = sys.argv[1:]
    given = load(data, (WORKLOADS | {"first": FIRST})[workload])
    task = import_module(f"bench.peers.{PEERS[peer].module}").forms(given, True)[
        0
    ]  # quick: nothing that is slow to compile
    print(task.loss(task.fit(task.ready())))


if __name__ == "__main__":
    main()
