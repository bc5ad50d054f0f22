"""The models that can be named: glassnet, its variants, and its peers; untrained."""

import ast
import sys
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from bench.table_peers import PEERS, with_categories
from glassnet.estimators.table.estimators import TableClassifier, TableRegressor

VARIANTS: dict[str, dict[str, Any]] = {
    "glassnet": {},
    "members 1": {"members": 1},
    "members 2": {"members": 2},
    "members 8": {"members": 8},
    "decay 0.02": {"decay": 0.02},
    "adam, no decay": {"solver": "adam"},
    "dropout 0": {"dropout": 0.0},
    "dropout 0.3": {"dropout": 0.3},
    "no schedule": {"learning_rate": "constant"},
    "flat, then cosine": {"learning_rate": "flat_cosine"},
    "muon": {"solver": "muon"},
    "four cycles": {"learning_rate": "four_cycles"},
    "no validation": {"validation_fraction": 0.0},
    "validation 0.2": {"validation_fraction": 0.2},
    "relu": {"activation": "relu"},
    "selu": {"activation": "selu"},
    "mish": {"activation": "mish"},
    "hidden 32": {"hidden_layer_sizes": (32,)},
    "hidden 128,128": {"hidden_layer_sizes": (128, 128)},
    "rate 0.001": {"learning_rate_init": 0.001},
    "rate 0.01": {"learning_rate_init": 0.01},
    "steps 750": {"MEMBER_ITERATIONS": 750},
    "steps 3000": {"MEMBER_ITERATIONS": 3000},
    "beta2 0.999": {"BETA2": 0.999},
    "no squeeze": {"_SMOOTH_CLIP": np.array([1e9])},
    "no bins": {"bins": 0},
    "bins 8": {"bins": 8},
    "bins 32": {"bins": 32},
    "float64": {"dtype": "float64"},
}
"""Name -> what differs from the defaults: parameters of the estimator, or constants of the program
by their names.
"""


def variant(text: list[str]) -> tuple[str, dict[str, Any]]:
    """What `--variant NAME key=value ...` says: values are Python literals, else text."""
    name, *changes = text
    found = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise ValueError(f"--variant {name}: {change!r} is not key=value")
        if not _is_parameter(key) and not _modules_with(key):
            raise ValueError(f"--variant {name}: no parameter or constant is called {key}")
        try:
            found[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            found[key] = value
    return name, found


def _is_parameter(name: str) -> bool:
    return any(name in kind().get_params() for kind in (TableClassifier, TableRegressor))


def _modules_with(constant: str) -> list[Any]:
    """The program's modules that hold a constant of this name."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("glassnet.") and constant.isupper() and constant in vars(module)
    ]


def _glassnet(classify: bool, seed: int, changes: dict[str, Any]) -> Any:
    """The table estimator, with what differs from its defaults."""
    kind = TableClassifier if classify else TableRegressor
    return kind(
        random_state=seed,
        **{name: value for name, value in changes.items() if name in kind().get_params()},
    )


def changed(changes: dict[str, Any]) -> ExitStack:
    """A context in which the program's constants are those of a variant, wherever they are used."""
    stack = ExitStack()
    for name, value in changes.items():
        for module in _modules_with(name):
            stack.enter_context(patch.object(module, name, value))
    return stack


def make(
    model: str, x: pd.DataFrame, classify: bool, seed: int, changes: dict[str, Any]
) -> tuple[Any, pd.DataFrame]:
    """A peer or a variant of glassnet, untrained, and the inputs as it wants them."""
    if model in PEERS:
        x = with_categories(x)
        return PEERS[model].make(x, classify, seed), x
    return _glassnet(classify, seed, changes), x
