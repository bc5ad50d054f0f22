"""Matrices and vectors as R prints them."""

import re
from collections.abc import Container, Iterator

import numpy as np

from glassnet.models.parameters.found import unusable
from glassnet.models.parameters.r_assigned import PARAMETER

HEADING = re.compile(rf"\s*>?\s*(?:print\()?(?:[\w.$]*\$)?({PARAMETER.pattern})\)?\s*")
NUMBERED = re.compile(r"\s*\[(\d+)(,?)\]\s(.*)")
"""A row of a matrix without names of rows, or a line of a vector."""
CUT = ("max.print", "...", "\u2026")
"""What stands in the place of rows: of R, which says how many it left out, or of somebody."""


def printed_in(text: str) -> Iterator[tuple[str, np.ndarray]]:
    """(name, array) of the matrices and vectors that stand there as R prints them.

    Raises GlassnetError, naming the matrix, where one is cut short, or has no numbers.
    """
    for name, body in _bodies(text):
        if NUMBERED.fullmatch(body[0]):
            yield name, _vector(body, name)
        else:
            matrix = _matrix(body, name)
            if matrix is not None:
                yield name, matrix


def check_all_read(text: str, found: Container[str]) -> None:
    """Raises GlassnetError where something is printed that is not among what was found."""
    for name, _ in _bodies(text):
        if name not in found:
            raise unusable(
                name,
                "is printed in a way that is not read, as with names that have blanks",
                f"print unname({name})",
            )


def _bodies(text: str) -> Iterator[tuple[str, list[str]]]:
    """(name, the lines that follow) of each line that names weights or biases alone."""
    lines = [*text.split("\n"), "", ""]
    for at, line in enumerate(lines):
        heading = HEADING.fullmatch(line)
        if heading is not None and lines[at + 1].strip():
            yield heading[1], lines[at + 1 :]


def _matrix(lines: list[str], name: str) -> np.ndarray | None:
    """The columns of all blocks: R begins a new one where a line would be too long.

    None where what stands there is no matrix.
    """
    blocks: list[list[list[float]]] = []
    while block := _block(lines, name):
        blocks.append(block)
        lines = lines[len(block) + 1 :]
        _check_whole(lines[0], name)
    if not blocks:
        return None
    try:
        return np.concatenate([np.array(block) for block in blocks], axis=1)
    except ValueError:
        raise unusable(name, "is printed with rows of several lengths") from None


def _block(lines: list[str], name: str) -> list[list[float]]:
    """The rows under a line with the names or numbers of their columns; none where it is no such.

    A row is its name or number and a number for each column.
    """
    rows: list[list[float]] = []
    n_columns = len(lines[0].split())
    if n_columns == 0 or HEADING.fullmatch(lines[0]):
        return rows
    for line in lines[1:]:
        numbered = NUMBERED.fullmatch(line)
        if numbered is None:
            parts = line.split()
            cells = _numbers_or_none(parts[-n_columns:])
            if cells is None or len(parts) <= n_columns:
                break
            rows.append(cells)
        elif numbered[2]:
            if int(numbered[1]) != len(rows) + 1:
                raise unusable(name, f"is printed with row {numbered[1]} behind row {len(rows)}")
            rows.append(_numbers(numbered[3], name))
        else:
            break
    return rows


def _vector(lines: list[str], name: str) -> np.ndarray:
    numbers: list[float] = []
    for line in lines:
        numbered = NUMBERED.fullmatch(line)
        if numbered is None or numbered[2]:
            _check_whole(line, name)
            break
        numbers += _numbers(numbered[3], name)
    return np.array(numbers)


def _check_whole(line: str, name: str) -> None:
    """Raises GlassnetError where the line behind the numbers says that some are left out."""
    if any(part in line for part in CUT):
        message = f"is printed in part: '{' '.join(line.split())[:80]}'"
        raise unusable(name, message, "print it after options(max.print = 1e6)")


def _numbers(text: str, name: str) -> list[float]:
    numbers = _numbers_or_none(text.split())
    if numbers is None:
        raise unusable(name, f"is printed with what is no number: '{text.strip()[:40]}'")
    return numbers


def _numbers_or_none(texts: list[str]) -> list[float] | None:
    """The numbers; None where one is none."""
    try:
        return list(map(float, texts))
    except ValueError:
        return None
