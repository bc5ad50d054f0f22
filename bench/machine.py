"""Where and with what a comparison was run: processor, cores, Python, the version and installed
size of each program.
"""

import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.launch import ROOT, cores
from bench.peers import PEERS
from bench.sizes import install_mb


def describe() -> dict[str, Any]:
    return {
        "processor": processor(),
        "cores": len(cores()),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2),  # of the last minute before it begins
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "commit": answer(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
    }


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().split("\n") if info.exists() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def programs(peers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Version and installed megabytes of each; R's size is not known to Python."""
    return {peer: {"version": version_of(peer), "install_mb": size_of(peer)} for peer in peers}


def size_of(peer: str) -> float | None:
    name = PEERS[peer].distribution
    return install_mb(name) if name else None


def version_of(peer: str) -> str:
    name = PEERS[peer].distribution
    if not name:
        return answer(["Rscript", "-e", "cat(paste(R.version$major, R.version$minor, sep = '.'))"])
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed, from its source"


def answer(command: list[str]) -> str:
    """What a command prints, or "" where it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
