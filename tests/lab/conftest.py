"""The page that the tests of its inner parts run in."""

from collections.abc import Iterator

import pytest
from lab_page import Page, missing


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """The page's parts, run by Node; what needs them is left out where the page was not built."""
    if missing():
        pytest.skip(missing())
    opened = Page()
    yield opened
    opened.close()
