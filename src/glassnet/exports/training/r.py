"""A training as a program of base R."""

import numpy as np

from glassnet.exports.code.r import r_literal
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import wrapped_items
from glassnet.exports.training.cells import CellLanguage
from glassnet.exports.training.formulas import plain_number_text
from glassnet.exports.training.plan import TrainingPlan
from glassnet.exports.training.program import program_text
from glassnet.notation.dialects import R
from glassnet.tables.targets import ClassTarget

R_CELLS = CellLanguage(
    R,
    r_literal,
    number="as.numeric(rows[[{name}]])",
    text="rows[[{name}]]",
    truth="tolower(rows[[{name}]])",
    equal="1 * ({cell} == {level})",
)


def r_script_files(plan: TrainingPlan, _: ExportOptions) -> Files:
    """The program."""
    text = program_text(
        "r_script.jinja", plan, R_CELLS, "nn$layer{}", "nn$output", rows=_rows, labels=_labels
    )
    return {".R": text}


def _rows(values: np.ndarray, indent: int = 2) -> str:
    """The numbers of a matrix, a line for each row; of one column on as few lines as they need."""
    rows = [values.ravel()] if values.shape[1] == 1 else values
    return ",\n".join(wrapped_items(map(plain_number_text, row), indent) for row in rows)


def _labels(target: ClassTarget) -> list[str]:
    """The labels as R has them."""
    if isinstance(target.labels[0], bool):
        return [str(label).upper() for label in target.labels]
    if isinstance(target.labels[0], str):
        return [r_literal(label) for label in target.labels]
    return [plain_number_text(label) for label in target.labels]
