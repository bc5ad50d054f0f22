"""`glassnet train`: a network on a table, scores on rows it never saw, a folder that repeats it.

Its options are made from the declarations in `recipe/options.py`.
"""

import json
import re
import shlex
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import Field, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from click.shell_completion import CompletionItem

from glassnet.cli.command import (
    DocumentedCommand,
    check_goes_on_alone,
    checked_table,
    is_given,
    overwrite_option,
    printing_options,
    read_sizes,
)
from glassnet.cli.stopping import GoesOn
from glassnet.cli.terminal import check_is_folder
from glassnet.errors import GlassnetError, TrainingError
from glassnet.recipe.declarations import Declaration
from glassnet.recipe.options import DECLARATIONS, Options

if TYPE_CHECKING:
    from glassnet.runs.resume import AskedTraining


class DeclaredOption(click.Option):
    """A command-line option made from a declaration.

    The names that it may have are looked up when its help is asked for, not before.
    """

    def __init__(self, *args: Any, declaration: Declaration, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.declaration = declaration

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names that begin like this, for the shell."""
        names = [name for name in self.declaration.names if name.startswith(incomplete)]
        return [CompletionItem(name) for name in names]

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the help, with the complete list of names."""
        names = self.declaration.names
        self.help = self.declaration.help
        if names:
            self.help += f" One of {', '.join(names)}."
        return super().get_help_record(ctx)


def read_names(_: click.Context, __: click.Parameter, text: str) -> str | tuple[str, ...]:
    """A name, or several separated by commas."""
    return tuple(text.split(",")) if "," in text else text


def read_texts(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Texts separated by commas; none where it is empty."""
    return None if text is None else tuple(part for part in text.split(",") if part)


def as_written(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """The text, which the option's own check reads."""
    return text


def read_effort(_: click.Context, __: click.Parameter, text: str) -> str | float:
    """The name of an effort, or a number of seconds."""
    try:
        return float(text)
    except ValueError:
        return text


def read_class_weight(_: click.Context, __: click.Parameter, text: str | None) -> Any:
    """'balanced', or pairs such as yes=5,no=1; a class may hold commas and equals signs."""
    if text is None or text == "balanced":
        return text
    pairs = re.findall(r"(.+?)=([-+.\deE]+)(?:,|$)", text)
    if ",".join("=".join(pair) for pair in pairs) != text:
        raise GlassnetError(
            "--class-weight must be balanced, or the weight of each class as in yes=5,no=1; "
            f"got '{text}'"
        )
    return {label: read_number(weight, "--class-weight") for label, weight in pairs}


def read_threshold(_: click.Context, __: click.Parameter, text: str | None) -> Any:
    """'balanced', or a number."""
    if text is None or text == "balanced":
        return text
    return read_number(text, "--threshold")


def read_number(text: str, flag: str) -> float:
    """A number on the command line. Raises GlassnetError, naming the flag, on another text."""
    try:
        return float(text)
    except ValueError:
        raise GlassnetError(f"{flag} must be a number or balanced, got '{text}'") from None


READ_FROM_TEXT: dict[str, Callable[..., Any]] = {
    "effort": read_effort,
    "hidden": read_sizes,
    "activation": read_names,
    "missing": read_texts,
    "class_weight": read_class_weight,
    "threshold": read_threshold,
    "memory": as_written,
}
"""The options whose several values are one text, and what reads it."""


def declared_options(
    command: Callable[..., Any], without: Sequence[str] = ()
) -> Callable[..., Any]:
    """A decorator: the command takes all `Options`, in their order, but for some."""
    for field in reversed(fields(Options)):
        if field.name not in without:
            command = _click_option(field)(command)
    return command


def _click_option(field: "Field[Any]") -> Callable[[Any], Any]:
    """The command-line option of a field of `Options`."""
    declaration = DECLARATIONS[field.name]
    flag = (declaration.flag or field.name).replace("_", "-")
    settings: dict[str, Any] = {
        "default": field.default,
        "type": str if field.name in READ_FROM_TEXT else _kind_of(field),
        "show_default": declaration.if_open or True,
    }
    if field.name in READ_FROM_TEXT:
        settings["callback"] = READ_FROM_TEXT[field.name]
        if isinstance(field.default, tuple):
            settings["default"] = ",".join(str(part) for part in field.default)
    elif field.default == ():
        settings["multiple"] = True
    elif isinstance(field.default, bool):
        settings["is_flag"] = True
    elif settings["type"] is bool:  # left open, so that both answers can be given
        flag = f"{flag}/--no-{flag}"
    return click.option(
        f"--{flag}", field.name, cls=DeclaredOption, declaration=declaration, **settings
    )


def _kind_of(field: "Field[Any]") -> type:
    """The type of a field without what makes it optional or several: float of `float | None`."""
    kinds = (field.type, *get_args(field.type))
    return next(kind for kind in (bool, int, float, str) if kind in kinds)


@click.command(
    "train",
    cls=DocumentedCommand,
    examples=[
        "glassnet train flats.csv --target rent",
        "glassnet train loans.csv --target default --ignore id --threshold balanced --out runs/may",
    ],
    page="docs/tables.md",
)
@click.argument("table", required=False, type=click.Path())
@click.option("--target", multiple=True, help="Column to predict; repeat for several outputs.")
@click.option(
    "--teacher",
    type=click.Path(path_type=Path),
    help="What to train towards beside the target: a model file or run folder, or a table of "
    "predictions of every row, as glassnet predict writes them.",
)
@declared_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Run folder to write.",
    show_default="runs/<name of the table>",
)
@overwrite_option
@click.option(
    "--resume",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Go on with a run that was cut short: its folder, as it was to be.",
)
@click.option(
    "--report/--no-report",
    default=True,
    help="Whether to write report.html, which takes a few seconds.",
)
@printing_options
@click.pass_context
def train_command(
    context: click.Context,
    table: str | None,
    target: tuple[str, ...],
    teacher: Path | None,
    out: Path | None,
    overwrite: bool,
    resume: Path | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Train a network on a table: find the task, encode the columns, hold rows out, train, score.

    TABLE is CSV, TSV, Parquet, Arrow, JSON lines or .xlsx, by suffix; - is CSV on standard input.
    A run of more than half a minute is kept in a checkpoint beside its folder while it lasts.
    """
    from glassnet.cli.console import parts_bar, progress_bars
    from glassnet.cli.summary import print_run
    from glassnet.cli.wording import in_flags
    from glassnet.errors import warn_of
    from glassnet.recipe.run import run_table
    from glassnet.report.build import write_report
    from glassnet.runs.folder import checkpoint_of_run, new_run, train_and_write
    from glassnet.runs.layout import REPORT
    from glassnet.training.array_memory import arrays_within

    names: Collection[str] | None = [name for name in given if is_given(context, name)]
    if resume is None:
        options = Options(**given)
        if options.start is not None and not target:
            target = _targets_of(options.start)
        table = checked_table(table, target, "run")
    else:
        check_goes_on_alone(context, "report", "json", "quiet")
        asked = _asked(resume)
        table, target, options = asked.table, tuple(asked.target), asked.options
        names = asked.given
        teacher = None if asked.teacher is None else Path(asked.teacher)
        out, overwrite = asked.out, True
    check_is_folder(out)
    context.with_resource(arrays_within(options.memory))
    source = Path("stdin" if table == "-" else table)
    if overwrite and out is None:
        out = Path("runs") / source.stem
    with (
        progress_bars("training", "last training, on all rows", quiet=quiet or as_json) as bars,
        new_run(out, source.stem, overwrite=overwrite) as new,
    ):
        first, last = bars
        kept = checkpoint_of_run(new, table, target, options, teacher, names, overwrite=overwrite)
        train = partial(
            run_table,
            table,
            target,
            options,
            first,
            teacher=teacher,
            refit_progress=last,
            checkpoint=kept,
            given=names,
        )

        def goes_on_if(checkpoint: Path) -> list[GoesOn]:
            """How to go on, where there is a checkpoint and the table can be read again."""
            command = f"glassnet train --resume {shlex.quote(str(new.path))}"
            return [GoesOn(command)] * (checkpoint.exists() and table != "-")

        try:
            done, run, stopped = train_and_write(train, table, teacher, new)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*goes_on_if(kept.path)) from None
        except TrainingError:
            kept.remove()  # the same would come of it again
            raise
    if done.ended != "interrupted":
        kept.remove()
    if report and not stopped:
        try:
            with parts_bar("report", quiet or as_json) as parts:
                write_report(run, done, source.name, in_flags, parts)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(REPORT) from None
    if as_json:
        json.dump({**run.record.to_dict(), "out": str(run.path)}, sys.stdout)
        print()
    elif not quiet:
        print_run(source, options, done, run.record, run.path)
    if not quiet:
        warn_of(done.notices)
    if done.ended == "not_finite":
        return 1
    if stopped:
        no_refit = done.options.refit and done.refit_ended == "interrupted"
        left_out = ["the last training on all rows"] * no_refit
        left_out += ["pictures", *[REPORT] * report]
        raise KeyboardInterrupt(*left_out, *goes_on_if(kept.path))
    return 0


def _targets_of(start: str) -> tuple[str, ...]:
    """What the model predicts that a training goes on from."""
    from glassnet.recipe.start import read_start

    return tuple(target.name for target in read_start(start)[0].encoding.targets)


def _asked(run: Path) -> "AskedTraining":
    """What was asked for of a run that goes on. Raises GlassnetError where it cannot."""
    from glassnet.runs.record import STANDARD_INPUT
    from glassnet.runs.resume import asked_training, check_may_be_replaced, checkpoint_of

    file = checkpoint_of(run)
    asked = asked_training(file)
    if asked.out is None:
        raise GlassnetError(f"{file}: is of train_table in Python: gn.resume goes on with it")
    if asked.table in ("", STANDARD_INPUT):
        raise GlassnetError(
            f"{file}: its table was no file: give the same command again, with --out "
            f"{asked.out} --overwrite, and it goes on from there"
        )
    check_may_be_replaced(asked.out)
    return asked
