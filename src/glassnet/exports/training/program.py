"""A program from its template: what those of all languages are given."""

from typing import Any

from glassnet.exports.templates import rendered
from glassnet.exports.training.cells import CellLanguage, input_cells, target_cells
from glassnet.exports.training.formulas import TrainingFormulas, plain_number_text
from glassnet.exports.training.plan import TrainingPlan
from glassnet.tables.targets import NumberTarget


def program_text(
    template: str,
    plan: TrainingPlan,
    language: CellLanguage,
    layer: str,
    output: str,
    **functions: Any,
) -> str:
    """The text that a template makes of a training.

    `layer` and `output` are what the program calls activations, as in `TrainingFormulas`;
    `functions` are those that this template alone calls.
    """
    return rendered(
        template,
        plan=plan,
        formulas=TrainingFormulas(plan, language.dialect, layer, output),
        literal=language.literal,
        number=plain_number_text,
        inputs=input_cells(plan, language) if plan.source else [],
        targets=target_cells(plan, language) if plan.source else [],
        is_number=lambda target: isinstance(target, NumberTarget),
        **functions,
    )
