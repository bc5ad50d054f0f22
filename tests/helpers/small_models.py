"""Models whose weights are drawn, not trained, and the tables they know.

They are the same on every machine.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np

import glassnet as gn
from glassnet.core.network import Parameters
from glassnet.models.ensemble import Member
from glassnet.models.record import Record
from glassnet.tables.encoding import TableEncoding, learn_inputs, plain_encoding
from glassnet.tables.frames import as_table
from glassnet.tables.targets import ClassTarget, NumberTarget

N = 60
_random = np.random.default_rng(4)
TABLE: dict[str, Any] = {
    "length": np.round(_random.normal(40, 5, N), 1),
    "mass": [
        None if i in (3, 7) else float(v) for i, v in enumerate(np.round(_random.gamma(4, 20, N)))
    ],
    "island": [("north", "south", "west")[i] for i in _random.choice(3, N, p=[0.5, 0.3, 0.2])],
    "seen": [date(2020, 1, 1) + timedelta(int(d)) for d in _random.integers(0, 900, N)],
    "tagged": (_random.random(N) < 0.4).tolist(),
    "constant": [1.0] * N,
}
TABLE["price"] = np.round(np.array(TABLE["length"]) * 2 + _random.normal(0, 4, N), 1)
TABLE["kind"] = [("a", "b", "c")[int(v > 75) + int(v > 85)] for v in TABLE["price"]]
TABLE["sold"] = ["yes" if v > 80 else "no" for v in TABLE["price"]]
INPUTS = {name: TABLE[name] for name in ("length", "mass", "island", "seen", "tagged", "constant")}
TARGETS = {
    "price": ("regression", NumberTarget("price", 80.0, 15.0, None, None), "mean_squared_error"),
    "sold": ("binary", ClassTarget("sold", ("no", "yes")), "binary_cross_entropy"),
    "kind": ("multiclass", ClassTarget("kind", ("a", "b", "c")), "categorical_cross_entropy"),
}


def small_model(
    target: str = "price",
    hidden: tuple[int, ...] = (5, 3),
    activation: str = "tanh",
    members: int = 1,
) -> gn.Model:
    """A model of `INPUTS`, each member with weights drawn from its number as the seed."""
    task, row, loss = TARGETS[target]
    encoding = TableEncoding(task, learn_inputs(as_table(INPUTS)), (row,))  # pyright: ignore[reportArgumentType]
    network = gn.Network([len(encoding.features), *hidden, row.width], activation, loss=loss)
    drawn = [Member(network, drawn_parameters(network, seed)) for seed in range(members)]
    return gn.Model(encoding, tuple(drawn), record=Record(best_epochs=(1,) * members))


def plain_model(
    sizes: list[int], activation: str = "tanh", loss: str = "mean_squared_error", bias: bool = True
) -> gn.Model:
    """A model that takes its numbers as they are, x1, x2, ..."""
    network = gn.Network(sizes, activation, loss=loss, bias=bias)
    names = [f"x{i + 1}" for i in range(sizes[0])]
    return gn.Model.of_network(
        network,
        drawn_parameters(network, 1),
        plain_encoding(names, [f"y{k + 1}" for k in range(sizes[-1])]),
    )


def drawn_parameters(network: gn.Network, seed: int) -> Parameters:
    """Weights and biases from a seed, large enough for pictures to show something."""
    random = np.random.default_rng(seed)
    weights = tuple(random.normal(0, 1.5 / np.sqrt(n), (n, m)) for n, m in network.shapes)
    return Parameters(
        weights, tuple(random.normal(0, 0.3, m) for _, m in network.shapes) if network.bias else ()
    )
