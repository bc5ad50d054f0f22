"""`glassnet predict`: new rows through a trained model."""

import sys
from pathlib import Path

import click


@click.command("predict")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("table")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="CSV file to write; - is standard output, the default.",
)
def predict_command(model: Path, table: str, out: Path | None) -> None:
    """Predict the rows of a table as CSV; columns are matched by name, categories never seen count
    as missing.

    MODEL is a model file, or the run folder that holds one. TABLE is CSV, TSV, Parquet, Arrow IPC
    or JSON lines, by suffix; - is CSV on standard input.
    """
    from glassnet.files import check_file, whole_file
    from glassnet.models.model import load
    from glassnet.tables.write import write_columns

    to_stdout = out is None or str(out) == "-"
    if out is not None and not to_stdout:
        check_file(out, overwrite=False)
    columns = load(model).predict_columns(table)
    if out is None or to_stdout:
        write_columns(sys.stdout, columns)
        return
    with whole_file(out, overwrite=False) as part:
        write_columns(part, columns)
    print(f"{len(next(iter(columns.values())))} rows predicted to {out}", file=sys.stderr)
