"""How to repeat a run: its settings in words, its command, and the same in Python."""

import shlex
from dataclasses import asdict
from typing import Any

from glassnet.recipe.options import DECLARATIONS, Options, ResolvedOptions
from glassnet.runs.record import RunRecord

UNKNOWN_TABLE = "TABLE.csv"
"""What stands for the file of a table that was none."""

PROGRAM = """import json
import glassnet as gn

record = json.load(open("run.json"))
model = gn.train_table({table}, record["target"], {teacher}**record["options"])
"""


def settings_of(options: ResolvedOptions) -> list[tuple[str, str]]:
    """Every option of a training: its name and its value in words."""
    return [(name.replace("_", " "), _as_text(value)) for name, value in asdict(options).items()]


def command_of(record: RunRecord) -> str:
    """The command that repeats a run: its table and targets, and every option that it used."""
    parts = ["glassnet", *record.command]
    for name, value in asdict(record.options).items():
        parts += option_on_command_line(name, value)
    command = shlex.join(parts)
    return command if record.has_table_file else f"{command} < {UNKNOWN_TABLE}"


def program_of(record: RunRecord) -> str:
    """The same in Python, from the run's folder."""
    table = 'record["table"]' if record.has_table_file else f'"{UNKNOWN_TABLE}"'
    teacher = 'teacher=record["teacher_file"], ' if record.teacher_file else ""
    return PROGRAM.format(table=table, teacher=teacher)


def _as_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_as_text(part)}" for name, part in value.items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def option_on_command_line(name: str, value: Any) -> list[str]:
    """An option as the words of a command; nothing where it is off."""
    option = "--" + (DECLARATIONS[name].flag or name).replace("_", "-")
    if value is False and getattr(Options, name) is None:
        return [f"--no-{name}"]
    if value is None or value is False:
        return []
    if value is True:
        return [option]
    if name == "missing" and not value:
        return [option, ""]
    if name in ("categories", "ignore"):
        return [word for column in value for word in (option, str(column))]
    if isinstance(value, (list, tuple)):
        return [option, ",".join(map(str, value))]
    if isinstance(value, dict):
        return [option, ",".join(f"{label}={weight}" for label, weight in value.items())]
    return [option, str(value)]
