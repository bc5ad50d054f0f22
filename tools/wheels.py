"""Wheels of glassnet into dist/: one for Python 3.11, and one of the stable ABI for 3.12 and all
that come after.

Run: python tools/wheels.py (exit status 1 when a wheel lacks the native engine, as one does that is
built without a compiler). pip is the running Python's; the others need none.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

WANTED = (
    ("python3.11",),
    ("python3.12", "python3.13", "python3.14"),
)  # of each, the first that runs


def runs(python: str) -> bool:
    """Whether there is such a Python: a name on PATH may be a launcher that has none to launch."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def build(python: str, folder: Path) -> Path:
    """Build the wheel for a Python, which need not have pip, from the working tree."""
    path = subprocess.check_output(
        [python, "-c", "import sys; print(sys.executable)"], text=True
    ).strip()
    before = {wheel: wheel.stat().st_mtime_ns for wheel in folder.glob("*.whl")}
    pip = [sys.executable, "-m", "pip", "--python", path]
    subprocess.run(
        [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), "."], check=True
    )
    (made,) = [
        wheel for wheel in folder.glob("*.whl") if before.get(wheel) != wheel.stat().st_mtime_ns
    ]
    return made


def has_engine(wheel: Path) -> bool:
    """Whether the wheel was built with the native engine."""
    with zipfile.ZipFile(wheel) as archive:
        return any(name.startswith("glassnet/_native.") for name in archive.namelist())


def main(folder: Path) -> int:
    """Build them all; 0 when each has its engine."""
    pythons = [python for names in WANTED if (python := next(filter(runs, names), None))]
    if not pythons:
        print("none of", *[name for names in WANTED for name in names], "was found")
        return 1
    without = 0
    for python in pythons:
        wheel = build(python, folder)
        good = has_engine(wheel)
        without += not good
        print(
            f"{python}: {wheel}{'' if good else ' lacks the native engine: was there a compiler?'}"
        )
    return int(without > 0)


if __name__ == "__main__":
    sys.exit(main(Path("dist")))
