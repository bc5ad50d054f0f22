"""What a model can be exported to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from glassnet.settings import check_name

Files = Mapping[str, str | bytes]
"""The content of each file by its ending; the first is the one that is used."""


@dataclass(frozen=True)
class ExportOptions:
    """What was asked of an export beside the model; each target takes some of it.

    Parameters
    ----------
    name : str
        What the model is called in the code.
    source : str
        What is read of: a table of a database, or a file.
    dtype : {"float64", "float32"}
        What is computed in.
    """

    name: str = "model"
    source: str = "rows"
    dtype: str = "float64"


@dataclass(frozen=True)
class ExportTarget:
    """One thing that a model can become.

    Parameters
    ----------
    name : str
        What it is asked for by.
    title : str
        What it is, and what it needs where it runs.
    ending : str
        Of the file that is used.
    writer : str
        The function that makes it, below `glassnet.exports`.
    options : tuple of str
        The fields of ExportOptions that it takes.
    expresses : {"predictions", "weights", "training"}
        What it is of a model: all that makes a row its predictions, the weights alone, or the
        training, which is made of a TrainingPlan.
    checker : str
        The function that runs the files at once and says what it found, below `glassnet.exports`;
        "": they are only run where they are used.
    caller : str
        The function that says what the files must be called, without their endings, because one
        names another, below `glassnet.exports`; "": anything.
    """

    name: str
    title: str
    ending: str
    writer: str
    options: tuple[str, ...] = ()
    expresses: Literal["predictions", "weights", "training"] = "predictions"
    checker: str = ""
    caller: str = ""

    @property
    def files(self) -> Callable[[Any, ExportOptions], Files]:
        """Makes the files of an ExportPlan or TrainingPlan; imported when it is asked for."""
        return _imported(self.writer)

    @property
    def notes(self) -> Callable[[Any, ExportOptions, Files], tuple[str, ...]]:
        """Runs the files, and returns what should be said of them, a line each."""
        return _imported(self.checker) if self.checker else lambda plan, options, files: ()

    def stem(self, options: ExportOptions) -> str:
        """What the files must be called, without their endings; "": anything."""
        return _imported(self.caller)(options) if self.caller else ""


def _imported(function: str) -> Callable[..., Any]:
    module, _, name = function.rpartition(".")
    return getattr(import_module(f"glassnet.exports.{module}"), name)


TARGETS: dict[str, ExportTarget] = {
    target.name: target
    for target in [
        ExportTarget(
            "python",
            "Python 3.8 or later, its standard library only",
            ".py",
            "code.python.python_files",
        ),
        ExportTarget(
            "numpy",
            "Python 3.8 or later and NumPy: whole tables at once",
            ".py",
            "code.python_numpy.numpy_files",
        ),
        ExportTarget(
            "r",
            "R 4.0 or later, without packages",
            ".R",
            "code.r.r_files",
        ),
        ExportTarget(
            "c",
            "C99 for microcontrollers too: a .c and a .h, no heap, nothing but libm",
            ".c",
            "code.c.c_files",
            ("name", "dtype"),
            caller="code.c.c_stem",
        ),
        ExportTarget(
            "javascript",
            "An ES module for browsers, Node 20.16 and Deno, with types for TypeScript",
            ".mjs",
            "code.javascript.javascript_files",
        ),
        ExportTarget(
            "java",
            "A class of Java 11 or later, its standard library only",
            ".java",
            "code.java.java_files",
            ("name",),
        ),
        ExportTarget(
            "go",
            "Go 1.19 or later, its standard library only",
            ".go",
            "code.go.go_files",
            ("name",),
        ),
        ExportTarget(
            "duckdb",
            "One SELECT for DuckDB",
            ".sql",
            "sql.files.duckdb_files",
            ("source",),
        ),
        ExportTarget(
            "sqlite",
            "One SELECT for SQLite 3.38 or later, with its mathematical functions",
            ".sql",
            "sql.files.sqlite_files",
            ("source",),
        ),
        ExportTarget(
            "postgresql",
            "One SELECT for PostgreSQL 12 or later",
            ".sql",
            "sql.files.postgresql_files",
            ("source",),
        ),
        ExportTarget(
            "excel",
            "A workbook whose formulas follow every step; needs the extra `excel`",
            ".xlsx",
            "excel.workbook.excel_files",
        ),
        ExportTarget(
            "latex",
            "A LaTeX document with the model as equations, to read",
            ".tex",
            "latex.document.latex_files",
        ),
        ExportTarget(
            "onnx",
            "An ONNX graph, for onnxruntime and others; needs the extra `onnx`",
            ".onnx",
            "onnx.graph.onnx_files",
            ("dtype",),
            checker="onnx.checking.onnx_notes",
        ),
        ExportTarget(
            "csv",
            "Every weight and bias as a row, for R and spreadsheets",
            ".csv",
            "parameters.csv.csv_files",
            expresses="weights",
        ),
        ExportTarget(
            "r-parameters",
            "R: weights1, biases1, weights2 ... as matrices, as the article has them",
            ".R",
            "parameters.r.r_parameters_files",
            expresses="weights",
        ),
        ExportTarget(
            "python-script",
            "Python and NumPy: the training itself from scratch, of train_article",
            ".py",
            "training.python.python_script_files",
            ("source",),
            expresses="training",
        ),
        ExportTarget(
            "r-script",
            "Base R: the training itself from scratch, of train_article",
            ".R",
            "training.r.r_script_files",
            ("source",),
            expresses="training",
        ),
    ]
}
"""Name -> target, in the order in which they are listed."""


def export_target(name: str) -> ExportTarget:
    """The target of that name. Raises OptionError, naming the nearest, where there is none."""
    check_name("to", name, TARGETS)
    return TARGETS[name]
