"""Run folders damaged on purpose: refused by one line, or a run that can be looked at."""

import json
import random
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mutations import changed, check_refusal, paths_of
from small_models import TABLE

import glassnet as gn
from glassnet.errors import GlassnetError
from glassnet.report.repeat import command_of, program_of
from glassnet.runs import layout
from glassnet.runs.record import RunRecord, check_same_run
from glassnet.tables.write import write_columns

FILES = (layout.RECORD, layout.ROWS, layout.PREDICTIONS)
"""The files that are damaged; the model is in `damaged_models.py`."""
CELLS = ["", "x", "-5", "0", "1", "2.5", "9" * 30, "nan", "inf", '"', "a,b", "train", "\x00", "é"]


class Whole(NamedTuple):
    """A run before it is damaged."""

    path: Path
    model: gn.Model
    data: dict[str, Any]
    paths: list[tuple[Any, ...]]
    texts: dict[str, str]


@cache
def whole_run(folder: Path) -> Whole:
    """A run of two classes on a small table, in this folder."""
    table, out = folder / "table.csv", folder / "run"
    write_columns(table, {name: TABLE[name] for name in ("length", "mass", "island", "sold")})
    options: Any = {"epochs": 2, "members": 1, "hidden": (3,), "validation": 0.2}
    run = gn.train_run(table, "sold", out, engine="numpy", **options)
    texts = {name: (out / name).read_text(encoding="utf-8") for name in FILES}
    data = json.loads(texts[layout.RECORD])
    return Whole(out, run.model, data, list(paths_of(data)), texts)


def decode_and_use(draw: random.Random, whole: Whole) -> bool:
    """Decode a damaged record without a file, and use it; whether it was accepted.

    Raises whatever but a GlassnetError comes of it.
    """
    data = changed(whole.data, draw, whole.paths)
    try:
        record = RunRecord.from_dict(data)
        check_same_run(record, whole.model, whole.path)
    except GlassnetError as error:
        check_refusal(error)
        return False
    assert record.to_dict()["options"]["epochs"] == 2
    for text in (command_of, program_of):
        assert text(record)
    return True


def open_and_use(draw: random.Random, whole: Whole) -> bool:
    """Damage one of the files of the folder, look at everything in it, and mend it."""
    name = draw.choice(FILES)
    if name == layout.RECORD and draw.random() < 0.7:
        text = json.dumps(changed(whole.data, draw, whole.paths))
    else:
        text = _changed_text(whole.texts[name], draw)
    path = whole.path / name
    path.write_text(text, encoding="utf-8", newline="")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answered = [_is_ours(ask) for ask in _questions(whole.path)]
            return all(answered)
    finally:
        path.write_text(whole.texts[name], encoding="utf-8", newline="")


def _questions(path: Path) -> list[Callable[[], Any]]:
    """What may be asked of a run folder."""
    return [
        lambda: gn.open_run(path).model,
        lambda: gn.open_run(path).rows,
        lambda: gn.open_run(path).predictions,
        lambda: gn.open_run(path).scored_rows().y,
        lambda: gn.open_run(path).training_path(2),
    ]


def _is_ours(ask: Callable[[], Any]) -> bool:
    """Whether a question is answered; if not, by an error of ours, in one line."""
    try:
        ask()
    except GlassnetError as error:
        check_refusal(error)
        return False
    return True


def _changed_text(text: str, draw: random.Random) -> str:
    """A text with one line, cell or character changed."""
    lines = text.split("\n")
    number = draw.randrange(len(lines))
    kind = draw.randrange(6)
    if kind == 0:
        del lines[number]
    elif kind == 1:
        lines.insert(number, draw.choice(lines))
    elif kind == 2:
        cells = lines[number].split(",")
        cells[draw.randrange(len(cells))] = draw.choice(CELLS)
        lines[number] = ",".join(cells)
    elif kind == 3:
        lines[number] += draw.choice([",", ",x", "\r", '"', "{", "]"])
    elif kind == 4:
        return text[: draw.randrange(len(text))]
    else:
        at = draw.randrange(len(text))
        return text[:at] + chr(draw.randrange(1, 255)) + text[at + 1 :]
    return "\n".join(lines)
