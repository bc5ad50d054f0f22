"""A trained model: network, parameters, what it knows of its table, and how it came about. It predicts, saves and loads."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import known_loss
from glassnet.core.network import Network, Parameters, check_shapes
from glassnet.errors import GlassnetError
from glassnet.models.file import read_model_file, write_model_file
from glassnet.models.folding import fold
from glassnet.notebook import html_of
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.frames import as_table
from glassnet.tables.read import read_table
from glassnet.tables.targets import ClassTarget
from glassnet.training.engines.registry import choose
from glassnet.training.problem import as_dtype

MODEL_FILE = "model.safetensors"


@dataclass(frozen=True, eq=False)
class Model:
    """What training leaves: everything that predicting new rows takes, in plain numbers and names.

    `scores` are those of the held-out rows (by target); `history` is the run's table, one row an epoch; `record` says how
    the model came about.
    """

    network: Network
    parameters: Parameters
    encoding: TableEncoding
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """How many networks that were trained apart stand side by side in `network`, without weights between them."""
        return len(self.record.get("best_epochs", [0]))

    @property
    def member(self) -> Network:
        """The shape of one of them."""
        inputs, *hidden, outputs = self.network.sizes
        sizes = [inputs, *(nodes // self.members for nodes in hidden), outputs]
        return Network(
            sizes,
            self.network.activations[:-1],
            self.network.output,
            self.network.loss,
            self.network.bias,
        )

    @property
    def shape(self) -> str:
        """The network in words, and of how many it was joined."""
        one = f"{self.member}, {self.member.n_parameters:,} weights"
        if self.members == 1:
            return one
        return f"{self.members} networks of {one} each, joined into one of {'-'.join(map(str, self.network.sizes))}"

    def predict(self, table: Any) -> np.ndarray:
        """Predictions for each row: N, or N x targets where there are several.

        `table` is a data frame, a dict of columns, or a path; columns are found by name. An array of numbers, N x (the columns in
        `encoding.needed`, in that order), will do for a model all of whose inputs are numbers; NaN is a missing cell. Numbers come
        in the target's own unit, classes as their labels. Raises GlassnetError when the table lacks a column.

        The first call prepares the parameters: to change them, make another model (`dataclasses.replace`).
        """
        return self.answers_of(self.output(table))

    def _repr_html_(self) -> str:
        return html_of(self)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a pickle of the model holds: all but the prepared prediction, which is made anew where it is needed."""
        return {name: value for name, value in self.__dict__.items() if name != "_predictor"}

    def predict_proba(self, table: Any) -> np.ndarray:
        """The probability of each class, N x classes; for several two-valued targets N x targets, of the second class."""
        if self.encoding.task == "regression":
            raise GlassnetError(
                "only a classification model gives probabilities; this one predicts numbers"
            )
        parts = self.encoding.by_target(self.output(table))
        shares = [
            target.probabilities(part) for target, part in parts if isinstance(target, ClassTarget)
        ]
        return (
            shares[0] if len(shares) == 1 else np.stack([share[:, 1] for share in shares], axis=1)
        )

    def predict_columns(self, table: Any) -> dict[str, list[Any]]:
        """Predictions as named columns: `prediction` and `probability_<class>`.

        Several targets: `prediction_<target>` and `probability_<target>=<class>`.
        """
        return self.columns_of(self.output(table))

    def columns_of(self, output: np.ndarray) -> dict[str, list[Any]]:
        """The network's outputs, N x K, as the named columns of `predict_columns`."""
        columns: dict[str, list[Any]] = {}
        several = len(self.encoding.targets) > 1
        for target, part in self.encoding.by_target(output):
            suffix = f"_{target.name}" if several else ""
            columns[f"prediction{suffix}"] = target.decode(part).tolist()
            if isinstance(target, ClassTarget):
                shares = target.probabilities(part)
                for label, share in zip(target.label_texts, shares.T, strict=True):
                    columns[f"probability{suffix}{'=' if several else '_'}{label}"] = share.tolist()
        return columns

    def answers_of(self, output: np.ndarray) -> np.ndarray:
        """The network's outputs, N x K, as the answers of `predict`."""
        answers = [target.decode(part) for target, part in self.encoding.by_target(output)]
        return answers[0] if len(answers) == 1 else np.stack(answers, axis=1)

    def output(self, table: Any) -> np.ndarray:
        """The network's own outputs, N x K, before they are turned into answers."""
        if isinstance(table, np.ndarray):
            return self.output_of(self.encoding.encode_array(table))
        frame = (
            read_table(table, text=self.encoding.text_columns)
            if isinstance(table, (str, Path))
            else table
        )
        return self.output_of(
            self.encoding.encode_inputs(as_table(frame, wanted=self.encoding.needed))
        )

    def output_of(self, x: np.ndarray) -> np.ndarray:
        """The network's outputs, N x K, for encoded inputs, N x D. Raises GlassnetError on another shape."""
        if x.ndim != 2 or x.shape[1] != self.network.sizes[0]:
            raise GlassnetError(
                f"x has shape {x.shape}, but the network needs N x {self.network.sizes[0]}"
            )
        return np.asarray(self._predictor(np.ascontiguousarray(x, np.float64)), np.float64)

    @cached_property
    def _predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """In float64 whatever was trained in: in float32 a probability of 1 - 1e-8 would be 1, and its log loss without end."""
        engine = choose("auto", self.network).engine
        return engine.predictor(self.network, as_dtype(self.parameters, np.float64))

    def fold(self) -> "Model":
        """An equal model on the columns' own numbers: centre and scale are in the weights, all that a hand calculation needs.

        Its weights are float64, and it has biases. Columns of categories stay as they are: inputs of 0 and 1 (or -1 and 1).
        The loss, and so the gradients, are then in the target's own unit. Raises GlassnetError where anything but centre and scale
        is done to a number, naming the columns; ``train_table(..., affine=True)`` trains without.

        >>> import numpy as np
        >>> from glassnet import train_table
        >>> x = np.linspace(10, 20, 40)
        >>> model = train_table({"x": x, "y": x**2}, target="y", members=1, hidden=4, affine=True, epochs=2, holdout=0)
        >>> flat = model.fold()
        >>> bool(np.allclose(flat.predict({"x": x}), model.predict({"x": x}), rtol=1e-12))
        True
        >>> flat.encoding.inputs[0].center, flat.encoding.inputs[0].scale
        (0.0, 1.0)
        """
        network, parameters, encoding = fold(self.network, self.parameters, self.encoding)
        return replace(
            self,
            network=network,
            parameters=parameters,
            encoding=encoding,
            record={**self.record, "folded": True},
        )

    def save(self, path: str | Path) -> None:
        """Write the model to a file (safetensors, with its structure as JSON); a plain file of that name is replaced.

        Raises GlassnetError on own functions, and on a place that cannot be written to.
        """
        arrays = {f"weights.{i}": w for i, w in enumerate(self.parameters.weights, 1)}
        arrays |= {f"biases.{i}": b for i, b in enumerate(self.parameters.biases, 1)}
        arrays |= {f"history.{name}": np.array(values) for name, values in self.history.items()}
        structure = {
            "network": _network_to_dict(self.network),
            "encoding": self.encoding.to_dict(),
            "scores": self.scores,
            "history": list(self.history),
            "record": self.record,
        }
        write_model_file(path, structure, arrays)


def load(path: str | Path) -> Model:
    """Read a model file, or the model of a run folder. Raises GlassnetError, naming the file, on anything else."""
    path = Path(path)
    if (path / MODEL_FILE).exists():
        path = path / MODEL_FILE
    structure, arrays = read_model_file(path)
    try:
        network = Network(**structure["network"])
        layers = range(1, len(network.sizes))
        weights = tuple(arrays[f"weights.{i}"] for i in layers)
        biases = tuple(arrays[f"biases.{i}"] for i in layers) if network.bias else ()
        history = {name: arrays[f"history.{name}"].tolist() for name in structure["history"]}
        encoding = TableEncoding.from_dict(structure["encoding"])
        scores, record = structure["scores"], structure["record"]
    except (KeyError, TypeError) as error:
        raise GlassnetError(f"{path}: is not a whole glassnet model ({error})") from None
    parameters = Parameters(weights, biases)
    check_shapes(network, parameters)
    return Model(network, parameters, encoding, scores, history, record)


def _network_to_dict(network: Network) -> dict[str, Any]:
    """What `Network` takes. Raises GlassnetError on a function that is not one of ours, and so cannot be written down."""
    for row in (*network.activations, network.loss):
        if row not in OUTPUTS.values() and row != known_loss(row.name):
            raise GlassnetError(
                f"'{row.name}' is your own function, which a model file cannot hold: keep it in your program"
            )
    return {
        "sizes": list(network.sizes),
        "activation": [a.name for a in network.activations[:-1]],
        "output": network.output.name,
        "loss": network.loss.name,
        "bias": network.bias,
    }
