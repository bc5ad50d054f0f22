"""How glassnet was installed: why the native engine is missing, and the command that adds it."""

import json
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shlex import quote
from urllib.parse import unquote


def why_missing(error: ImportError) -> str:
    """Why the native engine cannot be imported, and how to mend it; `error` is the import's."""
    why = f"it cannot be loaded ({error})"
    if isinstance(error, ModuleNotFoundError):
        why = left_out()
    mend = "Where that is mended, run"
    if "compiler" in why:
        mend = "With a C++ compiler (on Debian: apt-get install g++), run"
    return f"glassnet is without its native engine, because {why}. {mend}: {reinstall()}"


def left_out() -> str:
    """Why the installation left it out: what CMakeLists.txt wrote beside the package."""
    with suppress(PackageNotFoundError, OSError):
        path = distribution("glassnet").locate_file("glassnet/_native_missing.txt")
        return Path(str(path)).read_text(encoding="utf-8").strip()
    return "it was not built"


def reinstall() -> str:
    """The command that installs glassnet again, from the folder it came from.

    Where that folder is unknown, the command has a name in capitals in its place.
    """
    source = "FOLDER-OF-GLASSNET"
    with suppress(PackageNotFoundError, KeyError, ValueError):
        origin = json.loads(distribution("glassnet").read_text("direct_url.json") or "{}")
        editable = "--editable " if origin["dir_info"].get("editable") else ""
        source = editable + quote(unquote(origin["url"].removeprefix("file://")))
    pip = f"{sys.executable} -m pip install"
    return f"{pip} --force-reinstall --no-deps --no-cache-dir {source}"
