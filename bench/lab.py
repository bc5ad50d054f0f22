"""`python -m bench.lab`: how large the lab's page is, how soon it is seen, and how long its frames
take while each example plays, in Chromium.

Prints tables. Needs the built page (make lab), Playwright and Debian's chromium.
"""

import argparse
import gzip
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.machine import describe
from glassnet.lab.page import lab_files, lab_page

CHROMIUM = "/usr/bin/chromium"
SCREEN = {"width": 1280, "height": 720}
ROUNDS = 5
"""How often the page is opened for the first paint, of which the median is told."""
FRAMES = 240
"""Frames of an example that are timed, after WARM ones that are not."""
WARM = 30
EXAMPLES = ("article", "xor", "moons", "spiral", "sine", "penguins", "cars", "digits", "formula")
FIRST_PAINT = """async () => {
    const seen = performance.getEntriesByName("first-contentful-paint");
    if (seen.length) return seen[0].startTime;
    return new Promise((resolve) => new PerformanceObserver((list) => {
        const [paint] = list.getEntriesByName("first-contentful-paint");
        if (paint) resolve(paint.startTime);
    }).observe({ type: "paint", buffered: true }));
}"""
"""Milliseconds until the browser draws something of the page, from when it was asked for."""
TIMED = """async ([warm, frames]) => {
    const page = glassnetLab, times = [];
    page.lab.value.plan(1_000_000); // so that it does not end
    page.player.play();
    let last = 0;
    for (let i = 0; i < warm + frames; i++) {
        const now = await new Promise(requestAnimationFrame);
        if (i >= warm) times.push(now - last);
        last = now;
    }
    page.player.pause();
    return [times, page.lab.value.position.value.iteration];
}"""
"""Milliseconds from frame to frame while it plays, and where it came to."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.lab", description=__doc__)
    parser.add_argument("--examples", nargs="+", choices=EXAMPLES, default=EXAMPLES)
    chosen = parser.parse_args().examples
    print(", ".join(f"{name}: {value}" for name, value in describe().items()))
    print_sizes()
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lab.html"
        path.write_text(lab_page({}).html, encoding="utf-8")
        paints = [first_paint(browser, path) for _ in range(ROUNDS)]
        print(f"first paint: {statistics.median(paints):.0f} ms, median of {ROUNDS}")
        print(f"\n{'example':10} {'median':>8} {'95th':>8}  frame, ms; at 60 iterations a second")
        for example in chosen:
            times = sorted(frame_times(browser, path, example))
            middle, late = statistics.median(times), times[int(0.95 * len(times))]
            print(f"{example:10} {middle:8.1f} {late:8.1f}")


def print_sizes() -> None:
    """Of the page and what it is made of, compressed as a server would."""
    parts = lab_files()._asdict() | {"page": lab_page({}).html}
    for name, text in parts.items():
        data = text.encode()
        packed = len(gzip.compress(data, 9))
        print(f"{name}: {packed / 1000:.0f} kB compressed, {len(data) / 1000:.0f} kB")


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser, with frames as a screen of 60 a second has them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def first_paint(browser: Any, path: Path) -> float:
    """Milliseconds, in a new page."""
    page = browser.new_page(viewport=SCREEN)
    page.goto(path.as_uri())
    page.wait_for_selector(".transport")
    found = page.evaluate(FIRST_PAINT)
    page.close()
    return found


def frame_times(browser: Any, path: Path, example: str) -> list[float]:
    """Milliseconds from frame to frame while an example plays."""
    page = browser.new_page(viewport=SCREEN)
    page.goto(f"{path.as_uri()}#example={example}")
    page.wait_for_selector(".transport")
    times, iteration = page.evaluate(TIMED, [WARM, FRAMES])
    assert iteration > 0, example
    page.close()
    return times


if __name__ == "__main__":
    main()
