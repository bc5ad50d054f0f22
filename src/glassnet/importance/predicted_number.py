"""One number of what is predicted for a row: a target's, or the probability of a class.

How it changes with the inputs, too. What columns contributed to it is `contributions.py`.
"""

from dataclasses import dataclass

import numpy as np

from glassnet.core.network import feedforward, layer_deltas
from glassnet.errors import unknown_name
from glassnet.models.ensemble import vote_fractions
from glassnet.models.model import Model
from glassnet.models.rows import Rows
from glassnet.settings import check_all_text
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget, NumberTarget, Target
from glassnet.training.problem import as_dtype


@dataclass(frozen=True)
class PredictedNumber:
    """One number of what is predicted for a row.

    Parameters
    ----------
    target : Target
        What is predicted.
    first : int
        The number of its first output, from 0.
    label : int
        Of a target of classes, the number of the class, from 0; -1 of a number.
    """

    target: Target
    first: int
    label: int = -1

    @property
    def name(self) -> str:
        """The target, or "target=class"."""
        if isinstance(self.target, NumberTarget):
            return self.target.name
        return f"{self.target.name}={self.target.label_texts[self.label]}"

    def of(self, output: np.ndarray) -> np.ndarray:
        """The number, N, of outputs, N x K; it is not held to the range seen in training."""
        part = output[:, self.first : self.first + self.target.width]
        if isinstance(self.target, NumberTarget):
            return part[:, 0] * self.target.scale + self.target.center
        return self.target.probabilities(part)[:, self.label]

    def gradient(self, model: Model, x: np.ndarray) -> np.ndarray:
        """The derivative d number / d network input, N x D, by backprop through every member."""
        parameters = [as_dtype(member.parameters, np.float64) for member in model.members]
        traces = [
            feedforward(member.network, of_member, x)
            for member, of_member in zip(model.members, parameters, strict=True)
        ]
        votes = vote_fractions(model.members)
        z = sum(vote * trace.z[-1] for vote, trace in zip(votes, traces, strict=True))
        a = model.output_activation.value(z)
        dz = model.output_activation.backward(z, a, self._of_outputs(a))
        gradient = np.zeros_like(x)
        for member, of_member, trace, vote in zip(
            model.members, parameters, traces, votes, strict=True
        ):
            delta = layer_deltas(member.network, of_member, trace, vote * dz)[0]
            gradient += delta @ of_member.weights[0].T
        return gradient

    def _of_outputs(self, output: np.ndarray) -> np.ndarray:
        """The derivative d number / d output, N x K."""
        da = np.zeros_like(output)
        if isinstance(self.target, NumberTarget):
            da[:, self.first] = self.target.scale
        elif self.target.width == 1:  # the probability of the second class is the output
            da[:, self.first] = 1.0 if self.label == 1 else -1.0
        else:  # an output over the sum of all
            part = slice(self.first, self.first + self.target.width)
            total = output[:, part].sum(axis=1, keepdims=True)
            chosen = np.arange(self.target.width) == self.label
            da[:, part] = (chosen - self.of(output)[:, None]) / np.where(total == 0, 1, total)
        return da


def predicted_numbers(rows: Rows) -> list[PredictedNumber]:
    """For each row that of the first target; of classes the probability of the predicted one."""
    target, part = rows.model.encoding.by_target(rows.output)[0]
    if isinstance(target, NumberTarget):
        return [PredictedNumber(target, 0)] * len(rows)
    predicted = target.predicted(target.probabilities(part))
    return [PredictedNumber(target, 0, int(label)) for label in predicted]


def asked_number(model: Model, output: str) -> PredictedNumber:
    """That of a name: a target of numbers, a class of the first target, or "target=class".

    Raises GlassnetError where there is none.
    """
    check_all_text(output=output)
    numbers = {number.name: number for number in all_numbers(model.encoding)}
    full = f"{model.encoding.targets[0].name}={output}"
    if output not in numbers and full not in numbers:
        raise unknown_name("output", output, list(numbers))
    return numbers[output] if output in numbers else numbers[full]


def all_numbers(encoding: TableEncoding) -> list[PredictedNumber]:
    """Every target of numbers, and every class of the others."""
    numbers: list[PredictedNumber] = []
    first = 0
    for target in encoding.targets:
        if isinstance(target, ClassTarget):
            numbers += [
                PredictedNumber(target, first, label) for label in range(len(target.labels))
            ]
        else:
            numbers.append(PredictedNumber(target, first))
        first += target.width
    return numbers
