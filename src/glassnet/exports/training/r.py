"""A training as a program of base R."""

import numpy as np

from glassnet.exports.code.r import r_literal
from glassnet.exports.targets import ExportOptions, Files
from glassnet.exports.templates import rendered, wrapped_items
from glassnet.exports.training.cells import CellLanguage, input_cells, target_cells
from glassnet.exports.training.formulas import TrainingFormulas, plain_number_text
from glassnet.exports.training.plan import TrainingPlan
from glassnet.notation.dialects import R
from glassnet.tables.targets import ClassTarget, NumberTarget

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
    text = rendered(
        "r_script.jinja",
        plan=plan,
        formulas=TrainingFormulas(plan, R, layer="nn$layer{}", output="nn$output"),
        literal=r_literal,
        number=plain_number_text,
        rows=_rows,
        inputs=input_cells(plan, R_CELLS) if plan.source else [],
        targets=target_cells(plan, R_CELLS) if plan.source else [],
        labels=_labels,
        is_number=lambda target: isinstance(target, NumberTarget),
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
