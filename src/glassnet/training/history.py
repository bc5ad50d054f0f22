"""What was measured along a run, and the table it makes. It is drawn in `plots`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassnet.notebook import html_of
from glassnet.training.problem import Floats, Measured


@dataclass(frozen=True)
class History:
    """The losses of a run.

    Parameters
    ----------
    iteration_loss : array
        One entry an iteration: the loss of its feedforward, before its update, penalty included.
    loss : array
        One entry an epoch, as all below but the learning rate: the training loss.
    penalty : array
        What of `loss` is penalty.
    gradient_norm : array
        The mean norm of the gradient; empty unless it was asked for.
    validation_loss : array
        The loss on the validation rows; empty without such rows.
    learning_rate : array
        One entry an iteration.
    batches : int
        Iterations in an epoch.
    left_out_loss : array
        The loss on rows that looked on and chose nothing; empty without such rows.
    """

    iteration_loss: Floats
    loss: Floats
    penalty: Floats
    gradient_norm: Floats
    validation_loss: Floats
    learning_rate: Floats
    batches: int
    left_out_loss: Floats = field(default_factory=lambda: np.empty(0))

    @classmethod
    def of(cls, measured: Sequence[Measured], learning_rate: Floats, batches: int) -> "History":
        """The history of a run that was measured in chunks."""
        iteration_loss = _joined([chunk.iteration_loss for chunk in measured])
        return cls(
            iteration_loss=iteration_loss,
            loss=_joined([chunk.loss for chunk in measured]),
            penalty=_joined([chunk.penalty for chunk in measured]),
            gradient_norm=_joined([chunk.gradient_norm for chunk in measured]),
            validation_loss=_joined([chunk.validation_loss for chunk in measured]),
            learning_rate=learning_rate.ravel()[: len(iteration_loss)],
            batches=batches,
        )

    def __repr__(self) -> str:
        if not len(self.loss):
            return "<glassnet History of 0 epochs>"
        text = f"{len(self.loss):,} epochs: loss {self.loss[0]:.4g} first, {self.loss[-1]:.4g} last"
        if len(self.validation_loss):
            text += f"; validation loss {self.validation_loss.min():.4g} at its lowest"
        return f"<glassnet History of {text}>"

    def _repr_html_(self) -> str:
        return html_of(self)

    @property
    def last_iterations(self) -> np.ndarray:
        """The number of iterations done at the end of each epoch."""
        ends = np.arange(1, len(self.loss) + 1) * self.batches
        return np.minimum(ends, len(self.iteration_loss))

    def table(self) -> dict[str, list[Any]]:
        """One row an epoch: its number, its last iteration, training loss, learning rate.

        And, where there are any: penalty, norm of the gradient, losses on other rows.
        """
        columns: dict[str, Any] = {
            "epoch": np.arange(1, len(self.loss) + 1),
            "iteration": self.last_iterations,
            "loss": self.loss,
        }
        if self.penalty.any():
            columns["penalty"] = self.penalty
        if len(self.gradient_norm):
            columns["gradient_norm"] = self.gradient_norm
        if len(self.validation_loss):
            columns["validation_loss"] = self.validation_loss
        if len(self.left_out_loss):
            columns["left_out_loss"] = self.left_out_loss
        columns["learning_rate"] = self.learning_rate[self.last_iterations - 1]
        return {name: column.tolist() for name, column in columns.items()}


def _joined(arrays: list[Floats]) -> Floats:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate([np.empty(0), *arrays])
