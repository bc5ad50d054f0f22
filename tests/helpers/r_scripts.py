"""Running R for tests."""

import subprocess
from pathlib import Path
from typing import Any

from glassnet.exports.code.r import r_literal


def rscript(*arguments: Any, locale: str = "C.UTF-8") -> str:
    """What Rscript prints, in a locale."""
    done = subprocess.run(
        ["Rscript", "--vanilla", *map(str, arguments)],
        capture_output=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": locale},
        check=False,
    )
    assert not done.returncode, done.stderr.decode()[-2000:]
    return done.stdout.decode()


def sourced(path: Path, locale: str = "C.UTF-8") -> str:
    """The same of a script that is read at once: Rscript takes long over long lists."""
    return rscript("-e", f"source({r_literal(str(path))})", locale=locale)
