"""The formulas of a training, of loss, activation and derivative, as lines of a program."""

from dataclasses import dataclass

from glassnet.exports.training.plan import TrainingPlan
from glassnet.notation.numerals import WHOLE_BELOW
from glassnet.notation.write import ATOM, Dialect, Symbol, write
from glassnet.tables.targets import Target


def plain_number_text(value: float) -> str:
    """A number to the last digit; a whole one without a point.

    >>> plain_number_text(1.0), plain_number_text(0.1)
    ('1', '0.1')
    """
    value = float(value)
    is_whole = value == int(value) and abs(value) < WHOLE_BELOW
    return str(int(value)) if is_whole else repr(value)


@dataclass(frozen=True)
class TrainingFormulas:
    """The formulas, their names being those of the program.

    Parameters
    ----------
    plan : TrainingPlan
        The training.
    dialect : Dialect
        How formulas are written.
    layer : str
        What the activations of a hidden layer are called, with a {} for its number.
    output : str
        What those of the last layer are called.
    """

    plan: TrainingPlan
    dialect: Dialect
    layer: str
    output: str

    @property
    def n_layers(self) -> int:
        """Layers of weights."""
        return len(self.plan.network.shapes)

    @property
    def targets(self) -> list[tuple[Target, int, int]]:
        """Each target with the first of its outputs, from 0, and how many it has."""
        found: list[tuple[Target, int, int]] = []
        first = 0
        for target in self.plan.encoding.targets:
            found.append((target, first, target.width))
            first += target.width
        return found

    def activations(self, layer: int) -> str:
        """The name of the activations of a layer, from 1; of layer 0 the inputs, x."""
        if layer == 0:
            return "x"
        return self.output if layer == self.n_layers else self.layer.format(layer)

    def function(self) -> str:
        """The sigmoid of z."""
        return write(self.plan.network.output.formula, self.dialect, {"z": Symbol("z")})

    def derivative(self, layer: int) -> str:
        """The derivative of a layer's activations, in brackets."""
        formula = self.plan.network.activations[layer - 1].derivative_formula
        names = {"a": Symbol(self.activations(layer))}
        return write(formula, self.dialect, names, beside=ATOM)

    def loss(self) -> str:
        """What an output adds to the loss."""
        return write(self.plan.network.loss.formula, self.dialect, self._names)

    def loss_derivative(self) -> str:
        """The derivative of that."""
        return write(self.plan.network.loss.derivative_formula, self.dialect, self._names)

    @property
    def _names(self) -> dict[str, Symbol]:
        return {"a": Symbol(self.output), "y": Symbol("y")}
