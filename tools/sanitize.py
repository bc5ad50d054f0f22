"""The native engine's tests with AddressSanitizer and UBSan: what reads or writes past an array, or
is undefined, ends the run.

Run: python tools/sanitize.py (arguments go to pytest; without any: the tests that train, and of the
slow products of options the part that the commit says). Wants
GCC, and the test extra.

The extension with the sanitizers in it goes into a virtual environment of its own, which sees this
one's packages: an editable installation is found before all that a path says, and would be tested
instead.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "sanitize"
TESTS = ("tests/packaging/sanitized.py", "tests/training", "tests/test_article.py")
# Long, about digits, and through no code that the others do not go through.
LEFT_OUT = "not hundred_iterations and not real_r and not jax and not sigkill"
SETTINGS = (
    f"build-dir={BUILD}/{{wheel_tag}}",
    "cmake.define.GLASSNET_SANITIZE=ON",
    "install.strip=false",
)


def output(*command: str | Path) -> str:
    """What a command prints."""
    return subprocess.check_output(command, text=True).strip()


def install() -> Path:
    """Build glassnet with the sanitizers; gives the Python that has it.

    What is compiled stays, so that a second time is quick.
    """
    python = BUILD / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(BUILD / "venv", symlinks=True)
    packages = output(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    Path(packages, "outer.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-build-isolation",
        "--no-deps",
        "--upgrade",
    ]
    settings = [f"--config-settings={setting}" for setting in SETTINGS]
    subprocess.run([*pip, *settings, "--target", packages, str(ROOT)], check=True)
    return python


def runtime() -> str:
    """The libraries that must be loaded before Python: the sanitizer's, and the C++ one, some of
    whose functions it replaces.
    """
    compiler = os.environ.get("CXX", "c++")
    found = [
        output(compiler, f"-print-file-name={name}") for name in ("libasan.so", "libstdc++.so")
    ]
    if not all(map(os.path.isabs, found)):  # the name alone comes back
        sys.exit(f"{compiler} has no shared AddressSanitizer: set CXX to GCC's C++ compiler")
    return ":".join(found)


def main(arguments: list[str]) -> int:
    """The exit status is pytest's, or 1 where a sanitizer found something."""
    command = [
        install(),
        "-m",
        "pytest",
        *(arguments or ("-n", "auto", "--part", "commit", "-k", LEFT_OUT, *TESTS)),
    ]
    for report in BUILD.glob("report.*"):
        report.unlink()
    # Into files: pytest holds back what a test prints, and goes down with it.
    log = f"log_path={BUILD / 'report'}"
    environment = os.environ | {
        "LD_PRELOAD": runtime(),
        "ASAN_OPTIONS": f"detect_leaks=0:{log}",  # Python itself leaves much behind when it ends
        "UBSAN_OPTIONS": f"halt_on_error=1:print_stacktrace=1:{log}",
    }
    status = subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    reports = sorted(BUILD.glob("report.*"))
    for report in reports:
        print("", *report.read_text(errors="replace").splitlines()[:20], sep="\n")
    return status or int(bool(reports))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
