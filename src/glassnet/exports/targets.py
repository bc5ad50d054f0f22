"""What a model can be exported to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from glassnet.errors import OptionRef, unknown_name
from glassnet.exports.plan import ExportPlan

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
        What is read of: a table of a database.
    dtype : {"float64", "float32"}
        What is computed in.
    """

    name: str = "model"
    source: str = "rows"
    dtype: str = "float64"


Writer = Callable[[ExportPlan, ExportOptions], Files]
Checker = Callable[[ExportPlan, ExportOptions, Files], tuple[str, ...]]


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
    checker : str
        The function that runs the files at once and says what it found, below `glassnet.exports`;
        "": they are only run where they are used.
    """

    name: str
    title: str
    ending: str
    writer: str
    options: tuple[str, ...] = ()
    checker: str = ""

    @property
    def files(self) -> Writer:
        """Makes the files; imported when it is asked for."""
        return _imported(self.writer)

    @property
    def notes(self) -> Checker:
        """Runs the files, and returns what should be said of them, a line each."""
        return _imported(self.checker) if self.checker else lambda plan, options, files: ()


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
            "onnx",
            "An ONNX graph, for onnxruntime and others; needs the extra `onnx`",
            ".onnx",
            "onnx.graph.onnx_files",
            ("dtype",),
            "onnx.checking.onnx_notes",
        ),
    ]
}
"""Name -> target, in the order in which they are listed."""


def export_target(name: str) -> ExportTarget:
    """The target of that name. Raises OptionError, naming the nearest, where there is none."""
    if name not in TARGETS:
        raise unknown_name(OptionRef("to"), name, TARGETS)
    return TARGETS[name]
