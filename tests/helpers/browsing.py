"""A real browser for tests: Debian's Chromium, where there is one; CI must have it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import in_ci

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE, WIDE = {"width": 390, "height": 800}, {"width": 1200, "height": 900}
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not in_ci(),
    reason="there is no chromium here (Debian: apt-get install chromium)",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests of one file, which import this fixture."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


def opened(
    browser: Any, path: Path, scheme: str = "light", size: dict[str, int] = WIDE, link: str = ""
) -> Any:
    """The page, with what it fetches besides itself in `asked`, and what goes wrong in `wrong`.

    `link`: what stands behind its address, from the # on.
    """
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "console",
        lambda message: (
            page.wrong.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(path.as_uri() + link)
    return page
