"""Building and installing glassnet into environments of their own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
PLAIN = ("--no-build-isolation", "--no-deps", "--no-index", "--verbose")


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command away from the repository, and keep what it says."""
    there = os.environ | {"LC_ALL": "C", "PYTHONPATH": ""} | environment
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=sys.prefix, env=there
    )


def copy_source(folder: Path) -> Path:
    """What an installation needs of the repository, without what lies about in it."""
    for name in (".gitignore", "CMakeLists.txt", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


class Build:
    """What became of building a wheel: whether it could be, the wheel, what was said, and the
    folder of the object files.
    """

    def __init__(self, source: Path, folder: Path, *settings: str, **environment: str) -> None:
        self.objects = folder / "objects"
        given = [
            f"--config-settings={setting}" for setting in (f"build-dir={self.objects}", *settings)
        ]
        done = run(*PIP, "wheel", *PLAIN, *given, "--wheel-dir", folder, source, **environment)
        self.succeeded, self.said = done.returncode == 0, done.stdout + done.stderr
        self.wheel = next(folder.glob("*.whl"), None)


class Environment:
    """A virtual environment with glassnet from a wheel, which sees all other packages of this one.

    It does so through a .pth file, whose folders' own .pth files are not read: an editable glassnet
    there stays unseen.
    """

    def __init__(self, home: Path, wheel: Path) -> None:
        venv.create(home, symlinks=True)
        self.python = home / "bin" / "python"
        self.packages = Path(
            run(
                self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
            ).stdout.strip()
        )
        outer = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
        (self.packages / "outer.pth").write_text("\n".join(outer) + "\n")
        done = run(*PIP, "install", "--no-deps", "--no-index", "--target", self.packages, wheel)
        assert done.returncode == 0, done.stdout + done.stderr
