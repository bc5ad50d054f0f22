"""A trained model: an encoding and networks that vote. It predicts, folds, saves and loads.

What an ensemble is stands in `ensemble.py`, how tables are predicted in `predictor.py`, what a
model file holds in `content.py`, how a model came about in `record.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet.core.activations import Activation
from glassnet.core.losses import Loss
from glassnet.core.network import Network, Parameters, Trace, feedforward
from glassnet.errors import GlassnetError, ModelFileError, option_error, visible
from glassnet.models.conformal import Residuals
from glassnet.models.decoding import named_columns, predictions
from glassnet.models.ensemble import (
    Member,
    check_members,
    join_members,
    pre_activations_of,
    shape_text,
)
from glassnet.models.folding import fold, fold_average, fold_residuals
from glassnet.models.predictor import TablePredictor
from glassnet.models.record import Record
from glassnet.notebook import html_of
from glassnet.tables.encoding import TableEncoding
from glassnet.training.problem import as_dtype

if TYPE_CHECKING:
    from glassnet.models.file_prediction import RowProgress
    from glassnet.training.run import Run

MODEL_FILE = "model.safetensors"
SCORED_FILE = "scored.safetensors"
"""The same of a run folder whose other model was trained once more after the scores."""


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """What training leaves: everything that predicting new rows takes, in plain numbers and names.

    Parameters
    ----------
    encoding : TableEncoding
        What is known of the table's columns: the way into the networks and back out of them.
    members : tuple of Member
        The networks that vote, one or more. They share inputs, outputs, output activation and loss.
    scores : dict
        By target, the scores on rows that were held out of the training; `record.scores_of` says
        of which training, where that was followed by a last one on all rows.
    history : dict
        The losses of the training, a row an epoch; of several members their means.
    record : Record
        How the model came about.
    residuals : tuple of Residuals
        Of each target, for rows that were not trained on; () where they are not known.

    Raises GlassnetError where the members cannot vote on one output.
    """

    encoding: TableEncoding
    members: tuple[Member, ...]
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    residuals: tuple[Residuals, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", tuple(self.members))
        check_members(self.members)

    @classmethod
    def of_network(
        cls,
        network: Network,
        parameters: Parameters,
        encoding: TableEncoding,
        scores: dict[str, dict[str, float]] | None = None,
        history: dict[str, list[float]] | None = None,
        record: Record | None = None,
    ) -> "Model":
        """The model of one network."""
        return cls(
            encoding,
            (Member(network, parameters),),
            scores or {},
            history or {},
            record or Record(),
        )

    @classmethod
    def of_run(
        cls,
        run: "Run | tuple[Network, Parameters]",
        inputs: Sequence[str] | None = None,
        targets: str | Sequence[str] | None = None,
        labels: Sequence[Any] = (),
    ) -> "Model":
        """The model of what `glassnet.train` gave, which takes columns as they are.

        Parameters
        ----------
        run : Run or pair (Network, Parameters)
            What was trained.
        inputs : sequence of str, optional
            The names of the D columns, in the order of x's; None: x1, x2, ...
        targets : str or sequence of str, optional
            The names of the targets, one an output, or one for all classes; None: y, or y1, y2, ...
        labels : sequence, optional
            Where the target is a class, its labels: of one output that of 0 and that of 1, of
            several that of each. (): the targets are numbers.

        Raises
        ------
        GlassnetError
            On names or labels that are not as many as the network has inputs and outputs.

        Examples
        --------
        >>> from glassnet import GradientDescent, Network, initialize, train
        >>> X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
        >>> network = Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
        >>> start = initialize(network, "uniform", seed=1, rng="r")
        >>> run = train(network, start, X, y, optimizer=GradientDescent(1.0), epochs=1500)
        >>> model = Model.of_run(run, ["x1", "x2", "x3"], "y", labels=["same", "different"])
        >>> model.predict({"x1": [0, 1], "x2": [1, 1], "x3": 1}).tolist()
        ['different', 'same']
        """
        from glassnet.models.conversion import model_of_run

        return model_of_run(run, inputs, targets, labels)

    @property
    def network(self) -> Network:
        """The network of the only member. Raises GlassnetError where there are several."""
        return self._only_member.network

    @property
    def parameters(self) -> Parameters:
        """The parameters of the only member. Raises GlassnetError where there are several."""
        return self._only_member.parameters

    @property
    def _only_member(self) -> Member:
        only, *others = self.members
        if others:
            raise GlassnetError(
                f"this model has {len(self.members)} networks: look at .members, at one of them by "
                ".member(i), or at .joined(), the one network that equals them"
            )
        return only

    @property
    def loss(self) -> Loss:
        """The loss of the training, which all members share."""
        return self.members[0].network.loss

    @property
    def output_activation(self) -> Activation:
        """The activation of the outputs, which all members share."""
        return self.members[0].network.output

    @property
    def n_parameters(self) -> int:
        """How many weights and biases all members have together."""
        return sum(member.network.n_parameters for member in self.members)

    @property
    def shape(self) -> str:
        """The network in words; of several the first, and how many there are."""
        return shape_text(self.members)

    def __repr__(self) -> str:
        targets = ", ".join(target.name for target in self.encoding.targets)
        columns = len(self.encoding.needed)
        text = f"<glassnet Model of {targets or 'no target'} from {columns} columns: {self.shape}>"
        return visible(text)

    def _repr_html_(self) -> str:
        return html_of(self)

    def member(self, number: int) -> "Model":
        """One member alone, from 0, as a model; its own scores and losses are not known.

        Raises GlassnetError where there is no such member.
        """
        if not 0 <= number < len(self.members):
            raise GlassnetError(
                f"there is no member {number}: the model has {len(self.members)}, counted from 0"
            )
        if len(self.members) == 1:
            return self
        member = replace(self.members[number], vote=1.0)
        return Model(self.encoding, (member,), record=self.record.of_member(number))

    def joined(self) -> "Model":
        """An equal model of one ordinary network, in which the members stand side by side.

        Its parameters are float64, and `record.joined_from` says how many members there were. Of
        one member, the model itself. Raises GlassnetError where the members differ in more than the
        nodes of their hidden layers.
        """
        if len(self.members) == 1:
            return self
        record = replace(self.record, joined_from=len(self.members))
        return replace(self, members=(join_members(self.members),), record=record)

    def as_dtype(self, dtype: Any) -> "Model":
        """The same model with its parameters in a dtype."""
        members = (replace(m, parameters=as_dtype(m.parameters, dtype)) for m in self.members)
        return replace(self, members=tuple(members))

    def with_parameters(self, parameters: Parameters) -> "Model":
        """The model of one network with other parameters; GlassnetError where there are several."""
        member = replace(self._only_member, parameters=parameters)
        return replace(self, members=(member,), residuals=())

    def trace(self, x: np.ndarray) -> Trace:
        """Every z and a of the only member for encoded inputs, N x D.

        They are float64, as predictions are made. Raises GlassnetError where there are several
        members, and on another shape.
        """
        return feedforward(self.network, as_dtype(self.parameters, np.float64), x)

    def with_threshold(self, threshold: float) -> "Model":
        """The same model with another threshold for its targets of two classes.

        Parameters
        ----------
        threshold : float
            The probability of the second class from which on it is predicted, above 0 and below 1.

        Raises
        ------
        OptionError
            On another number, and where no target has two classes.
        """
        if not isinstance(threshold, (int, float)) or not 0 < threshold < 1:
            raise option_error("threshold", "must be above 0 and below 1", threshold)
        thresholds = [float(threshold)] * len(self.encoding.targets)
        return replace(self, encoding=self.encoding.with_thresholds(thresholds))

    def predict(self, table: Any, *, missing_columns: bool = False) -> np.ndarray:
        """Predictions for each row.

        Rows are predicted in blocks, so that many need little memory beyond the table and the
        predictions. The first call prepares the parameters: to change them, make another model
        (`with_parameters`).

        Parameters
        ----------
        table : data frame, dict of columns, path, array or list of rows
            N rows; columns are found by name. An array or list of rows of numbers, N x (the columns
            in `encoding.needed`, in that order), will do for a model all of whose inputs are
            numbers; NaN is a missing cell.
        missing_columns : bool
            Whether a column that the table lacks counts as missing in every row, with a warning.

        Returns
        -------
        numpy array
            N, or N x targets where there are several: numbers in the target's unit, classes as
            their labels.

        Raises
        ------
        GlassnetError
            When the table lacks a column.
        """
        return self._tables.predict(table, missing_columns)

    def predict_proba(self, table: Any, *, missing_columns: bool = False) -> np.ndarray:
        """The probability of each class, N x classes, for a table as `predict` takes it.

        For several two-valued targets N x targets, of the second class. Raises GlassnetError where
        the model predicts numbers.
        """
        return self._tables.predict_proba(table, missing_columns)

    def predict_members(self, table: Any, *, missing_columns: bool = False) -> np.ndarray:
        """What every member predicts by itself: how far they are apart says how sure they are.

        Parameters
        ----------
        table : data frame, dict of columns, path or array
            N rows, as `predict` takes them.
        missing_columns : bool
            As in `predict`.

        Returns
        -------
        numpy array
            M x N for M members: numbers in the target's unit, of two classes the probability of the
            second. M x N x targets where there are several targets, M x N x classes of more classes
            than two.

        Raises
        ------
        GlassnetError
            When the table lacks a column.
        """
        return self._tables.predict_members(table, missing_columns)

    def predict_interval(
        self, table: Any, coverage: float = 0.9, *, missing_columns: bool = False
    ) -> np.ndarray:
        """Intervals that hold the true number with a chance of about `coverage`.

        They are the prediction and what the residuals of rows not trained on say of its error
        (docs/predicting.md): half of what lies outside is below them, half above.

        Parameters
        ----------
        table : data frame, dict of columns, path or array
            N rows, as `predict` takes them.
        coverage : float
            Above 0 and below 1: the fraction of rows whose true number is to lie inside.
        missing_columns : bool
            As in `predict`.

        Returns
        -------
        numpy array
            Low and high end, N x 2 in the target's unit; N x targets x 2 where there are several.
            Infinite, with a warning, where fewer residuals are known than the coverage needs.

        Raises
        ------
        GlassnetError
            Where the model predicts classes, or knows no residuals.
        """
        return self._tables.predict_interval(table, coverage, missing_columns)

    def predict_set(
        self, table: Any, coverage: float = 0.9, *, missing_columns: bool = False
    ) -> np.ndarray:
        """Sets of classes that hold the true class with a chance of about `coverage`.

        Parameters
        ----------
        table : data frame, dict of columns, path or array
            N rows, as `predict` takes them.
        coverage : float
            Above 0 and below 1: the fraction of rows whose true class is to be in its set.
        missing_columns : bool
            As in `predict`.

        Returns
        -------
        numpy array
            Whether a class is in the set, N x classes booleans in the order of `predict_proba`;
            N x targets x 2 where there are several targets. The likeliest and the predicted class
            always are; every class is, with a warning, where fewer residuals are known than the
            coverage needs.

        Raises
        ------
        GlassnetError
            Where the model predicts numbers, or knows no residuals.
        """
        return self._tables.predict_set(table, coverage, missing_columns)

    def predict_columns(
        self,
        table: Any,
        *,
        keep: str | Sequence[str] = (),
        missing_columns: bool = False,
        interval: float | None = None,
        label_set: float | None = None,
    ) -> dict[str, list[Any]]:
        """Predictions as named columns: `prediction` and `probability_<class>`.

        Several targets: `prediction_<target>` and `probability_<target>=<class>`.

        Parameters
        ----------
        table : data frame, dict of columns, path or array
            N rows, as `predict` takes them.
        keep : str or sequence of str
            Columns of the table to go before the predictions, each cell as it is written there;
            "all": every column.
        missing_columns : bool
            As in `predict`.
        interval : float, optional
            Adds `low` and `high` (`low_<target>`, ...): `predict_interval` with this coverage.
        label_set : float, optional
            Adds `set` (`set_<target>`): the labels of `predict_set` with this coverage, with a | in
            between.

        Returns
        -------
        dict of lists
            Each of N cells.

        Raises
        ------
        GlassnetError
            As `predict` does; on a column to keep that the table lacks, or that has the name of a
            column of predictions.
        """
        return self._tables.predict_columns(table, keep, missing_columns, interval, label_set)

    def predict_file(
        self,
        table: str | Path,
        out: str | Path,
        *,
        keep: str | Sequence[str] = (),
        missing_columns: bool = False,
        interval: float | None = None,
        label_set: float | None = None,
        overwrite: bool = False,
        progress: "RowProgress | None" = None,
    ) -> int:
        """Predict the rows of a file into another one, some at a time.

        It takes as much memory for a table of any length; see docs/large_tables.md. Parquet, Arrow
        and delimited text are read so, other files at once.

        Parameters
        ----------
        table : str or Path
            The table, as in `read_table`.
        out : str or Path
            The file to write, CSV or (``.parquet``) Parquet: whole, or not at all. Its columns are
            those of `predict_columns`.
        keep, missing_columns, interval, label_set
            As in `predict_columns`.
        overwrite : bool
            Whether a file that is there already is replaced.
        progress : callable, optional
            Called after some rows with how many are done, and of how many (None: not known).

        Returns
        -------
        int
            How many rows there were.

        Raises
        ------
        GlassnetError
            As `predict_columns` does, rows named by their numbers in the whole table; and where
            `out` cannot be written.
        """
        from glassnet.models.file_prediction import PredictOptions, predicted_rows, write_rows

        asked = PredictOptions(keep, missing_columns, interval, label_set)
        rows = predicted_rows(self, table, asked, progress)
        return write_rows(rows, out, overwrite=overwrite)

    def output(self, table: Any, *, missing_columns: bool = False) -> np.ndarray:
        """The outputs for the rows of a table, N x K, before they are turned into predictions."""
        return self._tables.output(table, missing_columns)

    def output_of(self, x: np.ndarray) -> np.ndarray:
        """The outputs, N x K, for encoded inputs, N x D. Raises GlassnetError on another shape."""
        return self._tables.output_of(x)

    def pre_activations_of(self, x: np.ndarray) -> np.ndarray:
        """The voted mean of the last pre-activations, N x K, for encoded inputs, N x D."""
        return pre_activations_of(self.members)(np.ascontiguousarray(x, np.float64))

    def predictions_of(self, output: np.ndarray) -> np.ndarray:
        """Outputs, N x K, as the predictions that `predict` gives."""
        return predictions(self.encoding, output)

    def columns_of(self, output: np.ndarray) -> dict[str, list[Any]]:
        """Outputs, N x K, as the named columns of `predict_columns`."""
        return named_columns(self.encoding, output)

    @cached_property
    def _tables(self) -> TablePredictor:
        return TablePredictor(self.encoding, self.members, self.residuals)

    def fold(self) -> "Model":
        """An equal model on the columns' numbers as they are: centre and scale are in the weights.

        Every member is float64 then and has biases. Columns of categories stay as they are: inputs
        of 0 and 1 (or -1 and 1). The loss, and so the gradients, are in the target's unit.

        Raises
        ------
        GlassnetError
            Naming the columns, where anything but centre and scale is done to a number;
            ``train_table(..., affine=True)`` trains without.

        >>> import numpy as np
        >>> from glassnet import train_table
        >>> x = np.linspace(10, 20, 40)
        >>> table = {"x": x, "y": x**2}
        >>> model = train_table(table, "y", members=1, hidden=8, affine=True, epochs=200)
        >>> flat = model.fold()
        >>> bool(np.allclose(flat.predict({"x": x}), model.predict({"x": x}), rtol=1e-12))
        True
        >>> flat.encoding.inputs[0].center, flat.encoding.inputs[0].scale
        (0.0, 1.0)
        """
        members, encoding = fold(self.members, self.encoding)
        average = fold_average(self.record.average_row, self.encoding)
        return replace(
            self,
            members=members,
            encoding=encoding,
            record=replace(self.record, folded=True, average_row=average),
            residuals=fold_residuals(self.residuals, self.encoding),
        )

    def save(self, path: str | Path) -> None:
        """Write the model to a file: safetensors, with its structure as JSON.

        A file of that name is replaced, where the commands ask for --overwrite. Raises
        GlassnetError, naming the file, on custom functions, on what `load` would refuse, such as
        weights that are NaN, and where it cannot be written.
        """
        from glassnet.models.content import Content, save_content

        save_content(path, Content(*(getattr(self, field.name) for field in fields(self))))

    def __getstate__(self) -> dict[str, Any]:
        """The fields: what is prepared for predicting is not copied or pickled, but made anew."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def load(path: str | Path) -> Model:
    """Read a model file, or the model of a run folder.

    Nothing in the file is believed before it is checked: types, names and shapes before an array is
    read, then that every number is finite.

    Raises GlassnetError, naming the file, on anything else.
    """
    from glassnet.models.content import load_content

    path = Path(path)
    if path.is_dir():
        if not (path / MODEL_FILE).exists():
            raise ModelFileError(f"is a folder without a {MODEL_FILE}", file=path)
        path = path / MODEL_FILE
    return Model(*load_content(path))
