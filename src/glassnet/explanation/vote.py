"""Where several networks vote: the mean of their last pre-activations, and how far they agree.

Each member alone is explained like any other network, elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from glassnet.core.activations import Activation
from glassnet.explanation.batch import Batch, as_number, node_number, product_of
from glassnet.explanation.choice import ShownNodes
from glassnet.explanation.forward import explain_activation
from glassnet.explanation.parts import LayerForward, NodeForward, Operand, RowForward, Step, Sum
from glassnet.tables.encoding import TableEncoding
from glassnet.tables.targets import ClassTarget


@dataclass(frozen=True)
class Vote:
    """What the members' votes made of a batch of rows.

    `fractions` are the members' parts of all votes; `layer` is the output layer, from 0.
    """

    members: Sequence[Batch]
    fractions: Sequence[float]
    activation: Activation
    layer: int

    @cached_property
    def every_z(self) -> np.ndarray:
        """The mean of the members' last pre-activations, N x K."""
        z = np.stack([member.trace.z[-1] for member in self.members])  # M x N x K
        return np.tensordot(self.fractions, z, axes=1)

    @cached_property
    def output(self) -> np.ndarray:
        """N x K."""
        return self.activation.value(self.every_z)

    def row_id(self, row: int) -> str:
        """What the ids of a row's numbers begin with."""
        return f"r{self.members[0].numbers[row]}."

    def z(self, row: int) -> list[Operand]:
        """The pre-activation of every output."""
        return self._operands("z", row, self.every_z)

    def a(self, row: int) -> list[Operand]:
        """Every output."""
        return self._operands("a", row, self.output)

    def _operands(self, letter: str, row: int, values: np.ndarray) -> list[Operand]:
        names = [f"{letter}{node_number(self.layer, k)}" for k in range(values.shape[1])]
        return [
            Operand(name, float(value), f"{self.row_id(row)}{name}")
            for name, value in zip(names, values[row], strict=True)
        ]


def explain_vote(vote: Vote, row: int, shown: ShownNodes) -> LayerForward:
    """The vote as a layer: of every output shown z, the members' mean, and the activation."""
    K = vote.output.shape[1]
    return LayerForward(
        name="vote",
        says=f"the mean of {len(vote.members)} members, {vote.activation.name}",
        nodes=tuple(_output(vote, row, k) for k in shown.nodes),
        left_out=K - len(shown.nodes),
        chosen=shown.chosen,
    )


def _output(vote: Vote, row: int, k: int) -> NodeForward:
    z, a = vote.z(row), vote.a(row)
    products = []
    for number, (fraction, member) in enumerate(zip(vote.fractions, vote.members, strict=True), 1):
        of_member = member.z(row, member.last, k)
        named = Operand(f"{of_member.symbol} of member {number}", of_member.value, of_member.source)
        products.append(product_of(Operand(f"vote of member {number}", fraction), named))
    return NodeForward(
        name=node_number(vote.layer, k),
        says=vote.members[0].outputs[k],
        z=Sum(z[k].source, z[k].symbol, as_number(z[k]), tuple(products)),
        a=explain_activation(vote.activation, z, k, a[k]),
    )


def explain_agreement(
    encoding: TableEncoding,
    predictions: Sequence[Step],
    of_members: Sequence[RowForward],
    row_id: str,
) -> Iterator[Step]:
    """How far the members' predictions of a row agree with each other and with the vote.

    `predictions` are the steps to the vote's, `of_members` the row as each member sees it.
    """
    by_id = {step.id: step for step in predictions}
    for number, target in enumerate(encoding.targets, 1):
        name = f"t{number}.answer"
        voted = by_id[row_id + name]
        if isinstance(target, ClassTarget):
            labels = [step.value for step in _of_every_member(of_members, name)]
            count = float(labels.count(voted.value))
            says = f"of {len(labels)}, whose prediction of {target.name} is {voted.value}"
            yield Step(f"{row_id}t{number}.agree", "members that agree", count, says=says)
            name = f"t{number}.p{target.label_texts.index(str(voted.value)) + 1}"
        what = by_id[row_id + name].symbol
        yield _spread(f"{row_id}t{number}.spread", what, _of_every_member(of_members, name))


def _of_every_member(of_members: Sequence[RowForward], name: str) -> list[Step]:
    """The member's step whose id ends with that name, of every member."""
    return [
        next(step for step in row.predictions if step.id.endswith(f".{name}")) for row in of_members
    ]


def _spread(spread_id: str, what: str, steps: Sequence[Step]) -> Step:
    """The largest of the members' numbers less the smallest."""
    ordered = sorted((step.operand() for step in steps), key=as_number)
    low, high = ordered[0], ordered[-1]
    operands = {
        "p": Operand("smallest", low.value, low.source),
        "q": Operand("largest", high.value, high.source),
    }
    spread = as_number(high) - as_number(low)
    says = "the members' largest less their smallest"
    return Step(spread_id, f"spread of the {what}", spread, "q - p", operands, says)
