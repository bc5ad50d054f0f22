"""A lesson of the lab, read: what its learner does in the lab, and every number that it states.

A lesson (docs/lab/*.md) is read from top to bottom. A link opens the lab; "iteration 3" goes there,
"row 2" chooses a row, "set `w1[1→1]` to `0`" types a weight, a cell or the rate in. In code,
`z1.1 = 0.5` states a number of the chosen row in that iteration, under the name that the lab's
sum gives it; "type `0.5` for `z1.1`" answers "hide and ask". A table states a number a cell: of
what its head names, after what its first cell says.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

import glassnet as gn
from glassnet.core.network import Network, Parameters
from glassnet.notation.numerals import numeral

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from lab_examples import examples  # noqa: E402

LESSONS = sorted((ROOT / "docs" / "lab").glob("*.md"))
SHOWN = (3, 4, 8, 17)
"""The significant digits that the lab writes numbers with, and none else."""


@dataclass(frozen=True)
class Event:
    """Something of a lesson: `kind` is open, iteration, row, set, state or type.

    `made` is the arithmetic that a stated number is said to be made by.
    """

    kind: str
    name: str
    value: str = ""
    made: str = ""


EVENT = re.compile(
    r'<a\s+class="lab"\s+href="index\.html#(?P<open>[^"]*)"'
    r"|\biteration\s+(?P<iteration>\d+)"
    r"|\brow\s+(?P<row>\d+)"
    r"|\b[Ss]et\s+`(?P<set>[^`]+)`\s+to\s+`(?P<to>[^`]+)`"
    r"|\b[Tt]ype\s+`(?P<typed>[^`]+)`\s+for\s+`(?P<type>[^`]+)`"
    r"|`(?P<state>[^`=]+) = (?:(?P<made>[^`]*) = )?(?P<value>[^`=]+)`"
)
KINDS = ("open", "iteration", "row", "set", "type", "state")
VALUES = {"set": "to", "type": "typed", "state": "value"}
TABLE = re.compile(r"^ *\|.*\|\n *\|[-| :]+\|\n(?: *\|.*\|\n)+", re.M)


def events(text: str) -> Iterator[Event]:
    """What a lesson says, in its order."""
    for match in EVENT.finditer(TABLE.sub(_sentences, text)):
        kind = next(name for name in KINDS if match[name])
        value = match[VALUES[kind]] if kind in VALUES else ""
        made = match["made"] or "" if kind == "state" else ""
        yield Event(kind, unescape(match[kind]), value.replace("−", "-"), made)


def _sentences(table: re.Match[str]) -> str:
    """A table's cells, each as what states it."""
    head, _, *body = ([cell.strip() for cell in line.strip().strip("|").split("|")]
                      for line in table[0].strip().splitlines())  # fmt: skip
    said = []
    for first, *cells in body:
        for name, cell in zip(head[1:], cells, strict=True):
            said.append(f"{first} {name.replace('`', '')} `{name.split()[-1].strip('`')} = {cell}`")
    return "\n".join(said) + "\n"


def prose(text: str) -> str:
    """What is left of a lesson without its numbers and links."""
    return re.sub(r"`[^`]*`|<[^>]*>|\$\$[^$]*\$\$|\$[^$]*\$", "", TABLE.sub("", text))


@dataclass(frozen=True)
class State:
    """Where the lab stands, by the library's own computation."""

    setup: dict[str, Any]
    network: Network
    x: np.ndarray
    y: np.ndarray
    parameters: Parameters
    """Of iteration `since`."""
    since: int = 0
    iteration: int = 0
    row: int = 1

    def after(self, event: Event) -> "State":
        """The state that something leads to."""
        if event.kind == "open":
            return opened_by(event.name)
        if event.kind in ("iteration", "row"):
            return replace(self, **{event.kind: int(event.name)})
        return self.changed(event.name, float(event.value)) if event.kind == "set" else self

    def changed(self, name: str, value: float) -> "State":
        """With a weight, the rate or a cell of the target ("y of row 4") typed in, from here on."""
        now = replace(self, parameters=self.trained(), since=self.iteration)
        if name == "rate":
            return replace(now, setup={**self.setup, "rate": value})
        if of_row := re.fullmatch(r"y of row (\d+)", name):
            y = self.y.copy()
            y[int(of_row[1]) - 1] = value
            return replace(now, y=y)
        layer, source, node = (int(number) - 1 for number in re.findall(r"\d+", name))
        weights = [matrix.copy() for matrix in now.parameters.weights]
        weights[layer][source, node] = value
        return replace(now, parameters=Parameters(tuple(weights), now.parameters.biases))

    def trained(self) -> Parameters:
        """The parameters of this iteration."""
        epochs = self.iteration - self.since
        return self._run(epochs).parameters if epochs else self.parameters

    def _run(self, epochs: int) -> Any:
        optimizer = gn.GradientDescent(self.setup["rate"])
        given: dict[str, Any] = {"optimizer": optimizer, "epochs": epochs, "warn": False}
        return gn.train(self.network, self.parameters, self.x, self.y, **given)

    def number(self, symbol: str) -> tuple[str, Any]:
        """The id and value of what the lab calls so, in the chosen row or in none."""
        if symbol in ("rate", "seed"):
            return symbol, self.setup[symbol]
        if symbol == "E":
            return symbol, self._run(self.iteration - self.since + 1).history.loss[-1]
        of_other_rows = re.compile(rf"r(?!{self.row}\.)\d+\.")
        here = [
            (name, value)
            for name, (called, value) in self._numbers.items()
            if called == symbol and not of_other_rows.match(name)
        ]
        assert len(here) == 1, f"the lab has {len(here)} numbers called {symbol}"
        return here[0]

    @cached_property
    def _numbers(self) -> dict[str, tuple[str, Any]]:
        """Every number of this iteration by its id, with what it is called."""
        explained = gn.explain(
            (self.network, self.trained()),
            self.x,
            list(range(len(self.x))),
            y=self.y,
            backward=True,
            nodes="all",
            learning_rate=self.setup["rate"],
        )
        found: dict[str, tuple[str, Any]] = {}
        for number in explained.numbers():
            for part in (number, *_operands(number)):
                name = getattr(part, "id", "") or getattr(part, "source", "")
                found[name] = (part.symbol, part.value)
        return found


def _operands(number: Any) -> list[Any]:
    """What a number is made of."""
    if operands := getattr(number, "operands", None):
        return list(operands.values())
    products = getattr(number, "products", ())
    sides = [side for product in products for side in (product.left, product.right)]
    return [*sides, *(operand for _, operand in getattr(number, "added", ()))]


_examples = cache(examples)


def opened_by(link: str) -> State:
    """The state that a link leads to; of examples of numbers, with gradient descent on all rows."""
    pairs = parse_qsl(link, keep_blank_values=True)
    given = dict(pairs)
    name = given.pop("example", "article")
    example = next(one for one in _examples() if one["id"] == name)
    setup = {"seed": 1, "output": "identity"} | example["setup"]
    columns = {name: np.array(cells, float) for name, cells in example["columns"].items()}
    for key, cell in pairs:
        if key == "cell":
            column, row, value = cell.split(",")
            columns[column.strip('"')][int(row) - 1] = float(value)
    given.pop("cell", None)
    iteration = int(given.pop("iteration", "0"))
    read = {"rate": float, "seed": int, "hidden": _sizes, "output": str, "activation": str}
    setup |= {key: read[key](value) for key, value in given.items()}
    assert (setup["optimizer"], setup["rule"]) == ("gradient_descent", "as it is")
    (target,) = example["targets"]
    y = columns.pop(target)[:, None]
    x = np.column_stack(list(columns.values()))
    network = Network(
        *([x.shape[1], *setup["hidden"], 1], setup["activation"], setup["output"], setup["loss"]),
        bias=setup["bias"],
    )
    start = gn.initialize(network, setup["start"], seed=setup["seed"], rng="r")
    return State(setup, network, x, y, start, iteration=iteration)


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split("-")] if text else []


def ways_to_write(value: float) -> set[str]:
    """How the lab may write a number."""
    if not np.isfinite(value):
        return {"infinity" if value > 0 else "-infinity"}
    return {numeral(value, digits) for digits in SHOWN}
