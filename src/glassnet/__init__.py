"""glassnet: dense networks on tables, every number of every step to be seen.

The public names are those of `__init__.pyi`; each is imported when it is first asked for, so that
nobody waits for what is not used. Everything else, modules of this package included, is internal
and may move.
"""

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    from importlib import import_module

    homes = _homes()
    if name == "__all__":
        return sorted(homes)
    if name not in homes:
        raise AttributeError(f"module 'glassnet' has no attribute '{name}'")
    found = globals()[name] = getattr(import_module(homes[name]), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *_homes()]


def _homes() -> dict[str, str]:
    """The module of each public name, as the stub beside this file says."""
    if "homes" not in _read:
        import ast
        from pathlib import Path

        stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
        imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
        _read["homes"] = {
            alias.name: node.module for node in imports for alias in node.names if node.module
        }
    return _read["homes"]


_read: dict[str, dict[str, str]] = {}
"""What was read of the stub, once it was."""
