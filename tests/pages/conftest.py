"""A Chromium for each test, which fails where a page complains that no test has asked for it."""

from collections.abc import AsyncGenerator

import pytest

from tests.pages.browser import MISSING, Opened, chromium, executable


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = executable()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    return path


@pytest.fixture
async def opened(chromium_path: str) -> AsyncGenerator[Opened]:
    """A browser; console errors, what CSP forbids and answers from 400 on fail the test.

    What a test brings about itself it names in `opened.expected`.
    """
    async with chromium(chromium_path) as browser:
        yield browser
        assert browser.unexpected == []


@pytest.fixture
async def never_block_the_loop() -> None:
    """Look for nothing: beside a browser, what holds the loop may be the browser's hunger.

    That no step of the bot's holds it is seen to by the bot's own tests.
    """
