"""The options that `bench.tables` and `bench.curves` share: models, processes, where results go."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.launch import ROOT
from bench.table_peers import PEERS, installed
from bench.variants import VARIANTS, variant

RESULTS = ROOT / "build" / "bench"


def add_options(parser: argparse.ArgumentParser, models: Sequence[str], file: str) -> None:
    """Add them to a parser; `models` are measured unless others are named, `file` is written."""
    parser.add_argument(
        "--models", nargs="+", default=models, choices=[*VARIANTS, *PEERS], metavar="MODEL"
    )
    parser.add_argument(
        "--variant",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "KEY=VALUE"),
        help="glassnet with other parameters, or other constants of the program; can be repeated",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        help="processes at a time; more make the seconds less certain",
    )
    parser.add_argument("--to", type=Path, default=RESULTS, help="the folder for what is written")
    parser.add_argument(
        "--add",
        action="store_true",
        help=f"keep what is in that folder's {file}, and measure only what it lacks",
    )
    parser.add_argument(
        "--before",
        type=Path,
        metavar="FOLDER",
        help=f"show the first model of that folder's {file} too, as 'before'",
    )


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What the command line says; `changes` by model, and of the `models` those installed."""
    args = parser.parse_args()
    try:
        args.changes = VARIANTS | dict(map(variant, args.variant))
    except ValueError as error:
        parser.error(str(error))
    args.models = installed(args.models) + [name for name, *_ in args.variant]
    return args
