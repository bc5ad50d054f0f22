"""The lab's page in a browser. A test acts as its user does: it clicks, types, presses keys, drops
files. What is true it reads from the page's own state, or has the library compute it.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browsing import opened

import glassnet as gn
from glassnet import article
from glassnet.lab.page import lab_page
from glassnet.notation.numerals import numeral

SCREEN = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
SECONDS = 15  # after which what a test waits for will not come
PAUSE = 20  # milliseconds between two looks at it
AXE = Path(__file__).parents[2] / "lab" / "node_modules" / "axe-core" / "axe.min.js"
DROPPED = """([name, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    return data;
}"""


class Lab:
    """The lab in a page of the browser."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def read(self, expression: str) -> Any:
        """A JavaScript expression of `lab`, the page's state, and `page`, what is around it."""
        return self.page.evaluate(
            f"(() => {{ const page = glassnetLab, lab = page.lab.value; return {expression}; }})()"
        )

    def until(self, expression: str) -> None:
        """Wait for an expression to hold. The page's policy forbids Playwright's own waiting."""
        end = time.monotonic() + SECONDS
        while not self.read(expression):
            assert time.monotonic() < end, f"never: {expression}"
            self.page.wait_for_timeout(PAUSE)

    @property
    def at(self) -> tuple[int, str]:
        """The iteration and the stop."""
        position = self.read("lab.position.value")
        return position["iteration"], position["stop"]

    @property
    def weights(self) -> np.ndarray:
        """Weights and biases before this iteration's update: matrix after matrix, biases last."""
        return np.array(self.read("[...lab.view.value.scene.batch.parameters]"))

    @property
    def losses(self) -> list[float]:
        return self.read("[...lab.losses]")

    @property
    def says(self) -> str:
        """What the page tells its user above the panels."""
        messages = self.page.locator(".messages")
        return messages.inner_text() if messages.count() else ""

    @property
    def number(self) -> str:
        """The symbol of the number that the panel of sums is about."""
        return self.page.locator(".sum h2").inner_text()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name)

    def go(self, iteration: int) -> None:
        """Type the iteration to go to."""
        self.fill("the iteration: type where to go", str(iteration))
        assert self.at[0] == iteration

    def fill(self, title: str, text: str) -> None:
        """Type into the field of a title, and leave it."""
        self.fill_field(f'input[title="{title}"]', text)

    def fill_field(self, selector: str, text: str) -> None:
        """Type into a field, and leave it."""
        field = self.page.locator(selector)
        field.fill(text)
        field.press("Enter")
        field.blur()

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list by its text."""
        self.page.get_by_role("combobox", name=label, exact=True).select_option(label=option)

    def example(self, title: str) -> None:
        self.choose("example", title)

    def more(self) -> None:
        """Open what is needed less often."""
        self.page.locator("summary", has_text="more").click()

    def open(self, name: str, content: bytes | str) -> None:
        """A file chosen by the button that opens files."""
        file = {"name": name, "mimeType": "", "buffer": _bytes(content)}
        with self.page.expect_file_chooser() as chooser:
            self.button("open…").click()
        chooser.value.set_files(file)

    def drop(self, name: str, content: bytes | str) -> None:
        """A file dropped onto the page."""
        from base64 import b64encode

        given = [name, b64encode(_bytes(content)).decode()]
        data = self.page.evaluate_handle(DROPPED, given)
        for event in ("dragover", "drop"):
            self.page.dispatch_event("main", event, {"dataTransfer": data})

    def shot(self, path: Path) -> None:
        """A picture of the page for who looks at it."""
        self.page.screenshot(path=path)


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.fixture(scope="session")
def lab_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file."""
    path = tmp_path_factory.mktemp("lab") / "lab.html"
    path.write_text(lab_page({}).html, encoding="utf-8")
    return path


def opened_lab(
    browser: Any, path: Path, link: str = "", scheme: str = "light", size: dict[str, int] = SCREEN
) -> Lab:
    """The lab in a new page, at a link's place where one is given."""
    page = opened(browser, path, scheme, size, link)
    page.set_default_timeout(1000 * SECONDS)
    page.wait_for_selector(".transport")
    return Lab(page)


@pytest.fixture(scope="module")
def screen(browser: Any, lab_file: Path) -> Iterator[Any]:
    """A page in which the lab is opened again for every test: that is quicker than new ones."""
    page = opened(browser, lab_file, size=SCREEN)
    page.set_default_timeout(1000 * SECONDS)
    yield page
    page.close()


@pytest.fixture
def lab(screen: Any, lab_file: Path) -> Iterator[Lab]:
    """The lab with the article's table, in which nothing goes wrong and which asks for nothing."""
    screen.mouse.move(0, 0)
    screen.goto("about:blank")
    screen.asked.clear()
    screen.wrong.clear()
    screen.goto(lab_file.as_uri())
    screen.wait_for_selector(".transport")
    shown = Lab(screen)
    yield shown
    assert_alone(shown)


def assert_alone(lab: Lab) -> None:
    """No error, no warning, and nothing asked for besides the page itself."""
    assert lab.page.wrong == []
    outside = [url for url in lab.page.asked[1:] if not url.startswith(("data:", "blob:"))]
    assert outside == []


def library_numbers(weights: np.ndarray, x: Any, y: Any) -> gn.Explanation:
    """What the library says of the article's network with these weights, of every row."""
    network = article.article_network()
    first, second = np.split(weights, [12])
    parameters = gn.Parameters((first.reshape(3, 4), second.reshape(4, 1)))
    rows = list(range(len(x)))
    return gn.explain(
        (network, parameters), x, rows, y=y, backward=True, nodes="all", learning_rate=1.0
    )


def shown_as(value: Any, digits: int = 3) -> str:
    """A number as the page writes it, with minus signs of its own."""
    return numeral(value, digits).replace("-", "\N{MINUS SIGN}")
