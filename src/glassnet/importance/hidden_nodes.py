"""What each hidden node responds to, and what it does to the prediction.

How a node is measured is `node_measures.py`, the sentences that say it are `node_text.py`'s;
pictures of nodes are in `plots/`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from glassnet.importance.contributions import average_inputs
from glassnet.importance.node_measures import ColumnPart, MemberOnRows
from glassnet.importance.predicted_number import PredictedNumber, all_numbers, asked_number
from glassnet.importance.ranking import ENOUGH_ROWS
from glassnet.models.conversion import as_model
from glassnet.models.model import Model
from glassnet.models.rows import Rows, rows_of

LOW, HIGH = 0.1, 0.9  # quantiles over the rows between which a node is moved
NAMED_ROWS = 8  # of so few each is named, and a node is moved from its lowest to its highest
EXAMPLES = 2  # rows of more that are named at either end
CONSTANT = 1e-9  # a smaller deviation, of the layer's largest activation, is none


@dataclass(frozen=True)
class HiddenNode:
    """What one hidden node responds to, and does.

    Attributes
    ----------
    member, layer, node : int
        Which network, which of its hidden layers, which node of it: each from 0.
    deviation : float
        The standard deviation of its activation over the rows; 0 where it does nothing.
    low, high : float
        The 10th and the 90th percentile of its activation; of eight rows or fewer its lowest and
        highest.
    columns : tuple of ColumnPart
        The columns, the one that moves it most first; none for a node that does nothing.
    effects : tuple of float
        By how much each of `HiddenNodes.outputs` changes, mean over the rows, as the node alone
        goes from `low` to `high`: in the target's unit, or as a probability.
    rows_low, rows_high : tuple of int
        Rows, from 1, in which its activation is lowest and highest, two at most: in the lower, and
        in the upper half of where it goes.
    activations : tuple of float
        Its activation in each row, where there are eight or fewer; of more ().
    """

    member: int
    layer: int
    node: int
    deviation: float
    low: float
    high: float
    columns: tuple[ColumnPart, ...]
    effects: tuple[float, ...]
    rows_low: tuple[int, ...]
    rows_high: tuple[int, ...]
    activations: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """As in pictures and explanations: a1.5 is node 5 of hidden layer 1."""
        return f"a{self.layer + 1}.{self.node + 1}"

    @property
    def largest_effect(self) -> float:
        """The size of the largest effect."""
        return max(map(abs, self.effects))

    def __repr__(self) -> str:
        return f"<HiddenNode {self.name} of member {self.member + 1}>"


@dataclass(frozen=True, eq=False)
class HiddenNodes:
    """The hidden nodes of a model, the one that does most to the prediction first.

    ``print`` says the first ten in words.

    Attributes
    ----------
    nodes : tuple of HiddenNode
        All of them.
    outputs : tuple of str
        What `HiddenNode.effects` are of: a target ("mpg"), or each class ("species=Adelie").
    members : int
        How many networks the model has.
    n_rows : int
        How many rows were looked at.
    against : str
        Where a column is fixed to see what it does, in words.
    target : str
        What is predicted.
    """

    nodes: tuple[HiddenNode, ...]
    outputs: tuple[str, ...]
    members: int
    n_rows: int
    against: str
    target: str

    @property
    def is_class(self) -> bool:
        """Whether the effects are of probabilities."""
        return self.outputs[0] != self.target

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        return f"<HiddenNodes: {len(self)} of {self.members} networks>"

    def __str__(self) -> str:
        from glassnet.importance.node_text import node_lines

        return "\n".join(node_lines(self))

    def table(self) -> dict[str, list[Any]]:
        """Plain columns, one row a node: `member`, `layer` and `node` (from 1), `deviation`,
        `low`, `high`, `effect` on each output, and the `part` of each column.
        """
        columns: dict[str, list[Any]] = {
            name: [getattr(one, name) + 1 for one in self.nodes]
            for name in ("member", "layer", "node")
        }
        for name in ("deviation", "low", "high"):
            columns[name] = [getattr(one, name) for one in self.nodes]
        for k, output in enumerate(self.outputs):
            columns[f"effect {output}"] = [one.effects[k] for one in self.nodes]
        parts = [{part.name: part.fraction for part in one.columns} for one in self.nodes]
        for name in sorted({name for of_node in parts for name in of_node}):
            columns[f"part {name}"] = [of_node.get(name, 0.0) for of_node in parts]
        return columns

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain dicts and lists, for JSON; member, layer and node from 1."""
        from_1 = [{name: getattr(one, name) + 1 for name in _NUMBERS} for one in self.nodes]
        return {
            "outputs": self.outputs,
            "rows": self.n_rows,
            "against": self.against,
            "nodes": [asdict(one) | named for one, named in zip(self.nodes, from_1, strict=True)],
        }


_NUMBERS = ("member", "layer", "node")


def hidden_nodes(models: Any, table: Any, output: str | None = None) -> HiddenNodes:
    """What every hidden node responds to, and what it does to the prediction.

    A column's part in a node is the mean squared change of the node's activation over the rows as
    the column alone is fixed at its value in the average row, divided by the sum of all columns'.
    So it counts in any layer, over all inputs that a column became. What a node does is the mean
    change of the model's prediction (of an ensemble, of the vote) as the node alone goes from the
    10th to the 90th percentile of its activation (of eight rows or fewer: from its lowest to its
    highest), the others of its layer staying as they are in each row.

    Parts tell how this network uses the columns: those that tell the same divide their part as it
    happens, and what two columns do only together counts for both. Effects of opposite sign in
    different rows cancel, and nodes that always move together do more, or less, than each alone.
    Of more than 500 rows, 500 evenly spread ones are looked at.

    Parameters
    ----------
    models : Model or fitted estimator
        What `as_model` takes.
    table : path, data frame, dict of columns, or array
        N rows, as in `Model.predict`; targets are not needed.
    output : str, optional
        A target that is a number, a class, or "target=class"; by default the first target, of
        classes every one.

    Returns
    -------
    HiddenNodes
        The nodes of all members; none for a model without hidden layers.

    Raises
    ------
    GlassnetError
        On an unknown output, where the table lacks a column, and on fewer than two rows where the
        model does not know the average of those that it was trained on.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Network, Parameters
    >>> weights = np.array([[1.0], [0.0]]), np.array([[-2.0]])
    >>> network = Network([2, 1, 1], "identity", bias=False)
    >>> found = hidden_nodes((network, Parameters(weights)), [[0.0, 1.0], [10.0, 3.0]])
    >>> found.nodes[0].columns[0]
    ColumnPart(name='x1', fraction=1.0, kind='number', direction='rises', level='')
    >>> [round(effect, 9) for effect in found.nodes[0].effects]  # from 0 to 10, times -2
    [-20.0]
    """
    return hidden_nodes_of(rows_of(as_model(models), table), output)


def hidden_nodes_of(
    rows: Rows, output: str | None = None, members: Sequence[int] | None = None
) -> HiddenNodes:
    """`hidden_nodes` for rows that a model has looked up.

    Parameters
    ----------
    rows : Rows
        N of them.
    output : str, optional
        As in `hidden_nodes`.
    members : sequence of int, optional
        The networks to look at, from 0; by default all.
    """
    model = rows.model
    start, against = average_inputs(rows)
    row_numbers = np.array(rows.evenly_spread_numbers(ENOUGH_ROWS)) + 1
    rows = rows.evenly_spread(ENOUGH_ROWS)
    numbers = _numbers(model, output)
    z = model.pre_activations_of(rows.x)
    looked_at = range(len(model.members)) if members is None else members
    nodes: list[HiddenNode] = []
    for number in looked_at:
        nodes += _of_member(MemberOnRows(rows, number, numbers, z), start, row_numbers)
    nodes.sort(key=lambda node: -node.largest_effect)
    names = tuple(one.name for one in numbers)
    count, target = len(model.members), numbers[0].target.name
    return HiddenNodes(tuple(nodes), names, count, len(rows), against, target)


def _numbers(model: Model, output: str | None) -> list[PredictedNumber]:
    """The number asked for; by default that of the first target, or all of its classes."""
    if output is not None:
        return [asked_number(model, output)]
    first = model.encoding.targets[0]
    return [number for number in all_numbers(model.encoding) if number.target is first]


def _of_member(
    one: MemberOnRows, start: np.ndarray, row_numbers: np.ndarray
) -> Iterator[HiddenNode]:
    """The nodes of one member, layer by layer."""
    *hidden, _ = one.trace.a
    parts = one.column_parts(start)
    for layer, a in enumerate(hidden):  # N x H
        varies = a.std(axis=0) > CONSTANT * max(1.0, float(np.abs(a).max()))
        is_few = len(a) <= NAMED_ROWS
        ends = np.quantile(a, (0, 1) if is_few else (LOW, HIGH), axis=0)  # 2 x H
        order = np.argsort(a, axis=0, kind="stable")  # N x H
        for node in range(a.shape[1]):
            low, high = ends[:, node].tolist()
            lowest, highest = _ends_of_range(a[:, node], order[:, node])
            yield HiddenNode(
                one.number,
                layer,
                node,
                float(a[:, node].std()) if varies[node] else 0.0,
                low,
                high,
                parts[layer][node] if varies[node] else (),
                one.effects(layer, node, (low, high)),
                tuple(row_numbers[lowest].tolist()),
                tuple(row_numbers[highest].tolist()),
                tuple(a[:, node].tolist()) if is_few else (),
            )


def _ends_of_range(a: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows, from 0, that are lowest, and highest: on their side of the middle of the range."""
    middle = (a.min() + a.max()) / 2
    lowest, highest = order[:EXAMPLES], order[::-1][:EXAMPLES]
    return lowest[a[lowest] < middle], highest[a[highest] > middle]
