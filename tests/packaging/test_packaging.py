"""What is installed: the native engine where it can be built; else glassnet without it, and the
reason; never a broken one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from builds import ROOT, Build, Environment, copy_source, run
from lab_engine import needs_lab

from conftest import in_ci
from glassnet.training.engines.registry import ENGINES

pytestmark = pytest.mark.xdist_group("packaging")  # one process, so that each is built once
ITS_OWN = re.compile(
    r"_Z(GV|GR|T[VIS])?Z*NK?8glassnet4avx2"
)  # how the name of what lies in glassnet::avx2 begins


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="session")
def compiler() -> str:
    name = os.environ.get("CXX", "c++")
    if shutil.which(name) is None:
        assert not in_ci(), "a C++ compiler is missing, and in CI nothing may be skipped"
        pytest.skip("there is no C++ compiler (Debian: apt-get install g++)")
    return name


@pytest.fixture(scope="session")
def built(source: Path, compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Build:
    build = Build(source, tmp_path_factory.mktemp("built"))
    assert build.succeeded, build.said
    return build


def reason(build: Build) -> str:
    """Why a wheel has no native engine."""
    assert build.succeeded, build.said
    with zipfile.ZipFile(build.wheel) as archive:
        assert not [name for name in archive.namelist() if name.startswith("glassnet/_native.")]
        return archive.read("glassnet/_native_missing.txt").decode()


def test_one_process_runs_this_file(request: pytest.FixtureRequest) -> None:
    """Else each would build all of it."""
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@packaging")


def test_ci_has_the_native_engine() -> None:
    """Elsewhere its tests are skipped where it is missing."""
    missing = ENGINES["native"].why_unavailable()
    assert not (in_ci() and missing), missing


def test_the_wheel_brings_the_native_engine_to_where_no_compiler_is(
    built: Build, tmp_path: Path
) -> None:
    environment = Environment(tmp_path, built.wheel)
    done = run(environment.python, "-W", "error", "-m", "glassnet", "demo", "--json", PATH="")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == "native"
    assert not (environment.packages / "glassnet" / "_native_missing.txt").exists()


@needs_lab
def test_the_wheel_brings_the_lab_to_where_no_npm_is(built: Build, tmp_path: Path) -> None:
    environment = Environment(tmp_path, built.wheel)
    page = tmp_path / "lab.html"
    command = (environment.python, "-W", "error", "-m", "glassnet", "lab", "--out")
    done = run(*command, page, PATH="")
    assert done.returncode == 0, done.stderr
    assert '<script type="module">' in page.read_text(encoding="utf-8")
    shutil.rmtree(environment.packages / "glassnet" / "lab" / "page")
    done = run(*command, tmp_path / "other.html", PATH="")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("glassnet: this installation of glassnet has no lab")
    assert not (tmp_path / "other.html").exists()


@needs_lab
def test_a_source_package_has_what_is_ours_and_the_built_lab(tmp_path: Path) -> None:
    code = "import sys; from scikit_build_core.build import build_sdist; build_sdist(sys.argv[1])"
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= {
        "lab/package-lock.json", "lab/src/main.tsx", "src/native/lab/lab.cpp",
        "src/glassnet/lab/page/lab.js", "src/glassnet/lab/page/lab.css", "tools/build_lab.py",
        "tests/packaging/test_packaging.py", "docs/index.md", "examples/data/cars.csv",
    }  # fmt: skip
    found = {part for name in names for part in name.split("/")}
    assert not found & {".venv", ".git", "node_modules", "__pycache__", "_build", "generated"}
    assert len(names) < 2000


def test_the_compiler_has_nothing_to_warn_of(built: Build) -> None:
    assert "variant.cpp" in built.said
    assert not re.findall(r".*\bwarning:.*", built.said, re.IGNORECASE)


@pytest.mark.parametrize(
    "without", [{"CC": "/bin/false", "CXX": "/bin/false"}, {"PATH": "", "CC": "", "CXX": ""}]
)
def test_without_a_compiler(without: dict[str, str], source: Path, tmp_path: Path) -> None:
    build = Build(source, tmp_path, **without)
    assert reason(build) == "no C++ compiler was found\n"
    environment = Environment(tmp_path / "environment", build.wheel)
    done = run(environment.python, "-m", "glassnet", "demo", "--json")
    assert json.loads(done.stdout)["engine"] == "numpy"
    assert "running on NumPy" in done.stderr
    assert "no C++ compiler was found" in done.stderr
    assert f"{environment.python} -m pip install --force-reinstall" in done.stderr


def test_a_mistake_in_the_source_fails_the_installation(compiler: str, tmp_path: Path) -> None:
    source = copy_source(tmp_path)
    with (source / "src" / "native" / "engine.hpp").open("a") as file:
        file.write("int planted = ;\n")
    build = Build(
        source, tmp_path, "cmake.build-type=Debug"
    )  # nanobind, which is right, compiles sooner
    assert not build.succeeded
    assert build.wheel is None
    assert "planted" in build.said


def test_what_needs_a_newer_processor_has_names_of_its_own(built: Build) -> None:
    """Of a function in several object files the linker keeps one: not one, then, that an older
    processor cannot run.
    """
    (variant,) = built.objects.glob("**/native_avx2.dir/**/variant.cpp.o")
    symbols = [
        line.split()[-2:] for line in run("nm", "--extern-only", variant).stdout.splitlines()
    ]
    defined = [name for kind, name in symbols if kind != "U"]
    assert "_ZN8glassnet4avx26engineE" in defined
    assert [name for name in defined if not ITS_OWN.match(name)] == []
    assert [name for kind, name in symbols if kind == "U" and name.startswith("_Z")] == []
