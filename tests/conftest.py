"""The array engines that every test of the mathematics runs on, and the article's data."""

import os
import sys

os.environ.setdefault(
    "SCIPY_ARRAY_API", "1"
)  # before SciPy is imported: else one of scikit-learn's checks is skipped

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import lab_page
import numpy as np
import pytest
import rotating
from lab_page import Page

from glassnet.core.activations import OUTPUTS
from glassnet.core.losses import LOSSES, SETTINGS, find_loss
from glassnet.core.network import Network

jax.config.update("jax_enable_x64", True)
SETTINGS_TRIED = ["huber:0.4", "pinball:0.9", "binary_focal:3", "categorical_focal:0.5"]
PAIRS = [
    (o, loss)
    for o in OUTPUTS
    for loss in [*LOSSES, *SETTINGS_TRIED]
    if find_loss(loss).output in (None, o)
]
"""Every output activation with every loss that takes it."""
assert {name.partition(":")[0] for name in SETTINGS_TRIED} == set(SETTINGS), (
    "a loss with a setting is tried without one"
)
ORACLES = Path(__file__).parent / "oracles"


def pytest_addoption(parser: pytest.Parser) -> None:
    choices = [*map(str, range(rotating.PARTS)), "commit", "all"]
    parser.addoption("--part", default="all", choices=choices, help=rotating.HELP)


def _part(config: pytest.Config) -> int | None:
    return rotating.part_of_run(config.getoption("--part"), config.rootpath)


def pytest_report_header(config: pytest.Config) -> str:
    part = _part(config)
    if part is None:
        return "rotating tests: all"
    return f"rotating tests: part {part} of 0 to {rotating.PARTS - 1}; these again: --part {part}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part = _part(config)
    left_out = [i for i in items if part is not None and not rotating.is_in(part, i)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [i for i in items if rotating.is_in(part, i)]


class Engine:
    """An array library as the tests use it: makes its own arrays, and runs a function of arrays as
    it would be run there.
    """

    def __init__(
        self,
        name: str,
        asarray: Callable[[np.ndarray], Any],
        call: Callable[..., Any] | None = None,
    ) -> None:
        self.name, self.asarray = name, asarray
        self.call = call or (lambda function, *args: function(*args))

    def arrays(self, nest: Any) -> Any:
        """A nest of tuples of NumPy arrays as this library's own."""
        return jax.tree_util.tree_map(self.asarray, nest)

    def numpy(self, nest: Any) -> Any:
        """The way back."""
        return jax.tree_util.tree_map(lambda a: np.asarray(a), nest)


def _read_only(a: np.ndarray) -> np.ndarray:
    copy = np.array(a)
    copy.flags.writeable = False
    return copy


def _strict(a: np.ndarray) -> Any:
    import array_api_strict

    return array_api_strict.asarray(np.asarray(a))


ENGINES = [
    Engine("strict", _strict),
    Engine("numpy", np.asarray),
    Engine("numpy read-only", _read_only),
    Engine("jax", jnp.asarray),
    Engine("jax jitted", jnp.asarray, lambda function, *args: jax.jit(function)(*args)),
]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with jax.numpy_rank_promotion("raise"):
        yield request.param


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """pyplot keeps its figures until they are closed: close them after each test."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture(scope="session")
def article_oracle() -> dict[str, Any]:
    return json.loads((ORACLES / "article.json").read_text())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new directory to run commands in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def in_ci() -> bool:
    """Whether this is a run in which nothing may be skipped."""
    return os.environ.get("CI", "").lower() == "true"


def targets(network: Network, random: np.random.Generator, rows: int) -> np.ndarray:
    """Targets that the loss can take: soft classes, counts, or any numbers."""
    K = network.sizes[-1]
    if network.loss.output in ("sigmoid", "softmax"):
        return random.dirichlet(np.ones(K), size=rows) if K > 1 else random.uniform(size=(rows, 1))
    if network.loss.output == "exponential":
        return random.integers(0, 5, size=(rows, K)).astype(float)
    return random.normal(size=(rows, K))


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """The inner parts of the lab's page, run by Node; not in CI alone a page may lack."""
    why_not = lab_page.missing()
    if why_not:
        assert not in_ci(), f"{why_not}: in CI nothing may be skipped"
        pytest.skip(why_not)
    opened = Page()
    yield opened
    opened.close()
