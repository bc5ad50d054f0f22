"""What was measured along a run, and the table it makes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.training.problem import Floats, Measured


@dataclass(frozen=True)
class History:
    """The losses of a run.

    `loss` has one entry an iteration: the loss of that iteration's feedforward, before its update, penalty included.
    `epoch_loss` and `validation_loss` have one an epoch (the latter none without validation rows); `learning_rate` one an
    iteration. `batches` is the number of iterations in an epoch.
    """

    loss: Floats
    epoch_loss: Floats
    validation_loss: Floats
    learning_rate: Floats
    batches: int

    @classmethod
    def of(cls, pieces: list[Measured], learning_rate: Floats, batches: int) -> "History":
        """The history of a run that was measured in pieces."""
        if len(pieces) == 1:
            loss, epoch_loss, validation_loss, _ = pieces[0]
        else:
            loss, epoch_loss, validation_loss = (
                np.concatenate([np.empty(0), *(getattr(piece, name) for piece in pieces)])
                for name in ("loss", "epoch_loss", "validation_loss")
            )
        return cls(loss, epoch_loss, validation_loss, learning_rate.ravel()[: len(loss)], batches)

    def table(self) -> dict[str, list[Any]]:
        """One row an epoch: its number, its last iteration, training loss, validation loss (where there is one), learning rate."""
        epochs = len(self.epoch_loss)
        last = np.minimum(np.arange(1, epochs + 1) * self.batches, len(self.loss))
        columns: dict[str, Any] = {"epoch": np.arange(1, epochs + 1), "iteration": last, "loss": self.epoch_loss}
        if len(self.validation_loss):
            columns["validation_loss"] = self.validation_loss
        columns["learning_rate"] = self.learning_rate[last - 1]
        return {name: column.tolist() for name, column in columns.items()}
