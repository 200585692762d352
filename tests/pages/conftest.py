"""A Chromium for all tests of a process; a test fails where a page complains unasked.

To start one takes longer than most tests do, and it belongs to the loop that it was started in: all
tests of the pages run in the session's loop, each with contexts of its own.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.pages.browser import MISSING, Opened, chromium, executable

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the pages in the loop that the browser is started in."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = executable()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncGenerator[Browser]:
    """The browser, which is closed after the last test."""
    async with chromium(chromium_path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser) -> AsyncGenerator[Opened]:
    """Pages of a test; console errors, what CSP forbids and answers from 400 on fail it.

    What a test brings about itself it names in `opened.expected`.
    """
    pages = Opened(browser)
    try:
        yield pages
    finally:
        await pages.leave()
    assert pages.unexpected == []


@pytest.fixture
def never_block_the_loop() -> None:
    """Look for nothing: beside a browser, what holds the loop may be the browser's hunger.

    That no step of the bot's holds it is seen to by the bot's own tests.
    """
