"""export(): a trained model as the text or bytes of a file that runs elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassnet.core.initializers import DTYPES
from glassnet.errors import OptionError, OptionRef, OutputError
from glassnet.exports.plan import export_plan
from glassnet.exports.targets import (
    TARGETS,
    ExportOptions,
    ExportTarget,
    export_target,
)
from glassnet.files import check_file, whole_file
from glassnet.models.conversion import as_model
from glassnet.models.model import load
from glassnet.settings import check_all_text, check_name


@dataclass(frozen=True)
class Export:
    """A model in another form: one file or more, in memory.

    Parameters
    ----------
    to : str
        What it was exported to.
    files : dict
        The content of each file by its ending, such as ".py"; the first is the one that is used.
    notes : tuple of str
        What was found where the files were run at once, to be checked: a line each.
    stem : str
        What the files must be called, without their endings, as one names another; "": anything.
    """

    to: str
    files: Mapping[str, str | bytes]
    notes: tuple[str, ...] = ()
    stem: str = ""

    def __repr__(self) -> str:
        sizes = ", ".join(f"{ending} {len(text):,}" for ending, text in self.files.items())
        return f"<glassnet Export to {self.to}: {sizes} characters or bytes>"

    @property
    def content(self) -> str | bytes:
        """That of the file which is used: text, or bytes of a format that is no text."""
        return next(iter(self.files.values()))

    def write(self, path: str | Path, *, overwrite: bool = False) -> list[Path]:
        """Write the file, and beside it those that belong to it.

        Parameters
        ----------
        path : str or Path
            The file that is used, or one of the others: all have this name, each with its ending.
        overwrite : bool
            Whether files that are there already are replaced.

        Returns
        -------
        list of Path
            What was written, each file whole.

        Raises
        ------
        OutputError
            Where one is there already, cannot be written, or must have another name, by which
            others know it; then none is.
        """
        first, *others = self.files
        path = Path(path)
        known = max((end for end in self.files if path.name.endswith(end)), key=len, default="")
        stem = path.name.removesuffix(known)
        used = path.with_name(stem + first) if known or others else path
        paths = [used, *(path.with_name(stem + ending) for ending in others)]
        if self.stem not in ("", stem):
            raise OutputError(
                f"the code knows the file beside it as '{self.stem}{others[0]}'",
                file=used,
                remedy=[f"write to '{self.stem}{first}', or export with ", OptionRef("name", stem)],
            )
        for one in paths:
            check_file(one, overwrite)
        for one, content in zip(paths, self.files.values(), strict=True):
            with whole_file(one, overwrite=overwrite) as part:
                data = content.encode() if isinstance(content, str) else content
                part.write_bytes(data)
        return paths


def export(
    model: Any,
    to: str,
    *,
    interval: float | None = None,
    label_set: float | None = None,
    name: str | None = None,
    source: str | None = None,
    dtype: str | None = None,
) -> Export:
    """A trained model, its preprocessing and all its networks, as code that runs elsewhere.

    The exported file takes raw columns, as they stand in the table, and gives what
    `Model.predict_columns` gives, to rounding. It holds some rows with what is predicted of them,
    by which it checks itself.

    Parameters
    ----------
    model : Model, path, fitted estimator or pipeline, Run, or (Network, Parameters)
        What is exported; a path is that of a model file or a run folder.
    to : str
        "python": a module of Python's standard library alone; "numpy": one that predicts whole
        tables. "r": a script of R for data frames. "c": a .c and a .h of C99 without heap.
        "javascript": an ES module with types. "java", "go": a class and a package without
        dependencies. "duckdb", "sqlite", "postgresql": one SELECT that adds the predictions to the
        rows of the table `source`. "excel": a workbook whose formulas follow every step. "latex":
        the model as equations. "onnx": a graph for onnxruntime and others.
        "csv", "r-parameters": the weights and biases alone, as rows and as matrices of R.
        "python-script", "r-script": the training itself as a program, of a run of `train_article`
        or `glassnet demo`.
    interval, label_set : float, optional
        Adds intervals or sets of classes with this coverage, as in `Model.predict_columns`.
    name : str, optional
        What the model is called in code that needs a name for it; None: "model".
    source : str, optional
        The table of the database that SQL reads; None: "rows". Of a training, the CSV file that
        the program reads; None: its rows are written out, which a run folder knows.
    dtype : {"float64", "float32"}, optional
        What is computed in, of targets that leave the choice; None: float64.

    Returns
    -------
    Export
        Its `content` is the text; `write` puts it into a file.

    Raises
    ------
    GlassnetError
        On a model that the target cannot express, naming what it cannot, on a target that there is
        not, on an option that the target has no use for, where files that are run at once do not
        predict what the model does, and as `load` does.

    Examples
    --------
    >>> import glassnet as gn
    >>> model = gn.train_article({"x": [0.0, 1.0, 2.0], "y": [0.1, 0.5, 0.9]}, "y", iterations=10)
    >>> code = gn.export(model, "python").content
    >>> module = {"__name__": "model"}
    >>> exec(code, module)
    >>> bool(module["predict"]({"x": 1.0})["prediction"] == model.predict({"x": [1.0]})[0])
    True
    """
    target = export_target(to)
    options = _options(target, name=name, source=source, dtype=dtype)
    if target.expresses != "predictions":
        _check_left_out(target, interval=interval, label_set=label_set)
    if target.expresses == "training":
        from glassnet.exports.training.plan import training_plan

        plan = training_plan(model, target.name, source)
    else:
        if isinstance(model, (str, Path)):
            model = load(model)
        plan = export_plan(as_model(model), interval, label_set)
    files = dict(target.files(plan, options))
    notes = target.notes(plan, options, files)
    return Export(target.name, files, notes, target.stem(options))


def _check_left_out(target: ExportTarget, **given: float | None) -> None:
    """Raises OptionError on a coverage that was given."""
    for option, value in given.items():
        if value is not None:
            raise _no_use(target, option, value, "leave it out")


def _options(target: ExportTarget, **given: str | None) -> ExportOptions:
    """Those that were given. Raises OptionError on one that the target has no use for."""
    asked = {option: value for option, value in given.items() if value is not None}
    check_all_text(**asked)
    for option, value in asked.items():
        if option not in target.options:
            takers = ", ".join(one.name for one in TARGETS.values() if option in one.options)
            raise _no_use(target, option, value, f"leave it out; it is for {takers or 'none'}")
    if asked.get("dtype"):
        check_name("dtype", asked["dtype"], DTYPES)
    return ExportOptions(**asked)


def _no_use(target: ExportTarget, option: str, value: Any, remedy: str) -> OptionError:
    """The error for an option that the target has no use for."""
    message = [OptionRef("to", target.name), " takes no ", OptionRef(option)]
    return OptionError(message, option=option, value=value, remedy=remedy)
