"""Running R for tests."""

from pathlib import Path
from typing import Any

from commands import output_of

from glassnet.exports.code.r import r_literal


def rscript(*arguments: Any, locale: str = "C.UTF-8") -> str:
    """What Rscript prints, in a locale."""
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": locale}
    return output_of("Rscript", "--vanilla", *arguments, env=environment)


def sourced(path: Path, locale: str = "C.UTF-8") -> str:
    """The same of a script that is read at once: Rscript takes long over long lists."""
    return rscript("-e", f"source({r_literal(str(path))})", locale=locale)
