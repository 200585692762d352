"""What tests of the web server share: a living bot that serves its chat."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.web.living import web_bot
from tests.web.page import Page, page


@pytest.fixture
async def url(tmp_path: Path) -> AsyncGenerator[str]:
    async with web_bot(tmp_path) as url:
        yield url


@pytest.fixture
async def ana(url: str) -> AsyncGenerator[Page]:
    async with page(url) as ana:
        yield ana
