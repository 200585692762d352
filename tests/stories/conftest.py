"""What stories have in common."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.stories.scene import Scene
from tests.web.editing import editor, posed, token_of
from tests.web.living import web_bot
from tests.web.page import page


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    jobs: list[object] = []
    engine = FakeEngine(pace=0.002, began=jobs.append)
    async with web_bot(tmp_path, engine) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            yield Scene(engine, ana, card, opened, jobs)
