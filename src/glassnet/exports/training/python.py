"""A training as a program of Python and NumPy."""

import numpy as np

from glassnet.exports.code.python import python_literal
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import LINE_WIDTH, wrapped_items
from glassnet.exports.training.cells import CellLanguage
from glassnet.exports.training.formulas import plain_number_text
from glassnet.exports.training.plan import TrainingPlan
from glassnet.exports.training.program import program_text
from glassnet.notation.dialects import NUMPY

PYTHON_CELLS = CellLanguage(
    NUMPY,
    python_literal,
    number="float(row[{name}])",
    text="row[{name}].strip()",
    truth="row[{name}].strip().lower()",
    equal="float({cell} == {level})",
)


def python_script_files(plan: TrainingPlan, _: ExportOptions) -> Files:
    """The program."""
    text = program_text(
        "python_script.jinja", plan, PYTHON_CELLS, "nn.layer{}", "nn.output", matrix=_matrix
    )
    return {".py": text}


def _matrix(values: np.ndarray, indent: int = 4) -> str:
    """The rows of a matrix, each in brackets; those of one number side by side."""
    if values.shape[1] == 1:
        return wrapped_items([f"[{plain_number_text(value)}]" for value in values[:, 0]], indent)
    margin = " " * indent
    return ",\n".join(f"{margin}[{_items(row, indent)}]" for row in values)


def _items(row: np.ndarray, indent: int) -> str:
    """The numbers of a row: on lines of their own where they do not fit into one."""
    numbers = [plain_number_text(value) for value in row]
    line = ", ".join(numbers)
    if indent + len(line) + 3 <= LINE_WIDTH:
        return line
    return f"\n{wrapped_items(numbers, indent + 4)}\n{' ' * indent}"
