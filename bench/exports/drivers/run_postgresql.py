"""run_postgresql.py PROGRAMS MODEL ROWS KINDS FOUND PASSES: a table of all rows to another, in a
server of its own that no network reaches; the seconds are those that psql says.

PROGRAMS is the folder of PostgreSQL's programs; ".": they are found by their names.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

programs, model_path, rows_path, kinds, found_path, passes = sys.argv[1:]
with open(rows_path, newline="") as file:
    names = next(csv.reader(file))
of_kind = {"number": "double precision", "date": "timestamp", "text": "text"}
columns = [f'"{name}" {of_kind[kind]}' for name, kind in zip(names, kinds.split(","), strict=True)]
SETUP = f"""
CREATE TABLE rows (key integer GENERATED ALWAYS AS IDENTITY, {", ".join(columns)});
COPY rows ({", ".join(f'"{name}"' for name in names)}) FROM STDIN (FORMAT csv, HEADER);
{Path(rows_path).read_text(encoding="utf-8")}\\.
ANALYZE rows;
"""
# Its JIT compiler is off: compiling so long a SELECT takes longer than running it on these rows.
PASS = f"""
SET jit = off;
DROP TABLE IF EXISTS found;
\\timing on
CREATE TABLE found AS {Path(model_path).read_text(encoding="utf-8")}
\\timing off
"""


def run(folder: str, program: str, *arguments: str, text: str = "") -> str:
    """What a program of PostgreSQL prints."""
    command = [program if programs == "." else f"{programs}/{program}", *arguments]
    if os.geteuid() == 0:  # as whom it does not start
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, cwd=folder
    )
    if done.returncode:
        sys.exit(done.stderr[-1000:])
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    options = f"-c listen_addresses= -k {folder}"
    run(folder, "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8")
    run(folder, "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
    try:
        psql = ["psql", "-v", "ON_ERROR_STOP=1", "-q", "-X", "-A", "-t", "-h", folder]
        psql += ["-U", "postgres"]
        said = run(folder, *psql, text=SETUP + PASS * int(passes))
        found = run(folder, *psql, "-c", "SELECT prediction FROM found ORDER BY key")
    finally:
        run(folder, "pg_ctl", "-D", "data", "-m", "immediate", "stop")
print(sum(float(one) / 1000 for one in re.findall(r"Time: ([0-9.]+) ms", said)))
Path(found_path).write_text(found)
