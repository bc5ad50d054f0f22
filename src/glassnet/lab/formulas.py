"""Every formula that the page shows, as the library has it: built into the page as data."""

from typing import Any

from glassnet.core.activations import OUTPUTS, Softmax
from glassnet.core.losses import LOSSES
from glassnet.tables.inputs import SMOOTH_CLIP, Binary, Categories, Number
from glassnet.tables.targets import ClassTarget, NumberTarget

UPDATES = {
    "gradient_descent": {"new": "w - r * g"},
    "adam": {
        "mean": "b * m + (1 - b) * g",
        "mean_square": "c * v + (1 - c) * g * g",
        "new": "w - r * (m / (1 - b**t)) / (sqrt(v / (1 - c**t)) + h)",
    },
}
"""What an update makes of a weight w and of what is remembered of it, eq. (13) and (17): r is the
learning rate, g the gradient, t the number of the update, b, c and h the optimizer's settings, m
and v the running means, in "new" after the update."""


def formulas() -> dict[str, Any]:
    """Name -> formula or formulas, as Python expressions of short names; ready for JSON."""
    return {
        "activations": {
            name: {
                "formula": activation.formula,
                "derivative_formula": activation.derivative_formula,
                "row_term": activation.row_term,
            }
            for name, activation in OUTPUTS.items()
        },
        "softmax_backward": Softmax.backward_formula,
        "losses": {
            name: {
                "reduction": loss.reduction,
                "output": loss.output,
                "of_probabilities": loss.targets == (0, 1),
                "setting": loss.setting,
                "setting_name": loss.setting_name,
                "formula": loss.formula,
                "derivative_formula": loss.derivative_formula,
                "stable_formula": loss.stable_formula,
                "row_term": loss.row_term,
            }
            for name, loss in LOSSES.items()
        },
        "inputs": {
            "number": Number.formulas,
            "binary": Binary.formula,
            "categories": Categories.formula,
            "smooth_clip": SMOOTH_CLIP,
        },
        "targets": {"number": NumberTarget.formulas, "class": ClassTarget.formulas},
        "updates": UPDATES,
    }
