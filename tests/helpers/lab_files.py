"""Scripts in the place of the built lab, so that what is around it can be looked at alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glassnet.lab import page

SHOWS = """
const opened = document.getElementById("glassnet-lab-opened").textContent;
document.getElementById("glassnet-lab").textContent = JSON.stringify(JSON.parse(opened));
export { opened };
"""
"""A lab that shows what it was given to open."""
STYLE = "#glassnet-lab { color: rgb(1, 2, 3) }"

Place = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A function that puts a script in the place of the built one, for the test's time."""
    folder = tmp_path / "built"
    folder.mkdir()
    monkeypatch.setattr(page, "BUILT", folder)

    def put(script: str = SHOWS, style: str = STYLE) -> None:
        page.lab_files.cache_clear()
        (folder / page.SCRIPT).write_text(script)
        (folder / page.STYLE).write_text(style)

    page.lab_files.cache_clear()
    yield put
    page.lab_files.cache_clear()
