"""What the commands share on a terminal: tables, numbers and the progress bar.

Plain lines are `terminal.py`'s.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from glassnet.errors import visible
from glassnet.training.run import Progress

if TYPE_CHECKING:
    from rich.table import Table

GAP = 3  # characters between two columns of a table


def print_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> None:
    """Print a table under its title; numbers and ranges come formatted, and go to the right."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{escape(visible(title))}[/bold]", soft_wrap=True)
    console.print(_table(headers, rows, console.width))
    console.print()


def _table(headers: Sequence[str], rows: Iterable[Sequence[Any]], room: int) -> "Table":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    body = [[visible(str(cell)) for cell in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    widths = _widths(headers, body, room)
    for i, header in enumerate(headers):
        numeric = bool(body) and all(_is_number(row[i]) for row in body)
        side = "right" if numeric else "left"
        name = escape(visible(header))
        table.add_column(name, justify=side, overflow="fold", width=widths[i])
    for row in body:
        table.add_row(*map(escape, row))
    return table


def columns_that_fit(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """How many of a table's columns, from the left, fit on the terminal beside each other."""
    from rich.console import Console

    room = Console().width
    for count in range(1, len(headers) + 1):
        cells = [max(len(str(row[i])) for row in (headers, *rows)) for i in range(count)]
        if sum(cells) + GAP * (count - 1) > room:
            return max(1, count - 1)
    return len(headers)


ShowTable = Callable[[Sequence[str], Sequence[Sequence[Any]], str], None]
"""Shows headers, rows and a title in place of those before."""


@contextmanager
def live_table(quiet: bool) -> Iterator[ShowTable | None]:
    """A table on standard error that is shown anew again and again, and is gone at the end.

    None where standard error is no terminal, or where `quiet` asks for silence.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal:
        yield None
        return
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    with Live(console=console, transient=True, auto_refresh=False) as live:

        def show(headers: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> None:
            table = _table(headers, rows, console.width)
            live.update(Group(Text(visible(title), style="bold"), table), refresh=True)

        yield show


@contextmanager
def progress_bars(*labels: str, quiet: bool) -> Iterator[list[Progress | None]]:
    """A bar with the loss on standard error while trainings go on, one after the other.

    What it yields tells the bar of each. There is none where standard error is no terminal, or
    where `quiet` asks for silence.
    """
    with _bar(labels[0], quiet, counts=True) as update:
        if update is None:
            yield [None for _ in labels]
        else:
            yield [_reporting(partial(update, description=label)) for label in labels]


def _reporting(update: Callable[..., None]) -> Progress:
    """What shows the epochs and losses of a training on a bar."""

    def report(epoch: int, epochs: int, loss: float, validation: float | None) -> None:
        text = f"loss {loss:.4g}"
        if validation is not None:
            text += f", validation {validation:.4g}"
        update(completed=epoch, total=epochs, note=text)

    return report


@contextmanager
def parts_bar(label: str, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """A bar on standard error with the part that is being made; where there is none, None.

    What it yields takes the part and the fraction of all that is done.
    """
    with _bar(label, quiet, counts=False) as update:
        if update is None:
            yield None
            return
        yield lambda part, fraction: update(completed=fraction, total=1, note=part)


@contextmanager
def rows_bar(label: str, quiet: bool) -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar on standard error with how many rows are done of how many; where there is none, None.

    What it yields takes both numbers, the second None where nobody knows it.
    """
    with _bar(label, quiet, counts=True) as update:
        if update is None:
            yield None
            return
        yield lambda done, total: update(completed=done, total=total, note="rows")


@contextmanager
def _bar(label: str, quiet: bool, counts: bool) -> Iterator[Callable[..., None] | None]:
    """A bar with a note beside it; `counts` shows how many are done of how many."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn() if counts else TaskProgressColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, note="", total=None if counts else 1)
        yield partial(bar.update, task)


def number(value: Any, digits: int = 3) -> str:
    """A number for reading, with so many decimals; large ones with fewer, text as it is."""
    if not isinstance(value, float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if not math.isfinite(value):
        return str(value)
    return f"{value:.{digits}f}" if abs(value) < 1000 else f"{value:,.1f}"


def _widths(
    headers: Sequence[str], body: Sequence[Sequence[str]], width: int
) -> Sequence[int | None]:
    """The width of each column where headers in two lines make the table fit; else None."""
    cells = [max((len(row[i]) for row in body), default=0) for i in range(len(headers))]
    gaps = GAP * (len(headers) - 1)
    folded = [max(cells[i], _in_two_lines(header)) for i, header in enumerate(headers)]
    fits = sum(max(cells[i], len(header)) for i, header in enumerate(headers)) + gaps <= width
    return [None] * len(headers) if fits or sum(folded) + gaps > width else folded


def _in_two_lines(header: str) -> int:
    """How wide a header is where it is folded once, at the best of its spaces."""
    parts = header.split(" ")
    halves = [(" ".join(parts[:i]), " ".join(parts[i:])) for i in range(len(parts))]
    return min(max(map(len, pair)) for pair in halves)


def _is_number(text: str) -> bool:
    """Whether it is a number, a range from one to another, or a cell without one."""
    try:
        for end in text.replace(",", "").split(" to "):
            float(end)
    except ValueError:
        return text in ("", "-")
    return True
