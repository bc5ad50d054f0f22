"""How glassnet was installed: why the native engine is not there, where it is not, and the line that would bring it."""

import json
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shlex import quote
from urllib.parse import unquote


def why_missing(error: ImportError) -> str:
    """Why the native engine cannot be imported, and how to mend it; `error` is what the import said."""
    why = left_out() if isinstance(error, ModuleNotFoundError) else f"it cannot be loaded ({error})"
    mend = (
        "With a C++ compiler (on Debian: apt-get install g++), run"
        if "compiler" in why
        else "Where that is mended, run"
    )
    return f"glassnet is without its native engine, because {why}. {mend}: {reinstall()}"


def left_out() -> str:
    """Why the installation went on without it: what CMakeLists.txt found, and wrote beside the package."""
    with suppress(PackageNotFoundError, OSError):
        place = Path(str(distribution("glassnet").locate_file("glassnet/_native_missing.txt")))
        return place.read_text(encoding="utf-8").strip()
    return "it was not built"


def reinstall() -> str:
    """The line that installs glassnet again, from the folder it came from; its name is left open where it is unknown."""
    source = "FOLDER-OF-GLASSNET"
    with suppress(PackageNotFoundError, KeyError, ValueError):
        came_from = json.loads(distribution("glassnet").read_text("direct_url.json") or "{}")
        editable = "--editable " if came_from["dir_info"].get("editable") else ""
        source = editable + quote(unquote(came_from["url"].removeprefix("file://")))
    return f"{sys.executable} -m pip install --force-reinstall --no-deps --no-cache-dir {source}"
