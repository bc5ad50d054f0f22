"""A training as a program of Python and NumPy."""

import numpy as np

from glassnet.exports.code.python import python_literal
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import LINE_WIDTH, rendered, wrapped_items
from glassnet.exports.training.cells import CellLanguage, input_cells, target_cells
from glassnet.exports.training.formulas import TrainingFormulas, plain_number_text
from glassnet.exports.training.plan import TrainingPlan
from glassnet.notation.dialects import NUMPY
from glassnet.tables.targets import NumberTarget

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
    text = rendered(
        "python_script.jinja",
        plan=plan,
        formulas=TrainingFormulas(plan, NUMPY, layer="nn.layer{}", output="nn.output"),
        literal=python_literal,
        number=plain_number_text,
        matrix=_matrix,
        inputs=input_cells(plan, PYTHON_CELLS) if plan.source else [],
        targets=target_cells(plan, PYTHON_CELLS) if plan.source else [],
        is_number=lambda target: isinstance(target, NumberTarget),
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
