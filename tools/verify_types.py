"""Whether the public names are fully typed, as a type checker sees an installed glassnet.

Run: python tools/verify_types.py (exit status 1, and one line a symbol, where a type is missing).
Wants the test extra, which brings pyright. Nothing is downloaded.

`pyright --verifytypes` takes only what lies in the site-packages of an environment: one is made in
a temporary folder, with a copy of src/glassnet and the path to the packages of this Python.

Checked are the symbols of the public names (those of `src/glassnet/__init__.pyi`) and of the
classes of glassnet that they derive from. Left out is what is unknown only because scikit-learn
ships no types, so that to pyright each of its classes is unknown: the base classes and metaclasses
of the estimators, and the return types of the methods in `RETURNS_SKLEARN`.
"""

import ast
import importlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

PACKAGE = Path(__file__).parents[1] / "src" / "glassnet"
# What they return is a class of scikit-learn.
RETURNS_SKLEARN = ("__sklearn_tags__", "get_metadata_routing")
UNKNOWN_BASES = ("Type of metaclass unknown", "Type of base class ")


def public_objects() -> set[str]:
    """The full names of the public objects and of their base classes in glassnet."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in stub.body:
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        module = importlib.import_module(node.module)
        for alias in node.names:
            found.add(f"{node.module}.{alias.name}")
            found.update(base_classes(getattr(module, alias.name)))
    return found


def base_classes(found: Any) -> list[str]:
    """The full names of a class and its base classes, those of glassnet; none of anything else."""
    classes = found.__mro__ if isinstance(found, type) else ()
    names = [f"{base.__module__}.{base.__qualname__}" for base in classes]
    return [name for name in names if name.startswith("glassnet.")]


def verify(folder: Path) -> list[dict[str, Any]]:
    """What pyright says of each symbol of the package, installed into an environment there."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([python, "-c", query], text=True).strip())
    copytree(PACKAGE, packages / "glassnet", ignore=ignore_patterns("__pycache__"))
    outer = [path for path in sys.path if Path(path).name == "site-packages"]
    (packages / "outer.pth").write_text("\n".join(outer) + "\n")
    # pyright takes the environment whose Python is the first on PATH, whatever --pythonpath says.
    environment = os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    pyright = [sys.executable, "-m", "pyright", "--verifytypes", "glassnet"]
    options = ["--ignoreexternal", "--outputjson"]
    run = subprocess.run(
        [*pyright, *options], cwd=folder, env=environment, capture_output=True, text=True
    )
    try:
        return json.loads(run.stdout)["typeCompleteness"]["symbols"]
    except (ValueError, KeyError):
        sys.exit(f"pyright has not verified the package:\n{run.stdout}{run.stderr}")


def faults(symbol: dict[str, Any]) -> list[str]:
    """What is wrong with a symbol's type, but for what scikit-learn leaves unknown."""
    messages = [said["message"] for said in symbol["diagnostics"] if said["severity"] == "error"]
    known = [message for message in messages if not message.startswith(UNKNOWN_BASES)]
    if symbol["name"].endswith(RETURNS_SKLEARN):
        known = [message for message in known if message != "Return type is unknown"]
    return [" ".join(message.split()) for message in known]


def main() -> int:
    """Print a line for each public symbol whose type is not known."""
    public = public_objects()
    with tempfile.TemporaryDirectory() as folder:
        symbols = verify(Path(folder))
    unseen = public - {symbol["name"] for symbol in symbols}
    for name in sorted(unseen):
        print(f"{name}: pyright has not seen it")
    count = len(unseen)
    for symbol in symbols:
        name = symbol["name"]
        is_public = any(name == known or name.startswith(f"{known}.") for known in public)
        messages = faults(symbol) if is_public else []
        if messages:
            print(f"{name}: {'; '.join(messages)}")
            count += 1
    print(f"{count} public symbols without a known type", file=sys.stderr)
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
