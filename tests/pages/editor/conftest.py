"""A bot that has completed a photo, so that its editor can be opened."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio

from tests.pages.browser import Opened
from tests.pages.editor.stand import ALONE, CROWD, Stand, standing, stood_up


@pytest_asyncio.fixture(loop_scope="session")
async def stand(opened: Opened, tmp_path: Path) -> AsyncGenerator[Stand]:
    """With one person in the photo."""
    async with stood_up([standing(*ALONE)], tmp_path, opened) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(opened: Opened, tmp_path: Path) -> AsyncGenerator[Stand]:
    """With three people in it."""
    async with stood_up([standing(*one) for one in CROWD], tmp_path, opened) as three:
        yield three
