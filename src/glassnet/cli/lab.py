"""`glassnet lab`: a network that trains in a page of the browser, on a table or from a model.

The page is `glassnet/lab/`'s; here it is served, or written to a file.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassnet.cli.command import DocumentedCommand
from glassnet.cli.terminal import check_is_folder, say
from glassnet.errors import GlassnetError

if TYPE_CHECKING:
    from glassnet.lab.page import LabPage

INDEX = "index.html"
PAGE_SUFFIXES = (".html", ".htm")


@click.command(
    "lab",
    cls=DocumentedCommand,
    examples=[
        "glassnet lab TABLE.csv --target y",
        "glassnet lab runs/demo --out lab.html",
    ],
    page="docs/lab.md",
)
@click.argument("opened", required=False, metavar="[TABLE|RUN|MODEL]", type=click.Path())
@click.option(
    "--target",
    multiple=True,
    help="Of TABLE: column to predict; repeat for several outputs.",
    show_default="chosen in the page",
)
@click.option("--ignore", multiple=True, help="Of TABLE: column not to use; repeat for several.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the page in place of serving it: a file .html, or a folder with index.html.",
)
@click.option("--overwrite", is_flag=True, help="Replace the page that stands at --out.")
@click.option(
    "--port", type=int, help="Port to serve the page at.", show_default="one that is free"
)
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
def lab_command(
    opened: str | None,
    target: tuple[str, ...],
    ignore: tuple[str, ...],
    out: Path | None,
    overwrite: bool,
    port: int | None,
    no_browser: bool,
) -> None:
    """Watch a network train in the browser, on a table of yours or from a trained model: step
    forward and back, and click on any number to see what it is made of.

    Without an argument the page begins with the article's table. TABLE is CSV, TSV, Parquet, Arrow,
    JSON lines or .xlsx, by suffix; - is CSV on standard input; its first 2,000 rows are taken. RUN
    is a run folder, whose model comes with the rows of its table; MODEL is a model file. The page
    is served to this machine alone, until Ctrl-C, and sends nothing anywhere.
    """
    from glassnet.lab.document import opened_document
    from glassnet.lab.page import lab_files, lab_page

    _check_way_out(out, overwrite, port, no_browser)
    lab_files()  # where there are none, that is said before a large table is read
    page = lab_page(opened_document(opened, target, ignore))
    if out is None:
        _serve(page, port or 0, opens=not no_browser)
    else:
        _write(page, out, overwrite)


def _check_way_out(out: Path | None, overwrite: bool, port: int | None, no_browser: bool) -> None:
    """Raises GlassnetError where options exclude each other, or nothing can be written."""
    from glassnet.files import check_file, check_free

    if out is None:
        if overwrite:
            raise GlassnetError("--overwrite is for a page that is written: give --out")
        return
    for flag, is_there in (("--port", port is not None), ("--no-browser", no_browser)):
        if is_there:
            raise GlassnetError(f"{flag} is for a page that is served: leave out --out or {flag}")
    check_is_folder(out)
    if _is_file(out):
        check_file(out, overwrite)
    else:
        check_free(out, _replaced(overwrite))


def _is_file(out: Path) -> bool:
    return out.suffix.lower() in PAGE_SUFFIXES


def _replaced(overwrite: bool) -> tuple[str, ...]:
    """The files of a folder that may be replaced."""
    return (INDEX,) if overwrite else ()


def _write(page: "LabPage", out: Path, overwrite: bool) -> None:
    from glassnet.files import whole_file, whole_folder

    if _is_file(out):
        with whole_file(out, overwrite=overwrite) as part:
            part.write_text(page.html, encoding="utf-8")
        written = out
    else:
        with whole_folder(out, overwrite=_replaced(overwrite)) as folder:
            (folder.part / INDEX).write_text(page.html, encoding="utf-8")
        written = out / INDEX
    say(f"Written to {written}: open it in a browser; it needs nothing else")


def _serve(page: "LabPage", port: int, opens: bool) -> None:
    """Serve the page until Ctrl-C, which is how this command ends."""
    import sys
    from threading import Thread
    from webbrowser import open as open_browser

    from glassnet.lab.server import LabServer

    with LabServer(page, port) as server:
        say(f"The lab is at {server.url}")
        say("Ctrl-C ends it")
        sys.stdout.flush()
        if opens:  # aside: a browser of the terminal would return only when it is closed
            Thread(target=open_browser, args=(server.url,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Ended")
