"""A dict and a pandas frame are read without Polars; a forked child gets an error, not a wait."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT_POLARS = """
import sys
import glassnet as gn
model = gn.load(sys.argv[1])
model.predict({"x": [1.0, 2.0], "c": ["a", "b"]})
model.predict({"x": ["1", "2,5"][:1], "c": ["a"]})
import pandas as pd
model.predict(pd.DataFrame({"x": [1.0], "c": ["a"]}))
assert "polars" not in sys.modules, "polars was imported"
"""

FORK = """
import os, sys, signal
import glassnet as gn
table = sys.argv[1]
model = gn.train_table(table, "y", members=1, hidden=3, epochs=1)

def in_child(call):
    pid = os.fork()
    if pid == 0:
        signal.alarm(20)
        try:
            call()
        except gn.GlassnetError as error:
            os._exit(3 if "forked" in str(error) else 4)
        except BaseException:
            os._exit(5)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

import pandas as pd
import polars as pl
columns = {"x": [1.0], "c": ["a"]}
print(
    in_child(lambda: model.predict(columns)),
    in_child(lambda: model.predict(pd.DataFrame(columns))),
    in_child(lambda: model.predict(table)),
    in_child(lambda: model.predict(pl.DataFrame(columns))),
)
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    rows = "".join(f"{i},{'ab'[i % 2]},{i * i}\n" for i in range(40))
    path.write_text("x,c,y\n" + rows)
    return path


def run(program: str, argument: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(argument)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_dict_and_a_pandas_frame_are_read_without_polars(table: Path, tmp_path: Path) -> None:
    import glassnet as gn

    path = tmp_path / "model.safetensors"
    gn.train_table(table, "y", members=1, hidden=3, epochs=1).save(path)
    run(WITHOUT_POLARS, path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_child_says_at_once_that_it_cannot_use_polars(table: Path) -> None:
    assert run(FORK, table).split() == ["0", "0", "3", "3"]
