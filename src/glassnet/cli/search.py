"""`glassnet search`: settings tried on the folds of a table, the best first."""

import json
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glassnet.cli.command import (
    DocumentedCommand,
    check_goes_on_alone,
    checked_table,
    is_given,
    overwrite_option,
    printing_options,
)
from glassnet.cli.stopping import GoesOn
from glassnet.cli.terminal import check_is_folder, say
from glassnet.cli.train import declared_options
from glassnet.errors import GlassnetError
from glassnet.recipe.options import NOT_OF_A_SEARCH, Options

if TYPE_CHECKING:
    from glassnet.searches.search import Search

SHOWN = 10  # candidates of the leaderboard on the terminal


def search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the command takes the options that candidates have in common."""
    return declared_options(command, without=NOT_OF_A_SEARCH)


@click.command(
    "search",
    cls=DocumentedCommand,
    examples=[
        "glassnet search flats.csv --target rent --candidates 50",
        "glassnet search loans.csv --target default --vary width=16,64 --vary dropout=0..0.5",
    ],
    page="docs/searching.md",
)
@click.argument("table", required=False, type=click.Path())
@click.option("--target", multiple=True, help="Column to predict; repeat for several outputs.")
@click.option("--candidates", default=20, help="Settings to try.")
@click.option("--folds", default=5, help="Parts of the rows, each of which is left out once.")
@click.option(
    "--vary",
    multiple=True,
    metavar="SETTING=VALUES",
    help="What to vary: values, as in width=16,64, or a range, as in learning-rate=0.001..0.01; "
    "repeat for more.",
    show_default="depth, width, activation, dropout, learning rate, batch size, decay and bins, "
    "but for those that are given",
)
@search_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to write.",
    show_default="runs/search-<name of the table>",
)
@overwrite_option
@click.option(
    "--resume",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Go on with a search that was cut short, or with more --candidates: its folder.",
)
@printing_options
@click.pass_context
def search_command(
    context: click.Context,
    table: str | None,
    target: tuple[str, ...],
    candidates: int,
    folds: int,
    vary: tuple[str, ...],
    out: Path | None,
    overwrite: bool,
    resume: Path | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Try settings on the folds of a table, and see which suit it best and which of them matter.

    TABLE is CSV, TSV, Parquet, Arrow, JSON lines or .xlsx, by suffix; - is CSV on standard input.
    The first candidate has the settings that `glassnet train` would choose. The rows that it would
    hold out for the final score are not looked at. Every result is kept as it comes, beside the
    folder that is written at the end.
    """
    from glassnet.cli.console import live_table
    from glassnet.runs.folder import new_run
    from glassnet.runs.layout import checkpoint_beside
    from glassnet.runs.search_folder import (
        SEARCH_FILES,
        copy_search_file,
        search_file_of,
        write_search,
    )
    from glassnet.searches.file import is_search_file, read_search_file
    from glassnet.searches.problem import search_problem
    from glassnet.searches.run import search_on

    space: Any
    if resume is not None:
        check_goes_on_alone(context, "candidates", "json", "quiet")
        kept = read_search_file(search_file_of(resume))
        table, target = str(kept.origin["table"]), kept.origin["target"]
        if not is_given(context, "candidates"):
            candidates = kept.planned
        asked, folds, space = kept.options, kept.origin["folds"], kept.origin["space"]
        if table in ("", "-"):
            raise GlassnetError(f"{resume}: its table was no file: gn.resume goes on with it")
        out, overwrite = resume, True
    else:
        table = checked_table(table, target, "search")
        asked, space = Options(**options), _read_space(vary)
    check_is_folder(out)
    name = f"search-{Path('stdin' if table == '-' else table).stem}"
    if overwrite and out is None:
        out = Path("runs") / name
    with new_run(out, name, overwrite=overwrite, files=SEARCH_FILES) as new:
        file = checkpoint_beside(new.path)
        problem = search_problem(table, list(target), asked, folds, space)
        is_copied = resume is not None and copy_search_file(resume)
        if resume is None and overwrite and file.is_file() and is_search_file(file):
            file.unlink()
        with live_table(quiet or as_json) as show:
            progress = None
            if show is not None:
                show([], [], f"0 of {candidates:,} candidates tried")
                progress = lambda so_far: show(*_leaderboard(so_far))  # noqa: E731
            try:
                found = search_on(problem, candidates, path=file, progress=progress)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(*_goes_on(file, new.path, table)) from None
            except GlassnetError:
                if is_copied:
                    file.unlink()
                raise
        is_drawn = not found.is_interrupted
        try:
            write_search(found, new, picture=is_drawn)
        except KeyboardInterrupt:
            is_drawn = False
            write_search(found, new, picture=False)
    if not found.is_interrupted:
        file.unlink()
    if as_json:
        _print_json(found, new.path)
    elif not quiet:
        _print(found, table, target, new.path)
    if not is_drawn:  # the end of a stopped command
        raise KeyboardInterrupt("the picture", *_goes_on(file, new.path, table))


def _goes_on(file: Path, run: Path, table: str) -> list[GoesOn]:
    """How to go on, where there is something to go on with and the table can be read again."""
    command = f"glassnet search --resume {shlex.quote(str(run))}"
    return [GoesOn(command)] * (file.exists() and table != "-")


def _read_space(vary: Sequence[str]) -> dict[str, Any] | None:
    """What is varied; None where nothing is said."""
    settings = [_read_setting(text) for text in vary]
    space = dict(settings)
    if len(space) < len(settings):
        raise GlassnetError("--vary has a setting twice: give its values in one, as in width=16,64")
    return space or None


def _read_setting(text: str) -> tuple[str, Any]:
    """A setting and its values or range, as in width=16,64 and dropout=0..0.5."""
    name, is_there, values = text.partition("=")
    if not is_there or not values:
        raise GlassnetError(
            f"--vary must be SETTING=VALUES, as in width=16,64 or dropout=0..0.5; got '{text}'"
        )
    name = name.strip().replace("-", "_")
    if name == "hidden":
        raise GlassnetError("--vary has no hidden: use depth=1,2,3 and width=16,64")
    low, is_range, high = values.partition("..")
    ends = [_number(low), _number(high)]
    if is_range and not any(isinstance(end, str) for end in ends):
        return name, tuple(ends)
    return name, [_number(value) for value in values.split(",")]


def _number(text: str) -> Any:
    """A number, where it is one."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _leaderboard(found: "Search") -> tuple[list[str], list[list[str]], str]:
    """Headers, rows and title: the best candidates, with the settings that mattered most."""
    from glassnet.cli.console import columns_that_fit

    standings = found.leaderboard()[:SHOWN]
    settings = [one.setting for one in found.what_mattered()]
    score = next(iter(found.best.scores))
    headers = ["rank", "loss", "behind the best", score, *settings]
    rows = [
        [
            str(rank),
            f"{one.candidate.loss:.5g}",
            "" if rank == 1 else f"{one.behind:.2g} ± {one.standard_error:.1g}",
            f"{one.candidate.scores[score]:.4g}",
            *(_text(one.candidate.settings[name]) for name in settings),
        ]
        for rank, one in enumerate(standings, 1)
    ]
    for row, one in zip(rows, standings, strict=True):
        row[0] += " plain" if one.candidate.number == 0 else ""
    count = columns_that_fit(headers, rows)
    title = f"{len(found):,} of {found.planned:,} candidates tried; the best {len(rows)}"
    return headers[:count], [row[:count] for row in rows], title


def _text(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _print_json(found: "Search", out: Path) -> None:
    content = {
        "candidates": [one.as_json() for one in found.ranked],
        "planned": found.planned,
        "options": found.options,
        "mattered": {
            one.setting: None if one.explains != one.explains else vars(one)
            for one in found.what_mattered()
        },
        "origin": found.origin,
        "out": str(out),
    }
    say(json.dumps(content))


def _print(found: "Search", table: str, target: Sequence[str], out: Path) -> None:
    from glassnet.cli.console import print_table

    print_table(*_leaderboard(found))
    mattered = found.what_mattered()
    shown = [f"{one.setting} {100 * one.explains:.0f} %" for one in mattered if not one.is_luck]
    if shown:
        say("What mattered, of the variance in rank: " + ", ".join(shown))
    elif mattered[0].explains == mattered[0].explains:
        say("What mattered: no setting by itself, beyond what luck would explain.")
    _print_ties(found)
    say(f"Written to {out}/: " + ", ".join(sorted(path.name for path in out.iterdir())))
    say("Next: " + train_line(table, target, found.options))


def _print_ties(found: "Search") -> None:
    """Say how many candidates the folds cannot tell from the best."""
    others = [one for one in found.leaderboard()[1:] if one.behind <= one.standard_error]
    if found.best.number == 0:
        say("None was better than the settings that glassnet train chooses by itself.")
    elif others:
        plain = any(one.candidate.number == 0 for one in others)
        noun = "candidate is" if len(others) == 1 else "candidates are"
        among = ", the plain settings among them" if plain else ""
        say(
            f"{len(others)} other {noun} behind by no more than a standard error{among}: the "
            "folds cannot tell them from the best."
        )


def train_line(table: str, target: Sequence[str], options: dict[str, Any]) -> str:
    """The command that trains by options."""
    from glassnet.report.repeat import option_on_command_line

    parts = ["glassnet", "train", table]
    for name in target:
        parts += ["--target", name]
    for name, value in options.items():
        parts += option_on_command_line(name, value)
    return shlex.join(parts)
