"""Long measurements that can be cut and taken up again: what was measured, in a JSON file."""

import json
from pathlib import Path
from typing import Any

from bench import machine


def begun(path: Path, facts: dict[str, Any], add: bool) -> dict[str, Any]:
    """What the file holds where it is to be added to, else an empty result of these facts.

    SystemExit where the file holds a result of other facts.
    """
    if not add or not path.exists():
        return {"machine": machine.describe(), **facts, "tables": {}}
    result = json.loads(path.read_text())
    other = [f"{name} {result[name]}" for name, value in facts.items() if result[name] != value]
    if other:
        raise SystemExit(f"{path} was measured with {', '.join(other)}")
    return result


def with_before(result: dict[str, Any], path: Path) -> dict[str, Any]:
    """The result, with the first model of another file beside its own as "before"."""
    before = json.loads(path.read_text())["tables"]
    tables = {}
    for name, table in result["tables"].items():
        models = dict(table["models"])
        if name in before:
            models["before"] = next(iter(before[name]["models"].values()))
        tables[name] = {**table, "models": models}
    return {**result, "tables": tables}


def keep(path: Path, result: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result) + "\n")
