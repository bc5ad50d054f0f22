"""Two cores beside one: glassnet with one thread on one core and with two on two, in turns, so that
their ratio is of one moment of the machine.
"""

from collections.abc import Mapping, Sequence

from bench import aims, launch, report, rounds
from bench.report import Expected
from bench.rounds import Row, Settings

NAME = "two-cores"


def measure(data: Mapping[str, str], settings: Settings) -> list[Row]:
    """Two rows for each workload that has an aim; none where there is one core only."""
    if len(launch.cores()) < 2:
        return []
    members = [("glassnet", "1"), ("glassnet", "2")]
    return [
        row for name in aims.CORES for row in rounds.measure(name, members, data[name], settings)
    ]


def judge(rows: Sequence[Row], expected: Expected) -> list[Row]:
    """Each row checked and with its statistics; those of two cores with how many times as fast they
    are as one.
    """
    judged = [report.summarised(row, expected) for row in rows]
    single = {
        row["workload"]: row["time"]["median"]
        for row in judged
        if row["threads"] == "1" and report.sound(row)
    }
    return [
        row | {"speedup": single[row["workload"]] / row["time"]["median"]}
        if row["threads"] == "2" and report.sound(row) and row["workload"] in single
        else row
        for row in judged
    ]
