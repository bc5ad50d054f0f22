"""What importing glassnet brings along: little, and nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = ["jax", "matplotlib", "sklearn", "pandas", "polars", "scipy", "rich", "safetensors"]


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("code", ["import glassnet", "import glassnet.cli", "import glassnet; glassnet.Network([3, 1])"])
def test_nothing_heavy_comes_along(code: str) -> None:
    assert not modules_after(code) & set(HEAVY)


def test_json_demo_imports_no_plotting(folder) -> None:
    arguments = ["glassnet", "demo", "--json", "--iterations", "5"]
    code = f"import sys, glassnet.cli; sys.argv = {arguments}\ntry: glassnet.cli.main()\nexcept SystemExit: pass"
    assert not modules_after(code) & {*HEAVY}
    assert not list(folder.iterdir())


def test_public_names_are_all_there_and_no_others() -> None:
    import glassnet

    assert sorted(glassnet.__all__) == glassnet.__all__ or len(set(glassnet.__all__)) == len(glassnet.__all__)
    for name in glassnet.__all__:
        assert getattr(glassnet, name) is not None
        if callable(getattr(glassnet, name)):
            assert getattr(glassnet, name).__doc__, name
