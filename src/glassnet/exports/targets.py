"""What a model can be exported to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from glassnet.errors import OptionRef, unknown_name
from glassnet.exports.plan import ExportPlan

if TYPE_CHECKING:
    from glassnet.exports.training.plan import TrainingPlan

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


Writer = Callable[[ExportPlan, ExportOptions], Files]
TrainingWriter = Callable[["TrainingPlan", ExportOptions], Files]


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
    def of_training(self) -> bool:
        """Whether it repeats the training, and is made of a TrainingPlan."""
        return self.writer.startswith("training.")

    @property
    def files(self) -> Writer | TrainingWriter:
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
            "csv",
            "every weight and bias as a row, for R and spreadsheets",
            ".csv",
            "parameters.csv.csv_files",
        ),
        ExportTarget(
            "r-parameters",
            "R: weights1, biases1, weights2 ... as matrices, as the article has them",
            ".R",
            "parameters.r.r_parameters_files",
        ),
        ExportTarget(
            "python-script",
            "Python and NumPy: the training itself from scratch, of train_article",
            ".py",
            "training.python.python_script_files",
            ("source",),
        ),
        ExportTarget(
            "r-script",
            "base R: the training itself from scratch, of train_article",
            ".R",
            "training.r.r_script_files",
            ("source",),
        ),
    ]
}
"""Name -> target, in the order in which they are listed."""


def export_target(name: str) -> ExportTarget:
    """The target of that name. Raises OptionError, naming the nearest, where there is none."""
    if name not in TARGETS:
        raise unknown_name(OptionRef("to"), name, TARGETS)
    return TARGETS[name]
