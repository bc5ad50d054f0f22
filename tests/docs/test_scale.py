"""The programs of the page of many machines: each runs, and gives what one call here gives."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import glassnet as gn
from conftest import in_ci

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def program(holds: str) -> str:
    """The only program of the page that holds a text, with fewer networks."""
    (found,) = (block for block in BLOCKS if holds in block)
    return found.replace("10_000", "8")


def ran(text: str, **environment: str) -> str:
    Path("program.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "program.py"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def flats(folder: Path) -> Path:
    random = np.random.default_rng(4)
    size = random.uniform(20, 150, 80).round()
    rent = (200 + 11 * size + random.normal(scale=60, size=80)).round()
    rows = [f"{a:.0f},{b:.0f}" for a, b in zip(size, rent, strict=True)]
    (folder / "flats.csv").write_text("\n".join(["size,rent", *rows]))
    return folder


def whole(networks: int) -> gn.Study:
    return gn.study("flats.csv", "rent", hidden=8, networks=networks)


@pytest.mark.usefixtures("flats")
@pytest.mark.parametrize("engine", ["loky", "dask", "ray"])
def test_the_programs_give_what_one_process_gives(engine: str) -> None:
    package = {"loky": "joblib", "dask": "distributed", "ray": "ray"}[engine]
    if importlib.util.find_spec(package) is None and not in_ci():
        pytest.skip(f"{package} is not installed")
    text = program(f'backend="{engine}"' + (", n_jobs=4" if engine == "loky" else ""))
    text = text.replace('effort="best"', "members=2")
    run_here = "from glassnet.studies import run\nrun.block_size = lambda _: 2\n"
    save = '    study.save("study.safetensors")\n'
    ran(run_here + text + save)
    found = gn.load_study("study.safetensors")
    for one, other in zip(found.outcomes, whole(8).outcomes, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("flats")
def test_the_jobs_of_an_array_are_joined() -> None:
    part = program("SLURM_ARRAY_TASK_ID")
    for number in range(3):
        ran(part, SLURM_ARRAY_TASK_ID=str(number), SLURM_CPUS_PER_TASK="2")
    assert "24 x 1-8-1" in ran(program("Study.joined"))
    found = gn.load_study("study.safetensors")
    for one, other in zip(found.outcomes, whole(24).outcomes, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_job_is_a_script_of_bash(folder: Path) -> None:
    (job,) = re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (folder / "job.sh").write_text(job)
    subprocess.run(["bash", "-n", "job.sh"], check=True)
    assert "python part.py" in job
