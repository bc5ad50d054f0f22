"""Memory and time of tables larger than memory: `python bench/large_tables.py [ROWS] [MEMORY ...]`.

It makes a table of 16 numbers, two columns of categories, a date and a target, as Parquet and as
CSV, trains one network for one epoch within each limit and without one, predicts all rows from file
to file, and prints the peak of each process's anonymous memory (RssAnon, Linux) and its time.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

BLOCK = 500_000  # rows that are made at a time
LOOKS = 0.02  # seconds between two looks at the memory


def make(rows: int, folder: Path) -> None:
    """Write table.parquet and table.csv."""
    random = np.random.default_rng(0)
    parts = []
    for first in range(0, rows, BLOCK):
        n = min(BLOCK, rows - first)
        x = random.normal(size=(n, 16)).round(6)
        city = random.choice(["Rome", "Oslo", "Bern", "Kyiv", "Lima"], n)
        days = 15_000 + random.integers(0, 3000, n).astype(np.int32)
        y = x[:, 0] + np.sin(2 * x[:, 1]) + (city == "Oslo") + 0.3 * random.normal(size=n)
        columns = {f"x{i}": x[:, i] for i in range(16)}
        others = {"city": city, "kind": random.choice(["a", "b"], n)}
        parts.append(folder / f"part{first}.parquet")
        table = pl.DataFrame({**columns, **others, "day": pl.Series(days).cast(pl.Date), "y": y})
        table.write_parquet(parts[-1], row_group_size=100_000)
    everything = pl.scan_parquet(parts)
    everything.sink_parquet(folder / "table.parquet", row_group_size=100_000)
    everything.sink_csv(folder / "table.csv")
    for part in parts:
        part.unlink()


def measured(arguments: Sequence[str], folder: Path) -> tuple[int, float]:
    """(MB of anonymous memory at its peak, seconds) of a glassnet command."""
    command = [sys.executable, "-m", "glassnet", *arguments]
    began, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        if "RssAnon:" in status:
            peak = max(peak, int(status.split("RssAnon:")[1].split()[0]))
        time.sleep(LOOKS)
    if process.returncode:
        raise SystemExit(f"failed: glassnet {' '.join(arguments)}")
    return peak * 1024 // 10**6, time.perf_counter() - began


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 2_000_000
    limits = sys.argv[2:] or ["300MB", "512MB"]
    asked = ["--target", "y", "--members", "1", "--epochs", "1", "--quiet", "--overwrite"]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        make(rows, folder)
        tasks = {
            f"train {table}, {limit or 'no limit'}": [
                *["train", table, *asked, "--out", "run"],
                *(["--memory", limit] if limit else []),
            ]
            for table in ("table.parquet", "table.csv")
            for limit in (*limits, "")
        }
        for table in ("table.parquet", "table.csv"):
            for out in ("out.csv", "out.parquet"):
                task = ["predict", "run", table, "--out", out, "--overwrite"]
                tasks[f"predict {table} to {out}"] = task
        print(f"{rows:,} rows: MB of anonymous memory, seconds")
        for what, arguments in tasks.items():
            peak, seconds = measured(arguments, folder)
            print(f"{what:44s} {peak:7,d} {seconds:8.1f}", flush=True)


if __name__ == "__main__":
    main()
