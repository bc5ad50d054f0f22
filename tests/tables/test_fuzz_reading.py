"""Whatever is given as a table, what comes is a right reading or one error of ours.

Some examples of each kind in every run; ``GLASSNET_FUZZ=10000 pytest tests/tables`` for more, and
``python tools/fuzz.py tables`` for as many as there is time for. What must hold is in
`helpers/odd_tables.py`.
"""

import os
from pathlib import Path
from random import Random

import odd_tables
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassnet.errors import GlassnetError
from glassnet.tables.columns import Table

EXAMPLES = int(os.environ.get("GLASSNET_FUZZ", "30"))
SUFFIXES = [".csv", ".tsv", ".txt", ".csv.gz", ".jsonl", ".xlsx"]

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES <= 30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@fuzz
@given(content=st.binary(max_size=400), suffix=st.sampled_from(SUFFIXES))
def test_any_bytes(tmp_path: Path, content: bytes, suffix: str) -> None:
    odd_tables.read_file(tmp_path / f"a{suffix}", content)


@fuzz
@given(
    text=st.text(alphabet=st.sampled_from([*'a1.,;\t|"\r\n -é'])),
    suffix=st.sampled_from(SUFFIXES[:3]),
)
def test_any_text(tmp_path: Path, text: str, suffix: str) -> None:
    odd_tables.read_file(tmp_path / f"a{suffix}", text.encode())


@pytest.mark.parametrize("check", odd_tables.CHECKS)
@fuzz
@given(draw=st.randoms(use_true_random=False))
def test_odd_tables(tmp_path: Path, check: odd_tables.Check, draw: Random) -> None:
    check(draw, tmp_path)


def test_the_checks_would_notice(tmp_path: Path) -> None:
    """Tables come of them, and errors: they do not pass for want of either."""
    for check in odd_tables.CHECKS:
        found = {check(Random(seed), tmp_path) for seed in range(200)}
        assert True in found, check

    def refuse() -> Table:
        raise GlassnetError("Polars says: schema")

    with pytest.raises(AssertionError):
        odd_tables.was_read(refuse)
