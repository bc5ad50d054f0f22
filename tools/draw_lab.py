"""The lab's screen as pictures, for its page in the documentation, whose build calls `write`.

Where there is no Chromium they are left out. Run: python tools/draw_lab.py FOLDER.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glassnet.lab.page import lab_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCREEN: Any = {"width": 1280, "height": 720}
LINK = "example=article&iteration=300"
CHOSEN_ROW = 2
ALT = (
    "The lab's screen, from the left: the table with a row chosen, the network with deltas in its "
    "nodes and gradients on its edges, and the sum that a delta is made of; below, the curve of "
    "the loss, and the surface of the predictions"
)
PICTURE = "screen.md"


def write(folder: Path) -> None:
    """Draw the screen in light and dark, and write what a page includes of it."""
    folder.mkdir(exist_ok=True)
    if CHROMIUM:
        _draw(folder)
    lines = [f"![{ALT}]({folder.name}/{name}.png){{.only-{name}}}" for name in ("light", "dark")]
    (folder / PICTURE).write_text("\n".join(lines) + "\n" if CHROMIUM else "", encoding="utf-8")


def _draw(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as made, sync_playwright() as playwright:
        file = Path(made) / "lab.html"
        file.write_text(lab_page({}).html, encoding="utf-8")
        options: dict[str, Any] = {"executable_path": CHROMIUM}
        browser = playwright.chromium.launch(args=["--no-sandbox", "--disable-gpu"], **options)
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport=SCREEN, color_scheme=scheme)
            page.goto(f"{file.as_uri()}#{LINK}")
            page.click(f"[data-row='{CHOSEN_ROW}']")
            page.click(".stops button:text-is('backward')")
            page.click(f".network [data-id='r{CHOSEN_ROW}.d1.2']")
            page.mouse.move(0, 0)
            page.screenshot(path=folder / f"{scheme}.png")
        browser.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
