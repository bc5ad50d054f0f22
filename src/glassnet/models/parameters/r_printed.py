"""Matrices and vectors as R prints them."""

import re
from collections.abc import Container, Iterator

import numpy as np

from glassnet.models.parameters.found import unusable
from glassnet.models.parameters.r_assigned import PARAMETER

HEADING = re.compile(rf"\s*>?\s*(?:print\()?(?:[\w.$]*\$)?({PARAMETER.pattern})\)?\s*")
COLUMN_NUMBERS = re.compile(r"\s*\[,\d+\](\s+\[,\d+\])*\s*")
ROW = re.compile(r"\s*\[(\d+)(,?)\]\s(.*)")
CUT = ("max.print", "...", "\u2026")
"""What stands in the place of rows: of R, which says how many it left out, or of somebody."""


def printed_in(text: str) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) of the matrices and vectors that stand there as R prints them.

    Raises GlassnetError, naming the matrix, where one is cut short, or has no numbers.
    """
    for name, body in _bodies(text):
        if COLUMN_NUMBERS.fullmatch(body[0]) and ROW.fullmatch(body[1]):
            yield name, _matrix(body, name)
        elif ROW.fullmatch(body[0]):
            yield name, _vector(body, name)


def check_all_read(text: str, found: Container[str]) -> None:
    """Raises GlassnetError where something is printed that is not among what was found."""
    for name, _ in _bodies(text):
        if name not in found:
            raise unusable(
                name,
                "is printed in a way that is not read, as with names of rows or columns",
                f"print unname({name})",
            )


def _bodies(text: str) -> Iterator[tuple[str, list[str]]]:
    """(name, the lines that follow) of each line that names weights or biases alone."""
    lines = [*text.split("\n"), "", ""]
    for at, line in enumerate(lines):
        heading = HEADING.fullmatch(line)
        if heading is not None and lines[at + 1].strip():
            yield heading[1], lines[at + 1 :]


def _matrix(lines: list[str], name: str) -> np.ndarray:
    blocks: list[list[list[float]]] = []
    for line in lines:
        row = ROW.fullmatch(line)
        if COLUMN_NUMBERS.fullmatch(line):
            blocks.append([])
        elif row is not None and row[2]:
            if int(row[1]) != len(blocks[-1]) + 1:
                message = f"is printed with row {row[1]} behind row {len(blocks[-1])}"
                raise unusable(name, message)
            blocks[-1].append(_numbers(row[3], name))
        else:
            _check_whole(line, name)
            break
    try:
        return np.concatenate([np.array(block, float) for block in blocks], axis=1)
    except ValueError:
        raise unusable(name, "is printed with rows of several lengths") from None


def _vector(lines: list[str], name: str) -> np.ndarray:
    numbers: list[float] = []
    for line in lines:
        row = ROW.fullmatch(line)
        if row is None or row[2]:
            _check_whole(line, name)
            break
        numbers += _numbers(row[3], name)
    return np.array(numbers)


def _check_whole(line: str, name: str) -> None:
    """Raises GlassnetError where the line behind the numbers says that some are left out."""
    if any(part in line for part in CUT):
        message = f"is printed in part: '{' '.join(line.split())[:80]}'"
        raise unusable(name, message, "print it after options(max.print = 1e6)")


def _numbers(text: str, name: str) -> list[float]:
    try:
        return [float(number) for number in text.split()]
    except ValueError:
        message = f"is printed with what is no number: '{text.strip()[:40]}'"
        raise unusable(name, message) from None
