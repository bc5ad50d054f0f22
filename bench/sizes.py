"""How much is installed for a library: its files and those of all it depends on."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path


def install_mb(name: str) -> float | None:
    """Megabytes of a distribution and all it needs, without compiled Python files; None where it is
    not installed as one.
    """
    seen: dict[str, set[Path]] = {}
    collect(name, seen)
    if not seen[normal(name)]:
        return None
    paths = package_files(name).union(*seen.values())
    return sum(path.stat().st_size for path in paths) / 1e6


def collect(name: str, seen: dict[str, set[Path]]) -> None:
    """Add the files of a distribution, then of those it requires, each once.

    What is not installed is not needed here.
    """
    if normal(name) in seen:
        return
    seen[normal(name)] = set()
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    seen[normal(name)] = files(found)
    for requirement in found.requires or []:
        if "extra ==" not in requirement:
            collect(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0], seen)


def normal(name: str) -> str:
    """The one way to write a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def files(found: Distribution) -> set[Path]:
    paths = (Path(str(found.locate_file(file))) for file in found.files or [])
    return {path.resolve() for path in paths if path.suffix != ".pyc" and path.is_file()}


def package_files(name: str) -> set[Path]:
    """The folder of a package of that name: what an editable installation, or PYTHONPATH, does not
    list.
    """
    spec = find_spec(name) if name.isidentifier() else None
    folders = spec.submodule_search_locations or [] if spec else []
    paths = (path for folder in folders for path in Path(folder).rglob("*"))
    return {path.resolve() for path in paths if path.suffix != ".pyc" and path.is_file()}
