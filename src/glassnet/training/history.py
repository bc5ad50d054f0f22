"""What was measured along a run, and the table it makes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.notebook import html_of
from glassnet.training.problem import Floats, Measured


@dataclass(frozen=True)
class History:
    """The losses of a run.

    `iteration_loss` has one entry an iteration: the loss of that iteration's feedforward, before its update, penalty included.
    `loss`, `penalty` (what of it is penalty), `gradient_norm` (the mean of an epoch; none unless it was asked for) and
    `validation_loss` (none without validation rows) have one an epoch; `learning_rate` one an iteration. `batches` is the number
    of iterations in an epoch.
    """

    iteration_loss: Floats
    loss: Floats
    penalty: Floats
    gradient_norm: Floats
    validation_loss: Floats
    learning_rate: Floats
    batches: int

    @classmethod
    def of(cls, chunks: list[Measured], learning_rate: Floats, batches: int) -> "History":
        """The history of a run that was measured in chunks."""
        if len(chunks) == 1:
            iteration_loss, loss, penalty, gradient_norm, validation_loss, _ = chunks[0]
        else:
            iteration_loss, loss, penalty, gradient_norm, validation_loss = (
                np.concatenate([np.empty(0), *(getattr(chunk, name) for chunk in chunks)])
                for name in Measured._fields[:-1]
            )
        rates = learning_rate.ravel()[: len(iteration_loss)]
        return cls(iteration_loss, loss, penalty, gradient_norm, validation_loss, rates, batches)

    def _repr_html_(self) -> str:
        return html_of(self)

    def table(self) -> dict[str, list[Any]]:
        """One row an epoch: its number, its last iteration, training loss, learning rate.

        And, where there are any: penalty, norm of the gradient, validation loss.
        """
        epochs = len(self.loss)
        last = np.minimum(np.arange(1, epochs + 1) * self.batches, len(self.iteration_loss))
        columns: dict[str, Any] = {
            "epoch": np.arange(1, epochs + 1),
            "iteration": last,
            "loss": self.loss,
        }
        if self.penalty.any():
            columns["penalty"] = self.penalty
        for name in ("gradient_norm", "validation_loss"):
            if len(getattr(self, name)):
                columns[name] = getattr(self, name)
        columns["learning_rate"] = self.learning_rate[last - 1]
        return {name: column.tolist() for name, column in columns.items()}
