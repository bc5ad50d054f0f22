"""`python -m bench.exports`: how exactly and how fast every target of `glassnet export` predicts.

A model of examples/data/cars.csv is exported to each target and run by the target's own tool; the
rows are drawn from that table, with noise. Prints two Markdown tables.

The first has a line for each target. The differences are the largest from `Model.predict_columns`
over the rows measured: relative to numbers above 1, and in units in the last place (ULPs) of what
the target computes in (float64 or float32). The sizes are of the file that is used, then of those
beside it: a header, types, a check. The seconds are of the prediction alone, from cells of numbers
and text in the tool's memory to numbers there: encoding is inside; starting, compiling, importing
the model and reading the rows are not. Of databases, parsing the SELECT and keeping its rows in a
table are inside; PostgreSQL's JIT compiler is off, since it takes longer on such a SELECT than the
SELECT itself. Of LibreOffice, it is the calculation of all formulas of an opened workbook, whose
values it writes with 15 digits. ONNX is given dates as days; other programs read them from text.
Python, JavaScript, Java, C and Go take one row at a time, on one thread; the others whole tables,
and use the cores as they do by default. A fast target passes over its rows several times.

A tool that is not installed is named; the status is 1 where one failed.

The second has the time for all rows in the model itself, in `glassnet predict` (whose starting,
reading and writing are inside), and in DuckDB, where it is there. With the extra `test` and the
Debian packages of `make debian` all tools are there.
"""

import argparse
import sys

import glassnet as gn
from bench.exports.case import MODELS, Case
from bench.exports.measure import measure, version
from bench.exports.side_by_side import ROUNDS, side_by_side
from bench.exports.targets import TARGETS
from bench.machine import describe
from bench.page import table

HEADS = (
    "target",
    "tool",
    "largest difference",
    "ULPs",
    "kB",
    "rows measured",
    "s per million rows",
)
FAILED = "ERROR: "


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where a tool failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.exports",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", choices=MODELS, default="small")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument(
        "--rows",
        type=int,
        default=1_000_000,
        help="of the second table, at most of the first [%(default)s]",
    )
    parser.add_argument(
        "--seconds", type=float, default=6, help="that each target predicts, about [%(default)s]"
    )
    given = parser.parse_args(arguments)
    case = Case(given.model, given.rows)
    print(", ".join(f"{name}: {value}" for name, value in describe().items()))
    print(f"{given.model} model: {case.model}\n")
    lines = [line(name, case, given.seconds) for name in given.targets]
    print(table(HEADS, lines), flush=True)
    times = side_by_side(case)
    print(f"\n{given.rows:,} rows, median of {ROUNDS} in turn\n")
    print(table(("", "s"), [[title, f"{seconds:.2f}"] for title, seconds in times.items()]))
    return int(any(cells[1].startswith(FAILED) for cells in lines))


def line(name: str, case: Case, seconds: float) -> list[str]:
    """A target's cells."""
    target = TARGETS[name]
    found = version(target)
    if not found:
        return [name, f"{target.tool}: not installed, not measured", *[""] * (len(HEADS) - 2)]
    print(f"{name}, {target.tool} {found}", file=sys.stderr, flush=True)
    try:
        got = measure(target, case, seconds)
    except (RuntimeError, gn.GlassnetError) as error:
        reason = " ".join(str(error).replace("|", " ").split())[-300:]
        return [name, f"{FAILED}{target.tool} {found}: {reason}", *[""] * (len(HEADS) - 2)]
    passes = f"{got.passes} x " if got.passes > 1 else ""
    return [
        name,
        f"{target.tool} {found}",
        f"{got.difference:.1e}",
        f"{got.ulps:,.0f}",
        " + ".join(f"{size:,.1f}" for size in got.kilobytes),
        f"{passes}{got.rows:,}",
        f"{got.per_million:,.3g}",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
