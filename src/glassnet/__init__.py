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
    """The module of each public name, as the stub beside this file says.

    Its lines are read as text: this runs at every start, and a parser would be slow to import.
    """
    if not _read:
        module = ""
        with open(f"{__file__}i", encoding="utf-8") as stub:
            for line in stub:
                if line.startswith("from "):
                    module = line.split()[1]
                _, renamed, name = line.rstrip(",\n").partition(" as ")
                if module and renamed:
                    _read[name] = module
    return _read


_read: dict[str, str] = {}
"""What was read of the stub, once it was."""
