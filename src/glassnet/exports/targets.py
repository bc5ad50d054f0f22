"""What a model can be exported to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

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
    """

    name: str
    title: str
    ending: str
    writer: str
    options: tuple[str, ...] = ()

    @property
    def files(self) -> Writer:
        """Makes the files; imported when it is asked for."""
        module, _, function = self.writer.rpartition(".")
        return getattr(import_module(f"glassnet.exports.{module}"), function)


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
            "excel",
            "a workbook whose formulas follow every step, for Excel and LibreOffice",
            ".xlsx",
            "excel.workbook.excel_files",
        ),
        ExportTarget(
            "latex",
            "a LaTeX document with the model as equations, to read",
            ".tex",
            "latex.document.latex_files",
        ),
    ]
}
"""Name -> target, in the order in which they are listed."""


def export_target(name: str) -> ExportTarget:
    """The target of that name. Raises OptionError, naming the nearest, where there is none."""
    if name not in TARGETS:
        raise unknown_name(OptionRef("to"), name, TARGETS)
    return TARGETS[name]
