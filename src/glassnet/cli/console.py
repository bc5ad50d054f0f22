"""What the commands share on a terminal: tables, numbers and the progress bar.

Plain lines are `terminal.py`'s.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from glassnet.errors import visible
from glassnet.training.run import Progress


def print_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> None:
    """Print a table under its title; numbers come already formatted, and go to the right."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    body = [[visible(str(cell)) for cell in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for i, header in enumerate(headers):
        numeric = bool(body) and all(_is_number(row[i]) for row in body)
        side = "right" if numeric else "left"
        table.add_column(escape(visible(header)), justify=side, overflow="fold")
    for row in body:
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    console.print(f"[bold]{escape(visible(title))}[/bold]", soft_wrap=True)
    console.print(table)
    console.print()


@contextmanager
def progress_bar(label: str, quiet: bool) -> Iterator[Progress | None]:
    """A bar with the loss on standard error while a run goes on.

    There is none where standard error is no terminal, or where `quiet` asks for silence.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, loss="")

        def report(epoch: int, epochs: int, loss: float, validation: float | None) -> None:
            text = f"loss {loss:.4g}"
            if validation is not None:
                text += f", validation {validation:.4g}"
            bar.update(task, completed=epoch, total=epochs, loss=text)

        yield report


def number(value: Any, digits: int = 3) -> str:
    """A number for reading, with so many decimals; large ones with fewer, text as it is."""
    if not isinstance(value, float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if not math.isfinite(value):
        return str(value)
    return f"{value:.{digits}f}" if abs(value) < 1000 else f"{value:,.1f}"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return text in ("", "-")
    return True
