"""What importing glassnet brings along: little, and nothing heavy."""

import subprocess
import sys
from types import ModuleType

import pytest

import glassnet

HEAVY = ["jax", "matplotlib", "sklearn", "pandas", "polars", "scipy", "rich", "safetensors"]
HEAVY += ["onnx", "onnxruntime", "skl2onnx"]


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(done.stdout.splitlines()[-1].split())
    return names | {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "code", ["import glassnet", "import glassnet.cli", "import glassnet; glassnet.Network([3, 1])"]
)
def test_nothing_heavy_comes_along(code: str) -> None:
    assert not modules_after(code) & set(HEAVY)


def test_nothing_at_all_comes_along_before_it_is_asked_for() -> None:
    assert "numpy" not in modules_after("import glassnet, glassnet.cli")
    assert "numpy" in modules_after("from glassnet import Network")


def test_a_plain_training_imports_neither_random_numbers_nor_gradient_checks() -> None:
    code = """
import glassnet as gn
network = gn.Network([3, 4, 1], "sigmoid", "sigmoid", "sum_of_squares", bias=False)
start = gn.initialize(network, "uniform", seed=1, rng="r")
gn.train(network, start, [[0, 0, 1]], [0], optimizer=gn.GradientDescent(1.0), epochs=3)
"""
    late = {"numpy.random", "decimal", "importlib.metadata", "glassnet.gradcheck.check", *HEAVY}
    assert not modules_after(code) & late
    assert "numpy.random" in modules_after(code.replace('"r"', '"numpy"'))


def test_json_demo_imports_no_plotting(folder) -> None:
    arguments = ["glassnet", "demo", "--json", "--iterations", "5"]
    code = f"import sys, glassnet.cli; sys.argv = {arguments}\ntry: glassnet.cli.main()\nexcept SystemExit: pass"  # noqa: E501
    assert not modules_after(code) & {*HEAVY}
    assert not list(folder.iterdir())


def test_public_names_are_all_there_documented_and_no_others() -> None:
    found = {
        name
        for name, value in vars(glassnet).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert found - {"Any"} <= set(glassnet.__all__)
    for name in glassnet.__all__:
        value = getattr(glassnet, name)
        home = glassnet._homes()[name]
        assert getattr(value, "__module__", home) == home
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = glassnet.nothing
    assert list(glassnet.__all__) == sorted(glassnet.__all__)
    for name in glassnet.__all__:
        if callable(getattr(glassnet, name)):
            assert getattr(glassnet, name).__doc__, name
