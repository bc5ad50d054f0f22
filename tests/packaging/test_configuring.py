"""What CMakeLists.txt makes of compilers, systems and processors: which variants are to be built,
or why none is. Nothing is compiled here but CMake's own small questions.
"""

import re
import shutil
import sys
from pathlib import Path

import nanobind
import pytest
from builds import ROOT, run

from conftest import in_ci

CLANG = "-D__clang__ -D__clang_major__={0} -D__clang_minor__=0 -D__clang_patchlevel__=0"
APPLE_CLANG = f"{CLANG} -D__apple_build_version__={{0}}000309"


@pytest.fixture(scope="module")
def compiler() -> str:
    found = shutil.which("g++")
    if found is None:
        assert not in_ci(), "g++ is missing, and in CI nothing may be skipped"
        pytest.skip("there is no g++ (Debian: apt-get install g++)")
    return found


def configure(folder: Path, compiler: str, pretended: str, *settings: str) -> tuple[set[str], str]:
    """The variants that are to be built with a compiler that claims to be another, and the reason
    why none is.
    """
    pretender = folder / "pretender"
    pretender.write_text(f'#!/bin/sh\nexec {compiler} {pretended} "$@"\n')
    pretender.chmod(0o755)
    given = {
        "CMAKE_BUILD_TYPE": "Release",
        "nanobind_DIR": nanobind.cmake_dir(),
        "Python_EXECUTABLE": sys.executable,
    }
    options = [f"-D{name}={value}" for name, value in given.items()]
    cmake = [sys.executable, "-m", "cmake", "-G", "Unix Makefiles"]
    done = run(*cmake, "-S", ROOT, "-B", folder, *options, *settings, CXX=str(pretender))
    assert done.returncode == 0, done.stdout + done.stderr
    missing = folder / "_native_missing.txt"
    variants = {path.stem for path in folder.glob("CMakeFiles/native_*.dir")}
    return variants, missing.read_text() if missing.exists() else ""


def test_what_ci_has_not_seen_is_built_in_its_baseline(compiler: str, tmp_path: Path) -> None:
    pretended = APPLE_CLANG.format(15) + " -U__x86_64__"
    system = ("-DCMAKE_SYSTEM_NAME=FreeBSD", "-DCMAKE_SYSTEM_PROCESSOR=riscv64")
    assert configure(tmp_path, compiler, pretended, *system) == ({"native_baseline"}, "")


@pytest.mark.parametrize(
    ("pretended", "reason"),
    [
        ("-U__GNUC__ -D__GNUC__=10", r"the compiler GNU 10\S+ is not supported \(GCC 11 .*\)"),
        (CLANG.format(13), r"the compiler Clang 13\S+ is not supported \(.* Clang 14\)"),
        (APPLE_CLANG.format(13), r"the compiler AppleClang 13\S+ is not supported \(.*\)"),
        ("'-D__attribute__(x)='", r"the compiler GNU \S+ lacks the vector types or the .*"),
    ],
)
def test_what_cannot_work_is_refused(
    pretended: str, reason: str, compiler: str, tmp_path: Path
) -> None:
    variants, why = configure(tmp_path, compiler, pretended)
    assert variants == set()
    assert re.fullmatch(reason + "\n", why)


def test_the_engine_can_be_left_out(compiler: str, tmp_path: Path) -> None:
    variants, why = configure(tmp_path, compiler, "", "-DGLASSNET_NATIVE=OFF")
    assert (variants, why) == (set(), "GLASSNET_NATIVE was OFF when it was installed\n")
